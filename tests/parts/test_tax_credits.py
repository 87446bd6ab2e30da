"""Tax credits of supplies, by hand on the tiny engines: 1 MUSD/MW, a life of 20 years, a year from order to service."""

from __future__ import annotations

from pathlib import Path

import pytest

import gwplan
from gwplan.audit import audit
from gwplan.common.errors import InputFaults
from tests.parts.stage import tiny
from tests.parts.test_power import ENGINE, MEAN, YEARLY, serve, staged

ITC = ("power.gas_engine.itc=0.3 1", "power.gas_engine.contingency=0.1 1")
PTC = ("power.gas_engine.ptc=20 USD_2026/MWh", "power.gas_engine.ptc_years=1.5 year")
TARGET = '[[target]]\nmeasure = "it"\namount = "10 MW"\nby = "2028-Q1"'
RECEIVED = ("tax_credits", "gas_engine", "north", "tax authority")


def test_a_share_of_the_price_comes_back_in_service_and_what_is_left_is_worth_less(tmp_path: Path) -> None:
    stage = staged(tmp_path, *ITC, "power.gas_engine.deposit=0.5 1")
    stage.put("ordered_whole", {(*ENGINE, 0): 3})
    paid = 15 * 1.1
    assert stage.money("capital") == pytest.approx({("power", *ENGINE, "suppliers", n): paid / 2 for n in (0, 1)})
    assert stage.money("running", "tax_credits") == pytest.approx({(*RECEIVED, 1): -0.3 * paid})
    assert stage.money("residual") == pytest.approx({("power", *ENGINE, "suppliers", 2): 15 * (1 - 2 / 20) * 0.7})
    assert next((basis.price, basis.taxed) for basis in stage.ledger.bases if basis.item == "gas_engine") == pytest.approx((5.5, 0.85))


def test_it_ends_with_the_date_of_service(tmp_path: Path) -> None:
    stage = staged(tmp_path, *ITC, "power.gas_engine@@2028.itc=0 1")
    stage.put("ordered_whole", {(*ENGINE, 0): 1, (*ENGINE, 1): 1})
    assert stage.money("running", "tax_credits") == pytest.approx({(*RECEIVED, 1): -0.3 * 5.5})
    assert stage.money("residual") == pytest.approx({("power", *ENGINE, "suppliers", 2): 5 * (0.9 * 0.7 + 0.95)})


def test_output_earns_its_credit_within_its_years_and_no_more_than_there_is(tmp_path: Path) -> None:
    stage = staged(tmp_path, *PTC, "power.gas_engine@@2028.ptc=0 USD_2026/MWh", "power.gas_engine.availability=0.9 1")
    stage.put("ordered_whole", {(*ENGINE, 0): 2, (*ENGINE, 1): 1})
    serve(stage, ENGINE, [0, 10, 15], [0, MEAN, MEAN])
    credited = stage.block.variables["credited"].data
    assert sorted(key for key in credited if key[:2] == ENGINE) == [(*ENGINE, 1), (*ENGINE, 2)]
    # All 8.8 MW of 2027; in 2028 half a year is left to the 10 MW of 2027, which give 9 MW, and none to the 5 MW of 2028.
    for n, most in ((1, MEAN), (2, 0.5 * 9)):
        credited[*ENGINE, n].set_value(most)
    assert stage.broken("credited_is_output", "credited_is_of_what_is_eligible") == set()
    assert stage.money("running", "tax_credits") == pytest.approx({(*RECEIVED, 1): -20 * MEAN * YEARLY, (*RECEIVED, 2): -20 * 4.5 * YEARLY})
    credited[*ENGINE, 1].set_value(MEAN + 0.1)
    credited[*ENGINE, 2].set_value(4.6)
    assert stage.broken("credited_is_output", "credited_is_of_what_is_eligible") == {
        ("credited_is_output", (*ENGINE, 1)), ("credited_is_of_what_is_eligible", (*ENGINE, 2))}


@pytest.mark.parametrize(("changes", "words"), [
    (PTC[:1], "gas_engine: ptc needs ptc_years"),
    ((*PTC, "power.gas_engine@@2028.ptc=10 USD_2026/MWh"), "gas_engine at north: ptc is 10 and 20 USD/MWh by date of service"),
])
def test_credits_that_cannot_be_told_are_faults(tmp_path: Path, changes: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputFaults, match=words):
        tiny(tmp_path, *changes)


def planned(folder: Path, *changes: str, goal: str = 'kind = "least_cost"\nany_hardware = true') -> gwplan.Run:
    tiny(folder, *changes, more=TARGET, goal=goal)
    return gwplan.solve(gwplan.read_case(folder / "part.toml").forbid("power=grid"))


def test_credits_lower_cost_and_nobody_buys_for_the_credit_alone(tmp_path: Path) -> None:
    """Without the cut in what is left, 0.3 back and 0.95 left at the end would pay for engines that nobody needs."""
    plain, credited = planned(tmp_path / "plain"), planned(tmp_path / "credited", ITC[0], *PTC)
    assert credited.table("power.capacity")["value"].sum() == plain.table("power.capacity")["value"].sum() == pytest.approx(15)
    # 15 MUSD of engines serve in 2028 alone, with 0.95 of them left; 77,088 MWh.
    back, left, output = 0.3 * 15, 0.3 * 15 * 0.95, 20 * MEAN * YEARLY
    assert credited.summary["npv_cost_musd"] == pytest.approx(plain.summary["npv_cost_musd"] - back + left - output)
    assert credited.summary["capital_musd"] == plain.summary["capital_musd"]
    assert credited.summary["running_by_class_musd"]["tax_credits"] == pytest.approx(-back - output)
    folder = credited.write(tmp_path / "runs", pages=False).path
    assert folder is not None and audit(folder).ok
    file = folder / "tables" / "ledger.csv"
    text = file.read_text()
    row = next(line for line in text.splitlines() if ",tax_credits," in line)
    file.write_text(text.replace(row, f"{row.rpartition(',')[0]},-99"))
    assert "ledger_of_running_is_what_follows" in {check.name for check in audit(folder).failed}


def test_a_budget_of_the_whole_life_is_not_filled_by_credits(tmp_path: Path) -> None:
    goal = 'kind = "most_compute"\nspend = "whole_life"'
    cap = "budget.capital.cap=400 MUSD_2026"
    plans = [planned(tmp_path / name, cap, *changes, goal=goal) for name, changes in (("plain", ()), ("credited", (ITC[0], *PTC)))]
    assert plans[1].summary["objective"] == pytest.approx(plans[0].summary["objective"])
    folder = plans[1].write(tmp_path / "runs", pages=False).path
    assert folder is not None and audit(folder).failed == []
