"""Collateral: what is pledged for debt, how long it lives, and what it is worth at the horizon's end.

Lenders on a class of capital are repaid while what they paid for lives: no tenor is beyond the life of everything that it may fund,
and what is owed on a class is never more than was paid for those of its things that are within their life. At the horizon's end each
class repays its own debt from its own worth; what that leaves is paid from cash, which dividends have left there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Relation, at_least, at_most, total
from gwplan.model.ledger import Ledger
from gwplan.model.parts.finance.commitments import eligible, nominal_capital
from gwplan.model.price_level import inflator, inflator_at_end
from gwplan.model.stocks import stock

UNIT = "MUSD_nominal"
KINDS = {"halls": ("design", "halls"), "accelerators": ("system", "accelerators"), "networks": ("system", "accelerators"),
         "power": ("supply", "power")}
"""Classes of capital whose things have a life, each with the kind of its items and their table; land has none."""


def life(case: Case, cost_class: str, item: str, site: str = "") -> float | None:
    """Years from service for which a thing of a class lives; None where it has no end."""
    if cost_class not in KINDS:
        return None
    bought = cost_class == "power" and case.label("power", item, "role") == "contract"
    return case.get(KINDS[cost_class][1], item, "contract_term" if bought else "life", site)


def longest(case: Case, cost_class: str) -> tuple[float, str] | None:
    """The longest life of the items of a class, in years, and whose it is; None where there is no end to it, or no item."""
    kind = KINDS.get(cost_class, ("", ""))[0]
    lives = [(life(case, cost_class, item, site), item) for item, site in product(case.items(kind), ("", *case.items("site")))]
    known = [(years, item) for years, item in lives if years is not None]
    return max(known, default=None)


def check(case: Case) -> Iterator[Fault]:
    """No tenor is beyond the life of what it may fund: nothing would be pledged for the rest of it."""
    for facility in case.items("facility"):
        tenor = case.number("finance", facility, "tenor")
        for cost_class in eligible(case, facility):
            found = longest(case, cost_class)
            if found is not None and tenor > found[0]:
                yield Fault(*case.location("finance", facility, "tenor"), f"{facility}.tenor: {tenor:g} years is beyond the life of "
                            f"{cost_class}, at most {found[0]:g} years ({found[1]}): nothing would be pledged for the rest")


def dying(case: Case, ledger: Ledger) -> dict[tuple[str, int], list[Expression]]:
    """What was paid, nominal, for things whose life ends with the period before, by (class, period); pro rata within a period."""
    found: dict[tuple[str, int], list[Expression]] = {}
    last = len(case.calendar.periods) - 1
    for each in ledger.bases:
        years = life(case, each.cost_class, each.item, each.site)
        if years is None:
            continue
        ends = each.period + years * case.calendar.steps_a_year
        paid = each.price * sum(share * inflator(case, period) for period, share in each.spend.items())
        for period in range(each.period + 1, last + 1):
            # Of a thing that dies inside a period, the share that lives in it is pledged until that period's end.
            gone = min(1.0, max(0.0, period + 1 - ends)) - min(1.0, max(0.0, period - ends))
            if gone > 0:
                found.setdefault((each.cost_class, period), []).append(gone * paid * each.quantity)
    return found


def decide(block: Block, case: Case, ledger: Ledger) -> None:
    """Declare what is pledged, and what collateral leaves unpaid."""
    lent = sorted({cost_class for facility in case.items("facility") for cost_class in eligible(case, facility)})
    mortal = sorted({cost_class for cost_class, _ in dying(case, ledger)}.intersection(lent))
    block.variable("pledged", ("class", "period"), product(mortal, range(len(case.calendar.periods))), unit=UNIT,
                   doc="what was paid for things of the class that are within their life")
    block.variable("uncovered", ("class",), lent, unit=UNIT, doc="debt at the horizon's end beyond what its collateral is worth")


def bind(block: Block, case: Case, ledger: Ledger) -> None:
    """Debt ends with what is pledged for it."""
    balance, pledged = block.variables["balance"].data, block.variables["pledged"].data
    ended = dying(case, ledger)

    @block.rule(("class", "period"), pledged)
    def pledge_adds_up(cost_class: str, period: int) -> Relation:
        """Pledged = pledged in the period before + capital of the period - what was paid for things whose life is over."""
        key = (cost_class, period)
        return stock(pledged, key, nominal_capital(case, ledger, *key), total(ended.get(key, [])))

    begins: dict[str, int] = {}
    for cost_class, period in sorted(ended):
        begins.setdefault(cost_class, period)

    @block.rule(("class", "period"), [key for key in pledged if key[1] >= begins[key[0]]], promise=UNIT)
    def debt_ends_with_its_pledge(cost_class: str, period: int) -> Relation:
        """Debt on a class is at most what was paid for those of its things that are within their life, once the first are not."""
        owed = total(amount for key, amount in balance.items() if key[1:] == (cost_class, period))
        return at_most(owed - pledged[cost_class, period], 0)


def bind_end(block: Block, case: Case, ledger: Ledger, owed: dict[str, Expression], cash: Expression) -> None:
    """Each class repays its own debt at the end. owed: debt by class with interest; cash: what is there to pay the rest from."""
    uncovered, last = block.variables["uncovered"].data, len(case.calendar.periods) - 1

    @block.rule(("class",), uncovered)
    def collateral_repays_its_debt(cost_class: str) -> Relation:
        """Uncovered is at least the debt on the class at the horizon's end, with its interest - what the class is worth then."""
        worth = inflator_at_end(case) * ledger.residual.get((cost_class, last), 0)
        return at_least(uncovered[cost_class,], owed.get(cost_class, 0) - worth)

    @block.rule(("moment",), ["end"] if uncovered else [], promise=UNIT)
    def cash_repays_the_rest(moment: str) -> Relation:
        """Cash at the horizon's end, with its interest, is at least what all collateral leaves uncovered: lenders are not left short."""
        return at_most(total(uncovered.values()) - cash, 0)
