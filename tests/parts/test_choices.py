"""What a model requires and excludes: costs by hand on the tiny case, names that match nothing, and what contradicts itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from gwplan.inputs.selectors import EXCLUDE, REQUIRE, change, selector, split, written
from gwplan.planning.build import check, read, read_definition
from gwplan.planning.request import Request
from tests.support import TINY, Solved, copied, edited, solve_model


@cache
def planned(*changes: str) -> Solved:
    """The tiny model with some changes."""
    return solve_model(TINY, sets=changes)


def require(text: str) -> str:
    return change(REQUIRE, text)


def exclude(text: str) -> str:
    return change(EXCLUDE, text)


def faults(model: Path, *sets: str) -> list[str]:
    with pytest.raises(InputFaults) as raised:
        read(Request(model, sets=sets))
    return [str(fault) for fault in raised.value.faults]


SECOND_HALL = 100 - 100 * 19 / 20 + 100e-3 * 10 + 0.002 * 100 + 0.01 * 100
"""MUSD: its price, less what 19 of its 20 years are worth, upkeep of 10 MW, insurance and property tax, all in the last year."""
THIRD_ENGINE = 5 - 5 * 19 / 20 + 20e-3 * 5
FOUR_MW_OF_GRID = 2 - 2 * 39 / 40 + 10e-3 * 4


@pytest.mark.parametrize("text", ["halls@north>=20 MW", "halls=hall@north >= 0.02 GW", "halls@north>=2", "item=hall@north>=20 MW"])
def test_a_forced_hall_costs_what_it_costs(text: str) -> None:
    assert planned(require(text)).objective - planned().objective == pytest.approx(SECOND_HALL)


@pytest.mark.parametrize("ban", ["fuel=grid", "power=grid@north", "item=grid"])
def test_without_the_grid_a_third_engine_covers_the_peak(ban: str) -> None:
    """12 MW of peak take 2 engines of 5 MW at a credit of 0.8 and 4 MW of grid, or 3 engines; the energy is that of engines in both."""
    assert planned(exclude(ban)).objective - planned().objective == pytest.approx(THIRD_ENGINE - FOUR_MW_OF_GRID)


def test_a_site_that_is_excluded_is_a_site_that_is_not_there(tmp_path: Path) -> None:
    model = copied(TINY, tmp_path)
    assert edited(model, lambda table, row: None if "north" in (row["site"], row["item"]) else row)
    assert planned(exclude("sites=north")).objective == pytest.approx(solve_model(model).objective)


def test_a_vendor_that_is_excluded_is_a_system_that_is_not_sold() -> None:
    never = planned("accelerators.old_rack.most_bought=0 1/year")
    assert planned(exclude("vendor=first_vendor")).objective == pytest.approx(never.objective)
    assert never.objective > planned().objective + 1


@pytest.mark.parametrize("ban", ["vendor=second_vendor", "sites=south", "item=new_rack", "power@south"])
def test_a_ban_of_what_the_plan_does_not_have_changes_nothing(ban: str) -> None:
    assert planned(exclude(ban)).objective == pytest.approx(planned().objective)


def test_what_the_plan_has_may_be_required_for_nothing() -> None:
    assert planned(require("systems=old_rack>=80"), require("systems<=10 MW"), require("sites")).objective == pytest.approx(planned().objective)


def test_an_amount_that_cannot_be_had_has_no_plan() -> None:
    assert planned(require("halls@north>=40 MW")).status is Status.INFEASIBLE
    assert planned(require("systems<=9.9 MW")).status is Status.INFEASIBLE


def test_the_file_and_the_options_say_the_same(tmp_path: Path) -> None:
    """Also the definition that a run keeps, which is how it is solved again."""
    model = copied(TINY, tmp_path)
    model.write_text(model.read_text() + '\n[require]\nhalls = "@north >= 20 MW"\n[exclude]\nvendor = ["second_vendor"]\n')
    given = read_definition(TINY, (require("halls@north>=20 MW"), exclude("vendor=second_vendor")))
    own = read_definition(model)
    assert (own.require, own.exclude) == (given.require, given.exclude)
    kept = own.resolved()
    assert (kept["require"], kept["exclude"]) == ({"halls": ["@north >= 20.0 MW"]}, {"vendor": ["second_vendor"]})
    assert all(selector(REQUIRE, "halls", text) == each for text, each in zip(kept["require"]["halls"], own.require, strict=True))


@pytest.mark.parametrize(("text", "message"), [
    ("--forbid vendor=first_vendr", "no vendor 'first_vendr'; did you mean 'first_vendor'?"),
    ("--forbid fuel=coal", "no fuel 'coal' (grid, natural_gas)"),
    ("--force halls@nort>=2", "no site 'nort'; did you mean 'north'?"),
    ("--force sites=2", "no site '2' (north, south)"),
    ("--force item=old_rak", "no item 'old_rak'; did you mean 'old_rack'?"),
    ("--force contracts=lease", "the model leaves out the part 'contracts'"),
    ("--force hals>=2", "no kind 'hals'; did you mean 'halls'?"),
    ("--forbid vendor", "needs a name: which vendor"),
    ("--forbid vendor=first_vendor>=1", "what is excluded has no amount"),
    ("--force sites>=2 MW", "sites are counted; give a number without a unit"),
    ("--force item=north>=2 MW", "sites are counted; give a number without a unit"),
    ("--force halls>=0", "at least 0 is true of every plan"),
    ("--force halls>=20 MWh", "'20 MWh'"),
    ("--force halls>=20,000 kW", "'20,000' is not a number; write it without separators of thousands"),
    ("--force ", "is not KIND[=NAME][@SITE][>=AMOUNT]"),
])
def test_what_is_wrong_is_said_with_the_option_that_says_it(text: str, message: str) -> None:
    option, _, rest = text.partition(" ")
    (fault,) = faults(TINY, (require if option == "--force" else exclude)(rest))
    assert fault.startswith(f"{text}: ")
    assert message in fault


def test_what_is_wrong_in_a_file_is_said_with_its_line(tmp_path: Path) -> None:
    model = copied(TINY, tmp_path)
    lines = model.read_text().count("\n")
    model.write_text(model.read_text() + '[exclude]\nvendor = ["second_vendor", "nobody"]\n')
    (fault,) = faults(model)
    assert fault.startswith(f"tiny.toml:{lines + 2} exclude.vendor.2: no vendor 'nobody'")


@pytest.mark.parametrize(("wanted", "bans"), [
    ("vendor=first_vendor", ("item=old_rack",)), ("halls@north>=1", ("sites=north",)), ("systems>=1 MW", ("vendor=first_vendor", "item=new_rack")),
])
def test_what_is_required_and_excluded_is_a_fault(wanted: str, bans: tuple[str, ...]) -> None:
    (fault,) = faults(TINY, require(wanted), *map(exclude, bans))
    assert fault.startswith(f"--force {wanted}: ")
    assert f"excluded by {', '.join(bans)}" in fault


def test_a_part_of_what_is_required_may_be_excluded() -> None:
    assert planned(require("systems>=5 MW"), exclude("item=new_rack")).objective == pytest.approx(planned().objective)


@pytest.mark.parametrize("text", ["halls@north>=2", "vendor=first_vendor"])
def test_changes_are_shown_as_they_were_typed(text: str) -> None:
    assert (written(require(text)), written(exclude(text))) == (f"--force {text}", f"--forbid {text}")
    assert written("model.solver.gap=0.1") == "--set model.solver.gap=0.1"
    assert split("halls@north>=2") == ("halls", "@north>=2")


def test_an_undated_zero_that_dated_rows_override_is_a_warning() -> None:
    """Its file and row are given, and those that hold in its place; not where it is the one row that there is."""
    ban = "accelerators.old_rack.most_bought=0 1/year"
    assert not check(Request(TINY, sets=(ban,))).warnings


def test_an_undated_zero_names_the_rows_that_hold_in_its_place(tmp_path: Path) -> None:
    model = copied(TINY, tmp_path)
    table = tmp_path / "inputs" / "accelerators.csv"
    table.write_text(table.read_text() + "new_rack,,2027,most_bought,,200,,1/year,round_numbers,made up\n")
    row = table.read_text().count("\n")
    assert not check(Request(model)).warnings
    ban = "accelerators.new_rack.most_bought=0 1/year"
    (warning,) = check(Request(model, sets=(ban,))).warnings
    assert warning.file == f"--set {ban}"
    assert f"accelerators.csv:{row} (2027)" in warning.message
    assert not check(Request(model, sets=("accelerators.new_rack@@*.most_bought=0 1/year",))).warnings
