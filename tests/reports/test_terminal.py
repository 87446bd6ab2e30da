"""The printed summary says what the run folder holds, in widths that a terminal has, and plainly in a pipe."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from gwplan.commands.plain_console import Plain
from gwplan.common.errors import InputFaults
from gwplan.reports.terminal import summary as terminal


def printed(folder: Path, width: int = 100) -> str:
    stream = io.StringIO()
    terminal.show(folder, Plain(file=stream, width=width, highlight=False))
    return stream.getvalue()


def test_headline_has_power_compute_with_its_precision_money_and_dollars(run_folder: Path) -> None:
    first = printed(run_folder, 300).splitlines()[0]
    assert first == "A hundred megawatts: 100 MW of IT and 80 kH100e (fp8) from 2028-Q1 on, for $4.68B (in dollars of 2026) paid to the end of 2028-Q1, $46.8B per GW of IT."


def test_every_h100e_has_its_precision(run_folder: Path) -> None:
    text = printed(run_folder, 300)
    assert text.count("kH100e") == text.count("kH100e (fp8)") > 1


@pytest.mark.parametrize("width", [80, 100])
def test_fits_the_terminal_and_has_no_control_characters(run_folder: Path, width: int) -> None:
    lines = printed(run_folder, width).splitlines()
    assert max(len(line) for line in lines if not line.startswith("Run folder")) <= width
    assert not any(character < " " for line in lines for character in line)


def test_capital_by_class_sums_to_the_first_build_and_to_the_horizon(run_folder: Path) -> None:
    section = printed(run_folder).split("Capital by class")[1].split("From this plan")[0]
    rows = {line.split()[0]: line.split()[1:] for line in section.splitlines()[1:] if line}
    assert rows["halls"] == ["1.10", "11.00", "23%", "1.10"]
    assert rows["accelerators"] == ["3.00", "30.00", "64%", "3.30"]
    assert rows["all"] == ["4.68", "46.81", "100%", "5.03"]


def test_limits_show_what_binds_with_a_price_dearest_first(run_folder: Path) -> None:
    section = printed(run_folder).split("Limits that bind")[1].split("Unconstrained")[0]
    assert re.findall(r"^(\w+: \w+(?: \w+)*)  ", section, re.MULTILINE) == ["power: most", "sites: most it"]
    assert "-7.25" in section


def test_sentences(run_folder: Path) -> None:
    text = printed(run_folder, 200)
    assert "halls held it back" in text
    assert "Unconstrained: water, emissions." in text
    assert "Of $5.03B of capital: A-B 0%, C-D 33%, E-F 67%." in text
    assert text.rstrip().endswith(f"Run folder: {run_folder}")


@pytest.mark.parametrize(("page", "heading", "other"), [
    ("figures", "Figures (money", "Schedule"), ("schedule", "Schedule", "Figures"), ("capital", "Capital by class", "Schedule"),
    ("published", "From this plan to published", "Capital by class"), ("limits", "Limits that bind", "From this plan"),
    ("weak", "Of $5.03B of capital", "Limits"), ("finance", "This plan has no finance", "Schedule")])  # fmt: skip
def test_each_page_alone(page: str, heading: str, other: str, run_folder: Path) -> None:
    stream = io.StringIO()
    terminal.show(run_folder, Plain(file=stream, width=100, highlight=False), (page,))
    text = stream.getvalue()
    assert heading in text and other not in text
    assert text.endswith(f"Run folder: {run_folder}\n")
    assert "has no finance" not in printed(run_folder), "all of them need no excuse"


def test_a_plan_that_builds_nothing(run_folder: Path) -> None:
    summary = json.loads((run_folder / "summary.json").read_text())
    nothing = dict.fromkeys(("it_mw", "facility_mw", "compute_kh100e"), [0] * 8)
    nothing |= {"capital_musd_per_it_gw": None, "capital_first_build_musd": 0}
    (run_folder / "summary.json").write_text(json.dumps(summary | nothing))
    (run_folder / "plan.csv").write_text("part,decision,item,site,when,amount\n")
    (run_folder / "tables" / "ledger.csv").unlink()
    assert printed(run_folder).startswith("A hundred megawatts: nothing is built.")


def test_markup_in_a_title_is_text(run_folder: Path) -> None:
    summary = json.loads((run_folder / "summary.json").read_text())
    (run_folder / "summary.json").write_text(json.dumps(summary | {"title": "[red]x[/red] [/]"}))
    assert printed(run_folder, 200).startswith("[red]x[/red] [/]: 100 MW")


def test_people_are_shown_labels_where_there_are_any(run_folder: Path) -> None:
    before = printed(run_folder, 200)
    (run_folder / "inputs" / "labels.csv").write_text('item,label\nnorth,"[b]Abilene[/b], Texas"\n')
    text = printed(run_folder, 200)
    assert " north " in before and not re.search(r"\bnorth\b", text)
    assert text.count("[b]Abilene[/b], Texas") == len(re.findall(r"\bnorth\b", before)), "and a label is a text"
    assert "First IT power in" in text


@pytest.mark.parametrize("name", ["summary.json", "manifest.json"])
def test_a_folder_that_is_no_run_is_a_fault(run_folder: Path, name: str) -> None:
    (run_folder / name).write_text("{ not json")
    with pytest.raises(InputFaults, match="not the JSON of a run folder"):
        printed(run_folder)
    (run_folder / name).unlink()
    with pytest.raises(InputFaults, match=f"has no {name}"):
        printed(run_folder)
