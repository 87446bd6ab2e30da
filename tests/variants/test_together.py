"""Prices that move together: the shipped correlations are found again in the draws, and a stressed number takes its partners along."""

from __future__ import annotations

import math
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from gwplan.analysis.scenarios.study import StudyRequest
from gwplan.analysis.uncertainty.correlations import Correlations, read_correlations
from gwplan.analysis.uncertainty.sample import Drawing, chances, correlations_of, drawn_of
from gwplan.analysis.uncertainty.stress import along, numbers_of, scenarios_of
from gwplan.commands.stress import stress as command
from gwplan.common.errors import InputFaults
from gwplan.planning.build import read
from gwplan.planning.request import Request
from tests.support import TINY, copied, edited

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "inputs" / "one_gigawatt" / "correlations.csv"
PACT = ROOT / "models" / "three_way_pact.toml"
COUNT = 2000
KEYS = ["accelerators.new_rack.price", "accelerators.old_rack.price", "halls.hall.price"]


@cache
def shipped() -> tuple[tuple[str, ...], Correlations]:
    """The numbers that a financed model draws, and their correlations."""
    case = read(Request(PACT))
    drawn = drawn_of(case)
    return tuple(each.key for each in drawn), correlations_of(case, drawn, None)


def test_each_correlation_is_found_again_in_the_ranks() -> None:
    """The rank correlation of n samples is within four standard errors, (1 - rho^2) / sqrt(n) at most, of the one that is asked."""
    keys, given = shipped()
    ranks = stats.spearmanr(chances(list(given.keys), Drawing(COUNT, 3), given)).statistic
    off = np.abs(ranks - given.matrix)
    allowed = 4 * (1 - given.matrix**2) / math.sqrt(COUNT) + 1e-12
    assert (off <= allowed).all(), np.argwhere(off > allowed)
    at = {key: place for place, key in enumerate(given.keys)}
    asked = {("accelerators.gb300_nvl72.price", "accelerators.helios_rack.price"): 0.6, ("finance.bond.rate", "finance.reference_rate.rate"): 0.7,
             ("halls.air_24.price", "halls.liquid_48.price"): 0.9, ("contracts.aws_compute.price", "accelerators.vr_nvl72.price"): 0.4,
             ("sites.abilene_tx.construction_index", "sites.phoenix_az.construction_index"): 0.5, ("finance.bond.rate", "halls.air_24.price"): 0.0}  # fmt: skip
    assert {pair: given.matrix[at[pair[0]], at[pair[1]]] for pair in asked} == asked
    assert set(given.keys) < set(keys)


def test_each_number_keeps_its_own_distribution() -> None:
    keys, given = shipped()
    plain, found = chances(list(keys), Drawing(COUNT, 3)), chances(list(keys), Drawing(COUNT, 3), given)
    correlated = [place for place, key in enumerate(keys) if key in given.keys]
    # 52 tests at once: a true hypothesis fails at 1e-4 in one of 200 seeds.
    assert min(stats.kstest(found[:, place], "uniform").pvalue for place in correlated) > 1e-4
    others = [place for place in range(len(keys)) if place not in set(correlated)]
    assert (found[:, others] == plain[:, others]).all()


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    case = read(Request(PACT))
    drawn = drawn_of(case)
    head, *rows = TABLE.read_text(encoding="utf-8").splitlines()
    random.Random(1).shuffle(rows)
    mixed = tmp_path / "mixed.csv"
    mixed.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    again, (_, given) = correlations_of(case, drawn, mixed), shipped()
    assert again.keys == given.keys
    assert (again.matrix == given.matrix).all() and (again.root == given.root).all()


def test_every_shipped_model_takes_the_table() -> None:
    """The one with the fewest parts and the one with the most: the others have the same tables."""
    for name in ("one_gigawatt", "three_way_pact"):
        case = read(Request(ROOT / "models" / f"{name}.toml"))
        found = correlations_of(case, drawn_of(case), None)
        assert "halls.liquid_48.price" in found.keys and not found.warnings, name


def table(folder: Path, *lines: str, head: str = "a,b,rho,unit,source,note,grade") -> Path:
    path = folder / "correlations.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("line", "message"), [
    ("halls.hal.price,halls.hall.price,0.5,1,round_numbers,,F", "correlations.csv:2 'halls.hal.price' matches no number of the case"),
    ("halls.hall.price,accelerators.*.price,much,1,round_numbers,,F", "correlations.csv:2 'much' is not a number"),
    ("halls.hall.price,accelerators.*.price,0.5,USD,round_numbers,,F", "correlations.csv:2 the unit 'USD' of a correlation is '1'"),
    ("halls.hall.price,accelerators.*.price,0.5,1,nobody,,F", "correlations.csv:2 no source 'nobody' in sources.csv"),
    ("halls.hall.price,accelerators.*.price,0.5,1,round_numbers,,H", "correlations.csv:2 no grade 'H'"),
])  # fmt: skip
def test_faults_name_file_row_value_and_rule(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputFaults) as error:
        read_correlations(table(tmp_path, line), KEYS, KEYS, ["round_numbers"])
    assert message in str(error.value)


def test_a_matrix_that_no_numbers_have_is_refused_with_its_rows(tmp_path: Path) -> None:
    path = table(tmp_path, "halls.hall.price,accelerators.old_rack.price,0.9,1,round_numbers,,F",
                 "halls.hall.price,accelerators.new_rack.price,0.9,1,round_numbers,,F",
                 "accelerators.old_rack.price,accelerators.new_rack.price,-0.9,1,round_numbers,,F")  # fmt: skip
    with pytest.raises(InputFaults) as error:
        read_correlations(path, KEYS, KEYS, ["round_numbers"])
    (fault,) = error.value.faults
    assert (fault.file, fault.row) == ("correlations.csv", 4)
    assert "rho -0.9" in fault.message and "row 2 (0.9" in fault.message and "row 3 (0.9" in fault.message
    assert "not positive semidefinite" in fault.message


def test_rows_on_tables_that_a_model_does_not_read_are_left_aside(tmp_path: Path) -> None:
    path = table(tmp_path, "finance.bond.rate,halls.hall.price,0.5,1,round_numbers,,F", "halls.hall.price,accelerators.*.price,0.5,1,round_numbers,,F")
    found = read_correlations(path, KEYS, KEYS, ["round_numbers"], ["finance"])
    assert found.keys == tuple(sorted(KEYS))
    with pytest.raises(InputFaults, match=r"'finance.bond.rate' matches no number"):
        read_correlations(path, KEYS, KEYS, ["round_numbers"])


def test_a_partner_goes_its_share_of_the_way() -> None:
    """From 10 to an end at 14 or 7: half of the way is 12 or 8.5; against it, 8.5 or 12; at a correlation of 1 the end itself."""
    assert [along("high", rho)(7, 10, 14) for rho in (0.5, -0.5, 1.0)] == [12, 8.5, 14]
    assert [along("low", rho)(7, 10, 14) for rho in (0.5, -0.5, 1.0)] == [8.5, 12, 7]


def ranged(folder: Path) -> Path:
    model = copied(TINY, folder)
    ends = {("halls", "hall", "price", ""): ("9", "12"), ("accelerators", "old_rack", "price", ""): ("1", "4")}

    def edit(name: str, row: dict[str, str]) -> dict[str, str]:
        low, high = ends.get((name, row["item"], row["quantity"], row["when"]), (row["low"], row["high"]))
        return row | {"low": low, "high": high}

    edited(model, edit)
    return model


def test_stress_moves_the_partners_with_their_price_paths(tmp_path: Path) -> None:
    model = ranged(tmp_path)
    inputs = read(Request(model)).definition.inputs
    (Path(str(inputs)) / "correlations.csv").write_text("a,b,rho,source,note\nhalls.hall.price,accelerators.old_rack.price,0.5,round_numbers,\n")
    numbers = numbers_of(StudyRequest(model, ()), ("halls.*",), together=True)
    prices = {}
    for scenario in scenarios_of(numbers, ""):
        cells = dict(scenario.values)
        if cells["decisions"] == "re-optimised":
            prices[cells["end"]] = {(row[0], row[3]): float(row[6]) for row in scenario.rows if row[4] == "price"}
    # The rack goes half of the way from 2 to 4, or to 1; its price of 2027, 1.6, follows by the same factor.
    assert prices["high"] == pytest.approx({("halls", ""): 12, ("accelerators", ""): 3, ("accelerators", "2027"): 1.6 * 1.5})
    assert prices["low"] == pytest.approx({("halls", ""): 9, ("accelerators", ""): 1.5, ("accelerators", "2027"): 1.6 * 0.75})
    alone = scenarios_of(numbers_of(StudyRequest(model, ()), ("halls.*",)), "")
    assert all(len(scenario.rows) == 1 for scenario in alone)


def test_nothing_to_move_together_is_a_fault(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(ranged(tmp_path)), "--together"])
    assert result.exit_code == 3
    assert "correlations.csv: no correlated numbers of this model" in result.stderr
