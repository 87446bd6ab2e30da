"""From a request to a case, its model and arrays: the steps of a run before the solve."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common.errors import Fault, InputFaults, MissingValue
from gwplan.inputs.memory import AnyPath
from gwplan.planning.request import CheckReport, Clock, Request

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.definition import Definition
    from gwplan.inputs.idle import Unused
    from gwplan.model.assemble import Change, Plan
    from gwplan.model.restate import Step
    from gwplan.solving.lexicographic import Answer
    from gwplan.solving.linear_program import Arrays
    from gwplan.solving.options import Options


MANY_SLICES = 2000
"""Slices of a year from which linear programs are solved by an interior point: docs/hours.md has what was measured."""


@contextmanager
def uncollected() -> Iterator[None]:
    """A context without garbage collection: scanning a model's hundreds of thousands of permanent objects takes a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def read_definition(path: AnyPath | str, sets: Sequence[str] = ()) -> Definition:
    """The definition of a model file, with `--set model.*` applied. InputFaults lists every fault."""
    from gwplan.inputs import definition
    from gwplan.model.parts import PARTS

    return definition.read_definition(path, sets, PARTS)


def read_case(definition: Definition, overlays: Sequence[AnyPath] = (), sets: Sequence[str] = ()) -> Case:
    """The case of a definition, with the tables that its parts declare. InputFaults lists every fault."""
    from gwplan.inputs import common_tables, read_case
    from gwplan.inputs.case_folder import Declared
    from gwplan.model import choices, compute_measure, plausible, price_level
    from gwplan.model.parts import PARTS
    from gwplan.model.parts import load as part

    measured = [compute_measure] if {"accelerators", "contracts"} & {*definition.parts} else []
    modules = [*map(part, definition.parts), *measured, common_tables, price_level, choices]
    case = read_case.read_case(definition, Declared(modules, PARTS, compute_measure.converted), overlays, sets)
    try:
        case.warnings.extend(plausible.warnings(case))
    except MissingValue as error:
        raise InputFaults([error.fault], sorted(set(case.warnings))) from None
    return case


def read(request: Request) -> Case:
    """The case of a request, with overlays and sets applied. InputFaults lists every fault."""
    sets = tuple(request.sets)
    options = {"gap": request.gap, "time_limit": request.time_limit, "threads": request.threads, "seed": request.seed}
    model_sets = tuple(f"model.solver.{name}={value}" for name, value in options.items() if value is not None)
    try:
        definition = read_definition(request.model, sets + model_sets)
    except InputFaults as error:
        own = {f"--set model.solver.{name}={value}": f"--{name.replace('_', '-')} {value}" for name, value in options.items()}
        raise InputFaults([replace(fault, file=own.get(fault.file, fault.file)) for fault in error.faults], error.warnings) from None
    return read_case(definition, tuple(request.overlays), sets)


def build(case: Case, change: Change | None = None) -> tuple[Plan, Arrays]:
    """The assembled plan and its arrays; a number found missing only here becomes a fault of its table."""
    from gwplan.inputs.unused import unused
    from gwplan.model.assemble import assemble
    from gwplan.solving.linear_program import compile_plan

    with uncollected(), faults_of(case):
        plan = assemble(case, change)
        say_unused(case, unused(case))
        return plan, compile_plan(plan)


def say_unused(case: Case, found: Sequence[Unused]) -> None:
    """Note the rows that a built model does not use, and warn of those that their author expects to count."""
    from gwplan.inputs.unused import warnings

    case.unused = found
    case.warnings.extend(fault for fault in warnings(found) if fault not in case.warnings)


@contextmanager
def faults_of(case: Case) -> Iterator[None]:
    """Make a fault of a number that is found missing, or of parts that do not fit together, while a model is built."""
    from gwplan.inputs.definition_text import located
    from gwplan.inputs.read_case import told
    from gwplan.model.exchange import ExchangeError

    try:
        yield
    except MissingValue as error:
        raise InputFaults(told([error.fault], case), told(case.warnings, case)) from error
    except ExchangeError as error:
        fault = Fault(case.definition.path.name, 0, f"parts: {error}")
        raise InputFaults(located([fault], case.definition.path), case.warnings) from error


class Builder:
    """Builds models of one case after another that differ in few numbers: only what reads these is stated again."""

    def __init__(self) -> None:
        from gwplan.solving.linear_program import Compiled

        self._last: tuple[Plan, list[Step]] | None = None
        self._compiled = Compiled()

    def build(self, case: Case) -> tuple[Plan, Arrays]:
        """As `build`; the variables of the plan are those of the plan before, where it has the same."""
        from gwplan.model.restate import Changed, restate
        from gwplan.solving.linear_program import compile_plan

        with uncollected(), faults_of(case):
            if self._last is not None:
                unused = self._last[0].case.unused
                try:
                    self._last = restate(*self._last, case)
                    say_unused(case, unused)
                except Changed:
                    self._last = None
            if self._last is None:
                self._last = self._whole(case)
            plan = self._last[0]
            self._compiled.forget(plan)
            return plan, compile_plan(plan, self._compiled)

    @staticmethod
    def _whole(case: Case) -> tuple[Plan, list[Step]]:
        from gwplan.inputs.unused import unused
        from gwplan.model.assemble import assemble
        from gwplan.model.restate import Noting

        notes = Noting(case)
        plan = assemble(case, notes=notes)
        say_unused(case, unused(case))
        return plan, notes.steps


def check(request: Request) -> CheckReport:
    """Read and build without solving. InputFaults lists every fault."""
    from gwplan.inputs.case_workbook import opened, renamed
    from gwplan.inputs.unused import idle_sources, lines
    from gwplan.results.sources import numbers_of_case

    case = read(request)
    _, arrays = build(case)
    folder = opened(case.definition.inputs)
    numbers = numbers_of_case(case)
    return CheckReport(
        case.definition.title, {str(name): int(count) for name, count in numbers.rows["table"].value_counts(sort=False).items()},
        {kind: len(case.items(kind)) for kind in case.kinds}, list(case.warnings), list(case.unread),
        numbers.by_grade, numbers.estimate_share, arrays.sizes,
        [*lines(case.unused), *(renamed(line, folder) for line in idle_sources(case))], list(case.unused),
    )


def options_of(case: Case, log: Path | None = None, clock: Clock | None = None, meanwhile: Callable[[], None] | None = None) -> Options:
    """The solver's options of a case's definition. meanwhile: work done in parallel with the search, such as imports."""
    from gwplan.solving.options import Options

    solver = case.definition.solver
    watch = None
    if clock is not None:
        clock.until(solver.gap, solver.time_limit)
        watch = clock.search
    long = len(case.calendar.slices) >= MANY_SLICES
    return Options(solver.gap, solver.time_limit, solver.threads, solver.seed, log, watch, meanwhile, interior=long)


def load(plan: Plan, arrays: Arrays, answer: Answer) -> None:
    """Load the solution into the Pyomo model; variables that no row uses are 0."""
    for family in plan.variables:
        for data in family.data.values():
            if hasattr(data, "set_value"):
                data.set_value(0.0, skip_validation=True)
    assert answer.x is not None
    for variable, value in zip(arrays.variables, answer.x, strict=True):
        variable.set_value(float(value), skip_validation=True)
