"""Where there is no plan: which promises clash and by how much the nearest plan misses, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.planning.request import Request
from gwplan.planning.run import solve

ROOT = Path(__file__).parents[2]
TINY = ROOT / "models" / "tiny.toml"
NORTH_ALONE = ("model.target.1.amount=30 MW", "sites.south.most_it=0 MW", "power.grid@south.most=0 MW")


def message(folder: Path, *sets: str) -> str:
    outcome = solve(Request(TINY, sets=sets, runs=folder / "runs"))
    assert (outcome.exit_code, outcome.status, outcome.run) == (4, "infeasible", None)
    assert not (folder / "runs").exists()
    return outcome.message


def test_thirty_megawatts_where_halls_for_24_fit(tmp_path: Path) -> None:
    """A site for 24 MW holds two halls of 12 MW: 6 MW too few."""
    found = message(tmp_path, *NORTH_ALONE, "halls.hall.room=12 MW", "sites.north.most_it=24 MW", "power.grid@north.most=100 MW")
    assert "target 1 (30 MW IT by 2028-Q1); halls.halls_within_site" in found
    assert "misses target 1 (30 MW IT by 2028-Q1) by 6 MW IT in 2028" in found


def test_thirty_megawatts_where_power_for_20_is_offered(tmp_path: Path) -> None:
    """24 MW of grid and no engines carry 24 / 1.2 = 20 MW of IT: 10 MW too few."""
    found = message(tmp_path, *NORTH_ALONE, "sites.north.most_it=40 MW", "halls.hall.most_started=4 1/year", "power.gas_engine.most=0 MW")
    assert "power.capacity_within_offer" in found
    assert "misses target 1 (30 MW IT by 2028-Q1) by 10 MW IT in 2028" in found


def test_ten_megawatts_for_too_little_money(tmp_path: Path) -> None:
    """Of 200 MUSD, site and hall take 110; 7 MW of grid take 3.5, and 86.5 at 16.8 a MW buy 5.1488 MW of racks: 4.851 too few.

    6 MW of grid would carry 5 MW only.
    """
    found = message(tmp_path, "budget.capital.cap=200 MUSD_2026")
    assert "target 1 (10 MW IT by 2028-Q1); budget.capital_within_cap (capital, 200 MUSD)" in found
    assert f"misses target 1 (10 MW IT by 2028-Q1) by {10 - 86.5 / 16.8:.4f} MW IT in 2028" in found


def test_a_target_before_anything_can_be_built(tmp_path: Path) -> None:
    """Ten megawatts in 2026, when halls take a year: no other promise is to blame."""
    found = message(tmp_path, "model.target.1.by=2026-Q1")
    assert found.startswith("No plan keeps target 1 (10 MW IT by 2026-Q1).")
    assert "by 10 MW IT in 2026" in found


def test_a_wrong_answer_is_never_passed_on_as_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the halls are written: the audit says so, the folder is marked, and the exit code is that of a failure."""
    from gwplan.results import store

    honest = store.write_table

    def halved(folder: Path, name: str, columns: dict[str, list[object]]) -> None:
        values = [0.5 * float(str(value)) for value in columns["value"]] if name == "halls.stock" else None
        honest(folder, name, columns if values is None else columns | {"value": values})

    monkeypatch.setattr(store, "write_table", halved)
    outcome = solve(Request(TINY, runs=tmp_path))
    assert (outcome.exit_code, outcome.status) == (1, "audit failed")
    assert outcome.run is not None and "_FAILED_AUDIT_" in outcome.run.name
