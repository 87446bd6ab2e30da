"""The investor's side: what one party puts into labs and gets out, its stakes at stated marks, and which stake gives more per dollar.

Nominal MUSD. Cash is that of the run; stakes, marks and sales promised elsewhere are rows of contracts.csv: reports alone. What the party
earns on a sale is not known, so nothing assumes it: the margin is asked for instead.

    g  gain of a stake per dollar paid in:  (worth at its last mark - paid in) / paid in
    c  sales per dollar paid in:            (promised - given up) / paid in
    at a margin m a stake gives g + m c;  one that earns nothing on its own needs m = -g / c
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from gwplan.analysis.circular_financing.books import INVESTED, INVESTOR, PAID_OUT, PURCHASES, Books, Contract, NoCircle
from gwplan.analysis.circular_financing.investors import ratio
from gwplan.analysis.circular_financing.parties import PASSED_ON, PLANNER, Payment
from gwplan.analysis.circular_financing.positions import Position
from gwplan.results.run_folder import RunFolder

LINES = {INVESTED: "paid in", PAID_OUT: "paid to it", "sales": "sales", PASSED_ON: "passed on"}
"""Lines of the cash of an investor, and their names."""


@dataclass(frozen=True)
class Stake:
    """One stake. paid: before the horizon and in the run; marks: date and what the stake is worth at it, the last one last.

    promised: sales to the company that it has promised; given_up: sales to it that exclusivity would have kept.
    """

    contract: str
    company: str
    paid: float
    share: float | None
    marks: tuple[tuple[str, float], ...]
    promised: float
    given_up: float

    @property
    def worth(self) -> float | None:
        """What it is worth at its last mark; None without one."""
        return self.marks[-1][1] if self.marks else None

    @property
    def gain(self) -> float | None:
        """g: gain per dollar paid in; None without a mark or without money in."""
        return None if self.worth is None else ratio_of(self.worth - self.paid, self.paid)

    @property
    def sales(self) -> float | None:
        """c: promised sales less those given up, per dollar paid in."""
        return ratio_of(self.promised - self.given_up, self.paid)

    @property
    def margin(self) -> float | None:
        """The margin on promised sales that alone pays for the stake; None where nothing is promised."""
        return ratio(self.paid, self.promised)


@dataclass(frozen=True)
class View:
    """The view of one investor. cash: by line, then calendar year, out of its pocket negative."""

    name: str
    position: Position
    cash: Mapping[str, Mapping[int, float]]
    stakes: tuple[Stake, ...]

    @property
    def net(self) -> dict[int, float]:
        """Net cash by year, before what its sales cost it: what it passes on is off."""
        sums: dict[int, float] = defaultdict(float)
        for amounts in self.cash.values():
            for year, amount in amounts.items():
                sums[year] += amount
        return dict(sorted(sums.items()))

    @property
    def choices(self) -> list[tuple[Stake, Stake, float | None]]:
        """Pairs of stakes, and the margin on sales at which both give the same per dollar; None if one is better at every margin."""
        known = [each for each in self.stakes if each.gain is not None and each.sales is not None]
        return [(one, two, crossing(one, two)) for one, two in combinations(known, 2)]


def ratio_of(above: float, below: float) -> float | None:
    """A quotient of either sign; None if the divisor is zero."""
    return above / below if below > 0 else None


def crossing(one: Stake, two: Stake) -> float | None:
    """The margin between 0 and 1 at which two stakes give the same per dollar."""
    steeper, ahead = (one.sales or 0.0) - (two.sales or 0.0), (two.gain or 0.0) - (one.gain or 0.0)
    return ahead / steeper if steeper and 0 <= ahead / steeper <= 1 else None


def better(one: Stake, two: Stake, margin: float) -> Stake:
    """The stake that gives more per dollar at a margin."""
    gives = [(each.gain or 0.0) + margin * (each.sales or 0.0) for each in (one, two)]
    return one if gives[0] >= gives[1] else two


def view(run: RunFolder, books: Books, found: Sequence[Payment], positions: Sequence[Position], name: str) -> View:
    """The view of an investor by its name. NoCircle if no contract on offer has it as an investor."""
    position = next((each for each in positions if each.name == name), None)
    if position is None:
        known = ", ".join(each.name for each in positions) or "none"
        raise NoCircle(f"{run.path.name} has no investor {name!r} on offer; there is {known}.")
    contracts = [contract for contract in books.of_kind(INVESTOR) if contract.party == name]
    return View(name, position, cash_of(books, found, name), tuple(stake(run, books, each, position) for each in contracts))


def cash_of(books: Books, found: Sequence[Payment], name: str) -> dict[str, dict[int, float]]:
    """What a party pays and is paid, by line and calendar year."""
    sums: dict[str, dict[int, float]] = {line: defaultdict(float) for line in LINES}
    for each in found:
        sign = 1 if each.payee == name else -1 if each.payer == name else 0
        line = "sales" if each.line in PURCHASES and PLANNER in (each.payer, each.payee) else each.line
        if sign and line in sums:
            # What others pass on to it are sales of its own.
            sums["sales" if line == PASSED_ON and sign > 0 else line][books.year(each.period)] += sign * each.amount
    return {line: dict(amounts) for line, amounts in sums.items() if amounts}


def stake(run: RunFolder, books: Books, contract: Contract, position: Position) -> Stake:
    """The stake of one contract: that of the run is held in the share of its cap that is paid in."""
    invested = sum(flow.value for flow in books.flows if flow.line == INVESTED and flow.item == contract.name)
    cap, before = contract.number("cap"), contract.number("paid_before")
    held = invested / cap if cap > 0 else 1.0
    share = contract.number("share_held") * held if "share_held" in contract.numbers else None
    marks = tuple((when, value * share) for when, value in marks_of(run, contract.name)) if share else ()
    promised = position.committed if cap > 0 else contract.number("sales_promised")
    return Stake(contract.name, contract.company or "this plan", before + invested, share, marks, promised,
                 contract.number("sales_given_up"))


def marks_of(run: RunFolder, contract: str) -> list[tuple[str, float]]:
    """Dates and values of the whole company, in order."""
    frame = run.inputs("contracts")
    rows = frame.to_dict("records") if len(frame) else []
    return sorted((str(row["when"]), float(row["base"])) for row in rows if (row["item"], row["quantity"]) == (contract, "mark"))


def as_json(found: View) -> dict[str, Any]:
    """The view as plain data."""
    stakes = [{"contract": one.contract, "company": one.company, "paid": one.paid, "share": one.share,
               "marks": [{"when": when, "worth": worth} for when, worth in one.marks], "sales_promised": one.promised,
               "sales_given_up": one.given_up, "gain_per_dollar": one.gain, "sales_per_dollar": one.sales,
               "margin_that_pays": one.margin} for one in found.stakes]  # fmt: skip
    choices = [{"one": one.contract, "two": two.contract, "margin": margin, "better_without_margin": better(one, two, 0.0).contract,
                "better_at_full_margin": better(one, two, 1.0).contract} for one, two, margin in found.choices]  # fmt: skip
    cash = {line: {str(year): amount for year, amount in amounts.items()} for line, amounts in found.cash.items()}
    return {"investor": found.name, "cash": cash, "net": {str(year): amount for year, amount in found.net.items()},
            "left_at_end": found.position.left, "rate": found.position.rate, "stakes": stakes, "choices": choices}  # fmt: skip
