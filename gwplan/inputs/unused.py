"""Unused input rows and the reasons: nothing that a user writes is ignored silently.

Assembling a model records the rows that its look-ups use; all others are unused. The parts give the reasons (`idle`), and name numbers
that are read but cannot matter. A number that its kind of item does not use (`Quantity.where`) gives a separate warning; rows for
another model, another precision or an hourly plan are summed up in one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from gwplan.common.errors import Fault
from gwplan.common.units import factor
from gwplan.inputs.case import Case
from gwplan.inputs.idle import Idle, Unused
from gwplan.inputs.profiles import FOLDER
from gwplan.inputs.values import LABEL, Value

OWN = ("published", "existing")
"""Tables that are not looked up: published figures, used for comparison, and existing assets."""
NAMED = 6
"""Maximum number of names in one line."""


def counted(case: Case, scope: str) -> bool:
    """Whether operational or embodied emissions have a limit or a price in the model; otherwise they are only reported."""
    if "carbon" not in case.definition.parts:
        return False
    if scope == "embodied":
        return case.get("carbon", "embodied", "total_cap") is not None
    periods = range(len(case.calendar.periods))
    return any(case.get("carbon", "operational", "cap", period=period) is not None
               or case.number("carbon", "emissions", "price", period=period) > 0 for period in periods)


def uncounted(case: Case, scope: str, quantity: str) -> Iterator[Idle]:
    """Numbers that only determine emissions, if these have no limit or price."""
    if not counted(case, scope):
        yield Idle(f"{scope} carbon is reported, without a limit or a price", quantity=quantity, read=True)


def unused(case: Case) -> list[Unused]:
    """The rows that an assembled model does not use: numbers, dates and labels of groups."""
    used = {id(value) for value in case.used}
    siblings: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for value in case.used:
        siblings[value.row.table, value.row.item, value.row.quantity].add(value.row.site)
    said: dict[str, list[Idle]] = defaultdict(list)
    for module in case.checked.modules:
        if hasattr(module, "idle"):
            said[module.TABLE.name].extend(module.idle(case))
    found = []
    for value in case.checked.values:
        row = value.row
        if row.table in OWN:
            continue
        idle = said.get(row.table, ())
        why = next((each for each in idle if each.holds(value, row.table) and (each.read or id(value) not in used)), None)
        why = why or misplaced(case, value)
        if why is None and value.quantity.idle and id(value) not in used:
            why = Idle(value.quantity.idle)
        if why is None and id(value) not in used and value.quantity.unit != LABEL and not value.quantity.reported:
            why = beside_others(value, siblings[row.table, row.item, row.quantity])
        if why is not None:
            found.append(Unused(value, why.reason, why.loud))
    return found


def misplaced(case: Case, value: Value) -> Idle | None:
    """Why a number is unused for an item with its label; None if it is used."""
    where = value.quantity.where
    if where is None:
        return None
    label, wanted = where
    has = case.get_label(value.row.table, value.row.item, label)
    if has is None or has in wanted:
        return None
    return Idle(f"it applies only if the {label} is {' or '.join(wanted)}", loud=True)


def beside_others(value: Value, sites: set[str]) -> Idle:
    """Why a row is unused while other rows of its item and quantity are used."""
    if value.row.site in sites:
        return Idle("other rows of the same quantity apply in all periods of the model")
    if sites and not value.row.site:
        return Idle("each site of the model has its own row")
    return Idle("nothing in this model uses it", loud=True)


def idle_sources(case: Case) -> Iterator[str]:
    """Rows of deflators.csv and sources.csv that no table row refers to, and hourly profiles: one line for each."""
    values = case.checked.values
    units = {(value.row.unit, value.quantity.unit) for value in values if value.quantity.unit not in (LABEL, "date")}
    years = {factor(unit, declared)[1] for unit, declared in units} | {case.definition.horizon.dollars}
    spare = sorted(set(case.deflators) - {year for year in years if year is not None})
    if spare:
        yield f"deflators.csv: {_rows(len(spare))}, no amount is in dollars of {', '.join(map(str, spare))}"
    sources = set(case.sources) - {value.row.source for value in values}
    if sources:
        yield f"sources.csv: {_rows(len(sources))}, not cited by any row that is read"
    if case.hours is None and (case.definition.inputs / FOLDER).is_dir():
        yield f"{FOLDER}/: hourly series, which a plan of yearly means does not read"


def warnings(found: Sequence[Unused]) -> Iterator[Fault]:
    """One warning for the rows of a file, quantity and reason that their author probably expects to count."""
    loud = sorted((each for each in found if each.loud), key=_place)
    for (file, quantity, reason), group in groupby(loud, key=lambda each: _place(each)[:3]):
        rows = [each.value.row for each in group]
        names = list(dict.fromkeys(row.item + (f"@{row.site}" if row.site else "") for row in rows))
        also = [str(row.row) for row in rows[1:]]
        more = f" (also row{'s' if len(also) > 1 else ''} {', '.join(also)})" if also and rows[0].row else ""
        yield Fault(file, rows[0].row, f"{_listed(names)}: {quantity} is not used: {reason}{more}")


def lines(found: Sequence[Unused]) -> Iterator[str]:
    """One line for the rows of a file and reason that are meant for other models."""
    quiet = sorted((each for each in found if not each.loud), key=lambda each: (each.value.row.file, each.reason))
    for (file, reason), group in groupby(quiet, key=lambda each: (each.value.row.file, each.reason)):
        rows = [each.value.row for each in group]
        about = list(dict.fromkeys(row.quantity for row in rows)) if len({row.item for row in rows}) > NAMED else \
            list(dict.fromkeys(row.item for row in rows))
        yield f"{file}: {_rows(len(rows))} of {_listed(about)}: {reason}"


def _place(each: Unused) -> tuple[str, str, str, int]:
    row = each.value.row
    return row.file, row.quantity, each.reason, row.row


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
