"""A comparison of two runs for the terminal and for scripts: the question, the figures, the inputs, the builds, the waterfall."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from gwplan.analysis.compare.comparison import Comparison, KeyChange, RowChange
from gwplan.analysis.compare.figures import Figure
from gwplan.analysis.compare.waterfall import MONEY_GOALS, Waterfall
from gwplan.common.amounts import amount, beside, said
from gwplan.reports.terminal.tables import blank, section
from gwplan.results.figures import less_is_better, name_of_goal

ROWS_SHOWN = 25
"""Lines of a table that the terminal shows; --json gives all of them."""
PARTS_SHOWN = 3
"""Parts of a step that the terminal shows, the largest first."""
CLOSE = 5
"""Significant digits of money where two runs are nearly the same."""
BELOW = "*"
BELOW_NOTE = "* not proven: no larger than the distance of the two plans from their bounds"


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain data, with `nothing_differs`, and with the difference and the sentence of the waterfall."""
    fall = comparison.waterfall
    extra = None if fall is None else asdict(fall) | {"difference": fall.difference, "sentence": fall.sentence}
    found = {name: value for name, value in asdict(comparison).items() if name != "labels"}
    return found | {"nothing_differs": comparison.nothing_differs, "waterfall": extra}


def show(comparison: Comparison, console: Console) -> None:
    """Print all that differs between two runs, the most telling first."""
    console.print(f"{Path(comparison.other).name}\nagainst {Path(comparison.base).name}", style="bold", markup=False, soft_wrap=True)
    for warning in comparison.warnings:
        console.print(f"Warning: {warning}", markup=False)
    if comparison.question:
        console.print(f"The questions differ: {'; '.join(comparison.question)}.", markup=False)
    if comparison.nothing_differs:
        console.print("Nothing differs: the same inputs, the same question, the same plan.", markup=False)
        _sentences(comparison, console)
        return
    fall = comparison.waterfall
    if fall is not None:
        console.print(verdict(fall), markup=False)
    section(console, "Inputs that differ", _inputs(comparison.inputs))
    if comparison.unused_cells:
        console.print(f"{comparison.unused_cells} more rows differ in their range, source or note only, which no plan uses.", markup=False)
    section(console, "The question", _keys(comparison.definition))
    section(console, "Figures", _figures(comparison.figures))
    if fall is not None:
        section(console, f"Where the change of the objective comes from{in_unit(fall.unit)}", _steps(fall, comparison))
    if any(figure.below_gap for figure in comparison.figures) or (fall is not None and any(step.below_gap for step in fall.steps)):
        console.print(BELOW_NOTE, style="dim", markup=False)
    section(console, "Built differently", _moves(comparison))
    if not comparison.moves:
        console.print("\nThe same is built, at the same dates.", markup=False)
    _sentences(comparison, console)


def show_briefly(comparison: Comparison, console: Console) -> None:
    """Print two lines: how much the objective and the capital of the first build changed, and whether that is proven."""
    capital = next((figure for figure in comparison.figures if figure.key == "capital_first_build_musd"), None)
    name = Path(comparison.base).name
    changed = ""
    if capital is not None and capital.difference is not None:
        changed = f" {capital.name} {said(capital.difference, capital.unit, plus=True) if capital.difference else 'unchanged'}."
    if comparison.nothing_differs:
        console.print(f"Against {name}: nothing differs.", markup=False)
    elif comparison.waterfall is not None:
        console.print(f"Against {name}: {verdict(comparison.waterfall)}{changed}", markup=False)
    else:
        console.print(f"Against {name}: {' '.join(comparison.left_out)}{changed}", markup=False)


def verdict(fall: Waterfall) -> str:
    """Whether the second plan is better, by how much, and whether that is proven."""
    ends = (said(value, fall.unit, CLOSE) for value in (fall.before, fall.after))
    what = f"Objective ({name_of_goal(fall.goal)}) {' to '.join(ends)}"
    better = "" if fall.better is None else ", better" if fall.better else ", worse"
    return f"{what}{better}. {fall.sentence}"


def in_unit(unit: str) -> str:
    """The unit of a title that is not said with each amount: `, nominal`, `, kH100e years`; blank for money of a year."""
    return f", {beside(unit)}" if beside(unit) else ""


def figure_cell(value: object, unit: str) -> str:
    """A figure as text without its unit; nothing as a dash."""
    return amount(value, unit, CLOSE) if isinstance(value, float) else _value(value)


def _sentences(comparison: Comparison, console: Console) -> None:
    for sentence in comparison.left_out:
        console.print(sentence, markup=False)
    if comparison.search:
        listed = ", ".join(f"{change.key} {_value(change.before)} to {_value(change.after)}" for change in comparison.search)
        console.print(f"Different solver settings: {listed}.", style="dim", markup=False)


def _value(value: object) -> str:
    """A cell: numbers as they are read, nothing as a dash."""
    if value is None or value == "":
        return "-"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _inputs(rows: tuple[RowChange, ...]) -> Table:
    table = blank("Row", ">Before", ">After", "Unit")
    for row in rows[:ROWS_SHOWN]:
        place = f"{row.table}.{row.item}" + (f"@{row.site}" if row.site else "") + (f"@@{row.when}" if row.when and not row.site else "")
        place += f"@{row.when}" if row.when and row.site else ""
        table.add_row(f"{place}.{row.quantity}", _value(row.before), _value(row.after), row.unit if row.unit != "1" else "")
    if len(rows) > ROWS_SHOWN:
        table.add_row(f"and {len(rows) - ROWS_SHOWN} more; --json lists them all", "", "", "")
    return table


def _keys(keys: tuple[KeyChange, ...]) -> Table:
    table = blank("Key", "Before", "After")
    for key in keys:
        table.add_row(key.key, _value(key.before), _value(key.after))
    return table


def _figures(figures: tuple[Figure, ...]) -> Table:
    table = blank("", ">Before", ">After", ">Difference", "", ">%", "Unit")
    for figure in figures:
        if isinstance(figure.before, float) and isinstance(figure.after, float):
            difference = amount(figure.difference, figure.unit, plus=True) if figure.difference else "="
            percent = f"{figure.percent:+.2f}" if figure.percent and figure.difference else ""
            ends = (amount(value, figure.unit, CLOSE) for value in (figure.before, figure.after))
            table.add_row(figure.name, *ends, difference, BELOW if figure.below_gap else "", percent, beside(figure.unit))
        else:
            same = figure.before == figure.after
            before, after = (figure_cell(value, figure.unit) for value in (figure.before, figure.after))
            table.add_row(figure.name, before, after, "=" if same else "differs", "", "", beside(figure.unit))
    return table


def _steps(fall: Waterfall, comparison: Comparison) -> Table:
    """The steps from one objective to the other, the largest first, each with its largest parts."""
    costs = less_is_better(fall.goal)
    table = blank("Step", f">{beside(fall.unit).capitalize() or 'Amount'}", "", "Of which")
    table.add_row("before", amount(fall.before, fall.unit, CLOSE), "", "", style="bold")
    for step in fall.steps:
        listed = [f"{comparison.named(part.name)} {amount(part.amount, fall.unit, plus=True)}"
                  for part in step.parts[:PARTS_SHOWN] if part.name]  # fmt: skip
        if len(step.parts) == 1:
            listed = [comparison.named(step.parts[0].name)]
        if len(step.parts) > PARTS_SHOWN:
            listed.append(f"{len(step.parts) - PARTS_SHOWN} more")
        changed = amount(step.amount, fall.unit, plus=True)
        table.add_row(f"  {comparison.named(step.name)}", changed, BELOW if step.below_gap else "", _value(", ".join(listed) or " "))
    table.add_row("after", amount(fall.after, fall.unit, CLOSE), "", "", style="bold")
    better = "less is better" if costs else "more is better"
    sign = "" if costs or fall.goal not in MONEY_GOALS else "; cost counts against it"
    changed = amount(fall.difference, fall.unit, plus=True)
    table.add_row("difference", changed, BELOW if fall.below_gap else "", f"{better}{sign}", style="bold")
    return table


def _moves(comparison: Comparison) -> Table:
    moves = comparison.moves
    table = blank("What", "Where", "How", ">Before", ">After", "", ">Months")
    for move in moves[:ROWS_SHOWN]:
        months = "" if move.months is None or not move.months else f"{move.months:+,.1f}"
        name = move.what if move.what == "site" else f"{move.what} {comparison.named(move.item)}"
        amounts = ("", "") if move.what == "site" else (_many(move.before), _many(move.after))
        table.add_row(name, comparison.named(move.site), ", ".join(move.words), *amounts, move.unit, months)
    if len(moves) > ROWS_SHOWN:
        table.add_row(f"and {len(moves) - ROWS_SHOWN} more", "", "", "", "", "", "")
    return table


def _many(value: float) -> str:
    return "-" if value == 0 else f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:,.1f}"
