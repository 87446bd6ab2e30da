"""The same case written otherwise has the same best plan: order of rows, units, years of dollars, names, order of parts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.properties.rewritten import ALIGNED, HALVES, REWRITTEN, in_dollars_of
from tests.support import THREE_SITES, TINY, copied, solve_model

MODELS = {"tiny": TINY, "least_cost": THREE_SITES / "least_cost.toml"}
SAME = 1e-9
KEPT = 3e-7
"""A first goal that a second one follows may be given up by a ten-millionth of its value, twice over two plans."""


@cache
def plainly(model: Path) -> float:
    """The objective of a model as it stands."""
    return best(model)


def best(model: Path) -> float:
    """The objective of a model that has a plan; the case of three sites in half-years."""
    found = solve_model(model, sets={"tiny": (), "least_cost": ALIGNED}.get(model.stem, HALVES))
    assert found.status == "optimal"
    return found.objective


@pytest.mark.parametrize("way", REWRITTEN)
@pytest.mark.parametrize("name", MODELS)
def test_objective_is_the_same(name: str, way: str, tmp_path: Path) -> None:
    model = copied(MODELS[name], tmp_path)
    if name == "tiny" and way == "in dollars of 2025":
        deflators = tmp_path / "inputs" / "deflators.csv"
        deflators.write_text(deflators.read_text() + "2025,50\n")  # a dollar of 2025 buys what two of 2026 do
    assert REWRITTEN[way](model) > 0, "nothing was written otherwise"
    assert best(model) == pytest.approx(plainly(MODELS[name]), rel=SAME)


@pytest.mark.parametrize(("goal", "within"), [("most_value", SAME), ("most_compute", KEPT), ("soonest", KEPT)])
def test_all_ways_at_once_with_other_goals(goal: str, within: float, tmp_path: Path) -> None:
    model = copied(THREE_SITES / f"{goal}.toml", tmp_path)
    for way in REWRITTEN.values():
        way(model)
    assert best(model) == pytest.approx(plainly(THREE_SITES / f"{goal}.toml"), rel=within)


def test_year_of_the_model_only_scales_a_plan(tmp_path: Path) -> None:
    """In dollars of 2024 a plan costs what it costs in those of 2026, over the rise of prices between: 330.5 over 313.7."""
    model = copied(MODELS["least_cost"], tmp_path)
    text = model.read_text()
    model.write_text(text.replace("dollars = 2026", "dollars = 2024"))
    assert model.read_text() != text
    assert best(model) == pytest.approx(plainly(MODELS["least_cost"]) * 313.7 / 330.5, rel=SAME)


def test_year_of_the_rows_counts(tmp_path: Path) -> None:
    """The year in a unit is not decoration: the same numbers as dollars of 2024, not of 2026, are more money."""
    model = copied(MODELS["least_cost"], tmp_path)
    in_dollars_of(2026)(model)
    for path in (tmp_path / "inputs").glob("*.csv"):
        path.write_text(path.read_text().replace("USD_2026", "USD_2024"))
    assert best(model) == pytest.approx(plainly(MODELS["least_cost"]) * 330.5 / 313.7, rel=SAME)
