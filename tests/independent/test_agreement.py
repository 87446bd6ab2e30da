"""gwplan and the independent planner, written apart from the same specification, agree on the value of the best plan."""
from __future__ import annotations

import ast
import math
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.support import copied, solve_model

from .planner import Result, solve
from .random_cases import write_case

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
THREE_SITES = HERE.parent / "cases" / "three_sites"
GOALS = ("least_cost", "most_value", "most_compute", "soonest")
# Between them: every goal, every step, infeasible targets, things already there, carbon, caps by year and by class.
SEEDS = (0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 17)
SLOW_SEED = 14


def assert_agreement(model: Path, other: Result | None = None) -> None:
    """The same status and value; other: what the independent planner finds, if that is known."""
    other, result = other or solve(model), solve_model(model)
    assert result.status == other.status
    if other.objective is not None:
        assert math.isclose(result.objective, other.objective, rel_tol=1e-6, abs_tol=1e-6), (result.objective, other.objective)


def variant(folder: Path, name: str) -> Path:
    """A copy of the case with the tables of the variant laid over its own; the goals that take long in half-years."""
    copy = folder / "three_sites"
    shutil.copytree(THREE_SITES, copy)
    for goal in ("most_value", "most_compute"):
        model = copy / f"{goal}.toml"
        model.write_text(model.read_text(encoding="utf-8").replace('step = "quarter"', 'step = "half"'), encoding="utf-8")
    for table in (THREE_SITES / "variants" / name).glob("*.csv"):
        shutil.copy(table, copy / "inputs")
    return copy


def test_tiny() -> None:
    assert_agreement(ROOT / "models" / "tiny.toml")


@pytest.mark.parametrize("chosen", [
    '[require]\nhalls = "@north >= 20 MW"\nsystems = ["new_rack >= 3 MW", "<= 12 MW"]', '[require]\nsites = ">= 2"\nfuel = "grid@south >= 4 MW"',
    '[exclude]\nvendor = "first_vendor"\npower = "gas_engine@south"', '[exclude]\nsites = "north"\nfuel = "natural_gas"',
    '[require]\nitem = "gas_engine >= 4"\n[exclude]\nitem = "grid@north"', '[require]\nvendor = "second_vendor@south >= 10"',
    '[require]\nhalls = "<= 0 MW"',
])
def test_tiny_with_what_is_required_and_excluded(tmp_path: Path, chosen: str) -> None:
    model = copied(ROOT / "models" / "tiny.toml", tmp_path)
    model.write_text(f"{model.read_text(encoding='utf-8')}\n{chosen}\n", encoding="utf-8")
    assert_agreement(model)


Planned = Callable[[str, str], tuple[Path, Result]]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """The model of three sites for a goal, with the tables of a variant or of none, and what the independent planner finds: each once."""

    @cache
    def found(goal: str, name: str = "") -> tuple[Path, Result]:
        folder = variant(tmp_path_factory.mktemp(name or "plain"), name)
        return folder / f"{goal}.toml", solve(folder / f"{goal}.toml")

    return found


@pytest.mark.parametrize("goal", GOALS)
def test_three_sites(goal: str, planned: Planned) -> None:
    assert_agreement(*planned(goal, ""))


@pytest.mark.parametrize("goal", ["least_cost", "soonest"])
def test_three_sites_with_what_is_there_already(goal: str, planned: Planned) -> None:
    assert_agreement(*planned(goal, "existing"))


def test_three_sites_with_caps_by_year(planned: Planned) -> None:
    assert_agreement(*planned("least_cost", "yearly_cap"))


ROLES = """
gas_engine,,,most_hours,,4000,,hour/year
gas_engine,desert,,energy_price,,3,,USD_2026/MWh
gas_engine,,,emission_rate,,20,,kg/MWh
diesel,,,capacity_factor,,0.01,,1
solar,,,energy_price,,25,,USD_2026/MWh
solar,,,minimum_take,,0.1,,1
solar,,,contract_term,,2,,year
ppa,,,direct_share,,0.35,,1
wind,,,price,,700,,USD_2026/kW
wind,,,unit,,1,,MW
wind,,,lead_months,,6,,month
wind,,,life,,25,,year
wind,,,capacity_factor,,0.4,,1
wind,,,direct_share,,0.5,,1
wind,,,most,,80,,MW
wind,,,role,,variable,,label
"""


@pytest.mark.parametrize("goal", ["least_cost", pytest.param("most_compute", marks=pytest.mark.long)])
def test_three_sites_with_numbers_of_every_role(goal: str, tmp_path: Path) -> None:
    """Hours and a price for engines, a price and a minimum for the sun, a third supply that comes when it will."""
    model = variant(tmp_path, "existing") / f"{goal}.toml"
    power = model.parent / "inputs" / "power.csv"
    rows = "".join(f"{row},chosen,\n" for row in ROLES.split("\n") if row)
    power.write_text(power.read_text(encoding="utf-8").rstrip("\n") + "\n" + rows, encoding="utf-8")
    assert_agreement(model)


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=pytest.mark.long) if seed == SLOW_SEED else seed for seed in SEEDS])
def test_random_case(seed: int, tmp_path: Path) -> None:
    assert_agreement(write_case(tmp_path, seed))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (3, 6, 7)), 10, 11])
def test_random_case_whose_lives_end_within_periods(seed: int, tmp_path: Path) -> None:
    model = write_case(tmp_path, seed, short_lives=True)
    assert_agreement(model, solve(model))


@pytest.mark.parametrize("seed", [0, 1, 3, *(pytest.param(seed, marks=pytest.mark.long) for seed in (6, 7, 11)), 10])
def test_random_case_whose_halls_are_renewed(seed: int, tmp_path: Path) -> None:
    model = write_case(tmp_path, seed, short_lives=True, renewals=True)
    assert_agreement(model, solve(model))


def test_a_variant_costs_what_it_should(planned: Planned) -> None:
    """What is there already can only cheapen a plan, a cap by year only make it dearer, each by more than the tolerance."""
    plain, existing, capped = (planned("least_cost", name)[1].objective for name in ("", "existing", "yearly_cap"))
    assert plain is not None and existing is not None and capped is not None
    assert existing < plain - 1 < capped - 2


def test_a_seed_always_gives_the_same_case(tmp_path: Path) -> None:
    first, second = (write_case(tmp_path / name, 5).parent for name in ("first", "second"))
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert len(files) > 8
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)


def test_the_independent_planner_imports_nothing_of_gwplan() -> None:
    for name in ("planner", "plan", "building", "interim", "random_connections", "security", "supply", "facts", "matrix", "random_cases"):
        tree = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))
        froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not any(module.split(".")[0] == "gwplan" for module in froms | plain), name
