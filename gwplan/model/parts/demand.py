"""Demand: power that is wanted at a site, for studies of power alone: all of it whatever is decided, or as much as is served.

It takes the place of halls, accelerators and cooling, or stands beside them. What is `as_served` is taken up as the goal or a target
asks for it, and is then kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger

AS_GIVEN, AS_SERVED = "as_given", "as_served"
LOAD = ("load", "site", "period")

TABLE = Table(
    "demand",
    (Kind("demand"),),
    (
        Quantity("power", "demand", "MW", "power at the meter in the worst hour", ("site", "when"), optional=True, least=0,
                 sane=(0, 20000)),
        Quantity("mean_share", "demand", "1", "mean power / that of the worst hour", ("site", "when"), default=1.0, least=0, most=1,
                 sane=(0.3, 1)),
        Quantity("taken", "demand", "label", "as_given: all of it, whatever is decided; as_served: as much as the plan takes up, and keeps",
                 default=AS_GIVEN, labels=(AS_GIVEN, AS_SERVED)),
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
    """Enter the load, in the worst hour and in each slice; of loads that are taken up as they are served, what is."""
    periods = range(len(case.calendar.periods))
    keys = product(case.items("demand"), case.items("site"), periods)
    wanted = {key: case.get("demand", key[0], "power", *key[1:]) or 0.0 for key in keys}
    free = [key for key in wanted if wanted[key] and is_as_served(case, key[0])]
    taken = block.variable("taken", LOAD, free, unit="MW", doc="power at the meter in the worst hour that is taken up")
    power = {key: taken.get(key, amount) for key, amount in wanted.items()}
    peak: dict[Key, Expression] = {}
    mean: dict[Key, Expression] = {}
    for site, period in product(case.items("site"), periods):
        peak[site, period] = total(power[load, site, period] for load in case.items("demand"))
        for part in case.calendar.slices:
            mean[site, period, part.name] = total(
                case.number("demand", load, "mean_share", site, period) * shape(case, load, part.name) * power[load, site, period]
                for load in case.items("demand"))  # fmt: skip
    exchange.make("facility_peak", "demand", peak)
    exchange.make("facility_mean", "demand", mean)
    bind_taken(block, wanted)


def is_as_served(case: Case, load: str) -> bool:
    """True for a load that is taken up as it is served."""
    return case.label("demand", load, "taken") == AS_SERVED


def bind_taken(block: Block, wanted: dict[Key, float]) -> None:
    """What is taken up is within what is wanted, and is kept."""
    taken = block.variables["taken"].data

    @block.rule(LOAD, taken)
    def taken_within_wanted(load: str, site: str, period: int) -> Relation:
        """Load taken up is at most the load that is wanted."""
        return at_most(taken[load, site, period], wanted[load, site, period])

    kept = [key for key in taken if (*key[:2], key[2] - 1) in taken]

    @block.rule(LOAD, kept)
    def taken_is_kept(load: str, site: str, period: int) -> Relation:
        """Load taken up is at least that of the period before, less what is no longer wanted."""
        key, before = (load, site, period), (load, site, period - 1)
        return at_least(taken[key] - taken[before], min(0.0, wanted[key] - wanted[before]))


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Nothing: the load is as given."""


def shape(case: Case, load: str, part: str) -> float:
    """Load in a slice over its mean of the year."""
    name = case.get_label("demand", load, "shape")
    value = case.hours.value("", name, part) if name and case.hours is not None else None
    return 1.0 if value is None else value
