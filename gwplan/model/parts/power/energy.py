"""What each supply may give: by its capacity, by its hours, and of a flat load by what comes when it will."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import prod

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_most, total
from gwplan.model.existing_assets import in_service
from gwplan.model.parts.power.supplies import (
    direct_share,
    is_connection,
    life_years,
    limits,
    offered,
    overlapping,
    role_of,
    services,
    yearly_limit,
)
from gwplan.model.parts.power.table import MOST_LISTED, SLICED


def bind_output(block: Block, case: Case, mean: dict[Key, Expression]) -> None:
    """Limit what each supply gives."""
    output, capacity, pairs = block.variables["output"].data, block.variables["capacity"].data, offered(case)

    @block.rule(SLICED, output)
    def output_within_capacity(supply: str, site: str, period: int, part: str) -> Relation:
        """Output is at most capacity x the least of availability (less cut hours), capacity factor and most hours / 8760 that it has."""
        return at_most(output[supply, site, period, part], yearly_limit(case, supply, site, period) * capacity[supply, site, period])

    @block.rule(SLICED, [key for key in output if direct_share(case, key[0], key[1]) is not None])
    def output_serves_directly(supply: str, site: str, period: int, part: str) -> Relation:
        """Output of sun, wind or a contract is at most the share of a flat load that it serves directly."""
        return at_most(output[supply, site, period, part], (direct_share(case, supply, site) or 0.0) * mean[site, period, part])

    bind_overlaps(block, case, mean)
    wired = {site: [supply for supply, place in pairs if place == site and is_connection(case, supply, site)] for _, site in pairs}
    signed = {site: [supply for supply, place in pairs if place == site and role_of(case, supply) == "contract"] for _, site in pairs}

    @block.rule(("site", "period", "slice"), [key for key in mean if signed.get(key[0])])
    def contracts_use_the_connection(site: str, period: int, part: str) -> Relation:
        """Contracted and bought energy together are at most the availability x capacity of grid connections."""
        brought = total(output[supply, site, period, part] for supply in signed[site] + wired[site])
        room = total(limits(case, supply, site, period)["availability"] * capacity[supply, site, period] for supply in wired[site])
        return at_most(brought, room)


def bind_overlaps(block: Block, case: Case, mean: dict[Key, Expression]) -> None:
    """Limit what sun, wind and contracts serve together: what serves counts, and what could, never what is only on offer.

    Were each there at random for its share of the time, a set would serve 1 - product of (1 - share) of a load. What others give
    comes at random too: of it only what falls into the time that the set leaves is of use, however little of it is built.
    """
    output, capacity = block.variables["output"].data, block.variables["capacity"].data
    shares = {site: overlapping(case, site) for site in case.items("site")}
    first = {(supply, site): first_served(case, supply, site) for site, found in shares.items() for supply in found}
    sets: list[Key] = []
    filled: list[Key] = []
    for site, period, part in mean:
        there = [supply for supply in shares[site] if first[supply, site] <= period]
        for some in subsets(there, 2):
            sets.append((site, "|".join(some), period, part))
            if len(there) > MOST_LISTED:  # see many_direct.py
                continue
            others = subsets([supply for supply in there if supply not in some], 1)
            filled += [(site, "|".join(some), "|".join(each), period, part) for each in others]

    def left(site: str, supplies: str) -> float:
        return prod(1 - shares[site][supply] for supply in supplies.split("|"))

    def given(site: str, supplies: str, period: int, part: str) -> Expression:
        return total(output[supply, site, period, part] for supply in supplies.split("|"))

    @block.rule(("site", "supplies", "period", "slice"), sets)
    def direct_supplies_overlap(site: str, supplies: str, period: int, part: str) -> Relation:
        """Output of a set of sun, wind and contracts is at most 1 - the product of its (1 - share) of a flat load."""
        return at_most(given(site, supplies, period, part), (1 - left(site, supplies)) * mean[site, period, part])

    @block.rule(("site", "supplies", "others", "period", "slice"), filled)
    def others_fill_gaps(site: str, supplies: str, others: str, period: int, part: str) -> Relation:
        """Output of a set and of others is at most what the set may serve + the product of its (1 - share) x what the others could give."""
        gaps, load = left(site, supplies), mean[site, period, part]
        could = total(yearly_limit(case, supply, site) * capacity[supply, site, period] for supply in others.split("|"))
        together = given(site, supplies, period, part) + given(site, others, period, part)
        return at_most(together, (1 - gaps) * load + gaps * could)


def subsets(supplies: Sequence[str], least: int) -> list[tuple[str, ...]]:
    """All sets of at least so many supplies, in order."""
    return [some for size in range(least, len(supplies) + 1) for some in combinations(supplies, size)]


def first_served(case: Case, supply: str, site: str) -> int:
    """Number of the first period in which a supply could serve at a site; after the last if in none."""
    there = in_service(case, "supply", lambda each, place: life_years(case, each, place))
    periods = [*services(case, supply, site).values(), *(period for each, place, period in there if (each, place) == (supply, site))]
    return min(periods, default=len(case.calendar.periods))
