"""Plans by simple rules beside the plan of a run: what `gwplan reference` has kept, as bars of what each costs and as a table."""

from __future__ import annotations

from typing import Any

from gwplan.analysis.reference import BEST
from gwplan.common.amounts import is_money, money, said, table_unit
from gwplan.reports.reference_plans import impossible, is_proven, others
from gwplan.reports.webpage.charts import COLOURS, Chart, some
from gwplan.reports.webpage.page import Section, Table
from gwplan.results.run_folder import RunFolder

TITLE = "What simple rules cost"
HEADER = ("plan", "status", "goal", "costs more", "proven", "first build", "targets met", "what it is")
PROVEN, NOT_PROVEN = COLOURS[0], COLOURS[-1]
BAR_HEIGHT, FRAME_HEIGHT = 36, 130
"""Pixels of a bar, and of what is around all."""


def section(run: RunFolder) -> Section:
    """The section of a run; empty where nobody asked for it."""
    found = run.reference
    if found is None:
        return Section("reference", TITLE)
    none = impossible(found)
    text = "Each rule is the model with something excluded, or with another goal before its own; the rest is free and solved to the same " \
           "goal and gap. A bar of a cost that the gaps of both plans leave unproven is grey."
    text += f" No plan keeps: {', '.join(none)}." if none else ""
    return Section("reference", TITLE, text, some(chart(found)), [Table(HEADER, [cells(found, each) for each in found["plans"]])])


def cells(found: dict[str, Any], each: dict[str, Any]) -> tuple[str, ...]:
    """A row of the table."""
    words = "; ".join(filter(None, (each["words"], each["message"])))
    if each["objective"] is None:
        return (each["name"], each["status"], "", "", "", "", "", words)
    unit = found["unit"]
    cost = "" if each["name"] == BEST else "the same" if each["message"] else said(each["cost"], unit)
    sure = "" if not cost or each["message"] else "yes" if is_proven(found, each) else "no"
    met = each["met"] or "never"
    return (each["name"], each["status"], said(each["objective"], unit), cost, sure, money(each["capital"] or 0.0), met, words)


def chart(found: dict[str, Any]) -> Chart | None:
    """A bar for each rule that has a plan of its own, the dearest first; None without any."""
    rows, unit = others(found), found["unit"]
    if not rows:
        return None
    words, size = table_unit(unit, [each["cost"] for each in rows]) if is_money(unit) else (unit, 1.0)
    bars = {"type": "bar", "orientation": "h", "name": "costs more than the best plan", "y": [each["name"] for each in rows],
            "x": [each["cost"] / size for each in rows], "textposition": "auto", "textangle": 0, "cliponaxis": False,
            "marker": {"color": [PROVEN if is_proven(found, each) else NOT_PROVEN for each in rows]},
            "text": [said(each["cost"], unit) for each in rows], "hovertemplate": "%{y}: %{text}<extra></extra>"}  # fmt: skip
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}, "tall": FRAME_HEIGHT + BAR_HEIGHT * len(rows),
              "xaxis": {"zeroline": True, "title": {"text": words}}}
    table = [(each["name"], each["cost"], each["unproven"]) for each in rows]
    return Chart(finding(found, rows), [bars], ("plan", f"costs more, {unit}", "its goal is proven to within"), table, layout)


def finding(found: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """What the chart shows, in a sentence: the dearest rule and the cheapest."""
    unit, first, last = found["unit"], rows[0], rows[-1]
    if first is last:
        return f"{capital(first['name'])} costs {said(first['cost'], unit)} more than the best plan"
    dearest = f"{capital(first['name'])} costs most, {said(first['cost'], unit)} more than the best plan"
    return f"{dearest}; {last['name']} costs {said(last['cost'], unit)}"


def capital(name: str) -> str:
    """A name at the beginning of a sentence."""
    return name[:1].upper() + name[1:]
