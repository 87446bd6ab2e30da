"""Sections on circular financing: who pays whom, who owes what, and the most that circulates."""

from __future__ import annotations

from gwplan.analysis.circular_financing.circle import Circle, sentence
from gwplan.reports.terminal.circular_financing import WHY_COVERAGE, stopped
from gwplan.reports.webpage.charts import some
from gwplan.reports.webpage.circular_financing import charts as circle_charts
from gwplan.reports.webpage.page import Section, Table

SPLIT = "Each investor stands twice: on the left with what it pays in, on the right with what is bought of it."


def in_a_circle(found: Circle, alone: bool = True) -> Section:
    """Investors who are suppliers; empty where nobody pays in. alone: the answer does not stand elsewhere on the page."""
    if not any(each.gross > 0 for each in found.investors):
        return Section("circle", "Money in a circle")
    said = f"{sentence(found)} " if alone else ""
    return Section("circle", "Money in a circle", f"{said}{SPLIT} {WHY_COVERAGE}",
                   some(circle_charts.sankey(found), circle_charts.curves(found)), circle_tables(found))  # fmt: skip


def circle_tables(found: Circle) -> list[Table]:
    """Each investor beside what is bought of it; stakes and what is no cash apart; the loops."""
    unit, size = found.unit
    header = ("investor", f"pays in, {unit}", f"bought of it, {unit}", "through others", "round trip", "coverage",
              "sales it funds", f"net from outside, {unit}", "lag, months")  # fmt: skip
    label = found.run.named
    rows = [(label(each.name), each.gross / size, each.bought / size, sum(each.look_through) / size, percent(each.round_trip),
             each.coverage, percent(each.vendor_funded), each.net_external / size, rounded(each.lag_months))
            for each in found.investors if each.gross > 0]  # fmt: skip
    apart = [(label(each.name), percent(each.stake), None if each.stake_value is None else each.stake_value / size, each.paid_out / size,
              each.owed / size, each.guarantees / size, each.warrants / size) for each in found.investors]  # fmt: skip
    beside = ("investor", "stake at the stated valuation", f"worth, {unit}", "paid out to it", "owed or left to it at the end",
              "guarantees, no cash", "warrants, no cash")  # fmt: skip
    loops = [(" → ".join(map(label, (*loop.parties, loop.parties[0]))), loop.most / size, loop.carried / size)
             for loop in found.circulation.loops]  # fmt: skip
    carried = Table(("loop", f"could carry alone, {unit}", f"carries in the circulation, {unit}"), loops)
    return [Table(header, rows), *([Table(beside, apart)] if any(any(row[1:]) for row in apart) else []), carried]


def both_sides(found: Circle) -> Section:
    """The cross-investments side by side, and who carries the risk; empty where none is on offer."""
    unit, size, label = *found.unit, found.run.named
    header = ("investor", "gets", f"up to, {unit}", f"pays in, {unit}", f"committed back, {unit}", f"bought of it, {unit}", "coverage",
              f"paid to it, {unit}", f"left at the end, {unit}", "return")  # fmt: skip
    rows = [(label(each.name), ", ".join(each.instruments), each.cap / size, each.invested / size, each.committed / size,
             each.bought / size, each.coverage, sum(each.received) / size, each.left / size,
             "" if each.rate is None else f"{each.rate:.1%}") for each in found.positions]  # fmt: skip
    risk = [(label(each.name), each.at_stop / size, each.due / size, each.guarantee / size, each.carries,
             ", ".join(map(label, each.paid_on)))
            for each in found.positions]  # fmt: skip
    columns = ("investor", f"its money in, {unit}", f"payments still due to it, {unit}", f"guarantees, {unit}", "it carries",
               "has paid on to")
    text = ("The return is on the investment alone, sales apart. Committed back is what contracts oblige the planner to pay within the "
            f"horizon. The second table is what each would lose {stopped(found) if found.positions else ''}.")  # fmt: skip
    return Section("sides", "Both sides of each investment", text, tables=[Table(header, rows), Table(columns, risk)] if rows else [])


def rounded(months: float | None) -> float | None:
    """Months to a tenth."""
    return None if months is None else round(months, 1)


def percent(share: float | None) -> str:
    """A share as a percentage; blank for none."""
    return "" if share is None else f"{share:.0%}"


def obligations(found: Circle) -> Section:
    """Commitments and the wall; empty where nothing is owed."""
    shown = some(circle_charts.wall(found), circle_charts.commitments(found))
    return Section("obligations", "Obligations", BARS if shown else "", shown)


BARS = ("Bars are what must be paid whatever comes, by the terms of what is signed, leased and borrowed; lines are what is sure to "
        "come in. Spot revenue promises nothing and is no part of them.")  # fmt: skip
