"""Systems that wait before they run: by hand, from written tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gwplan.reports.sentences import proxies, waiting_systems
from gwplan.results.run_files import InMemory
from gwplan.results.run_folder import RunFolder
from gwplan.results.waiting import waiting

KEYS = "system,site,period,value\n"
INPUTS = "item,site,when,quantity,low,base,high,unit,source,note\nrack,,,power,,500,,kW,s,\nrack,,,overhead,,1.2,,1,s,\nrack,,,spares,,0.1,,1,s,\n"
PERIODS = ["2027", "2028", "2029", "2030", "2031"]


def run_of(installed: dict[str, float], running: dict[str, float], room: dict[str, float], slack: float = 0.0) -> RunFolder:
    """A run of one system at one site. room: MW of halls by year; slack: allocation left in each year of the limit of 100."""
    load = {year: number * 0.6 for year, number in running.items()}
    limits = "".join(f'accelerators.arrivals_within_allocation,"rack,{year}",most,100,{100 - slack},{slack},0,systems\n' for year in PERIODS)
    quoted = str(PERIODS).replace("'", '"')
    return RunFolder(Path("run"), InMemory({
        "summary.json": f'{{"periods": {quoted}}}', "manifest.json": "{}",
        "inputs/accelerators.csv": INPUTS, "inputs/labels.csv": "item,label\nnorth,North Field\n",
        "tables/accelerators.installed.csv": KEYS + rows("rack", installed), "tables/accelerators.running.csv": KEYS + rows("rack", running),
        "tables/periods.csv": "period,first,months\n" + "".join(f"{year},{12 * (2027 + number)},12\n" for number, year in enumerate(PERIODS)),
        "tables/account.hall_room.csv": KEYS + rows("room", room), "tables/account.it_peak.csv": KEYS + rows("it", load),
        "tables/limits.csv": "rule,index,side,bound,use,slack,dual,unit\n" + limits,
    }))


def rows(name: str, amounts: dict[str, float]) -> str:
    return "".join(f"{name},north,{year},{value}\n" for year, value in amounts.items() if value)


def test_systems_before_the_first_hall() -> None:
    """60 in 2027 and 88 in 2028, of 0.6 MW; from 2029 on 80 run with 8 spares. All of the allocation is taken."""
    run = run_of({"2027": 60, "2028": 88, "2029": 88, "2030": 88}, {"2029": 80, "2030": 80}, {"2029": 96, "2030": 96})
    (found,) = waiting(run)
    assert (found.most, found.between, found.awaited, found.allocated) == (88, (0, 1), "2029", True)
    assert found.megawatts == pytest.approx(88 * 0.6)
    assert waiting_systems(run) == ("Up to 88 systems (53 MW) wait at North Field between 2027 and 2028, for the first hall, which opens in "
                                    "2029; all that their makers allocate then is taken.")


def test_systems_for_which_the_halls_are_full() -> None:
    """In 2028 50 run in halls of 30 MW, of 77 there: 22 wait beside 5 spares. Some allocation is left."""
    run = run_of({"2027": 55, "2028": 77, "2029": 77}, {"2027": 50, "2028": 50, "2029": 70}, {"2027": 30, "2028": 30, "2029": 42}, slack=5)
    assert waiting_systems(run) == "Up to 22 systems (13 MW) wait at North Field in 2028, for room in the halls."


def test_systems_for_which_power_is_short() -> None:
    run = run_of({"2027": 77, "2028": 77}, {"2027": 50, "2028": 70}, {"2027": 42, "2028": 42}, slack=5)
    assert waiting_systems(run) == "Up to 22 systems (13 MW) wait at North Field in 2027, for power or another limit."


def test_what_is_switched_off_for_good_does_not_wait() -> None:
    """All run at once; in 2029 fewer do and none comes back."""
    run = run_of(dict.fromkeys(PERIODS[:3], 55), {"2027": 50, "2028": 50, "2029": 20}, dict.fromkeys(PERIODS[:3], 30))
    assert waiting(run) == [] and waiting_systems(run) == ""


@pytest.mark.parametrize(("sites", "said"), [
    (["north", "south"], "North Field stands for a site like it: the campus there is occupied."),
    (["east", "north"], "east; North Field stand for sites like them: the campuses there are occupied."), (["south"], ""), ([], ""),
])  # fmt: skip
def test_an_occupied_campus_stands_for_a_site_like_it(sites: list[str], said: str) -> None:
    files = InMemory({
        "summary.json": json.dumps({"sites": dict.fromkeys(sites, "2027")}), "manifest.json": "{}", "inputs/labels.csv": "item,label\nnorth,North Field\n",
        "inputs/sites.csv": "item,site,when,quantity,low,base,high,unit,source,note\nnorth,,,campus,,occupied,,label,s,\n"
                            "south,,,campus,,land,,label,s,\neast,,,campus,,occupied,,label,s,\n"})
    assert proxies(RunFolder(Path("run"), files)) == said
