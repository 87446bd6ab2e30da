"""One cause, one fault: what follows from a table that cannot be read is not listed beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.planning import build, request
from tests.inputs.folders import HEADER, ROOT, appended, faults_of, found_at, replaced, tiny_copy
from tests.support import TINY, copied

TABLES = sorted(path.name for path in (ROOT / "inputs" / "tiny").glob("*.csv"))
NEEDED = [name for name in TABLES if name != "labels.csv"]
"""Tables that a case must have: display names are optional."""


def binary(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def wide(path: Path) -> None:
    path.write_bytes(path.read_text().encode("utf-16"))


def headless(path: Path) -> None:
    path.write_text("\n".join(path.read_text().splitlines()[1:]) + "\n")


def half(path: Path) -> None:
    """Cut in the middle of a row, as a copy that was interrupted."""
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[: len(lines) // 2], lines[len(lines) // 2][:3]]))


def unclosed(path: Path) -> None:
    """A quote in the second row that takes in all rows after it."""
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], f'"{lines[1]}', *lines[2:]]))


def locked(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOILT = [binary, wide, headless, half, unclosed, locked]


@pytest.mark.parametrize(("name", "spoil"), [
    *((name, spoil) for name in TABLES for spoil in SPOILT), *((name, Path.unlink) for name in NEEDED),
])  # fmt: skip
def test_one_table_that_cannot_be_read(tmp_path: Path, name: str, spoil: Callable[[Path], None]) -> None:
    folder = tiny_copy(tmp_path)
    appended(folder / "existing.csv", "grid,north,2026,capacity,,5,,MW,round_numbers,")
    spoil(folder / name)
    faults = faults_of(folder, sets=["halls.hall.price=*2", "power.grid@north.most=*1"])
    assert {fault.file for fault in faults} == {name}, [str(fault) for fault in faults]
    assert len(faults) == 1


def test_a_row_of_the_sources_that_lacks_a_cell_is_one_fault(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = replaced(folder / "sources.csv", "round_numbers", "round_numbers,Round numbers,gwplan,2026")
    appended(folder / "sources.csv", "other,Another,gwplan,2026,,estimate")
    (fault,) = faults_of(folder)
    assert (fault.file, fault.row) == ("sources.csv", row)
    assert "has 4 cells, not 6 to 8" in fault.message


def test_other_faults_are_still_found_beside_a_row_that_lacks_a_cell(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = replaced(folder / "halls.csv", "hall,,,life", "hall,,,life,,20")
    other = replaced(folder / "halls.csv", "hall,,,room", "hall,,,room,,ten,,MW,round_numbers,")
    faults = faults_of(folder)
    assert found_at(faults, "halls.csv", row, "has 6 cells, not 10")
    assert found_at(faults, "halls.csv", other, "'ten' is not a number")
    assert len(faults) == 2


def test_overlays_of_a_table_that_is_not_there(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    overlay = tmp_path / "deals.csv"
    rows = [f"contracts,cloud_{n},,,kind,,cloud,,label,round_numbers," for n in range(200)]
    overlay.write_text("\n".join([f"table,{HEADER}", *rows]) + "\n")
    (fault,) = faults_of(folder, [overlay], parts=("sites", "halls", "accelerators", "cooling", "power", "budget", "contracts"))
    assert (fault.file, fault.row, fault.message) == ("deals.csv", 2, "contracts.csv is missing, and with it the item 'cloud_0'")


@pytest.mark.parametrize(("spoil", "row"), [(binary, 5), (wide, 1)])
def test_what_is_no_text_has_a_row(tmp_path: Path, spoil: Callable[[Path], None], row: int) -> None:
    folder = tiny_copy(tmp_path)
    path = folder / "budget.csv"
    path.write_text("\n".join([HEADER, *["capital,,,cap,,100,,MUSD_2026,round_numbers,"] * 3, ""]))
    spoil(path)
    assert found_at(faults_of(folder), "budget.csv", row)


@pytest.mark.parametrize("name", ["sources.csv", "halls.csv", "sites.csv"])
def test_the_command_lists_one_fault(tmp_path: Path, name: str) -> None:
    model = copied(TINY, tmp_path)
    shutil.move(tmp_path / "inputs" / name, tmp_path / name)
    with pytest.raises(InputFaults) as error:
        build.check(request.Request(model))
    assert [fault.file for fault in error.value.faults] == [name]
