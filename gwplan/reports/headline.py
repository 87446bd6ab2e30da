"""The plan in one sentence: what the question asks for and when, what is paid for it until when, and what is left of the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gwplan.common.amounts import money
from gwplan.common.calendar import MONTHS_A_YEAR, parse_date
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST

AS_ASKED = 5e-4
"""Share of an amount within which a plan gives what is asked for, as far as a reader sees."""
USED_UP = 1e-4
"""Share of a budget that is left where all of it is used, as far as a reader sees."""
CAP, YEARLY, WHOLE_LIFE = "budget.capital_within_cap", "budget.capital_within_year", "goal.spend_within_budget"
IN: dict[tuple[str, ...], str] = {("own",): " in own halls", ("leased",): " in leased room"}
ALL_CAPITAL = "capital"


@dataclass(frozen=True)
class Asked:
    """What is asked for: a measure, its amount (None: nothing), the first and last period of it, what counts, and its date as stated."""

    measure: str
    amount: float | None
    first: int
    last: int
    counts: tuple[str, ...]
    stated: str = ""


def headline(run: RunFolder) -> str:
    """The plan in one sentence, with another one for the budget and for what it grows to."""
    title, it = str(run.summary.get("title", run.path.name)), series(run, "it_mw")
    if max((*it, *series(run, "cloud_kh100e"), *series(run, "facility_mw")), default=0.0) <= LEAST:
        return f"{title}: nothing is built."
    wishes = asked(run)
    dates = list(dict.fromkeys((wish.first, wish.last) for wish in wishes))
    clauses = [dated(run, date, [wish for wish in wishes if (wish.first, wish.last) == date]) for date in dates]
    paid = money_paid(run)
    most, then = max(it), it[max(first for first, _ in dates)]
    more = f" It grows to {most:,.0f} MW of IT." if most > then * (1 + LEAST) + LEAST else ""
    missed = " A target is not met." if run.summary.get("target_met") is False else ""
    return f"{title}: {'; '.join(clauses)}, for {paid}.{missed}{budget(run)}{more}"


def series(run: RunFolder, name: str) -> list[float]:
    """A figure by period; zeros where the run has none."""
    found = run.summary.get(name) or [0.0] * len(run.periods)
    return [float(each) for each in found]


def asked(run: RunFolder) -> list[Asked]:
    """The targets of the question; without any, what the goal asks for, or the most IT power that the plan reaches."""
    definition = run.manifest.get("definition") or {}
    last = len(run.periods) - 1
    found = [target_of(run, target) for target in definition.get("target") or []]
    goals = [goal for goal in definition.get("goal") or [] if goal.get("amount") is not None]
    if not found and goals:
        wish = Asked(goals[0].get("measure") or "it", number(goals[0]["amount"]), 0, last, ("own", "leased"))
        reached = [period for period in range(last + 1) if amount_of(run, wish, period) >= (wish.amount or 0) * (1 - AS_ASKED)]
        found = [Asked(wish.measure, wish.amount, reached[0], last, wish.counts)] if reached else []
    until = run.first_build_end if "definition" not in run.manifest else run.full_period
    if not found and is_power_alone(run):
        meter = series(run, "facility_mw")
        full = next(period for period, each in enumerate(meter) if each >= max(meter) * (1 - AS_ASKED))
        return [Asked("facility", None, full, last, ("own", "leased"))]
    return sorted(found, key=lambda wish: (wish.first, wish.last)) or [Asked("it", None, until, last, ("own", "leased"))]


def is_power_alone(run: RunFolder) -> bool:
    """True for a plan that serves a load at the meter and has no compute."""
    computing = max((*series(run, "it_mw"), *series(run, "cloud_kh100e")), default=0.0)
    return computing <= LEAST < max(series(run, "facility_mw"), default=0.0)


def target_of(run: RunFolder, target: dict[str, Any]) -> Asked:
    """A target with its periods."""
    start, last = run.first_month(0), len(run.periods) - 1
    first = (parse_date(str(target["by"])).first - start) // run.months
    until = (parse_date(str(target["until"])).last - start) // run.months if target.get("until") else last
    return Asked(str(target["measure"]), number(target["amount"]), min(max(first, 0), last), min(until, last),
                 tuple(target.get("counts") or ("own", "leased")), str(target["by"]))


def number(amount: object) -> float:
    """The number of an amount of a definition as resolved: `1000.0 MW`."""
    return float(str(amount).split()[0])


def amount_of(run: RunFolder, wish: Asked, period: int) -> float:
    """What the plan has, in a period, of what counts towards a wish."""
    if wish.measure == "facility":
        return series(run, "facility_mw")[period]
    if wish.measure == "compute":
        return series(run, "compute_kh100e")[period] + (series(run, "cloud_kh100e")[period] if "cloud" in wish.counts else 0.0)
    leased = series(run, "leased_mw")[period]
    return (series(run, "it_mw")[period] - leased) * ("own" in wish.counts) + leased * ("leased" in wish.counts)


def dated(run: RunFolder, date: tuple[int, int], wishes: Sequence[Asked]) -> str:
    """What there is of the wishes of one date, with the compute of the IT power where no wish is for compute."""
    first, last = date
    measures = [wish.measure for wish in wishes]
    parts = [granted(run, wish) for wish in wishes]
    if "compute" not in measures and not is_power_alone(run):
        parts.append(computes(run, first))
    together = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    ends = "on" if last >= len(run.periods) - 1 else f"to {run.periods[last]}"
    return f"{together} from {run.periods[first]} {ends}"


def granted(run: RunFolder, wish: Asked) -> str:
    """What there is of one wish at its date, and what was asked for where that is another amount."""
    have = amount_of(run, wish, wish.first)
    other = [f"{wish.amount:,.0f} asked"] if wish.amount is not None and abs(have - wish.amount) > AS_ASKED * wish.amount else []
    if wish.measure == "compute":
        rented = series(run, "cloud_kh100e")[wish.first] if "cloud" in wish.counts else 0.0
        return f"{have:,.0f} kH100e ({'; '.join([precision(run), *([f'{rented:,.0f} rented'] if rented > LEAST else []), *other])})"
    what = "MW at the meter" if wish.measure == "facility" else "MW of IT" + IN.get(wish.counts, "")
    return f"{have:,.0f} {what}" + (f" ({other[0]})" if other else "")


def computes(run: RunFolder, period: int) -> str:
    """The compute of a period, for own use and sold."""
    own, sold = series(run, "compute_kh100e")[period], series(run, "sold_kh100e")[period]
    if sold <= LEAST:
        return f"{own:,.0f} kH100e ({precision(run)})"
    if own <= LEAST:
        return f"{sold:,.0f} kH100e ({precision(run)}), all sold,"
    return f"{own:,.0f} kH100e ({precision(run)}) for own use and {sold:,.0f} sold"


def precision(run: RunFolder) -> str:
    """How compute is counted."""
    return run.measure


def terms(run: RunFolder) -> str:
    """The terms of the contracts that the value of compute is taken from, by date; blank where no row says."""
    rows = sorted((when, text) for _, when, text in run.rows("compute", "compute", "term"))
    return ", ".join(f"{text} from {when}" if when else text for when, text in rows)


def money_paid(run: RunFolder) -> str:
    """Capital of the first build and until when it is paid, which need not be the date of a target; per GW of the IT power then."""
    capital, per = run.figure("capital_first_build_musd") or 0.0, run.figure("capital_musd_per_it_gw")
    then = f"to the end of {run.periods[run.first_build_end]}"
    each = f", {money(per)} per GW of IT" if per else ""
    return f"{money(capital)} (in dollars of {run.dollars}) paid {then}{each}"


def tightest(run: RunFolder) -> tuple[str, str, float, float] | None:
    """Rule, index, bound and slack of the part of the budget that binds first; None without a budget."""
    limits = run.table("limits")
    rows = limits[limits["rule"].isin([CAP, YEARLY, WHOLE_LIFE])] if len(limits) else limits
    rows = rows[rows["bound"] > 0] if len(rows) else rows
    if not len(rows):
        return None
    row = rows.to_dict("records")[int((rows["slack"] / rows["bound"]).argmin())]
    return str(row["rule"]), str(row["index"]), float(row["bound"]), float(row["slack"])


def budget_left(run: RunFolder) -> str:
    """What is left of the part of the budget that binds first, in a few words; blank without a budget."""
    found = tightest(run)
    if found is None:
        return ""
    rule, index, bound, slack = found
    cost_class, _, year = index.partition(",")
    if rule == WHOLE_LIFE:
        used = abs(slack) <= USED_UP * bound
        return f"{'all' if used else money(bound - slack)} of {money(bound)} used, running cost included"
    cap = f"{'' if cost_class == ALL_CAPITAL else f'{cost_class} '}cap{f' of {year}' if rule == YEARLY else ''}"
    if abs(slack) <= USED_UP * bound:
        return f"all of the {money(bound)} {cap} used"
    return f"{money(abs(slack))} {'under' if slack > 0 else 'ABOVE'} the {cap}"


def budget(run: RunFolder) -> str:
    """The part of the budget that binds first, and what is left of it; blank without a budget."""
    found = tightest(run)
    if found is None:
        return ""
    rule, index, bound, slack = found
    name = f"the budget of {money(bound)}{budgeted(run, rule, index)}"
    if abs(slack) <= USED_UP * bound:
        return f" All of {name} is used."
    return f" {money(slack)} of {name} is left." if slack > 0 else f" It is {money(-slack)} above {name}."


def budgeted(run: RunFolder, rule: str, index: str) -> str:
    """What a part of the budget is for."""
    cost_class, _, year = index.partition(",")
    what = "" if cost_class == ALL_CAPITAL else f" for {cost_class}"
    if rule == WHOLE_LIFE:
        return " for capital and running cost over the whole horizon"
    if rule == YEARLY:
        return f"{what} of {year}, with what is carried over,"
    until = [row["base"] for row in run.inputs("budget").to_dict("records") if (row["item"], row["quantity"]) == (cost_class, "until")]
    return what + (f" to {until[0]}" if until else "")


def final_year(run: RunFolder) -> str:
    """The last year of the horizon and the IT power that runs in it: what the last year's running cost is for."""
    last = run.periods[-(MONTHS_A_YEAR // run.months) :]
    years = sorted({name[:4] for name in last})
    power = series(run, "it_mw")[-len(last) :]
    least, most = f"{min(power):,.0f}", f"{max(power):,.0f}"
    named = years[0] if len(years) == 1 else f"{last[0]} to {last[-1]}"
    return f"{named}, for {most if least == most else f'{least} to {most}'} MW of IT"
