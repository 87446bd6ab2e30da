"""Levelised cost: the constant price at which revenue and cost have equal present value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gwplan.common.financial.returns import When, present_value


def levelised_cost(costs: Sequence[float], amounts: Sequence[float], rate: float, when: When = "start") -> float | None:
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
