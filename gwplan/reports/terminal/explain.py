"""An explanation for the terminal: the meaning first, then where it is declared, its value and the numbers behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gwplan.common.amounts import unit_words
from gwplan.reports.terminal.tables import bare, blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.analysis.explain.explain import Explained, Explanation, Numbered

MOST_NUMBERS, MOST_ROWS, MOST_NAMES = 15, 16, 12
"""Lines of each table, and names of a list; the JSON has all."""


def show(found: Explanation, console: Console) -> None:
    """Print every thing that the name means."""
    if len(found.found) > 1:
        console.print(f"{found.name} has {len(found.found)} meanings.\n", markup=False)
    for place, each in enumerate(found.found):
        if place:
            console.print()
        show_one(each, found.of, console)


def show_one(each: Explained, of: str, console: Console) -> None:
    """Print one meaning."""
    topic = each.topic
    console.print(f"{topic.name} ({topic.kind})", style="bold", markup=False)
    console.print(f"{topic.meaning[:1].upper()}{topic.meaning[1:].rstrip('.')}.", markup=False)
    table = blank("", "", header=False)
    lines = [("Unit", unit_words(topic.unit, "$ million") if topic.unit not in ("", "1") else "none" if topic.unit else ""),
             ("For each", ", ".join(topic.over)), *((label.capitalize(), text) for label, text in topic.facts),
             ("Declared in", topic.file), ("Made from", names(topic.made_from)), ("Used by", names(topic.used_by))]
    for label, text in lines:
        if text:
            table.add_row(label, text)
    bare(console, table)
    if each.value is not None:
        console.print(f"\nIn {of}{f': {each.value.text}' if each.value.text else ''}", style="bold", markup=False)
        section_of_value(each, console)
    if each.parts:
        parts = blank("Made from", "In this run")
        for name, text in each.parts:
            parts.add_row(name, text)
        section(console, "Its parts", parts)
    if each.numbers:
        show_numbers(each.numbers, of, console)


def section_of_value(each: Explained, console: Console) -> None:
    """Print the details of a value."""
    value = each.value
    if value is None or not value.rows:
        return
    table = blank(*(f">{name}" if place else name for place, name in enumerate(value.columns)))
    for row in value.rows[:MOST_ROWS]:
        table.add_row(*row)
    bare(console, table)
    left(len(value.rows), MOST_ROWS, "row", console)


def show_numbers(numbers: tuple[Numbered, ...], of: str, console: Console) -> None:
    """Print the numbers with range, source and grade, then the titles of the sources."""
    table = blank("Number", ">Base", ">Range", "Unit", "Grade", "Source")
    shown = numbers[:MOST_NUMBERS]
    for each in shown:
        span = f"{each.low} to {each.high}" if each.low and each.high else each.low or each.high
        table.add_row(each.name, each.base, span, each.unit, each.grade or "-", each.source)
    section(console, f"Numbers behind it in {of}", table)
    left(len(numbers), MOST_NUMBERS, "number", console)
    titles = blank("", "", header=False)
    for source, title in dict.fromkeys((each.source, each.title) for each in shown if each.title):
        titles.add_row(source, title)
    section(console, "Sources", titles)


def names(found: tuple[str, ...]) -> str:
    """A list of names, cut where it is long."""
    more = f" and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else ""
    return ", ".join(found[:MOST_NAMES]) + more


def left(count: int, most: int, word: str, console: Console) -> None:
    """Say how many lines are not shown."""
    if count > most:
        console.print(f"{count - most} more {word}{'s' if count - most > 1 else ''}; --json lists all.", markup=False)
