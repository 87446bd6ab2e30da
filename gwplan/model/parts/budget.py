"""Budget: the most capital that may be spent, in all until a date, by class, and by year with what is carried over."""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle
from gwplan.model.block import Block, Expression, Relation, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.goals import caps_whole_life
from gwplan.model.ledger import Ledger
from gwplan.model.stocks import before

CLASSES = ("capital", "sites", "halls", "accelerators", "networks", "power", "stakes")

TABLE = Table(
    "budget",
    (Kind("class", only=CLASSES),),
    (
        Quantity("cap", "class", "MUSD", "most capital, in all (undated) or in a year", ("when",), "own", optional=True, least=0,
                 sane=(1, 1e6)),
        Quantity("carries", "class", "1", "share of what a capped year leaves unspent that carries over", default=0.0, least=0, most=1),
        Quantity("until", "class", "date", "last date that the undated cap counts", optional=True),
    ),
)


def counted_until(case: Case, cost_class: str) -> int:
    """Number of the last period in which the undated cap counts: the one that contains `until`, or the last."""
    date, last = case.date("budget", cost_class, "until"), len(case.calendar.periods) - 1
    return last if date is None else min(last, case.calendar.holding(date.last))


def years(case: Case, cost_class: str) -> list[int]:
    """Calendar years of the horizon that have a cap of their own."""
    inside = {period.year for period in case.calendar.periods}
    return sorted(year for year in case.own("budget", cost_class, "cap") if year is not None and year in inside)


def idle(case: Case) -> Iterator[Idle]:
    """Caps of years outside the horizon, and what is for yearly caps, or for the one in all, where there is none, or the goal takes it."""
    for cost_class in case.items("class"):
        if not years(case, cost_class):
            yield Idle("no year of the horizon has a cap of its own", cost_class, "carries")
        if None not in case.own("budget", cost_class, "cap"):
            yield Idle("there is no cap in all, only by year", cost_class, "until", loud=True)
        elif cost_class == "capital" and caps_whole_life(case.definition):
            yield Idle("with the goal most_compute the cap is on the spend of the whole life", cost_class, "until")


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Declare what capped years leave unspent."""
    keys = [(cost_class, year) for cost_class in case.items("class") for year in years(case, cost_class)]
    block.variable("unspent", ("class", "year"), keys, unit="MUSD", doc="capital that a capped year leaves unspent")


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Keep capital within its caps."""
    capital, unspent = ledger.take_capital("budget"), block.variables["unspent"].data
    periods = case.calendar.periods
    capped = [cost_class for cost_class in case.items("class") if None in case.own("budget", cost_class, "cap")]
    caps = {cost_class: case.own("budget", cost_class, "cap") for cost_class in case.items("class")}

    def spent(cost_class: str, numbers: list[int]) -> Expression:
        return total(amount for (each, period), amount in capital.items() if cost_class in ("capital", each) and period in numbers)

    # With compute for a budget as the goal, the cap on all capital is one on whole-life spend, and the goal states that row.
    whole_life = caps_whole_life(case.definition)

    @block.rule(("class",), [cost_class for cost_class in capped if not (whole_life and cost_class == "capital")], promise="MUSD")
    def capital_within_cap(cost_class: str) -> Relation:
        """Capital, until the cap's last date, is at most the cap."""
        return at_most(spent(cost_class, list(range(counted_until(case, cost_class) + 1))), caps[cost_class][None])

    @block.rule(("class", "year"), unspent, promise="MUSD")
    def capital_within_year(cost_class: str, year: int) -> Relation:
        """Unspent = share carried x unspent of the year before + cap of the year - capital of the year, never negative."""
        carried = case.number("budget", cost_class, "carries") * before(unspent, (cost_class, year))
        numbers = [period.number for period in periods if period.year == year]
        left = unspent[cost_class, year]
        return equal(left + spent(cost_class, numbers), carried + caps[cost_class][year], spare=left)
