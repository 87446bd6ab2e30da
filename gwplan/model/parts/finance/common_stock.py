"""Common stock: an investor that buys shares at a stated price, and then owns a part of all that owners are paid.

The price of a share is the valuation before the money over the sponsor's shares. So an investor that pays in V at a valuation of P
holds V / P shares for each of the sponsor's, V / (P + V) of all where nobody else buys, and is paid V / P of what the sponsor is paid:
of each dividend, and of what is left at the horizon's end. Shares times dividends would be a product of two decisions, so stock is
bought in lots, whole or not at all, and the part of each lot is a number. Nothing is owed on stock: it is paid after debt and
claims, with the sponsor. It is paid in before any dividend, so that no shares are sold to pay one, and nobody buys at a price at
which the plan pays less than that buyer's required return: a valuation above what the plan is worth would be a gift.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, equal, total
from gwplan.model.exchange import Exchange

UNIT = "MUSD_nominal"
TABLE = "contracts"
PREFERRED, COMMON = "preferred", "common"
LOT, PAID = ("contract", "lot"), ("contract", "lot", "period")


def investors(case: Case) -> list[str]:
    """Contracts of investors that are on offer and may pay anything in."""
    return [name for name in case.items("investor")
            if name not in case.definition.contracts.without and case.number(TABLE, name, "cap") > 0]


def holders(case: Case) -> list[str]:
    """Contracts of investors on offer that buy common stock."""
    return [name for name in investors(case) if case.label(TABLE, name, "instrument") == COMMON]


def claimants(case: Case) -> list[str]:
    """Contracts of investors on offer that hold a preferred claim."""
    return [name for name in investors(case) if name not in holders(case)]


def lots(case: Case) -> list[tuple[str, int]]:
    """Contract and number of each lot on offer."""
    return [(name, lot) for name in holders(case) for lot in range(1, round(case.number(TABLE, name, "lots")) + 1)]


def lot_size(case: Case, contract: str) -> float:
    """What one lot costs: the cap in equal parts."""
    return case.number(TABLE, contract, "cap") / round(case.number(TABLE, contract, "lots"))


def per_share(case: Case, contract: str) -> float:
    """What one lot is paid, per dollar that the sponsor is paid: what it costs / the valuation before the money."""
    return lot_size(case, contract) / case.number(TABLE, contract, "valuation")


def check(case: Case, opens: int) -> Iterator[Fault]:
    """Stock has a price, whole lots, and a window before the first dividend. opens: number of the first period that may have one."""
    for name in holders(case):
        if not case.has(TABLE, name, "valuation"):
            yield Fault(*case.location(TABLE, name, "instrument"), f"{name}.instrument: common stock needs a valuation, before its money")
        if case.number(TABLE, name, "lots") % 1:
            yield Fault(*case.location(TABLE, name, "lots"), f"{name}.lots: {case.number(TABLE, name, 'lots'):g} is no whole number")
        begins = case.date(TABLE, name, "from")
        if begins is not None and case.calendar.begun(begins) >= opens:
            yield Fault(*case.location(TABLE, name, "from"), f"{name}.from: stock is paid in before the first date of a dividend, not from "
                        f"{begins} on")


def decide(block: Block, case: Case, paying_out: range) -> None:
    """Declare lots, and what each is paid."""
    names = lots(case)
    block.variable("stock_bought", LOT, names, unit="1", doc="1 if the investor buys the lot of common stock", whole=True)
    block.variable("stock_dividends", PAID, [(*lot, period) for lot, period in product(names, paying_out)], unit=UNIT,
                   doc="dividends paid on a lot of common stock")
    block.variable("stock_left", LOT, names, unit=UNIT, doc="what a lot of common stock gets of what is left at the horizon's end")


def dividends(block: Block, period: int) -> Expression:
    """Dividends of a period on all common stock."""
    return total(amount for key, amount in block.variables["stock_dividends"].data.items() if key[-1] == period)


def bind(block: Block, case: Case, exchange: Exchange, discounts: dict[str, list[float]], most: float) -> None:
    """Stock is paid for, and shares what owners are paid. most: more than the sponsor can be paid at once.

    discounts: present value of a dollar of each period, and of one at the horizon's end, at each investor's required return.
    """
    invested, bought = exchange.balance("invested"), block.variables["stock_bought"].data
    sponsor, left = block.variables["dividends"].data, block.variables["left_over"].data["end",]
    paid, stays = block.variables["stock_dividends"].data, block.variables["stock_left"].data
    bind_purchase(block, case, invested)

    @block.rule(PAID, paid)
    def stock_shares_dividends(contract: str, lot: int, period: int) -> Relation:
        """A lot that is bought is paid at least its part of each dividend: the sponsor's x what the lot costs / the valuation."""
        part = per_share(case, contract)
        return at_least(paid[contract, lot, period] - part * sponsor[period,], part * most * (bought[contract, lot] - 1))

    @block.rule(PAID, paid)
    def stock_is_paid_no_more(contract: str, lot: int, period: int) -> Relation:
        """A lot is paid at most its part of a dividend."""
        return at_most(paid[contract, lot, period] - per_share(case, contract) * sponsor[period,], 0)

    @block.rule(PAID, paid)
    def stock_that_is_not_bought_is_paid_nothing(contract: str, lot: int, period: int) -> Relation:
        """Dividends of a lot are paid only if it is bought."""
        return at_most(paid[contract, lot, period], per_share(case, contract) * most * bought[contract, lot])

    @block.rule(LOT, stays)
    def stock_shares_what_is_left(contract: str, lot: int) -> Relation:
        """A lot that is bought gets at least its part of what is left at the horizon's end."""
        part = per_share(case, contract)
        return at_least(stays[contract, lot] - part * left, part * most * (bought[contract, lot] - 1))

    @block.rule(LOT, stays)
    def stock_gets_no_more_of_what_is_left(contract: str, lot: int) -> Relation:
        """A lot gets at most its part of what is left."""
        return at_most(stays[contract, lot] - per_share(case, contract) * left, 0)

    @block.rule(LOT, stays)
    def stock_that_is_not_bought_gets_nothing(contract: str, lot: int) -> Relation:
        """A lot gets a part of what is left only if it is bought."""
        return at_most(stays[contract, lot], per_share(case, contract) * most * bought[contract, lot])

    @block.rule(("contract",), holders(case), promise=UNIT)
    def stock_earns_its_required_return(contract: str) -> Relation:
        """What an investor's stock is paid, and gets at the end, is worth at least what it costs, at the investor's required return."""
        *worth, end = discounts[contract]
        gets = [worth[key[-1]] * amount for key, amount in paid.items() if key[0] == contract]
        gets += [end * amount for key, amount in stays.items() if key[0] == contract]
        costs = [worth[key[-1]] * amount for key, amount in invested.items() if key[0] == contract]
        return at_least(total(gets) - total(costs), 0)


def bind_purchase(block: Block, case: Case, invested: dict[Key, Expression]) -> None:
    """Lots are whole, and paid in before there is a dividend."""
    bought, sponsor = block.variables["stock_bought"].data, block.variables["dividends"].data

    @block.rule(LOT, bought)
    def lot_is_bought_once(contract: str, lot: int) -> Relation:
        """A lot is bought once at most, and only after the one before it."""
        return at_most(bought[contract, lot] - bought.get((contract, lot - 1), 1), 0)

    @block.rule(("contract",), holders(case))
    def stock_is_paid_for(contract: str) -> Relation:
        """What an investor in common stock pays in over the horizon = lots that it buys x what one costs."""
        paid_in = total(amount for key, amount in invested.items() if key[0] == contract)
        taken = total(amount for key, amount in bought.items() if key[0] == contract)
        return equal(paid_in - lot_size(case, contract) * taken, 0)

    @block.rule(("contract", "period"), [key for key in invested if key[0] in holders(case) and (key[1],) in sponsor])
    def stock_is_paid_in_before_dividends(contract: str, period: int) -> Relation:
        """An investor in common stock pays nothing in once dividends may be paid: no shares are sold to pay one."""
        return at_most(invested[contract, period], 0)
