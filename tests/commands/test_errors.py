"""What goes wrong is said in one clear sentence, with its exit code, and without a traceback unless asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.program import TINY, environment, run, run_python

REPLACED = """
import errno, sys
from gwplan.commands import cli
from gwplan.inputs import starters
from gwplan.common.errors import Fault, InputFaults, MissingValue
def fails(folder):
    raise {error}
starters.create = fails
sys.argv = ["gwplan", "new", "demo", *{words}]
cli.main()
"""


def failing(error: str, cwd: Path, *words: str) -> tuple[int, str, str]:
    result = run_python(REPLACED.format(error=error, words=list(words)), cwd)
    return result.returncode, result.stdout, result.stderr


def test_unexpected_error_is_one_sentence(tmp_path: Path) -> None:
    code, output, error = failing("ZeroDivisionError('division by zero')", tmp_path)
    assert (code, output) == (1, "")
    assert error == "Unexpected error, ZeroDivisionError: division by zero. --debug shows the traceback.\n"


@pytest.mark.parametrize("raised", ["ZeroDivisionError('x')", "OSError(errno.ENOSPC, 'No space left on device')"])
def test_debug_shows_where(tmp_path: Path, raised: str) -> None:
    code, _, error = failing(raised, tmp_path, "--debug")
    assert code == 1
    assert "Traceback" in error
    assert "in fails" in error


def test_full_disk(tmp_path: Path) -> None:
    code, _, error = failing("OSError(errno.ENOSPC, 'No space left on device', 'runs/x/plan.csv')", tmp_path)
    assert code == 1
    assert error == "No room on disk to write runs/x/plan.csv: free some space, or name another folder.\n"


def test_other_errors_of_the_system_name_the_file(tmp_path: Path) -> None:
    code, _, error = failing("PermissionError(errno.EACCES, 'Permission denied', 'runs')", tmp_path)
    assert (code, error) == (1, "Permission denied: runs.\n")


def test_every_fault_is_listed(tmp_path: Path) -> None:
    faults = "InputFaults([Fault('halls.csv', 12, 'a'), Fault('power.csv', 0, 'b')], [Fault('sites.csv', 3, 'odd')])"
    code, output, error = failing(faults, tmp_path)
    assert (code, output) == (3, "")
    lines = ["warning: sites.csv:3 odd", "halls.csv:12 a", "power.csv: b", "2 faults in the input; nothing was solved."]
    assert error.splitlines() == lines


def test_faults_as_json(tmp_path: Path) -> None:
    code, output, error = failing("InputFaults([Fault('halls.csv', 12, 'a')])", tmp_path, "--json")
    assert (code, error) == (3, "")
    assert json.loads(output) == {
        "exit_code": 3,
        "status": "faulty_input",
        "faults": [{"file": "halls.csv", "row": 12, "message": "a"}],
        "warnings": [],
    }


def test_missing_value_is_faulty_input(tmp_path: Path) -> None:
    code, _, error = failing("MissingValue('halls.csv: hall has no price in 2027-Q1')", tmp_path)
    assert (code, error) == (3, "halls.csv: hall has no price in 2027-Q1\n")


def test_interrupted_before_there_is_a_plan(tmp_path: Path) -> None:
    code, _, error = failing("KeyboardInterrupt()", tmp_path)
    assert (code, error) == (6, "Stopped before a plan was found.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("solve",),
        ("solve", "no_such_model.toml"),
        ("solve", TINY, "--gap", "2"),
        ("solve", TINY, "--threads", "0"),
        ("solve", TINY, "--nonsense"),
        ("show", "no_such_run"),
        ("nonsense",),
    ],
)
def test_wrong_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = run(*words, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("Usage: gwplan")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    result = run("show", tmp_path)
    assert result.returncode == 3
    assert f"{tmp_path}: is not a run folder: it has no summary.json" in result.stderr


def test_a_reader_that_leaves_early_is_no_error(run_folder: Path) -> None:
    command = [sys.executable, "-m", "gwplan", "show", str(run_folder)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shown:
        assert shown.stdout is not None and shown.stderr is not None
        shown.stdout.close()
        error = shown.stderr.read().decode()
    assert error == ""
