"""The page of a study of alternatives: what every plan must have, and the plans that differ most."""

from __future__ import annotations

from gwplan.reports import alternatives as words
from gwplan.reports.formatting import rows_of
from gwplan.reports.webpage.charts import some
from gwplan.reports.webpage.page import Card, Page, Section, Table
from gwplan.reports.webpage.studies import alternatives_chart
from gwplan.reports.webpage.studies.material import Material
from gwplan.results.run_folder import named


def page(material: Material) -> Page:
    """The page of a study of alternatives."""
    facts, ranges = dict(material.facts), rows_of(material.tables["ranges"])

    def label(name: str) -> str:
        return named(name, dict(material.facts.get("labels", {})))

    sections = [
        Section("ranges", "Least and most", "MW of each site, vendor, generation and supply, in all plans within the slack. Perhaps, or a "
                "thin line: what no plan was found for and no bound rules out.",
                some(alternatives_chart.chart(ranges, float(facts["within"]), label)),
                tables=[Table(words.RANGE_HEADER, [words.range_cells(row, label) for row in ranges], True)]),
        Section("plans", "Plans that differ most", "Each keeps all rules and targets.",
                tables=[Table(words.PLAN_HEADER, [words.plan_cells(row, facts, label) for row in material.rows])]),
    ]  # fmt: skip
    counts = {verdict: sum(row["verdict"] == verdict for row in ranges) for verdict in dict.fromkeys(str(row["verdict"]) for row in ranges)}
    cards = [Card(verdict, count, f"{count:,}", verdict) for verdict, count in counts.items()]
    standing = "Stopped early: not all members were searched." if facts["stopped"] else "All members were searched."
    return Page(material.title, words.sentence(facts, ranges, label), standing, "Alternatives", cards, sections, material.footer)
