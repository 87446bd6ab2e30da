"""All tables of a case, whatever parts its model has: for questions about the numbers themselves."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from gwplan.common.errors import InputFaults
from gwplan.planning.request import Request

if TYPE_CHECKING:
    from gwplan.inputs.case import Case


def read_all(request: Request, *more: ModuleType) -> Case:
    """The case of a request with every table that its folder has, and those of more modules with a `TABLE`.

    Rows in H100e stay at the measure that their source counts in. InputFaults lists every fault of the tables.
    """
    from gwplan.inputs import common_tables
    from gwplan.inputs.case import Case
    from gwplan.inputs.case_folder import Declared, read_folder
    from gwplan.inputs.case_workbook import named, opened
    from gwplan.inputs.definition_text import located
    from gwplan.inputs.plain_files import is_there
    from gwplan.model import compute_measure, price_level
    from gwplan.model.parts import PARTS
    from gwplan.model.parts import load as part
    from gwplan.planning.build import read_definition

    definition = read_definition(request.model, tuple(request.sets))
    folder = opened(definition.inputs)
    parts = tuple(name for name in PARTS if name in definition.parts or is_there(folder / f"{name}.csv"))
    modules = [*map(part, parts), compute_measure, common_tables, price_level, *more]
    checked = read_folder(replace(definition, parts=parts), Declared(modules, PARTS), tuple(request.overlays), tuple(request.sets))
    if checked.faults:
        faults, warnings = named(located(checked.faults, definition.path), folder), named(checked.warnings, folder)
        raise InputFaults(sorted(set(faults)), sorted(set(warnings)))
    return Case(definition, checked)
