"""The headline figures of two runs side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from gwplan.analysis.compare.waterfall import MONEY_GOALS, unproven_of
from gwplan.results.figures import CATALOGUE, COMPARED, GOALS, HeadlineFigure, value_of
from gwplan.results.run_folder import RunFolder

SAME = 1e-9
"""Relative difference of two numbers below which they count as equal."""
QUESTION = {"goal.1.kind": "goal", "precision": "precision", "horizon.dollars": "dollars", "horizon.start": "start of the horizon",
            "horizon.end": "end of the horizon", "horizon.step": "step", "parts": "parts"}
"""Definition keys that change the question, so that some figures are not comparable."""
Cell = float | str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure of both runs. percent: the difference in percent of `before`. below_gap: the difference is not proven."""

    key: str
    name: str
    unit: str
    before: Cell
    after: Cell
    difference: float | None = None
    percent: float | None = None
    below_gap: bool = False


def words(run: RunFolder, figure: HeadlineFigure) -> Cell:
    """A figure of a run as it is compared: truth as yes or no."""
    value = value_of(run.summary, figure.key)
    return ("yes" if value else "no") if isinstance(value, bool) else value


def figures_of(base: RunFolder, other: RunFolder, keys: set[str]) -> tuple[list[Figure], list[str]]:
    """The headline figures of both runs, and a sentence on each group that cannot be compared."""
    found, left_out = [], defaultdict[str, list[str]](list)
    unproven, goal = unproven_of(base, other), str(base.summary["goal"][0])
    for headline in map(CATALOGUE.__getitem__, COMPARED):
        name = headline.title
        if "precision" in headline.needs and headline.format in ("compute", "money"):
            name += f" ({base.summary.get('precision', 'precision unknown')})"
        differing = [need for need in headline.needs if need in keys]
        if differing:
            left_out[differing[0]].append(headline.title)
            continue
        before, after = words(base, headline), words(other, headline)
        if before is None and after is None:
            continue
        unit = "" if headline.format == "period" else headline.unit
        if not (isinstance(before, float) and isinstance(after, float)):
            found.append(Figure(headline.key, name, unit, before, after))
            continue
        difference = 0.0 if math.isclose(before, after, rel_tol=SAME) else after - before
        percent = difference / abs(before) * 100 if before else None
        # A figure that is part of the objective is as uncertain as the objective.
        of_goal = goal in MONEY_GOALS and headline.unit == GOALS[goal].unit
        below = of_goal and difference != 0 and (unproven is None or abs(difference) <= unproven)
        found.append(Figure(headline.key, name, unit, before, after, difference, percent, below))
    return found, [f"Not compared, since {QUESTION[need]} differs: {', '.join(names)}." for need, names in left_out.items()]
