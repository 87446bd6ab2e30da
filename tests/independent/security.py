"""What a tariff for large loads asks for beside its minimum: the ramp of the minimum, a sum posted until the term ends, a fee for leaving."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .plan import Cohort, Plan


class Signed(Protocol):
    """What is read of a supply."""

    name: str


def ramp(plan: Plan, site: str, name: str, age: int) -> float:
    """Share of the minimum that is asked for, so many periods after service: one step up a year."""
    months = plan.facts.number("power", name, "ramp_years", site, default=0.0)
    if not months:
        return 1.0
    start = plan.facts.number("power", name, "ramp_from", site, default=0.0)
    steps_in_all, steps = months / 12, age * plan.question.step // 12
    return float(min(1.0, start + (1 - start) * steps / steps_in_all))


def post_security(plan: Plan, site: str, supply: Signed, cohort: Cohort, signed: float) -> None:
    """Collateral out at the order and back at the end of what is signed; a fee where the cohort is gone before its term is over."""
    facts, question, name, t = plan.facts, plan.question, supply.name, cohort.begun
    posted = facts.number("power", name, "collateral", site, t, default=0.0)
    if posted:
        plan.spend("collateral", t, cohort.size, posted)
        for period, share in _gone(signed):
            real = posted * share * _price_level(plan, t) / _price_level(plan, period)
            if period < question.count:
                plan.resale.gain(cohort.size, real * question.discount("capital", period))
            else:
                plan.residual.gain(cohort.size, real * question.discount("capital", period) / _at_end(plan))
    fee = facts.number("power", name, "exit_fee", site, t, default=0.0)
    term = facts.number("power", name, "contract_term", site, t, default=None)
    if not fee or term is None or cohort.first + question.exactly(term) <= cohort.end + 1e-9:
        return
    for period, share in _gone(cohort.end):
        if period < question.count:
            plan.running[period].gain(cohort.size, fee * share)
        else:
            plan.residual.gain(cohort.size, -fee * share * question.discount("running", period) / _at_end(plan))


def _gone(moment: float) -> list[tuple[int, float]]:
    """Periods in which a thing is given back that ends at a moment: of an end inside a period a part then, and the rest a period later."""
    begun = math.floor(moment + 1e-9)
    inside = max(0.0, moment - begun)
    return [(begun, 1 - inside), (begun + 1, inside)] if inside > 1e-9 else [(begun, 1.0)]


def _at_end(plan: Plan) -> float:
    return float((1 + plan.question.rate) ** (-plan.question.count * plan.question.years))


def _price_level(plan: Plan, t: int) -> float:
    rows = plan.facts.rows_of("prices", "prices", "inflation")
    if not rows:
        return 1.0
    middle = (plan.question.start + (t + 0.5) * plan.question.step) / 12
    return float((1 + rows[0].value) ** middle)
