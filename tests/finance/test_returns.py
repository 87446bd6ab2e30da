"""Rates of return where there are several, the modified rate, and years until money is back: published cases and by hand."""

from __future__ import annotations

import pytest
import pyxirr

from gwplan.common.calendar import Calendar, parse_date
from gwplan.common.financial.returns import modified_rate_of_return, present_value, rate_of_return, rates_of_return, sign_changes
from gwplan.results.summary_finance import moments, years_back

YEARS = Calendar.of(parse_date("2027"), parse_date("2031"), "year", 0.0)
HALVES = Calendar.of(parse_date("2027"), parse_date("2028"), "half", 0.0)


def test_the_oil_pump_has_two_rates() -> None:
    """Lorie and Savage (1955): 1,600 for a larger pump, 10,000 sooner, 10,000 less later: 25 % and 400 %."""
    flows = [-1600.0, 10000.0, -10000.0]
    assert rates_of_return(flows) == pytest.approx([0.25, 4.0])
    assert sign_changes(flows) == 2


@pytest.mark.parametrize("flows", [[-100.0, 60.0, 60.0], [-50.0, -50.0, 10.0, 0.0, 200.0], [-1.0, 0.1, 0.1]])
def test_with_one_change_of_sign_there_is_one_rate_and_it_balances(flows: list[float]) -> None:
    (rate,) = rates_of_return(flows, least=-0.9)
    assert present_value(rate, flows) == pytest.approx(0, abs=1e-9)
    assert rate_of_return(flows) == pytest.approx(rate)


def test_without_a_change_of_sign_there_is_none() -> None:
    assert rates_of_return([1.0, 2.0]) == rates_of_return([]) == rates_of_return([0.0, 0.0]) == []


def test_the_modified_rate_is_that_of_the_published_example() -> None:
    """The example of the MIRR function in spreadsheets: 120,000 paid, financed at 10 %, reinvested at 12 %: 13 %, 12.6094 in full."""
    flows = [-120000.0, 39000.0, 30000.0, 21000.0, 37000.0, 46000.0]
    found = modified_rate_of_return(flows, 0.10, 0.12)
    assert found == pytest.approx(0.126094, abs=1e-6)
    assert found == pytest.approx(pyxirr.mirr(flows, 0.10, 0.12))
    assert modified_rate_of_return([1.0, 2.0], 0.1, 0.1) is None


@pytest.mark.parametrize(("flows", "left", "years"), [
    ([-100.0, 30.0, 30.0, 30.0, 30.0], 0.0, 4 + 1 / 3),  # 10 of the last 30 are still missing after four years
    ([0.0, -60.0, 20.0, 40.0, 0.0], 0.0, 3.0),  # counted from the first payment
    ([-100.0, 20.0, 20.0, 0.0, 0.0], 60.0, 5.0),  # by what is left at the end, and not before it
    ([-100.0, 20.0, 20.0, 0.0, 0.0], 59.0, None),
])
def test_payback_by_hand(flows: list[float], left: float, years: float | None) -> None:
    assert years_back(YEARS, flows, left, 0.0) == (None if years is None else pytest.approx(years))


def test_discounted_payback_by_hand() -> None:
    """At 10 % a year 100 are worth 110 and 121 in the two years after: half of each year's 55 and 121 pays 50 and 50 of them back."""
    assert years_back(YEARS, [-100.0, 55.0, 121.0, 0.0, 0.0], 0.0, 0.10) == pytest.approx(1 + 1 + 0.5)
    # What is left falls half a year after the middle of the last period: 100 x 1.1^4.5 just pays 100 back.
    assert years_back(YEARS, [-100.0, 0.0, 0.0, 0.0, 0.0], 100 * 1.1**4.5 + 1e-6, 0.10) == pytest.approx(5.0)
    assert years_back(YEARS, [-100.0, 0.0, 0.0, 0.0, 0.0], 100 * 1.1**4.5 - 1e-3, 0.10) is None


def test_flows_fall_in_the_middle_of_their_periods_and_what_is_left_at_the_end() -> None:
    assert moments(HALVES, [-4.0, 0.0, 1.0, 2.0], 8.0) == [0.0, -4.0, 0.0, 0.0, 0.0, 1.0, 0.0, 2.0, 8.0]
