"""Power by the hour stated a second time, from docs/model.md alone, as one linear program for scipy: no code of the model is used.

What storage holds is followed through each hour of each day of the year in its order, where the model follows days and what they carry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

YEAR, MONTHS, LIFE = 8760, range(12), 10
Terms = Mapping[Any, float]


@dataclass
class Program:
    """Columns by name, none negative, with their costs, and rows of sums at most or exactly a number."""

    number: dict[Any, int] = field(default_factory=dict)
    cost: dict[Any, float] = field(default_factory=lambda: defaultdict(float))
    rows: dict[bool, list[tuple[Terms, float]]] = field(default_factory=lambda: {False: [], True: []})

    def at_most(self, terms: Terms, most: float) -> None:
        self._row(terms, most, exactly=False)

    def equal(self, terms: Terms, value: float) -> None:
        self._row(terms, value, exactly=True)

    def _row(self, terms: Terms, side: float, exactly: bool) -> None:
        for name in terms:
            self.number.setdefault(name, len(self.number))
        self.rows[exactly].append((terms, side))

    def least(self) -> float:
        """The least cost; nan where nothing keeps all rows."""
        for name in self.cost:
            self.number.setdefault(name, len(self.number))
        cost = np.zeros(len(self.number))
        for name, value in self.cost.items():
            cost[self.number[name]] = value
        given: dict[str, Any] = {}
        for exactly, kind in ((False, "ub"), (True, "eq")):
            rows = self.rows[exactly]
            entries = [(n, self.number[name], value) for n, (terms, _) in enumerate(rows) for name, value in terms.items()]
            place, column, value = zip(*entries, strict=True)
            given[f"A_{kind}"] = sparse.csr_array((value, (place, column)), shape=(len(rows), len(cost)))
            given[f"b_{kind}"] = [side for _, side in rows]
        found = linprog(cost, **given, method="highs")
        return float(found.fun) if found.status == 0 else float("nan")


@dataclass
class Store:
    """MUSD/MW, MUSD/MWh, hours of its power (None: energy apart), efficiency there and back, availability, firm credit."""

    price: float
    energy_price: float
    duration: float | None
    efficiency: float
    availability: float
    firm: float
    most: float


@dataclass
class System:
    """A site for some years. Series by slice; load, in MW of the worst hour, by year; money in MUSD, energy prices in USD/MWh."""

    load: Sequence[float]
    mean_share: float
    shape: Sequence[float]
    hours: Sequence[float]
    day: Sequence[int]
    days: Sequence[int]
    months: Sequence[tuple[int, ...]]
    linked: bool
    sun: Sequence[float]
    wind: Sequence[float]
    heat: Sequence[float]
    price: Sequence[float]
    coincident: Sequence[float]
    numbers: Mapping[str, float]
    stores: Mapping[str, Store]

    @property
    def share(self) -> list[float]:
        """Share of the year of each slice: it occurs as often as its day."""
        in_order = len(self.days) == 1
        often = [1 if in_order else self.days.count(day) for day in self.day]
        lasting = [hours * count for hours, count in zip(self.hours, often, strict=True)]
        return [each / sum(lasting) for each in lasting]

    @property
    def run_day(self) -> list[int]:
        """The day through which a plant runs: the typical day, or in a year in order that in which the slice begins."""
        begun = np.cumsum([0.0, *self.hours])[:-1]
        return [int(each // 24) for each in begun] if len(self.days) == 1 else list(self.day)

    def could(self) -> dict[str, list[float]]:
        """Output per capacity by slice of what comes when it will, and of the plant."""
        n = self.numbers
        lost = [n["derate"] * max(0.0, warm - n["derate_from"]) for warm in self.heat]
        mean = sum(part * value for part, value in zip(self.share, self.wind, strict=True))
        scaled = {name: [min(1.0, value * n[f"{name}_factor"] / mean) for value in self.wind] for name in ("wind", "ppa")}
        return {"sun": list(self.sun), **scaled,
                "plant": [n["plant_availability"] * max(0.0, 1 - each) for each in lost], "grid": [n["grid_availability"]] * len(self.sun)}


def least_cost(system: System) -> float:
    """MUSD of the best plan."""
    program, years = Program(), range(len(system.load))
    enter_capacity(program, system)
    for year in years:
        enter_year(program, system, year)
        enter_matching(program, system, year)
        enter_grid(program, system, year)
        enter_plant(program, system, year)
        for name, store in system.stores.items():
            enter_store(program, system, year, (name, store))
    return program.least()


def enter_capacity(program: Program, system: System) -> None:
    """Capacity is what was ordered until then; of its price, the years count that it serves within the horizon, of its life."""
    n, last = system.numbers, len(system.load)
    things = [(name, n[f"{name}_price"], n[f"{name}_most"]) for name in ("sun", "wind", "ppa", "plant", "grid")]
    for name, store in system.stores.items():
        things.append((name, store.price + (store.energy_price * store.duration if store.duration is not None else 0.0), store.most))
        if store.duration is None:
            things.append((f"{name} energy", store.energy_price, np.inf))
    for name, price, most in things:
        for year in range(last):
            before = {("capacity", name, year - 1): -1.0} if year else {}
            program.equal({("capacity", name, year): 1.0, ("order", name, year): -1.0, **before}, 0)
            program.cost["order", name, year] += price * (last - year) / LIFE
            if np.isfinite(most):
                program.at_most({("capacity", name, year): 1.0}, most)


def enter_year(program: Program, system: System, year: int) -> None:
    """Energy and firm power in each slice, and load not served."""
    n, could, share = system.numbers, system.could(), system.share
    load = [system.load[year] * system.mean_share * each for each in system.shape]
    for part, needed in enumerate(load):
        given = {("output", name, year, part): 1.0 for name in could} | {("unserved", year, part): 1.0, ("sold", year, part): -1.0}
        for name in system.stores:
            given |= {("in", name, year, part): -1.0, ("out", name, year, part): 1.0}
        program.equal(given, needed)
        firm = {("capacity", name, year): -n[f"{name}_firm"] for name in ("plant", "grid")} | {("unserved", year, part): -1.0}
        firm |= {("capacity", name, year): -could[name][part] for name in ("sun", "wind")}
        for name in system.stores:
            firm |= {("out", name, year, part): -1.0, ("in", name, year, part): 1.0, ("spare", name, year, part): -1.0}
        program.at_most(firm, -system.load[year])
        for name, able in could.items():
            program.at_most({("output", name, year, part): 1.0, ("capacity", name, year): -able[part]}, 0)
        program.at_most({("unserved", year, part): 1.0}, n["curtailable"] * needed)
        program.cost["unserved", year, part] += n["lost_load_price"] * YEAR * share[part] / 1e6
        for name in ("sun", "wind", "plant"):
            program.cost["output", name, year, part] += n[f"{name}_running"] * YEAR * share[part] / 1e6
        program.cost["capacity", "ppa", year] += n["ppa_energy"] * YEAR * share[part] * could["ppa"][part] / 1e6
    program.at_most({("unserved", year, part): each for part, each in enumerate(share)},
                    n["curtailable_hours"] / YEAR * sum(a * b for a, b in zip(share, load, strict=True)))


def enter_matching(program: Program, system: System, year: int) -> None:
    """Renewable energy of a year, and what is carbon-free in each slice, against the load that is served; numbers `annual` and `hourly`."""
    n, share = system.numbers, system.share
    if "hourly" not in n:
        return
    load = [system.load[year] * system.mean_share * each for each in system.shape]
    green = {"sun": 1.0, "wind": 1.0, "ppa": n["ppa_clean"]}
    yearly: dict[Any, float] = {("unserved", year, part): -n["annual"] * each for part, each in enumerate(share)}
    for part, needed in enumerate(load):
        clean = {("output", name, year, part): -each for name, each in {**green, "grid": n["grid_clean"]}.items()}
        for name, each in green.items():
            yearly["output", name, year, part] = -each * share[part]
        for name in system.stores:
            clean |= {("in", name, year, part): 1.0, ("out", name, year, part): -1.0}
            yearly |= {("in", name, year, part): share[part], ("out", name, year, part): -share[part]}
        program.at_most(clean | {("sold", year, part): 1.0, ("unserved", year, part): -n["hourly"]}, -n["hourly"] * needed)
    program.at_most(yearly, -n["annual"] * sum(a * b for a, b in zip(share, load, strict=True)))


def enter_grid(program: Program, system: System, year: int) -> None:
    """The connection, and what is billed for energy and demand."""
    n, share = system.numbers, system.share
    parts = range(len(share))
    energy = {part: n["grid_energy"] * YEAR * share[part] * system.price[part] / 1e6 for part in parts}
    sold = {part: n["grid_export"] * YEAR * share[part] * system.price[part] / 1e6 for part in parts}
    program.at_most({("bill", year): -1.0} | {("output", "grid", year, part): energy[part] for part in parts}
                    | {("sold", year, part): -sold[part] for part in parts}, 0)
    least = n["grid_take"] * YEAR * n["grid_energy"] / 1e6
    program.at_most({("bill", year): -1.0} | {("order", "grid", each): least for each in range(year + 1) if year - each < n["grid_term"]}, 0)
    program.cost["bill", year] += 1.0
    program.cost["capacity", "grid", year] += n["grid_upkeep"]
    for part in parts:
        used = {("output", "grid", year, part): 1.0, ("sold", year, part): 1.0}
        program.at_most(used | {("output", "ppa", year, part): 1.0, ("capacity", "grid", year): -n["grid_availability"]}, 0)
        program.at_most(used | {("capacity", "grid", year): -1.0}, 0)
        for month in system.months[part]:
            program.at_most({("output", "grid", year, part): 1.0, ("peak", year, month): -1.0}, 0)
        if system.coincident[part] > 0:
            window = system.coincident[part]
            program.at_most({("output", "grid", year, part): 1.0, ("window", year, window): -1.0}, 0)
            program.cost["window", year, window] = n["grid_coincident"] * window
    for month in MONTHS:
        billed = ("billed", year, month)
        program.at_most({("peak", year, month): 1.0, billed: -1.0}, 0)
        for before in range(max(0, year - 1), year + 1):
            for other in MONTHS:
                if (before, other) != (year, month):
                    program.at_most({("peak", before, other): n["grid_ratchet"], billed: -1.0}, 0)
        if year == 0:
            program.at_most({billed: -1.0}, -n["grid_ratchet"] * n["grid_before"])
        program.at_most({billed: 1.0, ("above", year, month): -1.0}, n["grid_tier_from"])
        program.cost[billed] += n["grid_monthly"]
        program.cost["above", year, month] += n["grid_tier"]


def enter_plant(program: Program, system: System, year: int) -> None:
    """Minimum load of what runs through a day, and the ramp from slice to slice, the first of a day after its last."""
    n, could, runs = system.numbers, system.could()["plant"], system.run_day
    for part, able in enumerate(could):
        running = ("runs", year, runs[part])
        program.at_most({running: 1.0, ("capacity", "plant", year): -1.0}, 0)
        program.at_most({("output", "plant", year, part): 1.0, running: -able}, 0)
        program.at_most({("output", "plant", year, part): -1.0, running: n["plant_minimum"] * able}, 0)
    for day in sorted(set(system.day)):
        parts = [part for part, each in enumerate(system.day) if each == day]
        for part, before in zip(parts, (parts[-1], *parts), strict=False):
            most = n["plant_ramp"] * (system.hours[part] + system.hours[before]) / 2
            for sign in (1.0, -1.0) if part != before else ():
                program.at_most({("output", "plant", year, part): sign, ("output", "plant", year, before): -sign,
                                 ("capacity", "plant", year): -most}, 0)


def enter_store(program: Program, system: System, year: int, named: tuple[str, Store]) -> None:
    """Power in and out, and what is held through all days in their order, or through each typical day alone; it ends as it began."""
    name, store = named
    one_way = store.efficiency ** 0.5
    for part in range(len(system.hours)):
        program.at_most({("in", name, year, part): 1.0, ("out", name, year, part): 1.0, ("capacity", name, year): -store.availability}, 0)
        spare, gives = ("spare", name, year, part), store.firm * one_way / system.numbers["firm_hours"]
        program.at_most({spare: 1.0, ("out", name, year, part): 1.0, ("capacity", name, year): -store.availability}, 0)
        program.at_most({spare: 1.0, ("capacity", name, year): -store.firm}, 0)
        energy = {("capacity", f"{name} energy", year): -gives} if store.duration is None else \
            {("capacity", name, year): -gives * store.duration}
        program.at_most({spare: 1.0, **energy}, 0)
    each_day = [[part for part, day in enumerate(system.day) if day == number] for number in sorted(set(system.day))]
    chains = [[part for day in system.days for part in each_day[day]]] if system.linked else each_day
    for chain_number, chain in enumerate(chains):
        for step, part in enumerate(chain):
            held, before = (("held", name, year, chain_number, at % len(chain)) for at in (step, step - 1))
            flow = {("in", name, year, part): -system.hours[part] * one_way, ("out", name, year, part): system.hours[part] / one_way}
            program.equal({held: 1.0, before: -1.0, **flow} if held != before else flow, 0)
            size = {("capacity", f"{name} energy", year): -1.0} if store.duration is None else \
                {("capacity", name, year): -store.duration}
            program.at_most({held: 1.0, **size}, 0)
