"""The audit of finance: it passes runs of the planner with everything in, and sees any number that is changed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pandas as pd
import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.audit.quick import audited, first_wrong
from tests.financing.cases import EVERYTHING, HALF_YEARS, INVESTOR, WITH_CONTRACTS, changed

NUDGE = 1e-2
ROWS_OF_EACH = 1


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in half-years with every kind of money in it."""
    folder = tmp_path_factory.mktemp("everything")
    model = changed(folder / "case", *EVERYTHING, *INVESTOR, texts=[WITH_CONTRACTS, HALF_YEARS])
    outcome = solve(Request(model, runs=folder / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    return outcome.run


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of the run, to be changed."""
    return Path(shutil.copytree(run, tmp_path / "run", ignore=shutil.ignore_patterns("*.parquet")))


def failed(folder: Path) -> list[str]:
    """What the audit found wrong."""
    return [str(check) for check in audited(folder).failed]


def test_a_run_with_everything_passes(run: Path) -> None:
    found = audit(run)
    assert [str(check) for check in found.failed] == []
    assert found.unchecked == []


def test_everything_is_in_it(run: Path) -> None:
    """What is audited is there: each facility draws, the bond refinances, the investor pays in and is paid."""
    drawn = set(pd.read_csv(run / "tables" / "finance.drawn.csv")["facility"])
    assert drawn >= {"rack_loan", "build_loan", "cash_loan"}
    for name in ("refinanced", "revolver", "dividends", "returned", "tax", "undrawn", "claim", "unlocked", "cleared"):
        assert len(pd.read_csv(run / "tables" / f"finance.{name}.csv")), name


def test_no_number_of_finance_can_be_changed(copy: Path) -> None:
    chosen, unseen, tried = random.Random(5), [], 0
    for file in sorted((copy / "tables").glob("finance.*.csv")):
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        for row in chosen.sample(range(len(frame)), min(ROWS_OF_EACH, len(frame))):
            tried += 1
            before = file.read_bytes()
            changed_frame = frame.copy()
            changed_frame.loc[row, "value"] = repr(float(frame.loc[row, "value"]) * (1 + NUDGE) + NUDGE)
            changed_frame.to_csv(file, index=False)
            if first_wrong(copy) is None:
                unseen.append(f"{file.stem} row {row}")
            file.write_bytes(before)
    assert tried > 30
    assert unseen == []


def test_no_flow_can_change_its_party_or_its_period(copy: Path) -> None:
    file = copy / "tables" / "finance.flow.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    for column, value in (("party", "sponsor"), ("item", "another"), ("period", "2030-H2"), ("line", "fees")):
        other = frame.copy()
        row = int(frame.index[(frame[column] != value) & (frame["line"] == "interest")][0])
        other.loc[row, column] = value
        other.to_csv(file, index=False)
        assert any("flow_is_what_follows" in line for line in failed(copy)), column


def test_an_objective_that_does_not_follow(copy: Path) -> None:
    text = (copy / "summary.json").read_text()
    objective = pd.read_json(copy / "summary.json", typ="series")["objective"]
    (copy / "summary.json").write_text(text.replace(repr(float(objective)), repr(float(objective) + 1)))
    assert any("objective" in line for line in failed(copy))


@pytest.mark.parametrize(("item", "quantity", "value", "sentence"), [
    ("rack_loan", "advance_rate", "0.1", "capital_is_pledged_once"), ("debt", "coverage_floor", "3", "coverage_is_at_least_its_floor"),
    ("debt", "reserve", "12", "reserve_is_held"), ("tax", "interest_limit", "0.01", "interest_deducted_within_limit"),
    ("tax", "loss_share", "0.01", "losses_offset_their_share"), ("equity", "least_share", "0.9", "sponsor_pays_its_share"),
    ("cash", "least", "50", "cash_never_runs_short"), ("revolver", "cap", "1", "revolver_within_cap"), ("rack_loan", "cap", "1", "draws_within_cap"),
    ("rack_loan", "tenor", "1", "draws_are_repaid_by_their_maturity"), ("machinery", "tax_life", "20", "written_off_is_what_follows"),
    ("equity", "hurdle_rate", "0.9", "return_meets_hurdle"), ("rack_loan", "rate", "0.11", "interest_is_what_follows"),
    ("tax", "tax_rate", "0.3", "tax_is_what_follows"), ("shell", "share", "0.5", "basis_is_what_follows"),
    ("cash", "rate", "0.03", "cash_is_the_sum_of_all_flows"), ("compute_sales", "sold_share", "0.9", "own_use_pays_its_price"),
])
def test_each_term_is_held_against_the_run(copy: Path, item: str, quantity: str, value: str, sentence: str) -> None:
    """A run found under other terms than the inputs say fails where those terms are broken."""
    file = copy / "inputs" / "finance.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert ((frame["item"] == item) & (frame["quantity"] == quantity)).any()
    frame.loc[(frame["item"] == item) & (frame["quantity"] == quantity), "base"] = value
    frame.to_csv(file, index=False)
    assert any(sentence in line for line in failed(copy)), failed(copy)


@pytest.mark.parametrize(("table", "rows", "sentence"), [
    ("finance.equity", [("2029-H1", 1.0)], "equity_is_paid_in_during_the_first_build"),
    ("finance.dividends", [("2026-H2", 1.0)], "dividends_wait_for_the_first_build"),
    ("finance.revolver", [("2029-H1", 1.0)], "revolver_bridges_the_build"),
])
def test_money_at_the_wrong_time(copy: Path, table: str, rows: list[tuple[str, float]], sentence: str) -> None:
    file = copy / "tables" / f"{table}.csv"
    frame = pd.concat([pd.read_csv(file), pd.DataFrame(rows, columns=["period", "value"])])
    frame.groupby("period", as_index=False)["value"].sum().to_csv(file, index=False)
    assert any(sentence in line for line in failed(copy))


def test_a_dividend_while_an_investor_is_owed(copy: Path) -> None:
    claim = pd.read_csv(copy / "tables" / "finance.claim.csv")
    owed = next(period for period in claim["period"] if period > "2028")
    file = copy / "tables" / "finance.dividends.csv"
    pd.concat([pd.read_csv(file), pd.DataFrame([(owed, 1.0)], columns=["period", "value"])]).to_csv(file, index=False)
    assert any("dividends_wait_for_investors" in line for line in failed(copy))
