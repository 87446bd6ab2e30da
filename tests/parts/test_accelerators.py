"""Accelerators alone: prices of the order's date, what is young, installed, left and running, and where it may run.

old_rack of tiny: 100 kW x 1.25, 2 MUSD a year before 2027 and 1.6 from then on, 0.5 of network, half a year to arrive, 5 to live.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from gwplan.model.parts.accelerators import usable
from tests.parts.stage import Key, Stage, tiny

OLD, NEW = ("old_rack", "north"), ("new_rack", "north")
PRICE = 1.8  # half way between 2 at the start of 2026 and 1.6 at the start of 2027


def staged(folder: Path, *changes: str, halls: dict[float, float] | None = None, **options: object) -> Stage:
    """Accelerators with open halls in the north: MW by density."""
    case = tiny(folder, *changes, **options)  # type: ignore[arg-type]
    stage = Stage(case, "accelerators").decide()
    rooms = {250.0: 1000.0} if halls is None else halls
    stage.fake("hall_room", {("own", "north", "liquid", density, n): room
                             for (density, room), n in product(rooms.items(), range(len(case.calendar.periods)))})
    return stage.bind()


def stand(stage: Stage, where: Key, counts: list[float], running: list[float] | None = None) -> None:
    """The same count is young and installed, and runs."""
    for name in ("young", "installed"):
        stage.follow(name, where, counts)
    stage.follow("running", where, counts if running is None else running)
    settle(stage)


def settle(stage: Stage) -> None:
    """Loads and compute of what runs, by hand: 0.125 and 0.25 MW a rack, 80 % of it in the mean, 100 and 400 H100e."""
    running = stage.block.variables["running"].data
    for site, n in product(("north", "south"), range(len(stage.case.calendar.periods))):
        old, new = (running[system, site, n].value for system in ("old_rack", "new_rack"))
        stage.block.variables["it_peak"].data[site, "liquid", n].set_value(0.125 * old + 0.25 * new)
        stage.block.variables["it_mean"].data[site, "liquid", n].set_value(0.8 * (0.125 * old + 0.25 * new))
        stage.block.variables["compute"].data["first_vendor", site, n].set_value(0.1 * old)
        stage.block.variables["compute"].data["second_vendor", site, n].set_value(0.4 * new)


def paid(cost_class: str, amounts: dict[int, float], vendor: str = "first_vendor", system: str = "old_rack") -> dict[Key, float]:
    return pytest.approx({(cost_class, system, "north", vendor, period): amount for period, amount in amounts.items()})  # type: ignore[return-value]


def test_eighty_racks_ordered_in_the_first_year(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.put("bought", {(*OLD, 0): 80})
    stage.put("left", {(*OLD, 0): 80})
    stand(stage, OLD, [0, 80, 80])
    assert stage.broken() == set()
    # No deposit: all is paid on arrival, at the price of the order.
    assert stage.money("capital", "accelerators") == paid("accelerators", {1: 80 * PRICE})
    assert stage.money("capital", "networks") == paid("networks", {1: 80 * 0.5})
    # Two years old at the end: half way from 0.7 to 0.3, which is less than three of five years.
    assert stage.money("residual", "accelerators") == paid("accelerators", {2: 80 * PRICE * 0.5})
    assert stage.money("residual", "networks") == paid("networks", {2: 80 * 0.5 * 0.5})
    assert stage.money("running") == paid("accelerators", {1: 80 * 1.6 * 0.02, 2: 80 * 1.6 * 0.02})  # 2 % of the price of the day
    both = (1, 2)
    assert stage.amounts("it_peak") == pytest.approx({("own", "north", "liquid", n): 10 for n in both})
    assert stage.amounts("it_mean") == pytest.approx({("own", "north", "liquid", n): 8 for n in both})
    assert stage.amounts("compute") == pytest.approx({("own", "first_vendor", "north", n): 8 for n in both})
    assert stage.amounts("emissions") == pytest.approx({("embodied", "north", 1): 80 * 10 / 1000})


def test_deposit_contingency_and_rest(tmp_path: Path) -> None:
    stage = staged(tmp_path, "accelerators.old_rack.deposit=0.2 1", "accelerators.old_rack.contingency=0.1 1")
    stage.put("bought", {(*OLD, 0): 80})
    stage.put("left", {(*OLD, 0): 80})
    assert stage.money("capital", "accelerators") == paid("accelerators", {0: 80 * 1.98 * 0.2, 1: 80 * 1.98 * 0.8})
    assert stage.money("capital", "networks") == paid("networks", {0: 80 * 0.55 * 0.2, 1: 80 * 0.55 * 0.8})
    assert stage.money("residual", "accelerators") == paid("accelerators", {2: 80 * PRICE * 0.5})  # nobody buys the contingency


def test_what_arrives_in_its_period_of_order_is_paid_at_once(tmp_path: Path) -> None:
    stage = staged(tmp_path, "accelerators.old_rack.lead_months=0 month", "accelerators.old_rack.deposit=0.2 1")
    stage.put("bought", {(*OLD, 2): 10})
    assert stage.money("capital", "accelerators") == paid("accelerators", {2: 16})


def test_without_a_resale_curve_the_annuity_counts(tmp_path: Path) -> None:
    curve = [f"accelerators.old_rack.residual_{age}=" for age in ("one_year", "three_years", "five_years")]
    stage = staged(tmp_path, *curve, rate=0.1)
    stage.put("left", {(*OLD, 0): 80, (*OLD, 1): 10})
    two, one = ((1 - 1.1 ** -(5 - age)) / (1 - 1.1**-5) for age in (2, 1))
    assert stage.money("residual", "accelerators") == paid("accelerators", {2: 80 * PRICE * two + 10 * 1.6 * one})


def test_orders_begin_and_end_with_what_is_sold(tmp_path: Path) -> None:
    stage = staged(tmp_path, "accelerators.new_rack.earliest=2028 date", "accelerators.old_rack@@2028.most_bought=0 1/year")
    # new_rack arrives from 2028 on, old_rack until 2027; both a year after the order, and none after the end.
    assert stage.keys("bought") == [(*NEW, 1), ("new_rack", "south", 1), (*OLD, 0), ("old_rack", "south", 0)]


def test_a_system_without_a_rate_at_the_precision_cannot_be_used(tmp_path: Path) -> None:
    rates = ("accelerators.old_rack.bf16_rate=60 TFLOP/s", "compute.h100.bf16_rate=2 TFLOP/s")
    case = tiny(tmp_path, *rates, "accelerators.old_rack.availability=0.9 1", precision="bf16")
    assert usable(case) == ["old_rack"]
    stage = Stage(case, "accelerators").decide()
    assert {key[0] for key in stage.keys("bought")} == {"old_rack"}
    stage.fake("hall_room", {("own", "north", "liquid", 250.0, n): 10 for n in range(3)})
    stage.bind()
    stage.follow("running", OLD, [0, 0, 10])
    stage.follow("compute", ("first_vendor", "north"), [0, 0, 10 * 60 / 2 * 0.9 / 1000])
    assert stage.broken("compute_is_what_runs") == set()


def test_life_ends_young_and_installed_alike(tmp_path: Path) -> None:
    stage = staged(tmp_path, "accelerators.old_rack.life=1 year")
    stage.put("bought", {(*OLD, 0): 80})
    assert [key for key in stage.keys("left") if key[:2] == OLD] == [(*OLD, 1)]  # of the first order nothing is left
    stand(stage, OLD, [0, 80, 0])
    stage.put("retired", {(*OLD, 2): 80})
    assert stage.broken() == set()
    stage.put("retired", {})
    stand(stage, OLD, [0, 80, 0])
    stage.follow("installed", OLD, [0, 80, 80])
    assert stage.broken() == {("installed_is_young", (*OLD, 2))}


def test_what_is_retired_early_is_worth_nothing(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.put("bought", {(*OLD, 0): 80})
    stand(stage, OLD, [0, 80, 80], running=[0, 80, 50])
    stage.follow("installed", OLD, [0, 80, 50])
    stage.put("retired", {(*OLD, 2): 30})
    stage.put("left", {(*OLD, 0): 80})
    assert stage.broken() == {("left_is_installed", OLD)}
    stage.put("left", {(*OLD, 0): 50})
    assert stage.broken() == set()
    assert stage.money("residual", "accelerators") == paid("accelerators", {2: 50 * PRICE * 0.5})
    stage.put("left", {(*OLD, 1): 50})  # what was never ordered cannot be left, though it would be worth more
    assert stage.broken() == {("left_is_bought", (*OLD, 1))}


def test_spares_stand_by(tmp_path: Path) -> None:
    stage = staged(tmp_path, "accelerators.old_rack.spares=0.25 1")
    stage.put("bought", {(*OLD, 0): 80})
    stand(stage, OLD, [0, 80, 80], running=[0, 64, 64])  # 64 x 1.25 = 80
    assert stage.broken() == set()
    stand(stage, OLD, [0, 80, 80], running=[0, 64, 65])
    assert stage.broken() == {("spares_stand_by", (*OLD, 2))}


def test_loads_that_are_not_what_runs(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.put("bought", {(*OLD, 0): 80})
    stand(stage, OLD, [0, 80, 80])
    stage.put("it_peak", {("north", "liquid", 1): 9, ("north", "liquid", 2): 10})
    stage.put("compute", {("first_vendor", "north", 1): 8, ("first_vendor", "north", 2): 9})
    stage.put("it_mean", {("north", "liquid", 1): 8})
    assert stage.broken() == {
        ("peak_is_what_runs", ("north", "liquid", 1)), ("compute_is_what_runs", ("first_vendor", "north", 2)),
        ("mean_is_what_runs", ("north", "liquid", 2)),
    }


def test_dense_systems_need_dense_halls_and_light_ones_take_what_is_left(tmp_path: Path) -> None:
    # old_rack needs 100 kW a rack, new_rack 200: halls of 150 kW bear only the old ones.
    stage = staged(tmp_path, halls={150.0: 10.0, 250.0: 5.0})
    rule = "load_fits_the_halls"

    def running(old: float, new: float) -> set[tuple[str, Key]]:
        stage.follow("running", OLD, [old, 0, 0])
        stage.follow("running", NEW, [new, 0, 0])
        return stage.broken(rule)

    dense, light = (rule, ("north", "liquid", 250.0, 0)), (rule, ("north", "liquid", 150.0, 0))
    assert running(80, 20) == set()  # 10 + 5 MW fill both
    assert running(72, 24) == {dense}  # 9 + 6 MW: together they would fit
    assert running(88, 20) == {light}  # 11 + 5 MW
    assert running(120, 0) == set()  # light ones may stand in dense halls
    assert running(0, 61) == {dense, light}


def test_a_site_without_halls_runs_nothing(tmp_path: Path) -> None:
    stage = staged(tmp_path)
    stage.follow("running", ("old_rack", "south"), [0, 1, 0])
    assert stage.broken("load_fits_the_halls") == {("load_fits_the_halls", ("south", "liquid", 250.0, 1))}


def test_systems_that_are_there_already_cost_nothing_and_leave_nothing(tmp_path: Path) -> None:
    stage = staged(tmp_path, "existing.old_rack@north@2023.count=16 1")
    # Five years from the start of 2023 end with 2027.
    stand(stage, OLD, [16, 16, 0])
    stage.put("retired", {(*OLD, 2): 16})
    assert stage.broken() == set()
    assert stage.money("capital") == stage.money("residual") == {}
    assert stage.money("running") == paid("accelerators", {0: 16 * PRICE * 0.02, 1: 16 * 1.6 * 0.02})


def test_systems_that_enter_as_others_leave_are_counted_apart(tmp_path: Path) -> None:
    stage = staged(tmp_path, "existing.old_rack@north@2022.count=16 1", "existing.old_rack@north@2027.count=10 1")
    stand(stage, OLD, [16, 10, 10])
    stage.put("retired", {(*OLD, 1): 16})
    assert stage.broken() == set()
    stage.put("retired", {(*OLD, 1): 6})  # the change of the count: it would lose the ten that enter
    assert stage.broken() == {("installed_follows_arrivals", (*OLD, 1))}
