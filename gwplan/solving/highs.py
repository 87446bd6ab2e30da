"""Arrays to HiGHS and back: start, progress, limits, gap, interruption, duals.

The gap of a goal whose value may be near zero is relative to the present value of all spend. HiGHS has no such gap, so a
callback stops it once |objective - bound| is at most gap x spend.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np

from gwplan.common import stopping
from gwplan.common.status import Status
from gwplan.solving.handover import FAILURES, STATES, STOPS, SolverRefusal, add_rows, fix_columns, load
from gwplan.solving.linear_program import Arrays, Cost
from gwplan.solving.options import Deadline, Options, SolveResult
from gwplan.solving.problem import Problem

INTERRUPTED = "it was interrupted"
MISLED = 1e-6
"""Relative difference between the objective that HiGHS reports and that of its solution, above which its start has misled it."""
WITHOUT_PLAN = {
    STATES.kInfeasible: Status.INFEASIBLE, STATES.kUnbounded: Status.UNBOUNDED, STATES.kUnboundedOrInfeasible: Status.UNCLEAR,
}
"""Statuses of HiGHS without a plan."""
WAKE = 0.05
"""Seconds between checks for Ctrl-C while HiGHS works in its own thread."""


def solve_problem(problem: Problem, options: Options) -> SolveResult:
    """Solve one goal. KeyboardInterrupt keeps the best plan so far and returns it as `stopped`; so does `cancel`."""
    if options.stopped:
        return SolveResult.without_plan(Status.STOPPED, interrupted=True)
    deadline = Deadline(options)
    found = solve_once(problem, options)
    if not found.misled or found.interrupted or deadline.left <= 0:
        return found
    # HiGHS's presolve may drop part of the cost of a start, such as of a site that opens later than it could. It then takes the start
    # to be better than it is, and cuts off the plans between. Its bound still holds, and its solution is still feasible.
    again = solve_once(problem.begun_at({}), deadline.within())
    worse = again.x is None or (again.objective < found.objective if problem.cost.maximize else again.objective > found.objective)
    return found if worse and again.status != Status.OPTIMAL else again


def solve_once(problem: Problem, options: Options) -> SolveResult:
    """Load and run HiGHS; if it fails, or cannot tell infeasible from unbounded, run it again without presolve."""
    deadline, found = Deadline(options), None
    for presolve in (True, False):
        left = deadline.left
        try:
            highs = load(problem.arrays, problem.cost, options)
        except SolverRefusal as error:
            return failed(str(error))
        set_up(highs, problem, presolve, options.interior)
        bases = options.bases if options.begin and presolve else None
        if bases is not None:
            bases.begin(options.begin, highs)
        highs.setOptionValue("time_limit", left)
        highs.setOptionValue("mip_rel_gap", 0.0 if problem.cost.spend is not None else options.gap)
        found = run(highs, problem.cost, options)
        if bases is not None and found.status == Status.OPTIMAL:
            bases.keep(options.begin, highs)
        if found.status not in (Status.UNCLEAR, Status.FAILED) or found.interrupted:
            break
    assert found is not None
    if found.status == Status.UNCLEAR:
        found = decided(found, problem, options)
    return replace(found, seconds=deadline.seconds)


def set_up(highs: Any, problem: Problem, presolve: bool, interior: bool) -> None:
    """Add extra rows, fixed columns and the start, and choose the method."""
    arrays, start = problem.arrays, problem.start
    add_rows(highs, problem.extra_rows)
    fix_columns(highs, problem.fixed_columns)
    if start and presolve:
        index = np.fromiter(start, dtype=np.int32, count=len(start))
        highs.setSolution(len(index), index, np.fromiter(start.values(), dtype=float, count=len(start)))
    if not presolve:
        highs.setOptionValue("presolve", "off")
    if arrays.financed and not arrays.whole.any():
        highs.setOptionValue("solver", "ipm")
    elif interior and not arrays.whole.any():
        highs.setOptionValue("solver", "hipo")
    elif not (arrays.whole.any() or problem.fixed_columns):
        begin(highs, arrays, problem.cost)


def decided(unclear: SolveResult, problem: Problem, options: Options) -> SolveResult:
    """Infeasible or unbounded, by whether any plan exists."""
    left = replace(options, time_limit=max(0.0, options.time_limit - unclear.seconds), gap=0.0, cutoff=None, watch=None)
    found = solve_once(replace(problem, cost=nothing(problem.arrays), start={}), left)
    status = Status.UNBOUNDED if found.x is not None else found.status
    return replace(unclear, status=status, reason=found.reason, interrupted=found.interrupted)


def nothing(arrays: Arrays) -> Cost:
    """An objective that is 0 in every plan: to see whether one exists."""
    return Cost("nothing", False, np.zeros(len(arrays.variables)), 0.0, None, 0.0)


def failed(reason: str) -> SolveResult:
    """HiGHS gave no answer, with the reason."""
    return SolveResult.without_plan(Status.FAILED, reason=reason)


@dataclass
class Control:
    """What the callbacks share with the thread that waits. error: the first one, kept to be raised where the result is read."""

    cost: Cost
    options: Options
    began: float = field(default_factory=time.perf_counter)
    spend: float = 0.0
    close_enough: bool = False
    interrupted: bool = False
    error: BaseException | None = None

    def guarded(self, callback: Callable[[Any], None]) -> Callable[[Any], None]:
        """The callback for HiGHS, which would lose an error of it, and say that it knows no answer: kept, and HiGHS is stopped."""
        def call(event: Any) -> None:
            try:
                callback(event)
            except BaseException as error:  # noqa: BLE001 - raised again where the result is read
                self.error = self.error or error
            if self.error is not None:
                event.interrupt()

        return call

    def work(self, highs: Any, done: threading.Event) -> None:
        """Run HiGHS in this thread; `done` is set at the end."""
        try:
            highs.run()
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            self.error = self.error or error
        finally:
            done.set()

    def improved(self, event: Any) -> None:
        """Note the spend of a better plan."""
        if self.cost.spend is not None:
            self.spend = self.cost.spend_in(np.asarray(event.data_out.mip_solution)) or 0.0

    def look(self, event: Any) -> None:
        """Report progress; stop HiGHS when asked to, or when the plan is close enough."""
        out = event.data_out
        if self.spend and abs(out.mip_primal_bound - out.mip_dual_bound) <= self.options.gap * self.spend:
            self.close_enough = True
        cutoff = self.options.cutoff
        self.close_enough = self.close_enough or (cutoff is not None and cutoff.reached(out.mip_primal_bound, self.spend))
        missed = cutoff is not None and cutoff.missed(out.mip_dual_bound, self.spend)
        if self.interrupted or self.close_enough or self.options.stopped or missed:
            event.interrupt()
        if self.options.watch is not None:
            gap = gap_of(out.mip_primal_bound, out.mip_dual_bound, self.spend if self.cost.spend is not None else None)
            self.options.watch(time.perf_counter() - self.began, out.mip_primal_bound, out.mip_dual_bound, gap, self.cost.kind)

    def stop(self, event: Any) -> None:
        """Stop an LP when asked to."""
        if self.interrupted or self.options.stopped:
            event.interrupt()


def run(highs: Any, cost: Cost, options: Options) -> SolveResult:
    """Run HiGHS in a thread of its own, so that Ctrl-C is heard, and read what it found. Raises what went wrong there."""
    control = Control(cost, options)
    highs.cbMipImprovingSolution += control.guarded(control.improved)
    highs.cbMipInterrupt += control.guarded(control.look)
    highs.cbSimplexInterrupt += control.guarded(control.stop)
    highs.cbIpmInterrupt += control.guarded(control.stop)
    # An event, not join: up to Python 3.12 a Ctrl-C inside join takes a thread that still works for one that has ended.
    done = threading.Event()
    threading.Thread(target=control.work, args=(highs, done), daemon=True).start()
    meanwhile = options.meanwhile
    while not done.is_set():
        try:
            if meanwhile is not None:
                with stopping.noted() as asked:  # a module that is torn out of its import cannot be imported again
                    meanwhile()
                    control.interrupted = control.interrupted or asked.is_set()
                meanwhile = None
            done.wait(WAKE)
        except KeyboardInterrupt:
            control.interrupted = True
        except Exception as error:  # noqa: BLE001 - HiGHS still works in its thread: raised once that has ended
            control.error, meanwhile = control.error or error, None
    if control.error is not None:
        raise control.error
    found = read(highs, cost, control)
    highs.setOptionValue("log_file", "")  # closed: the folder that the log is in gets another name
    return found


def read(highs: Any, cost: Cost, control: Control) -> SolveResult:
    """Status, plan, objective, bound and gap after a run."""
    seconds, stopped = time.perf_counter() - control.began, control.interrupted or control.options.stopped
    status, info = highs.getModelStatus(), highs.getInfo()
    without = WITHOUT_PLAN.get(status)
    reason = FAILURES.get(status) or (INTERRUPTED if stopped else STOPS.get(status, ""))
    solution = highs.getSolution()
    if without is None and not (solution.value_valid and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible):
        without = Status.FAILED if status in FAILURES else Status.STOPPED
    if without is not None:
        return SolveResult.without_plan(without, seconds, stopped, reason)
    x = np.array(solution.col_value)
    objective = cost.value(x)
    whole = info.mip_node_count >= 0
    # An LP that is not solved to its end has a plan, but no bound on others.
    bound = float(info.mip_dual_bound) if whole else objective if status == STATES.kOptimal else np.nan
    gap = gap_of(objective, bound, cost.spend_in(x))
    misled = whole and abs(info.objective_function_value - objective) > MISLED * max(1.0, abs(objective))
    done = (not misled and (status == STATES.kOptimal or control.close_enough)) or (whole and gap <= control.options.gap)
    duals = np.array(solution.row_dual) if solution.dual_valid else None
    status = Status.OPTIMAL if done else Status.STOPPED
    found = SolveResult(status, x, objective, bound, gap, seconds)
    return replace(found, row_duals=duals, interrupted=stopped, misled=misled and not done, reason="" if done else reason)


def gap_of(objective: float, bound: float, spend: float | None) -> float:
    """|objective - bound| relative to the spend, or to the objective itself."""
    base = abs(spend if spend is not None else objective)
    miss = abs(objective - bound)
    return miss / base if base else (0.0 if miss == 0 else float("inf"))


PRIMAL_SIMPLEX = 4
"""HiGHS's number for the primal simplex method."""


PRIMAL = frozenset(("most_compute",))
"""Goals whose relaxation the primal simplex method solves in half the time of the dual one, starting from nothing built.
`soonest` takes a fifth longer, and goals with targets, for which that start is infeasible, three times as long."""


def begin(highs: Any, arrays: Arrays, cost: Cost) -> None:
    """Choose the primal simplex method for the goals that it suits, if building nothing is feasible."""
    if cost.kind in PRIMAL and (arrays.lower <= 0).all() and (arrays.upper >= 0).all():
        highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
