"""Bans that hold in part: an undated row of a limit says 0, and dated rows of it say more, so that they hold in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from gwplan.common.errors import Fault, at_row
from gwplan.inputs.case import Case
from gwplan.inputs.values import Value

LIMITS = ("most", "cap", "total_cap")
"""First word of the quantities that limit what may be had."""
ORDERED = ("sites", "halls", "accelerators", "power", "contracts")
"""Tables whose items are ordered, and can be excluded."""


def warnings(case: Case) -> Iterator[Fault]:
    """A warning for each undated 0 from another file than the dated rows that hold in its place, or that never holds at all.

    An undated 0 in the same file, before the first date from which there is an offer, is no ban.
    """
    groups: dict[tuple[str, str, str, str], list[Value]] = defaultdict(list)
    for value in case.checked.values:
        row = value.row
        if row.quantity.startswith(LIMITS) and "when" in value.quantity.by and value.numbers[1] is not None:
            groups[row.table, row.item, row.site, row.quantity].append(value)
    for values in groups.values():
        zero = next((value for value in values if value.when is None and not value.base), None)
        dated = sorted((value for value in values if value.when is not None and value.base), key=lambda value: value.row.when)
        held = [value for value in dated if value.when is not None and value.when.first < case.calendar.end]
        if zero is None or not held:
            continue
        begins = min(value.when.first for value in held if value.when is not None)
        others = [value for value in held if value.row.file != zero.row.file]
        if others or begins <= case.calendar.periods[0].first:
            yield Fault(zero.row.file, zero.row.row, message(zero, others or held))


def message(zero: Value, held: list[Value]) -> str:
    """What the undated row does not do, and which rows hold in its place."""
    row, listed = zero.row, ", ".join(f"{at_row(each.row.file, each.row.row)} ({each.row.when})" for each in held)
    name = f"{row.item}{f'@{row.site}' if row.site else ''}.{row.quantity}"
    every = f"--set '{row.table}.{row.item}@{row.site}@*.{row.quantity}=0 {row.unit}'"
    does = f"--forbid 'item={row.item}' or {every} does" if row.table in ORDERED else f"{every} does"
    return f"{name}: this undated 0 bans nothing on the dates of {listed}, which hold in its place; {does}"
