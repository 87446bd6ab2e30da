"""Power: the supplies of a site, from the grid to engines, fuel cells, sun, wind and contracts.

Prime supplies cover the facility's peak by their firm share; backup never does. Over the year each unit of energy that
the facility uses comes from some supply within its availability; there is no unserved energy: what has no energy does
not compute. Sun and wind serve a flat load only in part. A contract's energy comes over the grid connection.
"""

from __future__ import annotations

from gwplan.quantity import Kind, Quantity, Table

ROLES = ("prime", "backup", "variable", "storage", "contract")
SITE, WHEN, BOTH = ("site",), ("when",), ("site", "when")

TABLE = Table(
    "power",
    (Kind("supply", marked="role"), Kind("fuel", named="fuel"), Kind("shortfall", only=("unserved_energy",))),
    (
        Quantity("role", "supply", "label", "prime covers the peak; backup never does; variable serves a share; storage; contract",
                 labels=ROLES),
        Quantity("price", "supply", "MUSD/MW", "capital; for the grid per MW of connection", BOTH, "linear", least=0, sane=(0, 20)),
        Quantity("contingency", "supply", "1", "share added to the price", SITE, default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("deposit", "supply", "1", "share of the price paid at order, the rest in service", default=0.0, least=0, most=1),
        Quantity("fixed_upkeep", "supply", "MUSD/MW/year", "upkeep by capacity", BOTH, "linear", default=0.0, least=0, sane=(0, 0.5)),
        Quantity("running_price", "supply", "USD/MWh", "per MWh, without fuel", BOTH, "linear", default=0.0, least=0, sane=(0, 300)),
        Quantity("heat_rate", "supply", "MMBtu/MWh", "fuel per output, higher heating value", SITE, optional=True, least=0, sane=(3, 20)),
        Quantity("firm_credit", "supply", "1", "firm / nameplate power", SITE, default=0.0, least=0, most=1),
        Quantity("availability", "supply", "1", "share of time it can run", SITE, default=1.0, least=0, most=1, sane=(0.5, 1)),
        Quantity("capacity_factor", "supply", "1", "mean / nameplate output", SITE, optional=True, least=0, most=1),
        Quantity("efficiency", "supply", "1", "of a battery, there and back", optional=True, least=0, most=1),
        Quantity("unit", "supply", "MW", "smallest step", SITE, least=1e-6, sane=(0.5, 2000)),
        Quantity("lead_months", "supply", "month", "order to service", BOTH, least=0, sane=(0, 120)),
        Quantity("life", "supply", "year", "life from service; a contract lasts its contract_term", optional=True, least=0.25,
                 sane=(5, 80)),
        Quantity("most", "supply", "MW", "largest total at a site", BOTH, optional=True, least=0, sane=(0, 20000)),
        Quantity("earliest", "supply", "date", "first date of service: the queue", SITE, optional=True),
        Quantity("most_hours", "supply", "hour/year", "full-load hours allowed in a year", SITE, optional=True, least=0, most=8760),
        Quantity("energy_price", "supply", "USD/MWh", "bought energy, all in", BOTH, "linear", optional=True, least=0, sane=(5, 500)),
        Quantity("emission_rate", "supply", "kg/MWh", "CO2 per bought energy", BOTH, "linear", default=0.0, least=0, sane=(0, 1500)),
        Quantity("minimum_take", "supply", "1", "share of contracted power paid in any case", SITE, default=0.0, least=0, most=1),
        Quantity("demand_charge", "supply", "MUSD/MW/year", "per contracted power", BOTH, "linear", default=0.0, least=0, sane=(0, 0.5)),
        Quantity("contract_term", "supply", "year", "length of the contract", SITE, optional=True, least=0.25, sane=(1, 40)),
        Quantity("storage_price", "supply", "USD/kWh", "energy part of a battery", optional=True, least=0, sane=(0, 2000)),
        Quantity("duration", "supply", "hour", "hours of a battery", optional=True, least=0, sane=(0.25, 200)),
        Quantity("acres", "supply", "acre/MW", "land outside the fence", default=0.0, least=0, sane=(0, 50)),
        Quantity("fuel", "supply", "label", "fuel item, or a group", optional=True),
        Quantity("direct_share", "supply", "1", "most of a flat load that it serves in a plan without hours", SITE, optional=True, least=0,
                 most=1),
        Quantity("fuel_price", "fuel", "USD/MMBtu", "fuel, delivered", BOTH, "linear", least=0, sane=(0.5, 100)),
        Quantity("emission_rate", "fuel", "kg/MMBtu", "CO2 per heat of fuel", BOTH, "linear", default=0.0, least=0, sane=(0, 150)),
        Quantity("lost_load_price", "shortfall", "USD/MWh", "unserved energy, in plans with hours only", optional=True, least=0,
                 sane=(100, 50000)),
    ),
)
