"""Damaged cases: whatever stands in the files or on the command line, the case is read, or faults name file and rule; nothing hangs.

200 cases by default; GWPLAN_FUZZ sets how many (`make fuzz`: 5,000) and GWPLAN_FUZZ_SEED the seed, else that of the day.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st

from gwplan.analysis import sweep
from gwplan.common.errors import InputFaults
from gwplan.common.printable import unprintable
from gwplan.planning import build, request
from tests.fuzz import damage
from tests.support import ROOT

CASES = int(os.environ.get("GWPLAN_FUZZ", "200"))
SEED = int(os.environ.get("GWPLAN_FUZZ_SEED", time.strftime("%Y%m%d", time.gmtime())))
SECONDS = 8
"""Longest that a case may take the processor."""
SMALL = {"tiny": ROOT / "inputs" / "tiny", "tiny_finance": ROOT / "tests" / "financing" / "tiny_finance" / "inputs"}
MODELS = {"tiny": ROOT / "models" / "tiny.toml", "tiny_finance": ROOT / "tests" / "financing" / "tiny_finance" / "tiny_finance.toml"}
LARGE = "one_gigawatt"
"""Read only: building it takes a second."""
LEVELS = ("bytes", "cells", "rows", "toml", "set", "over", "overlay")
COUNTED: Counter[str] = Counter()


class Hang(BaseException):
    """A case took longer than it may."""


@contextmanager
def watched() -> Iterator[None]:
    """Hang after SECONDS of the processor's time."""

    def late(number: int, frame: FrameType | None) -> None:
        raise Hang(f"longer than {SECONDS} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def files_of(name: str) -> damage.Files:
    """The files of a small case by name: its tables and its model, whose inputs are beside it."""
    folder, model = (SMALL[name], MODELS[name]) if name in SMALL else (ROOT / "inputs" / name, ROOT / "models" / f"{name}.toml")
    text = "\n".join('inputs = "."' if line.startswith("inputs") else line for line in model.read_text().splitlines())
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))} | {"model.toml": text.encode()}


@contextmanager
def laid(files: damage.Files) -> Iterator[Path]:
    """The files in a folder of their own; gives the model."""
    folder = Path(tempfile.mkdtemp(prefix="gwplan-fuzz-"))
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        yield folder / "model.toml"
    finally:
        shutil.rmtree(folder)


def outcome(request: request.Request, whole: bool = True) -> str:
    """`read`, or `faults`; AssertionError for faults that do not say enough. whole: build the model as well."""
    try:
        with watched():
            case = build.read(request)
            if whole:
                build.build(case)
    except InputFaults as error:
        assert error.faults
        for fault in (*error.faults, *error.warnings):
            assert fault.file
            assert len(fault.message) > 5
            assert fault.row >= 0
            assert unprintable(str(fault)) == ""
            assert "\n" not in str(fault)
            assert "object at 0x" not in fault.message
        return "faults"
    return "read"


def explored(level: str, data: st.DataObject) -> str:
    """One damaged case at a level; gives its outcome."""
    large = level in ("cells", "rows") and data.draw(st.integers(0, 24)) == 0
    name = LARGE if large else data.draw(st.sampled_from(sorted(SMALL)))
    files, sets, overlays = files_of(name), tuple[str, ...](), list[bytes]()
    if level in ("bytes", "cells", "rows", "toml"):
        files = data.draw(getattr(damage, f"of_{level}")(files))
    elif level == "set":
        sets = tuple(data.draw(st.lists(damage.of_set(), min_size=1, max_size=2)))
    elif level == "over":
        try:
            scenarios = sweep.scenarios([sweep.parse(data.draw(damage.of_over()))])
        except (sweep.InvalidRange, InputFaults) as error:
            assert str(error)
            return "faults"
        sets = scenarios[data.draw(st.integers(0, len(scenarios) - 1))].sets
    else:
        overlays = [data.draw(damage.of_overlay(files))]
    note(f"{name} {sets}")
    with laid(files | {f"overlay_{number}.csv": content for number, content in enumerate(overlays)}) as model:
        given_by_hand = tuple(model.parent / f"overlay_{number}.csv" for number in range(len(overlays)))
        return outcome(request.Request(model, overlays=given_by_hand, sets=sets), not large)


@pytest.mark.parametrize("level", LEVELS)
def test_damaged_cases_are_read_or_faulty(level: str) -> None:
    found: Counter[str] = Counter()

    @seed(SEED)
    @settings(max_examples=max(CASES // len(LEVELS), 1), deadline=None, database=None, print_blob=True, phases=(Phase.generate, Phase.shrink),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def explore(data: st.DataObject) -> None:
        found[explored(level, data)] += 1

    explore()
    COUNTED.update(found)
    if CASES > 1000:
        print(f"\nfuzz {level}, seed {SEED}: {dict(found)}")
    assert found["faults"] > 0
    assert found["read"] + found["faults"] >= CASES // len(LEVELS) // 2


def test_the_undamaged_cases_are_read() -> None:
    for name in (*SMALL, LARGE):
        with laid(files_of(name)) as model:
            assert outcome(request.Request(model), name in SMALL) == "read"


def test_a_hang_is_seen() -> None:
    signal_before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(Hang), watched():
        signal.setitimer(signal.ITIMER_PROF, 0.01)
        while True:
            pass
    assert signal.getsignal(signal.SIGPROF) == signal_before
