"""The page of the headline figures: name, key in `summary.json`, unit, which way is better, and what two runs must share for a comparison.

`make reference` writes it, with the other generated pages.
"""

from __future__ import annotations

from gwplan.analysis.compare.figures import QUESTION
from gwplan.reports.reference.markdown import table
from gwplan.results.figures import CATALOGUE, GOALS, MOST, HeadlineFigure

OPENING = f"""# Headline figures

Written from the code by `make reference`; a test compares the two.

The figures that summaries, comparisons, studies and pages show. What each of them means is said under its key in
[reading a result](../results.md). A figure is compared between two runs only where they agree on what the last column names. Where a key
holds a list by period, the figure is its largest value; in the table of a study its key ends with `{MOST}`.
"""
OBJECTIVES = """## Objectives

`objective` of a plan is the value of its first goal.
"""


def page() -> str:
    """The page as Markdown."""
    figures = table(("figure", "key", "unit", "better", "compared for the same"), map(cells, CATALOGUE.values()))
    goals = [(f"`{goal.kind}`", goal.name, f"`{goal.unit}`", better(goal.direction)) for goal in GOALS.values()]
    return "\n".join([OPENING, *figures, "", OBJECTIVES, *table(("goal", "objective", "unit", "better"), goals), ""])


def cells(figure: HeadlineFigure) -> tuple[str, ...]:
    """One figure."""
    unit = f"`{figure.unit}`" if figure.unit else ""
    return figure.title, f"`{figure.key}`", unit, better(figure.direction), ", ".join(QUESTION[need] for need in figure.needs)


def better(direction: str) -> str:
    """Which way is better, where one is."""
    return "" if direction == "neither" else direction
