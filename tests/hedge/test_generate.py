"""Scenarios from ranges: the selection by hand and by properties, and files that can be hedged."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gwplan.analysis.hedge.reduce import reduced
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from tests.support import TINY


def test_the_first_is_the_median_and_the_second_the_far_one_by_hand() -> None:
    """Of 0, 1, 2 and 10 the point 1 or 2 is nearest to all (11 in sum); with 10 beside it only 1 of each neighbour is left."""
    points = np.array([[0.0], [1.0], [2.0], [10.0]])
    one, two = reduced(points, 1), reduced(points, 2)
    assert one.chosen == (1,) and one.probabilities == (1.0,) and one.error == pytest.approx(1.0)
    assert one.one == pytest.approx((1 + 0 + 1 + 9) / 4)
    assert two.chosen == (1, 3) and two.probabilities == (0.75, 0.25)
    assert two.error == pytest.approx((1 + 0 + 1 + 0) / (1 + 0 + 1 + 9))


def test_all_draws_leave_nothing_and_more_never_leave_more() -> None:
    points = np.random.default_rng(1).random((12, 3))
    errors = [reduced(points, count).error for count in range(1, 13)]
    assert errors[0] == pytest.approx(1.0) and errors[-1] == 0.0
    assert all(one >= other for one, other in pairwise(errors))
    assert sum(reduced(points, 5).probabilities) == pytest.approx(1.0)


def test_points_that_are_alike_are_one() -> None:
    found = reduced(np.array([[0.5], [0.5], [0.9], [0.5]]), 2)
    assert found.error == 0.0 and found.probabilities == (0.75, 0.25)


def asked(folder: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(program, ["scenarios", str(TINY), "--to", str(folder / "made.csv"), *more])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def ranged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An overlay with two ranges: the tiny case has none."""
    path = tmp_path_factory.mktemp("ranges") / "ranges.csv"
    path.write_text("table,item,site,when,quantity,low,base,high,unit,source,note\n"
                    "halls,hall,,,price,8,10,14,MUSD_2026/MW,round_numbers,\n"
                    "accelerators,old_rack,,,upkeep,0.01,0.02,0.05,1/year,round_numbers,\n")
    return path


def test_what_is_written_can_be_hedged(tmp_path: Path, ranged: Path) -> None:
    code, output = asked(tmp_path, "-n", "3", "--draws", "40", "--with", str(ranged), "--json")
    assert code == Exit.SOLVED, output
    found = json.loads(output)
    assert len(found["overlays"]) == 3 and sum(found["probabilities"]) == pytest.approx(1.0) and 0 < found["distance_left"] < 1
    assert found["keys"] == ["accelerators.old_rack.upkeep", "halls.hall.price"]
    done = CliRunner().invoke(program, ["hedge", str(TINY), "--scenarios", found["file"], "--runs", str(tmp_path), "--json"])
    assert done.exit_code == Exit.SOLVED, done.output
    table = json.loads(done.output)["tables"]["table"]
    assert table["known"] == ["2027"] * 3 and len(set(table["hedge"])) == 3


def test_one_number_alone_is_drawn_and_nothing_is_written_over(tmp_path: Path, ranged: Path) -> None:
    more = ("-n", "2", "--draws", "20", "--with", str(ranged), "--of", "halls.*", "--known", "2028")
    code, output = asked(tmp_path, *more)
    assert code == Exit.SOLVED and "2 scenarios for 20 draws of 1 numbers" in output
    assert ",2028,," in (tmp_path / "made.csv").read_text()
    code, output = asked(tmp_path, *more)
    assert code == Exit.USAGE and "is there already" in output
    assert asked(tmp_path, *more, "--replace")[0] == Exit.SOLVED


@pytest.mark.parametrize(("more", "words"), [
    (("--of", "halls.hal.price"), "matches no number with a range"), (("--known", "2040"), "is outside the horizon"), (("--known", "soon"), "soon"),
])
def test_faults_say_what_is_wrong(tmp_path: Path, ranged: Path, more: tuple[str, ...], words: str) -> None:
    code, output = asked(tmp_path, "--with", str(ranged), *more)
    assert code == Exit.INPUT and words in " ".join(output.split())
    assert not (tmp_path / "made.csv").exists()
