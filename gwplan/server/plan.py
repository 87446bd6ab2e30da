"""The plan as the screen shows it: its sentences, its figures, its charts, and what changed against the plan before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gwplan.analysis.compare.comparison import Comparison, compare_runs
from gwplan.common.errors import InputFaults
from gwplan.reports.formatting import counted
from gwplan.reports.headline import headline
from gwplan.reports.sentences import held_back, proxies, standing, vendors, waiting_systems
from gwplan.reports.webpage import comparison as compared
from gwplan.reports.webpage.charts import COLOURS, Chart, some
from gwplan.reports.webpage.escaping import BREAK
from gwplan.reports.webpage.page import Card, Section
from gwplan.reports.webpage.run import charts_map, charts_money, charts_overview, charts_schedule
from gwplan.reports.webpage.run.page import cards
from gwplan.reports.webpage.run.sections import carriers
from gwplan.reports.webpage.studies.charts import tall
from gwplan.results.run_folder import RunFolder

if TYPE_CHECKING:
    from gwplan.analysis.what_if import Answered

UNPROVEN = "Faint: smaller than what is not proven of the two plans."


@dataclass(frozen=True)
class Difference:
    """What changed between two plans. cards: each with True where the change is not proven."""

    title: str
    sentence: str
    cards: list[tuple[Card, bool]]
    charts: list[Chart]
    moved: list[str]


@dataclass(frozen=True)
class View:
    """A plan on the screen."""

    title: str
    sentence: str
    lines: list[str]
    cards: list[Card]
    sections: list[Section] = field(default_factory=list)


_VIEWS: WeakKeyDictionary[RunFolder, View] = WeakKeyDictionary()
"""The views of plans that are still kept: a reload does not draw them again."""


def view(run: RunFolder) -> View:
    """A plan as the screen shows it."""
    found = _VIEWS.get(run)
    if found is None:
        lines = [standing(run), held_back(run), proxies(run), vendors(run), waiting_systems(run)]
        found = View(str(run.summary["title"]), headline(run), [line for line in lines if line], cards(run), sections(run))
        _VIEWS[run] = found
    return found


def sections(run: RunFolder) -> list[Section]:
    """Ramp, timeline, sites, cost and what the plan hangs on."""
    hangs = carriers(run)
    found = [
        Section("ramp", "Ramp", "", [charts_overview.ramp(run)]),
        Section("timeline", "Timeline", "", some(charts_schedule.schedule(run))),
        Section("sites", "Sites", "", some(sites(run), charts_map.sites_map(run))),
        Section("cost", "Cost", charts_money.said(run), some(charts_money.capital(run), charts_money.paid(run))),
        Section("hangs", hangs.title, hangs.text, tables=hangs.tables),
    ]
    return [each for each in found if each.charts or each.tables]


def sites(run: RunFolder) -> Chart | None:
    """Peak IT power of each site of the plan beside what the site has room for, and when its first power comes."""
    frame = run.table("account.it_peak")
    frame = frame[frame["value"] > 0] if len(frame) else frame
    if not len(frame):
        return None
    peak: dict[str, float] = {}
    first: dict[str, int] = {}
    for row in frame.groupby(["site", "period"])[["value"]].sum().reset_index().to_dict("records"):
        site, number = str(row["site"]), run.number_of[str(row["period"])]
        peak[site] = max(peak.get(site, 0.0), float(row["value"]))
        first[site] = min(first.get(site, number), number)
    order = sorted(peak, key=lambda site: first[site], reverse=True)
    names = [f"{run.named(site)}{BREAK}{peak[site]:,.0f} MW from {run.periods[first[site]]}" for site in order]
    room = [run.number("sites", site, "most_it", period=len(run.periods) - 1) or 0.0 for site in order]
    traces = [
        {"type": "bar", "orientation": "h", "name": "room at the site", "y": names, "x": room,
         "marker": {"color": "#999999"}, "opacity": 0.3, "width": 0.7, "hovertemplate": "%{y}, room for %{x:,.0f} MW of IT<extra></extra>"},
        {"type": "bar", "orientation": "h", "name": "peak IT power in the plan", "y": names, "x": [peak[site] for site in order],
         "width": 0.45, "marker": {"color": COLOURS[0]},
         "hovertemplate": "%{y}<extra></extra>"},
    ]  # fmt: skip
    rows = [(run.named(site), run.periods[first[site]], peak[site], most) for site, most in zip(order, room, strict=True)][::-1]
    layout = {"barmode": "overlay", "tall": tall(len(order)) if len(order) > SITES else LOW, "xaxis": {"title": {"text": "MW of IT"}},
              "yaxis": {"automargin": True}}  # fmt: skip
    return Chart("Sites of the plan, MW of IT", traces, ("site", "first power", "peak MW of IT", "room, MW of IT"), rows, layout)


SITES, LOW = 3, 220
"""Sites up to which a lower chart is enough, and its height in pixels."""


def difference(before: Answered | None, after: Answered | None, title: str) -> Difference | None:
    """What changed from one plan to another; None where there are not two."""
    if before is None or after is None or before is after or before.run is None or after.run is None:
        return None
    try:
        found = compare_runs(before.run, after.run)
    except InputFaults as error:
        return Difference(title, f"The plans cannot be compared: {error}", [], [], [])
    fall = found.waterfall
    charts = [compared.waterfall_chart(fall, found.named)] if fall is not None and fall.steps else []
    unproven = {figure.key for figure in found.figures if figure.below_gap}
    unproven |= {"objective"} if fall is not None and fall.below_gap else set()
    marked = [(card, card.key in unproven) for card in compared.cards(found)]
    return Difference(title, compared.told(found), marked, charts, moves(found, found.named))


def moves(found: Comparison, named: Callable[[str], str]) -> list[str]:
    """What is built differently, in a line each."""
    lines = [f"{named(move.item)}{f' at {named(move.site)}' if move.site and move.site != move.item else ''}: {', '.join(move.words)}"
             for move in found.moves]  # fmt: skip
    return lines[:MOVES] + ([f"and {counted(len(lines) - MOVES, 'more change')}"] if len(lines) > MOVES else [])


MOVES = 8
"""Lines on what is built differently."""
