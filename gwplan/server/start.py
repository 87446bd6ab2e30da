"""Serve on the loopback address until asked to stop."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from gwplan.common import stopping

if TYPE_CHECKING:
    from uvicorn import Server

    from gwplan.server.desk import Desk

LOOPBACK = "127.0.0.1"
"""The only address that is ever listened on."""


class ExtraMissing(Exception):
    """Starlette or uvicorn is not installed; the message says what to install."""


def listening(port: int) -> socket.socket:
    """A socket on the loopback address; port 0 is a free one. OSError if it is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((LOOPBACK, port))
        found.listen()
    except OSError as error:
        found.close()
        raise OSError(error.errno, f"{error.strerror} (port {port}): name another one with --port") from error
    return found


def needed() -> None:
    """ExtraMissing without what the extra `server` adds."""
    try:
        import starlette
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise ExtraMissing("gwplan serve needs starlette and uvicorn: pip install 'gwplan[server]'") from error
    del starlette


def server_of(desk: Desk, heard: socket.socket, token: str) -> Server:
    """What answers on a socket."""
    import uvicorn

    from gwplan.server.app import app_of

    return uvicorn.Server(uvicorn.Config(app_of(desk, port_of(heard), token), log_config=None, access_log=False, lifespan="off",
                                         server_header=False, timeout_graceful_shutdown=1))  # fmt: skip


def port_of(heard: socket.socket) -> int:
    """The port of a socket."""
    return int(heard.getsockname()[1])


def address(heard: socket.socket, token: str) -> str:
    """Where a browser finds the page."""
    return f"http://{LOOPBACK}:{port_of(heard)}/?token={token}"


def serve(desk: Desk, port: int, told: Callable[[str], None]) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP. told: hears the address, with its token, once it answers. OSError if the port is taken."""
    with listening(port) as heard:
        token = secrets.token_urlsafe(24)
        server = server_of(desk, heard, token)
        desk.solver.start()
        desk.open()
        told(address(heard, token))
        try:
            with suppress(KeyboardInterrupt), stopping.noted():
                server.run(sockets=[heard])
        finally:
            desk.studies.end()
            desk.solver.end()
