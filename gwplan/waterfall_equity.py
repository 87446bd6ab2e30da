"""The value of equity as a sum over cash flows, so that its change from one run to another can be taken apart.

What the sponsor gets less what it pays in is, in each period, the sum of all other cash flows less what is kept in cash:

    value of equity = sum over periods of discount x (all other flows - cash kept) + discount at the end x what is left
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.calendar import MONTHS_A_YEAR
from gwplan.faults import Fault, InputFaults
from gwplan.finance.returns import SHIFT
from gwplan.reports.folder import RunFolder

FLOW, AT_END = "nominal", "settled"
"""Kinds of addends: of a period, and at the horizon's end."""
SPONSOR = ("equity", "dividends")
KEPT = "cash kept"
STEPS = {
    "own_use": "own use of compute", "revenue": "compute sold", "running": "running cost", "capital": "capital", "tax": "tax",
    "cash_interest": "interest on cash", "invested": "investors", "returned": "investors", "drawn": "debt", "principal": "debt",
    "interest": "debt", "fees": "debt", "revolver_drawn": "debt", "revolver_repaid": "debt",
}
ENDS = {"residual": "worth left at the end", "cash": KEPT, "debt": "debt", "claims": "investors"}
"""Step of each line, and of each line of the settlement. What is left for the sponsor is the sum of the settlement's other lines."""
Addend = tuple[tuple[str, str, str, str], float]
"""(step, part, period, kind), amount."""


def addends_of_equity(run: RunFolder) -> Iterator[Addend]:
    """The addends of the value of equity. InputFaults where the run has no finance."""
    frame = run.table("finance.flow")
    if not len(frame):
        raise InputFaults([Fault(str(run.path), 0, "is not a whole run folder: it has no tables/finance.flow.csv")])
    columns = frame[["line", "item", "period", "value"]]
    for line, item, period, value in columns.itertuples(index=False, name=None):
        if line not in SPONSOR:
            yield (STEPS.get(line, line.replace("_", " ")), item, period, FLOW), float(value)
    before = 0.0
    kept = run.table("finance.cash")
    at = dict(zip(kept["period"], kept["value"], strict=True)) if len(kept) else {}
    for period in run.periods:
        after = float(at.get(period, 0.0))
        if after != before:
            yield (KEPT, period, period, FLOW), before - after
        before = after
    settled = run.table("finance.settlement")
    for line, value in settled[["line", "value"]].itertuples(index=False, name=None):
        if line in ENDS and value:
            yield (ENDS[line], "at the end", run.periods[-1], AT_END), float(value)


def discounts_of_equity(run: RunFolder) -> dict[tuple[str, str], tuple[float, float]]:
    """Price, always 1, and discount factor at the required return, by kind and period."""
    rate, years = run.figure("required_return") or 0.0, run.months / MONTHS_A_YEAR
    shift = SHIFT[run.manifest["definition"]["horizon"]["timing"]["running"]]
    at_end = (1.0, float((1 + rate) ** -(len(run.periods) * years)))
    found = {}
    for number, name in enumerate(run.periods):
        found[FLOW, name] = (1.0, float((1 + rate) ** -((number + shift) * years)))
        found[AT_END, name] = at_end
    return found
