"""Ranges and lists of values as people write them."""

from __future__ import annotations

import pytest

from gwplan.analysis.sweep import InvalidRange, of_overs, parse, scenarios


@pytest.mark.parametrize(
    ("text", "unit", "values"),
    [
        ("budget.capital.cap=30:70:20 GUSD_2026", "GUSD_2026", ("30", "50", "70")),
        ("a.b.c=0:1:0.1 1", "1", ("0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1")),
        ("a.b.c=1:2:0.7 MW", "MW", ("1", "1.7")),
        ("a.b.c=5:5:1 MW", "MW", ("5",)),
        ("a.b.c=1, 2,3.5 MUSD_2026/MW", "MUSD_2026/MW", ("1", "2", "3.5")),
        ("a.b.c=*0.8,*1,*1.2", "", ("*0.8", "*1", "*1.2")),
        ("a.b.c=+6,+12 months", "months", ("+6", "+12")),
        ("model.target.1.by=2029-Q4,2030-Q4", "", ("2029-Q4", "2030-Q4")),
    ],
)
def test_values_and_unit(text: str, unit: str, values: tuple[str, ...]) -> None:
    over = parse(text)
    assert (over.unit, over.values) == (unit, values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("budget.capital.cap", "is not NAME="), ("a.b.c=", "is not NAME="), ("a.b.c=1:2 MW", "LOW:HIGH:STEP"), ("a.b.c=2:1:1 MW", "empty"),
        ("a.b.c=1:2:0 MW", "empty"), ("a.b.c=1:2:-1 MW", "empty"), ("a.b.c=1,,2 MW", "blank"), ("a.b.c=1,1 MW", "twice"),
        ("a.b.c=x:2:1 MW", "not a number"), ("a.b.c=0:1e9:1 MW", "at most 10,000"),
    ],
)
def test_what_cannot_be_meant_is_said(text: str, said: str) -> None:
    with pytest.raises(InvalidRange, match=said):
        parse(text)


def test_every_combination_once() -> None:
    found = scenarios([parse("a.b.c=1,2 MW"), parse("d.e.f=*1,*2,*3")])
    assert [each.sets for each in found] == [(f"a.b.c={a} MW", f"d.e.f=*{b}") for a in (1, 2) for b in (1, 2, 3)]
    assert found[0].values == (("a.b.c [MW]", 1.0), ("d.e.f", "*1"))


def test_too_many_and_twice() -> None:
    hundred = "1:101:1 MW"
    with pytest.raises(InvalidRange, match="10,201 scenarios"):
        scenarios([parse(f"a.b.c={hundred}"), parse(f"a.b.d={hundred}")])
    with pytest.raises(InvalidRange, match=r"names a\.b\.c twice"):
        scenarios([parse("a.b.c=1 MW"), parse("a.b.c=2 MW")])


def test_a_number_is_given_by_one_option_only() -> None:
    over, other = "halls.hall.price=8:12:2 MUSD_2026/MW", "halls.hall.upkeep=1 1/year"
    with pytest.raises(InvalidRange, match=r"halls\.hall\.price is given by both --set and --over"):
        of_overs([over], [other, "halls.hall.price = 9 MUSD_2026/MW"])
    assert len(of_overs([over], [other])) == 3
