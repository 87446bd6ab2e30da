"""The question (a TOML) and the facts (a folder of CSV tables): dates, units, money of one year, look-ups.

Inside: MUSD of the model's dollars, MW, thousand H100e, acres, ML of water, kt of carbon dioxide, hours, months.
"""
from __future__ import annotations

import csv
import math
import re
import tomllib
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

HOURS_A_YEAR = 8760.0
MISSING = object()

# Factor from the unit as written (money without its year) to the unit inside.
UNITS = {
    "1": 1.0, "1/year": 1.0, "1/month": 1.0, "hour/year": 1.0, "month": 1.0, "year": 12.0,
    "kW": 1e-3, "MW": 1.0, "GW": 1e3, "acre": 1.0, "acre/MW": 1.0,
    "L/kWh": 1e-3, "m**3/year": 1e-3,  # ML a MWh, ML a year
    "t": 1e-3, "kt": 1.0, "t/MW": 1e-3, "t/year": 1e-3, "kt/year": 1.0, "kg/MWh": 1e-6, "kg/MMBtu": 1e-6, "MMBtu/MWh": 1.0,
    "TFLOP/s": 1.0, "PFLOP/s": 1e3, "H100e": 1e-3, "kH100e": 1.0,
    "USD": 1e-6, "kUSD": 1e-3, "MUSD": 1.0, "GUSD": 1e3, "MUSD/MW": 1.0, "USD/kW": 1e-3, "USD/kW/year": 1e-3, "USD/kW/month": 1e-3,
    "USD/MWh": 1e-6, "USD/MMBtu": 1e-6, "USD/t": 1e-3, "USD/H100e/hour": 1e-3,
}
MONEY = re.compile(r"([kMG]?USD)_(\d{4})")
# Prices move along straight lines between their dated rows; everything else (prices of halls too) steps.
LINEAR = {
    ("accelerators", "price"), ("accelerators", "network_price"), ("compute", "value"), ("carbon", "price"),
    ("sites", "opening_price"), ("halls", "price"), ("halls", "renewal_price"), ("power", "price"), ("power", "energy_price"),
    ("power", "fuel_price"), ("power", "running_price"),
}


def first_month(text: str) -> int:
    """Months since year 0 of the first month of 2027, 2027-Q3 or 2027-07."""
    year, _, rest = text.partition("-")
    month = 1 if not rest else 3 * int(rest[1]) - 2 if rest[0] == "Q" else int(rest)
    return 12 * int(year) + month - 1


def last_month(text: str) -> int:
    return first_month(text) + (0 if re.fullmatch(r"\d{4}-\d{2}", text) else 2 if "Q" in text else 11)


def amount_of(text: str) -> float:
    number, _, unit = text.partition(" ")
    return float(number) * UNITS[unit.strip()]


@dataclass
class Row:
    site: str
    when: int | None
    text: str
    factor: float

    @property
    def value(self) -> float:
        return float(self.text) * self.factor


class Question:
    """The horizon and what is asked of it."""

    def __init__(self, path: Path) -> None:
        self.words: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.folder = (path.parent / self.words["inputs"]).resolve()
        horizon = self.words["horizon"]
        self.step = {"quarter": 3, "half": 6, "year": 12}[horizon["step"]]
        self.start = first_month(horizon["start"])
        length = last_month(horizon["end"]) + 1 - self.start
        self.count = length // self.step
        if self.count * self.step != length:
            raise ValueError("the horizon is not a whole number of periods")
        self.dollars = int(horizon["dollars"])
        self.rate = float(horizon["discount_rate"])
        self.years = self.step / 12
        self.hours = HOURS_A_YEAR * self.years
        self.window = 12 // self.step
        self.precision = self.words["precision"]
        self.workload = self.words.get("compute", {}).get("workload", {})
        self.parts = set(self.words["parts"])
        self.goal = self.words["goal"]
        self.targets = self.words.get("target", [])
        self.timing = horizon.get("timing", "middle")
        self.whole_from = amount_of(self.words.get("solver", {}).get("whole_units_from", "100 MW"))

    @property
    def periods(self) -> range:
        return range(self.count)

    def chain(self, months: float) -> int:
        """Whole periods that a number of months takes."""
        return math.ceil(months / self.step - 1e-9)

    def exactly(self, months: float) -> float:
        """Periods that a number of months takes, whole or not."""
        periods = months / self.step
        return float(round(periods)) if abs(periods - round(periods)) < 1e-9 else periods

    def starting(self, month: int) -> int:
        """First period whose first day is on or after that month's; negative before the horizon."""
        return math.ceil((month - self.start) / self.step)

    def holding(self, month: int) -> int:
        return (month - self.start) // self.step

    def year(self, period: int) -> int:
        return (self.start + period * self.step) // 12

    def discount(self, kind: str, period: int) -> float:
        timing = self.timing.get(kind, "middle") if isinstance(self.timing, dict) else self.timing
        moment = period + {"start": 0.0, "middle": 0.5, "end": 1.0}[timing]
        return float((1 + self.rate) ** (-moment * self.years))

    def left_share(self, life_months: float, age_periods: int) -> float:
        """Share of the price that the annuity still stands for."""
        life, age = life_months / 12, age_periods * self.years
        if age >= life:
            return 0.0
        if self.rate == 0:
            return 1 - age / life
        return float((1 - (1 + self.rate) ** (age - life)) / (1 - (1 + self.rate) ** -life))


class Facts:
    """Every row of the case folder and the rule by which one of them answers."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.index = {int(row["year"]): float(row["index"]) for row in self._csv("deflators")}
        self.rows: dict[tuple[str, str, str], list[Row]] = {}
        for path in sorted(question.folder.glob("*.csv")):
            if path.stem not in ("sources", "deflators", "labels", "existing", "half_lives"):
                for row in self._csv(path.stem):
                    key = (path.stem, row["item"], row["quantity"])
                    when = first_month(row["when"]) if row["when"] else None
                    self.rows.setdefault(key, []).append(Row(row["site"], when, row["base"], self.factor_of(row["unit"])))
        rents = self.rows.get(("compute", "compute", "value"), [])
        self.rows["compute", "compute", "value"] = [replace(row, factor=row.factor * self._rent_factor(row)) for row in rents]
        self.existing = self._csv("existing") if (question.folder / "existing.csv").exists() else []

    def _csv(self, stem: str) -> list[dict[str, str]]:
        with (self.question.folder / f"{stem}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def factor_of(self, unit: str) -> float:
        if unit in ("label", "date"):
            return 1.0
        money = MONEY.search(unit)
        if money is None:
            return UNITS[unit]
        return UNITS[MONEY.sub(r"\1", unit)] * self.index[self.question.dollars] / self.index[int(money[2])]

    def h100e(self, system: str, peak: bool = False) -> float:
        """H100 that a system replaces: by peak rate, or by what both deliver, averaged over the mix of work."""
        word = self.question.precision

        def times(quantity: str) -> float:
            return float(self.number("accelerators", system, quantity) / self.number("compute", "h100", quantity))

        mix = {} if peak else self.question.workload
        return times(f"{word}_rate") * (sum(mix[name] * times(f"achieved_{name}_{word}") for name in mix if mix[name]) if mix else 1.0)

    def _rent_factor(self, row: Row) -> float:
        """A rent was quoted per peak H100e of a machine: an hour of that machine costs the same however compute is counted."""
        machines = [other for other in self.rows.get(("compute", "compute", "reference_system"), [])
                    if other.when is None or (row.when is not None and other.when <= row.when)]
        if not machines:
            return 1.0
        machine = max(machines, key=lambda other: other.when or 0).text
        return self.h100e(machine, peak=True) / self.h100e(machine)

    def items(self, table: str, quantity: str) -> list[str]:
        return [item for name, item, word in self.rows if name == table and word == quantity]

    def number(self, table: str, item: str, quantity: str, site: str = "", t: int = 0, default: Any = MISSING) -> Any:
        """The base of the row that holds at the site in the period, in the unit inside."""
        found = self._find(table, item, quantity, site, t)
        if found is None and default is MISSING:
            raise KeyError(f"{table} {item} {quantity} at {site or 'any site'} in period {t}")
        return default if found is None else found if isinstance(found, float) else found.value

    def on_month(self, table: str, item: str, quantity: str, month: int) -> float | None:
        """The base of the latest row without a site that holds on a month; None where there is none."""
        held = [row for row in self.rows.get((table, item, quantity), []) if not row.site and (row.when is None or row.when <= month)]
        return max(held, key=lambda row: -1 if row.when is None else row.when).value if held else None

    def text(self, table: str, item: str, quantity: str, site: str = "", t: int = 0, default: Any = MISSING) -> Any:
        found = self._find(table, item, quantity, site, t)
        if found is None and default is MISSING:
            raise KeyError(f"{table} {item} {quantity} at {site or 'any site'} in period {t}")
        return default if found is None else found.text

    def _find(self, table: str, item: str, quantity: str, site: str, t: int) -> Any:
        rows = self.rows.get((table, item, quantity), [])
        for place in dict.fromkeys((site, "")):  # the site's own rows first
            here = [row for row in rows if row.site == place]
            found = self._on_line(here, t) if (table, quantity) in LINEAR else self._on_step(here, t)
            if found is not None:
                return found
        return None

    def _on_step(self, rows: list[Row], t: int) -> Row | None:
        first_day = self.question.start + t * self.question.step
        held = [row for row in rows if row.when is None or row.when <= first_day]
        return max(held, key=lambda row: -1 if row.when is None else row.when, default=None)

    def _on_line(self, rows: list[Row], t: int) -> float | None:
        points = sorted((row.when, row.value) for row in rows if row.when is not None)
        undated = next((row.value for row in rows if row.when is None), None)
        if undated is not None:
            points.insert(0, (points[0][0] - 12 if points else 0, undated))
        middle = self.question.start + (t + 0.5) * self.question.step
        if not points or (undated is None and middle < points[0][0]):
            return None
        if middle <= points[0][0]:
            return points[0][1]
        for (left, low), (right, high) in pairwise(points):
            if middle <= right:
                return low + (high - low) * (middle - left) / (right - left)
        return points[-1][1]

    def rows_of(self, table: str, item: str, quantity: str) -> list[Row]:
        return self.rows.get((table, item, quantity), [])
