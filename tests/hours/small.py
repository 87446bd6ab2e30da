"""Small systems of power by the hour: one site, a load that is given, a few slices of the year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gwplan.common.calendar import HOURS_A_YEAR, Slice
from gwplan.inputs.case import Case
from gwplan.inputs.hours import SlicedYear
from gwplan.inputs.memory import MemoryPath
from gwplan.planning.build import build, load, options_of, read_case, read_definition
from gwplan.solving.lexicographic import Answer, solve_goals

HEAD = "item,site,when,quantity,low,base,high,unit,source,note"
SITE, LIFE = "place", 10.0
MODEL = """
inputs = "inputs"
parts = ["sites", "demand", "power"]
precision = "fp8"
[horizon]
start = "2026"
end = "{end}"
step = "year"
dollars = 2026
discount_rate = 0.0
[goal]
kind = "least_cost"
[hours]
kind = "full"
linked = {linked}
[solver]
gap = 0.0
whole_units_from = "1000000 MW"
"""
Rows = dict[str, dict[str, str]]
"""Quantities of supplies, written with their units; `quantity@when` is a dated row."""
GRID = {"role": "prime", "fuel": "grid", "price": "0 MUSD_2026/MW", "unit": "1 MW", "lead_months": "0 month", "life": f"{LIFE} year",
        "most": "1000 MW", "firm_credit": "1 1", "energy_price": "0 USD_2026/MWh"}
SUN = {"role": "variable", "fuel": "solar", "price": "0 MUSD_2026/MW", "unit": "1 MW", "lead_months": "0 month", "life": f"{LIFE} year",
       "most": "1000 MW"}
BATTERY = {"role": "storage", "price": "0 MUSD_2026/MW", "unit": "1 MW", "lead_months": "0 month", "life": f"{LIFE} year",
           "most": "1000 MW", "efficiency": "1 1", "storage_price": "0 USD_2026/kWh"}
LOST = {"lost_load_price": "1000 USD_2026/MWh", "curtailable": "1 1", "curtailable_hours": "8760 hour/year"}


@dataclass
class Hours:
    """Slices: series by name, and hours each time, day and months of each slice; the day of each day of the year."""

    series: Mapping[str, Sequence[float]]
    hours: Sequence[float] = ()
    day: Sequence[int] = ()
    months: Sequence[tuple[int, ...]] = ()
    days: tuple[int, ...] = (0,)
    share: Sequence[float] = ()

    def year(self) -> SlicedYear:
        """As a plan sees it: the slices fill the year in equal parts per hour, unless their shares are given."""
        count = len(next(iter(self.series.values())))
        hours = list(self.hours) or [1.0] * count
        share = list(self.share) or [each / sum(hours) for each in hours]
        day, months = list(self.day) or [0] * count, list(self.months) or [tuple(range(12))] * count
        slices = tuple(Slice(f"s{n}", share[n], hours[n], day[n], months[n]) for n in range(count))
        series = {(("", name[1:]) if name.startswith("_") else (SITE, name)): np.array(values, dtype=float)
                  for name, values in self.series.items()}
        means = {key: np.array([float(np.dot(values, share))]) for key, values in series.items()}
        hourly = {key: means[key] if key[1] != "coincident" else series[key] for key in series}
        return SlicedYear(slices, self.days, series, hourly, np.arange(count), dict.fromkeys(series, 0.0), {})


@dataclass
class Solved:
    """A solved system."""

    case: Case
    plan: Any
    answer: Answer
    cost: float = field(init=False)

    def __post_init__(self) -> None:
        self.cost = self.answer.objective if self.answer.x is not None and self.answer.objective is not None else float("nan")

    def values(self, name: str) -> dict[tuple[Any, ...], float]:
        """The values of a variable of power, without the site."""
        data = self.plan.blocks["power"].variables[name].data
        return {tuple(each for each in key if each != SITE): float(variable.value) for key, variable in data.items()}


def lines(table: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Rows of a table."""
    found = [HEAD]
    for item, quantities in table.items():
        for name, text in quantities.items():
            quantity, _, when = name.partition("@")
            value, _, unit = text.partition(" ")
            place = SITE if quantity in ("most", "earliest", "power") else ""
            found.append(f"{item},{place},{when},{quantity},,{value},,{unit or 'label'},made,")
    return found


def case_of(supplies: Rows, demand: str | Mapping[str, str], hours: Hours | None, end: int = 2026, linked: bool = True,
            goal: str = 'kind = "least_cost"') -> Case:
    """The case of a system. demand: MW, or by date. hours: None for a plan without hours. goal: lines of the table."""
    asked = hours is not None
    hours = hours or Hours({"solar": [0.0]})
    wanted = {"power": demand} if isinstance(demand, str) else dict(demand)
    power = {name: dict(rows) for name, rows in supplies.items()}
    names = [name for name in hours.series if not name.startswith("_")]
    profile = "\n".join([",".join(("hour", *names)), *(",".join((str(hour), *("0.5" for _ in names))) for hour in range(HOURS_A_YEAR))])
    shapes = [name[1:] for name in hours.series if name.startswith("_")]
    shape = "\n".join([",".join(("hour", *shapes)), *(",".join((str(hour), *("1" for _ in shapes))) for hour in range(HOURS_A_YEAR))])
    files = {
        "model.toml": re.sub(r"\[hours\][^[]*", "" if not asked else r"\g<0>", MODEL.format(end=end, linked=str(linked).lower())
                             .replace('kind = "least_cost"', goal)),
        "inputs/power.csv": "\n".join(lines(power)), "inputs/demand.csv": "\n".join(lines({"campus": wanted})),
        "inputs/sites.csv": "\n".join([HEAD, f"{SITE},,,opening_price,,0,,MUSD_2026,made,", f"{SITE},,,most_it,,9000,,MW,made,"]),
        "inputs/sources.csv": "key,title,publisher,date,address,kind\nmade,Made up,gwplan,2026,,estimate",
        "inputs/deflators.csv": "year,index\n" + "\n".join(f"{year},100" for year in range(2026, end + 1)),
        f"inputs/profiles/{SITE}.csv": profile, "inputs/profiles/units.csv": "series,unit\n" + "\n".join(
            f"{name},{'degC' if name == 'temperature' else '1'}" for name in (*names, *shapes)),
    }
    if shapes:
        files["inputs/profiles/_load.csv"] = shape
    definition = read_definition(MemoryPath({name: text.encode() for name, text in files.items()}, "model.toml"))
    case = read_case(definition)
    if asked:
        case.take_hours(hours.year())
    return case


def solved(case: Case) -> Solved:
    """The best plan of a case."""
    plan, arrays = build(case)
    answer = solve_goals(arrays, options_of(case))
    if answer.x is not None:
        load(plan, arrays, answer)
    return Solved(case, plan, answer)


def system(supplies: Rows, demand: str | Mapping[str, str], hours: Hours | None, end: int = 2026, linked: bool = True) -> Solved:
    """The best plan of a system."""
    return solved(case_of(supplies, demand, hours, end, linked))
