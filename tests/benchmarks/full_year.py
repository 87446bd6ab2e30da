"""A full year of ten sites measured: `python -m tests.benchmarks.full_year [--write docs/benchmarks_full_year.md]`.

Each site has a load that is given, and sizes grid, engines, sun, wind and a battery over 8,760 hours: one linear program. gwplan against
HiGHS alone on the same arrays, with each of its methods, and against PyPSA where it is installed, all in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from math import pi, sin, sqrt
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.benchmarks.page import opening, table

HOURS, SITES = 8760, 10
LOAD, HEAT_RATE, DURATION, EFFICIENCY, LIFE = 10.0, 9.0, 4.0, 0.86, 10.0
METHODS = ("choose", "simplex", "ipm", "ipm without crossover", "hipo", "hipo without crossover", "pdlp")
PATIENCE = 1200.0
"""Seconds for each way."""
HEAD = "item,site,when,quantity,low,base,high,unit,source,note"
MODEL = """inputs = "inputs"
parts = ["sites", "demand", "power"]
precision = "fp8"
[horizon]
start = "2026"
end = "2026"
step = "year"
dollars = 2026
discount_rate = 0.0
[goal]
kind = "least_cost"
[hours]
kind = "full"
[solver]
gap = 0.005
time_limit = "20 min"
whole_units_from = "1000000 MW"
"""
COMMON = {"unit": "1 MW", "lead_months": "0 month", "life": f"{LIFE} year"}
SUPPLIES = {
    "grid": {"role": "prime", "fuel": "grid", "firm_credit": "1 1"}, "engine": {"role": "prime", "fuel": "gas", "firm_credit": "1 1",
                                                                               "heat_rate": f"{HEAT_RATE} MMBtu/MWh", "availability": "0.95 1"},
    "solar": {"role": "variable", "fuel": "solar"}, "wind": {"role": "variable", "fuel": "wind"},
    "battery": {"role": "storage", "duration": f"{DURATION} hour", "efficiency": f"{EFFICIENCY} 1"},
}


def drawn(site: int) -> dict[str, Any]:
    """Prices in MUSD/MW, USD/kWh, USD/MWh and USD/MMBtu; most in MW; series by hour."""
    draw, calm = Random(site), 0.5
    sun = [max(0.0, sin((hour % 24 - 6) / 12 * pi)) * (0.75 - 0.25 * sin((hour / HOURS + 0.25) * 2 * pi)) * draw.uniform(0.4, 1) for hour in range(HOURS)]
    wind = []
    for _ in range(HOURS):  # weather lasts for hours
        calm = min(1.0, max(0.0, calm + draw.uniform(-0.1, 0.1)))
        wind.append(calm)
    return {"solar": sun, "wind": wind, "price": [draw.uniform(0.3, 2) for _ in range(HOURS)], "energy": draw.uniform(60, 120),
            "fuel": draw.uniform(5, 12), "kwh": draw.uniform(20, 100),
            "built": {"grid": (draw.uniform(0.1, 0.5), 6.0), "engine": (draw.uniform(0.5, 1.5), 20.0), "solar": (draw.uniform(0.3, 0.8), 60.0),
                      "wind": (draw.uniform(0.8, 1.5), 30.0), "battery": (draw.uniform(0.1, 0.3), 40.0)}}


def written(folder: Path, sites: int) -> Path:
    """The case as files; gives its model."""
    inputs = folder / "inputs"
    (inputs / "profiles").mkdir(parents=True)
    rows: dict[str, list[str]] = {"power": [], "demand": [], "sites": []}

    def row(name: str, item: str, site: str, quantity: str, text: str) -> None:
        value, _, unit = text.partition(" ")
        rows[name].append(f"{item},{site},,{quantity},,{value},,{unit or 'label'},made,")

    for supply, terms in SUPPLIES.items():
        for quantity, text in {**COMMON, **terms}.items():
            row("power", supply, "", quantity, text)
    for number in range(sites):
        site, given = f"site_{number}", drawn(number)
        row("sites", site, "", "opening_price", "0 MUSD_2026")
        row("sites", site, "", "most_it", "9000 MW")
        row("demand", "campus", site, "power", f"{LOAD} MW")
        for supply, (price, most) in given["built"].items():
            row("power", supply, site, "price", f"{price!r} MUSD_2026/MW")
            row("power", supply, site, "most", f"{most} MW")
        row("power", "battery", site, "storage_price", f"{given['kwh']!r} USD_2026/kWh")
        row("power", "grid", site, "energy_price", f"{given['energy']!r} USD_2026/MWh")
        row("power", "gas", site, "fuel_price", f"{given['fuel']!r} USD_2026/MMBtu")
        series = zip(*(given[name] for name in ("solar", "wind", "price")), strict=True)
        lines = [f"{hour},{sun!r},{wind!r},{price!r}" for hour, (sun, wind, price) in enumerate(series)]
        (inputs / "profiles" / f"{site}.csv").write_text("\n".join(["hour,solar,wind,price", *lines]), encoding="utf-8")
    for name, found in rows.items():
        (inputs / f"{name}.csv").write_text("\n".join([HEAD, *found]), encoding="utf-8")
    (inputs / "profiles" / "units.csv").write_text("series,unit\nsolar,1\nwind,1\nprice,1\n", encoding="utf-8")
    (inputs / "sources.csv").write_text("key,title,publisher,date,address,kind\nmade,Made up,gwplan,2026,,estimate\n", encoding="utf-8")
    (inputs / "deflators.csv").write_text("year,index\n2026,100\n", encoding="utf-8")
    (folder / "model.toml").write_text(MODEL, encoding="utf-8")
    return folder / "model.toml"


def by_gwplan(folder: Path) -> dict[str, Any]:
    """Read, build and solve; the arrays are kept for the others."""
    from scipy.sparse import save_npz

    from gwplan.planning.build import build, options_of, read
    from gwplan.planning.request import Request
    from gwplan.solving.lexicographic import solve_goals

    began = time.perf_counter()
    case = read(Request(folder / "model.toml"))
    _, arrays = build(case)
    built = time.perf_counter() - began
    answer = solve_goals(arrays, options_of(case))
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    save_npz(folder / "matrix.npz", arrays.matrix.tocsc(), compressed=False)
    np.savez(folder / "arrays.npz", lower=arrays.lower, upper=arrays.upper, cost=arrays.costs[0].coefficients, constant=arrays.costs[0].constant)
    return {"seconds": seconds, "built": built, "cost": answer.objective, "status": str(answer.status), "memory": memory, **arrays.sizes}


def by_highs(folder: Path, method: str) -> dict[str, Any]:
    """The same arrays handed to HiGHS, which solves them by a method."""
    import highspy
    from scipy.sparse import load_npz

    matrix, held = load_npz(folder / "matrix.npz"), np.load(folder / "arrays.npz")
    began = time.perf_counter()
    highs, lp = highspy.Highs(), highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_, lp.offset_ = held["cost"], float(held["constant"])
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.full(lp.num_col_, highspy.kHighsInf)
    lp.row_lower_, lp.row_upper_ = held["lower"], held["upper"]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", PATIENCE)
    name, _, without = method.partition(" without ")
    highs.setOptionValue("solver", name)
    if without:
        highs.setOptionValue("run_crossover", "off")
    highs.passModel(lp)
    highs.run()
    return {"seconds": time.perf_counter() - began, "cost": highs.getInfo().objective_function_value,
            "status": highs.modelStatusToString(highs.getModelStatus()), "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def by_pypsa(sites: int) -> dict[str, Any]:
    """The same sizing and dispatch stated in PyPSA, with its defaults."""
    import pypsa

    logging.disable(logging.INFO)
    began = time.perf_counter()
    network = pypsa.Network()
    network.set_snapshots(range(HOURS))
    for number in range(sites):
        given, bus = drawn(number), f"site_{number}"
        network.add("Bus", bus)
        network.add("Load", f"campus {number}", bus=bus, p_set=LOAD)

        def sized(name: str, given: dict[str, Any] = given, bus: str = bus, more: float = 0.0) -> dict[str, Any]:
            price, most = given["built"][name]
            return {"bus": bus, "p_nom_extendable": True, "p_nom_max": most, "capital_cost": (price + more) * 1e6 / LIFE}

        network.add("Generator", f"grid {number}", **sized("grid"), marginal_cost=np.array(given["price"]) * given["energy"])
        network.add("Generator", f"engine {number}", **sized("engine"), marginal_cost=HEAT_RATE * given["fuel"], p_max_pu=0.95)
        for name in ("solar", "wind"):
            network.add("Generator", f"{name} {number}", **sized(name), p_max_pu=np.array(given[name]))
        network.add("StorageUnit", f"battery {number}", **sized("battery", more=DURATION * given["kwh"] / 1e3), max_hours=DURATION,
                    cyclic_state_of_charge=True, efficiency_store=sqrt(EFFICIENCY), efficiency_dispatch=sqrt(EFFICIENCY))
    status, _ = network.optimize(solver_name="highs", include_objective_constant=False, time_limit=PATIENCE, output_flag=False)
    return {"seconds": time.perf_counter() - began, "cost": float(network.objective) / 1e6, "status": status,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def apart(*words: str) -> dict[str, Any]:
    """A way, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "tests.benchmarks.full_year", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"status": f"ended with {done.returncode}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ''}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(sites: int) -> str:
    """The page as Markdown."""
    with tempfile.TemporaryDirectory(prefix="gwplan-bench-") as scratch:
        written(Path(scratch), sites)
        own = apart("--way", "gwplan", "--folder", scratch)
        rows = {"gwplan, built and solved": own, "gwplan, the solve": own | {"seconds": own["seconds"] - own["built"]}}
        rows |= {f"HiGHS alone, {method}": apart("--way", method, "--folder", scratch) for method in METHODS}
        if find_spec("pypsa"):
            rows["PyPSA, its defaults"] = apart("--way", "pypsa", "--sites", str(sites))
    lines = [[name, f"{found['seconds']:.1f}" if "seconds" in found else "", f"{found['seconds'] / own['seconds']:.2f}" if "seconds" in found else "",
              f"{found['memory'] / 1024:,.0f}" if "memory" in found else "", f"{found['cost']:.4f}" if "cost" in found else "", found["status"]]
             for name, found in rows.items()]
    text = f"{own['columns']:,} columns, {own['rows']:,} rows, {own['nonzeros']:,} numbers in them; each way in a process of its own, one after the other."
    return f"## A full year of {sites} sites\n\n{text}\n\n" + table("way | wall, s | times gwplan's | memory, MiB | cost, MUSD | ended", lines)


def main() -> None:
    """Measure and print, or write; or run one way."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.full_year", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--sites", type=int, default=SITES)
    parser.add_argument("--way")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.way:
        found = by_gwplan(given.folder) if given.way == "gwplan" else by_pypsa(given.sites) if given.way == "pypsa" else by_highs(given.folder, given.way)
        print(json.dumps(found))
        return
    text = "\n".join([opening(), measured(given.sites)])
    sys.stdout.write(text)
    if given.write is not None:
        given.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
