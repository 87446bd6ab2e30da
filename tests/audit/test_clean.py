"""The run worked out by hand passes, in any order of columns and rows, and everything in it is looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.audit.hand_made import TABLES, Run, audited, failed


def test_the_run_worked_out_by_hand_passes(tmp_path: Path) -> None:
    found = audited(tmp_path)
    assert failed(found) == set()
    assert found.ok
    assert found.unchecked == []
    assert max(check.worst for check in found.checks) < 1e-12


def test_every_subject_is_checked(tmp_path: Path) -> None:
    found = audited(tmp_path)
    assert {check.part for check in found.checks} == {
        "account", "sites", "halls", "accelerators", "cooling", "power", "budget", "money", "goals", "summary", "copies", "reading"}
    names = [f"{check.part}.{check.name}" for check in found.checks]
    assert len(set(names)) == len(names)


def test_the_order_of_columns_and_rows_does_not_matter(tmp_path: Path) -> None:
    def turn_round(run: Run) -> None:
        for name, (columns, rows) in run.tables.items():
            if name != "periods":
                run.tables[name] = (columns[::-1], [row[::-1] for row in rows[::-1]])
        run.plan.reverse()
        for rows in run.inputs.values():
            rows.reverse()

    assert audited(tmp_path, turn_round).ok


def test_rounding_in_the_tables_is_forgiven(tmp_path: Path) -> None:
    def shave(run: Run) -> None:
        for name, (_, rows) in run.tables.items():
            if name not in ("ledger", "periods"):
                for row in rows:
                    row[-1] *= 1 + 5e-7

    assert audited(tmp_path, shave).ok


def test_a_table_that_nothing_checks_is_named(tmp_path: Path) -> None:
    def add(run: Run) -> None:
        run.tables["leases.signed"] = (["site", "value"], [["north", 1]])

    found = audited(tmp_path, add)
    assert found.ok
    assert found.unchecked == ["leases.signed"]


@pytest.mark.parametrize("name", sorted(set(TABLES) - {"periods"}))
def test_a_missing_table_is_missed(tmp_path: Path, name: str) -> None:
    def drop(run: Run) -> None:
        del run.tables[name]

    found = audited(tmp_path, drop)
    if name.startswith("cooling."):
        subject = {"cooling.facility_peak_is_what_follows_but_the_table_is_missing",
                   "cooling.facility_mean_is_what_follows_but_the_table_is_missing"}
        assert failed(found) < subject
    assert not found.ok


def test_the_audit_is_json(tmp_path: Path) -> None:
    def lose_a_price(run: Run) -> None:
        run.inputs["power"] = [row for row in run.inputs["power"] if (row["item"], row["quantity"]) != ("grid", "price")]

    found = audited(tmp_path, lose_a_price)
    written = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert written["ok"] is False
    assert len(written["checks"]) == len(found.checks)
    assert {check["name"] for check in written["checks"] if check["worst"] is None} >= {"ledger_of_capital_is_what_follows"}
    assert set(written["checks"][0]) == {"name", "part", "worst", "where", "passed", "rows"}


def test_a_failure_says_where_and_by_how_much(tmp_path: Path) -> None:
    def overstate(run: Run) -> None:
        run.put("halls.stock", 2, "2028")

    (check,) = audited(tmp_path, overstate).failed
    assert str(check) == "halls.stock_is_what_follows fails at hall, north, 2028: is 2, should be 1"
    # The miss of 1 is measured against 1 + the larger side.
    assert check.worst == pytest.approx(1 / 3)
