"""Interim connections: a grid connection before the grid can serve in every hour, which gives nothing in some hours of the year.

A supply with `curtailed_hours` is one. In those hours the load of the whole site is served by what is there beside it, or turned down. So
beside it there is power for the peak, and energy for the hours that are cut. In a plan of yearly means the cut hours are a part of the year
of their own: what a supply gives in them, and what it gives in the rest, are each within its capacity. Sun and wind are not counted on in
them, and a contract is only as far as another connection carries it. In a plan with hours the cut hours are those with the highest price at
the site, or the hottest where it has no prices.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.profiles import PRICE, TEMPERATURE
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, equal, total
from gwplan.model.parts.power.energy import first_served
from gwplan.model.parts.power.firmness import credit_of
from gwplan.model.parts.power.supplies import (
    cut_share,
    is_connection,
    leaves_in,
    lost_load_price,
    offered,
    potentials,
    role_of,
    yearly_limit,
)
from gwplan.model.parts.power.table import KEY, SHORTFALL, SLICED

CURTAILED = "curtailed_hours"
CUTTING = ("site", "period")


def interim_of(case: Case) -> dict[str, str]:
    """The interim connection on offer at a site, by site; of several the last, which is a fault."""
    return {site: supply for supply, site in offered(case) if is_interim(case, supply, site)}


def is_interim(case: Case, supply: str, site: str) -> bool:
    """True for a supply that is cut for some hours in some period."""
    return any(case.number("power", supply, CURTAILED, site, period.number) for period in case.calendar.periods)


def cut(case: Case) -> dict[Key, float]:
    """Share of the year in which the interim connection of a site gives nothing, by (site, period): where it could serve, and is cut."""
    found, end = {}, len(case.calendar.periods)
    for site, supply in interim_of(case).items():
        leaves = leaves_in(case, supply, site)
        for period in range(first_served(case, supply, site), end if leaves is None else min(leaves, end)):
            share = cut_share(case, supply, site, period)
            if share:
                found[site, period] = share
    return found


def turned_down(case: Case, site: str, period: int, share_cut: float) -> float:
    """Share of the load that may be turned down in all cut hours: within the hours of the whole load that may go unserved in a year."""
    if lost_load_price(case) is None:
        return 0.0
    share, hours = (case.number("power", SHORTFALL, name, site, period) for name in ("curtailable", "curtailable_hours"))
    return min(share, hours / (share_cut * HOURS_A_YEAR))


def cut_parts(case: Case, site: str, share: float) -> dict[str, float]:
    """Part of each slice that is cut, of a share of the year: the slices with the highest price first, or the hottest."""
    hours = case.hours
    assert hours is not None
    name = PRICE if hours.mean(site, PRICE) is not None else TEMPERATURE
    found, left = {}, share
    for part in sorted(case.calendar.slices, key=lambda each: -(hours.value(site, name, each.name) or 0.0)):
        found[part.name] = min(1.0, max(left, 0.0) / part.share)
        left -= part.share
    return found


def parts_of(case: Case) -> dict[Key, float]:
    """Part of each slice in which an interim connection gives nothing, by (supply, site, period, slice)."""
    own = interim_of(case)
    return {(own[site], site, period, part): each for (site, period), share in cut(case).items()
            for part, each in cut_parts(case, site, share).items()}


def beside(case: Case) -> dict[str, list[str]]:
    """The other supplies of each site that is offered an interim connection."""
    pairs = offered(case)
    return {site: [supply for supply, place in pairs if place == site and supply != own] for site, own in interim_of(case).items()}


def firm_share(case: Case, supply: str, site: str) -> float:
    """Power of a supply that counts while the connection is cut, per capacity: firm credit of prime; of backup its availability."""
    role = role_of(case, supply)
    if role == "backup":
        return case.number("power", supply, "availability", site)
    return credit_of(case, supply, site) if role == "prime" else 0.0


def check_interim(case: Case) -> Iterator[Fault]:
    """Hours are cut of one grid connection at a site, and in a plan with hours a series says which."""
    pairs = [pair for pair in offered(case) if is_interim(case, *pair)]
    for site in dict.fromkeys(site for _, site in pairs):
        found = [supply for supply, place in pairs if place == site]
        for supply in found:
            file, row = case.location("power", supply, CURTAILED, site)
            if not is_connection(case, supply, site):
                yield Fault(file, row, f"{supply} at {site}: {CURTAILED} is of a grid connection, a prime supply with an energy_price that "
                                       "burns nothing")
            if supply != found[0]:
                yield Fault(file, row, f"{supply} at {site}: {found[0]} is cut there too; one supply with {CURTAILED} may be offered at a "
                                       "site")
            if case.hours is not None and all(case.hours.mean(site, name) is None for name in (PRICE, TEMPERATURE)):
                yield Fault(file, row, f"{supply}: a plan with hours needs the series '{PRICE}' or '{TEMPERATURE}' in profiles/{site}.csv, "
                                       "which says when it is cut")


def declare_cut(block: Block, case: Case) -> None:
    """What each supply gives in the cut hours, in a plan without hours."""
    others = beside(case)
    keys = [(supply, site, period) for site, period in cut(case) for supply in others[site]
            if role_of(case, supply) in ("prime", "backup", "contract")]
    block.variable("cut_output", KEY, keys, unit="MW", doc="output while the interim connection is cut, as a mean of the year")


def bind_cut(block: Block, case: Case, peak: dict[Key, Expression], mean: dict[Key, Expression]) -> None:
    """Cover the peak of the cut hours, and their energy, in a plan without hours."""
    given, unserved = block.variables["cut_output"].data, block.variables["unserved"].data
    capacity, output = block.variables["capacity"].data, block.variables["output"].data
    shares, own, others, year = cut(case), interim_of(case), beside(case), case.calendar.slices[0].name
    down = {(site, period): turned_down(case, site, period, share) for (site, period), share in shares.items()}
    firm = {(supply, site): firm_share(case, supply, site) for site, some in others.items() for supply in some}

    @block.rule(CUTTING, shares)
    def cut_is_covered(site: str, period: int) -> Relation:
        """Beside the interim connection: firm credit x prime supplies + availability x backup + load that may go unserved >= the peak."""
        there = total(firm[supply, site] * capacity[supply, site, period] for supply in others[site])
        return at_least(there - (1 - down[site, period]) * peak[site, period], 0)

    def able(supply: str, site: str, period: int) -> Expression:
        """MW while it runs."""
        contract = role_of(case, supply) == "contract"
        most = yearly_limit(case, supply, site) if contract else case.number("power", supply, "availability", site)
        return most * capacity[supply, site, period]

    @block.rule(CUTTING, shares)
    def cut_hours_are_served(site: str, period: int) -> Relation:
        """Output in the cut hours + load turned down = the share of the year that is cut x the facility's mean power."""
        there = total(given[supply, site, period] for supply in others[site] if (supply, site, period) in given)
        load = shares[site, period] * mean[site, period, year]
        return equal(total([there, unserved.get((site, period, year), 0)]) - load, 0)

    @block.rule(CUTTING, [key[:2] for key in unserved])
    def turned_down_within_cut(site: str, period: int) -> Relation:
        """Load turned down is at most the share that may be x the share of the year that is cut x the facility's mean power."""
        most = down[site, period] * shares[site, period]
        return at_most(unserved[site, period, year], most * mean[site, period, year])

    @block.rule(CUTTING, [key[:2] for key in unserved])
    def turned_down_for_the_connection(site: str, period: int) -> Relation:
        """Load turned down is at most what the interim connection would have given: (1 - cut share) x it <= cut share x its output."""
        share, supply = shares[site, period], own[site]
        return at_most((1 - share) * unserved[site, period, year] - share * output[supply, site, period, year], 0)

    @block.rule(KEY, given)
    def cut_output_within_capacity(supply: str, site: str, period: int) -> Relation:
        """Output in the cut hours is at most their share of the year x what the supply could give."""
        return at_most(given[supply, site, period], shares[site, period] * able(supply, site, period))

    @block.rule(KEY, given)
    def rest_within_capacity(supply: str, site: str, period: int) -> Relation:
        """Output in the other hours is at most their share of the year x what the supply could give."""
        rest = output[supply, site, period, year] - given[supply, site, period]
        return at_most(rest, (1 - shares[site, period]) * able(supply, site, period))

    @block.rule(KEY, given)
    def cut_output_within_output(supply: str, site: str, period: int) -> Relation:
        """Output in the cut hours is at most all output."""
        return at_most(given[supply, site, period] - output[supply, site, period, year], 0)

    signed = {site: [supply for supply in some if role_of(case, supply) == "contract"] for site, some in others.items()}
    wired = {site: [supply for supply in some if is_connection(case, supply, site)] for site, some in others.items()}

    @block.rule(CUTTING, [key for key in shares if signed[key[0]]])
    def contracts_use_what_is_left(site: str, period: int) -> Relation:
        """Contracted and bought output in the cut hours is at most their share of the year x the connections that are not cut."""
        brought = total(given[supply, site, period] for supply in signed[site] + wired[site])
        return at_most(brought, shares[site, period] * total(able(supply, site, period) for supply in wired[site]))

    @block.rule(CUTTING, [key for key in shares if signed[key[0]]])
    def contracts_use_all_in_the_rest(site: str, period: int) -> Relation:
        """Contracted and bought output in the other hours is at most their share of the year x all connections."""
        rest = total(output[supply, site, period, year] - given[supply, site, period] for supply in signed[site] + wired[site])
        room = total(able(supply, site, period) for supply in (*wired[site], own[site]))
        return at_most(rest + output[own[site], site, period, year], (1 - shares[site, period]) * room)


def bind_parts(block: Block, case: Case, peak: dict[Key, Expression], mean: dict[Key, Expression]) -> None:
    """Cover the peak of the slices that are cut, and serve what is cut of a slice by others, in a plan with hours."""
    output, exported, charge, discharge = (block.variables[name].data for name in ("output", "exported", "charge", "discharge"))
    capacity, unserved, spare = (block.variables[name].data for name in ("capacity", "unserved", "firm_storage"))
    parts, others = {key: part for key, part in parts_of(case).items() if part > 0}, beside(case)
    firm = {(supply, site): firm_share(case, supply, site) for site, some in others.items() for supply in some}
    comes = {site: [supply for supply in some if role_of(case, supply) == "variable"] for site, some in others.items()}
    wired = {site: [supply for supply in some if is_connection(case, supply, site)] for site, some in others.items()}
    signed = {site: [supply for supply in some if role_of(case, supply) == "contract"] for site, some in others.items()}
    could = potentials(case, {(supply, site) for site in comes for supply in (*comes[site], *wired[site])})

    @block.rule(("site", "period", "slice"), [key[1:] for key in parts])
    def cut_slice_is_covered(site: str, period: int, part: str) -> Relation:
        """In slices that are cut, beside the interim connection: firm and backup power + what sun and wind could give >= the peak.

        What storage gives, firm storage and load that is not served count too; a contract does not beside the connection that carries it.
        """
        there = [firm[supply, site] * capacity[supply, site, period] for supply in others[site] if role_of(case, supply) != "storage"]
        there += [could[supply, site, part] * capacity[supply, site, period] for supply in comes[site]]
        there += [discharge[key] - charge[key] + spare.get(key, 0) for supply in others[site]
                  if (key := (supply, site, period, part)) in discharge]
        return at_least(total([*there, unserved.get((site, period, part), 0)]) - peak[site, period], 0)

    partly = [key for key, part in parts.items() if part < 1 and key in output]

    def stored(keys: list[Key]) -> Expression:
        return total(each[key] for each in (exported, charge) for key in keys if key in each)

    @block.rule(SLICED, [key for key in partly if signed[key[1]]])
    def contracts_stop_with_the_connection(supply: str, site: str, period: int, part: str) -> Relation:
        """Bought and contracted power in such a slice: at most the rest of it x the load, + what is stored or sold, + other connections."""
        keys = [(each, site, period, part) for each in (supply, *others[site])]
        brought = total(output[key] for key in keys if key in output and key[0] in (supply, *signed[site], *wired[site]))
        gone = parts[supply, site, period, part]
        room = total(could[each, site, part] * capacity[each, site, period] for each in wired[site])
        return at_most(brought - stored(keys) - gone * room, (1 - gone) * mean[site, period, part])

    @block.rule(SLICED, partly)
    def interim_gives_the_rest(supply: str, site: str, period: int, part: str) -> Relation:
        """Interim output in a slice of which a part is cut is at most the rest of it x the load, + what is stored or sold."""
        keys = [(each, site, period, part) for each in (supply, *others[site])]
        served = (1 - parts[supply, site, period, part]) * mean[site, period, part]
        return at_most(output[supply, site, period, part] - stored(keys), served)
