"""`case.xlsx` is read as the CSV files are, and what a spreadsheet does to cells is read as meant, or refused in words."""

from __future__ import annotations

import datetime
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner

from gwplan.commands.cli import gwplan
from gwplan.inputs.case import Case
from gwplan.inputs.case_files import texts
from gwplan.inputs.case_workbook import cell_text, column_letters
from gwplan.inputs.case_workbook_writer import rows_of, tables_in, write_workbook
from gwplan.inputs.workbook_cells import MOST_CELLS
from gwplan.planning.build import build, read_case, read_definition
from gwplan.planning.request import Request
from gwplan.planning.tables import read_all
from tests.inputs.folders import ROOT, faults_of, tiny_copy
from tests.inputs.folders import replaced as line_replaced

Edit = Callable[[Any], None]


def as_workbook(inputs: Path, edit: Edit = lambda book: None, tables: tuple[str, ...] = ()) -> Path:
    """Put some tables of a folder, or all, into its `case.xlsx`, changed by `edit`."""
    found = {name: path for name, path in tables_in(inputs).items() if not tables or name in tables}
    write_workbook({name: rows_of(path) for name, path in found.items()}, {}, inputs / "case.xlsx")
    for path in found.values():
        (inputs / path.name).unlink()
    book = openpyxl.load_workbook(inputs / "case.xlsx")
    edit(book)
    book.save(inputs / "case.xlsx")
    return inputs


def case_in(inputs: Path) -> Case:
    """The case that the tiny model reads from a folder."""
    return read_case(replace(read_definition(ROOT / "models" / "tiny.toml"), inputs=inputs))


def row_of(sheet: Any, *start: str) -> int:
    """The row whose cells of some columns are these."""
    header = [cell.value for cell in sheet[1]]
    found = [row[0].row for row in sheet.iter_rows(min_row=2)
             if [row[header.index(name)].value for name in ("item", "site", "quantity")] == [text or None for text in start]]
    assert len(found) == 1, found
    return int(found[0])


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of the shipped cases, each as a workbook alone."""
    made = {}
    for case in ("tiny", "one_gigawatt"):
        made[case] = tmp_path_factory.mktemp(case)
        found = tables_in(ROOT / "inputs" / case)
        write_workbook({name: rows_of(path) for name, path in found.items()}, {}, made[case] / "case.xlsx")
    return made


@pytest.mark.parametrize("name", ["tiny", "one_gigawatt"])
def test_the_shipped_cases_are_the_same_from_a_workbook(name: str, shipped: dict[str, Path]) -> None:
    """All tables of the folder, also those that its model does not read."""
    model = ROOT / "models" / f"{name}.toml"
    csv, xlsx = read_all(Request(model)), read_all(Request(model, sets=(f"model.inputs={shipped[name]}",)))
    assert {"sources.csv", "deflators.csv", "labels.csv", "sites.csv"} < set(texts(csv))
    assert texts(xlsx) == texts(csv)
    assert sorted(xlsx.unread) == sorted(csv.unread)
    assert len(xlsx.warnings) == len(csv.warnings)


def test_the_model_is_the_same_from_a_workbook(shipped: dict[str, Path]) -> None:
    definition = read_definition(ROOT / "models" / "tiny.toml")
    (_, one), (_, other) = (build(read_case(each)) for each in (definition, replace(definition, inputs=shipped["tiny"])))
    assert (one.matrix != other.matrix).nnz == 0
    assert [cost.coefficients.tolist() for cost in one.costs] == [cost.coefficients.tolist() for cost in other.costs]


def test_a_workbook_and_files_are_read_together(tmp_path: Path) -> None:
    inputs = as_workbook(tiny_copy(tmp_path), tables=("power", "sources"))
    assert not (inputs / "power.csv").exists() and (inputs / "halls.csv").exists()
    assert texts(case_in(inputs)) == texts(case_in(ROOT / "inputs" / "tiny"))


def test_a_table_is_in_one_place(tmp_path: Path) -> None:
    inputs = as_workbook(tiny_copy(tmp_path))
    shutil.copy(ROOT / "inputs" / "tiny" / "power.csv", inputs)
    assert [str(fault) for fault in faults_of(inputs)] == ["case.xlsx, sheet power: the table is in power.csv too: keep one of them"]


def test_faults_name_sheet_row_and_value(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        sheet = book["halls"]
        sheet.cell(row_of(sheet, "hall", "", "price"), 6).value = "dear"
        sheet = book["power"]
        sheet.cell(row_of(sheet, "grid", "", "price"), 9).value = "nobody"

    inputs = tiny_copy(tmp_path)
    places = {name: next(number for number, line in enumerate((inputs / f"{name}.csv").read_text().splitlines(), 1) if line.startswith(start))
              for name, start in (("halls", "hall,,,price,"), ("power", "grid,,,price,"))}
    found = [str(fault) for fault in faults_of(as_workbook(inputs, edit))]
    assert found == [f"case.xlsx, sheet halls, row {places['halls']}: hall.price: 'dear' is not a number",
                     f"case.xlsx, sheet power, row {places['power']}: grid.price: no source 'nobody' in case.xlsx, sheet sources"]


@pytest.mark.parametrize(("cell", "column", "text"), [
    (1.1, "base", "1.1"), (1.1000000000000001, "base", "1.1"), (0.1 + 0.2, "base", "0.3"), (2027.0, "when", "2027"), (25, "base", "25"),
    (1e-7, "base", "1e-07"), (123456789012345.0, "base", "123456789012345"), (True, "base", "TRUE"), ("2027-Q3", "when", "2027-Q3"), ("", "note", ""),
    (datetime.date(2027, 7, 1), "when", "2027-07"), (datetime.datetime(2027, 7, 1), "base", "2027-07"), (datetime.date(2027, 7, 2), "when", None),
    (datetime.datetime(2027, 7, 1, 12), "when", None), (datetime.time(1, 2), "base", None), (datetime.timedelta(3), "note", None),
    (datetime.date(2026, 5, 12), "date", "2026-05-12"), (datetime.date(2026, 5, 1), "item", None), (datetime.date(2026, 5, 1), "unit", None),
])  # fmt: skip
def test_cells_as_texts(cell: object, column: str, text: str | None) -> None:
    assert cell_text(cell, column) == text


def test_a_month_that_the_spreadsheet_made_a_date_of(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        sheet = book["power"]
        sheet.cell(row_of(sheet, "grid", "north", "earliest"), 6).value = datetime.date(2027, 4, 1)
        sheet.cell(row_of(sheet, "grid", "south", "earliest"), 6).value = datetime.date(2027, 4, 2)

    (fault,) = faults_of(as_workbook(tiny_copy(tmp_path / "day"), edit))
    assert "column F (base): the spreadsheet has made a date or a time of it, 2027-04-02; format the cell as text" in fault.message

    def month(book: Any) -> None:
        sheet = book["power"]
        sheet.cell(row_of(sheet, "grid", "north", "earliest"), 6).value = datetime.date(2027, 4, 1)

    plain = tiny_copy(tmp_path / "plain")
    line_replaced(plain / "power.csv", "grid,north,,earliest,", "grid,north,,earliest,,2027-04,,date,round_numbers,round number")
    assert texts(case_in(as_workbook(tiny_copy(tmp_path / "month"), month)))["power.csv"] == texts(case_in(plain))["power.csv"]


def test_error_cells_and_formulas(tmp_path: Path) -> None:
    inputs = tiny_copy(tmp_path)
    rows = rows_of(inputs / "budget.csv")
    (inputs / "budget.csv").unlink()
    base = rows[0].index("base")
    with xlsxwriter.Workbook(inputs / "case.xlsx") as book:
        sheet = book.add_worksheet("budget")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        # A formula with the value that a spreadsheet saved, then one that failed, whatever its column.
        sheet.write_formula(1, base, "=2*3", None, float(rows[1][base]))
        sheet.write_formula(2, rows[0].index("note"), "=1/0", None, "#DIV/0!")
    found = faults_of(inputs)
    assert [(fault.file, fault.row) for fault in found] == [("case.xlsx, sheet budget", 3)]
    assert found[0].message == "column J (note): the cell has the error #DIV/0!"


def test_a_formula_without_a_saved_value_is_a_fault(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        sheet = book["halls"]
        sheet.cell(row_of(sheet, "hall", "", "price"), 6).value = "=1+1"  # openpyxl saves no values

    (fault,) = faults_of(as_workbook(tiny_copy(tmp_path), edit))
    assert "the formula has no saved value; open the workbook in a spreadsheet and save it" in fault.message


def test_merged_blank_and_stray_cells(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["halls"].insert_rows(3, 2)  # blank rows are passed over, and rows keep their numbers
        book["halls"].cell(6, 14).value = "a remark"
        book["power"].merge_cells("A4:A5")
        book["cooling"].merge_cells("N1:O2")  # beside the table

    found = [str(fault) for fault in faults_of(as_workbook(tiny_copy(tmp_path), edit))]
    assert "case.xlsx, sheet halls, row 6: column N: 'a remark' is beside the table, whose header ends before it" in found
    assert [text for text in found if "merged" in text] == [
        f"case.xlsx, sheet power, row {row}: the cells A4:A5 are merged; a table has a value in each cell" for row in (4, 5)]


def test_other_sheets_and_workbooks_are_named(tmp_path: Path) -> None:
    inputs = as_workbook(tiny_copy(tmp_path), lambda book: book.create_sheet("Remarks").append(["hello"]))
    shutil.copy(inputs / "case.xlsx", inputs / "old.xlsx")
    (inputs / "~$case.xlsx").write_bytes(b"lock")
    assert sorted(str(warning) for warning in case_in(inputs).warnings if ".xlsx" in str(warning) and "is not used" not in str(warning)) == [
        "case.xlsx, sheet remarks: belongs to no part and is not read",
        "old.xlsx: is not read: a workbook of tables has the name case.xlsx"]


@pytest.mark.parametrize(("title", "said"), [("hals", "; did you mean 'hals'?"), ("notes", "")])
def test_a_table_without_a_sheet_names_the_workbook_and_the_nearest_sheet(tmp_path: Path, title: str, said: str) -> None:
    inputs = as_workbook(tiny_copy(tmp_path), lambda book: setattr(book["halls"], "title", title))
    fault = next(str(fault) for fault in faults_of(inputs) if "missing" in str(fault))
    assert fault.startswith("halls.csv: the file is missing") and fault.endswith(f"; case.xlsx has no sheet 'halls'{said}")


def test_what_is_no_workbook_is_one_fault(tmp_path: Path) -> None:
    inputs = as_workbook(tiny_copy(tmp_path))
    whole = (inputs / "case.xlsx").read_bytes()
    for content in (b"", b"item,base\n", whole[: len(whole) // 2], b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"PK\x03\x04" + b"\0" * 200):
        (inputs / "case.xlsx").write_bytes(content)
        (fault,) = faults_of(inputs)
        assert str(fault).startswith("case.xlsx: cannot be read"), content[:8]


def test_a_sheet_that_reaches_too_far_is_one_fault(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["halls"].cell(1_048_576, 16_384).value = "far"

    assert 1_048_576 * 16_384 > MOST_CELLS
    (fault,) = faults_of(as_workbook(tiny_copy(tmp_path), edit))
    assert str(fault) == "case.xlsx: cannot be read: the sheet halls reaches to row 1,048,576 and column 16,384"


def test_a_packed_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = as_workbook(tiny_copy(tmp_path))
    monkeypatch.setattr("gwplan.inputs.workbook_cells.LARGEST", 2_000_000)
    with zipfile.ZipFile(inputs / "case.xlsx", "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros", bytes(2_100_000))
    (fault,) = faults_of(inputs)
    assert str(fault) == "case.xlsx: cannot be read: it is larger than 2,000,000 bytes"


def test_the_command_writes_what_it_reads(tmp_path: Path) -> None:
    model = ROOT / "models" / "tiny.toml"
    written = tmp_path / "new" / "case.xlsx"
    result = CliRunner().invoke(gwplan, ["tables", str(model), "--xlsx", str(written)])
    assert result.exit_code == 0, result.output
    assert texts(case_in(written.parent)) == texts(case_in(ROOT / "inputs" / "tiny"))
    book = openpyxl.load_workbook(written)
    assert sorted(book.sheetnames) == sorted(path.stem for path in (ROOT / "inputs" / "tiny").glob("*.csv"))
    assert book["halls"].freeze_panes == "B2"
    (copy := tmp_path / "model").mkdir()
    (copy / "m.toml").write_text(model.read_text().replace('inputs = "../inputs/tiny"', 'inputs = "../new"'))
    again = CliRunner().invoke(gwplan, ["tables", str(copy / "m.toml"), "--csv", str(tmp_path / "csv")])
    assert again.exit_code == 0, again.output
    assert texts(case_in(tmp_path / "csv")) == texts(case_in(written.parent))
    twice = CliRunner().invoke(gwplan, ["tables", str(copy / "m.toml"), "--csv", str(tmp_path / "csv")])
    assert twice.exit_code == 2 and "already" in twice.output
    before = written.read_bytes()
    over = CliRunner().invoke(gwplan, ["tables", str(model), "--xlsx", str(written)])
    assert over.exit_code == 2 and "already" in over.output and written.read_bytes() == before, "what was edited is never overwritten"
    listed = CliRunner().invoke(gwplan, ["tables", str(copy / "m.toml")])
    assert "case.xlsx, sheet power" in listed.output


def test_a_sweep_reads_the_workbook(tmp_path: Path) -> None:
    """What is sent to other processes has the workbook, and labels are found in it."""
    from gwplan.analysis.scenarios.scenario import ask
    from gwplan.inputs.labels import labels_in
    from gwplan.inputs.memory import MemoryPath

    inputs = as_workbook(tiny_copy(tmp_path))
    model = tmp_path / "m.toml"
    model.write_text((ROOT / "models" / "tiny.toml").read_text().replace('inputs = "../inputs/tiny"', 'inputs = "inputs"'))
    question = ask(model)
    assert [name for name in question.files if name.startswith("inputs/")] == ["inputs/case.xlsx"]
    definition = read_definition(MemoryPath(question.files) / question.model)
    assert texts(read_case(definition)) == texts(read_case(read_definition(model)))
    assert labels_in(question.files) == dict(case_in(inputs).checked.labels) != {}


def test_letters_of_columns() -> None:
    assert [column_letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
