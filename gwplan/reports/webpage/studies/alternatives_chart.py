"""The chart of a study of alternatives: a bar from the least to the most of each member, by verdict, and the best plan."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gwplan.reports import alternatives as words
from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.reports.webpage.escaping import BREAK, EXTRA
from gwplan.reports.webpage.studies.charts import FRAME_HEIGHT, GREY, LEAST_HEIGHT

VERDICTS = {"must have": COLOURS[0], "can avoid": COLOURS[1], "free choice": COLOURS[2], "not settled": GREY}
"""Verdicts that are drawn, and their colours; what no plan within the slack has is left out."""
KINDS = {"site": "SITES", "vendor": "VENDORS", "generation": "GENERATIONS", "supply": "SUPPLIES"}
"""Kinds of members, and the line above each."""
LINE_HEIGHT, LETTERS = 34, 20
"""Pixels of a bar, and letters of a line of its name: a telephone has room for half its width of them."""
BESIDE = 0.02
"""Room left of 0 for the mark of the best plan, as a share of the axis."""
MARK, NAMED = COLOURS[5], 3
"""Colour of the best plan, and how many members the title names."""
Row = Mapping[str, Any]


def chart(rows: Sequence[Row], within: float, named: words.Named) -> Chart | None:
    """The ranges that are drawn; None without any. One of nothing, of which nothing more is known, is left out."""
    drawn = [row for row in rows if row["verdict"] in VERDICTS and max(row["best"], reach(row)) > row["little"]]
    if not drawn:
        return None
    names, order = lanes(drawn, named)
    ranges = list(zip(names, drawn, strict=True))
    traces = [bars(verdict, [pair for pair in ranges if pair[1]["verdict"] == verdict]) for verdict in VERDICTS]
    open_ends = perhaps([pair for pair in ranges if not_ruled_out(pair[1])])
    best = {"type": "scatter", "mode": "markers", "name": "best plan", "y": names, "x": [row["best"] for row in drawn],
            "marker": {"symbol": "diamond", "size": 9, "color": MARK, "line": {"color": "#ffffff", "width": 1}}, "cliponaxis": False,
            "text": [f"{row['best']:,.4g} MW" for row in drawn],
            "hovertemplate": f"%{{y}}: best plan %{{text}}{EXTRA}"}  # fmt: skip
    widest = max(reach(row) for row in drawn) or 1.0
    # Lines without a bar are no part of a range that Plotly works out.
    layout = {"yaxis": {"type": "category", "categoryorder": "array", "categoryarray": order, "range": [len(order) - 0.5, -0.5]},
              "xaxis": {"title": {"text": "MW"}, "range": [-BESIDE * widest, (1 + 2 * BESIDE) * widest]}, "barmode": "overlay",
              "tall": max(FRAME_HEIGHT + LINE_HEIGHT * len(order), LEAST_HEIGHT)}
    table = [words.range_cells(row, named) for row in drawn]
    found = [*(trace for trace in traces if trace["y"]), *open_ends, best]
    return Chart(finding(drawn, within, named), found, words.RANGE_HEADER, table, layout)


def lanes(rows: Sequence[Row], named: words.Named) -> tuple[list[str], list[str]]:
    """The name of each row on the axis, each once, and the order of all with a line above each kind."""
    labels = [named(str(row["name"])) for row in rows]
    counts = Counter(labels)
    names = [label if counts[label] == 1 else f"{label} ({row['kind']})" for label, row in zip(labels, rows, strict=True)]
    names = [BREAK.join(textwrap.wrap(name, LETTERS)) for name in names]
    order = []
    for kind, above in KINDS.items():
        mine = [(row["most"], name) for name, row in zip(names, rows, strict=True) if row["kind"] == kind]
        order += [above, *(name for _, name in sorted(mine, key=lambda pair: -pair[0]))] if mine else []
    return names, order


def bars(verdict: str, ranges: Sequence[tuple[str, Row]]) -> dict[str, Any]:
    """From least to most, an edge wide where both are the same."""
    colour = VERDICTS[verdict]
    return {"type": "bar", "orientation": "h", "name": verdict, "y": [name for name, _ in ranges],
            "base": [row["least"] for _, row in ranges], "x": [row["most"] - row["least"] for _, row in ranges],
            "marker": {"color": colour, "line": {"color": colour, "width": 3}},
            "text": [f"{words.megawatts(row['least'])} to {words.megawatts(row['most'])} MW" for _, row in ranges], "textposition": "none",
            "hovertemplate": f"%{{y}}: %{{text}}, {verdict}{EXTRA}"}  # fmt: skip


def not_ruled_out(row: Row) -> bool:
    """True if there may be plans with less or more than was found, and it is known how much."""
    return bool(row["no_less"] < row["least"] - row["little"] or reach(row) > row["most"] + row["little"])


def reach(row: Row) -> float:
    """The most that no bound rules out; the most that was found where that says nothing."""
    most = row["no_more"]
    return float(most) if math.isfinite(most) and most <= words.TELLING * row["most"] else float(row["most"])


def perhaps(ranges: Sequence[tuple[str, Row]]) -> list[dict[str, Any]]:
    """Thin lines over what no plan was found for and no bound rules out; none without any."""
    if not ranges:
        return []
    x: list[float | None] = []
    y: list[str | None] = []
    for name, row in ranges:
        x += [max(row["no_less"], 0.0), max(reach(row), row["most"]), None]
        y += [name, name, None]
    return [{"type": "scatter", "mode": "lines", "name": "not ruled out", "x": x, "y": y, "line": {"color": GREY, "width": 2},
             "hoverinfo": "skip"}]  # fmt: skip


def finding(rows: Sequence[Row], within: float, named: words.Named) -> str:
    """What the chart shows: what every plan has, and where the choice is widest."""
    must = [named(str(row["name"])) for row in rows if row["verdict"] == "must have"]
    more = f" and {len(must) - NAMED} more" if len(must) > NAMED else ""
    slack = f"within {100 * within:g}% of the best"
    text = f"Every plan {slack} has {'; '.join(must[:NAMED])}{more}" if must else f"Nothing is proven to be in every plan {slack}"
    others = [row for row in rows if row["verdict"] != "must have"]
    widest = max(others, key=lambda row: row["most"] - row["least"], default=None)
    if widest is None or widest["most"] <= widest["least"]:
        return text
    ends = f"{words.megawatts(widest['least'])} to {words.megawatts(widest['most'])} MW"
    return f"{text}. The choice is widest of {named(str(widest['name']))}: {ends}"
