"""Steps beside a lead time, rents, dates on which supplies go, and connections that are cut, in random cases: chosen, with no draw."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .random_cases import Case


def put_connections(case: Case) -> None:
    """Engines that wait for a permit, sets that are let for so long, and a day on which they go: no draw, so that other cases stay."""
    if case.count in (5, 7):
        case.put("power", "gas_engine", "permit_months", 12, "month", case.sites[0])
        case.put("power", "gas_engine", "equipment_months", 6, "month", "", case.date(1))
        case.put("power", "solar", "fuel_line_months", 9, "month")
    if case.count in (4, 7):
        for quantity, base, unit in (("role", "prime", "label"), ("price", 300, "USD_2026/kW"), ("unit", 1, "MW"), ("lead_months", 3, "month"),
                                     ("life", 20, "year"), ("firm_credit", 1, "1"), ("availability", 0.99, "1"), ("fuel", "grid", "label"),
                                     ("energy_price", 30, "USD_2026/MWh"), ("curtailed_hours", 150 * case.count, "hour/year")):
            case.put("power", "interim", quantity, base, unit)
        case.put("power", "interim", "most", 25, "MW", case.sites[-1])
        case.put("power", "interim", "curtailed_hours", 0, "hour/year", case.sites[0], case.date(case.count - 1))
        case.put("power", "unserved_energy", "lost_load_price", 400, "USD_2026/MWh")
        case.put("power", "unserved_energy", "curtailable", 0.5, "1")
        case.put("power", "unserved_energy", "curtailable_hours", 200, "hour/year")
    if case.count in (6, 7):
        case.put("power", "gas_engine", "until", case.date(case.count - 1), "date", case.sites[-1])
        case.put("power", "diesel", "rent", 2, "USD_2026/kW/month")
        case.put("power", "diesel", "until", case.date(4), "date")
    if case.count in (4, 5, 7):
        case.put("power", "grid", "ramp_years", case.count - 2, "year")
        case.put("power", "grid", "ramp_from", 0.25, "1", case.sites[0])
        case.put("power", "grid", "collateral", 300 + 50 * case.count, "USD_2026/kW")
        case.put("power", "grid", "collateral", 500, "USD_2026/kW", case.sites[-1], case.date(1))
        case.put("power", "ppa", "collateral", 100, "USD_2026/kW")
    if case.count in (5, 6, 8):
        case.put("sites", case.sites[0], "power_land", 30, "acre")
        case.put("sites", case.sites[0], "power_land", 45, "acre", "", case.date(2))
    if case.count in (4, 6, 7):
        case.put("prices", "prices", "inflation", 0.02, "1/year")
        case.put("power", "gas_engine", "contract_term", 1.6 if case.count == 6 else 15, "year")
        case.put("power", "gas_engine", "collateral", 80, "USD_2026/kW")
        case.put("power", "gas_engine", "exit_fee", 120, "USD_2026/kW")
