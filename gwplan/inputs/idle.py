"""Rows that a model has no use for: what a part says of them, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass

from gwplan.inputs.values import Value


@dataclass(frozen=True, slots=True)
class Idle:
    """Why rows of a part's table are of no use: those of an item, a quantity, a site or a date, where given.

    reason: ends the sentence "not used: ...". read: True where that is so though the model reads them.
    loud: True where whoever wrote the row expects that it counts.
    """

    reason: str
    item: str = ""
    quantity: str = ""
    site: str = ""
    when: str = ""
    read: bool = False
    loud: bool = False

    def holds(self, value: Value, table: str) -> bool:
        """True if it speaks of a row; `table`: that of the part."""
        row = value.row
        mine = row.table == table and self.item in ("", row.item) and self.when in ("", row.when)
        return mine and self.quantity in ("", row.quantity) and self.site in ("", row.site)


@dataclass(frozen=True, slots=True)
class Unused:
    """A row that the model does not use, with the reason; loud where it is a warning of its own."""

    value: Value
    reason: str
    loud: bool = False
