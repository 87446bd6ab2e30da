"""Periods, dates, months of a chain, rolling years, discount factors and what is left of a price."""

from __future__ import annotations

import pytest

from gwplan.common.calendar import Calendar, Timing, parse_date

QUARTER = Calendar.of(parse_date("2027-Q1"), parse_date("2029-Q4"), "quarter", 0.09)


def calendar(start: str, end: str, step: str, rate: float = 0.0, timing: dict[str, Timing] | None = None) -> Calendar:
    return Calendar.of(parse_date(start), parse_date(end), step, rate, timing)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "first", "months"), [("2027", 24324, 12), ("2027-Q3", 24330, 3), ("2027-07", 24330, 1)])
def test_dates_are_spans_of_months(text: str, first: int, months: int) -> None:
    span = parse_date(text)
    assert (span.first, span.last) == (first, first + months - 1)
    assert first // 12 == 2027
    assert str(span) == text


@pytest.mark.parametrize("text", ["27", "2027-Q5", "2027-13", "2027-1", "2027-H1", "1999", "2101", "", "2027-Q1 "])
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date such as"):
        parse_date(text)


@pytest.mark.parametrize(("step", "names"), [
    ("quarter", ["2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]), ("half", ["2027-H1", "2027-H2"]), ("year", ["2027"]),
])
def test_a_year_in_steps(step: str, names: list[str]) -> None:
    found = calendar("2027", "2027", step)
    assert found.names == names
    assert found.years == 1
    assert sum(period.hours for period in found.periods) == 8760
    assert found.steps_a_year == len(names)
    assert found.end == parse_date("2028").first


@pytest.mark.parametrize(("start", "end", "step"), [("2027-Q2", "2028-Q4", "year"), ("2027-02", "2027-12", "quarter"), ("2028", "2027", "year"),
                                                    ("2027-Q2", "2028-Q1", "year"), ("2027-01", "2027-08", "quarter")])
def test_a_horizon_is_whole_steps_from_the_first_day_of_one(start: str, end: str, step: str) -> None:
    with pytest.raises(ValueError, match=r"whole number of steps|first day"):
        calendar(start, end, step)


@pytest.mark.parametrize(("months", "quarters", "halves", "years"), [(0, 0, 0, 0), (1, 1, 1, 1), (3, 1, 1, 1), (12, 4, 2, 1), (13, 5, 3, 2),
                                                                     (18, 6, 3, 2), (0.3 * 10, 1, 1, 1), (5.5 * 12, 22, 11, 6)])
def test_months_of_a_chain_are_rounded_up_once(months: float, quarters: int, halves: int, years: int) -> None:
    found = [calendar("2027", "2028", step).steps(months) for step in ("quarter", "half", "year")]
    assert found == [quarters, halves, years]


@pytest.mark.parametrize(("date", "begun", "holding"), [("2027", 0, 0), ("2026-Q1", 0, -4), ("2027-Q3", 2, 2), ("2027-08", 3, 2), ("2028", 4, 4),
                                                        ("2031", 16, 16)])
def test_when_a_date_begins_and_which_period_holds_it(date: str, begun: int, holding: int) -> None:
    assert QUARTER.begun(parse_date(date)) == begun  # the first period that starts on or after its first day
    assert QUARTER.holding(parse_date(date).first) == holding


def test_rolling_years_lie_inside_the_horizon() -> None:
    assert [list(QUARTER.window(n)) for n in (0, 2, 3, 4, 11)] == [[0], [0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 4], [8, 9, 10, 11]]
    assert list(QUARTER.year_ends) == list(range(3, 12))
    assert list(calendar("2027", "2029", "year").year_ends) == [0, 1, 2]
    assert list(calendar("2027-Q1", "2027-Q3", "quarter").year_ends) == [2]  # shorter than a year: what there is of it


def test_money_is_discounted_from_the_middle_of_its_period() -> None:
    assert QUARTER.discount(0, "capital") == pytest.approx(1.09**-0.125)
    assert QUARTER.discount(5, "running") == pytest.approx(1.09 ** -(5.5 / 4))
    assert QUARTER.discount_at_end == pytest.approx(1.09**-3)


def test_money_may_fall_at_the_start_or_the_end_of_its_period() -> None:
    apart = calendar("2027", "2029", "year", 0.1, {"capital": "start", "running": "end"})
    assert [apart.discount(n, "capital") for n in range(3)] == pytest.approx([1, 1 / 1.1, 1 / 1.21])
    assert [apart.discount(n, "running") for n in range(3)] == pytest.approx([1 / 1.1, 1 / 1.21, 1 / 1.331])


def test_without_interest_a_later_dollar_is_a_dollar() -> None:
    free = calendar("2027", "2029", "year")
    assert [free.discount(n, "capital") for n in range(3)] == [1, 1, 1]
    assert free.discount_at_end == 1


def test_age_at_the_end() -> None:
    assert QUARTER.age_at_end(0) == 3
    assert QUARTER.age_at_end(11) == 0.25


def test_what_is_left_of_a_price_is_the_annuity_still_to_come() -> None:
    calendar_at_ten = calendar("2027", "2029", "year", 0.1)
    payments = [1.1**-year for year in range(1, 6)]
    # Of five equal payments two are made: what the last three are worth then, over what all five were worth at first.
    assert calendar_at_ten.annuity_share(5, 2) == pytest.approx(sum(payments[:3]) / sum(payments))
    assert calendar_at_ten.annuity_share(5, 0) == pytest.approx(1)
    assert calendar_at_ten.annuity_share(5, 5) == 0
    assert calendar_at_ten.annuity_share(5, 7) == 0
    assert calendar("2027", "2029", "year").annuity_share(5, 2) == pytest.approx(3 / 5)
    nearly_free = calendar("2027", "2029", "year", 1e-7)
    assert nearly_free.annuity_share(5, 2) == pytest.approx(3 / 5, rel=1e-5)  # its limit at no interest


def test_an_annuity_keeps_more_than_a_straight_line() -> None:
    found = calendar("2027", "2029", "year", 0.09)
    assert found.annuity_share(20, 9) > 1 - 9 / 20


def test_what_is_left_at_a_rate_near_nothing_is_what_is_left_without_one() -> None:
    """As the rate goes to 0 the annuity still to come goes to the share of the life that is left: 18 of 20 years."""
    for rate in (0.0, 1e-300, 1e-20, 1e-16, 1e-12, 1e-9):
        calendar = Calendar.of(parse_date("2026"), parse_date("2027"), "year", rate)
        assert calendar.annuity_share(20.0, 2.0) == pytest.approx(0.9, rel=1e-7), rate
