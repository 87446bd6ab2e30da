"""Maximum circulation: how much of investors' contributions can be traced back to them, each dollar counted once.

The nodes are the planner, its payers and suppliers, and the suppliers that its providers pay. F[i, j] is the total that i
pays j over the horizon: contributions of investors, purchases, sales and look-through payments. Debt, equity, dividends, tax
and payments on claims are excluded: money that is lent and repaid circulates too, but it is not a purchase.

    0 <= c[i, j] <= F[i, j]; at each party the sum of incoming c = the sum of outgoing c

The maximum circulation first maximises the flow through the planner, then the total flow over all edges. It never exceeds
investors' contributions if only investors close a loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gwplan.analysis.circular_financing.books import INVESTED, PURCHASES
from gwplan.analysis.circular_financing.parties import PASSED_ON, PLANNER, Payment

Edge = tuple[str, str]
SOLD = "revenue"
INWARD = (INVESTED, SOLD)
MOST_LOOPS = 1000
"""Maximum number of loops listed; a plan has a handful."""
DUST = 1e-6
"""Share of the largest payment below which an amount is rounding."""


@dataclass(frozen=True)
class Loop:
    """A loop through which money returns to the planner. most: its capacity alone; carried: its flow in the circulation."""

    parties: tuple[str, ...]
    most: float
    carried: float


@dataclass(frozen=True)
class Circulation:
    """The maximum circulation, in nominal MUSD over the horizon. paid: F; circular: c; amount: the flow through the planner."""

    paid: Mapping[Edge, float]
    circular: Mapping[Edge, float]
    loops: tuple[Loop, ...]

    @property
    def amount(self) -> float:
        """The total that left the planner as purchases and returned as investments or sales, each dollar counted once."""
        return sum(value for (_, payee), value in self.circular.items() if payee == PLANNER)


def edges(found: Iterable[Payment]) -> dict[Edge, float]:
    """Total payments between each two parties over the horizon that can be part of a loop, net of refunds."""
    sums: dict[Edge, float] = defaultdict(float)
    for each in found:
        if each.line == PASSED_ON:
            sums[each.payer, each.payee] += each.amount
        elif each.line in INWARD or each.line in PURCHASES:
            inward, ahead = each.line in INWARD, each.payee == PLANNER
            party = each.payer if ahead else each.payee
            sums[(party, PLANNER) if inward else (PLANNER, party)] += each.amount if inward == ahead else -each.amount
    return {pair: amount for pair, amount in sorted(sums.items()) if amount > 0}


def circulation(paid: Mapping[Edge, float]) -> Circulation:
    """The maximum circulation of a graph of payments, and its loops."""
    loops = list(simple_loops(paid))
    on_loops = {edge for loop in loops for edge in around(loop)}
    ways = sorted(on_loops)
    circular = dict(zip(ways, maximum([paid[way] for way in ways], ways), strict=True)) if ways else {}
    carried = shared(circular, loops)
    listed = [Loop(loop, min(paid[edge] for edge in around(loop)), carried[loop]) for loop in loops]
    return Circulation(dict(paid), circular, tuple(sorted(listed, key=lambda loop: (-loop.carried, -loop.most, loop.parties))))


def maximum(caps: Sequence[float], ways: Sequence[Edge]) -> list[float]:
    """The c of a maximum circulation: first maximise the flow through the planner, then, with that fixed, over all edges."""
    import numpy as np
    from scipy.optimize import linprog

    size = max(caps)
    parties = sorted({party for way in ways for party in way})
    balance = np.zeros((len(parties), len(ways)))
    for column, (payer, payee) in enumerate(ways):
        balance[parties.index(payer), column] -= 1
        balance[parties.index(payee), column] += 1
    bounds = [(0.0, cap / size) for cap in caps]
    through = np.array([float(payee == PLANNER) for _, payee in ways])
    nothing = np.zeros(len(parties))
    first = linprog(-through, A_eq=balance, b_eq=nothing, bounds=bounds, method="highs")
    kept = {"A_ub": [-through], "b_ub": [first.fun + DUST**2]}
    best = linprog(-np.ones(len(ways)), **kept, A_eq=balance, b_eq=nothing, bounds=bounds, method="highs")
    return [float(value) * size for value in (best if best.success else first).x]


def simple_loops(paid: Mapping[Edge, float]) -> Iterator[tuple[str, ...]]:
    """Simple loops of payments, each listed once, starting from the planner or else from the first party by name."""
    after: dict[str, list[str]] = defaultdict(list)
    for payer, payee in sorted(paid):
        after[payer].append(payee)
    order = sorted(after, key=lambda party: (party != PLANNER, party))
    rank = {party: number for number, party in enumerate(order)}
    count = 0
    for start in order:
        paths: list[tuple[str, ...]] = [(start,)]
        while paths:
            path = paths.pop()
            for party in reversed(after[path[-1]]):
                if party == start:
                    yield path
                    count += 1
                    if count >= MOST_LOOPS:
                        return
                elif party not in path and rank.get(party, -1) > rank[start]:
                    paths.append((*path, party))


def around(loop: Sequence[str]) -> list[Edge]:
    """The payments of a loop."""
    return list(zip(loop, [*loop[1:], loop[0]], strict=True))


def shared(circular: Mapping[Edge, float], loops: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], float]:
    """A circulation decomposed into loops, longest first; their flows sum to it."""
    left = dict(circular)
    least = max(left.values(), default=0.0) * DUST
    carried = dict.fromkeys(loops, 0.0)
    for loop in sorted(loops, key=lambda each: (-len(each), each)):
        amount = min(left[edge] for edge in around(loop))
        if amount > least:
            carried[loop] = amount
            for edge in around(loop):
                left[edge] -= amount
    return carried
