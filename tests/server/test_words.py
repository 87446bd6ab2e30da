"""Changes as the page says them: switches, numbers beyond the ends of a slider, reasons why there is no plan, and saved plans."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from gwplan.analysis.explain.resolve import case_of
from gwplan.analysis.scenarios.scenario import ask
from gwplan.server.controls import Control, Step, controls_of, in_words
from tests.server.calls import Browser
from tests.server.test_plan import answered
from tests.support import TINY

KEY, CAP = "accelerators.old_rack@*@*.most_bought", "budget.capital.cap"
SLIDER = Control(KEY, "Old rack: most bought", (Step("-50%", ((KEY, "*0.5"),)), Step("as in the tables")), 1)
SWITCH = Control("vendor_first", "First vendor", (Step("off", ((KEY, "0 1/year"),)), Step("on")), 1, group="Vendors")


@pytest.mark.parametrize("controls", [(SLIDER, SWITCH), (SWITCH, SLIDER)])
def test_a_vendor_that_is_off_is_named_beside_a_slider_of_its_number(controls: tuple[Control, ...]) -> None:
    assert in_words(controls, {KEY: "0 1/year"}, {}) == ["First vendor: off"]
    assert in_words(controls, {KEY: "*0.5"}, {}) == ["Old rack: most bought: -50%"]


def test_a_vendor_that_sells_nothing_has_no_switch() -> None:
    def switches(*sets: str) -> set[str]:
        return {each.title for each in controls_of(case_of(ask(TINY, sets=sets)), None) if each.group == "Vendors"}

    assert switches() == {"first_vendor", "second_vendor"}
    assert switches("accelerators.old_rack@*@*.most_bought=0 1/year") == {"second_vendor"}


def test_a_thumb_stands_at_the_end_that_a_number_is_beyond() -> None:
    steps = (*(Step(f"${number}M", ((CAP, f"{number} MUSD_2026"),)) for number in (500, 750)), Step("$1B"),
             *(Step(f"${number}M", ((CAP, f"{number} MUSD_2026"),)) for number in (1250, 1500)))
    control = Control(CAP, "Cap", steps, 2)
    found = {text: control.thumb({CAP: text} if text else {}) for text in ("200 MUSD_2026", "9000 MUSD_2026", "750 MUSD_2026", "", "*0.3")}
    assert found == {"200 MUSD_2026": 0, "9000 MUSD_2026": 4, "750 MUSD_2026": 1, "": 2, "*0.3": 2}


def test_numbers_and_reasons_are_in_words(tiny: Browser) -> None:
    """A cap of 200 leaves no plan, and before 2027 nothing can be built for any money."""
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set=f"{CAP}=200 MUSD_2026", also="model.target.1.by=2026-Q1")
    assert answered(tab).failure is not None
    page = tiny.get(f"/s/{tab.name}/status").text
    text = html.unescape(re.sub("<[^>]+>", "", page))
    assert "Budget: cap on capital: $200M" in text and "MUSD_2026" not in text
    assert "--set" not in text and "Without “Budget: cap on capital: $200M” and “Target: from: 2026-Q1” there is a plan" in text
    slider = next(each for each in re.findall("<input type=\"range\"[^>]*>", tiny.get(f"/s/{tab.name}/part/controls").text) if CAP in each)
    assert 'value="0"' in slider


def test_saved_plans_say_their_changes_in_words(tiny: Browser, tmp_path: Path) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set="halls.hall.price=15 MUSD_2026/MW")
    assert answered(tab).failure is None
    tiny.post(f"/s/{tab.name}/pin", name="dear halls")
    assert "All halls: price: $15M per MW" in html.unescape(tiny.get(f"/s/{tab.name}/compare").text)
