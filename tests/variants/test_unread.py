"""Numbers that a figure does not read are no drivers of it: prices move no soonest date, as long as there is no budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from gwplan.analysis.scenarios.scenario import ask
from gwplan.analysis.uncertainty import correlations, shares
from gwplan.analysis.uncertainty.correlations import band
from gwplan.analysis.uncertainty.ranges import drawables
from gwplan.analysis.uncertainty.unread import NOT_READ, OBJECTIVE, Readers, always_true, doubtful, set_aside
from gwplan.commands.sample import sample as command
from gwplan.planning.build import read
from gwplan.planning.request import Request
from tests.support import TINY, copied, edited, replaced

HALL, RACK = "halls.hall.price", "accelerators.old_rack.price"
SAMPLES = 14
RANGES = {HALL: ("8", "15"), RACK: ("1.5", "2.5")}


def ranged(folder: Path) -> Path:
    """A copy of tiny with two ranges."""
    model = copied(TINY, folder)

    def edit(table: str, row: dict[str, str]) -> dict[str, str]:
        low, high = RANGES.get(f"{table}.{row['item']}.{row['quantity']}{row['when']}", (row["low"], row["high"]))
        return row | {"low": low, "high": high}

    assert edited(model, edit) == len(RANGES)
    return model


def soonest(folder: Path, budget: bool = False) -> Path:
    """That copy with another goal; budget: with its cap on capital."""
    model = ranged(folder)
    if not budget:
        replaced(model, ', "budget"]', "]")
    replaced(model, 'kind = "least_cost"', 'kind = "soonest"')
    replaced(model, "any_hardware = true ", "")
    return model


def sampled(model: Path, runs: Path, count: int = SAMPLES) -> tuple[dict[str, Any], Path]:
    """The document of a sample, and its folder."""
    done = CliRunner().invoke(command, [str(model), "-n", str(count), "--workers", "1", "--runs", str(runs), "--json"])
    found = json.loads(done.stdout)
    assert found["exit_code"] == 0
    return found, Path(found["folder"])


def unread(model: Path) -> dict[str, frozenset[str]]:
    drawn = drawables(read(Request(model)))
    return Readers(ask(model), {each.key: each for each in drawn}).unread([HALL, RACK])


def test_prices_move_a_least_cost_and_its_capital(tmp_path: Path) -> None:
    assert unread(ranged(tmp_path)) == {HALL: frozenset(), RACK: frozenset()}


def test_prices_move_no_soonest_date_without_a_budget_but_the_capital(tmp_path: Path) -> None:
    """Of the soonest plans the one of least cost is taken, so a price may change what is built and what is paid, not when."""
    found = unread(soonest(tmp_path))
    assert found == {HALL: frozenset({OBJECTIVE}), RACK: frozenset({OBJECTIVE})}


def test_with_a_budget_prices_may_move_the_soonest_date(tmp_path: Path) -> None:
    assert unread(soonest(tmp_path, budget=True)) == {HALL: frozenset(), RACK: frozenset()}


@pytest.mark.parametrize(("own", "others", "ends", "true"), [
    (1.0, [-2.0], (0.0, 0.0), True), (1.0, [2.0], (0.0, 0.0), False), (-1.0, [2.0], (0.0, 0.0), True), (1.0, [-2.0], (-1.0, -1.0), False),
    (1.0, [2.0], (5.0, np.inf), True), (-1.0, [2.0], (-np.inf, 5.0), True), (1.0, [2.0], (-np.inf, 5.0), False),
])
def test_a_row_bears_on_nothing_where_its_own_column_makes_it_true(own: float, others: list[float], ends: tuple[float, float], true: bool) -> None:
    """x = 2 y always has an x >= 0; x + 2 y = 0 and x - 2 y = -1 have not; x may be large enough for a floor, and not small enough for a cap."""
    assert always_true(np.array([own, *others]), own, ends) is true


def test_only_what_chance_may_have_made_is_looked_at() -> None:
    limit = band(100)
    table = {"key": ["strong", "doubtful", "weak", "other"], "rho_objective": [0.9, 1.5 * limit, 0.5 * limit, None],
             "rho_capital": [0.0, 0.0, 0.0, -1.2 * limit]}
    assert doubtful(table, ("objective", "capital"), 100) == ["doubtful", "other"]


def test_what_is_not_read_has_no_correlation_and_stands_last() -> None:
    table = {"key": ["a", "b"], "unit": ["1", "1"], "rho_objective": [0.3, 0.2], "rho_capital": [0.3, 0.2], "note_objective": ["", ""],
             "note_capital": ["", ""]}
    found = set_aside(table, (OBJECTIVE, "capital"), {"a": frozenset({OBJECTIVE})})
    assert found["key"] == ["b", "a"] and found["rho_objective"] == [0.2, None] and found["rho_capital"] == [0.2, 0.3]
    assert found["note_objective"] == ["", NOT_READ] and found["note_capital"] == ["", ""]


def test_a_sample_tells_shares_and_ranks_no_number_that_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost is linear in both prices while the plan is the same: 80 racks for +-0.5 and 10 MW of halls for up to 5."""
    monkeypatch.setattr(shares, "LEAST_DRAWS", SAMPLES)
    monkeypatch.setattr(shares, "DRAWS_A_TERM", 1)
    found, folder = sampled(ranged(tmp_path), tmp_path / "runs")
    assert found["shares_explained"] > 0.9 and {row["number"] for row in found["shares"]} == {HALL, RACK}
    assert sum(row["share"] for row in found["shares"]) == pytest.approx(1.0, abs=0.05)
    assert "Shares of variance" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_sample_of_soonest_plans_has_no_price_among_the_drivers_of_its_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the correlation of a date that never moves: here made up, as if by chance."""
    by_chance = np.array([1.5, 1.2]) * band(3)
    monkeypatch.setattr(correlations, "rank_correlations", lambda chances, outcome: by_chance)
    found, _ = sampled(soonest(tmp_path), tmp_path / "runs", 3)
    assert [row["note_objective"] for row in found["drivers"]] == [NOT_READ, NOT_READ]
    assert [row["rho_objective"] for row in found["drivers"]] == [None, None]
    assert all(row["rho_capital_first_build_musd"] for row in found["drivers"])
    assert found["shares_refused"]
