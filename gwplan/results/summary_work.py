"""What the compute of a plan would do if it were used all the time: training, tokens read and tokens written, and what each costs.

Each workload has its share of the hours. In these the systems deliver peak rate x share achieved in it. Compute that is rented
is counted in H100e, so at the rates of an H100.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from gwplan.common.calendar import HOURS_A_DAY, HOURS_A_YEAR, SECONDS_AN_HOUR
from gwplan.common.constants import KILO
from gwplan.inputs.case import Case
from gwplan.model.assemble import Plan
from gwplan.model.compute_measure import RATES, TOKENS, achieved
from gwplan.model.goals import npv_cost
from gwplan.model.tenure import OWN, SOLD
from gwplan.results.summary_levelised import discounted_hours
from gwplan.results.tables import level, levels

TERA_AN_EXA = KILO * KILO


def work(plan: Plan) -> dict[str, Any]:
    """Work per year in each period and its cost, of each workload; empty where compute is counted at peak rates.

    Training: exaFLOP-days a year. Tokens: trillions a year, at the operations that a token takes of the model in compute.csv;
    left out without them. Cost: net present cost x the workload's share of the hours / discounted work, in USD.
    """
    case, found = plan.case, dict[str, Any]()
    cost = level(npv_cost(case, plan.ledger))
    for workload, share in case.definition.compute.workload.items():
        if not share or case.definition.compute.basis == "peak":
            continue
        rates = delivered(plan, workload, share)
        discounted = sum(rate * discounted_hours(plan, period) for period, rate in enumerate(rates)) * SECONDS_AN_HOUR
        if workload not in TOKENS:
            found["training_exaflop_days"] = [rate / TERA_AN_EXA * HOURS_A_YEAR / HOURS_A_DAY for rate in rates]
            days = discounted / TERA_AN_EXA / SECONDS_AN_HOUR / HOURS_A_DAY
            found["usd_per_training_exaflop_day"] = cost * share * KILO**2 / days if days > 0 else None
        elif each := case.get("compute", "compute", TOKENS[workload]):
            name, million = TOKENS[workload].removeprefix("flop_per_"), discounted * KILO / each / KILO**2
            found[f"{name}s_trillion"] = [rate * KILO / each * SECONDS_AN_HOUR * HOURS_A_YEAR / KILO**4 for rate in rates]
            found[f"usd_per_million_{name}s"] = cost * share * KILO**2 / million if million > 0 else None
    return found


def delivered(plan: Plan, workload: str, share: float) -> list[float]:
    """TFLOP/s that all systems deliver in a workload, as a mean of all hours: in its share of them. By period; with rented compute."""
    case = plan.case
    rates = defaultdict[int, float](float)
    for key, amount in plan.exchange.balance("compute").items():
        if key[0] not in (OWN, SOLD):
            rates[key[-1]] += level(amount) * KILO * rate_of(case, "compute", "h100", workload)
    if "accelerators" in plan.blocks:
        for (system, _, period), number in levels(plan.blocks["accelerators"].variables["running"]).items():
            rates[period] += number * rate_of(case, "accelerators", system, workload) * case.number("accelerators", system, "availability")
    return [share * rates[period] for period in range(len(case.calendar.periods))]


def rate_of(case: Case, table: str, item: str, workload: str) -> float:
    """TFLOP/s of one system or of one H100 in a workload, at the precision of the model; 0 where it has none."""
    precision = case.definition.precision
    return (case.get(table, item, RATES[precision]) or 0.0) * (case.get(table, item, achieved(workload, precision)) or 0.0)
