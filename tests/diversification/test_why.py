"""A limit on shares that leaves no plan: the row that states it, and its smallest change, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.analysis.explain.limits import toward
from gwplan.planning.build import build, options_of, read
from gwplan.planning.request import Request
from gwplan.planning.why import why
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.problem import Problem
from tests.diversification.shared import with_shares

THIRTY = ("model.target.1.amount=30 MW", "halls.hall.most_started=9 1/year", "power.grid@*.most=90 MW", "sites.north.most_it=40 MW")
CASES = {
    "most_share": ({"site.account": "it_peak", "site.most_share": 0.6}, (*THIRTY, "sites.south.most_it=10 MW"), 2 / 3,
                   "the largest share of a member (site.most_share 0.6)"),
    "least_share": ({"vendor.account": "compute", "vendor.least_share": 0.3}, ("accelerators.new_rack.most_bought=1 1/year",), 800 / 8400,
                    "the smallest share of a member (vendor.least_share 0.3)"),
    "members": ({"site.account": "it_peak", "site.members": 2, "site.member_share": 0.5}, ("sites.south.most_it=0 MW",), 1,
                "the number of members (site.members 2)"),
    "rest_share": ({"site.account": "it_peak", "site.rest_share": 0.8},
                   ("sites.south.most_it=5 MW", "sites.north.most_it=30 MW", "halls.hall.room=5 MW"), 0.5,
                   "what must remain without a member (site.rest_share 0.8)"),
}
"""Two halls of 10 MW in the north and one in the south are 20 of 30 MW. Two new racks, one a year, take half a megawatt of the ten and
leave 76 old ones: 800 of 8,400 H100e. One site is one member. 5 MW in the south are half of the target, and the north can be lost."""


def has_plan(request: Request) -> bool:
    case = read(request)
    _, arrays = build(case)
    return solve_problem(Problem(arrays, nothing(arrays)), options_of(case)).x is not None


@pytest.mark.parametrize(("quantity", "case"), CASES.items(), ids=CASES)
def test_a_share_has_a_row_and_its_smallest_change(quantity: str, case: tuple[dict[str, object], tuple[str, ...], float, str], tmp_path: Path) -> None:
    rows, sets, needed, words = case
    model = with_shares(tmp_path, rows)
    found = why(Request(model, sets=sets, time_limit="300 s"))
    assert found is not None and words in found.sentence
    (remedy,) = [each for each in found.enough if each.lever.name.endswith(f".{quantity}")]
    given = float(str(rows[f"{next(iter(rows)).partition('.')[0]}.{quantity}"]))
    line = 2 + list(rows).index(f"{next(iter(rows)).partition('.')[0]}.{quantity}")
    assert remedy.words.startswith(f"diversification.csv:{line} ")
    changed = float(remedy.change.partition("=")[2])
    assert abs(changed - needed) <= 0.02 * abs(given - needed) and (changed - needed) * (needed - given) >= 0
    assert has_plan(Request(model, sets=(*sets, remedy.change)))
    less = f"{remedy.lever.key}={given + 0.98 * (changed - given)!r}"
    assert quantity == "members" or not has_plan(Request(model, sets=(*sets, less)))


def test_a_step_of_a_share_goes_towards_what_says_nothing_and_no_further() -> None:
    assert toward(0.4, 1) == pytest.approx(0.05)
    assert toward(0.98, 1) == pytest.approx(0.02)
    assert toward(0.3, 0) == pytest.approx(-0.02)
    assert toward(1.3, 1) == pytest.approx(-0.1)
