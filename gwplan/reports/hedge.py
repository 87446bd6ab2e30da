"""What a hedge says, in words and cells; the terminal and the page share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gwplan.common.amounts import number, said, table_unit
from gwplan.results.figures import GOALS

Row = Mapping[str, Any]
Named = Callable[[str], str]
HEDGE = "hedge"
ALIKE = 1e-3
"""Share of an amount below which two plans have the same of it."""
MEASURES = {"cvar": "mean of the worst {alpha:.0%} of outcomes", "regret": "greatest regret"}
NOW_HEADER = ("When", "What", "Where", ">Hedge", ">Base plan")
DEEDS = {"opening": "open", "started": "start", "renewed": "renew", "bought": "order", "retired": "retire", "ordered": "order",
         "energy ordered": "order storage", "signed": "sign", "held": "hold", "exercised": "exercise", "leased": "lease",
         "invested": "pay in", "staked": "pay in", "revolver agreed": "agree", "paid in": "pay in", "drawn": "draw",
         "refinanced": "refinance with", "repaid": "repay", "paid out": "pay", "returned": "return to"}  # fmt: skip
"""What is done, by the decision."""
PAYMENTS = ("paid in", "drawn", "refinanced", "repaid", "paid out", "returned")
"""Decisions of money that follow what is ordered."""


TOO_GOOD = ("Somewhat too good: {names} may take up orders late, so equity, debt drawn and dividends there are not shared with the others, "
            "and are mixed as if it were known.")
"""Said of a hedge with finance: docs/hedge.md has its size in one case."""


def unit_of(facts: Row) -> str:
    """The unit of the goal."""
    return GOALS[str(facts["goal"])].unit


def of_goal(facts: Row, value: float | None, *, plus: bool = False) -> str:
    """An amount of the goal in words."""
    return "no plan" if value is None else said(value, unit_of(facts), plus=plus)


def sentences(facts: Row, tables: Mapping[str, Mapping[str, list[Any]]], named: Named) -> list[str]:
    """The finding: whether the hedge orders something else now, what that is worth, and what it would be worth to know."""
    until, count = facts["until"], facts["scenarios"]
    when = f"before {until}, when the {count} scenarios can first be told apart" if until else "as nothing is ever known in time"
    return [f"{differs(facts, tables, named)} {when}.", worth(facts), knowing(facts), *too_good(facts)]


def too_good(facts: Row) -> list[str]:
    """Which scenarios do not share the money that is paid."""
    names = [str(name) for name in facts.get("unshared_money", ())]
    return [TOO_GOOD.format(names=f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0])] if names else []


def differs(facts: Row, tables: Mapping[str, Mapping[str, list[Any]]], named: Named) -> str:
    """How the hedge's first decisions differ from those of the base plan."""
    if facts["base_kept"] is None and not any(tables["now"]["base"]):
        return "The model as it stands has no plan of its own: the hedge is the only plan"
    apart = differing(tables["now"])
    if not any((*tables["now"]["hedge"], *tables["now"]["base"])):
        return "Neither the hedge nor the base plan orders anything"
    if not apart:
        return "The hedge orders the same as the base plan"
    if not any(tables["now"]["hedge"]):
        return "The hedge waits: it orders nothing of what the base plan does"
    parts = sorted({deed(row, named) for row in apart})
    shown = "; ".join(parts[:3]) + (f" and {len(parts) - 3} more" if len(parts) > 3 else "")
    return f"The hedge decides otherwise than the base plan ({shown})"


def differing(now: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """Items at a site of which the hedge and the base plan order different amounts, or at different dates; payments follow orders."""
    rows = [dict(zip(now, cells, strict=True)) for cells in zip(*now.values(), strict=True)]
    ordered = [row for row in rows if row["decision"] not in PAYMENTS]
    return [row for row in ordered if abs(row["hedge"] - row["base"]) > ALIKE * max(row["hedge"], row["base"])]


def deed(row: Row, named: Named) -> str:
    """`order AMD Helios at Abilene, Texas`."""
    what = titled(row["item"], named)
    at = f" at {named(str(row['site']))}" if row["site"] and row["site"] != row["item"] else ""
    return f"{DEEDS[str(row['decision'])]} {what}{at}"


def titled(item: object, named: Named) -> str:
    """The name of an item for people; of debt drawn, the facility and what it pays for."""
    return " for ".join(map(named, str(item).split(" for ")))


def worth(facts: Row) -> str:
    """What the hedge is worth against the base plan kept until something is known."""
    found = facts["value_of_hedge"]
    if found is None:
        return ("The base plan kept so has no plan in some scenario (below): what the hedge is worth against it is no number."
                if facts["base_kept"] is None else "")
    return f"Against the base plan kept until then the hedge is worth {interval(facts, found)}."


def knowing(facts: Row) -> str:
    """The expected value of perfect information."""
    return f"To know now which scenario comes would be worth {interval(facts, facts['value_of_knowing'])}."


def interval(facts: Row, found: Row) -> str:
    """A difference with what it can be: both plans are proven to a gap only."""
    shown, least, most = (of_goal(facts, rounded(found[name])) for name in ("found", "least", "most"))
    return f"{shown} on average" if least == most else f"{shown} on average (it can be {least} to {most})"


def rounded(value: float) -> float:
    """An amount of the goal without the solver's rounding."""
    return 0.0 if abs(value) < ROUNDING else value


def aim(facts: Row) -> str:
    """What is sought."""
    if facts["measure"] == "expected" or not facts["weight"]:
        return "the mean over the scenarios"
    measure = MEASURES[str(facts["measure"])].format(alpha=facts["alpha"])
    return measure if facts["weight"] >= 1 else f"{1 - facts['weight']:.0%} the mean and {facts['weight']:.0%} the {measure}"


def matrix(facts: Row, tables: Mapping[str, Mapping[str, list[Any]]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row for each plan: its regret in each scenario, its mean, and its chance to have a plan at all; header and cells."""
    rows = [dict(zip(tables["regret"], cells, strict=True)) for cells in zip(*tables["regret"].values(), strict=True)]
    names = [str(name) for name in tables["table"]["scenario"]]
    chances = tables["table"]["probability"]
    word, size = table_unit(unit_of(facts), [row["regret"] for row in rows if row["regret"] is not None])
    found = []
    for plan in dict.fromkeys(str(row["plan"]) for row in rows):
        mine = [row["regret"] for row in rows if row["plan"] == plan]
        whole = all(each is not None for each in mine)
        mean = sum(each * chance for each, chance in zip(mine, chances, strict=True)) if whole else None
        cells = ["no plan" if each is None else amount(each, size) for each in (*mine, mean)]
        found.append((title(plan), *cells, f"{facts['met'][plan]:.0%}"))
    return (f"Regret, {word}".rstrip(", "), *(f">{name}" for name in names), ">Mean", ">Has a plan"), found


def title(plan: str) -> str:
    """What a plan is called."""
    return {"hedge": "the hedge", "base": "base plan"}.get(plan, f"plan for {plan}")


def amount(value: float, size: float) -> str:
    """A number of a table in its unit; 0 for rounding."""
    shown = number(value / size)
    return "0" if abs(value / size) < ROUNDING else shown


ROUNDING = 5e-4
"""A number below this is shown as 0."""


def scenario_cells(facts: Row, tables: Mapping[str, Mapping[str, list[Any]]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row for each scenario: its chance, from when it is known, the hedge, its own plan, the base plan kept; header and cells."""
    table = tables["table"]
    values = [each for name in ("hedge", "alone", "base_kept") for each in table[name] if each is not None]
    word, size = table_unit(unit_of(facts), values)
    header = ("Scenario", ">Chance", "Known from", f">Hedge, {word}".rstrip(", "), ">Its own plan", ">Base plan kept", "IT from")
    firsts = table.get("first_it_period", [None] * len(values))
    cells = []
    shown_of = (table[name] for name in ("scenario", "probability", "known", "hedge", "alone", "base_kept"))
    for name, chance, known, hedge, alone, base, first in zip(*shown_of, firsts, strict=False):
        shown = ["no plan" if each is None else amount(each, size) for each in (hedge, alone, base)]
        cells.append((str(name), f"{chance:.4g}", str(known) or "not before the end", *shown, str(first or "none")))
    return header, cells


def now_cells(tables: Mapping[str, Mapping[str, list[Any]]], named: Named) -> list[tuple[str, ...]]:
    """A row for each decision that is made before anything is known."""
    table = tables["now"]
    cells = list[tuple[str, ...]]()
    for row in (dict(zip(table, each, strict=True)) for each in zip(*table.values(), strict=True)):
        what = f"{DEEDS[str(row['decision'])]} {titled(row['item'], named)}"
        site = named(str(row["site"])) if row["site"] != row["item"] else ""
        cells.append((str(row["when"]), what, site, of_line(row["hedge"], row["unit"]), of_line(row["base"], row["unit"])))
    return cells


def of_line(value: float, unit: str) -> str:
    """An amount of a decision: yes or no where it is done or not."""
    if unit == "1":
        return "yes" if value > ROUNDING else "no"
    shown = number(value if value > ROUNDING else 0.0)
    return f"{shown} {unit.removesuffix('s') if shown == '1' else unit}"


def later_cells(tables: Mapping[str, Mapping[str, list[Any]]], named: Named) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What is decided after something is known, where the scenarios differ: a row for each item at a site; header and cells."""
    names = [str(name) for name in tables["table"]["scenario"]]
    sums: dict[tuple[str, ...], dict[str, list[tuple[str, float]]]] = {}
    table = tables["later"]
    for row in (dict(zip(table, each, strict=True)) for each in zip(*table.values(), strict=True)):
        if row["decision"] == "retired":  # follows from what was ordered; the table of the folder has it
            continue
        key = tuple(str(row[name]) for name in ("decision", "item", "site", "unit"))
        sums.setdefault(key, {}).setdefault(str(row["scenario"]), []).append((str(row["when"]), float(row["amount"])))
    cells = []
    for (decision, item, site, unit), found in sums.items():
        each = [said_when(found.get(name, []), unit) for name in names]
        if len(set(each)) > 1:
            cells.append((f"{DEEDS[decision]} {titled(item, named)}", named(site) if site != item else "", *each))
    return ("Then", "Where", *(f"If {name}" for name in names)), cells


def said_when(found: Sequence[tuple[str, float]], unit: str) -> str:
    """An amount over all periods, with the first and the last of them."""
    if not found:
        return "none"
    whens = [when for when, _ in found]
    span = whens[0] if whens[0] == whens[-1] else f"{whens[0]} to {whens[-1]}"
    whole = sum(value for _, value in found)
    return span if unit == "1" else f"{of_line(whole, unit)}, {span}"


def spread(facts: Row) -> str:
    """The quantiles of the outcome and of capital, in a sentence."""
    shown = ", ".join(f"{name.upper()} {of_goal(facts, value)}" for name, value in facts["quantiles"].items())
    capital = ", ".join(f"{name.upper()} {said(value, 'MUSD')}" for name, value in facts["capital_quantiles_musd"].items())
    return f"Outcome: {shown}, mean {of_goal(facts, facts['expected'])}. Capital: {capital}."


def checked(facts: Row) -> str:
    """What the audit of the written plans says."""
    check = facts["decisions_are_shared"]
    if check["passed"]:
        return "Audited: the written plans decide the same until scenarios can be told apart."
    return f"The audit failed: plans differ before scenarios can be told apart ({check['where']})."


def standing(facts: Row) -> str:
    """How far it is proven."""
    if facts["bound"] is None:
        return f"Sought: {aim(facts)}. Stopped early; no bound."
    off = abs(facts["reached"] - facts["bound"])
    return f"Sought: {aim(facts)}. No plan is better by more than {of_goal(facts, off)}."


def flexibility_cells(facts: Row, tables: Mapping[str, Mapping[str, list[Any]]], named: Named
                      ) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row for each thing that was forbidden: whether the hedge uses it, its worth and what that can be; header and cells."""
    table = tables.get("flexibility", {})
    rows = [dict(zip(table, each, strict=True)) for each in zip(*table.values(), strict=True)]
    word, size = table_unit(unit_of(facts), [row[name] for row in rows for name in ("worth", "most") if row[name] is not None])
    cells = list[tuple[str, ...]]()
    for row in rows:
        used = {None: "", True: "yes", False: "no"}[row["used"]]
        what = named(str(row["item"])) if row["item"] else str(row["selector"])
        worths = ("", without_it(row)) if row["worth"] is None else (amount(row["worth"], size), between(row, size))
        cells.append((what, str(row["kind"]), used, *worths))
    return ("Without", "Kind", "Hedge uses it", f">Worth, {word}".rstrip(", "), "It can be"), cells


def without_it(row: Row) -> str:
    """How a hedge without something ended that has no plan."""
    return "no plan does without it" if row["status"] == "infeasible" else "not found in time"


def between(row: Row, size: float) -> str:
    """The least and the most that a worth can be; blank if they are the same."""
    least, most = amount(row["least"], size), "more" if row["most"] is None else amount(row["most"], size)
    return "" if least == most else f"{least} to {most}"


def no_flexibility(facts: Row) -> str:
    """Said where nothing is flexible that was looked for."""
    return ("No option is on offer and no power is rented: there is nothing whose flexibility has a price. --without forbids anything else."
            if facts.get("flexibility") == 0 else "")


def moved_lines(tables: Mapping[str, Mapping[str, list[Any]]], named: Named) -> Iterable[str]:
    """Orders that a scenario takes up later than they are placed."""
    table = tables["moved"]
    for row in (dict(zip(table, each, strict=True)) for each in zip(*table.values(), strict=True)):
        what = deed(row, named)
        size = "" if row["unit"] == "1" else f" ({of_line(row['amount'], row['unit'])})"
        yield f"If {row['scenario']}: {what}{size} of {row['ordered']} is taken up in {row['taken_up']}, as soon as it can be delivered."
