"""Plans nearly as good as the best: each is feasible and within the slack, and least and most are those of direct solves."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import Bounds, LinearConstraint, milp

import gwplan
from gwplan.analysis.alternatives.alternatives import CAN_AVOID, FREE, MUST, NEVER, OPEN, Alternatives, Near, Range, alternatives
from gwplan.analysis.alternatives.members import difference
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from gwplan.planning import build
from gwplan.solving.lexicographic import solve_goals
from tests.support import TINY

WITHIN = 0.05


@pytest.fixture(scope="module")
def near() -> Near:
    case = gwplan.read_case(TINY).facts
    built = build.build(case)
    return Near(case, built, solve_goals(built[1], build.options_of(case)), WITHIN)


@pytest.fixture(scope="module")
def found() -> Alternatives:
    return gwplan.alternatives(gwplan.read_case(TINY), within=WITHIN, n=6)


def direct(near: Near, coefficients: np.ndarray, sign: float) -> float:
    """The least (sign 1) or most (sign -1) of a sum of columns within the slack, by SciPy from the arrays alone."""
    arrays, cost = near.arrays, near.cost
    best = cost.value(near.x)
    rows = LinearConstraint(arrays.matrix, arrays.lower, arrays.upper)
    slack = LinearConstraint(cost.coefficients[None, :], -np.inf, best + WITHIN * abs(best) - cost.constant)
    result = milp(sign * coefficients, constraints=[rows, slack], integrality=arrays.whole.astype(int), bounds=Bounds(0, np.inf),
                  options={"mip_rel_gap": 0})
    assert result.success
    return float(sign * result.fun)


def test_least_and_most_are_those_of_direct_solves(near: Near, found: Alternatives) -> None:
    by_name = {(member.kind, member.name): member for member in near.members}
    assert {(each.kind, each.name) for each in found.ranges} == set(by_name)
    for each in found.ranges:
        coefficients = by_name[each.kind, each.name].coefficients
        least, most = direct(near, coefficients, 1.0), direct(near, coefficients, -1.0)
        little = each.little + 1e-6
        assert least - 1e-6 <= each.least <= least + little, each
        assert most - little <= each.most <= most + 1e-6, each
        assert each.no_less <= least + 1e-6 and each.no_more >= most - 1e-6, each


def test_every_plan_is_feasible_and_within_the_slack(near: Near, found: Alternatives) -> None:
    arrays, best = near.arrays, near.cost.value(near.x)
    assert len(found.found) >= 3
    for plan in (found.best, *found.found):
        rows = arrays.matrix @ plan.x
        miss = np.maximum(arrays.lower - rows, rows - arrays.upper)
        assert (miss <= 1e-5 * np.maximum(1, np.abs(rows))).all()
        assert (plan.x >= -1e-6).all()
        assert np.allclose(plan.x[arrays.whole], np.round(plan.x[arrays.whole]), atol=1e-5)
        cost = near.cost.value(plan.x)
        assert best - 1e-6 <= cost <= best * (1 + WITHIN) + 1e-5
        assert plan.loss == pytest.approx(cost - best, abs=1e-6)
        assert plan.of == pytest.approx((cost - best) / best, abs=1e-9)


def test_the_plans_can_be_fixed_and_cost_what_is_said(found: Alternatives, tmp_path: Path) -> None:
    """The decisions of an alternative, fixed in a solve of their own, cost no more than is said: what they leave open is optimised."""
    plan = found.found[0]
    (tmp_path / "plan.csv").write_text(plan.text, encoding="utf-8")
    result = CliRunner().invoke(program, ["solve", str(TINY), "--fix", str(tmp_path / "plan.csv"), "--runs", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(next(tmp_path.glob("2*/summary.json")).read_text())
    best = gwplan.solve(gwplan.read_case(TINY)).summary["objective"]
    assert best - 1e-6 <= summary["objective"] <= best + plan.loss + 1e-5


def test_verdicts_by_hand(found: Alternatives) -> None:
    """Opening the south costs 10 more and its building index is 1.2: out of reach. New racks cost more per MW, so that a few are a choice."""
    verdicts = {(each.kind, each.name): each.verdict for each in found.ranges}
    assert verdicts["site", "north"] == MUST
    assert verdicts["site", "south"] == NEVER
    assert verdicts["generation", "old_rack"] == verdicts["vendor", "first_vendor"] == MUST
    assert verdicts["generation", "new_rack"] == FREE
    assert verdicts["supply", "grid"] == verdicts["supply", "gas_engine"] == CAN_AVOID
    ranges = {(each.kind, each.name): each for each in found.ranges}
    # The grid of the north offers 24 MW; one hall of 10 MW is what the target needs.
    assert ranges["supply", "grid"].most == pytest.approx(24)
    assert (ranges["site", "north"].least, ranges["site", "north"].most) == (pytest.approx(10), pytest.approx(10))


@pytest.mark.parametrize(("amounts", "verdict"), [
    ((10, 9, 12, 8.9, 12), MUST), ((10, 0, 12, 0, 12), CAN_AVOID), ((0, 0, 5, 0, 6), FREE), ((0, 0, 0, 0, 0.05), NEVER),
    ((10, 3, 12, 0, 12), OPEN), ((0, 0, 0, 0, np.inf), OPEN),
])
def test_each_verdict(amounts: tuple[float, ...], verdict: str) -> None:
    best, least, most, no_less, no_more = amounts
    assert replace(Range("site", "a", best, least, most, no_less), no_more=no_more, little=0.1).verdict == verdict


def test_no_slack_leaves_what_the_best_plan_builds() -> None:
    """Without slack every plan costs the same; the least of what the best plan must have is what it has."""
    exact = gwplan.alternatives(gwplan.read_case(TINY), within=0.0, n=3)
    for each in exact.ranges:
        if each.kind in ("site", "generation"):
            assert (each.least, each.most) == (pytest.approx(each.best, abs=1e-4), pytest.approx(each.best, abs=1e-4)), each
    assert all(abs(plan.loss) <= 1e-5 for plan in exact.found)


def test_more_slack_never_narrows_a_range(found: Alternatives) -> None:
    wider = {(each.kind, each.name): each for each in gwplan.alternatives(gwplan.read_case(TINY), within=2 * WITHIN, n=3).ranges}
    for each in found.ranges:
        other = wider[each.kind, each.name]
        assert other.least <= each.least + each.little and other.most >= each.most - each.little


def test_a_difference_by_hand() -> None:
    one = {("site", "a"): 10.0, ("site", "b"): 0.0, ("supply", "g"): 8.0}
    # All of the site's power moves (1); of 8 and 12 MW of the supply 4 of 20 differ (0.2): the mean is 0.6.
    other = {("site", "a"): 0.0, ("site", "b"): 10.0, ("supply", "g"): 12.0}
    assert difference(one, other) == pytest.approx(0.6)
    assert difference(one, one) == 0


def test_alternatives_come_the_most_different_first_and_differ(found: Alternatives) -> None:
    assert found.found[0].difference == max(plan.difference for plan in found.found)
    for place, plan in enumerate(found.found):
        assert all(difference(plan.built, other.built) > 0 for other in (found.best, *found.found[:place]))


def test_what_was_found_before_an_interruption_is_kept(near: Near) -> None:
    asked = threading.Event()
    options = replace(build.options_of(near.case), cancel=asked)

    def stop(number: int) -> None:
        if number == 2:
            asked.set()

    plans, ranges, stopped = alternatives(near, 4, options, stop)
    assert stopped and plans
    assert len(ranges) == len(near.members)
    assert any(each.verdict == OPEN for each in ranges)


def test_the_command_writes_json_a_page_and_plans(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["alternatives", str(TINY), "--within", "5%", "-n", "3", "--runs", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.output)
    assert shown["within"] == WITHIN and len(shown["plans"]) <= 4
    folder = Path(shown["folder"])
    assert all((folder / f"plan_{plan['plan']}.csv").is_file() for plan in shown["plans"])
    assert "every plan has North" in Path(shown["page"]).read_text(encoding="utf-8")
    text = CliRunner().invoke(program, ["alternatives", str(TINY), "--within", "0.05", "-n", "2", "--runs", str(tmp_path)])
    assert "must have" in text.output and "can avoid" in text.output


@pytest.mark.parametrize("share", ["two", "-1%", "200%"])
def test_a_share_that_is_none(share: str) -> None:
    assert CliRunner().invoke(program, ["alternatives", str(TINY), "--within", share]).exit_code == Exit.USAGE


def test_a_model_without_a_plan() -> None:
    with pytest.raises(gwplan.NoPlan, match="no plan to find alternatives"):
        gwplan.alternatives(gwplan.read_case(TINY).set("budget.capital.cap", "1 MUSD_2026"))
