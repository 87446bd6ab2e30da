"""What is said of plans by the hour: faults of series alone, and values of variables over a year."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from gwplan.analysis.explain.values import over_the_year
from gwplan.analysis.levelised import levelised
from gwplan.common.errors import Fault, InputFaults
from gwplan.inputs import profiles
from tests.hours.small import BATTERY, GRID, SUN, Hours, case_of

YEAR = 8760


def test_faulty_series_are_said_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sun that has a series needs no capacity factor: none is asked for because the series has a fault."""

    def spoilt(folder: object, sites: object, faults: list[Fault], warnings: list[Fault]) -> profiles.Profiles:
        faults.append(Fault("profiles/place.csv", 7, "solar: the cell is blank"))
        return profiles.Profiles({}, {})

    monkeypatch.setattr(profiles, "read_profiles", spoilt)
    with pytest.raises(InputFaults) as found:
        case_of({"sun": SUN, "grid": GRID}, "10 MW", Hours({"solar": [0.0]}))
    assert [str(fault) for fault in found.value.faults] == ["profiles/place.csv:7 solar: the cell is blank"]


def test_a_variable_by_slice_is_a_mean_of_the_year_and_by_month_the_most() -> None:
    slices = pd.DataFrame({"slice": ["day", "night"], "share": [0.25, 0.75]})
    run: Any = SimpleNamespace(table=lambda name: slices)
    output = pd.DataFrame({"supply": "grid", "period": "2026", "slice": ["day", "night"], "value": [8.0, 4.0]})
    assert over_the_year(run, output)["value"].sum() == pytest.approx(0.25 * 8 + 0.75 * 4)
    billed = pd.DataFrame({"supply": "grid", "period": "2026", "month": [0, 1], "value": [8.0, 4.0]})
    assert over_the_year(run, billed)["value"].sum() == pytest.approx(8)


def test_a_mean_factor_by_the_hour_is_that_of_the_series() -> None:
    """Sun of 0.8 for half of the year has a mean output of 0.4, and costs 1 MUSD/MW over ten years without interest: 100,000 USD / 3,504 MWh a year.

    Storage gives no energy of its own, and has no cost of it.
    """
    case = case_of({"sun": SUN | {"price": "1 MUSD_2026/MW"}, "battery": BATTERY | {"duration": "4 hour"}, "grid": GRID}, "10 MW",
                   Hours({"solar": [0.8, 0.0]}))
    costs = {each.supply: each for each in levelised(case).costs}
    assert set(costs) == {"sun", "grid"}
    assert costs["sun"].total == pytest.approx(1e5 / (0.4 * YEAR))
