"""Diversification: shares, caps, floors, loss of a member and counting members, recomputed from the tabulated accounts and ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.units import amount
from gwplan.common.calendar import parse_date

PLACES = ("site", "region", "grid")
MEASURES = {"compute": ("compute", "kH100e"), "it_peak": ("it", "MW"), "facility_peak": ("facility", "MW")}
"""Accounts on which a target can be set: measure and unit."""
MONEY = ("purchases", "money_in")
OWN, SOLD, CLOUD, LEASED, HOSTED = "own", "sold", "cloud", "leased", "hosted"
FAMILIES = ("share", "given", "together", "there", "counts")
NOTHING = 1e-9


@dataclass(frozen=True)
class Group:
    """One group: the contribution of each member (row) in each period (column), and the periods in which its shares bind.

    held: the rows to which caps and floors apply.
    """

    name: str
    account: str
    members: list[str]
    amounts: Array
    window: slice
    held: np.typing.NDArray[np.bool_]

    @property
    def bound(self) -> Array:
        """The amounts whose shares bind: in each period of the window, or for money in the whole window."""
        within = self.amounts[:, self.window]
        return within.sum(axis=1, keepdims=True) if self.account in MONEY else within


def check(answer: Answer) -> None:
    """Check each group of the table, and the account of energy, which only diversification uses."""
    if "diversification" not in answer.folder.parts:
        return
    answer.read.update(f"diversification.{family}" for family in FAMILIES)
    answer.read.update(("account.energy", "account.invested", "account.it_peak", "account.facility_mean"))
    check_energy(answer)
    written = table(answer, "diversification.share")
    for name in answer.inputs.items.get("diversification", []):
        group = group_of(answer, name)
        check_shares(answer, group, written[written["group"] == name] if len(written) else written)
        check_bounds(answer, group)
        check_demand(answer, group)
        check_summary(answer, group)


def table(answer: Answer, name: str) -> pd.DataFrame:
    """A table of the run with `value` as a number; empty if there is no such table."""
    file = answer.folder.tables.get(name)
    if file is None:
        return pd.DataFrame()
    frame = answer.folder.csv(file, ("value",))
    return frame.assign(value=pd.to_numeric(frame["value"], errors="coerce").astype(float))


def check_energy(answer: Answer) -> None:
    """Energy by fuel equals the mean output of its supplies."""
    share = np.array([part.share for part in answer.calendar.slices])
    output = (answer.known["output"] * share).sum(axis=3)
    fuels = [answer.inputs.text("power", supply, "fuel") or supply for supply in answer.axis["supply"]]
    answer.axis["fuel"] = sorted(set(fuels))
    expected = np.zeros((len(answer.axis["fuel"]), *output.shape[1:]))
    for number, fuel in enumerate(fuels):
        expected[answer.axis["fuel"].index(fuel)] += output[number]
    answer.compare("account.energy", expected, "fuel", "site", "period")


def group_of(answer: Answer, name: str) -> Group:
    """A group with its members' contributions, from the run's tables."""
    account = answer.inputs.text("diversification", name, "account")
    frame = entries(answer, name, account)
    # A site without a contribution is in no table, but its floor applies.
    known = {place(answer, name, site) for site in answer.sites} if name in PLACES else set()
    members = sorted({*known, *(frame["member"] if len(frame) else ())})
    amounts = spread(answer, frame, members)
    own_held = answer.inputs.text("diversification", name, "own_counts") == "yes"
    held = np.array([name != "provider" or member != OWN or own_held for member in members], dtype=bool)
    return Group(name, account, members, amounts, window(answer, name, account), held)


def spread(answer: Answer, frame: pd.DataFrame, members: list[str]) -> Array:
    """Entries as an array over (member, period)."""
    found = np.zeros((len(members), answer.last + 1))
    for member, period, value in zip(frame["member"], frame["period"], frame["value"], strict=True) if len(frame) else ():
        found[members.index(member), answer.axis["period"].index(period)] += value
    return found


def entries(answer: Answer, group: str, account: str) -> pd.DataFrame:
    """Rows of (first, member, period, value) of an account; `first`: the kind by which it counts towards a target."""
    if account in MONEY:
        return paid(answer, group, account)
    frame = table(answer, f"account.{'energy' if group == 'fuel' else account}")
    if not len(frame):
        return frame
    if account == "compute":
        others = (frame["provider"] == SOLD) | ((frame["provider"] != OWN) & (group in PLACES))
        frame = frame[~others]
    if account == "facility_mean" and group != "fuel":
        shares = {part.name: part.share for part in answer.calendar.slices}
        frame = frame.assign(value=frame["value"] * frame["slice"].map(shares))
    first = frame[next(name for name in ("provider", "tenure", "site") if name in frame.columns)]
    member = frame["site"].map(lambda site: place(answer, group, site)) if group in PLACES else frame[group]
    return frame.assign(first=first, member=member)[["first", "member", "period", "value"]]


def place(answer: Answer, group: str, site: str) -> str:
    """The site, or its region or grid."""
    return site if group == "site" else answer.inputs.text("sites", site, group) or site


def paid(answer: Answer, group: str, account: str) -> pd.DataFrame:
    """Payments by vendor or provider, or contributions by investor."""
    if account == "money_in":
        frame = table(answer, "account.invested")
        names = {each: answer.inputs.text("contracts", each, "investor") or each for each in frame.get("contract", [])}
        return frame.assign(member=frame["contract"].map(names)) if len(frame) else frame
    ledger = answer.ledger.rename(columns={"amount": "value"})
    if group == "vendor":
        bought = ledger[(ledger["kind"] == "capital") & ledger["class"].isin(("accelerators", "networks"))]
        return bought.assign(member=bought["payee"])
    spent = ledger[ledger["kind"].isin(("capital", "running"))]
    rented = (spent["kind"] == "running") & spent["class"].isin(("cloud", "premiums"))
    return spent.assign(member=np.where(rented, spent["payee"], OWN))


def targets(answer: Answer) -> list[tuple[dict[str, Any], int, int]]:
    """Each target with its first and last period."""
    found = []
    for target in answer.folder.definition.get("target", []):
        until = target.get("until")
        last = answer.calendar.holding(parse_date(str(until)).last) if until else answer.last
        found.append((target, max(answer.calendar.holding(parse_date(str(target["by"])).first), 0), min(last, answer.last)))
    return found


def window(answer: Answer, name: str, account: str) -> slice:
    """The periods in which the shares of a group bind."""
    begins, ends = (answer.inputs.text("diversification", name, which) for which in ("from", "until"))
    first = 0 if account in MONEY else min((first for _, first, _ in targets(answer)), default=0)
    first = answer.calendar.holding(parse_date(begins).first) if begins else first
    last = answer.calendar.holding(parse_date(ends).last) if ends else answer.last
    return slice(max(first, 0), min(last, answer.last) + 1)


def ratios(amounts: Array) -> Array:
    """Shares by column; 0 of nothing."""
    whole = amounts.sum(axis=0, keepdims=True)
    found: Array = np.divide(amounts, whole, out=np.zeros(amounts.shape), where=np.abs(whole) > NOTHING)
    return found


def by_period(answer: Answer, group: Group) -> Array:
    """The share of each member in each period; for money, of the cumulative amount."""
    if group.account not in MONEY:
        return ratios(group.amounts)
    counts = np.zeros(answer.last + 1)
    counts[group.window] = 1
    return ratios(np.cumsum(group.amounts * counts, axis=1))


def is_money(group: Group) -> bool:
    """Whether a group's account is money, whose shares are of cumulative payments."""
    return group.account in MONEY


def check_shares(answer: Answer, group: Group, written: pd.DataFrame) -> None:
    """The table of shares equals the shares computed from the accounts."""
    strange = sorted(set(written["member"]) - set(group.members)) if len(written) else []
    answer.checks.found_wrong(f"diversification.{group.name}_has_no_other_members", strange, len(written))
    known = written[~written["member"].isin(strange)] if len(written) else written
    axes = [group.members, answer.axis["period"]]
    answer.checks.equal(f"diversification.{group.name}_shares_are_what_follows", spread(answer, known, group.members),
                        by_period(answer, group), axes)


def limit(answer: Answer, group: Group, quantity: str) -> Array:
    """The applicable share, by bound period; for money that of the window's last period."""
    path = answer.inputs.path("diversification", group.name, quantity)[group.window]
    return path[-1:] if group.account in MONEY else path


def check_bounds(answer: Answer, group: Group) -> None:
    """No share above its cap, none below its floor."""
    bound = group.bound[group.held]
    names = [member for member, held in zip(group.members, group.held, strict=True) if held]
    periods = answer.axis["period"][group.window]
    axes = [names, periods[-1:] if group.account in MONEY else periods]
    whole = np.broadcast_to(group.bound.sum(axis=0), bound.shape)
    most, least = (limit(answer, group, quantity) * whole for quantity in ("most_share", "least_share"))
    answer.checks.at_most(f"diversification.{group.name}_within_its_cap", bound, most, axes, whole)
    answer.checks.at_least(f"diversification.{group.name}_reaches_its_floor", bound, least, axes)


def counts_towards(measure: str, first: str, counts: list[str]) -> bool:
    """Whether an entry counts towards a target."""
    if measure == "it":
        return (LEASED if first == HOSTED else first) in counts
    return measure != "compute" or first in (OWN, SOLD) or CLOUD in counts


def check_demand(answer: Answer, group: Group) -> None:
    """Enough of each target remains without any one member, and enough members contribute their share."""
    if group.account not in MEASURES:
        return
    measure, unit = MEASURES[group.account]
    rest = answer.inputs.path("diversification", group.name, "rest_share")
    asked, each = (answer.inputs.number("diversification", group.name, name) for name in ("members", "member_share"))
    everything = table(answer, f"account.{group.account}")
    column = "provider" if measure == "compute" else "tenure" if measure == "it" else "site"
    count = group.held.copy()
    for number, (target, first, last) in enumerate(targets(answer), 1):
        held = slice(max(first, group.window.start), min(last + 1, group.window.stop))
        if target["measure"] != measure or held.start >= held.stop:
            continue
        counts, wanted = list(target.get("counts") or (OWN, LEASED)), amount(target["amount"], unit)
        frame = entries(answer, group.name, group.account)
        mine = spread(answer, frame[[counts_towards(measure, name, counts) for name in frame["first"]]], group.members) if len(frame) \
            else group.amounts  # fmt: skip
        all_there = everything[[counts_towards(measure, name, counts) for name in everything[column]]] if len(everything) else everything
        there = spread(answer, all_there.assign(member="all") if len(all_there) else all_there, ["all"])
        left = (there - mine)[group.held][:, held]
        axes = [[member for member, is_held in zip(group.members, group.held, strict=True) if is_held], answer.axis["period"][held]]
        answer.checks.at_least(f"diversification.{group.name}_lost_leaves_enough_of_target_{number}", left,
                               np.broadcast_to(rest[held] * wanted, left.shape), axes)
        count &= (mine[:, held] >= each * wanted * (1 - answer.checks.tolerance)).all(axis=1)
    if asked:
        found = np.array([float(count.sum())])
        answer.checks.at_least(f"diversification.{group.name}_has_enough_members", found, np.array([asked]), [["the plan"]])


def check_summary(answer: Answer, group: Group) -> None:
    """The summary's concentration figures of the group over the horizon."""
    facts = (answer.folder.summary.get("diversification") or {}).get(group.name, {})
    sums = group.amounts[:, group.window if group.account in MONEY else slice(None)].sum(axis=1, keepdims=True)
    expected = float((ratios(sums) ** 2).sum())
    given = facts.get("hhi")
    answer.checks.equal(f"diversification.{group.name}_hhi_is_what_follows", np.array([0.0 if given is None else float(given)]),
                        np.array([expected]), [[group.name]])
