"""The page of a study of bottlenecks: gains as bars, what a month of delay costs, and the chains of each site as a Gantt chart."""

from __future__ import annotations

from typing import Any

from gwplan.common.amounts import unit_words
from gwplan.reports import bottleneck as words
from gwplan.reports.formatting import rows_of
from gwplan.reports.webpage.charts import COLOURS, Chart, first_of_years
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.charts import GREY
from gwplan.reports.webpage.studies.material import Material
from gwplan.results.figures import GOALS
from gwplan.results.run_folder import named

WAYS = ("eased", "delayed")


def page(material: Material) -> Page:
    """The page of a study of bottlenecks."""
    facts = dict(material.facts)
    gains, delays = ([row for row in rows_of(material.tables["effects"]) if row["way"] == way] for way in WAYS)
    chains = rows_of(material.tables["chains"])
    sections = [
        Section("gains", "What comes first", "Each class is eased a little and the plan re-optimised. At least and at most are proven by "
                "the bounds of the searches; a gain within the gap is not.", [bars(gains, facts)] if gains else [],
                [Table(words.GAIN_HEADER, [words.gain_cells(row, facts) for row in gains])]),
        Section("delays", "What a month of delay costs", f"A delay of {facts['months']} months, divided by them.",
                tables=[Table(words.DELAY_HEADER, [words.delay_cells(row, facts) for row in delays])]),
        Section("chains", "Chains of lead times", "The first order of each chain at each site, to its service. Slack: by how much the "
                "chain could be later without delaying the first IT power.", gantt(material, chains),
                [Table(words.CHAIN_HEADER, [words.chain_cells(row, lambda name: name_of(material, name)) for row in chains])]),
    ]  # fmt: skip
    sections = [each for each in sections if any(table.rows for table in each.tables)]
    standing = "Stopped early: not all classes were solved." if facts["stopped"] else "All classes were solved."
    return Page(material.title, words.sentence(facts, gains), standing, "Bottleneck", cards(facts, gains), sections, material.footer)


def name_of(material: Material, name: str) -> str:
    """The label of a name."""
    return named(name, dict(material.facts.get("labels", {})))


def cards(facts: dict[str, Any], gains: list[dict[str, Any]]) -> list[Card]:
    """The gain of each class."""
    return [Card(str(row["name"]), row["value"], words.value_text(row["value"], facts) or "no plan", f"{row['name']}: gained")
            for row in gains]


def bars(gains: list[dict[str, Any]], facts: dict[str, Any]) -> Chart:
    """The value of each class, grey within the gap, with what is proven and possible as its ends."""
    found = [row for row in reversed(gains) if row["value"] is not None]
    trace = {"type": "bar", "orientation": "h", "name": "value", "y": [row["name"] for row in found], "x": [row["value"] for row in found],
             "marker": {"color": [GREY if row["within_gap"] else COLOURS[0] for row in found]},
             "text": [words.value_text(row["value"], facts) for row in found],
             "textposition": "auto", "textangle": 0, "cliponaxis": False,
             "customdata": [words.eased_by(row["name"], facts) for row in found],
             "hovertemplate": "%{y}: %{text}, %{customdata}<extra></extra>"}  # fmt: skip
    rows = [(row["name"], row["value"], row["proven"], row["possible"], row["gw_months"]) for row in gains]
    return Chart("Value gained", [trace], ("class", "value", "at least", "at most", "GW-months"), rows,
                 {"xaxis": {"zeroline": True, "title": {"text": unit_words(GOALS[str(facts["goal"])].unit)}}})


def gantt(material: Material, chains: list[dict[str, Any]]) -> list[Chart]:
    """A bar for each chain from its order to its service, and a mark at the first IT power; none without orders."""
    periods = [str(name) for name in material.facts["periods"]]
    number = {name: place for place, name in enumerate(periods)}
    found = [row for row in chains if row["ordered"] in number]
    if not found:
        return []
    lanes = [f"{name_of(material, row['site'])}: {row['name']}" for row in found]
    ends = [number.get(row["served"], len(periods)) for row in found]
    drawn = {"type": "bar", "orientation": "h", "name": "order to service", "y": lanes, "base": [number[row["ordered"]] for row in found],
             "x": [max(end - number[row["ordered"]], 0.2) for row, end in zip(found, ends, strict=True)],
             "marker": {"color": [COLOURS[5] if row["sets"] else COLOURS[0] for row in found]},
             "text": [f"{name_of(material, row['item'])}, slack {row['slack']} months" for row in found], "textposition": "none",
             "hovertemplate": "%{y}: %{text}<extra></extra>"}  # fmt: skip
    marks = {"type": "scatter", "mode": "markers", "name": "first IT power", "y": lanes, "x": [number[row["first"]] for row in found],
             "marker": {"symbol": "diamond", "size": 10, "color": COLOURS[2]}, "hovertemplate": "%{y}: first IT power<extra></extra>"}
    first = first_of_years(periods)
    layout = {"xaxis": {"tickvals": first, "ticktext": [periods[place] for place in first], "range": [-0.5, len(periods) - 0.5]},
              "yaxis": {"autorange": "reversed"}, "tall": 120 + 36 * len(lanes)}
    rows = [(lane, row["ordered"], row["served"], row["first"], row["slack"]) for lane, row in zip(lanes, found, strict=True)]
    header = ("chain", "ordered", "in service", "first IT power", "slack, months")
    return [Chart("From order to first IT power", [drawn, marks], header, rows, layout)]
