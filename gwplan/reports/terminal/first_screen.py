"""The first screen of a run: at most 23 lines of 80 columns, so that a terminal of 24 shows all of it above the prompt."""

from __future__ import annotations

import math
import os
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.analysis import bridge
from gwplan.reports import first_screen as screen
from gwplan.reports.first_screen import Row
from gwplan.reports.first_screen_next import next_steps, options
from gwplan.reports.formatting import counted
from gwplan.reports.headline import AS_ASKED, asked
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

MOST_LINES = 23
"""One less than a terminal of 24 lines: the prompt takes one."""
NARROW, WIDE = 7, 15
"""Widths of the labels of the upper and of the lower rows."""
MOST_OF_A_NOTE = 3
"""Lines of a sentence on how the solve ended."""
FILES = ("report.html", "plan.xlsx")
KEPT = "\u00a0"
"""The space between a number and its unit, at which no line ends."""


@dataclass
class Placed:
    """A row with the width of its label and the lines that it may still take."""

    row: Row
    place: int
    most: int

    def lines(self, width: int) -> list[str]:
        """As it is laid out."""
        return laid_out(self.row, self.place, width, self.most)


def show(run: RunFolder, console: Console, warnings: int | None = None, notes: Sequence[str] = ()) -> None:
    """Print the first screen. warnings: their number; None for that of the run. notes: sentences on how the solve ended."""
    found = lines(run, console.width, warnings, notes)
    console.print(found[0], style="bold", markup=False, soft_wrap=True)
    for line in found[1:]:
        console.print(line, markup=False, soft_wrap=True)


def lines(run: RunFolder, width: int, warnings: int | None = None, notes: Sequence[str] = ()) -> list[str]:
    """The lines of the first screen, none wider than `width` unless a path is."""
    known = bridge.build(run)
    head = [line for pair in (screen.answer(run), screen.goal(run)) for line in opposite(*pair, width)]
    head += [line for note in notes for line in laid_out(Row("", (note,), MOST_OF_A_NOTE), 0, width)]
    asks = [saved(run), Row("More", tuple(options(run)), 2, " | "), Row("Try", tuple(next_steps(run, width - NARROW)), 2, "\n")]
    return fitted(head, [
        [Placed(row, NARROW, row.most) for row in (*when(run, width), *screen.plan(run))],
        [Placed(row, NARROW, row.most) for row in screen.costs(run, known)],
        [Placed(row, WIDE, row.most) for row in (*screen.limits(run), checked(run, warnings))],
        [Placed(row, NARROW, row.most) for row in asks],
    ], width)


def fitted(head: list[str], blocks: list[list[Placed]], width: int) -> list[str]:
    """The lines of all rows. Without room blanks between blocks go first, then spare rows, then second lines, from the last row up."""
    def left() -> int:
        drawn = [line for block in blocks for each in block for line in each.lines(width)]
        return MOST_LINES - len(head) - sum(math.ceil(len(line) / width) for line in drawn)  # a long path takes several

    while left() < 0 and less(blocks, width):
        pass
    found, blanks = list(head), left()
    for block in blocks:
        if block and blanks > 0:
            found.append("")
            blanks -= 1
        found += [line for each in block for line in each.lines(width)]
    return found


def less(blocks: list[list[Placed]], width: int) -> bool:
    """Take a line from the rows, if any has one to spare."""
    for block in reversed(blocks):
        for each in reversed(block):
            if each.row.spare:
                block.remove(each)
                return True
    double = [each for block in reversed(blocks) for each in reversed(block) if len(each.lines(width)) > 1]
    if double:
        min(double, key=lambda each: each.row.rank).most = 1
    return bool(double)


def opposite(left: str, right: str, width: int) -> list[str]:
    """A text to the left and one to the right of a line; below each other where both are too long."""
    if not right:
        return wrapped(left, width)
    if len(left) + len(right) + 2 <= width:
        return [left + right.rjust(width - len(left))]
    return [*wrapped(left, width), *wrapped(right, width)]


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines that end between words; a word that is too long is cut, and ends in dots."""
    words = " ".join(word if len(word) <= width else f"{word[: width - 3]}..." for word in text.split(" "))
    return unbroken(words, width)


def unbroken(text: str, width: int) -> list[str]:
    """A text in lines that end between words, however long a word is."""
    found = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace(KEPT, " ").rstrip() for line in found]


def laid_out(row: Row, place: int, width: int, most: int = 0) -> list[str]:
    """The lines of a row: as many pieces as there is room for, and how many more there are."""
    most = most or row.most
    label = f"{row.label} " if row.label and len(row.label) >= place else row.label
    room = width - place
    if row.whole:
        found = unbroken(row.between.join(row.pieces), room)[:most]
    elif row.between == "\n":
        found = [line for piece in row.pieces for line in wrapped(piece, room)][:most]
    else:
        found = []
        for number in range(len(row.pieces), 0, -1):
            rest = len(row.pieces) - number
            text = row.between.join(map(kept, row.pieces[:number])) + (f"{row.between}{rest} more" if rest else "")
            found = wrapped_pieces(text, row, room, max(len(label) - place, 0))
            if len(found) <= most:
                break
        if len(found) > most:
            found = wrapped_pieces(kept(row.pieces[0]), row, room, max(len(label) - place, 0))
            found = found if len(found) <= most else [*found[: most - 1], shortened(found[most - 1], room)]
    return [f"{label:<{place}}{line}" if not number else f"{'':<{place}}{line}" for number, line in enumerate(found)]


def wrapped_pieces(text: str, row: Row, room: int, taken: int) -> list[str]:
    """A row's text in lines; pieces that stand in columns are kept whole."""
    if taken:
        text = KEPT * taken + text
    if row.between.isspace():
        text = row.between.join(piece.replace(" ", KEPT) for piece in text.split(row.between))
        return unbroken(text, room)
    found = wrapped(text, room)
    return [found[0][taken:], *found[1:]] if taken and found else found


def shortened(line: str, room: int) -> str:
    """A line that goes on, with dots for what is left out."""
    words = line.split(" ")
    while len(" ".join(words)) > room - 4 and len(words) > 1:
        words.pop()
    return f"{' '.join(words)} ..."


def kept(piece: str) -> str:
    """A piece whose numbers stay beside their units."""
    for unit in ("MW", "kH100e", "MUSD"):
        piece = piece.replace(f" {unit}", f"{KEPT}{unit}")
    return piece


def when(run: RunFolder, width: int) -> list[Row]:
    """Power by period from the first to the most, in as many columns as there is room for: the dates of targets, and steps between."""
    series = screen.power_by_period(run)
    if not series:
        return []
    texts = {name: [f"{value:,.0f}" for value in values] for name, values in series.items()}
    each = max(len(text) for text in (*run.periods, *(text for values in texts.values() for text in values))) + 2
    shown = chosen(run, series, max((width - NARROW) // each, 1))
    heads = "".join(run.periods[period].rjust(each if number else each - 2) for number, period in enumerate(shown))
    found = [Row("When", (heads,), 1, "\n")]
    for name, values in texts.items():
        cells = "".join(values[period].rjust(each if number else each - 2) for number, period in enumerate(shown))
        found.append(Row(name, (cells,), 1, "\n"))
    return [Row(row.label, tuple(piece.replace(" ", KEPT) for piece in row.pieces), 1, "\n") for row in found]


def chosen(run: RunFolder, series: dict[str, list[float]], most: int) -> list[int]:
    """Numbers of the periods that are shown: the first with power, those of targets, that of the most, and those between that change."""
    first = min(next(number for number, value in enumerate(values) if value > LEAST) for values in series.values())
    main = next(iter(series.values()))
    last = max(next(number for number, value in enumerate(main) if value >= max(main) * (1 - AS_ASKED)), first)
    dates = [wish.first for wish in asked(run) if wish.first >= first]
    last = max([last, *dates])
    musts = sorted({first, *dates, last})[-most:]
    changed = {number for values in series.values() for number in range(first, last) if values[number] != values[number - 1]}
    others = sorted(changed - set(musts))
    room = most - len(musts)
    if len(others) > room:
        others = [others[(2 * place + 1) * len(others) // (2 * room)] for place in range(room)] if room > 0 else []
    return sorted({*musts, *others})


def checked(run: RunFolder, warnings: int | None) -> Row:
    """The audit and the warnings."""
    found = run.audit
    number = len(run.manifest.get("warnings") or []) if warnings is None else warnings
    passed = f"audit passed ({counted(len((found or {}).get('checks', [])), 'check')})"
    audit = "not audited" if found is None else passed if found.get("ok") else "THE AUDIT FAILED"
    warned = "no warnings" if not number else counted(number, "warning")
    return Row("Checked", (audit, warned, f"money in dollars of {run.dollars}"), 1, "; ")


def saved(run: RunFolder) -> Row:
    """Where it is saved, and the page and the workbook beside it."""
    files = [name for name in FILES if run.files.holds(name)]
    return Row("Saved", (shown_path(run.path), *files), 2, "  ", whole=True)


def shown_path(path: Path) -> str:
    """A path from the working folder if it is below it."""
    try:
        return os.fspath(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return os.fspath(path)
