"""Who pays whom: every payment has two ends, and what a provider passes on is a payment of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gwplan.analysis.circular_financing.books import Books, Contract, Flow
from gwplan.analysis.circular_financing.circle import Circle
from gwplan.analysis.circular_financing.parties import PASSED_ON, PLANNER, by_pair, net_receipts, payments, worst_miss
from tests.circle.hand_made import CASH

CLOUD = Contract("cloud", "compute", "microsoft", passed_to="nvidia", numbers={"passed_through": 0.35})


def books(*flows: Flow, **more: object) -> Books:
    return replace(Books(["2027-Q1", "2027-Q2"], 3, 2027 * 12, flows, {"cloud": CLOUD}), **more)


def test_receipts_of_all_parties_sum_to_nothing_in_each_period(found: Circle) -> None:
    nets = net_receipts(found.payments)
    assert len(nets) == 8
    for parties in nets.values():
        assert sum(parties.values()) == pytest.approx(0, abs=1e-6)


def test_the_planners_receipts_are_the_change_of_its_cash(found: Circle) -> None:
    nets = net_receipts(found.payments)
    assert [nets[n][PLANNER] for n in range(8)] == pytest.approx([CASH, *[0] * 7], abs=1e-6)
    assert found.miss == pytest.approx(0, abs=1e-6)


def test_a_third_of_what_the_cloud_is_paid_goes_on_to_its_supplier() -> None:
    """100 to microsoft; 35 of it go on to nvidia, and microsoft keeps 65."""
    paid = payments(books(Flow("running", "cloud", "microsoft", 0, -100.0)))
    assert by_pair(paid) == {(PLANNER, "microsoft"): 100.0, ("microsoft", "nvidia"): 35.0}
    assert net_receipts(paid)[0] == {PLANNER: -100.0, "microsoft": 65.0, "nvidia": 35.0}
    assert [each.line for each in paid] == ["running", PASSED_ON]


def test_only_purchases_of_the_contracts_own_provider_are_passed_on() -> None:
    paid = payments(books(Flow("revenue", "cloud", "microsoft", 0, 100.0), Flow("running", "cloud", "somebody", 0, -100.0)))
    assert [each.line for each in paid] == ["revenue", "running"]


def test_a_refund_flows_back() -> None:
    paid = payments(books(Flow("running", "cloud", "microsoft", 0, 10.0)))
    assert by_pair(paid) == {("microsoft", PLANNER): 10.0, ("nvidia", "microsoft"): 3.5}


def test_a_flow_that_is_missing_shows_as_a_miss() -> None:
    flows = (Flow("equity", "equity", "sponsor", 0, 50.0), Flow("invested", "x", "nvidia", 1, 5.0))
    assert worst_miss(books(*flows, cash=[50.0, 55.0]), payments(books(*flows))) == pytest.approx(0, abs=1e-9)
    assert worst_miss(books(*flows, cash=[50.0, 60.0]), payments(books(*flows))) == pytest.approx(5)
    assert worst_miss(books(*flows, invested=[0.0, 7.0]), payments(books(*flows))) == pytest.approx(2)


def test_what_an_investor_is_paid_back_counts_against_what_it_paid_in() -> None:
    """Nine paid in and four paid back of it in the same quarter are five on its account: nine, or thirteen, would be a miss."""
    flows = (Flow("invested", "x", "nvidia", 0, 9.0), Flow("invested", "x", "nvidia", 0, -4.0))
    paid = payments(books(*flows))
    assert worst_miss(books(*flows, invested=[5.0, 0.0]), paid) == pytest.approx(0, abs=1e-9)
    assert worst_miss(books(*flows, invested=[9.0, 0.0]), paid) == pytest.approx(4)
    assert worst_miss(books(*flows, invested=[13.0, 0.0]), paid) == pytest.approx(8)


def test_a_small_payment_goes_the_way_of_a_large_one() -> None:
    assert by_pair(payments(books(Flow("revenue", "x", "bigco", 0, 0.5)))) == {("bigco", PLANNER): 0.5}
    assert by_pair(payments(books(Flow("running", "x", "bigco", 0, -0.5)))) == {(PLANNER, "bigco"): 0.5}
    assert payments(books(Flow("running", "x", "bigco", 0, 0.0))) == []


def test_a_period_without_a_payment_keeps_its_cash() -> None:
    flows = (Flow("equity", "equity", "sponsor", 0, 50.0),)
    assert worst_miss(books(*flows, cash=[50.0, 50.0]), payments(books(*flows))) == 0
    assert worst_miss(books(), []) == 0


def test_pairs_come_by_what_is_paid_the_largest_first() -> None:
    paid = payments(books(Flow("running", "x", "small", 0, -1.0), Flow("running", "x", "large", 0, -3.0), Flow("running", "x", "small", 1, -1.5)))
    assert list(by_pair(paid).items()) == [((PLANNER, "large"), 3.0), ((PLANNER, "small"), 2.5)]
