"""A proof of infeasibility that the search waits for has little time; one beside the search has all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gwplan.common.status import Status
from gwplan.solving import disproof
from gwplan.solving.options import Options, SolveResult


@pytest.mark.parametrize(("limit", "given"), [(600.0, disproof.PATIENCE), (2.0, 2.0)])
def test_a_single_thread_waits_for_a_proof_no_longer_than_its_patience(monkeypatch: pytest.MonkeyPatch, limit: float, given: float) -> None:
    asked: list[float] = []

    def nearest(arrays: Any, options: Options) -> tuple[None, SolveResult]:
        asked.append(options.time_limit)
        return None, replace(SolveResult.without_plan(Status.OPTIMAL), objective=np.inf)

    for name, stand_in in {"is_plan": lambda arrays: False, "dates": lambda arrays: [1, 2], "until": lambda arrays, last: arrays,
                           "nearest": nearest}.items():
        monkeypatch.setattr(disproof, name, stand_in)
    look = disproof.Disproof.begun(None, Options(0.01, limit, 1, 0), None)  # type: ignore[arg-type]
    assert asked == [given], "the first part alone"
    assert look.proven.is_set()
