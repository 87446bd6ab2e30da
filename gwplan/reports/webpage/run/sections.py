"""What stands on the page of a run, in order: each section with its charts and tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gwplan.analysis.circular_financing.books import NoCircle
from gwplan.analysis.circular_financing.circle import circle
from gwplan.common.amounts import TABLE, amount, beside
from gwplan.common.printable import is_link
from gwplan.reports.formatting import money_unit
from gwplan.reports.sentences import CARRIED, at, binding, carried, chosen, held_back, proxies, rule_words, vendors, waiting_systems
from gwplan.reports.webpage.charts import some
from gwplan.reports.webpage.circular_financing.sections import in_a_circle, obligations
from gwplan.reports.webpage.page import Section, Table
from gwplan.reports.webpage.run import (
    charts_fleet,
    charts_map,
    charts_money,
    charts_overview,
    charts_power,
    charts_schedule,
    hours,
    reference,
    sections_finance,
    slip,
    worth,
)
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import numbers_of, numbers_sentence

CARRIERS = 10
"""Numbers that carry the answer."""


def of(run: RunFolder) -> list[Section]:
    """The sections of a run; those without anything to show are left out."""
    money = [filled(make) for make in (sections_finance.sources, sections_finance.cash, sections_finance.debt, sections_finance.levelised)]
    first: tuple[Callable[[RunFolder], Section], ...] = (schedule, sites, power, hours.section, capital, *money)
    last: tuple[Callable[[RunFolder], Section], ...] = (
        published, energy, fleet, limits, worth.section, reference.section, slip.section, carriers, assumptions, solver)
    found = [*(make(run) for make in first), *money_of_others(run), *(make(run) for make in last)]
    return [section for section in found if section.charts or section.tables or section.text]


def filled(make: Callable[[RunFolder], sections_finance.Filling]) -> Callable[[RunFolder], Section]:
    """The same as a section."""
    def section(run: RunFolder) -> Section:
        key, title, text, found, tables = make(run)
        return Section(key, title, text, some(*found), [Table(header, rows) for header, rows in tables])

    return section


def schedule(run: RunFolder) -> Section:
    """What happens when."""
    text = " ".join(filter(None, (held_back(run), chosen(run), proxies(run), vendors(run), waiting_systems(run))))
    return Section("schedule", "Schedule", text, some(charts_schedule.schedule(run)))


def sites(run: RunFolder) -> Section:
    """Where it stands."""
    return Section("sites", "Sites", "", some(charts_map.sites_map(run)))


def power(run: RunFolder) -> Section:
    """Power that is used, what there is for it, and what limits it."""
    found = some(charts_power.needs(run), charts_power.binds(run))
    text = ("Areas are what supplies could give, in MW at the meter; they stand beyond the load as spares, or because some give less than "
            "their capacity. IT and room in halls are in MW of IT. What binds has no slack and a price; halls.are_full is worked out "
            "here, from room and use, and has no price of its own.")  # fmt: skip
    return Section("power", "Power", text if found else "", found)


def capital(run: RunFolder) -> Section:
    """What is paid."""
    unit, size = money_unit(run)
    classes = run.summary["capital_by_class_musd"]
    rows = [(name, amount / size) for name, amount in sorted(classes.items(), key=lambda item: -item[1])]
    tables = [Table(("class", f"{unit} over the horizon"), rows)] if rows else []
    return Section("capital", "Capital", charts_money.said(run), some(charts_money.capital(run), charts_money.paid(run)), tables)


def money_of_others(run: RunFolder) -> list[Section]:
    """Money that goes in a circle, and what must be paid whatever comes; none for a plan without finance."""
    try:
        found = circle(run, without_investors=True)
    except NoCircle:
        return []
    return [in_a_circle(found), obligations(found)]


def published(run: RunFolder) -> Section:
    """Beside what others publish."""
    text = ("Published figures mix bases, generations and years of dollars; what the steps cannot explain stands as a step of its own. "
            "Beside a figure that names no basis this plan stands twice: per GW at the meter and, higher, per GW of IT.")  # fmt: skip
    found = some(charts_overview.steps(run), charts_money.ranges(run))
    return Section("bridge", "Beside published figures", text if found else "", found)


def energy(run: RunFolder) -> Section:
    """Who serves the load."""
    return Section("energy", "Energy", "", some(charts_power.output(run)))


def fleet(run: RunFolder) -> Section:
    """Systems and their compute."""
    return Section("fleet", "Fleet", "", some(charts_fleet.fleet(run), charts_fleet.compute(run)))


def bound(row: dict[str, Any]) -> tuple[str, str]:
    """The bound of a limit as people read it, and its unit."""
    unit = str(row["unit"])
    return (f"{row['bound']:.0%}" if unit.startswith("of the") else amount(float(row["bound"]), unit, TABLE)), beside(unit)


def limits(run: RunFolder) -> Section:
    """What binds, and what has no limit."""
    header = ("rule", "times", "most at", "side", "bound", "unit", "worth of one more")
    rows = [(rule_words(str(row["rule"])), row["times"], at(run, str(row["index"])), row["side"], *bound(row), row["dual"])
            for row in binding(run)]  # fmt: skip
    unlimited = run.summary.get("no_limit_on") or []
    text = ("Worth of one more is by how much the objective changes with one more unit of the limit, for small changes, with whole "
            "numbers fixed.")
    text += f" Unconstrained: {', '.join(unlimited)}." if unlimited else ""
    return Section("limits", "Limits that bind", text, tables=[Table(header, rows)] if rows else [])


def carriers(run: RunFolder) -> Section:
    """The numbers that carry the answer."""
    rows = carried(run, CARRIERS)
    header = ("number", "grade", "low / base / high", "unit", "at low", "at high")
    text = f"{CARRIED}. A plan that is solved again loses less and gains more: gwplan stress." if rows else ""
    return Section("carriers", "What the plan hangs on", text, tables=[Table(header, rows)] if rows else [])


def assumptions(run: RunFolder) -> Section:
    """Every number that was used."""
    sources = run.inputs("sources")
    known = {row["key"]: row for row in sources.to_dict("records")} if len(sources) else {}
    rows: list[tuple[Any, ...]] = []
    numbers = numbers_of(run)
    for table in run.numbered_tables:
        for line in run.inputs(table).to_dict("records"):
            source = known.get(line["source"], {})
            span = f"{short(line.get('low', ''))} to {short(line.get('high', ''))}" if line.get("low") or line.get("high") else ""
            address = str(source.get("address", ""))
            rows.append((f"{table}.{line['item']}.{line['quantity']}", line.get("site", ""), line.get("when", ""), short(line["base"]),
                         span, line["unit"], numbers.graded[len(rows)].grade,
                         (str(source.get("title", line["source"])), address if is_link(address) else ""), line.get("note", "")))
    header = ("number", "site", "when", "base", "range", "unit", "grade", "source", "note")
    return Section("assumptions", "Assumptions", numbers_sentence(numbers.by_grade), tables=[Table(header, rows, True)])


def short(text: str) -> str:
    """A number as people write it; any other text as it is."""
    try:
        return f"{float(text):,.6g}"
    except ValueError:
        return text


def failed(run: RunFolder) -> bool:
    """True if the check of the answer found it wrong."""
    return run.audit is not None and not run.audit["ok"]


def solver(run: RunFolder) -> Section:
    """How the answer was found, and how it was checked."""
    manifest, summary = run.manifest, run.summary
    checks = [] if run.audit is None else run.audit["checks"]
    passed = sum(1 for check in checks if check["passed"])
    rows = [("status", run.status), ("goal", ", ".join(summary["goal"])), ("objective", summary["objective"]),
            ("bound", summary["bound"]), ("gap", summary["gap"]), ("audit", f"{passed} of {len(checks)} checks passed"),
            ("digest of inputs", manifest["digest_of_inputs"]), *((name, size) for name, size in manifest["sizes"].items()),
            *((f"seconds: {name}", seconds) for name, seconds in manifest["seconds"].items()),
            *((f"version: {name}", text) for name, text in manifest["versions"].items())]  # fmt: skip
    return Section("solver", "Solver and check", "", tables=[Table(("fact", "value"), rows)])
