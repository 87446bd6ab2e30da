"""One-at-a-time sensitivity: each number at its low and at its high, all others at base.

Each end is solved twice: re-optimised, and with the base plan fixed. The difference is the value of perfect information
about the number. Where numbers move together, those that are correlated with it go their correlation's share of the way to
their own end, to the other one if it is negative.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from gwplan.analysis.scenarios import study_table
from gwplan.analysis.scenarios.executors import cores, solve_all
from gwplan.analysis.scenarios.scenario import Result, Scenario, ask
from gwplan.analysis.scenarios.study import Execution, StudyRequest, execution_of, with_base
from gwplan.analysis.scenarios.study_table import Study, unproven
from gwplan.analysis.uncertainty.ranges import Pick, UncertainInput, rows_at, value_at
from gwplan.analysis.uncertainty.sample import CORRELATIONS, Columns, base_objective, correlations_of, drawn_of
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.results.figures import less_is_better

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

End = Literal["low", "high"]
PICKS: dict[End, Pick] = {"low": lambda low, base, high: low, "high": lambda low, base, high: high}
BEST, FIXED = "re-optimised", "base plan"
NOT_CARRIED_OUT = "cannot be carried out"


@dataclass(frozen=True)
class Stressed:
    """A finished stress test. tornado: one row per number, the widest swing first, then those without one."""

    study: Study
    tornado: Columns
    base_objective: float
    unproven: float
    title: str
    goal: str
    dollars: int
    precision: str


class NoBasePlan(Exception):
    """The unchanged model has no plan, so there is nothing to stress. `base` is its result."""

    def __init__(self, base: Result) -> None:
        super().__init__(f"The unchanged model has no plan to stress: {base.status}. {base.message}".strip())
        self.base = base


@dataclass(frozen=True)
class Numbers:
    """The numbers of a case to be stressed."""

    case: Case
    drawn: tuple[UncertainInput, ...]
    only: tuple[str, ...] = ()
    partners: Mapping[str, Sequence[tuple[UncertainInput, float]]] = field(default_factory=dict)
    """The numbers that move with a key, with their correlations."""

    @property
    def solves(self) -> int:
        """Number of solves: two for each end that differs from the base."""
        return 2 * sum(each.has_low + each.has_high for each in self.drawn)


def numbers_of(order: StudyRequest, only: tuple[str, ...] = (), together: bool = False) -> Numbers:
    """The numbers of an order that have a range and match the patterns.

    together: those that are correlated move along. InputFaults if there is no number, or nothing is correlated.
    """
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    case = read(Request(order.model, order.overlays, order.sets))
    drawn = drawn_of(case)
    return Numbers(case, tuple(matching(drawn, only)), only, _partners(case, drawn) if together else {})


def _partners(case: Case, drawn: Sequence[UncertainInput]) -> dict[str, list[tuple[UncertainInput, float]]]:
    found = correlations_of(case, drawn, None)
    if not found.keys:
        raise InputFaults([Fault(CORRELATIONS, 0, "no correlated numbers of this model: nothing moves together")])
    by_key = {each.key: each for each in drawn}
    rows = zip(found.keys, found.matrix.tolist(), strict=True)
    return {key: [(by_key[other], rho) for other, rho in zip(found.keys, row, strict=True) if rho and other != key] for key, row in rows}


def stress(order: StudyRequest, numbers: Numbers, announce: Callable[[str], None] | None = None) -> Stressed:
    """Solve both ends of each number and write the folder. NoBasePlan; OSError if the folder cannot be written."""
    with execution_of(order) as execution:
        return stressed(order, numbers, execution, announce)


def stressed(order: StudyRequest, numbers: Numbers, execution: Execution, announce: Callable[[str], None] | None) -> Stressed:
    """`stress`, with a given executor."""
    began = time.perf_counter()
    case, drawn = numbers.case, numbers.drawn
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    question, base = with_base(question, execution, numbers.solves)
    objective = base_objective(base)
    if objective is None:
        raise NoBasePlan(base)
    scenarios = scenarios_of(numbers, base.plan)
    if announce is not None:
        announce(expected(len(drawn), len(scenarios), base.seconds, order.workers))
    digests = [scenario.digest(question) for scenario in scenarios]
    cached = sum(execution.cache.get(digest) is not None for digest in digests) if execution.cache is not None else 0
    results = solve_all(question, scenarios, executor=execution.executor, cache=execution.cache, on_result=execution.on_result)
    columns = study_table.columns(scenarios, results)
    goal = str(base.summary["goal"][0])
    rows = tornado(drawn, scenarios, results, base, -1.0 if less_is_better(goal) else 1.0)
    facts: dict[str, object] = {"keys": len(drawn), "only": list(numbers.only), "together": bool(numbers.partners),
                                "base_objective": objective,
                                "base_unproven": unproven(base.summary), **study_table.words([base])}  # fmt: skip
    content = study_table.Content(facts, {"table": columns, "tornado": rows}, {"base_plan.csv": base.plan})
    folder = study_table.write(order.runs, "stress", question, digests, content, order.page)
    study = Study(folder, columns, tuple(scenarios), tuple(results), base, cached, time.perf_counter() - began)
    definition = case.definition
    return Stressed(study, rows, objective, unproven(base.summary) or 0.0, definition.title, goal, definition.horizon.dollars,
                    definition.measure)


def matching(drawn: Sequence[UncertainInput], only: Sequence[str]) -> list[UncertainInput]:
    """The numbers whose key matches a pattern, all without patterns. InputFaults for a pattern that matches none."""
    faults = [Fault(f"--only {pattern}", 0, "matches no number with a range; the format is table.item[@site].quantity, with * as wildcard")
              for pattern in only if not any(fnmatchcase(each.key, pattern) for each in drawn)]
    if faults:
        raise InputFaults(faults)
    return [each for each in drawn if not only or any(fnmatchcase(each.key, pattern) for pattern in only)]


def expected(numbers: int, solves: int, seconds: float, workers: int | None) -> str:
    """A sentence on the work ahead; the time is estimated from the unchanged model, ignoring the cache."""
    side_by_side = min(workers or cores(), max(solves, 1))
    minutes = solves * seconds / side_by_side / 60
    time_text = f"{minutes:.0f} min" if minutes >= 1.5 else f"{max(minutes * 60, 1):.0f} s"
    return f"{numbers} numbers with a range, {solves} solves, {side_by_side} at a time: about {time_text} at most (an estimate)."


def scenarios_of(numbers: Numbers, plan: str) -> list[Scenario]:
    """For each number and each end that differs from the base: re-optimised, then with the base plan fixed."""
    found = []
    for each in numbers.drawn:
        ends: list[End] = [*(("low",) if each.has_low else ()), *(("high",) if each.has_high else ())]
        for end in ends:
            rows = rows_at(numbers.case, each, PICKS[end])
            for partner, rho in numbers.partners.get(each.key, ()):
                rows += rows_at(numbers.case, partner, along(end, rho))
            drawn_value = str(value_at(each, PICKS[end]))
            values = (("key", each.key), ("end", end), ("value", drawn_value), ("unit", each.unit))
            found.append(Scenario((*values, ("decisions", BEST)), rows=rows))
            found.append(Scenario((*values, ("decisions", FIXED)), rows=rows, fix=plan))
    return found


def along(end: End, rho: float) -> Pick:
    """A number that is correlated with one at its end: the share `rho` of the way from its base to its own end, or to the other one."""
    own = PICKS[end if rho > 0 else "high" if end == "low" else "low"]
    return lambda low, base, high: base + abs(rho) * (own(low, base, high) - base)


def tornado(drawn: Sequence[UncertainInput], scenarios: Sequence[Scenario], results: Sequence[Result], base: Result,
            sign: float) -> Columns:
    """One row per number: value, objectives and value of information at each end, and the swing of the re-optimised objective.

    Numbers that are infeasible at an end come first, then the widest swings.

    sign: 1 if the goal is maximised, else -1. The value of information is in units of the goal, at least 0 up to the gap.
    """
    centre = base_objective(base) or 0.0
    found: dict[tuple[str, str, str], Result] = {}
    values: dict[tuple[str, str], Any] = {}
    for scenario, result in zip(scenarios, results, strict=True):
        cells = dict(scenario.values)
        found[str(cells["key"]), str(cells["end"]), str(cells["decisions"])] = result
        values[str(cells["key"]), str(cells["end"])] = cells["value"]
    rows = []
    for each in drawn:
        row: dict[str, Any] = {"key": each.key, "unit": each.unit, "base": str(value_at(each, lambda low, base, high: base))}
        levels, doubt = [centre], unproven(base.summary) or 0.0
        for end in PICKS:
            best, fixed = found.get((each.key, end, BEST)), found.get((each.key, end, FIXED))
            row |= _end(end, values.get((each.key, end)), best, fixed, sign)
            if row[f"objective_{end}"] is not None:
                levels.append(row[f"objective_{end}"])
            doubt = max(doubt, *(unproven(result.summary) or 0.0 for result in (best, fixed) if result is not None), 0.0)
        row["swing"] = max(levels) - min(levels)
        row["unproven"] = doubt
        none = [end for end in PICKS if row[f"status_{end}"] == Status.INFEASIBLE]
        row["note"] = f"no plan at {' and '.join(none)}" if none else note_of(row["swing"], doubt)
        rows.append(row)
    rows.sort(key=lambda row: (not row["note"].startswith("no plan"), -row["swing"], row["key"]))
    return {name: [row[name] for row in rows] for name in rows[0]}


def note_of(swing: float, doubt: float) -> str:
    """A caveat on the swing; blank if it is wider than the gap."""
    return "" if swing > doubt else "no change" if swing == 0 else "below the proven gap"


def _end(end: End, value: object, best: Result | None, fixed: Result | None, sign: float) -> dict[str, Any]:
    """The cells of one end of a number."""
    level, kept = (None if result is None else base_objective(result) for result in (best, fixed))
    return {
        end: value,
        f"status_{end}": "" if best is None else str(best.status),
        f"objective_{end}": level,
        f"base_plan_{end}": "" if fixed is None else NOT_CARRIED_OUT if fixed.status == Status.INFEASIBLE else str(fixed.status),
        f"objective_base_plan_{end}": kept,
        f"value_of_knowing_{end}": None if level is None or kept is None else sign * (level - kept),
    }
