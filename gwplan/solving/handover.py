"""HiGHS: its version, loading a model into it, and its statuses in words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

if TYPE_CHECKING:
    from gwplan.solving.linear_program import Arrays, Cost
    from gwplan.solving.options import Options
    from gwplan.solving.problem import ExtraRow

LOG = logging.getLogger("gwplan")
WRONG_VERSIONS = {"1.14.0": "its presolve returns plans that are not the best as optimal (ERGO-Code/HiGHS issues 2957 and 3073)"}
"""Releases of highspy that must not be used, and why; `pyproject.toml` excludes the same."""
LARGEST = 1e15
"""HiGHS refuses matrix coefficients of this size and above."""

STATES = highspy.HighsModelStatus
STOPS = {
    STATES.kTimeLimit: "the time limit was reached",
    STATES.kIterationLimit: "the solver's limit of iterations was reached",
    STATES.kSolutionLimit: "the solver's limit of solutions was reached",
    STATES.kMemoryLimit: "the solver ran out of memory",
    STATES.kInterrupt: "it was interrupted",
    STATES.kHighsInterrupt: "it was interrupted",  # type: ignore[attr-defined]
    STATES.kObjectiveBound: "the solver's limit of the objective was reached",
    STATES.kObjectiveTarget: "the solver's target of the objective was reached",
}
"""Why a search stopped before its end, by HiGHS's status."""
FAILURES = {
    STATES.kLoadError: "HiGHS could not load the model",
    STATES.kModelError: "HiGHS found an error in the model",
    STATES.kPresolveError: "HiGHS failed while it simplified the model",
    STATES.kSolveError: "HiGHS failed while it solved the model",
    STATES.kPostsolveError: "HiGHS failed while it restored the solution",
    STATES.kUnknown: "HiGHS met numerical trouble and knows no answer",
    STATES.kNotset: "HiGHS gave no answer",
    STATES.kModelEmpty: "HiGHS was given an empty model",
}
"""Why there is no answer where HiGHS failed, by its status."""


class SolverRefusal(RuntimeError):
    """HiGHS does not accept the model; the text says why."""


class Quiet(highspy.Highs):  # type: ignore[misc]
    """HiGHS without the banner that it prints as soon as callbacks are set."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's own name
        """Set the callbacks, silently."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


@cache
def warn_of_wrong_version() -> None:
    """Warn, once, of a release of highspy that returns wrong answers."""
    used = version("highspy")
    if used in WRONG_VERSIONS:
        LOG.warning("warning: highspy %s must not be used: %s. Install another release.", used, WRONG_VERSIONS[used])


def load(arrays: Arrays, cost: Cost, options: Options) -> Any:
    """A HiGHS instance with the arrays and one objective. SolverRefusal if HiGHS does not accept them."""
    warn_of_wrong_version()
    highs = Quiet()
    highs.setOptionValue("log_to_console", False)
    if options.log is not None:
        highs.setOptionValue("output_flag", True)
        highs.setOptionValue("log_file", str(options.log))
    model = model_of(arrays, cost)
    if highs.passModel(model) == highspy.HighsStatus.kError:
        raise SolverRefusal(refusal(arrays, cost))
    highs.setOptionValue("random_seed", options.seed)
    if options.threads is not None:
        highs.resetGlobalScheduler(True)  # else HiGHS refuses another number of threads than this process began with
        highs.setOptionValue("threads", options.threads)
    return highs


def model_of(arrays: Arrays, cost: Cost) -> Any:
    """The arrays and one objective as a HiGHS model. SolverRefusal for a number that is infinite or NaN, which HiGHS would accept."""
    for name, numbers in (("coefficients", arrays.matrix.data), ("costs", cost.coefficients), ("constant", np.array([cost.constant]))):
        if not np.isfinite(numbers).all():
            raise SolverRefusal(f"The {name} of the model contain an infinite or undefined number: some input is far too large.")
    if np.isnan(arrays.lower).any() or np.isnan(arrays.upper).any():
        raise SolverRefusal("The bounds of the model contain an undefined number: some input is far too large.")
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays.variables), len(arrays.rows)
    lp.col_cost_, lp.offset_ = cost.coefficients, cost.constant
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.full(lp.num_col_, highspy.kHighsInf)
    lp.row_lower_, lp.row_upper_ = arrays.lower, arrays.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = arrays.matrix.indptr, arrays.matrix.indices, arrays.matrix.data
    lp.sense_ = highspy.ObjSense.kMaximize if cost.maximize else highspy.ObjSense.kMinimize
    if arrays.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in arrays.whole.tolist()]
    return lp


def refusal(arrays: Arrays, cost: Cost) -> str:
    """Why HiGHS does not accept a model, as far as its numbers show."""
    matrix = arrays.matrix.tocoo()
    if matrix.nnz and np.abs(matrix.data).max() >= LARGEST:
        row = int(matrix.row[np.abs(matrix.data).argmax()])
        rule = getattr(arrays.rows[row][0], "full_name", "a rule") if arrays.rows[row] else "a rule"
        return f"HiGHS accepts no number of {LARGEST:g} or more: {rule} has {np.abs(matrix.data).max():.3g}. Some input is far too large."
    return "HiGHS does not accept the model: some input is far too large or far too small."


def add_rows(highs: Any, rows: Iterable[ExtraRow]) -> None:
    """Add rows to those of the arrays."""
    for coefficients, low, high in rows:
        used = np.flatnonzero(coefficients)
        highs.addRow(low, high, len(used), used.astype(np.int32), coefficients[used])


def fix_columns(highs: Any, fixed: Mapping[int, float]) -> None:
    """Set both bounds of columns to a value."""
    if fixed:
        index = np.fromiter(fixed, dtype=np.int32, count=len(fixed))
        values = np.fromiter(fixed.values(), dtype=float, count=len(fixed))
        highs.changeColsBounds(len(index), index, values, values)
