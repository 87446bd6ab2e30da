"""The sheet Tax: depreciation, interest deducted, losses carried forward and tax by calendar year, as formulas of Finance and Inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.financial.depreciation import tax_shares
from gwplan.reports.workbook.bases import IMPROVEMENTS, LAND, MACHINERY, SHELL, Bases
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.checks import Check
from gwplan.reports.workbook.terms import TABLE, Terms, label
from gwplan.results.cash_flows import years_of
from gwplan.results.run_folder import RunFolder, sums

NAME, LEFT = "Tax", 1
LINES = {
    "earned": "revenue and own use less running cost", "ahead": "paid ahead of its use, less tax credits",
    "earnings": "earnings before interest, tax and depreciation", "received": "interest on cash",
    "borne": "interest paid and added to debt",
    "before": "interest of earlier years", "allowed": "interest that may be deducted", "deducted": "interest deducted",
    "interest_carried": "interest left for later years", "sold": "things sold", "written_off": "depreciation",
    "end": "at the end: worth of what is left less what is not written off", "result": "profit before losses of earlier years, or loss",
    "losses_before": "losses of earlier years", "kept": "losses kept for later years, a decision of the plan",
    "losses_used": "losses of earlier years used", "losses_carried": "losses left for later years", "taxable": "taxable profit",
    "tax": "tax", "tax_saved": "tax saved elsewhere", "model": "the model: tax less tax saved", "difference": "difference",
}  # fmt: skip
ROWS = {name: FIRST + place for place, name in enumerate(LINES)}
CLASSES = ("accelerators", "networks", MACHINERY, SHELL, IMPROVEMENTS)
NEAR = 1e-6
"""Relative difference of losses used from all that may be, below which the plan keeps none for later."""
By = dict[int, float]


@dataclass
class Books:
    """Where the sheet finds what it sums: formulas of a line of Finance and of interest added over the periods of a year, and what is left.

    line(names, first, last), added(first, last): sums over periods. left: worth of what is left, nominal, less what contracts ask for.
    """

    line: Any
    added: Any
    left: str


def place(name: str, number: int) -> str:
    """The cell of a line in the year of this number."""
    return f"{NAME}!{cell(ROWS[name], LEFT + number)}"


def paid(run: RunFolder, period: int) -> str:
    """Tax less tax saved that is paid in a period, as a formula; blank where it is not the last of its year."""
    for number, periods in enumerate(years_of(run).values()):
        if periods[-1] == period:
            return f"{place('tax', number)}-{place('tax_saved', number)}"
    return ""


def written(run: RunFolder) -> list[str]:
    """What is written off in each period, as a formula: depreciation of a year in its last period; blank in others."""
    last = {periods[-1]: number for number, periods in enumerate(years_of(run).values())}
    return [place("written_off", last[n]) if n in last else "" for n in range(len(run.periods))]


class Sheet:
    """The sheet being written. bases: what is written off; its rows follow the lines of tax."""

    def __init__(self, book: Book, terms: Terms, bases: Bases, books: Books) -> None:
        self.book, self.terms, self.bases, self.books, self.run = book, terms, bases, books, book.run
        self.years = years_of(book.run)
        note = "MUSD, nominal. Tax of a year is paid in its last period; losses of earlier years offset a share of a profit"
        self.sheet = book.sheet(NAME, "Tax by calendar year", note, ["", *map(str, self.years)], [54, *[12] * len(self.years)])
        self.sheet.freeze_panes(FIRST, LEFT)
        for number, year in enumerate(self.years):
            self.sheet.write_string(FIRST - 1, LEFT + number, str(year), book.above)
        self.row = FIRST + len(LINES)

    def known(self, *names: str) -> By:
        """A table of finance by year, or the first less the second."""
        found = dict.fromkeys(self.years, 0.0)
        for sign, name in zip((1, -1), names, strict=False):
            frame = self.run.table(f"finance.{name}")
            for entry in sums(frame, ["year"], "value") if len(frame) else []:
                found[int(float(entry["year"]))] += sign * float(entry["value"])
        return found

    def put(self, name: str, formulas: list[str], known: By, style: Any = None) -> None:
        """A line of formulas, with what it is in the run."""
        self.sheet.write_string(ROWS[name], 0, LINES[name], self.book.label if style is self.book.total else None)
        for number, (formula, value) in enumerate(zip(formulas, known.values(), strict=True)):
            self.sheet.write_formula(ROWS[name], LEFT + number, f"={formula}", style or self.book.number, value)

    def given(self, name: str, known: By, style: Any = None) -> None:
        """A line of numbers of the run."""
        self.sheet.write_string(ROWS[name], 0, LINES[name])
        for number, value in enumerate(known.values()):
            self.sheet.write_number(ROWS[name], LEFT + number, value, style or self.book.number)

    def every(self, formula: str) -> list[str]:
        """A formula for each year: {name} is a line of the year, {name@} that of the year before, which is 0 in the first."""
        found = []
        for number in range(len(self.years)):
            text = formula
            for name, row in ROWS.items():
                text = text.replace(f"{{{name}@}}", cell(row, LEFT + number - 1) if number else "0")
                text = text.replace(f"{{{name}}}", cell(row, LEFT + number))
            found.append(text)
        return found

    def of_lines(self, *names: str, sign: str = "") -> list[str]:
        """The sum of lines of Finance over the periods of each year."""
        return [f"{sign}({self.books.line(names, numbers[0], numbers[-1])})" for numbers in self.years.values()]


def sheet(book: Book, terms: Terms, bases: Bases, books: Books) -> list[Check]:
    """Write the sheet; gives its checks."""
    into = Sheet(book, terms, bases, books)
    unwritten, ahead = depreciation(into), interest(into)
    profit(into, unwritten, ahead)
    model = {year: paid - saved for (year, paid), saved in zip(into.known("tax").items(), into.known("tax_saved").values(), strict=True)}
    into.given("model", model)
    into.put("difference", into.every("{tax}-{tax_saved}-{model}"), dict.fromkeys(into.years, 0.0))

    def whole(name: str) -> str:
        return f"{NAME}!{cell(ROWS[name], LEFT, fixed=True)}:{cell(ROWS[name], LEFT + len(into.years) - 1, fixed=True)}"

    written = sum(into.known("written_off").values())
    return [Check("Tax: depreciation of all years", f"=SUM({whole('written_off')})", written, repr(written), True),
            Check("Tax: tax of all years, less what is saved", f"=SUM({whole('tax')})-SUM({whole('tax_saved')})", sum(model.values()),
                  repr(sum(model.values())), True),
            Check("Tax: by year as in the run, differences", f"=SUMPRODUCT(ABS({whole('difference')}))", 0.0, "0", True)]


def interest(into: Sheet) -> float:
    """Earnings, and the interest that they let be deducted; gives all that was paid ahead of a use that never came."""
    run, limit = into.run, into.terms.name("tax", "interest_limit") if into.run.has(TABLE, "tax", "interest_limit") else "1"
    earnings = into.known("earnings", "shortfall")
    earned, credited = dict.fromkeys(into.years, 0.0), dict.fromkeys(into.years, 0.0)
    year_of = {name: run.first_month(number) // MONTHS_A_YEAR for name, number in run.number_of.items()}
    for entry in sums(run.table("finance.earned"), ["period"], "value"):
        earned[year_of[str(entry["period"])]] += float(entry["value"])
    frame = run.table("money.credit")
    for entry in sums(frame, ["period"], "value") if len(frame) else []:
        number = run.number_of[str(entry["period"])]
        credited[year_of[str(entry["period"])]] += float(entry["value"]) * into.terms.inflators[number]
    ahead = {year: 0.0 if abs(earnings[year] - earned[year]) <= NEAR * (1 + abs(earned[year])) else earnings[year] - earned[year]
             for year in into.years}
    deducted, carried = into.known("deducted"), into.known("interest_carried")
    into.put("earned", into.of_lines("revenue", "own_use", "running"), earned)
    into.given("ahead", ahead)
    into.put("earnings", into.every("{earned}+{ahead}"), earnings, into.book.total)
    received = yearly(into, "cash_interest")
    into.put("received", into.of_lines("cash_interest"), received)
    before = dict(zip(into.years, [0.0, *carried.values()], strict=False))
    borne = {year: deducted[year] + carried[year] - before[year] for year in into.years}
    added = [into.books.added(numbers[0], numbers[-1]) for numbers in into.years.values()]
    into.put("borne", [f"{one}+{other}" for one, other in zip(into.of_lines("interest", sign="-"), added, strict=True)], borne)
    into.put("before", into.every("{interest_carried@}"), before)
    value = run.number(TABLE, "tax", "interest_limit")
    allowed = {year: (1.0 if value is None else value) * max(0.0, earnings[year]) + received[year] for year in into.years}
    into.put("allowed", into.every(f"{limit}*MAX(0,{{earnings}})+{{received}}"), allowed)
    into.put("deducted", into.every("MIN({before}+{borne},{allowed})"), deducted)
    into.put("interest_carried", into.every("{before}+{borne}-{deducted}"), carried)
    return sum(ahead.values()) + sum(credited.values())


def yearly(into: Sheet, line: str) -> By:
    """A line of the cash flows of the run by year."""
    frame, found = into.run.table("finance.flow"), dict.fromkeys(into.years, 0.0)
    for entry in sums(frame[frame["line"] == line], ["period"], "value"):
        found[into.run.first_month(into.run.number_of[str(entry["period"])]) // MONTHS_A_YEAR] += float(entry["value"])
    return found


def profit(into: Sheet, unwritten: tuple[str, float], ahead: float) -> None:
    """Profit, losses and tax. unwritten: what is not written off at the end, as a formula and in the run."""
    terms, elsewhere = into.terms, label(into.run, "tax", "losses", "carried") == "used_elsewhere"
    result, carried, used = into.known("profit", "loss"), into.known("losses_carried"), into.known("losses_used")
    share, share_value = ("1", 1.0) if not into.run.has(TABLE, "tax", "loss_share") else (
        terms.name("tax", "loss_share"), terms.value("tax", "loss_share"))
    into.put("sold", into.of_lines("resale"), yearly(into, "resale"))
    last = len(into.years) - 1
    formula, written = f"{into.books.left}-({unwritten[0]})-{ahead!r}", into.known("written_off")
    at_end = dict.fromkeys(into.years, 0.0)
    end = list(into.years)[-1]
    earned = [into.known("earnings", "shortfall"), yearly(into, "cash_interest"), yearly(into, "resale")]
    costs = [written, into.known("deducted")]
    at_end[end] = result[end] - sum(each[end] for each in earned) + sum(each[end] for each in costs)
    into.put("end", ["0"] * last + [formula], at_end)
    into.put("result", into.every("{earnings}+{received}+{sold}-{written_off}-{deducted}+{end}"), result, into.book.total)
    before = dict(zip(into.years, [0.0, *carried.values()], strict=False))
    most = {year: min(before[year], share_value * max(0.0, result[year])) for year in into.years}
    kept = {year: 0.0 if most[year] - used[year] <= NEAR * (1 + most[year]) else most[year] - used[year] for year in into.years}
    into.put("losses_before", into.every("{losses_carried@}"), before)
    into.given("kept", kept, into.book.decided)
    into.put("losses_used", into.every(f"MAX(0,MIN({{losses_before}},{share}*MAX(0,{{result}}))-{{kept}})"), used)
    into.put("losses_carried", into.every("{losses_before}-{losses_used}" + ("" if elsewhere else "+MAX(0,-{result})")), carried)
    into.put("taxable", into.every("MAX(0,{result})-{losses_used}"), {year: max(0.0, result[year]) - used[year] for year in into.years})
    rate = terms.name("tax", "tax_rate")
    into.put("tax", into.every(f"{rate}*{{taxable}}"), into.known("tax"), into.book.total)
    into.put("tax_saved", into.every(f"{rate}*MAX(0,-{{result}})" if elsewhere else "0"), into.known("tax_saved"))


def depreciation(into: Sheet) -> tuple[str, float]:
    """What enters service and is written off, by class and year; gives what is not written off at the end, as a formula and in the run."""
    sheet, book, years = into.sheet, into.book, list(into.years)
    bases, written_rows, basis_rows = into.bases, list[int](), list[int]()
    for name in (*CLASSES, LAND):
        if not any(of == name for of, _ in {*bases.known, *bases.left}):
            continue
        top = into.row + 2
        sheet.write_string(top - 1, 0, name, book.label)
        known = [bases.known.get((name, year), 0.0) for year in years]
        sheet.write_string(top, 0, "paid for what enters service in the year")
        for number, year in enumerate(years):
            sheet.write_formula(top, LEFT + number, f"={basis(into, name, year)}", book.number, known[number])
        basis_rows.append(top)
        into.row = top + 1
        if name != LAND:
            written_rows.append(write_off(into, name, top, known))
    names = {number: "+".join(cell(row, LEFT + number) for row in written_rows) or "0" for number in range(len(years))}
    known_written = into.known("written_off")
    into.put("written_off", list(names.values()), known_written)
    block = "+".join(f"SUM({cell(row, LEFT)}:{cell(row, LEFT + len(years) - 1)})" for row in basis_rows) or "0"
    less = "".join(f"-SUM({cell(row, LEFT)}:{cell(row, LEFT + len(years) - 1)})" for row in written_rows)
    return block + less, sum(bases.known.values()) - sum(known_written.values())


def basis(into: Sheet, name: str, year: int) -> str:
    """What was paid for things of a class of depreciation that enter service in a year."""
    bought, terms, rest = into.bases.bought, into.terms, into.bases.left.get((name, year), 0.0)
    shell, improved = terms.name(SHELL, "share"), terms.name(IMPROVEMENTS, "share")
    formula = {SHELL: f"{shell}*{bought('halls', year)}", MACHINERY: f"(1-{shell})*{bought('halls', year)}+{bought('power', year)}",
               IMPROVEMENTS: f"{improved}*{bought('sites', year)}", LAND: f"(1-{improved})*{bought('sites', year)}"}
    return formula.get(name, bought(name, year)) + (f"+{rest!r}" if rest else "")


def write_off(into: Sheet, name: str, top: int, known: list[float]) -> int:
    """Share written off at each age and what is written off in each year; gives the row of this."""
    run, terms, sheet, count = into.run, into.terms, into.sheet, len(into.years)
    life, within = run.number(TABLE, name, "tax_life") or 1.0, run.number(TABLE, "tax", "bonus_within")
    bonus = terms.name("tax", "bonus") if within is not None and life <= within else "0"
    value = terms.value("tax", "bonus") if bonus != "0" else 0.0
    plain = [*tax_shares(life), *[0.0] * count][:count]
    shares = [(1 - value) * each + (value if not age else 0.0) for age, each in enumerate(plain)]
    sheet.write_string(top + 1, 0, f"written off after 0, 1, 2 years: a class life of {life:g} years")
    sheet.write_string(top + 2, 0, "written off")
    for number in range(count):
        first = f"+{bonus}" if not number else ""
        sheet.write_formula(top + 1, LEFT + number, f"=(1-{bonus})*{plain[number]!r}{first}", into.book.factor, shares[number])
        terms_of = [f"{cell(top, LEFT + bought)}*{cell(top + 1, LEFT + number - bought)}" for bought in range(number + 1)]
        amount = sum(known[bought] * shares[number - bought] for bought in range(number + 1))
        sheet.write_formula(top + 2, LEFT + number, f"={'+'.join(terms_of)}", into.book.number, amount)
    into.row = top + 3
    return top + 2
