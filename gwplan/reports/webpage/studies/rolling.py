"""The page of planning again as things become known: what comes of it in each scenario, and what was planned on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gwplan.common.amounts import table_unit
from gwplan.reports import hedge as goal_words
from gwplan.reports import rolling as words
from gwplan.reports.formatting import rows_of
from gwplan.reports.webpage.charts import COLOURS, Chart, some, time_axis
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.hedge import bare, fan, table_of, tree
from gwplan.reports.webpage.studies.material import Material
from gwplan.results.run_folder import named

SERIES = {"regret": ("planned again", COLOURS[0]), "hedge_regret": ("hedge", COLOURS[1])}


def page(material: Material) -> Page:
    """The page of the study."""
    facts, tables = dict(material.facts), material.tables

    def label(name: str) -> str:
        return named(name, dict(material.labels))

    first, *others = words.sentences(facts, tables, label)
    before = f"before {facts['until']}" if facts["until"] else "in all scenarios"
    sections = [
        Section("scenarios", "Scenarios", "What comes of it in each scenario, beside the plan of one who knew that it comes.",
                some(shortfall(facts, tables), fan(tables, "it_mw", "IT power", "MW"), fan(tables, "spent", "Spend so far", "MUSD")),
                [table_of(*words.scenario_cells(facts, tables))]),
        Section("steps", "Plans on the way", "What each plan expected as if nothing else would change, from the base plan on.",
                some(expected(facts, tables), tree(material)), [table_of(*words.step_cells(facts, tables))]),
        Section("first", "Decided at first", f"What the base plan decides {before}; it stands whatever comes.",
                tables=[Table(bare(words.FIRST_HEADER), [*words.first_cells(tables, label)])]),
        Section("then", "Decided later", "What each scenario decides once something is known, where they differ.",
                tables=[table_of(*goal_words.later_cells(tables, label))]),
    ]  # fmt: skip
    sections = [each for each in sections if each.charts or any(table.rows for table in each.tables)]
    return Page(material.title, " ".join([first, *others]), words.standing(facts), "Planned again", cards(facts), sections, material.footer)


def cards(facts: Mapping[str, Any]) -> list[Card]:
    """The mean, the price of not knowing, the worth of a hedge, and the chance of a plan."""
    found = [Card("replanned", facts["replanned"], goal_words.of_goal(facts, facts["replanned"]), "mean over the scenarios")]
    for key, name in (("price_of_not_knowing", "worth of having known"), ("value_of_hedge", "worth of a hedge")):
        if facts[key] is not None:
            value = facts[key]["found"]
            found.append(Card(key, value, goal_words.of_goal(facts, goal_words.rounded(value)), name))
    return [*found, Card("met", facts["met"], f"{facts['met']:.0%}", "chance that there is a plan")]


def shortfall(facts: Mapping[str, Any], tables: words.Tables) -> Chart | None:
    """By how much planning again, and the hedge, fall short of one who knew: bars by scenario; a cross where there is no plan."""
    rows = rows_of(tables["table"])
    word, size = table_unit(goal_words.unit_of(facts), [row[key] for row in rows for key in SERIES if row[key] is not None])
    names = [str(row["scenario"]) for row in rows]
    traces: list[dict[str, Any]] = []
    for key, (title, colour) in SERIES.items():
        if any(row[key] is not None for row in rows):
            values = [None if row[key] is None else max(row[key] / size, 0.0) for row in rows]
            traces.append({"type": "bar", "name": title, "x": names, "y": values, "marker": {"color": colour},
                           "hovertemplate": f"{title} in %{{x}}: %{{y:,.4g}} {word}<extra></extra>"})
    lost = [str(row["scenario"]) for row in rows if row["regret"] is None]
    if lost:
        traces.append({"type": "scatter", "mode": "markers", "name": "no plan", "x": lost, "y": [0.0] * len(lost), "cliponaxis": False,
                       "marker": {"symbol": "x", "size": 10, "color": COLOURS[7]}, "hovertemplate": "no plan in %{x}<extra></extra>"})
    cells = [(row["scenario"], row["probability"], *(None if row[key] is None else row[key] / size for key in SERIES)) for row in rows]
    layout = {"barmode": "group", "xaxis": {"type": "category"}, "yaxis": {"title": {"text": word}, "rangemode": "tozero"}}
    header = ("scenario", "probability", *(f"{title}, {word}" for title, _ in SERIES.values()))
    return Chart(f"What it falls short of one who knew, {word}", traces, header, cells, layout)


def expected(facts: Mapping[str, Any], tables: words.Tables) -> Chart | None:
    """What was expected from plan to plan, a line for each scenario."""
    rows, periods = rows_of(tables["steps"]), [str(name) for name in facts["periods"]]
    rows = [row for row in rows if row["when"] in periods]
    word, size = table_unit(goal_words.unit_of(facts), [row["expected"] for row in rows if row["expected"] is not None])
    traces = []
    for number, name in enumerate(tables["table"]["scenario"]):
        mine = [row for row in rows if name in str(row["scenarios"]).split("|")]
        values = [None if row["expected"] is None else row["expected"] / size for row in mine]
        colour = COLOURS[number % len(COLOURS)]
        traces.append({"type": "scatter", "mode": "lines+markers", "name": name, "x": [row["when"] for row in mine], "y": values,
                       "line": {"color": colour, "shape": "hv", "width": 2},
                       "hovertemplate": f"{name}, planned in %{{x}}: %{{y:,.4g}} {word}<extra></extra>"})
    if len(rows) < 2:
        return None
    cells = [(row["when"], row["scenarios"], None if row["expected"] is None else row["expected"] / size) for row in rows]
    layout = {"xaxis": time_axis(periods), "yaxis": {"title": {"text": word}}}
    return Chart(f"What each plan expected, {word}", traces, ("planned in", "may still be", f"expected, {word}"), cells, layout)
