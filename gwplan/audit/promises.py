"""Bounds of limits that are not the right side of an audit comparison, and rows of rules that are compared in other terms."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, gcd

import numpy as np

from gwplan.audit.cash_flow import last_on, number, text
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import arrival_of, in_periods, rolling

ROUNDING = 1e-6
KILO = 1000
UNITS = {"it": "MW IT", "facility": "MW at the meter", "compute": "kH100e"}
UNIT_OF_ACCOUNT = {
    "compute": "kH100e", "it_peak": "MW IT", "facility_peak": "MW at the meter", "facility_mean": "MW at the meter", "energy": "MW",
    "purchases": "MUSD", "money_in": "MUSD_nominal",
}


def unit_of(answer: Answer, rule: str, index: str) -> str:
    """The unit of a row: of a target its measure's, of a share its group's account's."""
    first = index.split(",")[0]
    if rule.startswith("goal.required_"):
        from gwplan.audit.choices import listed

        required = listed(answer, "require")
        place = int(first) - 1 if first.isdecimal() else len(required)
        return (required[place].unit or "1") if place < len(required) else ""
    if rule == "goal.target_is_met":
        targets = answer.folder.definition.get("target", [])
        place = int(first) - 1 if first.isdecimal() else len(targets)
        return UNITS.get(targets[place]["measure"], "") if place < len(targets) else ""
    return UNIT_OF_ACCOUNT.get(answer.inputs.text("diversification", first, "account"), "")


def open_or_idle(answer: Answer, labels: tuple[str, ...]) -> float:
    """1 at an open site, else 0; also 1 if no start of the year could open within the horizon. labels: design, site, period."""
    if "may_start" not in answer.known:
        inputs, designs = answer.inputs, answer.axis["design"]
        shape = answer.decided["halls", "started"].shape
        steps = np.broadcast_to(in_periods(answer, inputs.grid("halls", designs, "build_months", answer.sites)), shape)
        begun = np.array([inputs.begun("sites", site) for site in answer.sites]).reshape(1, -1, 1)
        most = np.broadcast_to(np.nan_to_num(inputs.grid("halls", designs, "most_started", answer.sites)), shape)
        may = (arrival_of(steps, shape) <= answer.last) & (np.arange(answer.last + 1) >= begun) & (most > 0)
        answer.known["may_start"] = rolling(may.astype(float), answer.calendar.steps_a_year)
    design, site, period = (answer.axis[axis].index(label) for axis, label in zip(("design", "site", "period"), labels, strict=True))
    return float(answer.known["opened"][site, period]) if answer.known["may_start"][design, site, period] > 0 else 1.0


def whole_halls(answer: Answer, labels: tuple[str, ...]) -> float:
    """The IT power limit of an open site, rounded down to whole halls if all halls are whole kilowatts. labels: site, period."""
    site, period = (answer.axis[axis].index(label) for axis, label in zip(("site", "period"), labels, strict=True))
    most = float(answer.inputs.path("sites", labels[0], "most_it")[period]) if answer.known["opened"][site, period] else 0.0
    rooms = answer.inputs.flat("halls", answer.axis["design"], "room")[:, 0] * KILO
    if len(rooms) and (np.abs(rooms - np.round(rooms)) <= ROUNDING).all():
        unit = gcd(*(int(room) for room in np.round(rooms))) / KILO
        most = floor(most / unit + ROUNDING) * unit
    return most * float(answer.known["opened"][site, period])


def upfront(answer: Answer, labels: tuple[str, ...]) -> float:
    """An investor's unconditional contribution; the part that depends on the plan is in the use. labels: contract, period."""
    return answer.inputs.number("contracts", labels[0], "upfront")


def not_stored(answer: Answer, labels: tuple[str, ...]) -> bool:
    """Storage is excluded from plans without hours. labels: supply, site, period."""
    return answer.year is not None or answer.inputs.text("power", labels[0], "role") != "storage"


def tied(answer: Answer, labels: tuple[str, ...]) -> bool:
    """An investor on offer that requires purchases. labels: contract ..."""
    without = (answer.folder.definition.get("contracts") or {}).get("without") or []
    return (answer.inputs.text("contracts", labels[0], "kind") == "investor" and labels[0] not in without
            and answer.inputs.number("contracts", labels[0], "tie") > 0)


def of_group(answer: Answer, group: str, quantity: str, period: str) -> float:
    """A share that a group requires in a period."""
    if (group, quantity) not in answer.memo:
        answer.memo[group, quantity] = answer.inputs.path("diversification", group, quantity)
    return float(answer.memo[group, quantity][answer.axis["period"].index(period)])


def capped(answer: Answer, labels: tuple[str, ...]) -> bool:
    """A maximum share below 1. labels: group, member, period."""
    return of_group(answer, labels[0], "most_share", labels[-1]) < 1


def floored(answer: Answer, labels: tuple[str, ...]) -> bool:
    """A minimum share above 0. labels: group, member, period."""
    return of_group(answer, labels[0], "least_share", labels[-1]) > 0


def kept(answer: Answer, labels: tuple[str, ...]) -> bool:
    """A part of the target must be met without the member. labels: group, target, member, period."""
    return of_group(answer, labels[0], "rest_share", labels[-1]) > 0


def lent(answer: Answer, labels: tuple[str, ...]) -> bool:
    """A class of capital that a lender may fund. labels: class, period."""
    return any(labels[0] in answer.inputs.text("finance", item, "eligible").split("|") for item in answer.inputs.items.get("finance", []))


def refreshed(answer: Answer, labels: tuple[str, ...]) -> bool:
    """Capital that a lender may fund, after the first build. labels: class, period."""
    return lent(answer, labels) and answer.axis["period"].index(labels[1]) > answer.known["first_build_until"][0]


def reserved(answer: Answer, labels: tuple[str, ...]) -> bool:
    """A period before the last one, if lenders require a reserve. labels: period."""
    return number(answer, "debt", "reserve", 0.0) > 0 and before_the_last(answer, labels)


def before_the_last(answer: Answer, labels: tuple[str, ...]) -> bool:
    """Any period but the last. labels: period."""
    return labels[0] != answer.axis["period"][-1]


def shared(answer: Answer, labels: tuple[str, ...]) -> bool:
    """Periods in which the sponsor's share is required: the first build, and while it may contribute. labels: period."""
    first_build = int(answer.known["first_build_until"][0])
    last = last_on(answer, text(answer, "equity", "until"), first_build)
    return answer.axis["period"].index(labels[0]) <= max(last, first_build)


OWN_BOUNDS = (open_or_idle, whole_halls)
"""Bounds other than the comparison's right side; its left side is their use."""
Rows = dict[str, tuple[float, float, float]]


def signed_whatever_comes(answer: Answer) -> Rows | None:
    """Contracts that the model signs and options that it holds: exactly one signature each."""
    forced = (answer.folder.definition.get("contracts") or {}).get("signed") or []
    taken = answer.decided["contracts", "signed"] + answer.decided["contracts", "held"]
    names, periods = answer.axis["contract"], answer.axis["period"]
    return {f"{name},{periods[period]}": (1.0, float(amounts[period]) - 1.0, 1.0)
            for name in forced if name in names for amounts in [taken[names.index(name)]] for period in np.flatnonzero(amounts)}


def cash_flow_covers_debt(answer: Answer) -> Rows | None:
    """Cash flow of each tested year - floor x its debt service >= 0."""
    if "finance" not in answer.folder.parts:
        return None
    available, service = (answer.table(f"finance.{name}", "period", below=True) for name in ("available", "service"))
    over, due = (rolling(each, answer.calendar.steps_a_year) for each in (available, service))
    least = number(answer, "debt", "coverage_floor")
    first = int(answer.known["first_build_until"][0]) + answer.calendar.steps_a_year
    lent = any(answer.inputs.has("finance", item, "eligible") for item in answer.inputs.items.get("finance", []))
    return {answer.axis["period"][end]: (0.0, float(over[end] - least * due[end]), float(abs(over[end]) + least * abs(due[end])))
            for end in range(first, answer.last + 1)} if lent else {}


def return_meets_hurdle(answer: Answer) -> Rows | None:
    """The value of the sponsor's equity at the hurdle rate >= 0."""
    from gwplan.audit.finance import worth

    hurdle = number(answer, "equity", "hurdle_rate") if "finance" in answer.folder.parts else np.nan
    if np.isnan(hurdle):
        return None
    dividends, equity = (answer.table(f"finance.{name}", "period") for name in ("dividends", "equity"))
    answer.axis["moment"] = ["end"]
    left = float(answer.table("finance.left_over", "moment")[0])
    return {"sponsor": (0.0, worth(answer, dividends - equity, left, hurdle), float(dividends.sum() + equity.sum() + left))}


def enough_members(answer: Answer) -> Rows | None:
    """Counting members of each group that requires some: those that the plan marks."""
    if "diversification" not in answer.folder.parts:
        return None
    file, found = answer.folder.tables.get("diversification.counts"), {}
    counts = answer.folder.csv(file, ("group", "member", "value")) if file is not None else None
    for group in answer.inputs.items.get("diversification", []):
        asked = answer.inputs.number("diversification", group, "members")
        if asked and counts is not None:
            there = float(counts.loc[counts["group"] == group, "value"].astype(float).sum())
            found[group] = (asked, there - asked, asked)
    return found


OTHERS: dict[str, Callable[[Answer], Rows | None]] = {
    "contracts.signed_whatever_comes": signed_whatever_comes, "finance.cash_flow_covers_debt": cash_flow_covers_debt,
    "finance.return_meets_hurdle": return_meets_hurdle, "diversification.enough_members": enough_members,
}
"""Bound, slack and size by index, of rules that are compared in other terms; None if the rule is not in the plan."""
SIDES = {
    "contracts.signed_whatever_comes": ("least", "of the contract"), "finance.cash_flow_covers_debt": ("least", "MUSD_nominal"),
    "finance.return_meets_hurdle": ("least", "MUSD_nominal"), "diversification.enough_members": ("least", "members"),
}
"""Side and unit of their rows."""
