"""The tables of a run folder: each variable, expression and account, the ledger, the limits and the periods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gwplan.inputs.hours import SlicedYear
from gwplan.model.assemble import Plan
from gwplan.model.block import Key, Report, Variable
from gwplan.model.exchange import ACCOUNTS
from gwplan.model.linear import value_of
from gwplan.model.parts import load
from gwplan.model.promises import unit_of
from gwplan.results.store import csv_text
from gwplan.solving.decisions import HEADER, rows
from gwplan.solving.lexicographic import Answer
from gwplan.solving.linear_program import Arrays

DUST = 1e-12


Columns = dict[str, list[Any]]
UNITS = ("table", "column", "unit", "meaning")


@dataclass(frozen=True)
class Tables:
    """The tables of a plan by name, each by column, and `units`: the unit and meaning of each table's numbers."""

    columns: dict[str, Columns]
    units: list[tuple[str, str, str, str]]

    def texts(self) -> dict[str, str]:
        """Each table, and `units`, as the text of its CSV."""
        found = {name: csv_text(list(columns), zip(*columns.values(), strict=True)) for name, columns in self.columns.items()}
        return {**found, "units": csv_text(UNITS, self.units)}


def tables_of(plan: Plan, arrays: Arrays, answer: Answer) -> Tables:
    """Every variable, expression and account, the ledger, the periods and the limits of a plan."""
    found, units = dict[str, Columns](), list[tuple[str, str, str, str]]()
    for family in plan.variables:
        name = f"{family.part}.{family.name}"
        if not family.name.startswith("ordered_"):
            found[name] = tidy(plan, family.over, levels(family))
            units.append((name, "value", family.unit, family.doc))
    for name, account in ACCOUNTS.items():
        if plan.exchange.makers[name] and (account.written_empty or plan.exchange.entries[name]):
            amounts = {key: level(amount) for key, amount in plan.exchange.balance(name).items()}
            found[f"account.{name}"] = tidy(plan, account.over, amounts)
            units.append((f"account.{name}", "value", account.unit, account.doc))
    found["ledger"] = ledger(plan)
    for part in plan.case.definition.parts:
        for report in reports_of(part):
            table = report(plan.blocks[part], plan.case, plan.ledger, plan.exchange, level)
            found[f"{part}.{table.name}"] = dict(table.columns)
            units.append((f"{part}.{table.name}", "value", table.unit, table.doc))
    found["limits"] = limits(plan, arrays, answer)
    found["periods"] = periods(plan)
    if plan.case.hours is not None:
        found |= hours(plan.case.hours)
        units += [("slices", "share", "1", "share of the hours of a year"), ("slices", "hours", "hour", "length each time"),
                  ("hours", "value", "the series'", "in the slice; mean: over the year; error: root mean square of the slices"),
                  ("days", "typical", "1", "number of the typical day that stands for the day of the year"),
                  ("peak_hours", "window", "1", "share of the coincident charge in hours that may be the grid's peak")]
    units += [("ledger", "amount", f"MUSD_{plan.case.definition.horizon.dollars}", "real, undiscounted; residual value, liabilities"),
              ("limits", "bound", "the row's", "the limit; use is the used part, slack the unused part"),
              ("limits", "dual", "goal per unit of the row", "marginal value of one more unit, integers fixed (a local value)")]
    return Tables(found, units)


def reports_of(part: str) -> Sequence[Callable[..., Report]]:
    """Additional tables reported by a part, computed from the plan."""
    return getattr(load(part), "REPORTS", ())


def level(amount: Any) -> float:
    """The value of an expression, variable or number in the plan; unused variables are 0."""
    return value_of(amount)


def levels(family: Variable) -> dict[Key, float]:
    """Values of a family of variables or expressions."""
    return {key: level(data) for key, data in family.data.items()}


def tidy(plan: Plan, over: tuple[str, ...], amounts: Mapping[Key, float]) -> dict[str, list[Any]]:
    """Index columns named after their sets, then `value`; zeros are omitted."""
    names = plan.case.calendar.names
    kept = [(key, amount) for key, amount in amounts.items() if abs(amount) > DUST]
    columns: dict[str, list[Any]] = {}
    for place, name in enumerate(over):
        columns[name] = [names[key[place]] if name == "period" else key[place] for key, _ in kept]
    columns["value"] = [amount for _, amount in kept]
    return columns


def ledger(plan: Plan) -> dict[str, list[Any]]:
    """Every non-zero entry: kind, maker, class, item, site, payee, period, amount."""
    names = plan.case.calendar.names
    lines = [(entry.kind, entry.maker, entry.cost_class, entry.item, entry.site, entry.payee, names[entry.period], level(entry.amount))
             for entry in plan.ledger.entries]
    kept = [line for line in lines if abs(line[-1]) > DUST]
    header = ("kind", "maker", "class", "item", "site", "payee", "period", "amount")
    return {name: [line[n] for line in kept] for n, name in enumerate(header)}


def limits(plan: Plan, arrays: Arrays, answer: Answer) -> dict[str, list[Any]]:
    """Limits (except 0 of 0) with bound, use, slack and dual."""
    names = plan.case.calendar.names
    duals = {} if answer.duals is None else {(rule.full_name, key): float(answer.duals[row]) for row, (rule, key) in enumerate(arrays.rows)}
    columns: dict[str, list[Any]] = {name: [] for name in ("rule", "index", "side", "bound", "use", "slack", "dual", "unit")}
    for rule in plan.rules:
        for key, side in rule.sides.items():
            bound = level(side.right)
            use = level(side.left) - (0.0 if side.spare is None else level(side.spare))
            if abs(bound) < DUST and abs(use) < DUST:
                continue
            slack = use - bound if side.sense == ">=" else bound - use
            index = ",".join(names[value] if name == "period" else str(value) for name, value in zip(rule.over, key, strict=True))
            values = (rule.full_name, index, "least" if side.sense == ">=" else "most", bound, use, slack,
                      duals.get((rule.full_name, key)), unit_of(plan.case, rule.full_name, rule.promise, key))
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
    return columns


def periods(plan: Plan) -> dict[str, list[Any]]:
    """The periods with their discount factors."""
    calendar = plan.case.calendar
    each = calendar.periods
    return {
        "period": [period.name for period in each], "number": [period.number for period in each],
        "first": [period.first for period in each], "months": [period.months for period in each],
        "discount_capital": [calendar.discount(period.number, "capital") for period in each],
        "discount_running": [calendar.discount(period.number, "running") for period in each],
    }


def hours(year: SlicedYear) -> dict[str, Columns]:
    """Slices, the typical day of each day of the year, the hourly series in the slices, and the slices with hours of the grid's peak."""
    names = [part.name for part in year.slices]
    rows = [(site, name, part, float(value), float(year.hourly[site, name].mean()), year.error[site, name])
            for (site, name), values in year.series.items() for part, value in zip(names, values, strict=True)]
    peaks = [(site, window, part) for site in dict.fromkeys(site for site, _ in year.series)
             for window, parts in year.windows(site).items() for part in parts]
    return {
        "slices": {"slice": names, "share": [part.share for part in year.slices], "hours": [part.hours for part in year.slices],
                   "day": [part.day for part in year.slices], "in_months": ["|".join(map(str, part.months)) for part in year.slices]},
        "days": {"day": list(range(len(year.days))), "typical": list(year.days)},
        "hours": {name: [row[place] for row in rows] for place, name in enumerate(("site", "series", "slice", "value", "mean", "error"))},
        "peak_hours": {name: [row[place] for row in peaks] for place, name in enumerate(("site", "window", "slice"))},
    }


def plan_text(plan: Plan) -> str:
    """The decision table, `plan.csv`."""
    return csv_text(HEADER, rows(plan))
