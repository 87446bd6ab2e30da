"""Files as spreadsheets and people write them: read as if they were plain, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import Fault
from gwplan.inputs.case_files import frame
from gwplan.inputs.tables import COLUMNS, read_cells, read_deflators, read_table
from tests.inputs.folders import HEADER, case_of, faults_of, found_at, tiny_copy

ROW = "hall,,,room,,10,,MW,round_numbers,a note"


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    plain = case_of(tiny_copy(tmp_path / "plain"))
    folder = tiny_copy(tmp_path / "windows")
    for path in folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    windows = case_of(folder)
    assert frame(windows).drop(columns="file").equals(frame(plain).drop(columns="file"))


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    """Blank rows count; a cell with a line break in it makes no second row."""
    path = tmp_path / "halls.csv"
    path.write_text(f'{HEADER}\n,,,,,,,,,\n\nhall,,,room,,10,,MW,round_numbers,"two\nlines"\nhall,,,life,,10,,year,round_numbers,\n')
    faults: list[Fault] = []
    assert [(row.row, row.quantity) for row in read_table(path, faults)] == [(4, "room"), (5, "life")]
    assert faults == []


def test_columns_in_another_order_and_blank_columns_behind(tmp_path: Path) -> None:
    path = tmp_path / "halls.csv"
    columns = [*reversed(COLUMNS), "", ""]
    path.write_text(",".join(columns) + "\n" + ",".join([*reversed(ROW.split(",")), "", ""]) + "\n")
    faults: list[Fault] = []
    (row,) = read_table(path, faults)
    assert (row.item, row.quantity, row.base, row.unit, row.note) == ("hall", "room", "10", "MW", "a note")
    assert faults == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEADER.encode(), "empty"),
        (HEADER.replace(",", ";").encode() + b"\n", "not separated by commas"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "UTF-16"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16-le"), "binary"),
        (f"{HEADER},extra\n{ROW},1\n".encode(), "unknown column 'extra'"),
        (f"{HEADER}\n{ROW},,\n{ROW},more\n".encode(), "has 11 cells, not 10"),
        (f"{HEADER}\nhall,,,room,,1{0 * 10},,MW\n".encode(), "has 8 cells, not 10"),
        (f"{HEADER}\nx,{'y' * 200_000}\n".encode(), "cannot be read as CSV"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "halls.csv"
    path.write_bytes(content)
    faults: list[Fault] = []
    list(read_cells(path, COLUMNS, faults))
    assert len(faults) == 1
    assert words in faults[0].message


def test_a_folder_in_the_place_of_a_table(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    (folder / "halls.csv").unlink()
    (folder / "halls.csv").mkdir()
    assert found_at(faults_of(folder), "halls.csv", 0, "cannot be read")


def test_deflators(tmp_path: Path) -> None:
    path = tmp_path / "deflators.csv"
    path.write_text("year,index\n2024,310\n2025,x\n2025.5,1\n2024,3\n2026,-1\n2027,330\n")
    faults: list[Fault] = []
    assert read_deflators(path, faults, []) == {2024: 310.0, 2027: 330.0}
    assert [fault.row for fault in faults] == [3, 4, 5, 6]


def test_tables_that_are_not_read_are_listed(tmp_path: Path) -> None:
    """Tables of parts left out are only listed; a file of no part is questioned: its name may be a slip."""
    folder = tiny_copy(tmp_path)
    for name in ("finance", "carbon", "hals"):
        (folder / f"{name}.csv").write_text("not,a,table\n")
    case = case_of(folder)
    assert case.unread == ("carbon.csv", "finance.csv", "hals.csv")
    assert [str(warning) for warning in case.warnings] == ["hals.csv: belongs to no part and is not read; did you mean 'halls'?"]
