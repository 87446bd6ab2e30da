"""The sources of a case's numbers: their grades, the money that rests on them, and what is past its half-life.

The one definition of these shares: the terminal, the page, the workbook, `gwplan sources` and `gwplan check` print its sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from gwplan.common.amounts import money
from gwplan.common.calendar import MONTHS_A_YEAR, month_name, parse_date
from gwplan.inputs.case_files import frame
from gwplan.inputs.tables import Source as SourceRow
from gwplan.results.grading import ByGrade, EstimateClass, Graded, Grader, estimate_class
from gwplan.results.run_folder import RunFolder, sums

if TYPE_CHECKING:
    import pandas as pd

    from gwplan.inputs.case import Case

TEXT_UNITS = ("label", "date", "degree")
"""Units of rows that no plan counts: labels, dates, and places on the map."""
NOT_USED = ("published",)
"""Tables whose numbers a plan is only compared with."""
ESTIMATE = "estimate"
SOURCE_FIELDS = ("key", "title", "publisher", "date", "address", "kind", "grade", "read")
# The price behind a class of capital: its table and quantity.
PRICES = {
    "sites": ("sites", "opening_price"),
    "halls": ("halls", "price"),
    "accelerators": ("accelerators", "price"),
    "networks": ("accelerators", "network_price"),
    "power": ("power", "price"),
    "stakes": ("contracts", "cap"),
    "collateral": ("power", "collateral"),
}
Point = tuple[int, int]
"""First month of a dated price and the place of its row among the numbers."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source, the count of numbers that cite it and their share of all; money: MUSD of capital on them, None without a plan."""

    key: str
    title: str
    publisher: str
    kind: str
    grade: str
    read: str
    numbers: int
    share: float
    money: float | None


@dataclass(frozen=True, slots=True)
class Past:
    """A number past its half-life. stated and grade: of its source, and lowered; money: MUSD of capital on it, None without a plan."""

    table: str
    item: str
    site: str
    when: str
    quantity: str
    source: str
    stated: str
    grade: str
    months: int
    half_life: float
    passed: int
    money: float | None


@dataclass(frozen=True)
class Listing:
    """Where the numbers of a case, or of a run, come from. sources: most used first; past: most money, then oldest, first."""

    case: str
    as_of: str
    numbers: ByGrade
    estimate_share: float
    capital: ByGrade | None
    sources: tuple[Source, ...]
    past: tuple[Past, ...]

    @property
    def estimate_class(self) -> EstimateClass:
        """The class of estimate by the grades of the capital; by those of the numbers without a plan."""
        return estimate_class(self.capital if self.capital and self.capital.total > 0 else self.numbers)

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        def plain(rows: tuple[Source, ...] | tuple[Past, ...]) -> list[dict[str, Any]]:
            return [{name: getattr(row, name) for name in row.__slots__} for row in rows]

        return {"case": self.case, "as_of": self.as_of, "numbers": int(self.numbers.total),
                "estimate_share": self.estimate_share, "numbers_by_grade": dict(self.numbers.amounts),
                "capital_by_grade_musd": dict(self.capital.amounts) if self.capital else None,
                "estimate_class": self.estimate_class.number, "sources": plain(self.sources), "past_half_life": plain(self.past)}


class Numbers:
    """The numbers of a case with their grades. rows: columns table, item, site, when, quantity, unit, source and, if any, grade.

    The place of a number is that of its row, from 0.
    """

    def __init__(self, rows: pd.DataFrame, grader: Grader) -> None:
        self.grader = grader
        own = rows["grade"].fillna("") if "grade" in rows.columns else [""] * len(rows)
        columns = (rows["table"], rows["quantity"], rows["source"], own)
        self.graded: list[Graded] = [grader.of(*each) for each in zip(*columns, strict=True)]
        self.rows = rows.reset_index(drop=True)

    @cached_property
    def used(self) -> list[int]:
        """Places of the numbers that a plan uses: without labels, dates and published figures."""
        rows = self.rows
        return [int(place) for place in rows.index[~rows["unit"].isin(TEXT_UNITS) & ~rows["table"].isin(NOT_USED)]]

    @cached_property
    def estimate_share(self) -> float:
        """The share of estimates, by the kind of their source, among the numbers that a plan uses; 0 if none are."""
        return sum(self.is_estimate(place) for place in self.used) / len(self.used) if self.used else 0.0

    def is_estimate(self, place: int) -> bool:
        """True for a number whose source is of the kind `estimate`."""
        source = self.grader.sources.get(self._sources[place])
        return source is not None and source.kind == ESTIMATE

    @cached_property
    def _sources(self) -> list[str]:
        return list(map(str, self.rows["source"]))

    @cached_property
    def _when(self) -> list[str]:
        return list(self.rows["when"])

    @cached_property
    def by_grade(self) -> ByGrade:
        """The count of numbers that a plan uses, by grade."""
        return ByGrade.of((self.graded[place].grade, 1.0) for place in self.used)

    @cached_property
    def _prices(self) -> dict[tuple[str, str, str], list[tuple[str, int]]]:
        found: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
        rows, priced = self.rows, {("sites", "opening_price"), *PRICES.values()}
        names = zip(rows["table"], rows["item"], rows["quantity"], rows["site"], strict=True)
        for place, (table, item, quantity, site) in enumerate(names):
            if quantity == "price" or (table, quantity) in priced:
                found.setdefault((table, item, quantity), []).append((site, place))
        return found

    def behind(self, cost_class: str, item: str, site: str) -> list[Point]:
        """The rows of the price behind a payment, by date: those of its site if there are any, else those without a site."""
        table, quantity = PRICES.get(cost_class, (cost_class, "price"))
        rows = self._prices.get((table, site if table == "sites" else item, quantity), [])
        return self.dated([place for at, place in rows if at == site and table != "sites"] or [place for at, place in rows if not at])

    def dated(self, places: Sequence[int]) -> list[Point]:
        """Rows of one number by date; an undated one counts from a year before the first dated one."""
        when = self._when
        dated = sorted((parse_date(when[place]).first, place) for place in places if when[place])
        first = dated[0][0] - MONTHS_A_YEAR if dated else 0
        return [*((first, place) for place in places if not when[place]), *dated]


_KNOWN: WeakKeyDictionary[RunFolder, Numbers] = WeakKeyDictionary()
"""The numbers of each run that was read and is still in use: a page asks for them many times."""


def numbers_of(run: RunFolder) -> Numbers:
    """The numbers of a run, from its own inputs, read once."""
    if run not in _KNOWN:
        _KNOWN[run] = _read_numbers(run)
    return _KNOWN[run]


def _read_numbers(run: RunFolder) -> Numbers:
    import pandas as pd

    tables = [run.inputs(name).assign(table=name) for name in run.numbered_tables]
    rows = pd.concat(tables) if tables else pd.DataFrame(columns=["table", "item", "site", "when", "quantity", "unit", "source"])
    for name in ("site", "when"):
        rows[name] = rows[name].fillna("")
    sources, ages = run.inputs("sources"), run.inputs("half_lives")
    known = {str(row["key"]): SourceRow(*(str(row.get(name, "")) for name in SOURCE_FIELDS)) for row in sources.to_dict("records")}
    half_lives = {(str(row["table"]), str(row["quantity"])): float(row["months"]) for row in ages.to_dict("records")}
    return Numbers(rows, Grader(known, half_lives))


def numbers_of_case(case: Case) -> Numbers:
    """The numbers of a case."""
    return Numbers(frame(case), Grader(case.sources, {(each.table, each.quantity): each.months for each in case.checked.half_lives}))


def numbers_sentence(found: ByGrade) -> str:
    """The numbers of a case by grade, in words; blank if there are none."""
    if not found.total:
        return ""
    chosen = f"; {found.chosen:,.0f} chosen by the planner left out" if found.chosen else ""
    return f"Of {found.total:,.0f} numbers used: {found.words}{chosen}."


def capital_sentence(found: ByGrade | None) -> str:
    """The capital by the grade of its prices, in words; blank if nothing is paid."""
    if found is None or not found.total > 0:
        return ""
    chosen = f"; {money(found.chosen)} at prices chosen by the planner left out" if found.chosen else ""
    return f"Of {money(found.total)} of capital: {found.words}{chosen}."


def lines(run: RunFolder) -> list[str]:
    """The two lines of a run: its capital by grade, if anything is paid, and its numbers by grade."""
    capital, numbers = grades(run)
    return [each for each in (capital_sentence(capital), numbers_sentence(numbers)) if each]


def grades(run: RunFolder) -> tuple[ByGrade | None, ByGrade]:
    """The capital of a run and its numbers, by grade."""
    numbers = numbers_of(run)
    return capital_of(run, numbers), numbers.by_grade


def payments(run: RunFolder, numbers: Numbers) -> Iterator[tuple[float, list[tuple[int, float]]]]:
    """MUSD of each payment of capital, and the places and shares of the price rows behind it in its period; none if there is no row."""
    ledger = run.ledger
    known: dict[tuple[str, str, str], list[Point]] = {}
    for row in sums(ledger[ledger["kind"] == "capital"], ["class", "item", "site", "period"]) if len(ledger) else []:
        of = (row["class"], row["item"], row["site"])
        points = known[of] if of in known else known.setdefault(of, numbers.behind(*of))
        yield row["amount"], row_shares(points, run.first_month(run.number_of[row["period"]]) + run.months / 2)


def row_shares(points: Sequence[Point], month: float) -> list[tuple[int, float]]:
    """The share of each row in a price that is linear between dates, constant outside; blank for no rows."""
    if not points:
        return []
    before = max((point for point in points if point[0] <= month), default=points[0])
    after = min((point for point in points if point[0] > month), default=points[-1])
    if before[0] >= after[0] or month <= before[0]:
        return [(before[1], 1.0)]
    share = (month - before[0]) / (after[0] - before[0])
    return [(before[1], 1 - share), (after[1], share)]


def capital_of(run: RunFolder, numbers: Numbers) -> ByGrade:
    """The capital of a run by the grade of the price behind each payment, in MUSD; `ungraded` if it has no row or no grade."""
    parts = []
    for amount, shares in payments(run, numbers):
        parts += [(numbers.graded[place].grade, amount * share) for place, share in shares] or [("", amount)]
    return ByGrade.of(parts)


def capital_by_grade(run: RunFolder) -> dict[str, float]:
    """MUSD of capital by grade; empty if nothing is paid."""
    return dict(capital_of(run, numbers_of(run)).amounts)


def estimate_shares(run: RunFolder) -> dict[str, float]:
    """Share of each class's capital, and of `all` capital, whose price is an estimate by the kind of its source.

    All rows of a dated price count alike, whenever it is paid.
    """
    numbers, ledger = numbers_of(run), run.ledger
    paid: dict[str, float] = {}
    estimated: dict[str, float] = {}
    for row in sums(ledger[ledger["kind"] == "capital"], ["class", "item", "site"]) if len(ledger) else []:
        places, amount = [place for _, place in numbers.behind(row["class"], row["item"], row["site"])], row["amount"]
        judged = sum(map(numbers.is_estimate, places))
        for name in (row["class"], "all"):
            paid[name] = paid.get(name, 0.0) + amount
            estimated[name] = estimated.get(name, 0.0) + (amount * judged / len(places) if places else 0.0)
    return {name: estimated[name] / amount for name, amount in paid.items() if amount > 0}


def shares_of(run: RunFolder) -> dict[str, Any]:
    """The figures of summary.json on sources: `estimate_share`, None if nothing is paid, and `capital_by_grade_musd`."""
    return {"estimate_share": estimate_shares(run).get("all"), "capital_by_grade_musd": capital_by_grade(run)}


def of_case(case: Case) -> Listing:
    """The sources of a case."""
    return listed(str(case.definition.inputs), numbers_of_case(case))


def of_run(folder: Path) -> Listing:
    """The sources of a run, with the money that rests on each."""
    run = RunFolder(folder)
    numbers = numbers_of(run)
    on: dict[int, float] = {}
    for amount, shares in payments(run, numbers):
        for place, share in shares:
            on[place] = on.get(place, 0.0) + amount * share
    return listed(run.name, numbers, capital_of(run, numbers), on)


def listed(name: str, numbers: Numbers, capital: ByGrade | None = None, on: Mapping[int, float] | None = None) -> Listing:
    """Count numbers by source. on: MUSD of capital on each number; None without a plan."""
    keys = [str(key) for key in numbers.rows["source"]]
    counts: dict[str, int] = {}
    amounts: dict[str, float] = {}
    for place in numbers.used:
        counts[keys[place]] = counts.get(keys[place], 0) + 1
        amounts[keys[place]] = amounts.get(keys[place], 0.0) + (on or {}).get(place, 0.0)
    found = [Source(key, each.title, each.publisher, each.kind, each.grade, each.read, counts[key], counts[key] / len(numbers.used),
                    None if on is None else amounts[key])
             for key, each in numbers.grader.sources.items() if key in counts]  # fmt: skip
    found.sort(key=lambda source: (-source.numbers, source.key))
    month = numbers.grader.as_of
    return Listing(name, "" if month is None else month_name(month), numbers.by_grade, numbers.estimate_share, capital, tuple(found),
                   tuple(_past(numbers, on)))


def _past(numbers: Numbers, on: Mapping[int, float] | None) -> list[Past]:
    """The numbers and dates past their half-life."""
    found = []
    for place, row in enumerate(numbers.rows.to_dict("records")):
        graded = numbers.graded[place]
        if not graded.passed or row["unit"] == "label" or graded.months is None or graded.half_life is None:
            continue
        table, item, site, when, quantity, source = (str(row[name]) for name in ("table", "item", "site", "when", "quantity", "source"))
        entry = numbers.grader.sources.get(source)
        stated = entry.grade if entry else graded.stated
        amount = None if on is None else on.get(place, 0.0)
        found.append(Past(table, item, site, when, quantity, source, stated, graded.grade, graded.months, graded.half_life,
                          graded.passed, amount))  # fmt: skip
    return sorted(found, key=lambda each: (-(each.money or 0.0), -each.passed, each.table, each.item, each.quantity))
