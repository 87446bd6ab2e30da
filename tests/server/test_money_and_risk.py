"""The screens of money and of risk."""

from __future__ import annotations

import html
import shlex

import pytest

from gwplan.results.carriers import carriers
from gwplan.results.run_folder import RunFolder
from gwplan.server import studies
from gwplan.server.desk import Desk, served
from gwplan.server.money import money_of, tornado
from gwplan.server.session import Session
from tests.server.calls import Browser, answered
from tests.support import TINY, copied, replaced


@pytest.fixture(scope="module")
def ranged(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """The tiny case with a range of the price of halls, and one of the price of a site."""
    folder = tmp_path_factory.mktemp("ranged")
    model = copied(TINY, folder)
    replaced(folder / "inputs" / "halls.csv", "hall,,,price,,10,,", "hall,,,price,8,10,15,")
    replaced(folder / "inputs" / "sites.csv", "north,,,opening_price,,10,,", "north,,,opening_price,5,10,20,")
    found = Browser(Desk.of_model(served(model, (), (), folder / "runs")))
    found.desk.solver.start()
    return found


def swing_of(ranged: Browser, tab: Session) -> tuple[int, object]:
    """Place of the price of halls among the numbers, and where it is."""
    swings = ranged.desk.swings(tab)
    place = next(place for place, each in enumerate(swings) if each.name == "Standard hall: price")
    return place, swings[place].at


def test_the_bars_are_what_gwplan_sources_says(ranged: Browser) -> None:
    tab = ranged.opened()
    run = tab.shown.run if tab.shown else None
    assert run is not None
    (halls,) = (each for each in carriers(run) if (each.table, each.quantity) == ("halls", "price"))
    # By hand: net present value falls by half the halls' cost at 15 in place of 10, and rises by a fifth of it at 8.
    assert halls.at_high == pytest.approx(-2.5 * halls.at_low)
    swings = tornado(run, ranged.desk.controls, {})
    swing = swings[swing_of(ranged, tab)[0]]
    # Bars are in proportion to the widest: the site costs 10 more at its high end, the halls lose 2.5 and gain 1.
    assert swings[0].high.share == 1
    assert (swing.high.share, swing.low.share) == pytest.approx((0.25, 0.1)) and swing.low.better and not swing.high.better


def test_a_click_takes_an_end_and_a_second_one_leaves_it(ranged: Browser) -> None:
    tab = ranged.opened()
    place, at = swing_of(ranged, tab)
    assert at == 0
    ranged.post(f"/s/{tab.name}/ends", number=str(place), side="high")
    # By hand: ten megawatts of halls at 15 in place of 10 cost 50 more than the 290 of the tutorial.
    assert answered(tab).shown is not None and "$340M" in html.unescape(ranged.get(f"/s/{tab.name}/plan").text)
    assert swing_of(ranged, tab) == (place, 1)
    control = ranged.desk.control("halls.hall.price")
    assert control is not None and control.position(tab.sets) == len(control.steps) - 1
    ranged.post(f"/s/{tab.name}/ends", number=str(place), side="high")
    assert answered(tab).sets == {}
    assert ranged.post(f"/s/{tab.name}/ends", number="99", side="high").status == 400


def test_a_number_on_which_the_plan_hangs_has_a_slider_from_end_to_end(ranged: Browser) -> None:
    tab = ranged.opened()
    opening = ranged.desk.control("sites.north.opening_price")
    assert opening is not None and "sites.north.opening_price" in ranged.get(f"/s/{tab.name}/part/controls").text
    assert [dict(step.sets)["sites.north.opening_price"].split()[0] for step in (opening.steps[0], opening.steps[-1])] == ["5", "20"]
    before = tab.shown.run.summary["npv_cost_musd"] if tab.shown is not None and tab.shown.run is not None else None
    ranged.post(f"/s/{tab.name}/move", control="sites.north.opening_price", place=str(len(opening.steps) - 1))
    after = answered(tab).shown
    # By hand: 20 in place of 10, of which nothing is left; the south would cost more still.
    assert after is not None and after.run is not None and after.run.summary["npv_cost_musd"] - before == pytest.approx(10)


def test_the_screens_of_a_case_without_finance_say_so(tiny: Browser) -> None:
    tab = tiny.opened()
    assert "no part finance" in tiny.get(f"/s/{tab.name}/money").text
    assert "No number of this plan has a range" in tiny.get(f"/s/{tab.name}/risk").text
    assert f"gwplan sample {TINY}" in tiny.get(f"/s/{tab.name}/risk").text


@pytest.mark.slow
def test_a_financed_plan_shows_whose_money_it_is() -> None:
    from tests.financed import solved

    found = {each.key: each for each in money_of(RunFolder(solved()))}
    assert {"sources", "cash", "debt", "levelised"} <= set(found)
    assert any("coverage" in chart.title.lower() for chart in found["debt"].charts)


def test_a_study_is_the_command_that_is_shown_and_one_runs_at_a_time(ranged: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []

    class Process:
        code: int | None = None

        def __init__(self, words: list[str], **more: object) -> None:
            begun.append(words)

        def poll(self) -> int | None:
            return self.code

        def terminate(self) -> None:
            self.code = 5

        def wait(self, seconds: float = 0) -> int | None:
            return self.code

    monkeypatch.setattr(studies.subprocess, "Popen", Process)
    tab = ranged.opened()
    ranged.post(f"/s/{tab.name}/set", set="halls.hall.price=12 MUSD_2026/MW")
    answered(tab)
    text = html.unescape(ranged.post(f"/s/{tab.name}/study/begin", name="sample").text)
    (words,) = begun
    shown = next(part.split("</pre>")[0] for part in text.split("<pre tabindex=\"0\">") if part.startswith("gwplan sample"))
    assert shlex.split(shown)[1:] == words[3:-2] and "halls.hall.price=12 MUSD_2026/MW" in words and words[-2] == "--runs"
    assert "stop it first" in ranged.post(f"/s/{tab.name}/study/begin", name="stress").text and len(begun) == 1
    assert "exit code 5" in ranged.post(f"/s/{tab.name}/study/stop").text
    assert "no such study" in ranged.post(f"/s/{tab.name}/study/begin", name="rm").text and len(begun) == 1
    assert ranged.get(f"/s/{tab.name}/study/page").status == 404
    ranged.desk.studies.last = None


@pytest.mark.slow
def test_a_study_shows_what_it_prints_and_its_page(ranged: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(studies.STUDIES, "sample", ("two draws", ("-n", "2", "--workers", "1")))
    tab = ranged.opened()
    ranged.post(f"/s/{tab.name}/study/begin", name="sample")
    last = ranged.desk.studies.last
    assert last is not None
    last.process.wait(120)
    text = html.unescape(ranged.get(f"/s/{tab.name}/part/study").text)
    assert last.code == 0 and "Open its page" in text and "2 samples" in text, text
    page = ranged.get(f"/s/{tab.name}/study/page")
    assert page.headers["content-security-policy"].startswith("sandbox allow-scripts;") and "<html" in page.text
