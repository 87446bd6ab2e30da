"""`gwplan circle`: what it prints, its JSON, its page and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gwplan.commands.cli import gwplan
from gwplan.common.status import Status
from gwplan.planning import run as running
from gwplan.planning.request import Outcome
from tests.circle.hand_made import FLOWS, write_run


def called(*words: str | Path) -> Result:
    return CliRunner().invoke(gwplan, ["circle", *map(str, words)])


def test_prints_the_answer_first_and_the_round_trip_beside_the_coverage(folder: Path) -> None:
    result = called(folder)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "Of $11.7B (nominal) that investors pay in, $11.7B returns to them as purchases."
    nvidia = next(line.split() for line in lines if line.startswith("nvidia "))
    assert nvidia == ["nvidia", "7.70", "15.20", "4.55", "100%", "1.97x", "51%", "-7.50", "0.3"]
    assert "alone says little" in result.output.replace("\n", " ").replace("  ", " ")
    assert "planner → microsoft → nvidia → planner" in result.output
    assert max(map(len, (line for line in lines if "Run folder" not in line))) <= 100


def test_json_says_the_same(folder: Path, folder_without: Path) -> None:
    found = json.loads(called(folder, "--without", folder_without, "--json").output)
    assert (found["exit_code"], found["paid_in"], found["back"]) == (0, 11700, pytest.approx(11700))
    assert {each["investor"]: each["coverage"] for each in found["investors"]} == {"nvidia": pytest.approx(15.2 / 7.7), "microsoft": 3.25, "google": None}
    assert found["external_sources"] == pytest.approx(found["sources"] - found["back"])
    assert found["largest_miss"] == pytest.approx(0, abs=1e-6)
    assert {each["key"] for each in found["without"]["differences"]} >= {"it_mw", "peak_equity", "equity_value"}
    assert sum(each["amount"] for each in found["payments"]) == pytest.approx(sum(each["amount"] for each in found["pairs"]))


def test_a_run_without_finance_is_one_sentence(folder: Path) -> None:
    (folder / "tables" / "finance.flow.csv").unlink()
    result = called(folder)
    assert result.exit_code == 3
    assert result.output == "with was planned without the part finance: it has no table of cash flows (finance.flow.csv).\n"


def test_a_run_without_investors_is_one_sentence(tmp_path: Path, folder_without: Path) -> None:
    result = called(folder_without)
    assert (result.exit_code, result.output.count("\n")) == (3, 1)
    assert "the case offers no investor contract" in result.output
    flows = {key: values for key, values in FLOWS.items() if key[0] != "invested"}
    offered = called(write_run(tmp_path / "offered", flows), "--json")
    assert offered.exit_code == 3
    assert "none of the contracts amazon_equity, microsoft_equity, nvidia_equity is signed" in json.loads(offered.output)["message"]


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    assert called(tmp_path).exit_code == 3


def test_one_way_to_compare_at_a_time(folder: Path) -> None:
    assert called(folder, "--without", folder, "--solve").exit_code == 2


@pytest.mark.parametrize(("code", "status"), [(4, "infeasible"), (6, "stopped")])
def test_no_plan_without_investors_is_an_answer(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, status: str) -> None:
    message = "These rules clash: equity_is_limited."
    monkeypatch.setattr(running, "solve", lambda request: Outcome(Status(status), None, message))
    result = called(folder, "--solve")
    assert result.exit_code == code
    assert message in result.output
    text = result.output.replace("\n", " ").replace("  ", " ")
    assert ("without it there is no plan." in text, "without it no plan was found." in text) == (code == 4, code == 6)


def test_solve_compares_with_what_it_made(folder: Path, folder_without: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "solve", lambda request: Outcome(Status.STOPPED, folder_without, "Stopped early."))
    result = called(folder, "--solve")
    assert result.exit_code == 5
    assert "IT power is 20 MW lower" in " ".join(result.output.split())
