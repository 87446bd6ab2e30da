"""Financial arithmetic by its textbook definitions, independent of the model: tests compare the model and published cases with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from gwplan.common.calendar import Timing
from gwplan.common.financial.debt import Schedule
from gwplan.common.financial.returns import present_value


def sculpted(cash: Sequence[float], rate: float, coverage: float) -> tuple[float, Schedule]:
    """Sculpted debt: service in each period = available cash / coverage ratio. Returns the amount and its schedule (in money).

    Debt = sum over periods of cash / coverage / (1 + rate)^n. ValueError if the coverage is not positive or the cash is negative.
    """
    if coverage <= 0 or not cash or min(cash) < 0:
        raise ValueError("sculpting needs a positive coverage ratio and non-negative cash")
    service = [amount / coverage for amount in cash]
    debt = sum(amount / (1 + rate) ** number for number, amount in enumerate(service, 1))
    before = list(accumulate(service[:-1], lambda balance, paid: balance * (1 + rate) - paid, initial=debt))
    interest = tuple(balance * rate for balance in before)
    principal = tuple(paid - due for paid, due in zip(service, interest, strict=True))
    after = (*before[1:], before[-1] - principal[-1])
    return debt, Schedule(interest, principal, (0.0,) * len(service), after)


def written_off(costs: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Depreciation by year of spending by year: sum over earlier years of cost x share at that age."""
    return [sum(costs[bought] * shares[year - bought] for bought in range(year + 1) if year - bought < len(shares))
            for year in range(len(costs))]


def levelised_cost(costs: Sequence[float], amounts: Sequence[float], rate: float, when: Timing = "start") -> float | None:
    """Present value of costs over present value of amounts, at one rate and one timing for both; None if nothing is delivered."""
    delivered = present_value(rate, amounts, when)
    return present_value(rate, costs, when) / delivered if delivered > 0 else None


def break_even(worth: Callable[[float], float], most: float) -> float | None:
    """The root between 0 and `most` of the increasing function `worth(price)`; None if there is none."""
    from scipy.optimize import brentq

    low, high = worth(0.0), worth(most)
    if low > 0 or high < 0:
        return None
    return 0.0 if low == 0 else float(brentq(worth, 0.0, most, xtol=1e-12, rtol=1e-12))


@dataclass(frozen=True, slots=True)
class TaxYear:
    """One year: profit before losses, losses used, tax paid, losses carried forward."""

    profit: float
    used: float
    tax: float
    losses: float


def tax_years(profits: Sequence[float], rate: float, loss_share: float = 1.0, losses: float = 0.0) -> list[TaxYear]:
    """Tax year by year. A loss is carried forward; losses of earlier years offset at most `loss_share` of a profit (IRC 172: 80 %).

    Tax = rate x (profit - losses used), never negative; losses = losses before + loss - used.
    """
    years = []
    for profit in profits:
        gain, loss = max(profit, 0.0), max(-profit, 0.0)
        used = min(losses, loss_share * gain)
        losses += loss - used
        years.append(TaxYear(profit, used, rate * (gain - used), losses))
    return years


def allowed_interest(interest: Sequence[float], earnings: Sequence[float], share: float) -> list[float]:
    """Deductible interest: at most `share` of EBITDA (earnings before interest, tax, depreciation); the rest is carried forward.

    IRC 163(j). With negative earnings nothing may be deducted.
    """
    carried, allowed = 0.0, []
    for paid, earned in zip(interest, earnings, strict=True):
        deducted = min(carried + paid, share * max(earned, 0.0))
        carried += paid - deducted
        allowed.append(deducted)
    return allowed
