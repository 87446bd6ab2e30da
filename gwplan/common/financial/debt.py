"""Debt schedules: what one unit of money drawn pays back, period by period after the draw.

A draw is made at the end of period 0; payment n (from 1) is made at the end of the n-th period after it. In the grace
only interest is paid, or nothing at all where it is capitalised: it is then added to the balance. In each schedule

    balance[n] = balance[n-1] x (1 + rate) - interest paid[n] - principal paid[n]

with balance[0] = 1, and the balance after the last payment is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import expm1, log1p
from typing import Literal

Shape = Literal["annuity", "level", "bullet"]
SHAPES: tuple[Shape, ...] = ("annuity", "level", "bullet")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Payments per unit drawn; item n-1 belongs to the n-th period after the draw.

    interest: paid; principal: repaid; accrued: interest added to the balance instead of being paid; balance: after the payment.
    """

    interest: tuple[float, ...]
    principal: tuple[float, ...]
    accrued: tuple[float, ...]
    balance: tuple[float, ...]

    @property
    def service(self) -> tuple[float, ...]:
        """Interest and principal."""
        return tuple(map(sum, zip(self.interest, self.principal, strict=True)))


def annuity(rate: float, periods: int) -> float:
    """The level payment at the end of each of `periods` periods that repays one unit with interest: rate / (1 - (1 + rate)^-n)."""
    if periods < 1:
        raise ValueError(f"a debt over {periods} periods cannot be repaid")
    return 1 / periods if rate == 0 else -rate / expm1(-periods * log1p(rate))


def schedule(shape: Shape, rate: float, periods: int, grace: int = 0, *, capitalised: bool = False) -> Schedule:
    """The schedule of one unit over `periods` periods, the first `grace` of which repay nothing.

    annuity: level payments; level: level principal; bullet: all at the end. ValueError where no period is left to repay in.
    """
    if not 0 <= grace < periods:
        raise ValueError(f"a grace of {grace} periods leaves none of {periods} to repay in")
    owed = (1 + rate) ** grace if capitalised else 1.0
    left = periods - grace
    balance, rows = 1.0, []
    for number in range(1, periods + 1):
        due = balance * rate
        if number <= grace:
            interest, principal, accrued = (0.0, 0.0, due) if capitalised else (due, 0.0, 0.0)
        else:
            repaid = {"annuity": owed * annuity(rate, left) - due, "level": owed / left, "bullet": 0.0}[shape]
            interest, principal, accrued = due, balance if number == periods else repaid, 0.0
        balance = balance + accrued - principal
        rows.append((interest, principal, accrued, balance))
    interests, principals, accruals, balances = zip(*rows, strict=True)
    return Schedule(interests, principals, accruals, balances)


def sculpted(cash: Sequence[float], rate: float, coverage: float) -> tuple[float, Schedule]:
    """The debt whose service is the cash available in each period over the coverage, and its schedule (in money, not per unit).

    Debt = sum over periods of cash / coverage / (1 + rate)^n. ValueError if the cash or the coverage is not above 0.
    """
    if coverage <= 0 or not cash or min(cash) < 0:
        raise ValueError("sculpting needs a coverage above 0 and cash that is never negative")
    service = [amount / coverage for amount in cash]
    debt = sum(amount / (1 + rate) ** number for number, amount in enumerate(service, 1))
    before = list(accumulate(service[:-1], lambda balance, paid: balance * (1 + rate) - paid, initial=debt))
    interest = tuple(balance * rate for balance in before)
    principal = tuple(paid - due for paid, due in zip(service, interest, strict=True))
    after = (*before[1:], before[-1] - principal[-1])
    return debt, Schedule(interest, principal, (0.0,) * len(service), after)
