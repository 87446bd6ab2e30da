"""Being asked to stop: by Ctrl-C, by SIGTERM (kill, schedulers), by SIGHUP (a terminal that closes), all alike.

Where nothing is lost by it, whoever is asked stops at once: KeyboardInterrupt is raised. Where there is something to keep, a plan
that is searched or a folder that is written, it is noted (`noted`), and whoever works there looks at the event and comes to an end.
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

from gwplan.common.status import Exit

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
"""Signals that ask this process to stop, as far as the system has them."""
AGAIN = 1.0
"""Seconds within which a second signal only repeats the first: keys repeat, and schedulers send several."""
NO_PLAN = "Stopped before there was a plan."


ASKED = threading.Event()
"""Set once this process was asked to stop."""


class _State:
    """What the handler of this process's signals knows."""

    def __init__(self) -> None:
        self.raising = True
        self.listening = False
        self.last = -AGAIN
        self.times = 0

    def hear(self, number: int, frame: FrameType | None) -> None:
        """The handler of all signals."""
        before, self.last = self.last, time.monotonic()
        if ASKED.is_set() and self.last - before < AGAIN:
            return
        self.times += 1
        ASKED.set()
        if self.raising:
            raise KeyboardInterrupt

    def leave(self, number: int, frame: FrameType | None) -> None:
        """The handler while the program is still imported: nothing is begun, and a module that is torn out of its import is in the way."""
        code, as_json = int(Exit.STOPPED_EMPTY), "--json" in sys.argv
        text = json.dumps({"exit_code": code, "status": "stopped", "message": NO_PLAN}) if as_json else NO_PLAN
        with suppress(OSError):
            os.write(1 if as_json else 2, f"{text}\n".encode())
        os._exit(code)


_STATE = _State()


def listen(begun: bool = True) -> None:
    """Hear all signals to stop until this process ends. begun: False while its modules are imported; it is then left at once.

    Signals that whoever began the process has told it to ignore, as nohup does, stay ignored.
    """
    _STATE.listening = begun
    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _STATE.hear if begun else _STATE.leave)


def ended() -> None:
    """Hear no signal any more: all is done but for leaving, which takes no time and is not to be torn."""
    _STATE.listening = False
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def asked() -> bool:
    """True once this process was asked to stop; always False where it does not listen."""
    return _STATE.listening and ASKED.is_set()


def times() -> int:
    """How often this process was asked to stop."""
    return _STATE.times


def check() -> None:
    """Raise KeyboardInterrupt if that was asked for and got lost, in a module that takes any exception for an answer."""
    if asked() and _STATE.raising:
        raise KeyboardInterrupt


@contextmanager
def noted() -> Iterator[threading.Event]:
    """Being asked to stop raises nothing inside, it sets the event.

    In a program that does not listen, such as a notebook, Ctrl-C alone is heard, while inside.
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
    """Inside `noted`: a part where nothing is lost by stopping at once, which raises KeyboardInterrupt."""
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
    """Processes begun inside hear no signal to stop: Ctrl-C reaches all of a terminal, and who began them ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def mortal() -> None:
    """In a process that was begun `unheard`: end on SIGTERM, with which the pool ends its processes when one of them is lost."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
