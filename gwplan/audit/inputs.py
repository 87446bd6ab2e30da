"""An independent look-up of the inputs as used: which row applies at a site in a period.

Applicable rows of the site, else applicable rows without a site; among them the latest dated row, else the undated
one; else the declared default. `step`: a dated row applies to periods that start on or after its date. `linear`:
interpolation between the first days of the rows, at the middle of the period; an undated row with dated ones is a
point a year before the first of them; constant outside, but no value before the first date of a series without an
undated row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.units import UnknownUnit, convert, parse_unit
from gwplan.common.calendar import MONTHS_A_YEAR, Calendar, parse_date


@dataclass(frozen=True, slots=True)
class Declared:
    """The audit's unit, how dated rows are read, and the default (nan: none)."""

    unit: str
    between: str = "step"
    default: float = np.nan
    counted: int = 0
    """Where H100e stand in the unit: 1 above the line, -1 below it."""


LINEAR = "linear"
PRECISIONS, WORKLOADS = ("bf16", "fp8", "fp4"), ("training", "prefill", "decode")
ACHIEVED = {f"achieved_{workload}_{precision}": Declared("1") for workload in WORKLOADS for precision in PRECISIONS}
DECLARED: dict[str, dict[str, Declared]] = {
    "sites": {
        "opening_price": Declared("MUSD", LINEAR), "land": Declared("acre"), "most_it": Declared("MW"), "water_limit": Declared("ML/year"),
        "construction_index": Declared("1", default=1.0), "property_tax": Declared("1/year", default=0.0),
        "sales_tax": Declared("1", default=0.0), "power_land": Declared("acre"),
    },
    "halls": {
        "room": Declared("MW"), "density": Declared("kW"), "price": Declared("MUSD/MW", LINEAR), "contingency": Declared("1", default=0.0),
        "renewal_price": Declared("MUSD/MW", LINEAR), "build_months": Declared("month"), "spend_first_third": Declared("1", default=1 / 3),
        "spend_middle_third": Declared("1", default=1 / 3), "spend_last_third": Declared("1", default=1 / 3), "life": Declared("year"),
        "upkeep": Declared("MUSD/MW/year", default=0.0), "insurance": Declared("1/year", default=0.0),
        "acres": Declared("acre/MW", default=0.0), "most_started": Declared("1/year"), "embodied_carbon": Declared("kt/MW", default=0.0),
    },
    "accelerators": {
        "power": Declared("MW"), "overhead": Declared("1", default=1.0), "load_factor": Declared("1", default=1.0),
        "price": Declared("MUSD", LINEAR), "network_price": Declared("MUSD", LINEAR, 0.0), "contingency": Declared("1", default=0.0),
        "lead_months": Declared("month"), "most_bought": Declared("1/year"), "carry_over": Declared("month", default=0.0),
        "storage_price": Declared("1/month", default=0.0), "import_duty": Declared("1", default=0.0), "bf16_rate": Declared("TFLOP/s"),
        "fp8_rate": Declared("TFLOP/s"), "fp4_rate": Declared("TFLOP/s"), "availability": Declared("1", default=1.0),
        "spares": Declared("1", default=0.0), "deposit": Declared("1", default=0.0), "life": Declared("year"),
        "residual_one_year": Declared("1"), "residual_three_years": Declared("1"), "residual_five_years": Declared("1"),
        "upkeep": Declared("1/year", default=0.0), "embodied_carbon": Declared("kt", default=0.0), "rack_density": Declared("kW"),
        "accelerators": Declared("1"), **ACHIEVED,
    },
    "compute": {
        "bf16_rate": Declared("TFLOP/s"), "fp8_rate": Declared("TFLOP/s"), "fp4_rate": Declared("TFLOP/s"),
        "value": Declared("MUSD/kH100e/hour", LINEAR, counted=-1), **ACHIEVED,
        "flop_per_input_token": Declared("GFLOP"), "flop_per_output_token": Declared("GFLOP"),
    },
    "cooling": {
        "peak_ratio": Declared("1"), "mean_ratio": Declared("1"), "water": Declared("ML/MWh", default=0.0),
        "ratio_per_degree": Declared("1/K", default=0.0),
    },
    "demand": {"power": Declared("MW"), "mean_share": Declared("1", default=1.0)},
    "power": {
        "price": Declared("MUSD/MW", LINEAR), "contingency": Declared("1", default=0.0), "deposit": Declared("1", default=0.0),
        "fixed_upkeep": Declared("MUSD/MW/year", default=0.0), "running_price": Declared("MUSD/MWh", LINEAR, 0.0),
        "heat_rate": Declared("MMBtu/MWh"), "firm_credit": Declared("1", default=0.0), "availability": Declared("1", default=1.0),
        "forced_outage_rate": Declared("1"), "planned_outage_rate": Declared("1", default=0.0), "outage_rate": Declared("1", default=0.0),
        "itc": Declared("1", default=0.0), "itc_off_basis": Declared("1", default=0.5), "ptc": Declared("MUSD/MWh", default=0.0),
        "ptc_years": Declared("year"),
        "wanted_availability": Declared("1"), "fleet_load": Declared("MW"),
        "capacity_factor": Declared("1"), "unit": Declared("MW"), "lead_months": Declared("month"), "life": Declared("year"),
        "permit_months": Declared("month", default=0.0), "fuel_line_months": Declared("month", default=0.0),
        "equipment_months": Declared("month", default=0.0), "rent": Declared("MUSD/MW/month", default=0.0),
        "curtailed_hours": Declared("hour/year", default=0.0),
        "most": Declared("MW"), "most_hours": Declared("hour/year"), "energy_price": Declared("MUSD/MWh", LINEAR),
        "emission_rate": Declared("kt/MWh", default=0.0), "minimum_take": Declared("1", default=0.0),
        "demand_charge": Declared("MUSD/MW/year", default=0.0), "contract_term": Declared("year"),
        "ramp_years": Declared("year", default=0.0),
        "acres": Declared("acre/MW", default=0.0), "ramp_from": Declared("1", default=0.0), "renewable": Declared("1"),
        "carbon_free": Declared("1"), "annual_share": Declared("1"),
        "hourly_share": Declared("1"), "collateral": Declared("MUSD/MW", default=0.0),
        "exit_fee": Declared("MUSD/MW", default=0.0), "direct_share": Declared("1"),
        "fuel_price": Declared("MUSD/MMBtu", LINEAR), "efficiency": Declared("1"), "duration": Declared("hour"),
        "storage_price": Declared("MUSD/MWh", LINEAR), "derate": Declared("1/K", default=0.0),
        "derate_from": Declared("degC"), "firm_hours": Declared("hour"),
        "minimum_load": Declared("1", default=0.0), "ramp": Declared("1/hour"),
        "ratchet": Declared("1", default=0.0),
        "monthly_charge": Declared("MUSD/MW/month", default=0.0), "tier_charge": Declared("MUSD/MW/month", default=0.0),
        "tier_from": Declared("MW", default=0.0), "highest_before": Declared("MW", default=0.0),
        "coincident_charge": Declared("MUSD/MW/year", default=0.0), "export_price": Declared("MUSD/MWh", LINEAR, 0.0),
        "lost_load_price": Declared("MUSD/MWh"), "curtailable": Declared("1", default=1.0),
        "curtailable_hours": Declared("hour/year", default=0.0),
    },
    "carbon": {"price": Declared("MUSD/kt", LINEAR, 0.0), "cap": Declared("kt/year"), "total_cap": Declared("kt")},
    "budget": {"cap": Declared("MUSD"), "carries": Declared("1", default=0.0)},
    "prices": {"inflation": Declared("1/year")},
    "contracts": {
        "price": Declared("MUSD/kH100e/hour", LINEAR, counted=-1), "indexation": Declared("1", default=1.0),
        "most": Declared("kH100e", counted=1),
        "lead_months": Declared("month"), "delay_months": Declared("month", default=0.0), "term": Declared("year"),
        "commitment": Declared("MUSD_nominal", default=0.0), "ramp": Declared("1/year"), "prepayment": Declared("1", default=0.0),
        "makeup_years": Declared("year", default=0.0), "most_power": Declared("MW"), "compute_per_power": Declared("kH100e/MW", counted=1),
        "premium": Declared("MUSD/MW", default=0.0), "density": Declared("kW"), "rent": Declared("MUSD/MW/year", LINEAR),
        "escalation": Declared("1/year", default=0.0), "block": Declared("MW", default=0.0), "energy_price": Declared("MUSD/MWh", LINEAR),
        "emission_rate": Declared("kt/MWh"), "cap": Declared("MUSD_nominal"), "upfront": Declared("MUSD_nominal", default=0.0),
        "per_power": Declared("MUSD_nominal/MW"), "spend_share": Declared("1"), "tie": Declared("1", default=0.0),
        "share_held": Declared("1"), "mark": Declared("MUSD_nominal"), "guarantee": Declared("MUSD_nominal"),
        "valuation": Declared("MUSD_nominal"), "lots": Declared("1", default=1.0),
        "amount": Declared("MUSD_nominal"), "power": Declared("MW"), "power_per_compute": Declared("MW/kH100e", default=1.0, counted=-1),
    },
    "diversification": {
        "most_share": Declared("1", default=1.0), "least_share": Declared("1", default=0.0), "rest_share": Declared("1", default=0.0),
        "members": Declared("1", default=0.0), "member_share": Declared("1", default=0.0),
    },
    "finance": {
        "rate": Declared("1/year"), "spread": Declared("1/year"), "advance_rate": Declared("1"), "tenor": Declared("year"),
        "grace": Declared("year", default=0.0), "cap": Declared("MUSD_nominal"), "upfront_fee": Declared("1", default=0.0),
        "guarantee_fee": Declared("1/year", default=0.0),
        "commitment_fee": Declared("1/year", default=0.0), "coverage_floor": Declared("1"), "lock_up": Declared("1", default=0.0),
        "reserve": Declared("month", default=0.0), "least_share": Declared("1"), "required_return": Declared("1/year"),
        "hurdle_rate": Declared("1/year"), "least": Declared("MUSD_nominal", default=0.0), "tax_rate": Declared("1"),
        "loss_share": Declared("1", default=1.0), "interest_limit": Declared("1", default=1.0), "bonus": Declared("1", default=0.0),
        "bonus_within": Declared("year"), "tax_life": Declared("year"), "share": Declared("1", default=0.0),
        "price": Declared("MUSD/kH100e/hour", LINEAR, counted=-1), "sold_share": Declared("1", default=1.0),
    },
}
FUEL_EMISSION = Declared("kt/MMBtu", default=0.0)
RENTED_EMISSION = Declared("kg/MWh", default=373.0)
"""Default emissions of rented compute."""
MOST_OF_A_MONTH = 1e-9


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a series: the first month of its date (None: undated), its text and unit."""

    first: int | None
    base: str
    unit: str


class Inputs:
    """The tables `inputs/*.csv` of a run. `faults` collects numbers in an unexpected unit or dollar year."""

    def __init__(self, tables: Mapping[str, Mapping[str, Sequence[str]]], calendar: Calendar, definition: dict[str, Any]) -> None:
        self.calendar, self.dollars, self.precision = calendar, str(int(definition["horizon"]["dollars"])), str(definition["precision"])
        compute = definition.get("compute") or {}
        self.workload = {str(name): float(share) for name, share in (compute.get("workload") or {}).items() if share}
        self.faults: list[str] = []
        self.rows: dict[tuple[str, str, str], dict[str, list[Row]]] = {}
        for table, texts in tables.items():
            columns = [texts[name] for name in ("item", "site", "when", "quantity", "base", "unit")]
            for item, site, when, quantity, base, unit in zip(*columns, strict=True):
                row = Row(parse_date(when).first if when else None, base, unit)
                self.rows.setdefault((table, item, quantity), {}).setdefault(site, []).append(row)
        self.items = {table: sorted(set(texts["item"])) for table, texts in tables.items()}
        self.firsts = np.array([period.first for period in calendar.periods], dtype=float)
        self.middles = np.array([period.middle for period in calendar.periods])

    def has(self, table: str, item: str, quantity: str) -> bool:
        """True if any row gives the quantity."""
        return (table, item, quantity) in self.rows

    def text(self, table: str, item: str, quantity: str, site: str = "") -> str:
        """The label or date of an undated row, '' if there is none."""
        found = self.rows.get((table, item, quantity), {})
        for place in (site, ""):
            for row in found.get(place, []):
                if row.first is None:
                    return row.base
        return ""

    def begun(self, table: str, item: str, site: str = "", quantity: str = "earliest") -> int:
        """Number of the first period that starts on or after the item's `earliest`, or another date; 0 without such a date."""
        text = self.text(table, item, quantity, site)
        if not text:
            return 0
        month = parse_date(text).first
        return int(np.searchsorted(self.firsts, month))

    def number(self, table: str, item: str, quantity: str, site: str = "") -> float:
        """The undated number; else the declared default or nan."""
        declared = DECLARED[table][quantity]
        text = self.text(table, item, quantity, site)
        if text:
            found = self.rows[table, item, quantity]
            unit = next(row.unit for place in (site, "") for row in found.get(place, []) if row.first is None)
            return self.value(table, item, quantity, Row(None, text, unit), declared)
        return declared.default

    def value(self, table: str, item: str, quantity: str, row: Row, declared: Declared) -> float:
        """The number of a row in the audit's unit; nan, with a fault noted, if invalid."""
        try:
            number = convert(float(row.base), row.unit, declared.unit)
            dollars = parse_unit(row.unit).dollars
        except (UnknownUnit, ValueError) as error:
            self.faults.append(f"{table}.csv {item}.{quantity}: {error}")
            return np.nan
        # Sums fixed by a contract are nominal; all other money is in the model's dollars.
        wanted = parse_unit(declared.unit).dollars or self.dollars
        if dollars and dollars != wanted:
            self.faults.append(f"{table}.csv {item}.{quantity}: dollars of {dollars}, should be of {wanted}")
        return number * self.converted(table, item, row) ** declared.counted if declared.counted else number

    def converted(self, table: str, item: str, row: Row) -> float:
        """H100e of the model for one of a row: those of the item's reference system, here and at the peak that the row counts by."""
        system = self.beside(table, item, "reference_system", row)
        if not system:
            return 1.0
        precision = self.beside(table, item, "reference_precision", row) or PRECISIONS[1]
        return self.h100e(system, self.precision, self.workload) / self.h100e(system, precision, {})

    def beside(self, table: str, item: str, quantity: str, row: Row) -> str:
        """The label of an item that holds on the date of one of its rows."""
        labels = self.rows.get((table, item, quantity), {}).get("", [])
        held = [label for label in labels if label.first is None or (row.first is not None and label.first <= row.first)]
        return max(held, key=lambda label: -1 if label.first is None else label.first).base if held else ""

    def h100e(self, system: str, precision: str, workload: dict[str, float]) -> float:
        """H100 that one system equals at a precision: at peak without a workload, else as delivered; nan where it has no rate."""
        def ratio(quantity: str) -> float:
            one = self.number("compute", "h100", quantity)
            share = self.number("accelerators", system, quantity) / one
            return share if share > 0 else np.nan

        at_peak = ratio(f"{precision}_rate")
        return at_peak * sum(share * ratio(f"achieved_{name}_{precision}") for name, share in workload.items()) if workload else at_peak

    def path(self, table: str, item: str, quantity: str, site: str = "", declared: Declared | None = None) -> Array:
        """The number by period; the default, or nan, if no row applies."""
        declared = declared or DECLARED[table][quantity]
        found = self.rows.get((table, item, quantity), {})
        answer = np.full(len(self.firsts), declared.default)
        for place in dict.fromkeys(("", site)):
            rows = found.get(place)
            if rows:
                points = [(row.first, self.value(table, item, quantity, row, declared)) for row in rows]
                series = self.lines(points) if declared.between == LINEAR else self.steps(points)
                answer = np.where(np.isnan(series), answer, series)
        return answer

    def steps(self, points: Sequence[tuple[int | None, float]]) -> Array:
        """The latest dated point that applies on each period's first day, else the undated one."""
        answer = np.full(len(self.firsts), np.nan)
        for first, value in sorted(points, key=lambda point: -np.inf if point[0] is None else point[0]):
            answer = np.where(self.firsts >= (-np.inf if first is None else first), value, answer)
        return answer

    def lines(self, points: Sequence[tuple[int | None, float]]) -> Array:
        """Linear interpolation between the points, at the middle of each period."""
        dated = sorted((float(first), value) for first, value in points if first is not None)
        undated = [value for first, value in points if first is None]
        if not dated:
            return np.full(len(self.firsts), undated[0])
        if undated:
            dated.insert(0, (dated[0][0] - MONTHS_A_YEAR, undated[0]))
        months, values = (np.array(column) for column in zip(*dated, strict=True))
        answer: Array = np.interp(self.middles, months, values)
        return answer if undated else np.where(self.middles < months[0] - MOST_OF_A_MONTH, np.nan, answer)

    def mean(self, table: str, items: Sequence[str], quantity: str) -> Array:
        """A stepped number by item and period, averaged over the months of the period; nan where nothing holds on some of them."""
        whole, months = self.firsts, round(float(self.middles[0] - self.firsts[0]) * 2)
        found = []
        for month in range(months):
            self.firsts = whole + month
            found.append(self.grid(table, items, quantity)[:, 0, :])
        self.firsts = whole
        return np.asarray(np.mean(found, axis=0), dtype=float)

    def grid(self, table: str, items: Sequence[str], quantity: str, sites: Sequence[str] = ("",),
             declared: Declared | None = None) -> Array:
        """The number by item, site and period (one blank site if none are given)."""
        shape = (len(items), len(sites), len(self.firsts))
        return np.array([self.path(table, item, quantity, site, declared) for item in items for site in sites]).reshape(shape)

    def flat(self, table: str, items: Sequence[str], quantity: str, sites: Sequence[str] = ("",)) -> Array:
        """The undated number by item and site."""
        shape = (len(items), len(sites))
        return np.array([self.number(table, item, quantity, site) for item in items for site in sites], dtype=float).reshape(shape)
