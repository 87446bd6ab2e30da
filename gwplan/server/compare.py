"""Plans side by side, and the bridge from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gwplan.analysis.compare.comparison import compare_runs
from gwplan.common.errors import InputFaults
from gwplan.reports.formatting import figure_text
from gwplan.reports.webpage.comparison import sections_of, told
from gwplan.reports.webpage.page import Section, Table
from gwplan.results.figures import COMPARED, title, value_of
from gwplan.results.run_folder import RunFolder

if TYPE_CHECKING:
    from gwplan.server.desk import Desk
    from gwplan.server.session import Session

TABLES, NOW, PIN = "tables", "now", "pin "
"""Names of plans in the address: of the tables as they are, on the screen, saved."""
SHORT = ("why", "moved", "inputs", "question", "left")
"""Sections of a comparison beside the figures, which stand side by side already."""


def plans(desk: Desk, session: Session) -> dict[str, tuple[str, RunFolder]]:
    """The plans that can be compared: title and run by name."""
    found: dict[str, tuple[str, RunFolder]] = {}
    base, shown = desk.base, session.shown
    if base is not None and base.run is not None:
        found[TABLES] = "As in the tables", base.run
    if shown is not None and shown.run is not None and shown is not base:
        found[NOW] = "On the screen", shown.run
    for pin in desk.pins.all:
        try:
            found[f"{PIN}{pin.name}"] = pin.name, desk.pins.run(pin)
        except InputFaults:
            continue
    return found


def side_by_side(found: Mapping[str, tuple[str, RunFolder]]) -> Table:
    """The headline figures of all plans."""
    rows = []
    for key in COMPARED:
        values = [value_of(run.summary, key) for _, run in found.values()]
        if any(value is not None for value in values):
            rows.append((title(key), *(figure_text(key, value) for value in values)))
    return Table(("figure", *(name for name, _ in found.values())), rows)


def bridge(before: RunFolder, after: RunFolder) -> tuple[str, list[Section]]:
    """What came of it in a sentence, and where the difference comes from."""
    try:
        comparison = compare_runs(before, after)
    except InputFaults as error:
        return f"These plans cannot be compared: {error}", []
    # The question that is served holds its tables itself: where they were read is no difference.
    keys = tuple(each for each in comparison.definition if each.key not in ("inputs", "overlays"))
    comparison = replace(comparison, definition=keys)
    return told(comparison), [each for each in sections_of(comparison, (before, after)) if each.key in SHORT]


def ends(found: Mapping[str, tuple[str, RunFolder]], query: Mapping[str, str]) -> tuple[str, str]:
    """The names of the plans between which the bridge stands: as asked, or the first and the last; blank where there are not two."""
    names = list(found)
    before = query.get("from") if query.get("from") in found else next(iter(names), "")
    after = query.get("to") if query.get("to") in found else next((name for name in reversed(names) if name != before), "")
    return str(before), str(after)
