"""gwplan plans gigawatt AI data centers: compute, buildings, power and money in one optimisation.

The public functions are `read_case`, `solve`, `compare`, `sweep`, `sample`, `calibrate`, `why`, `explain`, `bottleneck`,
`alternatives`, `hedge`, `flexibility`, `rolling`, `levelised`, `breakeven`, `worth`, `why_not`, `slip`, `dispatch`, `downside`,
`reference_plans`, `load_run` and `check`;
see `gwplan.api`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gwplan.api import (
        Case,
        Infeasible,
        InputFaults,
        NoPlan,
        Progress,
        Run,
        Stopped,
        alternatives,
        bottleneck,
        breakeven,
        calibrate,
        check,
        compare,
        dispatch,
        downside,
        explain,
        flexibility,
        hedge,
        levelised,
        load_run,
        read_case,
        reference_plans,
        rolling,
        sample,
        slip,
        solve,
        sweep,
        why,
        why_not,
        worth,
    )

__all__ = [
    "Case", "Infeasible", "InputFaults", "NoPlan", "Progress", "Run", "Stopped", "__version__", "alternatives", "bottleneck",
    "breakeven", "calibrate", "check", "compare", "dispatch", "downside", "explain", "flexibility", "hedge", "levelised", "load_run",
    "read_case", "reference_plans", "rolling", "sample", "slip", "solve", "sweep", "why", "why_not", "worth",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that the command line starts quickly."""
    if name == "__version__":
        from importlib.metadata import version

        return version("gwplan")
    if name in __all__:
        from gwplan import api

        return getattr(api, name)
    raise AttributeError(f"module 'gwplan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
