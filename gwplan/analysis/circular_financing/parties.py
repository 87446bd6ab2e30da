"""Payments between parties, each counted once, in nominal MUSD.

The planner's flows are payments between it and each party. If a contract states that its provider spends a share of the
planner's payments on another supplier, that share is a second payment, from the provider to that supplier. In each period
the net receipts of all parties sum to zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from gwplan.analysis.circular_financing.books import INVESTED, PURCHASES, Books, Contract, Flow

PLANNER = "planner"
PASSED_ON = "passed on"
"""The line for a provider's spending on its own supplier."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Nominal MUSD, never negative, that `payer` pays to `payee` in a period. line: of the planner's accounts, or `passed on`."""

    payer: str
    payee: str
    period: int
    amount: float
    line: str
    item: str


def payments(books: Books) -> list[Payment]:
    """Every payment between two parties."""
    found = []
    for flow in books.flows:
        if flow.value:
            found.append(between(flow.party, PLANNER, flow, flow.value, flow.line))
            share, supplier = passed(books.contracts, flow)
            if share:
                found.append(between(supplier, flow.party, flow, share * flow.value, PASSED_ON))
    return found


def between(payer: str, payee: str, flow: Flow, amount: float, line: str) -> Payment:
    """A payment of `amount`, reversed if it is negative."""
    if amount < 0:
        payer, payee = payee, payer
    return Payment(payer, payee, flow.period, abs(amount), line, flow.item)


def passed(contracts: Mapping[str, Contract], flow: Flow) -> tuple[float, str]:
    """The share of a purchase that its provider spends on another supplier, and that supplier; 0 if none."""
    contract = contracts.get(flow.item)
    if flow.line not in PURCHASES or contract is None or flow.party != contract.party or contract.passed_to in ("", flow.party):
        return 0.0, ""
    return contract.number("passed_through"), contract.passed_to


def net_receipts(found: Iterable[Payment]) -> dict[int, dict[str, float]]:
    """Net receipts (received less paid), by period and party."""
    nets: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in found:
        nets[each.period][each.payer] -= each.amount
        nets[each.period][each.payee] += each.amount
    return {period: dict(parties) for period, parties in nets.items()}


def worst_miss(books: Books, found: Iterable[Payment]) -> float:
    """The largest violation of three identities in any period, in MUSD.

    Net receipts of all parties sum to zero; the planner's equal the change of its cash; investors' payments equal their account.
    """
    found = list(found)
    nets = net_receipts(found)
    misses = [abs(sum(parties.values())) for parties in nets.values()]
    if books.cash is not None:
        changes = [after - before for before, after in pairwise([0.0, *books.cash])]
        misses += [abs(nets.get(period, {}).get(PLANNER, 0.0) - change) for period, change in enumerate(changes)]
    if books.invested is not None:
        paid = [0.0] * len(books.invested)
        for each in found:
            if each.line == INVESTED:
                paid[each.period] += each.amount if each.payee == PLANNER else -each.amount
        misses += [abs(one - other) for one, other in zip(paid, books.invested, strict=True)]
    return max(misses, default=0.0)


def by_pair(found: Iterable[Payment]) -> dict[tuple[str, str], float]:
    """Total payments between each two parties over the horizon, largest first."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for each in found:
        sums[each.payer, each.payee] += each.amount
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))
