"""Random problems of one seed each: no wrong status, no wrong bound, no broken row. `make fuzz-solve` runs many more."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gwplan.solving.lexicographic import Answer
from tests.solving import fuzz
from tests.solving.small import arrays_of

PROGRAMS = range(70)
CASES = (2, 4, 5, 8, 11, 16, 25)
"""Of every goal; some without a plan."""


def test_random_programs_are_what_another_solver_finds_them_to_be() -> None:
    seen, wrong = Counter[str](), []
    for seed in PROGRAMS:
        status, found = fuzz.check_program(seed)
        seen[status] += 1
        wrong += [f"{seed}: {each}" for each in found]
    assert wrong == []
    assert set(seen) == {"optimal", "infeasible", "unbounded"}, "each status comes up"
    assert min(seen["optimal"], seen["infeasible"]) >= 20


@pytest.mark.parametrize("seed", CASES)
def test_random_cases_with_changed_limits_are_what_others_find_them_to_be(seed: int, tmp_path: Path) -> None:
    status, wrong = fuzz.check_case(seed, tmp_path)
    assert wrong == []
    assert status in ("optimal", "infeasible", "broken")


@pytest.mark.parametrize(("change", "words"), [
    ({"status": "infeasible", "x": None}, "status infeasible, but it is optimal"), ({"status": "stopped"}, "status stopped, but it is optimal"),
    ({"bound": 3.9}, "the bound 3.9 shuts out the best, 4.0"), ({"objective": 4.1}, "the plan is worth 4.0, not 4.1"),
    ({"x": np.array([3.0])}, "the plan is worth 3.0, not 4.0"), ({"x": np.array([4.5])}, "4.5 is better than the best, 4.0"),
    ({"x": np.array([3.5])}, "a whole number is broken"), ({"x": np.array([-1.0])}, "a variable is -1.0"),
    ({"x": np.array([4.5])}, "row 0 (small.row) is 4.5, not in [-inf, 4.0]"),
])  # fmt: skip
def test_the_check_finds_what_is_wrong(change: dict[str, object], words: str) -> None:
    """At most 4, in whole numbers: the best is 4."""
    arrays = arrays_of([[1]], [-np.inf], [4], [True], [1])
    right = Answer("optimal", np.array([4.0]), 4.0, 4.0, 0.0, None, [])
    best = fuzz.best_of(arrays, arrays.costs[0])
    assert list(fuzz.wrong_with(arrays, arrays.costs[0], best, right, 0.0, stopped=False)) == []
    wrong = Answer(**{**right.__dict__, **change})
    assert words in list(fuzz.wrong_with(arrays, arrays.costs[0], best, wrong, 0.0, stopped=False))
