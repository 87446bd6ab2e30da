"""Plans hardly depend on where the horizon ends or how finely it is cut."""

from __future__ import annotations

from functools import cache

import pytest

from tests.properties.rewritten import ALIGNED
from tests.support import THREE_SITES, Solved, solve_model

LATER = 0.01
"""Share by which a year more of horizon may change what runs in a period, or what a plan has started, before the old end."""
COSTS = 0.05
"""Half-years pay in their middle and end chains at their end: this is what it may change of a cost."""
WORKS = 1 / 8
"""Chains to the first compute take four quarters of twelve here; rounded up to half-years they take one more of the eight that are left."""


@cache
def solved(goal: str, *sets: str) -> Solved:
    """A goal of the case of three sites, with changes to its model."""
    found = solve_model(THREE_SITES / f"{goal}.toml", sets=sets)
    assert found.status == "optimal"
    return found


def sums(found: Solved, family: str, until: int) -> list[float]:
    """Sums over everything of a family, in each period before `until`."""
    assert found.plan is not None
    part, name = family.split(".")
    place = found.plan.blocks[part].variables[name].over.index("period")
    return [sum(value for (full, key), value in found.levels.items() if full == family and key[place] == n) for n in range(until)]


def test_a_longer_horizon_leaves_early_builds_alone() -> None:
    plain, longer = solved("least_cost", *ALIGNED), solved("least_cost", *ALIGNED, "model.horizon.end=2030-Q4")
    running, starts = (sums(plain, family, 6) for family in ("accelerators.running", "halls.started"))
    assert max(running) > 100 and sum(starts) >= 3, "there is something to leave alone"
    assert sums(longer, "accelerators.running", 6) == pytest.approx(running, rel=LATER)
    assert sums(longer, "power.ordered_whole", 4) == pytest.approx(sums(plain, "power.ordered_whole", 4))
    assert sums(longer, "halls.started", 8) == pytest.approx([*starts, 0, 0]), "nothing is started for the new end either"


def test_half_years_cost_what_quarters_cost() -> None:
    quarters, halves = (solved("least_cost", *ALIGNED, *step).objective for step in (("model.horizon.step=quarter",), ()))
    assert halves == pytest.approx(quarters, rel=COSTS)


def test_half_years_do_what_quarters_do() -> None:
    quarters, halves = (solved("most_compute", f"model.horizon.step={step}").objective for step in ("quarter", "half"))
    assert quarters * (1 - WORKS) <= halves <= quarters
