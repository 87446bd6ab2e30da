"""Headline figures of a plan: their names and units."""

from __future__ import annotations

UNITS = {"most_value": "MUSD", "least_cost": "MUSD", "most_compute": "kH100e years", "soonest": "MW periods",
         "most_equity_value": "MUSD_nominal"}  # fmt: skip


GOALS = {
    "least_cost": "net present cost", "most_value": "net present value", "most_compute": "compute", "soonest": "power, the sooner the more",
    "most_equity_value": "value of equity",
}  # fmt: skip


NAMES = {
    "objective": "Objective", "capital_first_build_musd": "Capital of the first build", "capital_musd": "Capital of the whole horizon",
    "capital_musd_per_it_gw": "Capital per GW of IT", "npv_cost_musd": "Net present cost", "npv_value_musd": "Present value of compute",
    "running_musd_per_year_final": "Running cost, last year", "it_mw_most": "IT power at most", "facility_mw_most": "Power at the meter",
    "compute_kh100e_most": "Compute at most", "levelised_usd_per_h100e_hour": "Levelised cost of compute",
    "equity_value_musd_nominal": "Value of equity", "irr": "Rate of return (IRR), nominal", "least_coverage": "Least coverage",
    "break_even_usd_per_h100e_hour": "Break-even price",
}  # fmt: skip


NOMINAL = "_musd_nominal"


RATIOS = {"irr": "a year", "least_coverage": "1"}


PRICES = "_usd_per_h100e_hour"
"""Endings of figures that are nominal money, or prices of compute; figures that are no money."""


def unit_of_goal(goal: str, dollars: int, precision: str) -> str:
    """The unit of an objective, with the year of its dollars or the precision of its compute."""
    unit = UNITS.get(goal, "")
    return f"{unit} of {dollars}" if unit == "MUSD" else f"{unit} ({precision})" if unit.startswith("kH100e") else unit
