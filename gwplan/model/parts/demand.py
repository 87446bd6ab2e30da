"""Demand: power that is wanted at a site whatever is decided, for studies of power alone.

It takes the place of halls, accelerators and cooling, or stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.model.block import Block, Expression, Key, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger

TABLE = Table(
    "demand",
    (Kind("demand"),),
    (
        Quantity("power", "demand", "MW", "power at the meter in the worst hour", ("site", "when"), optional=True, least=0,
                 sane=(0, 20000)),
        Quantity("mean_share", "demand", "1", "mean power / that of the worst hour", ("site", "when"), default=1.0, least=0, most=1,
                 sane=(0.3, 1)),
        Quantity("shape", "demand", "label", "hourly series of the load, of profiles/_load.csv; flat by default", optional=True),
    ),
)


def check(case: Case) -> Iterator[Fault]:
    """A shape is a series of the case."""
    for load in case.items("demand"):
        name = case.get_label("demand", load, "shape")
        if name and case.hours is not None and case.hours.mean("", name) is None:
            yield Fault(*case.location("demand", load, "shape"), f"{load}.shape: profiles/_load.csv has no series {name!r}")


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Enter the load, in the worst hour and in each slice."""
    peak: dict[Key, Expression] = {}
    mean: dict[Key, Expression] = {}
    for site, period in product(case.items("site"), range(len(case.calendar.periods))):
        power = {load: case.get("demand", load, "power", site, period) or 0.0 for load in case.items("demand")}
        peak[site, period] = total(power.values())
        for part in case.calendar.slices:
            mean[site, period, part.name] = total(
                amount * case.number("demand", load, "mean_share", site, period) * shape(case, load, part.name)
                for load, amount in power.items())  # fmt: skip
    exchange.make("facility_peak", "demand", peak)
    exchange.make("facility_mean", "demand", mean)


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Nothing: the load is as given."""


def shape(case: Case, load: str, part: str) -> float:
    """Load in a slice over its mean of the year."""
    name = case.get_label("demand", load, "shape")
    value = case.hours.value("", name, part) if name and case.hours is not None else None
    return 1.0 if value is None else value
