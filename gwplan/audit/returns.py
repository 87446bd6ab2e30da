"""Figures of finance in summary.json: the sponsor's returns, debt, coverage, sources and uses, prices, from the checked tables.

Rates of return are not solved for: the given rate must balance the flows, and if none is given no rate may.
The break-even price needs an optimisation, so only its consequences are checked.
"""

from __future__ import annotations

import re
from math import expm1, log1p

import numpy as np
import pandas as pd

from gwplan.audit.cash_flow import number, price_level
from gwplan.audit.checks import Array
from gwplan.audit.finance import shift_of
from gwplan.audit.goals import measured
from gwplan.audit.run_folder import Answer, discounts
from gwplan.audit.stocks import rolling
from gwplan.audit.summary import as_number, figure, figures, optional

PERIOD = ("period",)
LEAST_SERVICE = 1e-6
BALANCED = 1e-6
"""Tolerance for the present value at a rate of return, as a share of all flows."""
LEAST_RATE, MOST_RATE, LOOKS = -0.5, 10.0, 2000
"""Grid of rates per half period, even in log(1 + rate)."""
FLOWS = ("line", "item", "period", "value")
KEPT, RETURN = "cash", "required return"
MILLION, KILO = 1e6, 1e3
MOMENTS = 2
"""Time points per period for rates of return."""


def check(answer: Answer) -> None:
    """Check all figures of finance, if the model has it."""
    if "finance" not in answer.folder.parts:
        return
    rate = answer.inputs.number("prices", "prices", "inflation") if answer.inputs.has("prices", "prices", "inflation") else 0.0
    figure(answer, "inflation", rate)
    figure(answer, "required_return", number(answer, "equity", "required_return"))
    check_returns(answer, rate)
    flows = read_flows(answer)
    check_debt(answer, flows)
    check_coverage(answer)
    check_sums(answer, flows)
    check_sources(answer, flows)
    check_price(answer)


def read_flows(answer: Answer) -> pd.DataFrame:
    """finance.flow with its amounts as numbers, and the number of each period."""
    file = answer.folder.tables.get("finance.flow")
    frame = answer.folder.csv(file, FLOWS) if file is not None else pd.DataFrame(columns=list(FLOWS), dtype=str)
    places = {name: place for place, name in enumerate(answer.axis["period"])}
    return frame.assign(value=pd.to_numeric(frame["value"], errors="coerce").astype(float), place=frame["period"].map(places))


def check_returns(answer: Answer, inflation: float) -> None:
    """The sponsor's contributions and distributions, and its rates of return."""
    paid, received = (answer.table(f"finance.{name}", *PERIOD) for name in ("equity", "dividends"))
    answer.axis["moment"] = ["end"]
    left, size = float(answer.table("finance.left_over", "moment")[0]), float(paid.sum() + received.sum())
    figure(answer, "equity_value_musd_nominal", float(answer.known["equity_value"][0]), size)
    figure(answer, "equity_paid_in_musd_nominal", float(paid.sum()))
    figure(answer, "dividends_musd_nominal", float(received.sum()))
    figure(answer, "left_over_musd_nominal", left, size)
    at_risk = np.cumsum(paid - received)
    figure(answer, "peak_equity_musd_nominal", float(max(at_risk.max(), 0.0)), size)
    check_peak(answer, "peak_equity_period", at_risk, size)
    years = np.append((np.arange(answer.last + 1) + shift_of(answer)) * answer.years, (answer.last + 1) * answer.years)
    flows = np.append(received - paid, left)
    check_rates(answer, flows, years, inflation)
    required = number(answer, "equity", "required_return")
    optional(answer, "mirr", modified(flows, years, required))
    nearly = answer.years * BALANCED
    for name, rate in (("payback_years", 0.0), ("discounted_payback_years", required)):
        optional(answer, name, payback(answer, received - paid, left, rate), nearly)


def check_peak(answer: Answer, name: str, amounts: Array, size: float) -> None:
    """The period of the maximum; any of several equal ones."""
    if name not in answer.folder.summary:
        return
    answer.told.add(name)
    given, slack = answer.folder.summary[name], answer.checks.tolerance * (1 + size)
    tops = [period for period, amount in zip(answer.axis["period"], amounts, strict=True) if amount >= amounts.max() - slack > 0]
    right = given in tops or (given is None and amounts.max() <= slack)
    answer.checks.found_wrong(f"summary.{name}_is_what_follows", [] if right else [f"is {given}, should be {tops[:1]}"], 1)


def worth(flows: Array, years: Array, rate: float) -> float:
    """Present value of flows at a yearly rate."""
    return float(flows @ (1 + rate) ** -years)


def check_rates(answer: Answer, flows: Array, years: Array, inflation: float) -> None:
    """Each listed rate of return balances the flows, and none is missing."""
    summary = answer.folder.summary
    falls = np.argsort(years, kind="stable")
    signs = np.sign(joined(flows[falls], years[falls]))
    signs = signs[signs != 0]
    figure(answer, "irr_sign_changes", float((signs[1:] != signs[:-1]).sum()))
    moments = years * answer.calendar.steps_a_year * MOMENTS
    looked = [expm1(log1p(LEAST_RATE) + (log1p(MOST_RATE) - log1p(LEAST_RATE)) * place / LOOKS) for place in range(LOOKS + 1)]
    worths = np.array([worth(flows, moments, rate) for rate in looked])
    crossings = int(((worths[1:] > 0) != (worths[:-1] > 0)).sum()) if len(signs) and (signs != signs[0]).any() else 0
    rates = [each for each in summary.get("irr_all") or [] if isinstance(each, (int, float))]
    written = np.array([summary["irr"], *rates] if isinstance(summary.get("irr"), (int, float)) else rates, dtype=float)
    answer.told |= {"irr", "irr_all"}
    if "irr_all" in summary:
        wrong = [] if len(set(rates)) == len(rates) == crossings else [f"{len(rates)} rates, should be {crossings}"]
        answer.checks.found_wrong("summary.irr_all_lists_each_rate", wrong, 1)
    if "irr" in summary:
        lonely = summary["irr"] is None and crossings > 0
        answer.checks.found_wrong("summary.irr_is_there_where_some_rate_balances", ["is null"] if lonely else [], 1)
    if len(written):
        left = np.array([worth(flows, years, rate) for rate in written])
        size = np.array([worth(np.abs(flows), years, rate) for rate in written])
        answer.checks.equal("summary.irr_balances_the_flows", left / size, np.zeros(len(written)), [[f"{rate:.6g}" for rate in written]])
    irr = summary.get("irr")
    optional(answer, "irr_real", (1 + irr) / (1 + inflation) - 1 if isinstance(irr, (int, float)) else None)


def joined(flows: Array, years: Array) -> Array:
    """Flows at the same time point, summed."""
    moments = np.unique(np.round(years, 9))
    return np.array([flows[np.abs(years - moment) < 1e-8].sum() for moment in moments])


def modified(flows: Array, years: Array, rate: float) -> float | None:
    """Modified rate of return: the required return is both finance and reinvestment rate."""
    end = float(years.max())
    paid, received = worth(np.minimum(flows, 0.0), years, rate), worth(np.maximum(flows, 0.0), years, rate) * (1 + rate) ** end
    return float((received / -paid) ** (1 / end) - 1) if paid < 0 < received else None


def payback(answer: Answer, flows: Array, left: float, rate: float) -> float | None:
    """Payback in years from the first payment, each flow spread over its period; the final settlement falls at the end."""
    paying = np.flatnonzero(flows)
    first = int(paying[0]) if len(paying) else len(flows)
    steps = answer.calendar.steps_a_year
    factor = (1 + rate) ** (-np.arange(len(flows) - first) / steps)
    end = left * (1 + rate) ** ((shift_of(answer) - (len(flows) - first)) / steps)
    sums = np.append(np.cumsum(flows[first:] * factor), float(flows[first:] @ factor) + end)
    if sums[-1] < 0 or sums.min() >= 0:
        return None
    last = int(np.flatnonzero(sums < 0)[-1])
    return float(min(last + 1 - sums[last] / (sums[last + 1] - sums[last]), len(flows) - first)) / steps


def check_debt(answer: Answer, flows: pd.DataFrame) -> None:
    """Draws by facility, and peak debt."""
    drawn = flows[flows["line"].isin(["drawn", "revolver_drawn"])].groupby("item")["value"].sum()
    figures(answer, "debt_drawn_by_facility_musd_nominal", {str(item): float(amount) for item, amount in drawn.items()})
    owed = answer.table("finance.balance", "period", others=True) + answer.table("finance.revolver", *PERIOD)
    figure(answer, "debt_most_musd_nominal", float(owed.max()))
    check_peak(answer, "debt_most_period", owed, float(owed.max()))


def check_coverage(answer: Answer) -> None:
    """Coverage ratio by the last period of each tested year; its minimum; floor and lock-up."""
    steps, names = answer.calendar.steps_a_year, answer.axis["period"]
    floor, lock = number(answer, "debt", "coverage_floor"), number(answer, "debt", "lock_up", 0.0)
    figure(answer, "coverage_floor", floor)
    optional(answer, "coverage_lock_up", lock if lock > floor else None)
    over, due = (rolling(answer.table(f"finance.{name}", *PERIOD, below=True), steps) for name in ("available", "service"))
    ends = range(int(answer.known["first_build_until"][0]) + steps, answer.last + 1)
    found = {names[end]: float(over[end] / due[end]) for end in ends if due[end] > LEAST_SERVICE}
    figures(answer, "coverage_by_year", found)
    given = answer.folder.summary.get("coverage_by_year")
    if isinstance(given, dict):
        wrong = sorted(set(given) ^ set(found))
        answer.checks.found_wrong("summary.coverage_by_year_names_the_years_that_are_tested", wrong, len(found))
    optional(answer, "least_coverage", min(found.values(), default=None))
    if "least_coverage_period" in answer.folder.summary:
        answer.told.add("least_coverage_period")
        name = answer.folder.summary["least_coverage_period"]
        right = found[name] <= min(found.values()) * (1 + answer.checks.tolerance) if name in found else name is None and not found
        answer.checks.found_wrong("summary.least_coverage_period_is_what_follows", [] if right else [f"is {name}"], 1)


def check_sums(answer: Answer, flows: pd.DataFrame) -> None:
    """Tax paid; contributions of and payments to investors."""
    lines = {str(line): float(amount) for line, amount in flows.groupby("line")["value"].sum().items()}
    figure(answer, "tax_paid_musd_nominal", -lines.get("tax", 0.0), float(flows.loc[flows["line"] == "tax", "value"].abs().sum()))
    for line, sign in (("invested", 1.0), ("returned", -1.0)):
        by_item = flows[flows["line"] == line].groupby("item")["value"].sum()
        figures(answer, f"{line}_by_contract_musd_nominal", {str(item): sign * float(amount) for item, amount in by_item.items()})


def check_sources(answer: Answer, flows: pd.DataFrame) -> None:
    """Sources and uses of the first build, each net; retained cash is a use."""
    given = answer.folder.summary.get("sources_and_uses")
    answer.told.add("sources_and_uses")
    if not isinstance(given, dict):
        return
    until = int(answer.known["first_build_until"][0])
    net: dict[str, float] = {}
    for line, item, place, value in zip(flows["line"], flows["item"], flows["place"], flows["value"], strict=True):
        if line != "capital" and place <= until:
            name = item if line in ("drawn", "invested") else "revolver" if line.startswith("revolver_") else line
            net[name] = net.get(name, 0.0) + value
    for cost_class, amounts in zip(answer.axis["capital_class"], answer.known["capital"] * price_level(answer), strict=True):
        net[cost_class] = net.get(cost_class, 0.0) - float(amounts[: until + 1].sum())
    net[KEPT] = net.get(KEPT, 0.0) - float(answer.table("finance.cash", *PERIOD)[until])
    wrong = [] if given.get("until") == answer.axis["period"][until] else [f"until is {given.get('until')}"]
    answer.checks.found_wrong("summary.sources_and_uses_end_with_the_first_build", wrong, 1)
    size = sum(abs(amount) for amount in net.values())
    for side, sign in (("sources", 1.0), ("uses", -1.0)):
        said = given.get(side)
        written = said if isinstance(said, dict) else {}
        wanted = {name: sign * amount for name, amount in net.items() if sign * amount > 0}
        labels = sorted(set(written) | set(wanted))
        pairs = [np.array([as_number(each.get(name, 0.0)) for name in labels]) for each in (written, wanted)]
        answer.checks.equal(f"summary.{side}_are_what_follows", pairs[0], pairs[1], [labels], np.full(len(labels), size))


def check_price(answer: Answer) -> None:
    """The levelised price paid by own use, and the break-even price for the given multiple."""
    summary = answer.folder.summary
    weights = discounts(answer, "running") * measured(answer, "compute", [])
    price = answer.inputs.path("finance", "compute_sales", "price")
    sold = float(answer.known["sold"].sum())
    computes = weights.sum() > answer.checks.tolerance * (1 + sold)
    levelised = float(np.where(weights == 0, 0.0, weights * np.nan_to_num(price)).sum() / weights.sum()) if computes else 0.0
    if computes or summary.get("price_usd_per_h100e_hour") is None:
        optional(answer, "price_usd_per_h100e_hour", levelised * MILLION / KILO if levelised > 0 else None)
    multiple = summary.get("break_even_multiple")
    answer.told |= {"price_usd_per_h100e_hour", "break_even_usd_per_h100e_hour", "break_even_multiple", "break_even_held_by"}
    if "break_even_multiple" in summary:
        answer.unchecked.append("summary.json break_even_multiple, break_even_held_by: they result from a separate optimisation")
    held = summary.get("break_even_held_by") or []
    strange = [str(each) for each in held if each != RETURN and not re.fullmatch(r"[a-z]+\.[a-z_]+", str(each))]
    answer.checks.found_wrong("summary.break_even_is_held_by_the_return_or_by_rules", strange, len(held))
    if multiple is None or not computes:
        found = [] if multiple is not None or summary.get("break_even_usd_per_h100e_hour") is None else ["is there without a multiple"]
        answer.checks.found_wrong("summary.break_even_price_needs_a_multiple", found, 1)
        return
    optional(answer, "break_even_usd_per_h100e_hour", as_number(multiple) * levelised * MILLION / KILO)
    # The plan's own finance is feasible at its own price: if equity has a positive value, no higher price is needed.
    if float(answer.known["equity_value"][0]) >= 0:
        answer.checks.at_most("summary.break_even_price_is_no_higher_than_the_plans_own", np.array([as_number(multiple)]), np.ones(1),
                              [["multiple"]])
