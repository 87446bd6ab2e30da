"""Every number that is shipped is used, or said not to be: found by changing it, not by what the program noted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gwplan.inputs.case import Case
from gwplan.inputs.definition import Goal
from gwplan.inputs.values import Value
from gwplan.model.goals import GOALS
from gwplan.model.parts import PARTS
from gwplan.planning.build import build, read_case, read_definition
from tests.support import ROOT, TINY
from tests.unused.changed import core, is_number, key, lesser, model_of, others, without_effect, written

FEW = ("ashburn_va", "abilene_tx", "atlanta_ga")
"""Between them they offer every supply and every lease that is offered anywhere."""


def everything(model: Path) -> Case:
    """A shipped case with all its parts and all goals, in years so that it is small."""
    definition = read_definition(model, ("model.horizon.step=year",))
    amount = definition.goals[0].most_it or 10.0
    goals = tuple(Goal.model_construct(kind=kind, most_it=amount, amount=amount) for kind in GOALS)
    whole = (definition.inputs / "finance.csv").exists()
    return read_case(replace(definition, parts=PARTS if whole else definition.parts, goals=goals if whole else definition.goals))


def split(case: Case) -> tuple[list[Value], list[Value]]:
    """Numbers and dates that the model uses, by its own account, and those that it says it does not."""
    build(case)
    listed = {id(each.value) for each in case.unused}
    rows = [value for value in case.checked.values
            if is_number(value) and not value.quantity.reported and value.row.table not in ("published", "existing")]
    return [value for value in rows if id(value) not in listed], [value for value in rows if id(value) in listed]


def due_later(case: Case, value: Value) -> bool:
    """True for what a commitment asks for after the horizon: it is reported (`committed_beyond`), and no plan of the horizon pays it."""
    return value.row.quantity == "ramp" and value.when is not None and value.when.first >= case.calendar.end


def test_every_number_of_tiny_counts_or_is_listed() -> None:
    case = everything(TINY)
    used, idle = split(case)
    assert len(used) > 80 and len(idle) > 5
    assert [key(value) for value in without_effect(case, used)] == []
    model = model_of(case, {})
    assert model is not None
    before = core(model.arrays)
    assert len(before) > sum(map(len, written(model.arrays))) / 2
    for value in idle:
        changed = [model_of(case, {id(value): other}) for other in others(value)]
        assert all(after is not None and core(after.arrays) == before for after in changed), key(value)


@pytest.fixture(scope="module")
def shipped() -> tuple[Case, list[Value], list[Value]]:
    """The shipped case with all its parts, its numbers that are used and those that are listed as not used."""
    case = everything(ROOT / "models" / "one_gigawatt.toml")
    return case, *split(case)


def of_a_site(value: Value) -> bool:
    """True for a number of one site; all others hold at every site."""
    return bool(value.row.site) or value.row.table == "sites"


@pytest.mark.long
def test_every_shipped_number_of_all_sites_counts(shipped: tuple[Case, list[Value], list[Value]]) -> None:
    """Numbers for all sites are changed in a case of three sites; what has no effect there in the whole one."""
    case, used, idle = shipped
    assert len(used) > 700 and len(idle) > 40
    general = [value for value in used if not of_a_site(value)]
    found = without_effect(case, without_effect(lesser(case, FEW), general))
    assert [key(value) for value in found if not due_later(case, value)] == []


@pytest.mark.long
def test_every_shipped_number_of_a_site_counts(shipped: tuple[Case, list[Value], list[Value]]) -> None:
    case, used, _ = shipped
    found = without_effect(case, [value for value in used if of_a_site(value)])
    assert [key(value) for value in found if not due_later(case, value)] == []


def test_what_is_listed_has_no_effect(shipped: tuple[Case, list[Value], list[Value]]) -> None:
    """Whatever else is changed with it."""
    case, _, idle = shipped
    assert model_of(case, {id(value): others(value)[0] for value in idle}) == model_of(case, {})
