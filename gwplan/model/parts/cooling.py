"""Cooling: from IT power to power at the meter, and the water it takes.

Two ratios, because two things are bought: the ratio at the worst hour sizes the supply, the mean over the year (PUE)
buys the energy.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle
from gwplan.inputs.profiles import INFERENCE, TEMPERATURE, TRAINING
from gwplan.model.block import Block, Expression, Key, Relation, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.tenure import HOSTED

TABLE = Table(
    "cooling",
    (Kind("cooling"),),
    (
        Quantity("peak_ratio", "cooling", "1", "facility / IT power at the worst hour", ("site", "when"), least=1, sane=(1.05, 2)),
        Quantity("mean_ratio", "cooling", "1", "facility / IT power over the year (PUE)", ("site", "when"), least=1, sane=(1.02, 2)),
        Quantity("ratio_per_degree", "cooling", "1/K", "change of the ratio per degree above the mean temperature of the year", ("site",),
                 default=0.0, least=0, most=0.1, sane=(0, 0.02), idle="the ratio follows temperature in plans with hours only"),
        Quantity("water", "cooling", "L/kWh", "water per IT energy", ("site", "when"), default=0.0, least=0, sane=(0, 5)),
    ),
)


def idle(case: Case) -> Iterator[Idle]:
    """Kinds of cooling of systems that are left out."""
    for cooling in case.items("cooling"):
        yield Idle("no system that may run has this cooling", cooling)


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Declare what the meter sees."""
    places = list(product(case.items("site"), range(len(case.calendar.periods))))
    slices = [(*place, part.name) for place in places for part in case.calendar.slices]
    peak = block.variable("facility_peak", ("site", "period"), places, unit="MW", doc="power at the meter in the worst hour")
    mean = block.variable("facility_mean", ("site", "period", "slice"), slices, unit="MW", doc="mean power at the meter")
    water = block.variable("water", ("site", "period"), places, unit="ML", doc="water used in the period")
    exchange.make("facility_peak", "cooling", peak)
    exchange.make("facility_mean", "cooling", mean)
    exchange.make("water", "cooling", water)


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Tie the meter and the water to the IT power of each kind of cooling."""
    it_peak, it_mean = by_cooling(exchange.take("it_peak", "cooling")), by_cooling(exchange.take("it_mean", "cooling"))

    @block.rule(("site", "period"), block.variables["facility_peak"].data)
    def peak_at_the_meter(site: str, period: int) -> Relation:
        """Facility power in the worst hour = sum over kinds of cooling of IT power x peak ratio."""
        loads = it_peak.get((site, period), [])
        right = total(case.number("cooling", cooling, "peak_ratio", site, period) * load for cooling, load in loads)
        return equal(block.variables["facility_peak"].data[site, period], right)

    @block.rule(("site", "period", "slice"), block.variables["facility_mean"].data)
    def mean_at_the_meter(site: str, period: int, part: str) -> Relation:
        """Mean facility power = sum over kinds of cooling of mean IT power x mean ratio (PUE), by the hour x the load's shape."""
        loads = it_mean.get((site, period), [])
        right = total(ratio(case, cooling, (site, period), part) * load_shape(case, part) * load for cooling, load in loads)
        return equal(block.variables["facility_mean"].data[site, period, part], right)

    @block.rule(("site", "period"), block.variables["water"].data)
    def water_follows_load(site: str, period: int) -> Relation:
        """Water (ML) = sum over kinds of cooling of mean IT power (MW) x hours x water (L/kWh) / 1000."""
        hours = case.calendar.periods[period].hours / KILO
        loads = it_mean.get((site, period), [])
        right = total(case.number("cooling", cooling, "water", site, period) * hours * load for cooling, load in loads)
        return equal(block.variables["water"].data[site, period], right)


def ratio(case: Case, cooling: str, place: tuple[str, int], part: str) -> float:
    """Facility / IT power in a slice: the mean ratio, and by the hour as much more or less as it is warmer or colder than in the mean."""
    mean = case.number("cooling", cooling, "mean_ratio", *place)
    slope = 0.0 if case.hours is None else case.number("cooling", cooling, "ratio_per_degree", place[0])
    warm = None if case.hours is None or not slope else case.hours.value(place[0], TEMPERATURE, part)
    return mean if warm is None or case.hours is None else max(1.0, mean + slope * (warm - (case.hours.mean(place[0], TEMPERATURE) or 0.0)))


def load_shape(case: Case, part: str) -> float:
    """Load in a slice over its mean of the year: training by its series, prefill and decode by that of inference, in the workload's shares.

    1 without hours, without a workload, and for a series that the case does not have.
    """
    shares = case.definition.compute.workload
    if case.hours is None or not shares:
        return 1.0
    found = 0.0
    for name, share in shares.items():
        value = case.hours.value("", TRAINING if name == TRAINING else INFERENCE, part)
        found += share * (1.0 if value is None else value)
    return found


def by_cooling(balance: dict[Key, Expression]) -> dict[Key, list[tuple[str, Expression]]]:
    """Loads of (site, period) with their kind of cooling, of all tenures but hosted, whose landlord cools and powers them."""
    loads: dict[Key, list[tuple[str, Expression]]] = {}
    for (tenure, site, cooling, period), load in balance.items():
        if tenure != HOSTED:
            loads.setdefault((site, period), []).append((cooling, load))
    return loads
