"""A sample for the terminal: quantiles, choices, drivers and a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from gwplan.analysis.uncertainty.correlations import band
from gwplan.analysis.uncertainty.unread import NOT_READ
from gwplan.common.amounts import number, said, table_unit
from gwplan.common.errors import Fault, faults_as_json
from gwplan.common.status import WITH_PLAN, Status
from gwplan.reports.formatting import counted, rows_of
from gwplan.reports.terminal.sweep import page_of, show_folder
from gwplan.reports.terminal.tables import blank, section
from gwplan.results.figures import DRIVEN, GOALS, figure_of, name_of_goal, short, title, unit_of_goal

if TYPE_CHECKING:
    from gwplan.analysis.uncertainty.sample import Sampled

TOP_DRIVERS = 12
TOP_SHARES = 8
BINS = 10
BAR = 30
"""Characters of the longest bar."""
MESSAGES = 3
"""Different messages of failed scenarios that are shown."""
MEDIAN = 50
LEAST_SHARE = 0.005
"""Choices rarer than this are left to choices.csv."""


def _unit_of_figure(figure: str, found: Sampled) -> str:
    """The unit of a figure in the model's units; that of the objective is its goal's."""
    known = figure_of(figure)
    return GOALS[found.goal].unit if known is None or known.format == "objective" else known.unit


def given(value: object) -> str:
    """A drawn value: a number shortened, a date as it is."""
    try:
        return f"{float(str(value)):.4g}"
    except ValueError:
        return "" if value is None else str(value)


def histogram(values: Sequence[float], bins: int = BINS, width: int = BAR) -> list[tuple[float, float, int, str]]:
    """Lower end, upper end, count and bar of each bin; one bin where all values are the same, none without values."""
    if not len(values):
        return []
    if min(values) == max(values):
        return [(values[0], values[0], len(values), "#" * width)]
    counts, edges = np.histogram(values, bins=bins)
    most = int(counts.max())
    return [(float(edges[place]), float(edges[place + 1]), int(count), "#" * round(width * int(count) / most))
            for place, count in enumerate(counts)]


def sample_as_json(found: Sampled) -> dict[str, Any]:
    """The folder, how the samples ended, and the tables of quantiles, choices and drivers as rows."""
    tables = {name: rows_of(found.tables[name]) for name in ("quantiles", "intervals", "choices", "drivers")}
    return {
        "exit_code": found.study.exit_code, "folder": found.study.folder, "page": page_of(found.study.folder),
        "samples": found.drawing.count, "seed": found.drawing.seed,
        "shape": found.drawing.shape, "keys": found.keys, "correlated": found.correlated,
        "statuses": dict(found.counts), "with_plan": found.with_plan,
        "cached": found.study.cached, "goal": found.goal, "unit": unit_of_goal(found.goal, found.dollars, found.precision),
        "precision": found.precision, "dollars": found.dollars, "widest_gap": found.gap, "widest_unproven": found.unproven,
        "shares": rows_of(found.shares.table), "shares_explained": found.shares.explained if found.shares.terms else None,
        "shares_refused": found.shares.refused or None,
        "base_objective": found.study.base.summary.get("objective"), "conditional_on": "samples with a plan", **tables,
        "warnings": faults_as_json([Fault("correlations", 0, text) for text in found.warnings]),
    }  # fmt: skip


def show_sample(found: Sampled, console: Console) -> None:
    """Print a sample: how many have a plan, quantiles, histogram, choices and drivers."""
    console.print(f"{found.title}: {counted(found.drawing.count, 'sample')} of {counted(found.keys, 'number')} with a range, "
                  f"{_together(found)} ({found.drawing.shape}, seed {found.drawing.seed}).", style="bold", markup=False)
    console.print(_standing(found), markup=False)
    show_messages(found.study.table, console)
    if found.with_plan:
        _show_quantiles(found, console)
        console.print(_sure(found), markup=False)
        _show_histogram(found, console)
        _show_choices(found, console)
        _show_drivers(found, console)
        _show_shares(found, console)
    console.print()
    show_folder(found.study.folder, console)


def _together(found: Sampled) -> str:
    """How the numbers are drawn."""
    how = {"independent": "drawn independently", "latin": "drawn as a Latin hypercube", "sobol": "drawn as a Sobol sequence"}
    drawn = how[found.drawing.design]
    return f"{found.correlated:,} of them correlated, the rest {drawn}" if found.correlated else drawn


def _standing(found: Sampled) -> str:
    """How the samples ended, and what their gap hides."""
    counts = found.counts
    bad = sum(count for status, count in counts.items() if status not in (*WITH_PLAN, Status.INFEASIBLE))
    text = f"{found.with_plan:,} {'has' if found.with_plan == 1 else 'have'} a plan, {counts[Status.INFEASIBLE]:,} are infeasible, "
    text += f"{bad:,} gave no answer. "
    text += "All figures below are of those with a plan." if found.with_plan < found.drawing.count else "Figures are of all of them."
    quantiles = {row["figure"]: row for row in rows_of(found.tables["quantiles"])}
    if "objective" in quantiles and found.unproven is not None:
        spread = quantiles["objective"]["p90"] - quantiles["objective"]["p10"]
        unit = GOALS[found.goal].unit
        text += (f" The objective spreads over {said(spread, unit)} from p10 to p90; each plan is proven to within "
                 f"{said(found.unproven, unit)}: smaller differences mean nothing.")
    return text


def show_messages(columns: dict[str, list[Any]], console: Console) -> None:
    failed = [message for status, message in zip(columns["status"], columns["message"], strict=True)
              if status in (Status.FAILED, Status.FAULTY_INPUT, Status.UNBOUNDED)]
    for message in list(dict.fromkeys(failed))[:MESSAGES]:
        console.print(f"No answer ({failed.count(message)}): {message}", markup=False)


def _show_quantiles(found: Sampled, console: Console) -> None:
    table = blank("Figure", "Unit", ">Mean", ">p5", ">p10", ">p50", ">p90", ">p95")
    for row in rows_of(found.tables["quantiles"]):
        amounts = [row[name] for name in ("mean", "p5", "p10", "p50", "p90", "p95")]
        unit, size = table_unit(_unit_of_figure(row["figure"], found), amounts)
        unit = f"{unit} ({found.precision})" if unit.startswith("kH100e") else unit
        table.add_row(title(row["figure"]), unit, *(number(amount / size) for amount in amounts))
    section(console, f"Quantiles (money in dollars of {found.dollars} unless nominal)", table)


def _sure(found: Sampled) -> str:
    """Between which values the median of the objective lies."""
    row = next((row for row in rows_of(found.tables["intervals"]) if row["figure"] == "objective" and row["level"] == MEDIAN), None)
    if row is None or row["low"] is None or row["high"] is None:
        return "The sample is too small to say how sure its median is."
    unit = GOALS[found.goal].unit
    return (f"With 95 % confidence the median of the objective lies between {said(row['low'], unit)} and {said(row['high'], unit)}; "
            "intervals.csv has all quantiles.")


def _show_histogram(found: Sampled, console: Console) -> None:
    columns = found.study.table
    values = [value for value in columns["objective"] if value is not None]
    unit, size = table_unit(GOALS[found.goal].unit, values)
    table = blank(">From", ">To", ">Samples", "")
    for low, high, count, bar in histogram(values):
        table.add_row(number(low / size), number(high / size), f"{count:,}", bar)
    section(console, f"Objective ({name_of_goal(found.goal)}), {unit}", table)


def _show_choices(found: Sampled, console: Console) -> None:
    table = blank("What", "Item", ">Chosen", ">Mean when chosen", "Of")
    last = ""
    for row in rows_of(found.tables["choices"]):
        if row["share"] >= LEAST_SHARE:
            amount = "" if row["kind"] == "site" else number(row["mean_amount"])
            table.add_row("" if row["kind"] == last else row["kind"], row["item"], f"{row['share']:.0%}", amount,
                          "" if row["kind"] == "site" else row["unit"])
            last = row["kind"]
    section(console, "Choices", table)


def _show_shares(found: Sampled, console: Console) -> None:
    """What share of the variance of the objective each number makes, or why that is not said."""
    if found.shares.refused:
        console.print(f"\nNo shares of variance: {found.shares.refused}.", markup=False)
        return
    table = blank("Number", ">Share of variance")
    rows = rows_of(found.shares.table)
    for row in rows[:TOP_SHARES]:
        table.add_row(row["number"], f"{row['share']:.0%}")
    section(console, f"Shares of the variance of the objective: the largest {min(TOP_SHARES, len(rows))} of {len(rows)}", table)
    console.print(f"Of each number by itself, by a sum of quadratics that explains {found.shares.explained:.0%} (cross-validated); the "
                  "rest is what numbers do together, finer shapes and what is not proven.", markup=False)


def _show_drivers(found: Sampled, console: Console) -> None:
    table = blank("Number", *(each for name in DRIVEN for each in (f">{short(name)}", "")))
    rows = rows_of(found.tables["drivers"])
    for row in rows[:TOP_DRIVERS]:
        cells = []
        for name in DRIVEN:
            rho = row[f"rho_{name}"]
            note = row[f"note_{name}"]
            cells += ["" if rho is None else f"{rho:+.2f}", "not read" if note == NOT_READ else "by chance?" if note else ""]
        table.add_row(row["key"], *cells)
    section(console, f"Drivers: rank correlation with the drawn number, the strongest {min(TOP_DRIVERS, len(rows))} of {len(rows)}", table)
    limit = band(found.with_plan)
    if limit >= 1:
        console.print(f"With {counted(found.with_plan, 'sample')} none is distinguishable from chance.", markup=False)
        return
    console.print(f"Below {limit:.2f} none is distinguishable from chance with {found.with_plan:,} samples; of many numbers without any "
                  "effect about one in twenty passes it all the same.", markup=False)


