"""Stakes by hand: what an investor that sells compute pays into labs, what comes with it, and what its position is worth.

One kH100e throughout a year is worth one MUSD to the planner and five to the lab that buys 3 of them in 2027 and 2028: selling them
is worth (5 - 1) x 3 x 2 = 24 MUSD. Fifty MUSD buy a tenth of a lab.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from gwplan.audit import audit
from gwplan.common.errors import InputFaults
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import events
from tests.audit.hand_made import failed
from tests.contracts.small import PARTS, SALE, case, model, plan, target
from tests.exploits.taken import Taken

GOAL = 'kind = "most_value"\nmost_it = "10 MW"'
STAKE = ("stake.kind=stake label", "stake.company=lab label", "stake.cap=50 MUSD_nominal", "stake.share_held=0.1 1")
SOLD = (*SALE, "buyer.terms=contracted label", f"buyer.price={5 / 8.76!r} USD_2026/H100e/hour", "buyer.lead_months=12 month", "buyer.term=2 year")
WORTH = f"compute.compute.value={1 / 8.76!r} USD_2026/H100e/hour"


def planned(folder: Path, *changes: str, **options: object) -> Taken:
    """Ten megawatts through 2027 and 2028, with more compute than is sold."""
    return plan(folder, WORTH, *changes, targets=[target("it", "10 MW", by="2027-Q1")], goal=GOAL, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> float:
    """What the plan is worth without a deal."""
    found = planned(tmp_path_factory.mktemp("alone"), *SOLD, without=["buyer"]).objective
    assert found is not None
    return found


@pytest.mark.parametrize(("mark", "paid", "gain"), [(700, 50, 20), (400, 0, 0)])
def test_a_stake_is_worth_its_share_of_the_last_mark(tmp_path: Path, alone: float, mark: float, paid: float, gain: float) -> None:
    """A tenth of 700 is 70 for 50; for a tenth of 400 nobody pays 50. The mark of 2027 does not count."""
    found = planned(tmp_path, *STAKE, "stake@@2020.mark=900 MUSD_nominal", f"stake@@2028.mark={mark} MUSD_nominal")
    assert found.total("contracts", "staked") == paid
    assert found.objective == pytest.approx(alone + gain)


@pytest.mark.parametrize(("mark", "signed", "gain"), [(400, 1, 24 - 10), (200, 0, 0)])
def test_a_sale_pays_for_the_stake_that_brings_it(tmp_path: Path, alone: float, mark: float, signed: int, gain: float) -> None:
    """The stake loses 10 of its 50, and the sale gains 24; it loses 30, and nothing is signed."""
    found = planned(tmp_path, *STAKE, *SOLD, "stake.brings=buyer label", f"stake.mark={mark} MUSD_nominal")
    assert found.total("contracts", "signed") == signed
    assert found.total("contracts", "staked") == 50 * signed
    assert found.objective == pytest.approx(alone + gain)


@pytest.mark.parametrize(("other", "chosen", "gain"), [(700, "other", 20), (600, "stake", 14)])
def test_of_two_labs_the_better_one_gets_the_money_that_there_is(tmp_path: Path, alone: float, other: float, chosen: str, gain: float) -> None:
    """Fifty in all: 24 - 10 with one, which buys in return, or the gain of the other, 20 or 10."""
    second = [row.replace("stake.", "other.", 1).replace("lab", "another", 1) if "company" in row else row.replace("stake.", "other.", 1) for row in STAKE]
    found = planned(tmp_path, *STAKE, *second, *SOLD, "stake.brings=buyer label", "stake.mark=400 MUSD_nominal",
                    f"other.mark={other} MUSD_nominal", "budget.stakes.cap=50 MUSD_2026", parts=(*PARTS, "budget"))
    assert {key[0] for key in found.levels("contracts", "staked")} == {chosen}
    assert found.objective == pytest.approx(alone + gain)


def test_a_stake_paid_in_before_is_told_and_no_part_of_the_goal(tmp_path: Path, alone: float) -> None:
    """27 % of a lab, at 500 and then 852."""
    held = [*STAKE, "stake.cap=0 MUSD_nominal", "stake.share_held=0.27 1", "stake@@2025-10.mark=500 MUSD_nominal", "stake@@2027.mark=852 MUSD_nominal"]
    found = planned(tmp_path, *held)
    assert found.levels("contracts", "stake_worth") == pytest.approx({("stake", 0): 135, ("stake", 1): 230.04, ("stake", 2): 230.04})
    assert found.objective == pytest.approx(alone)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stake and its sale at 3 % inflation, 10 % discounting, beside a stake of before."""
    folder = tmp_path_factory.mktemp("stake")
    before = ("held.kind=stake label", "held.company=another label", "held.cap=0 MUSD_nominal", "held.share_held=0.27 1", "held.mark=500 MUSD_nominal")
    path = model(folder, WORTH, *STAKE, *SOLD, *before, "stake.brings=buyer label", "stake.mark=500 MUSD_nominal", "stake.earliest=2027 date",
                 targets=[target("it", "10 MW", by="2027-Q1")], goal=GOAL, inflation=0.03, rate=0.1, parts=(*PARTS, "budget"))
    outcome = solve(Request(path, runs=folder / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    return outcome.run


def test_money_is_nominal_where_it_is_paid_and_where_it_is_worth(run: Path) -> None:
    """50 in the middle of 2027 are 50 / 1.03 dollars of 2026, whose level is that of its middle; 50 at the end of 2028 are 50 / 1.03^2.5."""
    ledger = pd.read_csv(run / "tables" / "ledger.csv")
    stakes = ledger[ledger["class"] == "stakes"].set_index("kind")
    assert stakes["amount"].to_dict() == pytest.approx({"capital": 50 / 1.03, "residual": 50 / 1.03**2.5})
    assert set(stakes["item"]) == {"stake"} and set(stakes["payee"]) == {"lab"}
    assert ("2027", "signed", "stake", 50) in [(event.period, event.what, event.item, event.amount) for event in events(RunFolder(run))]


def test_the_audit_passes_and_checks_it(run: Path) -> None:
    found = audit(run)
    assert failed(found) == set()
    assert found.unchecked == []


@pytest.mark.parametrize(("file", "change", "expected"), [
    ("plan.csv", lambda frame: frame.assign(amount=frame["amount"].where(frame["decision"] != "staked", 60.0)), "contracts.stake_within_cap"),
    ("plan.csv", lambda frame: frame.assign(amount=frame["amount"].where(frame["decision"] != "staked", 40.0)), "contracts.sale_waits_for_its_stake"),
    ("plan.csv", lambda frame: frame.assign(when=frame["when"].where(frame["decision"] != "staked", "2026")), "contracts.staked_on_its_date"),
    ("tables/contracts.stake_worth.csv", lambda frame: frame.assign(value=frame["value"] * 2), "contracts.stake_worth"),
    ("tables/ledger.csv", lambda frame: frame.assign(amount=frame["amount"].where((frame["class"] != "stakes") | (frame["kind"] != "residual"), 90.0)),
     "money.ledger_of_residual_is_what_follows"),
])
def test_the_audit_names_a_change(tmp_path: Path, run: Path, file: str, change: object, expected: str) -> None:
    copy = Path(shutil.copytree(run, tmp_path / run.name))
    frame = pd.read_csv(copy / file, dtype={"when": str, "period": str})
    change(frame).to_csv(copy / file, index=False)  # type: ignore[operator]
    assert expected in {name.removesuffix("_is_what_follows") if name.startswith("contracts.") else name for name in failed(audit(copy))}


@pytest.mark.parametrize(("change", "message"), [
    ("stake.brings=buyer label", "stake.brings: buyer is sold on the spot, and is not signed"),
    ("stake.brings=nobody label", "no sale 'nobody' in contracts.csv"),
    ("stake@@2027.mark=100 MUSD_nominal", "stake.mark: no row holds in 2026"),
])
def test_a_fault_says_what_is_wrong(tmp_path: Path, change: str, message: str) -> None:
    mark = () if "2027" in change else ("stake.mark=500 MUSD_nominal",)
    with pytest.raises(InputFaults) as caught:
        case(tmp_path, *STAKE, *SALE, *mark, change)
    assert message in "\n".join(map(str, caught.value.faults))
