"""The pages in docs/ say what the program does: the model's page is current, the page on results names what a run really holds."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from gwplan.model.parts import PARTS
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports import pages
from gwplan.reports.reference.model_reference import every_hourly_rule, every_rule, page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real run of the tiny model, with its page and its workbook."""
    outcome = solve(Request(ROOT / "models" / "tiny.toml", runs=tmp_path_factory.mktemp("runs"), pages=pages.write))
    assert outcome.run is not None
    return outcome.run


def documented(heading: str) -> list[str]:
    """What stands in backquotes in the first cell of each row under a heading."""
    text = (DOCS / "results.md").read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return [found[1] for line in rows if (found := re.match(r"\| `([^`]+)`", line))]


def test_the_page_of_the_model_has_every_part_variable_and_rule() -> None:
    text, plan, hourly = page(), every_rule(), every_hourly_rule()
    assert [name for name in plan.blocks if f"## {name}\n" not in text] == []
    assert set(PARTS) < set(plan.blocks)
    lines = text.splitlines()
    both = [each for every in (plan, hourly) for each in (*every.rules, *every.variables)]
    for name in (each.name for each in both):
        assert any(line.startswith(f"| `{name}` |") for line in lines), name
    for rule in (*plan.rules, *hourly.rules):
        assert rule.doc.endswith("."), f"{rule.full_name} has no equation in words"
    for family in (*plan.variables, *hourly.variables):
        assert family.doc and family.unit, f"{family.part}.{family.name} has no meaning or no unit"


def test_every_key_of_the_summary_is_documented_and_no_other(run: Path) -> None:
    found = json.loads((run / "summary.json").read_text())
    assert documented("summary.json") == list(dict.fromkeys(documented("summary.json")))
    assert set(documented("summary.json")) == set(found)
    promised = """status, goal, precision, objective, bound, gap, capital_musd, capital_first_build_musd, capital_musd_per_it_gw,
        capital_by_class_musd, npv_cost_musd, npv_value_musd, running_musd_per_year_final, it_mw, facility_mw, compute_kh100e, target_met,
        first_it_period, halls, systems, supplies_mw, no_limit_on, estimate_share, seconds"""
    assert set(re.findall(r"\w+", promised)) <= set(found)


def test_every_figure_of_finance_is_documented_and_no_other() -> None:
    from tests.financed import solved, summary_of

    listed = documented("Finance in summary.json")
    assert listed == list(dict.fromkeys(listed))
    assert {*documented("summary.json"), *listed} == set(summary_of(solved()))


def test_goals_and_seconds_hold_what_the_page_says(run: Path) -> None:
    found = json.loads((run / "summary.json").read_text())
    text = (DOCS / "results.md").read_text(encoding="utf-8")
    goals = next(line for line in text.splitlines() if line.startswith("| `goals` | |"))
    assert set(re.findall(r"`(\w+)`", goals)) == {"goals", *found["goals"][0]}
    assert f"seconds by phase: {', '.join(found['seconds'])}" in text
    assert set(found["capital_by_class_musd"]) == {"sites", "halls", "accelerators", "networks", "power"}
    for name in ("it_mw", "facility_mw", "compute_kh100e"):
        assert len(found[name]) == len(found["periods"])


def test_every_key_of_the_manifest_is_documented_and_no_other(run: Path) -> None:
    assert set(documented("manifest.json")) == set(json.loads((run / "manifest.json").read_text()))


def test_the_folder_holds_the_files_that_the_page_names(run: Path) -> None:
    assert set(documented("The files")) == {path.name + ("/" if path.is_dir() else "") for path in run.iterdir()}


def test_the_tables_are_those_that_the_page_names_with_those_columns(run: Path) -> None:
    text = (DOCS / "results.md").read_text(encoding="utf-8")
    single = set()
    for path in (run / "tables").glob("*.csv"):
        with path.open(newline="") as file:
            header = next(csv.reader(file))
        if "." in path.stem:
            assert header[-1] == "value", path.name
            assert path.stem.split(".")[0] in {*PARTS, "money", "goal", "account"}, path.name
        else:
            single.add(path.stem)
            assert f"| `{path.stem}` | `{','.join(header)}` |" in text
    assert single == {name for name in documented("tables/") if "<" not in name}


def test_the_audit_says_what_the_page_says(run: Path) -> None:
    found = json.loads((run / "audit.json").read_text())
    section = (DOCS / "results.md").read_text(encoding="utf-8").split("## audit.json")[1]
    assert set(re.findall(r"`([a-z_]+)`", section)) == {*found, *found["checks"][0]}


def test_decisions_are_those_that_the_page_names(run: Path) -> None:
    from gwplan.solving.decisions import DECISIONS, HEADER

    section = (DOCS / "results.md").read_text(encoding="utf-8").split("## plan.csv")[1].split("\n## ")[0]
    assert ",".join(HEADER) in section
    for part, decision in DECISIONS:
        assert f"`{part}.{decision}`" in section
