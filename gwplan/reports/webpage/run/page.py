"""The page of a run: its headline, its cards and its sections, as one HTML file."""

from __future__ import annotations

from gwplan.common.amounts import SENTENCE
from gwplan.reports.formatting import figure_text
from gwplan.reports.headline import headline
from gwplan.reports.sentences import standing
from gwplan.reports.webpage.page import Card, Page, Section
from gwplan.reports.webpage.run import charts_overview
from gwplan.reports.webpage.run.sections import failed
from gwplan.results.cash_flows import is_financed
from gwplan.results.figures import CARDS, title, value_of
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import capital_of, capital_sentence, numbers_of

WRONG = "The check of this answer found it wrong: do not use its figures."
NOTHING = {"first_it_period": "never"}
"""What is shown of a figure that a plan has not, where that is not `none`."""


def page(run: RunFolder, sections: list[Section]) -> Page:
    """What stands on the page of a run."""
    nominal = "; that of finance is nominal" if is_financed(run) else ""
    footer = f"Run {run.name}. Money is real, in dollars of {run.dollars}{nominal}. Written by gwplan from the tables of the run alone."
    return Page(str(run.summary["title"]), headline(run), standing(run), "Plan", cards(run), sections, footer,
                [WRONG] if failed(run) else [], capital_sentence(capital_of(run, numbers_of(run))), charts_overview.ramp(run))  # fmt: skip


def cards(run: RunFolder) -> list[Card]:
    """The six figures of the first screen: key of the summary, value as it stands there, and as it is shown."""
    more = {"capital_first_build_musd": f", to {run.periods[run.first_build_end]}", "compute_kh100e": f", {run.measure}"}
    found = []
    for key in CARDS:
        value = value_of(run.summary, key)
        shown = NOTHING.get(key, "none") if value is None else figure_text(key, value, SENTENCE)
        found.append(Card(key, value, shown, f"{title(key)}{more.get(key, '')}"))
    return found
