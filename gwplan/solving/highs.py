"""Arrays to HiGHS and back: start, progress, limits, gap, interruption, duals.

The gap of a goal whose value may lie near zero is relative to the present value of all spend; HiGHS knows no such gap, so
a callback stops it when |objective - bound| is at most gap x spend.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np

from gwplan.common import stopping
from gwplan.solving.handover import FAILURES, STATES, STOPS, SolverRefusal, add_rows, fix_columns, load
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.options import Found, Kept, Options

"""Told of progress: seconds, objective, bound, gap."""
INTERRUPTED = "it was interrupted"
MISLED = 1e-6
"""Relative difference between the value that HiGHS reports and that of its plan, above which its start has misled it."""
UNCLEAR = "infeasible or unbounded"
"""The status of a run that cannot tell; never handed on."""
WAKE = 0.05
"""Seconds between looks at the keyboard while HiGHS works in its own thread."""


def solve_arrays(arrays: Arrays, cost: Cost, options: Options, *, kept: Kept | None = None, fixed: Mapping[int, float] | None = None,
                 start: Mapping[int, float] | None = None) -> Found:
    """Solve for one cost. kept: rows of earlier goals; fixed: values by column; start: values by column to begin from.

    KeyboardInterrupt keeps the incumbent and returns it as `stopped`; so does `cancel`.
    """
    if options.cancel is not None and options.cancel.is_set():
        return Found("stopped", None, np.nan, np.nan, np.nan, 0.0, interrupted=True)
    found = solve_once(arrays, cost, options, kept=kept, fixed=fixed, start=start)
    left = options.time_limit - found.seconds
    if not found.misled or found.interrupted or left <= 0:
        return found
    # HiGHS's presolve may drop part of a start's cost, here of a site opened later than need be. It then takes the start to be
    # better than it is, and cuts off the plans between. Its bound still holds, and its plan still is one.
    again = solve_once(arrays, cost, replace(options, time_limit=left), kept=kept, fixed=fixed, start=None)
    worse = again.x is None or (again.objective < found.objective if cost.maximize else again.objective > found.objective)
    return found if worse and again.status != "optimal" else again


def solve_once(arrays: Arrays, cost: Cost, options: Options, *, kept: Kept | None, fixed: Mapping[int, float] | None,
               start: Mapping[int, float] | None) -> Found:
    """Load, start and run HiGHS; where it cannot tell infeasible from unbounded, or fails, once more without its presolve."""
    began, found = time.perf_counter(), None
    for presolve in (True, False):
        left = options.time_limit - (time.perf_counter() - began)
        try:
            highs = load(arrays, cost, options)
        except SolverRefusal as error:
            return failed(str(error))
        add_rows(highs, kept)
        fix_columns(highs, fixed or {})
        if start and presolve:
            index = np.fromiter(start, dtype=np.int32, count=len(start))
            highs.setSolution(len(index), index, np.fromiter(start.values(), dtype=float, count=len(start)))
        if not presolve:
            highs.setOptionValue("presolve", "off")
        if arrays.financed and not arrays.whole.any():
            highs.setOptionValue("solver", "ipm")
        elif not (arrays.whole.any() or fixed):
            begin(highs, arrays, cost)
        highs.setOptionValue("time_limit", max(0.0, left))
        highs.setOptionValue("mip_rel_gap", 0.0 if cost.spend is not None else options.gap)
        found = run(highs, cost, options)
        if found.status not in (UNCLEAR, "failed") or found.interrupted:
            break
    assert found is not None
    if found.status == UNCLEAR:
        found = decided(found, arrays, cost, options, kept, fixed)
    return replace(found, seconds=time.perf_counter() - began)


def decided(unclear: Found, arrays: Arrays, cost: Cost, options: Options, kept: Kept | None, fixed: Mapping[int, float] | None) -> Found:
    """Infeasible or unbounded, by whether there is a plan at all."""
    left = replace(options, time_limit=max(0.0, options.time_limit - unclear.seconds), gap=0.0, aim=None, watch=None)
    found = solve_once(arrays, nothing(arrays), left, kept=kept, fixed=fixed, start=None)
    return replace(unclear, status="unbounded" if found.x is not None else found.status, reason=found.reason, interrupted=found.interrupted)


def nothing(arrays: Arrays) -> Cost:
    """The cost of which all plans have none: to see whether there is a plan."""
    return Cost("nothing", False, np.zeros(len(arrays.variables)), 0.0, None, 0.0)


def failed(reason: str) -> Found:
    """HiGHS gave no answer; why."""
    return Found("failed", None, np.nan, np.nan, np.nan, 0.0, reason=reason)


@dataclass
class Control:
    """What the callbacks share with the thread that waits."""

    cost: Cost
    options: Options
    began: float = field(default_factory=time.perf_counter)
    spend: float = 0.0
    close_enough: bool = False
    interrupted: bool = False

    def improved(self, event: Any) -> None:
        """Note the spend of a better plan."""
        if self.cost.spend is not None:
            self.spend = float(self.cost.spend @ np.asarray(event.data_out.mip_solution) + self.cost.spend_constant)

    def look(self, event: Any) -> None:
        """Report progress; stop HiGHS when asked to, or when the plan is close enough."""
        out = event.data_out
        if self.spend and abs(out.mip_primal_bound - out.mip_dual_bound) <= self.options.gap * self.spend:
            self.close_enough = True
        aim = self.options.aim
        self.close_enough = self.close_enough or (aim is not None and aim.reached(out.mip_primal_bound, self.spend))
        missed = aim is not None and aim.missed(out.mip_dual_bound, self.spend)
        if self.interrupted or self.close_enough or self.cancelled or missed:
            event.interrupt()
        if self.options.watch is not None:
            gap = gap_of(out.mip_primal_bound, out.mip_dual_bound, self.spend if self.cost.spend is not None else None)
            self.options.watch(time.perf_counter() - self.began, out.mip_primal_bound, out.mip_dual_bound, gap)

    def stop(self, event: Any) -> None:
        """Stop an LP when asked to."""
        if self.interrupted or self.cancelled:
            event.interrupt()

    @property
    def cancelled(self) -> bool:
        """True once whoever asked needs no answer any more."""
        return self.options.cancel is not None and self.options.cancel.is_set()


def run(highs: Any, cost: Cost, options: Options) -> Found:
    """Run HiGHS in a thread of its own, so that Ctrl-C is heard, and read what it found."""
    control = Control(cost, options)
    highs.cbMipImprovingSolution += control.improved
    highs.cbMipInterrupt += control.look
    highs.cbSimplexInterrupt += control.stop
    highs.cbIpmInterrupt += control.stop
    # An event, not join: up to Python 3.12 a Ctrl-C inside join takes a thread that still works for one that has ended.
    done = threading.Event()

    errors: list[BaseException] = []

    def work() -> None:
        try:
            highs.run()
        except BaseException as error:  # noqa: BLE001 - raised again where the result is read
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=work, daemon=True).start()
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
    if errors:
        raise errors[0]
    found = read(highs, cost, control)
    highs.setOptionValue("log_file", "")  # closed: the folder that the log is in gets another name
    return found


def read(highs: Any, cost: Cost, control: Control) -> Found:
    """Status, plan, objective, bound and gap after a run."""
    seconds, stopped = time.perf_counter() - control.began, control.interrupted or control.cancelled
    status, info = highs.getModelStatus(), highs.getInfo()
    without = {STATES.kInfeasible: "infeasible", STATES.kUnboundedOrInfeasible: UNCLEAR, STATES.kUnbounded: "unbounded"}.get(status)
    reason = FAILURES.get(status) or (INTERRUPTED if stopped else STOPS.get(status, ""))
    solution = highs.getSolution()
    if without is None and not (solution.value_valid and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible):
        without = "failed" if status in FAILURES else "stopped"
    if without is not None:
        return Found(without, None, np.nan, np.nan, np.nan, seconds, interrupted=stopped, reason=reason)
    x = np.array(solution.col_value)
    objective = float(cost.coefficients @ x + cost.constant)
    whole = info.mip_node_count >= 0
    # An LP that is not solved to its end has a plan, but no bound on others.
    bound = float(info.mip_dual_bound) if whole else objective if status == STATES.kOptimal else np.nan
    gap = gap_of(objective, bound, spend_of(cost, x))
    misled = whole and abs(info.objective_function_value - objective) > MISLED * max(1.0, abs(objective))
    done = (not misled and (status == STATES.kOptimal or control.close_enough)) or (whole and gap <= control.options.gap)
    duals = np.array(solution.row_dual) if solution.dual_valid else None
    return Found("optimal" if done else "stopped", x, objective, bound, gap, seconds, duals, stopped, misled and not done,
                 reason="" if done else reason)


def spend_of(cost: Cost, x: Floats) -> float | None:
    """What the gap of a cost is relative to, in a plan; None where it is the cost itself."""
    return float(cost.spend @ x + cost.spend_constant) if cost.spend is not None else None


def gap_of(objective: float, bound: float, spend: float | None) -> float:
    """|objective - bound| relative to the spend, or to the objective itself."""
    base = abs(spend if spend is not None else objective)
    miss = abs(objective - bound)
    return miss / base if base else (0.0 if miss == 0 else float("inf"))


PRIMAL_SIMPLEX = 4
"""HiGHS's number for the primal simplex method."""


PRIMAL = frozenset(("most_compute",))
"""Goals whose relaxation the primal simplex method solves in half the time of the dual one, where it may begin from nothing
built; `soonest` takes it a fifth longer, and goals with targets, which nothing built misses, thrice as long."""


def begin(highs: Any, arrays: Arrays, cost: Cost) -> None:
    """Choose the primal method for a goal that it suits, where nothing built is a plan."""
    if cost.kind in PRIMAL and (arrays.lower <= 0).all() and (arrays.upper >= 0).all():
        highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
