"""The page of a hedge: what to decide now, what then, the tree of scenarios, the regret of each plan, capacity and spend by scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gwplan.common.amounts import table_unit
from gwplan.reports import hedge as words
from gwplan.reports.formatting import rows_of
from gwplan.reports.webpage.charts import COLOURS, Chart, first_of_years, some, time_axis
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.material import Material
from gwplan.results.run_folder import named

Named = Callable[[str], str]
LANE = 46
"""Pixels of a scenario in the tree."""


def page(material: Material) -> Page:
    """The page of a hedge."""
    facts, tables = dict(material.facts), material.tables

    def label(name: str) -> str:
        return named(name, dict(material.facts.get("labels", {})))

    first, *others = words.sentences(facts, tables, label)
    before = f"before {facts['until']}" if facts["until"] else "in all scenarios"
    sections = [
        Section("now", "Now", f"What is decided {before}: the only thing that has to be decided today. It is the same in all scenarios.",
                tables=[Table(bare(words.NOW_HEADER), [*words.now_cells(tables, label)])]),
        Section("then", "If ... then", " ".join(["Where scenarios differ, from then on.", *words.moved_lines(tables, label)]),
                some(tree(material)), [table_of(*words.later_cells(tables, label))]),
        Section("scenarios", "Scenarios", "The hedge in each scenario, beside the plan of one who knew that it comes, and the base "
                "plan kept until something is known.",
                some(fan(tables, "it_mw", "IT power", "MW"), fan(tables, "spent", "Spend so far", "MUSD")),
                [table_of(*words.scenario_cells(facts, tables))]),
        Section("regret", "Regret", "What each plan, kept until something is known, falls short of the best in each scenario.",
                some(regret(facts, tables)), [table_of(*words.matrix(facts, tables))]),
    ]  # fmt: skip
    if "flexibility" in tables:
        sections.append(Section("flexibility", "Flexibility", "What the hedge would lose if it had to do without: a hedge with that "
                                "forbidden, against this one.", tables=[table_of(*words.flexibility_cells(facts, tables, label))]))
    standing = f"{words.spread(facts)} {words.standing(facts)} {words.checked(facts)}"
    return Page(material.title, " ".join([first, *filter(None, others)]), standing, "Hedge", cards(facts), sections, material.footer)


def bare(header: Sequence[str]) -> tuple[str, ...]:
    """A header without the marks of its alignment, which the page finds itself."""
    return tuple(each.removeprefix(">") for each in header)


def table_of(header: Sequence[str], cells: list[tuple[str, ...]]) -> Table:
    """A table of the page."""
    return Table(bare(header), [*cells])


def cards(facts: Mapping[str, Any]) -> list[Card]:
    """The mean, what the hedge is worth and what knowing is worth."""
    found = [Card("expected", facts["expected"], words.of_goal(facts, facts["expected"]), "mean over the scenarios")]
    if facts["value_of_hedge"] is not None:
        value = facts["value_of_hedge"]["found"]
        found.append(Card("value_of_hedge", value, words.of_goal(facts, value), "worth of the hedge"))
    value = facts["value_of_knowing"]["found"]
    return [*found, Card("value_of_knowing", value, words.of_goal(facts, value), "worth of knowing now"),
            Card("met", facts["met"]["hedge"], f"{facts['met']['hedge']:.0%}", "chance that the targets hold")]


def tree(material: Material) -> Chart | None:
    """The scenarios as branches from when they can be told apart."""
    rows = rows_of(material.tables["tree"])
    periods = [str(name) for name in material.facts["periods"]]
    names = [str(name) for name in material.tables["table"]["scenario"]]
    if not rows or len(names) < 2:
        return None
    lane = {name: float(place) for place, name in enumerate(names)}
    traces, ends = [], dict[tuple[str, ...], float]()
    for row in rows:
        mine = str(row["scenarios"]).split("|")
        place = sum(lane[name] for name in mine) / len(mine)
        from_x, to_x = periods.index(str(row["first"])), periods.index(str(row["last"])) + 1
        before = next((ends[other] for other in ends if set(mine) < set(other)), None)
        x, y = [from_x, to_x], [place, place]
        if before is not None:
            x, y = [from_x, *x], [before, *y]
        ends = {other: height for other, height in ends.items() if other != tuple(mine)} | {tuple(mine): place}
        traces.append({"type": "scatter", "mode": "lines", "name": ", ".join(mine), "x": x, "y": y, "showlegend": False,
                       "line": {"color": COLOURS[names.index(mine[0]) % len(COLOURS)], "width": 2 + 6 * float(row["probability"])},
                       "hovertemplate": f"{', '.join(mine)}: {float(row['probability']):.0%}<extra></extra>"})
    layout = {"xaxis": {"tickvals": first_of_years(periods), "ticktext": [periods[place] for place in first_of_years(periods)]},
              "yaxis": {"tickvals": list(lane.values()), "ticktext": names, "autorange": "reversed", "zeroline": False},
              "tall": 140 + LANE * len(names)}
    until = material.facts["until"]
    title = f"All is decided alike until {until}" if until else "Nothing is known in time: all is decided alike"
    return Chart(title, traces, ("scenarios", "first", "last", "probability"),
                 [(row["scenarios"], row["first"], row["last"], row["probability"]) for row in rows], layout)


def fan(tables: Mapping[str, Mapping[str, list[Any]]], name: str, title: str, unit: str) -> Chart | None:
    """An amount over time, a line for each scenario."""
    rows = rows_of(tables["series"])
    if not rows:
        return None
    word, size = table_unit(unit, [row[name] for row in rows])
    scenarios = list(dict.fromkeys(str(row["scenario"]) for row in rows))
    periods = list(dict.fromkeys(str(row["period"]) for row in rows))
    traces = []
    for number, scenario in enumerate(scenarios):
        amounts = [row[name] / size for row in rows if row["scenario"] == scenario]
        traces.append({"type": "scatter", "mode": "lines", "name": scenario, "x": periods, "y": amounts,
                       "line": {"color": COLOURS[number % len(COLOURS)], "width": 2},
                       "hovertemplate": f"{scenario}, %{{x}}: %{{y:,.4g}} {word}<extra></extra>"})
    last = [row[name] / size for row in rows if row["period"] == periods[-1]]
    finding = f"{title} ends between {min(last):,.4g} and {max(last):,.4g} {word}" if max(last) > min(last) else f"{title}, {word}"
    cells = [(row["scenario"], row["period"], row[name] / size) for row in rows]
    layout = {"yaxis": {"title": {"text": word}, "rangemode": "tozero"}, "xaxis": time_axis(periods)}
    return Chart(finding, traces, ("scenario", "period", f"{title}, {word}"), cells, layout)


def regret(facts: Mapping[str, Any], tables: Mapping[str, Mapping[str, list[Any]]]) -> Chart | None:
    """The regret of each plan in each scenario as a heat map; grey where it has no plan."""
    rows = rows_of(tables["regret"])
    word, size = table_unit(words.unit_of(facts), [row["regret"] for row in rows if row["regret"] is not None])
    plans, names = (list(dict.fromkeys(str(row[key]) for row in rows)) for key in ("plan", "scenario"))
    amounts = {(row["plan"], row["scenario"]): row["regret"] for row in rows}
    cells = [[amounts[plan, name] for name in names] for plan in plans]
    known = [[None if each is None else max(each / size, 0.0) for each in line] for line in cells]
    shown = [["no plan" if each is None else words.amount(each, size) for each in line] for line in cells]
    trace = {"type": "heatmap", "x": names, "y": [words.title(plan) for plan in plans], "z": known,
             "text": shown, "texttemplate": "%{text}", "colorscale": [[0, "#f2f2f2"], [1, COLOURS[5]]], "showscale": False,
             "hovertemplate": "%{y} in %{x}: %{text}<extra></extra>"}
    worst = {plan: max((each for each in line if each is not None), default=0.0) if None not in line else None
             for plan, line in zip(plans, known, strict=True)}
    held = {plan: value for plan, value in worst.items() if value is not None}
    least = min(held, key=lambda plan: held[plan]) if held else None
    title = f"Least regret at worst: {words.title(least)}" if least is not None else "No plan holds in all scenarios"
    table = [(row["plan"], row["scenario"], row["value"], row["regret"]) for row in rows]
    return Chart(f"{title} ({word})", [trace], ("plan", "scenario", "value", "regret"), table,
                 {"yaxis": {"autorange": "reversed"}, "tall": 160 + LANE * len(plans)})
