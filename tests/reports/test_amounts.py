"""Money and other amounts as people read them; the expected texts are rounded by hand."""

from __future__ import annotations

import pytest

from gwplan.common.amounts import amount, beside, money, said, scale, table_unit, unit_words


@pytest.mark.parametrize(("musd", "text"), [
    (39_771.2, "$39.8B"),  # three significant digits
    (850.0, "$850M"),
    (50_000.0, "$50B"),  # exactly that: no zeros after the point
    (49_980.0, "$50.0B"),  # rounded to that
    (999.6, "$1.00B"),  # rounds up into the next letter
    (999.4, "$999M"),
    (1_000.0, "$1B"),
    (1_234_567.0, "$1,235B"),  # no letter beyond billions: whole ones
    (8.237696, "$8.24M"),
    (0.42, "$420K"),
    (0.0009996, "$1.00K"),
    (0.000004, "$4"),
    (0.0, "$0"),
    (4e-13, "$0"),  # what rounding leaves of nothing
    (-4e-13, "$0"),
    (-1_564.144, "-$1.56B"),
    (-0.05, "-$50K"),
])  # fmt: skip
def test_money(musd: float, text: str) -> None:
    assert money(musd) == text


def test_more_digits_and_a_sign() -> None:
    assert (money(39_771.2, 4), money(39_771.2, 5), money(290.0, 5)) == ("$39.77B", "$39.771B", "$290M")
    assert (money(12.0, plus=True), money(-12.0, plus=True), money(0.0, plus=True)) == ("+$12M", "-$12M", "$0")
    assert money(float("nan")) == "unknown"


@pytest.mark.parametrize("digits", [3, 4, 5])
def test_what_is_written_is_within_half_of_its_last_digit(digits: int) -> None:
    worth = {"B": 1e3, "M": 1.0, "K": 1e-3}
    for exponent in range(-3, 6):
        for lead in (1.0, 1.2345678, 4.999996, 9.9999994):
            musd = lead * 10.0**exponent
            text = money(musd, digits)
            back = float(text[1:-1].replace(",", "")) * worth[text[-1]]
            assert back == pytest.approx(musd, rel=0.5 * 10.0 ** (1 - digits) * 1.001)


def test_units_that_go_with_money() -> None:
    assert said(49_094.9, "MUSD/GW") == "$49.1B per GW"
    assert said(8.237696, "MUSD/year") == "$8.24M a year"
    assert said(4_183.56, "MUSD_nominal") == "$4.18B", "that money is nominal is said once, by whoever shows it"
    assert said(290.0, "MUSD of 2026") == "$290M"
    assert (beside("MUSD_nominal"), beside("MUSD nominal"), beside("MUSD/GW"), beside("MUSD")) == ("nominal", "nominal", "per GW", "")


def test_other_amounts() -> None:
    assert said(0.42, "USD/H100e/hour") == "$0.420 per H100e-hour"
    assert said(0.1234, "1/year") == "12.3%"
    assert amount(0.1234, "1/year", 4, plus=True) == "+12.34%"
    assert said(1_000.0, "MW") == "1,000 MW"
    assert (said(1.3, "1"), beside("period")) == ("1.3", "")


def test_units_above_columns() -> None:
    assert scale([999.0, -1.0]) == ("$ million", 1.0)
    assert scale([12.0, -1_000.0]) == ("$ billion", 1e3)
    assert scale([]) == ("$ million", 1.0)
    assert table_unit("MUSD_nominal", [4_183.0]) == ("$ billion, nominal", 1e3)
    assert table_unit("MW", [4_183.0]) == ("MW", 1.0)
    assert unit_words("USD/H100e/hour") == "$ per H100e-hour"
