"""What planning again as things become known gives, in words and cells; the terminal and the page share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gwplan.common.amounts import number, table_unit
from gwplan.reports.formatting import rows_of
from gwplan.reports.hedge import PAYMENTS, Named, Row, amount, deed, interval, of_goal, of_line, rounded, unit_of

Tables = Mapping[str, Mapping[str, list[Any]]]
FEW = 2
"""Decisions and names that a sentence lists."""
NO_PLAN = "no plan"
FIRST_HEADER = ("When", "What", "Where", ">Amount")


def sentences(facts: Row, tables: Tables, named: Named) -> list[str]:
    """The finding: what planning again gives on average, what not knowing costs, and where it fails or costs most."""
    return list(filter(None, (outcome(facts, tables), priced(facts), hedged(facts), worst(facts, tables), begun(facts, tables, named))))


def outcome(facts: Row, tables: Tables) -> str:
    """The mean over the scenarios, or where there is no plan."""
    if facts["replanned"] is not None:
        return (f"{of_goal(facts, facts['replanned'])} on average if planned again as things become known "
                f"({of_goal(facts, facts['expected_at_first'])} at first).")
    lost = [row["scenario"] for row in rows_of(tables["table"]) if row["replanned"] is None]
    before = f"What is decided before {facts['until']}" if facts["until"] else "What is decided"
    chance = f"planning again has one with a chance of {facts['met']:.0%} only" if facts["met"] else "planning again has none"
    return f"{before} as the base plan has it leaves no plan in {listed(lost)}: {chance}."


def listed(names: list[str]) -> str:
    """Some names, no more than a few."""
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more


def priced(facts: Row) -> str:
    """What it falls short of those who know."""
    found = facts["price_of_not_knowing"]
    return "" if found is None else f"To have known from the start would be worth {difference(facts, found)}."


def difference(facts: Row, found: Row) -> str:
    """A mean difference with what it can be."""
    return interval(facts, found).replace(" on average", "")


def hedged(facts: Row) -> str:
    """What it falls short of the hedge."""
    if facts["hedge"] is None:
        return "No plan does for all of them: there is no hedge." if facts["hedge_asked"] else ""
    found = facts["value_of_hedge"]
    if found is None:
        return f"The hedge has a plan in all of them: {of_goal(facts, facts['hedge'])} on average."
    return f"To hedge would be worth {difference(facts, found)}: see `gwplan hedge`."


def worst(facts: Row, tables: Tables) -> str:
    """The scenario in which it falls short most."""
    rows = [row for row in rows_of(tables["table"]) if row["regret"] is not None]
    most = max(rows, key=lambda row: float(row["regret"]), default=None)
    if most is None or rounded(most["regret"]) <= 0 or len(rows) < 2:
        return ""
    return f"It falls short most in {most['scenario']} (chance {most['probability']:.0%}), by {of_goal(facts, most['regret'])}."


def begun(facts: Row, tables: Tables, named: Named) -> str:
    """What the base plan decides before anything is known."""
    rows = [row for row in rows_of(tables["first"]) if row["decision"] not in PAYMENTS]
    until = f"before {facts['until']}" if facts["until"] else "in all scenarios"
    if not rows:
        return f"Nothing is decided {until}."
    deeds = list(dict.fromkeys(deed(row, named) for row in rows))
    more = f" and {len(deeds) - FEW} more" if len(deeds) > FEW else ""
    return f"Decided {until}: {'; '.join(deeds[:FEW])}{more}."


def scenario_cells(facts: Row, tables: Tables) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row for each scenario: its chance, from when it is known, planning again, one who knew, the hedge; header and cells."""
    rows = rows_of(tables["table"])
    columns = ["replanned", "foresight", *(("hedge",) if facts["hedge"] is not None else ()), "regret"]
    values = [row[name] for row in rows for name in columns if row[name] is not None]
    word, size = table_unit(unit_of(facts), values)
    names = {"replanned": f">Planned again, {word}".rstrip(", "), "foresight": ">Had it been known", "hedge": ">Hedge",
             "regret": ">Falls short by"}
    header = ("Scenario", ">Chance", "Known", *(names[name] for name in columns), "IT from")
    cells = []
    for row in rows:
        shown = [NO_PLAN if row[name] is None else amount(row[name], size) for name in columns]
        first = "" if row["replanned"] is None else str(row.get("first_it_period") or "none")
        cells.append((str(row["scenario"]), f"{row['probability']:.4g}", str(row["known"]), *shown, first))
    return header, cells


def step_cells(facts: Row, tables: Tables, between: bool = False) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row for each plan on the way: when it was made, what might still come, what it expected; header and cells.

    between: neither the base plan nor the last plan of each scenario, whose outcome stands elsewhere.
    """
    rows = rows_of(tables["steps"])
    if between:
        parts = [set(str(row["scenarios"]).split("|")) for row in rows]
        rows = [row for place, row in enumerate(rows) if place and any(parts[place] & later for later in parts[place + 1:])]
    word, size = table_unit(unit_of(facts), [row["expected"] for row in rows if row["expected"] is not None])
    cells = list[tuple[str, ...]]()
    for row in rows:
        names = str(row["scenarios"]).split("|")
        expected = NO_PLAN if row["expected"] is None else amount(row["expected"], size)
        cells.append((str(row["when"]), "all" if len(names) == facts["scenarios"] > 1 else listed(names), expected))
    return ("From", "May still be", f">Then planned, {word}".rstrip(", ")), cells


def first_cells(tables: Tables, named: Named) -> list[tuple[str, ...]]:
    """A row for each decision that is made before anything is known."""
    cells = list[tuple[str, ...]]()
    for row in rows_of(tables["first"]):
        site = named(str(row["site"])) if row["site"] != row["item"] else ""
        what = deed({**row, "site": ""}, named)
        cells.append((str(row["when"]), what, site, of_line(row["amount"], str(row["unit"]))))
    return cells


def standing(facts: Row) -> str:
    """How it ended, and what the audit says of the written plans."""
    check = facts["decisions_are_shared"]
    audited = ("Audited: the written plans decide the same until scenarios can be told apart." if check["passed"] else
               f"The audit failed: plans differ before scenarios can be told apart ({check['where']}).")
    early = "Stopped early: not all plans are proven. " if facts["status"] == "stopped" else ""
    return f"{early}{audited} Solved in {number(round(facts['seconds'], 1))} s."
