"""Random problems, and what may be said of them: status, objective, bound and rows of gwplan against solvers that know nothing of it.

Programs are small random arrays, checked against scipy's `milp`. Cases are random tables and models (tests/independent/random_cases.py) with
random budgets, dates and limits, checked against `milp` on the same arrays and against the independent formulation.

    python -m tests.solving.fuzz CASES [FIRST SEED]
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from gwplan.common.errors import InputFaults
from gwplan.model.block import Key, Rule
from gwplan.planning.build import build, options_of, read
from gwplan.planning.request import Request
from gwplan.solving.lexicographic import solve_goals
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.options import Options
from tests.independent.planner import solve as solve_otherwise
from tests.independent.random_cases import write_case
from tests.support import read_rows, write_rows

LIMITS = {("budget", "cap"), ("power", "most"), ("sites", "most_it"), ("sites", "water_limit"), ("sites", "land"), ("carbon", "cap"),
          ("carbon", "total_cap"), ("accelerators", "most_bought"), ("halls", "most_started")}
"""Numbers that are made smaller or larger: table and quantity."""
TOLERANCE = 1e-6
"""Relative, of objectives and rows: that of the solvers."""
STATUS = {0: "optimal", 2: "infeasible", 3: "unbounded"}
"""What scipy's numbers mean."""


@dataclass(frozen=True)
class Best:
    """What a solver that knows nothing of gwplan finds: the status, and the best objective."""

    status: str
    objective: float = float("nan")


def best_of(arrays: Arrays, cost: Cost) -> Best:
    """Solve arrays by scipy; where it cannot tell infeasible from unbounded, by whether there is any plan."""
    rows = LinearConstraint(csc_array(arrays.matrix), arrays.lower, arrays.upper)
    sign = -1.0 if cost.maximize else 1.0

    def run(coefficients: Floats) -> Any:
        return milp(coefficients, constraints=rows, bounds=Bounds(0, np.inf), integrality=arrays.whole.astype(int),
                    options={"mip_rel_gap": 0.0, "presolve": False})  # that of the HiGHS in scipy 1.17 returned wrong optima

    found = run(sign * cost.coefficients)
    if found.status == 4:  # infeasible or unbounded, among others
        any_plan = run(np.zeros(len(arrays.variables)))
        return Best("unbounded" if any_plan.status == 0 else STATUS.get(any_plan.status, "unknown"))
    return Best(STATUS.get(found.status, "unknown"), sign * found.fun + cost.constant if found.status == 0 else float("nan"))


def wrong_with(arrays: Arrays, cost: Cost, best: Best, answer: Any, gap: float, stopped: bool) -> Iterator[str]:
    """What is wrong with an answer, nothing if all is right. stopped: whether it may have stopped early."""
    allowed = {best.status, "stopped"} if stopped else {best.status}
    if answer.status not in allowed:
        yield f"status {answer.status}, but it is {best.status}"
    if (answer.x is None) != (answer.status in ("infeasible", "unbounded", "failed")) and not (stopped and answer.status == "stopped"):
        yield f"status {answer.status} {'without' if answer.x is None else 'with'} a plan"
    if answer.x is None or best.status != "optimal":
        return
    sign, x = (1.0 if cost.maximize else -1.0), answer.x[: len(arrays.variables)]
    scale = max(1.0, abs(best.objective))
    value = float(cost.coefficients @ x + cost.constant)
    if abs(value - answer.objective) > TOLERANCE * scale:
        yield f"the plan is worth {value}, not {answer.objective}"
    if sign * (value - best.objective) > TOLERANCE * scale:
        yield f"{value} is better than the best, {best.objective}"
    if not np.isnan(answer.bound) and sign * (best.objective - answer.bound) > TOLERANCE * scale:
        yield f"the bound {answer.bound} shuts out the best, {best.objective}"
    spend = abs(value) if cost.spend is None else float(cost.spend @ x + cost.spend_constant)
    if answer.status == "optimal" and abs(best.objective - value) > gap * spend + TOLERANCE * scale:
        yield f"{value} is further from {best.objective} than the gap {gap}"
    yield from broken_rows(arrays, x)


def broken_rows(arrays: Arrays, x: Floats) -> Iterator[str]:
    """Rows, signs and whole numbers that a plan breaks."""
    used, size = arrays.matrix @ x, abs(arrays.matrix) @ np.abs(x)
    slack = TOLERANCE * np.maximum(1.0, size)
    for row in np.flatnonzero((used < arrays.lower - slack) | (used > arrays.upper + slack)):
        yield f"row {row} ({arrays.rows[row][0].full_name}) is {used[row]}, not in [{arrays.lower[row]}, {arrays.upper[row]}]"
    if (x < -TOLERANCE).any():
        yield f"a variable is {x.min()}"
    if (np.abs(x - np.round(x))[arrays.whole] > 1e-5).any():
        yield "a whole number is broken"


def program(draw: random.Random) -> Arrays:
    """A few sites that are opened whole, what they hold, targets and limits; sometimes without a plan, sometimes without an end."""
    sites, periods = draw.randint(1, 4), draw.randint(1, 3)
    columns: dict[tuple[str, Key], int] = {}
    for site in range(sites):
        for period in range(periods):
            columns["sites.opening", (f"site{site}", period)] = len(columns)
            columns["halls.started", (f"site{site}", period)] = len(columns)
            columns["built", (f"site{site}", period)] = len(columns)
    whole = np.array([name != "built" or draw.random() < 0.1 for name, _ in columns])
    rows: list[tuple[Floats, float, float, str, Key]] = []
    for (name, key), column in columns.items():
        if name == "built":
            holds = np.zeros(len(columns))
            holds[[column, columns["halls.started", key]]] = 1, -draw.choice((2.0, 3.5, 5.0))
            rows.append((holds, -np.inf, 0.0, "halls.room", key))
            opens = np.zeros(len(columns))
            opens[[columns["halls.started", key], columns["sites.opening", key]]] = 1, -draw.choice((1.0, 2.0, 4.0))
            rows.append((opens, -np.inf, 0.0, "halls.limit", key))
    for site in range(sites):
        once = np.array([float(name == "sites.opening" and key[0] == f"site{site}") for name, key in columns])
        if draw.random() < 0.9:  # else nothing ends how much is built
            rows.append((once, -np.inf, 1.0, "sites.opened_once", (f"site{site}",)))
    for period in range(periods):
        if draw.random() < 0.6:
            there = np.array([float(name == "built" and key[1] <= period) for name, key in columns])
            rows.append((there, draw.choice((0.5, 3.0, 8.0, 25.0)), np.inf, "goal.target_is_met", (1, period)))
    prices = np.array([draw.choice((1.0, 2.0, 3.0)) if name != "built" else draw.choice((0.5, 1.0)) for name, _ in columns])
    if draw.random() < 0.8:
        rows.append((prices, -np.inf, draw.choice((2.0, 10.0, 30.0)), "budget.capital_within_cap", ("capital",)))
    maximise = draw.random() < 0.5
    worth = np.array([draw.choice((1.0, 2.0)) if name == "built" else 0.0 for name, _ in columns]) if maximise else prices
    return assembled(columns, whole, rows, maximise, worth, prices if maximise and draw.random() < 0.5 else None)


def assembled(columns: dict[tuple[str, Key], int], whole: Any, rows: Any, maximise: bool, worth: Floats, spend: Floats | None) -> Arrays:
    """Arrays of rows with their rules."""
    over = {"goal.target_is_met": ("target", "period"), "budget.capital_within_cap": ("class",), "sites.opened_once": ("site",)}
    named = []
    for _, _, _, name, key in rows:
        part, rule = name.split(".")
        promise = "MW" if part in ("goal", "budget") else ""
        named.append((Rule(part, rule, over.get(name, ("site", "period")), "", promise, False, {}), key))
    cost = Cost("random", maximise, worth, 0.0, spend, 1.0 if spend is not None else 0.0)
    return Arrays(csc_array(np.array([row for row, *_ in rows])), np.array([row[1] for row in rows]), np.array([row[2] for row in rows]), whole,
                  [None] * len(columns), columns, named, [cost])


def drawn_options(draw: random.Random, hurried: bool = False) -> Options:
    """A gap, threads and a seed; hurried: with a limit of time that may be too short."""
    limit = draw.choice((0.0, 1e-4, 1e-3, 0.01, 0.1)) if hurried else float("inf")
    return Options(gap=draw.choice((0.0, 0.001, 0.01, 0.1)), threads=draw.choice((None, 1, 2)), seed=draw.randint(0, 99), time_limit=limit)


def drawn_start(draw: random.Random, arrays: Arrays, x: Floats | None) -> dict[int, float]:
    """Whole numbers to start from: none, those of a plan, some of them, or any."""
    kind = draw.choice(("none", "plan", "part", "any"))
    whole = [int(column) for column in np.flatnonzero(arrays.whole)]
    if kind == "none":
        return {}
    if kind == "any" or x is None:
        return {column: float(draw.randint(0, 2)) for column in whole}
    return {column: float(round(x[column])) for column in whole if kind == "plan" or draw.random() < 0.5}


def check_program(seed: int) -> tuple[str, list[str]]:
    """The status of a random program, and what gwplan gets wrong of it: cold, and once more from a start, perhaps in a hurry."""
    draw = random.Random(seed)
    arrays = program(draw)
    (cost,) = arrays.costs
    best, options = best_of(arrays, cost), drawn_options(draw)
    first = solve_goals(arrays, options)
    wrong = [f"cold: {each}" for each in wrong_with(arrays, cost, best, first, options.gap, stopped=False)]
    hurried = draw.random() < 0.5
    again = drawn_options(draw, hurried)
    second = solve_goals(arrays, again, start=drawn_start(draw, arrays, first.x))
    wrong += [f"started: {each}" for each in wrong_with(arrays, cost, best, second, again.gap, stopped=hurried)]
    return best.status, wrong


def changed_case(folder: Path, seed: int) -> Path:
    """A random case whose limits, targets and dates are changed at random, harder than they were as often as not."""
    draw = random.Random(f"changed {seed}")
    model = write_case(folder, seed)
    for table in sorted({table for table, _ in LIMITS}):
        path = folder / "inputs" / f"{table}.csv"
        rows = read_rows(path) if path.exists() else []
        for row in rows:
            if (table, row["quantity"]) in LIMITS and draw.random() < 0.3:
                number = float(row["base"]) * draw.choice((0.05, 0.3, 0.7, 1.5))
                row["base"] = str(max(1, round(number))) if row["unit"] in ("1/year", "MW") else f"{number:.4g}"
        if rows:
            write_rows(path, rows)
    text = model.read_text(encoding="utf-8")
    if draw.random() < 0.6:
        factor = draw.choice((0.3, 0.8, 1.5, 3.0))
        text = re.sub(r'amount = "([\d.]+) ', lambda found: f'amount = "{float(found[1]) * factor:.4g} ', text)
    if draw.random() < 0.3:
        text = re.sub(r'by = "(\d+)-', lambda found: f'by = "{max(2027, int(found[1]) - 1)}-', text)
    model.write_text(text, encoding="utf-8")
    return model


def check_case(seed: int, folder: Path) -> tuple[str, list[str]]:
    """The status of a random case, and what gwplan gets wrong of it: against scipy on its arrays, the independent planner, and when it is hurried."""
    draw, model = random.Random(f"options {seed}"), changed_case(folder, seed)
    try:
        case = read(Request(model))
    except InputFaults:
        return "faulty", []
    plan, arrays = build(case)
    cost = arrays.costs[0]
    other = solve_otherwise(model)
    if any(rule.broken for rule in plan.rules):
        return "broken", [] if other.status == "infeasible" else [f"a rule is broken, but the independent planner finds {other.status}"]
    best = best_of(arrays, cost)
    wrong = [] if other.status == best.status else [f"the arrays are {best.status}, the independent formulation is {other.status}"]
    options = replace(options_of(case, None, None), meanwhile=None, gap=draw.choice((0.0, 0.01)), threads=draw.choice((None, 1)))
    answer = solve_goals(arrays, options)
    wrong += [f"cold: {each}" for each in wrong_with(arrays, cost, best, answer, options.gap, stopped=False)]
    hurried = replace(options, time_limit=draw.choice((0.001, 0.02, 0.1, 1e9)), gap=draw.choice((0.0, 0.01, 0.1)), seed=draw.randint(0, 99))
    again = solve_goals(arrays, hurried, start=drawn_start(draw, arrays, answer.x))
    wrong += [f"hurried: {each}" for each in wrong_with(arrays, cost, best, again, hurried.gap, stopped=True)]
    return best.status, wrong


def main(count: int, first: int = 0) -> int:
    """Check so many cases and ten times as many programs; gives the number of those that are wrong."""
    bad, seen = 0, Counter[str]()
    for seed in range(first, first + 10 * count):
        status, wrong = check_program(seed)
        seen[f"program {status}"] += 1
        bad += bool(wrong)
        for each in wrong:
            print(f"program {seed}: {each}", flush=True)
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            status, wrong = check_case(seed, Path(folder))
        seen[f"case {status}"] += 1
        bad += bool(wrong)
        for each in wrong:
            print(f"case {seed}: {each}", flush=True)
    print(f"{bad} wrong. {', '.join(f'{number} {name}' for name, number in sorted(seen.items()))}")
    return bad


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:] or ["200"])) else 0)
