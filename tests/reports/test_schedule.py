"""The schedule of the hand-made run: what is decided when, and when it enters service."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import events


def test_events_in_order_with_dates_of_service(run_folder: Path) -> None:
    found = [(event.period, event.what, event.site, event.item, event.amount, event.service) for event in events(RunFolder(run_folder))]
    assert found == [
        ("2027-Q1", "sites", "north", "north", 1, ""),
        ("2027-Q1", "halls", "north", "hall", 2, "2028-Q1"),
        ("2027-Q1", "supplies", "north", "grid", 10, "2028-Q1"),
        ("2027-Q2", "systems", "north", "rack", 1000, "2027-Q4"),
        ("2027-Q2", "supplies", "north", "engine", 2, "2028-Q1"),
        ("2028-Q3", "systems", "north", "rack", 100.5, "later"),
        ("2028-Q4", "retired", "north", "rack", 7, ""),
    ]


def test_megawatts(run_folder: Path) -> None:
    power = {(event.period, event.item): event.megawatts for event in events(RunFolder(run_folder))}
    assert power["2027-Q1", "hall"] == 100
    assert power["2027-Q2", "rack"] == pytest.approx(125)
    assert power["2027-Q2", "engine"] == 20
    assert power["2027-Q1", "north"] is None


def test_look_up_prefers_site_then_the_latest_date_that_holds(run_folder: Path) -> None:
    run = RunFolder(run_folder)
    assert run.number("power", "engine", "lead_months", "south", 3) == 24
    assert run.number("power", "engine", "lead_months", "north", 0) == 24
    assert run.number("power", "engine", "lead_months", "north", 1) == 7
    assert run.number("power", "engine", "lead_months", "north", 4) == 3
    assert run.number("power", "engine", "heat_rate") is None
