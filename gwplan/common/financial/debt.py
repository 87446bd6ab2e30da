"""Debt schedules: interest and principal per unit drawn, period by period after the draw.

A draw is made at the end of period 0; payment n (from 1) is made at the end of the n-th period after it. In the
grace period only interest is paid, or, if it is capitalised, nothing: it is added to the balance. In each schedule

    balance[n] = balance[n-1] x (1 + rate) - interest paid[n] - principal paid[n]

with balance[0] = 1 and a balance of zero after the last payment. A tenor or grace period that is not a whole number of periods is
interpolated: the draw is split between the schedules of the next shorter and the next longer whole number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1, floor, log1p
from typing import Literal

Shape = Literal["annuity", "level", "bullet"]
SHAPES: tuple[Shape, ...] = ("annuity", "level", "bullet")
ROUNDING = 1e-9
"""Rounding tolerance of a whole number of periods."""


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
        """Debt service: interest plus principal."""
        return tuple(map(sum, zip(self.interest, self.principal, strict=True)))


def annuity(rate: float, periods: int) -> float:
    """The level payment at the end of each of `periods` periods that repays one unit with interest: rate / (1 - (1 + rate)^-n)."""
    if periods < 1:
        raise ValueError(f"a debt over {periods} periods cannot be repaid")
    return 1 / periods if rate == 0 else -rate / expm1(-periods * log1p(rate))


def schedule(shape: Shape, rate: float, periods: int, grace: int = 0, *, capitalised: bool = False) -> Schedule:
    """The schedule of one unit over `periods` periods, the first `grace` of which repay nothing.

    annuity: level payments; level: level principal; bullet: all at the end. ValueError if the grace period is not shorter.
    """
    if not 0 <= grace < periods:
        raise ValueError(f"the grace period ({grace} periods) must be shorter than the tenor ({periods} periods)")
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


def whole_parts(periods: float) -> tuple[tuple[int, float], ...]:
    """A length of time as whole periods with weights: 4.25 is 4 with 0.75 and 5 with 0.25; a whole number has weight 1."""
    whole = floor(periods + ROUNDING)
    over = periods - whole
    return ((whole, 1.0),) if over <= ROUNDING else ((whole, 1 - over), (whole + 1, over))


def prorated(shape: Shape, rate: float, periods: float, grace: float = 0.0, *, capitalised: bool = False) -> Schedule:
    """The schedule of one unit over a fractional number of periods: the weighted sum of the schedules over whole numbers.

    A tenor below one period counts as one, and grace ends at least one period earlier. Payments are continuous in both.
    """
    columns: dict[str, list[float]] = {name: [] for name in ("interest", "principal", "accrued", "balance")}
    for tenor, share in whole_parts(max(periods, 1.0)):
        for waits, part in whole_parts(grace):
            found = schedule(shape, rate, tenor, min(waits, tenor - 1), capitalised=capitalised)
            for name, column in columns.items():
                column.extend([0.0] * (tenor - len(column)))
                for age, amount in enumerate(getattr(found, name)):
                    column[age] += share * part * amount
    return Schedule(*(tuple(column) for column in columns.values()))
