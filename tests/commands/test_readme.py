"""The commands, models and exit codes that the README and the page on asking show are those of the program."""

from __future__ import annotations

import re
import shlex

import click

from gwplan.commands.cli import gwplan
from gwplan.common.status import Exit
from tests.commands.program import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXT = README + (ROOT / "docs" / "ask.md").read_text(encoding="utf-8")
MOST_LINES = 100


def test_opens_with_the_two_commands() -> None:
    block = README.split("```sh\n")[1].split("```")[0]
    assert [line.split("#")[0].split() for line in block.strip().splitlines()] == [["make", "run"], ["make", "test"]]


def test_is_read_in_a_minute() -> None:
    assert len(README.splitlines()) <= MOST_LINES


def test_every_command_shown_exists_with_its_options() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith("gwplan ") and "`" not in line and line.split()[1] in gwplan.commands]
    assert {line.split()[1] for line in lines} == {"new", "check", "solve", "sources", "explain", "why", "why-not", "worth", "breakeven", "slip", "calibrate", "levelised", "compare", "watch", "sweep", "frontier", "sample", "stress", "scenarios", "hedge", "rolling", "downside", "bottleneck", "alternatives", "reference", "dispatch", "circle", "audit", "report", "workbook", "tables", "show", "runs"}
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        known = {word for parameter in gwplan.commands[words[0]].params for word in parameter.opts if isinstance(parameter, click.Option)}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_every_model_shipped_is_in_the_table() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE))
    assert listed == {path.stem for path in (ROOT / "models").glob("*.toml")}


def test_exit_codes_are_those_of_the_program() -> None:
    rows = dict(re.findall(r"^\| (\d) \| (.*) \|$", TEXT, re.MULTILINE))
    assert set(rows) == {str(code.value) for code in Exit}
    assert all(rows[str(code.value)].startswith(code.text) for code in Exit)
