"""Sites: where a campus may stand.

A site is opened once, at a price for land, permits, roads and water, and not before its earliest date. Only an opened
site can hold halls and power. Its land, its water and its largest IT power limit what stands on it. What opening a site
cost is worth nothing at the end of the horizon.
"""

from __future__ import annotations

from gwplan.quantity import Kind, Quantity, Table

TABLE = Table(
    "sites",
    (Kind("site"),),
    (
        Quantity("opening_price", "site", "MUSD", "land, permits, roads, water, paid when the site is opened", ("when",), "linear",
                 least=0, sane=(1, 5000)),
        Quantity("land", "site", "acre", "land to build on", ("when",), optional=True, least=0, sane=(5, 50000)),
        Quantity("most_it", "site", "MW", "largest IT power", ("when",), least=0, sane=(1, 10000)),
        Quantity("water_limit", "site", "ML/year", "most water in a year", ("when",), optional=True, least=0, sane=(1, 50000)),
        Quantity("earliest", "site", "date", "first date on which ground can be broken", optional=True),
        Quantity("construction_index", "site", "1", "cost of building against the mean", ("when",), default=1.0, least=0,
                 sane=(0.5, 2)),
        Quantity("property_tax", "site", "1/year", "yearly tax on the value of buildings, after abatement", ("when",), default=0.0,
                 least=0, most=1, sane=(0, 0.05)),
        Quantity("region", "site", "label", "group of sites, for shares", optional=True),
        Quantity("grid", "site", "label", "grid operator, for shares", optional=True),
    ),
)
