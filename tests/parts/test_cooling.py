"""Cooling alone: power at the meter and water, from the IT power of each kind of cooling."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parts.stage import Stage, tiny


def staged(folder: Path, *changes: str, **options: object) -> Stage:
    """10 MW of IT at the peak and 8 in the mean, in the first period in the north; a quarter of it leased."""
    stage = Stage(tiny(folder, *changes, **options), "cooling").decide()  # type: ignore[arg-type]
    for tenure, share in (("own", 0.75), ("leased", 0.25)):
        stage.fake("it_peak", {(tenure, "north", "liquid", 0): 10 * share})
        stage.fake("it_mean", {(tenure, "north", "liquid", 0): 8 * share})
    return stage.bind()


def test_the_meter_sees_peak_by_the_peak_ratio_and_mean_by_the_mean_ratio(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.put("facility_peak", {("north", 0): 12})
    stage.put("facility_mean", {("north", 0, "year"): 8.8})
    stage.put("water", {("north", 0): 8 * 8760 * 0.1 / 1000})  # 8 MW in the mean, 0.1 L/kWh: 7.008 ML
    assert stage.broken() == set()
    assert stage.amounts("facility_peak") == pytest.approx({("north", 0): 12})
    assert stage.amounts("facility_mean") == pytest.approx({("north", 0, "year"): 8.8})
    assert stage.amounts("water") == pytest.approx({("north", 0): 7.008})


def test_no_less_and_no_more(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.put("facility_peak", {("north", 0): 11.9})
    stage.put("facility_mean", {("north", 0, "year"): 8.9})
    stage.put("water", {("north", 0): 7.008, ("south", 1): 1})
    assert stage.broken() == {
        ("peak_at_the_meter", ("north", 0)), ("mean_at_the_meter", ("north", 0, "year")), ("water_follows_load", ("south", 1)),
    }


def test_a_quarter_uses_a_quarter_of_the_water_and_kinds_of_cooling_add_up(tmp_path: Path) -> None:
    air = ("cooling.air.peak_ratio=1.5 1", "cooling.air.mean_ratio=1.3 1", "cooling.air.water=1 L/kWh")
    stage = Stage(tiny(tmp_path, *air, step="quarter", end="2026-Q4"), "cooling").decide()
    stage.fake("it_peak", {("own", "north", "air", 1): 2, ("own", "north", "liquid", 1): 10})
    stage.fake("it_mean", {("own", "north", "air", 1): 1, ("own", "north", "liquid", 1): 8})
    stage.bind()
    stage.put("facility_peak", {("north", 1): 10 * 1.2 + 2 * 1.5})
    stage.put("facility_mean", {("north", 1, "year"): 8 * 1.1 + 1 * 1.3})
    stage.put("water", {("north", 1): 7.008 / 4 + 1 * 2190 * 1 / 1000})
    assert stage.broken() == set()
