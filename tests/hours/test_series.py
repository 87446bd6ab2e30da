"""Hourly series as they are read: lengths, cells, units, sun at night, and how the year is divided."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gwplan.common.errors import Fault
from gwplan.common.numbers import parse_number, plain_numbers
from gwplan.inputs.definition_schema import Hours
from gwplan.inputs.hours import slice_year
from gwplan.inputs.memory import MemoryPath
from gwplan.inputs.profiles import Profiles, read_profiles

YEAR = 8760
UNITS = "series,unit\nsolar,1\nwind,1\ntemperature,degC\n"


def sun(hour: int) -> float:
    """Sun from 6 to 18 h."""
    return max(0.0, float(np.sin(np.pi * (hour % 24 + 0.5 - 6) / 12)))


def series(value: Callable[[int], object] = sun, name: str = "solar", hours: int = YEAR) -> str:
    return f"hour,{name}\n" + "\n".join(f"{hour},{value(hour)}" for hour in range(hours))


def read(text: str, units: str = UNITS) -> tuple[Profiles, list[Fault], list[Fault]]:
    faults, warnings = list[Fault](), list[Fault]()
    files = {"case/profiles/north.csv": text.encode(), "case/profiles/units.csv": units.encode()}
    return read_profiles(MemoryPath(files, "case"), ["north"], faults, warnings), faults, warnings


def only(faults: list[Fault]) -> str:
    assert len(faults) == 1
    return str(faults[0])


def test_a_leap_year_is_told_what_to_leave_out() -> None:
    assert only(read(series(hours=8784))[1]) == ("profiles/north.csv: has 8,784 hours; a year has 8,760 here; a leap year leaves out "
                                                 "29 February")
    assert only(read(series(hours=100))[1]) == "profiles/north.csv: has 100 hours; a year has 8,760 here"


@pytest.mark.parametrize(("cell", "said"), [
    ("", "solar: the cell is blank"), ("abc", "solar: 'abc' is not a number"), ("-0.1", "solar: -0.1 is not between 0 and 1, output per "
                                                                                         "nameplate power"),
    ("1.2", "solar: 1.2 is not between 0 and 1, output per nameplate power"),
])
def test_a_cell_is_named_by_its_row(cell: str, said: str) -> None:
    found = only(read(series(lambda hour: cell if hour == 40 else sun(hour)))[1])
    assert found == f"profiles/north.csv:42 {said}"


@given(st.lists(st.one_of(st.floats().map(str), st.integers().map(str), st.text("0123456789.+-eE_ \n٣", max_size=20)), max_size=6))
def test_many_numbers_at_once_are_those_read_one_by_one(cells: list[str]) -> None:
    """Or none, where one of the cells has to be looked at on its own."""
    assert plain_numbers(cells) in (None, list(map(parse_number, cells)))
    plain = ["0", "-0.0", "+7.", "0012.50", "123456789012345.678901234567890"]
    assert plain_numbers(plain) == list(map(parse_number, plain)) == [0, 0, 7, 12.5, 123456789012345.678901234567890]
    assert plain_numbers([*plain, "1e5"]) is plain_numbers([*plain, "1\n2"]) is plain_numbers([*plain, "0." + "0" * 40 + "1"]) is None


def test_series_that_are_read_again_are_the_same_and_cannot_be_written_to() -> None:
    first, again = (read(series())[0].series["north", "solar"] for _ in range(2))
    assert np.array_equal(first, again)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    assert only(read(series(lambda _: "x", "wind"))[1][:1]) == only(read(series(lambda _: "x", "wind"))[1][:1]), "faults are told each time"


def test_blank_rows_are_counted() -> None:
    """A blank row after the header and one in the middle: hour 40 stands in row 44, and an hour out of order behind it is named by its row."""
    def spaced(text: str) -> str:
        rows = text.split("\n")
        return "\n".join([rows[0], "", *rows[1:20], ",", *rows[20:]])

    assert only(read(spaced(series(lambda hour: "abc" if hour == 40 else sun(hour))))[1]) == "profiles/north.csv:44 solar: 'abc' is not a number"
    late = spaced(series()).replace("\n41,", "\n42,", 1)
    assert only(read(late)[1]).startswith("profiles/north.csv:45 hour is 42, not 41")
    assert read(spaced(series()))[1] == []


def test_a_share_may_be_given_in_percent() -> None:
    """The unit says so: 50 % is a half, and 120 % is too much."""
    percent = UNITS.replace("solar,1", "solar,%")
    found, faults, _ = read(series(lambda hour: 100 * sun(hour)), percent)
    assert faults == []
    assert found.series["north", "solar"] == pytest.approx([sun(hour) for hour in range(YEAR)])
    assert only(read(series(lambda hour: 120 if hour == 40 else 0), percent)[1]).startswith("profiles/north.csv:42 solar: 120 is not between")


@pytest.mark.parametrize(("keep", "said"), [('"01-14"', "hours.keep: input should be a list"), ("[14]", "input should be text in quotes"),
                                            ('["02-29"]', "'02-29' is no day of a year of 365 days")])
def test_days_to_keep_are_a_list_of_texts(keep: str, said: str) -> None:
    from gwplan.common.errors import InputFaults
    from gwplan.planning.build import read
    from gwplan.planning.request import Request
    from tests.support import ROOT

    with pytest.raises(InputFaults, match=said):
        read(Request(ROOT / "models" / "off_grid.toml", sets=(f"model.hours.keep={keep}",)))


def test_hours_are_in_order() -> None:
    lines = series().split("\n")
    lines[5], lines[6] = lines[6], lines[5]
    assert only(read("\n".join(lines))[1]) == "profiles/north.csv:6 hour is 5, not 4: the hours of the year are in order, from 0"


def test_a_series_needs_a_unit() -> None:
    assert only(read(series(), "series,unit\nwind,1\n")[1]).startswith("profiles/units.csv: has no unit for 'solar' of profiles/north.csv")
    percent = read(series(), "series,unit\nsolar,percent\n")[0]
    assert percent.series["north", "solar"].max() == pytest.approx(0.01, rel=0.02)


@pytest.mark.parametrize("shift", [-6, 7])
def test_sun_at_night_names_the_shift(shift: int) -> None:
    """A file in the hours of another time zone is read, with a warning of how far its hours seem to be off."""
    profiles, faults, warnings = read(series(lambda hour: sun(hour - shift)))
    assert not faults
    assert profiles.series
    assert f"the hours seem to be shifted by {shift:+d} h" in only(warnings)
    assert not read(series())[2]


def test_the_full_year_is_as_it_was_read() -> None:
    profiles = read(series())[0]
    year = slice_year(Hours(kind="full"), profiles, ["north"])
    assert len(year.slices) == YEAR
    assert np.array_equal(year.series["north", "solar"], profiles.series["north", "solar"])
    assert year.slices[31 * 24].months == (1,)
    assert max(year.error.values()) == 0


@pytest.mark.parametrize("hours", [Hours(kind="typical_days", n=3), Hours(kind="typical_days", n=3, segments=6),
                                   Hours(kind="typical_days", n=3, segments=6, keep=("06-30", "01-14")), pytest.param(Hours(kind="segments", n=40), marks=pytest.mark.long)],
                         ids=["days", "segmented days", "days and kept ones", "segments"])
def test_a_divided_year_keeps_hours_and_means(hours: Hours) -> None:
    """A year whose sun rises in strength from January on: shares fill the year, and the mean output stays."""
    profiles = read(series(lambda hour: sun(hour) * (hour + 1) / YEAR))[0]
    year = slice_year(hours, profiles, ["north"])
    share = np.array([part.share for part in year.slices])
    assert share.sum() == pytest.approx(1)
    assert share @ year.series["north", "solar"] == pytest.approx(profiles.series["north", "solar"].mean(), rel=1e-6)
    assert np.bincount(year.place.astype(int)) == pytest.approx(share * YEAR)
    if hours.kind == "typical_days":
        assert len(year.days) == 365
        calm = year.days[0]  # the first day of the year has the least sun: it is a day of its own
        assert year.days.count(calm) == 1
    assert 0 < year.error["north", "solar"] < profiles.series["north", "solar"].std()


def test_a_kept_day_stands_for_itself_by_the_hour() -> None:
    """14 January and 30 June, days 13 and 180: each once, in 24 hours as they were read, months too."""
    profiles = read(series(lambda hour: sun(hour) * (hour + 1) / YEAR))[0]
    year = slice_year(Hours(kind="typical_days", n=2, segments=4, keep=("06-30", "01-14")), profiles, ["north"])
    for day, month in ((13, 0), (180, 5)):
        own = [number for number, part in enumerate(year.slices) if part.day == year.days[day]]
        assert year.days.count(year.days[day]) == 1
        assert [year.slices[number].months for number in own] == [(month,)] * 24
        assert [year.series["north", "solar"][number] for number in own] == list(profiles.series["north", "solar"][24 * day:24 * day + 24])


def test_the_other_days_are_what_they_were() -> None:
    """But for the factor that keeps the mean: what a plan had to serve it still has to. The calmest day, kept by name, is no typical one too."""
    profiles = read(series(lambda hour: sun(hour) * (hour + 1) / YEAR))[0]
    before, after = (slice_year(Hours(kind="typical_days", n=2, segments=4, keep=keep), profiles, ["north"]) for keep in ((), ("01-01", "06-30")))
    assert len(before.slices) == 3 * 4
    assert len(after.slices) == 2 * 4 + 2 * 24
    shared = [day for day in range(365) if day not in (0, 180)]
    first, second = (np.array([year.days[day] for day in shared]) for year in (before, after))
    assert len({*zip(first.tolist(), second.tolist(), strict=True)}) == 2, "the same days are alike"
    for day in set(first.tolist()):
        (now,) = set(second[first == day].tolist())
        old, new = (year.series["north", "solar"][[part.day == number for part in year.slices]] for year, number in ((before, day), (after, now)))
        assert new == pytest.approx(old, rel=0.02)


@pytest.mark.parametrize(("keep", "said"), [(("02-29",), "'02-29' is no day of a year of 365 days"), (("14 January",), "is no day")])
def test_a_kept_day_is_a_day(keep: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Hours(kind="typical_days", n=2, keep=keep)
    with pytest.raises(ValueError, match="no typical days"):
        Hours(kind="segments", n=2, keep=("01-14",))


def test_a_row_has_as_many_cells_as_the_header() -> None:
    assert only(read(series(lambda hour: "0,0.5" if hour == 7 else 0.0))[1]) == "profiles/north.csv:9 has 3 cells; the header has 2"


def test_prices_are_over_their_mean() -> None:
    """A series in USD/MWh would multiply the price of the table: a warning says so."""
    units = UNITS + "price,1\n"
    assert "price: the mean of the year is 40, not 1" in only(read(series(lambda hour: 30 + 20 * (hour % 2), "price"), units)[2])
    assert not read(series(lambda hour: 0.5 + hour % 2, "price"), units)[2]


def test_shares_of_the_peak_charge_are_at_most_all_of_it() -> None:
    found = only(read(series(lambda hour: 2 * (hour == 5), "coincident"), UNITS + "coincident,1\n")[1])
    assert found == "profiles/north.csv:7 coincident: 2 is not between 0 and 1, share of the charge for the grid's peak"


@pytest.mark.parametrize(("value", "said"), [(lambda hour: 1 - 2 * (hour == 3), ":5 flat: the load is below 0"),
                                             (lambda hour: 0, ": flat: the load is 0 throughout")], ids=["negative", "nothing"])
def test_a_load_is_above_nothing(value: Callable[[int], object], said: str) -> None:
    faults = list[Fault]()
    files = {"case/profiles/_load.csv": series(value, "flat").encode(), "case/profiles/units.csv": b"series,unit\nflat,1\n"}
    read_profiles(MemoryPath(files, "case"), [], faults, [])
    assert only(faults).startswith(f"profiles/_load.csv{said}")
