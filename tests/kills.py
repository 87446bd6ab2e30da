"""Kill gwplan at seeded random moments, and see that nothing is half-written and nobody is left: `python -m tests.kills -n 60 --seed 1`.

A command is begun in a session of its own, and sent KILL, TERM, HUP or INT once it listens, at any moment of its work; HUP and INT reach all its
processes, as from a terminal. Then within seconds no process of the session is left; every folder under runs/ that is no draft is whole and can be
read; the exit code is the truth, and no traceback or warning is printed. At the end the same command runs undisturbed: it takes up
the answers that were kept, and no draft or scratch folder is left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

from gwplan.commands.cli import gwplan
from tests.solving.program import environment
from tests.support import TINY, copied, replaced

TWO = ("--workers", "2")
COMMANDS: dict[str, tuple[str, ...]] = {
    "solve": (),
    "sweep": ("--over", "halls.hall.price=8:12:1 MUSD_2026/MW", *TWO),
    "sample": ("-n", "4", *TWO),
    "stress": ("--only", "halls.*", *TWO),
    "watch": (),
}
"""Commands, with what follows the model."""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
IN_FRONT = """
import runpy, signal
for name in ("SIGTERM", "SIGHUP", "SIGINT"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
runpy.run_module("gwplan", run_name="__main__", alter_sys=True)
"""
"""`python -m gwplan` that hears all signals: what a shell begins in its background, such as these tests, ignores SIGINT from its birth."""
TO_ALL = (signal.SIGHUP, signal.SIGINT)
"""What a terminal sends to all processes that were begun in it."""
ENDINGS = {"solve": {0, 5, 6}, "watch": {0, 6}}
"""Exit codes of a command that was asked to stop; of a study 0, where it came too late, and 6."""
UNWANTED = ("Traceback", "resource_tracker", "Exception ignored", "Aborted", "Unexpected error", "semaphore")
RUN_FILES = {"manifest.json", "summary.json", "plan.csv", "audit.json", "inputs", "tables"}
STUDY_FILES = {"manifest.json", "report.html", "models", "inputs", "table.csv", "table.parquet"}
LONGEST = 300.0
"""Seconds after which a command that nobody disturbs is given up."""


@dataclass
class Killed:
    """One kill: which command, which signal, when it came (seconds after it listened), and all that was wrong afterwards."""

    command: str
    signal: signal.Signals
    moment: float
    code: int = 0
    gone_after: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """It on a line."""
        what = f"{self.command} {self.signal.name} after {self.moment:.2f} s: exit {self.code}, all gone after {self.gone_after:.1f} s"
        return f"{what}; {'; '.join(self.wrong) or 'nothing wrong'}"


def case(folder: Path) -> Path:
    """A copy of tiny in which one price has a range, to draw from and to stress."""
    model = copied(TINY, folder / "case")
    replaced(model.parent / "inputs" / "halls.csv", "hall,,,price,,10,,MUSD_2026/MW", "hall,,,price,8,10,12,MUSD_2026/MW")
    return model


def begun(folder: Path, command: str, told: Path) -> subprocess.Popen[bytes]:
    """A command in a session of its own, which hears what a shell's foreground would."""
    words = [command, str(folder / "case" / TINY.name), *COMMANDS[command]]
    with told.open("wb") as stderr:
        return subprocess.Popen([sys.executable, "-c", IN_FRONT, *words], cwd=folder, env=environment(folder) | {"PYTHONFAULTHANDLER": "1"}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True)


def listens(process: subprocess.Popen[bytes]) -> bool:
    """True once the process has its own way with SIGTERM; before that no line of gwplan has run."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return False
    caught = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt")), 0)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def session(leader: int) -> Iterator[int]:
    """Processes of a session that are still there."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(words[3]) == leader and words[0] != "Z":
                yield int(entry.name)


def kill(folder: Path, command: str, number: signal.Signals, moment: float, patience: float) -> Killed:
    """Begin a command, kill it, and look at what is left."""
    found, told, before = Killed(command, number, moment), folder / "stderr", set(folders(folder))
    process = begun(folder, command, told)
    while not listens(process) and process.poll() is None:
        time.sleep(0.002)
    time.sleep(moment)
    sent = process.poll() is None
    if sent:
        (os.killpg if number in TO_ALL else os.kill)(process.pid, number)
    began = time.monotonic()
    while time.monotonic() - began < patience and (process.poll() is None or list(session(process.pid))):
        time.sleep(0.02)
    found.gone_after = time.monotonic() - began
    left = list(session(process.pid))
    if process.poll() is None or left:
        found.wrong.append(f"{len(left)} processes left after {patience:.0f} s")
        for number in (signal.SIGABRT, signal.SIGKILL):  # the first writes to stderr where each thread is
            for each in left:
                with suppress(ProcessLookupError):
                    os.kill(each, number)
            time.sleep(1)
        found.wrong.append(told.read_text(errors="replace"))
    found.code = process.wait()
    look(folder, found, sent, before, told.read_text(errors="replace"))
    return found


def look(folder: Path, found: Killed, sent: bool, before: set[Path], told: str) -> None:
    """See what a kill has left: exit code, messages, folders."""
    new = [path for path in folders(folder) if path not in before]
    expected = {0} if not sent else {-signal.SIGKILL} if found.signal == signal.SIGKILL else ENDINGS.get(found.command, {0, 6})
    if found.code not in expected:
        found.wrong.append(f"exit code {found.code}: {told.strip()[-300:]}")
    if found.code in (0, 5) and not new:
        found.wrong.append(f"exit code {found.code} without a folder")
    if found.code == 6 and new:
        found.wrong.append(f"exit code 6 with {new[0].name}")
    found.wrong += [f"stderr says {each!r}: {told.strip()[-300:]}" for each in UNWANTED if each in told]
    found.wrong += [text for path in new for text in unreadable(path)]


def folders(folder: Path) -> list[Path]:
    """What is under runs/ but for drafts and the answers that are kept."""
    return [path for path in (folder / "runs").glob("*") if not path.name.startswith(".")]


def unreadable(path: Path) -> Iterator[str]:
    """What a folder lacks, or why it cannot be shown."""
    names = {each.name for each in path.iterdir()}
    study = "summary.json" not in names
    lacks = (STUDY_FILES if study else RUN_FILES) - names
    if lacks:
        yield f"{path.name} lacks {', '.join(sorted(lacks))}"
    words = ["report", str(path), "--output", str(path.parent.parent / "redrawn.html")] if study else ["show", str(path)]
    result = CliRunner().invoke(gwplan, words)
    if result.exit_code:
        yield f"gwplan {words[0]} {path.name} ends with {result.exit_code}: {result.output.strip()[-300:]}"


def resumed(folder: Path, command: str) -> Iterator[str]:
    """Run a command undisturbed where it was killed; gives what is wrong: its end, answers not taken up, drafts that are left."""
    command, told, before = "solve" if command == "watch" else command, folder / "stderr", set(folders(folder))
    kept = sum(not path.name.endswith(".base.json") for path in (folder / "runs" / ".cache").glob("??/*.json"))
    code = begun(folder, command, told).wait(timeout=LONGEST)
    new = [path for path in folders(folder) if path not in before]
    if code or len(new) != 1:
        yield f"again: exit code {code}, {len(new)} folders: {told.read_text(errors='replace').strip()[-300:]}"
        return
    yield from unreadable(new[0])
    if command != "solve":
        cached = json.loads((new[0] / "manifest.json").read_text(encoding="utf-8")).get("cached", kept)
        if cached != kept:
            yield f"again: {cached} answers taken up of {kept} that were kept"
    left = [path for where in ("runs", "runs/.cache") for path in (folder / where).glob(".unfinished-*")] + list((folder / "scratch").iterdir())
    if left:
        yield f"again: {', '.join(path.name for path in left)} left"


def kills(place: Path, count: int, seed: int, patience: float, longest: float, together: bool = False) -> Iterator[Killed]:
    """So many kills, each with its command run again after it, or with `together` all in one folder and that only after the last."""
    chance = random.Random(seed)
    # Each command meets each signal in turn: 4 and 5 have no common part.
    plans = [(list(COMMANDS)[n % len(COMMANDS)], SIGNALS[n % len(SIGNALS)]) for n in range(count)]
    for number, (command, each) in enumerate(plans):
        folder = place / ("all" if together else str(number))
        if not folder.exists():
            case(folder)
        found = kill(folder, command, each, chance.uniform(0, longest), patience)
        if not together:
            found.wrong += resumed(folder, command)
        elif number == count - 1:
            found.wrong += resumed(folder, "solve")
        yield found


def main() -> None:
    """Kill, print a line for each, and end with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=60, help="how many kills (60)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments (1)")
    parser.add_argument("--patience", type=float, default=5.0, help="seconds within which all processes must be gone (5)")
    parser.add_argument("--longest", type=float, default=6.0, help="seconds up to which a moment may lie after the command listens (6)")
    words = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        for number, found in enumerate(kills(Path(place), words.n, words.seed, words.patience, words.longest), 1):
            wrong += bool(found.wrong)
            print(f"{number} {found}", flush=True)
    print(f"{words.n} kills, {wrong} with something wrong.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
