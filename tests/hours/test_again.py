"""A plan of few days, sized against all hours, and planned again with the days kept that it did not see: by properties of linear programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.analysis.dispatch.again import Again, keep, size
from gwplan.analysis.dispatch.whole_year import CannotDispatch, WholeYear, dispatch
from gwplan.commands.cli import gwplan
from gwplan.common.status import Exit
from gwplan.model.parts.power.supplies import overlapping
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.hours.small import BATTERY, GRID, HEAD, MODEL, SITE, SUN, case_of, lines, solved

SUPPLIES = {
    "grid": GRID | {"most": "6 MW", "price": "0.2 MUSD_2026/MW", "energy_price": "60 USD_2026/MWh"},
    "wind": SUN | {"fuel": "wind", "price": "0.3 MUSD_2026/MW"}, "solar": SUN | {"price": "0.4 MUSD_2026/MW"},
    "store": BATTERY | {"price": "0.02 MUSD_2026/MW", "storage_price": "100 USD_2026/kWh", "efficiency": "0.9 1"},
    "unserved_energy": {"lost_load_price": "3000 USD_2026/MWh", "curtailable": "1 1", "curtailable_hours": "0 hour/year"}}
BAD = 200
"""The day without wind, 20 July: with its sun it is not the calmest one."""
KINDS = 4
"""Of days: with so many typical ones of 24 hours nothing is left out."""
Weather = Callable[[int], tuple[float, float]]


def alike(hour: int) -> tuple[float, float]:
    """Wind and sun, the same on each day."""
    return 0.5 + 0.3 * (hour % 24 < 12), 0.8 * (8 <= hour % 24 < 16)


def changing(hour: int) -> tuple[float, float]:
    """Days of four kinds: of wind and clouds, of sun; one in winter with little wind; and one in July without any, and weak sun."""
    day = hour // 24
    wind, sun = alike(hour)
    if day == BAD:
        return 0.0, 0.4 * sun
    return (0.08, 0.0) if day == 20 else (wind, 0.3 * sun) if day % 2 else (0.6 * wind, sun)


def planned(folder: Path, weather: Weather, hours: str, supplies: dict[str, dict[str, str]] = SUPPLIES) -> Path:
    """The run of a model of a year: 10 MW in all hours."""
    (folder / "inputs" / "profiles").mkdir(parents=True)
    rows = [f"{hour},{','.join(str(each) for each in weather(hour))}" for hour in range(8760)]
    tables = {
        "power": lines(supplies), "demand": lines({"campus": {"power": "10 MW"}}),
        "sites": [HEAD, *(f"{site},,,{text}made," for site in (SITE, "empty") for text in ("opening_price,,0,,MUSD_2026,", "most_it,,9000,,MW,"))],
        "sources": ["key,title,publisher,date,address,kind", "made,Made up,gwplan,2026,,estimate"], "deflators": ["year,index", "2026,100"],
        "profiles/units": ["series,unit", "wind,1", "solar,1"], f"profiles/{SITE}": ["hour,wind,solar", *rows]}
    for name, text in tables.items():
        (folder / "inputs" / f"{name}.csv").write_text("\n".join(text), encoding="utf-8")
    (folder / "model.toml").write_text(MODEL.format(end=2026, linked="true").replace('kind = "full"', hours).lstrip(), encoding="utf-8")
    outcome = solve(Request(folder / "model.toml", runs=folder / "runs", vendors=False))
    assert outcome.run is not None, outcome.message
    return Path(outcome.run)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two typical days of three segments, which see no day without wind."""
    return planned(tmp_path_factory.mktemp("again"), changing, 'kind = "typical_days"\nn = 2\nsegments = 3')


@pytest.fixture(scope="module")
def year(run: Path) -> WholeYear:
    return dispatch(RunFolder(run))


@pytest.fixture(scope="module")
def sized(year: WholeYear) -> Again:
    found = size(year, KINDS)
    assert isinstance(found, Again)
    return found


def missed(year: WholeYear) -> float:
    return sum(site.unserved_gwh for site in year.sites)


def test_few_days_leave_load_unserved_in_the_year(year: WholeYear) -> None:
    assert missed(year) > 0


def test_sized_against_the_year_all_is_served_at_no_more_than_it_was_taken_to_cost(sized: Again) -> None:
    """All hours are in the plan; each day of a kind is run alike in it, and need not be in the year."""
    assert missed(sized.after) == pytest.approx(0, abs=1e-6)
    (site,) = sized.after.sites
    assert site.cost_musd <= site.planned_musd * (1 + 1e-6)


def test_the_connection_stays_and_the_rest_is_free(sized: Again) -> None:
    before, after = ({supply: power for supply, _, *powers in sized.capacities for power in powers[place:place + 1]} for place in (0, 1))
    assert after["grid"] == pytest.approx(before["grid"], rel=1e-9)
    assert any(abs(after[name] - before[name]) > 0.01 for name in ("wind", "solar", "store"))


def test_a_plan_that_is_sized_costs_at_least_that_of_a_free_one(tmp_path: Path, sized: Again) -> None:
    """All decisions of the year free: a plan with the connection held cannot cost less."""
    free = RunFolder(planned(tmp_path, changing, f'kind = "typical_days"\nn = {KINDS}'))
    assert sized.costs[1] >= float(free.summary["npv_cost_musd"]) * (1 - 1e-7)


def test_sizing_of_a_plan_that_saw_the_year_as_it_is_changes_nothing(tmp_path: Path) -> None:
    """All days alike: one typical day is exact."""
    found = size(dispatch(RunFolder(planned(tmp_path, alike, 'kind = "typical_days"\nn = 1'))), 3)
    assert found.costs[1] == pytest.approx(found.costs[0], rel=1e-7)
    for _, _, before, after in (*found.capacities, *found.energies):
        assert after == pytest.approx(before, rel=1e-4, abs=1e-4)


def test_the_day_that_was_not_seen_is_found_and_kept(year: WholeYear) -> None:
    """Planned again with it, at a cost that is no lower, from one more day: all load is served."""
    found = keep(year, 1)
    assert found is not None
    assert found.days == ("07-20",)
    assert missed(found.after) == pytest.approx(0, abs=1e-6)
    assert found.costs[1] > found.costs[0]
    assert found.after.run.manifest["definition"]["hours"]["keep"] == ["07-20"]
    assert keep(found.after, 1) is None


def test_where_all_comes_whole_there_is_nothing_to_size(tmp_path: Path) -> None:
    alone = {"grid": SUPPLIES["grid"] | {"most": "20 MW"}}
    with pytest.raises(CannotDispatch, match="nothing to size"):
        size(dispatch(RunFolder(planned(tmp_path, alike, 'kind = "typical_days"\nn = 1', alone))), 2)


def test_the_command_writes_both_runs_and_compares(run: Path) -> None:
    result = CliRunner().invoke(gwplan, ["dispatch", str(run), "--keep", "1", "--size", "4", "--json"])
    assert result.exit_code == Exit.SOLVED, result.output
    kept, sized = json.loads(result.output)["again"]
    assert (kept["what"], kept["days"], sized["what"], sized["days"]) == ("kept", ["07-20"], "sized", ["07-20"])
    assert kept["unserved_gwh"]["before"] > 0 and kept["unserved_gwh"]["after"] == pytest.approx(0, abs=1e-6)
    assert sized["npv_cost_musd"]["before"] == kept["npv_cost_musd"]["after"]
    for each in (kept, sized):
        folder = run.parent / each["run"]
        assert json.loads((folder / "audit.json").read_text())["ok"]
    with (run.parent / sized["run"] / "inputs" / "sites.csv").open(newline="") as file:
        assert {row["item"] for row in csv.DictReader(file)} == {SITE}, "the site without load is left out"
    none = CliRunner().invoke(gwplan, ["dispatch", str(run.parent / kept["run"]), "--keep", "1"])
    assert "No day is kept: all load is served" in " ".join(none.output.split())
    said = CliRunner().invoke(gwplan, ["dispatch", str(run), "--size", "0"])
    assert said.exit_code == 2 and "no number of days" in said.output


def test_a_plan_of_means_needs_the_series_of_what_it_builds(tmp_path: Path) -> None:
    """Solved without hours; then the file of the site has no sun: sun that is built does not give its mean day and night."""
    place = {"most": "20 MW", "direct_share": "0.3 1", "capacity_factor": "0.25 1"}
    supplies = {"grid": SUPPLIES["grid"] | {"most": "20 MW", "energy_price": "90 USD_2026/MWh"}, "solar": SUN | place | {"most": "8 MW"},
                "wind": SUN | place | {"fuel": "wind", "most": "2 MW"}}
    folder = planned(tmp_path, alike, 'kind = "mean"', supplies)
    assert sum(dispatch(RunFolder(folder)).sites[0].energy_gwh.values()) == pytest.approx(87.6)
    (tmp_path / "inputs" / "profiles" / f"{SITE}.csv").write_text("hour,wind\n" + "\n".join(f"{hour},0.5" for hour in range(8760)))
    with pytest.raises(CannotDispatch, match="solar at place has no hourly series"):
        dispatch(RunFolder(folder))


def test_supplies_of_a_site_without_load_do_not_overlap() -> None:
    """In a plan of yearly means, at a site where nothing is wanted: no row is stated of output that is not there."""
    case = case_of({"grid": GRID, "solar": SUN | {"direct_share": "0.3 1", "capacity_factor": "0.25 1"},
                    "wind": SUN | {"fuel": "wind", "direct_share": "0.4 1", "capacity_factor": "0.4 1"}}, "0 MW", None)
    assert overlapping(case, SITE) == {}
    assert solved(case).answer.x is not None
