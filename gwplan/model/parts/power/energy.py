"""Energy of a site's supplies: what each may give in a year, and that together they give what the facility uses."""

from __future__ import annotations

from math import prod

from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Side, at_most, total
from gwplan.model.parts.power.supplies import (
    SLICED,
    is_bought,
    offered,
    role_of,
)


def yearly_limit(case: Case, supply: str, site: str) -> float:
    """Most output in the mean, per capacity, by role."""
    role = role_of(case, supply)
    if role == "backup":
        return case.number("power", supply, "most_hours", site) / HOURS_A_YEAR
    return case.number("power", supply, "availability" if role == "prime" else "capacity_factor", site)


def direct_limit(case: Case, supply: str, site: str) -> float | None:
    """Most output in the mean, per facility power, of what comes when it will: sun, wind and contracts for them."""
    quantity = {"variable": "direct_share", "contract": "capacity_factor"}.get(role_of(case, supply))
    return case.number("power", supply, quantity, site) if quantity else None


def bind_output(block: Block, case: Case, mean: dict[Key, Expression]) -> None:
    """Limit what each supply gives."""
    output, capacity, pairs = block.variables["output"].data, block.variables["capacity"].data, offered(case)

    @block.rule(SLICED, output)
    def output_within_capacity(supply: str, site: str, period: int, part: str) -> Side:
        """Output is at most capacity x availability (prime), capacity factor (variable, contract) or most hours / 8760 (backup)."""
        return at_most(output[supply, site, period, part], yearly_limit(case, supply, site) * capacity[supply, site, period])

    @block.rule(SLICED, [key for key in output if direct_limit(case, key[0], key[1]) is not None])
    def output_serves_directly(supply: str, site: str, period: int, part: str) -> Side:
        """Output of sun, wind or a contract is at most the share of a flat load that it serves directly."""
        return at_most(output[supply, site, period, part], direct_limit(case, supply, site) * mean[site, period, part])

    shared = {site: [share for supply, place in pairs if place == site and (share := direct_limit(case, supply, site)) is not None]
              for _, site in pairs}

    @block.rule(("site", "period", "slice"), [key for key in mean if len(shared.get(key[0], [])) > 1])
    def direct_supplies_overlap(site: str, period: int, part: str) -> Side:
        """Output of sun, wind and contracts together is at most 1 - the product of (1 - share) of a flat load: they overlap by chance."""
        missed = prod(1 - share for share in shared[site])
        come = [supply for supply, place in pairs if place == site and direct_limit(case, supply, site) is not None]
        return at_most(total(output[supply, site, period, part] for supply in come), (1 - missed) * mean[site, period, part])

    wired = {site: [supply for supply, place in pairs if place == site and is_bought(case, supply)] for _, site in pairs}
    signed = {site: [supply for supply, place in pairs if place == site and role_of(case, supply) == "contract"] for _, site in pairs}

    @block.rule(("site", "period", "slice"), [key for key in mean if signed.get(key[0])])
    def contracts_use_the_connection(site: str, period: int, part: str) -> Side:
        """Contracted and bought energy together are at most the availability x capacity of grid connections."""
        brought = total(output[supply, site, period, part] for supply in signed[site] + wired[site])
        room = total(case.number("power", supply, "availability", site) * capacity[supply, site, period] for supply in wired[site])
        return at_most(brought, room)
