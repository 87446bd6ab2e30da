"""Hedges of the tiny case: by hand, and by properties.

North costs 10 MUSD to open and is the cheaper site; its loss is the scenario. The hall has to be started in 2027 for 2028.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.analysis.hedge.hedge import Joint, hedge
from gwplan.analysis.hedge.policy import Hedged
from gwplan.analysis.scenarios.study import StudyRequest
from gwplan.common.errors import InputFaults
from gwplan.solving.options import Options
from gwplan.solving.risk import RiskAim, RiskMeasure
from tests.support import TINY, solve_model

HEADER = "scenario,probability,known,set,overlay,note\n"
LOST = "sites.north.most_it=0 MW"
DEAR = "halls.hall.upkeep=*4"
OPENING = 10.0


def hedged(folder: Path, rows: str, *, aim: RiskAim | None = None, sets: tuple[str, ...] = ()) -> Hedged:
    path = folder / "scenarios.csv"
    path.write_text(HEADER + rows)
    return hedge(StudyRequest(TINY, (), sets=sets), path, aim)


def cost(*sets: str) -> float:
    return float(solve_model(TINY, sets=sets).objective)


def test_known_in_time_the_hedge_waits_with_what_the_base_plan_opens_at_once(tmp_path: Path) -> None:
    """The base plan opens north in 2026, for nothing where it is lost. Opening costs the same in 2027, so the hedge waits."""
    found = hedged(tmp_path, f"stays,0.6,,,,\nlost,0.4,2027,{LOST},,\n")
    assert found.reached == pytest.approx(0.6 * cost() + 0.4 * cost("model.exclude=sites=north"))
    assert found.worth is not None
    assert found.worth.found == pytest.approx(0.4 * OPENING)
    assert found.knowing.found == pytest.approx(0.0, abs=1e-6)
    assert not any(found.now.values())


def test_known_too_late_the_hedge_builds_where_both_can(tmp_path: Path) -> None:
    """In 2028 it is too late for a hall: the dearer site is built in both, and knowing is worth the difference where north stays."""
    found = hedged(tmp_path, f"stays,0.6,,,,\nlost,0.4,2028,{LOST},,\n")
    south = cost("model.exclude=sites=north")
    assert found.chosen.values == pytest.approx([south, south])
    assert found.knowing.found == pytest.approx(0.6 * (south - cost()))
    assert found.worth is None  # the base plan has no plan where north is lost


@pytest.mark.parametrize("known", ["2026", "2027", "2028", "never"])
def test_one_scenario_is_the_plan_without_uncertainty(tmp_path: Path, known: str) -> None:
    assert hedged(tmp_path, f"all,1,{known},{DEAR},,\n").reached == pytest.approx(cost(DEAR))


@pytest.mark.parametrize("known", ["2027", "never"])
def test_scenarios_that_are_alike_are_one(tmp_path: Path, known: str) -> None:
    found = hedged(tmp_path, f"one,0.3,{known},{DEAR},,\nother,0.7,{known},{DEAR},,\n")
    assert found.reached == pytest.approx(cost(DEAR))
    assert found.knowing.found == pytest.approx(0.0, abs=1e-6)


def test_the_later_it_is_known_the_more_it_costs_between_knowing_and_one_plan(tmp_path: Path) -> None:
    rows = f"stays,0.5,,,,\nlost,0.5,{{known}},{LOST},,\n"
    costs = [hedged(tmp_path, rows.format(known=known)).reached for known in ("2026", "2027", "2028", "never")]
    known = 0.5 * (cost() + cost("model.exclude=sites=north"))
    assert costs[0] == pytest.approx(known)  # known at once is to wait and see
    assert costs == sorted(costs)
    assert costs[-1] > known


def test_never_known_is_one_plan_of_what_is_ordered(tmp_path: Path) -> None:
    found = hedged(tmp_path, f"stays,0.5,,,,\nlost,0.5,never,{LOST},,\n")
    assert found.tree.root == len(found.tree.names)
    assert all(len(each.enters) == 2 for each in found.ties.shared)
    south = cost("model.exclude=sites=north")
    assert found.chosen.values == pytest.approx([south, south])


def test_the_order_of_scenarios_does_not_matter(tmp_path: Path) -> None:
    rows = ["a,0.2,,,,\n", f"b,0.3,2028,{LOST},,\n", f"c,0.5,2027,{DEAR},,\n"]
    one, other = (hedged(tmp_path, "".join(each)) for each in (rows, rows[::-1]))
    assert one.reached == pytest.approx(other.reached)
    assert dict(zip([each.name for each in one.futures], one.chosen.values, strict=True)) == pytest.approx(
        dict(zip([each.name for each in other.futures], other.chosen.values, strict=True)))


def test_a_tree_of_three_stages_lies_between_its_ends(tmp_path: Path) -> None:
    """Knowing more, or sooner, never costs: three dates of one loss, beside a price that is known in 2027."""
    rows = f"a,0.25,,,,\nb,0.25,2027,{DEAR},,\nc,0.25,{{}},{LOST},,\nd,0.25,2027,{DEAR},,\nd,,{{}},{LOST},,\n"
    late, soon = (hedged(tmp_path, rows.format(known, known)) for known in ("2028", "2027"))
    assert late.tree.groups(1) == ((0, 2), (1, 3))
    assert late.tree.groups(2) == ((0,), (1,), (2,), (3,))
    assert soon.reached < late.reached
    assert late.knowing.found >= -1e-6


def test_what_cannot_be_told_apart_is_decided_alike(tmp_path: Path) -> None:
    found = hedged(tmp_path, f"a,0.25,,,,\nb,0.25,2027,{DEAR},,\nc,0.25,2028,{LOST},,\nd,0.25,2028,accelerators.old_rack.upkeep=*5,,\n")
    for period in range(len(found.tree.names)):
        for group in found.tree.groups(period):
            alike = []
            for number in group:
                each = found.futures[number]
                amounts = {where: each_of[period] for where, each_of in each.columns.items() if period in each_of}
                alike.append({where: float(found.chosen.xs[number][column]) for where, column in amounts.items()})
            common = set.intersection(*map(set, alike))
            assert common
            for where in common:
                assert max(each[where] for each in alike) == pytest.approx(min(each[where] for each in alike), abs=1e-6)


@pytest.mark.parametrize("aim", [RiskAim(RiskMeasure.CVAR, 0.0, 0.1), RiskAim(RiskMeasure.REGRET, 0.0)])
def test_a_measure_without_weight_is_the_mean(tmp_path: Path, aim: RiskAim) -> None:
    rows = f"stays,0.6,,,,\ndear,0.4,2028,{DEAR},,\n"
    assert hedged(tmp_path, rows, aim=aim).reached == pytest.approx(hedged(tmp_path, rows).reached)


def test_a_hedge_against_regret_has_no_more_of_it_than_any_simple_plan(tmp_path: Path) -> None:
    rows = f"stays,0.6,,,,\ndear,0.4,2028,{DEAR},,\n"
    found = hedged(tmp_path, rows, aim=RiskAim(RiskMeasure.REGRET, 1.0))
    assert max(found.regret(found.chosen)) == pytest.approx(found.reached, abs=1e-6)
    for each in found.simple:
        if each.complete:
            assert max(found.regret(found.chosen)) <= max(found.regret(each)) + 1e-6


@pytest.mark.parametrize("aim", [RiskAim(RiskMeasure.CVAR, 1.0, 0.3), RiskAim(RiskMeasure.REGRET, 1.0)])
def test_a_measure_alone_gives_nothing_up_where_it_does_not_look(tmp_path: Path, aim: RiskAim) -> None:
    """All is known at once, so the plan of each scenario can be its best: the worst one says nothing of the others."""
    rows = f"stays,0.6,,,,\ndear,0.1,2026,{DEAR},,\nlost,0.3,2026,{LOST},,\n"
    assert hedged(tmp_path, rows, aim=aim).chosen.values == pytest.approx([cost(), cost(DEAR), cost("model.exclude=sites=north")])


@pytest.mark.parametrize(("rows", "words"), [
    ("a,0.5,,,,\nb,0.4,2027,x=1,,\n", "scenarios.csv:3 the probabilities sum to 0.9, not 1: 0.5 + 0.4"),
    (f"a,0.5,,,,\nb,0.5,2040,{LOST},,\n", "known 2040 is outside the horizon, 2026 to 2028"),
    (f"a,0.5,,,,\nb,0.5,,{LOST},,\n", "known is blank"),
    (f"a,0.5,,,,\nb,0.5,soon,{LOST},,\n", "scenarios.csv:3 known:"),
    ("a,0.5,,,,\nb,0.5,2027,sites.norht.most_it=0 MW,,\n", "scenarios.csv:3 b: sites.norht.most_it=0 MW:"),
    ("a,0.5,,,,\nb,0.5,2027,,not_there.csv,\n", "scenarios.csv:3 b: not_there.csv:"),
    ("a,0.5,,,,\na,0.5,2027,x=1,,\n", "repeats the probability of a"),
    ("a,half,,,,\n", "probability 'half' is no number above 0 and up to 1"),
    ("a,,2027,x=1,,\n", "a has no probability"),
    ("a,1,2027,x=1,y.csv,\n", "has both set and overlay"),
    ("", "has no scenarios"),
    ("a,0.5,,,,\nb,0.5,2027,model.horizon.end=2029-Q4,,\n", "b changes the horizon or its step"),
])
def test_faults_name_the_row(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(InputFaults) as caught:
        hedged(tmp_path, rows)
    assert words in str(caught.value)


def test_a_scenario_without_any_plan_is_named(tmp_path: Path) -> None:
    from gwplan.analysis.hedge.futures import NoHedge

    with pytest.raises(NoHedge, match="The scenario ruin has no plan, whatever is decided before it is known"):
        hedged(tmp_path, "a,0.5,,,,\nruin,0.5,2028,budget.capital.cap=0.1 GUSD_2026,,\n")


@pytest.mark.parametrize("rows", [
    f"a,0.3,,,,\nb,0.3,2027,{DEAR},,\nc,0.4,2028,{LOST},,\n", f"a,0.25,,,,\nb,0.5,2028,sites.north.opening_price=*6,,\nc,0.25,2028,{DEAR},,\n",
])
def test_pairs_of_scenarios_bound_all_plans(tmp_path: Path, rows: str) -> None:
    """No plan costs less than the pairs do, whichever scenario all pairs share."""
    found = hedged(tmp_path, rows)
    joint = Joint(found.tree, found.futures, Options(), RiskAim())
    bounds = [joint.paired(number) for number in range(len(found.futures))]
    assert max(bounds) <= found.reached + 1e-6
    assert min(bounds) > 0.5 * found.reached
