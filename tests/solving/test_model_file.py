"""The arrays are those that Pyomo itself compiles; as an LP or MPS file, read back, they are the very problem that was solved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest
from click.testing import CliRunner
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array

from gwplan.commands.cli import gwplan
from gwplan.model.assemble import Plan
from gwplan.planning import run
from gwplan.planning.build import build, read, uncollected
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.solving import model_file
from gwplan.solving.highs import solve_problem
from gwplan.solving.linear_program import Arrays
from gwplan.solving.options import Options
from gwplan.solving.problem import Problem
from tests.support import ROOT, THREE_SITES, TINY, copied, in_years, read_rows, write_rows

MODELS = sorted((ROOT / "models").glob("*.toml"))
SAME = 1e-12
"""Fifteen digits of a number are written."""


def read_back(path: Path) -> Any:
    """HiGHS with the model of a file."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    return highs


def assert_same_problem(highs: Any, arrays: Arrays, names: list[str]) -> None:
    """Every number of the file is that of the arrays. names: of the columns, which a file lists as they come up in it."""
    lp, cost = highs.getLp(), arrays.costs[0]
    assert (lp.num_col_, lp.num_row_) == (len(arrays.variables), len(arrays.rows))
    assert len(set(lp.col_names_)) == lp.num_col_
    assert len(set(lp.row_names_)) == lp.num_row_
    assert (lp.sense_ == highspy.ObjSense.kMaximize) == cost.maximize
    assert lp.offset_ == pytest.approx(cost.constant, rel=SAME)
    matrix = csc_array((lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_), shape=arrays.matrix.shape)
    assert matrix.nnz == arrays.matrix.nnz
    place = {name: number for number, name in enumerate(lp.col_names_)}
    order = np.array([place[name] for name in names])
    assert np.allclose(np.array(lp.col_cost_)[order], cost.coefficients, rtol=SAME, atol=0)
    kinds = np.array([kind == highspy.HighsVarType.kInteger for kind in lp.integrality_] or [False] * lp.num_col_)[order]
    assert (kinds == arrays.whole).all()
    assert (np.array(lp.col_lower_) == 0).all()
    assert np.isinf(np.array(lp.col_upper_)).all()
    difference = matrix[:, order] - arrays.matrix
    assert np.abs(difference.data).max(initial=0) <= SAME * np.abs(arrays.matrix.data).max()
    for side, own in ((lp.row_lower_, arrays.lower), (lp.row_upper_, arrays.upper)):
        assert np.allclose(np.array(side), own, rtol=SAME, atol=0)


def assert_those_of_pyomo(plan: Plan, arrays: Arrays) -> None:
    """The same columns, rows, coefficients and sides as those of Pyomo's own compiler."""
    form = LinearStandardFormCompiler().write(plan.pyomo, mixed_form=True, set_sense=None)
    sides, rhs = np.array([row.bound_type for row in form.rows]), np.asarray(form.rhs, dtype=float)
    assert [id(each) for each in arrays.variables] == [id(each) for each in form.columns]
    assert [rule.data[key] for rule, key in arrays.rows] == [row.constraint for row in form.rows]
    assert abs(arrays.matrix - form.A).max() <= 1e-12 * abs(form.A).max()
    np.testing.assert_allclose(arrays.lower, np.where(sides == 1, -np.inf, rhs), rtol=1e-12)
    np.testing.assert_allclose(arrays.upper, np.where(sides == -1, np.inf, rhs), rtol=1e-12)
    np.testing.assert_allclose(arrays.costs[0].coefficients, form.c.toarray()[0], rtol=1e-12)
    assert arrays.costs[0].constant == pytest.approx(form.c_offset[0])


def written(model: Path, path: Path, **options: Any) -> tuple[Arrays, list[str]]:
    """Build a model and write it; gives what was written, and the names of its columns."""
    return written_of(*build(read(Request(model, **options))), path)


def written_of(plan: Plan, arrays: Arrays, path: Path) -> tuple[Arrays, list[str]]:
    """Write a model that is built; gives what was written, and the names of its columns."""
    said = model_file.write(plan, arrays, path)
    assert said.startswith(f"Wrote {path}: {plan.case.definition.name}, goal {arrays.costs[0].kind}, m")
    return arrays, list(model_file.named(plan, arrays).col_names_)


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_every_shipped_model_is_compiled_as_by_pyomo_and_written_as_it_is_solved(model: Path, tmp_path: Path) -> None:
    """In years, to be quick: the same rules over fewer periods; goals of money, of dates and of equity, alone and one after the other."""
    with uncollected():
        plan, arrays = build(read(Request(model, sets=in_years(model))))
        assert_those_of_pyomo(plan, arrays)
        written_of(plan, arrays, tmp_path / "it.lp")
        assert_same_problem(read_back(tmp_path / "it.lp"), arrays, list(model_file.named(plan, arrays).col_names_))


@pytest.mark.parametrize("ending", [".lp", ".mps", ".LP"])
@pytest.mark.parametrize("model", [TINY, *(THREE_SITES / f"{goal}.toml" for goal in ("most_value", "soonest"))], ids=lambda path: path.stem)
def test_what_is_read_back_has_the_same_best_plan(model: Path, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"it{ending}"
    arrays, names = written(model, path, sets=("model.horizon.step=year",))
    small = tmp_path / f"small{ending.lower()}"
    path.rename(small)
    highs = read_back(small)
    assert_same_problem(highs, arrays, names)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    best = solve_problem(Problem(arrays, replace(arrays.costs[0], spend=None)), Options())
    assert highs.getInfo().objective_function_value == pytest.approx(best.objective, rel=1e-9)


def test_it_says_which_goal_of_several(tmp_path: Path) -> None:
    outcome = solve(Request(THREE_SITES / "soonest.toml", no_solve=True, write_lp=tmp_path / "it.lp", sets=("model.horizon.step=year",)))
    said = "soonest, goal soonest, maximised; the first of 2 goals, without least_cost."
    assert outcome.note == f"Wrote {tmp_path / 'it.lp'}: {said}"
    assert (tmp_path / "it.lp").read_text().splitlines()[0] == f"\\ {said}"


def test_names_are_safe_and_each_there_once() -> None:
    assert model_file.unique(["a", "b", "a", "a_2", "a"]) == ["a", "b", "a_2", "a_2_2", "a_3"]
    long = "x" * 300
    assert [len(each) for each in model_file.unique([long, long])] == [200, 202]


def test_items_of_any_name_can_be_written(tmp_path: Path) -> None:
    """Two sites whose names differ in signs that no LP file may hold: their columns stay apart."""
    model = copied(TINY, tmp_path)
    for table in (tmp_path / "inputs").glob("*.csv"):
        rows = read_rows(table)
        for row in rows:
            for cell in ("item", "site"):
                if row.get(cell) in ("north", "south"):
                    row[cell] = {"north": "é-1", "south": "ö-1"}[row[cell]]
        if rows:
            write_rows(table, rows)
    arrays, names = written(model, tmp_path / "it.lp")
    text = (tmp_path / "it.lp").read_bytes()
    assert text.isascii()
    highs = read_back(tmp_path / "it.lp")
    assert_same_problem(highs, arrays, names)
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(74.187696, rel=1e-9)


@pytest.mark.parametrize("place", ["missing/it.lp", "folder.lp", "file/it.lp"])
def test_a_place_that_cannot_be_written_is_found_before_anything_is_built(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.lp").mkdir()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(run, "build", None)
    with pytest.raises(OSError, match=r"it\.lp|folder\.lp|missing|file"):
        solve(Request(TINY, no_solve=True, write_lp=tmp_path / place))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder.lp"]


def test_nothing_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that was there stays as it was; no draft is left."""
    path = tmp_path / "it.lp"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_file.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        solve(Request(TINY, no_solve=True, write_lp=path))
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["it.lp"]


def test_an_ending_that_says_no_format_is_wrong_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(gwplan, ["solve", str(TINY), "--no-solve", "--write-lp", str(tmp_path / "it.txt")])
    assert result.exit_code == 2
    assert "it.txt must end in .lp or .mps." in result.stderr
    assert list(tmp_path.iterdir()) == []
