"""A plan that is forced to have an option: at least one unit of it, or a small share of the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.analysis.explain.resolve import figure
from gwplan.common.status import Status
from gwplan.model.systems import it_power
from gwplan.planning.vendors import FORCED
from gwplan.solving.highs import solve_problem
from gwplan.solving.options import Options, SolveResult
from gwplan.solving.problem import ExtraRow, Problem
from gwplan.solving.search import search

if TYPE_CHECKING:
    from gwplan.analysis.explain.option import Option
    from gwplan.analysis.scenarios.scenario import Result
    from gwplan.analysis.scenarios.worker import Built
    from gwplan.solving.linear_program import Floats

BOUGHT, ORDERED = "accelerators.bought", ("power.ordered_whole", "power.ordered_split")
SIGNED = ("contracts.signed", "contracts.held")
TAKEN = {"contracts.leased": "it_mw", "contracts.exercised": "it_mw",
         "contracts.used": "compute_kh100e", "contracts.sold": "compute_kh100e"}  # fmt: skip
"""What is taken of a contract that is not signed, and the figure of the plan that it is a share of."""


@dataclass(frozen=True)
class Need:
    """The least that is forced: a sum of columns. unit: 0 where only this amount makes sense; words: the amount."""

    row: Floats
    least: float
    words: str
    unit: float = 0.0
    unit_words: str = ""


@dataclass(frozen=True)
class Forced:
    """The cost to the goal of having an option, positive for worse: between two plans found, and what is proven (most: None for no end).

    kept: with sites, halls and other whole numbers as planned; None where no such plan has it. words: how much is forced.
    """

    words: str
    status: Status
    cost: float | None = None
    least: float | None = None
    most: float | None = None
    kept: float | None = None


def need_of(built: Built, option: Option, result: Result) -> Need | None:
    """What is forced of an option; None if the model has no decision for it."""
    columns, case = built.arrays.columns, built.case
    if option.kind in ("system", "vendor"):
        return systems(built, option, result)
    if option.kind == "supply":
        sizes = {column: case.number("power", key[0], "unit", key[1]) for (name, key), column in columns.items()
                 if name in ORDERED and key[0] in option.items and option.site in ("", key[1])}
        unit = min(sizes.values(), default=0.0)
        ordered = sum(float(amount) for amount in result.summary.get("supplies_mw", {}).values())
        return need(built, sizes, max(unit, FORCED * ordered), "MW", unit)
    if option.kind == "contract":
        return contract(built, option, result)
    name, words = ("sites.opening", "site") if option.kind == "site" else ("halls.started", "hall")
    ones = {column: 1.0 for (family, key), column in columns.items() if family == name and option.name in key and option.site in ("", *key)}
    return need(built, ones, 1.0, words)


def systems(built: Built, option: Option, result: Result) -> Need | None:
    """A share of the IT power of all systems that the plan buys, and at least one system."""
    case = built.case
    weights = {column: it_power(case, key[0]) for (name, key), column in built.arrays.columns.items()
               if name == BOUGHT and key[0] in option.items and option.site in ("", key[1])}
    bought = sum(it_power(case, system) * float(number) for system, number in result.summary.get("systems", {}).items())
    unit = min(weights.values(), default=0.0)
    return need(built, weights, max(unit, FORCED * bought), "MW of IT", unit)


def contract(built: Built, option: Option, result: Result) -> Need | None:
    """A signature; of what is not signed a share of the plan's IT power or compute."""
    columns = built.arrays.columns
    signed = {column: 1.0 for (name, key), column in columns.items() if name in SIGNED and key[0] == option.name}
    if signed:
        return need(built, signed, 1.0, "signature")
    for family, whole in TAKEN.items():
        taken = {column: 1.0 for (name, key), column in columns.items() if name == family and key[0] == option.name}
        if taken:
            return need(built, taken, FORCED * max(result.summary[whole]), "MW" if whole == "it_mw" else "kH100e")
    return None


def need(built: Built, weights: dict[int, float], least: float, words: str, unit: float = 0.0) -> Need | None:
    """A sum of weighted columns that is at least an amount; None without a column."""
    if not weights:
        return None
    row = np.zeros(len(built.arrays.variables))
    row[list(weights)] = list(weights.values())
    return Need(row, least, f"at least {least:,.3g} {words}", unit, f"at least {unit:,.3g} {words}")


def force(built: Built, wanted: Need, result: Result, options: Options, sign: float) -> Forced:
    """Solve with an option forced, without a start: with the small share, or with one unit where the share cannot be had.

    sign: 1 if the goal is maximised, else -1. options: of the search. Its relaxation is told which sites that of the plan opened: a guess,
    which does not change its answer. If interrupted, KeyboardInterrupt.
    """
    rows = [(wanted.least, wanted.words), *([(wanted.unit, wanted.unit_words)] if 0 < wanted.unit < wanted.least else [])]
    found, said, kept = SolveResult.without_plan(Status.INFEASIBLE), wanted.words, None
    for least, words in rows:
        said = words
        row = ExtraRow(wanted.row, least, np.inf)
        problem = Problem(built.arrays, built.arrays.costs[0]).with_rows([row])
        kept = as_planned(built, problem, result, options)
        found = search(problem, options, result.opened)
        if found.interrupted:
            raise KeyboardInterrupt
        if found.x is not None or found.status != Status.INFEASIBLE:
            break
    if found.x is None:
        return Forced(said, found.status)
    return compared(Forced(said, found.status), result, found, kept, sign)


def as_planned(built: Built, problem: Problem, result: Result, options: Options) -> float | None:
    """The goal with the whole numbers of the plan; None where they leave no room for it, or the plan does not say them all."""
    from gwplan.solving import decisions

    start = decisions.start(built.plan, built.arrays, decisions.start_of(result.plan, "plan.csv", built.case))
    fixed = problem.begun_at(start)
    if not fixed.start_is_complete:
        return None
    found = solve_problem(problem.relaxed().fixed(start), options)
    return None if found.x is None else found.objective


def compared(forced: Forced, before: Result, found: SolveResult, kept: float | None, sign: float) -> Forced:
    """The cost of a forced plan against the plan without it. Of the forced plans that are known the better counts."""
    best = found.objective if kept is None else sign * max(sign * found.objective, sign * kept)
    objective, bound = figure(before, "objective"), figure(before, "bound")
    least, most = sign * (objective - found.bound), sign * (bound - best)
    forced = replace(forced, cost=sign * (objective - best), kept=None if kept is None else sign * (objective - kept))
    return replace(forced, least=max(0.0, least) if np.isfinite(least) else 0.0, most=max(most, 0.0) if np.isfinite(most) else None)
