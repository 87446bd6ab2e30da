"""A little more life is a little more worth: at every step, for whatever has a life or a term, whether it comes whole or split.

One site for eight years: a hall of 10 MW, one kind of rack, a grid connection. Costs and worth are made up, nothing is rounded.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.exploits.taken import solved

ONE_SITE = Path(__file__).parents[1] / "cases" / "one_site"
MODEL = """
title = "One site"
inputs = "inputs"
parts = ["sites", "halls", "accelerators", "cooling", "power", "budget"]
precision = "fp8"

[horizon]
start = "2027-Q1"
end = "2034-Q4"
step = "{step}"
dollars = 2026
discount_rate = 0.1

[goal]
kind = "most_value"
most_it = "10 MW"

[solver]
gap = 0.0
whole_units_from = "1 MW"
"""
LIVES = (2.0, 2.0001, 2.4, 2.9999, 3.0)


def model(folder: Path, step: str, **changes: str) -> Path:
    """The case with some numbers changed: `table_item_quantity="value"`."""
    inputs = Path(shutil.copytree(ONE_SITE, folder / "inputs"))
    for where, value in changes.items():
        table, item, quantity = where.split("__")
        path = inputs / f"{table}.csv"
        with path.open(newline="") as file:
            rows = list(csv.reader(file))
        row = next(each for each in rows if each[0] == item and each[3] == quantity)
        row[5] = value
        with path.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    path = folder / "model.toml"
    path.write_text(MODEL.format(step=step))
    return path


def values(folder: Path, step: str, life: str, **changes: str) -> list[float]:
    """The value of the best plan for each life."""
    found = []
    changes.setdefault("compute__compute__value", "2")
    for number, years in enumerate(LIVES):
        worth = solved(model(folder / str(number), step, **{life: f"{years}", **changes})).objective
        assert worth is not None
        found.append(worth)
    return found


def assert_smooth(found: list[float]) -> None:
    """Never less for more life, and nearly nothing more for nearly no more of it."""
    assert found == sorted(found)
    assert found[-1] > found[0] + 1, "life matters here"
    for before, after in ((0, 1), (3, 4)):
        assert found[after] - found[before] < 0.002 * (found[-1] - found[0])


@pytest.mark.parametrize("step", ["year", "half", "quarter"])
def test_more_life_of_racks(tmp_path: Path, step: str) -> None:
    assert_smooth(values(tmp_path, step, "accelerators__k__life"))


@pytest.mark.parametrize("step", ["year", "half"])
def test_more_life_of_halls_where_one_fits(tmp_path: Path, step: str) -> None:
    """Halls are whole and the site holds one: the next can be opened in the year in which the last one ends, if that is closed for it."""
    assert_smooth(values(tmp_path, step, "halls__h__life", sites__a__most_it="10", halls__h__build_months="0"))


@pytest.mark.parametrize("step", ["year", "half"])
def test_more_life_of_supplies_that_come_whole(tmp_path: Path, step: str) -> None:
    """One unit of 10 MW is on offer, so that the next serves when the last one ends or is given up."""
    changes = {"power__grid__price": "5", "power__grid__unit": "10", "power__grid__most": "10"}
    assert_smooth(values(tmp_path, step, "power__grid__life", **changes))


def test_whole_lives_are_as_before(tmp_path: Path) -> None:
    """Racks of four years at yearly steps, by hand: two lots of ten from 2028 on, the second with a year left at the end.

    Value of 10 racks in a year 87.6, energy 4.38: 83.22 in each of 2028-2034; a hall of 100, the site 1, racks of 200 in 2028 and 2032.
    """
    at = [1.1 ** -(period + 0.5) for period in range(8)]
    yearly, end = 83.22 * sum(at[1:]), 1.1**-8
    left = 200 * (1 - 1.1**-1) / (1 - 1.1**-4) + 100 * (1 - 1.1**-13) / (1 - 1.1**-20)
    by_hand = yearly - 101 * at[0] - 200 * (at[1] + at[5]) + left * end
    worth = solved(model(tmp_path, "year", accelerators__k__life="4")).objective
    assert worth == pytest.approx(by_hand, rel=1e-9)
