"""The change of a goal's objective from one run to another, taken apart into steps that sum to it.

Each objective is a sum of amount x price x discount factor over periods, read from the tables of a run. From the first
run to the second the discount factors change first, then the price of compute, then the amounts: what is left for the
amounts is valued at the second run's prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from gwplan.calendar import HOURS_A_YEAR, MONTHS_A_YEAR
from gwplan.faults import Fault, InputFaults
from gwplan.reports.folder import RunFolder
from gwplan.scale import KILO

UNITS = {"most_value": "MUSD", "least_cost": "MUSD", "most_compute": "kH100e years", "soonest": "MW periods"}
"""Unit of each goal's objective."""
MONEY_GOALS = ("most_value", "least_cost")
COMPUTE_GOALS = ("most_value", "most_compute")
SMALLEST = 1e-9
"""A step below this is no step but the rounding of a sum."""
WORDS = {"capital": "capital", "running": "running cost", "residual": "worth left at the end"}


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a step, in the unit of the goal: of one item or system at one site, or of one period."""

    name: str
    amount: float
    below_gap: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One cause of the change, in the unit of the goal; `parts` sum to it. below_gap: no larger than what is unproven."""

    name: str
    amount: float
    below_gap: bool
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the objective of one run to that of another, both recomputed from their tables; `steps` sum to the difference.

    unproven: distance from objective to bound, both runs together; None where a run has no bound.
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
        """After less before."""
        return self.after - self.before

    @property
    def sentence(self) -> str:
        """Whether the difference says anything."""
        if abs(self.difference) <= SMALLEST:
            return "The objectives are the same."
        what = f"The difference of {signed(self.difference)} {self.unit}"
        if self.unproven is None:
            return f"{what} proves nothing: a run has no bound on its objective."
        than = f"what is unproven ({plain(self.unproven)} {self.unit})"
        if self.below_gap:
            return f"{what} is smaller than {than}: it does not prove that the one is better than the other."
        return f"{what} is larger than {than}."


@dataclass(frozen=True, slots=True)
class Term:
    """amount x price x discount, one addend of an objective; the key says of which step, part and period."""

    amount: float
    price: float
    discount: float

    @property
    def value(self) -> float:
        """In the unit of the goal."""
        return self.amount * self.price * self.discount


Key = tuple[str, str, str]
Terms = Mapping[Key, Term]
NOTHING = Term(0.0, 0.0, 0.0)


def plain(value: float) -> str:
    """A number with as many digits as can be read: 1,234; 12.3; 0.0123."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 1000 or size < SMALLEST else f"{value:,.1f}" if size >= 1 else f"{value:,.3g}"


def signed(value: float) -> str:
    """The same with its sign."""
    return f"+{plain(value)}" if value > 0 else plain(value)


def waterfall(base: RunFolder, other: RunFolder, goal: str) -> Waterfall:
    """The change of `goal` from base to other, whose horizons are the same. InputFaults where a table of a run is missing."""
    before, after = terms(base, goal), terms(other, goal)
    unproven = unproven_of(base, other)
    amounts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for key in {**before, **after}:
        old, new = before.get(key, NOTHING), after.get(key, NOTHING)
        # A key that one run lacks has no amount there; its factors are those of the other run.
        first = old if key in before else Term(0.0, new.price, new.discount)
        last = new if key in after else Term(0.0, old.price, old.discount)
        step, part, period = key
        amounts["discounting"][step] += first.amount * first.price * (last.discount - first.discount)
        amounts["what compute rents for"][period] += first.amount * (last.price - first.price) * last.discount
        amounts[step][part] += (last.amount - first.amount) * last.price * last.discount
    steps = [_step(name, parts, unproven) for name, parts in amounts.items()]
    kept = sorted((step for step in steps if abs(step.amount) > SMALLEST or step.parts), key=lambda step: -abs(step.amount))
    totals = sum(term.value for term in before.values()), sum(term.value for term in after.values())
    change = totals[1] - totals[0]
    better = None if abs(change) <= SMALLEST else (change < 0) == (goal == "least_cost")
    return Waterfall(goal, UNITS[goal], *totals, unproven, _below(change, unproven), better, tuple(kept))


def _step(name: str, parts: Mapping[str, float], unproven: float | None) -> Step:
    shown = sorted(((part, amount) for part, amount in parts.items() if abs(amount) > SMALLEST), key=lambda pair: -abs(pair[1]))
    listed = tuple(Part(part, amount, _below(amount, unproven)) for part, amount in shown)
    amount = sum(parts.values())
    return Step(name, amount, _below(amount, unproven), listed)


def _below(amount: float, unproven: float | None) -> bool:
    return unproven is None or abs(amount) <= unproven


def unproven_of(base: RunFolder, other: RunFolder) -> float | None:
    """Distance from the objective to its bound, both runs together, in the unit of the goal; None where a run has no bound."""
    pairs = [(run.figure("objective"), run.figure("bound")) for run in (base, other)]
    distances = [abs(objective - bound) for objective, bound in pairs if objective is not None and bound is not None]
    return sum(distances) if len(distances) == len(pairs) else None


def terms(run: RunFolder, goal: str) -> Terms:
    """The addends of a run's objective for a goal, by (step, part, period). InputFaults where a table is missing."""
    found: dict[Key, Term] = {}
    makers = {"most_value": _value_terms, "least_cost": _cost_terms, "most_compute": _compute_terms, "soonest": _delivered_terms}
    for key, term in makers[goal](run):
        there = found.get(key)
        found[key] = term if there is None else Term(there.amount + term.amount, term.price, term.discount)
    return found


def _value_terms(run: RunFolder) -> Iterator[tuple[Key, Term]]:
    """Present value of the compute delivered less all cost, MUSD; compute in kH100e x hours / 1000 at USD/H100e/hour."""
    hours = run.months / MONTHS_A_YEAR * HOURS_A_YEAR
    discounts = _discounts(run, "running")
    worth = {name: run.price("compute", "compute", "value", number) for name, number in run.number_of.items()}
    for part, period, amount in compute_by_system(run):
        price = worth[period]
        if price is None:
            raise InputFaults([Fault(str(run.path), 0, f"inputs/compute.csv says no value of compute for {period}")])
        yield ("compute delivered", part, period), Term(amount * hours / KILO, price, discounts[period])
    for key, term in _cost_terms(run):
        yield key, Term(-term.amount, term.price, term.discount)


def _cost_terms(run: RunFolder) -> Iterator[tuple[Key, Term]]:
    """Present value of capital and running cost, less what is left at the horizon's end, MUSD."""
    capital, running = _discounts(run, "capital"), _discounts(run, "running")
    at_end = discount_at_end(run)
    frame = run.ledger
    for kind, klass, item, site, period, amount in (
        frame[["kind", "class", "item", "site", "period", "amount"]].itertuples(index=False, name=None) if len(frame) else ()
    ):
        sign, discount = {"capital": (1.0, capital[period]), "running": (1.0, running[period]), "residual": (-1.0, at_end)}[kind]
        yield (f"{klass}: {WORDS[kind]}", _place(item, site), period), Term(sign * float(amount), 1.0, discount)


def _compute_terms(run: RunFolder) -> Iterator[tuple[Key, Term]]:
    """Discounted compute, kH100e years; a step for each system."""
    discounts, years = _discounts(run, "running"), run.months / MONTHS_A_YEAR
    for part, period, amount in compute_by_system(run):
        yield (part.split(" at ")[0], part, period), Term(amount * years, 1.0, discounts[period])


def _delivered_terms(run: RunFolder) -> Iterator[tuple[Key, Term]]:
    """What counts as delivered, MW (or kH100e) periods; a step for each period."""
    frame = _needed(run, "goal.delivered")
    for period, amount in zip(frame["period"], frame["value"], strict=True) if len(frame) else ():
        yield (str(period), "", str(period)), Term(float(amount), 1.0, 1.0)


def compute_by_system(run: RunFolder) -> Iterator[tuple[str, str, float]]:
    """(system at site, period, kH100e): each vendor's compute, shared by its systems as their rates and numbers running are."""
    precision = str(run.summary.get("precision"))
    frame, running = _needed(run, "account.compute"), run.table("accelerators.running")
    by_place: dict[tuple[str, str, str], list[tuple[str, float]]] = defaultdict(list)
    if len(running):
        inputs = run.inputs("accelerators")
        vendors = dict(inputs[inputs["quantity"] == "vendor"][["item", "base"]].itertuples(index=False, name=None))
        rates = {system: run.number("accelerators", system, f"{precision}_rate") or 0.0 for system in running["system"].unique()}
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
    """Present value of one unit of money at the horizon's end, by the definition's rate."""
    rate = float(run.manifest["definition"]["horizon"]["discount_rate"])
    return float((1 + rate) ** -(len(run.periods) * run.months / MONTHS_A_YEAR))


def _discounts(run: RunFolder, kind: str) -> dict[str, float]:
    frame = run.table("periods")
    return dict(zip(frame["period"], frame[f"discount_{kind}"].astype(float), strict=True))


def _place(item: str, site: str) -> str:
    return item if not site or site == item else f"{item} at {site}"


def _needed(run: RunFolder, name: str) -> pd.DataFrame:
    if not (run.path / "tables" / f"{name}.csv").is_file():
        raise InputFaults([Fault(str(run.path), 0, f"is not a whole run folder: it has no tables/{name}.csv")])
    return run.table(name)
