"""The Python interface: read a case, solve it, read the plan, compare. The command line calls the same layers.

    import gwplan

    case = gwplan.read_case("models/one_gigawatt.toml")
    plan = gwplan.solve(case.set("halls.liquid_48.price", "12 MUSD_2025/MW"))
    plan.table("bought")

Objects are immutable: `Case.set` returns a new case, and a plan keeps the case it was solved for. Nothing is written to disk before
`Run.write`. All functions work in notebooks, threads and other processes.
"""

from gwplan.api.explanations import (
    alternatives,
    bottleneck,
    breakeven,
    calibrate,
    dispatch,
    downside,
    explain,
    flexibility,
    hedge,
    levelised,
    reference_plans,
    rolling,
    slip,
    why,
    why_not,
    worth,
)
from gwplan.api.objects import Case, Infeasible, NoPlan, Run, Stopped, load_run
from gwplan.api.plans import check, compare, read_case, sample, solve, sweep
from gwplan.common.errors import InputFaults
from gwplan.planning.request import Progress

__all__ = [
    "Case", "Infeasible", "InputFaults", "NoPlan", "Progress", "Run", "Stopped", "alternatives", "bottleneck", "breakeven",
    "calibrate", "check", "compare", "dispatch", "downside", "explain", "flexibility", "hedge", "levelised", "load_run", "read_case",
    "reference_plans", "rolling", "sample", "slip", "solve", "sweep", "why", "why_not", "worth",
]  # fmt: skip
