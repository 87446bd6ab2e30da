"""The page of a stress test: what each number does to the re-optimised and to the fixed base plan, and what it is worth to know it."""

from __future__ import annotations

from typing import Any

from gwplan.common.amounts import DUST
from gwplan.common.status import WITH_PLAN
from gwplan.reports.formatting import clean, counted, rows_of
from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.charts import FAINT, STRONG, line_at, tall
from gwplan.reports.webpage.studies.material import Material

OF_OBJECTIVE = ("objective_", "swing", "value_of_knowing_", "unproven")
"""Columns of the tornado in the unit of the objective."""
TOP = 25
"""Numbers that the charts show; the table has all."""
ENDS = {"low": COLOURS[4], "high": COLOURS[1]}
"""The ends of a range, with their colours."""
MARGIN = 0.06
"""Share of the span of a tornado that is left free on either side."""


def page(material: Material) -> Page:
    """The page of a stress test."""
    rows = [scaled(material, row) for row in rows_of(material.tables["tornado"])]
    knowing = known(material, rows)
    failing = fails(rows)
    sections = [
        Section("tornado", "What moves the plan", tornado_text(material), tornado(material, rows)),
        Section("knowing", "Value of perfect information", knowing_text(material, rows), knowing),
        Section("fails", "Where the base plan fails", "There is a plan there, but the base plan cannot be carried out.",
                tables=[Table(("number", "at", "value", "the base plan"), failing)] if failing else []),
        Section("numbers", "All numbers", tables=[every(material, rows)]),
    ]  # fmt: skip
    sections = [section for section in sections if section.charts or section.tables or section.key == "knowing"]
    return Page(material.title, sentence(material, rows), standing(material, rows), "Stress test", cards(material, rows), sections,
                material.footer)  # fmt: skip


def scaled(material: Material, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the tornado with its objectives, and differences of them, in the unit that they are shown in."""
    size = material.size("objective")
    return {name: value / size if name.startswith(OF_OBJECTIVE) and value is not None else value for name, value in row.items()}


def said(material: Material, value: float) -> str:
    """An objective, or a difference of two, in the unit that they are shown in, with that unit."""
    return material.said("objective", value * material.size("objective"))


def base_of(material: Material) -> tuple[float, float]:
    """The objective of the base plan, and what is unproven of it, in the unit that they are shown in."""
    size = material.size("objective")
    return float(material.facts["base_objective"]) / size, float(material.facts["base_unproven"] or 0.0) / size


def sentence(material: Material, rows: list[dict[str, Any]]) -> str:
    """What was asked, and the base plan."""
    objective, unproven = base_of(material)
    return (f"{counted(len(rows), 'number')}, one at a time at low and high. "
            f"The base plan gives {said(material, objective)}, proven to within {said(material, unproven)}.")


def standing(material: Material, rows: list[dict[str, Any]]) -> str:
    """How many numbers move the result at all, and which ends have no plan."""
    below, none = (sum(row["note"] == note for row in rows) for note in ("below the proven gap", "no change"))
    text = (f"{len(rows) - below - none:,} of them move the objective by more than what is unproven; {below:,} by less, "
            f"which may be chance; {none:,} do not move it.")
    lost = sum(row[f"status_{end}"] not in ("", *WITH_PLAN) for row in rows for end in ENDS)
    return f"{text} There is no plan at {counted(lost, 'end')} of their ranges." if lost else text


def cards(material: Material, rows: list[dict[str, Any]]) -> list[Card]:
    """The base, the widest swing, the largest value of knowing."""
    objective, unproven = base_of(material)
    found = [Card("base_objective", material.facts["base_objective"], said(material, objective), "objective of the base plan"),
             Card("base_unproven", material.facts["base_unproven"], said(material, unproven), "not proven of it")]  # fmt: skip
    if rows:
        found.append(Card("swing", rows[0]["swing"], said(material, rows[0]["swing"]), f"widest swing: {rows[0]['key']}"))
    worth = best_known(rows)
    if worth:
        value, row, end = worth[0]
        found.append(Card("knowing", value, said(material, value), f"highest value of information: {row['key']} at {end}"))
    return [*found, Card("fails", len(fails(rows)), f"{len(fails(rows)):,}", "ends of ranges where the base plan fails")]


def tornado_text(material: Material) -> str:
    """How to read the tornado."""
    return ("Bars: the objective when re-optimised with the number at its low or high, from that of the base plan "
            f"({said(material, base_of(material)[0])}, dashed). Diamonds: what the fixed base plan gives there; none where it cannot be "
            "carried out. Faint bars are no wider than what is unproven.")


def tornado(material: Material, every_row: list[dict[str, Any]]) -> list[Chart]:
    """The widest swings: bars of the re-optimised plans, diamonds of the base plan. Nothing where nothing moves."""
    rows = [row for row in every_row if row["swing"] > 0 or any(kept_moves(material, row, end) for end in ENDS)][:TOP]
    if not rows:
        return []
    centre, unit = base_of(material)[0], material.unit("objective")
    names = [row["key"] for row in rows]
    traces: list[dict[str, Any]] = []
    for end, colour in ENDS.items():
        best = [row[f"objective_{end}"] for row in rows]
        told = [f"at {end}, {given(row, end)}: " + (row[f"status_{end}"] or "as the base" if level is None else said(material, level))
                for row, level in zip(rows, best, strict=True)]  # fmt: skip
        traces.append({"type": "bar", "orientation": "h", "name": f"at {end}, re-optimised", "y": names, "base": centre,
                       "x": [0.0 if level is None else level - centre for level in best], "text": told, "textposition": "none",
                       "marker": {"color": colour, "opacity": [FAINT if row["note"] else STRONG for row in rows]},
                       "hovertemplate": "%{y} %{text}<extra></extra>"})  # fmt: skip
    for end, colour in ENDS.items():
        with_kept = [row for row in rows if row[f"objective_base_plan_{end}"] is not None]
        if with_kept:
            kept = [row[f"objective_base_plan_{end}"] for row in with_kept]
            traces.append({"type": "scatter", "mode": "markers", "name": f"at {end}, base plan", "y": [row["key"] for row in with_kept],
                           "x": kept, "text": [f"at {end}: {said(material, level)}" for level in kept], "cliponaxis": False,
                           "marker": {"symbol": "diamond", "size": 9, "color": colour, "line": {"color": "#555555", "width": 1}},
                           "hovertemplate": "%{y}, base plan %{text}<extra></extra>"})  # fmt: skip
    levels = [level for row in rows for end in ENDS for level in (row[f"objective_{end}"], row[f"objective_base_plan_{end}"])
              if level is not None] + [centre]  # fmt: skip
    margin = (max(levels) - min(levels)) * MARGIN or 1.0
    layout = {"barmode": "overlay", "tall": tall(len(rows)), "yaxis": {"type": "category", "autorange": "reversed"},
              "shapes": [line_at(centre)[0]],
              "xaxis": {"range": [min(levels) - margin, max(levels) + margin], "title": {"text": unit}}}  # fmt: skip
    header = ("number", "at low, re-optimised", "at high, re-optimised", "at low, base plan", "at high, base plan", "note")
    listed = [(row["key"], row["objective_low"], row["objective_high"], row["objective_base_plan_low"], row["objective_base_plan_high"],
               row["note"]) for row in rows]  # fmt: skip
    title = f"Objective with one number at its low or high, {unit}: the widest {len(rows)} of {len(every_row)}"
    return [Chart(title, traces, header, listed, layout)]


def kept_moves(material: Material, row: dict[str, Any], end: str) -> bool:
    """True if the fixed base plan gives something else at an end."""
    level = row[f"objective_base_plan_{end}"]
    return level is not None and abs(level - base_of(material)[0]) > DUST


def given(row: dict[str, Any], end: str) -> str:
    """The value at an end, with its unit."""
    value = row[end] if row[end] is not None else row["base"]
    try:
        text = f"{float(str(value)):,.4g}"
    except ValueError:
        return str(value)
    return text if row["unit"] in ("1", "date") else f"{text} {row['unit']}"


def best_known(rows: list[dict[str, Any]]) -> list[tuple[float, dict[str, Any], str]]:
    """Value of information, row and end, where the value is more than what is unproven; the greatest first."""
    found = [(row[f"value_of_knowing_{end}"], row, end) for row in rows for end in ENDS
             if row[f"value_of_knowing_{end}"] is not None and row[f"value_of_knowing_{end}"] > row["unproven"]]  # fmt: skip
    return sorted(found, key=lambda each: (-each[0], each[1]["key"]))


def known(material: Material, rows: list[dict[str, Any]]) -> list[Chart]:
    """Bars of the value of knowing a number before deciding (perfect information)."""
    found = best_known(rows)[:TOP]
    if not found:
        return []
    unit = material.unit("objective")
    names = list(dict.fromkeys(row["key"] for _, row, _ in found))
    traces = []
    for end, colour in ENDS.items():
        mine = [(value, row) for value, row, at in found if at == end]
        if mine:
            told = [f"{end}, {given(row, end)}: {said(material, value)}" for value, row in mine]
            traces.append({"type": "bar", "orientation": "h", "name": f"at {end}", "y": [row["key"] for _, row in mine],
                           "x": [value for value, _ in mine], "text": told, "textposition": "none", "marker": {"color": colour},
                           "hovertemplate": "%{y} at %{text}<extra></extra>"})  # fmt: skip
    layout = {"barmode": "group", "tall": tall(len(found)), "xaxis": {"rangemode": "tozero", "title": {"text": unit}},
              "yaxis": {"type": "category", "categoryorder": "array", "categoryarray": names, "autorange": "reversed"}}  # fmt: skip
    listed = [(row["key"], end, given(row, end), value) for value, row, end in found]
    return [Chart(f"Value of perfect information, {unit}", traces, ("number", "at", "value", f"worth, {unit}"), listed, layout)]


def knowing_text(material: Material, rows: list[dict[str, Any]]) -> str:
    """The value of perfect information in words."""
    if not best_known(rows):
        return ("To know any one of these numbers in advance is worth less than the gap: wherever the base plan can be carried out, no "
                "other plan is proven to be better.")
    return "By how much the re-optimised plan is better than the base plan, where that is more than what is unproven of both."


def fails(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Ends where there is a plan, but the base plan cannot be carried out."""
    return [(row["key"], end, given(row, end), row[f"base_plan_{end}"]) for row in rows for end in ENDS
            if row[f"base_plan_{end}"] not in ("", *WITH_PLAN) and row[f"status_{end}"] in WITH_PLAN]  # fmt: skip


def every(material: Material, rows: list[dict[str, Any]]) -> Table:
    """All numbers, searchable."""
    unit = material.unit("objective")
    header = ("number", "base", "low", "high", "unit", f"at low, {unit}", f"at high, {unit}", f"swing, {unit}", "base plan at low",
              "base plan at high", "value of information, low", "value of information, high", "unproven", "note")  # fmt: skip
    listed = [(row["key"], *("" if row[column] is None else given({**row, "unit": "1"}, column) for column in ("base", *ENDS)),
               row["unit"] if row["unit"] not in ("1", "date") else "", *(end_cell(row, end) for end in ENDS), clean(row["swing"]),
               *(kept_cell(row, end) for end in ENDS), *(clean(row[f"value_of_knowing_{end}"]) for end in ENDS), clean(row["unproven"]),
               row["note"]) for row in rows]  # fmt: skip
    return Table(header, listed, True)


def end_cell(row: dict[str, Any], end: str) -> Any:
    """The objective of the re-optimised plan at an end, else how that ended."""
    return row[f"status_{end}"] if row[f"objective_{end}"] is None else row[f"objective_{end}"]


def kept_cell(row: dict[str, Any], end: str) -> Any:
    """The objective of the base plan at an end, else how that ended."""
    return row[f"base_plan_{end}"] if row[f"objective_base_plan_{end}"] is None else row[f"objective_base_plan_{end}"]
