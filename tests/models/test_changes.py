"""Each value that CHANGES.md says replaced an older one is in the tables, with the source that it cites."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

INPUTS = Path(__file__).parents[2] / "inputs" / "one_gigawatt"
COLUMNS = ("table", "item", "site", "when", "quantity", "before", "after", "source")


def listed() -> list[dict[str, str]]:
    """The rows of the table, the last entry of each number: a later change replaces an earlier one."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for line in (INPUTS / "CHANGES.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and len(cells) == len(COLUMNS) and cells[0] != COLUMNS[0]:
            rows[tuple(cells[:5])] = dict(zip(COLUMNS, cells, strict=True))
    return list(rows.values())


ROWS = listed()


def table(name: str) -> dict[tuple[str, ...], dict[str, str]]:
    with (INPUTS / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        return {tuple(row.get(key, "") for key in ("item", "site", "when", "quantity")): row for row in csv.DictReader(text)}


def sources() -> set[str]:
    with (INPUTS / "sources.csv").open(encoding="utf-8", newline="") as text:
        return {row["key"] for row in csv.DictReader(text)}


def number(text: str) -> float | str:
    """A number as a number; a date or a label as it is."""
    try:
        return float(text)
    except ValueError:
        return text


def test_there_are_changes() -> None:
    assert len(ROWS) > 100


@pytest.mark.parametrize("name", sorted({row["table"] for row in ROWS}))
def test_what_replaced_an_older_value_is_in_the_table_and_cites_its_source(name: str) -> None:
    rows, known = table(name), sources()
    wrong = []
    for change in (row for row in ROWS if row["table"] == name):
        row = rows.get(tuple(change[key] for key in ("item", "site", "when", "quantity")))
        after = re.match(r"\S+", change["after"])
        if after is None or after.group() == "none":
            continue
        if row is None or number(row["base"]) != number(after.group()) or row["source"] != change["source"] or row["source"] not in known:
            wrong.append((change["item"], change["site"], change["when"], change["quantity"], change["after"], change["source"], row))
    assert not wrong, wrong
