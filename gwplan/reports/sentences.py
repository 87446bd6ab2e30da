"""A run in sentences: the headline, how far it is proven, and which limits bind."""

from __future__ import annotations

import re
from typing import Any

from gwplan.common.amounts import money
from gwplan.results import waiting
from gwplan.results.carriers import carriers
from gwplan.results.figures import aim
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST

KILO = 1e3


NO_GAP = 5e-5
SHOWN = 0.005
"""Least share of the compute at which a vendor is named among those chosen."""


OCCUPIED = "occupied"
EXCLUDED = "excluded"
WAITED = {"room": "for room in the halls", "other": "for power or another limit"}
"""What systems wait for, beside the first hall."""
OF_SPEND = ("most_value", "most_equity_value")
"""Goals whose gap is relative to all spend."""


def standing(run: RunFolder) -> str:
    """How good the plan is proven to be."""
    gap, status = run.figure("gap"), run.status
    goals = [str(name) for name in run.summary["goal"]]
    whole = " of the present value of all spend" if goals[0] in OF_SPEND else ""
    plans = f"no plan{of_what_is_fixed(run)} is better"
    proven = "" if gap is None else f"; {plans} by more than {gap:.2%}{whole}" if gap >= NO_GAP else f"; {plans}"
    later = [(str(goal["kind"]), goal.get("gap")) for goal in run.summary.get("goals", [])[1:]]
    proven += "".join(f"; {aim(kind)}, within {gap:.2%}" for kind, gap in later if gap is not None and gap >= NO_GAP)
    return f"Planned {', then '.join(map(aim, goals))}. Status: {status}{proven}."


def of_what_is_fixed(run: RunFolder) -> str:
    """` with what is fixed` of a run whose decisions are given, wholly or in part: a plan that decides otherwise may be better."""
    return " with what is fixed" if run.manifest.get("fix") else ""


def held_back(run: RunFolder) -> str:
    """What held the first IT power back, its site by its label; blank where that cannot be said."""
    text = str(run.summary.get("held_back") or "")
    for site, label in run.labels.items():
        text = re.sub(rf"( at ){re.escape(site)}(?=[.,; ])", lambda found, label=label: f"{found[1]}{label}", text)  # type: ignore[misc]
    return text


def vendors(run: RunFolder) -> str:
    """Who makes the plan's systems, and what lets each vendor in that is left out; blank where nobody asked."""
    found = run.summary.get("vendors") or []
    if not found:
        return ""
    shares = ", ".join(f"{run.named(each['vendor'])} {each['share']:.0%}" for each in found if each["share"] >= SHOWN)
    banned = excluded(run)
    out = [f"{run.named(each['vendor'])}{in_some_years(each)} ({EXCLUDED if each['vendor'] in banned else needed(each)})"
           for each in found if is_left_out(each)]
    return f"Compute by vendor: {shares}." + (f" Left out: {', '.join(out)}; sites and halls as planned." if out else "")


def excluded(run: RunFolder) -> set[str]:
    """The vendors that the model excludes: by name, or by each of their systems."""
    banned = (run.manifest.get("definition") or {}).get("exclude") or {}
    items = {*banned.get("systems", ()), *banned.get("item", ())}
    systems: dict[str, set[str]] = {}
    frame = run.inputs("accelerators") if items else None
    for row in frame[frame["quantity"] == "vendor"].to_dict("records") if frame is not None else ():
        systems.setdefault(str(row["base"]), set()).add(str(row["item"]))
    return {*banned.get("vendor", ()), *(vendor for vendor, made in systems.items() if made <= items)}


def is_left_out(vendor: dict[str, Any]) -> bool:
    """True of a vendor of the summary that makes no system of the plan in the period with the most compute."""
    return bool(vendor["share"] < SHOWN)


def in_some_years(vendor: dict[str, Any]) -> str:
    """What is told of a vendor that is left out there, and not in all years."""
    return ", but for some years" if vendor.get("chosen") else ""


def needed(vendor: dict[str, Any]) -> str:
    """What lets a vendor in that is left out: at the latest, for other sites and halls may suit it better."""
    cut, rise = vendor.get("price_cut"), vendor.get("rate_rise")
    if cut is None:
        return without_cut(vendor)
    ways = [f"at a price {cut:.0%} lower"] if cut < 1 else []
    ways += [] if rise is None else [f"with {rise:.0%} more compute a system"]
    return f"enters at the latest {' or '.join(ways)}" if ways else "does not enter at any price"


def without_cut(vendor: dict[str, Any]) -> str:
    """Why a vendor has no price at which it enters."""
    return "cannot deliver by then" if vendor.get("in_time", True) else "what it would need was not found in time"


KIND_WORDS = {"halls": "halls", "systems": "systems", "power": "supplies", "contracts": "contracts", "sites": "sites",
              "vendor": "systems of", "provider": "contracts of", "fuel": "supplies of", "item": ""}  # fmt: skip
"""What a kind of selector means, before its name."""


def chosen(run: RunFolder) -> str:
    """What the model requires, with how much of it the plan has, and what it excludes; blank without either."""
    required, excluded = run.summary.get("required") or [], run.summary.get("excluded") or []
    kept = [f"{selected(run, each)} {'at least' if each['sense'] == '>=' else 'at most'} {sized(each, 'amount')} "
            f"(the plan has {sized(each, 'planned')})" for each in required]
    found = [f"Required: {'; '.join(kept)}."] if kept else []
    return " ".join([*found, *([f"Excluded: {'; '.join(selected(run, each) for each in excluded)}."] if excluded else [])])


def selected(run: RunFolder, each: dict[str, Any]) -> str:
    """A selector in words, by labels: `halls Standard hall at North`, `systems of AMD`."""
    named = run.named(each["name"]) if each["name"] else ""
    words = f"{KIND_WORDS[each['kind']]} {named}".strip() or "all"
    return words + (f" at {run.named(each['site'])}" if each["site"] else "")


def sized(each: dict[str, Any], key: str) -> str:
    """An amount in MW, or a number of halls, systems, units, contracts or sites."""
    unit = each["unit"] or ("units" if each["kind"] in ("power", "fuel") else "")
    return f"{each[key]:,.6g} {unit}".rstrip()


def waiting_systems(run: RunFolder) -> str:
    """Systems that wait at a site before they run, for what, and why they were not ordered later; blank without any."""
    return " ".join(_waits(run, each) for each in waiting.waiting(run))


def _waits(run: RunFolder, each: waiting.Waiting) -> str:
    first, last = (run.periods[period] for period in each.between)
    when = f"in {first}" if first == last else f"between {first} and {last}"
    what = WAITED.get(each.awaited) or f"for the first hall, which opens in {each.awaited}"
    why = "; all that their makers allocate then is taken" if each.allocated else ""
    return f"Up to {each.most:,.0f} systems ({each.megawatts:,.0f} MW) wait at {run.named(each.site)} {when}, {what}{why}."


def proxies(run: RunFolder) -> str:
    """Sites of the plan whose campus is occupied, so that their rows stand for sites like them; blank without any."""
    frame = run.inputs("sites")
    rows = frame.to_dict("records") if len(frame) else []
    taken = {row["item"] for row in rows if row["quantity"] == "campus" and row["base"] == OCCUPIED}
    named = [run.named(site) for site in run.summary.get("sites") or {} if site in taken]
    if not named:
        return ""
    if len(named) == 1:
        return f"{named[0]} stands for a site like it: the campus there is occupied."
    return f"{'; '.join(named)} stand for sites like them: the campuses there are occupied."


CARRIED = "What the plan hangs on: net present value with a number at its low or high end, the plan as it is"
"""Title of the table of `carried`."""


def carried(run: RunFolder, most: int) -> list[tuple[str, str, str, str, str, str]]:
    """The numbers that carry the answer: name, grade, low, base and high with their unit, and what each end does."""
    rows = []
    for each in carriers(run, most):
        name = f"{run.named(each.item)}, {each.quantity.replace('_', ' ')}"
        name += f" at {run.named(each.site)}" if each.site and each.site != each.item else ""
        name += f", {each.when}" if each.when and each.when != "nan" else ""
        span = f"{each.low:.4g} / {each.base:.4g} / {each.high:.4g}"
        rows.append((name, each.grade or "-", span, "share of peak" if each.unit == "1" else each.unit,
                     money(each.at_low, plus=True), money(each.at_high, plus=True)))
    return rows


def at(run: RunFolder, index: str) -> str:
    """Where a row of a limit is, each of its names by its label."""
    return ", ".join(map(run.named, index.split(",")))


def rule_words(rule: str) -> str:
    """A rule as people read it: `budget: capital within cap` for budget.capital_within_cap."""
    part, _, name = rule.partition(".")
    return f"{part}: {name.replace('_', ' ')}" if name else part


def binding(run: RunFolder) -> list[dict[str, Any]]:
    """Rules with a limit that has no slack and a price, the dearest first: by the dual times the bound. One row a rule."""
    frame = run.table("limits")
    if not len(frame):
        return []
    tight = frame[(frame["slack"].abs() <= LEAST * frame["bound"].abs().clip(lower=1)) & (frame["dual"].abs() > LEAST)]
    weight = (tight["dual"] * tight["bound"].where(tight["bound"] != 0, 1.0)).abs()
    tight = tight.assign(weight=weight).sort_values("weight", ascending=False, kind="stable")
    counts = tight["rule"].value_counts()
    rows = tight.drop_duplicates("rule").to_dict("records")
    return [{**{str(name): value for name, value in row.items()}, "times": int(counts[row["rule"]])} for row in rows]
