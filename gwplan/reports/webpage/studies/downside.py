"""The page of a downside: coverage if one thing goes wrong, how far each may go, what lenders recover and what the sponsor is paid."""

from __future__ import annotations

import math
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.amounts import money
from gwplan.reports.terminal.downside import named, sentence
from gwplan.reports.webpage.charts import COLOURS, TARGET, Chart, some
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.render import put, render
from gwplan.reports.webpage.studies.charts import GREY, line_at, tall

if TYPE_CHECKING:
    from gwplan.analysis.downside import Breaking, Downside, DownsideCase
    from gwplan.results.run_folder import RunFolder

HOLDS, FAILS = COLOURS[0], COLOURS[5]
"""Colours of cases in which money lasts, and in which it runs out."""
PERCENT = 100
HEADER = ("what goes wrong", "by", "coverage", "in", "money runs out", "short by", "recovered, %", "sponsor paid, %")
STAYS = ("Builds, debt and taxes stay as planned; nothing is planned again: a lower bound. Money runs out also where debt at the end is "
         "not repaid by cash and what is left.")


def write_page(found: Downside, run: RunFolder, path: Path) -> Path:
    """Write the page; gives its path."""
    return put(path, render(page(found, run)))


def page(found: Downside, run: RunFolder) -> Page:
    """The page of a downside."""
    sections = [
        Section("coverage", "Coverage", "The least coverage of a year: what is available over the debt service. Orange: money runs out.",
                some(coverage(found, run))),
        Section("breaking", "How far each may go", "Diamonds: where money runs out. Dots: the cases of the table, an orange cross where it "
                "does.", some(breaking(found))),
        Section("recovery", "What is recovered and paid", "Of the debt outstanding when money runs out, and of what sponsor and investors "
                "were to receive.", some(recovery(found, run))),
        Section("cases", "All cases", STAYS, tables=[Table(HEADER, [cells(each, run) for each in found.cases])]),
    ]  # fmt: skip
    title = f"{run.summary.get('title', run.name)}: what goes wrong"
    footer = f"Downside of the run {run.name}. Money is nominal. Written by gwplan {version('gwplan')} from the tables of the run alone."
    return Page(title, sentence(found), STAYS, "Downside", cards(found), [each for each in sections if each.charts or each.tables], footer)


def cards(found: Downside) -> list[Card]:
    """The coverage as planned, the least, and the break-even values."""
    planned = found.cases[0].coverage
    listed = [each.coverage for each in found.cases if math.isfinite(each.coverage)]
    cards = [Card("planned", planned, f"{planned:.2f}", "least coverage as planned"),
             Card("least", min(listed), f"{min(listed):.2f}", "least coverage of all cases")] if listed and math.isfinite(planned) else []
    return [*cards, *(Card(f"breaks_{number}", each.value, far(each), f"{each.name}: money runs out")
                      for number, each in enumerate(found.breaking))]


def far(each: Breaking) -> str:
    """A break-even value as people read it."""
    if math.isnan(each.value):
        return "never"
    return f"{PERCENT * each.value:.1f} points" if each.name == "interest higher" else f"{each.value:.0%}"


def label(case: DownsideCase, run: RunFolder) -> str:
    """What goes wrong, and by how much."""
    return f"{named(case, run)}, {case.size}" if case.size else named(case, run)


def coverage(found: Downside, run: RunFolder) -> Chart | None:
    """A bar for each case, with lines at 1 and at the floor below which no owner is paid. None without debt service."""
    cases = [each for each in found.cases if math.isfinite(each.coverage)]
    if not cases:
        return None
    names = [label(each, run) for each in cases]
    trace = {"type": "bar", "orientation": "h", "y": names, "x": [each.coverage for each in cases],
             "marker": {"color": [FAILS if each.default else HOLDS for each in cases]}, "cliponaxis": False,
             "text": [f"{each.coverage:.2f}" for each in cases], "textposition": "auto",
             "hovertemplate": "%{y}: %{x:.2f}<extra></extra>"}  # fmt: skip
    marks = [line_at(1.0, "debt service", "solid")]
    if found.floor > 0 and found.floor != 1:
        marks.append(line_at(found.floor, f"owners paid from {found.floor:.2f}"))
    layout = {"yaxis": {"type": "category", "autorange": "reversed"}, "xaxis": {"title": {"text": "coverage"}, "rangemode": "tozero"},
              "shapes": [shape for shape, _ in marks], "annotations": [text for _, text in marks], "tall": tall(len(cases))}
    rows = [(name, each.coverage, each.when, each.default or "never") for name, each in zip(names, cases, strict=True)]
    lowest = min(cases, key=lambda each: each.coverage)
    return Chart(f"Coverage falls to {lowest.coverage:.2f} at worst: {label(lowest, run)}", [trace],
                 ("what goes wrong", "coverage", "in", "money runs out"), rows, layout)


def breaking(found: Downside) -> Chart | None:
    """A line for each thing that may go so far, with the cases on it and a diamond where money runs out."""
    names = [each.name for each in found.breaking]
    if not names:
        return None
    known = [each for each in found.breaking if math.isfinite(each.value)]
    traces: list[dict[str, Any]] = []
    for title, colour, symbol, fails in (("money lasts", HOLDS, "circle", False), ("money runs out", FAILS, "x", True)):
        mine = [each for each in found.cases if each.name in names and math.isfinite(each.amount) and bool(each.default) == fails]
        if mine:
            traces.append({"type": "scatter", "mode": "markers", "name": title, "y": [each.name for each in mine],
                           "x": [PERCENT * each.amount for each in mine], "marker": {"color": colour, "size": 9, "symbol": symbol},
                           "text": [each.size for each in mine], "hovertemplate": f"%{{y}}, %{{text}}: {title}<extra></extra>"})
    if known:
        traces.append({"type": "scatter", "mode": "markers+text", "name": "break-even", "y": [each.name for each in known],
                       "x": [PERCENT * each.value for each in known], "text": [far(each) for each in known], "textposition": "top center",
                       "marker": {"symbol": "diamond", "size": 13, "color": TARGET, "line": {"color": "#ffffff", "width": 1}},
                       "hovertemplate": "%{y}: money runs out at %{text}<extra></extra>", "cliponaxis": False})
    layout = {"yaxis": {"type": "category", "categoryorder": "array", "categoryarray": names[::-1]}, "tall": tall(len(names)),
              "xaxis": {"title": {"text": "%, of interest percentage points a year"}, "range": [0, PERCENT + 2]}}
    rows = [(each.name, None if math.isnan(each.value) else PERCENT * each.value, far(each)) for each in found.breaking]
    return Chart("How far each may go until money runs out", traces, ("what", "%", "money runs out at"), rows, layout)


def recovery(found: Downside, run: RunFolder) -> Chart | None:
    """What lenders recover where money runs out, and what sponsor and investors still receive, in percent. None if nothing changes."""
    names = [label(each, run) for each in found.cases]
    columns = {"recovered of the debt": ([each.recovery for each in found.cases], FAILS),
               "paid to sponsor and investors": ([each.paid_last for each in found.cases], GREY)}
    traces = [{"type": "bar", "orientation": "h", "name": title, "y": names, "marker": {"color": colour},
               "x": [PERCENT * value if math.isfinite(value) else None for value in values],
               "hovertemplate": f"%{{y}}: %{{x:.0f}}% {title}<extra></extra>"}
              for title, (values, colour) in columns.items() if any(map(math.isfinite, values))]
    if not traces:
        return None
    layout = {"barmode": "group", "yaxis": {"type": "category", "autorange": "reversed"}, "tall": tall(2 * len(names)),
              "xaxis": {"title": {"text": "%"}, "rangemode": "tozero"}}
    rows = [(name, percent(each.recovery), percent(each.paid_last)) for name, each in zip(names, found.cases, strict=True)]
    header = ("what goes wrong", *(f"{name}, %" for name in columns))
    return Chart("What lenders recover, and what owners are still paid, %", traces, header, rows, layout)


def percent(value: float) -> float | None:
    """A share in percent; None where there is none."""
    return round(PERCENT * value, 1) if math.isfinite(value) else None


def cells(case: DownsideCase, run: RunFolder) -> tuple[Any, ...]:
    """A row of the table."""
    return (named(case, run), case.size, round(case.coverage, 2) if math.isfinite(case.coverage) else "none due", case.when,
            case.default or "never", money(case.short) if case.default else "", percent(case.recovery), percent(case.paid_last))
