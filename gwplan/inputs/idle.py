"""Unused rows: the reasons that parts declare, and the result for each row."""

from __future__ import annotations

from dataclasses import dataclass

from gwplan.inputs.values import Value


@dataclass(frozen=True, slots=True)
class Idle:
    """Why rows of a part's table are unused; restricted to an item, a quantity, a site or a date, if given.

    reason: completes the sentence "not used: ...". read: True if the model reads them nevertheless.
    loud: True if the author of the row probably expects it to count.
    """

    reason: str
    item: str = ""
    quantity: str = ""
    site: str = ""
    when: str = ""
    read: bool = False
    loud: bool = False

    def holds(self, value: Value, table: str) -> bool:
        """True if it applies to a row; `table`: that of the part."""
        row = value.row
        mine = row.table == table and self.item in ("", row.item) and self.when in ("", row.when)
        return mine and self.quantity in ("", row.quantity) and self.site in ("", row.site)


@dataclass(frozen=True, slots=True)
class Unused:
    """A row that the model does not use, with the reason; loud: it gives a separate warning."""

    value: Value
    reason: str
    loud: bool = False
