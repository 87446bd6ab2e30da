"""Supplies: what the table declares of them, what each role needs, which are offered where, and when they come."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import By, Kind, Quantity, Table
from gwplan.model.existing_assets import first_period

ROLES = ("prime", "backup", "variable", "storage", "contract")


SITE: By = ("site",)


BOTH: By = ("site", "when")


TABLE = Table(
    "power",
    (Kind("supply", marked="role"), Kind("fuel", named="fuel"), Kind("shortfall", only=("unserved_energy",))),
    (
        Quantity("role", "supply", "label", "prime covers the peak; backup never does; variable serves a share; storage; contract",
                 labels=ROLES),
        Quantity("price", "supply", "MUSD/MW", "capital; for the grid per MW of connection", BOTH, "linear", least=0, sane=(0, 20)),
        Quantity("contingency", "supply", "1", "share added to the price", SITE, default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("deposit", "supply", "1", "share of the price paid at order, the rest in service", default=0.0, least=0, most=1),
        Quantity("fixed_upkeep", "supply", "MUSD/MW/year", "upkeep by capacity", BOTH, default=0.0, least=0, sane=(0, 0.5)),
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
        Quantity("emission_rate", "supply", "kg/MWh", "CO2 per bought energy", BOTH, default=0.0, least=0, sane=(0, 1500)),
        Quantity("minimum_take", "supply", "1", "share of contracted power paid in any case", SITE, default=0.0, least=0, most=1),
        Quantity("demand_charge", "supply", "MUSD/MW/year", "per contracted power", BOTH, default=0.0, least=0, sane=(0, 0.5)),
        Quantity("contract_term", "supply", "year", "length of the contract", SITE, optional=True, least=0.25, sane=(1, 40)),
        Quantity("storage_price", "supply", "USD/kWh", "energy part of a battery", optional=True, least=0, sane=(0, 2000)),
        Quantity("duration", "supply", "hour", "hours of a battery", optional=True, least=0, sane=(0.25, 200)),
        Quantity("acres", "supply", "acre/MW", "land outside the fence", default=0.0, least=0, sane=(0, 50)),
        Quantity("fuel", "supply", "label", "fuel item, or a group", optional=True),
        Quantity("direct_share", "supply", "1", "most of a flat load that it serves in a plan without hours", SITE, optional=True, least=0,
                 most=1),
        Quantity("fuel_price", "fuel", "USD/MMBtu", "fuel, delivered", BOTH, "linear", least=0, sane=(0.5, 100)),
        Quantity("emission_rate", "fuel", "kg/MMBtu", "CO2 per heat of fuel", BOTH, default=0.0, least=0, sane=(0, 150)),
        Quantity("lost_load_price", "shortfall", "USD/MWh", "unserved energy, in plans with hours only", optional=True, least=0,
                 sane=(100, 50000)),
    ),
)


KEY = ("supply", "site", "period")


SLICED = ("supply", "site", "period", "slice")


NEEDS = {
    "prime": ("firm_credit", "life"),
    "backup": ("heat_rate", "most_hours", "life"),
    "variable": ("capacity_factor", "direct_share", "life"),
    "storage": ("duration", "efficiency", "storage_price", "life"),
    "contract": ("capacity_factor", "energy_price", "contract_term"),
}
"""Quantities that a supply of each role must have, at every site or at its own."""


def check(case: Case) -> Iterator[Fault]:
    """Each supply has what its role needs, and pays for its energy: it is bought, or burns a fuel with a price, or is sun or wind."""
    for supply in case.items("supply"):
        role, (file, row) = role_of(case, supply), case.location("power", supply, "role")
        for quantity in NEEDS[role]:
            if not case.has("power", supply, quantity):
                yield Fault(file, row, f"{supply}: a {role} supply needs {quantity}")
        burns = case.has("power", supply, "heat_rate")
        if burns and case.get_label("power", supply, "fuel") not in case.items("fuel"):
            yield Fault(file, row, f"{supply}.fuel: {case.get_label('power', supply, 'fuel')!r} has no fuel_price")
        if role == "prime" and not burns and not case.has("power", supply, "energy_price"):
            yield Fault(file, row, f"{supply}: a prime supply needs energy_price or heat_rate, or its energy would cost nothing")
        if case.has("power", supply, "minimum_take") and not case.has("power", supply, "contract_term"):
            yield Fault(file, row, f"{supply}: minimum_take needs contract_term")


def warn(case: Case) -> Iterator[Fault]:
    """Supplies that cannot be used: storage needs hours, and what has no `most` anywhere is not offered."""
    places = {supply for supply, _ in offered(case)}
    for supply in case.items("supply"):
        file, row = case.location("power", supply, "role")
        if role_of(case, supply) == "storage":
            yield Fault(file, row, f"{supply} is storage, which needs a plan with hours; it is left out")
        elif supply not in places:
            yield Fault(file, row, f"{supply} has no `most` above 0 at any site and is not offered")


def role_of(case: Case, supply: str) -> str:
    """prime, backup, variable, storage or contract."""
    return case.label("power", supply, "role")


def offered(case: Case) -> list[tuple[str, str]]:
    """(supply, site) that a plan without hours can use: those with a `most` there, without storage; and what stands there already."""
    there = {(thing.item, thing.site) for thing in case.existing()}
    periods = range(len(case.calendar.periods))
    pairs = product(case.items("supply"), case.items("site"))
    return [(supply, site) for supply, site in pairs if role_of(case, supply) != "storage" and (
            (supply, site) in there or any(case.get("power", supply, "most", site, period) for period in periods))]


def is_bought(case: Case, supply: str) -> bool:
    """True for a prime supply whose energy is bought: a grid connection."""
    return role_of(case, supply) == "prime" and case.has("power", supply, "energy_price")


def life_years(case: Case, supply: str, site: str) -> float:
    """Years from service to the end: the life, or the term of a contract."""
    return case.number("power", supply, "contract_term" if role_of(case, supply) == "contract" else "life", site)


def services(case: Case, supply: str, site: str) -> dict[int, int]:
    """Period of service by period of order: inside the horizon, and not before the queue's first day."""
    last = len(case.calendar.periods) - 1
    found = {}
    for period in range(last + 1):
        service = period + case.calendar.steps(case.number("power", supply, "lead_months", site, period))
        if first_period(case, "power", supply, site) <= service <= last and case.get("power", supply, "most", site, service):
            found[period] = service
    return found


def fuel_name(case: Case, supply: str) -> str:
    """The fuel, or the group of what comes without one, that a supply's energy counts towards; else its own name."""
    return case.get_label("power", supply, "fuel") or supply


def payee(case: Case, supply: str) -> str:
    """Who sells the supply: a contract's seller goes by the contract's name."""
    return supply if role_of(case, supply) == "contract" else "suppliers"


def fuel_price(case: Case, supply: str, site: str, period: int) -> float:
    """USD/MWh of fuel: heat rate x price of the fuel at the site; 0 for what burns none."""
    heat_rate = case.get("power", supply, "heat_rate", site)
    return heat_rate * case.number("power", case.label("power", supply, "fuel"), "fuel_price", site, period) if heat_rate else 0.0


def emission(case: Case, supply: str, site: str, period: int) -> float:
    """kg/MWh of output: of bought energy, or heat rate x emission rate of the fuel."""
    heat_rate = case.get("power", supply, "heat_rate", site)
    if heat_rate:
        return heat_rate * case.number("power", case.label("power", supply, "fuel"), "emission_rate", site, period)
    return case.number("power", supply, "emission_rate", site, period)
