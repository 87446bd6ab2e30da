"""Carbon alone: what is counted, priced and capped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts.stage import Stage, tiny


def staged(folder: Path, *changes: str, emitted: list[float], **options: object) -> Stage:
    """Operational kt by period in the north, 30 kt embodied in the first period in the south."""
    stage = Stage(tiny(folder, *changes, **options), "carbon").decide()  # type: ignore[arg-type]
    stage.fake("emissions", {("operational", "north", n): amount for n, amount in enumerate(emitted)})
    stage.fake("emissions", {("embodied", "south", 0): 30})
    stage.bind()
    stage.follow("operational", ("north",), emitted)
    return stage


def test_running_pays_the_price_to_the_treasury_and_building_does_not(tmp_path: Path) -> None:
    stage = staged(tmp_path, "carbon.emissions.price=20 USD_2026/t", "carbon.emissions@@2028.price=60 USD_2026/t", emitted=[20, 30, 40])
    assert stage.broken() == set()
    # kt x USD/t / 1000 = MUSD. 20 until the start of 2027, 60 from that of 2028: 40 in the middle of 2027.
    assert stage.money("running") == pytest.approx(
        {("carbon", "emissions", "north", "treasury", n): amount for n, amount in enumerate((20 * 0.02, 30 * 0.04, 40 * 0.06))}
    )
    assert stage.money("capital") == {}


def test_what_is_paid_for_is_what_is_emitted(tmp_path: Path) -> None:
    stage = staged(tmp_path, emitted=[20, 30, 40])
    stage.follow("operational", ("north",), [20, 30, 39])
    assert stage.broken() == {("operational_is_what_runs", ("north", 2))}


def test_the_yearly_cap_holds_over_any_four_quarters_and_all_sites(tmp_path: Path) -> None:
    stage = staged(tmp_path, emitted=[10, 20, 30, 40, 10, 20, 30, 40], step="quarter", end="2027-Q4")
    assert stage.broken() == set()
    turned = [10, 20, 30, 40, 40, 30, 20, 10]
    for n, amount in enumerate(turned):
        stage.faked["emissions", ("operational", "north", n)].set_value(amount)
    stage.follow("operational", ("north",), turned)
    assert stage.broken() == {("operational_within_cap", (n,)) for n in (4, 5, 6)}


def test_the_embodied_cap_counts_all_sites_and_periods(tmp_path: Path) -> None:
    stage = staged(tmp_path, emitted=[0, 0, 0])
    assert stage.broken() == set()  # 30 of 50 kt
    stage.faked["emissions", ("embodied", "south", 0)].set_value(50.5)
    assert stage.broken() == {("embodied_within_cap", ("embodied",))}


def test_without_caps_there_are_no_rows(tmp_path: Path) -> None:
    stage = staged(tmp_path, "carbon.operational.cap=", "carbon.embodied.total_cap=", emitted=[1000, 1000, 1000])
    assert stage.keys("operational_within_cap") == stage.keys("embodied_within_cap") == []
    assert stage.broken() == set()
