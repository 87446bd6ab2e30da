"""A load that is taken up as it is served: as soon as supplies allow, or as a target asks, and kept. Worked out by hand."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.hours.small import GRID, HEAD, MODEL, SITE, Hours, Solved, case_of, lines, solved

SERVED = "as_served label"
DEAR = GRID | {"price": "1 MUSD_2026/MW", "energy_price": "50 USD_2026/MWh"}
STEPS = DEAR | {"most": "4 MW", "most@2027": "10 MW", "most@2028": "30 MW"}
SOON = 'kind = "soonest"\nmeasure = "facility"\namount = "25 MW"'
YEARS = 2029
BOTH = [None, Hours({"solar": [0.0, 1.0]})]


def taken(found: Solved) -> list[float]:
    """MW by year."""
    data = found.plan.blocks["demand"].variables["taken"].data
    return [float(data["campus", SITE, period].value) for period in range(YEARS - 2026 + 1)]


@pytest.mark.parametrize("hours", BOTH)
def test_what_can_be_served_is_taken_up_as_soon_as_it_can(hours: Hours | None) -> None:
    """20 MW are wanted: 4 in the year in which 4 are on offer, 10 in the next, all from the third on; 25 MW asked for take no more."""
    found = solved(case_of({"grid": STEPS}, {"power": "20 MW", "taken": SERVED}, hours, YEARS, goal=SOON))
    assert taken(found) == pytest.approx([4, 10, 20, 20])
    energy = (4 + 10 + 20 + 20) * 8760 * 50 / 1e6
    # 20 MW at 1 MUSD live for ten years: what is left of 4, 6 and 10 MW after four, three and two of them.
    assert found.answer.goals[1]["objective"] == pytest.approx(energy + 20 - (4 * 6 + 6 * 7 + 10 * 8) / 10)


@pytest.mark.parametrize("hours", BOTH)
def test_at_least_cost_nothing_is_taken_up_that_nobody_asks_for(hours: Hours | None) -> None:
    """Without a target none; with one of 3 MW by 2027 these 3, kept after the target's last year."""
    wanted = {"power": "20 MW", "taken": SERVED, "mean_share": "0.5 1"}
    assert taken(solved(case_of({"grid": STEPS}, wanted, hours, YEARS))) == pytest.approx([0, 0, 0, 0])
    target = 'kind = "least_cost"\n[[target]]\nmeasure = "facility"\namount = "3 MW"\nby = "2027"\nuntil = "2027"'
    found = solved(case_of({"grid": STEPS}, wanted, hours, YEARS, goal=target))
    assert taken(found) == pytest.approx([0, 3, 3, 3])
    assert found.cost == pytest.approx(3 * 3 * 0.5 * 8760 * 50 / 1e6 + 3 - 3 * 7 / 10)


def test_what_is_wanted_less_may_be_given_up() -> None:
    """8 MW are wanted, from 2028 on 5: of the 7 that a target asks for in 2027 the difference of 3 may be given up, and no more."""
    target = 'kind = "least_cost"\n[[target]]\nmeasure = "facility"\namount = "7 MW"\nby = "2027"\nuntil = "2027"'
    found = solved(case_of({"grid": STEPS}, {"power": "8 MW", "power@2028": "5 MW", "taken": SERVED}, None, YEARS, goal=target))
    assert taken(found) == pytest.approx([0, 7, 4, 4])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taken")
    (folder / "inputs").mkdir()
    tables = {
        "power": lines({"grid": STEPS}), "demand": lines({"campus": {"power": "20 MW", "taken": SERVED}}),
        "sites": [HEAD, f"{SITE},,,opening_price,,0,,MUSD_2026,made,", f"{SITE},,,most_it,,9000,,MW,made,"],
        "sources": ["key,title,publisher,date,address,kind", "made,Made up,gwplan,2026,,estimate"],
        "deflators": ["year,index", *(f"{year},100" for year in range(2026, YEARS + 1))]}
    for name, rows in tables.items():
        (folder / "inputs" / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    text = MODEL.format(end=YEARS, linked="true").replace('[hours]\nkind = "full"\nlinked = true\n', "").replace('kind = "least_cost"', SOON)
    (folder / "model.toml").write_text(text.lstrip(), encoding="utf-8")
    outcome = solve(Request(folder / "model.toml", runs=folder / "runs"))
    assert outcome.run is not None
    return Path(outcome.run)


def test_the_plan_is_said_and_passes_the_audit(run: Path) -> None:
    from gwplan.reports.headline import headline

    assert audit(run).ok
    assert "20 MW at the meter from 2028 on" in headline(RunFolder(run))


@pytest.mark.parametrize(("place", "value", "broken"), [(2, "21", "taken_within_wanted"), (3, "9", "taken_is_kept")])
def test_the_audit_finds_a_load_that_is_not_wanted_or_not_kept(tmp_path: Path, run: Path, place: int, value: str, broken: str) -> None:
    shutil.copytree(run, tmp_path / "run")
    file = tmp_path / "run" / "tables" / "demand.taken.csv"
    file.with_suffix(".parquet").unlink(missing_ok=True)
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    rows[place]["value"] = value
    with file.open("w", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    assert broken in {check.name for check in audit(tmp_path / "run").failed}
