"""What a study of bottlenecks says, in words and cells; the terminal and the page share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gwplan.common.amounts import number, said
from gwplan.common.status import WITH_PLAN
from gwplan.results.figures import GOALS

WITHIN = "within the gap"
EASED_BY = {
    "money": "{more} more budget",
    "power": "{more} more on offer, {months} months sooner",
    "chips": "{more} more allocation, {months} months sooner",
    "buildings": "{more} more starts, built {months} months faster",
}
Facts = Mapping[str, Any]
Row = Mapping[str, Any]


def eased_by(name: str, facts: Facts) -> str:
    """What is eased of a class, in words."""
    return EASED_BY[name].format(more=f"{facts['more']:.0%}", months=facts["months"])


def value_text(value: float | None, facts: Facts, *, plus: bool = True) -> str:
    """An amount in the unit of the goal; blank for none."""
    return "" if value is None else said(value, GOALS[str(facts["goal"])].unit, plus=plus)


def sentence(facts: Facts, gains: Sequence[Row]) -> str:
    """What comes first: the class with the most proven value, or none."""
    first = next((row for row in gains if row["value"] is not None and row["value"] > 0 and not row["within_gap"]), None)
    if first is None:
        unproven = facts["base_unproven"]
        within = f" of {value_text(unproven, facts, plus=False)}" if unproven else ""
        return f"No class {'that was solved ' if facts['stopped'] else ''}comes first: none gains more than the gap{within}."
    power = first["gw_months"]
    more = f" and {number(power)} GW-months of IT power" if power and power > 0 else ""
    name = str(first["name"])
    verb = "come" if name in ("chips", "buildings") else "comes"
    start = f"Of the classes solved, {name}" if facts["stopped"] else name.capitalize()
    return f"{start} {verb} first: {eased_by(name, facts)} gains {value_text(first['value'], facts, plus=False)}{more}."


def note(row: Row) -> str:
    """How far a gain or a loss is to be believed; how a search without a plan ended."""
    if row["value"] is None:
        return str(row["message"]) or str(row["status"])
    parts = [] if not row["within_gap"] else [WITHIN] if row["proven"] or row["possible"] else ["none"]
    return "; ".join([*parts, *([] if row["status"] == WITH_PLAN[0] else ["stopped early"])])


def gain_cells(row: Row, facts: Facts) -> tuple[str, ...]:
    """Class, what is eased, value, least that is proven, most that is possible, GW-months, first IT power, note."""
    power = "" if row["gw_months"] is None else f"{row['gw_months']:+,.3g}" if row["gw_months"] else "0"
    return (str(row["name"]), eased_by(str(row["name"]), facts), value_text(row["value"], facts), value_text(row["proven"], facts),
            value_text(row["possible"], facts), power, str(row["first_power"]), note(row))


GAIN_HEADER = ("Class", "Eased by", "Value", "At least", "At most", "GW-months", "First IT power", "Note")


def delay_cells(row: Row, facts: Facts) -> tuple[str, ...]:
    """Class, cost of a month, GW-months lost by it, first IT power after the whole delay, note."""
    months = facts["months"]
    cost = None if row["value"] is None else -row["value"] / months
    lost = "" if row["gw_months"] is None else f"{-row['gw_months'] / months + 0.0:,.3g}"
    return str(row["name"]), value_text(cost, facts, plus=False), lost, str(row["first_power"]), note(row)


DELAY_HEADER = ("Class", "Cost of a month", "GW-months lost", "First IT power", "Note")
CHAIN_HEADER = ("Site", "First IT power", "Chain", "Soonest", "Slack, months", "First order", "Ordered", "In service")


def chain_cells(row: Row, named: Any) -> tuple[str, ...]:
    """Site, first power, chain and what sets its date, soonest, slack, first order, with a mark on the chain that sets the first power."""
    slack = f"{row['slack']}{', sets it' if row['sets'] else ''}"
    chain = f"{row['name']}: {row['step']}" if row.get("step") else str(row["name"])
    return (named(str(row["site"])), str(row["first"]), chain, str(row["soonest"]), slack,
            named(str(row["item"])), str(row["ordered"]), str(row["served"]))
