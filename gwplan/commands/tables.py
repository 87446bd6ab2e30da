"""`gwplan tables`: the tables of a case, as one workbook or as CSV files."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, FOLDER, MODEL, shared


@click.command("tables", short_help="List the tables of a case; write them as one workbook, or as CSV files.")
@click.argument("model", type=MODEL)
@click.option("--xlsx", type=FILE, metavar="FILE", help="Write a workbook, a sheet for each table. Named case.xlsx, it is read.")
@click.option("--csv", "folder", type=FOLDER, metavar="DIR", help="Write a CSV file for each table into this folder.")
@shared
def tables(model: Path, xlsx: Path | None, folder: Path | None, as_json: bool) -> None:
    """List the tables of the case that MODEL reads, with their rows, and write them where an option says.

    A folder of inputs holds a table as NAME.csv or as the sheet NAME of its workbook case.xlsx, by the same rules. To edit a
    case in a spreadsheet, write case.xlsx into a folder of its own and name that folder as the `inputs` of a model.

    \b
    Examples:
      gwplan tables models/tiny.toml
      gwplan tables models/tiny.toml --xlsx inputs/mine/case.xlsx
      gwplan tables models/tiny.toml --csv inputs/theirs
    """
    from gwplan.inputs import case_workbook_writer as writer
    from gwplan.inputs.memory import shown_name
    from gwplan.planning.request import Request
    from gwplan.planning.tables import read_all

    with console.reporting(as_json):
        case = read_all(Request(model))
        found = writer.tables_in(case.definition.inputs)
        rows = {name: writer.rows_of(path) for name, path in found.items()}
        try:
            written = [*([writer.write_workbook(rows, case.checked.tables, xlsx)] if xlsx else ()),
                       *([writer.write_files(found, folder)] if folder else ())]
        except FileExistsError as error:
            raise click.UsageError(str(error)) from error
    listed = [{"table": name, "file": shown_name(path), "rows": len(rows[name]) - 1} for name, path in found.items()]
    if as_json:
        console.print_json({"tables": listed, "written": written})
        return
    for each in [] if written else listed:
        console.say(f"{each['rows']:>6,} rows  {each['file']}")
    for path in written:
        console.say(path)
