"""Common stock, by hand: tests/financing/test_by_hand.py works the plan out without an investor; what all owners pay in and are paid stays as there.

A partner may buy 40 of stock at a valuation of 120 before the money: a third of a share for each of the sponsor's, a quarter of all.

| what | arithmetic | |
|---|---|---|
| owners pay in | as without the partner: 105 in 2026, 40.4575 in 2027 | the partner 40 in 2026, the sponsor 65 and 40.4575 |
| owners are paid | 18.94, 18.6236, 67.2139, and 116.05 at the end | a quarter to the partner |
| partner | 4.735, 4.6559, 16.803475; 29.0125 at the end | 55.206875 for 40 |
| sponsor at 21 % | saves 40 / 1.1, gives a quarter of 94.5645 | it is 12.72 better off |
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gwplan.audit import audit
from gwplan.common.errors import InputFaults
from gwplan.model.parts.finance import common_stock
from gwplan.planning.build import read_case, read_definition
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.exploits.taken import Taken, solved
from tests.financing.cases import WITH_CONTRACTS, changed, of
from tests.financing.test_by_hand import DIVIDENDS, LEFT, VALUE

PARTNER = (
    "contracts.partner.kind=investor label", "contracts.partner.investor=first_vendor label", "contracts.partner.cap=40 MUSD_nominal",
    "contracts.partner.instrument=common label", "contracts.partner.valuation=120 MUSD_nominal", "contracts.partner.required_return=0.05 1/year",
)
PAID_AT_21 = sum(paid / 1.1 ** (2 * year + 1) for year, paid in enumerate(DIVIDENDS)) + LEFT / 1.1**10


def found(folder: Path, *rows: str, without: tuple[str, ...] = ()) -> Taken:
    """The case with the partner, solved; without: rules of finance to take out."""
    model = changed(folder, *PARTNER, *rows, texts=[WITH_CONTRACTS])
    return solved(model, without=[("finance", rule, None) for rule in without])


def test_the_position_of_each_owner(tmp_path: Path) -> None:
    """The partner pays in 40 at once, for a quarter of each dividend and of what is left."""
    plan = found(tmp_path)
    assert plan.levels("finance", "stock_bought") == {("partner", 1): 1}
    assert plan.levels("contracts", "invested") == pytest.approx({("partner", 0): 40})
    assert of(plan, "equity") == pytest.approx([65, 40.4575, 0, 0, 0], abs=1e-5)
    assert of(plan, "dividends") == pytest.approx([0.75 * paid for paid in DIVIDENDS], abs=1e-5)
    assert of(plan, "stock_dividends") == pytest.approx([0, 0, 4.735, 4.6559, 16.803475], abs=1e-5)
    assert plan.total("finance", "left_over") == pytest.approx(0.75 * 116.05, abs=1e-5)
    assert plan.total("finance", "stock_left") == pytest.approx(29.0125, abs=1e-5)


def test_what_the_sponsor_gains_and_gives(tmp_path: Path) -> None:
    """At 21 % it gains 40 / 1.1 and gives a quarter of what all owners are paid: stock is no free money."""
    assert PAID_AT_21 == pytest.approx(94.5645, abs=1e-3)
    assert found(tmp_path).objective == pytest.approx(VALUE + 40 / 1.1 - PAID_AT_21 / 4, abs=1e-5)


def test_stock_is_sold_only_at_a_price_that_pays(tmp_path: Path) -> None:
    """At 40 before the money half of everything is given for 40: 47.28 for 36.36, so that nothing is sold."""
    plan = found(tmp_path, "contracts.partner.valuation=40 MUSD_nominal")
    assert plan.objective == pytest.approx(VALUE, abs=1e-5) and PAID_AT_21 / 2 > 40 / 1.1
    assert plan.levels("contracts", "invested") == {}


def test_nobody_buys_above_what_it_is_worth(tmp_path: Path) -> None:
    """At 1200 before the money a thirty-first of 220 would be paid for 40: a gift, which the investor's required return rules out."""
    gift = "contracts.partner.valuation=1200 MUSD_nominal"
    assert found(tmp_path / "kept", gift).objective == pytest.approx(VALUE, abs=1e-5)
    free = found(tmp_path / "free", gift, without=("stock_earns_its_required_return",))
    assert free.objective == pytest.approx(VALUE + 40 / 1.1 - PAID_AT_21 / 31, abs=1e-5)


def worth(rate: float) -> float:
    """What a quarter of what all owners are paid is worth in 2026 at a yearly rate."""
    return sum(paid / 4 / (1 + rate) ** (year + 0.5) for year, paid in enumerate(DIVIDENDS)) + LEFT / 4 / (1 + rate) ** 5


@pytest.mark.parametrize(("required", "year"), [(0.08, 0), (0.1, 1), (0.5, None)])
def test_a_required_return_is_met_or_no_stock_is_bought(tmp_path: Path, required: float, year: int | None) -> None:
    """At 8 % a quarter is worth 40 paid in 2026; at 10 % less, and 40 paid in 2027 at most; at 50 % neither."""
    dear = [worth(required) < 40 / (1 + required) ** (when + 0.5) for when in range(2)]
    assert dear == {0: [False, False], 1: [True, False], None: [True, True]}[year]
    plan = found(tmp_path, f"contracts.partner.required_return={required} 1/year")
    paid_in = plan.levels("contracts", "invested")
    assert sum(paid_in.values()) == pytest.approx(0 if year is None else 40)
    if year == 0:
        assert paid_in == pytest.approx({("partner", 0): 40})


def test_lots_are_whole(tmp_path: Path) -> None:
    """Of two lots of 40 a limit of 70 leaves one: it pays in 40, as above."""
    plan = found(tmp_path, "contracts.partner.cap=80 MUSD_nominal", "contracts.partner.lots=2 1", "contracts.partner.upfront=70 MUSD_nominal",
                 "contracts.partner.per_power=0 MUSD_nominal/MW")
    assert plan.levels("finance", "stock_bought") == {("partner", 1): 1}
    assert plan.objective == pytest.approx(VALUE + 40 / 1.1 - PAID_AT_21 / 4, abs=1e-5)


def test_two_investors_hold_shares_of_the_same_kind(tmp_path: Path) -> None:
    """One has 4 shares and the other 1 for each 12 of the sponsor's: of 17 in all the sponsor keeps 12."""
    other = [row.replace("partner", "other").replace("first_vendor", "second_vendor").replace("=40 ", "=10 ") for row in PARTNER]
    plan = found(tmp_path, *other)
    assert plan.objective == pytest.approx(VALUE + 50 / 1.1 - PAID_AT_21 * 5 / 17, abs=1e-5)
    left = plan.levels("finance", "stock_left")
    assert left == pytest.approx({("partner", 1): 116.05 * 4 / 17, ("other", 1): 116.05 / 17}, abs=1e-5)
    assert plan.total("finance", "left_over") == pytest.approx(116.05 * 12 / 17, abs=1e-5)


def test_stock_is_paid_in_before_the_first_dividend(tmp_path: Path) -> None:
    """Dividends may be paid from 2028 on: a partner of 2028 comes too late."""
    late = "contracts.partner.from=2028 date"
    with pytest.raises(InputFaults, match="stock is paid in before the first date of a dividend"):
        found(tmp_path / "fault", late)


@pytest.mark.parametrize(("row", "says"), [
    ("contracts.partner.valuation=", "common stock needs a valuation"), ("contracts.partner.lots=1.5 1", "1.5 is no whole number"),
])
def test_faults(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(InputFaults, match=says):
        read_case(read_definition(changed(tmp_path, *PARTNER, row, texts=[WITH_CONTRACTS])))


def test_money_that_is_forced_to_nothing_changes_no_cost(tmp_path: Path) -> None:
    """With a cap of nothing the plan is the one without the partner, and with it the cost of the plan is the same: stock is no cut in cost."""
    costs = {}
    for cap in ("0", "40"):
        model = changed(tmp_path / cap, *PARTNER, f"contracts.partner.cap={cap} MUSD_nominal", texts=[WITH_CONTRACTS])
        outcome = solve(Request(model, runs=tmp_path / cap / "runs", pages=None))
        assert outcome.run is not None, outcome.message
        told = json.loads((outcome.run / "summary.json").read_text())
        costs[cap] = told["npv_cost_musd"], told["capital_musd"]
        assert told["equity_value_musd_nominal"] == pytest.approx(VALUE + (0 if cap == "0" else 40 / 1.1 - PAID_AT_21 / 4), abs=1e-5)
        checked = audit(outcome.run)
        assert [str(check) for check in checked.failed] == []
        with (outcome.run / "tables" / "finance.settlement.csv").open(newline="") as file:
            settled = {row["line"]: float(row["value"]) for row in csv.DictReader(file)}
        left = {"left_over": 116.05} if cap == "0" else {"stock": -29.0125, "left_over": 116.05 - 29.0125}
        assert settled == pytest.approx({"residual": 111, "cash": 5.05, "debt": 0, "claims": 0, **left})
    assert costs["0"] == pytest.approx(costs["40"])


def test_shares_that_are_paid_nothing(tmp_path: Path) -> None:
    """Without the rule of dividends the partner pays 40 for a quarter of what is left alone; without both for nothing."""
    no_return = "contracts.partner.required_return=0.021 1/year"
    kept = ("stock_earns_its_required_return", "stock_shares_dividends")
    half = found(tmp_path / "half", no_return, without=kept)
    assert of(half, "stock_dividends") == [0] * 5
    # What is not paid as a dividend is left, where the sponsor would share it: so it pays out as before.
    assert half.objective == pytest.approx(VALUE + 40 / 1.1 - LEFT / 4 / 1.1**10, abs=1e-5)
    free = found(tmp_path / "free", no_return, without=(*kept, "stock_shares_what_is_left"))
    assert free.objective == pytest.approx(VALUE + 40 / 1.1, abs=1e-5)


def test_new_shares_that_pay_the_dividends_of_old_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner of 2028 could only pay a dividend: 40 more in 2028 for an eleventh of everything, its own 40 included."""
    late = ("contracts.partner.from=2028 date", "contracts.partner.valuation=400 MUSD_nominal")
    monkeypatch.setattr(common_stock, "check", lambda case, opens: ())
    kept = found(tmp_path / "kept", *late, without=("stock_earns_its_required_return",))
    assert kept.objective == pytest.approx(VALUE, abs=1e-5)
    free = found(tmp_path / "free", *late, without=("stock_earns_its_required_return", "stock_is_paid_in_before_dividends"))
    assert free.objective == pytest.approx(VALUE + 40 / 1.1**5 * 10 / 11 - PAID_AT_21 / 11, abs=1e-5)
