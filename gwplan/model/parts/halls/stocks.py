"""Halls from their start to the end of their life: what stands, what is open and what it cost; renewals.

What enters service together is a lot, started or renewed. In the period within which its life ends it is there for its part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from gwplan.inputs.case import Case
from gwplan.model import stocks
from gwplan.model.block import Block, Expression, Key, Relation, at_most, total
from gwplan.model.existing_assets import ending, in_service, leaving

KEY = ("site", "design", "period")
PAID = itemgetter(1)
"""What was paid for a hall of a lot."""


class Lot(NamedTuple):
    """Halls of a design at a site that enter service together: how many, and MUSD paid for one."""

    count: Expression
    paid: float


def life_years(case: Case, design: str, site: str = "") -> float:
    """Years from opening to the end of its life, at any site."""
    return case.number("halls", design, "life")


def paid(case: Case, site: str, design: str, period: int) -> float:
    """MUSD for one hall started in the period: price x room x construction index x (1 + contingency)."""
    return marked_up(case, (site, design, period), case.number("halls", design, "price", site, period))


def marked_up(case: Case, key: Key, price: float) -> float:
    """MUSD for one hall at a price per MW."""
    site, design, period = key
    index = case.number("sites", site, "construction_index", period=period)
    return price * (1 + case.number("halls", design, "contingency", site)) * case.number("halls", design, "room") * index


def renewal_prices(case: Case, opening: Collection[Key]) -> dict[Key, float]:
    """MUSD for one hall renewed, by (site, design, period in which a life ends), where there is a price.

    opening: (site, design, period) in which halls may open. A life below one period is not renewed.
    """
    life = {design: case.calendar.whole_and_part(life_years(case, design))[0] for design in case.items("design")}
    first = {(site, design, period) for design, site, period in expiring(case)}
    first |= {(site, design, period + life[design]) for site, design, period in opening}
    prices: dict[Key, float] = {}
    for site, design, ends in first:
        for period in range(ends, len(case.calendar.periods), life[design]) if life[design] else ():
            price = case.get("halls", design, "renewal_price", site, period)
            if price is None:
                break
            prices[site, design, period] = marked_up(case, (site, design, period), price)
    return dict(sorted(prices.items()))


def expiring(case: Case) -> dict[tuple[str, str, int], list[tuple[float, float]]]:
    """What existed already and ends within the horizon, by (design, site, period): the part of the period left to it, and how many."""
    return ending(case, "design", partial(life_years, case))


def state_stocks(block: Block, case: Case, keys: list[Key], opening: dict[Key, list[Lot]]) -> None:
    """Tie what stands, what is open and what it cost to what was started and renewed. `opening`: by (site, design, period of opening)."""
    started, renewed, standing = (block.variables[name].data for name in ("started", "renewed", "standing"))
    stock, value_open, closed = (block.variables[name].data for name in ("stock", "value_open", "closed_early"))
    there = {(site, design, period): amount for (design, site, period), amount
             in in_service(case, "design", partial(life_years, case)).items()}
    ends: dict[Key, list[tuple[float, Lot]]] = {}
    for (site, design, opens), lots in opening.items():
        for period, share in case.calendar.ends(opens, life_years(case, design)).items():
            ends.setdefault((site, design, period), []).extend((share, lot) for lot in lots)

    def ended(key: Key, price: Callable[[Lot], float] = lambda _: 1.0) -> Expression:
        return total(share * price(lot) * lot.count for share, lot in ends.get(key, []))

    def opened(key: Key, price: Callable[[Lot], float] = lambda _: 1.0) -> Expression:
        return total(price(lot) * lot.count for lot in opening.get(key, []))

    @block.rule(KEY, keys)
    def standing_follows_starts(site: str, design: str, period: int) -> Relation:
        """Standing = standing in the period before + started + renewed - those whose life is over, or closed for the rest of a period."""
        key = (site, design, period)
        return stocks.stock(standing, key, started.get(key, 0) + renewed.get(key, 0), ended(key), there, closed)

    @block.rule(KEY, keys)
    def stock_follows_openings(site: str, design: str, period: int) -> Relation:
        """Open halls = open in the period before + those built or renewed - those whose life is over, or that are closed early."""
        key = (site, design, period)
        return stocks.stock(stock, key, opened(key), ended(key), there, closed)

    @block.rule(KEY, keys)
    def value_follows_openings(site: str, design: str, period: int) -> Relation:
        """Value of open halls = value in the period before + what was paid for those built or renewed - for those whose life is over."""
        key = (site, design, period)

        return stocks.stock(value_open, key, opened(key, PAID), ended(key, PAID))

    parts = last_parts(case, opening)

    @block.rule(KEY, closed)
    def closed_early_is_ending(site: str, design: str, period: int) -> Relation:
        """Halls closed early are at most those whose life ends within the period, each counted as the part of it that it would serve."""
        existing, lots = parts[site, design, period]
        return at_most(closed[site, design, period], existing + total(share * lot.count for share, lot in lots))

    state_renewals(block, case, opening)


def state_renewals(block: Block, case: Case, opening: dict[Key, list[Lot]]) -> None:
    """Only what ends is renewed, and it is closed first: a hall is not there twice. `opening`: by (site, design, period of opening)."""
    renewed, closed = block.variables["renewed"].data, block.variables["closed_early"].data
    found = {(site, design, period): list(lots) for (design, site, period), lots in expiring(case).items()}
    for (site, design, opens), lots in opening.items():
        whole, part = case.calendar.whole_and_part(life_years(case, design))
        found.setdefault((site, design, opens + whole), []).extend((part, lot.count) for lot in lots)
    parts = [(*key, part) for key in renewed for part in sorted({part for part, _ in found[key]} - {0.0})]

    @block.rule(KEY, renewed)
    def renewed_is_ending(site: str, design: str, period: int) -> Relation:
        """Halls renewed are at most those whose life ends within the period, or with the one before."""
        return at_most(renewed[site, design, period], total(count for _, count in found[site, design, period]))

    @block.rule((*KEY, "part"), parts)
    def renewed_is_closed_first(site: str, design: str, period: int, part: float) -> Relation:
        """Part x halls renewed is at most those closed early + (part - what is left) x halls that end with less left to them.

        A hall is closed for the rest of its life before it is renewed, those with the least left to them first.
        """
        key = (site, design, period)
        saved = total((part - less) * count for less, count in found[key] if less < part)
        return at_most(part * renewed[key], closed[key] + saved)


def last_parts(case: Case, opening: dict[Key, list[Lot]]) -> dict[Key, tuple[float, list[tuple[float, Lot]]]]:
    """Halls that serve a part of a period only, for their life ends within it, by (site, design, period).

    That part of what existed already, and lots with the part that each serves. Where there are none all halls are whole.
    """
    found: dict[Key, tuple[float, list[tuple[float, Lot]]]] = {}
    last = len(case.calendar.periods) - 1
    for (design, site, period), amount in leaving(case, "design", partial(life_years, case)).items():
        found[site, design, period] = (amount, [])
    for (site, design, opens), lots in opening.items():
        whole, part = case.calendar.whole_and_part(life_years(case, design))
        if part and opens + whole <= last:
            found.setdefault((site, design, opens + whole), (0.0, []))[1].extend((part, lot) for lot in lots)
    return dict(sorted(found.items()))
