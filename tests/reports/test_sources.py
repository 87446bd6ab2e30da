"""Where numbers come from: counts by source, and the share of capital that rests on estimates."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from rich.console import Console

from gwplan.inputs.tables import Source
from gwplan.planning import build
from gwplan.planning.build import check
from gwplan.planning.request import Request
from gwplan.reports.terminal import summary
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import capital_sentence, estimate_share, estimate_shares, estimates_of, listed, of_case

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


def test_the_share_of_estimates_is_the_same_wherever_it_is_told(tiny_run: Path) -> None:
    """In the tiny case every number is one: the command that checks, the one that lists, the terminal, the page and the workbook agree."""
    run = RunFolder(tiny_run)
    sentence = estimates_of(run).sentence
    assert sentence == of_case(build.read(Request(MODELS / "tiny.toml"))).estimated.sentence == check(Request(MODELS / "tiny.toml")).estimates.sentence
    stream = io.StringIO()
    summary.show(tiny_run, Console(file=stream, width=300))
    page = (tiny_run / "report.html").read_text(encoding="utf-8")
    cells = " ".join(str(cell.value) for cell in openpyxl.load_workbook(tiny_run / "plan.xlsx")["Summary"]["A"])
    assert all(sentence in text for text in (stream.getvalue(), page, cells))
    assert all(capital_sentence(run) in text for text in (page, cells))
    assert capital_sentence(run) == "100% of the capital rests on prices that are estimates."


def test_pages_name_the_folder_that_they_end_up_in(tiny_run: Path) -> None:
    """They are written while the folder is a draft under another name."""
    page = (tiny_run / "report.html").read_text(encoding="utf-8")
    assert tiny_run.name in page
    assert "unfinished" not in page
    assert RunFolder(tiny_run).name == RunFolder(tiny_run).manifest["run"] == tiny_run.name
