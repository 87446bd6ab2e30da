"""Questions that can hardly be meant: each slip is a warning that says what is odd, and the case without it has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.planning.build import read_case, read_definition
from tests.inputs.folders import appended, replaced, tiny_copy

END = "round_numbers,"
MODEL = (Path(__file__).parents[2] / "models" / "tiny.toml").read_text().replace("../inputs/tiny", "inputs")
"""Ten megawatts by 2028; a cap of 1,000 MUSD until 2028-Q4."""
CHEAPEST = 10 * (10 + (1.6 + 0.5) / 0.125)
"""MUSD: ten megawatts of hall at 10 MUSD in the north, filled with old racks of 2027, 1.6 MUSD and 0.5 of network for 0.125 MW."""


def said(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """The warnings of the tiny model with texts of its file put in the place of others."""
    text = MODEL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "tiny.toml").write_text(text)
    case = read_case(read_definition(folder / "tiny.toml"))
    return [f"{warning.file}:{warning.row} {warning.message}" for warning in case.warnings]


def test_the_shipped_case_has_none(tmp_path: Path) -> None:
    tiny_copy(tmp_path)
    assert said(tmp_path) == []


@pytest.mark.parametrize(("cap", "slip"), [("0.4", "wrong by a factor of 1000?"), ("50", "prices")])
def test_a_cap_below_what_its_target_costs(tmp_path: Path, cap: str, slip: str) -> None:
    """400 kUSD for 400 MUSD; 50 MUSD for ten megawatts is too little, but no slip of a thousand."""
    row = replaced(tiny_copy(tmp_path) / "budget.csv", "capital,,,cap", f"capital,,,cap,,{cap},,MUSD_2026,{END}")
    found = [line for line in said(tmp_path) if "capital.cap" in line and "less than target 1" in line]
    assert len(found) == 1
    assert found[0].startswith(f"budget.csv:{row} ") and slip in found[0]
    assert ("factor" in found[0]) == ("factor" in slip)
    cost = float(found[0].split("prices, ")[1].split(" MUSD")[0].replace(",", ""))
    assert cost == pytest.approx(CHEAPEST, rel=1e-3)


def test_a_cap_hundreds_of_times_too_large(tmp_path: Path) -> None:
    replaced(tiny_copy(tmp_path) / "budget.csv", "capital,,,cap", f"capital,,,cap,,900,,GUSD_2026,{END}")
    assert any("times what the targets cost" in line and "factor of 1000?" in line for line in said(tmp_path))


def test_a_cap_that_ends_before_its_target(tmp_path: Path) -> None:
    row = replaced(tiny_copy(tmp_path) / "budget.csv", "capital,,,until", f"capital,,,until,,2027-Q4,,date,{END}")
    (line,) = said(tmp_path)
    assert line == (f"budget.csv:{row} capital.until: the cap ends in 2027-Q4, before target 1 (10 MW IT by 2028-Q1) begins to hold: "
                    "what is spent for it after that is not capped")


def test_a_cap_that_ends_before_the_horizon(tmp_path: Path) -> None:
    replaced(tiny_copy(tmp_path) / "budget.csv", "capital,,,until", f"capital,,,until,,2025-Q4,,date,{END}")
    (line,) = said(tmp_path)
    assert line.endswith("the cap ends in 2025-Q4, before the horizon begins, and limits nothing")


def test_a_year_without_a_cap_beside_years_with_one(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    replaced(folder / "budget.csv", "capital,,,cap", f"capital,,2026,cap,,1,,GUSD_2026,{END}")
    appended(folder / "budget.csv", f"capital,,2028,cap,,1,,GUSD_2026,{END}")
    assert [line for line in said(tmp_path) if line.endswith("nothing limits 2027, which have no cap beside years with one")]


def test_a_target_that_comes_too_soon(tmp_path: Path) -> None:
    tiny_copy(tmp_path)
    found = said(tmp_path, ('by = "2028-Q1"', 'by = "2026-Q1"'))
    assert len(found) == 1 and "comes too soon: the first" in found[0] and "can be there in 2027" in found[0]


def test_targets_too_large_and_demands_too_small(tmp_path: Path) -> None:
    """The sites take 20 and 40 MW; a hall has room for 10 MW."""
    tiny_copy(tmp_path)
    assert any("is above what all sites take together, 60 MW" in line for line in said(tmp_path, ('"10 MW"', '"70 MW"')))
    found = said(tmp_path, ('any_hardware = true', 'any_hardware = true\nmost_it = "1 kW"'))
    assert [line for line in found if "0.001 MW is less than the smallest hall has room for, 10 MW" in line]
    assert [line for line in found if "is above goal.most_it, 0.001 MW" in line]


def test_a_price_level_that_leaps(tmp_path: Path) -> None:
    """From 100 to 150 in a year, and from 100 to 121 in two, which is 10 % a year."""
    folder = tiny_copy(tmp_path)
    (folder / "deflators.csv").write_text("year,index\n2024,100\n2026,121\n2027,181.5\n")
    (line,) = said(tmp_path)
    assert line == "deflators.csv:4 the index changes by +50% a year from 2026 to 2027, outside the usual -3% to +15%"


def test_a_rate_in_percent(tmp_path: Path) -> None:
    tiny_copy(tmp_path)
    with pytest.raises(InputFaults, match=r"discount_rate: should be less than 1; 9 % is written 0.09"):
        said(tmp_path, ("discount_rate = 0.0", "discount_rate = 9"))
    assert any("0.9 is 90% a year" in line for line in said(tmp_path, ("discount_rate = 0.0", "discount_rate = 0.9")))
