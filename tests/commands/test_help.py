"""The help is a page that a newcomer can start from, complete, and quick because nothing heavy is loaded for it."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from gwplan.commands.cli import gwplan
from gwplan.common.status import Exit
from tests.commands.program import ROOT, run_python, spawned

COMMANDS = sorted(gwplan.commands)
HEAVY = ("pandas", "numpy", "pyomo", "highspy", "pint", "pydantic", "rich", "pyarrow", "scipy")


def test_the_commands() -> None:
    assert list(gwplan.list_commands(click.Context(gwplan))) == ["new", "check", "solve", "show", "sources", "tables", "runs", "explain", "why", "why-not", "worth", "breakeven", "slip", "calibrate", "levelised", "compare", "watch", "serve", "sweep", "frontier", "sample", "stress", "scenarios", "hedge", "rolling", "downside", "bottleneck", "alternatives", "reference", "dispatch", "circle", "audit", "report", "workbook"]


def test_first_page_says_what_how_and_the_exit_codes() -> None:
    result = CliRunner().invoke(gwplan, ["--help"])
    assert result.exit_code == 0
    for start in ("gwplan new demo", "gwplan check models/tiny.toml", "gwplan solve models/one_gigawatt.toml"):
        assert start in result.output
    for code in Exit:
        assert f"{code.value}  {code.text}" in result.output
    assert all(name in result.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_has_help(name: str) -> None:
    command = gwplan.commands[name]
    assert command.help
    assert command.short_help and command.short_help.endswith(".")
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert all(option.help and option.help[-1] in ".)" for option in options)
    assert {"--json", "--debug"} <= {word for option in options for word in option.opts}
    result = CliRunner().invoke(gwplan, [name, "--help"])
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 100


def test_version_is_that_of_the_project() -> None:
    stated = next(line for line in (ROOT / "pyproject.toml").read_text().splitlines() if line.startswith("version"))
    result = spawned("--version")
    assert result.stdout.split() == ["gwplan", stated.split('"')[1]]


def test_help_loads_nothing_heavy() -> None:
    script = "import sys; sys.argv = ['gwplan', '--help']\nfrom gwplan.commands.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    result = run_python(script + "print('LOADED', *sorted(sys.modules))", ROOT)
    loaded = result.stdout.split("LOADED ")[1].split()
    assert "click" in loaded
    assert not set(HEAVY) & set(loaded)
