"""A planner who plans again, as tables, and the folder of that study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.hedge.rolling import SMALL, Rolled
from gwplan.analysis.hedge.study import (
    Columns,
    Written,
    add,
    audited,
    cleaned,
    finite,
    later_of,
    line_of,
    plain,
    series_of,
    tree_of,
    written,
)
from gwplan.analysis.hedge.ties import MONEY
from gwplan.common.printable import file_name

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.study import StudyRequest

KIND = "rolling"


def first_of(found: Rolled) -> Columns:
    """What is decided before anything is known, as the base plan does."""
    table: Columns = {name: [] for name in ("part", "decision", "item", "site", "when", "unit", "amount")}
    for (where, period), units in sorted(found.first.items(), key=lambda each: (each[0][1], str(each[0][0]))):
        line, size = line_of(found.base, where)
        if units * size > SMALL:
            add(table, (*line.names, found.tree.names[period], line.unit, cleaned(units * size)))
    return table


def moved_of(found: Rolled) -> Columns:
    """Orders that a scenario takes up later than they were placed, as what was known when they were placed did not say so."""
    names = ("scenario", "part", "decision", "item", "site", "ordered", "taken_up", "units", "amount", "unit")
    table: Columns = {name: [] for name in names}
    for future, made in zip(found.futures, found.policy.made, strict=True):
        for (where, period), units in made.items():
            own = future.columns.get(where, {})
            taken = min((each for each in own if each >= period), default=None)
            if units > SMALL and where[0] not in MONEY and period not in own and taken is not None:
                line, size = line_of(future, where)
                whens = found.tree.names[period], found.tree.names[taken]
                add(table, (future.name, *line.names, *whens, units, cleaned(units * size), line.unit))
    return table


def steps_of(found: Rolled) -> Columns:
    """The plans that were made on the way, the base plan first, and what each of them expected."""
    table: Columns = {name: [] for name in ("when", "scenarios", "expected", "status")}
    names, whens = [each.name for each in found.tree.branches], (*found.tree.names, "after the end")
    for each in found.steps:
        among = "|".join(names[number] for number in each.scenarios)
        add(table, (whens[each.period], among, finite(each.expected), str(each.status)))
    return table


def scenarios_of(found: Rolled, told: dict[str, Written]) -> Columns:
    """A row for each scenario: its chance, what planning again gives there, the plan of one who knew, the hedge, and headline figures."""
    from gwplan.analysis.scenarios.study_table import figures

    rows = [figures(told[each.name][2]) if each.name in told else {} for each in found.futures]
    hedge = [None] * len(rows) if found.hedge is None else list(found.hedge.chosen.values)
    table: Columns = {
        "scenario": [each.name for each in found.tree.branches], "probability": list(found.tree.probabilities),
        "known": [found.revealed(number) for number in range(len(rows))],
        "status": [str(found.status_of(number)) for number in range(len(rows))],
        "replanned": [finite(value) for value in found.policy.values], "foresight": list(found.foresight),
        "foresight_bound": [finite(each.alone.bound) for each in found.futures], "hedge": hedge,
        "regret": [finite(each) for each in found.regret],
        "hedge_regret": [None if value is None else found.sign * (best - value)
                         for value, best in zip(hedge, found.foresight, strict=True)],
    }  # fmt: skip
    names = dict.fromkeys(name for row in rows for name in row)
    return table | {name: [row.get(name, 0.0 if row and "." in name else None) for row in rows] for name in names}


def facts_of(found: Rolled) -> dict[str, Any]:
    """What the manifest says beside the tables; amounts in the unit of the goal."""
    definition, hedge = found.case.definition, found.hedge
    return {
        "title": definition.title, "goal": definition.goals[0].kind, "precision": definition.measure, "dollars": definition.horizon.dollars,
        "financed": "finance" in definition.parts, "scenarios": len(found.futures), "periods": list(found.tree.names),
        "until": found.until, "status": str(found.status), "seconds": found.seconds,
        "expected_at_first": found.base.alone.objective, "replanned": finite(found.mean(found.policy.values)),
        "foresight": found.mean(found.foresight), "price_of_not_knowing": plain(found.price), "met": found.met,
        "hedge_asked": found.asked, "hedge": None if hedge is None else hedge.reached,
        "hedge_bound": None if hedge is None else finite(hedge.bound),
        "value_of_hedge": plain(found.worth_of_hedge),
    }  # fmt: skip


def written_of(found: Rolled) -> dict[str, Written]:
    """What is written of each scenario that has a plan, by name."""
    plans = zip(found.futures, found.policy.xs, found.policy.values, strict=True)
    return {future.name: written(future, x, value, found.status) for future, x, value in plans if len(x)}


def write(order: StudyRequest, found: Rolled) -> tuple[Path, dict[str, Any], dict[str, Columns]]:
    """Write the folder of the study; gives it with its facts and tables. OSError if it cannot be written."""
    from gwplan.analysis.scenarios import study_table
    from gwplan.analysis.scenarios.scenario import ask

    told = written_of(found)
    tables = {"table": scenarios_of(found, told), "first": first_of(found), "later": later_of(found.tree, found.futures, found.policy.xs),
              "moved": moved_of(found), "steps": steps_of(found), "tree": tree_of(found.tree),
              "series": series_of(found.tree.names, list(told.values()))}
    facts = facts_of(found)
    texts = {f"plan_{file_name(name)}.csv": each[1] for name, each in told.items()} | {"scenarios.csv": found.tree.text}
    facts["decisions_are_shared"] = audited(found.tree, {name: each[1] for name, each in told.items()}, tables["moved"])
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    asked = [found.tree.text, KIND, str(found.hedge is not None)]
    folder = study_table.write(order.runs, KIND, question, asked, study_table.Content(facts, tables, texts), order.page)
    return folder, facts, tables
