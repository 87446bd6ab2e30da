"""What is handed on: files of the plan on the screen, and the command that gives it again."""

from __future__ import annotations

import html
import io
import shlex
import zipfile

import pytest

from gwplan.reports.headline import headline
from tests.server.calls import Browser, answered
from tests.support import TINY

PRICE = "halls.hall.price"


def test_the_command_gives_what_is_on_the_screen(tiny: Browser) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set=f"{PRICE}=15 MUSD_2026/MW")
    tiny.post(f"/s/{tab.name}/set", set="model.target.1.amount=8 MW")
    text = html.unescape(tiny.get(f"/s/{answered(tab).name}/share").text)
    command = text.split('id="command">')[1].split("</pre>")[0]
    assert shlex.split(command) == ["gwplan", "solve", str(TINY), "--set", f"{PRICE}=15 MUSD_2026/MW", "--set", "model.target.1.amount=8 MW"]
    saved = html.unescape(tiny.post(f"/s/{tab.name}/save", name="dear halls").text)
    path = tiny.desk.of.runs / "overlays" / "dear_halls.csv"
    assert path.is_file() and f"gwplan solve {TINY} --with {path} --set 'model.target.1.amount=8 MW'" in saved


def test_page_and_workbook_are_those_of_the_plan_on_the_screen(tiny: Browser) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set=f"{PRICE}=15 MUSD_2026/MW")
    assert answered(tab).shown is not None and tab.shown is not None and tab.shown.run is not None
    page = tiny.get(f"/s/{tab.name}/file/report.html")
    assert page.headers["content-disposition"].startswith("attachment") and headline(tab.shown.run) in html.unescape(page.text)
    assert f"halls,{PRICE.split('.')[1]}," in tiny.get(f"/s/{tab.name}/file/overlay.csv").text
    from gwplan.server.share import content

    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(content(tiny.desk, tab, "plan.xlsx"))).namelist()


def test_without_a_change_or_a_plan_there_is_no_file(tiny: Browser) -> None:
    tab = tiny.opened()
    assert tiny.get(f"/s/{tab.name}/file/overlay.csv").status == 409
    assert tiny.get(f"/s/{tab.name}/file/none").status == 404
    tiny.post(f"/s/{tab.name}/set", set=f"{PRICE}=-1 MUSD_2026/MW")
    answered(tab)
    for name in ("report.html", "plan.xlsx", "overlay.csv"):
        assert tiny.get(f"/s/{tab.name}/file/{name}").status == 409


@pytest.mark.parametrize("name", ["../../up", "a/b", "", ".hidden", "a" * 61])
def test_a_name_that_is_no_file_name_is_refused(tiny: Browser, name: str) -> None:
    tab = tiny.opened()
    tiny.post(f"/s/{tab.name}/set", set=f"{PRICE}=14 MUSD_2026/MW")
    assert "A name has letters" in tiny.post(f"/s/{answered(tab).name}/save", name=name).text
