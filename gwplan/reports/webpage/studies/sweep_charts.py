"""Charts of a sweep: a figure against what was changed, as lines, as bars of overlays or as a map of two changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gwplan.common.status import WITH_PLAN
from gwplan.reports.formatting import shown
from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.reports.webpage.studies.charts import AT_FLOOR, FLOOR, GREY, line_at, month_of, tall
from gwplan.reports.webpage.studies.material import Material
from gwplan.results.figures import less_is_better

OVERLAY, BASE = "overlay", "base"
BETWEEN = ", "
FLOOR_STEP = 0.05
"""How far above one another the marks of several lines stand."""


def varied(material: Material) -> list[str]:
    """Columns of what was changed from variant to variant."""
    columns = list(material.table)
    return columns[columns.index("scenario") + 1: columns.index("status")]


def across(material: Material, figure: str) -> Chart | None:
    """A figure against what was changed: bars of overlays, lines of values, or a map of two."""
    if all(row.get(figure) is None for row in material.planned):
        return None
    names = varied(material)
    if names == [OVERLAY]:
        return overlays(material, figure)
    series = list(dict.fromkeys(tuple(row[name] for name in names[1:]) for row in material.rows))
    if len(series) > len(COLOURS) and len(names) == 2 and figure != "first_it_period":
        return heat(material, figure)
    return lines(material, figure, series if len(series) <= len(COLOURS) else None)


def drawn(material: Material, figure: str) -> Callable[[dict[str, Any]], float | None]:
    """How a figure of a row is drawn: money by its size, a period by its first month."""
    size = material.size(figure)

    def value(row: dict[str, Any]) -> float | None:
        cell = row.get(figure)
        if cell is None:
            return None
        return float(month_of(cell)) if figure == "first_it_period" else float(cell) / size

    return value


def data_rows(material: Material, figure: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Header and rows of the table behind a chart."""
    names, size = varied(material), material.size(figure)
    unit = f"{material.name(figure)}, {material.unit(figure)}"
    cells = [row.get(figure) for row in material.rows]
    values = [cell / size if isinstance(cell, (int, float)) else cell for cell in cells]
    return (*names, "status", unit), [(*(row[name] for name in names), row["status"], value)
                                      for row, value in zip(material.rows, values, strict=True)]


def lines(material: Material, figure: str, series: list[tuple[Any, ...]] | None) -> Chart:
    """One line for each combination of the values after the first; marks over the numbers of the variants where `series` is None."""
    names, value = varied(material), drawn(material, figure)
    first = "scenario" if series is None else names[0]
    groups = [("", material.rows)] if series is None else [
        (BETWEEN.join(f"{name.rpartition('.')[2]} {shown(cell)}" for name, cell in zip(names[1:], key, strict=True)),
         [row for row in material.rows if tuple(row[name] for name in names[1:]) == key]) for key in series]  # fmt: skip
    numeric = all(isinstance(row[first], (int, float)) for row in material.rows)
    traces: list[dict[str, Any]] = []
    for number, (name, rows) in enumerate(groups):
        colour = COLOURS[number]
        x, y = [row[first] if numeric else str(row[first]) for row in rows], [value(row) for row in rows]
        told = [f"{shown(row[first])}: {shown(row.get(figure) if figure == 'first_it_period' else level)}" for row, level in
                zip(rows, y, strict=True)]  # fmt: skip
        trace = {"type": "scatter", "mode": "markers" if series is None else "lines+markers", "name": name or material.name(figure),
                 "x": x, "y": y, "text": told, "hovertemplate": f"{name} %{{text}} {material.unit(figure)}<extra></extra>",
                 "line": {"color": colour, "width": 2}, "marker": {"color": colour, "size": 7}}  # fmt: skip
        if figure == "objective":
            trace["error_y"] = proof([(row["unproven"] or 0.0) / material.size(figure) for row in rows], material.goal)
        traces.append(trace)
        missing = [row for row in rows if row["status"] not in WITH_PLAN]
        if missing:
            traces.append({"type": "scatter", "mode": "markers", "name": "no plan", "yaxis": "y2",
                           "showlegend": not any(trace["name"] == "no plan" for trace in traces),
                           "x": [row[first] if numeric else str(row[first]) for row in missing],
                           "y": [AT_FLOOR + FLOOR_STEP * number] * len(missing), "text": [row["status"] for row in missing],
                           "marker": {"symbol": "x", "size": 10, "color": colour if len(groups) > 1 else GREY},
                           "hovertemplate": f"%{{x}} {name}: %{{text}}<extra></extra>"})  # fmt: skip
    axis: dict[str, Any] = {"title": {"text": "variant of the table" if series is None else first}}
    if not numeric:
        listed = list(dict.fromkeys(str(row[first]) for row in material.rows))
        axis |= {"type": "category", "categoryorder": "array", "categoryarray": listed}
    layout: dict[str, Any] = {"xaxis": axis, "yaxis": level_axis(material, figure), "yaxis2": FLOOR}
    header, rows_behind = data_rows(material, figure)
    return Chart(f"{material.name(figure)}, {material.unit(figure)}", traces, header, rows_behind, layout)


def proof(amounts: list[float], goal: str) -> dict[str, Any]:
    """Bars to where the best plan may lie, which is on the better side."""
    down = less_is_better(goal)
    zeros = [0.0] * len(amounts)
    return {"type": "data", "symmetric": False, "array": zeros if down else amounts, "arrayminus": amounts if down else zeros,
            "color": GREY, "thickness": 1, "width": 3}  # fmt: skip


def level_axis(material: Material, figure: str) -> dict[str, Any]:
    """The axis of a figure; periods by name."""
    if figure != "first_it_period":
        return {"title": {"text": material.unit(figure)}}
    periods = sorted({row[figure] for row in material.planned if row[figure] is not None}, key=month_of)
    return {"tickvals": [month_of(period) for period in periods], "ticktext": periods}


def heat(material: Material, figure: str) -> Chart:
    """A figure as a map of two changes; a cross where there is no plan."""
    (across_name, up_name), value = varied(material), drawn(material, figure)
    across_values = list(dict.fromkeys(shown(row[across_name]) for row in material.rows))
    up_values = list(dict.fromkeys(shown(row[up_name]) for row in material.rows))
    found = {(shown(row[across_name]), shown(row[up_name])): value(row) for row in material.rows}
    unit = material.unit(figure)
    traces: list[dict[str, Any]] = [{
        "type": "heatmap", "x": across_values, "y": up_values, "z": [[found.get((x, y)) for x in across_values] for y in up_values],
        "colorscale": "Cividis", "colorbar": {"title": {"text": unit}, "thickness": 12},
        "hovertemplate": f"%{{x}}, %{{y}}: %{{z:,.4g}} {unit}<extra></extra>",
    }]  # fmt: skip
    missing = [key for key, level in found.items() if level is None]
    if missing:
        traces.append({"type": "scatter", "mode": "markers", "x": [x for x, _ in missing], "y": [y for _, y in missing], "name": "no plan",
                       "marker": {"symbol": "x", "size": 9, "color": GREY}, "hovertemplate": "%{x}, %{y}: no plan<extra></extra>"})
    layout = {"xaxis": {"type": "category", "title": {"text": across_name}}, "yaxis": {"type": "category", "title": {"text": up_name}},
              "tall": tall(len(up_values))}  # fmt: skip
    header, rows = data_rows(material, figure)
    return Chart(f"{material.name(figure)}, {unit}", traces, header, rows, layout)


def overlays(material: Material, figure: str) -> Chart:
    """A bar for each overlay, with its difference from the unchanged model; marks instead of bars for dates."""
    value, unit = drawn(material, figure), material.unit(figure)
    names, levels = [str(row[OVERLAY]) for row in material.rows], [value(row) for row in material.rows]
    centre = next((level for name, level in zip(names, levels, strict=True) if name == BASE), None)
    dates = figure == "first_it_period"
    told = [row["status"] if level is None else str(row[figure]) if dates else f"{shown(level)}{change(row, material, figure)}"
            for row, level in zip(material.rows, levels, strict=True)]  # fmt: skip
    colours = [GREY if name == BASE else COLOURS[0] for name in names]
    trace: dict[str, Any] = {"y": names, "x": levels, "text": told, "cliponaxis": False, "marker": {"color": colours, "size": 11},
                             "hovertemplate": f"%{{y}}: %{{text}} {'' if dates else unit}<extra></extra>"}  # fmt: skip
    if dates:
        trace |= {"type": "scatter", "mode": "markers"}
    else:
        trace |= {"type": "bar", "orientation": "h", "textposition": "auto", "marker": {"color": colours}}
    axis = level_axis(material, figure)
    layout: dict[str, Any] = {"yaxis": {"type": "category", "autorange": "reversed"}, "xaxis": axis, "tall": tall(len(names))}
    if centre is not None:
        layout["shapes"] = [line_at(centre, layer="below")[0]]
    header, rows = data_rows(material, figure)
    return Chart(f"{material.name(figure)}, {unit}", [trace], header, rows, layout)


def change(row: dict[str, Any], material: Material, figure: str) -> str:
    """By how much a row's figure differs from that of the base, as text; * where that is not proven."""
    base = next((each for each in material.rows if each.get(OVERLAY) == BASE), None)
    if base is None or base.get(figure) is None or row is base:
        return ""
    amount = row[figure] - base[figure]
    percent = f", {amount / abs(base[figure]):+.1%}" if base[figure] else ""
    return f" ({amount / material.size(figure):+,.4g}{percent}){'*' if figure == 'objective' and below_proof(row, base) else ''}"


def below_proof(row: dict[str, Any], other: dict[str, Any]) -> bool:
    """True if the objectives of two rows differ, but by no more than what is unproven of both."""
    amount, proven = abs(row["objective"] - other["objective"]), (row["unproven"] or 0.0) + (other["unproven"] or 0.0)
    return bool(0 < amount <= proven)
