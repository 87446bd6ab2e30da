"""Sites: where a campus may stand.

A site is opened once, at a price for land, permits, roads and water, and not before its earliest date. Only an opened
site can hold halls and power. Its land, its water and its largest IT power limit what stands on it; land for power, such as
sun, is beside that of halls and is limited where a row says so. What opening a site
cost is worth nothing at the end of the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle
from gwplan.model.block import Block, Relation, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.existing_assets import already_open, first_period
from gwplan.model.ledger import Ledger, Order
from gwplan.model.stocks import stock

TABLE = Table(
    "sites",
    (Kind("site"),),
    (
        Quantity("opening_price", "site", "MUSD", "land, permits, roads, water, paid when the site is opened", ("when",), "linear",
                 least=0, sane=(1, 5000)),
        Quantity("land", "site", "acre", "land to build on", ("when",), optional=True, least=0, sane=(5, 50000)),
        Quantity("power_land", "site", "acre", "land for supplies that take acres, beside that of halls; without a row any amount",
                 ("when",), optional=True, least=0, sane=(5, 500000)),
        Quantity("most_it", "site", "MW", "largest IT power", ("when",), least=0, sane=(1, 10000)),
        Quantity("water_limit", "site", "ML/year", "most water in a year", ("when",), optional=True, least=0, sane=(1, 50000)),
        Quantity("earliest", "site", "date", "first date on which ground can be broken", optional=True),
        Quantity("construction_index", "site", "1", "cost of building against the mean", ("when",), default=1.0, least=0,
                 sane=(0.5, 2)),
        Quantity("property_tax", "site", "1/year", "yearly tax on the value of buildings, after abatement", ("when",), default=0.0,
                 least=0, most=1, sane=(0, 0.05)),
        Quantity("sales_tax", "site", "1", "tax on the price of systems and their networks, after exemption, paid on arrival", ("when",),
                 default=0.0, least=0, most=1, sane=(0, 0.12)),
        Quantity("region", "site", "label", "group of sites, for shares", optional=True),
        Quantity("grid", "site", "label", "grid operator, for shares", optional=True),
        Quantity("campus", "site", "label", "what is there: an occupied campus, so its row stands for a site like it, a powered shell, "
                 "or open land", optional=True, labels=("occupied", "shell", "land"), idle="it is for reports"),
        Quantity("latitude", "site", "degree", "degrees north, for the map of sites", optional=True, least=-90, most=90, reported=True),
        Quantity("longitude", "site", "degree", "degrees east, below 0 to the west, for the map of sites", optional=True,
                 least=-180, most=180, reported=True),
    ),
)
PLACE = ("latitude", "longitude")


def idle(case: Case) -> Iterator[Idle]:
    """Groups of sites, where no part has shares; and what is a matter of halls, or of supplies that take land; half a place on the map."""
    if not any(value.row.quantity == "acres" and value.row.table == "power" for value in case.checked.values):
        yield Idle("no supply takes land", quantity="power_land", read=True, loud=True)
    for site in case.items("site"):
        placed = [name for name in PLACE if case.has("sites", site, name)]
        if len(placed) == 1:
            other = next(name for name in PLACE if name not in placed)
            yield Idle(f"a place on the map needs the {other} too", site, placed[0], loud=True)
    if "diversification" not in case.definition.parts:
        for quantity in ("region", "grid"):
            yield Idle("a group for shares, and the model leaves out the part diversification", quantity=quantity)
    if "halls" not in case.definition.parts:
        for quantity in ("land", "most_it", "construction_index", "property_tax", "sales_tax", "water_limit"):
            yield Idle("it is a matter of halls and systems, and the model has none", quantity=quantity)


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Open sites: when, and at what price."""
    sites, calendar = case.items("site"), case.calendar
    periods = range(len(calendar.periods))
    there = already_open(case)
    earliest = {site: first_period(case, "sites", site) for site in sites}
    choices = [(site, period) for site in sites for period in periods if earliest[site] <= period < there.get(site, len(periods))]
    opening = block.variable("opening", ("site", "period"), choices, unit="1", doc="1 if the site is opened in the period", whole=True)
    opened = block.variable("opened", ("site", "period"), product(sites, periods), unit="1", doc="1 from the site's opening on")

    @block.rule(("site",), sites)
    def opened_once(site: str) -> Relation:
        """Openings of a site, over all periods, are at most one."""
        return at_most(total(opening.get((site, period), 0) for period in periods), 1)

    @block.rule(("site", "period"), product(sites, periods))
    def opened_after_opening(site: str, period: int) -> Relation:
        """Opened = opened in the period before + opening; a site on which something exists already is open."""
        if period >= there.get(site, len(periods)):
            return equal(opened[site, period], 1)
        return stock(opened, (site, period), opening.get((site, period), 0))

    for site in sites:
        prices = {period: case.number("sites", site, "opening_price", period=period) for _, period in choices if _ == site}
        orders = [Order(period, opening[site, period], price, {period: 1}) for period, price in prices.items()]
        ledger.asset("sites", "sites", (site, site, "landowners"), orders)
    exchange.make("opened", "sites", opened)


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Keep to the land and the water of each site."""
    land, water = exchange.take("land", "sites"), exchange.take("water", "sites")
    covered = exchange.take("power_land", "sites")
    limited = [site for site in case.items("site") if case.has("sites", site, "water_limit")]
    enclosed = [key for key in land if case.get("sites", key[0], "land", period=key[1]) is not None]

    @block.rule(("site", "period"), enclosed, promise="acre")
    def halls_fit_the_land(site: str, period: int) -> Relation:
        """Land under halls, standing or being built, is at most the land of the site."""
        return at_most(land[site, period], case.number("sites", site, "land", period=period))

    @block.rule(("site", "period"), covered, promise="acre")
    def supplies_fit_their_land(site: str, period: int) -> Relation:
        """Land under supplies in service is at most the site's land for power."""
        return at_most(covered[site, period], case.number("sites", site, "power_land", period=period))

    @block.rule(("site", "period"), product(limited, case.calendar.year_ends), promise="ML")
    def water_within_limit(site: str, period: int) -> Relation:
        """Water used in the year that ends with the period is at most the yearly limit of the site."""
        used = total(water.get((site, each), 0) for each in case.calendar.window(period))
        return at_most(used, case.number("sites", site, "water_limit", period=period))
