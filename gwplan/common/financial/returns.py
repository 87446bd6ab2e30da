"""Returns on cash flows: present value, rate of return, payback."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import expm1, log1p

from gwplan.common.calendar import SHIFT, Timing


def present_value(rate: float, flows: Sequence[float], when: Timing = "start") -> float:
    """Present value at the start of period 0; `when`: time within its period at which a flow falls."""
    return float(sum(flow * (1 + rate) ** -(number + SHIFT[when]) for number, flow in enumerate(flows)))


def sign_changes(flows: Sequence[float]) -> int:
    """Number of sign changes, ignoring zeros: with more than one there may be several rates of return."""
    signs = [flow > 0 for flow in flows if flow]
    return sum(before != after for before, after in pairwise(signs))


def rate_of_return(flows: Sequence[float]) -> float | None:
    """Internal rate of return (IRR) per period: zero present value; None if there is none.

    There is none if flows never change sign, or if no rate above -100 % balances them.
    """
    if not sign_changes(flows):
        return None
    from pyxirr import irr

    found = irr(list(flows), silent=True)
    return None if found is None or found <= -1 else float(found)


def rates_of_return(flows: Sequence[float], least: float = -0.5, most: float = 10.0, looks: int = 2000) -> list[float]:
    """All rates per period from `least` to `most` with zero present value, ascending; two nearly equal roots may be missed.

    The search grid is even in log(1 + rate). If there is more than one root, no single rate of return describes the flows.
    """
    from scipy.optimize import brentq

    if not sign_changes(flows):
        return []
    low, high = log1p(least), log1p(most)
    rates = [expm1(low + (high - low) * number / looks) for number in range(looks + 1)]
    worths = [present_value(rate, flows) for rate in rates]
    found = []
    for (rate, worth), (next_rate, next_worth) in pairwise(zip(rates, worths, strict=True)):
        if worth == 0:
            found.append(rate)
        elif worth * next_worth < 0:
            found.append(float(brentq(lambda each: present_value(each, flows), rate, next_rate, xtol=1e-14)))
    return found


def modified_rate_of_return(flows: Sequence[float], financed: float, reinvested: float) -> float | None:
    """Modified IRR per period: payments are discounted at `financed`, receipts compounded at `reinvested` to the last flow.

    (1 + MIRR)^(number of flows - 1) = value of receipts at the end / value of payments at the start; None if either is missing.
    """
    last = len(flows) - 1
    paid = present_value(financed, [min(flow, 0.0) for flow in flows])
    received = present_value(reinvested, [max(flow, 0.0) for flow in flows]) * (1 + reinvested) ** last
    return float((received / -paid) ** (1 / last) - 1) if paid < 0 < received else None


def per_period(rate: float, years: float) -> float:
    """A yearly rate compounded over `years`: (1 + rate)^years - 1. The inverse is the same with 1 / years."""
    return float((1 + rate) ** years - 1)


def payback(flows: Sequence[float], rate: float = 0.0) -> float | None:
    """Payback in periods, each flow spread evenly over its period; discounted payback if `rate` is not 0.

    The last time at which the cumulative flow rises to zero; None if it never does, or is never negative.
    """
    sums = list(accumulate(flow * (1 + rate) ** -number for number, flow in enumerate(flows)))
    if not sums or sums[-1] < 0 or min(sums) >= 0:
        return None
    last = max(number for number, amount in enumerate(sums) if amount < 0)
    return last + 1 - sums[last] / (sums[last + 1] - sums[last])
