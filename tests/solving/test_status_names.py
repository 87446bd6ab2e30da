"""Statuses as files and scripts know them: their names in JSON and tables, their exit codes, and what is read from run folders."""

from __future__ import annotations

import csv
import io
import json
import pickle
from pathlib import Path

import pytest

from gwplan.analysis.scenarios.scenario import Result
from gwplan.analysis.scenarios.study_table import exit_code
from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from gwplan.results.run_folder import RunFolder

SOLVED, INFEASIBLE, FAILED = Status.OPTIMAL, Status.INFEASIBLE, Status.FAILED


def folder_with(folder: Path, summary: dict[str, object], version: str = "0.0.1") -> RunFolder:
    """A run folder of an earlier version, as far as its status goes."""
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"versions": {"gwplan": version}}), encoding="utf-8")
    return RunFolder(folder)


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_written_as_its_text_and_read_back_from_it(status: Status) -> None:
    text = json.dumps({"status": status})
    assert text == f'{{"status": "{status.value}"}}'
    assert Status(json.loads(text)["status"]) is status
    table = io.StringIO()
    csv.writer(table).writerow([status])
    assert table.getvalue().strip() == f"{status}" == status.value
    assert pickle.loads(pickle.dumps(status)) is status
    assert {status: 1} == {status.value: 1}


def test_each_status_has_words_that_no_other_one_has() -> None:
    assert len({status.text for status in Status}) == len(Status)


@pytest.mark.parametrize(("status", "plan", "code"), [
    ("optimal", True, 0), ("built", False, 0), ("unbounded", False, 1), ("failed", False, 1), ("audit failed", True, 1), ("error", False, 1),
    ("faulty_input", False, 3), ("no_circle", False, 3), ("infeasible", False, 4), ("stopped", True, 5), ("stopped", False, 6),
    ("stopped_empty", False, 6),
])  # fmt: skip
def test_the_exit_code_of_each_status_is_the_documented_one(status: str, plan: bool, code: int) -> None:
    assert Status(status).exit_code(plan) == code


@pytest.mark.parametrize(("statuses", "code"), [
    ((), 0), ((SOLVED, INFEASIBLE), 0), ((INFEASIBLE, INFEASIBLE), 4), ((SOLVED, Status.STOPPED), 5), ((INFEASIBLE, Status.STOPPED_EMPTY), 5),
    ((Status.FAULTY_INPUT, Status.STOPPED), 3), ((FAILED, Status.FAULTY_INPUT), 1), ((SOLVED, Status.UNBOUNDED), 1),
])  # fmt: skip
def test_a_study_ends_as_its_worst_scenario_does(statuses: tuple[Status, ...], code: int) -> None:
    """An infeasible scenario is an answer; all of them infeasible say that none can have a plan."""
    assert exit_code([Result(status) for status in statuses]) == code


def test_the_status_of_an_earlier_run_folder_is_read(tmp_path: Path) -> None:
    assert folder_with(tmp_path, {"status": "stopped"}).status is Status.STOPPED


@pytest.mark.parametrize("summary", [{"status": "solved"}, {"status": None}, {}])
def test_an_unknown_status_of_a_run_folder_is_a_fault_of_its_file(tmp_path: Path, summary: dict[str, object]) -> None:
    with pytest.raises(InputFaults) as caught:
        assert folder_with(tmp_path, summary).status
    (fault,) = caught.value.faults
    assert fault.file == str(tmp_path / "summary.json")
    said = f"unknown status {str(summary['status'])!r}; known are built, optimal, stopped" if "status" in summary else "has no 'status'"
    assert said in fault.message
    assert fault.message.endswith(f"{tmp_path.name} was made by gwplan 0.0.1, this is {_version()}")


def _version() -> str:
    from importlib.metadata import version

    return version("gwplan")


def test_an_unknown_status_among_kept_answers_is_no_answer() -> None:
    text = Result(SOLVED).to_json()
    assert Result.from_json(text) == Result(SOLVED)
    with pytest.raises(ValueError, match="unknown status 'perfect'"):
        Result.from_json(text.replace("optimal", "perfect"))
