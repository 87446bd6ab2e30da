"""The page of a loss: power and compute as planned and re-optimised, targets, money, and what is decided differently."""

from __future__ import annotations

from typing import Any

from gwplan.common.amounts import said, table_unit
from gwplan.reports.formatting import clean, rows_of, shown
from gwplan.reports.terminal.disruption import MONEY, TARGET_UNITS, UNITS, headline, recovery
from gwplan.reports.webpage.charts import Chart, lines
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies.material import Material

NAMES = {"planned": "as planned", "left": "left at once", "replanned": "re-optimised"}


def page(material: Material) -> Page:
    """The page of a loss."""
    facts = dict(material.facts)
    sections = [
        Section("periods", "What is lost", "What was planned, what the loss leaves of it, and what there is with a new plan.",
                charts(material)),
        Section("targets", "Targets", tables=[targets(facts)] if facts["targets"] else []),
        Section("money", "Money", tables=[money(facts)]),
        Section("instead", "Decisions changed after the loss", "Amounts from the loss on, where the two plans differ.",
                tables=[instead(material)]),
    ]  # fmt: skip
    sections = [section for section in sections if section.charts or any(table.rows for table in section.tables)]
    return Page(material.title, headline(facts), recovery(facts), "Loss", cards(facts), sections, material.footer)


def charts(material: Material) -> list[Chart]:
    """Lines of IT power and of compute."""
    table = material.table
    return [lines(title, UNITS[name], table["period"], {word: table[f"{name}_{which}"] for which, word in NAMES.items()})
            for name, title in (("it_mw", "IT power"), ("compute_kh100e", "Compute"))]


def cards(facts: dict[str, Any]) -> list[Card]:
    """What is lost at once, how long it takes, what it costs."""
    found = [Card(name, amount, shown(amount), f"{UNITS[name]} lost at once") for name, amount in facts["lost_at_once"].items() if amount]
    months = facts["months_until_recovered"]["compute_kh100e"]
    found.append(Card("months_until_recovered", months, "never" if months is None else str(months), "months until compute is as planned"))
    extra = facts["extra"]["npv_cost_musd"]
    return [*found, Card("npv_cost_musd", extra, said(extra, "MUSD"), f"more net present cost, in dollars of {facts['dollars']}")]


def targets(facts: dict[str, Any]) -> Table:
    """How each target fares."""
    rows = [(f"{each['amount']:,.6g} {TARGET_UNITS[each['measure']]} by {each['by']}", clean(each["most_missed"]), each["months_missed"],
             each["holds_again"] or ("" if not each["months_missed"] else "not by its end")) for each in facts["targets"]]  # fmt: skip
    return Table(("target", "missed by at most", "months missed", "met again from"), rows)


def money(facts: dict[str, Any]) -> Table:
    """Cost of both plans."""
    unit, size = table_unit("MUSD", [facts[which][name] or 0.0 for which in ("planned", "replanned") for name in MONEY])
    rows = [(title, *(clean(facts[which][name] / size) for which in ("planned", "replanned", "extra")))
            for name, title in MONEY.items() if facts["planned"][name] is not None]  # fmt: skip
    return Table(("", f"planned, {unit}", f"re-optimised, {unit}", f"more, {unit}"), rows)


def instead(material: Material) -> Table:
    """What is decided differently, searchable."""
    rows = [(row["part"], row["decision"], row["item"], row["site"], clean(row["planned"]), clean(row["replanned"]), clean(row["change"]))
            for row in rows_of(material.tables["instead"])]  # fmt: skip
    return Table(("part", "decision", "item", "site", "planned", "re-optimised", "more"), rows, True)
