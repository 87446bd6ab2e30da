"""Read a case: its tables, existing assets, and the checks of each part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gwplan.common.errors import Fault, InputFaults, MissingValue
from gwplan.inputs import partial_bans
from gwplan.inputs.case import Case
from gwplan.inputs.case_folder import Declared, read_folder
from gwplan.inputs.case_workbook import named
from gwplan.inputs.definition import Definition
from gwplan.inputs.definition_text import located
from gwplan.inputs.existing import read_existing
from gwplan.inputs.memory import AnyPath


def read_case(definition: Definition, declared: Declared, overlays: Sequence[AnyPath] = (), sets: Sequence[str] = ()) -> Case:
    """Read the folder that a definition names, with overlays and sets applied. InputFaults lists every fault."""
    checked = read_folder(definition, declared, overlays, sets)
    case = Case(definition, checked, declared.converted)
    there = read_existing(case)
    faults = [*checked.faults, *there.faults]
    read_hours(case, faults)
    case.warnings.extend(there.warnings)
    case.take_existing([thing for thing, _, _ in there.things])
    missing: list[Fault] = []
    if checked.kinds:
        for module in checked.modules:
            faults.extend(_part_faults(module, case, missing))
    if not faults:
        faults = missing
    if faults:
        faults = told(located(faults, definition.path), case)
        raise InputFaults(sorted(set(faults)), sorted(set(told(case.warnings, case))))
    try:
        for module in checked.modules:
            case.warnings.extend(module.warn(case) if hasattr(module, "warn") else ())
    except MissingValue as error:
        raise InputFaults(told([error.fault], case), sorted(set(told(case.warnings, case)))) from None
    case.warnings.extend(partial_bans.warnings(case))
    case.warnings[:] = told(case.warnings, case)
    return case


def read_hours(case: Case, faults: list[Fault]) -> None:
    """Divide the year of a case whose model has hours, by the hourly series of its sites."""
    if case.definition.hours.kind == "mean":
        return
    from gwplan.inputs.hours import slice_year
    from gwplan.inputs.profiles import read_profiles

    before, sites = len(faults), case.items("site")
    profiles = read_profiles(case.definition.inputs, sites, faults, case.warnings)
    if len(faults) == before:
        case.take_hours(slice_year(case.definition.hours, profiles, sites))


def told(faults: Sequence[Fault], case: Case) -> list[Fault]:
    """Faults that name the sheets of the case's workbook, where it has one."""
    return list(faults) if case.checked.folder is None else named(faults, case.checked.folder)


def _part_faults(module: object, case: Case, missing: list[Fault]) -> Iterator[Fault]:
    """The faults found by a part's own `check`.

    A missing value is reported only if there is no other fault, because its row may be a faulty one. Likewise, faults of
    an item are dropped after a look-up of a faulty row of that item, and all faults after a look-up in a table with an
    unreadable row: they are consequences of faults already reported.
    """
    check = getattr(module, "check", None)
    case.doubted.clear()
    case.guessed = False
    try:
        for fault in check(case) if check else ():
            if not case.guessed and case.doubted.isdisjoint(re.findall(r"[\w-]+", fault.message)):
                yield fault
    except MissingValue as error:
        missing.append(error.fault)
