"""Hedges of storage, of halls that are renewed and of options on compute, by hand, with the re-planner beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.analysis.hedge.rolling import Rolled, rolling
from gwplan.analysis.hedge.rolling_study import moved_of, write
from gwplan.analysis.hedge.study import moved_of as hedge_moved_of
from gwplan.analysis.hedge.study import now_of
from gwplan.analysis.hedge.study import write as write_hedge
from gwplan.analysis.scenarios.study import StudyRequest
from gwplan.common.calendar import HOURS_A_YEAR
from gwplan.reports.hedge import moved_lines
from tests.hedge.test_flexibility import small
from tests.hours.small import BATTERY, GRID, HEAD, SITE, SUN, lines
from tests.parts.stage import tiny
from tests.support import solve_model

HEADER = "scenario,probability,known,set,overlay,note\n"
MODEL = """
inputs = "inputs"
parts = ["sites", "demand", "power"]
precision = "fp8"
[horizon]
start = "2026"
end = "2028"
step = "year"
dollars = 2026
discount_rate = 0.0
[goal]
kind = "least_cost"
[hours]
kind = "typical_days"
n = 1
segments = 2
[solver]
gap = 0.0
whole_units_from = "1000000 MW"
"""
NIGHT = 10 * 12 * 365 / 1e6
"""Cost of the energy of the nights of a year at 1 USD/MWh, MUSD."""


def rolled(model: Path, rows: str) -> Rolled:
    """Planned again, and hedged; the plans that are written are audited."""
    path = model.parent / "scenarios.csv"
    path.write_text(HEADER + rows)
    order = StudyRequest(model, (), runs=model.parent / "runs")
    found = rolling(order, path, True)
    assert found.hedge is not None
    for facts in (write(order, found)[1], write_hedge(order, found.hedge)[1]):
        assert facts["decisions_are_shared"]["passed"], facts["decisions_are_shared"]
    return found


def sun_and_battery(folder: Path) -> Path:
    """Ten megawatts in 2028: sun by day for nothing, at night the grid at 100 USD/MWh or 120 MWh of battery at 500 USD/kWh, a year before."""
    supplies = {
        "sun": SUN, "grid": GRID | {"energy_price": "100 USD_2026/MWh"},
        "battery": BATTERY | {"storage_price": "500 USD_2026/kWh", "lead_months": "12 month"},
    }
    day = "\n".join(f"{hour},{float(hour % 24 < 12)}" for hour in range(HOURS_A_YEAR))
    files = {
        "power": lines(supplies), "demand": lines({"campus": {"power": "0 MW", "power@2028": "10 MW"}}),
        "sites": [HEAD, f"{SITE},,,opening_price,,0,,MUSD_2026,made,", f"{SITE},,,most_it,,9000,,MW,made,"],
        "sources": ["key,title,publisher,date,address,kind", "made,Made up,gwplan,2026,,estimate"],
        "deflators": ["year,index", *(f"{year},100" for year in range(2026, 2029))],
        f"profiles/{SITE}": ["hour,solar", day], "profiles/units": ["series,unit", "solar,1"],
    }
    (folder / "inputs" / "profiles").mkdir(parents=True)
    for name, text in files.items():
        (folder / "inputs" / f"{name}.csv").write_text("\n".join(text))
    (folder / "storage.toml").write_text(MODEL)
    return folder / "storage.toml"


def test_energy_of_a_battery_is_ordered_before_the_price_of_the_grid_is_known(tmp_path: Path) -> None:
    """A battery costs 60 MUSD, of which 6 in its year: more than the 4.38 of the grid, less than 8.76 if that doubles, with 0.5."""
    found = rolled(sun_and_battery(tmp_path), "stays,0.5,,,,\ndear,0.5,2028,power.grid.energy_price=*2,,\n")
    grid, battery = 100 * NIGHT, 6.0
    assert found.foresight == pytest.approx([grid, battery])
    assert found.policy.values == pytest.approx([grid, 2 * grid])
    assert found.hedge is not None
    assert found.hedge.chosen.values == pytest.approx([battery, battery])
    assert found.worth_of_hedge is not None and found.worth_of_hedge.found == pytest.approx(1.5 * grid - battery)
    now = now_of(found.hedge)
    ordered = {what: (hedge, base) for what, hedge, base in zip(now["decision"], now["hedge"], now["base"], strict=True)}
    assert ordered["energy ordered"] == (pytest.approx(120.0), 0.0)


RENEWAL = "halls.hall.renewal_price=3 MUSD_2026/MW"
DEAR = "halls.hall.renewal_price=*7"
ONE_HALL = ("sites.north.most_it=10 MW", "model.exclude=sites=south")


def short_lived(folder: Path) -> Path:
    """Ten megawatts from 2027 to 2030, in halls of 100 MUSD that last two years and are renewed for 30."""
    goal = 'kind = "least_cost"\nany_hardware = true\n\n[[target]]\nmeasure = "it"\namount = "10 MW"\nby = "2027-Q1"'
    tiny(folder, "halls.hall.life=2 year", RENEWAL, end="2030-Q4", goal=goal,
         parts=("sites", "halls", "accelerators", "cooling", "power", "budget"))
    return folder / "part.toml"


def test_a_second_hall_is_started_before_it_is_known_what_a_renewal_costs(tmp_path: Path) -> None:
    """A renewal costs 30, or 210 in the dear scenario, known when it is due; a hall of 100 has to be started a year before."""
    model = short_lived(tmp_path)

    def cost(*sets: str) -> float:
        return float(solve_model(model, sets=sets).objective)

    renewed, built, paid = cost(), cost("halls.hall.renewal_price=*100"), cost(DEAR, *ONE_HALL)
    found = rolled(model, f"stays,0.5,,,,\ndear,0.5,2029,{DEAR},,\n")
    assert found.foresight == pytest.approx([renewed, built])
    assert found.policy.values == pytest.approx([renewed, paid])
    assert found.hedge is not None
    assert found.hedge.chosen.values == pytest.approx([built, built])
    assert renewed < built < 0.5 * renewed + 0.5 * paid


def test_a_renewal_is_shared_until_scenarios_can_be_told_apart(tmp_path: Path) -> None:
    model = short_lived(tmp_path)
    found = rolled(model, "stays,0.5,,,,\nother,0.5,2030,accelerators.old_rack.upkeep=*2,,\n")
    assert found.hedge is not None
    now = now_of(found.hedge)
    renewed = [place for place, decision in enumerate(now["decision"]) if decision == "renewed"]
    assert [(now["when"][place], now["unit"][place], now["hedge"][place]) for place in renewed] == [("2029", "halls", pytest.approx(1.0))]
    assert found.hedge.knowing.found == pytest.approx(0.0, abs=1e-6)


def test_a_battery_that_comes_late_is_taken_up_with_its_energy_and_the_audit_knows_it(tmp_path: Path) -> None:
    """Ordered in 2026 for 2027, or in the late scenario taken up in 2027 for 2028. plan.csv does not hold the energy."""
    model = sun_and_battery(tmp_path)
    demand = tmp_path / "inputs" / "demand.csv"
    demand.write_text(demand.read_text().replace("2028", "2027"))
    power = tmp_path / "inputs" / "power.csv"
    power.write_text(power.read_text().replace("energy_price,,100,", "energy_price,,400,"))
    (tmp_path / "late.csv").write_text(f"table,{HEAD}\npower,battery,{SITE},,earliest,,2028,,date,made,\n")
    found = rolled(model, "stays,0.5,,,,\nlate,0.5,2028,,late.csv,\n")
    moved = moved_of(found)
    assert sorted(moved["decision"]) == ["energy ordered", "ordered"]
    assert set(moved["ordered"]) == {"2026"} and set(moved["taken_up"]) == {"2027"} and set(moved["scenario"]) == {"late"}
    year = 12.0  # two of the battery's ten years, or one with a year of the grid before it
    assert found.policy.values == pytest.approx([year, year / 2 + 400 * NIGHT])


def test_an_option_whose_window_opens_late_is_held_then(tmp_path: Path) -> None:
    """It is held in 2026 for 3, and where the window opens in 2027 only, then. Words have no unit for what is done or not, and no site."""
    model = small(tmp_path, 1.0)
    price = "contracts.rented.price=*3"
    found = rolled(model, f"dear,0.5,2027,{price},,\nlate,0.5,2028,contracts.more.exercise_from=2027,,\nlate,,2028,{price},,\n")
    assert found.hedge is not None
    assert found.hedge.chosen.values == pytest.approx([9.0, 9.0])
    lines = list(moved_lines({"moved": hedge_moved_of(found.hedge)}, str))
    assert lines == ["If late: hold more of 2026 is taken up in 2027, as soon as it can be delivered."]
