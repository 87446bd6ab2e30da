"""The case: what is true, looked up by item, site and period, in model units and model dollars."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.common.errors import Fault, InputFaults, MissingValue
from gwplan.inputs.case_folder import read_folder
from gwplan.inputs.definition import Definition

if TYPE_CHECKING:
    pass
from gwplan.inputs.case import Case


def read_case(definition: Definition, overlays: Sequence[Path] = (), sets: Sequence[str] = ()) -> Case:
    """Read the folder that a definition names, overlays and sets applied. InputFaults with every fault at once."""
    checked = read_folder(definition, overlays, sets)
    case = Case(definition, checked)
    faults = [*checked.faults, *case._existing.faults]
    case.warnings.extend(case._existing.warnings)
    missing: list[Fault] = []
    if checked.kinds:
        for module in checked.modules:
            faults.extend(_part_faults(module, case, missing))
    if not faults:
        faults = missing
    if faults:
        raise InputFaults(sorted(set(faults)), sorted(set(case.warnings)))
    for module in checked.modules:
        case.warnings.extend(module.warn(case) if hasattr(module, "warn") else ())
    from gwplan.model.plausible import warnings

    case.warnings.extend(warnings(case))
    return case


def _part_faults(module: object, case: Case, missing: list[Fault]) -> Iterator[Fault]:
    """What a part's own `check` finds.

    A value that it misses counts only where nothing else is wrong: its row may be faulty. So with what it says of an
    item after it has looked for a faulty row of that item: it follows from that row, which is reported already.
    """
    check = getattr(module, "check", None)
    case.doubted.clear()
    try:
        for fault in check(case) if check else ():
            if case.doubted.isdisjoint(re.findall(r"[\w-]+", fault.message)):
                yield fault
    except MissingValue as error:
        file, _, message = str(error).partition(": ")
        missing.append(Fault(file, 0, message) if message else Fault("inputs", 0, file))
