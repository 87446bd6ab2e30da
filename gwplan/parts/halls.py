"""Halls: the buildings, in whole numbers of a few designs.

A hall is started, paid by thirds over its build, opens when the build is over, gives room for IT power of one kind of
cooling up to a density of its racks, and stands until the end of its life. At the end of the horizon it is worth the
part of its price that its remaining life still earns.
"""

from __future__ import annotations

from gwplan.quantity import Kind, Quantity, Table

COVERS = ("land", "permits", "shell", "electrical", "cooling", "backup", "substation", "fit_out", "system", "network", "storage",
          "connection")

TABLE = Table(
    "halls",
    (Kind("design"),),
    (
        Quantity("room", "design", "MW", "IT power of one hall", least=1e-6, sane=(1, 500)),
        Quantity("cooling", "design", "label", "kind of cooling", refers="cooling"),
        Quantity("density", "design", "kW", "most power in one rack", least=0, sane=(5, 2000)),
        Quantity("price", "design", "MUSD/MW", "price per MW of IT power, of its start", ("site", "when"), "linear", least=0, sane=(2, 60)),
        Quantity("contingency", "design", "1", "share added to the price", ("site",), default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("covers", "design", "label", "what the price pays for", labels=COVERS, many=True),
        Quantity("build_months", "design", "month", "start to opening", ("site", "when"), least=0, sane=(3, 60)),
        Quantity("spend_first_third", "design", "1", "share paid in the first third of the build", default=1 / 3, least=0, most=1),
        Quantity("spend_middle_third", "design", "1", "share paid in the middle third", default=1 / 3, least=0, most=1),
        Quantity("spend_last_third", "design", "1", "share paid in the last third", default=1 / 3, least=0, most=1),
        Quantity("life", "design", "year", "life from opening", least=0.25, sane=(5, 50)),
        Quantity("upkeep", "design", "MUSD/MW/year", "per MW of IT power, without energy", ("site", "when"), "linear", default=0.0, least=0,
                 sane=(0, 2)),
        Quantity("insurance", "design", "1/year", "share of the price of open halls", ("site",), default=0.0, least=0, most=1,
                 sane=(0, 0.02)),
        Quantity("acres", "design", "acre/MW", "land per MW of IT power", default=0.0, least=0, sane=(0, 20)),
        Quantity("most_started", "design", "1/year", "starts at a site in a year", ("site", "when"), least=0, sane=(0, 100)),
        Quantity("embodied_carbon", "design", "t/MW", "carbon of building", default=0.0, least=0, sane=(0, 5000)),
    ),
)
