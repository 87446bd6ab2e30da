"""The sheet Checks: sums of the workbook beside those of the run, and what must hold whatever is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gwplan.reports.workbook.assumptions import BASE, INPUTS, OWN, SCENARIO, Model
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.money import RATE, Place
from gwplan.results.run_folder import sums

NAME = "Checks"
TOLERANCE = 1e-6
HEADER = ("check", "here", "should be", "difference", "result")
SHORT = "SHORT"
"""Result of a check of money that is short after a change."""
ALL, UNCHANGED = "checks_failed", "inputs_unchanged"


class Check(NamedTuple):
    """Two formulas that give the same.

    of_run: one of them is a number of the run, which holds as long as no input is changed; otherwise: the result if they differ, where
    that is no error of the workbook but money that is short after a change.
    """

    title: str
    here: str
    value: float
    should: str
    of_run: bool = False
    otherwise: str = ""


def sheet(book: Book, model: Model, places: dict[str, Place], more: Sequence[Check] = (), decided: str = "TRUE") -> None:
    """Write the checks; the number of those that fail, and whether the inputs are those of the run, have names.

    decided: a formula that is true while the decisions are those of the run.
    """
    note = "Sums of the run are met as long as the inputs are those of the run, and are `changed` else; other checks hold in any case"
    into = book.sheet(NAME, "Checks", note, HEADER, [60, 18, 18, 16, 12])
    rows = [*typed(model), *of_run(book, model, places), *more]
    into.write_string(FIRST, 0, "Inputs as in the run")
    into.write_formula(FIRST, 4, f'=IF(AND({as_in_run(book, model)},{decided}),"yes","no")', book.label, "yes")
    into.write_string(FIRST + 1, 0, "Checks that fail")
    top = FIRST + 3
    for row, check in enumerate(rows, top):
        into.write_string(row, 0, check.title)
        into.write_formula(row, 1, check.here, book.number, check.value)
        write(into, (row, 2), check.should, check.value, book.number)
        into.write_formula(row, 3, f"={cell(row, 1)}-{cell(row, 2)}", book.exact, 0.0)
        met = f"ABS({cell(row, 3)})<={TOLERANCE!r}*(1+ABS({cell(row, 2)}))"
        otherwise = f'IF({UNCHANGED}="yes","WRONG","changed")' if check.of_run else f'"{check.otherwise or "WRONG"}"'
        into.write_formula(row, 4, f'=IF({met},"ok",{otherwise})', book.aside, "ok")
    results = f"{cell(top, 4)}:{cell(top + len(rows), 4)}"
    # A result that is an error counts too: it is neither ok nor changed.
    count = f'=COUNTA({results})-COUNTIF({results},"ok")-COUNTIF({results},"changed")-COUNTIF({results},"{SHORT}")'
    into.write_formula(FIRST + 1, 4, count, book.label, 0)
    into.conditional_format(top, 4, top + len(rows), 4, {"type": "cell", "criteria": "==", "value": f'"{SHORT}"', "format": book.estimate})
    into.conditional_format(top, 4, top + len(rows), 4, {"type": "cell", "criteria": "==", "value": '"WRONG"', "format": book.wrong})
    for name, row in ((UNCHANGED, FIRST), (ALL, FIRST + 1)):
        book.workbook.define_name(name, f"={NAME}!{cell(row, 4, fixed=True)}")


def write(into: Any, at: tuple[int, int], text: str, value: float, style: Any) -> None:
    """A formula, or the number that a text without `=` is."""
    if text.startswith("="):
        into.write_formula(*at, text, style, value)
    else:
        into.write_number(*at, float(text), style)


def as_in_run(book: Book, model: Model) -> str:
    """The formula that is true while no input is changed: scenario base, nothing of one's own, the same base numbers and rate."""
    rate = float(book.run.manifest["definition"]["horizon"]["discount_rate"])
    tests = [f"{RATE}={rate!r}"]
    if model.refs:
        column = {place: column_of(model, place) for place in (OWN, BASE)}
        squares = sum(model.rules.value(ref) ** 2 for ref in model.refs)
        tests += [f'{SCENARIO}="base"', f"COUNT({column[OWN]})=0", f"ABS(SUMSQ({column[BASE]})-{squares!r})<={squares * 1e-12!r}"]
    return f"AND({','.join(tests)})"


def column_of(model: Model, place: int) -> str:
    """The cells of a column of Inputs."""
    return f"{INPUTS}!{cell(FIRST, place, fixed=True)}:{cell(FIRST + len(model.refs) - 1, place, fixed=True)}"


def typed(model: Model) -> list[Check]:
    """That no text stands where a number of one's own is typed: it would be passed over."""
    if not model.refs:
        return []
    own = column_of(model, OWN)
    return [Check("Inputs: texts under `your own`, which are not used", f"=COUNTA({own})-COUNT({own})", 0.0, "0")]


def of_run(book: Book, model: Model, places: dict[str, Place]) -> list[Check]:
    """Sums of money by kind and class beside the run's."""
    run, found = book.run, list[Check]()
    for kind, sheet_name in (("capital", "Capital"), ("running", "Running")):
        frame = run.ledger
        entries = sums(frame[frame["kind"] == kind], ["class"]) if len(frame) else []
        last = places[f"{kind}_last"]
        classes = f"{sheet_name}!{cell(FIRST, 0, fixed=True)}:{cell(int(last.value), 0, fixed=True)}"
        totals = f"{sheet_name}!{cell(FIRST, 4, fixed=True)}:{cell(int(last.value), 4, fixed=True)}"
        for name, amount in ((str(entry["class"]), float(entry["amount"])) for entry in entries):
            found.append(Check(f"{sheet_name}, {name}", f'=SUMIFS({totals},{classes},"{name}")', amount, repr(amount), True))
        total, by_year = places[kind], places[f"{kind}_by_year"]
        found.append(Check(f"{sheet_name}: classes together are the total", f"=SUM({totals})", total.value, f"={total.reference}"))
        found.append(Check(f"{sheet_name}: years together are the total", by_year.reference, by_year.value, f"={total.reference}"))
    titles = {"residual": "Residual value", "resale": "Resale", "commitment": "Commitments after the end"}
    return found + [Check(name, f"={places[kind].reference}", places[kind].value, repr(places[kind].value), True)
                    for kind, name in titles.items()]
