"""Scenarios from a CSV: name, probability, what changes, and from when each change is known.

Columns: `scenario,probability,known,set,overlay,note`. A scenario has a row for each change, with its probability on one of them: a text
as `--set` takes it, or the path of an overlay table, relative to the file. A scenario without changes is the model as it stands.

Two scenarios can be told apart in a period once a change that only one of them has is known: from the period that holds its date.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gwplan.common.calendar import Calendar, parse_date
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.numbers import parse_number
from gwplan.common.printable import file_name
from gwplan.inputs.plain_files import FileFault, read_bytes

NEVER = "never"
"""A change that comes without being known in time for any decision."""
COLUMNS = ("scenario", "probability", "known", "set", "overlay", "note")
BASE, HEDGE = "base", "hedge"
"""Names of the model as it stands and of the plan for all scenarios, beside those of the scenarios."""
RESERVED = (BASE, HEDGE)
NAME_ENDS = frozenset("|\n\r")
"""What no name of a scenario may hold: names of several scenarios are written with `|` between them."""
OPEN = "unexpected end"
"""What the reader of the standard library says of a quote that is left open."""
LEAST_COMMAS = len(COLUMNS) - 2
"""Commas of a row, whose note may be left out: a text with such a line in it has swallowed a row."""
SHOWN = 40
"""Letters of a text that a fault shows."""
SUM_WITHIN = 1e-6
"""Probabilities sum to 1 within this."""


@dataclass(frozen=True)
class ScenarioChange:
    """One change. sets: as --set; overlay: a table; known: number of the period from which it is known, None for never.

    row: of the file.
    """

    sets: str
    overlay: str
    known: int | None
    row: int

    def by(self, period: int) -> tuple[str, str] | None:
        """What is known of it in a period; None before it is known."""
        return (self.sets, self.overlay) if self.known is not None and self.known <= period else None

    @property
    def text(self) -> str:
        """As it is written."""
        return self.sets or self.overlay


@dataclass(frozen=True)
class Branch:
    """A scenario of a tree: its probability and changes. row: its first in the file."""

    name: str
    probability: float
    changes: tuple[ScenarioChange, ...]
    row: int

    def seen(self, period: int) -> frozenset[tuple[str, str]]:
        """What of it is known in a period."""
        return frozenset(found for each in self.changes if (found := each.by(period)) is not None)


@dataclass(frozen=True)
class Tree:
    """The scenarios and which of them can be told apart when. file: where they come from; names: of the periods."""

    file: Path
    branches: tuple[Branch, ...]
    names: tuple[str, ...]
    text: str = field(default="", repr=False)

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Of each scenario."""
        return tuple(each.probability for each in self.branches)

    def groups(self, period: int, among: Iterable[int] | None = None) -> tuple[tuple[int, ...], ...]:
        """Numbers of the scenarios that cannot be told apart in a period, group by group. among: of these scenarios only."""
        found: dict[frozenset[tuple[str, str]], list[int]] = {}
        for number in range(len(self.branches)) if among is None else among:
            found.setdefault(self.branches[number].seen(period), []).append(number)
        return tuple(map(tuple, found.values()))

    @property
    def root(self) -> int:
        """Number of the first period in which any two can be told apart: what is decided before it is the same in all. All if never."""
        return next((period for period in range(len(self.names)) if len(self.groups(period)) > 1), len(self.names))

    @property
    def until(self) -> str:
        """The name of that period; blank if nothing is ever known."""
        return self.names[self.root] if self.root < len(self.names) else ""


def read_tree(path: Path, calendar: Calendar) -> Tree:
    """Read the scenarios of a file. InputFaults lists all faults with their rows."""
    try:
        text = read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        raise InputFaults([Fault(path.name, 0, f"there is no file {path}; `gwplan scenarios MODEL` writes one")]) from None
    except UnicodeDecodeError:
        raise InputFaults([Fault(path.name, 0, "is not UTF-8; save it as CSV UTF-8")]) from None
    except FileFault as error:
        raise InputFaults([Fault(path.name, 0, str(error))]) from None
    return tree_of(text, path, calendar)


def tree_of(text: str, path: Path, calendar: Calendar) -> Tree:
    """The scenarios of the text of a file. InputFaults as `read_tree`."""
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise InputFaults([Fault(path.name, 0, str(error))]) from None
    unclosed = list(whole_rows(path.name, rows)) or list(open_end(path.name, text, len(rows)))
    if unclosed:
        raise InputFaults(unclosed)
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if header != COLUMNS[:len(header)] or len(header) < len(COLUMNS) - 1:
        raise InputFaults([Fault(path.name, 1, f"columns must be {','.join(COLUMNS)}")])
    faults: list[Fault] = []
    found: dict[str, Branch] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            faults.append(Fault(path.name, number, f"has {len(cells)} cells, not {len(header)}; a cell with a comma needs quotes"))
            continue
        given = dict(zip(COLUMNS, [*(cell.strip() for cell in cells), *[""] * len(COLUMNS)], strict=False))
        known = [Fault(path.name, number, message) for message in wrong(given, found, calendar)]
        faults += known
        if not known:
            found[given["scenario"]] = with_row(found.get(given["scenario"]), given, number, calendar)
    faults += list(wrong_sum(path.name, found.values()) if not faults else ())
    if faults:
        raise InputFaults(faults)
    return Tree(path, tuple(replace(each, probability=each.probability / total_of(found.values())) for each in found.values()),
                tuple(calendar.names), text)


def whole_rows(file: str, rows: Sequence[Sequence[str]]) -> Iterator[Fault]:
    """Cells that hold whole rows: a quote was not closed, and all up to the next one, or the end, was read as one text."""
    for number, cells in enumerate(rows, 1):
        for cell in cells:
            swallowed = [line for line in cell.split("\n")[1:] if line.count(",") >= LEAST_COMMAS]
            if swallowed:
                known = cell.split("\n")[0]
                yield Fault(file, number, f"the quote that begins {known[:SHOWN]!r} is not closed in its row: it takes in {len(swallowed)} "
                            f"more row{'' if len(swallowed) == 1 else 's'}, from {swallowed[0][:SHOWN]!r} on; close it or leave it out")


def open_end(file: str, text: str, rows: int) -> Iterator[Fault]:
    """A quote that the file's end leaves open."""
    try:
        for _ in csv.reader(io.StringIO(text), strict=True):
            pass
    except csv.Error as error:
        if OPEN in str(error):
            yield Fault(file, rows, "a quote is not closed before the end of the file; close it or leave it out")


def wrong(given: dict[str, str], found: dict[str, Branch], calendar: Calendar) -> Iterator[str]:
    """What is wrong with one row."""
    name, chance, known, change, overlay = (given[column] for column in COLUMNS[:5])
    before = found.get(name)
    if not name:
        yield "scenario is blank"
    if NAME_ENDS.intersection(name):
        yield f"the name {name!r} holds a line break or '|', which stands between names of scenarios: leave it out"
    if name in RESERVED:
        yield f"a scenario cannot be called {name}, which names a plan beside those of the scenarios"
    alike = next((each for each in found if each != name and file_of(each) == file_of(name)), None)
    if alike is not None:
        yield f"the plans of {alike} and {name} would have the same file name: rename one"
    if chance:
        number = parse_number(chance)
        if isinstance(number, str) or not 0 < number <= 1:
            yield f"probability {chance!r} is no number above 0 and up to 1"
        elif before is not None and not math.isnan(before.probability):
            yield f"repeats the probability of {name}, which row {before.row} begins: give it once"
    if change and overlay:
        yield "has both set and overlay: give each its own row"
    if not (change or overlay):
        if known:
            yield f"known {known!r}, but no change is given: fill in set or overlay"
        if before is not None:
            yield f"adds nothing to {name}, which row {before.row} begins"
        return
    if change and "=" not in change:
        yield f"set {change!r} has no '=': it is a change such as power.grid@SITE.earliest=+12 months"
    if not known:
        yield f"known is blank: give the date from which the change is known, or '{NEVER}'"
    elif known != NEVER:
        try:
            number = calendar.holding(parse_date(known).first)
        except ValueError as error:
            yield f"known: {error}"
            return
        if not 0 <= number < len(calendar.periods):
            yield (f"known {known} is outside the horizon, {calendar.names[0]} to {calendar.names[-1]}; "
                   f"'{NEVER}' is for what is not known in time")


def file_of(name: str) -> str:
    """The file name of a scenario's plan without regard to case, as some systems read it."""
    return file_name(name).casefold()


def with_row(before: Branch | None, given: dict[str, str], row: int, calendar: Calendar) -> Branch:
    """A scenario with one more row, which is without faults."""
    branch = before or Branch(given["scenario"], math.nan, (), row)
    if given["probability"]:
        branch = replace(branch, probability=float(given["probability"]))
    if given["set"] or given["overlay"]:
        known = None if given["known"] == NEVER else calendar.holding(parse_date(given["known"]).first)
        branch = replace(branch, changes=(*branch.changes, ScenarioChange(given["set"], given["overlay"], known, row)))
    return branch


def wrong_sum(file: str, branches: Iterable[Branch]) -> Iterator[Fault]:
    """Scenarios without a probability, and probabilities that do not sum to 1."""
    found = list(branches)
    if not found:
        yield Fault(file, 0, "has no scenarios")
    missing = [each for each in found if math.isnan(each.probability)]
    yield from (Fault(file, each.row, f"{each.name} has no probability") for each in missing)
    if found and not missing and abs(total_of(found) - 1) > SUM_WITHIN:
        parts = " + ".join(f"{each.probability:g}" for each in found)
        yield Fault(file, found[-1].row, f"the probabilities sum to {total_of(found):g}, not 1: {parts}")


def total_of(branches: Iterable[Branch]) -> float:
    """The sum of their probabilities."""
    return math.fsum(each.probability for each in branches)


def overlays_of(tree: Tree, branch: Branch) -> Sequence[Path]:
    """The overlay tables of a scenario, in order."""
    return [tree.file.parent / each.overlay for each in branch.changes if each.overlay]
