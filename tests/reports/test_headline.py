"""The first sentence speaks of the question: its targets at their own dates, what is paid until when, what is left of the budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gwplan.reports.headline import final_year, headline, terms
from gwplan.results.run_files import InMemory
from gwplan.results.run_folder import RunFolder

LIMITS = "rule,index,side,bound,use,slack,dual,unit\n"
PAID = "for $4.68B (in dollars of 2026) paid to the end of 2028-Q1, $46.8B per GW of IT."


def told(folder: Path, targets: list[dict[str, Any]], limits: str = "", **figures: Any) -> str:
    """The headline of the hand-made run with other targets, limits and figures. It has 100 MW and 80 kH100e from 2028-Q1 on."""
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | figures))
    definition = {"target": targets, "goal": [{"kind": "least_cost"}]}
    (folder / "manifest.json").write_text(json.dumps({"model": "hand_made.toml", "definition": definition}))
    (folder / "tables" / "limits.csv").write_text(LIMITS + limits)
    return headline(RunFolder(folder))


def asked(measure: str, amount: str, by: str, **more: Any) -> dict[str, Any]:
    """A target."""
    return {"measure": measure, "amount": amount, "by": by, **more}


@pytest.mark.parametrize(("targets", "clause"), [
    ([asked("it", "100.0 MW", "2028-Q2")], "100 MW of IT and 80 kH100e (fp8) from 2028-Q2 on"),
    ([asked("it", "90.0 MW", "2028-Q2", until="2028-Q3")], "100 MW of IT (90 asked) and 80 kH100e (fp8) from 2028-Q2 to 2028-Q3"),
    ([asked("it", "100.0 MW", "2028-Q2", counts=["own"])], "100 MW of IT in own halls and 80 kH100e (fp8) from 2028-Q2 on"),
    ([asked("facility", "125.0 MW", "2028-Q1")], "125 MW at the meter and 80 kH100e (fp8) from 2028-Q1 on"),
    ([asked("compute", "90.0 kH100e", "2028-Q1", counts=["own", "leased", "cloud"])], "110 kH100e (fp8; 30 rented; 90 asked) from 2028-Q1 on"),
    ([asked("it", "100.0 MW", "2028-Q1"), asked("compute", "80.0 kH100e", "2028-Q1")], "100 MW of IT and 80 kH100e (fp8) from 2028-Q1 on"),
    ([asked("it", "100.0 MW", "2028-Q4"), asked("it", "50.0 MW", "2028-Q1")],
     "100 MW of IT (50 asked) and 80 kH100e (fp8) from 2028-Q1 on; 100 MW of IT and 80 kH100e (fp8) from 2028-Q4 on"),
    ([], "100 MW of IT and 80 kH100e (fp8) from 2028-Q1 on"),
])  # fmt: skip
def test_each_target_at_its_own_date(run_folder: Path, targets: list[dict[str, Any]], clause: str) -> None:
    text = told(run_folder, targets, cloud_kh100e=[0, 0, 0, 0, 30, 30, 30, 30])
    assert text == f"A hundred megawatts: {clause}, {PAID}"


@pytest.mark.parametrize(("limits", "said"), [
    ("budget.capital_within_cap,capital,most,5000,4681,319,0,MUSD\n", " $319M of the budget of $5B to 2028-Q1 is left."),
    ("budget.capital_within_cap,capital,most,4681,4681,0,0,MUSD\n", " All of the budget of $4.68B to 2028-Q1 is used."),
    ("budget.capital_within_cap,capital,most,5000,4681,319,0,MUSD\nbudget.capital_within_cap,halls,most,1110,1100,10,0,MUSD\n",
     " $10M of the budget of $1.11B for halls is left."),
    ('budget.capital_within_year,"capital,2027",most,4600,4600,0,0,MUSD\n',
     " All of the budget of $4.6B of 2027, with what is carried over, is used."),
    ("goal.spend_within_budget,capital,most,6000,5095,905,0,MUSD\n",
     " $905M of the budget of $6B for capital and running cost over the whole horizon is left."),
    ("", ""),
])  # fmt: skip
def test_the_part_of_the_budget_that_binds_first(run_folder: Path, limits: str, said: str) -> None:
    text = told(run_folder, [asked("it", "100.0 MW", "2028-Q1")], limits)
    assert text.removeprefix(f"A hundred megawatts: 100 MW of IT and 80 kH100e (fp8) from 2028-Q1 on, {PAID}") == said


def test_what_is_sold_and_what_it_grows_to(run_folder: Path) -> None:
    text = told(run_folder, [asked("it", "50.0 MW", "2027-Q4")], it_mw=[0, 0, 0, 50, 100, 100, 100, 100], compute_kh100e=[0] * 8,
                sold_kh100e=[0, 0, 0, 40, 80, 80, 80, 80])
    assert "50 MW of IT and 40 kH100e (fp8), all sold, from 2027-Q4 on" in text
    assert text.endswith(" It grows to 100 MW of IT.")


def test_the_last_years_running_cost_names_the_year_and_its_power(run_folder: Path) -> None:
    assert final_year(RunFolder(run_folder)) == "2028, for 100 MW of IT"
    told(run_folder, [], it_mw=[0, 0, 0, 0, 100, 100, 100, 60])
    assert final_year(RunFolder(run_folder)) == "2028, for 60 to 100 MW of IT"


def test_the_terms_of_rents_by_date() -> None:
    table = "item,site,when,quantity,low,base,high,unit,source,note\n"
    rows = "compute,,2028,term,,several years,,label,s,\ncompute,,2026,term,,one year,,label,s,\n"
    said = [terms(RunFolder(Path("run"), InMemory({"summary.json": "{}", "manifest.json": "{}", "inputs/compute.csv": table + each})))
            for each in (rows, "", "compute,,,term,,five years,,label,s,\n")]
    assert said == ["one year from 2026, several years from 2028", "", "five years"]
