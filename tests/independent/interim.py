"""A connection that gives nothing for some hours of the year: the year has two seasons then, one of those hours and a calm one."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from .facts import HOURS_A_YEAR
from .matrix import Sum, total

if TYPE_CHECKING:
    from .plan import Plan


class Supplied(Protocol):
    """What is read of a supply."""

    name: str
    role: str
    bought: bool
    output: dict[int, Sum]

    def capacity(self, t: int) -> Sum: ...


def season(plan: Plan, site: str, name: str, t: int) -> float:
    """Share of the year in which a supply is cut off."""
    return float(plan.facts.number("power", name, "curtailed_hours", site, t, 0.0)) / HOURS_A_YEAR


def _is_wire(plan: Plan, supply: Supplied) -> bool:
    return supply.role == "prime" and supply.bought and not plan.facts.rows_of("power", supply.name, "heat_rate")


def two_seasons(plan: Plan, site: str, supplies: list[Supplied], credit: Callable[[str], float], t: int) -> Sum:
    """State both seasons of a period, where there are two; gives the load that is turned down, as mean MW, which is paid for."""
    facts, matrix, down = plan.facts, plan.matrix, Sum()
    own = next((supply for supply in supplies if season(plan, site, supply.name, t)), None)
    if own is None:
        return down
    away, need = season(plan, site, own.name, t), plan.facility_mean[site, t]
    left = [supply for supply in supplies if supply is not own and supply.role != "variable"]
    price = facts.number("power", "unserved_energy", "lost_load_price", default=None)
    most = 0.0
    if price is not None:
        part, hours = (facts.number("power", "unserved_energy", word, site, t, default)
                       for word, default in (("curtailable", 1.0), ("curtailable_hours", 0.0)))
        most = min(part, hours / (away * HOURS_A_YEAR))
        down = plan.decide("down", (site, t))
        plan.running[t].gain(down, price * plan.question.hours)
        matrix.at_most(down, need * (away * most))
    runs, able = dict[str, Sum](), dict[str, Sum]()
    for supply in left:
        runs[supply.name] = plan.decide("away", (site, supply.name, t))
        part = facts.number("power", supply.name, "capacity_factor" if supply.role == "contract" else "availability", site, t, 1.0)
        able[supply.name] = supply.capacity(t) * part
    firm = total(supply.capacity(t) * (credit(supply.name) if supply.role == "prime" else facts.number("power", supply.name, "availability", site, t, 1.0))
                 for supply in left if supply.role != "contract")
    matrix.at_most(plan.facility_peak[site, t] * (1 - most), firm)
    wires = [supply for supply in left if _is_wire(plan, supply)]
    carried = [supply for supply in left if supply.role == "contract" or supply in wires]
    whole = total(able[supply.name] for supply in wires) + own.capacity(t) * facts.number("power", own.name, "availability", site, t, 1.0)
    calm = {supply.name: supply.output[t] - runs[supply.name] for supply in left}
    for supply in left:
        matrix.at_most(Sum(), calm[supply.name])
        matrix.at_most(runs[supply.name], able[supply.name] * away)
        matrix.at_most(calm[supply.name], able[supply.name] * (1 - away))
    matrix.equal(total(runs.values()) + down, need * away)
    if any(supply.role == "contract" for supply in left):
        matrix.at_most(total(runs[supply.name] for supply in carried), total(able[supply.name] for supply in wires) * away)
        matrix.at_most(total(calm[supply.name] for supply in carried) + own.output[t], whole * (1 - away))
    return down
