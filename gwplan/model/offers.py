"""Offers that change with time: an offer limits what is taken up in its period, and not what was taken up before and stays.

The stock was taken up period by period, each time within the offer of that period. So the part of it that was taken up under offers
of at most some size is at most that size: its last addition was within such an offer. This holds for the offer of the period, and
for each larger one before it. While an offer never falls, it is one row: the stock is within the offer.
"""

from __future__ import annotations

from collections.abc import Mapping


def larger_before(offers: Mapping[int, float], period: int) -> list[float]:
    """Larger offers before a period, under which stock may have been taken up; empty if the offer never fell."""
    return sorted({offer for number, offer in offers.items() if number < period and offer > offers[period]})


def taken_up_within(offers: Mapping[int, float], period: int, size: float) -> list[int]:
    """Numbers of the periods, up to this one, whose offer was at most of a size."""
    return [number for number, offer in offers.items() if number <= period and offer <= size]
