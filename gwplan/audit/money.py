"""Money: the ledger equals the recomputed entries; residual value; present value."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer, discounts

KINDS = ("capital", "running", "residual", "resale", "commitment", "revenue")
KEYS = ["kind", "class", "item", "site", "payee", "period"]


def check(answer: Answer) -> None:
    """Compare the written ledger with the recomputed one; residual value against what was paid; present value."""
    expected = pd.concat(answer.spent) if answer.spent else pd.DataFrame(columns=[*KEYS, "amount"])
    residual = expected["kind"] == "residual"
    for kind in ("capital", "running", "revenue", "resale", "commitment"):
        compare(answer, f"money.ledger_of_{kind}_is_what_follows", answer.ledger, expected[expected["kind"] == kind], KEYS, kind)
    # The residual value of an asset is a single sum at the horizon's end.
    by_thing = [key for key in KEYS if key not in ("payee", "period")]
    compare(answer, "money.ledger_of_residual_is_what_follows", answer.ledger, expected[residual], by_thing, "residual")
    at_the_end = answer.ledger["kind"].isin(["residual", "commitment"])
    late = answer.ledger[at_the_end & ~answer.ledger["period"].isin((answer.axis["period"][-1], ""))]
    answer.checks.found_wrong("money.residual_is_credited_at_the_end", list(late["item"] + ", " + late["period"]), len(answer.ledger))
    kinds = set(answer.ledger["kind"]) - set(KINDS)
    answer.checks.found_wrong("money.kinds_of_entries_are_known", sorted(kinds), len(answer.ledger))
    check_residual(answer)
    check_sums(answer)
    check_present_value(answer)


def compare(answer: Answer, name: str, ledger: pd.DataFrame, expected: pd.DataFrame, keys: list[str], kind: str) -> None:
    """Sums by the keys are equal in both."""
    written = ledger[ledger["kind"] == kind].groupby(keys)["amount"].sum(skipna=False)
    wanted = expected.groupby(keys)["amount"].sum(skipna=False).astype(float)
    index = written.index.union(wanted.index, sort=False)
    labels = ["/".join(str(label) for label in row[1:]) for row in index]
    sides = [np.asarray(side.reindex(index, fill_value=0.0), dtype=float) for side in (written, wanted)]
    answer.checks.equal(name, sides[0], sides[1], [labels])


def check_residual(answer: Answer) -> None:
    """In the written ledger, resale and residual value do not exceed the price paid."""
    keys = ["class", "item", "site"]
    ledger = answer.ledger
    worth = ledger[ledger["kind"].isin(["residual", "resale"])].groupby(keys)["amount"].sum()
    paid = ledger[ledger["kind"] == "capital"].groupby(keys)["amount"].sum().reindex(worth.index, fill_value=0.0)
    labels = ["/".join(row) for row in worth.index]
    answer.checks.at_most("money.residual_never_above_what_was_paid", worth.to_numpy(), paid.to_numpy(), [labels])
    opened = ledger[(ledger["kind"] == "residual") & (ledger["class"] == "sites")]
    answer.checks.found_wrong("money.opening_a_site_leaves_nothing", list(opened["site"]), len(ledger))


def by_class(answer: Answer, kind: str) -> pd.DataFrame:
    """Entries of a kind, as recomputed, over (class, period)."""
    entries = [frame for frame in answer.spent if frame["kind"].iloc[:1].eq(kind).any()]
    periods = answer.axis["period"]
    if not entries:
        return pd.DataFrame(columns=periods, dtype=float)
    frame = pd.concat(entries).groupby(["class", "period"])["amount"].sum(skipna=False).unstack(fill_value=0)
    return frame.reindex(columns=periods, fill_value=0.0).astype(float)


def check_sums(answer: Answer) -> None:
    """Recompute totals by class and period; compare tables that hold them."""
    for kind in KINDS:
        frame = by_class(answer, kind)
        answer.axis["class"] = list(frame.index)
        amounts = frame.to_numpy(dtype=float)
        answer.known[kind] = amounts
        answer.known[f"{kind}_by_period"] = amounts.sum(axis=0) if len(frame) else np.zeros(answer.last + 1)
        answer.compare_if_there(f"money.{kind}", amounts, "class", "period")
        answer.axis[f"{kind}_class"] = answer.axis["class"]


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
