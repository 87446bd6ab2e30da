"""What lenders agree to: when a facility may be drawn, how much in all, and the fees that this costs.

A date inside a period opens or closes the facility for a share of that period: it then pays for at most that share of what it may pay for.
"""

from __future__ import annotations

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_most, equal, total
from gwplan.model.ledger import Ledger
from gwplan.model.price_level import inflator

KEY = ("facility", "class", "period")
UNIT = "MUSD_nominal"


def eligible(case: Case, facility: str) -> tuple[str, ...]:
    """Classes of capital that a facility may fund."""
    return case.labels("finance", facility, "eligible")


def refinanced_by(case: Case, facility: str) -> str | None:
    """The facility whose repayments this one may pay."""
    return case.get_label("finance", facility, "refinances")


def open_shares(case: Case, facility: str) -> dict[int, float]:
    """Share of each period in which a facility may be drawn, where it is above 0."""
    return case.calendar.shares_between(case.date("finance", facility, "from"), case.date("finance", facility, "until"))


def window(case: Case, facility: str) -> range:
    """Numbers of the periods in which a facility may be drawn."""
    shares = open_shares(case, facility)
    return range(min(shares), max(shares) + 1) if shares else range(0)


def drawn_in(block: Block, facility: str, cost_class: str, period: int) -> Expression:
    """All that is drawn on a facility for a class in a period."""
    drawn, refinanced = block.variables["drawn"].data, block.variables["refinanced"].data
    return drawn.get((facility, cost_class, period), 0) + refinanced.get((facility, cost_class, period), 0)


def nominal_capital(case: Case, ledger: Ledger, cost_class: str, period: int) -> Expression:
    """Capital of a class in a period, in nominal MUSD."""
    amount = ledger.capital.get((cost_class, period), 0)
    return inflator(case, period) * amount


def bind(block: Block, case: Case, ledger: Ledger) -> None:
    """What is agreed, and costs a fee until it is drawn."""
    bind_windows(block, case, ledger)
    undrawn, drawn = block.variables["undrawn"].data, block.variables["drawn"].data
    capped = [facility for facility in case.items("facility") if case.get("finance", facility, "cap") is not None]

    @block.rule(("facility", "period"), undrawn)
    def undrawn_is_still_to_come(facility: str, period: int) -> Relation:
        """Undrawn = undrawn in the period after + draws of the period after; nothing is agreed before the facility's first date."""
        periods = window(case, facility)
        if period < periods.start or period + 1 >= len(case.calendar.periods):
            return equal(undrawn[facility, period], 0)
        later = total(drawn_in(block, facility, cost_class, period + 1) for cost_class in eligible(case, facility))
        return equal(undrawn[facility, period], undrawn[facility, period + 1] + later)

    @block.rule(("facility",), capped, promise=UNIT)
    def draws_within_cap(facility: str) -> Relation:
        """All draws of a facility are at most its cap."""
        draws: list[Key] = [key for key in drawn if key[0] == facility]
        return at_most(total(drawn_in(block, *key) for key in draws), case.number("finance", facility, "cap"))


def bind_windows(block: Block, case: Case, ledger: Ledger) -> None:
    """A facility that is open for a share of a period pays for no more than that share."""
    drawn, refinanced, principal = (block.variables[name].data for name in ("drawn", "refinanced", "principal"))
    shares = {(facility, period): share for facility in case.items("facility") for period, share in open_shares(case, facility).items()}

    @block.rule(KEY, [key for key in drawn if shares[key[0], key[-1]] < 1], promise=UNIT)
    def draws_wait_for_the_window(facility: str, cost_class: str, period: int) -> Relation:
        """Draws in a period in which the facility opens or closes are at most the share of it that is open x the capital of the period."""
        return at_most(drawn[facility, cost_class, period], shares[facility, period] * nominal_capital(case, ledger, cost_class, period))

    @block.rule(KEY, [key for key in refinanced if shares[key[0], key[-1]] < 1])
    def refinancing_waits_for_the_window(facility: str, cost_class: str, period: int) -> Relation:
        """What is drawn to refinance in such a period is at most the share of it that is open x what the other facility is repaid."""
        replaced = principal[refinanced_by(case, facility), cost_class, period]
        return at_most(refinanced[facility, cost_class, period], shares[facility, period] * replaced)


def fees(block: Block, case: Case, period: int) -> Expression:
    """Upfront fees of what is drawn in a period, commitment fees of what is still to be drawn, while the facility is open."""
    undrawn, terms = block.variables["undrawn"].data, []
    for facility in case.items("facility"):
        upfront = case.number("finance", facility, "upfront_fee")
        terms += [upfront * drawn_in(block, facility, cost_class, period) for cost_class in eligible(case, facility)]
        yearly = case.number("finance", facility, "commitment_fee") * open_shares(case, facility).get(period, 0.0)
        terms.append(yearly / case.calendar.steps_a_year * undrawn[facility, period])
    return total(terms)
