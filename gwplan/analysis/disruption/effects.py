"""Effects of a loss: the original and the new plan compared by period, by target, in money and in replacement purchases."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gwplan.model.goals import ALL, npv_cost, npv_value
from gwplan.model.targets import held_in, measured
from gwplan.model.tenure import OWN, SOLD
from gwplan.results.tables import level

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.solving.lexicographic import Answer

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.solving.lexicographic import Answer

    Made = tuple[Plan, Answer]

Columns = dict[str, list[Any]]
MEASURES = {"it": "it_mw", "facility": "facility_mw", "compute": "compute_kh100e"}
"""Measures compared by period, and their columns; compute includes rented compute."""
SAME = 1e-6
"""Relative difference up to which two plans' amounts count as equal."""
AS_PLANNED = 0.01
"""Shortfall, as a share of the plan, up to which a period counts as recovered."""
RENTED = ("contracts", "rented")


def facts(planned: Made, replanned: Made, loss: Loss) -> dict[str, Any]:
    """Headline figures of the loss, for the manifest, the page and the terminal."""
    (before, base), (after, anew) = planned, replanned
    case = before.case
    names, definition = case.calendar.names, case.definition
    found: dict[str, Any] = {
        "title": definition.title, "goal": definition.goals[0].kind, "precision": definition.precision,
        "dollars": definition.horizon.dollars, "status": anew.status,
        "lost": loss.kind, "name": loss.name, "at": names[loss.at], "share": loss.share,
        "lost_at_once": {column: series(before, measure)[loss.at] - without(before, measure, loss)[loss.at]
                         for measure, column in MEASURES.items()},
        "months_until_recovered": {column: recovered(case, loss, series(before, measure), series(after, measure))
                                   for measure, column in MEASURES.items()},
        "targets": [target_facts(after, number, loss) for number in range(1, len(definition.targets) + 1)],
        "planned": money(before), "replanned": money(after),
        "objective": base.objective, "objective_replanned": goal_of(anew),
    }  # fmt: skip
    found["extra"] = {name: found["replanned"][name] - amount for name, amount in found["planned"].items() if amount is not None}
    return found


def goal_of(anew: Answer) -> float:
    """The value of the model's first goal in the new plan, after the goals that minimise shortfalls."""
    return float(next(goal["objective"] for goal in anew.goals if goal["kind"] != "least_missed")) if any(
        goal["kind"] != "least_missed" for goal in anew.goals) else float("nan")  # fmt: skip


def series(plan: Plan, measure: str) -> list[float]:
    """A measure by period: own and leased IT power, or all compute available to the planner."""
    return [level(amount) for amount in measured(plan.case, plan.exchange, measure, ALL).values()]


def without(plan: Plan, measure: str, loss: Loss) -> list[float]:
    """A measure by period without the lost member's contribution and without replacement."""
    account = {"it": "it_peak", "facility": "facility_peak", "compute": "compute"}[measure]
    left = series(plan, measure)
    for key, amount in plan.exchange.balance(account).items():
        site = str(key[0] if measure == "facility" else key[1] if measure == "it" else key[2])
        gone = site == loss.name if loss.kind == "site" else loss.kind == "provider" and measure == "compute" and key[0] == loss.name
        if gone and key[0] != SOLD:
            period = int(key[1] if measure == "facility" else key[-1])
            left[period] -= level(amount)
    return left


def recovered(case: Case, loss: Loss, planned: list[float], replanned: list[float]) -> int | None:
    """Months from the loss until the planned amount is reached for good, within RECOVERED; None if not within the horizon."""
    behind = [period for period in range(loss.at, len(planned)) if replanned[period] < planned[period] * (1 - AS_PLANNED) - SAME]
    if not behind:
        return 0
    return None if behind[-1] == len(planned) - 1 else (behind[-1] + 1 - loss.at) * case.calendar.periods[0].months


def target_facts(after: Plan, number: int, loss: Loss) -> dict[str, Any]:
    """The shortfall of each target: its size, its duration, and when the target holds again."""
    case = after.case
    target, months = case.definition.targets[number - 1], case.calendar.periods[0].months
    there = measured(case, after.exchange, target.measure, target.counts)
    missed = {period: max(0.0, target.amount - level(there[period])) for period in held_in(case, target)}
    short = [period for period, amount in missed.items() if amount > SAME * target.amount]
    following = [period for period in missed if short and period > short[-1]]
    return {
        "target": number, "measure": target.measure, "amount": target.amount, "by": str(target.by),
        "most_missed": max(missed.values(), default=0.0), "months_missed": len(short) * months,
        "holds_again": case.calendar.names[following[0]] if following else None,
    }  # fmt: skip


def money(plan: Plan) -> dict[str, float | None]:
    """Capital and running cost over the horizon, undiscounted, and present values of cost and compute, in MUSD."""
    has_value = plan.case.has("compute", "compute", "value")
    return {
        "capital_musd": sum(level(amount) for amount in plan.ledger.capital.values()),
        "running_musd": sum(level(amount) for amount in plan.ledger.running.values()),
        "npv_cost_musd": level(npv_cost(plan.case, plan.ledger)),
        "npv_value_musd": level(npv_value(plan.case, plan.exchange)) if has_value else None,
    }


def tables(before: Plan, after: Plan, loss: Loss) -> dict[str, Columns]:
    """By period: original plan, remainder right after the loss, and new plan; and the changed decisions."""
    names = before.case.calendar.names
    table: Columns = {"period": list(names)}
    for measure, column in MEASURES.items():
        table[f"{column}_planned"] = series(before, measure)
        table[f"{column}_left"] = [gone if number >= loss.at else full for number, (gone, full) in
                                   enumerate(zip(without(before, measure, loss), series(before, measure), strict=True))]  # fmt: skip
        table[f"{column}_replanned"] = series(after, measure)
    return {"table": table, "instead": instead(before, after, loss)}


def instead(before: Plan, after: Plan, loss: Loss) -> Columns:
    """Decisions from the loss on, planned and new, where they differ: amounts summed over the periods."""
    first, last = decided(before, loss), decided(after, loss)
    columns: Columns = {name: [] for name in ("part", "decision", "item", "site", "unit", "planned", "replanned", "change")}
    for key in sorted(first.keys() | last.keys()):
        was, now = first.get(key, 0.0), last.get(key, 0.0)
        if abs(now - was) > SAME * max(1.0, abs(was), abs(now)):
            unit = "kH100e months" if key[:2] == RENTED else "1"
            for column, value in zip(columns.values(), (*key, unit, was, now, now - was), strict=True):
                column.append(value)
    return columns


def decided(plan: Plan, loss: Loss) -> dict[tuple[str, str, str, str], float]:
    """Amounts of decisions from the loss on by part, decision, item and site; and compute rented, by provider."""
    from gwplan.solving import decisions

    calendar = plan.case.calendar
    number = {name: n for n, name in enumerate(calendar.names)}
    found: dict[tuple[str, str, str, str], float] = {}

    def add(key: tuple[str, str, str, str], amount: float) -> None:
        found[key] = found.get(key, 0.0) + amount

    for row in decisions.rows(plan):
        part, decision, item, site, when = map(str, row[:5])
        if number[when] >= loss.at:
            add((part, decision, item, site), float(str(row[5])))
    for key, amount in plan.exchange.balance("compute").items():
        if key[0] not in (OWN, SOLD) and key[-1] >= loss.at:
            add((*RENTED, str(key[0]), ""), level(amount) * calendar.periods[key[-1]].months)
    return found


def plan_text(plan: Plan) -> str:
    """The decisions of a plan as the text of a plan.csv."""
    from gwplan.solving import decisions

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([decisions.HEADER, *decisions.rows(plan)])
    return text.getvalue()


def document(found: Mapping[str, Any], columns: Mapping[str, Columns]) -> dict[str, Any]:
    """The facts with the tables as rows, for JSON."""
    rows = {name: [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)] for name, table in columns.items()}
    return dict(found) | {"periods": rows["table"], "instead": rows["instead"]}


@dataclass(frozen=True)
class Loss:
    """The lost member, the first period of the loss, and its share of the measure that ranks its kind."""

    kind: str
    name: str
    at: int
    share: float
