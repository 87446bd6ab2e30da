"""`gwplan breakeven` on the case that is checked by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import gwplan
from gwplan.analysis.explain.option import named
from gwplan.commands.cli import gwplan as program
from gwplan.common.status import Exit
from tests.commands.program import run
from tests.support import TINY, solve_model

RACK = "accelerators.new_rack.price"
BY_HAND = 2.73125
"""MUSD. Both racks are bought in 2027, for 2028: a year's upkeep is 0.02 of the price, and 0.7 of price and network price is left at the
end of the horizon, so a price counts 1 + 0.02 - 0.7 = 0.32 and a network price 1 - 0.7 = 0.3 of itself. 80 old racks at 1.6 and 0.5 cost
80 (0.32 x 1.6 + 0.3 x 0.5), 40 new ones at p and 1.5 cost 40 (0.32 p + 0.3 x 1.5): the same at p = 3.2 - 0.5 x 0.3 / 0.32. Power is alike."""


@pytest.fixture(scope="module")
def case() -> gwplan.Case:
    return gwplan.read_case(TINY)


def bought(system: str, *sets: str) -> float:
    """How many systems a cold solve buys."""
    return sum(level for (name, key), level in solve_model(TINY, sets=sets).levels.items() if name == "accelerators.bought" and key[0] == system)


def test_the_price_at_which_a_rack_enters(case: gwplan.Case) -> None:
    found = gwplan.breakeven(case, RACK, low="1", high="10")
    assert found.value == pytest.approx(BY_HAND, rel=1e-6)
    assert found.confirmed and found.sides is not None
    below, above = found.sides
    assert (below.yes, above.yes) == (True, False)
    assert below.value < BY_HAND < above.value
    # Two sides, each moved away from the tie at most once: at most three widths of 0.5 % of 6.
    assert above.value - below.value <= 3 * 0.005 * 6


def test_two_percent_beside_it_a_cold_solve_has_the_rack_in_or_out(case: gwplan.Case) -> None:
    found = gwplan.breakeven(case, RACK, low="1", high="10")
    assert found.value is not None
    assert bought("new_rack", f"{RACK}={0.98 * found.value} MUSD_2026") == pytest.approx(40)
    assert bought("new_rack", f"{RACK}={1.02 * found.value} MUSD_2026") == 0


def test_a_price_path_moves_as_one(case: gwplan.Case) -> None:
    """The old rack has two dated prices. It leaves where 80 (0.32 x 1.6 f + 0.15) = 40 (0.32 x 6 + 0.45), at f = 1.6406."""
    found = gwplan.breakeven(case, "accelerators.old_rack.price", "leaves", low="*1", high="*3")
    factor = (40 * (0.32 * 6 + 0.45) / 80 - 0.15) / (0.32 * 1.6)
    assert found.value == pytest.approx(2 * factor, rel=1e-6), "by the first row, of 2 MUSD"
    assert bought("old_rack", f"accelerators.old_rack@@*.price=*{0.98 * factor}") > 0
    assert bought("old_rack", f"accelerators.old_rack@@*.price=*{1.02 * factor}") == 0


def test_a_figure_reaches_a_value(case: gwplan.Case) -> None:
    """A hall of 10 MW: each MUSD/MW is 10 of capital, which is 290 at a price of 10."""
    found = gwplan.breakeven(case, "halls.hall.price", "capital_musd=304", low="5", high="20")
    assert found.value == pytest.approx(11.4)
    assert found.confirmed and found.sides is not None
    assert [side.yes for side in found.sides] == [False, True]
    assert found.sides[0].level == pytest.approx(290 + 10 * (found.sides[0].value - 10))


def test_a_date(case: gwplan.Case) -> None:
    """The grid has to serve from the start of 2028, the year of the target: from 2028 it is in time, from 2029 it is not."""
    found = gwplan.breakeven(case, "power.grid@north.earliest", low="2026", high="2029")
    assert found.number.text(found.value or 0) == "2029-01"
    assert found.sides is not None and [found.number.text(side.value) for side in found.sides] == ["2028-01", "2029-01"]


def test_there_is_none_in_the_range(case: gwplan.Case) -> None:
    found = gwplan.breakeven(case, RACK, low="4", high="10")
    assert found.sides is None and found.value is None
    assert "none from 4 MUSD_2026 to 10 MUSD_2026" in found.message and "does not have it" in found.message


def test_stops_are_tried_from_the_base_outwards(case: gwplan.Case) -> None:
    """At 5, 3 and 2 MUSD in turn; between 3 and 2 the answer changes, and 1 is never solved."""
    from gwplan.analysis.explain.asked import Wanted, asked_of
    from gwplan.analysis.explain.breakeven import breakeven
    from gwplan.analysis.explain.resolve import Resolver

    asked, _ = asked_of(case.facts, Wanted(RACK, ends=("1", "10")))
    told: list[str] = []
    found = breakeven(replace(asked, stops=(2.0, 3.0, 5.0)), Resolver(case.question, told.append))
    assert [text.partition("=")[2] for text in told[1:4]] == ["5.0 MUSD_2026", "3.0 MUSD_2026", "2.0 MUSD_2026"]
    assert not any("=1.0 " in text for text in told)
    assert found.value == pytest.approx(BY_HAND)


def test_a_range_beside_the_base(case: gwplan.Case) -> None:
    """The price is 6 now: the range from 1 to 4 holds the break-even, the range from 1 to 2 does not."""
    assert gwplan.breakeven(case, RACK, low="1", high="4").value == pytest.approx(BY_HAND)
    assert gwplan.breakeven(case, RACK, low="1", high="2").sides is None


def test_the_range_of_the_tables_is_the_default(case: gwplan.Case, tmp_path: Path) -> None:
    overlay = tmp_path / "range.csv"
    overlay.write_text("table,item,site,when,quantity,low,base,high,unit,source,note\n"
                       "accelerators,new_rack,,,price,2.5,6,7,MUSD_2026,round_numbers,\n")
    found = gwplan.breakeven(gwplan.read_case(TINY, overlays=[overlay]), RACK)
    assert found.searched == (2.5, 7)
    assert found.value == pytest.approx(BY_HAND, rel=1e-6)


@pytest.mark.parametrize(("of", "aim", "low", "said"), [
    ("accelerators.new_rak.price", "", "1", "did you mean 'new_rack'?"), ("accelerators.new_rack.prise", "", "1", "did you mean 'price'?"),
    ("acelerators.new_rack.price", "", "1", "did you mean 'accelerators'?"), ("accelerators.new_rack.vendor", "", "1", "is a label"),
    (RACK, "", "", "has no low and high"), (RACK, "", "11", "is not below"), (RACK, "", "1 kg", "in the unit of the row, MUSD_2026"),
    (RACK, "enter", "1", "did you mean 'enters'?"), (RACK, "capital=1", "1", "no figure 'capital'"),
    (RACK, "capital_musd=x", "1", "'x' is not a number"), ("compute.compute.value", "", "1", "give --for FIGURE=VALUE"),
    ("sites.north.land@x", "", "1", "is not table.item"), ("model.target.1.measure", "", "1", "not a number of the model file"),
])
def test_what_is_asked_wrongly(case: gwplan.Case, of: str, aim: str, low: str, said: str) -> None:
    with pytest.raises(gwplan.InputFaults) as raised:
        gwplan.breakeven(case, of, aim, low=low, high="10" if low else "")
    assert said in str(raised.value.faults[0])


def test_a_key_of_the_model_file(case: gwplan.Case) -> None:
    """Least cost builds the target and no more: 8 MW of IT where 8 MW are asked for."""
    found = gwplan.breakeven(case, "model.target.1.amount", "it_mw=8", low="5", high="10")
    assert found.value == pytest.approx(8, rel=0.005)


def test_the_command_names_the_row_to_edit(tmp_path: Path) -> None:
    found = run("breakeven", TINY, "--of", RACK, "--from", "1", "--to", "10", "--json", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    content = json.loads(found.stdout)
    assert content["rows"][0]["row"] == "accelerators.csv:30"
    line = (TINY.parents[1] / "inputs" / "tiny" / "accelerators.csv").read_text().splitlines()[29]
    assert line.startswith("new_rack,,,price,")
    assert content["break_even"] == pytest.approx(BY_HAND)
    assert content["below"]["confirmed_cold"] and content["above"]["confirmed_cold"]
    shown = run("breakeven", TINY, "--of", RACK, "--from", "1", "--to", "10", cwd=tmp_path)
    assert "accelerators.csv:30" in shown.stdout and "the answer is the bracket" in shown.stdout
    assert f"{content['solves']} solves" in shown.stdout
    assert list(tmp_path.iterdir()) == [], "it writes nothing"


def test_without_a_plan_there_is_nothing_to_explain() -> None:
    found = run("breakeven", TINY, "--of", RACK, "--from", "1", "--to", "10", "--set", "budget.capital.cap=0.2 GUSD_2026", "--json")
    assert found.returncode == 4
    assert "no plan" in json.loads(found.stdout)["message"]


def test_ctrl_c_keeps_the_bracket(case: gwplan.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted after eight solves, plans that are only valued counted: the bracket so far is told, unconfirmed."""
    from gwplan.analysis.explain import resolve

    solved, count = resolve.solve_built, 0

    def interrupted(*given: object) -> object:
        nonlocal count
        count += 1
        if count > 8:
            raise KeyboardInterrupt
        return solved(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(resolve, "solve_built", interrupted)
    found = gwplan.breakeven(case, RACK, low="1", high="10")
    assert found.stopped and not found.confirmed
    assert found.sides is not None and found.sides[0].value < BY_HAND <= found.sides[1].value + 1e-9


@pytest.mark.parametrize(("name", "kind"), [("new_rack", "system"), ("New rack", "system"), ("second_vendor", "vendor"), ("north", "site"),
                                            ("hall", "design"), ("gas_engine", "supply")])
def test_options_have_names_and_labels(case: gwplan.Case, name: str, kind: str) -> None:
    assert named(case.facts, name).kind == kind


def test_a_name_that_matches_nothing_gets_the_nearest(case: gwplan.Case) -> None:
    with pytest.raises(gwplan.InputFaults) as raised:
        named(case.facts, "gas_engin")
    assert "did you mean 'gas_engine'?" in str(raised.value.faults[0])
    with pytest.raises(gwplan.InputFaults, match="no site 'nort' for a supply; did you mean 'north'"):
        named(case.facts, "grid@nort")


def test_one_model_serves_all_solves_and_confirmations_are_cold(case: gwplan.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The price is stated again in the model of before; only solves between the first and the confirmations have a start and a basis."""
    from gwplan.analysis.explain import resolve
    from gwplan.analysis.scenarios.scenario import SharedInputs
    from gwplan.analysis.scenarios.worker import Aids, Built
    from gwplan.planning.build import Builder

    solved, whole, seen, built = resolve.solve_built, Builder._whole, list[tuple[bool, bool]](), 0

    def noted(question: SharedInputs, model: Built, aids: Aids) -> object:
        if not model.fixed:
            seen.append((bool(question.start), aids.bases is not None))
        return solved(question, model, aids)

    def counted(case: object) -> object:
        nonlocal built
        built += 1
        return whole(case)  # type: ignore[arg-type]

    monkeypatch.setattr(resolve, "solve_built", noted)
    monkeypatch.setattr(Builder, "_whole", staticmethod(counted))
    found = gwplan.breakeven(case, RACK, low="1", high="10")
    assert found.confirmed and found.solves == len(seen) > 4
    warm = seen.count((True, True))
    assert warm > 2 and seen == [(False, False), *[(True, True)] * warm, *[(False, False)] * (len(seen) - 1 - warm)]
    assert len(seen) - 1 - warm >= 2, "both sides are confirmed"
    assert built == 1


def test_a_run_is_asked_as_it_is(tiny_run: Path) -> None:
    for change in (("--set", "halls.hall.price=9 MUSD_2026/MW"), ("--forbid", "vendor=first_vendor")):
        result = CliRunner().invoke(program, ["breakeven", str(tiny_run), "--of", RACK, *change])
        assert result.exit_code == Exit.USAGE and "a run is explained as it is" in result.output
