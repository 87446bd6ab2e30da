"""What-ifs: rows of `--with` files and changes by `--set`, applied to the rows of the tables.

`table.item[@site][@when].quantity=VALUE UNIT`, `=*0.9` or `=+6 months`; `*` for an item, a site or a date matches each
existing row. Order: files as given, then the sets. Names must exist: a what-if that changes nothing is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gwplan.common.calendar import parse_date
from gwplan.common.errors import Fault, Lost
from gwplan.common.numbers import parse_number
from gwplan.common.printable import printable, unprintable
from gwplan.common.spelling import suggestion
from gwplan.inputs.declarations import Table
from gwplan.inputs.memory import AnyPath
from gwplan.inputs.tables import COLUMNS, GRADE_COLUMN, Move, Source, TextRow, read_cells

Key = tuple[str, str, int | str, str]
Rows = dict[str, list[TextRow]]
EACH = "*"
OPEN_TABLE = "existing"
"""The table whose items are those of other tables, so that a what-if may add items to it."""
MODEL = "model."
COMMAND_LINE = Source("command_line", "Set on the command line", "gwplan", "", "", "estimate", "F")
_TARGET = re.compile(r"(?P<table>\w+)\.(?P<item>[\w-]+|\*)(?:@(?P<site>[\w-]*|\*)(?:@(?P<when>[\w-]+|\*))?)?\.(?P<quantity>\w+)")
_MOVE = re.compile(r"(?P<sign>[*+])\s*(?P<amount>[^\s]+)\s*(?P<unit>.*)")
_VALUE = re.compile(r"(?P<number>[+-]?[\d.][\d.,_']*(?:[eE][+-]?\d+)?)\s*(?P<unit>.*)")
GRAMMAR = "table.item[@site][@when].quantity=VALUE UNIT, =*0.9 or =+6 months"


def target_of(text: str) -> dict[str, str] | None:
    """Table, item, site, when and quantity of `table.item[@site][@when].quantity`, blank where left out; None for another text."""
    found = _TARGET.fullmatch(text.strip())
    return None if found is None else found.groupdict("")


def when_key(text: str) -> int | str:
    """The first month of a date, so that 2027 and 2027-Q1 are the same; the text itself if it is no date."""
    try:
        return parse_date(text).first if text else ""
    except ValueError:
        return text


def key_of(row: TextRow) -> Key:
    """The key of a row, unique within its table."""
    return row.item, row.site, when_key(row.when), row.quantity


@dataclass(frozen=True)
class Known:
    """The names that overlays may use: the tables read, and the tables of parts outside this model.

    lost: unreadable parts of the tables, which may define a missing name.
    absent: tables whose file is missing.
    """

    tables: Mapping[str, Table]
    left_out: Collection[str]
    lost: Lost = field(default_factory=Lost)
    absent: frozenset[str] = frozenset()

    def item_fault(self, table: str, item: str, items: Collection[str]) -> str | None:
        """The fault of an item name in a table; None if the table has it, or may have it. A missing file is reported once."""
        if item in items or self.lost.may_have(table, item):
            return None
        if table in self.absent and table != OPEN_TABLE:
            self.lost.files.add(table)
            return f"{table}.csv is missing, and with it the item {item!r}"
        return f"no item {item!r} in {table}.csv{suggestion(item, items)}"

    def table_fault(self, name: str) -> str | None:
        """The fault of a table name; None if the table is read."""
        if name in self.tables:
            return None
        if name in self.left_out:
            return f"the table {name!r} is not read: the model leaves that part out"
        return f"no table {name!r}{suggestion(name, self.tables)}"


def declared_items(table: Table, rows: Sequence[TextRow]) -> set[str]:
    """Items of a table, and those that may always be added."""
    return {row.item for row in rows} | {name for kind in table.kinds for name in kind.only}


def lay_file(path: AnyPath, rows: Rows, known: Known, faults: list[Fault], warnings: list[Fault], own: bool = True) -> None:
    """Apply the rows of one overlay to `rows`: those with the same item, site, date and quantity are replaced, others added.

    An item that no table has is new if the overlay has the row that marks its kind, such as the role of a supply or the kind of a contract.
    own: whether the overlay belongs to the case, whose links may not lead outside.
    """
    places = {name: {key_of(row): n for n, row in enumerate(table)} for name, table in rows.items()}
    items = {name: declared_items(known.tables[name], table) for name, table in rows.items()}
    seen: dict[tuple[str, Key], int] = {}
    read = list(read_cells(path, ("table", *COLUMNS), faults, own=own, optional=GRADE_COLUMN))
    for _, (table, item, _, _, quantity, *_) in read:
        kinds = known.tables[table].kinds if table in items and table not in known.absent else ()
        if any(quantity in (kind.marked, *(kind.labelled or ())[:1]) for kind in kinds):
            items[table].add(item)
    for number, cells in read:
        row = TextRow.of(cells[0], printable(path.name), number, cells[1:])
        wrong = known.table_fault(row.table)
        if wrong:
            (warnings if row.table in known.left_out else faults).append(row.fault(wrong, named=False))
            continue
        missing = None if row.table == OPEN_TABLE else known.item_fault(row.table, row.item, items[row.table])
        if missing:
            faults.append(row.fault(missing, named=False))
            continue
        key = key_of(row)
        first = seen.setdefault((row.table, key), number)
        if first != number:
            faults.append(row.fault(f"duplicates row {first}"))
            continue
        place = places[row.table].setdefault(key, len(rows[row.table]))
        if place == len(rows[row.table]):
            rows[row.table].append(row)
        else:
            rows[row.table][place] = row


def apply_set(text: str, rows: Rows, known: Known, faults: list[Fault]) -> None:
    """Change the rows that one --set matches; a fault if it matches none."""
    name = f"--set {text}"
    target, equals, value = text.partition("=")
    found = _TARGET.fullmatch(target.strip())
    value = value.strip()
    if unprintable(text):
        faults.append(Fault(name, 0, f"has the control character '{unprintable(text)}'"))
        return
    if not found or not equals or not value:
        faults.append(Fault(name, 0, f"is not {GRAMMAR}"))
        return
    wrong = known.table_fault(found["table"])
    table = rows.get(found["table"], [])
    quantities = {quantity.name for quantity in known.tables[found["table"]].quantities} if not wrong else set()
    items = {row.item for row in table}
    if wrong is None and found["quantity"] not in quantities:
        wrong = f"no quantity {found['quantity']!r} in {found['table']}.csv{suggestion(found['quantity'], quantities)}"
    if wrong is None and found["item"] != EACH:
        wrong = known.item_fault(found["table"], found["item"], items)
    if wrong is not None:
        faults.append(Fault(name, 0, wrong))
        return
    places = [place for place, row in enumerate(table) if _matches(row, found)]
    if not places and not known.lost.touches(found["table"]):
        faults.append(Fault(name, 0, _nothing(found, table)))
    for place in places:
        changed = _changed(table[place], value, name)
        if isinstance(changed, str):
            faults.append(Fault(name, 0, changed))
            return
        table[place] = changed


def _matches(row: TextRow, found: re.Match[str]) -> bool:
    site, when = found["site"] or "", found["when"] or ""
    return (
        row.quantity == found["quantity"]
        and found["item"] in (row.item, EACH)
        and site in (row.site, EACH)
        and (when == EACH or when_key(when) == when_key(row.when))
    )


def _nothing(found: re.Match[str], table: Sequence[TextRow]) -> str:
    """A fault that nothing matches, with the keys of the rows of that item and quantity."""
    near = [row for row in table if row.quantity == found["quantity"] and found["item"] in (row.item, EACH)]
    written = [f"@{row.site}" + (f"@{row.when}" if row.when else "") if row.site or row.when else "no site and no date" for row in near]
    have = f"; it has rows for {', '.join(dict.fromkeys(written[:8]))}" if near else ""
    return f"matches no row{have}"


def _changed(row: TextRow, value: str, name: str) -> TextRow | str:
    """The row with its new value, or a message on what is wrong with it.

    Its source becomes the command line, because the old source no longer applies; the note keeps the old one.
    """
    source = row.source if row.source != COMMAND_LINE.key else ""
    note = f"{name}" + (f"; before: {row.base} {row.unit}, {source}" if source else f"; {row.note}")
    marked = replace(row, source=COMMAND_LINE.key, note=note, grade="")
    moved = _MOVE.fullmatch(value)
    if moved and row.unit == "label":
        return f"{row.item}.{row.quantity} is a label and cannot be scaled or shifted"
    if moved:
        amount = parse_number(moved["amount"])
        if isinstance(amount, str):
            return amount
        if moved["sign"] == "*" and moved["unit"]:
            return f"a factor has no unit, but {moved['unit']!r} is given"
        return replace(marked, moves=(*row.moves, Move(moved["sign"], amount, moved["unit"], name)))
    if row.unit in ("label", "date"):
        return replace(marked, file=name, row=0, low="", base=value, high="", moves=())
    split = _VALUE.fullmatch(value)
    number, unit = (split["number"], split["unit"]) if split else (value, "")
    if not unit and row.unit != "1":
        wrong = parse_number(number)
        return f"{value!r} has no unit; write {number} {row.unit}" if not isinstance(wrong, str) else wrong
    return replace(marked, file=name, row=0, low="", base=number, high="", unit=unit or "1", moves=())
