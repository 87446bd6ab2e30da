"""The shipped case against the figures of others: every tested case is inside its tolerance or says why not."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from statistics import median

import pytest

import gwplan
from gwplan.analysis.calibrate.calibrate import Calibration
from tests.commands.program import ROOT, run

MODEL = ROOT / "models" / "one_gigawatt.toml"
INPUTS = ROOT / "inputs" / "one_gigawatt"
TESTED = ("identity", "cost_model", "filed")
WIDTH = 80


@cache
def found() -> Calibration:
    return gwplan.calibrate(gwplan.read_case(MODEL))


def rows(table: str) -> list[dict[str, str]]:
    with (INPUTS / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def base(table: str, item: str, quantity: str, when: str = "") -> float:
    return next(float(row["base"]) for row in rows(table) if (row["item"], row["quantity"], row["when"]) == (item, quantity, when) and not row["site"])


NAMES = [row["item"] for row in rows("calibration") if row["quantity"] == "class" and row["base"] in TESTED]


@pytest.mark.parametrize("name", NAMES)
def test_inside_its_tolerance_or_with_its_reason(name: str) -> None:
    case = next(each for each in found().cases if each.name == name)
    assert case.verdict == "inside" or case.reason, f"{case.error:+.1%}, {case.part}"
    if case.verdict == "inside":
        assert not case.reason, "inside: its reason is out of date"
        assert case.error is not None and abs(case.error) <= {"identity": 0.01, "cost_model": 0.07, "filed": 0.15}[case.cost_class]


def test_the_tolerances_are_those_agreed() -> None:
    assert {name: (each.share, each.months, each.tested) for name, each in found().tolerances.items()} == {
        "identity": (0.01, None, True), "cost_model": (0.07, None, True), "filed": (0.15, None, True), "dates": (None, 3, False),
        "announcement": (None, None, False),
    }  # fmt: skip


def test_no_case_is_lost() -> None:
    items = {row["item"] for row in rows("calibration") if row["quantity"] == "class"}
    assert {each.name for each in found().cases} == items
    assert len(items) == len(found().cases)
    assert found().exit_code == 0


def plan_of(name: str) -> float:
    return next(each for each in found().cases if each.name == name).plan[0]


def early(quantity: str, item: str) -> float:
    """The undated price, which holds in 2025."""
    return base("accelerators", item, quantity)


def test_an_analysts_gigawatt_by_hand() -> None:
    """5,930 racks with their network, and halls for the IT power that they draw."""
    racks = 5930 * (early("price", "gb200_nvl72") + early("network_price", "gb200_nvl72")) / 1000
    it = 5930 * base("accelerators", "gb200_nvl72", "power") * base("accelerators", "gb200_nvl72", "overhead") / 1e6
    assert plan_of("bernstein_gb200") == pytest.approx(racks + it * base("halls", "liquid_48", "price"))


def test_an_order_by_hand() -> None:
    it = base("accelerators", "gb300_nvl72", "power") * base("accelerators", "gb300_nvl72", "overhead") / 1000
    assert plan_of("iren_dell") == pytest.approx((early("price", "gb300_nvl72") + early("network_price", "gb300_nvl72")) / it)


def test_a_rent_and_a_plant_by_hand() -> None:
    assert plan_of("riot_rent") == pytest.approx(base("contracts", "leased_hall", "rent", "2026-07"))
    assert plan_of("nrg_hyperscaler") == pytest.approx(base("power", "combined_cycle", "price") / 1000)


def test_a_rent_of_another_date_by_hand() -> None:
    """The row of 2025 holds until July of it, a year before the next: in February all of it, in December five twelfths of the way on."""
    with (INPUTS / "deflators.csv").open(encoding="utf-8") as file:
        index = {int(row["year"]): float(row["index"]) for row in csv.DictReader(file)}
    first, last = base("contracts", "leased_hall", "rent") * index[2026] / index[2025], base("contracts", "leased_hall", "rent", "2026-07")
    assert plan_of("corz_rent") == pytest.approx(first)
    assert plan_of("river_bend_rent") == pytest.approx(first + (last - first) * 5 / 12, rel=0.01)


def test_five_years_of_compute_by_hand() -> None:
    """The price of sold compute in the middle of 2026 to 2030, in nominal money, at the peak rate of GB300 per MW of IT."""
    prices = sorted((int(row["when"]), float(row["base"])) for row in rows("finance") if row["item"] == "compute_sales" and row["quantity"] == "price")
    inflation = base("prices", "prices", "inflation")

    def price(year: float) -> float:
        before = max(pair for pair in prices if pair[0] <= year)
        after = min((pair for pair in prices if pair[0] > year), default=before)
        share = (year - before[0]) / (after[0] - before[0]) if after != before else 0.0
        return before[1] + share * (after[1] - before[1])

    # The middle of a year is that of July, half a month after it began to be.
    mean = sum(price(year + 6.5 / 12) * (1 + inflation) ** (year + 0.5 - 2026.5) for year in range(2026, 2031)) / 5
    it = base("accelerators", "gb300_nvl72", "power") * base("accelerators", "gb300_nvl72", "overhead") / 1000
    h100e = base("accelerators", "gb300_nvl72", "fp8_rate") / base("compute", "h100", "fp8_rate")
    assert plan_of("iren_microsoft") == pytest.approx(mean * 8760 * h100e / it / 1e6)


def test_one_vote_for_each_family() -> None:
    errors: dict[str, list[float]] = {}
    for each in found().cases:
        if each.figure == "capital_per_gw" and each.verdict != "not reproduced":
            errors.setdefault(each.family, []).append(each.error or 0.0)
    assert max(len(each) for each in errors.values()) > 1, "one analyst has several figures"
    assert found().votes == pytest.approx({family: median(each) for family, each in errors.items()})
    assert found().median_vote == pytest.approx(median(found().votes.values()))


def test_the_command(tmp_path: Path) -> None:
    shown = run("calibrate", COLUMNS=str(WIDTH), cwd=tmp_path)
    assert shown.returncode == 0
    table = shown.stdout.split("\nOutside the tolerance")[0].splitlines()[1:]
    assert max(map(len, table)) <= WIDTH
    content = json.loads(run("calibrate", MODEL, "--json").stdout)
    assert content["exit_code"] == 0 and content["unexplained"] == []
    assert {each["name"]: each["verdict"] for each in content["cases"]} == {each.name: each.verdict for each in found().cases}
    outside = [each.name for each in found().cases if each.verdict == "outside"]
    assert all(name in shown.stdout.split("\nOutside the tolerance")[1] for name in outside)


def test_an_error_without_a_reason_ends_with_1() -> None:
    failed = run("calibrate", MODEL, "--set", "halls.liquid_48.price=30 MUSD_2026/MW")
    assert failed.returncode == 1
    assert "Outside without a reason: bernstein_gb200" in failed.stdout.replace("\n", " ")
