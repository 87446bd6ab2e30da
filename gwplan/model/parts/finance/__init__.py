"""Finance: with whose money the plan is paid, period by period, in nominal money.

The sponsor pays equity in during the first build; lenders fund classes of capital, draw by draw, within an advance rate;
investors pay in what contracts allow and are owed it with their required return. Compute that is sold, or used at a
transfer price, pays running cost, tax and debt service; what is left may be paid out. No draw pays a dividend, nobody is
paid before those who come first, and nothing is left unpaid at the horizon's end. Physical plans and their cost are real
money; the general price level turns them into nominal money here.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.model import targets
from gwplan.model.block import Block
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.parts.finance import cash, collateral, debt, equity, tax
from gwplan.model.parts.finance.big_m import most_deducted, most_in_a_year, most_in_all, most_interest
from gwplan.model.parts.finance.cash_flows import REPORTS
from gwplan.model.parts.finance.quantities import TABLE

__all__ = ["REPORTS", "TABLE", "bind", "check", "decide", "warn"]


def check(case: Case) -> Iterator[Fault]:
    """Terms that fit together; and a price level, without which nothing is nominal."""
    yield from debt.check(case)
    yield from collateral.check(case)
    yield from equity.check(case)
    yield from tax.check(case)
    if not case.has("prices", "prices", "inflation"):
        yield Fault(*case.location("prices", "prices", "inflation"), "finance is in nominal money: a row prices.inflation is needed")


def warn(case: Case) -> Iterator[Fault]:
    """Dates that come before they can count; and a first build that nothing follows."""
    yield from equity.warn(case)
    yield from warn_of_the_end(case)


def warn_of_the_end(case: Case) -> Iterator[Fault]:
    """A first build that ends with the horizon: nothing is earned after it, so that lenders test nothing and owners are paid nothing."""
    last, names = targets.last_period(case), case.calendar.names
    untested = bool(case.items("facility")) and not cash.tested(case)
    unpaid = not equity.paying_out(case)
    if untested or unpaid:
        said = ["coverage is never tested"] * untested + ["no dividend is ever paid: all value is what is left at the end"] * unpaid
        end = "with the horizon" if last == len(names) - 1 else f"with {names[last]}, less than a year before the horizon"
        yield Fault(case.definition.path.name, 0, f"finance: {' and '.join(said)}, for the first build ends {end}; "
                    "let the horizon end later, or say in budget.csv when the first build is over (capital.until)")


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Declare debt, tax, cash and equity."""
    debt.decide(block, case)
    collateral.decide(block, case, ledger)
    tax.decide(block, case)
    cash.decide(block, case)
    equity.decide(block, case, exchange)


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """State what may be drawn, what is paid, and in which order."""
    earned = cash.earned(block, case, ledger)
    debt.bind(block, case, ledger)
    collateral.bind(block, case, ledger)
    received = [cash.cash_interest(block, case, period.number) for period in case.calendar.periods]
    credited = [cash.nominal(case, ledger.credits, period.number) for period in case.calendar.periods]
    income = tax.Income(earned, cash.paid_ahead(case, exchange), credited, cash.interest_borne(block, case), received)
    rates = [debt.rate(case, name) for name in case.items("facility")]
    rates += [case.number("finance", name, "rate") for name in case.items("revolver")]
    tax.bind(block, case, ledger, income, tax.Most(most_in_a_year(case), most_deducted(case), most_interest(case, rates)))
    cash.bind(block, case, exchange, ledger, earned, equity.others(block, case, exchange))
    equity.bind(block, case, exchange, ledger, most_in_all(case))
