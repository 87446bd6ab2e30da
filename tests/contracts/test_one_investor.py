"""Two contracts of one investor: what is bought from it counts once for both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts.small import INVESTOR, PARTS, case
from tests.parts.stage import Stage

OTHER = tuple(row.replace("friend", "second", 1) for row in INVESTOR)


def stage(folder: Path, *changes: str, other: str = "first_vendor") -> Stage:
    """The part alone, with 40 paid to the first vendor in 2026 and 30 in 2027."""
    read = case(folder, *INVESTOR, *OTHER, f"second.investor={other} label", *changes)
    read.definition = replace(read.definition, parts=(*PARTS, "finance"))
    found = Stage(read, "contracts")
    for payee in ("first_vendor", "second_vendor"):
        paid = {period: found.other(f"paid_{payee}", (period,), amount) for period, amount in enumerate((40, 30, 0))}
        found.ledger.pay("capital", "accelerators", "accelerators", ("old_rack", "north", payee), paid)
    return found.decide().bind()


def paid_in(found: Stage, one: tuple[float, ...], other: tuple[float, ...], **released: tuple[float, ...]) -> set[str]:
    """Rules that are broken when both contracts pay in so; released: what purchases release until then, by contract."""
    for name, amounts in (("friend", one), ("second", other)):
        found.follow("invested", (name,), amounts)
        found.follow("invested_so_far", (name,), [sum(amounts[: number + 1]) for number in range(3)])
        found.follow("bought_so_far", (name,), (40, 70, 70))
        if name in released:
            found.follow("released_by_spend", (name,), released[name])
    return {name for name, _ in found.broken()}


def test_purchases_release_money_once(tmp_path: Path) -> None:
    """Half a dollar for each, and a quarter: 20 and 5 need 40 + 20 of purchases, where 40 were made."""
    found = stage(tmp_path, "friend.spend_share=0.5 1", "second.spend_share=0.25 1")
    assert paid_in(found, (10, 0, 0), (5, 0, 0), friend=(10, 10, 10), second=(5, 5, 5)) == set()
    assert paid_in(found, (20, 0, 0), (5, 0, 0), friend=(20, 20, 20), second=(5, 5, 5)) == {"purchases_count_once"}
    assert paid_in(found, (20, 0, 0), (0, 7.5, 0), friend=(20, 20, 20), second=(0, 7.5, 7.5)) == set()
    assert paid_in(found, (10, 0, 0), (5, 0, 0), friend=(10, 10, 10), second=(4, 4, 4)) == {"spend_releases_beyond_upfront"}


def test_what_is_paid_without_condition_needs_no_purchase(tmp_path: Path) -> None:
    found = stage(tmp_path, "friend.spend_share=0.5 1", "second.spend_share=0.25 1", "second.upfront=8 MUSD_nominal")
    assert paid_in(found, (20, 0, 0), (8, 0, 0), friend=(20, 20, 20), second=(0, 0, 0)) == set()


def test_two_investors_count_their_own(tmp_path: Path) -> None:
    found = stage(tmp_path, "friend.spend_share=0.5 1", "second.spend_share=0.5 1", other="second_vendor")
    assert found.keys("released_by_spend") == []
    assert paid_in(found, (20, 0, 0), (20, 0, 0)) == set()
    assert paid_in(found, (20, 0, 0), (21, 0, 0)) == {"investment_within_spend"}


def test_ties_add_up(tmp_path: Path) -> None:
    """Twice what one pays in and once what the other does: 70 carry 20 and 30, and no more."""
    found = stage(tmp_path, "friend.tie=2 1", "second.tie=1 1")
    assert paid_in(found, (20, 0, 0), (30, 0, 0)) == set()
    assert paid_in(found, (20, 0, 0), (31, 0, 0)) == {"purchases_meet_the_tie"}


@pytest.mark.parametrize(("rows", "most"), [
    (("friend.from=2026-10 date",), (12.5, 50, 50)), (("friend.until=2027-06 date",), (50, 25, None)),
    (("friend.from=2026-07 date", "friend.until=2026-09 date"), (12.5, None, None)),
])
def test_a_window_inside_a_period_opens_a_share_of_the_cap(tmp_path: Path, rows: tuple[str, ...], most: tuple[float | None, ...]) -> None:
    """A quarter of a year is a quarter of the 50."""
    found = stage(tmp_path, *rows)
    assert [key[1] for key in found.keys("invested") if key[0] == "friend"] == [period for period, each in enumerate(most) if each is not None]
    for period, each in enumerate(most):
        for amount, broken in ((each, set()), (None if each is None else each + 0.1, {"investment_waits_for_its_window"})):
            if amount is not None and amount <= 50:
                found.put("invested", {("friend", period): amount})
                found.follow("invested_so_far", ("friend",), [amount * (number >= period) for number in range(3)])
                found.follow("invested_so_far", ("second",), [0, 0, 0])
                assert {name for name, _ in found.broken()} == broken
