"""Stocks of systems: what is within its life, what is installed, what is left at the end, and what is sold after its life."""

from __future__ import annotations

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Relation, at_most, total
from gwplan.model.existing_assets import entering, in_service
from gwplan.model.parts.accelerators.resale import resale_at_the_end
from gwplan.model.stocks import stock

KEY = ("system", "site", "period")
Ends = dict[tuple[str, int], dict[int, float]]
"""Shares that are past their life from each period on, by (system, period of arrival)."""


def state_stocks(block: Block, case: Case, arrived: dict[Key, Expression], ends: Ends) -> None:
    """Tie what is young and installed to what arrived and was retired."""
    young, retired, installed = (block.variables[name].data for name in ("young", "retired", "installed"))
    there, entered = (of(case, "system", lambda system, _: case.number("accelerators", system, "life")) for of in (in_service, entering))
    aged: dict[Key, list[Expression]] = {}
    for (system, site, arrival), amount in arrived.items():
        for period, share in ends[system, arrival].items():
            aged.setdefault((system, site, period), []).append(share * amount)

    @block.rule(KEY, young)
    def young_follows_arrivals(system: str, site: str, period: int) -> Relation:
        """Young = young in the period before + arrived - those whose life is over; of a life that ends within a period its part stays."""
        key = (system, site, period)
        return stock(young, key, arrived.get(key, 0), total(aged.get(key, [])), there)

    @block.rule(KEY, installed)
    def installed_follows_arrivals(system: str, site: str, period: int) -> Relation:
        """Installed = installed in the period before + arrived - retired."""
        key = (system, site, period)
        return stock(installed, key, arrived.get(key, 0) + entered.get(key, 0), retired[key])

    @block.rule(KEY, installed)
    def installed_is_young(system: str, site: str, period: int) -> Relation:
        """Installed systems are at most those within their life."""
        return at_most(installed[system, site, period], young[system, site, period])


def state_left(block: Block, case: Case, orders: dict[str, dict[int, int]], ends: Ends) -> None:
    """Say of which orders the systems are that are left at the horizon's end."""
    installed, left = (block.variables[name].data for name in ("installed", "left"))
    last = len(case.calendar.periods) - 1
    lots: dict[Key, list[Key]] = {}
    for system, site, period in left:
        lots.setdefault((system, site), []).append((system, site, period))

    @block.rule(KEY, left)
    def left_is_bought(system: str, site: str, period: int) -> Relation:
        """Systems left of an order are at most those ordered, less those whose life was over before the last period."""
        gone = sum(share for when, share in ends[system, orders[system][period]].items() if when <= last)
        return at_most(left[system, site, period], (1 - gone) * block.variables["bought"].data[system, site, period])

    @block.rule(("system", "site"), lots)
    def left_is_installed(system: str, site: str) -> Relation:
        """Systems left of all orders are at most those installed at the end."""
        return at_most(total(left[key] for key in lots[system, site]), installed[system, site, last])


def sales(block: Block, case: Case, orders: dict[str, dict[int, int]], ends: Ends) -> dict[Key, dict[int, Expression]]:
    """How many systems of each order are sold, by period: those whose life is over within the horizon, also those retired before.

    A retired system is kept until then. It could be sold sooner for more, so its value is not overstated.
    """
    bought, last = block.variables["bought"].data, len(case.calendar.periods) - 1
    gone = {key: {period: share for period, share in ends[key[0], orders[key[0]][key[-1]]].items() if period <= last}
            for key in bought if resale_at_the_end(case, key[0])}
    return {key: {period: share * bought[key] for period, share in shares.items()} for key, shares in gone.items() if shares}
