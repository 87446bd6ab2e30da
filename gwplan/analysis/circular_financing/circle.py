"""The complete circular-financing analysis of a run, and its result in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gwplan.analysis.circular_financing import books, investors, obligations, parties
from gwplan.analysis.circular_financing.books import INVESTED, Books
from gwplan.analysis.circular_financing.circulation import Circulation, circulation, edges
from gwplan.analysis.circular_financing.counterfactual import NEVER, Difference, NoPlan, Without
from gwplan.analysis.circular_financing.investors import Investor
from gwplan.analysis.circular_financing.obligations import Wall
from gwplan.analysis.circular_financing.parties import PLANNER, Payment
from gwplan.analysis.circular_financing.positions import Position, positions
from gwplan.common.amounts import is_money, money, scale
from gwplan.results.run_folder import RunFolder

SOURCES = (INVESTED, "equity", "drawn", "revolver_drawn")
"""Financing lines of the cash flow."""


@dataclass(frozen=True)
class Circle:
    """The circular financing of a run. miss: largest violation of the accounting identities in any period, MUSD."""

    run: RunFolder
    books: Books
    payments: Sequence[Payment]
    investors: Sequence[Investor]
    not_taken: Sequence[str]
    circulation: Circulation
    wall: Wall
    positions: Sequence[Position]
    miss: float

    @property
    def gross(self) -> float:
        """Total contributions of all investors."""
        return sum(each.gross for each in self.investors)

    @property
    def back(self) -> float:
        """The part that returns to investors, each dollar counted once: the circulation, capped at their contributions."""
        return sum(min(self.circulation.circular.get((each.name, PLANNER), 0.0), each.gross) for each in self.investors)

    @property
    def sources(self) -> float:
        """Total financing: investors' money, equity and debt drawn, net of refinancing."""
        return sum(flow.value for flow in self.books.flows if flow.line in SOURCES) - self.books.refinanced

    @property
    def unit(self) -> tuple[str, float]:
        """The unit that suits tables of the sums, `$ billion` or `$ million`, and MUSD in one of it."""
        return scale(each.amount for each in self.payments)


def circle(run: RunFolder, *, without_investors: bool = False) -> Circle:
    """The circular financing of a run. NoCircle if it has no finance or (unless allowed) no investor pays in."""
    found = books.read(run)
    paid = parties.payments(found)
    every = investors.investors(found, paid)
    if not without_investors and not any(each.gross > 0 for each in every):
        offered = investors.not_taken(found)
        why = f"none of the contracts {', '.join(offered)} is signed" if offered else "the case offers no investor contract"
        raise books.NoCircle(f"No investor pays into {run.path.name}: {why}, so there is no circular financing.")
    wall = obligations.wall(run, found)
    return Circle(run, found, paid, every, investors.not_taken(found), circulation(edges(paid)), wall, positions(run, found, paid, wall),
                  parties.worst_miss(found, paid))


def sentence(found: Circle, other: Without | None = None, no_plan: NoPlan | None = None) -> str:
    """The result in a sentence: contributions, returns, and the plan without investors."""
    text = f"Of {money(found.gross)} (nominal) that investors pay in, {money(found.back)} returns to them as purchases"
    if no_plan is not None:
        return f"{text}; without it {no_plan.text}."
    if other is None:
        return f"{text}."
    least = max(LEAST_TOLD, sum(gap or 0.0 for gap in other.gaps))
    changes = [change for row in other.differences if (change := told(row, least))]
    same = "the plan has the same power, dates, peak equity and value"
    return f"{text}; without it {', '.join(changes) if changes else same}."


def told(row: Difference, least: float) -> str:
    """A difference as part of the sentence; blank if it is zero or its share is at most `least`."""
    if row.before == row.after or (row.key not in TOLD and not row.key.startswith("target_")):
        return ""
    if row.unit == "months":
        if row.difference is None:
            return f"{row.name} is {'never reached' if row.after == NEVER else f'reached in {row.after}, and never with it'}"
        return f"{TOLD.get(row.key, f'{row.name} comes')} {abs(row.difference):,.0f} months {'later' if row.difference > 0 else 'earlier'}"
    if row.difference is None:
        return ""
    if abs(row.difference) <= least * abs(float(row.before or 0)):
        return ""
    shown = money(abs(row.difference)) if is_money(row.unit) else f"{abs(row.difference):,.0f} {row.unit}"
    return f"{TOLD[row.key]} is {shown} {'higher' if row.difference > 0 else 'lower'}{NOT_PROVEN if row.below_gap else ''}"


TOLD = {"it_mw": "IT power", "first_it_period": "first IT power comes", "peak_equity": "the sponsor's peak equity",
        "equity_value": "the equity's value", "capital_musd": "capital"}  # fmt: skip
"""Differences that the sentence reports, and their names in it."""
NOT_PROVEN = " (not proven: within the gaps of the two plans)"
LEAST_TOLD = 5e-4
"""Share of a figure below which a difference is not reported, whatever the gaps of the plans."""


def as_json(found: Circle, other: Without | None = None, no_plan: NoPlan | None = None) -> dict[str, Any]:
    """The analysis as plain data; money in nominal MUSD."""
    wall = found.wall
    each = [{
        "investor": one.name, "contracts": list(one.contracts), "paid_in": one.gross, "bought_directly": sum(one.direct),
        "bought_by_look_through": sum(one.look_through), "returned": one.returned, "round_trip": one.round_trip, "coverage": one.coverage,
        "net_external": one.net_external, "vendor_funded_share_of_sales": one.vendor_funded, "lag_months": one.lag_months,
        "paid_out_on_claim": one.paid_out, "claim_left": one.owed, "stake": one.stake, "stake_value": one.stake_value,
        "contingent": {"warrants": one.warrants, "guarantees": one.guarantees},
        "by_period": {"paid_in": one.inflow, "bought_directly": one.direct, "bought_by_look_through": one.look_through},
    } for one in found.investors]  # fmt: skip
    sides = [{"investor": one.name, "instruments": list(one.instruments), "cap": one.cap, "paid_in": one.invested,
              "committed_back": one.committed, "bought": one.bought, "coverage": one.coverage, "received": sum(one.received),
              "left_at_end": one.left, "gain": one.gain, "rate": one.rate,
              "if_payments_stop": {"after": found.books.periods[one.stop], "own_money_in": one.at_stop, "payments_due": one.due,
                                   "guarantees": one.guarantee, "carries": one.carries,
                                   "has_paid_on_to": list(one.paid_on)}} for one in found.positions]  # fmt: skip
    pairs = [{"from": payer, "to": payee, "amount": amount} for (payer, payee), amount in parties.by_pair(found.payments).items()]
    ledger = [{"from": one.payer, "to": one.payee, "period": found.books.periods[one.period], "amount": one.amount, "line": one.line,
               "item": one.item} for one in found.payments]  # fmt: skip
    loops = [{"parties": list(loop.parties), "most": loop.most, "carried": loop.carried} for loop in found.circulation.loops]
    years = [{"year": year, "due": {kind: wall.due(year, kind) for kind in obligations.KINDS if wall.due(year, kind)},
              "income": {name: amounts.get(year, 0.0) for name, amounts in wall.income.items()}, "gap": wall.gap(year)}
             for year in wall.years]  # fmt: skip
    commitments = [{"contract": one.contract, "year": one.year, "least": one.least, "paid": one.paid, "shortfall": one.shortfall}
                   for one in wall.commitments]  # fmt: skip
    compared = None if other is None else {
        "run": str(other.other), "gaps": list(other.gaps),
        "differences": [{"key": row.key, "name": row.name, "unit": row.unit, "with": row.before, "without": row.after,
                         "difference": row.difference, "below_gap": row.below_gap} for row in other.differences],
        "it_mw": [{"period": period, "with": one, "without": two} for period, (one, two) in zip(other.periods, other.it_mw, strict=True)],
    }  # fmt: skip
    return {"run": str(found.run.path), "sentence": sentence(found, other, no_plan), "paid_in": found.gross, "back": found.back,
            "sources": found.sources, "external_sources": found.sources - found.back,
            "not_taken": list(found.not_taken),
            "largest_miss": found.miss, "investors": each, "both_sides": sides,
            "pairs": pairs, "payments": ledger, "circulation": found.circulation.amount,
            "loops": loops, "obligations": years, "commitments": commitments, "without": compared}  # fmt: skip
