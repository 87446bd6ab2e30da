"""One run from request to run folder: read, build, solve, audit, write. The command line and other programs call this."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.errors import Fault, InputFaults, MissingValue
from gwplan.planning.request import CheckReport, Clock, Request

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.model.assemble import Change, Plan
    from gwplan.solving.highs import Options
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays
from gwplan.planning.run import bring_in


@dataclass(frozen=True)
class Solved:
    """A solved model in memory: `objective` of its first goal, and the levels of all variables by (family, index)."""

    objective: float
    status: str
    levels: dict[tuple[str, tuple[Any, ...]], float]
    plan: Plan | None


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing looks for garbage inside: a model is hundreds of thousands of small objects that stay; looking takes a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def read(request: Request) -> Case:
    """The case of a request, overlays and sets applied. InputFaults if anything is wrong with it."""
    from gwplan.inputs.definition import read_definition
    from gwplan.inputs.read_case import read_case

    sets = tuple(request.sets)
    options = {"gap": request.gap, "time_limit": request.time_limit, "threads": request.threads, "seed": request.seed}
    model_sets = tuple(f"model.solver.{name}={value}" for name, value in options.items() if value is not None)
    definition = read_definition(request.model, sets + model_sets)
    return read_case(definition, tuple(request.overlays), sets)


def build(case: Case, change: Change | None = None) -> tuple[Plan, Arrays]:
    """The assembled plan and its arrays; a number that is missing only here becomes a fault of its table."""
    from gwplan.model.assemble import assemble
    from gwplan.model.exchange import ExchangeError
    from gwplan.solving.linear_program import compile_plan

    with uncollected():
        try:
            plan = assemble(case, change)
            return plan, compile_plan(plan)
        except MissingValue as error:
            raise InputFaults([Fault("inputs", 0, str(error))], case.warnings) from error
        except ExchangeError as error:
            raise InputFaults([Fault(case.definition.path.name, 0, f"parts: {error}")], case.warnings) from error


def check(request: Request) -> CheckReport:
    """Read and build without solving. InputFaults with all that is wrong."""
    from gwplan.results.sources import estimates

    case = read(request)
    _, arrays = build(case)
    rows, kinds = case.rows, {key: source.kind for key, source in case.sources.items()}
    return CheckReport(
        case.definition.title, {str(name): int(count) for name, count in rows["table"].value_counts(sort=False).items()},
        {kind: len(case.items(kind)) for kind in case.kinds}, list(case.warnings), list(case.unread),
        estimates(rows, kinds), arrays.sizes,
    )


def solve_model(path: Path, *, sets: tuple[str, ...] = (), overlays: tuple[Path, ...] = ()) -> Solved:
    """Solve a model file in memory, without a run folder."""
    from gwplan.solving.lexicographic import solve_goals

    case = read(Request(path, overlays, sets))
    plan, arrays = build(case)
    if any(rule.broken for rule in plan.rules):
        return Solved(float("nan"), "infeasible", {}, plan)
    answer = solve_goals(arrays, options_of(case, None, None))
    if answer.x is None:
        return Solved(float("nan"), answer.status, {}, plan)
    load(plan, arrays, answer)
    levels = {key: float(answer.x[column]) for key, column in arrays.columns.items()}
    return Solved(answer.objective, answer.status, levels, plan)


def options_of(case: Case, log: Path | None, clock: Clock | None) -> Options:
    """The solver's options of a case's definition."""
    from gwplan.solving.highs import Options

    solver = case.definition.solver
    watch, meanwhile = (clock.search, bring_in) if clock else (None, None)
    return Options(solver.gap, solver.time_limit, solver.threads, solver.seed, log, watch, meanwhile)


def load(plan: Plan, arrays: Arrays, answer: Answer) -> None:
    """Put the values found into the Pyomo model; variables that no row uses are 0."""
    for family in plan.variables:
        for data in family.data.values():
            if hasattr(data, "set_value"):
                data.set_value(0.0, skip_validation=True)
    assert answer.x is not None
    for variable, value in zip(arrays.variables, answer.x, strict=True):
        variable.set_value(float(value), skip_validation=True)
