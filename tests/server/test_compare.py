"""The screen that compares: plans pinned under a name, side by side, the bridge, and what stays when the server is killed."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gwplan.analysis.compare.comparison import compare
from gwplan.planning.audited import audit_folder
from gwplan.results.run_files import InMemory
from gwplan.server.desk import Desk, served
from gwplan.server.session import Session
from tests.server.calls import Browser, answered, browser_of
from tests.support import TINY

PRICE = "halls.hall.price"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Browser]:
    """The tiny case, served from a folder of runs of its own."""
    found = browser_of(TINY, tmp_path / "runs")
    yield found
    found.desk.solver.end()


def pinned(desk: Browser, tab: Session, name: str, price: str = "") -> str:
    """The screen after a plan was pinned, at another price of halls."""
    if price:
        desk.post(f"/s/{tab.name}/set", set=f"{PRICE}={price} MUSD_2026/MW")
    answered(tab)
    return html.unescape(desk.post(f"/s/{tab.name}/pin", name=name).text)


def test_a_pinned_plan_is_an_audited_run_folder(desk: Browser) -> None:
    pinned(desk, desk.opened(), "dear", "15")
    (pin,) = desk.desk.pins.all
    folder = desk.desk.of.runs / pin.run
    assert json.loads((folder / "audit.json").read_text())["ok"] and audit_folder(folder).audit.ok
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["sets"] == ["halls.hall.price=15 MUSD_2026/MW"] and manifest["model"] == str(TINY) and manifest["run"] == pin.run


def test_a_plan_that_the_audit_finds_wrong_is_not_saved(desk: Browser) -> None:
    tab = desk.opened()
    assert tab.shown is not None and tab.shown.run is not None and isinstance(tab.shown.run.files, InMemory)
    texts = dict(tab.shown.run.files.texts)
    header, _, *rest = texts["tables/ledger.csv"].splitlines(keepends=True)
    tab.shown.run.files = InMemory(texts | {"tables/ledger.csv": "".join([header, *rest])})  # a payment is gone
    assert "The audit failed, so the plan is not saved" in pinned(desk, tab, "wrong")
    assert desk.desk.pins.all == [] and not list(desk.desk.of.runs.glob("*_tiny_*"))


def test_what_was_pinned_is_there_after_a_kill(desk: Browser) -> None:
    pinned(desk, desk.opened(), "dear <b>halls", "15")
    other = Desk.of_model(served(TINY, (), (), desk.desk.of.runs))
    assert [(pin.name, dict(pin.sets)) for pin in other.pins.all] == [("dear <b>halls", {PRICE: "15 MUSD_2026/MW"})]
    again = Browser(other)
    other.solver.start()
    tab = again.opened()
    text = again.get(f"/s/{tab.name}/compare").text
    assert "<b>halls" not in text and "dear &lt;b&gt;halls" in text
    again.post(f"/s/{tab.name}/take", name="dear <b>halls")
    assert answered(tab).sets == {PRICE: "15 MUSD_2026/MW"}
    other.solver.end()


def test_the_bridge_is_that_of_gwplan_compare(desk: Browser) -> None:
    tab = desk.opened()
    pinned(desk, tab, "as it is")
    pinned(desk, tab, "dear", "15")
    one, two = (desk.desk.of.runs / pin.run for pin in desk.desk.pins.all)
    fall = compare(one, two).waterfall
    assert fall is not None
    text = html.unescape(desk.get(f"/s/{tab.name}/part/compare?from=pin+as+it+is&to=pin+dear").text)
    # By hand: ten megawatts at 5 more, undiscounted, so net present cost rises by what of the 50 the halls' value does not keep.
    assert f"+${fall.difference:.1f}M" in text and "$340M" in text and "$290M" in text
    back = html.unescape(desk.get(f"/s/{tab.name}/part/compare?from=pin+dear&to=pin+as+it+is").text)
    assert f"-${fall.difference:.1f}M" in back


def test_a_name_is_taken_once_and_four_are_kept(desk: Browser) -> None:
    tab = desk.opened()
    for name in ("one", "two", "three", "four"):
        assert 'aria-invalid' not in pinned(desk, tab, name)
    assert "already" in pinned(desk, tab, "one")
    assert "unpin one first" in pinned(desk, tab, "five")
    desk.post(f"/s/{tab.name}/unpin", name="two")
    assert "A name has" in pinned(desk, tab, " ")
    pinned(desk, tab, "five")
    assert [pin.name for pin in desk.desk.pins.all] == ["one", "three", "four", "five"]


def test_without_a_plan_nothing_is_pinned(desk: Browser) -> None:
    assert "no plan" in pinned(desk, desk.opened(), "none", "-1")
    assert desk.desk.pins.all == []


def test_a_file_of_pins_that_is_damaged_is_no_pin(desk: Browser) -> None:
    desk.desk.of.runs.mkdir(parents=True)
    for text in ("{", "[]", '{"pins": [{"name": 1}]}', '{"pins": [{"name": "x", "sets": {}, "run": "gone"}]}'):
        desk.desk.pins.file.write_text(text)
        assert desk.desk.pins.all == []
