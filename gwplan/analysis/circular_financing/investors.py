"""Each investor's contributions compared with the purchases from the same party, in amount and time.

    G  contributions of the investor
    D  direct purchases of the planner from it
    L  look-through purchases: what the planner's providers spend on it out of the planner's payments
    returned = min(G, D + L); round trip = returned / G; coverage = (D + L) / G; net external cash = G - D - L

A supplier nearly always sells more than it invests, so that the round trip is 100 %; coverage, and the share of its sales
funded by its own money, are more informative. Investor and supplier are the same party if their labels are equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from gwplan.analysis.circular_financing.books import COMMON, INVESTED, INVESTOR, PAID_OUT, PURCHASES, Books, Contract
from gwplan.analysis.circular_financing.parties import PASSED_ON, PLANNER, Payment


@dataclass(frozen=True)
class Stake:
    """The stake that an investment buys at a stated valuation before its money: nominal MUSD.

    others: invested / valuation, summed over the other contracts that hold common stock.
    """

    contract: str
    invested: float
    valuation: float
    others: float = 0.0

    @property
    def share(self) -> float:
        """Its shares / all shares, where the sponsor has one: invested / (valuation + invested) if nobody else buys."""
        each = self.invested / self.valuation
        return each / (1 + each + self.others)

    @property
    def value(self) -> float:
        """The value of its shares at the price that it paid: what it paid for them."""
        return self.invested


@dataclass(frozen=True)
class Investor:
    """One investor; inflow, direct and look_through by period, all nominal MUSD. months: length of a period.

    paid_out: paid on its claim over the horizon; owed: outstanding claim. warrants, guarantees: contingent, never added to cash.
    """

    name: str
    contracts: tuple[str, ...]
    months: int
    inflow: tuple[float, ...]
    direct: tuple[float, ...]
    look_through: tuple[float, ...]
    paid_out: float = 0.0
    owed: float = 0.0
    stakes: tuple[Stake, ...] = ()
    warrants: float = 0.0
    guarantees: float = 0.0

    @property
    def gross(self) -> float:
        """G, its contributions."""
        return sum(self.inflow)

    @property
    def purchases(self) -> tuple[float, ...]:
        """Direct and look-through purchases by period."""
        return tuple(map(sum, zip(self.direct, self.look_through, strict=True)))

    @property
    def bought(self) -> float:
        """D + L."""
        return sum(self.purchases)

    @property
    def returned(self) -> float:
        """min(G, D + L), never below 0."""
        return max(min(self.gross, self.bought), 0.0)

    @property
    def round_trip(self) -> float | None:
        """Returned / G; None if nothing is paid in."""
        return ratio(self.returned, self.gross)

    @property
    def coverage(self) -> float | None:
        """(D + L) / G; None if nothing is paid in."""
        return ratio(self.bought, self.gross)

    @property
    def net_external(self) -> float:
        """G - D - L: if negative, the planner pays the investor more than it receives."""
        return self.gross - self.bought

    @property
    def vendor_funded(self) -> float | None:
        """The share of its sales funded by its own money; None if it sells nothing."""
        return ratio(self.returned, self.bought)

    @property
    def lag_months(self) -> float | None:
        """Mean months between a dollar paid in and its return, over the dollars returned; negative if it is spent first.

        The area between the two cumulative curves, each capped at the returned total, divided by the returned total.
        """
        if self.returned <= 0:
            return None
        came, went = (cut(accumulate(series), self.returned) for series in (self.inflow, self.purchases))
        return (sum(came) - sum(went)) * self.months / self.returned

    @property
    def cumulative(self) -> list[tuple[float, float, float]]:
        """Cumulative contributions, direct and look-through purchases at the end of each period."""
        return list(zip(*map(accumulate, (self.inflow, self.direct, self.look_through)), strict=True))

    @property
    def stake(self) -> float | None:
        """Its share of the planner at the stated valuations; None if none is stated."""
        return sum(stake.share for stake in self.stakes) if self.stakes else None

    @property
    def stake_value(self) -> float | None:
        """The value of the stake at the stated valuations."""
        return sum(stake.value for stake in self.stakes) if self.stakes else None


def ratio(above: float, below: float) -> float | None:
    """A quotient; None if the divisor is zero."""
    return above / below if below > 0 else None


def cut(curve: Iterable[float], most: float) -> list[float]:
    """A curve capped at `most`."""
    return [min(value, most) for value in curve]


def investors(books: Books, found: Sequence[Payment]) -> list[Investor]:
    """Every investor that pays in or gives a warrant or guarantee, largest first."""
    contracts: dict[str, list[Contract]] = defaultdict(list)
    for contract in books.of_kind(INVESTOR):
        contracts[contract.party].append(contract)
    names = {*contracts, *(each.payer for each in found if each.line == INVESTED)}
    every = [investor(books, name, contracts[name], found) for name in sorted(names)]
    taken = [each for each in every if each.gross > 0 or each.guarantees > 0 or each.warrants > 0]
    return sorted(taken, key=lambda each: -each.gross)


def investor(books: Books, name: str, contracts: Sequence[Contract], found: Iterable[Payment]) -> Investor:
    """One investor. Contingent items come from contracts that were drawn, or that offer no money at all."""
    inflow, direct, through = (defaultdict[int, float](float) for _ in range(3))
    by_contract: dict[str, float] = defaultdict(float)
    paid_out = 0.0
    for each in found:
        sign = 1 if each.payer == name else -1 if each.payee == name else 0
        if not sign:
            continue
        if each.line == INVESTED:
            inflow[each.period] += sign * each.amount
            by_contract[each.item] += sign * each.amount
        elif each.line in PURCHASES and PLANNER in (each.payer, each.payee):
            direct[each.period] -= sign * each.amount
        elif each.line == PASSED_ON and books.contracts[each.item].passed_to == name:
            through[each.period] -= sign * each.amount
        elif each.line == PAID_OUT:
            paid_out -= sign * each.amount
    backed = [each for each in contracts if by_contract[each.name] > 0 or not each.number("cap")]
    held = shares(books)
    stakes = tuple(Stake(each.name, by_contract[each.name], each.number("valuation"), sum(held.values()) - held.get(each.name, 0.0))
                   for each in contracts if each.number("valuation") > 0 and by_contract[each.name] > 0)
    return Investor(
        name, tuple(each.name for each in contracts), books.months, books.series(inflow), books.series(direct), books.series(through),
        paid_out, sum(books.claims.get(each.name, 0.0) for each in contracts), stakes,
        sum(each.number("warrants") for each in backed), sum(each.number("guarantee") for each in backed),
    )


def shares(books: Books) -> dict[str, float]:
    """Shares of each contract that holds common stock, where the sponsor has one."""
    common = {each.name: each.number("valuation") for each in books.of_kind(INVESTOR) if each.instrument == COMMON}
    found: dict[str, float] = defaultdict(float)
    for flow in books.flows:
        if flow.line == INVESTED and common.get(flow.item):
            found[flow.item] += flow.value / common[flow.item]
    return found


def not_taken(books: Books) -> list[str]:
    """Investor contracts that offer money but were not drawn."""
    paid = {flow.item for flow in books.flows if flow.line == INVESTED and flow.value > 0}
    return [contract.name for contract in books.of_kind(INVESTOR) if contract.number("cap") and contract.name not in paid]
