"""Each rule on its own: the plan and its tables stay as they are, one promise is tightened, and that rule alone fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.audit.hand_made import Run, audited, failed

Change = Callable[[Run], None]


def given(table: str, item: str, quantity: str, base: object, unit: str, **where: str) -> Change:
    """A change of one input."""
    return lambda run: run.give(table, item, quantity, base, unit, **where)


def defined(**values: Any) -> Change:
    """A change of the definition."""
    return lambda run: run.definition.update(values)


def with_carbon(item: str, quantity: str, base: object, unit: str) -> Change:
    """The part carbon with one number."""

    def change(run: Run) -> None:
        run.definition["parts"].append("carbon")
        run.give("carbon", item, quantity, base, unit)
        run.summary["no_limit_on"] = ["compute"]

    return change


def in_fives(run: Run) -> None:
    """The same 12 MW of grid, but in units of 5 MW: 2.4 of them."""
    run.give("power", "grid", "unit", 5, "MW")
    run.plan[3][-1] = 2.4
    run.put("power.ordered", 2.4, "grid")


def light_halls(run: Run) -> None:
    """Halls that bear 99 kW in a rack, one less than the racks need."""
    run.give("halls", "hall", "density", 99, "kW")
    run.row("account.hall_room", "2027")[3] = run.row("account.hall_room", "2028")[3] = 99.0


def capped_in(*caps: tuple[str, float], carries: float) -> Change:
    """Capital capped by year."""

    def change(run: Run) -> None:
        run.give("budget", "capital", "carries", carries, "1")
        for year, cap in caps:
            run.give("budget", "capital", "cap", cap, "MUSD_2026", when=year)

    return change


RULES: dict[str, tuple[Change, set[str]]] = {
    "site not yet to be had": (given("sites", "north", "earliest", "2027", "date"),
                               {"sites.opened_not_before_earliest", "halls.started_not_before_earliest", "summary.held_back_names_what_follows"}),
    "too little land": (given("sites", "north", "land", 9, "acre"), {"sites.halls_fit_the_land"}),
    "too little water": (given("sites", "north", "water_limit", 7000, "m**3/year"), {"sites.water_within_limit"}),
    "site too small": (given("sites", "north", "most_it", 9, "MW"), {"halls.room_within_most_it"}),
    "starts too fast": (given("halls", "hall", "most_started", 0.5, "1/year"), {"halls.starts_within_limit"}),
    "no starts any more": (given("halls", "hall", "most_started", 0, "1/year"), {"halls.started_where_starts_are_possible"}),
    "allocation exceeded": (given("accelerators", "old_rack", "most_bought", 79, "1/year"), {"accelerators.arrivals_within_allocation"}),
    "no longer sold": (given("accelerators", "old_rack", "most_bought", 0, "1/year", when="2027"),
                       {"accelerators.arrive_while_sold", "accelerators.arrivals_within_allocation"}),
    "not yet delivered": (given("accelerators", "old_rack", "earliest", "2028", "date"), {"accelerators.arrive_not_before_earliest"}),
    "spares missing": (given("accelerators", "old_rack", "spares", 0.01, "1"), {"accelerators.spares_stand_by"}),
    "racks too dense": (light_halls, {"accelerators.bought_fits_some_hall", "accelerators.load_fits_liquid_halls_of_100_kW"}),
    "grid not yet there": (given("power", "grid", "earliest", "2028", "date", site="north"), {"power.serves_not_before_earliest"}),
    "grid too small": (given("power", "grid", "most", 11, "MW", site="north"), {"power.capacity_within_offer"}),
    "grid not offered": (given("power", "grid", "most", 0, "MW", site="north"), {"power.ordered_is_offered", "power.capacity_within_offer"}),
    "peak not covered": (given("power", "grid", "firm_credit", 0.99, "1"), {"power.supply_covers_peak"}),
    "more than it can give": (given("power", "grid", "availability", 0.73, "1"), {"power.output_of_prime_within_its_capacity"}),
    "take or pay not paid": (given("power", "grid", "minimum_take", 0.74, "1"), {"power.bill_pays_minimum_take"}),
    "fraction of a large unit": (in_fives, {"power.large_units_are_whole"}),
    "budget exceeded": (given("budget", "capital", "cap", 299, "MUSD_2026"), {"budget.capital_within_cap"}),
    "budget of a class exceeded": (given("budget", "halls", "cap", 99, "MUSD_2026"), {"budget.halls_within_cap"}),
    # 110 of 120 MUSD are spent in 2026, so 195 + 10 are there for the 190 of 2027, were it not that only 1 % carries over.
    "budget of a year exceeded": (capped_in(("2026", 120), ("2027", 189.8), carries=0.01), {"budget.capital_within_its_years"}),
    "target missed": (defined(target=[{"measure": "it", "amount": "10.1 MW", "by": "2028-Q1"}]), {"goals.target_1_of_it_is_met", "summary.target_met_is_what_follows"}),
    "target missed at its start": (defined(target=[{"measure": "facility", "amount": "12 MW", "by": "2026-Q4", "until": "2027"}]),
                                   {"goals.target_1_of_facility_is_met", "summary.target_met_is_what_follows"}),
    "target of compute missed": (defined(target=[{"measure": "compute", "amount": "8100 H100e", "by": "2028"}]),
                                 {"goals.target_1_of_compute_is_met", "summary.target_met_is_what_follows"}),
    "counted where nothing is": (defined(target=[{"measure": "it", "amount": "1 MW", "by": "2028", "counts": ["leased"]}]),
                                 {"goals.target_1_of_it_is_met", "summary.target_met_is_what_follows"}),
    "demand exceeded": (defined(goal=[{"kind": "least_cost", "most_it": "9 MW"}]), {"goals.it_within_demand"}),
    "operational carbon over its cap": (with_carbon("operational", "cap", 15, "kt/year"), {"carbon.operational_within_cap"}),
    "embodied carbon over its cap": (with_carbon("embodied", "total_cap", 5700, "t"), {"carbon.embodied_within_cap"}),
    "objective of another goal": (defined(goal=[{"kind": "most_compute"}]),
                                  {"summary.goals_are_those_of_the_model", "summary.objective_is_what_follows"}),
}


@pytest.mark.parametrize("name", RULES)
def test_a_broken_rule_is_named(tmp_path: Path, name: str) -> None:
    change, expected = RULES[name]
    assert failed(audited(tmp_path, change)) == expected


KEPT: dict[str, Change] = {
    "just enough land": given("sites", "north", "land", 10, "acre"),
    "just enough water": given("sites", "north", "water_limit", 7008, "m**3/year"),
    "just large enough": given("sites", "north", "most_it", 10, "MW"),
    "just the allocation": given("accelerators", "old_rack", "most_bought", 80, "1/year"),
    "sold until the next year": given("accelerators", "old_rack", "most_bought", 0, "1/year", when="2028"),
    "just enough grid": given("power", "grid", "most", 12, "MW", site="north"),
    "just enough of the time": given("power", "grid", "availability", 0.7334, "1"),
    "minimum take below use": given("power", "grid", "minimum_take", 0.7333, "1"),
    "just the budget": given("budget", "capital", "cap", 0.3, "GUSD_2026"),
    "budget that ends before the racks": given("budget", "halls", "cap", 100, "MUSD_2026"),
    "budget carried over": capped_in(("2026", 120), ("2027", 180), carries=1.0),
    "a year without a row carries nothing and is free": capped_in(("2028", 0), carries=1.0),
    "target until the racks are there": defined(target=[{"measure": "it", "amount": "10000 kW", "by": "2027", "until": "2028-Q4"}]),
    "demand just met": defined(goal=[{"kind": "least_cost", "most_it": "10 MW"}]),
    "carbon just within its cap": with_carbon("operational", "cap", 15.4176, "kt/year"),
    "carbon of building within its cap": with_carbon("embodied", "total_cap", 5800, "t"),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_rule_that_is_just_kept_passes(tmp_path: Path, name: str) -> None:
    assert failed(audited(tmp_path, KEPT[name])) == set()


def test_whole_life_spend_must_fit_the_budget(tmp_path: Path) -> None:
    """300 of capital fit 310, with 17.4688 of running cost they do not; discounted compute is 16 kH100e-years at a rate of 0."""

    def ask_for_compute(run: Run) -> None:
        run.definition["goal"] = {"kind": "most_compute", "spend": "whole_life"}
        run.asks("most_compute", "least_cost", objective=16.0)
        run.give("budget", "capital", "cap", 310, "MUSD_2026")

    assert failed(audited(tmp_path, ask_for_compute)) == {"budget.whole_life_spend_within_cap"}


def test_soonest_counts_no_more_than_the_amount_and_never_falls(tmp_path: Path) -> None:
    """At most 6 MW count in each of the two years with racks: 12 MW-periods."""

    def ask_soonest(run: Run) -> None:
        run.definition["goal"] = [{"kind": "soonest", "amount": "6 MW"}]
        run.asks("soonest", "least_cost", objective=12.0)
        run.tables["goal.delivered"] = (["period", "value"], [["2027", 6], ["2028", 6]])

    def claim_more(run: Run) -> None:
        ask_soonest(run)
        run.put("goal.delivered", 7, "2027")
        run.put("goal.delivered", 5, "2028")

    assert failed(audited(tmp_path / "kept", ask_soonest)) == set()
    assert failed(audited(tmp_path / "broken", claim_more)) == {"goals.delivered_is_there", "goals.delivered_never_falls"}


def test_value_less_cost_is_the_objective_of_most_value(tmp_path: Path) -> None:
    """Compute is worth 70.08 MUSD and costs 129.7688. A plan that is worth more than its bound is not within any gap either."""

    def ask_for_value(run: Run) -> None:
        run.definition["goal"] = {"kind": "most_value", "most_it": "10 MW"}
        run.asks("most_value", objective=70.08 - 129.7688)

    def claim_more(run: Run) -> None:
        ask_for_value(run)
        run.asks("most_value", objective=-50.0, bound=70.08 - 129.7688)

    assert failed(audited(tmp_path / "kept", ask_for_value)) == set()
    assert failed(audited(tmp_path / "broken", claim_more)) == {
        "summary.objective_is_what_follows", "goals.objective_within_its_bound", "goals.objective_of_most_value_is_what_follows",
        "summary.gap_is_what_follows", "summary.optimal_is_within_the_gap_asked_for"}
