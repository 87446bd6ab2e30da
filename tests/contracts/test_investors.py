"""Investors: each limit by itself, with the money put in by hand; tranches, ties, windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts.small import INVESTOR, PARTS, case
from tests.parts.stage import Stage

WITH_FINANCE = (*PARTS, "finance")
TRANCHE = ("step.kind=tranche label", "step.of=friend label", "step.amount=20 MUSD_nominal", "step.power=8 MW")


def stage(folder: Path, *changes: str, power: tuple[float, ...] = (0, 6, 10), ordered: tuple[float, ...] = (8, 4, 0), inflation: float = 0.0,
          spent: tuple[float, ...] = (40, 30, 0)) -> Stage:
    """The part alone: IT power that runs and that is ordered by period, of which half is the vendor's, and what the vendor is paid."""
    read = case(folder, *INVESTOR, *changes, inflation=inflation)
    read.definition = replace(read.definition, parts=WITH_FINANCE)
    found = Stage(read, "contracts")
    found.fake("it_peak", {("own", "north", "liquid", period): amount for period, amount in enumerate(power)})
    for step, amounts in (("delivered", power), ("ordered", ordered)):
        for vendor in ("first_vendor", "second_vendor"):
            found.fake("vendor_power", {(step, vendor, period): amount / 2 for period, amount in enumerate(amounts)})
    paid = {period: found.other("paid", (period,), amount) for period, amount in enumerate(spent)}
    found.ledger.pay("capital", "accelerators", "accelerators", ("old_rack", "north", "first_vendor"), paid)
    found.ledger.pay("running", "power", "power", ("grid", "north", "somebody"), {0: found.other("other", (0,), 1000.0)})
    return found.decide().bind()


def paid_in(found: Stage, *amounts: float, **others: tuple[float, ...]) -> set[str]:
    """Rules that are broken when the investor pays in these amounts; others: families of variables by period, 0 if not given."""
    so_far = [sum(amounts[: number + 1]) for number in range(len(amounts))]
    found.put("invested", {("friend", period): amount for period, amount in enumerate(amounts) if amount})
    found.follow("invested_so_far", ("friend",), so_far)
    for name, values in others.items():
        found.follow(name, ("friend",), values)
    return {name for name, _ in found.broken()}


def test_no_more_than_the_cap(tmp_path: Path) -> None:
    found = stage(tmp_path)
    assert paid_in(found, 0, 30, 20) == set()
    assert paid_in(found, 0, 30, 20.1) == {"investment_within_cap"}
    assert found.amounts("invested") == {("friend", 1): 30, ("friend", 2): 20.1}


def test_so_much_for_each_megawatt_that_runs(tmp_path: Path) -> None:
    """Two upfront and three for each MW: 2, 20 and 32."""
    found = stage(tmp_path, "friend.upfront=2 MUSD_nominal", "friend.per_power=3 MUSD_nominal/MW")
    assert paid_in(found, 2, 18, 12, counted_power=(0, 6, 10)) == set()
    assert paid_in(found, 2.1, 17.9, 12, counted_power=(0, 6, 10)) == {"investment_within_power"}
    assert paid_in(found, 2, 18, 12, counted_power=(1, 6, 10)) == {"power_is_counted"}


@pytest.mark.parametrize(("measured_on", "stage_of", "power"), [
    ("it", "delivered", (0, 6, 10)), ("vendor", "delivered", (0, 3, 5)), ("it", "ordered", (8, 12, 12)), ("vendor", "ordered", (4, 6, 6)),
])
def test_which_power_counts(tmp_path: Path, measured_on: str, stage_of: str, power: tuple[float, ...]) -> None:
    """What runs in the period, or all that was ordered until then; of all vendors, or of the investor's own systems."""
    found = stage(tmp_path, f"friend.measured_on={measured_on} label", f"friend.stage={stage_of} label", "friend.per_power=3 MUSD_nominal/MW")
    assert paid_in(found, 0, 0, 0, counted_power=power) == set()
    assert paid_in(found, 0, 0, 3 * power[-1], counted_power=power) == set()
    assert paid_in(found, 0, 0, 3 * power[-1] + 0.1, counted_power=power) == {"investment_within_power"}


def test_a_share_of_what_it_was_paid(tmp_path: Path) -> None:
    """Half of 40, then of 70: what others are paid does not count."""
    found = stage(tmp_path, "friend.spend_share=0.5 1")
    assert paid_in(found, 20, 15, 0, bought_so_far=(40, 70, 70)) == set()
    assert paid_in(found, 20.1, 0, 0, bought_so_far=(40, 70, 70)) == {"investment_within_spend"}
    assert paid_in(found, 0, 0, 0, bought_so_far=(40, 71, 71)) == {"purchases_add_up"}


def test_purchases_are_counted_in_nominal_money(tmp_path: Path) -> None:
    """At 10 % of inflation, 30 real are 33 nominal a year later."""
    found = stage(tmp_path, "friend.spend_share=0.5 1", inflation=0.1)
    assert paid_in(found, 20, 16.5, 0, bought_so_far=(40, 73, 73)) == set()


def test_a_tie_asks_for_purchases(tmp_path: Path) -> None:
    """Twice what is paid in: 70 spent carry 35."""
    found = stage(tmp_path, "friend.tie=2 1")
    assert paid_in(found, 0, 0, 35, bought_so_far=(40, 70, 70)) == set()
    assert paid_in(found, 0, 0, 35.1, bought_so_far=(40, 70, 70)) == {"purchases_meet_the_tie"}


def test_a_tranche_is_released_at_its_milestone(tmp_path: Path) -> None:
    """Twenty at 8 MW, which are there in the third period only."""
    found = stage(tmp_path, "friend.upfront=5 MUSD_nominal", *TRANCHE)

    def released(period: int, *amounts: float) -> set[str]:
        found.put("released", {("step", period): 1})
        return paid_in(found, *amounts, counted_power=(0, 6, 10))

    assert released(2, 5, 0, 20) == set()
    assert released(2, 5, 1, 19) == {"investment_within_tranches"}
    assert released(1, 5, 20, 0) == {"milestone_is_reached"}
    assert released(2, 5, 0, 20.1) == {"investment_within_tranches"}
    found.put("released", {("step", 1): 1, ("step", 2): 1})
    assert paid_in(found, 5, 0, 20, counted_power=(0, 10, 10)) >= {"released_once"}


def test_a_milestone_stays_reached(tmp_path: Path) -> None:
    """Power that falls later takes no tranche back."""
    found = stage(tmp_path, *TRANCHE, power=(9, 9, 0))
    found.put("released", {("step", 0): 1})
    assert paid_in(found, 0, 0, 20, counted_power=(9, 9, 0)) == set()


@pytest.mark.parametrize(("rows", "periods"), [
    (["friend.from=2027 date"], [1, 2]), (["friend.until=2026-Q4 date"], [0]), (["friend.from=2026-07 date", "friend.until=2027 date"], [0, 1]),
])
def test_an_investor_pays_in_within_its_window(tmp_path: Path, rows: list[str], periods: list[int]) -> None:
    assert stage(tmp_path, *rows).keys("invested") == [("friend", period) for period in periods]


def test_without_finance_nobody_invests(tmp_path: Path) -> None:
    read = case(tmp_path, *INVESTOR)
    assert any("friend is left out: investors need the part finance" in str(warning) for warning in read.warnings)
    found = Stage(read, "contracts").decide().bind()
    assert found.keys("invested") == []
    assert "contracts" not in found.exchange.makers["invested"]


def test_money_paid_in_is_in_no_ledger(tmp_path: Path) -> None:
    """It is a source of finance: it lowers no cost, whatever is paid in."""
    found = stage(tmp_path)
    paid_in(found, 0, 30, 20)
    assert {entry.maker for entry in found.ledger.entries} == {"accelerators", "power"}
    assert {entry.kind for entry in found.ledger.entries} == {"capital", "running"}


