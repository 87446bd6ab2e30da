"""The page of a sample: between which bounds the figures lie, what is chosen how often, and which numbers drive it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gwplan.analysis.uncertainty.correlations import band
from gwplan.common.status import WITH_PLAN, Status
from gwplan.reports.formatting import rows_of
from gwplan.reports.webpage.charts import COLOURS, Chart
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.charts import FAINT, STRONG, distribution, line_at, shares, signed_bars, tall
from gwplan.reports.webpage.studies.material import LISTED, Material
from gwplan.results.figures import DRIVEN, LEADING_OF_STUDY, SWEPT

TOP_DRIVERS = 15
LEVELS = {"p10": "10%", "p50": "median", "p90": "90%"}
"""Percentiles that stand as lines in a histogram."""
QUANTILES = ("mean", "p5", "p10", "p25", "p50", "p75", "p90", "p95")
LEAST_FOR_THIRDS = 9
"""Samples below which a third of them says nothing."""
TABLE_FIGURES = (*SWEPT, "capital_musd", "sites", "unproven")


def page(material: Material) -> Page:
    """The page of a sample."""
    drawings = [chart for row in quantiles(material) for chart in (drawing(material, row),) if chart is not None]
    chosen = shares(material.tables["choices"], material.label)
    sections = [
        Section("quantiles", "Between which bounds", same_text(material), tables=[quantile_table(material)]),
        Section("distributions", "Distributions", "Lines at the median and where a tenth of the samples lies below or above.", drawings),
        Section("choices", "What is chosen", "", [chosen] if chosen else []),
        Section("drivers", "What drives it", drivers_text(material), [*correlations(material), *thirds(material)]),
        Section("samples", "All samples", rest_text(material), tables=[every(material)]),
        Section("numbers", "All numbers drawn", tables=[numbers(material)]),
    ]
    if "shares" in material.facts:  # studies of earlier versions have none
        sections.insert(4, Section("shares", "Shares of variance", shares_text(material), made_by(material)))
    sections = [section for section in sections if section.charts or section.key == "shares" or any(table.rows for table in section.tables)]
    return Page(material.title, sentence(material), standing(material), "Sample", cards(material), sections, material.footer)


def quantiles(material: Material) -> list[dict[str, Any]]:
    """The rows of the table of quantiles."""
    return rows_of(material.tables["quantiles"])


def sentence(material: Material) -> str:
    """What was drawn."""
    facts = material.facts
    independent = "correlated where the case says so" if facts["correlated_keys"] else "independently"
    return (f"{facts['samples']:,} samples of {facts['keys']:,} numbers with a range, drawn {independent} "
            f"({facts['shape']}, seed {facts['sample_seed']}).")


def standing(material: Material) -> str:
    """How the samples ended, and what their gap hides."""
    rows, planned = material.rows, len(material.planned)
    infeasible = sum(row["status"] == Status.INFEASIBLE for row in rows)
    bad = len(rows) - planned - infeasible
    text = f"{planned:,} have a plan, {infeasible:,} are infeasible, {bad:,} gave no answer. "
    text += "All figures are of those with a plan." if planned < len(rows) else "Figures are of all of them."
    objective = next((row for row in quantiles(material) if row["figure"] == "objective"), None)
    unproven = [row["unproven"] for row in material.planned if row["unproven"] is not None]
    if objective is not None and unproven:
        spread = material.said("objective", objective["p90"] - objective["p10"])
        text += (f" The objective spreads over {spread} from its 10% to its 90%; "
                 f"each plan is proven to within {material.said('objective', max(unproven))}: smaller differences mean nothing.")
    return text


def cards(material: Material) -> list[Card]:
    """The medians of the leading figures, with the bounds of four fifths of the samples."""
    share = len(material.planned) / max(len(material.rows), 1)
    found = [Card("with_plan", len(material.planned), f"{share:.0%}", f"of {len(material.rows):,} samples have a plan")]
    for row in quantiles(material):
        figure = row["figure"]
        if figure in LEADING_OF_STUDY:
            low, middle, high = (material.said(figure, row[level]) for level in LEVELS)
            between = "in all but a tenth to each side" if low == high else f"80% of samples: {low} to {high}"
            found.append(Card(figure, row["p50"], middle, f"{material.name(figure)}, median; {between}"))
    return found


def values(material: Material, figure: str) -> list[float]:
    """A figure of all samples with a plan, as it is shown."""
    return [row[figure] / material.size(figure) for row in material.planned if row.get(figure) is not None]


def drawing(material: Material, row: dict[str, Any]) -> Chart | None:
    """The histogram of a figure."""
    figure = row["figure"]
    levels = {text: row[level] / material.size(figure) for level, text in LEVELS.items()}
    return distribution(material.name(figure), material.unit(figure), values(material, figure), levels)


def same_text(material: Material) -> str:
    """Figures that need no histogram."""
    same = [material.name(row["figure"]) for row in quantiles(material) if drawing(material, row) is None]
    return f"The same in every plan: {', '.join(same)}." if same else ""


def quantile_table(material: Material) -> Table:
    """Mean and percentiles of each figure."""
    rows = [(material.name(row["figure"]), material.unit(row["figure"]),
             *(row[level] / material.size(row["figure"]) for level in QUANTILES), row["n"]) for row in quantiles(material)]  # fmt: skip
    return Table(("figure", "unit", *QUANTILES, "samples"), rows)


def drivers_text(material: Material) -> str:
    """How to read correlations."""
    count = len(material.planned)
    return ("Rank correlation of a figure with the number drawn: 1 if it always rises with the number, -1 if it always falls. "
            f"Below {band(count):.2f} (the grey band; faint bars) none can be told from chance with {count:,} samples; of many numbers "
            "without any effect about one in twenty passes it all the same. The means over thirds of the samples mix in all other numbers, "
            "which vary too.")


def shares_text(material: Material) -> str:
    """What the shares are, or why there are none."""
    fit = material.facts["shares"]
    if fit["refused"]:
        return f"None: {fit['refused']}."
    return ("How much of the variance of the objective each number makes by itself (first-order Sobol indices of a sum of quadratics, "
            f"which explains {fit['explained']:.0%} of it, cross-validated). Numbers that are correlated have one share together. The rest "
            "is what numbers do together, finer shapes and what is not proven.")


def made_by(material: Material) -> list[Chart]:
    """Bars of the largest shares of variance."""
    rows = rows_of(material.tables.get("shares", {}))[:TOP_DRIVERS]
    if not rows:
        return []
    names, percent = [row["number"] for row in rows], [100 * row["share"] for row in rows]
    trace = {"type": "bar", "orientation": "h", "y": names, "x": percent, "marker": {"color": COLOURS[0]}, "cliponaxis": False,
             "text": [f"{each:.0f}%" for each in percent], "textposition": "outside", "hovertemplate": "%{y}: %{x:.1f}%<extra></extra>"}
    layout = {"yaxis": {"autorange": "reversed", "type": "category"}, "xaxis": {"range": [0, 112], "title": {"text": "%"}},
              "tall": tall(len(rows))}
    return [Chart("Share of the variance of the objective, %", [trace], ("number", "%"), list(zip(names, percent, strict=True)), layout)]


def strongest(material: Material, outcome: str) -> list[dict[str, Any]]:
    """The rows of the drivers of an outcome, the strongest first."""
    found = [row for row in rows_of(material.tables["drivers"]) if row[f"rho_{outcome}"] is not None]
    return sorted(found, key=lambda row: -abs(row[f"rho_{outcome}"]))[:TOP_DRIVERS]


def correlations(material: Material) -> list[Chart]:
    """Bars of the strongest rank correlations with each outcome."""
    found = []
    for outcome in DRIVEN:
        rows = strongest(material, outcome)
        if rows:
            count = len(material.tables["drivers"]["key"])
            title = f"Rank correlation with {material.name(outcome).lower()}: the strongest {len(rows)} of {count}"
            found.append(signed_bars(title, [row["key"] for row in rows], [row[f"rho_{outcome}"] for row in rows],
                                     [bool(row[f"note_{outcome}"]) for row in rows], band(len(material.planned))))  # fmt: skip
    return found


def thirds(material: Material) -> list[Chart]:
    """A tornado of each outcome: its mean over the third of samples that drew a number lowest and over the third that drew it highest."""
    if len(material.planned) < LEAST_FOR_THIRDS:
        return []
    return [chart for outcome in DRIVEN for chart in (tornado(material, outcome),) if chart is not None]


def tornado(material: Material, outcome: str) -> Chart | None:
    """Means of an outcome where a number was drawn low and where it was drawn high, for its strongest drivers."""
    places = [place for place, row in enumerate(material.rows) if row["status"] in WITH_PLAN]
    levels = np.array(values(material, outcome))
    rows = strongest(material, outcome)
    if not rows or len(levels) != len(places):
        return None
    centre, unit, draws = float(levels.mean()), material.unit(outcome), material.tables["draws"]
    listed: list[tuple[Any, ...]] = []
    for row in rows:
        drawn = draws[f"{row['key']} [{row['unit']}]"]
        # Dates are texts whose order is that of time; equal draws stay in one third.
        order = np.unique(np.array([drawn[place] for place in places]), return_inverse=True)[1]
        low, high = np.quantile(order, (1 / 3, 2 / 3))
        listed.append((row["key"], float(levels[order <= low].mean()), float(levels[order >= high].mean()), row[f"note_{outcome}"]))
    listed.sort(key=lambda each: -abs(each[2] - each[1]))
    traces = [{"type": "bar", "orientation": "h", "name": f"drawn {name}", "y": [each[0] for each in listed], "base": centre,
               "x": [each[place] - centre for each in listed],
               "marker": {"color": colour, "opacity": [FAINT if each[3] else STRONG for each in listed]},
               "text": [f"{each[place]:,.4g} {unit} on average" for each in listed], "textposition": "none",
               "hovertemplate": f"%{{y}} drawn {name}: %{{text}}<extra></extra>"}
              for name, place, colour in (("low", 1, COLOURS[4]), ("high", 2, COLOURS[1]))]  # fmt: skip
    shape, _ = line_at(centre)
    ends = [level for each in listed for level in each[1:3]] + [centre]
    margin = (max(ends) - min(ends)) / 20 or 1.0
    layout = {"barmode": "overlay", "tall": tall(len(listed)), "yaxis": {"autorange": "reversed", "type": "category"}, "shapes": [shape],
              "xaxis": {"range": [min(ends) - margin, max(ends) + margin], "title": {"text": unit}}}  # fmt: skip
    title = f"{material.name(outcome)}, mean of the samples that drew a number in its lowest and in its highest third, {unit}"
    return Chart(title, traces, ("number", "drawn low", "drawn high", "note"), listed, layout)


def rest_text(material: Material) -> str:
    """What the table leaves out."""
    more = len(material.rows) - LISTED
    return f"The first {LISTED:,}; {more:,} more stand in table.csv, what each drew in draws.csv." if more > 0 else \
        "What each drew stands in draws.csv."


def every(material: Material) -> Table:
    """The samples, searchable."""
    figures = [figure for figure in TABLE_FIGURES if figure in material.table]
    header = ("sample", "status", *map(material.header, figures), "message")
    rows = [(row["sample"], row["status"], *(material.cell(row, figure) for figure in figures), row["message"])
            for row in material.rows[:LISTED]]  # fmt: skip
    return Table(header, rows, True)


def numbers(material: Material) -> Table:
    """Every number drawn, with its rank correlations, searchable."""
    header = ("number", "unit", *(f"rank correlation with {material.name(outcome).lower()}" for outcome in DRIVEN), "note")
    rows = [(row["key"], row["unit"], *(row[f"rho_{outcome}"] for outcome in DRIVEN), row["note_objective"])
            for row in rows_of(material.tables["drivers"])]  # fmt: skip
    return Table(header, rows, True)
