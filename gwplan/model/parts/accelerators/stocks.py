"""Stocks of systems: what is within its life, what is installed, what is left at the end, and what is sold when its life is over."""

from __future__ import annotations

from gwplan.inputs.case import Case
from gwplan.model.block import Block, Expression, Key, Side, at_most, total
from gwplan.model.existing_assets import entering, in_service
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
    def young_follows_arrivals(system: str, site: str, period: int) -> Side:
        """Young = young in the period before + arrived - those whose life is over; of a life that ends within a period its part stays."""
        key = (system, site, period)
        return stock(young, key, arrived.get(key, 0), total(aged.get(key, [])), there)

    @block.rule(KEY, installed)
    def installed_follows_arrivals(system: str, site: str, period: int) -> Side:
        """Installed = installed in the period before + arrived - retired."""
        key = (system, site, period)
        return stock(installed, key, arrived.get(key, 0) + entered.get(key, 0), retired[key])

    @block.rule(KEY, installed)
    def installed_is_young(system: str, site: str, period: int) -> Side:
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
    def left_is_bought(system: str, site: str, period: int) -> Side:
        """Systems left of an order are at most those ordered, less those whose life was over before the last period."""
        gone = sum(share for when, share in ends[system, orders[system][period]].items() if when <= last)
        return at_most(left[system, site, period], (1 - gone) * block.variables["bought"].data[system, site, period])

    @block.rule(("system", "site"), lots)
    def left_is_installed(system: str, site: str) -> Side:
        """Systems left of all orders are at most those installed at the end."""
        return at_most(total(left[key] for key in lots[system, site]), installed[system, site, last])


def state_sales(block: Block, case: Case, orders: dict[str, dict[int, int]], ends: Ends) -> dict[Key, dict[int, Expression]]:
    """Sell what has reached the end of its life within the horizon; gives how many of each order are sold, by period.

    Only what is retired in that period is sold: nothing twice, and nothing that was given away before.
    """
    sold, bought, retired = (block.variables[name].data for name in ("sold", "bought", "retired"))
    last = len(case.calendar.periods) - 1
    inside = {key: {period: share for period, share in ends[key[0], orders[key[0]][key[-1]]].items() if period <= last} for key in sold}
    sales = {key: {period: share / sum(shares.values()) * sold[key] for period, share in shares.items()} for key, shares in inside.items()}
    by_period: dict[Key, list[Expression]] = {}
    for (system, site, _), amounts in sales.items():
        for period, amount in amounts.items():
            by_period.setdefault((system, site, period), []).append(amount)

    @block.rule(KEY, sold)
    def sold_is_bought(system: str, site: str, period: int) -> Side:
        """Systems sold of an order are at most those ordered whose life is over within the horizon."""
        key = (system, site, period)
        return at_most(sold[key], sum(inside[key].values()) * bought[key])

    @block.rule(KEY, by_period)
    def sold_is_retired(system: str, site: str, period: int) -> Side:
        """Systems sold in a period, whose life is over with it, are at most those retired in it."""
        return at_most(total(by_period[system, site, period]), retired[system, site, period])

    return sales
