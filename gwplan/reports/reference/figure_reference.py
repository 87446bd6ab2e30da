"""The page of the headline figures: name, key in `summary.json`, unit, and what two runs must share for it to be compared.

`make reference` writes it, with the other generated pages.
"""

from __future__ import annotations

from gwplan.analysis.compare.figures import HEADLINES, QUESTION, Headline
from gwplan.reports.reference.markdown import table
from gwplan.results.figures import GOALS, UNITS

OPENING = """# Headline figures

Written from the code by `make reference`; a test compares the two.

The figures that comparisons, studies and pages show, in their order there. What each of them means is said under its key in
[reading a result](../results.md). A figure is compared between two runs only where they agree on what the last column names. Where a key
holds a list by period, the figure is its largest value.
"""
OBJECTIVES = """## Objectives

`objective` of a plan is the value of its first goal.
"""


def page() -> str:
    """The page as Markdown."""
    figures = table(("figure", "key", "unit", "compared for the same"), [cells(each) for each in HEADLINES])
    goals = [(f"`{goal}`", name, f"`{UNITS[goal]}`") for goal, name in GOALS.items()]
    return "\n".join([OPENING, *figures, "", OBJECTIVES, *table(("goal", "objective", "unit"), goals), ""])


def cells(headline: Headline) -> tuple[str, ...]:
    """One figure."""
    needs = ", ".join(QUESTION[need] for need in headline.needs)
    return headline.name, f"`{headline.key}`", f"`{headline.unit}`" if headline.unit else "", needs
