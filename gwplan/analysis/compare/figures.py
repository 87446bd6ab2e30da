"""The headline figures of two runs side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from gwplan.analysis.compare.waterfall import MONEY_GOALS, unproven_of
from gwplan.results.run_folder import RunFolder

SAME = 1e-9
"""Relative difference of two numbers below which they count as equal."""
QUESTION = {"goal.1.kind": "goal", "precision": "precision", "horizon.dollars": "dollars", "horizon.start": "start of the horizon",
            "horizon.end": "end of the horizon", "horizon.step": "step", "parts": "parts"}
"""Definition keys that change the question, so that some figures are not comparable."""
Cell = float | str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure of both runs. percent: the difference in percent of `before`. below_gap: the difference is not proven."""

    key: str
    name: str
    unit: str
    before: Cell
    after: Cell
    difference: float | None = None
    percent: float | None = None
    below_gap: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """How a figure is read from a run. needs: definition keys that must be equal for a comparison."""

    key: str
    name: str
    unit: str
    read: Callable[[RunFolder], Cell]
    needs: tuple[str, ...] = ()


def _number(key: str) -> Callable[[RunFolder], Cell]:
    return lambda run: run.figure(key)


def _most(key: str) -> Callable[[RunFolder], Cell]:
    return lambda run: max(map(float, run.summary[key]), default=0.0) if isinstance(run.summary.get(key), list) else None


def _words(key: str) -> Callable[[RunFolder], Cell]:
    return lambda run: None if run.summary.get(key) is None else str(run.summary[key])


def _met(run: RunFolder) -> Cell:
    met = run.summary.get("target_met")
    return None if met is None else "yes" if met is True else "no"


NOMINAL = "MUSD_nominal"
DOLLARS = ("horizon.dollars",)
PRESENT = (*DOLLARS, "horizon.start")
HEADLINES = (
    Headline("target_met", "Targets met", "", _met),
    Headline("first_it_period", "First IT power", "", _words("first_it_period")),
    Headline("it_mw", "IT power at most", "MW", _most("it_mw")),
    Headline("facility_mw", "Power at the meter", "MW", _most("facility_mw")),
    Headline("compute_kh100e", "Compute at most", "kH100e", _most("compute_kh100e"), ("precision",)),
    Headline("capital_first_build_musd", "Capital of the first build", "MUSD", _number("capital_first_build_musd"), DOLLARS),
    Headline("capital_musd_per_it_gw", "Capital per GW of IT", "MUSD/GW", _number("capital_musd_per_it_gw"), DOLLARS),
    Headline("capital_musd", "Capital of the whole horizon", "MUSD", _number("capital_musd"), DOLLARS),
    Headline("running_musd_per_year_final", "Running cost in the last year", "MUSD/year", _number("running_musd_per_year_final"), DOLLARS),
    Headline("npv_cost_musd", "Net present cost", "MUSD", _number("npv_cost_musd"), PRESENT),
    Headline("npv_value_musd", "Present value of compute", "MUSD", _number("npv_value_musd"), (*PRESENT, "precision")),
    Headline("levelised_usd_per_h100e_hour", "Levelised cost of compute", "USD/H100e/hour", _number("levelised_usd_per_h100e_hour"),
             (*DOLLARS, "precision")),
    Headline("equity_value_musd_nominal", "Value of equity", NOMINAL, _number("equity_value_musd_nominal"), ("horizon.start",)),
    Headline("irr", "Rate of return (IRR), nominal", "1/year", _number("irr")),
    Headline("equity_paid_in_musd_nominal", "Equity paid in", NOMINAL, _number("equity_paid_in_musd_nominal")),
    Headline("peak_equity_musd_nominal", "Equity at risk at most", NOMINAL, _number("peak_equity_musd_nominal")),
    Headline("payback_years", "Payback from the first payment", "years", _number("payback_years")),
    Headline("debt_most_musd_nominal", "Debt at most", NOMINAL, _number("debt_most_musd_nominal")),
    Headline("least_coverage", "Least coverage of debt service", "1", _number("least_coverage")),
    Headline("break_even_usd_per_h100e_hour", "Break-even price of compute", "USD/H100e/hour", _number("break_even_usd_per_h100e_hour"),
             (*DOLLARS, "precision")),
)


def figures_of(base: RunFolder, other: RunFolder, keys: set[str]) -> tuple[list[Figure], list[str]]:
    """The headline figures of both runs, and a sentence on each group that cannot be compared."""
    found, left_out = [], defaultdict[str, list[str]](list)
    unproven, goal = unproven_of(base, other), str(base.summary["goal"][0])
    for headline in HEADLINES:
        name = headline.name
        if headline.unit == "kH100e" or headline.key == "npv_value_musd":
            name += f" ({base.summary.get('precision', 'precision unknown')})"
        differing = [need for need in headline.needs if need in keys]
        if differing:
            left_out[differing[0]].append(headline.name)
            continue
        before, after = headline.read(base), headline.read(other)
        if before is None and after is None:
            continue
        if not (isinstance(before, float) and isinstance(after, float)):
            found.append(Figure(headline.key, name, headline.unit, before, after))
            continue
        difference = 0.0 if math.isclose(before, after, rel_tol=SAME) else after - before
        percent = difference / abs(before) * 100 if before else None
        # A figure that is part of the objective is as uncertain as the objective.
        of_goal = NOMINAL if goal == "most_equity_value" else "MUSD"
        below = goal in MONEY_GOALS and headline.unit == of_goal and difference != 0 and (unproven is None or abs(difference) <= unproven)
        found.append(Figure(headline.key, name, headline.unit, before, after, difference, percent, below))
    return found, [f"Not compared, since {QUESTION[need]} differs: {', '.join(names)}." for need, names in left_out.items()]
