"""What comes first: each class is eased a little and the plan re-optimised; the gain says how much the class holds the plan back.

Easing a class only adds choices, so the base plan remains possible and is the start of each search. A gain that is smaller than what
the base plan may itself be short of its best is within the gap: it is not proven. The same classes, delayed, give the cost of a month.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.bottleneck.chains import Chain, chains
from gwplan.analysis.bottleneck.edits import CLASSES, Limited, Steps, delayed, eased
from gwplan.analysis.scenarios import study_table
from gwplan.analysis.scenarios.executors import solve_all
from gwplan.analysis.scenarios.scenario import Result, Scenario, SharedInputs, ask
from gwplan.analysis.scenarios.study import Execution, StudyRequest, execution_of, with_base
from gwplan.analysis.scenarios.study_table import unproven
from gwplan.common import stopping
from gwplan.common.status import Exit, Status
from gwplan.results.figures import less_is_better

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

EASED, DELAYED = "eased", "delayed"
MW_A_GW = 1000.0
SAME = 1e-6
"""Relative difference up to which two objectives count as equal: the solver's tolerance."""
SHARE_OF_BASE, LEAST_SECONDS = 0.75, 10.0
"""Time limit of each search, unless it is given, as a share of the time of the base plan, and at least: all take about 6 times the base."""


@dataclass(frozen=True)
class Effect:
    """What an edit changes against the base plan. value: in the unit of the goal, positive if better.

    proven and possible: the least and the most that the value can be, by the bounds of both searches; None without a bound. gw_months: of
    IT power over the horizon. within_gap: True if the sign of the value is not proven. None where there is no plan. sets: the edits.
    """

    name: str
    way: str
    sets: tuple[str, ...]
    status: Status
    message: str = ""
    value: float | None = None
    proven: float | None = None
    possible: float | None = None
    gw_months: float | None = None
    first_power: str = ""
    within_gap: bool = True


@dataclass(frozen=True)
class Bottleneck:
    """A finished study: the gains, most value first, the effects of a delay, and the chains of lead times of each site.

    missing: classes that the case has no rows of. stopped: True if interrupted before all edits were solved. labels: shown names by item.
    """

    folder: Path
    base: Result
    steps: Steps
    gains: tuple[Effect, ...]
    delays: tuple[Effect, ...]
    chains: tuple[Chain, ...]
    missing: tuple[str, ...]
    seconds: float
    stopped: bool
    facts: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> Exit:
        """0 if all were solved or have no plan, 5 if some were not solved to the gap, 1 if a search failed."""
        statuses = {effect.status for effect in (*self.gains, *self.delays)}
        if statuses & {Status.FAILED, Status.FAULTY_INPUT, Status.UNBOUNDED}:
            return Exit.OTHER
        return Exit.STOPPED if self.stopped or statuses & {Status.STOPPED, Status.STOPPED_EMPTY} else Exit.SOLVED

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return {"exit_code": self.exit_code, "folder": str(self.folder), **self.facts, "gains": list(map(asdict, self.gains)),
                "delays": list(map(asdict, self.delays)), "chains": list(map(asdict, self.chains)), "missing": list(self.missing),
                "seconds": self.seconds}


class NoBasePlan(Exception):
    """The unchanged model has no plan, so that nothing can be said to hold it back. `base` is its result."""

    def __init__(self, base: Result) -> None:
        super().__init__(f"The unchanged model has no plan: {base.status}. {base.message}".strip())
        self.base = base


def steps_of(case: Case, more: float, months: int) -> Steps:
    """The steps of the edits: dates move by at least one period of the model, for less would be rounded away."""
    return Steps(more, max(months, case.calendar.periods[0].months))


def edits_of(case: Case, steps: Steps) -> list[tuple[Limited, str, tuple[str, ...]]]:
    """Each class with a way and its edits; those without rows are left out."""
    ways = ((EASED, eased), (DELAYED, delayed))
    every = [(limited, way, edits(case, limited, steps)) for way, edits in ways for limited in CLASSES]
    return [(limited, way, sets) for limited, way, sets in every if sets]


def bottleneck(order: StudyRequest, more: float = 0.1, months: int = 3) -> Bottleneck:
    """Solve, ease and delay each class, and write the folder. InputFaults; NoBasePlan; OSError if the folder cannot be written.

    If interrupted after the base plan is found, it keeps what was found so far.
    """
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    began = time.perf_counter()
    case = read(Request(order.model, order.overlays, order.sets, gap=order.gap, time_limit=order.time_limit))
    steps = steps_of(case, more, months)
    edits = edits_of(case, steps)
    scenarios = [Scenario((("class", limited.name), ("way", way)), sets=sets) for limited, way, sets in edits]
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    with execution_of(order) as execution:
        question, base = with_base(question, execution, len(scenarios), scenarios)
        if not base.plan:
            raise NoBasePlan(base)
        found_chains = chains_of(case, base)
        results, stopped = so_far(limited_time(question, base), scenarios, execution)
    with stopping.noted():
        solved = [(scenario, result) for scenario, result in zip(scenarios, results, strict=True) if result is not None]
        effects = [effect_of(scenario, result, base, case) for scenario, result in solved]
        gains = sorted((each for each in effects if each.way == EASED), key=rank)
        delays = [each for each in effects if each.way == DELAYED]
        missing = tuple(limited.name for limited in CLASSES if limited.name not in {name.name for name, _, _ in edits})
        facts = {**facts_of(case, base, steps), "stopped": stopped}
        tables = tables_of(solved, gains, delays, found_chains)
        content = study_table.Content(facts, tables, {"base_plan.csv": base.plan})
        folder = study_table.write(order.runs, "bottleneck", question, [repr(steps)], content, order.page)
        seconds = time.perf_counter() - began
        return Bottleneck(folder, base, steps, tuple(gains), tuple(delays), tuple(found_chains), missing, seconds, stopped, facts,
                          dict(case.checked.labels))


def rank(effect: Effect) -> tuple[float, float]:
    """Most value first, then most power; what has no plan last."""
    return -(-math.inf if effect.value is None else effect.value), -(effect.gw_months or 0.0)


def limited_time(question: SharedInputs, base: Result) -> SharedInputs:
    """The question with a time limit by that of the base plan, unless one is given."""
    if question.time_limit is not None:
        return question
    return replace(question, time_limit=f"{math.ceil(max(SHARE_OF_BASE * base.seconds, LEAST_SECONDS))} s")


def so_far(question: SharedInputs, scenarios: Sequence[Scenario], execution: Execution) -> tuple[list[Result | None], bool]:
    """The results of scenarios; if interrupted those found by then, None for the others, and True."""
    found: dict[int, Result] = {}

    def note(number: int, result: Result) -> None:
        found[number] = result
        if execution.on_result is not None:
            execution.on_result(number, result)

    try:
        solve_all(question, scenarios, executor=execution.executor, cache=execution.cache, on_result=note)
    except KeyboardInterrupt:
        stopping.acknowledge()
        return [found.get(number) for number in range(len(scenarios))], True
    return [found[number] for number in range(len(scenarios))], False


def chains_of(case: Case, base: Result) -> list[Chain]:
    """The chains of the base plan, carried out again with its decisions fixed; none if it has no decisions."""
    from gwplan.analysis.disruption.disruption import solved
    from gwplan.solving import decisions

    if len(base.plan.splitlines()) < 2:
        return []
    plan, _ = solved(case, decisions.plan_of(base.plan, "plan.csv", case))
    return chains(plan)


def effect_of(scenario: Scenario, result: Result, base: Result, case: Case) -> Effect:
    """The effect of one edit."""
    values = dict(scenario.values)
    plain = Effect(str(values["class"]), str(values["way"]), scenario.sets, result.status, result.message)
    if not result.summary:
        return plain
    sign = -1.0 if less_is_better(str(base.summary["goal"][0])) else 1.0
    value = cleaned(sign * (result.summary["objective"] - base.summary["objective"]), base)
    short_of, beyond = unproven(base.summary), unproven(result.summary)
    least = None if short_of is None else value - short_of
    most = None if beyond is None else value + beyond
    least, most = (None if each is None else cleaned(each, base) for each in (least, most))
    sure = (least is not None and least > 0) or (most is not None and most < 0)
    months = gw_months(result.summary, case) - gw_months(base.summary, case)
    return replace(plain, value=value, proven=least, possible=most, gw_months=months, within_gap=not sure,
                   first_power=str(result.summary.get("first_it_period") or ""))


def cleaned(value: float, base: Result) -> float:
    """A difference of objectives, 0 within the tolerance of the solver."""
    return 0.0 if abs(value) <= SAME * max(1.0, abs(base.summary["objective"])) else value


def gw_months(summary: Mapping[str, Any], case: Case) -> float:
    """IT power over the horizon, in GW x months."""
    lengths = [period.months for period in case.calendar.periods]
    return sum(float(power) * months for power, months in zip(summary["it_mw"], lengths, strict=True)) / MW_A_GW


def facts_of(case: Case, base: Result, steps: Steps) -> dict[str, Any]:
    """What stands in the manifest."""
    definition, summary = case.definition, base.summary
    return {"title": definition.title, "goal": str(summary["goal"][0]), "precision": definition.measure,
            "dollars": definition.horizon.dollars, "more": steps.more, "months": steps.months,
            "base_objective": summary["objective"], "base_unproven": unproven(summary),
            "base_gw_months": gw_months(summary, case), "first_it_period": summary.get("first_it_period"), "base_seconds": base.seconds,
            "periods": summary["periods"]}


def tables_of(solved: Sequence[tuple[Scenario, Result]], gains: Sequence[Effect], delays: Sequence[Effect],
              found: Sequence[Chain]) -> dict[str, dict[str, list[Any]]]:
    """The tables of the folder: each plan, the effects and the chains."""
    rows = [{**asdict(each), "sets": " ".join(each.sets), "status": str(each.status)} for each in (*gains, *delays)]
    effects = {name: [row[name] for row in rows] for name in Effect.__dataclass_fields__}
    lines = [asdict(each) for each in found]
    chained = {name: [line[name] for line in lines] for name in Chain.__dataclass_fields__}
    return {"table": study_table.columns([scenario for scenario, _ in solved], [result for _, result in solved]), "effects": effects,
            "chains": chained}
