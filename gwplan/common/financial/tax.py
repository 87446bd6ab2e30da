"""Tax on profit, with loss carry-forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
