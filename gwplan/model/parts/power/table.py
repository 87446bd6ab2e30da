"""The quantities of power.csv, and what a supply of each role must have."""

from __future__ import annotations

from gwplan.inputs.declarations import By, Kind, Quantity, Table

ROLES = ("prime", "backup", "variable", "storage", "contract")
SITE: By = ("site",)
BOTH: By = ("site", "when")
FIRM_POWER = "firm_power"
SHORTFALL = "unserved_energy"
"""The item of load that is not served."""
MATCHING = "matching"
"""The item of shares that renewable and carbon-free supplies have to give."""
HOURS = "storage and unserved energy need a plan with hours"
UNSERVED = "load goes unserved in plans with hours, or while an interim connection is cut"
HOURLY = "it is of a plan with hours"
STEPS = {"permit_months": "air permit", "fuel_line_months": "gas line", "equipment_months": "transformer and breaker"}
"""Steps that run beside `lead_months` from the order, in words."""


def roles(*names: str) -> tuple[str, tuple[str, ...]]:
    """The roles of the supplies that have a use for a number."""
    return "role", names


TABLE = Table(
    "power",
    (Kind("supply", marked="role"), Kind("fuel", named="fuel"), Kind("shortfall", only=("unserved_energy",)),
     Kind("firmness", only=(FIRM_POWER,)), Kind("matching", only=(MATCHING,))),
    (
        Quantity("role", "supply", "label", "prime covers the peak; backup never does; variable serves a share; storage; contract",
                 labels=ROLES),
        Quantity("price", "supply", "MUSD/MW", "capital; for the grid per MW of connection", BOTH, "linear", least=0, sane=(0, 20)),
        Quantity("contingency", "supply", "1", "share added to the price", SITE, default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("deposit", "supply", "1", "share of the price paid at order, the rest in service", default=0.0, least=0, most=1),
        Quantity("fixed_upkeep", "supply", "MUSD/MW/year", "upkeep by capacity", BOTH, default=0.0, least=0, sane=(0, 0.5)),
        Quantity("running_price", "supply", "USD/MWh", "per MWh, without fuel", BOTH, "linear", default=0.0, least=0, sane=(0, 300)),
        Quantity("heat_rate", "supply", "MMBtu/MWh", "fuel per output, higher heating value", SITE, optional=True, least=0, sane=(3, 20)),
        Quantity("firm_credit", "supply", "1", "firm / nameplate power; without a row it follows from forced_outage_rate; of storage in a "
                 "plan with hours", SITE, default=0.0, least=0, most=1, where=roles("prime", "storage")),
        Quantity("forced_outage_rate", "supply", "1", "share of time that a unit is out unplanned, by itself", SITE, optional=True,
                 least=0, most=1, sane=(0.001, 0.2), where=roles("prime")),
        Quantity("planned_outage_rate", "supply", "1", "share of time that a unit is out for maintenance", SITE, default=0.0, least=0,
                 most=1, sane=(0, 0.15), where=roles("prime")),
        Quantity("availability", "supply", "1", "share of time it can run", SITE, default=1.0, least=0, most=1, sane=(0.5, 1),
                 where=roles("prime", "backup", "storage")),
        Quantity("capacity_factor", "supply", "1", "largest mean output / nameplate output", SITE, optional=True, least=0, most=1),
        Quantity("efficiency", "supply", "1", "of storage, there and back", SITE, optional=True, least=0.01, most=1,
                 where=roles("storage"), idle=HOURS),
        Quantity("unit", "supply", "MW", "smallest step", SITE, least=1e-6, sane=(0.5, 2000)),
        Quantity("lead_months", "supply", "month", "order to service", BOTH, least=0, sane=(0, 120)),
        *(Quantity(step, "supply", "month", f"{words}, from the order; beside lead_months: the longest sets the service", BOTH, default=0.0,
                   least=0, sane=(0, 120)) for step, words in STEPS.items()),
        Quantity("life", "supply", "year", "life from service; a contract lasts its contract_term", optional=True, least=0.25,
                 sane=(2, 80), where=roles("prime", "backup", "variable", "storage")),
        Quantity("most", "supply", "MW", "largest total at a site", BOTH, optional=True, least=0, sane=(0, 20000)),
        Quantity("earliest", "supply", "date", "first date of service: the queue", SITE, optional=True),
        Quantity("until", "supply", "date", "date from which it does not serve any more, whatever its life", SITE, optional=True,
                 where=roles("prime", "backup", "variable", "storage")),
        Quantity("curtailed_hours", "supply", "hour/year", "hours in which an interim grid connection gives nothing", BOTH, default=0.0,
                 least=0, most=8760, sane=(0, 1000), where=roles("prime")),
        Quantity("rent", "supply", "MUSD/MW/month", "of what is rented, for its whole life, which is the term; it leaves no residual value",
                 BOTH, default=0.0, least=0, sane=(0, 0.1), where=roles("prime", "backup", "variable", "storage")),
        Quantity("most_hours", "supply", "hour/year", "full-load hours allowed in a year", SITE, optional=True, least=0, most=8760),
        Quantity("energy_price", "supply", "USD/MWh", "bought energy, all in; beside the fuel where it burns one", BOTH, "linear",
                 optional=True, least=0, sane=(5, 500)),
        Quantity("emission_rate", "supply", "kg/MWh", "CO2 per energy, without that of its fuel", BOTH, default=0.0, least=0,
                 sane=(0, 1500)),
        Quantity("minimum_take", "supply", "1", "share of contracted power whose energy is paid in any case; a contract pays all it can",
                 SITE, default=0.0, least=0, most=1, where=roles("prime", "backup", "variable")),
        Quantity("demand_charge", "supply", "MUSD/MW/year", "per contracted power", BOTH, default=0.0, least=0, sane=(0, 0.5)),
        Quantity("ramp_years", "supply", "year", "years from service in which the minimum take rises to the whole, in equal yearly steps",
                 SITE, default=0.0, least=0, sane=(0, 10), where=roles("prime", "backup", "variable")),
        Quantity("ramp_from", "supply", "1", "share of the minimum take that is asked for in the first year of its ramp", SITE, default=0.0,
                 least=0, most=1, where=roles("prime", "backup", "variable")),
        Quantity("collateral", "supply", "MUSD/MW", "posted at the order per contracted power, without interest until the term ends", BOTH,
                 default=0.0, least=0, sane=(0, 3), where=roles("prime", "contract")),
        Quantity("exit_fee", "supply", "MUSD/MW", "per contracted power that leaves before the contract_term is over", BOTH, default=0.0,
                 least=0, sane=(0, 3), where=roles("prime")),
        Quantity("contract_term", "supply", "year", "length of the contract", SITE, optional=True, least=0.25, sane=(1, 40)),
        Quantity("storage_price", "supply", "USD/kWh", "energy part of storage", BOTH, "linear", optional=True, least=0, sane=(0, 2000),
                 where=roles("storage"), idle=HOURS),
        Quantity("duration", "supply", "hour", "hours that storage gives its power; without a row its energy is chosen apart", SITE,
                 optional=True, least=0, sane=(0.25, 200), where=roles("storage"), idle=HOURS),
        Quantity("firm_hours", "supply", "hour", "hours that storage with a firm_credit must give its firm power", SITE, optional=True,
                 least=0.1, sane=(0.25, 100), where=roles("storage"), idle=HOURS),
        Quantity("profile", "supply", "label", "hourly series of the output, several for their mean, or flat; by default that of its own "
                 "name, else of its fuel's", optional=True, many=True, where=roles("variable", "contract")),
        Quantity("derate", "supply", "1/K", "share of power lost per degree of heat", SITE, default=0.0, least=0, most=1, sane=(0, 0.02),
                 where=roles("prime", "backup"), idle=HOURLY),
        Quantity("derate_from", "supply", "degC", "temperature from which heat takes power", SITE, optional=True, sane=(0, 50),
                 where=roles("prime", "backup"), idle=HOURLY),
        Quantity("minimum_load", "supply", "1", "least output of what runs, per capacity; it runs through a typical day", SITE, default=0.0,
                 least=0, most=1, where=roles("prime", "backup"), idle=HOURLY),
        Quantity("ramp", "supply", "1/hour", "largest change of output in an hour, per capacity", SITE, optional=True, least=0,
                 where=roles("prime", "backup"), idle=HOURLY),
        Quantity("monthly_charge", "supply", "MUSD/MW/month", "per highest import of a month", BOTH, default=0.0, least=0, sane=(0, 0.06),
                 where=roles("prime"), idle=HOURLY),
        Quantity("ratchet", "supply", "1", "share of the highest import of twelve months that a month is billed at least", SITE,
                 default=0.0, least=0, most=1, where=roles("prime"), idle=HOURLY),
        Quantity("highest_before", "supply", "MW", "highest import of the twelve months before the plan begins", SITE, default=0.0, least=0,
                 where=roles("prime"), idle=HOURLY),
        Quantity("tier_from", "supply", "MW", "demand from which the second tier of the charge is paid", SITE, default=0.0, least=0,
                 where=roles("prime"), idle=HOURLY),
        Quantity("tier_charge", "supply", "MUSD/MW/month", "beyond the monthly charge, on demand above the first tier", BOTH, default=0.0,
                 least=0, sane=(0, 0.06), where=roles("prime"), idle=HOURLY),
        Quantity("coincident_charge", "supply", "MUSD/MW/year", "per highest import in the hours that may be the grid's own peak", BOTH,
                 default=0.0, least=0, sane=(0, 0.2), where=roles("prime"), idle=HOURLY),
        Quantity("export_price", "supply", "USD/MWh", "for power sold to the grid, set against the bill, at each hour's share of the mean "
                 "price", BOTH, "linear", default=0.0, least=0, sane=(0, 200), where=roles("prime"), idle=HOURLY),
        Quantity("acres", "supply", "acre/MW", "land of what is in service, beside that of halls", default=0.0, least=0, sane=(0, 50),
                 idle="land outside the fence, which no site limits by power_land"),
        Quantity("itc", "supply", "1", "investment tax credit: share of the price that comes back, by date of service", BOTH, default=0.0,
                 least=0, most=1, sane=(0, 0.5), where=roles("prime", "backup", "variable")),
        Quantity("itc_off_basis", "supply", "1", "part of the itc by which the basis of depreciation is less", default=0.5, least=0, most=1,
                 where=roles("prime", "backup", "variable")),
        Quantity("ptc", "supply", "USD/MWh", "production tax credit for output, by date of service", BOTH, default=0.0, least=0,
                 sane=(0, 100), where=roles("prime", "backup", "variable")),
        Quantity("ptc_years", "supply", "year", "years from service in which output earns the ptc", SITE, optional=True, least=0.25,
                 sane=(5, 15), where=roles("prime", "backup", "variable")),
        Quantity("renewable", "supply", "1", "share of its energy that is renewable, for matching; by default all of sun and wind, none of "
                 "others", BOTH, optional=True, least=0, most=1, where=roles("prime", "backup", "variable", "contract")),
        Quantity("carbon_free", "supply", "1", "share of its energy that is carbon-free, for matching; by default what is renewable", BOTH,
                 optional=True, least=0, most=1, where=roles("prime", "backup", "variable", "contract")),
        Quantity("fuel", "supply", "label", "fuel item, or a group", optional=True),
        Quantity("direct_share", "supply", "1", "most of a flat load that it serves in a plan without hours; of a contract its capacity "
                 "factor by default", SITE, optional=True, least=0, most=1, where=roles("variable", "contract")),
        Quantity("fuel_price", "fuel", "USD/MMBtu", "fuel, delivered", BOTH, "linear", least=0, sane=(0.5, 100)),
        Quantity("emission_rate", "fuel", "kg/MMBtu", "CO2 per heat of fuel", BOTH, default=0.0, least=0, sane=(0, 150)),
        Quantity("outage_rate", "fuel", "1", "share of time that all that burns the fuel at a site is out at once", SITE, default=0.0,
                 least=0, most=1, sane=(0, 0.01)),
        Quantity("wanted_availability", "firmness", "1", "share of time that a fleet of one supply shall serve its load", SITE,
                 optional=True, least=0, most=1, sane=(0.9, 0.999999)),
        Quantity("fleet_load", "firmness", "MW", "load at the meter that a fleet is sized for; by default the site's most IT power x the "
                 "highest peak ratio", SITE, optional=True, least=1e-6, sane=(1, 20000)),
        Quantity("annual_share", "matching", "1", "least renewable output of all sites in a year, per energy used", ("when",),
                 optional=True, least=0, most=2),
        Quantity("hourly_share", "matching", "1", "least share of the load of a site that carbon-free supplies and storage serve in each "
                 "slice, in plans with hours", BOTH, optional=True, least=0, most=1),
        Quantity("lost_load_price", "shortfall", "USD/MWh", "load not served, in plans with hours and while an interim connection is cut",
                 optional=True, least=0, sane=(100, 50000), idle=UNSERVED),
        Quantity("curtailable", "shortfall", "1", "share of the load that may be turned down", BOTH, default=1.0, least=0, most=1,
                 idle=UNSERVED),
        Quantity("curtailable_hours", "shortfall", "hour/year", "hours of the whole load that may go unserved in a year", BOTH, default=0.0,
                 least=0, most=8760, idle=UNSERVED),
    ),
)

KEY = ("supply", "site", "period")
SLICED = ("supply", "site", "period", "slice")
MOST_LISTED = 6
"""Most direct supplies of a site whose sets have a row for each set of the others, so that each more takes three times as many."""
MOST_DIRECT = 10
"""Most direct supplies of a site: beyond `MOST_LISTED` each set has a row for each other one, so that each more takes twice as many."""
NEEDS = {
    "prime": ("firm_credit|forced_outage_rate", "life"),
    "backup": ("heat_rate", "most_hours", "life"),
    "variable": ("capacity_factor", "direct_share", "life"),
    "storage": ("efficiency", "storage_price", "life"),
    "contract": ("capacity_factor", "energy_price", "contract_term"),
}
"""Quantities that a supply of each role must have, at every site or at its own; of several with | one is enough."""
FLAT = "flat"
"""Profile of a contract that gives the same in each hour."""
HOURLY_PAIRS = {"storage": (("firm_credit", "firm_hours"),), "prime": (("derate", "derate_from"),), "backup": (("derate", "derate_from"),)}
"""In a plan with hours: what a quantity needs beside it, by role."""
FROM_SERIES = ("capacity_factor", "direct_share")
"""Of them those that a plan with hours does not need: it has the hourly series."""
