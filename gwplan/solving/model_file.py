"""The model as an LP or MPS file, written by HiGHS from the arrays that it solves, with names of rows and columns."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import highspy

from gwplan.solving.handover import Quiet, SolverRefusal, model_of, refusal

if TYPE_CHECKING:
    from gwplan.model.assemble import Plan
    from gwplan.solving.linear_program import Arrays

COMMENTS = {"": "\\", ".lp": "\\", ".mps": "*"}
"""Start of a comment by file suffix; LP without one."""
UNSAFE = re.compile(r"[^A-Za-z0-9_.]+")
"""Characters that names may not have in both formats."""
LONGEST = 200
"""Characters of a name before its number, where it gets one: readers of LP files take 255."""


def wrong_ending(path: Path) -> str:
    """What is wrong with the ending of a file's name; blank if nothing."""
    return "" if path.suffix.lower() in COMMENTS else f"{path.name} must end in .lp or .mps"


def prove_writable(path: Path) -> None:
    """OSError if the file cannot be written; nothing is left behind and nothing is changed."""
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    if path.exists() and not path.is_file():
        return  # a device or a pipe: to open it may wait for its reader
    if path.exists():
        with path.open("ab"):
            pass
    else:
        with tempfile.TemporaryFile(dir=path.parent):
            pass


def write(plan: Plan, arrays: Arrays, path: Path) -> str:
    """Write the first goal's model; gives a sentence about what was written.

    OSError if that fails, SolverRefusal if HiGHS does not accept the model.
    """
    sentence = goal_of(plan, arrays)
    with tempfile.TemporaryDirectory(prefix="gwplan-model-") as scratch:
        file = Path(scratch) / f"model{path.suffix.lower() or '.lp'}"
        model = named(plan, arrays)
        highs = Quiet()
        highs.setOptionValue("output_flag", False)
        if highs.passModel(model) == highspy.HighsStatus.kError:
            raise SolverRefusal(refusal(arrays, arrays.costs[0]))
        if highs.writeModel(str(file)) == highspy.HighsStatus.kError:
            raise OSError(f"HiGHS could not write the model to {path}.")
        _put(file, path.resolve(), f"{COMMENTS[file.suffix]} {' '.join(sentence.split())}\n")
    return f"Wrote {path}: {sentence}"


def goal_of(plan: Plan, arrays: Arrays) -> str:
    """Which goal the file holds, and which it does not."""
    first, *later = arrays.costs
    said = f"{plan.case.definition.name}, goal {first.kind}, {'maximised' if first.maximize else 'minimised'}"
    return said + (f"; the first of {len(arrays.costs)} goals, without {', '.join(each.kind for each in later)}" if later else "") + "."


def named(plan: Plan, arrays: Arrays) -> Any:
    """HiGHS's model of the first goal, with names."""
    over = {f"{each.part}.{each.name}": each.over for each in plan.variables}
    model = model_of(arrays, arrays.costs[0])
    columns = sorted(arrays.columns.items(), key=lambda item: item[1])
    model.col_names_ = unique(_name(plan, family, over[family], key) for (family, key), _ in columns)
    model.row_names_ = unique(_name(plan, rule.full_name, rule.over, key) for rule, key in arrays.rows)
    return model


def unique(names: Iterable[str]) -> list[str]:
    """Unique names: repeated ones get a number."""
    taken: set[str] = set()
    found = []
    for name in names:
        each, number = name[:LONGEST], 1
        while each in taken:
            number += 1
            each = f"{name[:LONGEST]}_{number}"
        taken.add(each)
        found.append(each)
    return found


def _name(plan: Plan, family: str, over: Sequence[str], key: tuple[Any, ...]) -> str:
    """`halls.started.north.hall.2027_Q1`."""
    dates = plan.case.calendar.names
    words = [dates[each] if name == "period" else str(each) for name, each in zip(over, key, strict=True)]
    return ".".join(UNSAFE.sub("_", word) for word in (family, *words))


def _put(file: Path, path: Path, comment: str) -> None:
    """Copy a file to its place with a line before it: all of it or none, unless the place is a device."""
    def copy(place: Path) -> None:
        with place.open("wb") as there, file.open("rb") as here:
            there.write(comment.encode("ascii", "replace"))
            shutil.copyfileobj(here, there)

    if path.exists() and not path.is_file():
        copy(path)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        copy(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
