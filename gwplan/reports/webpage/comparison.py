"""A comparison of runs as one page that needs no network: what changed, by how much, why, and what is built differently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gwplan.analysis.compare.builds import BUILDS, LEAST_MOVED, Move
from gwplan.analysis.compare.comparison import Comparison, KeyChange, RowChange
from gwplan.analysis.compare.figures import Figure
from gwplan.analysis.compare.waterfall import Step, Waterfall
from gwplan.common.amounts import amount as amount_of
from gwplan.common.amounts import beside, number, said, table_unit
from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.reports.formatting import clean, counted, shown
from gwplan.reports.terminal.comparison import BELOW, BELOW_NOTE, CLOSE, figure_cell, verdict
from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.render import render
from gwplan.reports.webpage.studies.charts import FAINT, GREY, STRONG, month_axis, tall
from gwplan.reports.webpage.studies.write import put
from gwplan.results.figures import LEADING, less_is_better, name_of_goal
from gwplan.results.run_folder import RunFolder

BEFORE, AFTER = "before", "after"
MARGIN = 0.25
"""Share of the span of a waterfall that is left free on either side, for its labels."""


def write_comparison(comparisons: Sequence[Comparison], path: Path) -> Path:
    """Write a page that compares each of some runs with the same base; gives its path. OSError if it cannot be written."""
    return put(path, render(page(comparisons)))


def page(comparisons: Sequence[Comparison]) -> Page:
    """What stands on the page. InputFaults if a run folder is no longer there."""
    base = RunFolder(Path(comparisons[0].base))
    several = len(comparisons) > 1
    sections: list[Section] = [overview(comparisons)] if several else []
    for place, comparison in enumerate(comparisons, 1):
        for section in sections_of(comparison):
            name = f"Run {place}: {section.title[0].lower()}{section.title[1:]}"
            sections.append(replace(section, key=f"{section.key}_{place}", title=name) if several else section)
    warnings = list(dict.fromkeys(warning for comparison in comparisons for warning in comparison.warnings))
    compared = [Path(comparison.other).name for comparison in comparisons]
    sentence = told(comparisons[0]) if not several else f"{counted(len(comparisons), 'run')} against {base.path.name}."
    standing = f"{', '.join(compared)} against {base.path.name}."
    footer = f"{standing} Money is real, in dollars of {base.dollars}. Written by gwplan from the tables of the runs alone."
    return Page(str(base.summary["title"]), sentence, "" if several else standing, "Comparison",
                cards(comparisons[0]) if not several else [], sections, footer, warnings)  # fmt: skip


def told(comparison: Comparison) -> str:
    """What came of it, in a sentence or two."""
    if comparison.nothing_differs:
        return "Nothing differs: the same inputs, the same question, the same plan."
    asked = f"The questions differ: {'; '.join(comparison.question)}. " if comparison.question else ""
    return asked + ("The objectives are not compared." if comparison.waterfall is None else verdict(comparison.waterfall))


def cards(comparison: Comparison) -> list[Card]:
    """The objective and the leading figures: their differences."""
    fall, found = comparison.waterfall, []
    if fall is not None:
        mark = BELOW if fall.below_gap and clean(fall.difference) else ""
        name = f"objective: {said(fall.before, fall.unit, CLOSE)} to {said(fall.after, fall.unit, CLOSE)}"
        found.append(Card("objective", fall.difference, f"{said(fall.difference, fall.unit, plus=True)}{mark}", name))
    for figure in comparison.figures:
        if figure.key in LEADING and figure.difference is not None:
            text = f"{said(figure.difference, figure.unit, plus=True)}{BELOW if figure.below_gap else ''}" if figure.difference else "same"
            name = f"{figure.name}: {figure_cell(figure.before, figure.unit)} to {figure_cell(figure.after, figure.unit)}"
            found.append(Card(figure.key, figure.difference, text, name))
    return found


def cell(value: Any) -> str:
    """A figure as text; nothing as a dash."""
    return "-" if value is None or value == "" else number(value) if isinstance(value, float) else str(value)


def overview(comparisons: Sequence[Comparison]) -> Section:
    """The figures of all runs side by side."""
    found: dict[str, Figure] = {}
    for comparison in comparisons:
        found |= {figure.key: figure for figure in comparison.figures if figure.key not in found}
    header = ("figure", "unit", "base", *(f"run {number}" for number in range(1, len(comparisons) + 1)))
    rows: list[tuple[Any, ...]] = []
    falls = [comparison.waterfall for comparison in comparisons]
    first = next((fall for fall in falls if fall is not None), None)
    if first is not None:
        rows.append((f"Objective ({name_of_goal(first.goal)})", beside(first.unit), amount_of(first.before, first.unit, CLOSE),
                     *("-" if fall is None else f"{amount_of(fall.after, fall.unit, CLOSE)}{BELOW if fall.below_gap else ''}"
                       for fall in falls)))  # fmt: skip
    for key, figure in found.items():
        mine = [next((each for each in comparison.figures if each.key == key), None) for comparison in comparisons]
        rows.append((figure.name, beside(figure.unit), figure_cell(figure.before, figure.unit),
                     *("-" if each is None else f"{figure_cell(each.after, each.unit)}{BELOW if each.below_gap else ''}"
                       for each in mine)))  # fmt: skip
    named = ", ".join(f"run {number} is {Path(comparison.other).name}" for number, comparison in enumerate(comparisons, 1))
    text = f"Base is {Path(comparisons[0].base).name}, {named}. {BELOW_NOTE}."
    return Section("overview", "Side by side", text, tables=[Table(header, rows)])


def sections_of(comparison: Comparison, runs: Sequence[RunFolder] = ()) -> list[Section]:
    """All that differs, the most telling first; sections with nothing in them are left out. runs: both, where they are not on disk."""
    fall = comparison.waterfall
    left = [*comparison.left_out, *([f"{counted(comparison.unused_cells, 'more row differs', 'more rows differ')} in range, source or note "
                                     "only, which no plan uses."] if comparison.unused_cells else [])]  # fmt: skip
    moved = dumbbells(comparison, runs)
    found = [
        Section("why", "Where the change comes from", "" if fall is None else waterfall_text(fall),
                [] if fall is None or not fall.steps else [waterfall_chart(fall, comparison.named)]),
        Section("side", "Figures side by side", f"{BELOW_NOTE}.", tables=[figure_table(comparison.figures)]),
        Section("inputs", "Inputs that differ", tables=[input_table(comparison.inputs)]),
        Section("question", "The question", tables=[key_table(comparison.definition)]),
        Section("moved", "Built differently", moved_text(comparison), [moved] if moved else [],
                [move_table(comparison)] if comparison.moves else []),
        Section("search", "Different solver settings", tables=[key_table(comparison.search)]),
        Section("left", "Not compared", " ".join(left)),
    ]  # fmt: skip
    return [section for section in found if section.charts or any(table.rows for table in section.tables)
            or (section.text and section.key in ("left", "moved"))]  # fmt: skip


def waterfall_text(fall: Waterfall) -> str:
    """How to read the waterfall."""
    better = "Less is better." if less_is_better(fall.goal) else "More is better."
    text = f"{better} From one objective to the other in steps that sum to the difference of {said(fall.difference, fall.unit, plus=True)}."
    if fall.unproven is None:
        return f"{text} A run has no bound on its objective: no step is proven."
    return f"{text} Grey: what is unproven of both plans, around the first objective; faint steps are no larger."


def waterfall_chart(fall: Waterfall, label: Callable[[str], str] = str) -> Chart:
    """Steps from one objective to the other; faint where they are no larger than what is unproven."""
    unit, size = table_unit(fall.unit, (fall.before, fall.after))
    level, starts = fall.before, []
    for step in fall.steps:
        starts.append(level)
        level += step.amount
    names = [BEFORE, *(label(step.name) for step in fall.steps), AFTER]
    steps = {"type": "bar", "orientation": "h", "name": "steps", "showlegend": False,
             "y": names[1:-1], "base": [start / size for start in starts], "x": [step.amount / size for step in fall.steps],
             "text": [f"{amount_of(step.amount, fall.unit, plus=True)}{BELOW if step.below_gap else ''}" for step in fall.steps],
             "textposition": "outside",
             "marker": {"color": [colour_of(step, fall) for step in fall.steps],
                        "opacity": [FAINT if step.below_gap else STRONG for step in fall.steps]},
             "cliponaxis": False, "hovertemplate": "%{y}: %{text}<extra></extra>"}  # fmt: skip
    ends = {"type": "scatter", "mode": "markers+text", "name": "objective", "showlegend": False,
            "y": [BEFORE, AFTER], "x": [fall.before / size, fall.after / size],
            "text": [f" {amount_of(each, fall.unit, CLOSE)}" for each in (fall.before, fall.after)],
            "textposition": "middle right", "cliponaxis": False, "marker": {"symbol": "diamond", "size": 12, "color": COLOURS[0]},
            "hovertemplate": "%{y}: %{text}<extra></extra>"}  # fmt: skip
    start, band = fall.before / size, (fall.unproven or 0.0) / size
    levels = [each / size for each in (fall.before, fall.after, *starts, level)]
    margin = (max(levels) - min(levels)) * MARGIN or max(abs(start) * MARGIN, 1.0)
    links = enumerate([*starts, level])
    shapes: list[dict[str, Any]] = [{"type": "line", "x0": each / size, "x1": each / size, "y0": place, "y1": place + 1,
                                     "line": {"color": GREY, "width": 1}} for place, each in links]  # fmt: skip
    if clean(band):
        shapes.append({"type": "rect", "x0": start - band, "x1": start + band, "y0": 0, "y1": 1, "yref": "paper",
                       "layer": "below", "fillcolor": GREY, "opacity": 0.15, "line": {"width": 0}})  # fmt: skip
    layout = {"tall": tall(len(names)), "shapes": shapes,
              "yaxis": {"type": "category", "categoryorder": "array", "categoryarray": names, "autorange": "reversed"},
              "xaxis": {"range": [min(levels) - margin, max(levels) + margin], "title": {"text": unit}}}  # fmt: skip
    return Chart(f"Where the change of the objective comes from, {unit}", [steps, ends], ("step", "of which", unit, "not proven"),
                 waterfall_rows(fall, size, label), layout)  # fmt: skip


def colour_of(step: Step, fall: Waterfall) -> str:
    """Green for what makes the plan better, red for what makes it worse."""
    return COLOURS[2] if (step.amount < 0) == less_is_better(fall.goal) else COLOURS[5]


def waterfall_rows(fall: Waterfall, size: float, label: Callable[[str], str]) -> list[tuple[Any, ...]]:
    """Both objectives, the steps between them and the parts of each."""
    rows: list[tuple[Any, ...]] = [(BEFORE, "", fall.before / size, "")]
    for step in fall.steps:
        rows.append((label(step.name), "", step.amount / size, BELOW if step.below_gap else ""))
        rows += [("", label(part.name), part.amount / size, BELOW if part.below_gap else "") for part in step.parts if part.name]
    return [*rows, (AFTER, "", fall.after / size, ""), ("difference", "", fall.difference / size, BELOW if fall.below_gap else "")]


def figure_table(figures: Sequence[Figure]) -> Table:
    """Headline figures side by side."""
    rows = [(figure.name, beside(figure.unit), figure_cell(figure.before, figure.unit), figure_cell(figure.after, figure.unit),
             difference_of(figure), BELOW if figure.below_gap else "", figure.percent) for figure in figures]  # fmt: skip
    return Table(("figure", "unit", BEFORE, AFTER, "difference", "not proven", "%"), rows)


def difference_of(figure: Figure) -> str:
    """The difference of a figure as text, or whether there is one."""
    if figure.difference:
        return amount_of(figure.difference, figure.unit, plus=True)
    return "same" if figure.before == figure.after else "differs"


def percent_of(row: RowChange) -> float | None:
    """By how many percent a row changed; None where it is no number or begins at 0."""
    before, after = row.before, row.after
    return 100 * (after / before - 1) if isinstance(before, float) and isinstance(after, float) and before else None


def input_table(rows: Sequence[RowChange]) -> Table:
    """Rows of inputs that differ, searchable."""
    listed = [(f"{row.table}.{row.item}.{row.quantity}", row.site, row.when, row.change, row.before, row.after,
               "" if row.unit == "1" else row.unit, percent_of(row)) for row in rows]  # fmt: skip
    return Table(("number", "site", "when", "how", BEFORE, AFTER, "unit", "%"), listed, True)


def key_table(keys: Sequence[KeyChange]) -> Table:
    """Keys of the definition that differ."""
    return Table(("key", BEFORE, AFTER), [(key.key, cell(key.before), cell(key.after)) for key in keys])


def moved_text(comparison: Comparison) -> str:
    """How to read the chart of builds, or that there is none."""
    if not comparison.moves:
        return "The same is built, at the same dates."
    return "Hollow: when it was begun or ordered before, on average over its amounts; filled: after. What has one mark only is new or gone."


def move_table(comparison: Comparison) -> Table:
    """What is built differently."""
    name = comparison.named
    rows = [(move.what, name(move.item), name(move.site), ", ".join(move.words),
             *((None, None) if move.what == "site" else (move.before, move.after)),
             move.unit, move.months) for move in comparison.moves]  # fmt: skip
    return Table(("what", "item", "site", "how", BEFORE, AFTER, "unit", "months later"), rows)


def mean_months(run: RunFolder) -> dict[tuple[str, str, str], float]:
    """When each thing of a plan is begun, by what, item and site: the month counted from year 0, the mean over its amounts."""
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in run.plan.to_dict("records"):
        part, decision, item, site = (str(row[column]) for column in ("part", "decision", "item", "site"))
        if (part, decision) in BUILDS and row["amount"] > LEAST_MOVED:
            found = sums[BUILDS[part, decision][0], item, site or item]
            found[0] += float(row["amount"]) * run.first_month(run.number_of[str(row["when"])])
            found[1] += float(row["amount"])
    return {key: total / amount for key, (total, amount) in sums.items()}


@dataclass(frozen=True)
class Dated:
    """A thing built differently, and the months in which it was begun in both runs; None where it is not built."""

    name: str
    move: Move
    before: float | None
    after: float | None


def dated(comparison: Comparison, runs: Sequence[RunFolder] = ()) -> list[Dated]:
    """What is built differently, with its dates."""
    before, after = map(mean_months, runs or [RunFolder(Path(path)) for path in (comparison.base, comparison.other)])
    keys = [(move.what, move.item, move.site) for move in comparison.moves]
    names = [f"{comparison.named(move.site)}: {move.what if move.what == 'site' else comparison.named(move.item)}"
             for move in comparison.moves]  # fmt: skip
    return [Dated(name, move, before.get(key), after.get(key)) for name, key, move in zip(names, keys, comparison.moves, strict=True)]


def dumbbells(comparison: Comparison, runs: Sequence[RunFolder] = ()) -> Chart | None:
    """When what is built differently was begun before, and when after; None where nothing moved."""
    found = dated(comparison, runs)
    months = [month for each in found for month in (each.before, each.after) if month is not None]
    if not months:
        return None
    linked = [each for each in found if each.before is not None and each.after is not None]
    traces: list[dict[str, Any]] = []
    if linked:
        # None breaks the line between one pair and the next.
        traces.append({"type": "scatter", "mode": "lines", "x": [month for each in linked for month in (each.before, each.after, None)],
                       "y": [name for each in linked for name in (each.name, each.name, None)], "line": {"color": GREY, "width": 3},
                       "name": "moved", "hoverinfo": "skip", "showlegend": False})  # fmt: skip
    looks = {BEFORE: ("circle-open", 15, COLOURS[1]), AFTER: ("circle", 9, COLOURS[0])}
    for when, (symbol, size, colour) in looks.items():
        marks = [(each, month) for each in found for month in (each.before if when == BEFORE else each.after,) if month is not None]
        if marks:
            told = [f"{when}: {amount(each.move, when)}, {year_and_month(month)}" for each, month in marks]
            traces.append({"type": "scatter", "mode": "markers", "name": when, "x": [month for _, month in marks],
                           "y": [each.name for each, _ in marks], "text": told, "cliponaxis": False,
                           "marker": {"symbol": symbol, "size": size, "color": colour, "line": {"width": 2}},
                           "hovertemplate": "%{y}, %{text}<extra></extra>"})  # fmt: skip
    names = list(dict.fromkeys(each.name for each in found))
    rows = [(each.name, ", ".join(each.move.words), year_and_month(each.before), year_and_month(each.after)) for each in found]
    layout = {"xaxis": month_axis(months), "tall": tall(len(names)),
              "yaxis": {"type": "category", "categoryorder": "array", "categoryarray": names, "autorange": "reversed"}}  # fmt: skip
    return Chart("When it is begun or ordered", traces, ("what", "how", "begun before", "begun after"), rows, layout)


def amount(move: Move, when: str) -> str:
    """How much of it is built."""
    return move.what if move.what == "site" else f"{shown(move.before if when == BEFORE else move.after)} {move.unit}"


def year_and_month(month: float | None) -> str:
    """A month counted from year 0 as 2028-03; blank for None."""
    if month is None:
        return ""
    whole = round(month)
    return f"{whole // MONTHS_A_YEAR}-{whole % MONTHS_A_YEAR + 1:02d}"
