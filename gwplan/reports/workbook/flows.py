"""The lines of the sheet Finance: what follows from Inputs and from what is decided as formulas, what is decided as numbers to change.

Draws, equity, dividends, what investors pay in and get, and repayments without a schedule are decisions: they stay as the plan has them.
What the smallest balance of cash then lacks is paid in by the sponsor, in a line of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gwplan.common.calendar import parse_date
from gwplan.reports.workbook import loans, tax
from gwplan.reports.workbook.assumptions import Model
from gwplan.reports.workbook.bases import inflator
from gwplan.reports.workbook.book import FIRST, Book, cell
from gwplan.reports.workbook.money import KEYS as LEDGER_KEYS
from gwplan.reports.workbook.money import Place
from gwplan.reports.workbook.terms import SALES, TABLE, Terms, label
from gwplan.results.run_folder import RunFolder, sums

KEYS = ("line", "item", "party")
TOTAL = len(KEYS)
LEFT = TOTAL + 1
CASH_BELOW = 4
"""Rows from the last line to cash at the end of the period."""
SHORT = "short_is_paid_in"
"""The cell that says whether the sponsor pays in what is short."""
BEYOND = ("equity", "beyond the plan", "sponsor")
DECIDED = ("drawn", "revolver_drawn", "revolver_repaid", "equity", "dividends", "invested", "returned")
LEAST_SHORT = 1e-4
"""MUSD below which cash is not short."""
ALMOST = 1e-6
Key = tuple[str, str, str]


def of_lines(run: RunFolder, drawn: list[str]) -> dict[Key, list[float]]:
    """Lines of the sheet in their order, by period: those of the run, and those that another input may bring."""
    found: dict[Key, list[float]] = {}
    for entry in sums(run.table("finance.flow"), [*KEYS, "period"], "value"):
        line, item, party = (str(entry[key]) for key in KEYS)
        values = found.setdefault((line, item, party), [0.0] * len(run.periods))
        values[run.number_of[str(entry["period"])]] += float(entry["value"])
    may = [("tax", "tax", "tax authority"), ("cash_interest", "cash", "banks")]
    may += [("fees", "facilities", "lenders")] if drawn else []
    for key in may:
        found.setdefault(key, [0.0] * len(run.periods))
    return dict(sorted(found.items())) | {BEYOND: [0.0] * len(run.periods)}


@dataclass
class Flows:
    """The lines and their formulas."""

    book: Book
    model: Model
    terms: Terms
    places: dict[str, Place]
    loans: dict[str, loans.Loan]

    @cached_property
    def lines(self) -> dict[Key, list[float]]:
        """Lines with what they are in the run."""
        return of_lines(self.book.run, list(self.loans))

    @cached_property
    def rows(self) -> dict[Key, int]:
        """The row of each line."""
        return {key: FIRST + place for place, key in enumerate(self.lines)}

    @property
    def last(self) -> int:
        """The row of the last line."""
        return FIRST + len(self.lines) - 1

    @property
    def count(self) -> int:
        """Number of periods."""
        return len(self.book.run.periods)

    def decided(self, key: Key) -> bool:
        """Whether a line is a decision."""
        line, item, _ = key
        return key != BEYOND and (line in DECIDED or (line == "principal" and item in self.loans and not self.loans[item].scheduled))

    def formula(self, key: Key, n: int) -> str:
        """The formula of a line in a period; blank where it stays a number."""
        line, item, party = key
        if line in ("capital", "running"):
            return self.paid(key, n)
        if line == "resale":
            return self.resold(item, party, n)
        if line == "own_use":
            return self.own_use(key, n)
        if line in ("interest", "principal") and not self.decided(key):
            return self.of_debt(line, item, n)
        if line == "fees":
            return self.fees(item, n)
        if line == "cash_interest":
            before = cell(self.last + CASH_BELOW, LEFT + n - 1)
            return f"{self.terms.name('cash', 'rate')}/{self.terms.steps}*{before}" if n else "0"
        if line == "tax":
            due = tax.paid(self.book.run, n)
            return f"-({due})" if due else "0"
        return self.beyond(n) if key == BEYOND else ""

    def span(self, line: str, item: str, party: str, first: int, last: int) -> str:
        """The cells of a line from a period to another; blank if there is none."""
        row = self.rows.get((line, item, party))
        return "" if row is None or last < first else f"{cell(row, LEFT + first)}:{cell(row, LEFT + last)}"

    def owed(self, lines: tuple[str, str], facility: str, n: int) -> str:
        """What is owed at the start of a period without interest added to it."""
        spans = [self.span(line, facility, "lenders", 0, n - 1) for line in lines]
        return f"SUM({','.join(filter(None, spans)) or 0})"

    def paid(self, key: Key, n: int) -> str:
        """Capital or running cost: what the sheet of that name has for the item and the payee, nominal."""
        kind, item, payee = key
        if not self.met(key):
            return ""
        name, last = kind.title(), int(self.places[f"{kind}_last"].value)

        def column(of: int) -> str:
            return f"{name}!{cell(FIRST, of, fixed=True)}:{cell(last, of, fixed=True)}"

        amounts = f"{name}!{cell(FIRST, len(LEDGER_KEYS) + 1 + n)}:{cell(last, len(LEDGER_KEYS) + 1 + n)}"
        item, payee = (text.replace('"', '""') for text in (item, payee))
        return f'-{inflator(n)}*SUMIFS({amounts},{column(1)},"{item}",{column(3)},"{payee}")'

    def met(self, key: Key) -> bool:
        """Whether the ledger gives a line, at the price level of each period."""
        frame, found, (kind, item, payee) = self.book.run.ledger, [0.0] * self.count, key
        chosen = frame[(frame["kind"] == kind) & (frame["item"] == item) & (frame["payee"] == payee)]
        for entry in sums(chosen, ["number"]) if len(chosen) else []:
            found[int(entry["number"])] -= float(entry["amount"]) * self.terms.inflators[int(entry["number"])]
        return all(abs(one - other) <= ALMOST * (1 + abs(other)) for one, other in zip(found, self.lines[key], strict=True))

    def resold(self, item: str, payee: str, n: int) -> str:
        """What is sold when its use is over, nominal."""
        formulas, fixed = [], 0.0
        for payment in self.model.payments:
            line = payment.line
            if (line.kind, line.item, line.payee) == ("resale", item, payee) and payment.amounts[n]:
                formula = self.model.formula(line, n)
                formulas += [formula[1:]] if formula else []
                fixed += 0.0 if formula else payment.amounts[n]
        return f"{inflator(n)}*({'+'.join([*formulas, *([repr(fixed)] if fixed else [])])})" if formulas else ""

    def own_use(self, key: Key, n: int) -> str:
        """Own compute at what own use pays for it; rented compute stays as the plan pays it."""
        amount, path = self.lines[key][n], self.terms.sales_path(n)
        price = sum(self.terms.rules.value(ref) * weight for ref, weight in path)
        share = self.terms.value(SALES, "sold_share") if self.book.run.has(TABLE, SALES, "sold_share") else 1.0
        if key[1] != "own" or not amount or not price or not share:
            return ""
        names = "+".join(f"{self.terms.names[ref]}*{weight!r}" for ref, weight in path)
        sold = f"*{self.terms.name(SALES, 'sold_share')}" if self.book.run.has(TABLE, SALES, "sold_share") else ""
        return f"{amount / price / share!r}*({names}){sold}"

    def of_debt(self, line: str, facility: str, n: int) -> str:
        """Interest or principal of a facility."""
        if not n:
            return "0"
        if facility == "revolver":
            owed = self.owed(("revolver_drawn", "revolver_repaid"), facility, n)
            return f"-{self.terms.name('revolver', 'rate')}/{self.terms.steps}*{owed}"
        if facility not in self.loans:
            return ""
        loan = self.loans[facility]
        if loan.scheduled:
            return f"-{loan.paid(line, self.span('drawn', facility, 'lenders', 0, n - 1), n, self.count)}"
        return f"-{loan.rate}/{self.terms.steps}*{self.owed(('drawn', 'principal'), facility, n)}"

    def added(self, facility: str, n: int) -> str:
        """Interest added to a facility's debt in a period."""
        loan = self.loans.get(facility)
        if loan is None or not loan.scheduled or not n:
            return "0"
        return loan.paid("accrued", self.span("drawn", facility, "lenders", 0, n - 1), n, self.count)

    def fees(self, item: str, n: int) -> str:
        """Fees of all facilities; of the revolver while it may be drawn; or of the guarantor of a facility."""
        terms, steps = self.terms, self.terms.steps
        if item == "facilities":
            found = []
            for facility, loan in self.loans.items():
                draws = (self.span("drawn", facility, "lenders", n, n), self.span("drawn", facility, "lenders", n + 1, self.count - 1))
                found += [f"{terms.name(facility, 'upfront_fee')}*SUM({draws[0]})"]
                if draws[1] and loan.open[n]:
                    found += [f"{terms.name(facility, 'commitment_fee')}*{loan.open[n] / steps!r}*SUM({draws[1]})"]
            return f"-({'+'.join(found)})"
        if item == "revolver":
            agreed = self.agreed
            if not self.bridging(n) or agreed is None:
                return "0"
            owed = self.owed(("revolver_drawn", "revolver_repaid"), item, n) if n else "0"
            return f"-{terms.name('revolver', 'commitment_fee')}/{steps}*({agreed!r}-{owed})"
        if item in self.loans and not self.loans[item].capitalised:
            return f"-{terms.name(item, 'guarantee_fee')}/{steps}*{self.owed(('drawn', 'principal'), item, n)}" if n else "0"
        return ""

    @cached_property
    def agreed(self) -> float | None:
        """The revolver's largest balance that is agreed."""
        frame = self.book.run.table("finance.revolver_agreed")
        return float(frame["value"].sum()) if len(frame) else None

    def bridging(self, n: int) -> bool:
        """Whether the revolver may be drawn: before dividends may be paid, and before the end."""
        run, opens = self.book.run, label(self.book.run, "equity", "dividends_from")
        over = run.first_build_end + 1
        if opens:
            over = next((n for n in range(self.count) if run.first_month(n) >= parse_date(opens).first), self.count)
        return n < min(over, self.count - 1)

    def beyond(self, n: int) -> str:
        """What cash lacks of its smallest balance, where the sponsor pays it."""
        column = LEFT + n
        before = cell(self.last + CASH_BELOW, column - 1) if n else "0"
        lacks = f"{self.terms.name('cash', 'least')}-{before}-SUM({cell(FIRST, column)}:{cell(self.last - 1, column)})"
        return f'IF(AND({SHORT}="yes",{lacks}>{LEAST_SHORT!r}),{lacks},0)'

