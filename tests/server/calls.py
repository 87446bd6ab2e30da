"""Requests to the page's application without a network, as uvicorn hands them over."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gwplan.server.app import app_of
from gwplan.server.desk import Desk, served
from gwplan.server.session import Session

PORT, SECRET = 8000, "a-token"
HOST = f"127.0.0.1:{PORT}"


@dataclass(frozen=True)
class Answer:
    """status, headers by name, and the text of an answer."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Browser:
    """A desk with its application; what it sends has the token unless it is told otherwise."""

    desk: Desk
    cookie: str = SECRET
    token: str = SECRET
    host: str = HOST
    more: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, address: str, form: Mapping[str, str] | None = None) -> Answer:
        """One request and its answer."""
        body = urlencode(form or {}).encode()
        path, _, query = address.partition("?")
        headers = {"host": self.host, "cookie": f"gwplan_{PORT}={self.cookie}", **self.more}
        if method == "POST":
            headers |= {"x-gwplan-token": self.token, "content-length": str(len(body)), "content-type": "application/x-www-form-urlencoded"}
        scope: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path, "root_path": "",
                                 "raw_path": path.encode(), "query_string": query.encode(), "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", PORT),
                                 "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        def answered() -> None:
            asyncio.run(app_of(self.desk, PORT, SECRET)(scope, receive, send))  # type: ignore[arg-type]

        # In a thread of its own: where Playwright was used before, this one has a loop that runs.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(answered).result()
        found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], found, b"".join(part.get("body", b"") for part in sent[1:]).decode("utf-8", "replace"))

    def get(self, address: str) -> Answer:
        """A page."""
        return self.send("GET", address)

    def post(self, address: str, **form: str) -> Answer:
        """A change."""
        return self.send("POST", address, form)

    def opened(self) -> Session:
        """A tab, once its first plan is there."""
        (name,) = re.findall(r"^/s/([\w-]+)/plan$", self.get("/new").headers["location"])
        return answered(self.desk.sessions[name])


def answered(session: Session, seconds: float = 30) -> Session:
    """The tab, once its last change is answered and nothing more is sought."""
    ends = time.monotonic() + seconds
    while session.solving or (session.failure is not None and session.failure.looking):
        assert time.monotonic() < ends, "the change is not answered"
        time.sleep(0.01)
    return session


def browser_of(model: Path, runs: Path, *sets: str) -> Browser:
    """A desk of a model whose solver runs."""
    desk = Desk.of_model(served(model, (), sets, runs))
    desk.solver.start()
    return Browser(desk)
