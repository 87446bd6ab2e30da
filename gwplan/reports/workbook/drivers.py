"""What payments are made of: numbers of the tables, each alone or as 1 + it, and quantities of the plan, which stay as they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gwplan.common.calendar import MONTHS_A_YEAR, parse_date
from gwplan.reports.workbook.quantities import Amounts, Quantities
from gwplan.results.run_folder import RunFolder, sums


class Line(NamedTuple):
    """The payments of the ledger that have all of these in common."""

    kind: str
    cost_class: str
    item: str
    site: str
    payee: str


class Ref(NamedTuple):
    """A row of an input table."""

    table: str
    item: str
    site: str
    when: str
    quantity: str


class Factor(NamedTuple):
    """A number of the tables in a term, or 1 + that number."""

    ref: Ref
    plus_one: bool = False


Factors = tuple[Factor, ...]
Terms = dict[Factors, Amounts]
Weights = list[tuple[Ref, float]]


@dataclass(frozen=True)
class Driven:
    """A payment with its terms, and what the ledger has; fixed: no terms give it."""

    line: Line
    terms: Terms
    amounts: Amounts

    @property
    def fixed(self) -> bool:
        """Whether it stays a number."""
        return not self.terms


class Rules:
    """The terms of each kind of payment."""

    def __init__(self, run: RunFolder) -> None:
        self.run, self.count, self.quantities = run, len(run.periods), Quantities(run)
        self._numbers: dict[Ref, float] = {}
        self._points: dict[tuple[str, str, str, str], list[tuple[int, Ref]]] = {}

    def value(self, ref: Ref) -> float:
        """The number of a row, as used."""
        if ref not in self._numbers:
            rows = self.run.rows(ref.table, ref.item, ref.quantity)
            self._numbers[ref] = next(float(base) for site, when, base in rows if (site, when) == (ref.site, ref.when))
        return self._numbers[ref]

    def worth(self, factors: Factors) -> float:
        """The product of some factors."""
        return math.prod(self.value(each.ref) + each.plus_one for each in factors)

    def held(self, table: str, item: str, quantity: str, site: str = "", period: int = 0) -> Ref | None:
        """The row that applies on the first day of a period; None where a default does."""
        month, best = self.run.first_month(period), None
        for place, when, _ in self.run.rows(table, item, quantity):
            first = parse_date(when).first if when else -1
            if place in (site, "") and first <= month and (best is None or (place != "", first) > best[0]):
                best = ((place != "", first), Ref(table, item, place, when, quantity))
        return None if best is None else best[1]

    def number(self, table: str, item: str, quantity: str, site: str = "", period: int = 0) -> float | None:
        """The number that applies on the first day of a period."""
        ref = self.held(table, item, quantity, site, period)
        return None if ref is None else self.value(ref)

    def path(self, table: str, item: str, quantity: str, site: str, period: int) -> Weights:
        """The rows between which a price of a period lies, with their shares; none if there is no row."""
        key = (table, item, quantity, site)
        if key not in self._points:
            self._points[key] = self._path(*key)
        points = self._points[key]
        if not points:
            return []
        middle = self.run.first_month(period) + self.run.months / 2
        later = next((n for n, (month, _) in enumerate(points) if month >= middle), len(points))
        if later in (0, len(points)):
            return [(points[min(later, len(points) - 1)][1], 1.0)]
        (one, before), (other, after) = points[later - 1], points[later]
        share = (middle - one) / (other - one)
        return [(before, 1 - share), (after, share)] if share < 1 else [(after, 1.0)]

    def _path(self, table: str, item: str, quantity: str, site: str) -> list[tuple[int, Ref]]:
        """First month and row of each point of a price, by date, as `RunFolder.price` reads it."""
        rows = self.run.rows(table, item, quantity)
        chosen = site if any(place == site for place, _, _ in rows) else ""
        refs = [Ref(table, item, place, when, quantity) for place, when, _ in rows if place == chosen]
        points = sorted((parse_date(ref.when).first, ref) for ref in refs if ref.when)
        undated = [ref for ref in refs if not ref.when]
        return [(points[0][0] - MONTHS_A_YEAR if points else 0, undated[0]), *points] if undated else points

    def factors(self, *wanted: tuple[Ref | None, bool]) -> Factors:
        """Factors of rows; a default of 0 in 1 + x, or of 1, changes nothing and is left out."""
        return tuple(Factor(ref, plus_one) for ref, plus_one in wanted if ref is not None)

    def priced(self, price: tuple[str, str, str, str], amounts: Iterable[tuple[int, Amounts]],
               more: Callable[[int], Factors] = lambda _: ()) -> Terms:
        """Amounts by the period whose price they have, each times the price and more factors of that period."""
        found: Terms = {}
        for period, values in amounts:
            for ref, share in self.path(*price, period):
                add(found, (Factor(ref), *more(period)), [share * value for value in values])
        return found

    def current(self, price: tuple[str, str, str, str], amounts: Sequence[float], more: Callable[[int], Factors] = lambda _: ()) -> Terms:
        """As `priced`, each amount at the price of its own period."""
        return self.priced(price, ((n, self.only(n, amount)) for n, amount in enumerate(amounts) if amount), more)

    def stepped(self, step: tuple[str, str, str, str], amounts: Sequence[float]) -> Terms:
        """Amounts at a number that holds from its date on."""
        found: Terms = {}
        for period, amount in enumerate(amounts):
            ref = self.held(*step, period)
            if ref is not None and amount:
                add(found, (Factor(ref),), self.only(period, amount))
        return found

    def only(self, period: int, amount: float) -> Amounts:
        """An amount in one period alone."""
        return [amount if n == period else 0.0 for n in range(self.count)]

    def paid(self, line: Line) -> Amounts:
        """What the ledger has for a payment, by period."""
        frame, found = self.run.ledger, [0.0] * self.count
        labels = {"kind": line.kind, "class": line.cost_class, "item": line.item, "site": line.site, "payee": line.payee}
        for label, value in labels.items():
            frame = frame[frame[label] == value]
        for entry in sums(frame, ["number"]):
            found[int(entry["number"])] += float(entry["amount"])
        return found


def add(terms: Terms, factors: Factors, values: Amounts) -> None:
    """Add amounts to those of the same factors."""
    before = terms.get(factors)
    terms[factors] = values if before is None else [one + other for one, other in zip(before, values, strict=True)]


def joined(*every: Terms) -> Terms:
    """Terms together."""
    found: Terms = {}
    for terms in every:
        for factors, values in terms.items():
            add(found, factors, values)
    return found
