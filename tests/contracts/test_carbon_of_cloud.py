"""What rented compute emits at its provider is counted, capped and priced as what the planner emits itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.audit import audit
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from tests.contracts.small import CLOUD, NO_NEW_RACKS, OPTION, PARTS, case, model, plan, target

WITH_CARBON = (*PARTS, "carbon")
RATES = ("rented.power_per_compute=2 MW/kH100e", "rented.emission_rate=400 kg/MWh")
WANTED = tuple(target("compute", "10 kH100e", str(year), f"{year}-Q4", ("own", "leased", "cloud")) for year in (2026, 2027, 2028))
KT = 10 * 2 * 8760 * 400 / 1e6
"""Ten kH100e at 2 kW each throughout a year, at 400 kg a MWh: 70.08 kt."""
FREE = ("carbon.emissions.price=0 USD_2026/t", "carbon.operational.cap=1000 kt/year")


def test_it_is_counted(tmp_path: Path) -> None:
    found = plan(tmp_path, *CLOUD, *RATES, *FREE, NO_NEW_RACKS, targets=WANTED, parts=WITH_CARBON)
    emitted = found.levels("carbon", "operational")
    assert emitted == pytest.approx({("cloud", period): KT for period in range(3)})
    assert pytest.approx(70.08) == KT


def test_it_is_priced(tmp_path: Path) -> None:
    """At 100 USD a tonne: 7.008 MUSD a year, paid to the treasury beside the ten that the compute costs."""
    rows = (*CLOUD, *RATES, "carbon.emissions.price=100 USD_2026/t", NO_NEW_RACKS)
    found = plan(tmp_path, *rows, targets=WANTED, parts=WITH_CARBON)
    assert found.objective == pytest.approx(3 * (10 + 0.1 * KT))


def test_it_is_capped(tmp_path: Path) -> None:
    """A cap of 50 kt a year leaves no way to ten kH100e without systems of one's own; one of 71 does."""
    rows = (*CLOUD, *RATES, "carbon.emissions.price=0 USD_2026/t", NO_NEW_RACKS, "accelerators.old_rack.most_bought=0 1/year")
    assert plan(tmp_path / "low", *rows, "carbon.operational.cap=50 kt/year", targets=WANTED, parts=WITH_CARBON).objective is None
    assert plan(tmp_path / "high", *rows, "carbon.operational.cap=71 kt/year", targets=WANTED, parts=WITH_CARBON).objective == pytest.approx(30)


def test_an_option_emits_by_the_power_that_is_exercised(tmp_path: Path) -> None:
    """Five MW from 2027 on at 200 kg a MWh: 8.76 kt a year."""
    rows = (*OPTION, *FREE, "more.emission_rate=200 kg/MWh", NO_NEW_RACKS)
    wanted = [target("compute", "10 kH100e", "2027", "2028-Q4", ("cloud",))]
    found = plan(tmp_path, *rows, targets=wanted, parts=WITH_CARBON)
    assert found.levels("carbon", "operational") == pytest.approx({("cloud", period): 5 * 8760 * 200 / 1e6 for period in (1, 2)})


def test_without_rows_the_mean_of_the_grid_is_assumed_and_said(tmp_path: Path) -> None:
    """1 kW for an H100e at 373 kg a MWh."""
    read = case(tmp_path / "read", *CLOUD, *FREE, parts=WITH_CARBON)
    said = [str(each) for each in read.warnings if "which the part carbon counts" in str(each)]
    assert len(said) == 2
    assert any("rented: no row gives power_per_compute, which the part carbon counts; 1 is assumed" in line for line in said)
    assert any("rented: no row gives emission_rate, which the part carbon counts; 373 is assumed" in line for line in said)
    found = plan(tmp_path / "plan", *CLOUD, *FREE, NO_NEW_RACKS, targets=WANTED, parts=WITH_CARBON)
    assert found.levels("carbon", "operational") == pytest.approx({("cloud", period): 10 * 8760 * 373 / 1e6 for period in range(3)})


def test_nothing_is_said_where_nothing_counts_it(tmp_path: Path) -> None:
    assert not any("carbon" in str(each) for each in case(tmp_path, *CLOUD).warnings)


def test_the_audit_counts_it_too(tmp_path: Path) -> None:
    path = model(tmp_path, *CLOUD, *RATES, "carbon.emissions.price=100 USD_2026/t", NO_NEW_RACKS, targets=WANTED, parts=WITH_CARBON)
    outcome = solve(Request(path, runs=tmp_path / "runs", pages=None))
    assert outcome.run is not None, outcome.message
    assert [str(check) for check in audit(outcome.run).failed] == []
    file = outcome.run / "tables" / "account.emissions.csv"
    file.write_text(file.read_text().replace("70.08", "60.08"))
    assert any("emissions_is_what_follows" in str(check) for check in audit(outcome.run).failed)
