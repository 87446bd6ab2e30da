"""What the parts of the plan share: the matrix, the money by class and period, the physical sums by site and period."""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from .facts import Facts, Question, first_month
from .matrix import Matrix, Sum, total

Index = tuple[object, ...]


@dataclass
class Cohort:
    """Things that enter service together: `size` of them, in service from period `first` to the moment `end` (built from `begun`).

    `end` is counted in periods and need not be whole: of its last period a cohort serves the part before it. The owner may forgo that
    part: `forgone` by period, in the unit of the size.
    """

    size: Sum
    begun: int
    first: int
    end: float
    forgone: dict[int, Sum] = field(default_factory=dict)

    def part(self, t: int) -> float:
        """Share of the period in which it is in service."""
        return min(1.0, max(0.0, self.end - t)) if t >= self.first else 0.0

    def serving(self, t: int) -> Sum:
        return self._left(t, self.part(t))

    def standing(self, t: int) -> Sum:
        return self._left(t, 1.0 if self.begun <= t < self.first else self.part(t))

    def _left(self, t: int, share: float) -> Sum:
        if not share:
            return Sum()
        return self.size * share - self.forgone[t] if t in self.forgone else self.size * share


class Plan:
    """A model in the making."""

    def __init__(self, path: Path) -> None:
        self.question = Question(path)
        self.facts = Facts(self.question)
        self.matrix = Matrix()
        self.sites = sorted(set(self.facts.items("sites", "opening_price")))
        self.periods = self.question.periods
        self.decided: dict[str, dict[Index, Sum]] = defaultdict(dict)
        self.accounts: dict[str, dict[Index, Sum]] = defaultdict(dict)
        self.capital: dict[tuple[str, int], Sum] = defaultdict(Sum)
        self.running: dict[int, Sum] = defaultdict(Sum)
        self.credits = Sum()  # of the tax authority, of which running cost is less; they pay for no budget
        self.residual = Sum()
        self.resale = Sum()  # a present value
        self.opened: dict[Index, Sum] = {}
        self.room: dict[Index, list[tuple[Cohort, float, float]]] = defaultdict(list)  # site, cooling -> cohort, MW, density
        self.it_peak = self.accounts["it_peak"]
        self.facility_peak = self.accounts["facility_peak"]
        self.facility_mean = self.accounts["facility_mean"]
        self.compute: dict[int, Sum] = {t: Sum() for t in self.periods}
        self.emitted: dict[int, Sum] = {t: Sum() for t in self.periods}
        self.embodied = Sum()

    def decide(self, name: str, index: Index, integer: bool = False, upper: float = float("inf")) -> Sum:
        column = self.matrix.column(integer, upper)
        self.decided[name][index] = column
        return column

    def spend(self, kind: str, period: int, amount: Sum, factor: float = 1.0) -> None:
        """Capital of a class; never outside the horizon."""
        if not 0 <= period < self.question.count:
            raise ValueError("money outside the horizon")
        self.capital[kind, period].gain(amount, factor)

    def windows(self, ends: range | None = None) -> list[range]:
        """Every rolling year, cut off at the horizon's start."""
        return [range(max(0, end - self.question.window + 1), end + 1) for end in (ends or self.periods)]

    def standing_already(self, table: str, quantity: str) -> list[tuple[str, str, Cohort]]:
        """Rows of existing.csv whose item belongs to the table: item, site, cohort of the count or capacity."""
        found = []
        for row in self.facts.existing:
            if not self.facts.rows_of(table, row["item"], quantity):
                continue
            entered = self.question.starting(first_month(row["when"])) if row["when"] else 0
            life = self.facts.number(table, row["item"], "life", row["site"], max(entered, 0))
            first = max(entered, 0)
            size = Sum(constant=float(row["base"]) * self.facts.factor_of(row["unit"]))
            ends = entered + self.question.exactly(life)
            if row["when"]:  # what stands already ages from its own month on
                ends = (first_month(row["when"]) - self.question.start + life) / self.question.step
            found.append((row["item"], row["site"], Cohort(size, first, first, ends)))
        return found

    def forgo(self, cohort: Cohort) -> None:
        """What serves only a part of a period at the end of its life may be given up with the period's start."""
        t = int(cohort.end)
        if t in self.periods and 0 < cohort.part(t) < 1:
            cohort.forgone[t] = self.matrix.column()
            self.matrix.at_most(cohort.forgone[t], cohort.size * cohort.part(t))

    def measure(self, name: str, t: int) -> Sum:
        if name == "compute":
            return self.compute[t]
        account = {"it": self.it_peak, "facility": self.facility_peak}[name]
        return total(account[site, t] for site in self.sites)
