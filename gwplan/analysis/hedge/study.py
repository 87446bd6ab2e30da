"""A hedge as tables, and its folder."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.hedge.branches import BASE
from gwplan.analysis.hedge.policy import Hedged, Interval
from gwplan.analysis.hedge.ties import MONEY, PERIOD, Where
from gwplan.common.printable import file_name
from gwplan.solving.decisions import DECISIONS

if TYPE_CHECKING:
    from gwplan.analysis.hedge.branches import Tree
    from gwplan.analysis.hedge.flexibility import FlexibilityWorth
    from gwplan.analysis.hedge.futures import Future
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.common.status import Status
    from gwplan.solving.linear_program import Floats

Columns = dict[str, list[Any]]
Written = tuple[str, str, dict[str, Any], list[float]]
KIND = "hedge"
SMALL = 1e-6
"""An amount below this is the solver's tolerance."""
NAMES = {f"{part}.{name}": (part, decision) for (part, decision), names in DECISIONS.items() for name in names} | {
    "power.energy_ordered": ("power", "energy ordered"), "contracts.invested": ("contracts", "invested")} | {
    f"finance.{name}": ("finance", decision) for name, decision in (
        ("revolver_agreed", "revolver agreed"), ("equity", "paid in"), ("drawn", "drawn"), ("refinanced", "refinanced"),
        ("principal", "repaid"), ("dividends", "paid out"), ("returned", "returned"))}  # fmt: skip
"""Part and decision of each family, as plan.csv names them where it has them."""
UNITS = {"opening": "1", "started": "halls", "renewed": "halls", "bought": "systems", "retired": "systems", "ordered": "MW",
         "energy ordered": "MWh", "signed": "1", "held": "1", "exercised": "MW", "leased": "MW",
         "invested": "MUSD", "staked": "MUSD", "revolver agreed": "MUSD", "paid in": "MUSD", "drawn": "MUSD", "refinanced": "MUSD",
         "repaid": "MUSD", "paid out": "MUSD", "returned": "MUSD"}  # fmt: skip
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class DecisionLine:
    """One kind of decision about an item at a site."""

    part: str
    decision: str
    item: str
    site: str

    @property
    def names(self) -> tuple[str, str, str, str]:
        """Part, decision, item and site."""
        return self.part, self.decision, self.item, self.site

    @property
    def unit(self) -> str:
        """Of its amount; `1` for what is done or not."""
        return UNITS[self.decision]


def line_of(future: Future, where: Where) -> tuple[DecisionLine, float]:
    """The line of a decision, and how much one of its variable is in the line's unit."""
    family, key = where
    over = next(each.over for each in future.plan.variables if f"{each.part}.{each.name}" == family)
    named = dict(zip((name for name in over if name != PERIOD), key, strict=True))
    items = [str(value) for name, value in named.items() if name != "site"]
    site = str(named.get("site", ""))
    part, decision = NAMES[family]
    if family in MONEY:
        return DecisionLine(part, decision, " for ".join(items) or {"paid in": "equity", "paid out": "dividends"}[decision], ""), 1.0
    size = future.case.number("power", items[0], "unit", site) if decision == "ordered" else 1.0
    return DecisionLine(part, decision, items[0] if items else site, site), size


def add(table: Columns, cells: Sequence[Any]) -> None:
    """Add a row to a table by column."""
    for name, cell in zip(table, cells, strict=True):
        table[name].append(cell)


def now_of(found: Hedged) -> Columns:
    """What is decided before anything is known: of the hedge and of the base plan, in the unit of the line, by period."""
    table: Columns = {name: [] for name in ("part", "decision", "item", "site", "when", "unit", "hedge", "base")}
    for where, period in sorted({*found.now, *found.base}, key=lambda each: (each[1], str(each[0]))):
        line, size = line_of(found.futures[0], where)
        amounts = [each.get((where, period), 0.0) * size for each in (found.now, found.base)]
        if max(amounts) > SMALL:
            add(table, (*line.names, found.tree.names[period], line.unit, *map(cleaned, amounts)))
    return table


def later_of(tree: Tree, futures: Sequence[Future], xs: Sequence[Floats]) -> Columns:
    """What is decided after that, scenario by scenario. xs: columns of the plan in each, empty where it has none."""
    table: Columns = {name: [] for name in ("scenario", "part", "decision", "item", "site", "when", "amount", "unit")}
    for future, x in zip(futures, xs, strict=True):
        for where, columns in future.columns.items() if len(x) else ():
            line, size = line_of(future, where)
            for period, column in columns.items():
                amount = float(x[column]) * size
                if period >= tree.root and amount > SMALL:
                    add(table, (future.name, *line.names, tree.names[period], cleaned(amount), line.unit))
    return table


def cleaned(amount: float) -> float:
    """A whole number without the solver's tolerance, else the amount."""
    return float(round(amount)) if abs(amount - round(amount)) < SMALL else amount


def moved_of(found: Hedged) -> Columns:
    """Orders that a scenario takes up later than they were placed."""
    names = ("scenario", "part", "decision", "item", "site", "ordered", "taken_up", "units", "amount", "unit")
    table: Columns = {name: [] for name in names}
    for number, (where, period), taken in found.ties.moved:
        line, size = line_of(found.futures[0], where)
        units = found.chosen.made[number].get((where, period), 0.0)
        amount = units * size
        if units > SMALL:
            whens = found.tree.names[period], found.tree.names[taken]
            add(table, (found.futures[number].name, *line.names, *whens, units, cleaned(amount), line.unit))
    return table


def regret_of(found: Hedged) -> Columns:
    """The value and the regret of the hedge and of each simple plan in each scenario; None where it has no plan."""
    table: Columns = {name: [] for name in ("plan", "scenario", "value", "regret")}
    for outcome in (found.chosen, *found.simple):
        for future, value, regret in zip(found.futures, outcome.values, found.regret(outcome), strict=True):
            add(table, (outcome.name, future.name, finite(value), finite(regret)))
    return table


def finite(value: float) -> float | None:
    """A number, or None for one that is not finite."""
    return value if math.isfinite(value) else None


def scenarios_of(found: Hedged, summaries: Sequence[dict[str, Any]]) -> Columns:
    """A row for each scenario: its chance, the hedge in it, its own plan, the base plan kept, and the figures of the hedge."""
    from gwplan.analysis.scenarios.study_table import figures

    base = next((each for each in found.simple if each.name == BASE), None)
    rows = [figures(summary) for summary in summaries]
    table: Columns = {
        "scenario": [each.name for each in found.tree.branches], "probability": list(found.tree.probabilities),
        "known": [known_in(found.tree, number) for number in range(len(found.futures))],
        "hedge": list(found.chosen.values), "alone": list(found.known), "alone_bound": [finite(each) for each in found.known_bounds],
        "base_kept": [None] * len(found.futures) if base is None else [finite(each) for each in base.values],
        "regret": found.regret(found.chosen),
    }  # fmt: skip
    names = dict.fromkeys(name for row in rows for name in row)
    return table | {name: [row.get(name, 0.0 if "." in name else None) for row in rows] for name in names}


def known_in(tree: Tree, number: int) -> str:
    """The name of the first period in which a scenario can be told from all others; blank if never."""
    return next((name for period, name in enumerate(tree.names) if (number,) in tree.groups(period)), "")


def quantile(values: Sequence[float], chances: Sequence[float], share: float) -> float:
    """The least value that at least a share of all outcomes do not pass."""
    reached = 0.0
    for value, chance in sorted(zip(values, chances, strict=True)):
        reached += chance
        if reached >= share - SMALL:
            return value
    return max(values)


def texts_of(found: Hedged) -> Iterator[Written]:
    """What is written of the hedge in each scenario."""
    for future, x, value in zip(found.futures, found.chosen.xs, found.chosen.values, strict=True):
        yield written(future, x, value, found.status)


def written(future: Future, x: Floats, value: float, status: Status) -> Written:
    """The name of a scenario, with the plan.csv, the summary and the spend by period of a plan in it."""
    from gwplan.planning.build import load
    from gwplan.results.store import finite as cleared
    from gwplan.results.summary import summarise
    from gwplan.results.tables import plan_text

    answer = replace(future.alone, x=x, objective=value, bound=math.nan, gap=math.nan, goals=goals_of(future, x))
    load(future.plan, future.arrays, answer)
    summary = cleared({"status": status, **summarise(future.plan, answer, future.arrays)})
    return future.name, plan_text(future.plan), summary, spend_of(future)


def goals_of(future: Future, x: Floats) -> list[dict[str, Any]]:
    """The goals of a scenario in a plan, without bounds."""
    return [{"kind": cost.kind, "objective": cost.value(x), "bound": math.nan, "gap": math.nan} for cost in future.arrays.costs]


def facts_of(found: Hedged, tables: dict[str, Columns]) -> dict[str, Any]:
    """What the manifest says beside the tables; amounts in the unit of the goal."""
    definition, chances = found.case.definition, found.tree.probabilities
    values = found.chosen.values
    return {
        "title": definition.title, "goal": definition.goals[0].kind, "precision": definition.measure, "dollars": definition.horizon.dollars,
        "unshared_money": unshared(found),
        "scenarios": len(found.futures), "periods": list(found.tree.names), "until": found.tree.until,
        "measure": str(found.aim.measure), "weight": found.aim.weight, "alpha": found.aim.alpha,
        "status": str(found.status), "seconds": found.seconds, "reached": found.reached,
        "bound": finite(found.bound), "expected": found.mean(values), "risk": found.risk(values),
        "wait_and_see": found.mean(found.known), "base_kept": finite(found.mean(found.simple[0].values)) if found.has_base else None,
        "value_of_hedge": plain(found.worth), "value_of_knowing": plain(found.knowing),
        "quantiles": {f"p{100 * share:g}": quantile(values, chances, share) for share in QUANTILES},
        "capital_quantiles_musd": {f"p{100 * share:g}": quantile(tables["table"]["capital_musd"], chances, share) for share in QUANTILES},
        "met": {each.name: math.fsum(chance for value, chance in zip(each.values, chances, strict=True) if math.isfinite(value))
                for each in (found.chosen, *found.simple)},
    }  # fmt: skip


def unshared(found: Hedged) -> list[str]:
    """Scenarios of a financed model that may take up orders late, whose payments are then their own."""
    late = {number for number, _, _ in found.ties.moved} if "finance" in found.case.definition.parts else set()
    return [future.name for number, future in enumerate(found.futures) if number in late]


def tree_of(tree: Tree) -> Columns:
    """The scenarios that cannot be told apart, with the first and the last of these periods."""
    table: Columns = {name: [] for name in ("scenarios", "first", "last", "probability")}
    spans: dict[tuple[int, ...], list[int]] = {}
    for period in range(len(tree.names)):
        for group in tree.groups(period):
            spans.setdefault(group, []).append(period)
    for group, periods in spans.items():
        branches = [tree.branches[number] for number in group]
        names = "|".join(each.name for each in branches)
        add(table, (names, tree.names[periods[0]], tree.names[periods[-1]], math.fsum(each.probability for each in branches)))
    return table


def series_of(periods: Sequence[str], told: Sequence[Written]) -> Columns:
    """IT power and what is spent until then, by scenario and period. told: what is written of each scenario."""
    table: Columns = {"scenario": [], "period": [], "it_mw": [], "spent": []}
    for name, _, summary, spend in told:
        table["scenario"] += [name] * len(periods)
        table["period"] += periods
        table["it_mw"] += summary["it_mw"]
        table["spent"] += list(accumulate(spend))
    return table


def spend_of(future: Future) -> list[float]:
    """Capital and running cost by period of a plan that is loaded, MUSD."""
    from gwplan.results.tables import level

    found = [0.0] * len(future.case.calendar.periods)
    for amounts in (future.plan.ledger.capital, future.plan.ledger.running):
        for (_, period), amount in amounts.items():
            found[period] += level(amount)
    return found


def plain(interval: Interval | None) -> dict[str, float] | None:
    """An interval as plain data."""
    return None if interval is None else {"found": interval.found, "least": interval.least, "most": interval.most}


def flexibility_of(worths: Sequence[FlexibilityWorth]) -> Columns:
    """What was forbidden, one after the other, and what it is worth, in the unit of the goal."""
    table: Columns = {name: [] for name in ("selector", "kind", "item", "used", "without", "status", "worth", "least", "most")}
    for each in worths:
        amounts = [None] * 3 if each.worth is None else [finite(value) for value in (each.worth.found, each.worth.least, each.worth.most)]
        add(table, (each.of.selector, each.of.kind, each.of.item, each.used, finite(each.without), str(each.status), *amounts))
    return table


def audited(tree: Tree, plans: Mapping[str, str], moved: Columns) -> dict[str, Any]:
    """Whether the written plans decide the same until scenarios can be told apart. plans: the text of plan.csv by scenario.

    moved: orders that are taken up late; of what plan.csv does not hold, such as energy of storage, there is nothing to put back.
    """
    from gwplan.planning.audited import shared_decisions

    rows = [dict(zip(moved, map(str, cells), strict=True)) for cells in zip(*moved.values(), strict=True)]
    held = [row for row in rows if (row["part"], row["decision"]) in DECISIONS]
    check = shared_decisions(tree.text, plans, held, tree.names)
    return {"passed": check.passed, "worst": check.worst, "compared": check.rows, "where": check.where}


def write(order: StudyRequest, found: Hedged, worths: Sequence[FlexibilityWorth] | None = None
          ) -> tuple[Path, dict[str, Any], dict[str, Columns]]:
    """Write the folder of a hedge; gives it with its facts and tables. OSError if it cannot be written.

    worths: of what is flexible, None where it was not asked for.
    """
    from gwplan.analysis.scenarios import study_table
    from gwplan.analysis.scenarios.scenario import ask

    told = list(texts_of(found))
    texts, summaries = {f"plan_{file_name(each[0])}.csv": each[1] for each in told}, [each[2] for each in told]
    tables = {"table": scenarios_of(found, summaries), "now": now_of(found),
              "later": later_of(found.tree, found.futures, found.chosen.xs), "moved": moved_of(found), "regret": regret_of(found),
              "tree": tree_of(found.tree), "series": series_of(found.tree.names, told)}
    facts = facts_of(found, tables) | {"flexibility": None if worths is None else len(worths)}
    if worths:
        tables["flexibility"] = flexibility_of(worths)
    question = ask(order.model, overlays=order.overlays, sets=order.sets, gap=order.gap, time_limit=order.time_limit)
    asked = [found.tree.text, str(found.aim), *(each.of.selector for each in worths or ())]
    texts["scenarios.csv"] = found.tree.text
    facts["decisions_are_shared"] = audited(found.tree, {each[0]: each[1] for each in told}, tables["moved"])
    folder = study_table.write(order.runs, KIND, question, asked, study_table.Content(facts, tables, texts), order.page)
    return folder, facts, tables

