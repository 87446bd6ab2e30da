"""Shares that say nothing change nothing, and shares that cannot be kept are named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.planning.build import read_case, read_definition
from tests.diversification.shared import solved, with_shares
from tests.support import THREE_SITES, TINY, copied

ACCOUNTS = {"provider": "compute", "vendor": "purchases", "site": "it_peak", "region": "compute", "grid": "facility_peak", "fuel": "energy",
            "investor": "money_in"}  # fmt: skip
LOOSE = {f"{group}.account": account for group, account in ACCOUNTS.items()} | {f"{group}.most_share": 1 for group in ACCOUNTS} | {
    f"{group}.least_share": 0 for group in ACCOUNTS} | {"provider.own_counts": "yes"}  # fmt: skip


@pytest.mark.parametrize("model", [TINY, THREE_SITES / "least_cost.toml", THREE_SITES / "most_value.toml"], ids=lambda path: path.stem)
def test_a_cap_of_all_changes_nothing(model: Path, tmp_path: Path) -> None:
    yearly = ("model.horizon.step=year",) if model != TINY else ()
    plain = solved(copied(model, tmp_path / "plain"), *yearly)
    loose = solved(with_shares(tmp_path / "loose", LOOSE, model), *yearly)
    assert plain.run is not None and loose.run is not None
    assert (plain.run / "plan.csv").read_text() == (loose.run / "plan.csv").read_text()
    assert objective(plain.run) == objective(loose.run)


def objective(run: Path) -> float:
    import json

    return float(json.loads((run / "summary.json").read_text())["objective"])


def test_a_cap_that_the_plan_keeps_anyway_costs_nothing(tmp_path: Path) -> None:
    """Rows that bind nowhere: the vendor of old racks alone is bought from, and half the power is not more than 60 %."""
    rows = {"site.account": "it_peak", "site.most_share": 0.5, "region.account": "it_peak", "region.most_share": 0.999}
    half = solved(with_shares(tmp_path / "half", {name: value for name, value in rows.items() if name.startswith("site")}, amount="20 MW"))
    both = solved(with_shares(tmp_path / "both", rows, amount="20 MW"))
    assert half.run is not None and both.run is not None
    assert objective(half.run) == pytest.approx(objective(both.run))


def test_caps_that_cannot_be_kept_are_named(tmp_path: Path) -> None:
    """Two sites with at most 45 % each are not all."""
    outcome = solved(with_shares(tmp_path, {"site.account": "it_peak", "site.most_share": 0.45}))
    assert outcome.exit_code == 4
    assert "diversification.share_within_cap (site)" in outcome.message
    assert "target 1 (10 MW IT by 2028-Q1)" in outcome.message


def test_a_rest_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    """South cannot hold 20 MW in 2028 beside the 20 MW of the north unless all four halls are built; more than 100 MW of capital."""
    rows = {"site.account": "it_peak", "site.rest_share": 1}
    outcome = solved(with_shares(tmp_path, rows, amount="20 MW"), "budget.capital.cap=700 MUSD_2026")
    assert outcome.exit_code == 4
    assert "diversification.rest_keeps_demand (site)" in outcome.message


def test_more_members_than_there_are_is_named(tmp_path: Path) -> None:
    outcome = solved(with_shares(tmp_path, {"site.account": "it_peak", "site.members": 3, "site.member_share": 0.1}))
    assert outcome.exit_code == 4
    assert "diversification.enough_members (site) by 1 members" in outcome.message


def test_own_building_is_a_provider_only_where_the_table_says_so(tmp_path: Path) -> None:
    rows = {"provider.account": "compute", "provider.most_share": 0.7}
    assert solved(with_shares(tmp_path / "no", rows)).exit_code == 0
    outcome = solved(with_shares(tmp_path / "yes", rows | {"provider.own_counts": "yes"}))
    assert outcome.exit_code == 4
    assert "diversification.share_within_cap (provider)" in outcome.message


FAULTS = [
    ({"vendor.account": "it_peak"}, "there is no it_peak by vendor; a vendor may share compute, purchases"),
    ({"site.account": "money_in"}, "there is no money_in by site"),
    ({"site.account": "it_peek"}, "no label 'it_peek'; did you mean 'it_peak'?"),
    ({"site.most_share": 0.5}, "has no row for 'account'"),
    ({"sites.account": "it_peak"}, "no item 'sites'"),
    ({"site.account": "it_peak", "site.own_counts": "yes"}, "own building is a provider, no site"),
    ({"site.account": "it_peak", "site.from": "2028", "site.until": "2027"}, "2027 is before from, 2028"),
    ({"site.account": "facility_peak", "site.rest_share": 0.3}, "the model has no target of measure 'facility'"),
    ({"fuel.account": "energy", "fuel.rest_share": 0.3}, "no target is of energy"),
    ({"site.account": "it_peak", "site.members": 2}, "needs member_share"),
    ({"site.account": "it_peak", "site.members": 3, "site.member_share": 0.5}, "3 members with 50% of demand each are more than all of it"),
    ({"site.account": "it_peak", "site.most_share": 1.2}, "above the maximum 1"),
]


@pytest.mark.parametrize(("rows", "message"), FAULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_cannot_be_meant_is_a_fault(rows: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as error:
        read_case(read_definition(with_shares(tmp_path, rows)))
    assert any(message in str(fault) and fault.file.startswith("diversification.csv") for fault in error.value.faults), error.value.faults


def test_a_share_of_what_no_part_makes_is_a_fault(tmp_path: Path) -> None:
    model = with_shares(tmp_path, {"fuel.account": "energy", "fuel.most_share": 0.9})
    model.write_text(model.read_text().replace('"power", ', ""))
    with pytest.raises(InputFaults) as error:
        read_case(read_definition(model))
    assert [str(fault) for fault in error.value.faults] == [
        "diversification.csv:2 fuel.account: no part of this model makes energy; it takes power"]  # fmt: skip


def test_investors_that_nobody_offers_are_warned_of(tmp_path: Path) -> None:
    case = read_case(read_definition(with_shares(tmp_path, {"investor.account": "money_in", "investor.most_share": 0.5})))
    assert any("without contracts and finance nobody invests" in str(fault) for fault in case.warnings)


def test_the_table_may_be_missing(tmp_path: Path) -> None:
    model = with_shares(tmp_path, {})
    (tmp_path / "inputs" / "diversification.csv").unlink()
    assert solved(model).exit_code == 0
    shutil.rmtree(tmp_path / "runs")
