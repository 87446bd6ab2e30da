"""What users wrote, on a page: text and nothing else, in HTML and in charts.

Plotly reads a little HTML in every text of a chart (bold, links, line breaks). What is ours of that is written with
`BREAK` and `EXTRA`; all else is shown as it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.common.printable import printable

if TYPE_CHECKING:
    from jinja2 import Environment

    from gwplan.reports.webpage.charts import Chart

HERE = Path(__file__).parent
BREAK = "\ufdd0"
"""A line break in a text of a chart: a sign that no text has."""
EXTRA = "<extra></extra>"
"""Ends a template of what is shown on pointing: no second box beside it."""


def environment(*folders: Path) -> Environment:
    """Where templates come from, first from some folders; whatever is put into one is escaped and cannot turn the text around it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader([*folders, HERE])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                       finalize=_finalized)


def _finalized(value: Any) -> Any:
    """A text without controls; what is HTML already stays as it is."""
    return printable(value) if type(value) is str else value


def figures_json(figures: Iterable[Chart]) -> str:
    """Traces and layouts of charts as JSON that may stand inside a script. ValueError for a number that is not finite."""
    data = [plain_figure(chart) for chart in figures]
    # A closing tag or a comment inside a text must not end the script that holds it.
    return json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def plain_figure(chart: Chart) -> dict[str, Any]:
    """A figure as plain data, its texts as Plotly shows them unchanged."""
    return {"traces": escaped(chart.traces), "layout": escaped(chart.layout)}


def escaped(value: Any, key: str = "") -> Any:
    """A part of a figure with its texts as Plotly shows them unchanged; templates may end in EXTRA."""
    if isinstance(value, str):
        template = key == "hovertemplate" and value.endswith(EXTRA)
        text = printable(value.removesuffix(EXTRA) if template else value)
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace(BREAK, "<br>")
        return text + EXTRA if template else text
    if isinstance(value, Mapping):
        return {name: escaped(each, str(name)) for name, each in value.items()}
    return [escaped(each, key) for each in value] if isinstance(value, (list, tuple)) else value
