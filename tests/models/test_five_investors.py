"""Five suppliers who invest, in years so that it is quick: caps, commitments and both sides of each deal, from the written tables."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from gwplan.analysis.circular_financing.circle import Circle, circle
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from tests.commands.program import ROOT

pytestmark = pytest.mark.long  # tests/contracts and tests/circle check the same rules on small cases

CASE = ROOT / "inputs" / "one_gigawatt"
CAPS = {"microsoft": 5000, "nvidia": 10000, "amazon": 2500, "google": 4000, "amd": 2500}
"""MUSD: Microsoft's and NVIDIA's whole, a tenth of Amazon's 25 and of Google's 40 GUSD, half of AMD's 5."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Circle:
    request = Request(ROOT / "models" / "five_investors.toml", sets=("model.horizon.step=year",), gap=0.02, runs=tmp_path_factory.mktemp("five"), pages=None)
    outcome = solve(request)
    assert outcome.exit_code == 0, outcome.message
    assert outcome.run is not None
    return circle(RunFolder(outcome.run))


def test_each_of_the_five_is_on_offer_and_keeps_its_cap(found: Circle) -> None:
    told = {each.name: each for each in found.positions}
    assert {name: each.cap for name, each in told.items()} == CAPS
    assert all(0 <= each.invested <= each.cap * (1 + 1e-6) for each in told.values())
    assert sum(each.invested > 1 for each in told.values()) >= 2, "no investor is above six tenths of what comes in"


def test_what_each_is_paid_is_its_claim_with_its_return(found: Circle) -> None:
    """All hold a claim at 11 %: whoever pays in and is paid off gets 11 % a year."""
    for each in found.positions:
        assert each.instruments == ("preferred",)
        if each.invested > 1:
            assert each.rate == pytest.approx(0.11, abs=1e-4), each.name


def test_what_is_committed_back_is_the_signed_minimum(found: Circle) -> None:
    """Azure 95 % of 31.4 GUSD; a tenth of Amazon's 110 by its ramp without 2026, of which 2036 is after the horizon; nothing to makers of chips."""
    told = {each.name: each.committed for each in found.positions}
    assert told["microsoft"] == pytest.approx(0.95 * 31400)
    # Of ten years' shares 5 % fell due in 2026; 2027 has 5 %, 2028-29 10 %, 2030-34 12 %, 2035 10 %.
    assert told["amazon"] == pytest.approx(11000 * (0.05 + 2 * 0.1 + 5 * 0.12 + 0.1))
    assert 0 < told["google"] <= 11100 * (1 + 1e-9)
    assert told["nvidia"] == told["amd"] == 0


def test_both_sides_add_up_to_the_flows(found: Circle) -> None:
    paid_in: dict[str, float] = defaultdict(float)
    bought: dict[str, float] = defaultdict(float)
    for row in rows(found.run.path / "tables" / "finance.flow.csv"):
        if row["line"] == "invested":
            paid_in[row["party"]] += float(row["value"])
        elif row["line"] in ("capital", "running"):
            bought[row["party"]] -= float(row["value"])
    for each in found.positions:
        assert each.invested == pytest.approx(paid_in[each.name], abs=1e-6)
        passed = 0.35 * bought["microsoft"] if each.name == "nvidia" else 0.0
        assert each.bought == pytest.approx(bought[each.name] + passed, rel=1e-6)


def test_the_bond_owes_no_more_than_its_guarantee(found: Circle) -> None:
    """Google guarantees 4.6 GUSD of it: at 6.13 % and nine tenths of the halls, and the plan has use for more."""
    owed: dict[str, float] = defaultdict(float)
    for row in rows(found.run.path / "tables" / "finance.balance.csv"):
        if row["facility"] == "bond":
            owed[row["period"]] += float(row["value"])
    assert 0 < max(owed.values()) <= 4600 * (1 + 1e-9)
    assert next(each for each in found.positions if each.name == "google").guarantee == 4600


def test_amd_is_sourced(found: Circle) -> None:
    """AMD's rows carry sources with a grade; its warrant to its other customer is no cash and on offer in the programme of that customer alone."""
    grades = {row["key"]: row["grade"] for row in rows(CASE / "sources.csv")}
    table = [row for row in rows(CASE / "contracts.csv") if row["item"] in ("amd_equity", "amd_warrant")]
    assert {row["item"] for row in table} == {"amd_equity", "amd_warrant"}
    assert all(grades[row["source"]] for row in table)
    warrant = {row["quantity"]: row for row in table if row["item"] == "amd_warrant"}
    assert warrant["cap"]["base"] == "0" and float(warrant["warrants"]["high"]) == 160 * 600 / 1000
    assert not any(each.warrants for each in found.investors)
