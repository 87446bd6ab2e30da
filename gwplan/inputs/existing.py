"""existing.csv: existing halls, systems and supplies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.common.constants import KILO, ROUNDING
from gwplan.common.errors import Fault, MissingValue
from gwplan.common.spelling import suggestion
from gwplan.inputs.case import Existing
from gwplan.inputs.values import Value

if TYPE_CHECKING:
    from gwplan.inputs.case import Case
    from gwplan.inputs.tables import TextRow

COUNTED, MEASURED = ("design", "system"), "supply"
HOME = {"design": "halls", "system": "accelerators", MEASURED: "power"}
"""The table of each kind of asset."""


@dataclass
class Found:
    """The assets of existing.csv, each with its row and kind, and the faults and warnings."""

    things: list[tuple[Existing, TextRow, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


def read_existing(case: Case) -> Found:
    """The assets within the horizon; faults for invalid rows, warnings for assets outside the horizon or above a limit."""
    found = Found()
    kinds = {item: kind for kind in (*COUNTED, MEASURED) for item in case.items(kind)}
    given: dict[tuple[str, str, int], TextRow] = {}
    for value in case.checked.values:
        row = value.row
        if row.table != "existing":
            continue
        if kinds.get(row.item) is None and any(case.checked.lost.may_have(table, row.item) for table in HOME.values()):
            continue  # it may be in an unreadable row
        wrong = list(impossible(value, kinds))
        if value.when is not None and not wrong:
            before = given.setdefault((row.item, row.site, value.when.first), row)
            if before.quantity != row.quantity:
                wrong.append(f"row {before.row} gives the same supply as {before.quantity}; give only one of them, or another date")
        found.faults.extend(row.fault(message) for message in wrong)
        if not wrong:
            try:
                take_in(case, value, kinds[row.item], found)
            except MissingValue as error:
                found.faults.append(row.fault(str(error)))
    if not found.faults:
        for site in sorted({thing.site for thing, _, _ in found.things}):
            weigh_halls(case, site, found)
            weigh_systems(case, site, found)
        weigh_supplies(case, found)
    return found


def impossible(value: Value, kinds: dict[str, str]) -> Iterator[str]:
    """The fault of a single row."""
    row, kind = value.row, kinds.get(value.row.item)
    if kind is None:
        yield f"no design, system or supply {row.item!r}{suggestion(row.item, kinds)}"
    elif row.quantity == "capacity" and kind != MEASURED:
        yield f"a {kind} needs a count, not a capacity"
    elif kind == "design" and value.base != round(value.base):
        yield f"{value.base:g} halls is not a whole number"
    if value.base == 0:
        yield "0 is not needed; leave the row out"
    if not row.site:
        yield "the site is blank"
    if value.when is None:
        yield "when, its date of service, is blank"


def take_in(case: Case, value: Value, kind: str, found: Found) -> None:
    """Add the asset of a row if it is in service within the horizon, else a warning. MissingValue if a number of its item is missing."""
    row, when, calendar = value.row, value.when, case.calendar
    assert when is not None
    life = life_of(case, kind, row.item, row.site)
    if calendar.begun(when) >= len(calendar.periods):
        found.warnings.append(row.fault(f"it enters service in {when}, after the last period begins, and is never in service"))
        return
    if when.first + life * MONTHS_A_YEAR <= calendar.periods[calendar.begun(when)].first:
        found.warnings.append(row.fault(f"its life of {life:g} years from {when} ends before the horizon: it is not counted"))
        return
    quantity, amount = row.quantity, value.base
    if kind == MEASURED and quantity == "count":
        quantity, amount = "capacity", amount * case.number("power", row.item, "unit", row.site)
    found.things.append((Existing(row.item, row.site, when, quantity, amount), row, kind))


def life_of(case: Case, kind: str, item: str, site: str) -> float:
    """Life of an asset in years; for a contract its term."""
    if kind != MEASURED:
        return case.number(HOME[kind], item, "life")
    contract = case.get_label("power", item, "role") == "contract"
    return case.number("power", item, "contract_term" if contract else "life", site)


def standing(case: Case, things: list[tuple[Existing, TextRow, str]], period: int) -> list[tuple[Existing, TextRow]]:
    """The assets that are within their life on the first day of a period."""
    first = case.calendar.periods[period].first
    return [(thing, row) for thing, row, kind in things
            if thing.when.first <= first < thing.when.first + life_of(case, kind, thing.item, thing.site) * MONTHS_A_YEAR]


def weigh_halls(case: Case, site: str, found: Found) -> None:
    """A fault if existing halls exceed the site's IT power or land."""
    halls = [each for each in found.things if each[0].site == site and each[2] == "design"]
    for quantity, each, unit in (("most_it", 1.0, "MW"), ("land", None, "acre")):
        for period in range(len(case.calendar.periods)):
            there = standing(case, halls, period)
            room = [thing.amount * case.number("halls", thing.item, "room") * (each or case.number("halls", thing.item, "acres"))
                    for thing, _ in there]
            most = case.get("sites", site, quantity, period=period)
            if most is not None and sum(room) > most + ROUNDING:
                what = "IT power of halls" if unit == "MW" else "land under halls"
                when = case.calendar.names[period]
                message = f"the {what} existing in {when} takes {sum(room):g} {unit}, more than {quantity} of {site}, {most:g} {unit}"
                found.faults.append(there[-1][1].fault(message))
                break


def weigh_systems(case: Case, site: str, found: Found) -> None:
    """A warning if existing systems exceed the existing halls of their cooling."""
    systems, halls = ([each for each in found.things if each[0].site == site and each[2] == kind] for kind in ("system", "design"))
    coolings = sorted({case.label("accelerators", thing.item, "cooling") for thing, _, _ in systems})
    for cooling, period in product(coolings, range(len(case.calendar.periods))):
        there = [(thing, row) for thing, row in standing(case, systems, period)
                 if case.label("accelerators", thing.item, "cooling") == cooling]
        power = sum(thing.amount * it_power(case, thing.item) for thing, _ in there)
        room = sum(thing.amount * case.number("halls", thing.item, "room") for thing, _ in standing(case, halls, period)
                   if case.label("halls", thing.item, "cooling") == cooling)
        if power > room + ROUNDING:
            when = case.calendar.names[period]
            message = (f"existing systems with {cooling} cooling draw {power:,.4g} MW in {when}, but existing halls hold only "
            f"{room:,.4g} MW of them: the rest waits for halls")
            found.warnings.append(there[-1][1].fault(message))
            break


def it_power(case: Case, system: str) -> float:
    """MW of IT power per system, net of its share of spares."""
    power = case.number("accelerators", system, "power") * case.number("accelerators", system, "overhead") / KILO
    return power / (1 + case.number("accelerators", system, "spares"))


def weigh_supplies(case: Case, found: Found) -> None:
    """A warning if an existing supply exceeds its site's limit: it may stay."""
    for item, site in sorted({(thing.item, thing.site) for thing, _, kind in found.things if kind == MEASURED}):
        there = [each for each in found.things if each[0].item == item and each[0].site == site]
        for period in range(len(case.calendar.periods)):
            capacity = sum(thing.amount for thing, _ in standing(case, there, period))
            most = case.get("power", item, "most", site, period)
            if most is not None and capacity > most + ROUNDING:
                when = case.calendar.names[period]
                message = f"{capacity:g} MW existing in {when} exceeds the limit of {site}, {most:g} MW (most); it is kept"
                found.warnings.append(there[-1][1].fault(message))
                break
