"""What the audit does not notice of a set of corruptions drawn with a seed: no more than one in twenty, each with its reason.

The long form, on two large financed runs, is `make corruptions`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import financed
from tests.corruptions import unnoticed

COUNT, SEED = 20, 11
MOST = 2 * COUNT // 20


@pytest.mark.long
def test_corruptions_of_a_small_and_a_financed_run_are_noticed(tiny_run: Path) -> None:
    missed = [each for run in (tiny_run, financed.solved()) for each in unnoticed(run, COUNT, SEED)]
    assert [str(each) for each in missed if not each.excuse] == []
    assert len(missed) <= MOST, [str(each) for each in missed]
