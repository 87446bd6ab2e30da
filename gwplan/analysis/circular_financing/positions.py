"""Both sides of each cross-investment: what an investor pays in and gets, what the planner must buy of it, and who loses if payments stop.

Nominal MUSD, from the tables of a run. An investor that is on offer and pays nothing in is listed too: a deal that was not taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gwplan.analysis.circular_financing.books import COMMON, INVESTED, INVESTOR, PAID_OUT, Books, Contract
from gwplan.analysis.circular_financing.investors import ratio
from gwplan.analysis.circular_financing.obligations import Wall
from gwplan.analysis.circular_financing.parties import PASSED_ON, PLANNER, Payment
from gwplan.common.calendar import MONTHS_A_YEAR, SHIFT
from gwplan.common.financial.returns import rate_of_return
from gwplan.results.run_folder import RunFolder

HALVES = 2
"""Moments in a period at which money may fall, for a rate of return."""


@dataclass(frozen=True)
class Position:
    """One investor. paid_in and received by period.

    cap:       the most that its contracts offer
    committed: least payments to it by contract, within the horizon
    bought:    what the planner buys of it, directly and through others
    systems:   the part of it that is capital: paid on delivery
    left:      owed on its claim at the horizon's end, with its return, or what its stock gets of what is left
    stop:      the period after which payments are supposed to stop: the last one of the first build
    due:       least payments to it by contract after that period
    paid_on:   suppliers that it pays out of what the planner pays it
    """

    name: str
    instruments: tuple[str, ...]
    cap: float
    paid_in: tuple[float, ...]
    received: tuple[float, ...]
    left: float
    committed: float
    bought: float
    systems: float
    stop: int
    due: float
    paid_on: tuple[str, ...]
    months: int
    shift: float = 0.5
    guarantee: float = 0.0
    """The most that it guarantees for others, apart from cash."""

    @property
    def invested(self) -> float:
        """All that it pays in."""
        return sum(self.paid_in)

    @property
    def coverage(self) -> float | None:
        """What is bought of it for each dollar that it pays in; None if it pays nothing in."""
        return ratio(self.bought, self.invested)

    @property
    def gain(self) -> float:
        """What it is paid and has left at the end, less what it pays in: of its investment alone, without its sales."""
        return sum(self.received) + self.left - self.invested

    @property
    def at_stop(self) -> float:
        """Its own money that is still in the plan when payments stop: paid in less paid to it until then, 0 if it has it back."""
        return max(0.0, sum(self.paid_in[: self.stop + 1]) - sum(self.received[: self.stop + 1]))

    @property
    def rate(self) -> float | None:
        """Yearly nominal return on its investment alone; None if there is none."""
        moments = [0.0] * (HALVES * len(self.paid_in) + 1)
        for number, (given, paid) in enumerate(zip(self.paid_in, self.received, strict=True)):
            moments[round(HALVES * (number + self.shift))] += paid - given
        moments[-1] += self.left
        found = rate_of_return(moments)
        return None if found is None else (1 + found) ** (HALVES * MONTHS_A_YEAR / self.months) - 1

    @property
    def carries(self) -> str:
        """What it loses if payments stop, in words."""
        said = ["its own money"] if self.at_stop > 0 else []
        if self.due > 0:
            said.append("capacity built for the payments still due")
        if self.guarantee > 0:
            said.append("debt or rent that it guarantees")
        if not said:
            said.append("nothing but sales to come" if self.bought > 0 else "nothing")
        paid = " (its systems are paid on delivery; who lent on them holds them)" if self.systems > 0 else ""
        return f"{', '.join(said[:-1])}{' and ' if said[1:] else ''}{said[-1]}{paid}"


def positions(run: RunFolder, books: Books, found: Sequence[Payment], wall: Wall) -> list[Position]:
    """The position of each party with an investor's contract on offer, the largest first."""
    contracts: dict[str, list[Contract]] = defaultdict(list)
    for contract in books.of_kind(INVESTOR):
        contracts[contract.party].append(contract)
    every = [position(run, books, name, contracts[name], found, wall) for name in sorted(contracts)]
    return sorted(every, key=lambda each: -each.invested)


def position(run: RunFolder, books: Books, name: str, contracts: Sequence[Contract], found: Sequence[Payment], wall: Wall) -> Position:
    """The position of one party."""
    paid_in, received = (by_period(books, name, line, sign) for line, sign in ((INVESTED, 1), (PAID_OUT, -1)))
    bought = [each for each in found if each.payee == name and each.line in ("capital", "running", PASSED_ON)]
    own = [each.amount for each in bought if each.payer == PLANNER or books.contracts[each.item].passed_to == name]
    stop = run.number_of.get(str(run.summary.get("first_build_until") or ""), len(books.periods) - 1)
    least = [(each.year, each.least) for each in wall.commitments if books.contracts[each.contract].party == name]
    horizon = (run.manifest.get("definition") or {}).get("horizon") or {}
    shift = SHIFT[(horizon.get("timing") or {}).get("running", "middle")]
    years = (1 - shift) * books.months / MONTHS_A_YEAR
    left = sum(books.claims.get(each.name, 0.0) * (1.0 if each.instrument == COMMON else (1 + each.number("required_return")) ** years)
               for each in contracts)
    # Money passed on is paid by the provider; its contract says to whom.
    suppliers = {each.passed_to for each in books.contracts.values() if each.party == name and each.passed_to not in ("", name)}
    return Position(
        name, tuple(dict.fromkeys(each.instrument or "preferred" for each in contracts)), sum(each.number("cap") for each in contracts),
        paid_in, received, left, sum(amount for _, amount in least), sum(own),
        sum(each.amount for each in bought if each.line == "capital"), stop,
        sum(amount * later(books, year, stop) for year, amount in least), tuple(sorted(suppliers)), books.months, shift,
        sum(each.number("guarantee") for each in contracts),
    )


def by_period(books: Books, name: str, line: str, sign: int) -> tuple[float, ...]:
    """The flows of a line with a party, by period: into the planner's cash for a sign of 1."""
    amounts: dict[int, float] = defaultdict(float)
    for flow in books.flows:
        if flow.line == line and flow.party == name:
            amounts[flow.period] += sign * flow.value
    return books.series(amounts)


def later(books: Books, year: int, stop: int) -> float:
    """The share of a calendar year's payments in the horizon that fall after a period."""
    periods = [number for number in range(len(books.periods)) if books.year(number) == year]
    return sum(number > stop for number in periods) / len(periods) if periods else float(year > books.year(stop))
