"""Rented compute that is prepaid earns, and is deducted, as it is used; nothing more is made of it. On tests/financing/tiny_finance."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.exploits.taken import Taken, solved
from tests.financing.cases import CLOUD, WITH_CONTRACTS, changed, of

USED = 43.8
"""MUSD a year that ten kH100e cost at 0.5 USD an hour; at 1 USD own use would pay twice as much."""
SIGNED = ('precision = "fp8"', 'precision = "fp8"\n\n[contracts]\nsigned = ["rented"]')
LATE = (*CLOUD, "contracts.rented.lead_months=24 month", "contracts.rented.term=3 year", f"contracts.rented.commitment={3 * USED} MUSD_nominal")
"""Three years from 2028 on, when dividends may be paid."""


def plan(folder: Path, *rows: str, without: tuple[str, ...] = (), signed: bool = True) -> Taken:
    texts = [WITH_CONTRACTS, SIGNED] if signed else [WITH_CONTRACTS]
    return solved(changed(folder, *rows, texts=texts), without=[("finance", rule, None) for rule in without])


def value(found: Taken) -> float:
    assert found.objective is not None
    return found.objective


def test_a_prepayment_costs_its_time(tmp_path: Path) -> None:
    """A quarter, 32.85, paid in 2026 by the sponsor and credited in 2028: nothing else changes, neither earnings nor tax."""
    none, quarter = (plan(tmp_path / str(share), *LATE, f"contracts.rented.prepayment={share} 1") for share in (0, 0.25))
    paid = 0.25 * 3 * USED
    assert of(quarter, "own_use") == pytest.approx(of(none, "own_use"))
    assert of(none, "own_use")[2:] == pytest.approx([87.6 + USED] * 3)
    for name in ("profit", "loss", "tax"):
        assert quarter.levels("finance", name) == pytest.approx(none.levels("finance", name), abs=1e-5), name
    assert of(quarter, "equity")[0] == pytest.approx(of(none, "equity")[0] + paid)
    assert of(quarter, "dividends")[2] == pytest.approx(of(none, "dividends")[2] + paid)
    assert value(quarter) - value(none) == pytest.approx(-paid / 1.1 + paid / 1.1**5, abs=1e-5)


def test_a_prepayment_of_everything_still_makes_no_profit(tmp_path: Path) -> None:
    found = plan(tmp_path, *LATE, "contracts.rented.prepayment=1 1")
    assert sum(of(found, "own_use")) == pytest.approx(4 * 87.6 + 3 * USED)
    free = plan(tmp_path / "free", *LATE, "contracts.rented.prepayment=1 1", without=("rented_use_makes_no_profit",))
    assert sum(of(free, "own_use")) == pytest.approx(4 * 87.6 + 6 * USED)


def test_what_is_never_used_is_never_earned(tmp_path: Path) -> None:
    """Ten kH100e a year are committed to and none is there to use: all of it is lost, prepaid or not."""
    alone = ("finance.rack_loan.cap=0 MUSD_nominal", "contracts.rented.most=0 kH100e")
    none, half = (plan(tmp_path / str(share), *LATE, *alone, f"contracts.rented.prepayment={share} 1") for share in (0, 0.5))
    assert of(none, "own_use") == pytest.approx([0, *[87.6] * 4])
    assert of(half, "own_use") == pytest.approx([0, *[87.6] * 4])
    paid = 0.5 * 3 * USED
    # Credited as soon as it can be: 43.8 in 2028, the rest in 2029.
    assert value(half) - value(none) == pytest.approx(-paid / 1.1 + USED / 1.1**5 + (paid - USED) / 1.1**7, abs=1e-5)


def test_nothing_is_earned_before_it_is_used(tmp_path: Path) -> None:
    """Signed and prepaid in 2026 beside a contract that serves then at a price of nothing: the prepayment earns nothing in 2026."""
    gift = ("contracts.gift.kind=compute label", "contracts.gift.provider=cloud_house label", "contracts.gift.price=0.05 USD_2026/H100e/hour",
            "contracts.gift.most=10 kH100e", "contracts.gift.lead_months=0 month", "contracts.gift.term=2 year")
    found = plan(tmp_path, *LATE, *gift, "contracts.rented.prepayment=0.5 1")
    assert of(found, "own_use")[0] == pytest.approx(4.38)


def test_shortfall_that_is_made_up_is_earned_with_its_use(tmp_path: Path) -> None:
    """Committed to 20 a year, used for 10 in 2026 and for 30 in 2027, at what own use pays: 10 are paid in 2026 for what 2027 uses."""
    rows = ("contracts.rented.kind=compute label", "contracts.rented.provider=cloud_house label", "contracts.rented.price=1 USD_2026/H100e/hour",
            f"contracts.rented@2026.most={10 / 8.76!r} kH100e", f"contracts.rented@2027.most={30 / 8.76!r} kH100e",
            "contracts.rented.lead_months=0 month", "contracts.rented.term=2 year", "contracts.rented.commitment=40 MUSD_nominal",
            "contracts.rented.makeup_years=1 year")
    found = plan(tmp_path, *rows)
    paid = {when: amount for (cost_class, when), amount in found.levels("money", "running").items() if cost_class == "cloud"}
    assert paid == pytest.approx({0: 20, 1: 20})
    assert of(found, "own_use")[:2] == pytest.approx([10, 87.6 + 30])


def test_a_premium_is_earned_with_the_use_of_its_option(tmp_path: Path) -> None:
    """Ten MW of an option, for ten years' worth of nothing but its premium of 8 in 2026: two years of use earn 4 more each than their price."""
    rows = ("contracts.more.kind=option label", "contracts.more.provider=cloud_house label", "contracts.more.price=0.5 USD_2026/H100e/hour",
            "contracts.more.most_power=10 MW", "contracts.more.compute_per_power=1 kH100e/MW", "contracts.more.premium=0.8 MUSD_2026/MW",
            "contracts.more.exercise_from=2026 date", "contracts.more.exercise_until=2026 date", "contracts.more.lead_months=24 month",
            "contracts.more.term=2 year")
    texts = [WITH_CONTRACTS, (SIGNED[0], SIGNED[1].replace("rented", "more")), ('kind = "most_equity_value"', 'kind = "most_equity_value"')]
    need = ('[goal]', '[[target]]\nmeasure = "compute"\namount = "20 kH100e"\nby = "2028-Q1"\nuntil = "2029-Q4"\ncounts = ["own", "cloud"]\n\n[goal]')
    found = solved(changed(tmp_path, *rows, texts=[*texts, need]))
    assert of(found, "own_use") == pytest.approx([0, 87.6, 87.6 + USED + 4, 87.6 + USED + 4, 87.6])


def test_the_audit_follows_it(tmp_path: Path) -> None:
    model = changed(tmp_path, *LATE, "contracts.rented.prepayment=0.25 1", texts=[WITH_CONTRACTS, SIGNED])
    outcome = solve(Request(model, runs=tmp_path / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    checked = audit(outcome.run)
    assert [str(check) for check in checked.failed] == []
    assert checked.unchecked == []
