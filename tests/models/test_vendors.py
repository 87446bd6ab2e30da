"""What a vendor left out would need, said with a plan, is what lets it in: found by solving the changed model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gwplan
from gwplan.common.status import Status
from gwplan.planning import vendors as comparing
from gwplan.reports.first_screen import left_out
from gwplan.reports.sentences import needed, vendors
from gwplan.results.run_files import InMemory
from gwplan.results.run_folder import RunFolder
from gwplan.solving.options import SolveResult
from tests.support import TINY

NEAR = 0.02
"""How far from the margin the vendor is surely out, or in."""


def shares(case: gwplan.Case) -> dict[str, float]:
    return {each["vendor"]: each["share"] for each in gwplan.solve(case).summary["vendors"]}


def test_a_price_cut_by_the_margin_lets_a_vendor_in() -> None:
    case = gwplan.read_case(TINY)
    chosen, other = gwplan.solve(case).summary["vendors"]
    assert (chosen["vendor"], chosen["share"], chosen["price_cut"]) == ("first_vendor", pytest.approx(1), None)
    assert (other["vendor"], other["share"], other["rate_rise"]) == ("second_vendor", pytest.approx(0), None), "least cost counts no compute"
    assert 0 < other["price_cut"] < 1
    for change, enters in ((NEAR, False), (-NEAR, True)):
        price = f"*{1 - other['price_cut'] + change}"
        found = shares(case.set("accelerators.new_rack.price", price))
        assert (found["second_vendor"] > 0) is enters, (change, found)


@pytest.mark.parametrize("value", ["*5", "*8"])
def test_a_rate_raised_by_the_margin_lets_a_vendor_in(value: str) -> None:
    case = gwplan.read_case(TINY, set=["model.goal.kind=most_value", "model.goal.most_it=10 MW", f"compute.compute.value={value}"])
    out = next(each for each in gwplan.solve(case).summary["vendors"] if each["share"] == 0)
    system = {"first_vendor": "old_rack", "second_vendor": "new_rack"}[out["vendor"]]
    assert out["rate_rise"] > 0
    assert shares(case.set(f"accelerators.{system}.fp8_rate", f"*{1 + out['rate_rise'] * (1 + NEAR)}"))[out["vendor"]] > 0


def test_goals_that_are_no_money_compare_no_vendors() -> None:
    case = gwplan.read_case(TINY, set=["model.goal.kind=soonest"])
    assert gwplan.solve(case).summary["vendors"] is None


def test_the_sentence() -> None:
    found = [
        {"vendor": "google", "share": 0.998, "price_cut": None, "rate_rise": None},
        {"vendor": "nvidia", "share": 0.0, "price_cut": 0.135, "rate_rise": 0.162, "chosen": True},
        {"vendor": "amd", "share": 0.0, "price_cut": None, "rate_rise": None},
    ]
    files = InMemory({"summary.json": json.dumps({"vendors": found, "status": "optimal"}), "manifest.json": json.dumps({"definition": {}}),
                      "inputs/labels.csv": "item,label\namd,AMD\n"})
    assert vendors(RunFolder(Path("run"), files)) == (
        "Compute by vendor: google 100%. Left out: nvidia, but for some years (enters at the latest at a price 14% lower or with 16% more compute a system), "
        "AMD (cannot deliver by then); sites and halls as planned.")


@pytest.mark.parametrize("ban", ["vendor=first_vendor", "systems=old_rack", "item=old_rack"])
def test_a_vendor_that_is_excluded_is_not_said_to_deliver_late(ban: str) -> None:
    run = gwplan.solve(gwplan.read_case(TINY).forbid(ban))._reader
    assert left_out(run) == ["first_vendor (excluded)"]
    assert "Left out: first_vendor (excluded);" in vendors(run)


def test_a_vendor_that_is_excluded_at_one_site_may_still_come() -> None:
    run = gwplan.solve(gwplan.read_case(TINY).forbid("vendor=second_vendor@south"))._reader
    assert left_out(run)[0].startswith("second_vendor unless")


def test_what_was_not_found_in_time_is_no_vendor_that_cannot_deliver(monkeypatch: pytest.MonkeyPatch) -> None:
    for status, in_time, said in ((Status.STOPPED, False, "was not found in time"), (Status.INFEASIBLE, True, "cannot deliver by then")):
        monkeypatch.setattr(comparing, "solve_problem", lambda *given, status=status: SolveResult.without_plan(status))
        out = next(each for each in gwplan.solve(gwplan.read_case(TINY)).summary["vendors"] if each["share"] == 0)
        assert (out["price_cut"], out["in_time"]) == (None, in_time)
        assert said in needed(out)
