"""Where the simplex method begins: from nothing built, or from the basis at which the LP of an earlier plan ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import highspy

from gwplan.arrays import Arrays, Cost

DANTZIG = 0
"""HiGHS's number for the dual simplex method without edge weights: those of steepest edge, its default, take longer to
compute for a given basis than the steps that remain."""
PRIMAL_SIMPLEX = 4
"""HiGHS's number for the primal simplex method."""
PRIMAL = frozenset(("most_compute",))
"""Goals whose relaxation the primal simplex method solves in half the time of the dual one, where it may begin from nothing
built; `soonest` takes it a fifth longer, and goals with targets, which nothing built misses, thrice as long."""
STATES = tuple(highspy.HighsBasisStatus.__members__.values())


@dataclass(frozen=True)
class Basis:
    """Where the simplex method ended: the status of each column and of each row, as HiGHS numbers them."""

    columns: bytes
    rows: bytes
    closed: Mapping[int, float] = field(default_factory=dict)
    """Openings, by column, of the sites that the relaxation left closed; see `gwplan.search`."""


def begin(highs: Any, arrays: Arrays, cost: Cost, basis: Basis | None) -> None:
    """Begin an LP from a basis, if it is of the same size, HiGHS mending what does not fit; else from nothing built.

    The primal method is chosen for some goals where nothing built is a plan.
    """
    if basis is not None and (len(basis.columns), len(basis.rows)) == (highs.getNumCol(), highs.getNumRow()):
        given = highspy.HighsBasis()
        given.col_status, given.row_status = [STATES[n] for n in basis.columns], [STATES[n] for n in basis.rows]
        given.valid = True
        highs.setBasis(given)
        highs.setOptionValue("simplex_dual_edge_weight_strategy", DANTZIG)
        if still_a_plan(highs):
            highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
    elif cost.kind in PRIMAL and (arrays.lower <= 0).all() and (arrays.upper >= 0).all():
        highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)


def still_a_plan(highs: Any) -> bool:
    """True if all rows hold at the basis given, as they mostly do after a change of prices.

    The primal simplex method then takes a third of the steps of the dual one; else it takes ten times as many.
    """
    _, most = highs.getOptionValue("simplex_iteration_limit")
    highs.setOptionValue("simplex_iteration_limit", 0)
    highs.run()
    highs.setOptionValue("simplex_iteration_limit", most)
    return bool(highs.getInfo().num_primal_infeasibilities == 0)


def basis_of(highs: Any) -> Basis | None:
    """The basis at which an LP ended; None where there is none."""
    found = highs.getBasis()
    return Basis(bytes(map(int, found.col_status)), bytes(map(int, found.row_status))) if found.valid else None
