"""The page of a sweep: each headline figure against what was changed, what is built, and every variant."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from gwplan.common.amounts import DUST
from gwplan.common.status import WITH_PLAN, Status
from gwplan.reports.formatting import counted, shown
from gwplan.reports.webpage.charts import Chart
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.charts import GROUPS, MOST_STACKS, stacked
from gwplan.reports.webpage.studies.material import LISTED, Material
from gwplan.reports.webpage.studies.sweep_charts import BETWEEN, OVERLAY, across, below_proof, varied
from gwplan.results.figures import LEADING_OF_STUDY, SWEPT

TABLE_FIGURES = (*SWEPT, "capital_musd", "capital_musd_per_it_gw", "target_met", "sites", "unproven")
AMOUNTS = ("systems", "halls", "supplies_mw")


def page(material: Material) -> Page:
    """The page of a sweep."""
    names = varied(material)
    found = [chart for figure in SWEPT if figure not in same(material) for chart in (across(material, figure),) if chart is not None]
    sections = [
        Section("figures", "Figures", same_text(material) + bars_text(material), found),
        Section("built", "What is built", built_text(material), built(material)),
        *without_plan(material),
        Section("variants", "All variants", rest_text(material), tables=[every(material)]),
    ]
    sections = [section for section in sections if section.charts or section.tables or section.text]
    return Page(material.title, sentence(material, names), standing(material), "Sweep", cards(material), sections, material.footer)


def labels(material: Material) -> list[str]:
    """The name of each variant: its values."""
    return [BETWEEN.join(shown(row[name]) for name in varied(material)) for row in material.rows]


def sentence(material: Material, names: list[str]) -> str:
    """How many variants there are and how they ended."""
    rows = material.rows
    infeasible = sum(row["status"] == Status.INFEASIBLE for row in rows)
    other = len(rows) - len(material.planned) - infeasible
    text = f"{counted(len(rows), 'variant')} of {BETWEEN.join(names)}: {len(material.planned):,} solved, {infeasible:,} infeasible"
    return f"{text}, {other:,} failed." if other else f"{text}, none failed."


def standing(material: Material) -> str:
    """What the figures are in, and which differences mean nothing."""
    if not material.planned:
        return "No variant has a plan."
    proof = max(row["unproven"] or 0.0 for row in material.planned)
    text = f"Compute in H100e at {material.precision}; money real, in dollars of {material.dollars}. "
    if "," in material.precision + material.dollars + material.goal:
        text += "Variants differ in goal, precision or dollars: such figures cannot be set beside each other. "
    return (f"{text}Each objective is proven to within {material.said('objective', proof)} of its best: "
            "smaller differences mean nothing, and are marked * in the table.")


def cards(material: Material) -> list[Card]:
    """The least and the most of the leading figures."""
    rows = material.rows
    found = [Card("variants", len(rows), f"{len(rows):,}", "variants"), Card("solved", len(material.planned), f"{len(material.planned):,}",
                                                                            "with a plan")]  # fmt: skip
    for figure in LEADING_OF_STUDY:
        values = [row[figure] for row in material.planned if row.get(figure) is not None]
        if values:
            low, high = material.said(figure, min(values)), material.said(figure, max(values))
            text = low if low == high else f"{low} to {high}"
            found.append(Card(figure, min(values), text, material.name(figure)))
    return found


def same(material: Material) -> list[str]:
    """Figures that are the same in every plan, or that no plan has."""
    return [figure for figure in SWEPT if len(material.planned) != 1
            and len({str(row.get(figure)) for row in material.planned}) <= 1]


def same_text(material: Material) -> str:
    """The figures that need no chart."""
    first = material.planned[0] if material.planned else {}
    told = []
    for figure in same(material):
        value = first.get(figure)
        if value is not None:
            text = str(value) if figure == "first_it_period" else material.said(figure, value)
            told.append(f"{material.name(figure)} ({text})")
    return f"The same in every plan: {BETWEEN.join(told)}. " if told else ""


def bars_text(material: Material) -> str:
    """What the bars at the points of the objective are, where they can be seen."""
    seen = varied(material) != [OVERLAY] and any((row["unproven"] or 0.0) > DUST for row in material.planned)
    return "A bar at a point of the objective leads to the best that its search could not rule out." if seen else ""


def built(material: Material) -> list[Chart]:
    """Stacked bars of what is built in each variant."""
    names = varied(material)
    upright = len(names) == 1 and all(isinstance(row[names[0]], (int, float)) for row in material.rows)
    found = [stacked(material, prefix, title, unit, labels(material), upright=upright) for prefix, title, unit in GROUPS]
    return [chart for chart in found if chart is not None]


def built_text(material: Material) -> str:
    """Why there is no chart of what is built."""
    return "" if len(material.rows) <= MOST_STACKS else f"More than {MOST_STACKS} variants: the amounts stand in the table below."


def without_plan(material: Material) -> list[Section]:
    """What kept variants from a plan: each message once."""
    found: dict[tuple[str, str], list[str]] = {}
    for row, label in zip(material.rows, labels(material), strict=True):
        if row["status"] not in WITH_PLAN or row["message"]:
            found.setdefault((row["status"], row["message"]), []).append(label)
    rows: list[tuple[Any, ...]] = [(status, "; ".join(names), message) for (status, message), names in found.items()]
    return [Section("without", "Without a plan", tables=[Table(("status", "variants", "why"), rows)])] if rows else []


def every(material: Material) -> Table:
    """All rows, searchable; * where the objective cannot be told from another's."""
    names = varied(material)
    figures = [figure for figure in TABLE_FIGURES if figure in material.table]
    amounts = material.amounts(*AMOUNTS)
    header = ("scenario", *names, "status", *map(material.header, figures), "not told apart",
              *map(material.label, amounts), "seconds")  # fmt: skip
    doubts = doubtful(material)
    rows = []
    for row in material.rows[:LISTED]:
        cells = [material.cell(row, figure) for figure in figures]
        mark = "*" if row["scenario"] in doubts else ""
        rows.append((row["scenario"], *(row[name] for name in names), row["status"], *cells, mark, *(row[name] for name in amounts),
                     row["seconds"]))  # fmt: skip
    return Table(header, rows, True)


def doubtful(material: Material) -> set[int]:
    """Numbers of the rows whose objective differs from that of the next higher or lower one by no more than what is unproven."""
    ordered = sorted((row for row in material.planned if row["objective"] is not None), key=lambda row: float(row["objective"]))
    pairs = [(one, other) for one, other in pairwise(ordered) if below_proof(one, other)]
    return {row["scenario"] for pair in pairs for row in pair}


def rest_text(material: Material) -> str:
    """What the table holds."""
    more = len(material.rows) - LISTED
    text = f"The first {LISTED:,}; {more:,} more stand in table.csv. " if more > 0 else ""
    if not material.planned:
        return text
    return (f"{text}* The objective differs from that of the variant next above or below it by no more than what is unproven of both: "
            "which is better is not known.")  # fmt: skip
