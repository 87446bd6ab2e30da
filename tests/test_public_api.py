"""The Python API: what `import gwplan` offers, on the case that is checked by hand."""

from __future__ import annotations

import pickle
import shutil
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import gwplan

ROOT = Path(__file__).parents[1]
TINY = ROOT / "models" / "tiny.toml"


@pytest.fixture(scope="module")
def case() -> gwplan.Case:
    return gwplan.read_case(TINY)


@pytest.fixture(scope="module")
def plan(case: gwplan.Case) -> gwplan.Run:
    return gwplan.solve(case)


def test_the_public_names_are_whole_and_sorted() -> None:
    assert gwplan.__all__ == sorted(gwplan.__all__)
    assert all(getattr(gwplan, name) is not None for name in gwplan.__all__)
    assert set(gwplan.__all__) <= set(dir(gwplan))
    with pytest.raises(AttributeError, match="no attribute 'solver'"):
        gwplan.solver  # noqa: B018 - asked for on purpose


def test_a_plan_and_its_tables(plan: gwplan.Run) -> None:
    # By hand (inputs/tiny/README.md): one hall of 100, 80 racks at 1.6 + 0.5, grid and engines for 12, the opening 10.
    assert plan.summary["capital_musd"] == pytest.approx(100 + 80 * 2.1 + 12 + 10)
    bought = plan.table("bought")
    assert bought.index.names == ["system", "site", "period"]
    assert bought.loc[("old_rack", "north", "2027"), "value"] == pytest.approx(80)
    assert bought.attrs["unit"] == "1"
    assert plan.table("ledger").attrs["unit"] == "MUSD_2026"
    assert "10 MW of IT" in repr(plan)
    with pytest.raises(KeyError, match="no table 'boughts'"):
        plan.table("boughts")
    with pytest.raises(KeyError, match=r"capital'? is|no table"):
        plan.table("balance")


def test_a_run_is_read_by_its_word(tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(gwplan.InputFaults, match="latest: is not a run folder"):
        gwplan.load_run("latest")
    shutil.copytree(tiny_run, tmp_path / "runs" / tiny_run.name)
    assert gwplan.load_run("latest").summary == gwplan.load_run(tiny_run).summary


def test_a_number_is_changed_in_a_new_case(case: gwplan.Case, plan: gwplan.Run) -> None:
    dearer = case.set("halls.hall.price", "*1.2")
    found = gwplan.solve(dearer, start=plan)
    # A hall of 100 costs 20 more.
    assert found.summary["capital_musd"] - plan.summary["capital_musd"] == pytest.approx(20)
    assert gwplan.solve(case).summary["capital_musd"] == pytest.approx(plan.summary["capital_musd"])
    steps = {step.name: step.amount for step in gwplan.compare(plan, found).waterfall.steps}  # type: ignore[union-attr]
    assert steps["halls: capital"] == pytest.approx(20)


def test_what_cannot_be_planned_is_typed(case: gwplan.Case) -> None:
    with pytest.raises(gwplan.Infeasible, match=r"target 1 .*budget"):
        gwplan.solve(case.set("budget.capital.cap", "200 MUSD_2026"))
    with pytest.raises(gwplan.InputFaults) as raised:
        case.set("halls.hal.price", "1 MUSD_2026/MW")
    assert "did you mean 'hall'" in str(raised.value.faults[0])


def test_figures(plan: gwplan.Run) -> None:
    ramp = plan.figure("ramp")
    assert max(max(trace.y) for trace in ramp.data if trace.y is not None) >= 10
    with pytest.raises(KeyError, match="no data for the chart 'debt'"):
        plan.figure("debt")
    with pytest.raises(KeyError, match="no chart 'rump'"):
        plan.figure("rump")


def test_nothing_is_written_before_it_is_asked_for(case: gwplan.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = gwplan.solve(case)
    assert found.path is None
    assert list(tmp_path.iterdir()) == []
    written = found.write("runs", pages=False)
    assert written.path is not None and written.path.parent.name == "runs"
    again = gwplan.load_run(written.path)
    assert again.summary["objective"] == found.summary["objective"]
    assert again.table("bought").equals(found.table("bought"))
    assert (written.path / "audit.json").is_file() and again.write() is again


def test_a_written_plan_can_be_fixed(case: gwplan.Case, plan: gwplan.Run) -> None:
    fixed = gwplan.solve(case.set("halls.hall.price", "*2"), fix=plan)
    assert fixed.table("bought").equals(plan.table("bought"))


def test_sweep(case: gwplan.Case, tmp_path: Path) -> None:
    study = gwplan.sweep(case, {"halls.hall.price": ["10 MUSD_2026/MW", "12 MUSD_2026/MW"]}, runs=tmp_path, workers=1)
    capital = study.table["capital_musd"]
    assert capital[1] - capital[0] == pytest.approx(20)


def test_progress_is_told(case: gwplan.Case) -> None:
    phases: list[str] = []
    gwplan.solve(case, progress=lambda progress: phases.append(progress.phase))
    assert phases[:3] == ["read", "build", "solve"]


def test_in_a_thread(case: gwplan.Case, plan: gwplan.Run) -> None:
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(objective_of(case)))
    thread.start()
    thread.join()
    assert found == [pytest.approx(plan.summary["objective"])]


def test_in_a_process(case: gwplan.Case, plan: gwplan.Run) -> None:
    question = pickle.dumps(case.question)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert processes.submit(objective_in_a_process, question).result() == pytest.approx(plan.summary["objective"])


def objective_of(case: gwplan.Case) -> float:
    return float(gwplan.solve(case).summary["objective"])


def objective_in_a_process(question: bytes) -> float:
    from gwplan.api.objects import case_of

    objective = objective_of(case_of(pickle.loads(question)))
    assert "scipy.sparse" in sys.modules and "scipy.stats" not in sys.modules, "it takes longer to import than all else, for nothing"
    return objective
