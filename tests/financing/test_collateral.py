"""Debt ends with what is pledged for it: at the input, while the plan runs, and at the horizon's end. On tests/financing/tiny_finance.

Ten racks of 20 arrive in 2027 and live five years; the sponsor requires 21 %, a lender asks for 10 %.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.model.parts.finance import collateral
from gwplan.planning.build import read
from gwplan.planning.request import Request
from tests.exploits.taken import Taken, solved
from tests.financing.cases import apply, changed, of
from tests.financing.test_faults import faults, row_of
from tests.support import ROOT

ONE_GENERATION = (('end = "2030-Q4"', 'end = "2034-Q4"'), ('by = "2027-Q1"', 'by = "2027-Q1"\nuntil = "2031-Q4"'))
"""Three years beyond the life of the first racks, in which new ones may be bought or not."""
THREE_WAY_PACT = ROOT / "models" / "three_way_pact.toml"
BULLET = ("finance.rack_loan.repayment=bullet label", "finance.rack_loan.advance_rate=0.7 1")


def test_a_tenor_beyond_the_life_of_what_it_funds(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "finance.rack_loan.tenor=40 year")
    assert found == (f"finance.csv:{row_of(tmp_path, 'rack_loan', 'tenor')} rack_loan.tenor: 40 years is beyond the life of accelerators, at most "
                     "5 years (rack): nothing would be pledged for the rest")


def test_each_class_that_it_funds_counts(tmp_path: Path) -> None:
    """Halls live 20 years and land for ever, racks five."""
    (found,) = faults(tmp_path, "finance.rack_loan.eligible=sites|halls|accelerators label", "finance.rack_loan.tenor=12 year")
    assert "12 years is beyond the life of accelerators" in found
    read(Request(changed(tmp_path / "halls", "finance.rack_loan.eligible=sites|halls label", "finance.rack_loan.tenor=12 year")))
    read(Request(changed(tmp_path / "five", "finance.rack_loan.tenor=5 year")))


def test_the_longest_life_of_a_class_counts(tmp_path: Path) -> None:
    """A second system of eight years could be bought on a loan over seven: the rule on the pledge sees to the first."""
    model = changed(tmp_path, "finance.rack_loan.tenor=7 year")
    path = model.parent / "inputs" / "accelerators.csv"
    text = path.read_text()
    path.write_text(text + "".join(line.replace("rack,", "lasting,", 1) + "\n" for line in text.splitlines() if line.startswith("rack,")))
    apply(model.parent / "inputs", "accelerators.lasting.life=8 year")
    read(Request(model))
    apply(model.parent / "inputs", "accelerators.lasting.life=6.9 year")
    with pytest.raises(InputFaults, match=r"rack_loan.tenor: 7 years is beyond the life of accelerators, at most 6.9 years \(lasting\)"):
        read(Request(model))


def test_shipped_facilities_end_before_what_they_fund() -> None:
    """Whatever is drawn within the ranges of tenors, the base lives hold it."""
    case = read(Request(THREE_WAY_PACT))
    for facility in case.items("facility"):
        highest = max(value.numbers[2] or value.base for value in case.checked.values if (value.row.item, value.row.quantity) == (facility, "tenor"))
        for cost_class in case.labels("finance", facility, "eligible"):
            found = collateral.longest(case, cost_class)
            assert found is not None and highest <= found[0]


def plan(folder: Path, *rows: str, without: tuple[str, ...] = (), texts: tuple[tuple[str, str], ...] = ()) -> Taken:
    """The plan found without some rules of finance."""
    return solved(changed(folder, *rows, texts=texts), without=[("finance", rule, None) for rule in without])


def test_debt_that_outlives_its_racks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bullet of 40 years on racks of five, were it not a fault: what is owed after 2031 is at most what newer racks cost."""
    monkeypatch.setattr(collateral, "check", lambda case: ())
    terms = (*BULLET, "finance.rack_loan.tenor=40 year")
    kept = plan(tmp_path / "kept", *terms, texts=ONE_GENERATION)
    rules = ("debt_ends_with_its_pledge", "collateral_repays_its_debt")
    free = plan(tmp_path / "free", *terms, texts=ONE_GENERATION, without=rules)
    bought = kept.levels("money", "capital")
    for period in range(6, 9):
        young = sum(amount for (cost_class, when), amount in bought.items() if cost_class == "accelerators" and period - 5 < when <= period)
        assert of(kept, "balance")[period] <= young + 1e-6
    assert of(free, "balance")[-1] > 100 and sum(of(free, "dividends")) > 150
    assert kept.objective is not None and free.objective is not None and free.objective > kept.objective + 5


def test_lenders_are_not_left_short_at_the_end(tmp_path: Path) -> None:
    """A bullet over five years, due in 2032: at the end of 2030 140 are owed, 147 with half a year's interest, on racks worth 30.

    The 117 that they do not cover are kept in cash, which earns 1 % in that half-year; without the rule all but 5 is paid out.
    """
    terms = (*BULLET, "finance.rack_loan.tenor=5 year")
    kept = plan(tmp_path / "kept", *terms)
    free = plan(tmp_path / "free", *terms, without=("cash_repays_the_rest",))
    lent = sum(of(kept, "drawn"))
    assert lent == pytest.approx(140)
    assert of(kept, "cash")[-1] == pytest.approx((1.05 * lent - 30) / 1.01)
    assert of(free, "cash")[-1] < 100
    assert kept.total("finance", "uncovered") == pytest.approx(117)
    assert kept.objective is not None and free.objective is not None and free.objective > kept.objective + 0.1


def test_opening_a_site_is_land_that_is_sold_at_the_end(tmp_path: Path) -> None:
    """Its 10 are deducted in 2030, or half of them over ten years from the middle of 2026: 0.25, then 0.5 a year, and the rest."""
    land, improved = (plan(tmp_path / name, *rows) for name, rows in (
        ("land", ()), ("improved", ("finance.improvements.tax_life=10 year", "finance.improvements.share=0.5 1"))))
    written = [0.25, 45.35 + 0.5, 74.7 + 0.5, 49.1 + 0.5, 33.74 + 0.5]
    assert [land.levels("finance", "basis")["land", 2026], improved.levels("finance", "basis")["improvements", 2026]] == [10, 5]
    assert [improved.levels("finance", "written_off").get((2026 + year,), 0) for year in range(5)] == pytest.approx(written)
    gain = {name: sum(found.levels("finance", "profit").values()) - sum(found.levels("finance", "loss").values())
            for name, found in (("land", land), ("improved", improved))}
    assert gain["land"] == pytest.approx(gain["improved"])


def test_the_bond_as_it_was_shipped() -> None:
    """The bond of the shipped case over 24 years, on halls of 14."""
    with pytest.raises(InputFaults, match=r"bond.tenor: 24 years is beyond the life of halls, at most 14 years"):
        read(Request(THREE_WAY_PACT, sets=("finance.bond.tenor=24 year",)))
