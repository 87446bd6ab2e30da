"""existing.csv: halls, systems and supplies that are already there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gwplan.common.errors import Fault, MissingValue
from gwplan.common.spelling import suggestion
from gwplan.inputs.case import Existing

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

COUNTED, MEASURED = ("design", "system"), "supply"
HOMES = ("halls", "accelerators", "power")
"""The tables of their items."""


def existing_of(case: Case, faults: list[Fault]) -> Iterator[Existing]:
    """The rows of existing.csv; faults for items that are nothing to own, and for what is missing in a row."""
    kinds = {item: kind for kind in (*COUNTED, MEASURED) for item in case.items(kind)}
    for value in case.checked.values:
        row = value.row
        if row.table != "existing":
            continue
        kind = kinds.get(row.item)
        wrong = []
        if kind is None and any(case.checked.lost.may_have(table, row.item) for table in HOMES):
            continue  # it may be in a row that could not be read
        if kind is None:
            wrong.append(f"no design, system or supply {row.item!r}{suggestion(row.item, kinds)}")
        elif row.quantity == "capacity" and kind != MEASURED:
            wrong.append(f"a {kind} is counted: write count, not capacity")
        elif kind == "design" and value.base != round(value.base):
            wrong.append(f"{value.base:g} halls are no whole number")
        if not row.site:
            wrong.append("the site is blank")
        if value.when is None:
            wrong.append("when, its date of service, is blank")
        faults.extend(row.fault(message) for message in wrong)
        if wrong or value.when is None:
            continue
        quantity, amount = row.quantity, value.base
        if kind == MEASURED and quantity == "count":
            try:
                quantity, amount = "capacity", amount * case.number("power", row.item, "unit", row.site)
            except MissingValue as error:
                faults.append(row.fault(str(error)))
                continue
        yield Existing(row.item, row.site, value.when, quantity, amount)
