"""The data dictionary: one page of every quantity that an input table may hold, written from its declaration.

`make reference` writes it, with the other generated pages.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.analysis.uncertainty.correlations import CORRELATION_COLUMNS, OPTIONAL_COLUMNS
from gwplan.inputs.calibration_table import TABLE as CALIBRATION
from gwplan.inputs.common_tables import EXISTING
from gwplan.inputs.common_tables import TABLE as PUBLISHED
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.grades import GRADES, PLANNER, READINGS
from gwplan.inputs.half_lives import FILE, HALF_LIFE_COLUMNS, OTHERS
from gwplan.inputs.tables import (
    COLUMNS,
    DEFLATOR_COLUMNS,
    GRADE_COLUMN,
    LABEL_COLUMNS,
    PUBLISHED_COLUMNS,
    SOURCE_COLUMNS,
    SOURCE_GRADES,
    SOURCE_KINDS,
)
from gwplan.inputs.values import DATE, LABEL
from gwplan.model import parts
from gwplan.model.compute_measure import TABLE as COMPUTE

OPENING = f"""# Data dictionary

Written from the declarations in the code by `make reference`;
a test compares the two.

Each table is one CSV file with the columns `{",".join(COLUMNS)}`. A row says what one quantity of one
item is, at one site (blank: at all) and from one date on (blank: always). **Index** says which of `site` and `when` a row may
fill, and how dated rows are read:

- *step*: the latest row that holds on the first day of a period;
- *linear*: a straight line between rows at the middle of a period, constant after the last; an undated row holds until a year
  before the first dated one;
- *own*: a dated row holds in its own calendar year only, an undated row is the total.

**Unit** is the unit inside the model; a row may use any other of its dimension, money with the year of its prices (`USD_2025/kW`).
A row is **needed** for each item of its kind unless there is a default or "may be missing". **Usual** is the range outside which a
number is questioned; **bounds** are those it cannot leave.

An **item** is named with letters, digits, `_` and `-`, does not begin with `-` and has at most 80 characters: so `--set` can say it.
A **number** is finite, at most 1e15 and, unless it is 0, at least 1e-30 in size, as written and in the unit inside the model; numbers,
dates and units have the digits 0 to 9. A unit is made of names, numbers, `*`, `/`, `**` with a whole exponent up to 9, and brackets; it
has at most 120 characters. No cell has a control character. A text that a spreadsheet would take for a formula (`=`, `+`, `-` or `@`
first) is written with a `'` before it and read without; a label does not begin so.
"""
CLOSING = f"""## Beside the tables

- `sources.csv` (`{",".join((*SOURCE_COLUMNS, *SOURCE_GRADES))}`): what the source keys stand for; kind is one of {", ".join(SOURCE_KINDS)}.
  `grade` and `read` may be missing: how well its numbers are known, from {GRADES[0]} to {GRADES[-1]} or {PLANNER}, and how it was read
  ({", ".join(READINGS)}; blank for arithmetic, judgement and choices). [Reading a result](results.md) has the scale.
- `{FILE}` (`{",".join(HALF_LIFE_COLUMNS)}`, may be missing): after how many months a number of a quantity loses a grade;
  `{OTHERS}` stands for every other quantity of the table. A quantity without a row does not age.
- `correlations.csv` (`{",".join((*CORRELATION_COLUMNS, *OPTIONAL_COLUMNS))}`, may be missing, the last two too): rank correlations
  of numbers that move together in samples and, if asked, in stress tests;
  [a study of many runs](studies.md#prices-that-move-together) has the rules.
- `deflators.csv` (`{",".join(DEFLATOR_COLUMNS)}`): the price index that brings dollars of one year to another.
- `labels.csv` (`{",".join(LABEL_COLUMNS)}`), if there is one: what people are shown in place of the name of an item, a site or a vendor.
- `published.csv` has the columns `{",".join(PUBLISHED_COLUMNS)}`.
- Each table may have a last column `{GRADE_COLUMN[0]}`: the grade of one number today, where it is not that of its source; a row may
  end before it.
- `existing.csv`: `item` is a design, system or supply, `when` the date of its service; `site` and `when` are needed.
"""


def all_tables() -> list[Table]:
    """Every table that there is, in the order of the parts."""
    return [*(parts.load(name).TABLE for name in parts.PARTS), COMPUTE, EXISTING, PUBLISHED, CALIBRATION]


def page() -> str:
    """The page as Markdown."""
    return "\n".join([OPENING, *(section(table) for table in all_tables()), CLOSING])


def section(table: Table) -> str:
    """One table: its kinds of items, then its quantities."""
    optional = " (may be missing)" if table.optional else ""
    lines = [f"## {table.name}.csv{optional}", "", *(f"- {_items(kind)}" for kind in table.kinds), ""]
    lines += ["| quantity | of | index | unit | default | bounds | usual | meaning |", "|---|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(_cells(quantity)) + " |" for quantity in table.quantities]
    return "\n".join([*lines, ""])


def _items(kind: Kind) -> str:
    if kind.only:
        return f"**{kind.name}**: {', '.join(f'`{name}`' for name in kind.only)}"
    if kind.marked:
        return f"**{kind.name}**: each item that has a row for `{kind.marked}`"
    if kind.named:
        return f"**{kind.name}**: each item that some `{kind.named}` names"
    if kind.labelled:
        return f"**{kind.name}**: each item whose `{kind.labelled[0]}` is `{kind.labelled[1]}`"
    return f"**{kind.name}**: each item of the table"


def _cells(quantity: Quantity) -> Iterator[str]:
    index = ", ".join(quantity.by)
    yield f"`{quantity.name}`"
    yield quantity.of
    yield f"{index} ({quantity.between})" if "when" in quantity.by else index
    yield f"*{quantity.unit}*" if quantity.unit in (LABEL, DATE) else f"`{quantity.unit}`"
    if quantity.required:
        yield "needed"
    else:
        yield "may be missing" if quantity.default is None else _number(quantity.default)
    yield _range(quantity.least, quantity.most)
    yield _range(*quantity.sane) if quantity.sane else ""
    yield quantity.doc.replace("|", "\\|") + _choices(quantity) + _used(quantity)


def _choices(quantity: Quantity) -> str:
    several = ", several as `a\\|b`" if quantity.many else ""
    if quantity.labels:
        return f" (one of {', '.join(quantity.labels)}{several})"
    if quantity.refers:
        return f" (names a {quantity.refers}{several})"
    return f" ({several.removeprefix(', ')})" if several else ""


def _used(quantity: Quantity) -> str:
    """Which items have a use for it; why none has."""
    where = f"; counts where {quantity.where[0]} is {' or '.join(quantity.where[1])}" if quantity.where else ""
    return where + (f"; not used: {quantity.idle}" if quantity.idle else "")


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _range(least: float | None, most: float | None) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return f"from {least:g}"
    return f"{least:g} to {most:g}" if least is not None else f"to {most:g}"
