"""A run by the hour that is changed in one place: the audit names what no longer fits."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from math import pi, sin
from pathlib import Path

import pytest

from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.audit import quick
from tests.hours.small import BATTERY, GRID, HEAD, LOST, MODEL, SITE, SUN, lines

Rows = list[dict[str, str]]
Change = Callable[[Rows], object]
TARIFF = {"most": "6 MW", "price": "0.2 MUSD_2026/MW", "energy_price": "20 USD_2026/MWh", "monthly_charge": "0.008 MUSD_2026/MW/month",
          "ratchet": "0.9 1", "coincident_charge": "0.01 MUSD_2026/MW/year", "carbon_free": "0.05 1"}
SUPPLIES = {"grid": GRID | TARIFF, "sun": SUN | {"price": "0.3 MUSD_2026/MW", "most": "50 MW"},
            "engine": GRID | {"fuel": "none", "most": "2 MW", "price": "0.5 MUSD_2026/MW", "energy_price": "70 USD_2026/MWh", "ramp": "0.05 1/hour",
                              "minimum_load": "0.5 1"},
            "store": BATTERY | {"most": "20 MW", "price": "0.05 MUSD_2026/MW", "storage_price": "3 USD_2026/kWh", "efficiency": "0.7 1",
                      "itc": "0.3 1"},
            "unserved_energy": LOST | {"lost_load_price": "90 USD_2026/MWh", "curtailable": "0.4 1", "curtailable_hours": "900 hour/year"},
            "matching": {"annual_share": "0.21 1", "hourly_share": "0.031 1"}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two typical days and two extreme ones of four segments: sun, a store whose energy is bought apart, a grid with a ratchet, an engine."""
    folder = tmp_path_factory.mktemp("hours")
    (folder / "inputs" / "profiles").mkdir(parents=True)
    draw = random.Random(1)
    cloud = [draw.uniform(0.1, 1) for _ in range(365)]
    sun = [f"{hour},{int(hour in (4000, 5001))},{max(0.0, sin(pi * (hour % 24 + 0.5 - 6) / 12)) * cloud[hour // 24]:.4f}" for hour in range(8760)]
    tables = {
        "power": lines(SUPPLIES), "demand": lines({"campus": {"power": "10 MW", "mean_share": "0.9 1"}}),
        "sites": [HEAD, f"{SITE},,,opening_price,,0,,MUSD_2026,made,", f"{SITE},,,most_it,,9000,,MW,made,"],
        "sources": ["key,title,publisher,date,address,kind", "made,Made up,gwplan,2026,,estimate"],
        "deflators": ["year,index", "2026,100"], "profiles/units": ["series,unit", "solar,1", "coincident,1"], f"profiles/{SITE}": ["hour,coincident,solar", *sun]}
    for name, rows in tables.items():
        (folder / "inputs" / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    text = MODEL.format(end=2026, linked="true").replace('kind = "full"', 'kind = "typical_days"\nn = 2\nsegments = 4')
    (folder / "model.toml").write_text(text.lstrip(), encoding="utf-8")
    outcome = solve(Request(folder / "model.toml", runs=folder / "runs"))
    assert outcome.run is not None
    for copy in (outcome.run / "tables").glob("*.parquet"):  # else each change is noticed by its copy alone
        copy.unlink()
    return Path(outcome.run)


def times(factor: float, *where: int) -> Change:
    """The values of some rows, by number, or of all, times a factor."""
    def change(rows: Rows) -> None:
        for place in where or range(len(rows)):
            rows[place]["value"] = repr(float(rows[place]["value"]) * factor)
    return change


def written(column: str, *texts: str) -> Change:
    """Other texts in a column, from the first row on."""
    def change(rows: Rows) -> None:
        for row, text in zip(rows, texts, strict=False):
            row[column] = text
    return change


def scaled(rows: Rows) -> None:
    """All of a series, its mean too, a fifth larger."""
    for row in rows:
        row["value"], row["mean"] = (repr(float(row[name]) * 1.2) for name in ("value", "mean"))


def alike(rows: Rows) -> None:
    """The days of the year in another order: all that are alike one after the other."""
    for row, day in zip(rows, sorted(row["typical"] for row in rows), strict=True):
        row["typical"] = day


CHANGES: dict[str, tuple[str, Change, str]] = {
    "output": ("power.output", times(1.01, 0), "power.energy_is_balanced"),
    "charge": ("power.charge", times(1.01), "power.storage_ends_as_it_began"),
    "discharge": ("power.discharge", times(1.01), "power.storage_ends_as_it_began"),
    "unserved": ("power.unserved", times(1.01), "power.energy_is_balanced"),
    "billed": ("power.billed_demand", times(0.95), "power.billed_is_month_peak"),
    "ratchet": ("power.billed_demand", times(0.5, 0), "power.billed_remembers"),
    "energy": ("power.energy_ordered", times(0.9), "power.energy_capacity_is_what_follows"),
    "holds": ("power.energy_capacity", times(0.9), "power.energy_capacity_is_what_follows"),
    "share": ("slices", written("share", "0.5"), "hours.share_of_slices_is_that_of_their_days"),
    "length": ("slices", written("hours", "23"), "hours.share_of_slices_is_that_of_their_days"),
    "order": ("days", alike, "power.storage_within_energy"),
    "months": ("slices", written("in_months", "0"), "hours.slices_occur_in_their_months"),
    "held": ("power.level", times(1.1), "power.level_follows_flows"),
    "highest import": ("power.month_peak", times(0.9), "power.month_peak_is_highest"),
    "hours of the peak": ("peak_hours", written("window", "0.5"), "hours.peak_hours_are_those_of_the_profiles"),
    "series": ("hours", times(1.1), "hours.series_keep_their_means"),
    "series and mean": ("hours", scaled, "hours.means_are_those_of_the_profiles"),
}


def test_the_run_passes(run: Path) -> None:
    found = quick.audited(run)
    assert [str(check) for check in found.checks if not check.passed] == []
    tables = {table for table, _, _ in CHANGES.values()}
    empty = [table for table in tables if len((run / "tables" / f"{table}.csv").read_text(encoding="utf-8").splitlines()) < 2]
    assert empty == []


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_noticed(run: Path, tmp_path: Path, name: str) -> None:
    table, change, wanted = CHANGES[name]
    copy = shutil.copytree(run, tmp_path / "run")
    file = copy / "tables" / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert wanted in quick.wrong_until(copy, [wanted])


@pytest.mark.parametrize(("old", "new", "wanted"), [
    ("annual_share,,0.21", "annual_share,,1.9", "power.renewables_match_the_year"),
    ("hourly_share,,0.031", "hourly_share,,0.9", "power.carbon_free_matches_each_slice"),
    ("carbon_free,,0.05", "carbon_free,,0", "limits.power_carbon_free_matches_each_slice_slack_is_what_follows"),
])
def test_what_is_asked_of_matching_is_noticed(run: Path, tmp_path: Path, old: str, new: str, wanted: str) -> None:
    copy = shutil.copytree(run, tmp_path / "run")
    file = copy / "inputs" / "power.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert wanted in quick.wrong_until(copy, [wanted])
