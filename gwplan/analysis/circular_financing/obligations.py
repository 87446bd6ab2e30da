"""Fixed obligations by calendar year, compared with contracted income.

Obligations: minimum payments of signed compute, capacity payments of exercised options, rents, debt service, and minimum-take
power bills. Contracted income: revenue of contracted sales, and the planner's own use at its transfer price; spot revenue is
shown but not counted. Nominal MUSD. Minimum payments and unused (take-or-pay) amounts come from the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gwplan.analysis.circular_financing.books import COMPUTE, OPTION, PURCHASES, SALE, Books
from gwplan.common.calendar import HOURS_A_YEAR, MONTHS_A_YEAR
from gwplan.results.run_folder import RunFolder

COMMITMENTS, OPTIONS, RENTS, DEBT, TAKES = "compute commitments", "options exercised", "rents", "debt service", "minimum takes"
KINDS = (COMMITMENTS, OPTIONS, RENTS, DEBT, TAKES)
CONTRACTED, OWN_USE, SPOT = "contracted revenue", "own use", "spot revenue"
SURE = (CONTRACTED, OWN_USE)
MEGA = 1e6


@dataclass(frozen=True, slots=True)
class Due:
    """An obligation in a year: kind, item, nominal MUSD."""

    kind: str
    item: str
    year: int
    amount: float


@dataclass(frozen=True, slots=True)
class Commitment:
    """A signed commitment in a year: minimum payment, total paid, and the unused (take-or-pay) part."""

    contract: str
    year: int
    least: float
    paid: float
    shortfall: float

    @property
    def used(self) -> float:
        """Payments for use, prepayments included."""
        return self.paid - self.shortfall


@dataclass(frozen=True)
class Wall:
    """Obligations by year. income: revenue and own use, by name and year."""

    years: tuple[int, ...]
    dues: tuple[Due, ...]
    income: Mapping[str, Mapping[int, float]]
    commitments: tuple[Commitment, ...]

    def due(self, year: int, kind: str | None = None) -> float:
        """Obligations due in a year, of one kind or of all."""
        return sum(each.amount for each in self.dues if each.year == year and kind in (None, each.kind))

    def sure(self, year: int) -> float:
        """Contracted income of a year."""
        return sum(self.income.get(name, {}).get(year, 0.0) for name in SURE)

    def gap(self, year: int) -> float:
        """Obligations in excess of contracted income; negative if income is larger."""
        return self.due(year) - self.sure(year)


def wall(run: RunFolder, books: Books) -> Wall:
    """The obligations of a run."""
    commitments = tuple(commitments_of(run, books))
    dues = [Due(COMMITMENTS, each.contract, each.year, each.least) for each in commitments]
    dues += [*from_ledger(run, books), *by_year(books, DEBT, series(run, "finance.service")), *takes(run, books)]
    income: dict[str, dict[int, float]] = {name: defaultdict(float) for name in (CONTRACTED, OWN_USE, SPOT)}
    for flow in books.flows:
        if flow.line in ("revenue", "own_use"):
            income[kind_of_income(books, flow.item, flow.line)][books.year(flow.period)] += flow.value
    came = {name: dict(each) for name, each in income.items()}
    return Wall(tuple(books.years), tuple(due for due in dues if due.amount), came, commitments)


def kind_of_income(books: Books, item: str, line: str) -> str:
    """Whether income is own use, contracted or spot."""
    if line == "own_use":
        return OWN_USE
    contract = books.contracts.get(item)
    return CONTRACTED if contract is not None and contract.kind == SALE and contract.terms == "contracted" else SPOT


def commitments_of(run: RunFolder, books: Books) -> Iterator[Commitment]:
    """The signed commitments, year by year."""
    least, short = by_contract(run, "contracts.minimum"), by_contract(run, "contracts.shortfall")
    for contract in books.of_kind(COMPUTE):
        if not any(name == contract.name and amount for (name, _), amount in least.items()):
            continue
        paid: dict[int, float] = defaultdict(float)
        for flow in books.flows:
            if flow.item == contract.name and flow.line in PURCHASES:
                paid[books.year(flow.period)] -= flow.value
        for year in books.years:
            due, key = least.get((contract.name, year), 0.0), (contract.name, year)
            if due or paid.get(year):
                yield Commitment(contract.name, year, due, paid.get(year, 0.0), short.get(key, 0.0))


def by_contract(run: RunFolder, table: str) -> dict[tuple[str, int], float]:
    """A contract table summed by contract and year."""
    frame = run.table(table)
    rows = frame.to_dict("records") if len(frame) else ()
    return {(str(row["contract"]), int(row["year"])): float(row["value"]) for row in rows}


def from_ledger(run: RunFolder, books: Books) -> Iterator[Due]:
    """Rents and exercised options: the ledger's real money converted to nominal."""
    frame = run.ledger
    sums: dict[tuple[str, str, int], float] = defaultdict(float)
    for row in frame.to_dict("records") if len(frame) else ():
        contract = books.contracts.get(str(row["item"]))
        kind = RENTS if row["class"] == "leases" else OPTIONS if contract and contract.kind == OPTION and row["class"] == "cloud" else None
        if kind and row["kind"] == "running":
            period = int(row["number"])
            sums[kind, str(row["item"]), books.year(period)] += float(row["amount"]) * nominal(run, period)
    yield from (Due(kind, item, year, amount) for (kind, item, year), amount in sums.items())


def takes(run: RunFolder, books: Books) -> Iterator[Due]:
    """Minimum power bills: minimum take x contracted capacity x hours x energy price."""
    frame = run.table("power.contracted")
    hours = HOURS_A_YEAR * books.months / MONTHS_A_YEAR
    sums: dict[tuple[str, int], float] = defaultdict(float)
    for row in frame.to_dict("records") if len(frame) else ():
        supply, site, period = str(row["supply"]), str(row["site"]), run.number_of[str(row["period"])]
        share = run.number("power", supply, "minimum_take", site, period) or 0.0
        price = run.price("power", supply, "energy_price", period, site) or 0.0
        sums[supply, books.year(period)] += share * float(row["value"]) * hours * price / MEGA * nominal(run, period)
    yield from (Due(TAKES, supply, year, amount) for (supply, year), amount in sums.items())


def nominal(run: RunFolder, period: int) -> float:
    """Nominal dollars per real dollar in the middle of a period; 1 if the run has no price level."""
    rate = run.number("prices", "prices", "inflation") or 0.0
    years = (run.first_month(period) + run.months / 2) / MONTHS_A_YEAR - (run.dollars + 1 / 2)
    return float((1 + rate) ** years)


def series(run: RunFolder, table: str) -> dict[int, float]:
    """A table's values by period number."""
    found: dict[int, float] = defaultdict(float)
    frame = run.table(table)
    for row in frame.to_dict("records") if len(frame) else ():
        found[run.number_of[str(row["period"])]] += float(row["value"])
    return found


def by_year(books: Books, kind: str, amounts: Mapping[int, float]) -> Iterator[Due]:
    """Amounts by period summed by calendar year."""
    sums: dict[int, float] = defaultdict(float)
    for period, amount in amounts.items():
        sums[books.year(period)] += amount
    yield from (Due(kind, "", year, amount) for year, amount in sums.items())
