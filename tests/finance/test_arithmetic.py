"""Schedules, depreciation, tax and returns: against pyxirr's own formulas, hand calculations, and what must always hold."""

from __future__ import annotations

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from gwplan.common.financial.debt import SHAPES, Schedule, schedule
from gwplan.common.financial.depreciation import macrs_tables, straight_line, tax_shares, with_bonus
from gwplan.common.financial.returns import payback, per_period, present_value, rate_of_return, sign_changes
from tests.finance.textbook import allowed_interest, break_even, levelised_cost, sculpted, tax_years, written_off

RATES = st.floats(0, 0.5)


def identity(found: Schedule, rate: float, drawn: float = 1.0) -> None:
    """Balance = balance before + interest due - paid; nothing is left; what is paid is worth what was drawn."""
    balance = drawn
    for interest, principal, accrued, after in zip(found.interest, found.principal, found.accrued, found.balance, strict=True):
        assert interest + accrued == pytest.approx(balance * rate, abs=1e-9)
        balance += accrued - principal
        assert after == pytest.approx(balance, abs=1e-9)
    assert balance == pytest.approx(0, abs=1e-9 * max(1, drawn))
    assert present_value(rate, found.service, "end") == pytest.approx(drawn)


@given(st.sampled_from(SHAPES), RATES, st.integers(1, 60), st.integers(0, 20), st.booleans())
def test_every_schedule_repays_what_was_drawn(shape: str, rate: float, periods: int, grace: int, capitalised: bool) -> None:
    grace = min(grace, periods - 1)
    identity(schedule(shape, rate, periods, grace, capitalised=capitalised), rate)  # type: ignore[arg-type]


@pytest.mark.parametrize(("rate", "periods"), [(0.01, 36), (0.08, 5), (0.0658, 24)])
def test_annuity_is_that_of_pyxirr(rate: float, periods: int) -> None:
    found = schedule("annuity", rate, periods)
    assert found.interest == pytest.approx([pyxirr.ipmt(rate, number, periods, -1) for number in range(1, periods + 1)])
    assert found.principal == pytest.approx([pyxirr.ppmt(rate, number, periods, -1) for number in range(1, periods + 1)])


def test_schedules_by_hand() -> None:
    """100 at 10 % over three periods: level principal 33.3; one period of grace, its interest added: 110 over two."""
    level = schedule("level", 0.1, 3)
    assert level.principal == pytest.approx([1 / 3] * 3)
    assert level.interest == pytest.approx([0.1, 0.2 / 3, 0.1 / 3])
    bullet = schedule("bullet", 0.1, 3)
    assert (bullet.interest, bullet.principal) == (pytest.approx([0.1] * 3), pytest.approx([0, 0, 1]))
    added = schedule("level", 0.1, 3, 1, capitalised=True)
    assert added.accrued == pytest.approx([0.1, 0, 0])
    assert added.service == pytest.approx([0, 0.55 + 0.11, 0.55 + 0.055])
    with pytest.raises(ValueError, match="must be shorter than the tenor"):
        schedule("annuity", 0.1, 3, 3)


@given(st.lists(st.floats(0.1, 1e3), min_size=1, max_size=30), RATES, st.floats(1, 3))
def test_sculpted_debt_keeps_its_coverage(cash: list[float], rate: float, coverage: float) -> None:
    debt, found = sculpted(cash, rate, coverage)
    assert [amount / paid for amount, paid in zip(cash, found.service, strict=True)] == pytest.approx([coverage] * len(cash), rel=1e-6)
    balance = debt
    for interest, principal in zip(found.interest, found.principal, strict=True):
        assert interest == pytest.approx(balance * rate, abs=1e-6)
        balance -= principal
    assert balance == pytest.approx(0, abs=1e-6 * debt)


def test_straight_line_by_hand() -> None:
    assert straight_line(4) == pytest.approx([0.25] * 4)
    assert straight_line(2, first=0.5) == pytest.approx([0.25, 0.5, 0.25])
    assert straight_line(2.5) == pytest.approx([0.4, 0.4, 0.2])
    assert with_bonus([0.5, 0.5], 0.6) == pytest.approx([0.8, 0.2])


@given(st.sampled_from([3, 5, 7, 15, 20, 27.5, 39]), st.floats(0, 1))
def test_all_of_a_price_is_written_off_once(life: float, bonus: float) -> None:
    shares = tax_shares(life, bonus, 20)
    assert sum(shares) == pytest.approx(1)
    assert min(shares) > -1e-12
    if life > 20:
        assert shares == tax_shares(life), "no bonus beyond classes of 20 years"
    else:
        assert shares[0] == pytest.approx(bonus + (1 - bonus) * tax_shares(life)[0])


def test_depreciation_of_spending_in_several_years() -> None:
    assert written_off([100, 50, 0], [0.5, 0.3, 0.2]) == pytest.approx([50, 55, 35])
    assert set(macrs_tables()) == {3, 5, 7, 15, 20}


def test_tax_with_losses_by_hand() -> None:
    """A loss of 100, then profits of 50: 40 are offset each year (80 %), until 20 are left for the last."""
    found = tax_years([-100, 50, 50, 50], 0.25, loss_share=0.8)
    assert [year.used for year in found] == pytest.approx([0, 40, 40, 20])
    assert [year.tax for year in found] == pytest.approx([0, 2.5, 2.5, 7.5])
    assert found[-1].losses == pytest.approx(0)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20), st.floats(0, 1))
def test_losses_are_used_once(profits: list[float], loss_share: float) -> None:
    found = tax_years(profits, 0.24, loss_share)
    assert all(year.tax >= 0 and year.losses >= -1e-9 for year in found)
    made = sum(max(-profit, 0) for profit in profits)
    assert sum(year.used for year in found) + found[-1].losses == pytest.approx(made, abs=1e-6)


def test_interest_limit_by_hand() -> None:
    assert allowed_interest([10, 10, 10], [-5, 20, 100], 0.3) == pytest.approx([0, 6, 24])


def test_returns_by_hand() -> None:
    assert rate_of_return([-100, 60, 60]) == pytest.approx((0.6 + (0.36 + 2.4) ** 0.5) / 2 - 1)
    assert rate_of_return([100, 60]) is None
    assert sign_changes([-1, 0, 2, -1]) == 2
    assert payback([-100, 50, 100]) == pytest.approx(2.5)
    assert payback([-100, 50]) is None
    assert payback([10, 20]) is None
    assert per_period(per_period(0.1, 0.25), 4) == pytest.approx(0.1)


@given(st.floats(0.02, 0.4), st.integers(1, 30))
def test_the_rate_of_return_is_worth_nothing(rate: float, periods: int) -> None:
    flows = [-1.0, *schedule("annuity", rate, periods).service]
    assert rate_of_return(flows) == pytest.approx(rate, rel=1e-6)


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=10), st.floats(1, 50), RATES)
def test_levelised_cost_breaks_even(costs: list[float], amount: float, rate: float) -> None:
    amounts = [0.0] + [amount] * (len(costs) - 1)
    level = levelised_cost(costs, amounts, rate)
    assert level is not None

    def worth(price: float) -> float:
        return present_value(rate, [price * sold - cost for cost, sold in zip(costs, amounts, strict=True)])

    assert worth(level) == pytest.approx(0, abs=1e-6 * (1 + sum(costs)))
    assert break_even(worth, 1e6) == pytest.approx(level, abs=1e-6)
    assert levelised_cost(costs, [0.0] * len(costs), rate) is None
