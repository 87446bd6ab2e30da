"""Providers of cloud compute that are cheaper than building: how they share, and what the loss of one does, by hand.

8 kH100e for a year at 0.1 USD/H100e/hour are 8,000 x 8,760 x 0.1 = 7.008 MUSD; a hall of racks for as much costs more than 300.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.commands.cli import gwplan
from tests.diversification.shared import COLUMNS, amounts, solved, with_shares

YEAR = 8000 * 8760 * 1e-6
"""MUSD for 8 kH100e a year at 1 USD/H100e/hour."""


def rented(folder: Path, shares: dict[str, object], prices: dict[str, float], **google: str) -> Path:
    """The tiny model with a target of compute that rented cloud counts towards, and a cloud of each provider."""
    model = with_shares(folder, {"provider.account": "compute"} | shares)
    text = model.read_text().replace('measure = "it"\namount = "10 MW"', 'measure = "compute"\namount = "8 kH100e"\ncounts = ["own", "cloud"]')
    model.write_text(text.replace("parts = [", 'parts = ["contracts", ').replace("2028-Q4", "2030-Q4"))
    rows = []
    for provider, price in prices.items():
        facts = {"kind": ("compute", "label"), "provider": (provider, "label"), "price": (price, "USD_2026/H100e/hour"),
                 "most": (8000, "H100e"), "lead_months": (12, "month"), "term": (5, "year")}  # fmt: skip
        facts |= {"earliest": (google["earliest"], "date")} if provider == "google" and google else {}
        rows += [[f"{provider}_cloud", "", "", name, "", value, "", unit, "round_numbers", ""] for name, (value, unit) in facts.items()]
    write(model.parent / "inputs" / "contracts.csv", rows)
    write(model.parent / "inputs" / "prices.csv", [["prices", "", "", "inflation", "", 0, "", "1/year", "round_numbers", ""]])
    return model


def write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


def test_a_cap_sends_the_rest_to_the_next_cheapest(tmp_path: Path) -> None:
    """At most 60 % of 8 kH100e for three years from the cheaper one."""
    outcome = solved(rented(tmp_path, {"provider.most_share": 0.6}, {"azure": 0.1, "google": 0.2}))
    assert amounts(outcome, "account.compute", "provider") == pytest.approx({"azure": 3 * 4.8, "google": 3 * 3.2})
    assert outcome.run is not None
    facts = json.loads((outcome.run / "summary.json").read_text())["diversification"]["provider"]
    assert facts["hhi"] == pytest.approx(0.6**2 + 0.4**2)


def test_what_must_remain_is_rented_twice(tmp_path: Path) -> None:
    """Half of 8 kH100e must be there without either: 4 of each."""
    outcome = solved(rented(tmp_path, {"provider.rest_share": 0.5}, {"azure": 0.1, "google": 0.2}))
    assert amounts(outcome, "account.compute", "provider") == pytest.approx({"azure": 3 * 4, "google": 3 * 4})


def test_a_lost_provider_is_not_paid_and_another_takes_a_year(tmp_path: Path) -> None:
    """Azure is lost in 2029; google, on offer from then on, serves in 2030 at three times the price."""
    model = rented(tmp_path, {}, {"azure": 0.1, "google": 0.3}, earliest="2029")
    ended = CliRunner().invoke(gwplan, ["stress", str(model), "--runs", str(tmp_path), "--lose", "provider", "--at", "2029", "--json"])
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.stdout)
    assert (found["name"], found["share"]) == ("azure", 1)
    assert found["lost_at_once"] == pytest.approx({"it_mw": 0, "facility_mw": 0, "compute_kh100e": 8})
    assert found["months_until_recovered"]["compute_kh100e"] == 12
    assert found["planned"]["running_musd"] == pytest.approx(3 * 0.1 * YEAR)
    assert found["replanned"]["running_musd"] == pytest.approx((0.1 + 0.3) * YEAR)
    # A contract without a commitment may be signed for nothing before it is used, or not.
    rows = {row["item"]: row["change"] for row in found["instead"] if row["decision"] == "rented"}
    assert rows == pytest.approx({"azure": -8 * 24, "google": 8 * 12})
