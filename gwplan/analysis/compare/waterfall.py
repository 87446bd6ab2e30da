"""The change of the objective from one run to another, broken down into steps that sum to it.

An objective is a sum of amount x price x discount factor over periods, read from the tables of a run. From the first run
to the second, the discount factors change first, then the price of compute, then the amounts, valued at the second run's
prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from gwplan.common.amounts import said
from gwplan.common.calendar import HOURS_A_YEAR, MONTHS_A_YEAR, SHIFT
from gwplan.common.constants import KILO
from gwplan.common.errors import Fault, InputFaults
from gwplan.results.compute_measure import h100e, rent
from gwplan.results.figures import GOALS, less_is_better
from gwplan.results.run_folder import RunFolder

MONEY_GOALS = ("most_value", "least_cost", "most_equity_value")
COMPUTE_GOALS = ("most_value", "most_compute")
KEPT_RUNS = 8
"""Number of runs whose addends are cached: a watch compares each run with the last and the first."""
SMALLEST = 1e-9
"""Steps below this are rounding errors of a sum."""
WORDS = {"capital": "capital", "running": "running cost", "residual": "residual value", "resale": "resale",
         "commitment": "commitments beyond the horizon"}
SIGNS = {"residual": -1.0, "resale": -1.0}
"""Kinds of money that reduce cost."""
SALES = "compute sold: revenue"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a step, in the unit of the goal: for one item or system at one site, or for one period."""

    name: str
    amount: float
    below_gap: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One cause of the change, in the unit of the goal; `parts` sum to it. below_gap: within the unproven amount."""

    name: str
    amount: float
    below_gap: bool
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one run's objective to another's, both recomputed from their tables; `steps` sum to the difference.

    unproven: sum of both runs' distances from objective to bound; None if a run has no bound.
    """

    goal: str
    unit: str
    before: float
    after: float
    unproven: float | None
    below_gap: bool
    better: bool | None
    steps: tuple[Step, ...]

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def sentence(self) -> str:
        """A sentence on whether the difference is proven."""
        if abs(self.difference) <= SMALLEST:
            return "The objectives are the same."
        what = f"The difference of {said(self.difference, self.unit, plus=True)}"
        if self.unproven is None:
            return f"{what} is not proven: a run has no bound on its objective."
        than = f"the unproven amount ({said(self.unproven, self.unit)})"
        if self.below_gap:
            return f"{what} is smaller than {than}: it does not prove that one run is better than the other."
        return f"{what} is larger than {than}."


Key = tuple[str, str, str, str]
"""Step, part, period and kind of an addend."""
Entry = tuple[Key, float]
Factors = Mapping[tuple[str, str], tuple[float, float]]
"""Price and discount factor of each kind in each period."""


@dataclass(frozen=True, slots=True)
class Addends:
    """An objective as a sum of amount x price x discount factor; factors cover all kinds and periods, used or not."""

    amounts: Mapping[Key, float]
    factors: Factors

    @property
    def values(self) -> list[float]:
        """The addends, in the unit of the goal."""
        return [amount * price * discount for key, amount in self.amounts.items() for price, discount in (self.factors[key[3], key[2]],)]


def waterfall(base: RunFolder, other: RunFolder, goal: str) -> Waterfall:
    """The change of `goal` from base to other, whose horizons are equal. InputFaults if a table of a run is missing."""
    before, after = addends(base, goal), addends(other, goal)
    unproven = unproven_of(base, other)
    amounts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for key in {**before.amounts, **after.amounts}:
        step, part, period, kind = key
        old, new = before.amounts.get(key, 0.0), after.amounts.get(key, 0.0)
        (old_price, old_discount), (price, discount) = before.factors[kind, period], after.factors[kind, period]
        amounts["discounting"][step] += old * old_price * (discount - old_discount)
        amounts["price of compute"][period] += old * (price - old_price) * discount
        amounts[step][part] += (new - old) * price * discount
    steps = [_step(name, parts, unproven) for name, parts in amounts.items()]
    kept = sorted((step for step in steps if abs(step.amount) > SMALLEST or step.parts), key=lambda step: -abs(step.amount))
    totals = sum(before.values), sum(after.values)
    change = totals[1] - totals[0]
    better = None if abs(change) <= SMALLEST else (change < 0) == less_is_better(goal)
    return Waterfall(goal, GOALS[goal].unit, *totals, unproven, _below(change, unproven), better, tuple(kept))


def _step(name: str, parts: Mapping[str, float], unproven: float | None) -> Step:
    shown = sorted(((part, amount) for part, amount in parts.items() if abs(amount) > SMALLEST), key=lambda pair: -abs(pair[1]))
    listed = tuple(Part(part, amount, _below(amount, unproven)) for part, amount in shown)
    amount = sum(parts.values())
    return Step(name, amount, _below(amount, unproven), listed)


def _below(amount: float, unproven: float | None) -> bool:
    return unproven is None or abs(amount) <= unproven


def unproven_of(base: RunFolder, other: RunFolder) -> float | None:
    """Sum of both runs' distances from objective to bound, in the unit of the goal; None if a run has no bound."""
    pairs = [(run.figure("objective"), run.figure("bound")) for run in (base, other)]
    distances = [abs(objective - bound) for objective, bound in pairs if objective is not None and bound is not None]
    return sum(distances) if len(distances) == len(pairs) else None


@lru_cache(maxsize=KEPT_RUNS)
def addends(run: RunFolder, goal: str) -> Addends:
    """The addends of a run's objective for a goal. InputFaults if a table, or the value of compute, is missing."""
    makers = {"most_value": _value, "least_cost": _cost, "most_compute": _compute, "soonest": _delivered,
              "most_equity_value": addends_of_equity}  # fmt: skip
    entries = makers[goal](run)
    amounts: dict[Key, float] = defaultdict(float)
    for key, amount in entries:
        amounts[key] += amount
    return Addends(dict(amounts), _factors(run, goal))


def _factors(run: RunFolder, goal: str) -> Factors:
    """Price and discount factor by kind and period: money has price 1, compute its value if the goal is money."""
    if goal == "most_equity_value":
        return discounts_of_equity(run)
    frame, at_end = run.table("periods"), discount_at_end(run)
    factors: dict[tuple[str, str], tuple[float, float]] = {}
    for name, capital, running in frame[["period", "discount_capital", "discount_running"]].itertuples(index=False, name=None):
        # A missing value of compute was reported before.
        worth = rent(run, run.number_of[name]) or 0.0 if goal == "most_value" else 1.0
        factors |= {("capital", name): (1.0, float(capital)), ("running", name): (1.0, float(running)), ("residual", name): (1.0, at_end),
                    ("commitment", name): (1.0, at_end), ("resale", name): (1.0, float(capital)),
                    ("compute", name): (worth, float(running)), ("delivered", name): (1.0, 1.0)}
    return factors


def _value(run: RunFolder) -> Iterator[Entry]:
    """Present value of the compute delivered less all cost, MUSD; compute in kH100e x hours / 1000, priced in USD/H100e/hour."""
    if not run.has("compute", "compute", "value"):
        raise InputFaults([Fault(str(run.path), 0, "inputs/compute.csv has no value of compute")])
    hours = run.months / MONTHS_A_YEAR * HOURS_A_YEAR
    for part, period, amount in compute_by_system(run):
        yield ("compute delivered", part, period, "compute"), amount * hours / KILO
    for (item, period), amount in _sold(run).items():
        yield (SALES, item, period, "running"), amount
    for key, amount in _cost(run):
        yield key, -amount


def _sold(run: RunFolder) -> dict[tuple[str, str], float]:
    """Revenue from compute sold, by contract and period."""
    frame, found = run.ledger, defaultdict[tuple[str, str], float](float)
    for row in frame[frame["kind"] == "revenue"].to_dict("records") if len(frame) else ():
        found[str(row["item"]), str(row["period"])] += float(row["amount"])
    return found


def _cost(run: RunFolder) -> Iterator[Entry]:
    """Capital and running cost, less resale and residual value, plus commitments beyond the horizon, MUSD."""
    frame = run.ledger
    if not len(frame):
        return
    entries = frame[frame["kind"].isin(list(WORDS))][["kind", "class", "item", "site", "period", "amount"]]
    for kind, cost_class, item, site, period, amount in entries.itertuples(index=False, name=None):
        yield (f"{cost_class}: {WORDS[kind]}", _place(item, site), period, kind), SIGNS.get(kind, 1.0) * float(amount)


def _compute(run: RunFolder) -> Iterator[Entry]:
    """Compute, kH100e years; one step per system."""
    years = run.months / MONTHS_A_YEAR
    for part, period, amount in compute_by_system(run):
        yield (part.split(" at ")[0], part, period, "compute"), amount * years


def _delivered(run: RunFolder) -> Iterator[Entry]:
    """The amount delivered, MW (or kH100e) periods; one step per period."""
    frame = _needed(run, "goal.delivered")
    for period, amount in zip(frame["period"], frame["value"], strict=True) if len(frame) else ():
        yield (str(period), "", str(period), "delivered"), float(amount)


def compute_by_system(run: RunFolder) -> Iterator[tuple[str, str, float]]:
    """(system at site, period, kH100e): each vendor's compute, allocated to its systems by rate and number running."""
    frame, running = _needed(run, "account.compute"), run.table("accelerators.running")
    by_place: dict[tuple[str, str, str], list[tuple[str, float]]] = defaultdict(list)
    if len(running):
        inputs = run.inputs("accelerators")
        vendors = dict(inputs[inputs["quantity"] == "vendor"][["item", "base"]].itertuples(index=False, name=None))
        rates = {system: h100e(run, system) or 0.0 for system in running["system"].unique()}
        for system, site, period, number in running.itertuples(index=False, name=None):
            by_place[vendors.get(system, ""), site, period].append((system, number * rates[system]))
    for provider, vendor, site, period, amount in frame.itertuples(index=False, name=None) if len(frame) else ():
        shares = by_place.get((vendor, site, period), []) if provider == "own" else []
        whole = sum(weight for _, weight in shares)
        if whole <= 0:
            yield _place(vendor if provider == "own" else f"{provider} {vendor}".strip(), site), period, amount
            continue
        for system, weight in shares:
            yield _place(system, site), period, amount * weight / whole


def discount_at_end(run: RunFolder) -> float:
    """Present value of one unit of money at the horizon's end, at the definition's discount rate."""
    rate = float(run.manifest["definition"]["horizon"]["discount_rate"])
    return float((1 + rate) ** -(len(run.periods) * run.months / MONTHS_A_YEAR))


def _place(item: str, site: str) -> str:
    return item if not site or site == item else f"{item} at {site}"


def _needed(run: RunFolder, name: str) -> pd.DataFrame:
    if not run.files.holds(f"tables/{name}.csv"):
        raise InputFaults([Fault(str(run.path), 0, f"is not a complete run folder: it has no tables/{name}.csv")])
    return run.table(name)


FLOW, AT_END = "nominal", "settled"
"""Kinds of addends: in a period, and at the horizon's end."""


SPONSOR = ("equity", "dividends")


KEPT = "cash kept"


STEPS = {
    "own_use": "own use of compute", "revenue": "compute sold", "resale": "things sold",
    "running": "running cost", "capital": "capital", "tax": "tax",
    "cash_interest": "interest on cash", "invested": "investors", "returned": "investors", "drawn": "debt", "principal": "debt",
    "interest": "debt", "fees": "debt", "revolver_drawn": "debt", "revolver_repaid": "debt",
}


ENDS = {"residual": "residual value", "commitments": "commitments beyond the horizon", "cash": KEPT, "debt": "debt", "claims": "investors"}
"""Step of each cash flow line, and of each line of the final settlement. The sponsor's share is the sum of the other settlement lines."""


Addend = tuple[tuple[str, str, str, str], float]
"""(step, part, period, kind), amount."""


def addends_of_equity(run: RunFolder) -> Iterator[Addend]:
    """The addends of the value of equity. InputFaults if the run has no finance."""
    frame = run.table("finance.flow")
    if not len(frame):
        raise InputFaults([Fault(str(run.path), 0, "is not a complete run folder: it has no tables/finance.flow.csv")])
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
    """Price (always 1) and discount factor at the required return, by kind and period."""
    rate, years = run.figure("required_return") or 0.0, run.months / MONTHS_A_YEAR
    shift = SHIFT[run.manifest["definition"]["horizon"]["timing"]["running"]]
    at_end = (1.0, float((1 + rate) ** -(len(run.periods) * years)))
    found = {}
    for number, name in enumerate(run.periods):
        found[FLOW, name] = (1.0, float((1 + rate) ** -((number + shift) * years)))
        found[AT_END, name] = at_end
    return found
