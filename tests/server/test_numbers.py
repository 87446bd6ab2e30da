"""The screen of numbers: a search, an edit, what is wrong with an edit, undo, and the overlay of what was changed."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.server.numbers import rows_of, save
from gwplan.server.session import Session
from tests.server.calls import Browser, answered
from tests.support import TINY, read_rows

PRICE = "halls.hall.price"


def edit(tiny: Browser, tab: Session, key: str, value: str) -> str:
    """The row after an edit, as read."""
    return html.unescape(tiny.post(f"/s/{tab.name}/edit", key=key, value=value).text)


def test_every_row_of_the_tables_is_there(tiny: Browser) -> None:
    text = tiny.get(f"/s/{tiny.opened().name}/part/rows?all=1").text
    tables = {value.row.table for value in tiny.desk.case.checked.values}
    rows = sum(len(read_rows(TINY.parent.parent / "inputs" / "tiny" / f"{name}.csv")) for name in tables)
    assert text.count("<tr data-row=") == rows == len({row.key for row in rows_of(tiny.desk.case, tiny.desk.case)})


def test_a_search_finds_rows_that_hold_all_words(tiny: Browser) -> None:
    text = tiny.get(f"/s/{tiny.opened().name}/part/rows?q=HALL+price").text
    assert f'data-row="{PRICE}"' in text and "cooling" not in text
    assert 'data-row="power' not in tiny.get(f"/s/{tiny.opened().name}/part/rows?table=halls").text


def test_an_edited_number_is_solved_with_in_the_unit_of_its_row(tiny: Browser) -> None:
    tab = tiny.opened()
    row = edit(tiny, tab, PRICE, "15")
    assert "was 10 MUSD_2026/MW" in row and 'class="changed"' in row and 'id="status" hx-swap-oob' in row
    assert answered(tab).texts == ("halls.hall.price=15 MUSD_2026/MW",)
    # By hand: ten megawatts of halls at 5 more cost 50 more than the 290 of the tutorial.
    assert tab.shown is not None and tab.shown.run is not None and tab.shown.run.summary["capital_musd"] == pytest.approx(340)
    assert f'data-row="{PRICE}"' in tiny.get(f"/s/{tab.name}/part/rows?changed=1").text
    edit(tiny, tab, PRICE, "10")
    assert answered(tab).sets == {} and "0 of" in tiny.get(f"/s/{tab.name}/part/rows?changed=1").text


@pytest.mark.parametrize(("key", "value", "wrong"), [
    (PRICE, "15 MW", "MW"), (PRICE, "many", "many"), (PRICE, "-1", "-1"), ("halls.hall.cooling", "steam", "steam"),
    ("power.grid@north.earliest", "soon", "soon"), (PRICE, "", "empty"), (PRICE, "12,000", "without separators of thousands"),
])
def test_a_wrong_edit_is_told_at_its_row_and_changes_nothing(tiny: Browser, key: str, value: str, wrong: str) -> None:
    tab = tiny.opened()
    row = edit(tiny, tab, key, value)
    fault = row.split('role="alert">')[1].split("</span>")[0]
    assert wrong in fault and f'value="{value}"' in row and 'aria-invalid="true"' in row
    assert tab.sets == {} and not tab.solving
    assert html.unescape(tiny.post(f"/s/{tab.name}/edit", key=key, value=value, check="1").text) == fault


def test_a_check_changes_nothing(tiny: Browser) -> None:
    tab = tiny.opened()
    assert tiny.post(f"/s/{tab.name}/edit", key=PRICE, value="12", check="1").text == ""
    assert tab.sets == {}
    assert tiny.post(f"/s/{tab.name}/edit", key="halls.none.price", value="12").status == 400


def test_a_cell_is_edited_while_another_change_cannot_be_used(tiny: Browser) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set="halls.none.price=1 MUSD_2026/MW")
    answer = tiny.post(f"/s/{tab.name}/edit", key=PRICE, value="12")
    assert answer.status == 200 and "'none'" in html.unescape(answer.text) and answered(tab).failure is not None
    tiny.post(f"/s/{tab.name}/undo")
    assert answered(tab).failure is None


def test_a_fault_of_the_model_names_no_line_of_a_text_that_nobody_wrote(tiny: Browser) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set="model.horizon.end=2027")
    assert answered(tab).failure is not None and tab.failure is not None
    assert [(fault.file, fault.row) for fault in tab.failure.faults] == [("tiny.toml", 0)]


def test_what_is_written_into_a_cell_is_text(tiny: Browser) -> None:
    text = tiny.post(f"/s/{tiny.opened().name}/edit", key=PRICE, value='"><script>1</script>').text
    assert "<script" not in text


def test_an_overlay_gives_the_same_plan(tiny: Browser, tmp_path: Path) -> None:
    tab = tiny.opened()
    edit(tiny, tab, PRICE, "15")
    tiny.post(f"/s/{tab.name}/set", set="accelerators.*@*@*.price=*1.1")
    tiny.post(f"/s/{tab.name}/set", set="power.grid@north.earliest=+12 months")
    assert answered(tab).shown is not None and tab.shown is not None and tab.shown.run is not None
    path = save(tiny.desk, tab.sets, "dearer")
    outcome = solve(Request(TINY, overlays=(path,), runs=tmp_path))
    assert outcome.run is not None
    rows = {(row["table"], row["item"], row["quantity"]) for row in read_rows(path)}
    assert ("halls", "hall", "price") in rows and ("power", "grid", "earliest") in rows
    from gwplan.results.run_folder import RunFolder

    for key in ("objective", "capital_musd", "it_mw"):
        assert RunFolder(outcome.run).summary[key] == pytest.approx(tab.shown.run.summary[key], rel=1e-9)


def test_an_overlay_is_never_overwritten_and_needs_a_name_and_a_change(tiny: Browser) -> None:
    assert save(tiny.desk, {PRICE: "16 MUSD_2026/MW"}, "once") == save(tiny.desk, {PRICE: "16 MUSD_2026/MW"}, "once")
    for sets, name in (({PRICE: "17 MUSD_2026/MW"}, "once"), ({}, "none"), ({PRICE: "17 MUSD_2026/MW"}, "../up"), ({PRICE: "17 MUSD_2026/MW"}, "")):
        with pytest.raises(ValueError, match=r"choose another name|A name has|No number"):
            save(tiny.desk, sets, name)
