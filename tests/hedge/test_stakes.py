"""A hedge whose decision is a stake: paid in before its mark is known. A tenth of a lab costs 50 MUSD."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from tests.contracts.small import model, target
from tests.contracts.test_stakes import GOAL, STAKE, WORTH


@pytest.mark.parametrize(("low", "paid", "mean", "knowing"), [(400, 50, 8, 4), (200, 0, 0, 12)])
def test_a_stake_is_paid_in_before_its_mark_is_known(tmp_path: Path, low: float, paid: float, mean: float, knowing: float) -> None:
    """A mark of 700 gains 20, with 0.6; one of 400 loses 10 and one of 200 loses 30, with 0.4. Who knows gains 0.6 x 20."""
    path = model(tmp_path, WORTH, *STAKE, "stake@@2020.mark=900 MUSD_nominal", "stake@@2028.mark=700 MUSD_nominal",
                 targets=[target("it", "10 MW", by="2027-Q1")], goal=GOAL)
    rows = f"high,0.6,,,,\nlow,0.4,2028,contracts.stake@@2028.mark={low} MUSD_nominal,,\n"
    (tmp_path / "scenarios.csv").write_text(f"scenario,probability,known,set,overlay,note\n{rows}")
    done = CliRunner().invoke(program, ["hedge", str(path), "--scenarios", str(tmp_path / "scenarios.csv"), "--runs", str(tmp_path), "--json"])
    assert done.exit_code == Exit.SOLVED, done.output
    found, _ = json.JSONDecoder().raw_decode(done.output)
    now = found["tables"]["now"]
    staked = [place for place, decision in enumerate(now["decision"]) if decision == "staked"]
    assert [(now["hedge"][place], now["base"][place], now["unit"][place]) for place in staked] == [(pytest.approx(paid), 50.0, "MUSD")]
    assert found["value_of_knowing"]["found"] == pytest.approx(knowing)
    assert found["wait_and_see"] - found["expected"] == pytest.approx(0.6 * 20 - mean)
    assert found["decisions_are_shared"]["passed"]
    text = CliRunner().invoke(program, ["hedge", str(path), "--scenarios", str(tmp_path / "scenarios.csv"), "--runs", str(tmp_path)]).output
    assert "stake" in text.lower()
