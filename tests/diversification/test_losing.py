"""The loss of a site or a vendor on the tiny case, to 2030, by hand; and of a provider on accounts that are put in by hand.

The plan: a hall of 100 MUSD in the north, started in 2027, with 80 old racks and 12 MW of supply in 2028. In the south the same takes
20 for the site, 120 for the hall, 80 x 2.1 for the racks and 14 x 0.5 for the grid: 315 MUSD, and a year to be there.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gwplan.analysis.disruption.disruption import LossTarget, asked_of, change_of
from gwplan.analysis.disruption.effects import Loss
from gwplan.commands.cli import gwplan
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from tests.support import TINY

LONGER = ("--set", "model.horizon.end=2030-Q4")


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(gwplan, ["stress", str(TINY), "--runs", str(folder), "--no-cache", *words])


def lost(folder: Path, *words: str) -> dict[str, object]:
    found = run(folder, *LONGER, "--json", *words)
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)  # type: ignore[no-any-return]


def changes(found: dict[str, object]) -> dict[tuple[str, str, str], float]:
    rows = found["instead"]
    return {(row["decision"], row["item"], row["site"]): row["change"] for row in rows}  # type: ignore[attr-defined]


def test_the_loss_of_the_only_site_is_made_good_at_the_other_after_a_year(tmp_path: Path) -> None:
    found = lost(tmp_path, "--lose", "site", "--at", "2029")
    assert (found["name"], found["at"], found["share"]) == ("north", "2029", 1)
    assert found["lost_at_once"] == pytest.approx({"it_mw": 10, "facility_mw": 12, "compute_kh100e": 8})
    assert found["months_until_recovered"]["it_mw"] == 12  # type: ignore[index]
    assert [(row["period"], row["it_mw_planned"], row["it_mw_replanned"]) for row in found["periods"]] == [  # type: ignore[attr-defined]
        ("2026", 0, 0), ("2027", 0, 0), ("2028", pytest.approx(10), pytest.approx(10)), ("2029", pytest.approx(10), 0),
        ("2030", pytest.approx(10), pytest.approx(10))]  # fmt: skip
    (target,) = found["targets"]  # type: ignore[misc]
    assert (target["most_missed"], target["months_missed"], target["holds_again"]) == (pytest.approx(10), 12, "2030")
    assert found["extra"]["capital_musd"] == pytest.approx(315)  # type: ignore[index]
    assert changes(found) == pytest.approx({
        ("opening", "south", "south"): 1, ("started", "hall", "south"): 1, ("bought", "old_rack", "south"): 80,
        ("ordered", "grid", "south"): 14})  # fmt: skip


def test_what_was_decided_before_stands_and_the_plan_is_written(tmp_path: Path) -> None:
    found = lost(tmp_path, "--lose", "site=north", "--at", "2029")
    folder = Path(str(found["folder"]))
    plans = [(folder / name).read_text().splitlines() for name in ("base_plan.csv", "plan.csv")]
    before = [{line for line in plan[1:] if line.split(",")[4] < "2029"} for plan in plans]
    assert before[0] == before[1] != set()
    assert (folder / "report.html").is_file()


def test_the_loss_of_a_site_where_nothing_stands_changes_nothing(tmp_path: Path) -> None:
    found = lost(tmp_path, "--lose", "site=south", "--at", "2029")
    assert found["extra"] == pytest.approx(dict.fromkeys(("capital_musd", "running_musd", "npv_cost_musd", "npv_value_musd"), 0), abs=1e-6)
    assert found["instead"] == []
    assert found["months_until_recovered"] == {"it_mw": 0, "facility_mw": 0, "compute_kh100e": 0}


def test_a_vendor_delivers_no_more_and_another_takes_a_year(tmp_path: Path) -> None:
    """80 old racks at 2.1 that were to come in 2028 do not; 40 new ones at 7.5, ordered then, come in 2029."""
    found = lost(tmp_path, "--lose", "largest vendor")
    assert (found["name"], found["at"]) == ("first_vendor", "2028")
    assert found["extra"]["capital_musd"] == pytest.approx(40 * 7.5 - 80 * 2.1)  # type: ignore[index]
    assert found["months_until_recovered"]["it_mw"] == 12  # type: ignore[index]
    assert changes(found) == pytest.approx({("bought", "new_rack", "north"): 40})


def test_what_stands_keeps_running_when_its_vendor_is_lost(tmp_path: Path) -> None:
    found = lost(tmp_path, "--lose", "vendor=first_vendor", "--at", "2029")
    assert found["months_until_recovered"]["compute_kh100e"] == 0  # type: ignore[index]
    assert found["extra"]["npv_cost_musd"] == pytest.approx(0, abs=1e-6)  # type: ignore[index]


def test_the_plan_of_a_run_can_meet_the_loss(tmp_path: Path) -> None:
    """A plan made while the north was closed stands in the south; once that is lost, a hall in the north takes a year."""
    plan = tmp_path / "south"
    solved = CliRunner().invoke(gwplan, ["solve", str(TINY), "--runs", str(plan), *LONGER, "--set", "sites.north.earliest=2030", "--json"])
    folder = json.loads(solved.stdout)["run"]
    found = lost(tmp_path, "--lose", "site", "--at", "2029", "--run", folder)
    assert found["name"] == "south"
    assert changes(found)["started", "hall", "north"] == 1
    assert found["months_until_recovered"]["it_mw"] == 12  # type: ignore[index]


def test_the_terminal_says_what_is_lost(tmp_path: Path) -> None:
    found = run(tmp_path, *LONGER, "--lose", "site", "--at", "2029")
    text = " ".join(found.output.split())
    assert "the site north (100% of all) is lost in 2029" in text
    assert "IT power is as planned after 12 months" in text
    assert "1: 10 MW of IT by 2028-Q1 10.0 12 months 2030" in text


def test_the_page_is_drawn_anew(tmp_path: Path) -> None:
    folder = Path(str(lost(tmp_path, "--lose", "site")["folder"]))
    (folder / "report.html").unlink()
    again = CliRunner().invoke(gwplan, ["report", str(folder)])
    assert again.exit_code == 0, again.output
    assert "re-optimised" in (folder / "report.html").read_text()


@pytest.mark.parametrize(("words", "code", "message"), [
    (["--lose", "provider"], 3, "rents nothing from any provider"),
    (["--lose", "site=nort"], 3, "did you mean 'north'?"),
    (["--lose", "fuel"], 3, "is not one of provider, site, vendor"),
    (["--lose", "site", "--at", "2040"], 3, "is outside the horizon"),
    (["--lose", "site", "--at", "soon"], 3, "is not a date"),
    (["--lose", "site", "--at", "2026"], 3, "runs nothing at any site in 2026"),
    (["--lose", "site", "--only", "*"], 2, "with --lose: no number is changed"),
    (["--lose", "site", "--workers", "2"], 2, "takes only one or two solves"),
    (["--at", "2028"], 2, "need --lose"),
    (["--lose", "site", "--set", "model.target.1.amount=100 MW"], 4, "The unchanged model has no plan"),
])  # fmt: skip
def test_what_cannot_be_meant_is_said(words: list[str], code: int, message: str, tmp_path: Path) -> None:
    found = run(tmp_path, *words)
    assert found.exit_code == code
    assert message in " ".join(found.output.split())


@pytest.mark.parametrize(("text", "asked"), [
    ("provider", LossTarget("provider", "largest")), ("largest site", LossTarget("site", "largest")), ("vendor=largest", LossTarget("vendor", "largest")),
    ("provider=azure", LossTarget("provider", "azure")),
])  # fmt: skip
def test_who_is_asked_for(text: str, asked: LossTarget) -> None:
    assert asked_of(text) == asked


def test_a_lost_provider_computes_nothing_and_is_paid_nothing(tmp_path: Path) -> None:
    exchange, ledger = Exchange(), Ledger(3)
    exchange.make("compute", "contracts", {("azure", "nvidia", "cloud", n): 5 for n in range(4)})
    exchange.make("compute", "accelerators", {("own", "nvidia", "north", n): 7 for n in range(4)})
    for provider in ("azure", "google"):
        ledger.pay("running", "contracts", "cloud", (provider, "cloud", provider), dict.fromkeys(range(4), 2))
    change_of(Loss("provider", "azure", 2, 0.4))({}, exchange, ledger)
    assert exchange.balance("compute") == {("azure", "nvidia", "cloud", n): 5 if n < 2 else 0 for n in range(4)} | {
        ("own", "nvidia", "north", n): 7 for n in range(4)}  # fmt: skip
    assert [(entry.payee, entry.period) for entry in ledger.entries] == [
        ("azure", 0), ("azure", 1), ("google", 0), ("google", 1), ("google", 2), ("google", 3)]  # fmt: skip
