"""Firm power of units that fail independently: exact distributions of what is available, and how many spare units a load takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, lgamma, log, log1p

ROUNDING = 1e-9
"""Largest part of a unit, or of a load, by which rounding may miss a whole number of units."""
CERTAIN = 1e-9
"""An availability nearer to one than this is not told apart from one."""


class OutOfReachError(ValueError):
    """No number of units reaches the availability that is wanted."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Equal units that fail independently.

    units: how many. unit: power of one, in MW. outage_rate: share of time that one is out, from 0 to below 1.
    """

    units: int
    unit: float
    outage_rate: float


def outages(units: int, outage_rate: float) -> tuple[float, ...]:
    """Probability that exactly 0, 1, ... `units` of the units are out: binomial. ValueError unless 0 <= outage_rate < 1."""
    if units < 0 or not 0 <= outage_rate < 1:
        raise ValueError(f"{units} units that are out {outage_rate} of the time are no fleet")
    if not outage_rate:
        return (1.0, *[0.0] * units)
    chosen = (lgamma(units + 1) - lgamma(out + 1) - lgamma(units - out + 1) for out in range(units + 1))
    return tuple(exp(ways + out * log(outage_rate) + (units - out) * log1p(-outage_rate)) for out, ways in enumerate(chosen))


def available_power(fleets: Sequence[Fleet]) -> dict[float, float]:
    """Probability by power available, in MW, ascending: the convolution of unlike fleets, exact and not by steps of power."""
    found = {0.0: 1.0}
    for fleet in fleets:
        chances = outages(fleet.units, fleet.outage_rate)
        next_found: dict[float, float] = {}
        for power, chance in found.items():
            for out, each in enumerate(chances):
                running = round(power + (fleet.units - out) * fleet.unit, 9)
                next_found[running] = next_found.get(running, 0.0) + chance * each
        found = next_found
    return dict(sorted(found.items()))


def availability_of(fleets: Sequence[Fleet], load: float, common_outage: float = 0.0) -> float:
    """Probability that the fleets together give at least `load` MW. common_outage: share of time that all of them are out at once."""
    served = (chance for power, chance in available_power(fleets).items() if power >= load * (1 - ROUNDING))
    return (1 - common_outage) * sum(served)


def units_for(load: float, unit: float) -> int:
    """Fewest units that give `load` MW while all run."""
    return max(ceil(load / unit - ROUNDING), 0)


def fleet_for(load: float, unit: float, outage_rate: float, availability: float, common_outage: float = 0.0) -> int:
    """Fewest equal units, at least one of them spare, of which enough for `load` MW run with the probability `availability`.

    With k units needed, the number that is out when the k-th runs is negative binomial, and P(k of k + spare run) is its
    cumulative probability at `spare`. common_outage: share of time that all units are out at once, as when their fuel fails.
    OutOfReachError if that alone exceeds what the availability allows. ValueError for numbers that are no probability or power.
    """
    if load <= 0 or unit <= 0 or not 0 <= outage_rate < 1 or not 0 <= common_outage <= 1:
        raise ValueError(f"a load of {load} MW, units of {unit} MW out {outage_rate} and together {common_outage} of the time are no fleet")
    if availability >= 1 - common_outage - CERTAIN:
        raise OutOfReachError(f"no fleet that is out {common_outage:g} of the time as a whole reaches an availability of {availability:g}")
    needed, wanted = units_for(load, unit), availability / (1 - common_outage)
    spare, reached = 0, exp(needed * log1p(-outage_rate))
    while outage_rate and reached < wanted:
        spare += 1
        chances = lgamma(needed + spare) - lgamma(needed) - lgamma(spare + 1)
        reached += exp(chances + needed * log1p(-outage_rate) + spare * log(outage_rate))
    return needed + max(spare, 1)


def firm_credit(load: float, unit: float, outage_rate: float, availability: float, common_outage: float = 0.0) -> float:
    """Load per nameplate power of the fleet that serves it with the availability wanted, and with its largest unit out."""
    return load / (unit * fleet_for(load, unit, outage_rate, availability, common_outage))
