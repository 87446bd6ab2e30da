"""The tiny case with calibration cases of its own: racks of 0.125 MW of IT at 2 + 0.5, halls at 10 a MW, peaks of 1.2 north and 1.4 south."""

from __future__ import annotations

import shutil
from pathlib import Path

from gwplan.analysis.calibrate.calibrate import Calibration, of_request
from gwplan.planning.request import Request

ROOT = Path(__file__).parents[2]
HEAD = "item,site,when,quantity,low,base,high,unit,source,note\n"
CLASSES = (
    "identity,,,tolerance,,0.01,,1,round_numbers,", "identity,,,tested,,yes,,label,round_numbers,",
    "cost_model,,,tolerance,,0.07,,1,round_numbers,", "cost_model,,,tested,,yes,,label,round_numbers,",
    "filed,,,tolerance,,0.15,,1,round_numbers,", "filed,,,tested,,yes,,label,round_numbers,",
    "dates,,,tolerance_months,,3,,month,round_numbers,", "announcement,,,tested,,no,,label,round_numbers,",
)  # fmt: skip


def case(name: str, figure: str, *, basis: str = "it", covers: str = "systems|network|hall", kind: str = "filed", family: str = "",
         **rows: str) -> list[str]:
    """The rows of one case. figure: `quantity=low/base/high unit`, of the end of 2025, before racks get cheaper; rows: labels, or `number unit`, by quantity."""
    quantity, _, value = figure.partition("=")
    numbers, _, unit = value.partition(" ")
    low, base, high = numbers.split("/") if "/" in numbers else ("", numbers, "")
    lines = [f"{name},,2025-12,{quantity},{low},{base},{high},{unit},round_numbers,"]
    labels = {"class": kind, "family": family or name, "basis": basis, "covers": covers}
    for key, text in (labels | rows).items():
        number, _, unit = text.partition(" ")
        is_number = bool(unit) and number.replace(".", "").replace("-Q1", "").isdigit()
        lines.append(f"{name},,,{key},,{number if is_number else text},,{unit if is_number else 'label'},round_numbers,")
    return lines


OLD = {"system": "old_rack", "design": "hall"}


def folder(root: Path, *cases: list[str], classes: tuple[str, ...] = CLASSES) -> Path:
    """The model of a copy of the tiny case with these calibration cases."""
    shutil.copytree(ROOT / "inputs" / "tiny", root / "inputs" / "tiny")
    shutil.copytree(ROOT / "models", root / "models", ignore=lambda _, names: [name for name in names if name != "tiny.toml"])
    (root / "inputs" / "tiny" / "calibration.csv").write_text(HEAD + "\n".join([*classes, *(row for each in cases for row in each)]) + "\n")
    return root / "models" / "tiny.toml"


def calibrated(root: Path, *cases: list[str], sets: tuple[str, ...] = ()) -> Calibration:
    """What becomes of these cases."""
    return of_request(Request(folder(root, *cases), sets=sets))
