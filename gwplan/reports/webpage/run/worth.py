"""What more of each limit is worth: what `gwplan worth` has kept beside the run, as bars with what is proven of them, and as a table."""

from __future__ import annotations

from typing import Any

from gwplan.common.amounts import table_unit
from gwplan.inputs.values import DATE
from gwplan.reports.webpage.charts import COLOURS, Chart, some
from gwplan.reports.webpage.escaping import BREAK, EXTRA
from gwplan.reports.webpage.page import Section, Table
from gwplan.reports.worth import between, in_words, limit_words, proven, slope_words, step_words, text
from gwplan.results.run_folder import RunFolder

PROVEN, NOT_PROVEN = COLOURS[0], COLOURS[-1]
BAR_HEIGHT, FRAME_HEIGHT = 56, 130
"""Pixels of a bar with its two lines of text, and of what is around all."""
HEADER = ("limit", "now", "step", "worth", "proven", "one more (local)", "local", "solved again", "row to edit", "note")


def section(run: RunFolder) -> Section:
    """The section of a run; empty where nobody asked for it."""
    found = run.worth
    if found is None:
        return Section("worth", "What more of each limit is worth")
    return Section("worth", "What more of each limit is worth", said(run, found), some(chart(run, found)),
                   [Table(HEADER, [cells(run, found, row) for row in found["limits"]])])


def said(run: RunFolder, found: dict[str, Any]) -> str:
    """How the numbers are meant, and what is not among them."""
    words = ["Each limit is relaxed by a step and the plan re-optimised; the most first. Proven is between the ends that the gaps of both "
             f"plans leave; the run's plan itself is proven to {text(found['unit'], found['unproven']) or 'an unknown distance'}. "
             "A bar of a step that is not proven to gain anything is grey. One more (local) is for a small change with whole numbers "
             "fixed. Solved again: without a start too."]
    left, unknown = found["left_out"], found["rules_without_a_number"]
    words += [f"Not solved: {', '.join(limit_words(run, name) for name in left)}."] if left else []
    words += [f"These bind too, and are not traced to a number: {', '.join(unknown)}."] if unknown else []
    return " ".join([*words, *(["Stopped early."] if found["stopped"] else [])])


def cells(run: RunFolder, found: dict[str, Any], row: dict[str, Any]) -> tuple[str, ...]:
    """A row of the table."""
    unit, local = found["unit"], row["local"]
    again = "" if row["worth"] is None else "yes" if row["confirmed_cold"] else "no"
    now = row["base"] if row["unit"] == DATE else in_words(row["value"], row["unit"])
    slope, holds = slope_words(unit, row), between(local and local["between"])
    rows = ", ".join(place["row"] for place in row["rows"])
    return (limit_words(run, row["limit"]), now, step_words(row), text(unit, row["worth"]), proven(unit, row["proven"]), slope, holds,
            again, rows, row["note"])


def chart(run: RunFolder, found: dict[str, Any]) -> Chart | None:
    """A bar for each step with an error bar of what is proven, and a mark where the local slope would put it; None without any."""
    rows = [row for row in found["limits"] if row["worth"] is not None]
    if not rows:
        return None
    unit, ends = found["unit"], [row["proven"] for row in rows]
    local = [None if row["local"] is None else row["local"]["per_unit"] * abs(row["step_size"]) for row in rows]
    highest = [value for value in (*(row["worth"] for row in rows), *(end[1] for end in ends), *local) if value is not None]
    words, size = table_unit(unit, highest)
    names = [f"{limit_words(run, row['limit'])}{BREAK}{step_words(row)}: {text(unit, row['worth'])}" for row in rows]
    worths = [row["worth"] / size for row in rows]
    reach = {"type": "data", "symmetric": False, "thickness": 1.5, "width": 5,
             "array": [0.0 if most is None else max(most / size - worth, 0.0) for (_, most), worth in zip(ends, worths, strict=True)],
             "arrayminus": [max(worth - least / size, 0.0) for (least, _), worth in zip(ends, worths, strict=True)]}  # fmt: skip
    bars = {"type": "bar", "orientation": "h", "name": "worth of the step; the line is what is proven", "y": names, "x": worths,
            "error_x": reach, "marker": {"color": [PROVEN if least > 0 else NOT_PROVEN for least, _ in ends]},
            "text": [f"worth {text(unit, row['worth'])}, proven {proven(unit, row['proven'])}" for row in rows], "textposition": "none",
            "hovertemplate": f"%{{y}}{BREAK}%{{text}}{EXTRA}"}  # fmt: skip
    known = [place for place, value in enumerate(local) if value is not None]
    marks = {"type": "scatter", "mode": "markers", "name": "local slope times the step", "y": [names[place] for place in known],
             "x": [(local[place] or 0.0) / size for place in known], "cliponaxis": False,
             "marker": {"symbol": "diamond", "size": 10, "color": COLOURS[1]},
             "text": [text(unit, local[place]) for place in known],
             "hovertemplate": f"%{{y}}{BREAK}local slope times the step: %{{text}}{EXTRA}"}  # fmt: skip
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}, "tall": FRAME_HEIGHT + BAR_HEIGHT * len(rows),
              "xaxis": {"zeroline": True, "rangemode": "tozero", "title": {"text": words}}}
    table = [(limit_words(run, row["limit"]), step_words(row), row["worth"], *row["proven"], by_slope)
             for row, by_slope in zip(rows, local, strict=True)]
    header = ("limit", "step", f"worth, {unit}", "at least", "at most", "local slope times the step")
    return Chart(finding(run, found, rows), [bars, *([marks] if known else [])], header, table, layout)


def finding(run: RunFolder, found: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """What the chart shows, in a sentence: the step that is worth most, and how much of that is proven."""
    first, unit = rows[0], found["unit"]
    if not first["worth"]:
        return "No step of a limit makes the plan better"
    least = first["proven"][0]
    sure = f"at least {text(unit, least)} is proven" if least > 0 else "none of it is proven"
    return f"{limit_words(run, first['limit'])}, {step_words(first)}, is worth most: {text(unit, first['worth'])}; {sure}"
