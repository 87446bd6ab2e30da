"""Folders that are damaged: the audit says so and does not guess; and it loads nothing of the model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gwplan.audit import audit
from tests.audit.hand_made import ROOT, Run, audited, failed

FORBIDDEN = ("pyomo", "highspy", "pint", "pydantic")
ALLOWED = ("gwplan", "gwplan.common", "gwplan.common.calendar", "gwplan.common.numbers")
"""What the audit may load of gwplan beside itself."""


def test_the_audit_loads_nothing_of_the_model(tmp_path: Path) -> None:
    run = Run().write(tmp_path / "run")
    program = ("import sys; from pathlib import Path; from gwplan.audit import audit\n"
               "assert audit(Path(sys.argv[1])).ok\n"
               "print('\\n'.join(sys.modules))")
    found = subprocess.run([sys.executable, "-c", program, str(run)], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = found.stdout.split()
    assert "gwplan.audit.power" in loaded
    assert [name for name in loaded if name.startswith(FORBIDDEN)] == []
    assert [name for name in loaded if name.split(".")[0] == "gwplan" and name not in ALLOWED and not name.startswith("gwplan.audit")] == []


@pytest.mark.parametrize("name", ["manifest.json", "summary.json", "plan.csv", "inputs/sites.csv", "inputs/power.csv", "tables/ledger.csv"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    run = Run().write(tmp_path / "run")
    (run / name).unlink()
    found = audit(run)
    assert failed(found) == {"reading.folder_can_be_read"}
    assert Path(name).name in found.failed[0].where


@pytest.mark.parametrize("name", ["manifest.json", "summary.json", "plan.csv", "tables/halls.stock.csv", "tables/ledger.csv"])
def test_a_file_of_something_else_is_named(tmp_path: Path, name: str) -> None:
    run = Run().write(tmp_path / "run")
    (run / name).write_bytes(b"\xff\xfe\x00garbage\n\x01")
    found = audit(run)
    assert not found.ok
    assert Path(name).name in found.failed[0].where


def test_an_empty_folder_is_no_run(tmp_path: Path) -> None:
    found = audit(tmp_path)
    assert failed(found) == {"reading.folder_can_be_read"}
    assert "manifest.json" in found.failed[0].where


def tables_without_column(run: Run) -> None:
    columns, rows = run.tables["halls.stock"]
    run.tables["halls.stock"] = ([column for column in columns if column != "design"], [[row[0], *row[2:]] for row in rows])


def one_row_twice(run: Run) -> None:
    run.rows("halls.stock").append(list(run.row("halls.stock", "2028")))


def no_definition(run: Run) -> None:
    run.definition.clear()


def other_dollars(run: Run) -> None:
    run.give("sites", "north", "opening_price", 10, "MUSD_2025")


DAMAGED: dict[str, tuple[Callable[[Run], object], str]] = {
    "a decision that is none": (lambda run: run.plan.append(["halls", "painted", "hall", "north", "2026", 1]), "reading.rows_can_be_placed"),
    "an unknown site": (lambda run: run.plan.append(["power", "ordered", "grid", "nowhere", "2026", 1]), "reading.rows_can_be_placed"),
    "an unknown period": (lambda run: run.plan.append(["power", "ordered", "grid", "north", "2031", 1]), "reading.rows_can_be_placed"),
    "an unknown system": (lambda run: run.rows("accelerators.running").append(["toy", "north", "2028", 1]), "reading.rows_can_be_placed"),
    "no number": (lambda run: run.put("halls.stock", "one", "2028"), "reading.rows_can_be_placed"),  # type: ignore[arg-type]
    "an infinite number": (lambda run: run.put("power.output", float("inf"), "2028"), "reading.rows_can_be_placed"),
    "no number of money": (lambda run: run.put("ledger", float("nan"), "residual", "hall"), "reading.rows_can_be_placed"),
    "a negative order": (lambda run: run.plan.append(["accelerators", "bought", "new_rack", "north", "2026", -5]),
                         "reading.nothing_is_negative"),
    "a negative output": (lambda run: run.rows("power.output").append(["gas_engine", "south", "2028", "year", -1]),
                          "reading.nothing_is_negative"),
    "one index twice": (one_row_twice, "reading.rows_can_be_placed"),
    "a column that is not there": (tables_without_column, "halls.stock_is_what_follows"),
    "no definition": (no_definition, "reading.folder_can_be_read"),
    "dollars of another year": (other_dollars, "reading.inputs_are_in_model_units"),
    "a period that is left out": (lambda run: run.rows("periods").pop(), "reading.periods_are_those_of_the_horizon"),
    "a period that begins elsewhere": (lambda run: run.rows("periods")[1].__setitem__(2, 2027 * 12 + 3),
                                       "reading.first_of_periods_is_that_of_the_horizon"),
    "a horizon that is none": (lambda run: run.definition["horizon"].update(end="2025"), "reading.folder_can_be_read"),
    "a price without a number": (lambda run: run.give("power", "grid", "price", "cheap", "MUSD_2026/MW"),
                                 "reading.inputs_are_in_model_units"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_named(tmp_path: Path, name: str) -> None:
    change, expected = DAMAGED[name]
    found = audited(tmp_path, change)
    assert expected in failed(found), sorted(failed(found))


def test_what_has_no_price_is_not_free(tmp_path: Path) -> None:
    """The price of the grid is lost from the inputs, and its payment and worth from the ledger and the summary."""

    def lose(run: Run) -> None:
        run.inputs["power"] = [row for row in run.inputs["power"] if (row["item"], row["quantity"]) != ("grid", "price")]
        run.rows("ledger")[:] = [row for row in run.rows("ledger") if row[-1] not in (6, 5.7)]

    found = audited(tmp_path, lose)
    assert {"money.ledger_of_capital_is_what_follows", "money.ledger_of_residual_is_what_follows"} <= failed(found)
