"""The routes: screens of tabs, the parts that change on them, and the changes themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gwplan.common.errors import Fault, InputFaults, sentence
from gwplan.reports.webpage.escaping import HERE as REPORTS
from gwplan.server import numbers, share
from gwplan.server.guard import Guard
from gwplan.server.money import taken
from gwplan.server.numbers import edited, reasons, row_at
from gwplan.server.session import Session, with_change
from gwplan.server.views import HERE, SCREENS, Views, plotly

if TYPE_CHECKING:
    from gwplan.server.desk import Desk

Handler = Callable[[Request], Awaitable[Response]]
TabHandler = Callable[[Request, Session], Awaitable[Response]]
ORDER = "x-gwplan-order"
"""Header of a change: its sender and its number."""
SCRIPT, STYLE = "text/javascript", "text/css"
STATIC = {"serve.js": (HERE / "static", SCRIPT), "serve.css": (HERE / "static", STYLE), "htmx.min.js": (HERE / "static", SCRIPT),
          "plotly.css": (HERE / "static", STYLE), "charts.js": (REPORTS, SCRIPT), "style.css": (REPORTS, STYLE)}  # fmt: skip
PLOTLY = "plotly.min.js"
KEPT = {"cache-control": "private, max-age=86400"}
"""Plotly is large, and the same for all."""
GONE = "This tab is no longer known: open the address that gwplan serve printed."
APART = "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""Policy of a page that is a file: it has its scripts in it, and an origin of its own."""
FIELDS = 100
"""Fields of a form."""
_ORDER = re.compile(r"([\w.*@ -]{1,200}) (\d{1,15})")


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form; of several with the same name the last."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError:
        return {}


class Pages:
    """What answers each address."""

    def __init__(self, desk: Desk, token: str) -> None:
        self.desk, self.views = desk, Views(desk, token)

    @property
    def routes(self) -> list[Route]:
        """All addresses."""
        return [
            Route("/", self.new), Route("/new", self.new), Route("/static/{name}", self.static),
            Route("/s/{tab}/plan", self.shown(lambda session, query: self.views.plan_screen(session))),
            Route("/s/{tab}/part/plan", self.shown(lambda session, query: self.views.plan_part(session))),
            Route("/s/{tab}/part/controls", self.shown(lambda session, query: self.views.controls(session))),
            Route("/s/{tab}/numbers", self.shown(self.views.numbers_screen)),
            Route("/s/{tab}/part/rows", self.shown(self.views.rows)),
            Route("/s/{tab}/compare", self.shown(self.views.compare_screen)),
            Route("/s/{tab}/part/compare", self.shown(self.views.compare_part)),
            Route("/s/{tab}/money", self.shown(self.views.money_screen)),
            Route("/s/{tab}/part/money", self.shown(self.views.money_part)),
            Route("/s/{tab}/risk", self.shown(self.views.risk_screen)),
            Route("/s/{tab}/part/risk", self.shown(self.views.risk_part)),
            Route("/s/{tab}/part/study", self.shown(self.views.study_part)),
            Route("/s/{tab}/study/page", self.of_tab(self.study_page)),
            Route("/s/{tab}/study/{act}", self.of_tab(self.study), methods=["POST"]),
            Route("/s/{tab}/ends", self.changing(self.ends), methods=["POST"]),
            Route("/s/{tab}/share", self.shown(self.views.share_screen)),
            Route("/s/{tab}/part/share", self.shown(self.views.share_part)),
            Route("/s/{tab}/file/{name}", self.of_tab(self.file)),
            Route("/s/{tab}/save", self.of_tab(self.save), methods=["POST"]),
            Route("/s/{tab}/pin", self.of_tab(self.pinning), methods=["POST"]),
            Route("/s/{tab}/unpin", self.of_tab(self.pinning), methods=["POST"]),
            Route("/s/{tab}/take", self.changing(self.take), methods=["POST"]),
            Route("/s/{tab}/edit", self.of_tab(self.edit), methods=["POST"]),
            Route("/s/{tab}/status", self.of_tab(self.status)),
            Route("/s/{tab}/move", self.changing(self.move), methods=["POST"]),
            Route("/s/{tab}/set", self.changing(self.set), methods=["POST"]),
            Route("/s/{tab}/undo", self.changing(self.undo), methods=["POST"]),
            Route("/s/{tab}/reset", self.changing(self.reset), methods=["POST"]),
        ]  # fmt: skip

    async def new(self, request: Request) -> Response:
        """Open a tab."""
        return RedirectResponse(f"/s/{self.desk.open().name}/plan", 303)

    async def static(self, request: Request) -> Response:
        """Scripts and styles of the pages."""
        name = request.path_params["name"]
        if name == PLOTLY:
            return Response(await run_in_threadpool(plotly), media_type=SCRIPT, headers=KEPT)
        if name not in STATIC:
            return PlainTextResponse("There is no such file.", 404)
        folder, kind = STATIC[name]
        return Response((folder / name).read_bytes(), media_type=kind)

    def of_tab(self, handle: TabHandler) -> Handler:
        """What answers for a tab: one that is no longer known is refused, and at the address of a screen a new one is opened."""
        @wraps(handle)
        async def answer(request: Request) -> Response:
            tab = request.path_params["tab"]
            session = self.desk.sessions.get(tab)
            if session is not None:
                return await handle(request, session)
            whole = request.url.path.removeprefix(f"/s/{tab}/") in dict(SCREENS)
            return RedirectResponse("/new", 303) if whole else PlainTextResponse(GONE, 410)

        return answer

    def shown(self, draw: Callable[[Session, dict[str, str]], str]) -> Handler:
        """What draws a screen or a part of it, as an answer."""
        async def answer(request: Request, session: Session) -> Response:
            return HTMLResponse(await run_in_threadpool(draw, session, dict(request.query_params)))

        return self.of_tab(answer)

    def changing(self, change: Callable[[Session, dict[str, str]], str]) -> Handler:
        """A change of a tab, answered with its status; one that comes after a later one is passed over."""
        async def answer(request: Request, session: Session) -> Response:
            order = _ORDER.fullmatch(request.headers.get(ORDER, ""))
            form = await form_of(request)
            if order is None or not session.is_late(order[1], int(order[2])):
                wrong = await run_in_threadpool(change, session, form)
                if wrong:
                    return PlainTextResponse(wrong, 400)
            return await self.state(session, dict(request.query_params))

        return self.of_tab(answer)

    async def status(self, request: Request, session: Session) -> Response:
        """What the last change came to; nothing where the page shows it already."""
        seen = dict(request.query_params)
        if seen.get("revision") == str(session.revision) and not session.solving:
            return Response(status_code=204)
        return await self.state(session, seen)

    async def state(self, session: Session, seen: dict[str, str]) -> Response:
        """The status, with the events by which other parts of the page learn that they are out of date."""
        text = await run_in_threadpool(self.views.status, session)
        events = {name: "" for name, now, before in (
            ("plan-changed", session.plans, seen.get("plans")), ("controls-changed", session.arranged, seen.get("arranged")),
        ) if before is not None and before != str(now)}  # fmt: skip
        return HTMLResponse(text, headers={"hx-trigger": json.dumps(events)} if events else {})

    def move(self, session: Session, form: dict[str, str]) -> str:
        """A slider or a switch is moved."""
        control = self.desk.control(form.get("control", ""))
        if control is None or not form.get("place", "").isdecimal():
            return "There is no such slider."
        with session.lock:
            try:
                sets = control.moved(session.sets, int(form["place"]))
            except (IndexError, ValueError):
                return "The slider has no such position."
            changed = session.change(sets, arranged=False)
        if changed:
            self.desk.solver.ask(session)
        return ""

    def set(self, session: Session, form: dict[str, str]) -> str:
        """One number is set, as by `--set`, and `also` another one."""
        given = [form.get("set", ""), *([form["also"]] if "also" in form else [])]
        for key, equals, value in (each.partition("=") for each in given):
            if not equals or not key.strip() or not value.strip():
                return "A change is KEY=VALUE."
        with session.lock:
            sets = session.sets
            for each in given:
                sets = with_change(sets, each)
            changed = session.change(sets)
        if changed:
            self.desk.solver.ask(session)
        return ""

    async def edit(self, request: Request, session: Session) -> Response:
        """A cell is edited: its row with what is wrong, or with its new number, which is solved with; `check` changes nothing."""
        form = await form_of(request)
        key, text = form.get("key", ""), form.get("value", "")
        if row_at(self.desk.case, key) is None:
            return PlainTextResponse("There is no such row.", 400)

        def taken() -> str:
            faults: list[Fault] = []
            try:
                sets = edited(self.desk, session.sets, key, text)
                if not form.get("check") and session.change(sets):
                    self.desk.solver.ask(session)
            except InputFaults as error:
                faults = error.faults
            if form.get("check"):
                return " ".join(reasons(faults, key))
            return self.views.row(session, key, text, faults) + self.views.status(session, apart=True)

        answer = await run_in_threadpool(taken)
        return PlainTextResponse(answer) if form.get("check") else HTMLResponse(answer)

    async def pinning(self, request: Request, session: Session) -> Response:
        """A plan is saved under a name, or taken off the list."""
        name = (await form_of(request)).get("name", "")

        def drawn() -> str:
            wrong = ""
            try:
                if request.url.path.endswith("/unpin"):
                    self.desk.pins.remove(name)
                else:
                    self.desk.pin(session, name)
            except ValueError as error:
                wrong = str(error)
            except OSError as error:
                wrong = sentence(error)
            return self.views.compare_part(session, {}, wrong)

        return HTMLResponse(await run_in_threadpool(drawn))

    async def file(self, request: Request, session: Session) -> Response:
        """A file to download."""
        name = request.path_params["name"]
        if name not in share.FILES:
            return PlainTextResponse("There is no such file.", 404)
        try:
            content = await run_in_threadpool(share.content, self.desk, session, name)
        except ValueError as error:
            return PlainTextResponse(str(error), 409)
        return Response(content, media_type=share.FILES[name], headers={"content-disposition": f'attachment; filename="{name}"'})

    async def save(self, request: Request, session: Session) -> Response:
        """The changes are saved as an overlay."""
        name = (await form_of(request)).get("name", "")

        def drawn() -> str:
            try:
                path = numbers.save(self.desk, session.sets, name)
            except (ValueError, InputFaults) as error:
                return self.views.share_part(session, {}, str(error))
            except OSError as error:
                return self.views.share_part(session, {}, sentence(error))
            return self.views.share_part(session, {}, "", (str(path), self.desk.command(session, path)))

        return HTMLResponse(await run_in_threadpool(drawn))

    def take(self, session: Session, form: dict[str, str]) -> str:
        """The changes of a saved plan become those of the tab."""
        pin = self.desk.pins.named(form.get("name", ""))
        if pin is None:
            return "There is no such plan."
        if session.change(dict(pin.sets)):
            self.desk.solver.ask(session)
        return ""

    async def study(self, request: Request, session: Session) -> Response:
        """A study is begun or stopped."""
        name = (await form_of(request)).get("name", "")

        def drawn() -> str:
            wrong = ""
            try:
                if request.path_params["act"] == "stop":
                    self.desk.studies.end()
                else:
                    self.desk.studies.begin(name, self.desk.words_of(session, name=name))
            except ValueError as error:
                wrong = str(error)
            except OSError as error:
                wrong = sentence(error)
            return self.views.study_part(session, {}, wrong)

        return HTMLResponse(await run_in_threadpool(drawn))

    async def study_page(self, request: Request, session: Session) -> Response:
        """The page of the last study: a file with its own scripts, kept apart from everything of this server."""
        last = self.desk.studies.last
        if last is None or last.page is None:
            return PlainTextResponse("There is no page yet.", 404)
        return HTMLResponse(await run_in_threadpool(last.page.read_bytes), headers={"content-security-policy": APART})

    def ends(self, session: Session, form: dict[str, str]) -> str:
        """An end of a number is taken, or left again."""
        with session.lock:
            try:
                sets = taken(self.desk.swings(session), session.sets, form.get("number", ""), form.get("side", ""))
            except ValueError as error:
                return str(error)
            changed = session.change(sets)
        if changed:
            self.desk.solver.ask(session)
        return ""

    def undo(self, session: Session, form: dict[str, str]) -> str:
        """The last change is taken back."""
        if session.undo():
            self.desk.solver.ask(session)
        return ""

    def reset(self, session: Session, form: dict[str, str]) -> str:
        """All changes are taken back."""
        if session.change({}):
            self.desk.solver.ask(session)
        return ""


def app_of(desk: Desk, port: int, token: str) -> Guard:
    """The whole of it, guarded."""
    return Guard(Starlette(routes=list(Pages(desk, token).routes)), port, token)
