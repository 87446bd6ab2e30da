"""Work that a plan's compute would do, and what it costs: by hand from the rows and from the systems that run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import gwplan
from gwplan.inputs.case import Case as Facts
from tests.parts.stage import apply
from tests.parts.test_compute_measure import ACHIEVED
from tests.support import TINY

MIX = "workload = { training = 0.5, prefill = 0.2, decode = 0.3 }"
TOKENS = ("compute.compute.flop_per_input_token=100 GFLOP", "compute.compute.flop_per_output_token=200 GFLOP")
SECONDS_A_YEAR = 8760 * 3600


def solved(folder: Path, compute: str, *changes: str) -> tuple[gwplan.Run, Facts]:
    """The tiny case with shares achieved, and with a workload if one is given, solved; and what its rows say."""
    shutil.copytree(TINY.parents[1] / "inputs" / "tiny", folder / "inputs")
    for change in (*ACHIEVED, *changes):
        apply(folder / "inputs", change)
    text = TINY.read_text(encoding="utf-8").replace("../inputs/tiny", "inputs")
    (folder / "model.toml").write_text(text + (f"\n[compute]\n{compute}\n" if compute else ""), encoding="utf-8")
    case = gwplan.read_case(folder / "model.toml")
    return gwplan.solve(case), case.facts


def test_work_by_hand(tmp_path: Path) -> None:
    """Shares of the hours x running x availability x peak rate x share of it; tokens by what one takes."""
    plan, facts = solved(tmp_path, MIX, *TOKENS)
    summary = plan.summary
    running = plan.table("accelerators.running")
    last = summary["periods"][-1]
    training = read = written = 0.0
    for (system, _, period), number in running["value"].items():
        if period != last:
            continue
        peak = number * facts.number("accelerators", system, "fp8_rate") * facts.number("accelerators", system, "availability") * 1e12
        shares = {"old_rack": (0.5, 0.3, 0.04), "new_rack": (0.25, 0.4, 0.16)}[system]
        training += 0.5 * shares[0] * peak
        read += 0.2 * shares[1] * peak / 100e9
        written += 0.3 * shares[2] * peak / 200e9
    assert training > 0
    assert summary["training_exaflop_days"][-1] == pytest.approx(training * 365 / 1e18)
    assert summary["input_tokens_trillion"][-1] == pytest.approx(read * SECONDS_A_YEAR / 1e12)
    assert summary["output_tokens_trillion"][-1] == pytest.approx(written * SECONDS_A_YEAR / 1e12)


def test_the_workloads_share_the_cost_by_hours(tmp_path: Path) -> None:
    """Half of the hours train: half of the cost of H100e-hours is theirs, at H100e of training. One system runs, so ratios are plain."""
    plan, facts = solved(tmp_path, MIX, *TOKENS)
    systems = {system for (system, *_), number in plan.table("accelerators.running")["value"].items() if number > 0}
    (system,) = systems
    shares = {"old_rack": (0.5, 0.3, 0.04), "new_rack": (0.25, 0.4, 0.16)}[system]
    h100 = (0.25, 0.2, 0.08)
    mean = sum(part * mine / one for part, mine, one in zip((0.5, 0.2, 0.3), shares, h100, strict=True))
    hour = plan.summary["levelised_usd_per_h100e_hour"]
    peak = facts.number("compute", "h100", "fp8_rate") * 1e12 * 3600
    # An hour of a system costs hour x its H100e; in it, it trains at its own share of peak.
    assert plan.summary["usd_per_training_exaflop_day"] == pytest.approx(hour * mean * 86400e18 / (peak * shares[0]))
    assert plan.summary["usd_per_million_input_tokens"] == pytest.approx(hour * mean * 1e6 * 100e9 / (peak * shares[1]))
    assert plan.summary["usd_per_million_output_tokens"] == pytest.approx(hour * mean * 1e6 * 200e9 / (peak * shares[2]))


def test_without_what_a_token_takes_there_are_no_tokens(tmp_path: Path) -> None:
    summary = solved(tmp_path, MIX)[0].summary
    assert summary["training_exaflop_days"][-1] > 0
    assert not {key for key in summary if "token" in key}


def test_peak_rates_do_no_work(tmp_path: Path) -> None:
    assert not {key for key in solved(tmp_path, "")[0].summary if "exaflop" in key or "token" in key}


def test_each_figure_is_documented(tmp_path: Path) -> None:
    from tests.docs.test_pages import documented

    found = set(solved(tmp_path, MIX, *TOKENS)[0].summary)
    assert set(documented("Work in summary.json")) == found - set(documented("summary.json"))
