"""Limits: each row of tables/limits.csv agrees with the audit's own comparison of that limit, and no row is missing.

A limit is compared in another module, from decisions and inputs: its slack there is the slack of its row here, however its terms
are arranged. The bound of a row is the right side of that comparison, or given by its rule. Duals are the solver's, not checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gwplan.audit import promises
from gwplan.audit.checks import Sides
from gwplan.audit.run_folder import Answer

COLUMNS = ("rule", "index", "side", "bound", "use", "slack", "unit")
DUST = 1e-12
"""Rows whose bound and use are both smaller are trivial and omitted."""
NEAR = 1e-6
"""Relative or absolute size below which an amount may be zero: its row is optional."""
Expected = dict[str, tuple[float, float, float]]
"""Bound, slack, and the reference size of errors, by index."""


@dataclass(frozen=True)
class Promise:
    """How a rule's rows follow from comparisons of the audit.

    names: pattern of the comparisons' names; its groups come before the labels of the axes. order: position among these of each
    element of the row's index. bound: `right`, the right side of the comparison; `nothing`, 0, with all terms on the left;
    `scale`, the reference size of the comparison; or a function of the answer and the labels. side: most or least. loose: rows with
    zero use are optional. only: which labels have a row at all.
    """

    names: str
    order: tuple[int, ...]
    side: str
    unit: str
    bound: str | Callable[[Answer, tuple[str, ...]], float] = "right"
    loose: bool = False
    only: Callable[[Answer, tuple[str, ...]], bool] | None = None


MONEY = "MUSD_nominal"
LABELS = (0, 1)
PROMISES: dict[str, Promise] = {
    "sites.halls_fit_the_land": Promise(r"sites\.halls_fit_the_land", LABELS, "most", "acre"),
    "sites.supplies_fit_their_land": Promise(r"sites\.supplies_fit_their_land", LABELS, "most", "acre", loose=True),
    "sites.water_within_limit": Promise(r"sites\.water_within_limit", LABELS, "most", "ML"),
    "halls.starts_within_limit": Promise(r"halls\.starts_within_limit", (1, 0, 2), "most", "of the limit", promises.open_or_idle, True),
    "halls.halls_within_site": Promise(r"halls\.room_within_most_it", LABELS, "most", "MW", promises.whole_halls),
    "accelerators.arrivals_within_allocation":
        Promise(r"accelerators\.arrivals_within_allocation", LABELS, "most", "systems", loose=True),
    "power.capacity_within_offer": Promise(r"power\.capacity_within_offer", (0, 1, 2), "most", "MW", only=promises.not_stored),
    "power.renewables_match_the_year": Promise(r"power\.renewables_match_the_year", (0,), "least", "MW"),
    "power.carbon_free_matches_each_slice": Promise(r"power\.carbon_free_matches_each_slice", (0, 1, 2), "least", "MW", loose=True),
    "carbon.operational_within_cap": Promise(r"carbon\.operational_within_cap", (0,), "most", "kt"),
    "carbon.embodied_within_cap": Promise(r"carbon\.(embodied)_within_cap", (0,), "most", "kt"),
    "budget.capital_within_cap": Promise(r"budget\.(?!whole_life)\w+_within_cap", (0,), "most", "MUSD"),
    "budget.capital_within_year": Promise(r"budget\.(\w+)_within_its_years", (0, 1), "most", "MUSD", "scale"),
    "goal.spend_within_budget": Promise(r"budget\.whole_life_spend_within_cap", (0,), "most", "MUSD"),
    "goal.target_is_met": Promise(r"goals\.target_(\d+)_of_\w+_is_met", LABELS, "least", ""),
    "goal.required_is_there": Promise(r"choices\.requirement_(\d+)_is_there", (0,), "least", ""),
    "goal.required_is_within": Promise(r"choices\.requirement_(\d+)_is_within", (0,), "most", "", loose=True),
    "goal.excluded_is_not_ordered": Promise(r"choices\.exclusion_(\d+)_is_not_ordered", (0,), "most", "orders", loose=True),
    "goal.it_within_demand": Promise(r"goals\.it_within_demand", (0,), "most", "MW"),
    "power.capacity_within_larger_offer":
        Promise(r"power\.capacity_within_larger_offer", (0, 1, 2, 3), "most", "MW", loose=True, only=promises.not_stored),
    "contracts.lease_within_larger_offer": Promise(r"contracts\.lease_within_larger_offer", (0, 1, 2, 3), "most", "MW", loose=True),
    "contracts.lease_within_offer": Promise(r"contracts\.lease_within_offer", (0, 1, 2), "most", "MW", loose=True),
    "contracts.spot_sale_within_demand": Promise(r"contracts\.spot_sale_within_demand", LABELS, "most", "kH100e"),
    "contracts.exercise_within_option": Promise(r"contracts\.exercise_within_option", (0,), "most", "MW", loose=True),
    "contracts.investment_within_cap": Promise(r"contracts\.investment_within_cap", (0,), "most", MONEY, loose=True),
    "contracts.investment_within_power": Promise(r"contracts\.investment_within_power", LABELS, "most", MONEY, promises.upfront, True),
    "contracts.investment_within_tranches":
        Promise(r"contracts\.investment_within_tranches", LABELS, "most", MONEY, promises.upfront, True),
    "contracts.investment_within_spend": Promise(r"contracts\.investment_within_spend", LABELS, "most", MONEY, promises.upfront, True),
    "contracts.purchases_meet_the_tie":
        Promise(r"contracts\.purchases_meet_the_tie", (0,), "least", MONEY, "nothing", True, promises.tied),
    "diversification.share_within_cap":
        Promise(r"diversification\.(\w+)_within_its_cap", (0, 1, 2), "most", "", loose=True, only=promises.capped),
    "diversification.share_reaches_floor":
        Promise(r"diversification\.(\w+)_reaches_its_floor", (0, 1, 2), "least", "", loose=True, only=promises.floored),
    "diversification.rest_keeps_demand":
        Promise(r"diversification\.(\w+)_lost_leaves_enough_of_target_(\d+)", (0, 2, 1, 3), "least", "", loose=True, only=promises.kept),
    "finance.draws_pay_for_capital":
        Promise(r"finance\.draws_pay_for_capital_of_the_period", LABELS, "most", MONEY, "nothing", True, promises.lent),
    "finance.capital_is_pledged_once":
        Promise(r"finance\.capital_is_pledged_once_within_the_advance_rate", LABELS, "most", MONEY, "nothing", True, promises.lent),
    "finance.refresh_is_pledged_on_its_own":
        Promise(r"finance\.refresh_is_pledged_on_its_own", LABELS, "most", MONEY, "nothing", True, promises.refreshed),
    "finance.draws_within_cap": Promise(r"finance\.draws_within_cap", (0,), "most", MONEY),
    "finance.revolver_within_cap": Promise(r"finance\.revolver_within_cap", (0,), "most", MONEY, loose=True),
    "finance.cash_never_runs_short": Promise(r"finance\.cash_never_runs_short", (0,), "least", MONEY),
    "finance.reserve_is_held": Promise(r"finance\.reserve_is_held", (0,), "least", MONEY, "nothing", True, promises.reserved),
    "finance.sponsor_pays_its_share": Promise(r"finance\.sponsor_pays_its_share", (0,), "least", MONEY, "nothing", True, promises.shared),
    "finance.lenders_leave_the_sponsors_share":
        Promise(r"finance\.lenders_leave_the_sponsors_share", (0,), "most", MONEY, "nothing", True, promises.shared),
}
"""Rules compared in other modules. Others have a function in `promises.OTHERS`, or are reported as not checked."""


def check(answer: Answer) -> None:
    """Check tables/limits.csv, if there is one."""
    file = answer.folder.tables.get("limits")
    if file is None:
        return
    answer.read.add("limits")
    frame = answer.folder.csv(file, COLUMNS)
    check_itself(answer, frame)
    rows = {str(rule): each for rule, each in frame.groupby("rule")} if len(frame) else {}
    parts = {*answer.folder.parts, "goal"}
    stated = {rule: promise for rule, promise in PROMISES.items() if rule.partition(".")[0] in parts and needs(rule) in parts}
    expected = {rule: expected_of(answer, promise) for rule, promise in stated.items()}
    expected |= {rule: found for rule, of in promises.OTHERS.items() if (found := of(answer)) is not None}
    sides = {rule: (promise.side, promise.unit) for rule, promise in PROMISES.items()} | promises.SIDES
    for rule, each in expected.items():
        check_rule(answer, rule, rows.get(rule, frame.iloc[:0]), each, PROMISES.get(rule))
    unknown = sorted(set(rows) - set(expected))
    answer.unchecked += [f"tables/limits.csv: rows of {rule}, which no check recomputes" for rule in unknown]
    check_words(answer, frame[frame["rule"].isin(list(sides))], sides)


def needs(rule: str) -> str:
    """The part without which a rule has no row."""
    return {"sites.halls_fit_the_land": "halls", "sites.water_within_limit": "cooling"}.get(rule, "goal")


def check_itself(answer: Answer, frame: pd.DataFrame) -> None:
    """Slack = bound - use, is not negative, and no index is listed twice."""
    bound, use, slack = (pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float) for name in COLUMNS[3:6])
    labels = [f"{rule} {index}" for rule, index in zip(frame["rule"], frame["index"], strict=True)]
    sign = np.where(frame["side"].to_numpy() == "most", 1.0, -1.0)
    size = np.maximum(np.abs(bound), np.abs(use))
    answer.checks.equal("limits.slack_is_what_is_left", slack, sign * (bound - use), [labels], size)
    answer.checks.at_least("limits.none_is_overdrawn", slack + size * answer.checks.tolerance, np.zeros(1), [labels])
    twice = sorted({label for label in labels if labels.count(label) > 1}) if len(set(labels)) < len(labels) else []
    answer.checks.found_wrong("limits.no_row_stands_twice", twice, len(frame))


def check_words(answer: Answer, frame: pd.DataFrame, sides: dict[str, tuple[str, str]]) -> None:
    """The side and the unit of each row are those of its rule."""
    wrong = []
    for rule, index, side, unit in zip(frame["rule"], frame["index"], frame["side"], frame["unit"], strict=True):
        want_side, want_unit = sides[rule]
        want_unit = want_unit or promises.unit_of(answer, rule, index)
        if (side, unit) != (want_side, want_unit):
            wrong.append(f"{rule} {index}: {side} in {unit!r}, should be {want_side} in {want_unit!r}")
    answer.checks.found_wrong("limits.sides_and_units_are_those_of_the_rules", wrong, len(frame))


def expected_of(answer: Answer, promise: Promise) -> Expected:
    """The expected rows of a rule, from its comparisons."""
    found: Expected = {}
    for name, sides in answer.checks.sides.items():
        match = re.fullmatch(promise.names, name)
        if match:
            found |= rows_of(answer, promise, match.groups(), sides)
    return found


def rows_of(answer: Answer, promise: Promise, first: tuple[str, ...], sides: Sides) -> Expected:
    """Rows of one comparison; those without a limit are omitted."""
    found: Expected = {}
    size = np.maximum(np.abs(sides.left), np.where(np.isfinite(sides.right), np.abs(sides.right), 0.0))
    scale = np.broadcast_to(size if sides.scale is None else np.maximum(size, sides.scale), sides.left.shape)
    for place in zip(*np.nonzero(np.isfinite(sides.right)), strict=True):
        labels = (*first, *(axis[int(number)] for axis, number in zip(sides.axes, place, strict=True)))
        if promise.only is not None and not promise.only(answer, labels):
            continue
        if promise.bound == "scale":
            labels = (*first, labels[-1].split()[-1])
            bound = float(scale[place])
        elif callable(promise.bound):
            bound = promise.bound(answer, labels)
        else:
            bound = float(sides.right[place]) if promise.bound == "right" else 0.0
        # A bound from the rule is not the comparison's right side, but its use is.
        slack = bound - float(sides.left[place]) if promise.bound in promises.OWN_BOUNDS else float(sides.slack[place])
        if np.isfinite(bound):
            found[",".join(labels[each] for each in promise.order)] = (bound, slack, float(scale[place]))
    return found


SHARES = ("diversification.share_within_cap", "diversification.share_reaches_floor")
IDLE = "diversification.rest_keeps_demand"
"""Rows of members without a contribution: the audit only knows the members with one."""


def of_idle(rule: str, indices: list[str], expected: Expected, sign: float) -> Expected:
    """Rows of members without a contribution, which are in no table: the bound of the group's other members, with zero use."""
    if rule not in SHARES:
        return {}
    found: Expected = {}
    bounds = {tuple(np.delete(index.split(","), 1)): (bound, size) for index, (bound, _, size) in expected.items() if index.count(",") > 1}
    for index in indices:
        others = tuple(np.delete(index.split(","), 1)) if index.count(",") > 1 else ()
        if index not in expected and others in bounds:
            bound, size = bounds[others]
            found[index] = (bound, -sign * bound, size)
    return found


def check_rule(answer: Answer, rule: str, rows: pd.DataFrame, expected: Expected, promise: Promise | None) -> None:
    """The rows of a rule are the expected ones, with their bounds and slacks."""
    name, indices = rule.replace(".", "_"), list(rows["index"])
    sign = -1.0 if promise is not None and promise.side == "most" else 1.0
    expected = expected | of_idle(rule, indices, expected, sign)
    strange = [f"{rule} {index}" for index in indices if index not in expected and rule != IDLE]
    missing = [f"{rule} {index} is missing" for index in absent(indices, expected, sign, promise is None or promise.loose)]
    answer.checks.found_wrong(f"limits.{name}_has_a_row_for_each_limit", [*strange, *missing], len(expected))
    known = [number for number, index in enumerate(indices) if index in expected]
    if not known:
        return
    labels = [indices[number] for number in known]
    wanted = np.array([expected[index] for index in labels])
    written = rows[["bound", "slack"]].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)[known]
    for place, column in enumerate(("bound", "slack")):
        answer.checks.equal(f"limits.{name}_{column}_is_what_follows", written[:, place], wanted[:, place], [labels], wanted[:, 2])


def absent(indices: list[str], expected: Expected, sign: float, loose: bool) -> list[str]:
    """Limits without their row: those with positive use, and non-trivial ones.

    loose: of the latter only those that follow a row of the same items: the model omits impossible cases.
    """
    given, begun, found = set(indices), set[str](), []
    for index, (bound, slack, size) in expected.items():
        things = index.rpartition(",")[0]
        used = abs(bound + sign * slack) > NEAR * (1 + size)
        if index in given:
            begun.add(things)
        elif used or (abs(bound) > NEAR and (not loose or (things and things in begun))):
            found.append(index)
    return found
