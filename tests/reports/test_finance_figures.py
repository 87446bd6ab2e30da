"""The figures of finance, the levelised cost and the break-even price: identities on the tables of a small financed plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.analysis.compare.waterfall import addends, waterfall
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.financed import by_period, financed, solved, summary_of, table_of

REQUIRED, INFLATION, REAL_RATE = 0.12, 0.02, 0.08
ACCELERATORS, H100E = 50, 400
"""In one new_rack of the tiny case, the only system worth buying: 8 H100e an accelerator."""


def sponsor(run: Path) -> tuple[list[float], float]:
    """Dividends less equity by year, and what is left, from the tables."""
    flows = [-(paid + got) for paid, got in zip(by_period(run, "finance.flow", line="equity"),
                                                by_period(run, "finance.flow", line="dividends"), strict=True)]  # fmt: skip
    (left,) = [float(row["value"]) for row in table_of(run, "finance.settlement") if row["line"] == "left_over"]
    return flows, left


def worth(run: Path, rate: float) -> float:
    """Present value of the sponsor's flows, each in the middle of its year."""
    flows, left = sponsor(run)
    return sum(flow / (1 + rate) ** (n + 0.5) for n, flow in enumerate(flows)) + left / (1 + rate) ** len(flows)


def test_value_and_rate_of_return_are_those_of_the_sponsors_flows() -> None:
    found, run = summary_of(solved()), solved()
    assert found["equity_value_musd_nominal"] == pytest.approx(worth(run, REQUIRED)) == pytest.approx(found["objective"])
    assert worth(run, found["irr"]) == pytest.approx(0, abs=1e-6)
    assert (1 + found["irr_real"]) * (1 + INFLATION) == pytest.approx(1 + found["irr"])
    assert found["irr_all"] == pytest.approx([found["irr"]])
    assert found["irr"] > found["mirr"] > REQUIRED  # receipts that earn less than the plan lower its rate


def test_equity_is_summed_and_its_peak_found() -> None:
    found, (flows, left) = summary_of(solved()), sponsor(solved())
    assert found["equity_paid_in_musd_nominal"] == pytest.approx(-sum(flow for flow in flows if flow < 0))
    assert found["dividends_musd_nominal"] == pytest.approx(sum(flow for flow in flows if flow > 0))
    assert found["left_over_musd_nominal"] == pytest.approx(left)
    sums = [-sum(flows[: n + 1]) for n in range(len(flows))]
    assert found["peak_equity_musd_nominal"] == pytest.approx(max(sums))
    assert found["peak_equity_period"] == found["periods"][sums.index(max(sums))]


def test_sources_are_uses_and_capital_is_paid_in_the_money_of_its_day() -> None:
    """Prices are dollars of 2026; the year 2027 has 1.02 times their level in its middle."""
    run = solved()
    both = summary_of(run)["sources_and_uses"]
    assert both["until"] == "2027"
    assert sum(both["sources"].values()) == pytest.approx(sum(both["uses"].values()))
    assert min(*both["sources"].values(), *both["uses"].values()) > 0
    paid = dict.fromkeys(("sites", "halls", "accelerators", "networks", "power"), 0.0)
    for row in table_of(run, "ledger"):
        if row["kind"] == "capital" and row["period"] in ("2026", "2027"):
            paid[row["class"]] += float(row["amount"]) * (1 + INFLATION) ** (int(row["period"]) - 2026)
    assert {name: both["uses"][name] for name in paid} == pytest.approx(paid)
    assert both["sources"]["equity"] == pytest.approx(sum(by_period(run, "finance.flow", line="equity")))


def test_debt_tax_and_coverage_are_those_of_the_tables() -> None:
    run, found = solved(), summary_of(solved())
    owed = [loans + revolver for loans, revolver in zip(by_period(run, "finance.balance"), by_period(run, "finance.revolver"), strict=True)]
    assert found["debt_most_musd_nominal"] == pytest.approx(max(owed))
    assert found["debt_most_period"] == found["periods"][owed.index(max(owed))]
    assert found["debt_drawn_by_facility_musd_nominal"]["mortgage"] == pytest.approx(
        sum(by_period(run, "finance.flow", line="drawn", item="mortgage")))
    assert found["tax_paid_musd_nominal"] == pytest.approx(-sum(by_period(run, "finance.flow", line="tax")))
    available, service = by_period(run, "finance.available"), by_period(run, "finance.service")
    by_year = {name: available[n] / service[n] for n, name in enumerate(found["periods"]) if n > 1 and service[n] > 0}
    assert found["coverage_by_year"] == pytest.approx(by_year)
    assert found["least_coverage"] == pytest.approx(min(by_year.values())) and found["least_coverage"] > 1.3 - 1e-6
    assert by_year[found["least_coverage_period"]] == found["least_coverage"]
    assert (found["coverage_floor"], found["coverage_lock_up"]) == (1.3, 1.4)


@pytest.mark.parametrize("goal", ["most_equity_value", "least_cost"])
def test_levelised_cost_times_hours_is_the_cost_and_its_classes_sum_to_it(goal: str) -> None:
    run = solved(goal)
    found = summary_of(run)
    compute = by_period(run, "account.compute")
    hours = sum(amount * 8760 / 1000 / (1 + REAL_RATE) ** (n + 0.5) for n, amount in enumerate(compute))
    each = found["levelised_usd_per_h100e_hour"]
    assert found["discounted_million_h100e_hours"] == pytest.approx(hours)
    assert each * hours == pytest.approx(found["npv_cost_musd"])
    assert sum(found["levelised_by_class_usd_per_h100e_hour"].values()) == pytest.approx(each, rel=1e-12)
    if set(found["systems"]) == {"new_rack"}:
        assert found["levelised_usd_per_accelerator_hour"] == pytest.approx(each * H100E / ACCELERATORS)


def test_a_class_of_the_levelised_cost_by_hand() -> None:
    """The site is opened for 10 MUSD in the middle of the first year and is worth nothing at the end, or what the tables say."""
    run, found = solved(), summary_of(solved())
    left = sum(float(row["amount"]) for row in table_of(run, "ledger") if row["kind"] == "residual" and row["class"] == "sites")
    present = 10 / (1 + REAL_RATE) ** 0.5 - left / (1 + REAL_RATE) ** 6
    sites = found["levelised_by_class_usd_per_h100e_hour"]["sites"]
    assert sites * found["discounted_million_h100e_hours"] == pytest.approx(present)


def test_at_the_break_even_price_equity_is_worth_nothing() -> None:
    """Solved again with the price path times the multiple and the plan fixed."""
    run, found = solved(), summary_of(solved())
    assert found["break_even_held_by"] == ["required return"]
    assert found["break_even_usd_per_h100e_hour"] == pytest.approx(found["break_even_multiple"] * found["price_usd_per_h100e_hour"])
    again = summary_of(solved(sets=(priced(found["break_even_multiple"]),), fix=run / "plan.csv"))
    assert again["equity_value_musd_nominal"] == pytest.approx(0, abs=1e-4 * found["equity_paid_in_musd_nominal"])
    assert again["irr"] == pytest.approx(REQUIRED, abs=1e-4)
    assert again["break_even_multiple"] == pytest.approx(1, abs=1e-4)
    assert again["price_usd_per_h100e_hour"] == pytest.approx(found["break_even_usd_per_h100e_hour"], rel=1e-3)


def priced(multiple: float) -> str:
    """The whole price path times a number."""
    return f"finance.compute_sales@@*.price=*{multiple!r}"


def test_where_a_covenant_asks_for_more_it_is_named_and_a_lower_price_has_no_plan(tmp_path: Path) -> None:
    """Two years longer, the racks are replaced: what that leaves for lenders holds the price, and equity is worth more than nothing."""
    run = solved(end="2033-Q4")
    found = summary_of(run)
    assert "finance.cash_flow_covers_debt" in found["break_even_held_by"]
    model = financed(tmp_path, end="2033-Q4")
    for factor, code in ((1.001, {0, 1}), (0.99, {4})):  # 1: the check of the answer is not what this is about
        outcome = solve(Request(model, sets=(priced(found["break_even_multiple"] * factor),), fix=run / "plan.csv", runs=tmp_path / "runs"))
        assert outcome.exit_code in code, outcome.message


def test_the_price_is_the_mean_of_the_path_weighted_by_discounted_hours() -> None:
    """1.4 in the middle of 2026 falling by straight lines to 0.7 in 2033, from the first of January of each."""
    run, found = solved(), summary_of(solved())
    compute = by_period(run, "account.compute")
    weights = [amount / (1 + REAL_RATE) ** (n + 0.5) for n, amount in enumerate(compute)]
    prices = [1.4 - 0.1 * (n + 0.5) for n in range(len(weights))]
    mean = sum(price * weight for price, weight in zip(prices, weights, strict=True)) / sum(weights)
    assert found["price_usd_per_h100e_hour"] == pytest.approx(mean)


def test_the_value_of_equity_is_the_sum_of_its_addends_and_its_change_of_its_steps() -> None:
    base, dearer = RunFolder(solved()), RunFolder(solved(sets=("finance.tax.tax_rate=0.35",)))
    for run in (base, dearer):
        assert sum(addends(run, "most_equity_value").values) == pytest.approx(run.summary["objective"])
    found = waterfall(base, dearer, "most_equity_value")
    assert sum(step.amount for step in found.steps) == pytest.approx(dearer.summary["objective"] - base.summary["objective"])
    assert found.unit == "MUSD_nominal" and found.better is False
    assert next(step for step in found.steps if step.name == "tax").amount < 0


def test_half_years_are_counted_as_halves() -> None:
    """Flows fall after a quarter and three quarters of each year; coverage is tested over the two halves of any year after the build."""
    run = solved(sets=("model.horizon.step=half",))
    found, (flows, left) = summary_of(run), sponsor(run)
    for rate, value in ((REQUIRED, found["equity_value_musd_nominal"]), (found["irr"], 0.0)):
        present = sum(flow / (1 + rate) ** ((n + 0.5) / 2) for n, flow in enumerate(flows)) + left / (1 + rate) ** (len(flows) / 2)
        assert present == pytest.approx(value, abs=1e-6)
    available, service = by_period(run, "finance.available"), by_period(run, "finance.service")
    first = found["periods"].index(found["first_build_until"]) + 1
    years = {name: (sum(available[n - 1 : n + 1]), sum(service[n - 1 : n + 1])) for n, name in enumerate(found["periods"]) if n > first}
    assert found["coverage_by_year"] == pytest.approx({name: flow / due for name, (flow, due) in years.items() if due > 0})
    first_paid = next(n for n, flow in enumerate(flows) if flow)
    assert 0 < found["payback_years"] <= (len(flows) - first_paid) / 2


def test_a_plan_without_finance_has_none_of_its_figures_but_a_levelised_cost(tiny_run: Path) -> None:
    found = summary_of(tiny_run)
    assert "irr" not in found and "break_even_multiple" not in found
    # No discounting: cost less what is left, over all hours.
    hours = sum(found["compute_kh100e"]) * 8760 / 1000
    assert found["levelised_usd_per_h100e_hour"] == pytest.approx(found["npv_cost_musd"] / hours)
