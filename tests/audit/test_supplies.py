"""Supplies beside the grid, and what stands already: 2 of the 8.8 MW come from something that was there before.

A supply in existing.csv is paid for and free to run here, so the ledger stays as it is: the grid's bill still pays for
8.8 MW, which is more than it must. The grid emits less: 6.8 MW x 8760 h x 200 kg = 11.9136 kt a year.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.hand_made import ON, Run, audited, failed

ROLES: dict[str, dict[str, tuple[float, str]]] = {
    # 10 MW x 0.25 = 2.5 MW, and 0.28 x 8.8 = 2.464 MW.
    "variable": {"capacity_factor": (0.25, "1"), "direct_share": (0.28, "1"), "life": (30, "year")},
    # 10 MW x 1800 / 8760 = 2.05 MW.
    "backup": {"most_hours": (1800, "hour/year"), "life": (25, "year"), "heat_rate": (9, "MMBtu/MWh")},
    # 10 MW x 0.3 = 3 MW, and 0.3 x 8.8 = 2.64 MW.
    "contract": {"capacity_factor": (0.3, "1"), "contract_term": (15, "year"), "energy_price": (0, "USD_2026/MWh")},
    "prime": {"availability": (0.2, "1"), "life": (15, "year"), "heat_rate": (9, "MMBtu/MWh")},
    "storage": {"life": (15, "year")},
}


def with_helper(run: Run, role: str) -> None:
    """10 MW of a supply `helper` stand in the north from 2027 on and give 2 MW."""
    run.give("power", "helper", "role", role, "label")
    run.give("power", "helper", "fuel", "oil", "label")
    run.give("power", "helper", "unit", 1, "MW")
    run.give("power", "helper", "price", 1, "MUSD_2026/MW")
    run.give("power", "helper", "lead_months", 12, "month")
    run.give("power", "oil", "fuel_price", 0, "USD_2026/MMBtu")
    for quantity, (base, unit) in ROLES[role].items():
        run.give("power", "helper", quantity, base, unit)
    run.give("existing", "helper", "capacity", 10, "MW", site="north", when="2027")
    for when in ON:
        run.rows("power.capacity").append(["helper", "north", when, 10])
        run.put("power.output", 6.8, when)
        run.rows("power.output").append(["helper", "north", when, "year", 2.0])
        run.put("account.emissions", 11.9136, "operational", when)


@pytest.mark.parametrize("role", ["variable", "backup", "contract", "prime"])
def test_a_supply_of_each_role_may_help(tmp_path: Path, role: str) -> None:
    assert failed(audited(tmp_path, lambda run: with_helper(run, role))) == set()


@pytest.mark.parametrize(("role", "quantity", "base", "unit", "rule"), [
    ("variable", "capacity_factor", 0.19, "1", "output_of_variable_within_its_capacity"),
    ("variable", "direct_share", 0.22, "1", "output_of_variable_serves_directly"),
    ("backup", "most_hours", 1700, "hour/year", "output_of_backup_within_its_capacity"),
    ("prime", "availability", 0.19, "1", "output_of_prime_within_its_capacity"),
])
def test_output_has_the_limits_of_its_role(tmp_path: Path, role: str, quantity: str, base: float, unit: str, rule: str) -> None:
    def tighten(run: Run) -> None:
        with_helper(run, role)
        run.give("power", "helper", quantity, base, unit)

    assert failed(audited(tmp_path, tighten)) == {f"power.{rule}"}


def test_a_contract_gives_its_share_of_a_flat_load(tmp_path: Path) -> None:
    """At a factor of 0.19 it gives at most 1.9 MW of its 10, and at most 0.19 x 8.8 of the load."""

    def weaken(run: Run) -> None:
        with_helper(run, "contract")
        run.give("power", "helper", "capacity_factor", 0.19, "1")

    assert failed(audited(tmp_path, weaken)) == {"power.output_of_contract_within_its_capacity", "power.output_of_contract_serves_directly"}


def test_contracts_come_over_the_connection(tmp_path: Path) -> None:
    """The connection brings at most 0.7 x 12 = 8.4 MW: enough for the 6.8 that are bought, not for the 2 beside them."""

    def narrow(run: Run) -> None:
        with_helper(run, "contract")
        run.give("power", "grid", "availability", 0.7, "1")

    assert failed(audited(tmp_path, narrow)) == {"power.contracts_use_the_connection"}


def test_a_contract_is_paid_whether_it_is_used_or_not(tmp_path: Path) -> None:
    def price(run: Run) -> None:
        with_helper(run, "contract")
        run.give("power", "helper", "energy_price", 50, "USD_2026/MWh")

    def pay(run: Run) -> None:
        """10 MW x 0.3 x 8760 h x 50 USD = 1.314 MUSD a year, 2.628 in all."""
        price(run)
        for when in ON:
            run.rows("ledger").append(["running", "power", "energy", "helper", "north", "helper", when, 1.314])
        run.summary["running_by_class_musd"]["energy"] += 2.628
        run.summary["running_musd_per_year_final"] += 1.314
        run.costs(129.7688 + 2.628, energy=7.7088 + 2.628)

    assert "money.ledger_of_running_is_what_follows" in failed(audited(tmp_path / "unpaid", price))
    assert failed(audited(tmp_path / "paid", pay)) == set()


def test_storage_gives_nothing_in_a_plan_without_hours(tmp_path: Path) -> None:
    assert failed(audited(tmp_path, lambda run: with_helper(run, "storage"))) == {"power.output_comes_from_known_roles"}


def test_storage_cannot_be_ordered_in_a_plan_without_hours(tmp_path: Path) -> None:
    def order(run: Run) -> None:
        with_helper(run, "storage")
        run.give("power", "helper", "most", 100, "MW")
        run.plan.append(["power", "ordered", "helper", "north", "2026", 1])

    assert "power.ordered_is_offered" in failed(audited(tmp_path, order))


def test_backup_does_not_cover_the_peak(tmp_path: Path) -> None:
    """A grid that is firm to 90 % leaves 1.2 MW of the peak uncovered: 10 MW of prime supply would help, backup does not."""

    def weaken(run: Run, role: str) -> None:
        with_helper(run, role)
        run.give("power", "helper", "firm_credit", 0.9, "1")
        run.give("power", "grid", "firm_credit", 0.9, "1")

    assert failed(audited(tmp_path / "prime", lambda run: weaken(run, "prime"))) == set()
    assert failed(audited(tmp_path / "backup", lambda run: weaken(run, "backup"))) == {"power.supply_covers_peak"}


def test_what_stands_already_leaves_at_the_end_of_its_life(tmp_path: Path) -> None:
    """Twenty-eight years after the start of 2000 are over when 2028 begins: 2027 is still served, 2026 already."""

    def age(run: Run) -> None:
        with_helper(run, "variable")
        run.inputs["existing"].clear()
        run.give("existing", "helper", "capacity", 10_000, "kW", site="north", when="2000")
        run.give("power", "helper", "life", 28, "year")

    found = failed(audited(tmp_path, age))
    assert found == {"power.capacity_is_what_follows", "power.output_of_variable_within_its_capacity"}


def with_old_hall(run: Run, *, paid: bool) -> None:
    """A hall has stood in the south since 2025: 10 MW of room, 10 acres, 1 MUSD a year of upkeep, and no value to tax."""
    run.give("existing", "hall", "count", 1, "1", site="south", when="2025")
    for when in ("2026", *ON):
        run.rows("sites.opened").append(["south", when, 1])
        for stock in ("standing", "stock"):
            run.rows(f"halls.{stock}").append(["south", "hall", when, 1])
        run.rows("account.land").append(["south", when, 10])
        run.rows("account.hall_room").append(["own", "south", "liquid", 250.0, when, 10])
        if paid:
            run.rows("ledger").append(["running", "halls", "halls", "hall", "south", "operators", when, 1.0])
    run.summary["running_by_class_musd"]["halls"] += 3
    run.summary["running_musd_per_year_final"] += 1
    run.costs(132.7688, halls_running=5)


def test_a_hall_that_stands_already_costs_its_upkeep(tmp_path: Path) -> None:
    assert failed(audited(tmp_path / "paid", lambda run: with_old_hall(run, paid=True))) == set()
    assert failed(audited(tmp_path / "unpaid", lambda run: with_old_hall(run, paid=False))) == {
        "money.ledger_of_running_is_what_follows", "money.ledger_npv_is_that_of_the_decisions"}


def test_what_stands_already_must_be_known(tmp_path: Path) -> None:
    def misspell(run: Run) -> None:
        run.give("existing", "hal", "count", 1, "1", site="north", when="2025")

    assert failed(audited(tmp_path, misspell)) == {"reading.existing_things_are_known"}
