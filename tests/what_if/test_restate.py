"""A model that is stated again after a change of some numbers is, number by number, the model that is stated in whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gwplan.common.errors import InputFaults
from gwplan.inputs.case import Case
from gwplan.model import restate
from gwplan.model.assemble import assemble
from gwplan.model.restate import Changed, Noting
from gwplan.planning.build import Builder, build, read
from gwplan.planning.request import Request
from gwplan.solving.linear_program import Arrays
from tests.support import ROOT, TINY
from tests.unused.changed import is_number

FINANCED = ("halls.liquid_48.price=*1.05", "budget.capital.cap=*0.9", "contracts.azure_compute.price=*0.9", "contracts.nvidia_equity.cap=*0.5",
            "power.grid.price=*1.5", "accelerators.gb300_nvl72.price=*0.8", "finance.equity.least_share=*1.1")  # fmt: skip


def assert_same(ours: Arrays, whole: Arrays, what: object) -> None:
    assert list(ours.columns) == list(whole.columns), what
    assert [(rule.full_name, key) for rule, key in ours.rows] == [(rule.full_name, key) for rule, key in whole.rows], what
    one, other = (arrays.matrix.tocsr().sorted_indices() for arrays in (ours, whole))
    for ours_of, whole_of in ((one.indptr, other.indptr), (one.indices, other.indices), (one.data, other.data), (ours.lower, whole.lower),
                              (ours.upper, whole.upper), (ours.whole, whole.whole)):  # fmt: skip
        assert np.array_equal(ours_of, whole_of), what
    for cost, expected in zip(ours.costs, whole.costs, strict=True):
        assert np.array_equal(cost.coefficients, expected.coefficients) and cost.constant == expected.constant, what


def numbers_of(case: Case) -> list[str]:
    """A change of each number of the case, as --set."""
    found = []
    for value in case.checked.values:
        row = value.row
        if is_number(value) and row.table not in ("published", "existing") and row.unit and value.numbers[1]:
            place = f"{row.item}@{row.site}" if row.site else row.item
            found.append(f"{row.table}.{place}{f'@{row.when}' if row.when and row.site else f'@@{row.when}' if row.when else ''}.{row.quantity}=*0.9")
    return found


def test_every_number_of_tiny() -> None:
    """One builder through all of them: each change also takes the one before it back."""
    builder, restated = Builder(), 0
    changes = numbers_of(read(Request(TINY)))
    assert len(changes) > 60
    builder.build(read(Request(TINY)))
    for change in changes:
        try:
            case = read(Request(TINY, sets=(change,)))
        except InputFaults:  # such as 0.9 of a whole number
            continue
        before = builder._last
        plan, arrays = builder.build(case)
        restated += before is not None and plan.pyomo is before[0].pyomo
        assert_same(arrays, build(case)[1], change)
        assert plan.case is case and [str(each) for each in case.warnings] == [str(each) for each in read_and_warned(change)], change
    assert restated > 40


def read_and_warned(change: str) -> list[object]:
    case = read(Request(TINY, sets=(change,)))
    build(case)
    return list(case.warnings)


@pytest.mark.parametrize("model", ["neocloud", pytest.param("three_way_pact", marks=pytest.mark.long)])
def test_money_of_others(model: str) -> None:
    """With contracts and finance, in years: parts that read entries of the ledger, and each other's accounts."""
    sets, path = ("model.horizon.step=year",), ROOT / "models" / f"{model}.toml"
    builder, tried = Builder(), 0
    builder.build(read(Request(path, sets=sets)))
    for change in FINANCED:
        try:
            case = read(Request(path, sets=(*sets, change)))
        except InputFaults:  # not every model has every contract
            continue
        tried += 1
        assert_same(builder.build(case)[1], build(case)[1], change)
    assert tried >= 5


def test_only_what_reads_the_number_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dearer hall: halls, the sums of money and the goal; racks and power stand."""
    case = read(Request(TINY))
    notes = Noting(case)
    plan = assemble(case, notes=notes)
    ran = []
    monkeypatch.setattr(restate, "load", lambda part: ran.append(part) or __import__("gwplan.model.parts", fromlist=["load"]).load(part))
    restate.restate(plan, notes.steps, read(Request(TINY, sets=("halls.hall.price=*1.1",))))
    assert set(ran) == {"halls"}


@pytest.mark.parametrize("change", ["model.horizon.discount_rate=0.1", "model.target.1.amount=6 MW", "halls.hall.build_months=24 month"])
def test_another_structure_is_stated_in_whole(change: str) -> None:
    case = read(Request(TINY))
    notes = Noting(case)
    plan = assemble(case, notes=notes)
    builder = Builder()
    builder.build(case)
    other = read(Request(TINY, sets=(change,)))
    with pytest.raises(Changed):
        restate.restate(plan, notes.steps, other)
    assert_same(builder.build(other)[1], build(other)[1], change)


def test_a_fault_leaves_the_builder_whole(tmp_path: Path) -> None:
    """A number that is found missing while the model is built: the next question is answered as if nothing had happened."""
    builder = Builder()
    builder.build(read(Request(TINY)))
    case = read(Request(TINY, sets=("halls.hall.price=*1.3",)))
    original = case.number

    def missing(*given: object, **more: object) -> float:
        from gwplan.common.errors import MissingValue

        raise MissingValue("halls.csv: hall has no 'price'", "halls.csv", 1)

    case.number = missing  # type: ignore[method-assign]
    with pytest.raises(Exception, match="has no 'price'"):
        builder.build(case)
    case.number = original  # type: ignore[method-assign]
    assert_same(builder.build(case)[1], build(case)[1], "after a fault")
