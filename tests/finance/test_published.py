"""Published figures, each within its own rounding. `published.json` holds figures and sources; payment timing is theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gwplan.common.financial.debt import annuity, schedule
from gwplan.common.financial.depreciation import macrs, straight_line
from gwplan.common.financial.returns import present_value, rate_of_return
from tests.finance.textbook import break_even, levelised_cost, written_off

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "published.json").read_text())


def test_hamilton_2010_blog() -> None:
    """46,000 servers in 8 MW: 57 % of a monthly 3.5 million is servers, 13 % power."""
    case = CASES["hamilton_2010_blog"]
    loans = {name: case[name]["price"] * annuity(case["rate_a_year"] / 12, case[name]["months"]) for name in ("servers", "network", "facility")}
    kilowatts = case["critical_load_mw"] * 1000 * case["average_use"] * case["pue"]
    months = {
        "servers": loans["servers"], "network": loans["network"],
        "power_distribution_and_cooling": loans["facility"] * case["power_and_cooling_share_of_facility"],
        "power": kilowatts * case["hours_a_month"] * case["power_usd_per_kwh"],
        "other_infrastructure": loans["facility"] * (1 - case["power_and_cooling_share_of_facility"]),
    }
    total = sum(months.values())
    assert total == pytest.approx(case["total_usd_a_month"], rel=case["total_within"])
    for name, percent in case["shares_percent"].items():
        assert 100 * months[name] / total == pytest.approx(percent, abs=case["shares_within"]), name


@pytest.mark.parametrize("life", ["5", "7", "20"])
def test_macrs_irs946(life: str) -> None:
    case = CASES["macrs_irs946"]
    assert macrs(int(life)) == pytest.approx(case[life], abs=case["within"])
    assert sum(macrs(int(life))) == pytest.approx(1, abs=case["sum_within"])


def test_numpy_financial_basics() -> None:
    case = CASES["numpy_financial_basics"]
    for rate, periods, borrowed, payment in case["payments"]:
        assert borrowed * annuity(rate, periods) == pytest.approx(payment, rel=case["within"])
    npv, rate, nper, pv = (case[name] for name in ("npv", "rate", "nper", "pv"))
    assert present_value(npv["rate"], npv["flows"]) == pytest.approx(npv["value"], rel=npv["within"])
    flows = [-rate["paid"], *[0] * (rate["periods"] - 1), rate["received"]]
    assert rate_of_return(flows) == pytest.approx(rate["value"], rel=case["within"])
    # So many yearly payments save the future sum: the sum of an annuity at a broken number of years is on the same curve.
    worth = nper["payment"] * ((1 + nper["rate"]) ** nper["value"] - 1) / nper["rate"]
    assert worth == pytest.approx(nper["future"], rel=case["within"])
    assert present_value(pv["rate"], [pv["payment"]] * pv["periods"], "end") == pytest.approx(pv["value"], rel=case["within"])


def offgrid_flows(case: dict[str, Any]) -> dict[str, list[float]]:
    """Yearly flows of years -1 to 20, in USD."""
    kilowatts, load, years = case["engine_mw"] * 1000, case["load_mw"] * 1000, range(1, case["debt_years"] + 1)
    hard = case["engine_usd_per_kw"] * kilowatts + case["integration_usd_per_kw_load"] * load
    capital = hard * (1 + case["soft_share"])
    fixed = case["engine_om_usd_per_kw"] * kilowatts + case["balance_om_usd_per_kw_load"] * load + case["soft_om_share"] * hard
    energy = case["energy_mwh"]
    fuel = energy * 1000 * case["heat_rate_btu_per_kwh"] / 1e6 * case["fuel_usd_per_mmbtu"]
    debt = case["leverage"] * capital
    paid = schedule("annuity", case["cost_of_debt"], case["debt_years"])
    before, after = [0.0, 0.0], case["om_escalator"]
    return {
        "capital": [capital],
        "equity": [(capital - debt) / 2] * 2 + [0.0] * len(years),
        "fuel": before + [fuel * (1 + case["fuel_escalator"]) ** (year - 1) for year in years],
        "fixed": before + [fixed * (1 + after) ** (year - 1) for year in years],
        "variable": before + [case["engine_om_usd_per_kwh"] * 1000 * energy * (1 + after) ** (year - 1) for year in years],
        "service": before + [debt * amount for amount in paid.service],
        "interest": before + [debt * amount for amount in paid.interest],
        "depreciation": before + written_off([capital, *[0.0] * (len(years) - 1)], case["depreciation"]),
        "energy": before + [energy] * len(years),
    }


def test_offgridai_gas_engine() -> None:
    """Levered, after tax: each present value, and the price at which equity is worth nothing, by two ways."""
    case = CASES["offgridai_gas_engine"]
    flows, rate, tax = offgrid_flows(case), case["cost_of_equity"], case["tax"]
    assert flows["capital"] == pytest.approx([case["total_capital"]])
    # Year n is discounted by n + 2 years, and the flows begin with year -1: one year before the first of them.
    worth = {name: present_value(rate, [0.0, *each]) for name, each in flows.items()}
    published = {"fuel": "fuel_npv", "fixed": "fixed_om_npv", "variable": "variable_om_npv", "service": "debt_service_npv",
                 "equity": "equity_capital_npv", "depreciation": "depreciation_npv", "interest": "interest_npv"}
    for name, key in published.items():
        assert worth[name] == pytest.approx(case[key], rel=case["within"]), name

    def equity_worth(price: float) -> float:
        earned = price * worth["energy"] - worth["fuel"] - worth["fixed"] - worth["variable"]
        taxed = tax * (earned - worth["interest"] - worth["depreciation"])
        return earned - taxed - worth["service"] - worth["equity"]

    assert break_even(equity_worth, 1000) == pytest.approx(case["lcoe_usd_per_mwh"], rel=case["within"])
    names = ("fuel", "fixed", "variable")
    cost = [sum(flows[name][n] for name in names) + (flows["service"][n] + flows["equity"][n]
            - tax * (flows["interest"][n] + flows["depreciation"][n])) / (1 - tax) for n in range(len(flows["fuel"]))]
    assert levelised_cost(cost, flows["energy"], rate) == pytest.approx(case["lcoe_usd_per_mwh"], rel=case["within"])


def test_morgan_stanley_100mw() -> None:
    case = CASES["morgan_stanley_100mw"]
    gpus = case["gpus"] * case["gpu_price_usd"]
    assert gpus == pytest.approx(case["gpu_capital_usd"], rel=case["within"])
    assert gpus / case["capital_usd"] == pytest.approx(case["gpu_share"], rel=case["within"] + 0.005 / case["gpu_share"])
    gpu = written_off([case["industry_gpu_usd"]], straight_line(case["gpu_life"]))[0]
    other = written_off([case["industry_other_usd"]], straight_line(case["other_life"]))[0]
    assert [gpu, other, gpu + other] == pytest.approx([case[f"{name}_depreciation"] for name in ("gpu", "other", "total")], rel=case["within"])


def test_barroso_tco_formula() -> None:
    """USD per watt of critical power and month, in eight parts."""
    case = CASES["barroso_tco_formula"]

    def loan(price: float, years: float) -> tuple[float, float]:
        months = round(years * 12)
        return price / months, price * sum(schedule("annuity", case["interest"] / 12, months).interest) / months

    building, interest = loan(case["building_usd_per_w"], case["building_years"])
    power = case["power_usd_per_kwh"] * case["hours_a_month"] / 1000 * case["average_to_peak"]
    for each in case["cases"]:
        server, server_interest = loan(each["usd"] / each["w"], each["years"])
        found = {"dc_amort": building, "dc_interest": interest, "power": power, "pue_overhead": power * (case["pue"] - 1), "srv_amort": server,
                 "srv_interest": server_interest, "srv_opex": case["server_opex_share"] * server}
        total = sum(found.values()) + case["building_opex"]
        expected = {name: each[name] for name in found}
        # Figures are given to seven places.
        assert found == pytest.approx(expected, rel=case["within"], abs=5e-8)
        assert total == pytest.approx(each["total"], rel=case["within"])
        assert total * each["w"] * each["years"] * 12 == pytest.approx(each["life_tco_usd"], rel=case["within"])


def test_temoa_annualised_demand() -> None:
    """A loan of one year whose end the loan's own rate discounts is the price itself; running cost falls at the year's end."""
    case = CASES["temoa_annualised_demand"]
    loan = schedule("annuity", case["rate"], case["loan_years"])
    capital = present_value(case["rate"], [case["capital"] * paid for paid in loan.service], "end")
    assert capital + present_value(case["rate"], [case["running"]], "end") == pytest.approx(case["objective"], abs=case["within"])
