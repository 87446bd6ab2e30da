"""What goes wrong, by hand: four years of 100 earned and 20 run, a debt of 120 repaid by 30 a year at 10 %."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import gwplan
from gwplan.analysis.downside import (
    Flows,
    Stress,
    breaks,
    dearer,
    downside,
    earned,
    flows_of,
    late,
    leaves,
    less_sold,
    stressed,
    worth_less,
)
from gwplan.commands.cli import gwplan as program
from gwplan.common.errors import InputFaults
from gwplan.common.status import Exit
from gwplan.results.run_folder import RunFolder
from tests.financed import solved
from tests.pages import charts_of
from tests.support import TINY

DEBT = np.array([120.0, 90.0, 60.0, 30.0, 0.0])
"""At the ends of a year of building and four of running."""
INTEREST = np.array([0.0, 12.0, 9.0, 6.0, 3.0])
SERVICE = INTEREST + np.array([0.0, 30.0, 30.0, 30.0, 30.0])
INCOME = np.array([0.0, 100.0, 100.0, 100.0, 100.0])
AVAILABLE = INCOME - np.array([0.0, 20.0, 20.0, 20.0, 20.0])
PAID_LAST = AVAILABLE - SERVICE
FLOWS = Flows(
    names=("2026", "2027", "2028", "2029", "2030"), net=np.zeros(5), income=INCOME, available=AVAILABLE, service=SERVICE, paid_last=PAID_LAST,
    cash=np.zeros(5), debt=DEBT, interest=INTEREST, years=np.ones(5), left=50.0, owed=0.0,
    built=np.zeros(5), customers={"one": 0.75 * INCOME, "other": 0.25 * INCOME},
    tested=(1, 2, 3, 4), floor=1.3, begins=1)  # fmt: skip


def case(stress: Stress, flows: Flows = FLOWS) -> tuple[float, str, str, float]:
    found = stressed(flows, stress, "", "")
    return found.coverage, found.when, found.default, found.short


def test_as_planned_the_least_coverage_is_that_of_the_first_year_and_the_sponsor_has_all() -> None:
    found = stressed(FLOWS, Stress(np.zeros(5)), "", "")
    assert (found.coverage, found.when, found.default) == (pytest.approx(80 / 42), "2027", "")
    assert found.paid_last == pytest.approx(1.0)


def test_a_third_unsold_is_paid_by_the_sponsor() -> None:
    """Left are 46.7 a year against 42, 39, 36 and 33: coverage is below 1.3 in the first three years, and nothing is lost."""
    found = stressed(FLOWS, less_sold(FLOWS, 1 / 3), "", "")
    assert found.coverage == pytest.approx((200 / 3 - 20) / 42)
    assert found.default == ""
    # All that is left of four years, 186.7 less 150 of debt service, is released in the last one, whose coverage is 46.7 / 33.
    assert found.paid_last == pytest.approx((4 * (200 / 3 - 20) - SERVICE.sum()) / PAID_LAST.sum())


def test_half_unsold_money_runs_out_in_the_first_year_by_hand() -> None:
    """30 a year against 42, 39, 36 and 33: short by 12, 9, 6 and 3, for what was short once is not carried on."""
    assert case(less_sold(FLOWS, 0.5)) == (pytest.approx(30 / 42), "2027", "2027", pytest.approx(12 + 9 + 6 + 3))


def test_the_share_of_compute_at_which_money_runs_out() -> None:
    """80 - 100 x is 42 at 38 %."""
    assert breaks(FLOWS, lambda share: less_sold(FLOWS, share), 1.0) == pytest.approx(0.38, abs=1e-6)
    rich = replace(FLOWS, net=np.array([1000.0, 0, 0, 0, 0]))
    assert np.isnan(breaks(rich, lambda share: less_sold(rich, share), 1.0))


def test_interest_is_on_what_is_outstanding_at_the_year_before() -> None:
    assert dearer(FLOWS, 0.01).due == pytest.approx([0.0, 1.2, 0.9, 0.6, 0.3])
    # What is available stays 80; due are 43.2 in 2027. Nothing of it is lost to lenders, who recover all even where money runs out.
    assert case(dearer(FLOWS, 0.01))[:3] == (pytest.approx(80 / 43.2), "2027", "")
    gone = stressed(FLOWS, dearer(FLOWS, 0.5), "", "")
    assert (gone.default, gone.short, gone.recovery) == ("2027", pytest.approx(102 - 80 + 84 - 80), 1.0)
    # 80 - 120 x is 42 at 31.7 points.
    assert breaks(FLOWS, lambda rate: dearer(FLOWS, rate), 1.0) == pytest.approx(38 / 120, abs=1e-6)


def test_a_customer_that_leaves_pays_nothing_from_then_on() -> None:
    assert leaves(FLOWS, "one", 3).lost == pytest.approx([0, 0, 0, 75, 75])
    # 25 - 20 = 5 a year are left in 2029 and 2030.
    assert case(leaves(FLOWS, "one", 3))[2:] == ("2029", pytest.approx(31 + 28))


def test_a_year_late_earns_nothing_in_the_first_year_and_pays_the_same() -> None:
    assert late(FLOWS, 1).lost == pytest.approx([0, 100, 0, 0, 0])
    assert case(late(FLOWS, 1))[2:] == ("2027", pytest.approx(62))


def test_what_is_prepaid_is_neither_late_nor_unsold() -> None:
    prepaid = replace(FLOWS, income=INCOME + np.array([40.0, -10, -10, -10, -10]))
    assert earned(prepaid)[0] == 0
    assert less_sold(prepaid, 0.5).lost[0] == late(prepaid, 1).lost[0] == 0


def test_recovery_is_the_value_of_what_is_available_over_the_debt() -> None:
    """With nothing sold nothing is available; the 50 that are left at the end, four years on, are discounted at 10 %."""
    found = stressed(FLOWS, less_sold(FLOWS, 1.0), "", "")
    assert FLOWS.rate == pytest.approx(0.1)
    assert found.recovery == pytest.approx(50 / 1.1**4 / 120)
    worthless = stressed(FLOWS, replace(worth_less(FLOWS, 1.0), lost=less_sold(FLOWS, 1.0).lost), "", "")
    assert worthless.recovery == 0.0
    assert stressed(FLOWS, worth_less(FLOWS, 1.0), "", "").default == ""  # what is left at the end pays nobody before


def test_who_recovers_pays_what_is_still_to_be_built() -> None:
    """Nothing is sold. Left are 100 in four years; 40 are still to be paid in the middle of the second year after the default."""
    staged = replace(FLOWS, left=100.0, built=np.array([120.0, 0, 40, 0, 0]))
    found = stressed(staged, less_sold(staged, 1.0), "", "")
    assert (found.default, found.recovery) == ("2027", pytest.approx((100 / 1.1**4 - 40 / 1.1**1.5) / 120))
    assert stressed(replace(staged, left=0.0), less_sold(staged, 1.0), "", "").recovery == 0.0
    # With 7 kept from the year before, lenders have these too.
    kept = replace(staged, net=np.array([7.0, 0, 0, 0, 0]), cash=np.full(5, 7.0))
    assert stressed(kept, less_sold(kept, 1.0), "", "").recovery == pytest.approx(found.recovery + 7 / 120)


BALLOON = replace(FLOWS, debt=np.array([120.0, 90.0, 60.0, 30.0, 30.0]), owed=33.0, service=SERVICE - np.array([0, 0, 0, 0, 30.0]),
                  paid_last=PAID_LAST + np.array([0, 0, 0, 0, 30.0]))  # fmt: skip
"""The same with the last 30 still owed at the end, and 33 with interest until then; 50 are left."""


def test_debt_at_the_end_that_what_is_left_does_not_repay_is_a_default() -> None:
    """Four fifths of 50 are 40 and repay 33; half of it is 25."""
    assert stressed(BALLOON, Stress(np.zeros(5)), "", "").default == stressed(BALLOON, worth_less(BALLOON, 0.2), "", "").default == ""
    found = stressed(BALLOON, worth_less(BALLOON, 0.5), "", "")
    assert (found.default, found.short, found.recovery) == ("2030", pytest.approx(8.0), pytest.approx(25 / 33))
    assert stressed(BALLOON, worth_less(BALLOON, 1.0), "", "").recovery == 0.0
    assert breaks(BALLOON, lambda share: worth_less(BALLOON, share), 1.0) == pytest.approx(1 - 33 / 50, abs=1e-6)


def test_debt_at_the_end_has_borne_no_interest_yet() -> None:
    """30 of interest in all, on 120, 90, 60 and 30 at the ends of the years before: 10 %, whatever is owed at the end."""
    assert BALLOON.rate == FLOWS.rate == pytest.approx(0.1)


def test_a_run_that_ends_in_debt_is_as_good_as_what_is_left() -> None:
    """What is left for the sponsor is what lenders could lose of what is left at the end before they are short."""
    run = RunFolder(solved(end="2029-Q4"))
    flows, found = flows_of(run), downside(run)
    assert flows.owed > 0 and flows.floor == 1.4  # the lock-up, above the covenant of 1.3
    assert (found.cases[0].default, found.cases[0].paid_last) == ("", pytest.approx(1.0))
    broken = {each.name: each.value for each in found.breaking}
    assert broken["left at the end worth less"] == pytest.approx(run.summary["left_over_musd_nominal"] / flows.left)
    text = CliRunner().invoke(program, ["downside", str(run.path)]).output
    assert f"what is left at the end is worth {broken['left at the end worth less']:.0%} less" in " ".join(text.split())


def test_a_run_of_two_years_has_no_second_year_and_its_customer_leaves_all_the_same() -> None:
    """The one year of IT power is the last: the customer leaves in it, once, and no owner was to be paid."""
    found = downside(RunFolder(solved(end="2027-Q4")))
    gone = [each for each in found.cases if each.name.endswith("pays no more")]
    assert [each.size for each in gone] == ["from 2027"]
    worst = found.cases[-1]
    assert worst.default == gone[0].default == "2027" and worst.short == pytest.approx(gone[0].short)
    assert worst.recovery <= gone[0].recovery < 1
    assert all(np.isnan(each.paid_last) for each in found.cases)
    text = CliRunner().invoke(program, ["downside", found.run])
    assert text.exit_code == Exit.SOLVED and "none due" in text.output and "nan" not in text.output.replace("finance", "")


def test_twice_the_money_is_the_same_coverage_and_twice_the_shortfall() -> None:
    money = ("net", "income", "available", "service", "paid_last", "cash", "debt", "interest")
    double = replace(FLOWS, **{name: 2 * getattr(FLOWS, name) for name in money}, left=100.0)
    one, two = (stressed(flows, less_sold(flows, 0.5), "", "") for flows in (FLOWS, double))
    assert (two.coverage, two.default, two.recovery) == (pytest.approx(one.coverage), one.default, pytest.approx(one.recovery))
    assert two.short == pytest.approx(2 * one.short)


def test_a_run_as_planned_has_its_own_coverage_and_pays_all() -> None:
    run = RunFolder(solved())
    found = downside(run)
    planned = found.cases[0]
    assert planned.coverage == pytest.approx(run.summary["least_coverage"])
    assert (planned.default, planned.when) == ("", run.summary["least_coverage_period"])
    assert planned.paid_last == pytest.approx(1.0)
    flows = flows_of(run)
    assert flows.customers and sum(map(sum, flows.customers.values())) == pytest.approx(flows.income.sum())
    unsold = {each.size: each for each in found.cases if each.name == "compute not sold"}
    assert unsold["10%"].coverage > unsold["20%"].coverage > unsold["30%"].coverage


def test_the_command_prints_a_table_and_json() -> None:
    text = CliRunner().invoke(program, ["downside", str(solved())])
    assert text.exit_code == Exit.SOLVED, text.output
    assert "Money runs out once" in " ".join(text.output.split()) and "as planned" in text.output
    found = json.loads(CliRunner().invoke(program, ["downside", str(solved()), "--json"]).output)
    assert found["cases"][0]["name"] == "as planned" and found["cases"][0]["recovery"] is None


def test_its_page_has_the_coverage_of_each_case_and_where_money_runs_out(tmp_path: Path) -> None:
    path = tmp_path / "downside.html"
    done = CliRunner().invoke(program, ["downside", str(solved()), "--page", str(path), "--json"])
    assert done.exit_code == Exit.SOLVED, done.output
    found = json.loads(done.output)
    assert found["page"] == str(path)
    charts = charts_of(path)
    covered = [each for each in found["cases"] if each["coverage"] is not None]
    (bars,) = next(traces for caption, traces in charts.items() if caption.startswith("Coverage falls to"))
    assert bars["x"] == pytest.approx([each["coverage"] for each in covered])
    assert [colour == bars["marker"]["color"][0] for colour in bars["marker"]["color"]] == [not each["default"] for each in covered]
    marks = {trace["name"]: trace for trace in charts["How far each may go until money runs out"]}
    known = [each for each in found["breaking"] if each["value"] is not None]
    assert known and marks["break-even"]["x"] == pytest.approx([100 * each["value"] for each in known])
    until = {each["name"]: 100 * each["value"] for each in known}
    for name, beyond in (("money lasts", False), ("money runs out", True)):  # a case is on the side of its break-even that its outcome says
        trace = marks.get(name, {"x": [], "y": []})
        assert all((x > until.get(y, math.inf)) == beyond for x, y in zip(trace["x"], trace["y"], strict=True))
    assert {"money lasts", "break-even"} <= set(marks)


def test_what_is_still_committed_at_the_end_is_not_left_for_lenders(monkeypatch: pytest.MonkeyPatch) -> None:
    run = RunFolder(solved())
    plain, own = flows_of(run), run.table
    owed = own("finance.settlement").iloc[:1].assign(line="commitments", value=-30.0)
    monkeypatch.setattr(run, "table", lambda name: pd.concat([own(name), owed]) if name == "finance.settlement" else own(name))
    assert flows_of(run).left == pytest.approx(plain.left - 30.0)


def test_a_run_without_finance_says_so() -> None:
    with pytest.raises(InputFaults, match="has no finance"):
        gwplan.downside(gwplan.solve(gwplan.read_case(TINY)))
