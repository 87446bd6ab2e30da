"""One run from request to run folder: read, build, solve, audit, write. The command line and other programs call this."""

from __future__ import annotations

import gc
import importlib
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.faults import Fault, InputFaults, MissingValue

if TYPE_CHECKING:
    from gwplan.arrays import Arrays
    from gwplan.case import Case
    from gwplan.compare import Comparison
    from gwplan.model import Change, Plan
    from gwplan.solve import Answer
    from gwplan.solver import Options

LOG = logging.getLogger("gwplan")
SOLVED, INFEASIBLE, STOPPED_WITH_PLAN, STOPPED_WITHOUT_PLAN, FAILED = 0, 4, 5, 6, 1


@dataclass(frozen=True)
class Progress:
    """Where a run stands; objective, bound and gap are None outside the search."""

    phase: str
    seconds: float
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class Request:
    """What to run. Blank options are those of the model file.

    pages: whether the page and the workbook are written too. likely: sites that an earlier run's relaxation opened.
    """

    model: Path
    overlays: tuple[Path, ...] = ()
    sets: tuple[str, ...] = ()
    fix: Path | None = None
    start: Path | None = None
    gap: float | None = None
    time_limit: str | None = None
    threads: int | None = None
    seed: int | None = None
    no_solve: bool = False
    write_lp: Path | None = None
    runs: Path = Path("runs")
    pages: bool = True
    likely: tuple[str, ...] = ()
    progress: Callable[[Progress], None] | None = None


@dataclass(frozen=True)
class CheckReport:
    """What `check` found in inputs without a fault."""

    title: str
    tables: dict[str, int]
    items: dict[str, int]
    warnings: list[Fault]
    unread: list[str]
    estimate_share_rows: float
    sizes: dict[str, int] | None


@dataclass(frozen=True)
class Outcome:
    """What came of a run: exit code, status, run folder (None without a plan), a sentence, and the sites that its relaxation opens."""

    exit_code: int
    status: str
    run: Path | None
    message: str
    sizes: dict[str, int] = field(default_factory=dict)
    warnings: list[Fault] = field(default_factory=list)
    opened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Solved:
    """A solved model in memory: `objective` of its first goal, and the levels of all variables by (family, index)."""

    objective: float
    status: str
    levels: dict[tuple[str, tuple[Any, ...]], float]
    plan: Plan | None


class Clock:
    """Seconds by phase, told to whoever watches."""

    def __init__(self, watch: Callable[[Progress], None] | None) -> None:
        self.watch, self.began, self.seconds = watch, time.perf_counter(), dict[str, float]()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        began = time.perf_counter()
        if self.watch is not None:
            self.watch(Progress(name, began - self.began))
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def search(self, seconds: float, objective: float, bound: float, gap: float) -> None:
        """Told by the solver."""
        if self.watch is not None:
            self.watch(Progress("solve", time.perf_counter() - self.began, objective, bound, gap))


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
    from gwplan.case import read_case
    from gwplan.definition import read_definition

    sets = tuple(request.sets)
    options = {"gap": request.gap, "time_limit": request.time_limit, "threads": request.threads, "seed": request.seed}
    model_sets = tuple(f"model.solver.{name}={value}" for name, value in options.items() if value is not None)
    definition = read_definition(request.model, sets + model_sets)
    return read_case(definition, tuple(request.overlays), sets)


def build(case: Case, change: Change | None = None) -> tuple[Plan, Arrays]:
    """The assembled plan and its arrays; a number that is missing only here becomes a fault of its table."""
    from gwplan.arrays import compile_plan
    from gwplan.exchange import ExchangeError
    from gwplan.model import assemble

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
    case = read(request)
    _, arrays = build(case)
    rows = case.rows
    counted = rows[rows["table"] != "published"] if len(rows) else rows
    return CheckReport(
        case.definition.title, {str(name): int(count) for name, count in rows["table"].value_counts(sort=False).items()},
        {kind: len(case.items(kind)) for kind in case.kinds}, list(case.warnings), list(case.unread),
        float(counted["estimate"].mean()) if len(counted) else 0.0, arrays.sizes,
    )


def solve_model(path: Path, *, sets: tuple[str, ...] = (), overlays: tuple[Path, ...] = ()) -> Solved:
    """Solve a model file in memory, without a run folder."""
    from gwplan.solve import solve_goals

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
    from gwplan.solver import Options

    solver = case.definition.solver
    watch, meanwhile = (clock.search, bring_in) if clock else (None, None)
    return Options(solver.gap, solver.time_limit, solver.threads, solver.seed, log, watch, meanwhile)


def bring_in() -> None:
    """Import what writing, auditing and reporting need, while the solver works."""
    from gwplan.writing import PAGES

    for name in ("pyarrow.parquet", "gwplan.results", "gwplan.summary", "gwplan.audit", "gwplan.reports.terminal", *PAGES):
        importlib.import_module(name)


def load(plan: Plan, arrays: Arrays, answer: Answer) -> None:
    """Put the values found into the Pyomo model; variables that no row uses are 0."""
    for family in plan.variables:
        for data in family.data.values():
            if hasattr(data, "set_value"):
                data.set_value(0.0, skip_validation=True)
    assert answer.x is not None
    for variable, value in zip(arrays.variables, answer.x, strict=True):
        variable.set_value(float(value), skip_validation=True)


@uncollected()
def solve(request: Request) -> Outcome:
    """Run a request to its end. InputFaults if the inputs are wrong; OSError if the folder cannot be written."""
    clock = Clock(request.progress)
    with clock.phase("read"):
        case = read(request)
    with clock.phase("build"):
        plan, arrays = build(case)
    if request.write_lp is not None:
        plan.pyomo.write(str(request.write_lp), format="cpxlp", io_options={"symbolic_solver_labels": True})
    if request.no_solve:
        return Outcome(SOLVED, "built", None, "Built, not solved.", arrays.sizes, case.warnings)
    with tempfile.TemporaryDirectory(prefix="gwplan-") as scratch:
        return search(request, clock, (case, plan, arrays), Path(scratch) / "solver.log")


def solve_against(request: Request, base: Path | None) -> tuple[Outcome, Comparison | None]:
    """Run a request from the plan of another run, to a gap fit for comparing them, and compare. Without `base` just run it.

    The comparison is also put into the new run as `comparison.html`, unless the request is for no pages.
    """
    if base is None:
        return solve(request), None
    from gwplan.compare import COMPARISON_GAP, compare
    from gwplan.definition import read_definition
    from gwplan.reports.folder import RunFolder

    RunFolder(base)  # a folder that is no run is a fault before anything is solved
    gap = min(COMPARISON_GAP, read_definition(request.model, request.sets).solver.gap) if request.gap is None else request.gap
    outcome = solve(replace(request, start=request.start or base, gap=gap))
    if outcome.run is None:
        return outcome, None
    comparison = compare(base, outcome.run)
    if request.pages:
        from gwplan.reports.webpage.comparison import write_comparison

        write_comparison([comparison], outcome.run / "comparison.html")
    return outcome, comparison


def search(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], log: Path) -> Outcome:
    """Fix or start from an earlier plan, solve, and write what was found."""
    from gwplan import decisions
    from gwplan.solve import solve_goals

    case, plan, arrays = built
    fixing = decisions.fix(plan, arrays, decisions.read_plan(request.fix, case)) if request.fix else None
    if fixing and fixing.impossible:
        lines = "; ".join(f"{each} (row {each.row})" for each in fixing.impossible)
        message = (f"The given plan cannot be carried out: {lines}. This would come before its earliest date or after the horizon, "
                   "or is not sold or offered then.")
        return Outcome(INFEASIBLE, "infeasible", None, message, arrays.sizes, case.warnings)
    fixed = fixing.values if fixing else None
    start = decisions.start(plan, arrays, decisions.read_start(request.start, case)) if request.start else None
    options = replace(options_of(case, log, clock), likely=request.likely)
    with clock.phase("solve"):
        broken = any(rule.broken for rule in plan.rules)
        answer = None if broken else solve_goals(arrays, options, fixed=fixed, start=start)
    if answer is None or answer.status == "infeasible":
        with clock.phase("explain"):
            return Outcome(INFEASIBLE, "infeasible", None, why_not(plan, arrays, options, fixed), arrays.sizes, case.warnings)
    if answer.status == "unbounded":
        return Outcome(FAILED, "unbounded", None, "The goal has no end: some input makes money or compute without limit.", arrays.sizes)
    if answer.x is None:
        message = "Stopped before any plan was found. There may be one: more time, a wider gap or a looser limit may show it."
        return Outcome(STOPPED_WITHOUT_PLAN, "stopped", None, message, arrays.sizes, case.warnings)
    load(plan, arrays, answer)
    return write(request, clock, built, answer, log)


def why_not(plan: Plan, arrays: Arrays, options: Options, fixed: dict[int, float] | None) -> str:
    """The sentence for an infeasible model, or the list of rules that a given plan breaks."""
    from gwplan import clash

    quick = replace(options, time_limit=EXPLAIN_SECONDS, watch=None, log=None)
    if fixed and not any(rule.broken for rule in plan.rules):
        broken = clash.broken_rules(plan, arrays, quick, fixed)
        if broken:
            return "The given plan breaks these rules:\n" + "\n".join(f"  {line}" for line in broken)
    return clash.explain(plan, arrays, quick)


EXPLAIN_SECONDS = 20.0
"""Longest that each step of an explanation may take."""


def write(request: Request, clock: Clock, built: tuple[Case, Plan, Arrays], answer: Answer, log: Path) -> Outcome:
    """Write the run folder, and say how the run ended."""
    from gwplan.writing import write_run

    case, _, arrays = built
    run, found = write_run(request, clock, built, answer, log)
    if not found.ok:
        wrong = "; ".join(f"{each.name} at {each.where} by {each.worst:.3g}" for each in found.checks if not each.passed)
        return Outcome(FAILED, "audit failed", run, f"The audit found the answer wrong: {wrong}.", arrays.sizes, case.warnings)
    if answer.status != "optimal":
        message = "Stopped early: this is the best plan found so far."
        return Outcome(STOPPED_WITH_PLAN, "stopped", run, message, arrays.sizes, case.warnings, answer.opened)
    return Outcome(SOLVED, "optimal", run, "Solved to the gap.", arrays.sizes, case.warnings, answer.opened)
