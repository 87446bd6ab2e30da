"""Samples and stress tests for the terminal: quantiles, choices, drivers, a histogram, and bars by how much a number moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gwplan.console import faults_as_json
from gwplan.faults import Fault
from gwplan.reports.swept import page_of, show_folder
from gwplan.reports.wording import counted
from gwplan.variants.drivers import band

if TYPE_CHECKING:
    from gwplan.variants.sampling import Sampled
    from gwplan.variants.stress import Stressed

TOP_DRIVERS = 12
TOP_STRESS = 20
"""How many numbers are listed unless told otherwise."""
BINS = 10
BAR = 30
"""Characters of the longest bar."""
DUST = 1e-9
"""Amounts that rounding leaves of 0."""
MESSAGES = 3
"""Different messages of failed scenarios that are shown."""
LEAST_SHARE = 0.005
"""Choices rarer than this are left to choices.csv."""
UNITS = {"most_value": "MUSD", "least_cost": "MUSD", "most_compute": "kH100e years", "soonest": "MW periods",
         "most_equity_value": "MUSD_nominal"}  # fmt: skip
GOALS = {
    "least_cost": "net present cost", "most_value": "net present value", "most_compute": "compute", "soonest": "power, the sooner the more",
    "most_equity_value": "value of equity",
}  # fmt: skip
NAMES = {
    "objective": "Objective", "capital_first_build_musd": "Capital of the first build", "capital_musd": "Capital of the whole horizon",
    "capital_musd_per_it_gw": "Capital per GW of IT", "npv_cost_musd": "Net present cost", "npv_value_musd": "Present value of compute",
    "running_musd_per_year_final": "Running cost, last year", "it_mw_most": "IT power at most", "facility_mw_most": "Power at the meter",
    "compute_kh100e_most": "Compute at most", "levelised_usd_per_h100e_hour": "Levelised cost of compute",
    "equity_value_musd_nominal": "Value of equity", "irr": "Rate of return (IRR), nominal", "least_coverage": "Least coverage",
    "break_even_usd_per_h100e_hour": "Break-even price",
}  # fmt: skip
NOMINAL = "_musd_nominal"
RATIOS = {"irr": "a year", "least_coverage": "1"}
PRICES = "_usd_per_h100e_hour"
"""Endings of figures that are nominal money, or prices of compute; figures that are no money."""


def unit_of_goal(goal: str, dollars: int, precision: str) -> str:
    """The unit of an objective, with the year of its dollars or the precision of its compute."""
    unit = UNITS.get(goal, "")
    return f"{unit} of {dollars}" if unit == "MUSD" else f"{unit} ({precision})" if unit.startswith("kH100e") else unit


def _unit_of_figure(figure: str, found: Sampled) -> str:
    if figure == "objective":
        return unit_of_goal(found.goal, found.dollars, found.precision)
    if figure in RATIOS:
        return RATIOS[figure]
    if figure.endswith((NOMINAL, PRICES)):
        return "MUSD nominal" if figure.endswith(NOMINAL) else f"USD_{found.dollars}/H100e/hour"
    if figure == "compute_kh100e_most":
        return f"kH100e ({found.precision})"
    if figure.endswith("_mw_most"):
        return "MW"
    each = " per GW" if figure.endswith("it_gw") else " a year" if "per_year" in figure else ""
    return f"MUSD of {found.dollars}{each}"


def _rows(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left", no_wrap=column.startswith(">"),
                         overflow="fold")
    return table


def _section(console: Console, title: str, table: Table) -> None:
    console.print(f"\n{title}", style="bold", markup=False)
    with console.capture() as capture:
        console.print(table)
    console.file.write("\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n")


def number(value: float | None) -> str:
    """A number with four figures or more, thousands apart; blank for None."""
    if value is None:
        return ""
    if abs(value) < DUST:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def _given(value: object) -> str:
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
    tables = {name: _rows(found.tables[name]) for name in ("quantiles", "choices", "drivers")}
    return {
        "exit_code": found.study.exit_code, "folder": found.study.folder, "page": page_of(found.study.folder),
        "samples": found.drawing.count, "seed": found.drawing.seed,
        "shape": found.drawing.shape, "keys": found.keys, "correlated": found.correlated,
        "statuses": dict(found.counts), "with_plan": found.with_plan,
        "cached": found.study.cached, "goal": found.goal, "unit": unit_of_goal(found.goal, found.dollars, found.precision),
        "precision": found.precision, "dollars": found.dollars, "widest_gap": found.gap, "widest_unproven": found.unproven,
        "base_objective": found.study.base.summary.get("objective"), "conditional_on": "samples with a plan", **tables,
        "warnings": faults_as_json([Fault("correlations", 0, text) for text in found.warnings]),
    }  # fmt: skip


def show_sample(found: Sampled, console: Console) -> None:
    """Print a sample: how many have a plan, quantiles, histogram, choices and drivers."""
    console.print(f"{found.title}: {counted(found.drawing.count, 'sample')} of {counted(found.keys, 'number')} with a range, "
                  f"{_together(found)} ({found.drawing.shape}, seed {found.drawing.seed}).", style="bold", markup=False)
    console.print(_standing(found), markup=False)
    _show_messages(found.study.table, console)
    if found.with_plan:
        _show_quantiles(found, console)
        _show_histogram(found, console)
        _show_choices(found, console)
        _show_drivers(found, console)
    console.print()
    show_folder(found.study.folder, console)


def _together(found: Sampled) -> str:
    """How the numbers are drawn."""
    return f"{found.correlated:,} of them correlated, the rest drawn independently" if found.correlated else "drawn independently"


def _standing(found: Sampled) -> str:
    """How the samples ended, and what their gap hides."""
    counts = found.counts
    bad = sum(count for status, count in counts.items() if status not in ("optimal", "stopped", "infeasible"))
    text = f"{found.with_plan:,} {'has' if found.with_plan == 1 else 'have'} a plan, {counts['infeasible']:,} are infeasible, "
    text += f"{bad:,} gave no answer. "
    text += "All figures below are of those with a plan." if found.with_plan < found.drawing.count else "Figures are of all of them."
    quantiles = {row["figure"]: row for row in _rows(found.tables["quantiles"])}
    if "objective" in quantiles and found.unproven is not None:
        spread = quantiles["objective"]["p90"] - quantiles["objective"]["p10"]
        unit = unit_of_goal(found.goal, found.dollars, found.precision)
        text += (f" The objective spreads over {number(spread)} {unit} from p10 to p90; each plan is proven to within "
                 f"{number(found.unproven)}: smaller differences mean nothing.")
    return text


def _show_messages(columns: dict[str, list[Any]], console: Console) -> None:
    failed = [message for status, message in zip(columns["status"], columns["message"], strict=True)
              if status in ("failed", "faulty_input", "unbounded")]
    for message in list(dict.fromkeys(failed))[:MESSAGES]:
        console.print(f"No answer ({failed.count(message)}): {message}", markup=False)


def _show_quantiles(found: Sampled, console: Console) -> None:
    table = _table("Figure", "Unit", ">Mean", ">p5", ">p10", ">p50", ">p90", ">p95")
    for row in _rows(found.tables["quantiles"]):
        cells = [number(row[name]) for name in ("mean", "p5", "p10", "p50", "p90", "p95")]
        table.add_row(NAMES.get(row["figure"], row["figure"]), _unit_of_figure(row["figure"], found), *cells)
    _section(console, "Quantiles", table)


def _show_histogram(found: Sampled, console: Console) -> None:
    columns = found.study.table
    values = [value for value in columns["objective"] if value is not None]
    table = _table(">From", ">To", ">Samples", "")
    for low, high, count, bar in histogram(values):
        table.add_row(number(low), number(high), f"{count:,}", bar)
    unit = unit_of_goal(found.goal, found.dollars, found.precision)
    _section(console, f"Objective ({GOALS.get(found.goal, found.goal)}), {unit}", table)


def _show_choices(found: Sampled, console: Console) -> None:
    table = _table("What", "Item", ">Chosen", ">Mean when chosen", "Of")
    last = ""
    for row in _rows(found.tables["choices"]):
        if row["share"] >= LEAST_SHARE:
            amount = "" if row["kind"] == "site" else number(row["mean_amount"])
            table.add_row("" if row["kind"] == last else row["kind"], escape(row["item"]), f"{row['share']:.0%}", amount,
                          "" if row["kind"] == "site" else row["unit"])
            last = row["kind"]
    _section(console, "Choices", table)


def _show_drivers(found: Sampled, console: Console) -> None:
    table = _table("Number", ">Objective", "", ">First build", "")
    rows = _rows(found.tables["drivers"])
    for row in rows[:TOP_DRIVERS]:
        cells = []
        for name in ("objective", "capital_first_build_musd"):
            rho = row[f"rho_{name}"]
            cells += ["" if rho is None else f"{rho:+.2f}", "by chance?" if row[f"note_{name}"] else ""]
        table.add_row(escape(row["key"]), *cells)
    _section(console, f"Drivers: rank correlation with the drawn number, the strongest {min(TOP_DRIVERS, len(rows))} of {len(rows)}", table)
    limit = band(found.with_plan)
    if limit >= 1:
        console.print(f"With {counted(found.with_plan, 'sample')} none is distinguishable from chance.", markup=False)
        return
    console.print(f"Below {limit:.2f} none is distinguishable from chance with {found.with_plan:,} samples; of many numbers without any "
                  "effect about one in twenty passes it all the same.", markup=False)


def stress_as_json(found: Stressed) -> dict[str, Any]:
    """The folder, the base, and the tornado as rows."""
    return {
        "exit_code": found.study.exit_code, "folder": found.study.folder, "page": page_of(found.study.folder), "goal": found.goal,
        "unit": unit_of_goal(found.goal, found.dollars, found.precision), "precision": found.precision, "dollars": found.dollars,
        "base_objective": found.base_objective, "base_unproven": found.unproven, "scenarios": len(found.study.results),
        "cached": found.study.cached, "tornado": _rows(found.tornado),
    }  # fmt: skip


def show_stress(found: Stressed, console: Console, top: int = TOP_STRESS) -> None:
    """Print the numbers with the widest swing, with bars, then what it is worth to know them before deciding."""
    unit, rows = unit_of_goal(found.goal, found.dollars, found.precision), _rows(found.tornado)
    console.print(f"{found.title}: {len(rows):,} numbers, one at a time at low and high. "
                  f"The base plan gives {number(found.base_objective)} {unit} ({GOALS.get(found.goal, found.goal)}), "
                  f"proven to within {number(found.unproven)}.", style="bold", markup=False)
    _show_messages(found.study.table, console)
    widest = max((row["swing"] for row in rows), default=0.0)
    table = _table("Number", "Low to high", ">At low", ">At high", ">Swing", "")
    for row in rows[:top]:
        cells = [_change(row, end, found.base_objective) for end in ("low", "high")]
        bar = "" if row["note"] else "#" * max(round(BAR / 2 * row["swing"] / widest), 1)
        ends = " to ".join(_given(row[end] if row[end] is not None else row["base"]) for end in ("low", "high"))
        given = ends if row["unit"] in ("1", "date") else f"{ends} {row['unit']}"
        table.add_row(escape(row["key"]), escape(given), *cells, number(row["swing"]), bar or row["note"])
    _section(console, f"Change of the objective when planned anew, {unit}: the widest {min(top, len(rows))} of {len(rows)}", table)
    _show_knowing(rows, console, unit, top)
    console.print()
    show_folder(found.study.folder, console)


def _change(row: dict[str, Any], end: str, centre: float) -> str:
    value = row[f"objective_{end}"]
    return row[f"status_{end}"] if value is None else f"{'+' if value >= centre else '-'}{number(abs(value - centre))}"


def _show_knowing(rows: list[dict[str, Any]], console: Console, unit: str, top: int) -> None:
    """Where the base plan fails, or a plan made anew is better than it by more than the gap."""
    found = []
    for row in rows:
        for end in ("low", "high"):
            value, status = row[f"value_of_knowing_{end}"], row[f"base_plan_{end}"]
            fails = status not in ("", "optimal", "stopped") and row[f"status_{end}"] in ("optimal", "stopped")
            if fails or (value is not None and value > row["unproven"]):
                found.append((value, row["key"], f"{end}, {_given(row[end])}", status if fails else f"+{number(value)}"))
    if not found:
        console.print("\nKnowing any one of them before deciding is worth less than the gap: the base plan stays as good as any.",
                      markup=False)
        return
    found.sort(key=lambda each: (each[0] is not None, -(each[0] or 0.0), each[1]))
    table = _table("Number", "At", ">Value")
    for _, key, at, text in found[:top]:
        table.add_row(escape(key), at, text)
    _section(console, f"Value of knowing before deciding, {unit}: by how much a plan made anew beats the base plan", table)
