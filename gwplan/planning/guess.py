"""Which sites are likely to open, from the same case in steps of a year: its relaxation is solved in a second, and opens mostly the same.

A guess is no part of any proof: with it the relaxation is solved site by site (`gwplan/solving/decomposition.py`), which is exact whatever
the guess, and quick after a good one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gwplan.common.errors import InputFaults
from gwplan.planning.build import build, read
from gwplan.solving.highs import solve_problem
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import opened, sites_of

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.planning.request import Request
    from gwplan.solving.linear_program import Arrays

YEARS = "model.horizon.step=year"
FEW = 3
"""Up to this number of sites the relaxation is solved in one piece."""
SECONDS = 30.0
"""Time limit of the relaxation in years."""


def by_years(request: Request, case: Case, arrays: Arrays, options: Options) -> Callable[[], tuple[str, ...]] | None:
    """Gives the sites when called; None where they would not help: few sites, steps of a year, finance, or a plan that is fixed."""
    coarse = case.definition.horizon.step == "year" or len(sites_of(arrays)) <= FEW
    if coarse or arrays.financed or request.fix:
        return None

    def guessed() -> tuple[str, ...]:
        try:
            _, years = build(read(replace(request, sets=(*request.sets, YEARS))))
        except InputFaults:  # a horizon that is no whole number of years, say
            return ()
        limited = replace(options, time_limit=min(SECONDS, options.time_limit), log=None, watch=None, meanwhile=None)
        found = solve_problem(Problem(years, years.costs[0]).relaxed(), limited)
        return () if found.x is None else opened(years, found.x)

    return guessed
