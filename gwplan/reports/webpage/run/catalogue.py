"""The charts of a run by name, for those who want one of them alone."""

from __future__ import annotations

from collections.abc import Callable

from gwplan.reports.webpage.charts import Chart
from gwplan.reports.webpage.run import (
    charts_finance,
    charts_fleet,
    charts_map,
    charts_money,
    charts_overview,
    charts_power,
    charts_schedule,
)
from gwplan.results.run_folder import RunFolder

CHARTS: dict[str, Callable[[RunFolder], Chart | None]] = {
    "ramp": charts_overview.ramp, "steps": charts_overview.steps, "schedule": charts_schedule.schedule,
    "map": charts_map.sites_map,
    "capital": charts_money.capital, "paid": charts_money.paid, "published": charts_money.ranges,
    "energy": charts_power.output, "power": charts_power.needs, "power_limits": charts_power.binds,
    "fleet": charts_fleet.fleet, "compute": charts_fleet.compute,
    "sources_and_uses": charts_finance.sources_and_uses, "cash": charts_finance.cash, "debt": charts_finance.debt,
    "coverage": charts_finance.coverage, "levelised_cost": charts_finance.levelised,
}  # fmt: skip
"""What draws each chart; None where a plan has nothing to show."""
