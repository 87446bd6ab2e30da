"""Land for power: what supplies in service cover is within the land that a site has for them, beside that of halls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exploits.taken import solved
from tests.exploits.test_power import with_supply
from tests.parts.stage import Stage, tiny

SUN = ["price,0.001,MUSD_2026/MW", "unit,1,MW", "lead_months,6,month", "life,20,year", "most,500,MW", "capacity_factor,0.25,1",
       "direct_share,0.28,1", "role,variable,label", "fuel,sun,label"]


def test_land_under_supplies_is_within_that_of_the_site(tmp_path: Path) -> None:
    """50 acres until 2028, 30 from then on: 40 acres are too many in the third year alone, and a site without a row takes any."""
    rows = ("sites.north.power_land=50 acre", "sites.north@@2028.power_land=30 acre")
    stage = Stage(tiny(tmp_path, *rows), "sites").decide()
    stage.fake("power_land", {("north", n): 40 for n in range(3)})
    stage.bind()
    assert stage.broken("supplies_fit_their_land") == {("supplies_fit_their_land", ("north", 2))}


@pytest.mark.parametrize(("acres", "built"), [(20, 4.0), (25, 5.0), (None, 9.856)])
def test_the_sun_is_as_large_as_its_land(tmp_path: Path, acres: float | None, built: float) -> None:
    """Nearly free sun at 5 acres per MW: 20 acres hold 4 MW, 25 hold 5; without a row it serves 0.28 of 8.8 MW, 9.856 MW at a quarter."""
    rows = [*(f"sun,{row}" for row in SUN), "sun,acres,5,acre/MW"]
    model = with_supply(tmp_path, *(row.replace("unit,1,MW", "unit,0.001,MW") for row in rows))
    sites = tmp_path / "inputs" / "tiny" / "sites.csv"
    if acres is not None:
        sites.write_text(sites.read_text().rstrip("\n") + f"\nnorth,,,power_land,,{acres},,acre,round_numbers,made up\n")
    model.write_text(model.read_text().replace('whole_units_from = "1 MW"', 'whole_units_from = "0.9 MW"'))
    assert solved(model).levels("power", "capacity")["sun", "north", 2] == pytest.approx(built, abs=1e-3)
