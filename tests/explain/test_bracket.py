"""The search for where a yes turns into a no: it ends at the crossing of any answers, and quickly where heights are right."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from gwplan.analysis.explain.bracket import Bracket, Probe, narrowed


def searched(yes: Callable[[float], bool], height: Callable[[float], float | None], ends: tuple[float, float] = (0.0, 1.0),
             within: float = 1e-3, step: float = 0.0) -> tuple[Bracket, int]:
    """The last bracket, and how many values were asked."""
    asked: list[float] = []

    def ask(value: float, bracket: Bracket) -> Probe:
        assert bracket[0].value < value < bracket[1].value
        asked.append(value)
        return Probe(value, yes(value), height(value))

    first, last = (Probe(end, yes(end), height(end)) for end in ends)
    *_, bracket = narrowed((first, last), ask, within, step)
    return bracket, len(asked)


@pytest.mark.parametrize("root", [0.0004, 0.31, 0.5, 0.9996])
@pytest.mark.parametrize("height", [
    lambda x, root: x - root, lambda x, root: (x - root) ** 3, lambda x, root: math.copysign(1.0, x - root),
    lambda x, root: None, lambda x, root: 1e9 * (x - root) if x > root else 1e-9 * (x - root), lambda x, root: root - x,
], ids=["line", "flat", "jump", "unknown", "kink", "wrong sign"])
def test_the_crossing_is_in_the_bracket_whatever_the_heights(root: float, height: Callable[[float, float], float | None]) -> None:
    bracket, asked = searched(lambda x: x >= root, lambda x: height(x, root))
    assert bracket[0].value < root <= bracket[1].value
    assert bracket[1].value - bracket[0].value <= 1e-3
    # At worst every third step halves the bracket: 10 halvings are needed.
    assert asked <= 31


def test_a_straight_line_needs_two_steps() -> None:
    """The first is at the crossing, the second closes the bracket from the other side."""
    bracket, asked = searched(lambda x: x >= 0.37, lambda x: x - 0.37)
    assert asked == 2
    assert bracket[1].value - bracket[0].value <= 1e-3


def test_values_are_multiples_of_a_step() -> None:
    asked: list[float] = []

    def yes(value: float) -> bool:
        asked.append(value)
        return value < 27

    bracket, _ = searched(yes, lambda x: None, ends=(5, 41), within=0.1, step=4)
    assert [end.value for end in bracket] == [25, 29]
    assert all((value - 5) % 4 == 0 for value in asked)


@pytest.mark.parametrize("end", [12, 13, 14, 15])
def test_a_range_that_is_no_multiple_of_the_step_ends_too(end: int) -> None:
    bracket, _ = searched(lambda x: x >= 8, lambda x: None, ends=(0, end), step=3)
    assert bracket[0].value < 8 <= bracket[1].value
    assert bracket[1].value - bracket[0].value <= 3


def test_equal_answers_at_both_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="must differ"):
        searched(lambda x: True, lambda x: None)
