"""The numbers of finance that the workbook follows, by the names that Inputs gives them, and the price level, which stays."""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.calendar import MONTHS_A_YEAR, SHIFT, parse_date
from gwplan.reports.workbook.drivers import Ref, Rules
from gwplan.results.cash_flows import is_financed
from gwplan.results.compute_measure import factor_of
from gwplan.results.run_folder import RunFolder

TABLE, FACILITY, SALES = "finance", "facility", "compute_sales"
NUMBERS = {
    "tax": ("tax_rate", "loss_share", "interest_limit", "bonus"), "shell": ("share",), "improvements": ("share",),
    "cash": ("rate", "least"), "debt": ("coverage_floor", "reserve"), "reference_rate": ("rate",), "revolver": ("rate", "commitment_fee"),
    SALES: ("sold_share",), FACILITY: ("rate", "spread", "upfront_fee", "commitment_fee", "guarantee_fee"),
}  # fmt: skip
"""Numbers of each item that formulas take; those of every facility that is drawn under `facility`."""


class Terms:
    """Names of numbers in formulas, and what they are in the run."""

    def __init__(self, rules: Rules, names: dict[Ref, str]) -> None:
        self.rules, self.run, self.names = rules, rules.run, names
        self.steps = MONTHS_A_YEAR // self.run.months
        running = SHIFT[self.run.manifest["definition"]["horizon"]["timing"]["running"]]
        self.years_after = (1 - running) / self.steps
        """Years from the last payments to the horizon's end."""

    def name(self, item: str, quantity: str) -> str:
        """A number as a formula has it; `0` without a row."""
        ref = self.rules.held(TABLE, item, quantity)
        return "0" if ref is None else self.names[ref]

    def value(self, item: str, quantity: str) -> float:
        """A number; 0 without a row."""
        return self.run.number(TABLE, item, quantity) or 0.0

    def rate(self, facility: str) -> str:
        """Interest of a facility a year, as a formula: fixed, or the reference rate and a spread."""
        if self.run.has(TABLE, facility, "rate"):
            return self.name(facility, "rate")
        return f"{self.name('reference_rate', 'rate')}+{self.name(facility, 'spread')}"

    def rate_value(self, facility: str) -> float:
        """Interest of a facility a year."""
        if self.run.has(TABLE, facility, "rate"):
            return self.value(facility, "rate")
        return self.value("reference_rate", "rate") + self.value(facility, "spread")

    def inflator(self, moment: float) -> float:
        """Nominal dollars per real one, `moment` periods after the horizon's start."""
        years = (self.run.first_month(0) + moment * self.run.months) / MONTHS_A_YEAR - (self.run.dollars + 1 / 2)
        return float((1 + (self.run.number("prices", "prices", "inflation") or 0.0)) ** years)

    @property
    def inflators(self) -> list[float]:
        """Nominal dollars per real one in the middle of each period, and at the horizon's end."""
        count = len(self.run.periods)
        return [*(self.inflator(n + 1 / 2) for n in range(count)), self.inflator(count)]

    def open_shares(self, facility: str) -> list[float]:
        """Share of each period in which a facility may be drawn."""
        opens, closes = (label(self.run, facility, quantity) for quantity in ("from", "until"))
        count = len(self.run.periods)
        first = parse_date(opens).first if opens else self.run.first_month(0)
        end = parse_date(closes).last + 1 if closes else self.run.first_month(count)
        inside = (min(end, self.run.first_month(n + 1)) - max(first, self.run.first_month(n)) for n in range(count))
        return [max(0.0, months / self.run.months) for months in inside]

    def sales_path(self, period: int) -> list[tuple[Ref, float]]:
        """The rows that what own use pays lies between, with their weights."""
        return [(ref, share * factor_of(self.run, parse_date(ref.when).first if ref.when else None, (TABLE, SALES)))
                for ref, share in self.rules.path(TABLE, SALES, "price", "", period)]


def label(run: RunFolder, item: str, quantity: str, otherwise: str = "") -> str:
    """A text of finance.csv."""
    return next((base for _, _, base in run.rows(TABLE, item, quantity)), otherwise)


def drawn_on(run: RunFolder) -> list[str]:
    """Facilities that are drawn."""
    frame = run.table("finance.flow")
    return sorted(set(frame[frame["line"] == "drawn"]["item"])) if len(frame) else []


def refs_of_finance(rules: Rules) -> Iterator[Ref]:
    """The rows that formulas of finance take; none without finance."""
    if not is_financed(rules.run):
        return
    terms = Terms(rules, {})
    for item, quantities in NUMBERS.items():
        for each in drawn_on(rules.run) if item == FACILITY else [item]:
            yield from filter(None, (rules.held(TABLE, each, quantity) for quantity in quantities))
    for number in range(len(rules.run.periods)):
        yield from (ref for ref, _ in terms.sales_path(number))
