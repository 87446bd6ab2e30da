"""An offer that shrinks limits what is taken up from then on, and never what was taken up before."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.model.offers import larger_before, taken_up_within
from tests.contracts.test_leases import AT
from tests.contracts.test_leases import stage as leases
from tests.parts import test_power as power

ENGINE = ("gas_engine", "north")


def test_what_was_on_offer_before() -> None:
    offers = {0: 10.0, 1: 6.0, 2: 8.0, 3: 4.0}
    assert [larger_before(offers, period) for period in offers] == [[], [10.0], [10.0], [6.0, 8.0, 10.0]]
    assert taken_up_within(offers, 3, 6.0) == [1, 3]


def orders(tmp_path: Path, engines: dict[int, float], capacity: list[float], most: dict[str, float]) -> set[tuple[str, tuple[object, ...]]]:
    """Rows on the offer that engines of 5 MW, which serve at once, break."""
    rows = [f"power.gas_engine@north@{when}.most={amount} MW" for when, amount in most.items()]
    stage = power.staged(tmp_path, "power.gas_engine.lead_months=0 month", *rows, load=0)
    stage.put("ordered_whole", {(*ENGINE, period): number for period, number in engines.items()})
    power.serve(stage, ENGINE, capacity, [0, 0, 0])
    return stage.broken("capacity_within_offer", "capacity_within_larger_offer", "capacity_follows_orders")


@pytest.mark.parametrize(("engines", "capacity", "broken"), [
    ({0: 4}, [20, 20, 20], []),  # built when twenty were on offer
    ({0: 3, 1: 1}, [15, 20, 20], []),  # five more of the ten on offer then: twenty at most in all
    ({0: 4, 1: 1}, [20, 25, 25], [("capacity_within_larger_offer", (*ENGINE, 1, 20.0)), ("capacity_within_larger_offer", (*ENGINE, 2, 20.0))]),
    ({1: 3}, [0, 15, 15], [("capacity_within_offer", (*ENGINE, 1)), ("capacity_within_offer", (*ENGINE, 2))]),  # fifteen of ten
])
def test_engines_that_stand_may_stay(tmp_path: Path, engines: dict[int, float], capacity: list[float], broken: list[object]) -> None:
    """Twenty MW on offer in 2026, ten from 2027 on."""
    found = orders(tmp_path, engines, capacity, {"2026": 20, "2027": 10})
    assert {rule for rule in found if (rule[0], rule[1]) in broken} == set(broken)
    assert {rule for rule in found if rule[0] != "capacity_within_larger_offer"} == {rule for rule in broken if rule[0] != "capacity_within_larger_offer"}


@pytest.mark.parametrize(("signed", "held", "broken"), [
    ({0: 10}, [10, 10, 10], set()), ({0: 6, 1: 4}, [6, 10, 10], set()),
    ({0: 8, 1: 4}, [8, 12, 12], {("lease_within_larger_offer", (*AT, 1, 10.0)), ("lease_within_larger_offer", (*AT, 2, 10.0))}),
    ({1: 5}, [0, 5, 5], {("lease_within_offer", (*AT, 1)), ("lease_within_offer", (*AT, 2))}),
])
def test_room_that_is_leased_may_stay(tmp_path: Path, signed: dict[int, float], held: list[float], broken: set[object]) -> None:
    """Ten MW to let in 2026, four from 2027 on, for three years each."""
    stage = leases(tmp_path, "room@north@2027.most_power=4 MW")
    stage.put("leased", {(*AT, period): amount for period, amount in signed.items()})
    stage.follow("under_lease", AT, held)
    assert stage.broken("lease_within_offer", "lease_within_larger_offer", "lease_follows_signing") == broken
