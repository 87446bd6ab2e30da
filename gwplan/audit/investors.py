"""Investors: contributions are within all their limits, and purchases from them are those of the ledger.

Contributions and released tranches are decisions that are not in the plan but in its tables.
"""

from __future__ import annotations

import numpy as np

from gwplan.audit.accelerators import by_label
from gwplan.audit.checks import Array
from gwplan.audit.leases import Flags, labels, level, of_kind
from gwplan.audit.money import added
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import product
from gwplan.common.calendar import parse_date

INDEX = ("contract", "period")
ORDERED = "ordered"


def check(answer: Answer) -> None:
    """Recompute the basis of each investor's limits and check them."""
    names, checks = answer.axis["contract"], answer.checks
    if not names:
        return
    check_vendor_power(answer)
    offered: Flags = of_kind(answer, "investor") & np.bool_("finance" in answer.folder.parts)
    invested = answer.table("contracts.invested", *INDEX)
    answer.known["invested"] = invested
    answer.compare_if_there("account.invested", invested, *INDEX)
    opens, closes = ([answer.inputs.text("contracts", name, quantity) for name in names] for quantity in ("from", "until"))
    first = np.array([parse_date(text).first if text else -np.inf for text in opens])[:, None]
    last = np.array([parse_date(text).last if text else np.inf for text in closes])[:, None]
    months = answer.calendar.periods[0].months
    inside = np.minimum(answer.inputs.firsts + months, last + 1) - np.maximum(answer.inputs.firsts, first)
    pays: Flags = offered[:, None] & (inside > 0)
    checks.nothing("contracts.invested_in_time", invested, ~pays, answer.axes(*INDEX))
    so_far = np.cumsum(invested, axis=1)
    answer.compare("contracts.invested_so_far", so_far, *INDEX)
    cap, upfront = (answer.inputs.flat("contracts", names, quantity) for quantity in ("cap", "upfront"))
    checks.at_most("contracts.investment_within_cap", so_far[:, -1:], cap, [names, ["in all"]])
    part = np.where(inside < months, cap * np.maximum(inside, 0.0) / months, np.nan)
    checks.at_most("contracts.investment_waits_for_its_window", invested, part, answer.axes(*INDEX))
    check_power(answer, offered, so_far, upfront, pays)
    check_spend(answer, offered, so_far, upfront, pays)


def check_vendor_power(answer: Answer) -> None:
    """The account of vendors' power: running, and newly ordered excluding spares."""
    inputs, systems, known = answer.inputs, answer.axis["system"], answer.known
    each = inputs.flat("accelerators", systems, "power") * inputs.flat("accelerators", systems, "overhead")
    working = (each / (1 + inputs.flat("accelerators", systems, "spares")))[:, :, None]
    rated = np.isnan(inputs.flat("accelerators", systems, "power"))[:, :, None]
    vendors = [inputs.text("accelerators", system, "vendor") for system in systems]
    bought = np.where(rated, 0.0, product(answer.decided["accelerators", "bought"], working))
    answer.axis["stage"] = ["delivered", ORDERED]
    loads = (known["system_peak"], bought)
    known["vendor_power"] = np.array([by_label(load, vendors, answer.axis["vendor"]).sum(axis=1) for load in loads])
    answer.compare("account.vendor_power", known["vendor_power"], "stage", "vendor", "period")


def check_power(answer: Answer, offered: Flags, so_far: Array, upfront: Array, pays: Flags) -> None:
    """An amount per MW running, or ordered to date; tranches at their milestones."""
    names, inputs, checks = answer.axis["contract"], answer.inputs, answer.checks
    power = np.array([counted(answer, name) for name in names]).reshape(so_far.shape)
    rate = inputs.flat("contracts", names, "per_power")
    parents = labels(answer, "of")
    on_offer = of_kind(answer, "tranche")
    owned = np.array([[on_offer[number] and parent == name for number, parent in enumerate(parents)] for name in names], dtype=bool)
    matters = offered[:, None] & (~np.isnan(rate) | owned.any(axis=1, keepdims=True))
    answer.compare("contracts.counted_power", np.where(matters, power, 0.0), *INDEX)
    limit = np.where(pays, upfront + rate * power, np.nan)
    checks.at_most("contracts.investment_within_power", so_far, limit, answer.axes(*INDEX))
    answer.axis["tranche"] = names
    released = answer.table("contracts.released", "tranche", "period")
    checks.equal("contracts.released_once", released.sum(axis=1), np.round(released.sum(axis=1)).clip(0, 1), answer.axes("tranche"))
    checks.equal("contracts.released_is_yes_or_no", released, np.round(released), answer.axes("tranche", "period"))
    # A lease has a label of the same name.
    reach = [inputs.number("contracts", name, "power") if tranche else np.nan for name, tranche in zip(names, on_offer, strict=True)]
    milestone = np.array(reach, dtype=float).reshape(-1, 1)
    reached = owned.T.astype(float) @ power
    checks.at_most("contracts.milestone_is_reached", product(released, milestone), reached, answer.axes("tranche", "period"))
    opened = np.cumsum(product(released, inputs.flat("contracts", names, "amount")), axis=1)
    limit = np.where(pays & owned.any(axis=1, keepdims=True), upfront + owned.astype(float) @ opened, np.nan)
    checks.at_most("contracts.investment_within_tranches", so_far, limit, answer.axes(*INDEX))


def counted(answer: Answer, name: str) -> Array:
    """Power that counts for an investor, by period."""
    who = answer.inputs.text("contracts", name, "investor")
    stage = answer.inputs.text("contracts", name, "stage") or "delivered"
    own = answer.inputs.text("contracts", name, "measured_on") == "vendor"
    by_vendor = answer.known["vendor_power"][answer.axis["stage"].index(stage)]
    picked = np.array([not own or vendor == who for vendor in answer.axis["vendor"]], dtype=float)
    power: Array = picked @ by_vendor
    return np.cumsum(power) if stage == ORDERED else power


def check_spend(answer: Answer, offered: Flags, so_far: Array, upfront: Array, pays: Flags) -> None:
    """A share of the payments to the investor to date; purchases of at least the tie."""
    names, inputs, checks = answer.axis["contract"], answer.inputs, answer.checks
    spent = purchases(answer)
    nominal = np.cumsum(np.array([spent.get(who, np.zeros(answer.last + 1)) for who in labels(answer, "investor")]) * level(answer), axis=1)
    share, tie = (inputs.flat("contracts", names, quantity) for quantity in ("spend_share", "tie"))
    matters = offered[:, None] & (~np.isnan(share) | (tie > 0))
    answer.compare("contracts.bought_so_far", np.where(matters, nominal, 0.0), *INDEX)
    limit = np.where(pays, upfront + share * nominal, np.nan)
    checks.at_most("contracts.investment_within_spend", so_far, limit, answer.axes(*INDEX))
    # Purchases from an investor count once, for all its contracts together.
    payers = np.array(labels(answer, "investor"))
    same = ((payers[:, None] == payers) & (payers != "") & offered).astype(float)
    asked = same @ np.nan_to_num(tie * so_far[:, -1:])
    checks.at_least("contracts.purchases_meet_the_tie", nominal[:, -1:], np.where(tie > 0, asked, 0.0), [names, ["in all"]])
    beyond = np.maximum(so_far - np.nan_to_num(upfront), 0.0)
    released, counts = answer.table("contracts.released_by_spend", *INDEX), offered[:, None] & (share > 0)
    several = counts & (same @ counts.astype(float) > 1)
    checks.at_least("contracts.spend_releases_beyond_upfront", released, np.where(several, beyond, 0.0), answer.axes(*INDEX))
    beyond = np.maximum(beyond, released)
    needed = same @ np.divide(beyond, share, out=np.zeros(beyond.shape), where=share > 0)
    checks.at_most("contracts.purchases_count_once", needed, np.where(counts, nominal, np.nan), answer.axes(*INDEX))


def purchases(answer: Answer) -> dict[str, Array]:
    """Real capital and running cost by payee and period, as recomputed."""
    found: dict[str, dict[str, list[float]]] = {}
    for entry in answer.spent:
        if entry.kind in ("capital", "running"):
            found.setdefault(entry.payee, {}).setdefault(entry.period, []).append(entry.amount)
    periods = answer.axis["period"]
    return {payee: np.array([added(sums.get(period, ())) for period in periods]) for payee, sums in sorted(found.items())}
