"""Many supplies that serve a load directly at one site: their joint limit without a row for each set of a set's others.

What is on offer and not built has no output and nothing that it could give, so that its rows say no more than those without it; but rows
there are for each that could serve. Up to `MOST_LISTED` of them each set has a row for each set of others. Beyond that, the part of each
other's output that the gaps of the set do not take is a variable: a sum of what is above nothing, and so the same limit, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, total
from gwplan.model.parts.power.energy import first_served, subsets
from gwplan.model.parts.power.supplies import overlapping, yearly_limit
from gwplan.model.parts.power.table import MOST_LISTED

OTHER = ("site", "supplies", "supply", "period", "slice")


def serving(case: Case, site: str, period: int) -> list[str]:
    """The supplies that overlap by chance at a site and could serve in a period."""
    return [supply for supply, first in firsts(case, site).items() if first <= period]


def firsts(case: Case, site: str) -> dict[str, int]:
    """The first period in which each supply that overlaps by chance could serve at a site."""
    return {supply: first_served(case, supply, site) for supply in overlapping(case, site)}


def declare_beyond(block: Block, case: Case) -> None:
    """A variable for each set, other supply and period of sites with many."""
    keys = []
    for site in case.items("site"):
        first = firsts(case, site)
        for period in range(len(case.calendar.periods)):
            there = [supply for supply in first if first[supply] <= period]
            if len(there) > MOST_LISTED:
                pairs = [(some, supply) for some in subsets(there, 2) for supply in there if supply not in some]
                keys += [(site, "|".join(some), supply, period, part.name) for some, supply in pairs for part in case.calendar.slices]
    block.variable("beyond_gaps", OTHER, keys, unit="MW", doc="mean output above what the gaps of a set of direct supplies take of it")


def bind_beyond(block: Block, case: Case, mean: Mapping[Key, Expression]) -> None:
    """State the limit of a set and its others by what of these is beyond the gaps."""
    beyond, output, capacity = (block.variables[name].data for name in ("beyond_gaps", "output", "capacity"))
    shares = {site: overlapping(case, site) for site in case.items("site")}
    beside: dict[Key, list[Expression]] = {}
    for (site, supplies, _, period, part), amount in beyond.items():
        beside.setdefault((site, supplies, period, part), []).append(amount)

    def left(site: str, supplies: str) -> float:
        return prod(1 - shares[site][supply] for supply in supplies.split("|"))

    @block.rule(OTHER, beyond)
    def beyond_gaps_is_the_rest(site: str, supplies: str, supply: str, period: int, part: str) -> Relation:
        """Output beyond the gaps of a set is at least output - the product of the set's (1 - share) x what the supply could give."""
        could = yearly_limit(case, supply, site) * capacity[supply, site, period]
        rest = output[supply, site, period, part] - left(site, supplies) * could
        return at_least(beyond[site, supplies, supply, period, part] - rest, 0)

    @block.rule(("site", "supplies", "period", "slice"), beside)
    def others_stay_in_gaps(site: str, supplies: str, period: int, part: str) -> Relation:
        """Output of a set of direct supplies + what others give beyond its gaps is at most 1 - the product of its (1 - share) of a load."""
        given = total(output[supply, site, period, part] for supply in supplies.split("|"))
        return at_most(given + total(beside[site, supplies, period, part]), (1 - left(site, supplies)) * mean[site, period, part])
