"""What stands before every page: this machine alone, the token of this server, and headers that let a page load nothing from elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
TOKEN = "x-gwplan-token"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; "
          "base-uri 'none'; frame-ancestors 'none'")
HEADERS = {"content-security-policy": POLICY, "x-content-type-options": "nosniff", "cache-control": "no-store",
           "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
           "x-frame-options": "DENY"}
OTHER_HOST = "This page answers on the loopback address alone."
NO_TOKEN = "Open the address that gwplan serve printed: it has the token of this server, which is a new one each time it starts."
LARGEST = 1 << 20
"""Bytes of a request."""


class Guard:
    """Lets requests through that name this machine and know the token: in the address once, then in a cookie; changes in a header too."""

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self.app, self.port, self.token = app, port, token
        self.hosts = {f"{name}:{port}" for name in HOSTS}
        self.cookie = f"gwplan_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    own.setdefault(name, value)
            await send(message)

        refused = self.refused(scope)
        await (self.app if refused is None else refused)(scope, receive, headed)

    def refused(self, scope: Scope) -> PlainTextResponse | RedirectResponse | None:
        """The answer to a request that is not let through; None for one that is."""
        headers = Headers(scope=scope)
        if headers.getlist("host") not in ([each] for each in self.hosts):
            return PlainTextResponse(OTHER_HOST, 421)
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{each}" for each in self.hosts}:
            return PlainTextResponse(OTHER_HOST, 403)
        if scope["path"] == "/" and scope["method"] == "GET":
            given = scope["query_string"].decode("latin-1").partition("token=")[2]
            if self.is_token(given):
                welcome = RedirectResponse("/new", 303)
                welcome.set_cookie(self.cookie, self.token, httponly=True, samesite="strict")
                return welcome
        if not self.is_token(self.held(headers.getlist("cookie"))):
            return PlainTextResponse(NO_TOKEN, 403)
        if scope["method"] not in ("GET", "HEAD"):
            if scope["method"] != "POST" or not self.is_token(headers.get(TOKEN, "")):
                return PlainTextResponse(NO_TOKEN, 403)
            length = headers.get("content-length", "")
            if not length.isdecimal() or int(length) > LARGEST:
                return PlainTextResponse("The request is too long, or of unknown length.", 413)
        return None

    def is_token(self, given: str) -> bool:
        """True for the token."""
        return secrets.compare_digest(given.encode(), self.token.encode())

    def held(self, cookies: Sequence[str]) -> str:
        """The token in the cookies of a request; blank without one. Other programs on this machine may set others, in any form."""
        each = (part.partition("=") for header in cookies for part in header.split(";"))
        return next((value.strip() for name, _, value in each if name.strip() == self.cookie), "")
