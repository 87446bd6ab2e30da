"""The side of one investor, by hand: microsoft of hand_made.py, with marks of the lab that is planned and a stake in another lab.

| stake | paid in | share | worth at the last mark | g | promised, given up | c |
|---|---|---|---|---|---|---|
| this lab | 4,000 of up to 5,000 | 10 % x 4 / 5 = 8 % | of 100,000: 8,000 | 1 | 13,000, 0 | 3.25 |
| the other | 2,000 | 20 % | of 40,000: 8,000 | 3 | 10,000, 12,000 | -1 |

Both give the same per dollar where 1 + 3.25 m = 3 - m: at a margin of 2 / 4.25 on sales.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.analysis.circular_financing.books import NoCircle
from gwplan.analysis.circular_financing.circle import Circle, circle
from gwplan.analysis.circular_financing.view import Stake, View, view
from gwplan.commands.cli import gwplan
from gwplan.results.run_folder import RunFolder
from tests.circle.hand_made import CONTRACTS, write_run

MORE = [
    "microsoft_equity,,,share_held,,0.1,,1", "microsoft_equity,,2028-01,mark,,100000,,MUSD_nominal", "microsoft_equity,,2027-01,mark,,50000,,MUSD_nominal",
    "elsewhere,,,kind,,investor,,label", "elsewhere,,,investor,,microsoft,,label", "elsewhere,,,company,,other_lab,,label",
    "elsewhere,,,cap,,0,,MUSD_nominal", "elsewhere,,,paid_before,,2000,,MUSD_nominal", "elsewhere,,,share_held,,0.2,,1",
    "elsewhere,,2027-06,mark,,40000,,MUSD_nominal", "elsewhere,,,sales_promised,,10000,,MUSD_nominal", "elsewhere,,,sales_given_up,,12000,,MUSD_nominal",
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "view", contracts=[*CONTRACTS, *MORE])


def side(run: Path, name: str = "microsoft") -> View:
    found: Circle = circle(RunFolder(run))
    return view(found.run, found.books, found.payments, found.positions, name)


def test_stakes_by_hand(run: Path) -> None:
    stakes = {each.company: each for each in side(run).stakes}
    here, there = stakes["this plan"], stakes["other_lab"]
    assert (here.paid, here.share, here.promised, here.given_up) == pytest.approx((4000, 0.08, 13000, 0))
    assert here.marks == (("2027-01", pytest.approx(4000)), ("2028-01", pytest.approx(8000)))
    assert (here.gain, here.sales, here.margin) == pytest.approx((1, 3.25, 4 / 13))
    assert (there.paid, there.share, there.worth, there.gain, there.sales, there.margin) == pytest.approx((2000, 0.2, 8000, 3, -1, 0.2))


def test_which_stake_gives_more_per_dollar(run: Path) -> None:
    told = json.loads(CliRunner().invoke(gwplan, ["circle", str(run), "--view", "microsoft", "--json"]).output)["view"]
    (choice,) = told["choices"]
    assert choice["margin"] == pytest.approx(2 / 4.25)
    assert (choice["better_without_margin"], choice["better_at_full_margin"]) == ("elsewhere", "microsoft_equity")


def test_a_stake_that_is_better_at_every_margin() -> None:
    """3 and 2 x margin against 1 and 1 x margin: the lines cross below a margin of nothing."""
    stakes = (Stake("one", "one", 10, 0.5, (("2027", 40.0),), 20, 0), Stake("two", "two", 10, 0.5, (("2027", 20.0),), 10, 0))
    assert [(each.gain, each.sales) for each in stakes] == [(3, 2), (1, 1)]
    position = None
    assert View("x", position, {}, stakes).choices == [(stakes[0], stakes[1], None)]  # type: ignore[arg-type]


def test_cash_of_each_year(run: Path) -> None:
    """1,000 in 2027 and 3,000 in 2028 paid in; 13,000 of sales in all, of which 35 % go on to nvidia; nothing is paid to it on its claim."""
    found = side(run)
    assert found.cash["invested"] == pytest.approx({2027: -1000, 2028: -3000})
    sales, passed = found.cash["sales"], found.cash["passed on"]
    assert sum(sales.values()) == pytest.approx(13000)
    assert passed == pytest.approx({year: -0.35 * amount for year, amount in sales.items()})
    assert sum(found.net.values()) == pytest.approx(0.65 * 13000 - 4000)


def test_what_others_pass_on_is_a_sale(run: Path) -> None:
    found = side(run, "nvidia")
    assert sum(found.cash["sales"].values()) == pytest.approx(15200)
    assert "passed on" not in found.cash
    assert found.stakes[0].worth is None and found.choices == []


def test_an_investor_that_is_not_there(run: Path) -> None:
    with pytest.raises(NoCircle, match="no investor 'oracle' on offer; there is"):
        side(run, "oracle")
    done = CliRunner().invoke(gwplan, ["circle", str(run), "--view", "oracle"])
    assert done.exit_code == 3


def test_the_terminal_says_when_the_choice_turns(run: Path) -> None:
    said = " ".join(CliRunner().invoke(gwplan, ["circle", str(run), "--view", "microsoft"]).output.split())
    assert "Per dollar paid in, other_lab (+3.0 and -1.0 x margin) against this plan (+1.0 and +3.2 x margin)" in said
    assert "above a margin of 47% on its sales this plan gives more." in said
