"""The money accounts: what each call enters, and what it refuses."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from gwplan.model.assemble import sum_money
from gwplan.model.block import Block
from gwplan.model.ledger import Entry, Ledger, LedgerError, Order

WHOM = ("hall", "north", "builders")


def amounts(ledger: Ledger, kind: str) -> dict[int, float]:
    found: dict[int, float] = {}
    for entry in ledger.entries:
        if entry.kind == kind:
            found[entry.period] = found.get(entry.period, 0.0) + pyo.value(entry.amount)
    return found


def test_an_asset_enters_what_is_paid_and_what_is_left() -> None:
    ledger = Ledger(last=3)
    orders = [Order(0, 2, 10.0, {0: 0.25, 1: 0.75}, worth=4.0), Order(1, 3, 20.0, {1: 1}, worth=15.0)]
    ledger.asset("halls", "halls", WHOM, orders)
    assert amounts(ledger, "capital") == pytest.approx({0: 2 * 2.5, 1: 2 * 7.5 + 3 * 20})
    assert amounts(ledger, "residual") == pytest.approx({3: 2 * 4 + 3 * 15})  # at the horizon's end, once
    assert Entry("residual", "halls", "halls", *WHOM, 3, 8.0) in ledger.entries
    assert all((entry.item, entry.site, entry.payee) == WHOM for entry in ledger.entries)


def test_what_was_kept_of_an_order_is_what_is_left_of_it() -> None:
    ledger = Ledger(last=3)
    ledger.asset("accelerators", "accelerators", WHOM, [Order(0, 10, 2.0, {0: 1}, worth=1.0, kept=4)])
    assert amounts(ledger, "residual") == {3: 4.0}


@pytest.mark.parametrize("spend", [{0: 0.5, 1: 0.4}, {0: 1.0, 1: 0.1}, {}])
def test_a_price_is_paid_in_full_and_not_twice(spend: dict[int, float]) -> None:
    with pytest.raises(LedgerError, match="hall of period 0: the spend curve sums to"):
        Ledger(3).asset("halls", "halls", WHOM, [Order(0, 1, 10.0, spend)])


@pytest.mark.parametrize("worth", [10.01, -0.01])
def test_nothing_is_worth_more_than_its_price_nor_less_than_nothing(worth: float) -> None:
    with pytest.raises(LedgerError, match="hall of period 2: worth"):
        Ledger(3).asset("halls", "halls", WHOM, [Order(2, 1, 10.0, {2: 1}, worth)])


def test_what_costs_nothing_leaves_no_entry() -> None:
    ledger = Ledger(3)
    ledger.asset("halls", "halls", WHOM, [Order(0, 5, 0.0, {0: 1})])
    ledger.pay("running", "halls", "halls", WHOM, {0: 0, 1: 0.0})
    assert ledger.entries == []


def test_sums_keep_kinds_classes_and_periods_apart() -> None:
    ledger = Ledger(1)
    ledger.pay("capital", "halls", "halls", WHOM, {0: 1.0, 1: 2.0})
    ledger.pay("running", "halls", "halls", WHOM, {0: 4.0})
    ledger.pay("running", "halls", "insurance", WHOM, {0: 8.0})
    ledger.pay("running", "power", "halls", ("grid", "south", "utilities"), {0: 16.0})
    assert ledger.sums("capital") == {("halls", 0): [1.0], ("halls", 1): [2.0]}
    assert ledger.sums("running") == {("halls", 0): [4.0, 16.0], ("insurance", 0): [8.0]}
    assert ledger.classes == ["halls"]


def test_investors_money_and_revenue_are_no_cost_and_no_cut_in_it() -> None:
    ledger = Ledger(1)
    ledger.pay("capital", "halls", "halls", WHOM, {0: 100.0})
    ledger.receive("finance", "equity", ("fund", "", "investor"), {0: 100.0})
    ledger.earn("contracts", "rent", ("lease", "north", "tenant"), {1: 7.0})
    assert ledger.sums("capital") == {("halls", 0): [100.0]}
    assert ledger.sums("running") == {}
    assert ledger.sums("received") == {("equity", 0): [100.0]}
    assert ledger.sums("revenue") == {("rent", 1): [7.0]}


def test_sums_become_variables_with_one_row_each() -> None:
    model = pyo.ConcreteModel()
    model.started = pyo.Var(initialize=2.0)
    block, ledger = Block(model, "money"), Ledger(1)
    ledger.asset("halls", "halls", WHOM, [Order(0, model.started, 10.0, {0: 0.5, 1: 0.5}, worth=4.0)])
    ledger.pay("running", "halls", "halls", WHOM, {1: 3 * model.started})
    sum_money(block, ledger)
    by_hand = {("capital", "halls", 0): 10.0, ("capital", "halls", 1): 10.0, ("running", "halls", 1): 6.0, ("residual", "halls", 1): 8.0}
    rows = block.rules["balance_sums_entries"].data
    assert rows.keys() == by_hand.keys()
    for (kind, cost_class, period), amount in by_hand.items():
        balance = ledger.balance[kind][cost_class, period]
        balance.set_value(amount)
        assert pyo.value(rows[kind, cost_class, period].body) == pytest.approx(0)
        balance.set_value(amount + 1)
        assert abs(pyo.value(rows[kind, cost_class, period].body)) == pytest.approx(1)


def test_whoever_takes_capital_limits_it() -> None:
    ledger = Ledger(1)
    ledger.balance = {"capital": {("halls", 0): 1.0}}
    assert ledger.capital == {("halls", 0): 1.0}
    assert ledger.takers == set()
    assert ledger.take_capital("budget") == {("halls", 0): 1.0}
    assert ledger.takers == {"budget"}
