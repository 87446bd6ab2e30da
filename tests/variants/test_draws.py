"""Draws from ranges: quantiles by hand formulas and scipy, prefixes and orders that change nothing, paths that move together."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from gwplan.analysis.uncertainty.correlations import band, rank_correlations, read_correlations
from gwplan.analysis.uncertainty.ranges import at, chance_of, drawables, quantile, rows_at, rows_of, used_keys, value_at
from gwplan.analysis.uncertainty.sample import Drawing, chances
from gwplan.common.errors import InputFaults
from gwplan.inputs.case import Case
from gwplan.planning import build, request
from tests.support import TINY, copied, edited, read_rows, write_rows

CHANCES = (1e-6, 0.1, 0.25, 0.5, 0.8, 0.999999)


def ranged(folder: Path, ranges: dict[tuple[str, str, str, str], tuple[str, str]]) -> Path:
    """A copy of tiny whose rows (table, item, when, quantity) have these low and high."""
    model = copied(TINY, folder)

    def edit(table: str, row: dict[str, str]) -> dict[str, str]:
        low, high = ranges.get((table, row["item"], row["when"], row["quantity"]), (row["low"], row["high"]))
        return row | {"low": low, "high": high}

    assert edited(model, edit) >= len(ranges)
    return model


def case_of(model: Path, sets: tuple[str, ...] = ()) -> Case:
    return build.read(request.Request(model, sets=sets))


@pytest.mark.parametrize("chance", CHANCES)
@pytest.mark.parametrize("ends", [(1.0, 2.0, 5.0), (1.0, 1.0, 3.0), (1.0, 3.0, 3.0), (-4.0, 0.0, 1.0)])
def test_the_triangle_is_that_of_scipy(chance: float, ends: tuple[float, float, float]) -> None:
    low, base, high = ends
    expected = stats.triang.ppf(chance, (base - low) / (high - low), low, high - low)
    assert quantile("triangular", chance, low, base, high) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_base_of_a_triangle_lies_at_its_share_of_the_width() -> None:
    assert quantile("triangular", 0.25, 1, 2, 5) == pytest.approx(2)
    assert quantile("triangular", 0.5, 0, 1, 2) == pytest.approx(1)
    assert quantile("triangular", 0.75, 2, 2, 4) == pytest.approx(4 - 2 * math.sqrt(0.25))


def test_uniform_is_a_straight_line_and_a_range_without_width_its_base() -> None:
    assert quantile("uniform", 0.3, 10, 11, 20) == pytest.approx(13)
    assert all(quantile(shape, 0.9, 7, 7, 7) == 7 for shape in ("triangular", "pert", "uniform"))


def test_the_mean_of_pert_is_a_sixth_of_low_and_high_and_four_bases() -> None:
    low, base, high = 2.0, 3.0, 10.0
    grid = (np.arange(4000) + 0.5) / 4000
    mean = np.mean([quantile("pert", float(chance), low, base, high) for chance in grid])
    assert mean == pytest.approx((low + 4 * base + high) / 6, rel=1e-3)


@pytest.mark.parametrize("shape", ["triangular", "pert", "uniform"])
def test_quantiles_rise_within_the_range(shape: str) -> None:
    found = [quantile(shape, chance, 1, 4, 6) for chance in CHANCES]  # type: ignore[arg-type]
    assert found == sorted(found)
    assert 1 <= found[0] and found[-1] <= 6


def test_chances_are_even_and_depend_on_nothing_but_seed_sample_and_key() -> None:
    found = [chance_of(1, sample, "halls.hall.price") for sample in range(1, 2001)]
    assert stats.kstest(found, "uniform").pvalue > 1e-3
    assert chance_of(1, 5, "a") != chance_of(2, 5, "a") != chance_of(2, 5, "b")


def test_a_smaller_sample_is_the_beginning_of_a_larger_one_whatever_the_keys() -> None:
    keys = ["b.x.price", "a.x.price", "c.x@north.most"]
    many = chances(keys, Drawing(20, 7))
    assert (chances(keys, Drawing(10, 7)) == many[:10]).all()
    shuffled = [keys[2], keys[0], keys[1], "d.more.price"]
    assert (chances(shuffled, Drawing(20, 7))[:, [1, 2, 0]] == many).all()


def test_the_order_of_rows_changes_no_draw(tmp_path: Path) -> None:
    ranges = {("accelerators", "old_rack", "", "price"): ("1", "3"), ("halls", "hall", "", "price"): ("8", "15"),
              ("power", "grid", "", "price"): ("400", "700")}  # fmt: skip
    model = ranged(tmp_path, ranges)

    def draws() -> list[tuple[str, ...]]:
        case = case_of(model)
        drawn = drawables(case)
        (chance,) = chances([each.key for each in drawn], Drawing(1, 3)).tolist()
        return sorted(rows_of(case, drawn, "triangular", chance))

    before = draws()
    for table in ("accelerators", "halls", "power"):
        path = tmp_path / "inputs" / f"{table}.csv"
        rows = read_rows(path)
        random.Random(1).shuffle(rows)
        write_rows(path, rows)
    assert draws() == before and len(before) == 4, "old_rack's dated price follows its undated one"


def test_dated_rows_without_a_range_follow_by_the_same_factor(tmp_path: Path) -> None:
    case = case_of(ranged(tmp_path, {("accelerators", "old_rack", "", "price"): ("1", "3")}))
    (price,) = drawables(case)
    rows = {row[3]: float(row[6]) for row in rows_at(case, price, lambda low, base, high: high)}
    assert rows == {"": pytest.approx(3), "2027": pytest.approx(1.6 * 3 / 2)}


def test_dated_rows_with_ranges_of_their_own_take_the_same_quantile(tmp_path: Path) -> None:
    ranges = {("accelerators", "old_rack", "", "price"): ("1", "3"), ("accelerators", "old_rack", "2027", "price"): ("1.2", "2")}
    case = case_of(ranged(tmp_path, ranges))
    (price,) = drawables(case)
    rows = {row[3]: float(row[6]) for row in rows_at(case, price, at("uniform", 0.75))}
    assert rows == {"": pytest.approx(2.5), "2027": pytest.approx(1.8)}
    assert all(row[5] == row[7] == "" for row in rows_at(case, price, at("uniform", 0.75))), "a drawn row has no range"


def test_a_side_left_blank_is_the_base(tmp_path: Path) -> None:
    case = case_of(ranged(tmp_path, {("halls", "hall", "", "price"): ("6", "")}))
    (price,) = drawables(case)
    assert (price.has_low, price.has_high) == (True, False)
    assert value_at(price, at("triangular", 1 - 1e-12)) == pytest.approx(10, abs=1e-4)
    assert value_at(price, at("triangular", 0.25)) == pytest.approx(6 + 4 * math.sqrt(0.25))


def test_dates_move_by_whole_months(tmp_path: Path) -> None:
    case = case_of(ranged(tmp_path, {("accelerators", "new_rack", "", "earliest"): ("2026-07", "2028")}))
    (date,) = drawables(case)
    assert value_at(date, lambda low, base, high: base) == "2027"
    assert value_at(date, lambda low, base, high: low) == "2026-07"
    assert value_at(date, lambda low, base, high: base + 2.4) == "2027-03"


def test_what_the_user_sets_and_what_nothing_asks_for_is_not_drawn(tmp_path: Path) -> None:
    ranges = {("accelerators", "old_rack", "", "price"): ("1", "3"), ("halls", "hall", "", "price"): ("8", "15"),
              ("halls", "hall", "", "spend_first_third"): ("0.1", "0.3"), ("halls", "hall", "", "embodied_carbon"): ("1", "900")}  # fmt: skip
    model = ranged(tmp_path, ranges)
    case = case_of(model, ("halls.hall.price=*1.1",))
    assert [each.key for each in drawables(case)] == ["accelerators.old_rack.price", "halls.hall.embodied_carbon"]
    assert [each.key for each in drawables(case, {"halls.hall.embodied_carbon"})] == ["halls.hall.embodied_carbon"]
    assert {"halls.hall.price", "accelerators.old_rack.price", "power.grid@north.energy_price"} <= used_keys(case)


def test_carbon_without_a_limit_and_terms_without_a_minimum_are_not_drawn(tmp_path: Path) -> None:
    """Tiny limits no carbon, and its grid asks for no minimum take: nothing follows from these numbers."""
    ranges = {("halls", "hall", "", "embodied_carbon"): ("1", "900"), ("accelerators", "old_rack", "", "embodied_carbon"): ("1", "90"),
              ("power", "natural_gas", "", "emission_rate"): ("10", "90"), ("power", "grid", "", "emission_rate"): ("1", "900"),
              ("power", "grid", "", "contract_term"): ("5", "15"), ("halls", "hall", "", "price"): ("8", "15")}  # fmt: skip
    case = case_of(ranged(tmp_path, ranges))
    assert len(drawables(case)) == len(ranges) + 1  # the grid emits at each of two sites
    assert [each.key for each in drawables(case, used_keys(case))] == ["halls.hall.price"]


def correlations(folder: Path, *lines: str) -> Path:
    path = folder / "correlations.csv"
    path.write_text("a,b,rho,source,note\n" + "".join(f"{line},round_numbers,\n" for line in lines), encoding="utf-8")
    return path


KEYS = ["accelerators.new_rack.price", "accelerators.old_rack.price", "halls.hall.price", "power.grid.price"]


def test_correlations_are_found_again_and_leave_each_number_even(tmp_path: Path) -> None:
    path = correlations(tmp_path, "accelerators.*.price,halls.hall.price,0.6", "accelerators.new_rack.price,accelerators.old_rack.price,0.8")
    given = read_correlations(path, KEYS, KEYS, ["round_numbers"])
    count = 2000
    found = chances(KEYS, Drawing(count, 1), given)
    scores = np.corrcoef(stats.norm.ppf(found), rowvar=False)
    expected = {(0, 1): 0.8, (0, 2): 0.6, (1, 2): 0.6, (0, 3): 0.0, (1, 3): 0.0, (2, 3): 0.0}
    for (one, other), rho in expected.items():
        assert scores[one, other] == pytest.approx(rho, abs=4 * (1 - rho**2) / math.sqrt(count))
    assert all(stats.kstest(found[:, place], "uniform").pvalue > 1e-3 for place in range(len(KEYS)))
    assert (found[:, 3] == chances(KEYS, Drawing(count, 1))[:, 3]).all(), "what is not correlated keeps its draws"
    order = [3, 1, 0, 2]
    assert np.allclose(chances([KEYS[place] for place in order], Drawing(count, 1), given), found[:, order])


@pytest.mark.parametrize(("lines", "message"), [
    (["nothing.*,halls.hall.price,0.5"], "matches no number"),
    (["power.grid.price,halls.hall.price,1.5"], "not between -1 and 1"),
    (["power.grid.price,halls.hall.price,0.5", "halls.hall.price,power.grid.price,0.4"], "in row 2"),
    (["power.grid.price,halls.hall.price,0.9", "power.grid.price,accelerators.old_rack.price,0.9",
      "halls.hall.price,accelerators.old_rack.price,-0.9"], "not positive semidefinite"),
])  # fmt: skip
def test_correlations_that_cannot_be_are_faults(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InputFaults, match=message):
        read_correlations(correlations(tmp_path, *lines), KEYS, KEYS, ["round_numbers"])


def test_perfect_correlation_makes_the_same_chances(tmp_path: Path) -> None:
    given = read_correlations(correlations(tmp_path, "power.grid.price,halls.hall.price,1"), KEYS, KEYS, ["round_numbers"])
    found = chances(KEYS, Drawing(50, 1), given)
    assert np.allclose(found[:, 2], found[:, 3])


def test_rank_correlations_are_those_of_scipy() -> None:
    random_numbers = np.random.default_rng(1).random((40, 2))
    outcome = random_numbers[:, 0] ** 3 + 0.2 * random_numbers[:, 1]
    expected = [stats.spearmanr(random_numbers[:, place], outcome).statistic for place in (0, 1)]
    assert rank_correlations(random_numbers, outcome.tolist()) == pytest.approx(expected)
    assert np.isnan(rank_correlations(random_numbers, [1.0] * 40)).all()
    assert band(400) == pytest.approx(0.1)
