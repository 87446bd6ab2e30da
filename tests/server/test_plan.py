"""The screen of the plan: a slider moves, the plan is that of the terminal, and the last value counts."""

from __future__ import annotations

import html
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gwplan.planning.request import Request, WholeNumbers
from gwplan.planning.run import solve
from gwplan.reports.headline import headline
from gwplan.results.run_folder import RunFolder
from gwplan.server.plan import difference, sites
from gwplan.server.session import Session
from tests.server.calls import Browser, answered, browser_of
from tests.support import TINY

PRICE = "halls.hall.price"


def moved(tiny: Browser, tab: Session, control: str, place: int) -> Session:
    """The tab after a slider was moved and the plan found."""
    assert tiny.post(f"/s/{tab.name}/move", control=control, place=str(place)).status == 200
    return answered(tab)


def plan_of(tiny: Browser, tab: Session) -> str:
    """The part of the page that shows the plan, as read."""
    return html.unescape(tiny.get(f"/s/{tab.name}/part/plan").text)


def test_the_first_plan_is_that_of_the_terminal(tiny: Browser, tiny_run: Path) -> None:
    assert headline(RunFolder(tiny_run)) in plan_of(tiny, tiny.opened())


def test_a_slider_gives_the_plan_that_the_terminal_finds(tiny: Browser, tmp_path: Path) -> None:
    tab = moved(tiny, tiny.opened(), PRICE, 20)
    outcome = solve(Request(TINY, sets=tab.texts, runs=tmp_path))
    assert outcome.run is not None and tab.texts == ("halls.hall.price=15 MUSD_2026/MW",)
    found = plan_of(tiny, tab)
    # By hand: ten megawatts of halls at 15 in place of 10 cost 50 more than the 290 of the tutorial.
    assert headline(RunFolder(outcome.run)) in found and "$340M" in found and "+$50M" in found


def test_back_in_its_place_a_slider_sets_nothing(tiny: Browser) -> None:
    tab = tiny.opened()
    first = tab.shown
    moved(tiny, tab, PRICE, 0)
    assert tab.shown is not first and tab.before is first
    moved(tiny, tab, PRICE, 10)
    assert tab.sets == {} and tab.shown is first


def test_undo_takes_back_one_change_and_reset_all(tiny: Browser) -> None:
    tab = tiny.opened()
    moved(tiny, tab, PRICE, 3)
    once = dict(tab.sets)
    moved(tiny, tab, "site_south", 0)
    tiny.post(f"/s/{tab.name}/undo")
    assert answered(tab).sets == once
    tiny.post(f"/s/{tab.name}/reset")
    assert answered(tab).sets == {}


def test_a_site_that_is_switched_off_is_not_built(tiny: Browser) -> None:
    tab = moved(tiny, tiny.opened(), "site_north", 0)
    assert tab.shown is not None and tab.shown.run is not None
    assert set(tab.shown.run.summary["sites"]) == {"south"}


def test_what_comes_late_is_passed_over(tiny: Browser) -> None:
    tab = tiny.opened()
    for number, place in ((2, 4), (1, 9)):
        tiny.more = {"x-gwplan-order": f"sender {number}"}
        tiny.post(f"/s/{tab.name}/move", control=PRICE, place=str(place))
    tiny.more = {}
    control = tiny.desk.control(PRICE)
    assert control is not None and control.position(answered(tab).sets) == 4


def test_two_tabs_do_not_share_their_changes_and_a_reload_keeps_them(tiny: Browser) -> None:
    one, two = tiny.opened(), tiny.opened()
    moved(tiny, one, PRICE, 20)
    assert two.sets == {} and "$290M" in plan_of(tiny, two)
    for _ in range(2):
        page = tiny.get(f"/s/{one.name}/plan")
        assert page.status == 200 and "$15M per MW" in page.text and "$340M" in page.text


def test_of_many_moves_one_solve_runs_and_the_last_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = browser_of(TINY, tmp_path)
    tab = found.opened()
    ask, most = found.desk.solver.what_if.ask, [0, 0]

    def counted(*words: object) -> object:
        most[0] += 1
        most[1] = max(most)
        try:
            return ask(*words)  # type: ignore[arg-type]
        finally:
            most[0] -= 1

    monkeypatch.setattr(found.desk.solver.what_if, "ask", counted)
    before = found.desk.solver.solved
    for n in range(50):
        found.post(f"/s/{tab.name}/move", control=PRICE, place=str(n % 20 + (n % 20 >= 10)))
    answered(tab)
    assert most[1] == 1 and found.desk.solver.solved - before < 50
    control = found.desk.control(PRICE)
    assert control is not None and tab.shown is not None
    assert tab.shown.sets == (f"{PRICE}={dict(control.steps[9].sets)[PRICE]}",)
    found.desk.solver.end()
    assert not found.desk.solver.is_alive()


@pytest.mark.parametrize("form", [{"control": "none", "place": "1"}, {"control": PRICE, "place": "99"}, {"control": PRICE, "place": "-1"},
                                  {"control": PRICE, "place": "9" * 5000}, {"control": PRICE}])
def test_a_position_that_there_is_not(tiny: Browser, form: dict[str, str]) -> None:
    tab = tiny.opened()
    assert tiny.post(f"/s/{tab.name}/move", **form).status == 400
    assert tab.sets == {}


def test_without_a_plan_the_old_one_stays_and_buttons_say_what_is_enough(tiny: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set="budget.capital.cap=0.25 GUSD_2026")
    text = tiny.get(f"/s/{answered(tab).name}/plan").text
    assert 'data-state="failed"' in text and "$290M" in text
    assert tab.failure is not None
    change = next(each.change for each in tab.failure.remedies if each.lever.key == "budget.capital.cap")
    enough = float(change.removeprefix("budget.capital.cap=").removesuffix(" GUSD_2026")) * 1000
    # The plan of the tables costs 290, so no cap above that is needed; 250 is not enough.
    assert 250 < enough <= 290 and f"Raise the cap to ${enough:.0f}M" in text
    tab.failure = replace(tab.failure, remedies=tuple(replace(each, note="what is paid later is not capped") for each in tab.failure.remedies[:1]))
    told = tiny.get(f"/s/{tab.name}/status").text.partition('class="soft"')[2]
    assert "what is paid later is not capped." in told, "what a change leaves out is read, not only where the mouse stops"
    begun: list[object] = []
    ask = tiny.desk.solver.what_if.ask
    monkeypatch.setattr(tiny.desk.solver.what_if, "ask", lambda *words: begun.append(words[3]) or ask(*words))
    tiny.post(f"/s/{tab.name}/set", set=change)
    assert answered(tab).failure is None and tab.texts == (change,)
    assert [type(each) for each in begun] == [WholeNumbers], "the plan that verified it is where the search begins"


def test_where_no_change_of_one_number_is_enough_buttons_offer_two(tiny: Browser) -> None:
    """A cap of 200 leaves no plan, and before 2027 nothing can be built for any money: see test_remedies."""
    tab = tiny.opened()
    sets = ("budget.capital.cap=200 MUSD_2026", "model.target.1.by=2026-Q1")
    tiny.post(f"/s/{tab.name}/set", set=sets[0], also=sets[1])
    assert answered(tab).texts == sets and tab.failure is not None and not tab.failure.remedies and tab.failure.pairs
    pair = tab.failure.pairs[0]
    text = html.unescape(tiny.get(f"/s/{tab.name}/status").text)
    assert 'id="pair_1"' in text and "These two together are" in text and all(each.change in text for each in pair.both)
    tiny.post(f"/s/{tab.name}/set", set=pair.both[0].change, also=pair.both[1].change)
    assert answered(tab).failure is None and tab.shown is not None and tab.shown.run is not None
    assert tiny.post(f"/s/{tab.name}/set", set=sets[0], also="nothing").status == 400


def test_a_wrong_number_is_named_with_its_change(tiny: Browser) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set="halls.hall.price=<b>7</b> MW")
    text = tiny.get(f"/s/{answered(tab).name}/plan").text
    assert "<b>7" not in text and "halls.hall.price=&lt;b&gt;7" in text


def test_a_plan_goes_before_the_search_for_what_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab without a plan, for which changes are sought, does not let another tab wait."""
    from gwplan.planning import why

    asked: list[bool] = []

    def endless(request: Request, hears: object = None) -> None:
        assert request.cancel is not None
        while not request.cancel.is_set():
            asked.append(True)
            time.sleep(0.01)

    monkeypatch.setattr(why, "why", endless)
    found = browser_of(TINY, tmp_path)
    one, two = found.opened(), found.opened()
    found.post(f"/s/{one.name}/set", set="budget.capital.cap=0.1 GUSD_2026")
    while not asked:
        time.sleep(0.01)
    assert one.failure is not None and one.failure.looking and not one.solving
    moved(found, two, PRICE, 20)
    assert two.failure is None and answered(one).failure is not None and not one.failure.looking
    found.desk.solver.end()


def test_the_sites_beside_their_room_and_what_is_built_differently_without_one(tiny: Browser) -> None:
    """By hand: ten megawatts in the north, which has room for 20, from 2028 on; without the north one hall in the south, room 40."""
    tab = tiny.opened()
    assert tab.shown is not None and tab.shown.run is not None
    chart = sites(tab.shown.run)
    assert chart is not None and chart.rows == [("North", "2028", 10.0, 20.0)]
    text = html.unescape(tiny.get(f"/s/{tab.name}/part/plan").text)
    assert "Sites of the plan, MW of IT" in text and "room at the site" in text
    moved(tiny, tab, "site_north", 0)
    assert tab.shown is not None and tab.shown.run is not None and (chart := sites(tab.shown.run)) is not None
    assert chart.rows == [("South", "2028", 10.0, 40.0)]
    told = difference(tiny.desk.base, tab.shown, "")
    assert told is not None
    assert {line for line in told.moved if "hall" in line} == {"Standard hall at North: gone", "Standard hall at South: new"}
    text = html.unescape(tiny.get(f"/s/{tab.name}/part/plan").text)
    assert all(line in text for line in told.moved)


def test_a_vendor_is_switched_off_and_on(tiny: Browser) -> None:
    tab = tiny.opened()
    moved(tiny, tab, "vendor_first_vendor", 0)
    # By hand: 40 new racks at 6 and a network at 1.5 each, the hall 100, engines 10 and 2 of the grid, the site 10.
    assert tab.shown is not None and tab.shown.run is not None
    assert tab.shown.run.summary["capital_musd"] == pytest.approx(40 * 7.5 + 100 + 12 + 10)
    moved(tiny, tab, "vendor_first_vendor", 1)
    assert tab.sets == {} and tab.shown is tiny.desk.base
