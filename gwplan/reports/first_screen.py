"""The first screen of a run: the answer to the question, then when, where, what, what it costs, and what holds it back, as rows of pieces.

A piece is kept together: a screen that has no room for all says how many more there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from gwplan.analysis import bridge
from gwplan.common.amounts import money, said
from gwplan.common.status import Status
from gwplan.reports import first_screen_money as paid
from gwplan.reports.formatting import counted
from gwplan.reports.headline import AS_ASKED, Asked, amount_of, asked, budget_left, series
from gwplan.reports.reference_plans import telling
from gwplan.reports.sentences import (
    EXCLUDED,
    NO_GAP,
    OCCUPIED,
    binding,
    excluded,
    held_back,
    in_some_years,
    is_left_out,
    of_what_is_fixed,
    rule_words,
    without_cut,
)
from gwplan.results import sources, waiting
from gwplan.results.carriers import carriers
from gwplan.results.figures import GOALS, aim, unit_of_goal
from gwplan.results.run_folder import RunFolder, sums
from gwplan.results.schedule import LEAST

MEASURES = {"it": "MW of IT", "facility": "MW at the meter", "compute": "kH100e"}
WITHIN: dict[tuple[str, ...], str] = {("own",): " in own halls", ("leased",): " in leased room"}
OFFERS = {"accelerators.arrivals_within_allocation": "allocation", "power.capacity_within_offer": "offer",
          "contracts.lease_within_offer": "offer"}  # fmt: skip
"""Rules on what others can deliver by when, which delay a plan, and how they are called."""
DECISIONS = {"sites.opening": "sites", "halls.started": "halls", "halls.renewed": "renewals of halls",
             "accelerators.bought": "systems", "accelerators.retired": "retirements",
             "power.ordered": "supplies", "contracts.signed": "contracts", "contracts.held": "options held",
             "contracts.exercised": "options exercised", "contracts.leased": "leases",
             "contracts.staked": "stakes"}  # fmt: skip
"""Kinds of decisions of a plan table, and how they are called."""
HALF = 0.5
"""Amounts below it are rounded to 0."""
STEPS = {1: ("month", "months"), 3: ("quarter", "quarters"), 6: ("half-year", "half-years"), 12: ("year", "years")}
COULD = re.compile(r"It could have come in (\S+) \(soonest: ([^)]*)\)")
HELD = re.compile(r"; (.+) held it back(?:, by (.+?))? \(")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its label, its pieces, the lines that it may take, and what stands between pieces.

    Without room spare rows go first, then second lines, those of rows of low rank before those of high. whole: words are never cut.
    """

    label: str
    pieces: tuple[str, ...]
    most: int = 1
    between: str = ", "
    spare: bool = False
    rank: int = 0
    whole: bool = False


def answer(run: RunFolder) -> tuple[str, str]:
    """The answer from the targets of the question and what is paid for it; whether they are met, and what is left of the budget."""
    it, rented = max(series(run, "it_mw"), default=0.0), max(series(run, "cloud_kh100e"), default=0.0)
    if max(it, rented) <= LEAST:
        return served(run) or "Nothing is built", budget_left(run)
    wishes = asked(run)
    parts = [dated(run, wish, alone=len({(each.first, each.last) for each in wishes[number:]}) == 1 and number == len(wishes) - 1)
             for number, wish in enumerate(wishes)]
    met = run.summary.get("target_met")
    many = len((run.manifest.get("definition") or {}).get("target") or []) > 1
    state = "" if met is None else f"target{'s' if many else ''} met" if met else "A TARGET IS NOT MET"
    price = money(run.figure("capital_first_build_musd") or 0.0)
    if price == "$0":
        price = f"{money(run.figure('npv_cost_musd') or 0.0)} of net present cost"
    return f"{', '.join(dict.fromkeys(parts))} for {price}", ", ".join(filter(None, (state, budget_left(run))))


def served(run: RunFolder) -> str:
    """What is served of a load that is given, in a plan without IT, and for how much; blank where there is none."""
    load = series(run, "facility_mw")
    if max(load, default=0.0) <= LEAST:
        return ""
    first = next(n for n, each in enumerate(load) if each > LEAST)
    return f"{max(load):,.0f} MW at the meter from {run.periods[first]} for {money(run.figure('capital_musd') or 0.0)}"


def dated(run: RunFolder, wish: Asked, alone: bool) -> str:
    """What there is of one wish, and by when. alone: the last of all, so that compute beside it is said where none is asked for."""
    have, measure = amount_of(run, wish, wish.first), MEASURES.get(wish.measure, wish.measure)
    when = f"{'by' if wish.amount is not None else 'in'} {wish.stated or run.periods[wish.first]}"
    text = f"{have:,.0f} {measure}{WITHIN.get(wish.counts, '')}"
    if wish.amount is not None and have < wish.amount * (1 - AS_ASKED):
        text = f"{have:,.0f} of {wish.amount:,.0f} {measure}{WITHIN.get(wish.counts, '')}"
    elif wish.amount is not None and have > wish.amount * (1 + AS_ASKED):
        when += f" ({wish.amount:,.0f} asked)"
    if wish.amount is None and alone and wish.measure == "it":
        text += f" with {series(run, 'compute_kh100e')[wish.first]:,.0f} kH100e"
    return f"{text} {when}"


def goal(run: RunFolder) -> tuple[str, str]:
    """What the goal came to, in its own unit; how far it is proven, in that unit."""
    summary, kinds = run.summary, [str(kind) for kind in run.summary["goal"]]
    kind, value = kinds[0], run.figure("objective")
    then = "".join(f", then {aim(each)}" for each in kinds[1:])
    if value is None:
        return f"Planned {aim(kind)}{then}", proven(run)
    if kind == "most_value":
        words = "Worth {} more than it costs" if value >= 0 else "Costs {} more than it is worth"
        of_both = f": {money(float(summary.get('npv_value_musd') or 0))} - {money(float(summary['npv_cost_musd']))}"
        text = words.format(money(abs(value))) + of_both
    elif kind == "most_equity_value":
        at = run.figure("required_return")
        text = f"Equity is worth {money(value)} nominal" + (f" at {at:.1%} a year" if at is not None else "")
    elif kind == "least_cost":
        text = f"Net present cost {money(value)}"
    else:
        text = f"{value:,.0f} {unit_of_goal(kind, run.dollars, run.measure)}"
        text += ", earlier counting more" if kind == "soonest" else ""
    return text + then, proven(run)


def proven(run: RunFolder) -> str:
    """How far the goal is proven, in its unit; that the search was stopped."""
    kind, value, bound, gap = str(run.summary["goal"][0]), *map(run.figure, ("objective", "bound", "gap"))
    stopped = "" if run.status is Status.OPTIMAL else "stopped early: " if run.status is Status.STOPPED else f"{run.status}: "
    if value is None or bound is None or gap is None:
        return f"{stopped}not proven"
    if gap < NO_GAP:
        later = [(str(each["kind"]), each.get("gap")) for each in run.summary.get("goals", [])[1:]]
        loose = [f"; {aim(name)} within {share:.1%}" for name, share in later if share is not None and share >= NO_GAP]
        return f"{stopped}proven: no plan{of_what_is_fixed(run)} is better{''.join(loose)}"
    unit = GOALS[kind].unit if kind in GOALS else ""
    off = abs(bound - value)
    return f"{stopped}at most {money(off) if unit.startswith('MUSD') else said(off, unit)} from the best{of_what_is_fixed(run)}"


def power_by_period(run: RunFolder) -> dict[str, list[float]]:
    """What is drawn over time: MW of IT, and kH100e that are rented and sold where there are any."""
    found = {"MW": series(run, "it_mw"), "Rented": series(run, "cloud_kh100e"), "Sold": series(run, "sold_kh100e")}
    return {name: values for name, values in found.items() if max(values, default=0.0) > LEAST}


def plan(run: RunFolder) -> list[Row]:
    """Where, what and which power."""
    rows = (Row("Fixed", tuple(fixed(run)), 2, "; "), Row("Where", tuple(places(run)), 2, rank=2),
            Row("What", tuple(systems(run)), 2, rank=2),
            Row("Power", tuple(supplies(run))), Row("Left out", tuple(left_out(run)), 2, "; "))
    return [row for row in rows if row.pieces]


def fixed(run: RunFolder) -> list[str]:
    """Which decisions an earlier plan gives, and which kinds of them it does not name, so that they are free; nothing if none is given."""
    if not run.manifest.get("fix"):
        return []
    free = [DECISIONS.get(name, name) for name in run.manifest.get("free") or ()]
    return [f"by {PurePath(str(run.manifest['fix'])).name}", f"free: {listed(free)}" if free else "all decisions"]


def places(run: RunFolder) -> list[str]:
    """Power at the meter, the halls of one site or the power of several, clouds, leased room."""
    facility, halls = by(run, "account.facility_peak", "site"), by(run, "halls.stock", "site", "design")
    meter = [f"{max(series(run, 'facility_mw')):,.0f} MW at the meter"] if facility else []
    own = [f"{place(run, site)} {power:,.0f} MW" for site, power in facility.items()]
    if len(facility) == 1:
        kinds = [f"{counted(round(number), 'hall')} of {run.number('halls', design, 'room', site) or 0:,.0f} MW"
                 for (site, design), number in halls.items()]
        own = [f"{run.named(next(iter(facility)))}{': ' if kinds else ''}{listed(kinds)}"]
    others = []
    if clouds := [name for name in by(run, "account.compute", "provider") if name not in ("own", "sold")]:
        others.append(f"rented from {', '.join(map(run.named, clouds))}")
    if leased := [site for tenure, site in by(run, "account.it_peak", "tenure", "site") if tenure != "own"]:
        where = listed([place(run, site) for site in leased]) if len(leased) < 3 else f"{len(leased)} sites"
        others.append(f"{max(series(run, 'leased_mw')):,.0f} MW leased at {where}")
    found = [*own, *meter, *others] if len(own) == 1 else [*meter, *others, *own]
    if taken := stand_ins(run):
        found.append("a stand-in for a site like it" if taken == len(own) == 1 else f"{taken} of these stand for sites like them")
    return found


def place(run: RunFolder, site: str) -> str:
    """The name of a site without its state."""
    return run.named(site).split(",")[0]


def stand_ins(run: RunFolder) -> int:
    """How many sites of the plan have a campus that is occupied."""
    frame = run.inputs("sites")
    rows = frame.to_dict("records") if len(frame) else []
    taken = {row["item"] for row in rows if (row["quantity"], row["base"]) == ("campus", OCCUPIED)}
    return len(taken & set(run.summary.get("sites") or {}))


def by(run: RunFolder, table: str, *labels: str) -> dict[Any, float]:
    """The greatest sum over time of an amount, by labels, the largest first; empty without the table."""
    frame = run.table(table)
    if not len(frame):
        return {}
    most = frame.groupby([*labels, "period"])["value"].sum().groupby(level=list(range(len(labels)))).max()
    found = {name: float(value) for name, value in most.items() if value > LEAST}
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def systems(run: RunFolder) -> list[str]:
    """Systems by number at the date of the last target, and their compute."""
    period = max(wish.first for wish in asked(run))
    frame = run.table("accelerators.installed")
    frame = frame[frame["period"] == run.periods[period]] if len(frame) else frame
    numbers = sorted(sums(frame, ["system"], "value"), key=lambda row: -row["value"])
    found = [f"{row['value']:,.0f} {run.named(str(row['system']))}" for row in numbers if row["value"] >= HALF]
    compute = series(run, "compute_kh100e")[period]
    rented, sold = (series(run, name)[period] for name in ("cloud_kh100e", "sold_kh100e"))
    amounts = [(compute, "own"), (rented, "rented"), (sold, "sold")]
    shown = [(amount, what) for amount, what in amounts if amount > LEAST]
    words = " and ".join(f"{amount:,.0f}{f' {what}' if what != 'own' or len(shown) > 1 else ''}" for amount, what in shown)
    return [f"{words} kH100e ({run.measure}) in {run.periods[period]}", *found] if words else found


def supplies(run: RunFolder) -> list[str]:
    """Supplies ordered, in MW, the largest first."""
    found = run.summary.get("supplies_mw") or {}
    return [f"{power:,.0f} MW {run.named(name)}" for name, power in sorted(found.items(), key=lambda pair: -pair[1]) if power >= HALF]


def left_out(run: RunFolder) -> list[str]:
    """What each vendor that is left out would need, the runner-up first; sites and halls as planned."""
    found, banned = [], excluded(run)
    for each in sorted(run.summary.get("vendors") or [], key=lambda each: (each.get("price_cut") is None, each.get("price_cut") or 0.0)):
        cut, rise = each.get("price_cut"), each.get("rate_rise")
        if not is_left_out(each):
            continue
        ways = [f"{cut:.0%} cheaper"] if cut is not None and cut < 1 else []
        ways += [f"{rise:.0%} faster"] if rise is not None else []
        why = EXCLUDED if each["vendor"] in banned else without_cut(each) if cut is None else ""
        needs = f"({why})" if why else f"unless {' or '.join(ways)}" if ways else "at any price"
        found.append(f"{run.named(each['vendor'])}{in_some_years(each)}{',' if each.get('chosen') else ''} {needs}")
    return found


def costs(run: RunFolder, found: bridge.Bridge | None) -> list[Row]:
    """What it costs, by class, per GW and per hour of compute; who pays."""
    rows = [Row("Cost", tuple(paid.by_class(run)), 2, "   ", rank=1), Row("", tuple(paid.per_gigawatt(run, found)), 2, "; "),
            Row("", tuple(paid.prices(run)), 2, "; "), Row("Equity", tuple(paid.financed(run)), 2, "; ")]
    return [row for row in rows if row.pieces]


def limits(run: RunFolder) -> list[Row]:
    """What delays the plan, what else limits it, what nothing restricts, what it hangs on and how well that is known."""
    others = [rule_words(str(row["rule"])) for row in binding(run) if row["rule"] not in OFFERS and row["rule"] != "goal.target_is_met"]
    free = run.summary.get("no_limit_on") or ["nothing"]
    graded = [f"{name} {each.words.replace(',', '')}" for name, each in zip(("capital", "numbers"), sources.grades(run), strict=True)
              if each is not None and each.total > 0]
    return [row for row in (
        Row("Delayed by", (*first_power(run), *scarce(run), *waits(run)), 2, "; ", rank=1),
        Row("Limited by", tuple(others), 1, "; ", spare=True), Row("Unconstrained", tuple(map(str, free))),
        Row("Compared", tuple(telling(run)), 1, "; "), Row("Hangs on", tuple(hangs_on(run)), 2, "; "),
        Row("Grades", tuple(graded), 2, "; "),
    ) if row.pieces]


def first_power(run: RunFolder) -> list[str]:
    """What held the first IT power back."""
    text, first = held_back(run), run.summary.get("first_it_period")
    could, held = COULD.search(text), HELD.search(text)
    found = []
    if could:
        last = [name for name, period in re.findall(r"([a-z ]+) (\S+?)(?:, |$)", could[2]) if period == could[1]]
        found.append(f"first power {first}, {listed(last)} would allow {could[1]}")
    elif held:
        found.append(f"{held[1]}{f' by {held[2]}' if held[2] else ''} (first power {first})")
    return found


def waits(run: RunFolder) -> list[str]:
    """Systems that wait before they run, where most do."""
    return [f"{counted(round(each.most), 'system')} waiting at {place(run, each.site)}" for each in waiting.waiting(run)[:1]]


def scarce(run: RunFolder) -> list[str]:
    """What others cannot deliver sooner, the dearest first: each offer that binds with a price, and in how many periods."""
    frame = run.table("limits")
    frame = frame[frame["rule"].isin(OFFERS) & (frame["dual"].abs() > LEAST)] if len(frame) else frame
    found: dict[tuple[str, ...], list[float]] = {}
    for row in frame.to_dict("records"):
        if abs(float(row["slack"])) <= LEAST * max(abs(float(row["bound"])), 1.0):
            names = tuple(str(row["index"]).split(",")[:-1])
            found.setdefault((str(row["rule"]), *names), []).append(abs(float(row["dual"]) * (float(row["bound"]) or 1.0)))
    steps = STEPS.get(run.months, ("period", "periods"))
    ranked = sorted(found.items(), key=lambda pair: (-sum(pair[1]), pair[0]))
    words = []
    for key, weights in ranked:
        rule, names = key[0], key[1:]
        what = " at ".join((run.named(names[0]), *(place(run, site) for site in names[1:2])))
        words.append(f"{what} {OFFERS[rule]} ({counted(len(weights), *steps)})")
    return words


def listed(names: list[str]) -> str:
    """Names in a sentence: a, b and c."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def hangs_on(run: RunFolder) -> list[str]:
    """The two numbers that move net present value most, the plan as it is."""
    found = []
    for each in carriers(run, 2):
        name = f"{each.quantity.replace('_', ' ')} of {run.named(each.item)}" if each.item != "compute" else f"{each.quantity} of compute"
        found.append(f"{name} (grade {each.grade or '-'}): {money(each.at_low, plus=True)} to {money(each.at_high, plus=True)}")
    return found
