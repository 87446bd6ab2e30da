"""What flexibility is worth, by hand: an option on compute beside rent whose price may triple.

Six kH100e are wanted in 2028; rent costs 1 MUSD for each, or 3 in the dear scenario, of chance 0.4, known in 2027. The option is for 3 MW of 2
kH100e each at 1 MUSD, held from 2026 for its premium and exercised in 2027 for a year: in the dear scenario it saves 18 - 6 = 12.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import gwplan
from gwplan.commands.cli import gwplan as program
from gwplan.common.errors import InputFaults
from gwplan.common.status import Exit
from tests.contracts.small import CLOUD, NO_NEW_RACKS, OPTION, model
from tests.contracts.test_options_and_sales import wanted
from tests.support import TINY

SCENARIOS = "scenario,probability,known,set,overlay,note\nstays,0.6,,,,\ndear,0.4,2027,contracts.rented.price=*3,,\n"
CHANCE, SAVES, MEGAWATTS = 0.4, 12.0, 3.0
NO_RACKS = (NO_NEW_RACKS, "accelerators.old_rack.most_bought=0 1/year")


def small(folder: Path, premium: float) -> Path:
    rows = [row for row in OPTION if not row.startswith(("more.premium", "more.exercise_until", "more.most_power"))]
    window = (f"more.most_power={MEGAWATTS} MW", "more.exercise_until=2027 date", "more.term=1 year")
    path = model(folder, *CLOUD, *rows, *window, f"more.premium={premium} MUSD_2026/MW", *NO_RACKS, targets=wanted(6))
    (folder / "scenarios.csv").write_text(SCENARIOS)
    return path


def asked(path: Path, *more: str) -> Any:
    return CliRunner().invoke(program, ["hedge", str(path), "--scenarios", str(path.parent / "scenarios.csv"), "--runs", str(path.parent), *more])


@pytest.mark.parametrize("premium", [0.0, 1.0, 2.0])
def test_an_option_is_worth_its_chance_to_save_less_its_premium(tmp_path: Path, premium: float) -> None:
    """max(0, 0.4 x 12 - 3 x premium): 4.8 of one that costs nothing, 1.8 of one for 1 a MW, and nothing of one that is not held."""
    path = small(tmp_path, premium)
    case = gwplan.read_case(path)
    hedge = gwplan.hedge(case, tmp_path / "scenarios.csv")
    (found,) = gwplan.flexibility(case, tmp_path / "scenarios.csv", hedge)
    value = max(0.0, CHANCE * SAVES - MEGAWATTS * premium)
    assert found.worth is not None
    assert (found.worth.found, found.worth.least, found.worth.most) == pytest.approx((value, value, value), abs=1e-6)
    assert (found.of.selector, found.used) == ("contracts=more", value > 0)
    assert hedge.reached == pytest.approx(0.6 * 6 + CHANCE * 18 - value)


def test_it_stands_on_the_screen_in_the_tables_and_on_the_page(tmp_path: Path) -> None:
    path = small(tmp_path, 1.0)
    done = asked(path, "--flexibility", "--without", "contracts=rented", "--without", "contracts=more", "--json")
    assert done.exit_code == Exit.SOLVED, done.output
    found, _ = json.JSONDecoder().raw_decode(done.output)
    table = found["tables"]["flexibility"]
    assert table["selector"] == ["contracts=more", "contracts=rented"]
    assert table["worth"][0] == pytest.approx(CHANCE * SAVES - MEGAWATTS)
    assert table["worth"][1] == pytest.approx(0.0, abs=1e-6)  # the option alone, exercised in both, costs the same 6 + 3
    assert "What the hedge would lose" in Path(found["page"]).read_text(encoding="utf-8")
    text = asked(path, "--flexibility", "--without", "provider=cloud_house").output
    assert "What flexibility is worth" in text and "no plan does without it" in text


def test_what_cannot_be_asked_is_said_before_anything_is_solved(tmp_path: Path) -> None:
    path = small(tmp_path, 1.0)
    wrong = asked(path, "--without", "contracts=nobody")
    assert wrong.exit_code == Exit.INPUT and "--without contracts=nobody" in wrong.output
    assert asked(path, "--flexibility", "--measure", "regret").exit_code == Exit.USAGE
    with pytest.raises(InputFaults, match="--without"):
        gwplan.flexibility(gwplan.read_case(path), tmp_path / "scenarios.csv", None, without=["site=nowhere"])  # type: ignore[arg-type]


def test_a_case_without_anything_flexible_says_so(tmp_path: Path) -> None:
    (tmp_path / "scenarios.csv").write_text("scenario,probability,known,set,overlay,note\nstays,1,,,,\n")
    done = CliRunner().invoke(program, ["hedge", str(TINY), "--scenarios", str(tmp_path / "scenarios.csv"), "--runs", str(tmp_path), "--flexibility"])
    assert done.exit_code == Exit.SOLVED
    assert "No option is on offer and no power is rented" in " ".join(done.output.split())
