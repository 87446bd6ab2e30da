"""Goals: one function each, and the rows that a goal needs.

Present values are at the horizon's start, in MUSD of the model's dollars; compute is in kH100e.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gwplan.common.constants import KILO
from gwplan.common.errors import Fault, InputFaults
from gwplan.inputs.case import Case
from gwplan.inputs.definition import Definition, Goal
from gwplan.inputs.definition_schema import TENURES
from gwplan.inputs.definition_text import located
from gwplan.model.block import Block, Expression, Relation, at_least, at_most, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import CREDITS, Ledger
from gwplan.model.targets import held_in, measured

ALL = ("own", "leased", "cloud")
"""All compute that the planner uses."""


@dataclass(frozen=True)
class Objective:
    """An expression to minimise or maximise. `relative_to`: what its gap is relative to, if not to itself."""

    kind: str
    sense: Literal["minimize", "maximize"]
    expression: Expression
    unit: str
    relative_to: Expression | None = None


@dataclass(frozen=True)
class Question:
    """What a goal may use."""

    block: Block
    case: Case
    exchange: Exchange
    ledger: Ledger


def caps_whole_life(definition: Definition) -> bool:
    """True where the budget caps capital and running cost over the whole horizon: compute for a budget."""
    return any(goal.kind == "most_compute" and goal.spend == "whole_life" for goal in definition.goals)


def npv_spend(case: Case, ledger: Ledger) -> Expression:
    """Present value of capital and running cost."""
    calendar = case.calendar
    capital = total(calendar.discount(period, "capital") * amount for (_, period), amount in ledger.capital.items())
    return capital + total(calendar.discount(period, "running") * amount for (_, period), amount in ledger.running.items())


def npv_cost(case: Case, ledger: Ledger) -> Expression:
    """Present value of capital and running cost, less resale, less residual value net of commitments at the end."""
    sold = total(case.calendar.discount(period, "capital") * amount for (_, period), amount in ledger.resale.items())
    return npv_spend(case, ledger) - sold - case.calendar.discount_at_end * ledger.left


def npv_value(case: Case, exchange: Exchange) -> Expression:
    """Present value of the compute delivered, at its rental price: kH100e x hours x USD/H100e/hour / 1000."""
    compute, worth = measured(case, exchange, "compute", ALL), []
    for period in case.calendar.periods:
        value = case.number("compute", "compute", "value", period=period.number)
        worth.append(case.calendar.discount(period.number, "running") * value * period.hours / KILO * compute[period.number])
    return total(worth)


def npv_revenue(case: Case, ledger: Ledger) -> Expression:
    """Present value of revenue from compute sold."""
    return total(case.calendar.discount(period, "running") * amount for (_, period), amount in ledger.revenue.items())


def least_cost(question: Question, goal: Goal) -> Objective:
    """Minimum present value of all cost, less resale, and less residual value net of commitments at the end."""
    return Objective("least_cost", "minimize", npv_cost(question.case, question.ledger), "MUSD")


def most_value(question: Question, goal: Goal) -> Objective:
    """Maximum present value of compute used and of revenue from compute sold, less all cost.

    Its gap is relative to all spend, since the value may be near zero.
    """
    case, ledger = question.case, question.ledger
    value = npv_value(case, question.exchange) + npv_revenue(case, ledger) - npv_cost(case, ledger)
    return Objective("most_value", "maximize", value, "MUSD", npv_spend(case, ledger))


def most_compute(question: Question, goal: Goal) -> Objective:
    """Maximum discounted compute, in kH100e-years, for a budget."""
    case, ledger = question.case, question.ledger
    if goal.spend == "whole_life":
        caps = case.own("budget", "capital", "cap") if "budget" in case.definition.parts else {}
        if None not in caps:
            message = "goal: most_compute needs the part budget and an undated capital.cap"
            raise InputFaults(located([Fault(case.definition.path.name, 0, message)], case.definition.path))

        @question.block.rule(("class",), ["capital"], promise="MUSD")
        def spend_within_budget(cost_class: str) -> Relation:
            """Capital and running cost over the whole horizon, undiscounted and before tax credits, are at most the budget."""
            running = [amount for (each, _), amount in ledger.running.items() if each != CREDITS]
            return at_most(total([*ledger.take_capital("goal").values(), *running]), caps[None])

    # Rented cloud is running cost: it counts only where running cost is within the budget too.
    compute = measured(case, question.exchange, "compute", ALL if goal.spend == "whole_life" else ("own", "leased"))
    terms = [case.calendar.discount(n, "running") * case.calendar.periods[n].years * amount for n, amount in compute.items()]
    return Objective("most_compute", "maximize", total(terms), "kH100e years")


def soonest(question: Question, goal: Goal) -> Objective:
    """Maximum sum over periods of what is delivered: at most what exists, at most the amount, never falling."""
    case, target = question.case, question.case.definition.targets[0] if goal.amount is None else None
    measure, amount = (goal.measure, goal.amount) if target is None else (target.measure, target.amount)
    there = measured(case, question.exchange, measure, TENURES if target is None else target.counts)
    delivered = question.block.variable("delivered", ("period",), there, unit="kH100e" if measure == "compute" else "MW",
                                        doc="delivered, at most the amount")

    @question.block.rule(("period",), there)
    def delivered_is_there(period: int) -> Relation:
        """Delivered is at most what is there."""
        return at_most(delivered[period,] - there[period], 0)

    @question.block.rule(("period",), there)
    def delivered_within_amount(period: int) -> Relation:
        """Delivered is at most the amount asked for."""
        return at_most(delivered[period,], amount)

    later = {after: before for before, after in pairwise(there)}

    @question.block.rule(("period",), later)
    def delivered_never_falls(period: int) -> Relation:
        """Delivered is at least what was delivered in the period before."""
        return at_least(delivered[period,] - delivered[later[period],], 0)

    return Objective("soonest", "maximize", total(delivered.values()), "MW periods")


def most_equity_value(question: Question, goal: Goal) -> Objective:
    """Maximum present value of payments to the sponsor less its contributions, at its required return; the gap is relative to all spend."""
    value = question.ledger.equity_value
    assert value is not None, "a model with this goal has the part finance"
    return Objective("most_equity_value", "maximize", value, "MUSD_nominal", npv_spend(question.case, question.ledger))


GOALS: dict[str, Callable[[Question, Goal], Objective]] = {
    "most_value": most_value, "least_cost": least_cost, "most_compute": most_compute, "soonest": soonest,
    "most_equity_value": most_equity_value,
}


def state_targets(question: Question) -> None:
    """Targets of the model file by period, and the demand above which building has no value."""
    case, exchange = question.case, question.exchange
    targets = dict(enumerate(case.definition.targets, 1))
    amounts = {n: measured(case, exchange, target.measure, target.counts) for n, target in targets.items()}
    keys = [(n, period) for n, target in targets.items() for period in held_in(case, target)]

    @question.block.rule(("target", "period"), keys, promise="of the measure")
    def target_is_met(target: int, period: int) -> Relation:
        """What counts of the target's measure is at least its amount, in each period from `by` to `until`."""
        return at_least(amounts[target][period], targets[target].amount)

    most = min((goal.most_it for goal in case.definition.goals if goal.most_it is not None), default=None)
    it = measured(case, exchange, "it", ("own", "leased"))

    @question.block.rule(("period",), [] if most is None else it, promise="MW")
    def it_within_demand(period: int) -> Relation:
        """Peak IT power, at all sites, is at most the demand `most_it` of the goal."""
        return at_most(it[period], most)


def state_goals(question: Question) -> list[Objective]:
    """The goals in order. Least cost follows goals that do not include money, and the value of equity follows all if finance is on."""
    goals = question.case.definition.goals
    objectives = [GOALS[goal.kind](question, goal) for goal in goals]
    if goals[-1].kind in ("most_compute", "soonest"):
        objectives.append(least_cost(question, goals[-1]))
    if question.ledger.equity_value is not None and all(goal.kind != "most_equity_value" for goal in goals):
        objectives.append(most_equity_value(question, goals[-1]))
    return objectives
