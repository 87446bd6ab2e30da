"""The map of sites: where they are, which are in the plan, and none where the tables have no coordinates."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from gwplan.inputs.unused import unused
from gwplan.planning.build import build, read_case, read_definition
from gwplan.reports.webpage.run.charts_map import LARGEST, sites_map
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import numbers_of
from tests.support import TINY, copied

PLACES = {"north": (44.0, -93.0), "south": (32.5, -96.5)}


def rows(places: dict[str, tuple[float | None, ...]]) -> str:
    """Rows of sites.csv with coordinates."""
    found = [f"{site},,,{quantity},,{number},,degree,round_numbers,\n" for site, numbers in places.items()
             for quantity, number in zip(("latitude", "longitude"), numbers, strict=True) if number is not None]
    return "".join(found)


@pytest.fixture
def placed(tiny_run: Path, tmp_path: Path) -> RunFolder:
    shutil.copytree(tiny_run, tmp_path / "run")
    with (tmp_path / "run" / "inputs" / "sites.csv").open("a", encoding="utf-8") as file:
        file.write(rows(PLACES))
    return RunFolder(tmp_path / "run")


def test_sites_are_where_the_tables_say_and_as_large_as_their_power(placed: RunFolder) -> None:
    chart = sites_map(placed)
    assert chart is not None
    opened = {row["item"] for row in csv.DictReader(placed.plan_text.splitlines()) if row["decision"] == "opening"}
    assert {0 < len(opened), len(opened) < len(PLACES)} == {True}
    most = max(json.loads((placed.path / "summary.json").read_text(encoding="utf-8"))["it_mw"])
    for trace, names in zip(chart.traces, (opened, PLACES.keys() - opened), strict=True):
        assert {(y, x) for x, y in zip(trace["x"], trace["y"], strict=True)} == {PLACES[name] for name in names}
    filled, ring = (trace["marker"] for trace in chart.traces)
    assert filled["size"] == pytest.approx([most]) and ring["symbol"] == "circle-open"
    # Plotly draws an area of size / sizeref x 2 as the square of the diameter.
    assert (2 * most / filled["sizeref"]) ** 0.5 == pytest.approx(LARGEST)
    assert [row[1:3] for row in chart.rows] == sorted(PLACES.values(), key=lambda place: place[1])


def test_a_mile_is_as_long_to_the_north_as_to_the_east(placed: RunFolder) -> None:
    """At 38.25 degrees, halfway, a degree to the east is 0.785 of one to the north."""
    chart = sites_map(placed)
    assert chart is not None
    assert chart.layout["yaxis"]["scaleratio"] == pytest.approx(1 / 0.7853, rel=1e-3)


def test_without_coordinates_there_is_no_map(tiny_run: Path, placed: RunFolder) -> None:
    assert sites_map(RunFolder(tiny_run)) is None
    assert numbers_of(placed).by_grade == numbers_of(RunFolder(tiny_run)).by_grade  # no plan hangs on where a site is


def test_coordinates_count_as_used_and_half_a_place_is_said(tmp_path: Path) -> None:
    said = {}
    for name, places in {"whole": PLACES, "half": {"north": (44.0, None)}}.items():
        (tmp_path / name).mkdir()
        model = copied(TINY, tmp_path / name)
        with (tmp_path / name / "inputs" / "sites.csv").open("a", encoding="utf-8") as file:
            file.write(rows(places))
        case = read_case(read_definition(model))
        build(case)
        said[name] = [(each.value.row.quantity, each.reason, each.loud) for each in unused(case) if each.value.row.unit == "degree"]
    assert said == {"whole": [], "half": [("latitude", "a place on the map needs the longitude too", True)]}
