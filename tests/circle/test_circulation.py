"""Money in circulation: cases by hand, and what holds of every graph."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gwplan.analysis.circular_financing.books import Contract
from gwplan.analysis.circular_financing.circle import Circle
from gwplan.analysis.circular_financing.circulation import Edge, around, circulation, edges
from gwplan.analysis.circular_financing.parties import PLANNER, Payment

THREE = {("nvidia", PLANNER): 10.0, ("microsoft", PLANNER): 5.0, (PLANNER, "microsoft"): 30.0, ("microsoft", "nvidia"): 12.0}


def test_three_parties() -> None:
    """All 15 of 15 invested are circular; 10 of them pass from the lab to microsoft and on to nvidia."""
    found = circulation(THREE)
    assert found.amount == pytest.approx(15)
    assert found.circular["microsoft", "nvidia"] == pytest.approx(10)
    assert {loop.parties: (loop.most, loop.carried) for loop in found.loops} == {
        (PLANNER, "microsoft", "nvidia"): (pytest.approx(10), pytest.approx(10)), (PLANNER, "microsoft"): (pytest.approx(5), pytest.approx(5)),
    }  # fmt: skip


def test_a_dollar_counts_once_though_it_passes_two_investors() -> None:
    """Each gets all 10 back on its own account, but the planner pays out 10 only."""
    found = circulation({("a", PLANNER): 10.0, ("b", PLANNER): 10.0, (PLANNER, "a"): 10.0, ("a", "b"): 10.0})
    assert found.amount == pytest.approx(10)


def test_the_most_through_the_planner_comes_before_long_loops() -> None:
    """The loop over a, b, c, d and e would use six payments of 1; a and e alone bring 2 through the planner with four."""
    chain = ["a", "b", "c", "d", "e"]
    paid: dict[Edge, float] = dict.fromkeys(pairwise(chain), 1.0)
    paid |= {(PLANNER, "a"): 1.0, ("a", PLANNER): 1.0, (PLANNER, "e"): 1.0, ("e", PLANNER): 1.0}
    found = circulation(paid)
    assert found.amount == pytest.approx(2)
    assert found.circular["a", "b"] == pytest.approx(0, abs=1e-9)


def test_nothing_goes_round_where_nobody_closes_a_loop() -> None:
    found = circulation({(PLANNER, "builders"): 7.0, ("customers", PLANNER): 9.0})
    assert (found.amount, found.loops, found.circular) == (0, (), {})


def test_debt_equity_dividends_and_claims_are_no_part_of_it() -> None:
    lines = ("drawn", "principal", "equity", "dividends", "returned", "tax", "own_use")
    paid = [Payment(*pair, 0, 5.0, line, "") for line in lines for pair in (("x", PLANNER), (PLANNER, "x"))]
    assert edges(paid) == {}


def test_refunds_are_taken_off() -> None:
    paid = [Payment(PLANNER, "x", 0, 5.0, "capital", ""), Payment("x", PLANNER, 1, 2.0, "capital", "")]
    assert edges(paid) == {(PLANNER, "x"): 3.0}


def test_the_hand_made_run(found: Circle) -> None:
    """4.55 go by way of microsoft to nvidia, which pays in 7.7; microsoft's own 4.0 fit into the other 8.45 that it is paid."""
    carried = {loop.parties: loop.carried for loop in found.circulation.loops}
    assert carried == {(PLANNER, "microsoft", "nvidia"): pytest.approx(4550), (PLANNER, "nvidia"): pytest.approx(3150), (PLANNER, "microsoft"): pytest.approx(4000)}
    assert found.back == pytest.approx(11700)


amounts = st.floats(0, 100).map(lambda value: round(value, 3))


@st.composite
def invested_graphs(draw: st.DrawFn) -> dict[Edge, float]:
    """Investors who pay in, sell and pass on to each other; nobody else pays the planner."""
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    paid = {(name, PLANNER): draw(amounts) for name in names} | {(PLANNER, name): draw(amounts) for name in [*names, "builders"]}
    for one in names:
        shares = draw(st.lists(st.floats(0, 0.3), min_size=len(names), max_size=len(names)))
        paid |= {(one, two): paid[PLANNER, one] * share for two, share in zip(names, shares, strict=True) if two != one}
    return {pair: amount for pair, amount in paid.items() if amount > 1e-3}


@settings(max_examples=60, deadline=None)
@given(invested_graphs())
def test_properties(paid: dict[Edge, float]) -> None:
    found = circulation(paid)
    invested = sum(amount for (_, payee), amount in paid.items() if payee == PLANNER)
    spent = sum(amount for (payer, _), amount in paid.items() if payer == PLANNER)
    assert found.amount <= min(invested, spent) + 1e-6
    for party in {party for pair in paid for party in pair}:
        balance = sum(value * ((pair[1] == party) - (pair[0] == party)) for pair, value in found.circular.items())
        assert balance == pytest.approx(0, abs=1e-6)
    for pair, value in found.circular.items():
        assert -1e-9 <= value <= paid[pair] * (1 + 1e-9)
        assert sum(loop.carried for loop in found.loops if pair in around(loop.parties)) == pytest.approx(value, abs=1e-3)
    assert len({loop.parties for loop in found.loops}) == len(found.loops)


def test_a_contract_without_numbers_passes_nothing_on() -> None:
    assert Contract("x", "compute", "microsoft").number("passed_through") == 0
