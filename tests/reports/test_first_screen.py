"""The first screen: the answer in at most 24 lines of 80 columns, whatever the plan is; each figure from the run's own files."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gwplan.commands.plain_console import Plain
from gwplan.reports.terminal import first_screen
from gwplan.results.run_folder import RunFolder

README = Path(__file__).parents[2] / "README.md"
LINES = 24
SIZES = [(80, LINES), (120, LINES)]
"""Columns of a terminal and the lines that it may take."""


def printed(folder: Path, width: int = 80, *notes: str, warnings: int | None = None) -> list[str]:
    """The lines as a terminal gets them."""
    stream = io.StringIO()
    first_screen.show(RunFolder(folder), Plain(file=stream, width=width, highlight=False), warnings, notes)
    return stream.getvalue().splitlines()


def changed(folder: Path, document: str = "summary", **values: Any) -> Path:
    """The run with other values in one of its documents."""
    path = folder / f"{document}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return folder


@pytest.fixture(params=["tiny", "one_gigawatt", "hand_made"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Runs of several kinds, to be read only."""
    name = {"hand_made": "run_folder"}.get(request.param, f"{request.param}_run")
    found: Path = request.getfixturevalue(name)
    return found


@pytest.mark.parametrize(("width", "most"), SIZES)
def test_all_of_it_fits_the_terminal(folder: Path, width: int, most: int) -> None:
    lines = printed(folder, width)
    assert len(lines) < most, "the prompt takes a line"
    assert max(len(line) for line in lines if not line.startswith("Saved")) <= width
    assert next(line for line in lines if line.startswith("Saved")).split()[1] == str(folder), "a path is never cut"
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("width", [80, 97, 120])
def test_no_word_is_broken(folder: Path, width: int) -> None:
    known = {word for line in printed(folder, 1000) for word in line.split()}
    words = {word for line in printed(folder, width) for word in line.split()}
    assert {word for word in words if word.rstrip(";,:") not in {each.rstrip(";,:") for each in known}} <= {"...", "more", "RUN", *map(str, range(1, 30))}


def test_it_answers_what_is_asked(folder: Path) -> None:
    labels = {line[:15].split("  ")[0].strip() for line in printed(folder) if line[:1].strip()}
    assert {"When", "MW", "Power", "Cost", "Delayed by", "Unconstrained", "Grades", "Checked", "Saved", "More", "Try"} <= labels


def test_the_answer_comes_from_the_targets_and_not_from_the_title(tiny_run: Path) -> None:
    # By hand (inputs/tiny/README.md): 10 MW, 290 of capital, a budget of 1,000.
    first = printed(tiny_run)[0]
    assert " ".join(first.split()) == "10 MW of IT by 2028-Q1 for $290M target met, $710M under the cap"
    assert RunFolder(tiny_run).summary["title"] not in "\n".join(printed(tiny_run))


def test_what_a_vendor_that_is_left_out_would_need(tiny_run: Path) -> None:
    (other,) = (each for each in RunFolder(tiny_run).summary["vendors"] if each["share"] == 0)
    assert f"Left out second_vendor unless {other['price_cut']:.0%} cheaper" in printed(tiny_run)


@pytest.mark.parametrize(("goal", "value", "bound", "left", "right"), [
    ("least_cost", 4000.0, 3990.0, "Net present cost $4B", "at most $10M from the best"),
    ("most_value", 1500.0, 1580.0, "Worth $1.5B more than it costs: $5.5B - $4B", "at most $80M from the best"),
    ("most_value", -1500.0, -1400.0, "Costs $1.5B more than it is worth: $2.5B - $4B", "at most $100M from the best"),
    ("most_compute", 420.0, 430.0, "420 kH100e years (fp8)", "at most 10 kH100e years from the best"),
    ("soonest", 500.0, 512.0, "500 MW periods, earlier counting more", "at most 12 MW periods from the best"),
    ("most_equity_value", 250.0, 300.0, "Equity is worth $250M nominal at 12.0% a year", "at most $50M from the best"),
])  # fmt: skip
def test_the_goal_is_told_in_its_own_unit(goal: str, value: float, bound: float, left: str, right: str, run_folder: Path) -> None:
    changed(run_folder, goal=[goal], objective=value, bound=bound, npv_value_musd=4000 + value, required_return=0.12)
    line = next(line for line in printed(run_folder) if line.startswith(left))
    assert " ".join(line.split()) == f"{left} {right}"
    assert len(line) == 80, "to the right end"


def test_a_proof_is_told_as_one(run_folder: Path) -> None:
    assert printed(changed(run_folder, bound=4000.0, gap=0.0))[1].endswith("proven: no plan is better")


def test_a_stopped_search_says_so_with_its_reason(run_folder: Path) -> None:
    message = "Stopped early, as the time limit was reached: this is the best plan found so far."
    lines = printed(changed(run_folder, status="stopped", bound=None, gap=None), 80, message)
    assert lines[1].endswith("stopped early: not proven")
    assert message in " ".join(lines[2:4])
    assert f"Try    gwplan solve hand_made.toml --start {run_folder.parent}/hand_made" in printed(run_folder, 400)
    assert len(lines) < LINES


def test_the_next_question_names_the_run_as_a_command_finds_it(tiny_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, last = (shutil.copytree(tiny_run, Path("runs") / f"2026010{day}T000000Z_tiny_11111111") for day in (1, 2))
    elsewhere = shutil.copytree(tiny_run, Path("other") / first.name)
    found = [next(line for line in printed(folder, 120) if "--against" in line).split("--against ")[1] for folder in (first, last, elsewhere)]
    assert found == [first.name, "latest", "other/latest"]


def test_a_target_that_is_missed_stands_out(tiny_run: Path, tmp_path: Path) -> None:
    folder = changed(shutil.copytree(tiny_run, tmp_path / "run"), target_met=False, it_mw=[0.0, 0.0, 8.0])
    lines = printed(folder)
    assert lines[0].startswith("8 of 10 MW of IT by 2028-Q1 for $290M")
    assert "A TARGET IS NOT MET" in " ".join(lines[:2])
    assert "Try    gwplan why tiny" in lines


def test_an_audit_that_failed_stands_out(run_folder: Path) -> None:
    (run_folder / "audit.json").write_text(json.dumps({"ok": False, "checks": [{"passed": False}]}))
    assert any("THE AUDIT FAILED" in line for line in printed(run_folder, 80, "The audit failed: money at 3 by 5."))
    (run_folder / "audit.json").write_text(json.dumps({"ok": True, "checks": [{}, {}]}))
    assert any("audit passed (2 checks); 3 warnings; money in dollars of 2026" in line for line in printed(run_folder, warnings=3))


def test_a_plan_that_builds_nothing(run_folder: Path) -> None:
    changed(run_folder, **dict.fromkeys(("it_mw", "facility_mw", "compute_kh100e"), [0] * 8), capital_first_build_musd=0, capital_musd_per_it_gw=None,
            supplies_mw={}, first_it_period=None, held_back=None)
    lines = printed(run_folder)
    assert lines[0].startswith("Nothing is built")
    assert not any(line.startswith(("When", "MW", "Power")) for line in lines)


def test_a_plan_that_only_rents(run_folder: Path) -> None:
    zeros = dict.fromkeys(("it_mw", "facility_mw", "compute_kh100e"), [0] * 8)
    changed(run_folder, **zeros, cloud_kh100e=[0, 0, 40, 80, 80, 80, 80, 80], capital_first_build_musd=0, capital_musd_per_it_gw=None,
            supplies_mw={}, first_it_period=None, held_back=None)
    (run_folder / "tables" / "ledger.csv").unlink()
    (run_folder / "tables" / "accelerators.installed.csv").unlink()
    (run_folder / "tables" / "account.compute.csv").write_text("provider,vendor,site,period,value\nazure,,,2027-Q4,80\n")
    changed(run_folder, "manifest", definition={"target": [{"measure": "compute", "amount": "80 kH100e", "by": "2027-Q4", "counts": ["own", "cloud"]}],
                                                "horizon": {"discount_rate": 0.1}})
    lines = printed(run_folder)
    assert lines[0].startswith("80 kH100e by 2027-Q4 for $4B of net present cost")
    assert "Rented      40       80" in lines
    assert any(line.startswith("Where  rented from azure") for line in lines)
    assert not any(line.startswith("MW") for line in lines)


def test_the_readme_shows_such_a_screen(one_gigawatt_run: Path) -> None:
    """Of the shipped model by quarter, at 80 columns; the fixture is by half-year, so that numbers and names differ."""
    shown = README.read_text(encoding="utf-8").split("```text\n")[1].split("```")[0].splitlines()
    labels = [[line[:7].strip() for line in lines[2:] if line[:1].strip()] for lines in (shown, printed(one_gigawatt_run))]
    assert labels[0] == labels[1]
    assert len(shown) < LINES and max(map(len, shown)) <= 80


def test_power_by_quarter_shows_the_first_the_targets_and_the_most(one_gigawatt_run: Path) -> None:
    run = RunFolder(one_gigawatt_run)
    head = next(number for number, line in enumerate(printed(one_gigawatt_run)) if line.startswith("When"))
    dates, amounts = (line.split()[1:] for line in printed(one_gigawatt_run)[head : head + 2])
    power = [f"{value:,.0f}" for value in run.summary["it_mw"]]
    assert dates[0] == run.summary["first_it_period"]
    assert "2030-H2" in dates, "the target"
    assert amounts == [power[run.number_of[date]] for date in dates]


def test_what_it_hangs_on_and_what_is_weak_come_from_the_sources(one_gigawatt_run: Path) -> None:
    from gwplan.results.carriers import carriers
    from gwplan.results.sources import capital_by_grade

    first = carriers(RunFolder(one_gigawatt_run), 1)[0]
    text = "\n".join(printed(one_gigawatt_run, 120))
    assert f"{first.quantity} of" in text and f"(grade {first.grade})" in text
    capital = capital_by_grade(RunFolder(one_gigawatt_run))
    whole = sum(capital.values())
    share = sum(amount for grade, amount in capital.items() if grade in "EF") / whole
    assert f"E-F {share:.0%}; numbers" in text


def test_long_names_are_cut_by_whole_pieces(run_folder: Path) -> None:
    summary = json.loads((run_folder / "summary.json").read_text())
    many = {f"a_supply_with_a_name_of_some_length_{number}": 10.0 for number in range(40)}
    (run_folder / "inputs" / "labels.csv").write_text(f'item,label\nnorth,"{"Longname" * 30}"\n')
    changed(run_folder, supplies_mw=many, no_limit_on=[f"account number {number}" for number in range(50)], title=summary["title"] * 50)
    lines = printed(run_folder)
    assert len(lines) < LINES
    assert max(len(line) for line in lines if not line.startswith("Saved")) <= 80
    assert any(line.startswith("Power") and line.endswith(" more") for line in lines)


def test_a_run_of_an_earlier_version_can_be_shown(run_folder: Path) -> None:
    summary = json.loads((run_folder / "summary.json").read_text())
    for key in ("no_limit_on", "estimate_share", "held_back", "supplies_mw"):
        del summary[key]
    (run_folder / "summary.json").write_text(json.dumps(summary))
    assert printed(run_folder)[0].startswith("100 MW of IT")
