"""Headline figures side by side, and the value of equity taken apart, by value: runs that lie in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gwplan.analysis.compare.figures import Figure, figures_of
from gwplan.analysis.compare.waterfall import AT_END, ENDS, FLOW, KEPT, addends_of_equity, waterfall
from gwplan.common.errors import InputFaults
from gwplan.results.figures import CATALOGUE
from gwplan.results.run_files import InMemory
from gwplan.results.run_folder import RunFolder

HORIZON = {"start": "2027-H1", "end": "2028-H2", "step": "half", "dollars": 2026, "timing": {"capital": "end", "running": "end"}}
PERIODS = ["2027-H1", "2027-H2", "2028-H1", "2028-H2"]


def run(tables: dict[str, str] | None = None, **summary: Any) -> RunFolder:
    """A run in memory: half years of 2027 and 2028, paid at the end of each."""
    facts = {"goal": ["least_cost"], "periods": PERIODS, "dollars": 2026, "precision": "fp8", "objective": 100.0, "bound": 99.0, **summary}
    months = "".join(f"{period},{number},{6 * number + 2027 * 12},6\n" for number, period in enumerate(PERIODS))
    texts = {"summary.json": json.dumps(facts), "manifest.json": json.dumps({"definition": {"horizon": HORIZON}}),
             "tables/periods.csv": f"period,number,first,months\n{months}",
             **{f"tables/{name}.csv": text for name, text in (tables or {}).items()}}
    return RunFolder(Path("run"), InMemory(texts))


def both(before: dict[str, Any], after: dict[str, Any], differing: set[str] | None = None) -> dict[str, Figure]:
    """Figures of two runs by key."""
    found, _ = figures_of(run(**before), run(**after), differing or set())
    return {figure.key: figure for figure in found}


def test_targets_are_met_or_not_or_there_are_none() -> None:
    figure = both({"target_met": True}, {"target_met": False})["target_met"]
    assert (figure.before, figure.after) == ("yes", "no")
    assert (both({"target_met": None}, {"target_met": True})["target_met"].before) is None
    assert "target_met" not in both({}, {})


def test_a_date_that_differs_is_listed_and_so_is_one_that_only_one_run_has() -> None:
    figure = both({"first_it_period": "2027-H1"}, {"first_it_period": "2028-H1"})["first_it_period"]
    assert (figure.before, figure.after, figure.difference, figure.unit) == ("2027-H1", "2028-H1", None, "")
    figure = both({"capital_musd": 40.0}, {})["capital_musd"]
    assert (figure.before, figure.after, figure.difference) == (40.0, None, None)
    figure = both({}, {"capital_musd": 40.0})["capital_musd"]
    assert (figure.before, figure.after, figure.difference) == (None, 40.0, None)


def test_a_difference_is_after_less_before_and_its_share_of_before() -> None:
    figure = both({"capital_musd": 40.0}, {"capital_musd": 50.0})["capital_musd"]
    assert (figure.difference, figure.percent, figure.unit) == (10.0, 25.0, "MUSD")
    figure = both({"equity_value_musd_nominal": -40.0}, {"equity_value_musd_nominal": -30.0})["equity_value_musd_nominal"]
    assert (figure.difference, figure.percent) == (10.0, 25.0)
    same = both({"capital_musd": 40.0}, {"capital_musd": 40.0 * (1 + 1e-12)})["capital_musd"]
    assert (same.difference, same.percent, same.below_gap) == (0.0, 0.0, False)
    assert both({"capital_musd": 0.0}, {"capital_musd": 1.0})["capital_musd"].percent is None
    assert both({"it_mw": [1, 3, 2]}, {"it_mw": [4]})["it_mw"].difference == 1


def test_compute_says_its_precision_and_power_does_not() -> None:
    price = "levelised_usd_per_h100e_hour"
    found = both({"it_mw": [1.0], "compute_kh100e": [2.0], "npv_value_musd": 3.0, price: 4.0}, {})
    assert found.pop(price).name == CATALOGUE[price].title, "its unit says it already"
    assert {key: figure.name for key, figure in found.items()} == {
        "it_mw": CATALOGUE["it_mw"].title, "compute_kh100e": f"{CATALOGUE['compute_kh100e'].title} (fp8)",
        "npv_value_musd": f"{CATALOGUE['npv_value_musd'].title} (fp8)"}


def test_what_another_question_makes_incomparable_is_left_out_and_said() -> None:
    base, other = run(capital_musd=1.0, compute_kh100e=[1.0], it_mw=[1.0]), run(capital_musd=2.0, compute_kh100e=[2.0], it_mw=[1.0])
    found, said = figures_of(base, other, {"precision"})
    assert {figure.key for figure in found} == {"capital_musd", "it_mw"}
    assert len(said) == 1
    assert said[0].startswith(f"Not compared, since precision differs: {CATALOGUE['compute_kh100e'].title}, ")


@pytest.mark.parametrize(("goal", "money", "nominal"), [
    ("least_cost", True, False), ("most_value", True, False), ("most_equity_value", False, True), ("most_compute", False, False)])
def test_only_money_of_the_goal_within_what_is_unproven_is_not_proven(goal: str, money: bool, nominal: bool) -> None:
    """One unproven on each side, two together: a difference of two is within, one of three is not; power never is."""
    base = {"goal": [goal], "capital_musd": 40.0, "equity_value_musd_nominal": 40.0, "it_mw": [40.0]}
    near = both(base, {"capital_musd": 42.0, "equity_value_musd_nominal": 42.0, "it_mw": [42.0]})
    assert (near["capital_musd"].below_gap, near["equity_value_musd_nominal"].below_gap, near["it_mw"].below_gap) == (money, nominal, False)
    far = both(base, {"capital_musd": 43.0, "equity_value_musd_nominal": 43.0})
    assert not far["capital_musd"].below_gap and not far["equity_value_musd_nominal"].below_gap
    unbounded = both({**base, "bound": None}, {"capital_musd": 400.0})
    assert unbounded["capital_musd"].below_gap == money


FLOWS = "line,item,party,period,value\n"
SETTLED = "line,value\n"


def equity(flows: str, cash: str, settled: str, rate: float = 0.21) -> RunFolder:
    """A run whose goal is the value of equity, at 21 % a year: 10 % in half a year."""
    tables = {"finance.flow": FLOWS + flows, "finance.cash": "period,value\n" + cash, "finance.settlement": SETTLED + settled}
    return run(tables, goal=["most_equity_value"], required_return=rate)


BASE = equity("equity,equity,sponsor,2027-H1,50\nown_use,compute,own use,2028-H1,121\nrevolver_drawn,revolver,lenders,2027-H1,5\n"
              "late_fee,somebody,somebody,2027-H2,-7\n", "2027-H1,30\n2027-H2,30\n2028-H1,10\n2028-H2,10\n",
              "residual,80\ncommitments,0\ndebt,-20\ncash,10\nleft_over,70\n")


def test_addends_of_equity_are_all_flows_but_the_sponsors_the_cash_kept_and_what_is_settled() -> None:
    assert list(addends_of_equity(BASE)) == [
        (("own use of compute", "compute", "2028-H1", FLOW), 121.0), (("debt", "revolver", "2027-H1", FLOW), 5.0),
        (("late fee", "somebody", "2027-H2", FLOW), -7.0),
        ((KEPT, "2027-H1", "2027-H1", FLOW), -30.0), ((KEPT, "2028-H1", "2028-H1", FLOW), 20.0),
        ((ENDS["residual"], "at the end", "2028-H2", AT_END), 80.0), (("debt", "at the end", "2028-H2", AT_END), -20.0),
        ((KEPT, "at the end", "2028-H2", AT_END), 10.0),
    ]


def test_equity_is_worth_its_addends_discounted_by_half_years() -> None:
    """Payments at the ends of half years: 1.1 for each; what is left, at the end of the fourth."""
    other = equity("own_use,compute,own use,2028-H1,242\n", "", "residual,80\n")
    fall = waterfall(BASE, other, "most_equity_value")
    assert fall.before == pytest.approx((5 - 30) / 1.1 - 7 / 1.1**2 + (121 + 20) / 1.1**3 + 70 / 1.1**4)
    assert fall.after == pytest.approx(242 / 1.1**3 + 80 / 1.1**4)
    assert {step.name: step.amount for step in fall.steps} == pytest.approx({
        "own use of compute": 121 / 1.1**3, "debt": -5 / 1.1 + 20 / 1.1**4, "late fee": 7 / 1.1**2,
        KEPT: 30 / 1.1 - 20 / 1.1**3 - 10 / 1.1**4})
    assert (fall.unit, fall.better) == ("MUSD_nominal", True)


def test_cash_that_no_row_gives_is_none() -> None:
    addends = list(addends_of_equity(equity("equity,equity,sponsor,2027-H1,30\n", "2027-H1,30\n", "")))
    assert addends == [((KEPT, "2027-H1", "2027-H1", FLOW), -30.0), ((KEPT, "2027-H2", "2027-H2", FLOW), 30.0)]


def test_another_return_is_a_step_of_discounting_at_the_old_amounts() -> None:
    """121 at the end of the third half year: at 21 % a year 121 / 1.331, at 44 % 121 / 1.728."""
    rows = ("own_use,compute,own use,2028-H1,121\n", "", "")
    fall = waterfall(equity(*rows), equity(*rows, rate=0.44), "most_equity_value")
    assert [(step.name, step.amount) for step in fall.steps] == [("discounting", pytest.approx(121 / 1.728 - 121 / 1.331))]
    assert fall.better is False


def test_without_flows_there_is_no_value_of_equity() -> None:
    with pytest.raises(InputFaults, match=r"has no tables/finance\.flow\.csv"):
        list(addends_of_equity(run(goal=["most_equity_value"])))
