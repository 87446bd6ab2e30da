"""Stop requests: Ctrl-C, SIGTERM (kill, schedulers) and SIGHUP (closed terminal) are handled alike.

If nothing would be lost, the program stops at once: KeyboardInterrupt is raised. During a search or while a folder is written, the
request is noted (`noted`): the working code polls the event and finishes in good order.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NamedTuple

from gwplan.common.status import Exit, Status

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
"""The stop signals available on this system."""
AGAIN = 1.0
"""Seconds within which a second signal counts as a repetition: keys repeat, and schedulers send several."""


class Ending(NamedTuple):
    """Exit code and message of a command that is interrupted."""

    code: int
    message: str


NOTHING = Ending(Exit.STOPPED_EMPTY, "Stopped before a plan was found.")
"""The ending of a command interrupted before it has a result."""
ASKED = threading.Event()
"""Set once this process has received a stop request."""


CURSOR = "\x1b[?25h"
"""Escape sequence that shows the terminal cursor, which the progress line hides."""


class _State:
    """The state of the signal handler."""

    def __init__(self) -> None:
        self.raising = True
        self.listening = False
        self.last = -AGAIN
        self.times = 0
        self.acknowledged = False
        self.ending = NOTHING

    def hear(self, number: int, frame: FrameType | None) -> None:
        """The handler of all stop signals."""
        before, self.last = self.last, time.monotonic()
        if ASKED.is_set() and self.last - before < AGAIN:
            return
        self.times += 1
        ASKED.set()
        self.stop(number, frame)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt unless noted; repeat after a second, in case other code swallowed the exception."""
        if not self.raising or self.acknowledged:
            return
        if self.listening:
            if _importing(frame):
                self.leave(number, frame)
            if hasattr(signal, "setitimer"):
                signal.signal(signal.SIGALRM, self.stop)
                signal.setitimer(signal.ITIMER_REAL, AGAIN)
        raise KeyboardInterrupt

    def leave(self, number: int, frame: FrameType | None) -> None:
        """The handler during the start-up imports: exit at once, because some modules swallow exceptions."""
        code, text, as_json = int(self.ending.code), self.ending.message, "--json" in sys.argv
        if as_json:
            text = json.dumps({"exit_code": code, "status": Status.STOPPED, "message": text})
        with suppress(OSError):
            if self.listening and os.isatty(2):
                os.write(2, CURSOR.encode())
            os.write(1 if as_json else 2, f"{text}\n".encode())
        os._exit(code)


_STATE = _State()


def _importing(frame: FrameType | None) -> bool:
    """True if an import is in progress."""
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def listen(begun: bool = True) -> None:
    """Handle all stop signals until this process ends. begun: False during the start-up imports: exit at once.

    Signals that the parent process set to be ignored, as nohup does, stay ignored.
    """
    _STATE.listening = begun
    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _STATE.hear if begun else _STATE.leave)


def ended() -> None:
    """Ignore all further signals: only the exit itself remains."""
    _quiet()
    _STATE.listening, _STATE.acknowledged = False, True
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    # CPython remembers a KeyboardInterrupt that passed through code run from text (as in the creation of a dataclass) and then kills
    # itself by SIGINT at exit, whatever its exit code. Running other such code successfully clears this.
    eval("None")


def _quiet() -> None:
    """Cancel the alarm: it would kill Python during its exit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def asked() -> bool:
    """True once this process has received a stop request; always False without `listen`."""
    return _STATE.listening and ASKED.is_set()


def times() -> int:
    """Number of stop requests received."""
    return _STATE.times


def acknowledge() -> None:
    """Acknowledge the request: the caller is about to end and is not interrupted again."""
    if _STATE.listening:
        _STATE.acknowledged = True
        _quiet()


def check() -> None:
    """Raise KeyboardInterrupt if a request was swallowed by other code."""
    if asked() and _STATE.raising:
        raise KeyboardInterrupt


@contextmanager
def ending(so: Ending) -> Iterator[None]:
    """A context in which an interrupted command ends in this way."""
    before, _STATE.ending = _STATE.ending, so
    try:
        yield
    finally:
        _STATE.ending = before


@contextmanager
def noted() -> Iterator[threading.Event]:
    """A context in which a stop request raises nothing but sets the event.

    In a program without `listen`, such as a notebook, only Ctrl-C is handled, within the context.
    """
    if threading.current_thread() is not threading.main_thread():
        yield ASKED
        return
    alone = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if alone:
        ASKED.clear()
        signal.signal(signal.SIGINT, _STATE.hear)
    before, _STATE.raising = _STATE.raising, False
    try:
        yield ASKED
    finally:
        _STATE.raising = before
        if alone:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            ASKED.clear()


@contextmanager
def raising() -> Iterator[None]:
    """Within `noted`: a section that may stop at once, by KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before, _STATE.raising = _STATE.raising, True
    try:
        yield
    finally:
        _STATE.raising = before


@contextmanager
def unheard() -> Iterator[None]:
    """Processes started in this context ignore stop signals (Ctrl-C reaches all processes of a terminal); their parent ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def mortal() -> None:
    """In a process started `unheard`: end on SIGTERM, by which the pool ends its processes when one of them is lost."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
