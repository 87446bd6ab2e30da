"""The part alone, with entries of providers and investors put in by hand: whose rows hold and whose do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.model.parts import PARTS
from tests.parts.stage import Stage, tiny

ALONE = tuple(part for part in PARTS if part not in ("demand", "contracts", "finance"))
COMPUTE = {
    ("own", "first_vendor", "north", 2): 30, ("own", "second_vendor", "south", 2): 20, ("azure", "first_vendor", "cloud", 2): 30,
    ("google", "google", "cloud", 2): 20, ("sold", "first_vendor", "north", 2): -40,
}  # fmt: skip
TARGET = """
[[target]]
measure = "compute"
amount = "80 kH100e"
by = "2028"
counts = ["own", "leased", "cloud"]
"""


def staged(folder: Path, *rows: str, more: str = TARGET, account: str = "compute", amounts: dict[tuple[object, ...], float] | None = None) -> Stage:
    """The part with an account as other parts would fill it."""
    changes = [f"diversification.{row} {'label' if 'account' in row or 'own_counts' in row else '1'}" for row in rows]
    stage = Stage(tiny(folder, *changes, parts=ALONE, more=more), "diversification").decide()
    stage.fake(account, COMPUTE if amounts is None else amounts)  # type: ignore[arg-type]
    stage.ledger.balance = {}
    return stage.bind()


def test_what_others_buy_is_no_providers_and_own_is_held_only_where_it_counts(tmp_path: Path) -> None:
    """50 own, 30 and 20 of 100: with a cap of 25 % azure is above it, and own building too if it is a provider."""
    rows = ("provider.account=compute", "provider.most_share=0.25")
    for own, above in (("no", {"azure"}), ("yes", {"azure", "own"})):
        stage = staged(tmp_path / own, *rows, f"provider.own_counts={own}")
        stage.put("given", {("provider", "own", 2): 50, ("provider", "azure", 2): 30, ("provider", "google", 2): 20})
        stage.put("together", {("provider", 2): 100})
        assert stage.broken() == {("share_within_cap", ("provider", name, 2)) for name in above}


def test_the_shares_are_of_what_all_give(tmp_path: Path) -> None:
    stage = staged(tmp_path, "provider.account=compute", "vendor.account=compute", "site.account=compute")
    shares = {key[:2]: ratio() for key, ratio in stage.block.expressions["share"].data.items() if key[2] == 2}
    assert shares == pytest.approx({
        ("provider", "own"): 0.5, ("provider", "azure"): 0.3, ("provider", "google"): 0.2,
        ("vendor", "first_vendor"): 0.6, ("vendor", "second_vendor"): 0.2, ("vendor", "google"): 0.2,
        ("site", "north"): 0.6, ("site", "south"): 0.4,
    })  # fmt: skip


def test_the_rest_is_what_counts_towards_the_target_without_what_is_sold(tmp_path: Path) -> None:
    """There: 100 - 40 = 60. Without azure 30 is left, without google 40: of 80, 45 % is 36."""
    stage = staged(tmp_path, "provider.account=compute", "provider.rest_share=0.45", "provider.own_counts=yes")
    stage.put("there", {(1, 2): 60})
    assert stage.broken() == {("rest_keeps_demand", ("provider", "azure", 1, 2)), ("rest_keeps_demand", ("provider", "own", 1, 2))}


def test_a_cloud_that_does_not_count_towards_the_target_is_no_loss_to_it(tmp_path: Path) -> None:
    own_only = TARGET.replace(', "cloud"', "")
    stage = staged(tmp_path, "provider.account=compute", "provider.rest_share=0.1", "provider.own_counts=yes", more=own_only)
    stage.put("there", {(1, 2): 10})
    assert stage.keys("rest_keeps_demand") == [("provider", "own", 1, 2)]


def test_investors_share_what_they_pay_in_over_the_horizon(tmp_path: Path) -> None:
    amounts = {("a", 0): 30.0, ("a", 2): 30.0, ("b", 1): 40.0}
    stage = staged(tmp_path, "investor.account=money_in", "investor.most_share=0.5", account="invested", amounts=amounts, more="")
    stage.put("given", {("investor", "a", 2): 60, ("investor", "b", 2): 40})
    stage.put("together", {("investor", 2): 100})
    assert stage.broken() == {("share_within_cap", ("investor", "a", 2))}
    shares = {key[1:]: ratio() for key, ratio in stage.block.expressions["share"].data.items()}
    assert shares == pytest.approx({("a", 0): 1, ("a", 1): 3 / 7, ("a", 2): 0.6, ("b", 0): 0, ("b", 1): 4 / 7, ("b", 2): 0.4})
