"""Comparisons of run folders written by hand: builds that moved, differences below the gap, folders that are not whole."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.analysis.compare.comparison import Comparison, compare
from gwplan.analysis.compare.figures import figures_of
from gwplan.analysis.compare.waterfall import AT_END, FLOW, discounts_of_equity
from gwplan.commands.compare import compare as command
from gwplan.commands.plain_console import Plain
from gwplan.common.errors import InputFaults
from gwplan.reports.terminal import comparison as compared
from gwplan.results.run_folder import RunFolder
from tests.reports.hand_made import LEDGER, PERIODS, PLAN, write_run
from tests.support import replaced

DEFINITION = {"parts": ["sites", "halls"], "precision": "fp8", "goal": [{"kind": "least_cost"}], "target": [{"by": "2028-Q1"}],
              "horizon": {"start": PERIODS[0], "end": PERIODS[-1], "step": "quarter", "dollars": 2026, "discount_rate": 0.0}}  # fmt: skip
# Capital 20 + 1,100 + 3,500 + 350 + 61 = 5,031, running cost 8, less 1,000 that is left: no discounting.
OBJECTIVE = 4039.0


def made(folder: Path, *, plan: Sequence[str] = PLAN, ledger: Sequence[str] = LEDGER, definition: Mapping[str, Any] = DEFINITION,
         version: str = "0.1.0", **summary: Any) -> Path:
    """The run of hand_made.py with a plan, a ledger and figures of its own."""
    write_run(folder)
    (folder / "plan.csv").write_text("\n".join(("part,decision,item,site,when,amount", *plan, "")), encoding="utf-8")
    header = "kind,maker,class,item,site,payee,period,amount"
    (folder / "tables" / "ledger.csv").write_text("\n".join((header, *ledger, "")), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"definition": definition, "versions": {"gwplan": version}}), encoding="utf-8")
    (folder / "audit.json").write_text('{"ok": true}', encoding="utf-8")
    there = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    content = {**there, "objective": OBJECTIVE, "bound": OBJECTIVE - 5, **summary}
    (folder / "summary.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def printed(comparison: Comparison) -> str:
    """As the terminal shows it, blanks as one."""
    text = io.StringIO()
    compared.show(comparison, Plain(file=text, width=120, highlight=False))
    return " ".join(text.getvalue().split())


def test_builds_that_moved(tmp_path: Path) -> None:
    base = made(tmp_path / "base", plan=[
        "sites,opening,north,north,2027-Q1,1",
        "halls,started,hall,north,2027-Q1,2",  # both at once; in the other run one of them two quarters later
        "accelerators,bought,rack,north,2027-Q2,1000",  # 1,500 in the other
        "accelerators,bought,slow,north,2027-Q2,10",  # none in the other
        "power,ordered,grid,north,2027-Q1,10",  # a quarter earlier in the other, 10 MW each
        "power,ordered,engine,north,2027-Q2,2",  # half earlier and half later in the other
    ])  # fmt: skip
    other = made(tmp_path / "other", plan=[
        "sites,opening,north,north,2027-Q1,1",
        "sites,opening,south,south,2028-Q1,1",
        "halls,started,hall,north,2027-Q1,1",
        "halls,started,hall,north,2027-Q3,1",
        "accelerators,bought,rack,north,2027-Q2,1500",
        "accelerators,bought,fast,north,2028-Q1,3",
        "power,ordered,grid,north,2027-Q1,10",
        "power,ordered,engine,north,2027-Q1,1",
        "power,ordered,engine,north,2027-Q3,1",
    ])  # fmt: skip
    found = {(move.what, move.item, move.site): move for move in compare(base, other).moves}
    assert {key: move.words for key, move in found.items()} == {
        ("site", "south", "south"): ("opened",),
        ("hall", "hall", "north"): ("later",),
        ("system", "rack", "north"): ("more",),
        ("system", "slow", "north"): ("gone",),
        ("system", "fast", "north"): ("new",),
        ("supply", "engine", "north"): ("different timing",),
    }
    # One of two halls six months later: three in the mean.
    assert found["hall", "hall", "north"].months == pytest.approx(3)
    assert (found["supply", "engine", "north"].before, found["supply", "engine", "north"].unit) == (20, "MW")
    back = {move.item: move.words for move in compare(other, base).moves}
    assert (back["south"], back["hall"], back["rack"], back["fast"]) == (("not opened",), ("earlier",), ("fewer",), ("gone",))


def test_a_difference_below_the_gap_is_said_to_be_unproven(tmp_path: Path) -> None:
    ledger = [row.replace("2028-Q1,36", "2028-Q1,43") for row in LEDGER]  # 7 MUSD more for the grid
    base, other = made(tmp_path / "base"), made(tmp_path / "other", ledger=ledger, objective=OBJECTIVE + 7, bound=OBJECTIVE + 2)
    fall = compare(base, other).waterfall
    assert fall is not None and fall.unproven == pytest.approx(5 + 5)
    assert (fall.before, fall.difference, fall.below_gap) == (pytest.approx(OBJECTIVE), pytest.approx(7), True)
    assert [(step.name, step.amount, step.below_gap) for step in fall.steps] == [("power: capital", pytest.approx(7), True)]
    assert "The difference of +$7M is smaller than the unproven amount ($10M)" in printed(compare(base, other))
    proven = made(tmp_path / "proven", ledger=ledger, objective=OBJECTIVE + 7, bound=OBJECTIVE + 6.5)
    fall = compare(base, proven).waterfall
    assert fall is not None and fall.unproven == pytest.approx(5.5) and not fall.below_gap
    unbounded = made(tmp_path / "unbounded", ledger=ledger, objective=OBJECTIVE + 7, bound=None)
    fall = compare(base, unbounded).waterfall
    assert fall is not None and fall.unproven is None and fall.below_gap and "has no bound" in fall.sentence


def test_rows_added_removed_and_changed(tmp_path: Path) -> None:
    base, other = made(tmp_path / "base"), made(tmp_path / "other")
    replaced(other / "inputs" / "halls.csv", "hall,,,room,,50,,MW,study,\n", "")
    replaced(other / "inputs" / "halls.csv", "hall,,,build_months,,12,", "hall,,,build_months,,12.0,")
    replaced(other / "inputs" / "halls.csv", "hall,,,price,,10,,MUSD_2026/MW,study,", "hall,,,price,,10,,MUSD_2026/MW,guess,")
    replaced(other / "inputs" / "accelerators.csv", "fast,,2028,price,,6,", "fast,,2028,price,,7,")
    with (other / "inputs" / "sites.csv").open("a", encoding="utf-8") as file:
        file.write("north,,,earliest,,2027-Q2,,date,guess,\n")
    found = compare(base, other)
    rows = [(row.change, row.table, row.item, row.when, row.quantity, row.before, row.after) for row in found.inputs]
    assert rows == [
        ("changed", "accelerators", "fast", "2028", "price", 6.0, 7.0),
        ("removed", "halls", "hall", "", "room", 50.0, None),
        ("added", "sites", "north", "", "earliest", None, "2027-Q2"),
    ]
    assert found.unused_cells == 1, "the source of the hall's price"


def test_keys_of_the_question_are_named_as_for_set(tmp_path: Path) -> None:
    later = {**DEFINITION, "target": [{"by": "2028-Q2"}], "solver": {"gap": 0.001}, "precision": "fp4"}
    found = compare(made(tmp_path / "base"), made(tmp_path / "other", definition=later, precision="fp4"))
    assert [(key.key, key.before, key.after) for key in found.definition] == [
        ("precision", "fp8", "fp4"), ("target.1.by", "2028-Q1", "2028-Q2")]  # fmt: skip
    assert [key.key for key in found.search] == ["solver.gap"]
    assert found.question == ("fp8 changed to fp4 (precision)",)
    assert not any("kH100e" in figure.unit for figure in found.figures), "compute at other precisions cannot be set beside each other"
    assert found.waterfall is not None, "the goal counts no compute"


COUNT_COMPUTE = "Present value of compute, Levelised cost of compute, Break-even price of compute"
COUNT_DOLLARS = ("Capital of the first build, Capital per GW of IT, Capital of the whole horizon, Running cost in the last year, "
                 f"Net present cost, {COUNT_COMPUTE}")  # fmt: skip


@pytest.mark.parametrize(("another", "said"), [
    ({"precision": "fp4"}, [f"Not compared, since precision differs: Peak compute, {COUNT_COMPUTE}."]),
    ({"horizon": {**DEFINITION["horizon"], "dollars": 2025}}, [f"Not compared, since dollars differs: {COUNT_DOLLARS}."]),
    ({"precision": "fp4", "horizon": {**DEFINITION["horizon"], "dollars": 2025}}, [
        "Not compared, since precision differs: Peak compute.", f"Not compared, since dollars differs: {COUNT_DOLLARS}."]),
    ({"horizon": {**DEFINITION["horizon"], "start": "2026-Q4"}}, [
        "Not compared, since start of the horizon differs: Net present cost, Present value of compute, Value of equity."]),
], ids=("precision", "dollars", "both", "start"))  # fmt: skip
def test_every_figure_that_cannot_be_compared_is_named_with_why(tmp_path: Path, another: dict[str, Any], said: list[str]) -> None:
    """Compute means another thing at another precision, money in other dollars, and a present value from another start."""
    base, other = RunFolder(made(tmp_path / "base")), RunFolder(made(tmp_path / "other", definition={**DEFINITION, **another}))
    differing = {"precision": "precision", "horizon": "horizon.start" if "2026-Q4" in str(another) else "horizon.dollars"}
    figures, reasons = figures_of(base, other, {differing[key] for key in another})
    assert sorted(reasons) == sorted(said)
    named = " ".join(said)
    assert figures and not [figure.name for figure in figures if figure.name.partition(" (")[0] in named]


def test_a_payment_of_equity_is_discounted_from_the_middle_of_its_quarter(tmp_path: Path) -> None:
    """46.41 % a year are 10 % a quarter: half a quarter to the first payment, eight quarters to the horizon's end."""
    definition = {**DEFINITION, "horizon": {**DEFINITION["horizon"], "timing": {"capital": "middle", "running": "middle"}}}
    found = discounts_of_equity(RunFolder(made(tmp_path / "run", definition=definition, required_return=0.4641)))
    assert {price for price, _ in found.values()} == {1.0}
    assert [found[FLOW, period][1] for period in PERIODS] == pytest.approx([1.1 ** -(number + 0.5) for number in range(8)])
    assert [found[AT_END, period][1] for period in PERIODS] == pytest.approx([1.1**-8] * 8)


def test_warnings(tmp_path: Path) -> None:
    base = made(tmp_path / "base", version="0.0.9")
    other = made(tmp_path / "other", objective=OBJECTIVE + 100, status="stopped")
    (other / "audit.json").write_text('{"ok": false}', encoding="utf-8")
    told = " ".join(compare(base, other).warnings)
    assert "gwplan 0.0.9 and 0.1.0" in told and "other: failed its audit" in told
    assert "stopped early" in told and "the tables sum to 4,039" in told


@pytest.mark.parametrize("missing", ["summary.json", "manifest.json", "plan.csv", "tables/ledger.csv", "tables/periods.csv", "inputs"])
def test_a_folder_that_is_not_whole_is_named_with_its_file(tmp_path: Path, missing: str) -> None:
    base, other = made(tmp_path / "base"), made(tmp_path / "other")
    gone = other / missing
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    with pytest.raises(InputFaults) as caught:
        compare(base, other)
    assert caught.value.faults[0].file == str(other) and missing in caught.value.faults[0].message
    shown = CliRunner().invoke(command, [str(base), str(other)])
    assert shown.exit_code == 3 and missing in shown.output


def test_a_manifest_without_a_definition(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="has no 'definition'"):
        compare(made(tmp_path / "base"), write_run(tmp_path / "old"))


def test_wrong_usage(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(command, [str(made(tmp_path / "base"))]).exit_code == 2
    assert runner.invoke(command, [str(tmp_path / "base"), str(tmp_path / "nowhere")]).exit_code == 2


def test_names_with_brackets_are_shown_as_they_are(tmp_path: Path) -> None:
    base = made(tmp_path / "base")
    other = made(tmp_path / "other", plan=[*PLAN, "halls,started,[bold]hall,north,2027-Q1,1"],
                 ledger=[*LEDGER, "capital,halls,halls,[bold]hall,north,builders,2027-Q1,50"], objective=OBJECTIVE + 50)  # fmt: skip
    assert printed(compare(base, other)).count("[bold]hall") == 2
