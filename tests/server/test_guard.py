"""Who is let in: this machine, with the token, and changes from this page alone. What is let out: no page that may load anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gwplan.server.app import Pages
from gwplan.server.views import SCREENS
from tests.server.calls import HOST, PORT, SECRET, Browser


def test_the_token_in_the_address_becomes_a_cookie_that_scripts_cannot_read(tiny: Browser) -> None:
    welcome = replace(tiny, cookie="").get(f"/?token={SECRET}")
    assert welcome.status == 303 and "token" not in welcome.headers["location"]
    cookie = welcome.headers["set-cookie"].lower()
    assert cookie.startswith(f"gwplan_{PORT}={SECRET}") and "httponly" in cookie and "samesite=strict" in cookie


@pytest.mark.parametrize("address", ["/", "/?token=wrong", "/new", "/static/serve.js", "/s/any/plan"])
def test_without_the_token_nothing_is_shown(tiny: Browser, address: str) -> None:
    for cookie in ("", "wrong"):
        assert replace(tiny, cookie=cookie).get(address).status == 403


@pytest.mark.parametrize("other", ['seen={"a": 1}', "two words=1", "flag", "_xsrf=2|ab|c", ""])
def test_a_cookie_of_another_program_on_this_machine_changes_nothing(tiny: Browser, other: str) -> None:
    # Cookies know no ports: a browser sends those of every server at 127.0.0.1.
    assert replace(tiny, cookie=f"{SECRET}; {other}").get("/new").status == 303
    assert replace(tiny, more={"cookie": f"{other}; gwplan_{PORT}={SECRET}"}).get("/new").status == 303
    assert replace(tiny, more={"cookie": f"{other}; gwplan_{PORT + 1}={SECRET}"}).get("/new").status == 403


@pytest.mark.parametrize("host", ["example.org", f"example.org:{PORT}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1:{PORT}.example.org", ""])
def test_another_host_is_refused(tiny: Browser, host: str) -> None:
    assert replace(tiny, host=host).get("/new").status == 421


def test_both_names_of_this_machine_are_answered(tiny: Browser) -> None:
    for host in (HOST, f"localhost:{PORT}"):
        assert replace(tiny, host=host).get("/new").status == 303


def test_a_change_needs_the_token_in_its_header_and_no_foreign_origin(tiny: Browser) -> None:
    tab = tiny.opened()
    address = f"/s/{tab.name}/set"
    for other in (replace(tiny, token=""), replace(tiny, token="wrong"), replace(tiny, more={"origin": "http://example.org"}),
                  replace(tiny, more={"origin": "null"})):
        assert other.post(address, set="halls.hall.price=11 MUSD_2026/MW").status == 403
    assert tiny.send("PUT", address).status == 403
    assert tiny.get(address).status == 405
    assert tab.sets == {}


def test_every_address_of_an_unknown_tab_is_refused_and_a_screen_opens_a_new_one(tiny: Browser) -> None:
    routes = [route for route in Pages(tiny.desk, SECRET).routes if "{tab}" in route.path]
    before = len(tiny.desk.sessions)
    found = {}
    for route in routes:
        address = route.path.format(tab="gone", act="begin", name="overlay.csv")
        found[address] = tiny.send("POST" if "POST" in (route.methods or ()) else "GET", address)
    assert {address for address, answer in found.items() if answer.status == 303} == {f"/s/gone/{screen}" for screen, _ in SCREENS}
    assert {answer.status for answer in found.values()} == {303, 410}
    assert len(tiny.desk.sessions) == before and len(found) > 20


def test_a_page_may_load_nothing_from_elsewhere(tiny: Browser) -> None:
    for address in (f"/s/{tiny.opened().name}/plan", "/static/serve.css", "/static/none"):
        headers = tiny.get(address).headers
        rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
        assert rules["default-src"] == "'none'"
        assert {rules[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"


def test_a_page_has_no_script_and_no_style_of_its_own(tiny: Browser) -> None:
    text = tiny.get(f"/s/{tiny.opened().name}/plan").text
    assert "<style" not in text and " style=" not in text and " onclick=" not in text
    assert all(" src=" in part.split(">")[0] for part in text.split("<script")[1:])
    assert "http://" not in text and "https://" not in text


def test_a_request_that_is_too_long_is_refused(tiny: Browser) -> None:
    assert tiny.post(f"/s/{tiny.opened().name}/set", set="x" * (1 << 20)).status == 413
