"""A sweep: every combination of some values, or every overlay of a folder, solved in parallel."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from gwplan.analysis.scenarios.scenario import BASE, Scenario
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.numbers import parse_number, wrong_size
from gwplan.common.printable import one_line
from gwplan.inputs.plain_files import passed_over, tables_of
from gwplan.inputs.tables import COLUMNS, GRADE_COLUMN, read_cells

OVERLAY_COLUMNS = ("table", *COLUMNS)


def of_folder(folder: Path) -> list[Scenario]:
    """The unchanged question, named `base`, then one scenario for each overlay in a folder, by name.

    InputFaults if there is none, or if any is faulty.
    """
    paths = tables_of(folder)
    if not paths:
        raise InputFaults([Fault(str(folder), 0, "holds no overlay (*.csv)"), *passed_over(folder)])
    found, faults = [Scenario((("overlay", BASE),))], list[Fault]()
    for path in paths:
        before = len(faults)
        rows = tuple(tuple(cells) for _, cells in read_cells(path, OVERLAY_COLUMNS, faults, optional=GRADE_COLUMN))
        if len(faults) == before:
            found.append(Scenario((("overlay", one_line(path.stem)),), rows=rows))
    if faults:
        raise InputFaults(faults)
    return found


def of_overs(texts: Sequence[str], sets: Sequence[str] = ()) -> list[Scenario]:
    """The scenarios of some --over. InvalidRange if one is invalid, or names a number that a --set of `sets` gives."""
    overs, given = [parse(text) for text in texts], {each.partition("=")[0].strip() for each in sets}
    found = scenarios(overs)
    twice = [over.name for over in overs if over.name in given]
    if twice:
        raise InvalidRange(f"{twice[0]} is given by both --set and --over; use only one of them")
    return found


MOST = 10_000
"""Maximum number of scenarios of one sweep: more is probably a mistake."""


NEARLY = 1e-9
"""Tolerance for the end of a range, as a share of a step: floating-point rounding."""


GRAMMAR = "NAME=LOW:HIGH:STEP UNIT, or NAME=VALUE,VALUE UNIT, or NAME=*FACTOR,*FACTOR"


class InvalidRange(ValueError):
    """An invalid --over; the message says why."""


@dataclass(frozen=True)
class Over:
    """One number and its values. `column`: its name with the unit, for tables; values: as `--set` takes them."""

    name: str
    unit: str
    values: tuple[str, ...]

    @property
    def column(self) -> str:
        """Name and unit, such as `budget.capital.cap [GUSD_2026]`."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def sets(self, value: str) -> str:
        """The --set for one of the values."""
        return f"{self.name}={value} {self.unit}".strip()


def parse(text: str) -> Over:
    """Parse one --over. InvalidRange with the reason; InputFaults for numbers that --set rejects."""
    name, equals, rest = text.partition("=")
    name, rest = name.strip(), rest.strip()
    if not equals or not name or not rest:
        raise InvalidRange(f"--over {text!r} is not {GRAMMAR}")
    amounts, unit = _split(rest)
    sizes = [wrong for each in re.split(r"[,:\s]+", rest) if (wrong := wrong_size(each.lstrip("*")))]
    if sizes:
        raise InputFaults([Fault(f"--over {text}", 0, wrong) for wrong in sizes])
    values = _range(text, amounts) if ":" in amounts else tuple(each.strip() for each in amounts.split(","))
    if not all(values):
        raise InvalidRange(f"--over {text!r}: a value between its commas is blank")
    if len(set(values)) != len(values):
        raise InvalidRange(f"--over {text!r}: a value is given twice")
    return Over(name, unit, values)


def _split(text: str) -> tuple[str, str]:
    """Values and unit: the unit starts at the first non-numeric word after a number; dates and labels have none."""
    pieces = re.split(r"\s+", text)
    for place in range(1, len(pieces)):
        before, word = pieces[place - 1], pieces[place]
        ended = re.split(r"[,:]", before)[-1].lstrip("*+")
        if not before.endswith((",", ":")) and not isinstance(parse_number(ended), str) and word not in (",", ":"):
            return "".join(pieces[:place]), " ".join(pieces[place:])
    return text, ""


def _range(text: str, amounts: str) -> tuple[str, ...]:
    ends = amounts.split(":")
    numbers = [parse_number(each.strip()) for each in ends]
    wrong = next((each for each in numbers if isinstance(each, str)), None)
    if len(ends) != 3 or wrong is not None:
        raise InvalidRange(f"--over {text!r}: a range is LOW:HIGH:STEP" + (f"; {wrong}" if wrong else ""))
    low, high, step = (float(each) for each in numbers)
    if step <= 0 or high < low:
        raise InvalidRange(f"--over {text!r}: the range is empty; the step must be positive and HIGH at least LOW")
    if low < high < low + step * (1 - NEARLY):
        raise InvalidRange(f"--over {text!r}: the step is wider than the range; only {_short(low)} would be solved")
    count = math.floor((high - low) / step * (1 + NEARLY) + NEARLY) + 1
    if count > MOST:
        raise InvalidRange(f"--over {text!r}: {count:,} values; at most {MOST:,} scenarios are solved in one sweep")
    return tuple(_short(low + step * number) for number in range(count))


def _short(value: float) -> str:
    """A number without the rounding errors of adding steps."""
    return f"{value:.12g}"


def scenarios(overs: Sequence[Over]) -> list[Scenario]:
    """Every combination of the values, the last --over varying fastest. InvalidRange if there are too many."""
    names = [over.name for over in overs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidRange(f"--over names {twice} twice")
    count = math.prod(len(over.values) for over in overs)
    if count > MOST:
        raise InvalidRange(f"{count:,} scenarios; at most {MOST:,} are solved in one sweep")
    found = []
    for values in product(*(over.values for over in overs)):
        labels = tuple((over.column, _plain(value)) for over, value in zip(overs, values, strict=True))
        found.append(Scenario(labels, tuple(over.sets(value) for over, value in zip(overs, values, strict=True))))
    return found


def _plain(value: str) -> str | float:
    """A number as a float, anything else as text."""
    number = parse_number(value)
    return value if isinstance(number, str) else number
