"""The three-way pact, in years so that it is quick: what its run says of the circle is what a hand calculation finds in its flows."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from gwplan.planning.request import Request
from tests.commands.program import ROOT, run
from tests.conftest import once, run_of

MODEL = ROOT / "models" / "three_way_pact.toml"
YEARS = ("model.horizon.step=year",)
GUSD = 1000.0


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def pact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "pact", lambda folder: run_of(Request(MODEL, sets=YEARS, gap=0.02, runs=folder, pages=None)))


@pytest.fixture(scope="module")
def circle(pact: Path) -> dict[str, Any]:
    done = run("circle", pact, "--solve", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def contract_of(pact: Path, quantity: str) -> dict[str, str]:
    return {row["item"]: row["base"] for row in rows(pact / "inputs" / "contracts.csv") if row["quantity"] == quantity}


def paid_to(pact: Path) -> dict[tuple[str, str], float]:
    """What the planner pays for purchases, by party and item: from the written flows."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows(pact / "tables" / "finance.flow.csv"):
        if row["line"] in ("capital", "running"):
            sums[row["party"], row["item"]] -= float(row["value"])
    return sums


def test_what_is_signed_is_paid(pact: Path) -> None:
    """31.4 GUSD to Azure by the ramp, of the years in the horizon 15, 25, 25 and 30 % (5 % fell due in 2026), and more only for use above it.

    All 900 kH100e throughout a year cost 900 x 8.76 h x 1.2 USD, fixed in nominal money at the prices of 2027: 9.67 GUSD.
    """
    due = {"2027": 0.15 * 31.4 * GUSD, "2028": 0.25 * 31.4 * GUSD, "2029": 0.25 * 31.4 * GUSD, "2030": 0.3 * 31.4 * GUSD}
    in_full = 900 * 8.76 * 1.2 * 1.022
    flows = [row for row in rows(pact / "tables" / "finance.flow.csv") if row["item"] == "azure_compute"]
    paid = {row["period"]: -float(row["value"]) for row in flows if row["line"] == "running"}
    used, short = ({row[column]: float(row["value"]) for row in rows(pact / "tables" / f"contracts.{name}.csv") if row["contract"] == "azure_compute"}
                   for name, column in (("used", "period"), ("shortfall", "year")))
    assert set(paid) == set(due)
    for year, amount in due.items():
        assert amount * (1 - 1e-6) <= paid[year] <= max(amount, in_full) * (1 + 1e-6), year
        assert paid[year] == pytest.approx(amount, rel=1e-6) or not short.get(year), "what is above the ramp is use, and none of it unused"
    # The price is fixed: where nothing is unused, a unit of use costs the same in each year.
    costs = [paid[year] / used[year] for year in due if used.get(year) and not short.get(year)]
    assert len(costs) > 1 and costs == pytest.approx([costs[0]] * len(costs), rel=1e-6)
    assert short["2027"] == pytest.approx(due["2027"]), "half a year from signing to service is a whole one at yearly steps: none of 2027 is used"
    told = json.loads((pact / "summary.json").read_text())["shortfall_musd_nominal"]["azure_compute"]
    assert told == pytest.approx(sum(short.values()), abs=1e-6)


def test_round_trip_and_coverage_by_hand(pact: Path, circle: dict[str, Any]) -> None:
    """G paid in, D bought from the investor, L bought from it by the clouds that are paid: returned = min(G, D + L)."""
    investor, share, to = (contract_of(pact, name) for name in ("investor", "passed_through", "passed_to"))
    invested: dict[str, float] = defaultdict(float)
    for row in rows(pact / "tables" / "account.invested.csv"):
        invested[investor[row["contract"]]] += float(row["value"])
    purchases = paid_to(pact)
    assert {name for name, amount in invested.items() if amount > 1} == {"microsoft", "nvidia"}
    told = {each["investor"]: each for each in circle["investors"]}
    for name, given in invested.items():
        direct = sum(amount for (party, _), amount in purchases.items() if party == name)
        through = sum(amount * float(share[item]) for (_, item), amount in purchases.items() if to.get(item) == name)
        bought = direct + through
        assert told[name]["round_trip"] == pytest.approx(min(given, bought) / given, rel=1e-6), name
        assert told[name]["coverage"] == pytest.approx(bought / given, rel=1e-6), name


def test_caps_are_caps(pact: Path) -> None:
    """Up to 10 GUSD of NVIDIA and up to 5 of Microsoft; no more than a share of what each is paid, when nothing is due upfront."""
    investor = contract_of(pact, "investor")
    sums: dict[str, float] = defaultdict(float)
    for row in rows(pact / "tables" / "account.invested.csv"):
        sums[investor[row["contract"]]] += float(row["value"])
    assert sums["nvidia"] <= 10 * GUSD * (1 + 1e-6)
    assert sums["microsoft"] <= 5 * GUSD * (1 + 1e-6)
    paid = sum(amount for (party, _), amount in paid_to(pact).items() if party == "microsoft")
    assert sums["microsoft"] <= 0.17 * paid * (1 + 1e-6)


def test_the_plan_without_vendor_money_is_there(circle: dict[str, Any]) -> None:
    told = {row["key"]: row for row in circle["without"]["differences"]}
    assert told["invested"]["without"] == 0
    assert told["invested"]["with"] > 1 * GUSD
    # The best plan with their money is at least as good as the best without, which it may copy: but for the gaps.
    assert told["equity_value"]["without"] <= told["equity_value"]["with"] + 0.04 * 80 * GUSD
    assert told["peak_equity"]["without"] >= told["peak_equity"]["with"]


def test_each_undisclosed_term_is_an_estimate_with_its_range() -> None:
    """Numbers and dates that the parties did not publish: an estimate by source, low and high beside it (a path has them once)."""
    table = rows(ROOT / "inputs" / "one_gigawatt" / "contracts.csv")
    kinds = {row["key"]: row["kind"] for row in rows(ROOT / "inputs" / "one_gigawatt" / "sources.csv")}
    hidden = [row for row in table if "not disclosed" in row["note"]]
    assert len(hidden) > 30
    ranged = {(row["item"], row["site"], row["quantity"]) for row in table if row["low"] and row["high"]}
    for row in hidden:
        assert kinds[row["source"]] == "estimate", row
        if row["unit"] != "label":
            assert (row["item"], row["site"], row["quantity"]) in ranged, row


@pytest.mark.slow
@pytest.mark.long
def test_stress_shows_which_terms_matter(tmp_path: Path) -> None:
    done = run("stress", MODEL, "--set", *YEARS, "--gap", "0.02", "--only", "contracts.azure_compute.price", "--runs", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {row["key"] for row in told["tornado"]} == {"contracts.azure_compute.price"}
