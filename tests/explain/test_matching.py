"""A share of renewable energy that cannot be had is named as the number that leaves no plan, and how far it must fall is found."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from gwplan.commands.cli import gwplan as program
from tests.exploits.taken import TINY, overlay


def test_why_names_the_share(tmp_path: Path) -> None:
    """The grid is renewable by a quarter, engines not at all: three quarters too much are asked for by a share of 1."""
    rows = overlay(tmp_path, "power,matching,,,annual_share,1,1", "power,grid,,,renewable,0.25,1")
    found = CliRunner().invoke(program, ["why", str(TINY), "--with", str(rows)])
    assert "matching.annual_share 1" in found.output
    assert "0.25" in found.output
