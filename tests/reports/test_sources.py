"""Where numbers come from: counts by source, and the share of capital that rests on estimates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gwplan.inputs.tables import Source
from gwplan.planning import build
from gwplan.planning.request import Request
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import estimate_share, estimate_shares, listed, of_case

MODELS = Path(__file__).parents[2] / "models"


def test_estimates_by_class(run_folder: Path) -> None:
    shares = estimate_shares(RunFolder(run_folder))
    assert estimate_share(run_folder) == shares["all"]
    # Power: the grid's 36 are an estimate, of the engines' 25 one of two dated prices is.
    engines = 25 / 2
    assert shares == pytest.approx(
        {
            "sites": 1.0,
            "accelerators": 1.0,
            "networks": 0.0,
            "halls": 0.0,
            "power": (36 + engines) / 61,
            "all": (20 + 3300 + 36 + engines) / 5031,
        }
    )


def test_labels_dates_and_published_figures_are_no_numbers_used() -> None:
    rows = pd.DataFrame({"table": ["halls"] * 5 + ["published"], "unit": ["MW", "label", "date", "1", "MW", "MW"],
                         "source": ["a", "a", "b", "b", "b", "b"]})
    kinds = {"a": "study", "b": "estimate", "unused": "press"}
    sources = {key: Source(key, key.upper(), "x", "2026", "", kind) for key, kind in kinds.items()}
    found = listed("case", rows, sources)
    assert [(source.key, source.numbers) for source in found.sources] == [("b", 2), ("a", 1)]
    assert found.numbers == 3
    assert found.estimates == pytest.approx(2 / 3)


def test_shipped_tiny_case_is_all_estimates() -> None:
    found = of_case(build.read(Request(MODELS / "tiny.toml")))
    assert [source.key for source in found.sources] == ["round_numbers"]
    assert found.estimates == 1.0
    assert found.numbers > 100


def test_shares_of_the_shipped_case_sum_to_one() -> None:
    found = of_case(build.read(Request(MODELS / "one_gigawatt.toml")))
    assert sum(source.share for source in found.sources) == pytest.approx(1)
    assert sum(source.numbers for source in found.sources) == found.numbers
    assert all(source.title and source.publisher for source in found.sources)
