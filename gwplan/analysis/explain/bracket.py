"""Where a yes turns into a no along one number: regula falsi with Illinois's weights, guarded by bisection.

Only the two answers at the ends decide. Heights, where they are known, say where the crossing probably is: a wrong height costs
a step, never the answer. If two steps have not halved the bracket, the next one does.

Source: Dowell and Jarratt 1971, A modified regula falsi method for computing the root of an equation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

SHORT_OF = 0.9
"""The nearest a point comes to an end of the bracket, as a share of the tolerance: a step beyond the crossing closes the bracket."""
PATIENT = 2
"""Steps in which the bracket has to halve."""


@dataclass(frozen=True)
class Probe:
    """The answer at a value. height: its signed distance from the crossing, positive where the answer is yes; None if unknown."""

    value: float
    yes: bool
    height: float | None = None


Bracket = tuple[Probe, Probe]
"""Two values, the smaller first, with different answers."""


def narrowed(ends: Bracket, ask: Callable[[float, Bracket], Probe], within: float, step: float = 0.0) -> Iterator[Bracket]:
    """Ever smaller brackets, until the ends are `within` of each other.

    ask: the answer at a value between the ends. step: values are multiples of it, counted from the first end; 0 for any value.
    ValueError if the answers at the ends are the same.
    """
    low, high = ends
    if low.yes == high.yes or low.value >= high.value:
        raise ValueError("the answers at the two ends must differ, and the smaller value comes first")
    widths = [high.value - low.value]
    least = max(within, step)
    while high.value - low.value > least:
        halve = len(widths) > PATIENT and widths[-1] > widths[-1 - PATIENT] / 2
        guess = None if halve else crossing(low, high)
        point = inside(low.value, high.value, guess, least)
        if step:
            last = math.ceil((high.value - low.value) / step) - 1
            point = low.value + step * min(max(round((point - low.value) / step), 1), last)
        found = ask(point, (low, high))
        if found.yes == low.yes:
            low, high = found, lightened(high)
        else:
            low, high = lightened(low), found
        widths.append(high.value - low.value)
        yield low, high


def crossing(low: Probe, high: Probe) -> float | None:
    """Where the line through two heights of different signs is zero; None without such heights."""
    if low.height is None or high.height is None or low.height * high.height > 0 or low.height == high.height:
        return None
    return low.value - low.height * (high.value - low.value) / (high.height - low.height)


def inside(low: float, high: float, guess: float | None, within: float) -> float:
    """A guess, moved away from the ends; the middle without one, or where it would be outside."""
    margin = SHORT_OF * within
    if guess is None or high - low <= 2 * margin:
        return (low + high) / 2
    return min(max(guess, low + margin), high - margin)


def lightened(end: Probe) -> Probe:
    """An end that stays, with half its height: the next guess is nearer to it."""
    return end if end.height is None else replace(end, height=end.height / 2)
