"""What a shell is offered after some words: models, runs, items, quantities and keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gwplan.commands.cli import gwplan
from tests.commands.program import ROOT, run
from tests.reports.hand_made import write_run

NAME = "20260101T000000Z_tiny_11111111"


@pytest.fixture
def working(tmp_path: Path) -> Path:
    """A folder with one run that has a name."""
    folder = write_run(tmp_path / "runs" / NAME)
    (folder / "manifest.json").write_text(json.dumps({"model": "models/tiny.toml", "name": "cap38"}))
    return tmp_path


def offered(working: Path, *words: str) -> set[str]:
    """What bash is offered for the last word."""
    result = run(cwd=working, _GWPLAN_COMPLETE="bash_complete", COMP_WORDS=" ".join(("gwplan", *words)), COMP_CWORD=str(len(words)))
    assert result.returncode == 0, result.stderr
    return {line.split(",", 1)[1] for line in result.stdout.splitlines() if line.startswith("plain,")}


def test_commands_and_options(working: Path) -> None:
    assert set(gwplan.commands) <= offered(working, "")
    assert {"--schedule", "--published", "--limits", "--finance", "--all"} <= offered(working, "show", "--")


def test_models(working: Path) -> None:
    shipped = {path.stem for path in (ROOT / "models").glob("*.toml")}
    assert offered(working, "solve", "") == shipped
    assert offered(working, "check", "least") == {"least_cost"}


@pytest.mark.parametrize("command", ["show", "worth", "audit", "report", "workbook", "compare", "runs", "circle"])
def test_runs(command: str, working: Path) -> None:
    assert offered(working, command, "") == {"latest", "cap38", NAME}
    assert offered(working, command, "cap") == {"cap38"}


def test_models_and_runs_together(working: Path) -> None:
    assert offered(working, "explain", "npv_cost_musd", "--of", "") >= {"tiny", "latest", "cap38"}


@pytest.mark.parametrize(("words", "some"), [
    (("solve", "tiny", "--set", "halls.hall.pr"), {"halls.hall.price"}),
    (("solve", "tiny", "--set", "model.target.1."), {"model.target.1.measure", "model.target.1.amount", "model.target.1.by"}),
    (("sweep", "tiny", "--over", "budget.capital."), {"budget.capital.cap", "budget.capital.until"}),
    (("breakeven", "tiny", "--of", "accelerators.new_rack.pri"), {"accelerators.new_rack.price"}),
    (("why-not", "tiny", "second"), {"second_vendor"}),
    (("why-not", "tiny", "new_"), {"new_rack"}),
    (("stress", "tiny", "--only", "halls.hall"), {"halls.hall.*"}),
    (("explain", "npv_cost"), {"npv_cost_musd"}),
])  # fmt: skip
def test_items_and_quantities_of_the_model(words: tuple[str, ...], some: set[str], working: Path) -> None:
    assert some <= offered(working, *words)
    assert all(each.startswith(words[-1]) for each in offered(working, *words))


def test_a_model_that_cannot_be_read_offers_nothing(working: Path) -> None:
    (working / "broken.toml").write_text("[[", encoding="utf-8")
    assert offered(working, "solve", "broken", "--set", "h") == set()
