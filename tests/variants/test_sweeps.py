"""Sweeps of the tiny case: the table, what fails, the cache, and a sweep that is killed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gwplan.analysis import sweep as sweeping
from gwplan.analysis.scenarios import study
from gwplan.analysis.scenarios.cache import Cache
from gwplan.analysis.scenarios.executors import Processes, Serial, solve_all
from gwplan.analysis.scenarios.scenario import Result, Scenario, ask
from gwplan.analysis.scenarios.study_table import Study
from gwplan.common import own_code
from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from tests.support import ROOT, TINY, copied, replaced, solve_model

PRICES = "halls.hall.price=8:12:2 MUSD_2026/MW"


def swept(runs: Path, *overs: str, workers: int = 1) -> Study:
    return study.run(study.StudyRequest(TINY, tuple(sweeping.of_overs(overs)), workers=workers, runs=runs))


def comparable(study: Study) -> list[tuple[Any, ...]]:
    """Every row but its seconds."""
    return list(zip(*(values for name, values in study.table.items() if name != "seconds"), strict=True))


def test_each_row_is_a_solve_of_its_own(tmp_path: Path) -> None:
    study = swept(tmp_path, PRICES)
    assert study.exit_code == 0
    alone = [solve_model(TINY, sets=(f"halls.hall.price={price} MUSD_2026/MW",)).objective for price in (8, 10, 12)]
    assert study.table["objective"] == pytest.approx(alone, rel=1e-9)
    assert study.table["halls.hall.price [MUSD_2026/MW]"] == [8.0, 10.0, 12.0]


def test_files_of_the_folder(tmp_path: Path) -> None:
    import pandas as pd

    study = swept(tmp_path, PRICES)
    with (study.folder / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["objective"]) for row in rows] == study.table["objective"]
    parquet = pd.read_parquet(study.folder / "table.parquet")
    assert list(parquet.columns) == list(study.table) == list(rows[0])
    manifest = json.loads((study.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenarios"] == 3
    assert manifest["cached"] == 0
    assert solve_model(study.folder / manifest["model"]).objective == pytest.approx(study.table["objective"][1], rel=1e-9)


def test_infeasible_and_faulty_variants_are_rows(tmp_path: Path) -> None:
    overlays = tmp_path / "overlays"
    overlays.mkdir()
    header = "table,item,site,when,quantity,low,base,high,unit,source,note\n"
    (overlays / "poor.csv").write_text(header + "budget,capital,,,cap,,1,,MUSD_2026,round_numbers,\n", encoding="utf-8")
    (overlays / "slip.csv").write_text(header + "halls,hal,,,price,,1,,MUSD_2026/MW,round_numbers,\n", encoding="utf-8")
    found = study.run(study.StudyRequest(TINY, tuple(sweeping.of_folder(overlays)), workers=1, runs=tmp_path / "runs"))
    assert found.table["overlay"] == ["base", "poor", "slip"]
    assert found.table["status"] == ["optimal", "infeasible", "faulty_input"]
    assert found.table["objective"][1:] == [None, None]
    assert "no item 'hal'" in found.table["message"][2]
    assert found.exit_code == 3


def test_a_name_that_matches_nothing_stops_the_sweep_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="no item 'hal'"):
        swept(tmp_path, "halls.hal.price=8:12:2 MUSD_2026/MW")
    assert not list(tmp_path.iterdir())


def test_a_repeated_sweep_solves_nothing(tmp_path: Path) -> None:
    first, second = swept(tmp_path, PRICES), swept(tmp_path, PRICES)
    assert (first.cached, second.cached) == (0, 3)
    assert comparable(first) == comparable(second)


def test_what_decides_the_answer_decides_the_digest(tmp_path: Path) -> None:
    question = ask(TINY)
    one = Scenario((), ("halls.hall.price=8 MUSD_2026/MW",))
    others = [ask(TINY, gap=0.1), ask(TINY, sets=("model.horizon.discount_rate=0.05",)), question.begun(Result(Status.OPTIMAL, plan="x"))]
    assert len({one.digest(question), Scenario(()).digest(question), *(one.digest(other) for other in others)}) == 5
    assert Scenario((("called", "otherwise"),), one.sets).digest(question) == one.digest(question)


def test_every_file_that_is_read_decides_the_digest(tmp_path: Path) -> None:
    """The model's own overlays are read wherever they are: behind a link, outside of the case, and for the answer as for its digest."""
    model = copied(TINY, tmp_path / "case")
    shared = tmp_path / "shared"
    shared.mkdir()
    header = "table,item,site,when,quantity,low,base,high,unit,source,note\n"
    (shared / "dear.csv").write_text(header + "halls,hall,,,price,,20,,MUSD_2026/MW,round_numbers,\n", encoding="utf-8")
    (model.parent / "inputs" / "overlays").symlink_to(shared, target_is_directory=True)
    digests = {ask(model).digest}
    replaced(model, 'inputs = "inputs"', 'inputs = "inputs"\noverlays = ["dear.csv", "../../../shared/dear.csv"]')
    question = ask(model)
    digests.add(question.digest)
    dear = solve_model(TINY, sets=("halls.hall.price=20 MUSD_2026/MW",)).objective
    assert Serial().unchanged(question).summary["objective"] == pytest.approx(dear, rel=1e-9)
    replaced(shared / "dear.csv", "price,,20,", "price,,21,")
    digests.add(ask(model).digest)
    for name in ("deflators", "sources", "sites"):
        path = model.parent / "inputs" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        digests.add(ask(model).digest)
    assert len(digests) == 6
    (model.parent / "inputs" / "nested").mkdir()
    (model.parent / "inputs" / "nested" / "runs.csv").write_text("not read", encoding="utf-8")
    assert ask(model).digest in digests


def test_a_model_file_in_any_words_is_asked(tmp_path: Path) -> None:
    """Its text says `inputs` elsewhere too, and quotes it otherwise."""
    model = copied(TINY, tmp_path / "case")
    replaced(model, 'inputs = "inputs"', "'inputs'   =   'inputs'")
    replaced(model, "title = ", '# inputs = "elsewhere"\ntitle = ')
    assert Serial().unchanged(ask(model)).summary["objective"] == Serial().unchanged(ask(TINY)).summary["objective"]


def test_the_code_decides_the_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "gwplan"
    shutil.copytree(ROOT / "gwplan", package, ignore=shutil.ignore_patterns("__pycache__"))
    found = [digest_of(package, monkeypatch)]
    (package / "notes.txt").write_text("no code", encoding="utf-8")
    found.append(digest_of(package, monkeypatch))
    path = package / "model" / "parts" / "sites.py"
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    found.append(digest_of(package, monkeypatch))
    assert found[0] == found[1] == own_code.digest()
    assert found[2] != found[0]
    before = ask(TINY).digest
    monkeypatch.setattr(own_code, "digest", lambda: found[2])
    assert ask(TINY).digest != before


def digest_of(package: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patched:
        patched.setattr(own_code, "files", lambda name: package)
        return own_code.digest.__wrapped__()


@pytest.mark.slow
def test_answers_do_not_depend_on_order_or_workers(tmp_path: Path) -> None:
    question = ask(TINY)
    scenarios = sweeping.of_overs([PRICES, "budget.capital.cap=*0.2,*1"])
    question, _ = study.with_base(question, study.Execution(Serial()), len(scenarios))
    serial = solve_all(question, scenarios, executor=Serial())
    backwards = solve_all(question, scenarios[::-1], executor=Serial())[::-1]
    parallel = solve_all(question, scenarios, executor=Processes(2))
    ahead = Processes(2)
    ahead.begin(ask(TINY), scenarios[1:], len(scenarios))
    built_ahead = solve_all(question, scenarios, executor=ahead)
    for found in (backwards, parallel, built_ahead):
        assert [(each.status, each.summary.get("objective"), each.plan) for each in found] == [
            (each.status, each.summary.get("objective"), each.plan) for each in serial]


def test_a_damaged_answer_is_solved_anew_and_stops_are_not_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("ab12", Result(Status.OPTIMAL))
    assert cache.get("ab12") == Result(Status.OPTIMAL)
    cache.path("ab12").write_text('{"status": "opt', encoding="utf-8")
    assert cache.get("ab12") is None
    for status in (Status.STOPPED, Status.STOPPED_EMPTY, Status.FAILED):
        cache.put("cd34", Result(status))
    assert cache.get("cd34") is None


KILLED = """
import os, signal, sys
from pathlib import Path
from gwplan.analysis import sweep as sweeping
from gwplan.analysis.scenarios import study
done = []
def told(number, result):
    done.append(number)
    if len(done) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
scenarios = tuple(sweeping.of_overs([sys.argv[2]]))
study.run(study.StudyRequest(Path(sys.argv[1]), scenarios, workers=1, runs=Path(sys.argv[3]), on_result=told))
"""


def test_a_killed_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(TINY), PRICES, str(tmp_path / "killed")], check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    resumed, whole = swept(tmp_path / "killed", PRICES), swept(tmp_path / "whole", PRICES)
    assert resumed.cached == 2
    assert comparable(resumed) == comparable(whole)


@pytest.mark.parametrize("ahead", [pytest.param(False, id="plain"), pytest.param(True, id="with models built ahead", marks=pytest.mark.slow)])
def test_a_process_that_dies_loses_no_scenario(ahead: bool, tmp_path: Path) -> None:
    question, scenarios, processes = ask(TINY), sweeping.of_overs([PRICES]), Processes(2)
    if ahead:
        processes.begin(question, scenarios, len(scenarios))
    found: dict[int, Result] = {}
    killed = False
    for number, result in processes.run(question, list(enumerate(scenarios))):
        found[number] = result
        if not killed:
            killed = True
            me = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "spawn_main"], capture_output=True, text=True, check=False)
            for process in me.stdout.split()[:1]:
                os.kill(int(process), signal.SIGKILL)
            time.sleep(0.2)
    assert [found[number].status for number in range(3)] == ["optimal"] * 3


@pytest.mark.parametrize("killed", [False, True], ids=("alive", "killed"))
def test_the_unchanged_question_is_solved_by_a_process_or_here_if_that_dies(killed: bool) -> None:
    question, processes = ask(TINY), Processes(1)
    processes.begin(question, (), 1)
    pool = processes._begun
    assert pool is not None
    if killed:
        for process in (pool._processes or {}).values():
            process.kill()
    found = processes.unchanged(question)
    assert found.status == "optimal"
    assert found.summary["objective"] == Serial().unchanged(question).summary["objective"]
    scenarios = sweeping.of_overs([PRICES])
    assert [result.status for _, result in processes.run(question, list(enumerate(scenarios)))] == ["optimal"] * len(scenarios)
