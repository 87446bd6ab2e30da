"""The first sheet: the plan in a sentence, the discount rate to change, and each figure beside the model's own."""

from __future__ import annotations

from typing import Any

from gwplan.reports.headline import headline
from gwplan.reports.workbook.assumptions import SCENARIO
from gwplan.reports.workbook.book import Book, cell
from gwplan.reports.workbook.checks import ALL
from gwplan.reports.workbook.finance import REQUIRED
from gwplan.reports.workbook.money import RATE, Place
from gwplan.results.figures import CATALOGUE, title
from gwplan.results.sources import lines as graded

MW_A_GW = 1e3
TOP = 6


def fill(book: Book, sheet: Any, places: dict[str, Place]) -> None:
    """Write Summary from the cells of the sheets behind it."""
    run = book.run
    sheet.set_column(0, 0, 56)
    sheet.set_column(1, 3, 18)
    sheet.set_column(4, 4, 50)
    sheet.write_string(0, 0, str(run.summary["title"]), book.title)
    sheet.write_string(1, 0, headline(run))
    rests = " ".join(graded(run))
    sheet.write_string(2, 0, f"Status {run.status}. {rests} H100e at {run.measure}.", book.note)
    sheet.write_string(3, 0, "Discount rate, real; change it and follow")
    sheet.write_number(3, 1, float(run.manifest["definition"]["horizon"]["discount_rate"]), book.input)
    book.workbook.define_name(RATE, f"=Summary!{cell(3, 1, fixed=True)}")
    if "equity_value" in places:
        sheet.write_string(4, 0, "Required return of the sponsor, nominal; change it and follow")
        sheet.write_number(4, 1, run.figure(REQUIRED) or 0.0, book.input)
        book.workbook.define_name(REQUIRED, f"=Summary!{cell(4, 1, fixed=True)}")
    sheet.write_string(3, 2, "Scenario of Inputs", book.label)
    sheet.write_formula(3, 3, f"={SCENARIO}", book.label, "base")
    sheet.write_string(4, 2, "Checks that fail", book.label)
    sheet.write_formula(4, 3, f"={ALL}", book.label, 0)
    for column, text in enumerate(("figure", "this workbook", "the model", "difference", "")):
        sheet.write_string(TOP - 1, column, text, book.header)
    lines = [*figures(book, places), *of_finance(places)]
    styles = {"percent": book.percent, "ratio": book.factor}
    for row, (name, formula, value, key, note) in enumerate(lines, TOP):
        sheet.write_string(row, 0, name)
        style = styles.get(CATALOGUE[key].format if key else "money", book.number)
        sheet.write_formula(row, 1, formula, style, value)
        model = run.figure(key)
        if model is not None:
            sheet.write_number(row, 2, model, style)
            sheet.write_formula(row, 3, f"={cell(row, 1)}-{cell(row, 2)}", style, value - model)
        sheet.write_string(row, 4, note, book.note)
    text = ("At other inputs or another rate the figures above follow, but what is built stays, and at another rate the share of each "
            "price that is left. Solve again for the plan that is best then.")
    sheet.write_string(TOP + len(lines) + 1, 0, text, book.note)


def figures(book: Book, places: dict[str, Place]) -> list[tuple[str, str, float, str, str]]:
    """Name, formula, value at the run's rate, key of the model's figure, note."""
    run = book.run
    build = places["capital_first_build"]
    it = float(run.summary["it_mw"][run.first_build_end])
    signs = {"capital": 1, "running": 1, "resale": -1, "residual": -1, "commitment": 1}
    cost = sum(sign * places[f"{kind}_present"].value for kind, sign in signs.items())
    cost_formula = "=" + "".join(f"{'+' if sign > 0 else '-'}{places[f'{kind}_present'].reference}" for kind, sign in signs.items())[1:]
    money = f"$ million, in dollars of {run.dollars}"
    lines = [
        (title("capital_musd"), f"={places['capital'].reference}", places["capital"].value, "capital_musd", money),
        (title("capital_first_build_musd"), f"={build.reference}", build.value, "capital_first_build_musd",
         f"{money}, to {run.periods[run.first_build_end]}"),
    ]
    if it > 0:
        per = f"={build.reference}/({it!r}/{MW_A_GW:.0f})"
        note = f"{money} per GW, {it:,.0f} MW of IT"
        lines.append((title("capital_musd_per_it_gw"), per, build.value / it * MW_A_GW, "capital_musd_per_it_gw", note))
    lines += [
        (f"{title('residual_musd')}, undiscounted", f"={places['residual'].reference}", places["residual"].value, "residual_musd", money),
        (title("commitments_musd"), f"={places['commitment'].reference}", places["commitment"].value, "commitments_musd",
         f"{money}: what is above the worth of its use, at the end"),
        (title("resale_musd"), f"={places['resale'].reference}", places["resale"].value, "resale_musd", money),
        (title("npv_cost_musd"), cost_formula, cost, "npv_cost_musd", f"{money}: capital and running cost less what is sold and left"),
    ]
    if run.figure("npv_value_musd") is not None:
        value = places["value_present"]
        lines.append((title("npv_value_musd"), f"={value.reference}", value.value, "npv_value_musd", f"{money}, at what it rents for"))
        sells = bool(len(run.ledger)) and (run.ledger["kind"] == "revenue").any()
        key = "objective" if run.summary["goal"][0] == "most_value" and not sells else ""
        formula = f"={value.reference}-({cost_formula[1:]})"
        name = "Value less cost" + (", without revenue from what is sold" if sells else "")
        lines.append((name, formula, value.value - cost, key, money))
    return lines


FINANCE = (
    ("equity", "equity_paid_in_musd_nominal"), ("dividends", "dividends_musd_nominal"), ("left_over", "left_over_musd_nominal"),
    ("equity_value", "equity_value_musd_nominal"), ("irr", "irr"), ("debt_most", "debt_most_musd_nominal"),
    ("least_coverage", "least_coverage"),
)  # fmt: skip
"""Figures of finance: cell, key of the model's figure."""


def of_finance(places: dict[str, Place]) -> list[tuple[str, str, float, str, str]]:
    """The figures of finance, as those of the plan; none where it is no part."""
    return [(title(key), f"={places[of].reference}", places[of].value, key,
             "$ million, nominal" if CATALOGUE[key].format == "money" else "") for of, key in FINANCE if of in places]
