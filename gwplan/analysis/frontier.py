"""The trade-off (Pareto) curve between two figures.

Epsilon constraint method (Haimes, Lasdon and Wismer 1971): the two ends are lexicographic optima, with the figures in either
order; between them one figure is bounded in even steps and the other optimised, then the bounded one with the other kept.
The model's rules and targets hold throughout; its own goal is ignored.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gwplan.common import stopping
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Exit, Status
from gwplan.results.drafts import ready

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Plan
    from gwplan.model.block import Expression
    from gwplan.solving.linear_program import Arrays, Cost, Floats
    from gwplan.solving.options import Options, SolveResult
    from gwplan.solving.problem import ExtraRow

SAME = 1e-7
"""Relative difference up to which two points count as equal: the solver's tolerance."""


@dataclass(frozen=True)
class Figure:
    """A figure that a frontier can be drawn for."""

    name: str
    sense: Literal["minimize", "maximize"]
    unit: str
    meaning: str
    expression: Callable[[Plan], Expression]
    relative_to: Callable[[Plan], Expression] | None = None


def _capital(plan: Plan) -> Expression:
    return sum(plan.ledger.capital.values())


def _first_build(plan: Plan) -> Expression:
    from gwplan.model import targets

    last = targets.last_period(plan.case)
    return sum(amount for (_, period), amount in plan.ledger.capital.items() if period <= last)


def _cost(plan: Plan) -> Expression:
    from gwplan.model.goals import npv_cost

    return npv_cost(plan.case, plan.ledger)


def _spend(plan: Plan) -> Expression:
    from gwplan.model.goals import npv_spend

    return npv_spend(plan.case, plan.ledger)


def _value(plan: Plan) -> Expression:
    from gwplan.model.goals import npv_revenue, npv_value

    return npv_value(plan.case, plan.exchange) + npv_revenue(plan.case, plan.ledger) - _cost(plan)


def _compute(plan: Plan) -> Expression:
    from gwplan.model.targets import measured

    case, calendar = plan.case, plan.case.calendar
    amounts = measured(case, plan.exchange, "compute")
    return sum(calendar.discount(n, "running") * calendar.periods[n].years * amount for n, amount in amounts.items())


FIGURES = {figure.name: figure for figure in (
    Figure("capital", "minimize", "MUSD", "capital over the horizon, undiscounted", _capital),
    Figure("first_build", "minimize", "MUSD", "capital of the first build, undiscounted", _first_build),
    Figure("cost", "minimize", "MUSD", "present value of capital and running cost less residual value", _cost),
    Figure("value", "maximize", "MUSD", "present value of compute less present value of cost", _value, _spend),
    Figure("compute", "maximize", "kH100e years", "compute, discounted", _compute),
)}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One plan of the frontier. bound: on the first figure (None at the ends); gap: of the optimised figure.

    proven: bound on the optimised figure (the first figure at the first end, else the second) over all plans within `bound`.
    """

    bound: float | None
    first: float
    second: float
    gap: float
    status: Status
    summary: dict[str, Any]
    proven: float | None = None


class NoFrontier(Exception):
    """There is no plan at an end of the frontier. `status`: how that search ended."""

    def __init__(self, status: Status) -> None:
        ended = Status.STOPPED_EMPTY if status is Status.STOPPED else status
        super().__init__(f"There is no frontier: {ended.text}.")
        self.status = status

    @property
    def exit_code(self) -> Exit:
        """The exit code of the command."""
        return self.status.exit_code(plan=False)


@dataclass(frozen=True)
class Frontier:
    """The points in order of the first figure, the number of dominated or duplicate points, and the seconds taken.

    stopped: True if interrupted before all points were solved.
    """

    figures: tuple[Figure, Figure]
    points: tuple[Point, ...]
    removed: int
    solved: int
    seconds: float
    case: Case
    stopped: bool = False


class FrontierModel:
    """The arrays of a model with two figures as cost vectors, and the solves on them."""

    def __init__(self, plan: Plan, figures: Sequence[Figure], options: Options) -> None:
        from gwplan.model.goals import Objective
        from gwplan.solving.linear_program import compile_plan

        objectives = [Objective(figure.name, figure.sense, figure.expression(plan), figure.unit,
                                figure.relative_to(plan) if figure.relative_to else None) for figure in figures]
        self.plan = replace(plan, objectives=objectives)
        self.arrays: Arrays = compile_plan(self.plan)
        self.costs: list[Cost] = self.arrays.costs
        self.options = options
        self.opened: dict[int, tuple[str, ...]] = {}

    def value(self, place: int, x: Floats) -> float:
        """The value of a figure in a plan."""
        return self.costs[place].value(x)

    def bounded(self, place: int, bound: float) -> ExtraRow:
        """The row that bounds a figure."""
        from gwplan.solving.problem import ExtraRow

        cost = self.costs[place]
        ends = (bound - cost.constant, np.inf) if cost.maximize else (-np.inf, bound - cost.constant)
        return ExtraRow(cost.coefficients, *ends)

    def best(self, place: int, rows: Sequence[ExtraRow], start: Floats | None) -> SolveResult:
        """Optimise a figure under extra rows."""
        from gwplan.solving.problem import Problem
        from gwplan.solving.search import search

        whole = {} if start is None else self.arrays.rounded(start)
        problem = Problem(self.arrays, self.costs[place], tuple(rows), start=whole)
        found = search(problem, self.options, self.opened.get(place, ()))
        self.opened[place] = found.opened
        return found

    def ranked(self, first: int, rows: Sequence[ExtraRow], start: Floats | None) -> tuple[SolveResult, Floats | None]:
        """Optimise a figure, then the other with the first kept. Returns the search of the first, and the final plan."""
        from gwplan.solving.lexicographic import kept_row

        found = self.best(first, rows, start)
        if found.x is None:
            return found, None
        then = self.best(1 - first, [*rows, kept_row(self.costs[first], found.objective)], found.x)
        return found, then.x if then.x is not None else found.x

    def point(self, found: SolveResult, x: Floats, bound: float | None) -> Point:
        """The point of a plan, with its headline figures."""
        from gwplan.planning.build import load
        from gwplan.results.store import finite
        from gwplan.results.summary import summarise
        from gwplan.solving.lexicographic import Answer

        goals = [{"kind": self.plan.objectives[0].kind, "objective": found.objective}]
        answer = Answer(found.status, x, found.objective, found.bound, found.gap, goals=goals)
        load(self.plan, self.arrays, answer)
        summary: dict[str, Any] = finite({"status": found.status, **summarise(self.plan, answer, self.arrays)})
        return Point(bound, self.value(0, x), self.value(1, x), found.gap, found.status, summary, finite(found.bound))


def chosen(names: str) -> tuple[Figure, Figure]:
    """The two figures of `--of A,B`. ValueError if they are not two different known figures."""
    from gwplan.common.spelling import suggestion

    given = [name.strip() for name in names.split(",")]
    for name in given:
        if name not in FIGURES:
            raise ValueError(f"--of: no figure {name!r}{suggestion(name, FIGURES)}; there are {', '.join(FIGURES)}")
    if len(given) != 2 or given[0] == given[1]:
        raise ValueError("--of takes two different figures, such as capital,compute")
    return FIGURES[given[0]], FIGURES[given[1]]


def frontier(case: Case, figures: tuple[Figure, Figure], count: int, options: Options,
             told: Callable[[int], None] | None = None) -> Frontier:
    """At most `count` points of the frontier of two figures.

    InputFaults if a figure needs inputs that are not there. NoFrontier if no plan was found at an end.
    """
    from gwplan.model.assemble import assemble

    began = time.perf_counter()
    if any(figure.name == "value" for figure in figures) and not case.has("compute", "compute", "value"):
        raise InputFaults([Fault("compute.csv", 0, "the figure `value` needs compute.value")])
    problem = FrontierModel(assemble(case), figures, options)
    heard, cancel = told or (lambda number: None), options.cancel or threading.Event()
    ends: list[tuple[SolveResult, Floats]] = []
    for number, place in enumerate((0, 1)):
        found, x = problem.ranked(place, (), ends[-1][1] if ends else None)
        if x is None:
            raise NoFrontier(found.status)
        ends.append((found, x))
        heard(number + 1)
    points = [problem.point(found, x, None) for found, x in ends]
    low, high, start = points[0].first, points[1].first, ends[0][1]
    for number in range(1, count - 1):
        if cancel.is_set():
            break
        bound = low + (high - low) * number / (count - 1)
        found, x = problem.ranked(1, [problem.bounded(0, bound)], start)
        if x is not None:
            points.append(problem.point(found, x, bound))
            start = x
        heard(number + 2)
    kept = undominated(points, figures)
    return Frontier(figures, tuple(kept), len(points) - len(kept), len(points), time.perf_counter() - began, case, cancel.is_set())


def undominated(points: Sequence[Point], figures: tuple[Figure, Figure]) -> list[Point]:
    """The non-dominated points, in order of the first figure, without duplicates."""
    signs = [1 if figure.sense == "minimize" else -1 for figure in figures]
    sizes = [max((abs(value) for value in values), default=1.0) or 1.0
             for values in ([point.first for point in points], [point.second for point in points])]
    ordered = sorted(points, key=lambda point: (signs[0] * point.first, signs[1] * point.second))
    kept: list[Point] = []
    for point in ordered:
        if not kept or signs[1] * point.second < signs[1] * kept[-1].second - SAME * sizes[1]:
            if kept and abs(point.first - kept[-1].first) <= SAME * sizes[0]:
                kept.pop()
            kept.append(point)
    return kept


def columns(found: Frontier) -> dict[str, list[Any]]:
    """The frontier as a table."""
    from gwplan.analysis.scenarios import study_table

    first, second = found.figures
    rows = [study_table.figures(point.summary) for point in found.points]
    content: dict[str, list[Any]] = {
        "point": list(range(1, len(found.points) + 1)),
        f"{first.name} [{first.unit}]": [point.first for point in found.points],
        f"{second.name} [{second.unit}]": [point.second for point in found.points],
        "bound": [point.bound for point in found.points], "gap": [point.gap for point in found.points],
        "proven": [point.proven for point in found.points],
        "status": [str(point.status) for point in found.points],
    }  # fmt: skip
    skipped = {"objective", "bound", "gap"}
    for name in dict.fromkeys(name for row in rows for name in row if name not in skipped):
        content[name] = [row.get(name, 0.0 if "." in name else None) for row in rows]
    return content


def run(order: StudyRequest, names: tuple[Figure, Figure], count: int, told: Callable[[int], None] | None = None) -> tuple[Frontier, Path]:
    """Solve a frontier and write its folder. If interrupted after both ends are found, it keeps its points. OSError if not writable."""
    from gwplan.analysis.scenarios import study_table
    from gwplan.analysis.scenarios.scenario import ask
    from gwplan.planning.build import options_of, read
    from gwplan.planning.request import Request

    case = read(Request(order.model, order.overlays, order.sets, gap=order.gap, time_limit=order.time_limit))
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    ready(order.runs)
    with stopping.noted() as asked:
        found = frontier(case, names, count, replace(options_of(case, None, None), cancel=asked), told)
        facts: dict[str, Any] = {
            "of": [figure.name for figure in names], "title": case.definition.title, "goal": "", "precision": case.definition.measure,
            "meanings": [figure.meaning for figure in names], "senses": [figure.sense for figure in names],
            "dollars": case.definition.horizon.dollars, "points": len(found.points), "solved": found.solved, "removed": found.removed,
            "stopped": found.stopped, "seconds": found.seconds}  # fmt: skip
        content = study_table.Content(facts, {"table": columns(found)})
        folder = study_table.write(order.runs, "frontier", question, [*facts["of"], str(count)], content, order.page)
        return found, folder
