"""Matching: how much of the energy that is used comes from renewable supplies in a year, and from carbon-free ones in each hour.

`annual_share` asks for renewable output over a year, at all sites together, of at least that share of what is used. It counts output when
it is given, sold or not, so that sun at noon may stand for a night; what storage loses is taken off, so that burning energy gains nothing.
Of a connection that is renewable in part its net import counts: what goes back over it in the year takes its share with it, so that
energy that is bought to be sold gains nothing, and sun that is sold and bought back counts once.

`hourly_share` asks for it at each site, in each slice of a plan with hours: carbon-free output, less what is stored or sold, and what
storage gives, is at least that share of what is used then. All that is stored is taken off it, so that what storage gives is carbon-free.

Of the supplies, sun and wind count whole, others by their `renewable` and `carbon_free` shares; what is renewable is carbon-free too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gwplan.inputs.case import Case
from gwplan.inputs.idle import Idle
from gwplan.model.block import Block, Expression, Key, Relation, at_least, total
from gwplan.model.parts.power.supplies import is_connection, role_of
from gwplan.model.parts.power.table import HOURLY, MATCHING

ANNUAL, BY_HOUR = "annual_share", "hourly_share"
PLACE = ("site", "period", "slice")


def wanted(case: Case, quantity: str, period: int, site: str = "") -> float | None:
    """The share that is asked for in a period; None without a row."""
    return case.get("power", MATCHING, quantity, site, period) if MATCHING in case.items("matching") else None


def share_of(case: Case, kind: str, supply: str, site: str, period: int) -> float:
    """Share of a supply's energy that is renewable, or carbon-free: its row, else all of sun and wind and nothing of others."""
    found = case.get("power", supply, kind, site, period)
    if found is not None:
        return found
    if kind == "carbon_free":
        return share_of(case, "renewable", supply, site, period)
    return 1.0 if role_of(case, supply) == "variable" else 0.0


class Flows:
    """What flows at a site in a slice, by (site, period, slice)."""

    def __init__(self, block: Block, case: Case, mean: Mapping[Key, Expression]) -> None:
        self.case, self.mean, self.unserved = case, mean, block.variables["unserved"].data
        self.by_place: dict[str, dict[Key, list[tuple[str, Expression]]]] = {}
        for name in ("output", "charge", "discharge", "exported"):
            there = self.by_place.setdefault(name, {})
            for (supply, *place), amount in block.variables[name].data.items() if name in block.variables else ():
                there.setdefault(tuple(place), []).append((supply, amount))

    def used(self, place: Key) -> Expression:
        """The load that is served."""
        return total([self.mean[place], -1 * self.unserved.get(place, 0)])

    def matched(self, kind: str, place: Key) -> Expression:
        """Output that is renewable, or carbon-free."""
        site, period, _ = place
        shares = ((share_of(self.case, kind, supply, site, period), amount) for supply, amount in self.by_place["output"].get(place, ()))
        return total(share * amount for share, amount in shares if share)

    def all_of(self, name: str, place: Key) -> Expression:
        """A flow of all supplies."""
        return total(amount for _, amount in self.by_place[name].get(place, ()))

    def handed_back(self, place: Key) -> Expression:
        """What is sold x the highest renewable share of a connection at the site: it may be bought over one and sold over another."""
        site, period, _ = place
        wired = [supply for supply, _ in self.by_place["output"].get(place, ()) if is_connection(self.case, supply, site)]
        share = max((share_of(self.case, "renewable", supply, site, period) for supply in wired), default=0.0)
        return share * self.all_of("exported", place) if share else total([])

    def net(self, kind: str, place: Key, *less: str) -> Expression:
        """Output that matches, and what storage gives, less other flows."""
        return self.matched(kind, place) + self.all_of("discharge", place) - total(self.all_of(name, place) for name in less)


def bind_matching(block: Block, case: Case, mean: Mapping[Key, Expression]) -> None:
    """State both kinds of matching, where rows ask for them."""
    asked = [period for period in case.calendar.year_ends if wanted(case, ANNUAL, period)]
    hourly = [(site, period, part) for site, period, part in mean if case.hours is not None and wanted(case, BY_HOUR, period, site)]
    flows = Flows(block, case, mean if asked or hourly else {})
    sites = list(dict.fromkeys(site for site, *_ in mean))

    def over_the_year(end: int, amount: Callable[[Key], Expression]) -> Expression:
        year = case.calendar.window(end)
        return total(part.share / len(year) * amount((site, period, part.name)) for site in sites for period in year
                     for part in case.calendar.slices)

    @block.rule(("period",), asked, promise="MW")
    def renewables_match_the_year(period: int) -> Relation:
        """Renewable output of the year that ends with the period, of a connection its net import, less what storage loses, is at least its
        share of what all sites use."""
        given = over_the_year(period, lambda place: flows.net("renewable", place, "charge") - flows.handed_back(place))
        return at_least(given, (wanted(case, ANNUAL, period) or 0.0) * over_the_year(period, flows.used))

    @block.rule(PLACE, hourly, promise="MW")
    def carbon_free_matches_each_slice(site: str, period: int, part: str) -> Relation:
        """Carbon-free output - stored - sold + discharged is at least its share of the load that is served in the slice."""
        place = (site, period, part)
        return at_least(flows.net("carbon_free", place, "charge", "exported"), (wanted(case, BY_HOUR, period, site) or 0.0)
                        * flows.used(place))


def idle_matching(case: Case) -> Iterator[Idle]:
    """Shares of supplies where nothing asks for them, and an hourly share in a plan without hours."""
    periods = range(len(case.calendar.periods))
    sites = ("", *case.items("site"))
    asked = {name: any(wanted(case, name, period, site) for period in periods for site in sites) for name in (ANNUAL, BY_HOUR)}
    by_hour = asked[BY_HOUR] and case.hours is not None
    if asked[BY_HOUR] and not by_hour:
        yield Idle(HOURLY, MATCHING, BY_HOUR, read=True, loud=True)
    if not asked[ANNUAL] and not by_hour:
        yield Idle("no share of matching asks for it", quantity="renewable", read=True)
    if not by_hour:
        yield Idle("no hourly share of matching asks for it", quantity="carbon_free", read=True)
