"""Allocation of systems: what a period gives, how long it may be taken later, and what systems pay that wait in store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts.test_accelerators import OLD, paid, staged
from tests.support import TINY, Solved, solve_model

RULE, ONCE = "arrivals_within_allocation", "carried_within_allocation"
RATE = ("accelerators.old_rack.most_bought=400 1/year", "accelerators.old_rack@@2026-10.most_bought=200 1/year")
"""A hundred a quarter to 2026-Q3, fifty from then on."""


def test_a_quarter_gives_a_quarter_of_the_years_rate(tmp_path: Path) -> None:
    """Two quarters to arrive: what is ordered in 2026-Q1 arrives in 2026-Q3, where all sites share a hundred."""
    stage = staged(tmp_path, *RATE, step="quarter")
    assert not stage.keys("carried")
    order = {(*OLD, 0): 70.0, ("old_rack", "south", 0): 30.0, (*OLD, 1): 50.0}
    stage.put("bought", order)
    assert stage.broken(RULE) == set()
    stage.put("bought", order | {("old_rack", "south", 0): 31})
    assert stage.broken(RULE) == {(RULE, ("old_rack", 2))}
    stage.put("bought", order | {(*OLD, 1): 51})
    assert stage.broken(RULE) == {(RULE, ("old_rack", 3))}


def test_what_is_left_over_may_be_taken_a_quarter_later_and_is_lost_then(tmp_path: Path) -> None:
    stage = staged(tmp_path, *RATE, "accelerators.old_rack.carry_over=3 month", step="quarter")
    # Sixty of the hundred of 2026-Q3 are left: with fifty of its own 2026-Q4 takes a hundred and ten.
    stage.put("bought", {(*OLD, 0): 40, (*OLD, 1): 110})
    stage.put("carried", {("old_rack", 2, 1): 60})
    assert stage.broken(RULE) == set()
    stage.put("carried", {("old_rack", 2, 1): 61})
    assert stage.broken(RULE) == {(RULE, ("old_rack", 2))}, "61 and 40 of 100"
    stage.put("carried", {("old_rack", 2, 1): 59})
    assert stage.broken(RULE) == {(RULE, ("old_rack", 3))}
    # A quarter later nothing of it is left: what 2026-Q4 hands on is its own fifty at most.
    stage.put("bought", {(*OLD, 2): 110})
    stage.put("carried", {("old_rack", 2, 1): 60, ("old_rack", 3, 1): 60})
    assert stage.broken(RULE, ONCE) == {(ONCE, ("old_rack", 3))}


def test_allocation_waits_for_whole_periods_only(tmp_path: Path) -> None:
    """Seven months are two quarters; at yearly steps they are none."""
    for step, lags in (("quarter", {1, 2}), ("year", set())):
        stage = staged(tmp_path / step, *RATE, "accelerators.old_rack.carry_over=7 month", step=step)
        assert {key[-1] for key in stage.keys("carried")} == lags


def test_a_rate_that_changes_within_a_period_counts_by_its_months(tmp_path: Path) -> None:
    """A year of nine months at four hundred and three at two hundred gives 350."""
    stage = staged(tmp_path, *RATE, "accelerators.old_rack.lead_months=0 month")
    stage.put("bought", {(*OLD, 0): 350})
    assert stage.broken(RULE) == set()
    stage.put("bought", {(*OLD, 0): 351})
    assert stage.broken(RULE) == {(RULE, ("old_rack", 0))}


def test_without_an_allocation_there_is_no_limit(tmp_path: Path) -> None:
    stage = staged(tmp_path, "accelerators.old_rack.most_bought=")
    assert {key[0] for key in stage.keys(RULE)} == {"new_rack"}


@pytest.mark.parametrize(("running", "waiting"), [(80, 0), (50, 20), (0, 80)])
def test_racks_that_wait_pay_rent(tmp_path: Path, running: int, waiting: int) -> None:
    """1 % of today's price, 1.6, a month for those that neither run nor are spares (a fifth of those that run); 2 % a year for all."""
    spares = 0.2 if 0 < running < 80 else 0.0
    stage = staged(tmp_path, "accelerators.old_rack.storage_price=0.01 1/month", f"accelerators.old_rack.spares={spares} 1")
    for name, counts in {"installed": [0, 80, 80], "running": [0, running, 80 / (1 + spares)]}.items():
        stage.follow(name, OLD, counts)
    upkeep = 80 * 1.6 * 0.02
    assert stage.money("running") == paid("accelerators", {1: upkeep + waiting * 1.6 * 0.01 * 12, 2: upkeep})


TEN_MEGAWATTS = """table,item,site,when,quantity,low,base,high,unit,source,note
accelerators,new_rack,,,earliest,,2029,,date,round_numbers,only old racks
accelerators,old_rack,,,storage_price,,0.01,,1/month,round_numbers,round number
accelerators,old_rack,,,carry_over,,{carry},,month,round_numbers,round number
accelerators,old_rack,,,most_bought,,{rate},,1/year,round_numbers,round number
"""


def planned(folder: Path, rate: int, carry: int) -> Solved:
    """The least cost of eighty racks at work from 2028-Q1, with an allocation a year and some months to take it later."""
    path = folder / f"{rate}_{carry}.csv"
    path.write_text(TEN_MEGAWATTS.format(rate=rate, carry=carry), encoding="utf-8")
    return solve_model(TINY, sets=("model.horizon.step=quarter",), overlays=(path,))


def waiting(plan: Solved) -> dict[int, float]:
    """Racks that are there and do not run, by period."""
    there = {key[-1]: level for (family, key), level in plan.levels.items() if family == "accelerators.installed" and key[:2] == OLD}
    return {period: level - plan.levels["accelerators.running", (*OLD, period)] for period, level in there.items()
            if level - plan.levels["accelerators.running", (*OLD, period)] > 1e-6}


def test_no_rack_waits_unless_the_allocation_makes_it(tmp_path: Path) -> None:
    """Eighty of a quarter's eighty come when they are needed. Of forty a quarter, forty must come in 2027-Q4, unless they may be taken later.

    To wait a quarter costs forty racks of 1.6 their rent (1 % a month), upkeep (2 % a year), and a quarter's fall of what they and their
    networks of 0.5 sell for, from 0.70 of the price after a year to 0.65.
    """
    enough, scarce, kept = (planned(tmp_path, *given) for given in ((320, 0), (160, 0), (160, 3)))
    assert waiting(enough) == waiting(kept) == {}
    assert waiting(scarce) == {7: pytest.approx(40)}
    assert kept.objective == pytest.approx(enough.objective)
    assert scarce.objective - enough.objective == pytest.approx(40 * (1.6 * 0.01 * 3 + 1.6 * 0.02 / 4 + (1.6 + 0.5) * (0.70 - 0.65)))
