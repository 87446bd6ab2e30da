"""Sheets without arithmetic: what happens when, the fleet, every number with its source, the sources."""

from __future__ import annotations

from gwplan.common.printable import is_link
from gwplan.reports.workbook.book import FIRST, Book
from gwplan.results.run_folder import sums
from gwplan.results.schedule import events
from gwplan.results.sources import SOURCE_FIELDS, numbers_of

LONGEST_LINK = 2000
COLUMNS = ("item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note")


def schedule(book: Book) -> None:
    """The decisions in order of time."""
    header = ("period", "what", "site", "item", "amount", "MW", "in service")
    sheet = book.sheet("Schedule", "Schedule", "MW: IT of halls and systems, capacity of supplies", header, [10, 12, 20, 24, 12, 12, 12])
    for row, event in enumerate(events(book.run), FIRST):
        book.row(sheet, row, [event.period, event.what, event.site, event.item, event.amount, event.megawatts, event.service])


def fleet(book: Book) -> None:
    """Systems in place, by generation and period."""
    run = book.run
    note = f"Systems in place at the end of each period; compute of the whole fleet in kH100e ({run.measure})"
    sheet = book.sheet("Fleet", "Fleet", note, ["system", *run.periods], [24, *[9] * len(run.periods)])
    frame = run.table("accelerators.installed")
    lines: dict[str, dict[str, float]] = {}
    for entry in sums(frame, ["system", "period"], "value") if len(frame) else []:
        lines.setdefault(str(entry["system"]), {})[str(entry["period"])] = float(entry["value"])
    for row, (system, amounts) in enumerate(sorted(lines.items()), FIRST):
        book.row(sheet, row, [system, *(amounts.get(period, 0.0) for period in run.periods)])
    book.row(sheet, FIRST + len(lines) + 1, ["compute, kH100e", *(float(each) for each in run.summary["compute_kh100e"])], book.total)


def assumptions(book: Book) -> None:
    """Every row that the run used; estimates are marked."""
    run = book.run
    sources = run.inputs("sources")
    kinds = dict(zip(sources["key"], sources["kind"], strict=True)) if len(sources) else {}
    header = ("table", *COLUMNS, "estimate", "grade")
    graded = iter(numbers_of(run).graded)
    sheet = book.sheet("Assumptions", "Assumptions", "Every number used, in model units; an estimate is marked", header,
                       [14, 20, 16, 10, 20, 12, 12, 12, 18, 20, 60, 10, 8])
    row = FIRST
    for table in run.numbered_tables:
        for line in run.inputs(table).to_dict("records"):
            judged = kinds.get(line["source"]) == "estimate"
            values = [as_number(str(line.get(column, ""))) for column in COLUMNS]
            book.row(sheet, row, [table, *values, judged, next(graded).grade], book.estimate if judged else None)
            row += 1
    if row > FIRST:
        sheet.autofilter(FIRST - 1, 0, row - 1, len(header) - 1)


def as_number(text: str) -> object:
    """A number where the text is one."""
    try:
        return float(text)
    except ValueError:
        return text


def sources(book: Book) -> None:
    """The sources, with links."""
    frame = book.run.inputs("sources")
    header = SOURCE_FIELDS
    note = "Kind `estimate`: somebody's judgement. Grade A (filed, read in the original) to F (judgement); P: a choice of the planner"
    sheet = book.sheet("Sources", "Sources", note, header, [22, 60, 26, 12, 50, 12, 8, 14])
    for row, line in enumerate(frame.to_dict("records") if len(frame) else [], FIRST):
        values = [str(line.get(column, "")) for column in header]
        book.row(sheet, row, values, book.estimate if line.get("kind") == "estimate" else None)
        address = str(line.get("address", ""))
        if is_link(address) and len(address) < LONGEST_LINK:
            sheet.write_url(row, header.index("address"), address, string=address)
