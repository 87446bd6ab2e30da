"""Power by the hour: what each supply could give in a slice, the balance of energy, what is firm, and load that is not served."""

from __future__ import annotations

from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.constants import MEGA
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, equal, total
from gwplan.model.ledger import Ledger
from gwplan.model.parts.power.energy import first_served
from gwplan.model.parts.power.firmness import credit_of
from gwplan.model.parts.power.interim import bind_parts, cut, parts_of
from gwplan.model.parts.power.supplies import is_connection, limits, lost_load_price, offered, potentials, role_of
from gwplan.model.parts.power.table import KEY, SHORTFALL, SLICED

OWN_LOSS = "own compute"
"""Who loses by load that is not served."""


def served(case: Case) -> dict[tuple[str, str], range]:
    """The periods in which a supply could serve, by (supply, site)."""
    return {pair: range(first_served(case, *pair), len(case.calendar.periods)) for pair in offered(case)}


def decide_unserved(block: Block, case: Case, ledger: Ledger) -> None:
    """Load that is not served, at its price, where there is one."""
    cuts = cut(case) if case.hours is None else {}
    keys = [(site, period.number, part.name) for site in case.items("site") for period in case.calendar.periods
            for part in case.calendar.slices if case.hours is not None or (site, period.number) in cuts]
    price = lost_load_price(case) if keys else None
    unserved = block.variable("unserved", ("site", "period", "slice"), keys if price is not None else [], unit="MW",
                              doc="load that is not served")
    if price is None:
        return
    for site in case.items("site"):
        amount = {period.number: total(part.share * unserved[site, period.number, part.name] for part in case.calendar.slices
                                       if (site, period.number, part.name) in unserved) for period in case.calendar.periods}
        lost = {period.number: price * period.hours / MEGA * amount[period.number] for period in case.calendar.periods}
        ledger.pay("running", "power", "energy", (SHORTFALL, site, OWN_LOSS), lost)


def bind_hours(block: Block, case: Case, peak: dict[Key, Expression], mean: dict[Key, Expression]) -> None:
    """Balance the energy of each slice, keep output within what each supply could give, and hold firm power against the peak."""
    output, capacity = block.variables["output"].data, block.variables["capacity"].data
    charge, discharge = block.variables["charge"].data, block.variables["discharge"].data
    unserved, exported = block.variables["unserved"].data, block.variables["exported"].data
    at_site = {site: [supply for supply, place in offered(case) if place == site] for site in case.items("site")}
    could = potentials(case, [pair for pair in offered(case) if role_of(case, pair[0]) != "storage"])
    parts = parts_of(case)

    @block.rule(("site", "period", "slice"), mean)
    def energy_is_balanced_by_the_hour(site: str, period: int, part: str) -> Relation:
        """Output of all supplies + discharged + load not served = the facility's power in the slice + charged + exported."""
        keys = [(supply, site, period, part) for supply in at_site[site]]
        given = total([*(each[key] for each in (output, discharge) for key in keys if key in each),
                       unserved.get((site, period, part), 0)])
        taken = total([mean[site, period, part], *(each[key] for each in (charge, exported) for key in keys if key in each)])
        return equal(given - taken, 0)

    @block.rule(SLICED, output)
    def output_within_potential(supply: str, site: str, period: int, part: str) -> Relation:
        """Output is at most capacity x what a unit could give in the slice: availability less heat and cut hours, or sun and wind."""
        rest = 1 - parts.get((supply, site, period, part), 0.0)
        return at_most(output[supply, site, period, part], rest * could[supply, site, part] * capacity[supply, site, period])

    yearly = {(supply, site): {name: limit for name, limit in limits(case, supply, site).items() if name != "availability"}
              for supply, site in offered(case) if role_of(case, supply) in ("prime", "backup")}
    within = dict.fromkeys((supply, site, period) for supply, site, period, _ in output if yearly.get((supply, site)))

    @block.rule(KEY, within)
    def output_within_the_year(supply: str, site: str, period: int) -> Relation:
        """Mean output over the year is at most capacity x the least of capacity factor and most hours / 8760."""
        energy = total(part.share * output[supply, site, period, part.name] for part in case.calendar.slices)
        return at_most(energy, min(yearly[supply, site].values()) * capacity[supply, site, period])

    bind_firmness(block, case, peak, at_site, could)
    bind_parts(block, case, peak, mean)
    bind_unserved(block, case, mean)
    wired = {site: [supply for supply in some if is_connection(case, supply, site)] for site, some in at_site.items()}
    signed = {site: [supply for supply in some if role_of(case, supply) == "contract"] for site, some in at_site.items()}

    @block.rule(("site", "period", "slice"), [key for key in mean if signed.get(key[0]) or any(each[1] == key[0] for each in exported)])
    def connections_carry_each_slice(site: str, period: int, part: str) -> Relation:
        """Contracted, bought and exported energy together are at most the availability x capacity of grid connections."""
        keys = [(supply, site, period, part) for supply in signed[site] + wired[site]]
        brought = total(each[key] for each in (output, exported) for key in keys if key in each)
        return at_most(brought, total((1 - parts.get((supply, site, period, part), 0.0)) * could[supply, site, part]
                                      * capacity[supply, site, period] for supply in wired[site]))


def bind_firmness(block: Block, case: Case, peak: dict[Key, Expression], at_site: dict[str, list[str]],
                  could: dict[tuple[str, str, str], float]) -> None:
    """Hold firm power against the peak in each slice, which differ where sun, wind or storage could serve.

    Storage counts by what it gives, for that is what it holds energy for, and by what it could give beyond that where it has a firm credit.
    Contracts add nothing: their energy comes over the connection, whose firm credit counts already.
    """
    capacity, unserved = block.variables["capacity"].data, block.variables["unserved"].data
    slices = [part.name for part in case.calendar.slices]
    comes = {site: [supply for supply in some if role_of(case, supply) == "variable"] for site, some in at_site.items()}
    credit = {(supply, site): credit_of(case, supply, site) for supply, site in offered(case) if role_of(case, supply) == "prime"}
    charge, discharge, spare = (block.variables[name].data for name in ("charge", "discharge", "firm_storage"))
    differs = {site for site, some in at_site.items() if comes[site] or unserved or any(role_of(case, each) == "storage" for each in some)}
    keys = [(site, period, part) for site, period in peak for part in (slices if site in differs else slices[:1])]

    @block.rule(("site", "period", "slice"), keys)
    def supply_covers_each_slice(site: str, period: int, part: str) -> Relation:
        """Firm prime power + what sun and wind could give + discharged - charged + firm storage + load not served >= the peak."""
        firm = total(credit[supply, site] * capacity[supply, site, period] for supply in at_site[site] if (supply, site) in credit)
        given = total(could[supply, site, part] * capacity[supply, site, period] for supply in comes[site])
        stored = total(discharge[key] - charge[key] + spare.get(key, 0) for supply in at_site[site]
                       if (key := (supply, site, period, part)) in discharge)
        return at_least(total([firm, given, stored, unserved.get((site, period, part), 0)]) - peak[site, period], 0)


def bind_unserved(block: Block, case: Case, mean: dict[Key, Expression]) -> None:
    """Load that is not served is within what may be turned down, in each slice and over the year."""
    unserved = block.variables["unserved"].data

    @block.rule(("site", "period", "slice"), unserved)
    def unserved_within_load(site: str, period: int, part: str) -> Relation:
        """Load not served is at most the share of the load that may be turned down."""
        share = case.number("power", SHORTFALL, "curtailable", site, period)
        return at_most(unserved[site, period, part], share * mean[site, period, part])

    @block.rule(("site", "period"), dict.fromkeys((site, period) for site, period, _ in unserved))
    def unserved_within_hours(site: str, period: int) -> Relation:
        """Load not served, over the year, is at most the load of so many hours."""
        most = case.number("power", SHORTFALL, "curtailable_hours", site, period) / HOURS_A_YEAR
        energy, load = (total(part.share * each[site, period, part.name] for part in case.calendar.slices) for each in (unserved, mean))
        return at_most(energy, most * load)
