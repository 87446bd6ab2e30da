"""Build, lease or buy, side by side, with costs worked out by hand; and what each cannot be without.

For 8 kH100e in 2028, that is 80 old racks or 10 MW of IT (inputs/tiny/README.md; discount rate and inflation 0):

| | arithmetic | MUSD |
|---|---|---|
| racks, ordered in 2027 | 80 x (1.6 + 0.5) = 168, of which 0.3 is lost in a year: 50.4; upkeep 2 % of 128 | 52.96 |
| own hall | opening 10; 100 less 95 left, upkeep 1, insurance 0.2, tax 1 | 17.2 |
| own power | two engines and 4 MW of grid: 0.70 + 0.09 + 77,088 MWh x 42 USD | 4.027696 |
| leased room | 10 MW at its rent | 10 x rent |
| metered energy | 77,088 MWh x its price | 3.8544 at 50 USD |
| rented compute | 8 kH100e x 8.76 kh x its price | 70.08 x price |
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gwplan.common.errors import InputFaults
from gwplan.model.ledger import Ledger
from gwplan.model.targets import wanted
from gwplan.results.tables import level
from tests.contracts.small import CLOUD, LEASE, NO_NEW_RACKS, case, model, plan, target
from tests.exploits.taken import Taken, solved

RACKS, HALL, POWER, METERED = 52.96, 17.2, 4.027696, 3.8544
COMPUTE = target("compute", "8 kH100e", counts=("own", "leased", "cloud"))
SAME = 1e-7


def chosen(folder: Path, rent: float, price: float, *changes: str, **options: Any) -> Taken:
    """The plan at a rent (MUSD/MW/year) and a price of compute (USD/H100e/hour)."""
    rows = (NO_NEW_RACKS, *LEASE, *CLOUD, f"room.rent={rent} MUSD_2026/MW/year", f"rented.price={price} USD_2026/H100e/hour", *changes)
    return plan(folder, *rows, **({"targets": [COMPUTE]} | options))


@pytest.mark.parametrize(("rent", "price", "cost"), [
    (2.0, 1.2, RACKS + HALL + POWER), (1.0, 1.2, RACKS + 10 + METERED), (1.0, 0.9, 70.08 * 0.9), (1.7, 1.2, RACKS + 17 + METERED),
    (1.75, 1.2, RACKS + HALL + POWER), (1.0, 0.95, 70.08 * 0.95), (1.0, 0.96, RACKS + 10 + METERED),
])
def test_the_cheapest_is_taken(tmp_path: Path, rent: float, price: float, cost: float) -> None:
    assert chosen(tmp_path, rent, price).objective == pytest.approx(cost, rel=SAME)


def test_leased_room_needs_no_site_of_ones_own(tmp_path: Path) -> None:
    found = chosen(tmp_path, 1.0, 1.2)
    assert found.levels("sites", "opening") == found.levels("halls", "started") == found.levels("power", "ordered") == {}
    assert found.levels("accelerators", "bought") == {("old_rack", "north", 1): 80}
    assert found.levels("contracts", "leased_load") == {("room", "old_rack", "north", 2): 10}


@pytest.mark.parametrize(("power", "cost"), [("metered", RACKS + 10 + METERED), ("included", RACKS + 10), ("own", RACKS + 10 + 10 + POWER)])
def test_who_powers_the_room(tmp_path: Path, power: str, cost: float) -> None:
    """What the tenant powers itself needs a site that is opened, and supplies."""
    assert chosen(tmp_path, 1.0, 9.0, f"room.power={power} label", without=["rented"]).objective == pytest.approx(min(cost, RACKS + HALL + POWER))


def test_own_and_leased_count_together_or_apart(tmp_path: Path) -> None:
    """Fifteen megawatts: ten in the own hall and five leased, for 40 racks more; if only own count, a second hall."""
    together = chosen(tmp_path / "both", 1.0, 9.0, targets=[target("it", "15 MW")])
    assert together.levels("contracts", "leased_peak") == {("room", "north", 2): 5}
    apart = chosen(tmp_path / "own", 1.0, 9.0, targets=[target("it", "15 MW", counts=["own"])])
    assert apart.total("halls", "started") == 2
    assert apart.levels("contracts", "leased_peak") == {}


def test_rows_that_tighten_halls_do_not_forbid_leases(tmp_path: Path) -> None:
    """Eight megawatts can be leased: of eleven, an own hall must hold three; of eight, none."""
    rows = (*LEASE, "room@north.most_power=8 MW")
    held = {amount: case(tmp_path / amount, *rows, targets=[target("it", f"{amount} MW")]) for amount in ("8", "11")}
    assert {amount: wanted(each, "it", in_own_halls=True) for amount, each in held.items()} == {"8": {2: 0}, "11": {2: 3}}
    assert wanted(held["11"], "it") == {2: 11}


def test_room_comes_in_whole_blocks(tmp_path: Path) -> None:
    found = chosen(tmp_path, 1.0, 9.0, "room.block=4 MW", "room@north.most_power=12 MW")
    assert found.levels("contracts", "leased") == {("room", "north", 2): 12}
    assert found.objective == pytest.approx(RACKS + 12 + METERED)


def test_no_more_is_leased_than_there_is_to_let(tmp_path: Path) -> None:
    """With 6 MW to let, 4 MW need an own hall, which would hold all; power that the rent includes is what leases are taken for then.

    Of own power 4.8 MW at the peak and 3.52 MW in the mean are left: five units of grid, where an engine would cost 0.014 more.
    """
    found = chosen(tmp_path, 0.1, 9.0, "room@north.most_power=6 MW", "room.power=included label")
    assert found.levels("contracts", "leased") == {("room", "north", 2): 6}
    own = 5 * 0.0225 + 3.52 * 8760 * 50e-6
    assert found.objective == pytest.approx(RACKS + HALL + 0.6 + own)


def test_what_stands_in_leased_room_is_metered_there(tmp_path: Path) -> None:
    """Metered at 500 USD, energy is dear: without the rule the racks would stand in leased room and draw the planner's own power."""
    rows = ("room.energy_price=500 USD_2026/MWh",)
    honest = chosen(tmp_path / "honest", 0.5, 9.0, *rows)
    assert honest.objective == pytest.approx(RACKS + HALL + POWER)
    path = model(tmp_path / "taken", NO_NEW_RACKS, *LEASE, *rows, "room.rent=0.5 MUSD_2026/MW/year", targets=[COMPUTE])
    taken = solved(path, without=[("contracts", "own_load_fits_own_halls", None)])
    assert taken.objective == pytest.approx(RACKS + 5 + 10 + POWER), "opened for its power alone"


def test_energy_follows_the_systems(tmp_path: Path) -> None:
    """Power is free in leased room that bears old racks only; new racks, at half the load factor, stay and pay for their own energy."""
    rows = (*LEASE, "room.energy_price=0 USD_2026/MWh", "room.rent=0.01 MUSD_2026/MW/year", "accelerators.new_rack.load_factor=0.4 1",
            "accelerators.old_rack.most_bought=40 1/year", "room@north.most_power=8 MW")
    found = plan(tmp_path, *rows, targets=[target("it", "10 MW")])
    assert {key[1] for key in found.levels("contracts", "leased_load")} == {"old_rack"}
    assert found.levels("contracts", "leased_peak") == {("room", "north", 2): 5}
    assert found.levels("contracts", "leased_mean") == {("room", "north", 2): 4}
    energy = found.levels("power", "output")
    assert sum(energy.values()) == pytest.approx(5 * 0.4 * 1.1), "of five megawatts of new racks, two in the mean"


def test_room_is_paid_for_before_its_power_is_used(tmp_path: Path) -> None:
    """Energy for nothing in leased room: without the rule, all of it would be drawn without a lease."""
    rows = (*LEASE, "room.energy_price=0 USD_2026/MWh", "room.rent=3 MUSD_2026/MW/year", NO_NEW_RACKS)
    honest = plan(tmp_path / "honest", *rows, targets=[COMPUTE])
    taken = plan(tmp_path / "taken", *rows, targets=[COMPUTE], taken_out=["leased_load_fits_the_room"])
    assert honest.objective == pytest.approx(RACKS + HALL + POWER)
    assert taken.objective == pytest.approx(RACKS + HALL)


@pytest.mark.parametrize(("cost_class", "rent", "price", "left"), [("leases", 1.0, 1.2, RACKS + METERED), ("cloud", 1.0, 0.9, 0.0)])
def test_9_leases_and_cloud_cost_money_without_finance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cost_class: str, rent: float, price: float,
                                                       left: float) -> None:
    honest = chosen(tmp_path / "honest", rent, price)
    paid = sum(amount for (name, _), amount in honest.levels("money", "running").items() if name == cost_class)
    assert paid == pytest.approx({"leases": 10.0, "cloud": 70.08 * 0.9}[cost_class])
    pay = Ledger.pay

    def forgetful(ledger: Ledger, kind: Any, maker: str, what: str, whom: Any, amounts: Any) -> None:
        if what != cost_class:
            pay(ledger, kind, maker, what, whom, amounts)

    monkeypatch.setattr(Ledger, "pay", forgetful)
    assert chosen(tmp_path / "free", rent, price).objective == pytest.approx(left), "it bites: nobody pays"


def test_11_rented_cloud_is_no_power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute for nothing does not stand for a megawatt; and a target that would count it so is a fault."""
    assert chosen(tmp_path / "it", 1.0, 0.0, targets=[target("it", "10 MW")]).objective == pytest.approx(RACKS + 10 + METERED)
    with pytest.raises(InputFaults, match="rented cloud is compute, not power"):
        chosen(tmp_path / "fault", 1.0, 0.0, targets=[target("it", "10 MW", counts=["cloud"])])
    own = [target("compute", "8 kH100e", counts=["own", "leased"])]
    assert chosen(tmp_path / "own", 1.0, 0.9, targets=own).objective == pytest.approx(RACKS + 10 + METERED)
    monkeypatch.setattr("gwplan.model.targets.counted", lambda measure, first, counts: True)
    assert chosen(tmp_path / "taken", 1.0, 0.9, targets=own).objective == pytest.approx(70.08 * 0.9), "counted, it would do"


def test_left_out_contracts_are_not_on_offer(tmp_path: Path) -> None:
    assert chosen(tmp_path, 1.0, 0.9, without=["room", "rented"]).objective == pytest.approx(RACKS + HALL + POWER)


def test_leased_systems_do_not_vanish_from_the_accounts(tmp_path: Path) -> None:
    """Over all tenures, power and energy are those of the systems that run."""
    found = chosen(tmp_path, 0.1, 9.0, "room@north.most_power=6 MW", "room.power=included label")
    for name in ("it_peak", "it_mean"):
        balance = {key: level(amount) for key, amount in found.plan.exchange.balance(name).items()}
        assert sum(balance.values()) == pytest.approx(found.total("accelerators", name))
        assert sum(amount for key, amount in balance.items() if key[0] == "hosted") == pytest.approx(6 if name == "it_peak" else 4.8)
