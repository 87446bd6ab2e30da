"""The answer itself is changed, in one place: decisions, stocks, accounts, sums of money. The audit names what no longer fits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audit.hand_made import TABLES, Run, audited, failed, failed_until

Change = Callable[[Run], object]
FOLLOWING = sorted(set(TABLES) - {"ledger", "periods", "accelerators.running", "accelerators.left", "power.output", "power.bill"})


def written(table: str, amount: float, *labels: str) -> Change:
    """Another amount in one row of a table."""
    return lambda run: run.put(table, amount, *labels)


def added(table: str, *row: object) -> Change:
    """One more row in a table."""
    return lambda run: run.rows(table).append(list(row))


def without(table: str, *labels: str) -> Change:
    """A table without one of its rows."""
    return lambda run: run.rows(table).remove(run.row(table, *labels))


def everywhere(decision: int, table: str, amount: float, *labels: str) -> Change:
    """Another amount of a decision, in the plan and in its table."""

    def change(run: Run) -> None:
        run.plan[decision][-1] = amount
        run.put(table, amount, *labels)

    return change


@pytest.mark.parametrize("name", FOLLOWING)
def test_each_table_must_be_what_follows(tmp_path: Path, name: str) -> None:
    def nudge(run: Run) -> None:
        run.rows(name)[-1][-1] *= 1 + 1e-5

    assert failed(audited(tmp_path, nudge)) == {f"{name}_is_what_follows"}


@pytest.mark.parametrize("name", FOLLOWING)
def test_no_table_may_claim_more_rows(tmp_path: Path, name: str) -> None:
    def claim(run: Run) -> None:
        row = list(run.rows(name)[0])
        run.rows(name).append(["south" if cell == "north" else cell for cell in row[:-1]] + [1])

    wanted = f"{name}_is_what_follows"
    assert wanted in failed_until([wanted], tmp_path, claim)


BROKEN: dict[str, tuple[Change, set[str]]] = {
    "a start without opening": (lambda run: run.plan.pop(0), {"halls.starts_within_limit", "halls.started_at_open_sites",
                                                                       "halls.room_within_most_it", "power.capacity_within_offer"}),
    "a site opened twice": (lambda run: run.plan.append(["sites", "opening", "north", "", "2027", 1]), {"sites.opened_once"}),
    "less than half a site": (everywhere(0, "sites.opening", 0.4, "north"), {"sites.openings_are_whole", "halls.starts_within_limit",
                                                                   "halls.room_within_most_it"}),
    "a hall and a half": (everywhere(1, "halls.started", 1.5, "hall"), {"halls.starts_are_whole", "halls.stock_is_what_follows"}),
    "a hall that never opens": (lambda run: run.plan[1].__setitem__(4, "2028"), {"halls.open_inside_the_horizon"}),
    "a hall a year later": (lambda run: run.plan[1].__setitem__(4, "2027"), {"halls.stock_is_what_follows",
                                                                             "accelerators.load_fits_liquid_halls_of_100_kW"}),
    "racks a year later": (lambda run: run.plan[2].__setitem__(4, "2027"), {"accelerators.arrived_is_what_follows",
                                                                            "accelerators.spares_stand_by"}),
    "racks that never arrive": (lambda run: run.plan[2].__setitem__(4, "2028"), {"accelerators.arrive_inside_the_horizon"}),
    "grid a year later": (lambda run: run.plan[3].__setitem__(4, "2027"), {"power.capacity_is_what_follows", "power.supply_covers_peak"}),
    "grid that never serves": (lambda run: run.plan[3].__setitem__(4, "2028"), {"power.serves_inside_the_horizon"}),
    "racks retired and running": (lambda run: run.plan.append(["accelerators", "retired", "old_rack", "north", "2028", 1]),
                                  {"accelerators.spares_stand_by", "accelerators.left_is_installed", "accelerators.installed_is_what_follows"}),
    "racks retired that were never there": (lambda run: run.plan.append(["accelerators", "retired", "new_rack", "south", "2028", 1]),
                                            {"accelerators.installed_not_below_zero"}),
    "racks running that were never bought": (added("accelerators.running", "new_rack", "north", "2028", 1), {"accelerators.spares_stand_by",
                                             "accelerators.load_fits_liquid_halls_of_100_kW", "account.compute_is_what_follows"}),
    "racks left that were never bought": (written("accelerators.left", 81, "old_rack"), {"accelerators.left_is_bought",
                                                                                         "accelerators.left_is_installed"}),
    "racks bought at a site without halls": (lambda run: run.plan.append(["accelerators", "bought", "old_rack", "south", "2026", 1]),
                                             {"accelerators.bought_is_what_follows", "money.ledger_of_capital_is_what_follows"}),
    "output without energy": (without("power.output", "2028"), {"power.energy_is_balanced"}),
    "output of engines that are not there": (lambda run: run.row("power.output", "2028").__setitem__(0, "gas_engine"),
                                             {"power.output_of_prime_within_its_capacity", "money.ledger_of_running_is_what_follows"}),
    "a bill that is not paid": (written("power.bill", 3.0, "2028"), {"power.bill_pays_energy", "money.ledger_of_running_is_what_follows"}),
    "a bill of engines": (added("power.bill", "gas_engine", "north", "2028", 1), {"power.bills_are_of_bought_energy"}),
    "a system without a rate": (lambda run: run.inputs["accelerators"].__delitem__(slice(12, 13)), {"accelerators.bought_has_a_rate"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_corrupted_answer_is_named(tmp_path: Path, name: str) -> None:
    change, expected = BROKEN[name]
    found = failed_until(expected, tmp_path, change)
    assert expected <= found, sorted(found)


def carbon_at_ten(run: Run) -> None:
    """Carbon costs 10 USD a tonne."""
    run.definition["parts"].append("carbon")
    run.give("carbon", "emissions", "price", 10, "USD_2026/t")


MONEY: dict[str, tuple[Change, set[str]]] = {
    "a sum of capital": (written("ledger", 99, "capital", "halls"), {
        "money.ledger_of_capital_is_what_follows", "money.ledger_npv_is_that_of_the_decisions"}),
    "capital left out": (without("ledger", "networks", "2027"), {
        "money.ledger_of_capital_is_what_follows", "money.ledger_npv_is_that_of_the_decisions", "money.residual_never_above_what_was_paid"}),
    "capital of another class": (lambda run: run.row("ledger", "capital", "networks").__setitem__(2, "accelerators"), {
        "money.ledger_of_capital_is_what_follows", "money.residual_never_above_what_was_paid"}),
    "capital paid to another": (lambda run: run.row("ledger", "capital", "builders").__setitem__(5, "landowners"), {
        "money.ledger_of_capital_is_what_follows"}),
    "capital paid later": (lambda run: run.row("ledger", "capital", "builders").__setitem__(6, "2027"), {
        "money.ledger_of_capital_is_what_follows"}),
    "capital booked as running cost": (lambda run: run.row("ledger", "capital", "builders").__setitem__(0, "running"), {
        "money.ledger_of_capital_is_what_follows", "money.ledger_of_running_is_what_follows", "money.residual_never_above_what_was_paid"}),
    "property tax not paid": (without("ledger", "property_tax", "2028"), {
        "money.ledger_of_running_is_what_follows", "money.ledger_npv_is_that_of_the_decisions"}),
    "residual above what was paid": (written("ledger", 101, "residual", "hall"), {
        "money.ledger_of_residual_is_what_follows", "money.ledger_npv_is_that_of_the_decisions", "money.residual_never_above_what_was_paid"}),
    "residual too high": (written("ledger", 86.4, "residual", "accelerators", "72"), {
        "money.ledger_of_residual_is_what_follows", "money.ledger_npv_is_that_of_the_decisions"}),
    "residual before the end": (lambda run: run.row("ledger", "residual", "hall").__setitem__(6, "2027"), {
        "money.residual_is_credited_at_the_end"}),
    "a site that keeps its worth": (added("ledger", "residual", "sites", "sites", "north", "north", "landowners", "2028", 5), {
        "money.opening_a_site_leaves_nothing", "money.ledger_of_residual_is_what_follows", "money.ledger_npv_is_that_of_the_decisions"}),
    "money from nowhere": (added("ledger", "received", "investors", "grant", "x", "north", "treasury", "2027", 50), {
        "money.kinds_of_entries_are_known"}),
    "a negative payment": (added("ledger", "running", "power", "energy", "grid", "north", "utilities", "2026", -1), {
        "reading.nothing_is_negative", "money.ledger_of_running_is_what_follows", "money.ledger_npv_is_that_of_the_decisions"}),
    "deposit forgotten": (lambda run: run.give("accelerators", "old_rack", "deposit", 0.2, "1"), {"money.ledger_of_capital_is_what_follows"}),
    "contingency forgotten": (lambda run: run.give("halls", "hall", "contingency", 0.1, "1"), {"money.ledger_of_capital_is_what_follows"}),
    "carbon price forgotten": (carbon_at_ten, {
        "money.ledger_of_running_is_what_follows", "money.ledger_npv_is_that_of_the_decisions"}),
    "discounting forgotten": (lambda run: run.definition["horizon"].update(discount_rate=0.09), {
        "summary.npv_cost_musd_is_what_follows", "reading.discount_capital_of_periods_is_that_of_the_horizon"}),
}


@pytest.mark.parametrize("name", MONEY)
def test_wrong_money_is_named(tmp_path: Path, name: str) -> None:
    change, expected = MONEY[name]
    found = failed_until(expected, tmp_path, change)
    assert expected <= found, sorted(found)


FIGURES = ["objective", "capital_musd", "capital_first_build_musd", "residual_musd", "npv_cost_musd", "npv_value_musd",
           "running_musd_per_year_final"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_summary_must_be_what_follows(tmp_path: Path, name: str) -> None:
    def round_up(run: Run) -> None:
        run.summary[name] += 1

    wanted = f"summary.{name}_is_what_follows"
    assert wanted in failed_until([wanted], tmp_path, round_up)


@pytest.mark.parametrize("name", ["it_mw", "facility_mw", "compute_kh100e"])
def test_a_series_of_the_summary_must_be_what_follows(tmp_path: Path, name: str) -> None:
    def a_year_earlier(run: Run) -> None:
        run.summary[name] = run.summary[name][1:] + run.summary[name][:1]

    def too_short(run: Run) -> None:
        run.summary[name].pop()

    expected = {f"summary.{name}_is_what_follows"}
    assert failed(audited(tmp_path / "earlier", a_year_earlier)) == expected
    assert failed(audited(tmp_path / "shorter", too_short)) == expected


@pytest.mark.parametrize("name", ["capital_by_class_musd", "running_by_class_musd", "halls", "systems", "supplies_mw"])
def test_a_list_of_the_summary_must_be_what_follows(tmp_path: Path, name: str) -> None:
    def lose_one(run: Run) -> None:
        run.summary[name].popitem()

    def invent_one(run: Run) -> None:
        run.summary[name]["another"] = 1

    expected = {f"summary.{name}_is_what_follows"}
    assert failed(audited(tmp_path / "lost", lose_one)) == expected
    assert failed(audited(tmp_path / "invented", invent_one)) == expected


def test_the_first_power_must_be_the_first(tmp_path: Path) -> None:
    assert failed(audited(tmp_path, lambda run: run.summary.update(first_it_period="2026"))) == {
        "summary.first_it_period_is_what_follows"}


def test_headline_figures_must_be_there(tmp_path: Path) -> None:
    assert failed(audited(tmp_path, lambda run: run.summary.pop("it_mw"))) == {"summary.headline_figures_are_there"}
