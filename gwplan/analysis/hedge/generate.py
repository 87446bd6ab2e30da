"""Scenarios made from the ranges and correlations of a case, as files for people to edit."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.analysis.hedge.branches import COLUMNS
from gwplan.analysis.hedge.reduce import Reduced, reduced
from gwplan.common.calendar import parse_date
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.spelling import suggestion

if TYPE_CHECKING:
    from gwplan.analysis.uncertainty.ranges import UncertainInput
    from gwplan.analysis.uncertainty.sample import Drawing
    from gwplan.inputs.case import Case


@dataclass(frozen=True)
class Generated:
    """What was made: its file, the overlays beside it, the keys drawn, and how well the scenarios stand for the draws."""

    file: Path
    overlays: tuple[Path, ...]
    keys: tuple[str, ...]
    reduced: Reduced
    draws: int


def chosen_of(case: Case, wanted: Sequence[str]) -> list[UncertainInput]:
    """The numbers to draw: those whose keys match a pattern, all without any. InputFaults for a pattern that matches none."""
    from fnmatch import fnmatchcase

    from gwplan.analysis.uncertainty.sample import drawn_of

    drawn = drawn_of(case)
    keys = [each.key for each in drawn]
    faults = [Fault(f"--of {pattern}", 0, f"matches no number with a range that the model uses{suggestion(pattern, keys)}")
              for pattern in wanted if not any(fnmatchcase(key, pattern) for key in keys)]
    if faults:
        raise InputFaults(faults)
    return [each for each in drawn if not wanted or any(fnmatchcase(each.key, pattern) for pattern in wanted)]


def known_of(case: Case, text: str | None) -> str:
    """The date from which scenarios are known: as given, else a year after the horizon's start. InputFaults outside the horizon."""
    calendar = case.calendar
    if text is None:
        name = calendar.names[min(calendar.steps_a_year, len(calendar.names) - 1)]
        return name.replace("-H1", "-Q1").replace("-H2", "-Q3")  # a half of a year is no date
    try:
        number = calendar.holding(parse_date(text).first)
    except ValueError as error:
        raise InputFaults([Fault(f"--known {text}", 0, str(error))]) from None
    if not 0 <= number < len(calendar.names):
        raise InputFaults([Fault(f"--known {text}", 0, f"is outside the horizon, {calendar.names[0]} to {calendar.names[-1]}")])
    return text


def generate(case: Case, count: int, drawing: Drawing, target: Path, asked: tuple[Sequence[str], str | None] = ((), None)) -> Generated:
    """Draw, reduce and write. asked: patterns of the numbers to draw, and the date from which they are known. OSError; InputFaults.

    The scenarios' file names an overlay for each, in a folder beside it that has its name.
    """
    from gwplan.analysis.uncertainty.ranges import rows_of
    from gwplan.analysis.uncertainty.sample import chances, correlations_of

    drawn, known = chosen_of(case, asked[0]), known_of(case, asked[1])
    correlations = correlations_of(case, drawn, drawing.correlations)
    levels = chances([each.key for each in drawn], drawing, correlations)
    found = reduced(levels, count)
    folder = target.parent / target.stem
    folder.mkdir(parents=True, exist_ok=True)
    rows, overlays = [], []
    for number, (draw, chance) in enumerate(zip(found.chosen, found.probabilities, strict=True), 1):
        name = f"scenario_{number}"
        path = folder / f"{name}.csv"
        path.write_text(overlay_text(rows_of(case, drawn, drawing.shape, levels[draw].tolist())), encoding="utf-8", newline="")
        overlays.append(path)
        note = f"draw {draw + 1} of {drawing.count}, seed {drawing.seed}"
        rows.append((name, repr(chance), known, "", f"{folder.name}/{path.name}", note))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    target.write_text(text.getvalue(), encoding="utf-8", newline="")
    return Generated(target, tuple(overlays), tuple(each.key for each in drawn), found, drawing.count)


def overlay_text(rows: Sequence[Sequence[str]]) -> str:
    """The rows of a draw as the text of an overlay."""
    from gwplan.common.printable import cell_text
    from gwplan.inputs.tables import COLUMNS as TABLE_COLUMNS

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("table", *TABLE_COLUMNS), *([cell_text(cell) for cell in row] for row in rows)])
    return text.getvalue()
