"""The page of a frontier: two figures against each other, what was proven of each point, and what is built at it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from gwplan.common.amounts import is_money, said, unit_words
from gwplan.common.status import Status
from gwplan.reports.formatting import clean, counted, shown
from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.charts import GREY, GROUPS, MOST_STACKS, stacked
from gwplan.reports.webpage.studies.material import Material
from gwplan.results.figures import LISTED_OF_FRONTIER

LABEL_AT = 34
"""Pixels between an end and its name."""
WORDS = {"minimize": "least", "maximize": "most"}
FIRST, SECOND = 1, 2
"""Places of the two figures among the columns of the table, after the number of the point."""
TABLE_FIGURES = (*LISTED_OF_FRONTIER, "sites")
AMOUNTS = ("systems", "halls", "supplies_mw")


def page(material: Material) -> Page:
    """The page of a frontier."""
    found = [stacked(material, prefix, title, unit, points(material), upright=len(material.rows) <= MOST_STACKS // 2)
             for prefix, title, unit in GROUPS]  # fmt: skip
    sections = [
        Section("frontier", "The two figures", meaning(material), [against(material), *slope_chart(material)]),
        Section("built", "What is built", "Points in order of the first figure, as numbered in the table.",
                [chart for chart in found if chart is not None]),
        Section("points", "All points", tables=[every(material)]),
    ]  # fmt: skip
    return Page(material.title, sentence(material), standing(material), "Frontier", cards(material), sections, material.footer)


def names(material: Material) -> tuple[str, str]:
    """The two figures' names."""
    first, second = material.facts["of"]
    return str(first), str(second)


def columns(material: Material) -> tuple[str, str]:
    """The two figures' columns: name and unit in brackets."""
    listed = list(material.table)
    return listed[FIRST], listed[SECOND]


def unit_of(material: Material, column: str) -> str:
    """A figure's unit as people read it, compute with its precision."""
    unit = column.partition("[")[2].rstrip("]")
    return f"{unit} ({material.precision})" if unit.startswith("kH100e") else unit_words(unit)


def amount_of(material: Material, row: dict[str, Any], column: str) -> str:
    """A figure of a point with its unit."""
    unit = column.partition("[")[2].rstrip("]")
    return said(row[column], unit) if is_money(unit) else f"{shown(row[column])} {unit_of(material, column)}"


def points(material: Material) -> list[str]:
    """What the points are called."""
    return [f"{row['point']}" for row in material.rows]


def ends(material: Material) -> dict[int, str]:
    """Names of the ends by their place: where one figure is best, whatever becomes of the other."""
    (first, second), senses = names(material), material.facts["senses"]
    found: dict[int, str] = {}
    for place, name, sense in ((0, first, senses[0]), (len(material.rows) - 1, second, senses[1])):
        if material.rows[place]["bound"] is None:
            before = f"{found[place]}, " if place in found else ""
            found[place] = f"{before}{WORDS[sense]} {name}"
    return found


def sentence(material: Material) -> str:
    """From which point to which the frontier leads."""
    rows, (x, y), (first, second) = material.rows, columns(material), names(material)

    def at(row: dict[str, Any]) -> str:
        return f"{amount_of(material, row, x)} of {first} and {amount_of(material, row, y)} of {second}"

    if len(rows) == 1:
        return f"One point is the best in both figures: {at(rows[0])}."
    return f"{counted(len(rows), 'point')}, from {at(rows[0])} to {at(rows[-1])}."


def standing(material: Material) -> str:
    """What holds throughout, and what was left out."""
    text = "The model's rules and targets hold at each point; its own goal plays no part. "
    removed = material.facts["removed"]
    if removed:
        text += f"{removed} of {counted(material.facts['solved'], 'point')} left out: others are as good in both figures. "
    stopped = sum(row["status"] != Status.OPTIMAL for row in material.rows)
    return text + (f"{counted(stopped, 'search was', 'searches were')} stopped early." if stopped else "Every search came to its end.")


def meaning(material: Material) -> str:
    """What the figures are, and how to read the bars."""
    (first, second), meanings = names(material), material.facts["meanings"]
    return (f"{first.capitalize()}: {meanings[0]}. {second.capitalize()}: {meanings[1]}. A bar leads from a point to the best that its "
            "search could not rule out; a point without one is proven.")


def cards(material: Material) -> list[Card]:
    """The ends, and the widest gap."""
    found = [Card("points", len(material.rows), f"{len(material.rows):,}", "points")]
    for place, name in ends(material).items():
        for column in columns(material):
            value = material.rows[place][column]
            found.append(Card(column, value, amount_of(material, material.rows[place], column), f"{column.partition(' [')[0]} at {name}"))
    gap = max((row["gap"] for row in material.rows if row["gap"] is not None), default=None)
    return [*found, Card("gap", gap, "none" if gap is None else f"{gap:.2%}", "widest gap of a point")]


def missing(row: dict[str, Any], place: int, column: str, material: Material) -> float:
    """How much better than a point its figure may be: 0 for the figure that its search did not make best."""
    at_first_end = place == 0 and row["bound"] is None
    mine = columns(material)[0] if at_first_end else columns(material)[1]
    return abs(row["proven"] - row[column]) if column == mine and row["proven"] is not None else 0.0


def against(material: Material) -> Chart:
    """The second figure against the first."""
    x, y = columns(material)
    units, rows, senses = [unit_of(material, x), unit_of(material, y)], material.rows, material.facts["senses"]
    (first, second), named = names(material), ends(material)
    trace: dict[str, Any] = {
        "type": "scatter", "mode": "lines+markers", "name": "points", "x": [row[x] for row in rows], "y": [row[y] for row in rows],
        "line": {"color": COLOURS[0], "width": 1.5, "dash": "dot"}, "marker": {"color": COLOURS[0], "size": 9}, "cliponaxis": False,
        "text": [f"point {row['point']}: {amount_of(material, row, x)}, {amount_of(material, row, y)}; {material.cell(row, 'sites')}"
                 for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    for axis, column, sense in (("error_x", x, senses[0]), ("error_y", y, senses[1])):
        amounts = [missing(row, place, column, material) for place, row in enumerate(rows)]
        zeros = [0.0] * len(rows)
        trace[axis] = {"type": "data", "symmetric": False, "array": zeros if sense == "minimize" else amounts,
                       "arrayminus": amounts if sense == "minimize" else zeros, "color": GREY, "thickness": 1.5, "width": 4}  # fmt: skip
    notes = [{"x": rows[place][x], "y": rows[place][y], "text": name, "showarrow": True, "arrowhead": 0, "arrowcolor": GREY, "ax": 0,
              "ay": LABEL_AT, "xanchor": "left" if place == 0 else "right"}
             for place, name in named.items()]  # fmt: skip
    layout = {"xaxis": {"title": {"text": f"{first}, {units[0]}"}}, "yaxis": {"title": {"text": f"{second}, {units[1]}"}},
              "annotations": notes, "tall": 460}  # fmt: skip
    listed = [(row["point"], row[x], row[y], row["proven"], named.get(place, "")) for place, row in enumerate(rows)]
    header = ("point", f"{first}, {units[0]}", f"{second}, {units[1]}", "no better than", "end")
    return Chart(f"{second.capitalize()} against {first}", [trace], header, listed, layout)


def slopes(material: Material) -> list[float | None]:
    """What one more unit of the first figure gives of the second, from the point before; None for the first."""
    x, y = columns(material)
    rows = material.rows
    found: list[float | None] = [None]
    for before, row in pairwise(rows):
        found.append(None if row[x] == before[x] else (row[y] - before[y]) / (row[x] - before[x]))
    return found


def slope_chart(material: Material) -> list[Chart]:
    """What the next unit gives, as steps between points; nothing where there are fewer than three."""
    x, y = columns(material)
    rows, found = material.rows, slopes(material)
    if len(rows) <= SECOND:
        return []
    unit = f"{unit_of(material, y)} for one more {unit_of(material, x)}"
    trace = {"type": "scatter", "mode": "lines", "name": "slope", "x": [row[x] for row in rows], "y": [found[1], *found[1:]],
             "line": {"shape": "vh", "color": COLOURS[2], "width": 2},
             "hovertemplate": f"%{{y:,.4g}} {unit}<extra></extra>"}  # fmt: skip
    listed = [(row["point"], row[x], slope) for row, slope in zip(rows, found, strict=True)]
    first = names(material)[0]
    layout = {"xaxis": {"title": {"text": f"{first}, {unit_of(material, x)}"}}, "yaxis": {"title": {"text": "from the point before"},
                                                                                        "rangemode": "tozero"}}  # fmt: skip
    return [Chart(f"What the next unit gives: {unit}", [trace], ("point", f"{first}, {unit_of(material, x)}", unit), listed, layout)]


def every(material: Material) -> Table:
    """All points, searchable."""
    x, y = columns(material)
    figures = [figure for figure in TABLE_FIGURES if figure in material.table]
    amounts = material.amounts(*AMOUNTS)
    header = ("point", f"{names(material)[0]}, {unit_of(material, x)}", f"{names(material)[1]}, {unit_of(material, y)}",
              f"{unit_of(material, y)} for one more {unit_of(material, x)}", "gap, %", "status", *map(material.header, figures),
              *map(material.label, amounts))
    rows = [(row["point"], row[x], row[y], slope, None if row["gap"] is None else clean(100 * row["gap"]), row["status"],
             *(material.cell(row, figure) for figure in figures),
             *(row[name] for name in amounts)) for row, slope in zip(material.rows, slopes(material), strict=True)]  # fmt: skip
    return Table(header, rows, True)
