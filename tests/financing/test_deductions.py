"""Interest and losses are deducted as soon as the law allows, not when it suits the plan. On tests/financing/tiny_finance."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exploits.taken import solved
from tests.finance.textbook import allowed_interest, tax_years
from tests.financing.cases import EVERYTHING, changed, of, series
from tests.support import Solved, solve_model


def by_year(found: Solved, name: str) -> list[float]:
    return [found.levels.get((f"finance.{name}", (2026 + year,)), 0.0) for year in range(5)]


def test_interest_is_deducted_in_a_year_of_loss(tmp_path: Path) -> None:
    """Losses that offset nothing later: to wait with 2.1672 of 2028's interest would save tax, and is not allowed.

    The limit is 8 % of 78.84 and the 0.1 that cash earns: 6.4072 of the 10 in 2028, as worked out in test_by_hand.
    """
    found = solve_model(changed(tmp_path, "finance.tax.loss_share=0 1"))
    assert by_year(found, "deducted") == pytest.approx([0, 0, 6.4072, 6.4072, 2.1856])
    assert by_year(found, "loss") == pytest.approx([0, 0, 2.1672, 0, 0])
    assert by_year(found, "tax") == pytest.approx([0, 8.3975, 0, 23.4328 / 4, 46.9044 / 4])


def test_all_interest_is_deducted_where_nothing_limits_it(tmp_path: Path) -> None:
    found = solve_model(changed(tmp_path, "finance.tax.loss_share=0 1", "finance.tax.interest_limit=1 1"))
    assert by_year(found, "deducted") == pytest.approx(series(found, "interest"))
    assert by_year(found, "interest_carried") == pytest.approx([0] * 5)


def test_interest_that_is_capitalised_is_deducted(tmp_path: Path) -> None:
    """At 10 % with a year of grace a tenth of the draw is added to the debt in 2028, and deducted in 2028."""
    found = solve_model(changed(tmp_path, "finance.rack_loan.grace=1 year", "finance.rack_loan.grace_interest=capitalised label",
                                "finance.tax.interest_limit=1 1"))
    drawn = series(found, "drawn")[1]
    assert drawn > 40
    assert by_year(found, "deducted") == pytest.approx([0, 0, 0.1 * drawn, 0.11 * drawn, 0])
    assert series(found, "interest") == pytest.approx([0, 0, 0, 0.11 * drawn, 0])


def test_deductions_are_those_of_the_law(tmp_path: Path) -> None:
    """With every kind of debt and a first-year write-off: what may be deducted year by year is that of finance/tax.py."""
    found = solved(changed(tmp_path, *EVERYTHING))

    def yearly(name: str) -> list[float]:
        return [found.levels("finance", name).get((2026 + year,), 0.0) for year in range(5)]

    assert sum(of(found, "accrued")) > 1
    paid = [each + added for each, added in zip(of(found, "interest"), of(found, "accrued"), strict=True)]
    borne = [each + 0.08 * before for each, before in zip(paid, [0, *of(found, "revolver")[:-1]], strict=True)]
    received = [0.02 * before for before in [0, *of(found, "cash")[:-1]]]
    # Interest on cash lifts the limit: as earnings of 1 / limit times as much.
    lifted = [earned + more / 0.08 for earned, more in zip(yearly("earnings"), received, strict=True)]
    assert yearly("deducted") == pytest.approx(allowed_interest(borne, lifted, 0.08), abs=1e-5)
    profits = [gain - lost for gain, lost in zip(yearly("profit"), yearly("loss"), strict=True)]
    law = tax_years(profits, 0.25, 0.8)
    assert sum(yearly("losses_used")) > 1
    assert yearly("losses_used") == pytest.approx([year.used for year in law], abs=1e-5)
    assert yearly("tax") == pytest.approx([year.tax for year in law], abs=1e-5)
