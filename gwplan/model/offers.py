"""Offers that change with time: what is on offer limits what is taken up, and never what was taken up before and stays.

What stands was taken up period by period, each time within the offer of that period. So of all that stands, what was taken up
under offers of at most some size is at most that size: the last of it was taken up within such an offer. This holds for the
offer of the period, and for each larger one before it. While an offer never falls it is one row: the stock within the offer.
"""

from __future__ import annotations

from collections.abc import Mapping


def larger_before(offers: Mapping[int, float], period: int) -> list[float]:
    """The larger offers before a period at which something may have been taken up; none while the offer never fell."""
    return sorted({offer for number, offer in offers.items() if number < period and offer > offers[period]})


def taken_up_within(offers: Mapping[int, float], period: int, size: float) -> list[int]:
    """Numbers of the periods, up to this one, whose offer was at most of a size."""
    return [number for number, offer in offers.items() if number <= period and offer <= size]
