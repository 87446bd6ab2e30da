"""Studies write nothing but their results: no scratch folder, no temporary file, in no process of theirs.

Each command runs in a process of its own, in which each file that is opened for writing, and each folder and name that is made or
removed, is noted; so it is in the processes that it begins. What is written beside Python, by HiGHS say, shows in the time at which
the folder for temporary files was changed last.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.solving.program import ROOT, environment

TINY = ROOT / "models" / "tiny.toml"
GOLDEN = ROOT / "tests" / "golden"
DRAFT = ".unfinished-"
RECORDER = """
import json, os, sys
_notes = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_MAKING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_NAMES = {"os.mkdir": 1, "os.remove": 1, "os.rmdir": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2, "os.truncate": 1}

def _note(event, words):
    names = words[:_NAMES.get(event, 0)]
    if event == "open" and isinstance(words[2], int) and words[2] & _MAKING:
        names = words[:1]
    for name in names:
        if not isinstance(name, int):
            path = os.path.abspath(os.fsdecode(name))
            os.write(_notes, (json.dumps([os.getpid(), event, path]) + "\\n").encode())

os.write(_notes, (json.dumps([os.getpid(), "begun", ""]) + "\\n").encode())
sys.addaudithook(_note)
"""


def recorded(folder: Path, *words: str | Path) -> tuple[list[tuple[int, str, Path]], subprocess.CompletedProcess[str]]:
    """Run `gwplan WORDS` in a folder; gives process, event and path of all that it and its processes wrote, made or removed."""
    hook, home = folder / "hook", folder / "home"
    for each in (hook, home):
        each.mkdir(exist_ok=True)
    (hook / "sitecustomize.py").write_text(RECORDER)
    scratch = folder / "scratch"
    asked = environment(folder) | {"NOTES": str(folder / "notes"), "PYTHONPATH": f"{hook}:{ROOT}", "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    changed = scratch.stat().st_mtime_ns, home.stat().st_mtime_ns
    ran = subprocess.run([sys.executable, "-m", "gwplan", *map(str, words)], cwd=folder, env=asked, capture_output=True, text=True, check=False)
    assert (scratch.stat().st_mtime_ns, home.stat().st_mtime_ns) == changed, "something was made, if for a moment, in the place for temporary files"
    notes = [json.loads(line) for line in (folder / "notes").read_text().splitlines()]
    begun = {number for number, event, _ in notes if event == "begun"}
    workers = int(words[words.index("--workers") + 1]) if "--workers" in words else 1
    assert len(begun) > workers > 1 or (len(begun) == 1 and workers == 1), "the recorder is at work in all processes"
    return [(number, event, Path(path)) for number, event, path in notes if event != "begun"], ran


def elsewhere(notes: list[tuple[int, str, Path]], runs: Path) -> list[tuple[int, str, Path]]:
    """What is neither in the folder of runs, nor that folder itself, nor a device."""
    return [note for note in notes if runs not in (note[2], *note[2].parents) and Path("/dev") not in note[2].parents]


def strangers(notes: list[tuple[int, str, Path]], runs: Path) -> set[str]:
    """Names directly in the folder of runs that are no draft, no answer that is kept, and not there in the end."""
    names = {path.relative_to(runs).parts[0] for _, _, path in notes if runs in path.parents}
    return {name for name in names if not name.startswith(DRAFT) and name != ".cache" and not (runs / name).is_dir()}


RANGE = "table,item,site,when,quantity,low,base,high,unit,source,note\nhalls,hall,,,price,8,10,12,MUSD_2026/MW,round_numbers,\n"
STUDIES = (
    ("sample", "--with", "range.csv", "-n", "2", "--workers", "2"),
    ("sweep", "--over", "halls.hall.price=8:12:4 MUSD_2026/MW", "--workers", "2"),
    ("sweep", "--over", "halls.hall.price=8:12:4 MUSD_2026/MW", "--workers", "1", "--no-cache"),
    ("frontier", "--points", "2"),
    ("stress", "--lose", "site"),
)


@pytest.mark.parametrize("words", STUDIES, ids=lambda words: f"{words[0]} {words[-1]}")
def test_a_study_writes_its_folder_and_the_answers_it_keeps(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "range.csv").write_text(RANGE)
    notes, ran = recorded(tmp_path, words[0], TINY, *words[1:])
    runs = tmp_path / "runs"
    assert ran.returncode == 0, ran.stderr
    assert [path.name for path in runs.iterdir() if not path.name.startswith(".")], "it writes its results"
    assert len(notes) > 10, "the recorder notes"
    assert elsewhere(notes, runs) == []
    assert strangers(notes, runs) == set()
    assert [path for path in runs.rglob("*") if path.name.startswith(DRAFT)] == []
    writers = {number for number, _, _ in notes}
    assert len(writers) == 1, "only the process that was called writes: the others are sent the question and send their answers"


@pytest.fixture(scope="module")
def financed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny case with lenders and an investor, solved roughly: its run folder."""
    folder = tmp_path_factory.mktemp("financed")
    shutil.copytree(ROOT / "inputs" / "tiny", folder / "inputs")
    for table, name in (("finance.csv", "finance.csv"), ("prices.csv", "prices.csv"), ("investor.csv", "contracts.csv")):
        shutil.copy(GOLDEN / table, folder / "inputs" / name)
    model = shutil.copy(GOLDEN / "tiny_financed.toml", folder)
    notes, ran = recorded(folder, "solve", model, "--gap", "0.2")
    assert ran.returncode == 0, ran.stderr
    assert elsewhere(notes, folder / "runs") == []
    assert strangers(notes, folder / "runs") == set()
    (run,) = (folder / "runs").iterdir()
    return run


def test_a_plan_without_investors_is_one_more_run_beside_the_first(financed: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(financed, runs / financed.name)
    notes, ran = recorded(tmp_path, "circle", runs / financed.name, "--solve")
    assert ran.returncode == 0, ran.stderr
    assert elsewhere(notes, runs) == []
    assert strangers(notes, runs) == set()
    (other,) = [path for path in runs.iterdir() if path.name != financed.name]
    manifest = json.loads((other / "manifest.json").read_text())
    assert manifest["model"] == "tiny_financed_without_investors.toml"
    assert manifest["definition"]["inputs"] == f"{financed.name}/inputs"
    assert manifest["start"] == str(runs / financed.name / "plan.csv")
