"""A covenant that leaves no plan has a row to edit, and a value at which it says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.model.stated import STATED
from gwplan.planning.build import build, options_of, read
from gwplan.planning.levers import limits
from gwplan.planning.request import Request
from gwplan.planning.why import why
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.problem import Problem
from tests.financed import financed
from tests.support import read_rows

HEADER = "table,item,site,when,quantity,low,base,high,unit,source,note"
FAR = {"coverage_floor": 1.0, "reserve": 0.0, "least_share": 0.0, "least": 0.0}
"""Debt service is covered once at the least; nothing is held in cash, and the sponsor pays nothing."""
HURDLE = 0.9


def test_each_covenant_names_its_row_and_goes_to_the_value_that_says_nothing(tmp_path: Path) -> None:
    model = financed(tmp_path)
    case = read(Request(model))
    _, arrays = build(case)
    rules = [rule for rule in STATED if rule.startswith("finance.")]
    levers = list(limits(case, [(rule, "") for rule in rules], {(rule.full_name, key): 1.0 for rule, key in arrays.rows}))
    rows = read_rows(tmp_path / "inputs" / "finance.csv")
    ends = {lever.name.rpartition(".")[2]: lever.far for lever in levers if lever.far is not None}
    assert ends == FAR
    for lever in levers:
        item, _, quantity = lever.name.rpartition(".")
        (line,) = [number for number, row in enumerate(rows, 2) if (row["item"], row["quantity"]) == (item, quantity)]
        assert lever.place == f"finance.csv:{line}" and lever.before == float(rows[line - 2]["base"])
    (cap,) = [lever for lever in levers if lever.far is None]
    assert (cap.name, cap.more) == ("revolver.cap", True)
    loose = [f"{lever.key}={lever.far:g} {lever.unit}".rstrip() for lever in levers if lever.far is not None]
    left = {rule.full_name for rule, _ in build(read(Request(model, sets=tuple(loose))))[1].rows}
    assert "finance.reserve_is_held" not in left and "finance.cash_flow_covers_debt" in left


@pytest.mark.slow
def test_a_return_that_cannot_be_reached_falls_to_one_that_can(tmp_path: Path) -> None:
    overlay = tmp_path / "hurdle.csv"
    overlay.write_text(f"{HEADER}\nfinance,equity,,,hurdle_rate,,{HURDLE},,1/year,round_numbers,\n")
    request = Request(financed(tmp_path / "case"), (overlay,), time_limit="300 s")
    found = why(request)
    assert found is not None and "the return that the sponsor asks for (equity.hurdle_rate 0.9 1/year)" in found.sentence
    (remedy,) = [each for each in found.enough if each.lever.name == "equity.hurdle_rate"]
    assert remedy.lever.place == "hurdle.csv:2"
    reached = float(remedy.change.partition("=")[2].split()[0])
    for rate, possible in ((reached, True), (HURDLE + 0.98 * (reached - HURDLE), False)):
        case = read(Request(request.model, (overlay,), (f"finance.equity.hurdle_rate={rate!r} 1/year",)))
        _, arrays = build(case)
        assert (solve_problem(Problem(arrays, nothing(arrays)), options_of(case)).x is not None) == possible
