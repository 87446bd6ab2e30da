"""A plan that is cheaper, sooner or larger than one that is loaded, each as a row that the plan breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gwplan.common.amounts import said
from gwplan.model.linear import value_of
from gwplan.model.targets import UNITS, measured
from gwplan.planning.wishes import Wish

if TYPE_CHECKING:
    from gwplan.model.assemble import Plan
    from gwplan.model.block import Expression

SHARE = 0.05
"""By how much a plan is wished to be cheaper, and larger."""
FIRST = 0.01
"""Share of the peak IT power that is wished a period before the first."""
NONE = 1e-6
"""MW, kH100e or MUSD below which there is nothing, and relative difference of two amounts that are the same."""
CHEAPER, SOONER, LARGER = "cheaper", "sooner", "larger"
COST = "least_cost"
PERIODS = ("year", "quarter", "month")


def wishes_of(plan: Plan) -> Iterator[Wish]:
    """A plan that is cheaper, one that is sooner, and one that is larger, as rows that the plan breaks."""
    yield from cheaper(plan)
    yield from sooner(plan)
    yield from larger(plan)


def cheaper(plan: Plan) -> Iterator[Wish]:
    """A twentieth less net present cost if a goal is that cost, else of all spend; none for a plan that costs nothing."""
    kinds = [goal.kind for goal in plan.objectives]
    place = kinds.index(COST) if COST in kinds else None
    words = "present value of all spend" if place is None else "net present cost"
    now = value_of(cost_of(plan, place))
    if now > NONE:
        most = (1 - SHARE) * now
        yield Wish(CHEAPER, f"a {words} of {said(most, 'MUSD', 4)}, {SHARE:.0%} less than {said(now, 'MUSD', 4)}",
                   lambda other: cost_of(other, place), most=most)


def cost_of(plan: Plan, place: int | None) -> Expression:
    """The cost of a plan: the goal at a place; without one, the spend that the gap of a goal is relative to, 0 where there is none."""
    if place is not None:
        return plan.objectives[place].expression
    return next((goal.relative_to for goal in plan.objectives if goal.relative_to is not None), 0.0)


def sooner(plan: Plan) -> Iterator[Wish]:
    """The first IT power a period earlier, and the first target's amount a period before the plan has it."""
    names = plan.case.calendar.names
    it = amounts(plan, "it")
    first = first_of(it, NONE)
    if first:
        least = FIRST * max(it.values())
        words = f"{least:,.4g} MW IT in {names[first - 1]}, {len_of(plan)} before the first"
        yield Wish(SOONER, words, lambda other: amount_in(other, "it", first - 1), least)
    target = next(iter(plan.case.definition.targets), None)
    if target is None:
        return
    had = first_of(amounts(plan, target.measure, target.counts), target.amount * (1 - NONE))
    if had and (had, target.measure) != (first, "it"):
        words = f"{target.amount:,.6g} {UNITS[target.measure]} in {names[had - 1]} rather than {names[had]}"
        yield Wish(SOONER, words, lambda other: amount_in(other, target.measure, had - 1, target.counts), target.amount)


def len_of(plan: Plan) -> str:
    """The length of a period in words."""
    return f"a {plan.case.definition.horizon.step}" if plan.case.definition.horizon.step in PERIODS else "a period"


def first_of(had: Mapping[int, float], least: float) -> int:
    """The first period with an amount; 0 without one, too."""
    return min((period for period, amount in had.items() if amount >= least), default=0)


def larger(plan: Plan) -> Iterator[Wish]:
    """A twentieth more of what the first target, or the goal, measures, in the period in which the plan first has its most."""
    definition = plan.case.definition
    target = definition.targets[0] if definition.targets else None
    measure = target.measure if target else "compute" if definition.goals[0].kind == "most_compute" else "it"
    counts = target.counts if target else ("own", "leased")
    had = amounts(plan, measure, counts)
    most = max(had.values(), default=0.0)
    if most > NONE:
        period = first_of(had, most * (1 - NONE))
        least = (1 + SHARE) * most
        yield Wish(LARGER, f"{least:,.5g} {UNITS[measure]} in {plan.case.calendar.names[period]}, {SHARE:.0%} more than {most:,.5g}",
                   lambda other: amount_in(other, measure, period, counts), least)


def amounts(plan: Plan, measure: str, counts: tuple[str, ...] = ("own", "leased")) -> dict[int, float]:
    """What a plan that is loaded has of a measure, by period."""
    return {period: value_of(amount) for period, amount in measured(plan.case, plan.exchange, measure, counts).items()}


def amount_in(plan: Plan, measure: str, period: int, counts: tuple[str, ...] = ("own", "leased")) -> Expression:
    """A measure of a plan in a period."""
    return measured(plan.case, plan.exchange, measure, counts)[period]
