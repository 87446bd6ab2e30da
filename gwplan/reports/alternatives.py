"""What a study of alternatives says, in words and cells; the terminal and the page share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gwplan.common.amounts import number, said
from gwplan.results.figures import GOALS

Row = Mapping[str, Any]
Named = Callable[[str], str]
RANGE_HEADER = ("Kind", "Name", "Best plan", "Least", "Most", "Verdict")
PLAN_HEADER = ("Plan", "Goal", "Share", "Different", "Sites", "Generations", "Supplies")
TELLING = 3.0
"""A bound above this many times the most that was found says nothing: `perhaps more`."""
LEAST_SHOWN = 0.005
"""Share of the MW of a kind below which a member of a plan is not listed."""


def sentence(facts: Row, ranges: Sequence[Row], named: Named) -> str:
    """How many members every plan must have, and which."""
    must = [named(row["name"]) for row in ranges if row["verdict"] == "must have"]
    avoid = sum(row["verdict"] == "can avoid" for row in ranges)
    free = sum(row["verdict"] == "free choice" for row in ranges)
    every = f"every plan has {', '.join(must)}" if must else "no member is proven to be in every plan"
    start = "As far as it was searched, within" if facts["stopped"] else "Within"
    slack = f"{100 * facts['within']:g}%"
    return f"{start} {slack} of the best plan {every}; {avoid} of its members can be avoided, {free} others are a free choice."


def range_cells(row: Row, named: Named) -> tuple[str, ...]:
    """Kind, name, MW in the best plan, least, most, verdict."""
    least, most = megawatts(row["least"]), megawatts(row["most"])
    if row["no_less"] < row["least"] - row["little"]:
        least += f" (perhaps {megawatts(max(row['no_less'], 0.0))})"
    if row["no_more"] > row["most"] + row["little"]:
        most += f" (perhaps {megawatts(row['no_more'])})" if row["no_more"] <= TELLING * row["most"] else " (perhaps more)"
    return str(row["kind"]), named(str(row["name"])), megawatts(row["best"]), least, most, str(row["verdict"])


def plan_cells(row: Row, facts: Row, named: Named) -> tuple[str, ...]:
    """Number, loss of the goal, its share, difference, and the MW of its sites, generations and supplies."""
    place = int(row["plan"])
    loss = "best" if not place else said(row["loss"], GOALS[str(facts["goal"])].unit, plus=True)
    lists = [built(row, kind, named) for kind in ("site", "generation", "supply")]
    return str(place), loss, "" if not place else f"{row['loss_share']:.2%}", "" if not place else f"{row['difference']:.0%}", *lists


def built(row: Row, kind: str, named: Named) -> str:
    """The members of a kind in a plan with their MW, most first."""
    amounts = {str(name).partition(".")[2]: float(value) for name, value in row.items() if str(name).startswith(f"{kind}.")}
    whole = sum(amounts.values())
    kept = sorted(((amount, name) for name, amount in amounts.items() if amount > LEAST_SHOWN * whole), reverse=True)
    return ", ".join(f"{named(name)} {megawatts(amount)}" for amount, name in kept)


def megawatts(value: float) -> str:
    """MW as a number; 0 for rounding."""
    return number(value) if abs(value) >= LEAST_SHOWN else "0"
