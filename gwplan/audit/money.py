"""Money: the ledger equals the recomputed entries; residual value; present value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

import numpy as np

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import CREDITS, STAKES, Answer, Entry, discounts

KINDS = ("capital", "running", "residual", "resale", "commitment", "revenue")
KEYS = ("kind", "class", "item", "site", "payee", "period")
FIELDS = ("cost_class", "item", "site", "payee", "period")


Sums = dict[tuple[str, ...], float]


def check(answer: Answer) -> None:
    """Compare the written ledger with the recomputed one; residual value against what was paid; present value."""
    written: dict[str, list[Entry]] = {}
    for entry in map(Entry, *(answer.ledger[name] for name in (*KEYS, "amount"))):
        written.setdefault(entry.kind, []).append(entry)
    expected: dict[str, list[Entry]] = {}
    for entry in answer.spent:
        expected.setdefault(entry.kind, []).append(entry)
    for kind in ("capital", "running", "revenue", "resale", "commitment", "residual"):
        # The residual value of an asset is a single sum at the horizon's end.
        keys = [key for key in FIELDS if kind != "residual" or key not in ("payee", "period")]
        sides = [summed(entries.get(kind, []), keys) for entries in (written, expected)]
        compare(answer, f"money.ledger_of_{kind}_is_what_follows", *sides)
    at_the_end = answer.ledger["kind"].isin(["residual", "commitment"])
    late = answer.ledger[at_the_end & ~answer.ledger["period"].isin((answer.axis["period"][-1], ""))]
    answer.checks.found_wrong("money.residual_is_credited_at_the_end", list(late["item"] + ", " + late["period"]), len(answer.ledger))
    kinds = set(answer.ledger["kind"]) - set(KINDS)
    answer.checks.found_wrong("money.kinds_of_entries_are_known", sorted(kinds), len(answer.ledger))
    check_residual(answer)
    check_sums(answer, expected)
    check_present_value(answer)


def summed(entries: Iterable[Entry], keys: Sequence[str]) -> Sums:
    """The sum of the amounts for each combination of labels, in their order."""
    found: dict[tuple[str, ...], list[float]] = {}
    labels = attrgetter(*keys)
    for entry in entries:
        found.setdefault(labels(entry), []).append(entry.amount)
    return {key: added(found[key]) for key in sorted(found)}


def added(amounts: Iterable[float]) -> float:
    """The sum of amounts, to which each rounding error is added again (Kahan)."""
    total = lost = 0.0
    for amount in amounts:
        wanted = amount - lost
        more = total + wanted
        lost, total = (more - total) - wanted, more
    return total


def compare(answer: Answer, name: str, written: Sums, wanted: Sums) -> None:
    """Sums by their labels are equal in both."""
    index = list(dict.fromkeys((*written, *wanted)))
    sides = [np.array([side.get(key, 0.0) for key in index], dtype=float) for side in (written, wanted)]
    answer.checks.equal(name, sides[0], sides[1], [["/".join(key) for key in index]])


def check_residual(answer: Answer) -> None:
    """In the written ledger, resale and residual value do not exceed the price paid, but for stakes, worth their mark."""
    keys = ["class", "item", "site"]
    ledger = answer.ledger[answer.ledger["class"] != STAKES]
    worth = ledger[ledger["kind"].isin(["residual", "resale"])].groupby(keys)["amount"].sum()
    paid = ledger[ledger["kind"] == "capital"].groupby(keys)["amount"].sum().reindex(worth.index, fill_value=0.0)
    labels = ["/".join(row) for row in worth.index]
    answer.checks.at_most("money.residual_never_above_what_was_paid", worth.to_numpy(), paid.to_numpy(), [labels])
    opened = ledger[(ledger["kind"] == "residual") & (ledger["class"] == "sites")]
    answer.checks.found_wrong("money.opening_a_site_leaves_nothing", list(opened["site"]), len(ledger))


def check_sums(answer: Answer, expected: dict[str, list[Entry]]) -> None:
    """Recompute totals by class and period; compare tables that hold them."""
    periods = answer.axis["period"]
    for kind in KINDS:
        sums = summed(expected.get(kind, []), ("cost_class", "period"))
        classes = sorted({cost_class for cost_class, _ in sums})
        answer.axis["class"] = classes
        amounts = np.array([[sums.get((cost_class, period), 0.0) for period in periods] for cost_class in classes], dtype=float, order="F")
        amounts = amounts.reshape(len(classes), len(periods))
        answer.known[kind] = amounts
        answer.known[f"{kind}_by_period"] = amounts.sum(axis=0)
        compare_table(answer, kind, classes, amounts)
        answer.axis[f"{kind}_class"] = answer.axis["class"]


def compare_table(answer: Answer, kind: str, classes: list[str], amounts: Array) -> None:
    """The table of a kind of money; tax credits, which are running cost below zero, have a table of their own above it."""
    credit = np.array([cost_class == CREDITS for cost_class in classes], dtype=bool)
    if kind == "running":
        answer.axis["class"] = [CREDITS]
        answer.compare_if_there("money.credit", -amounts[credit].sum(axis=0, keepdims=True), "class", "period")
        answer.axis["class"] = [name for name in classes if name != CREDITS]
    answer.compare_if_there(f"money.{kind}", amounts[~credit], "class", "period")
    answer.axis["class"] = classes


def npv_of(answer: Answer, capital: Array, running: Array, residual: float) -> float:
    """Present value of capital less resale, plus running cost, by period, less residual value net of contract liabilities."""
    rate, years = float(answer.folder.definition["horizon"]["discount_rate"]), (answer.last + 1) * answer.years
    spent = discounts(answer, "capital") @ capital + discounts(answer, "running") @ running
    return float(spent - residual * (1 + rate) ** -years)


def written_npv(answer: Answer) -> float:
    """Present value of all cost, from the ledger as written."""
    ledger, periods = answer.ledger, answer.axis["period"]
    sums = {kind: ledger[ledger["kind"] == kind].groupby("period")["amount"].sum().reindex(periods, fill_value=0.0).to_numpy()
            for kind in ("capital", "running", "resale")}
    left = sum(sign * float(ledger.loc[ledger["kind"] == kind, "amount"].sum()) for kind, sign in (("residual", 1), ("commitment", -1)))
    return npv_of(answer, sums["capital"] - sums["resale"], sums["running"], left)


def check_present_value(answer: Answer) -> None:
    """The present value of the written ledger equals the cost of the decisions."""
    known = answer.known
    capital, running = known["capital_by_period"], known["running_by_period"]
    known["npv_revenue"] = np.array([float(discounts(answer, "running") @ known["revenue_by_period"])])
    known["npv_spend"] = np.array([npv_of(answer, capital, running, 0.0)])
    known["left"] = np.array([float(known["residual"].sum() - known["commitment"].sum())])
    known["npv_cost"] = np.array([npv_of(answer, capital - known["resale_by_period"], running, float(known["left"][0]))])
    written = np.array([written_npv(answer)])
    answer.checks.equal("money.ledger_npv_is_that_of_the_decisions", written, known["npv_cost"], [["npv"]], known["npv_spend"])
