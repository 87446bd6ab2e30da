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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NamedTuple

from gwplan.common.status import Exit, Status

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
"""Signals that ask this process to stop, as far as the system has them."""
AGAIN = 1.0
"""Seconds within which a second signal only repeats the first: keys repeat, and schedulers send several."""


class Ending(NamedTuple):
    """How a command ends that is asked to stop, and what it says."""

    code: int
    message: str


NOTHING = Ending(Exit.STOPPED_EMPTY, "Stopped before there was a plan.")
"""Asked to stop before there was anything to keep."""
ASKED = threading.Event()
"""Set once this process was asked to stop."""


LEAVING: list[Callable[[], object]] = []
"""What is tidied if the program is left while it imports something."""
CURSOR = "\x1b[?25h"
"""What shows a terminal's cursor again, which progress hides."""


class _State:
    """What the handler of this process's signals knows."""

    def __init__(self) -> None:
        self.raising = True
        self.listening = False
        self.last = -AGAIN
        self.times = 0
        self.acknowledged = False
        self.ending = NOTHING

    def hear(self, number: int, frame: FrameType | None) -> None:
        """The handler of all signals."""
        before, self.last = self.last, time.monotonic()
        if ASKED.is_set() and self.last - before < AGAIN:
            return
        self.times += 1
        ASKED.set()
        self.stop(number, frame)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Stop at once where that is wanted; asked once more in a second, for what takes any exception for an answer."""
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
        """The handler while modules are imported: nothing is lost by leaving, and some of them take any exception for an answer."""
        for each in LEAVING:
            each()
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
    """True if an import is under way."""
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


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
    _quiet()
    _STATE.listening, _STATE.acknowledged = False, True
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    # CPython remembers a KeyboardInterrupt that once passed through code given as text, as in the making of a dataclass, and in the
    # end kills itself by SIGINT whatever its exit code. Other such code that ends well makes it forget.
    eval("None")


def _quiet() -> None:
    """Ask no more: an alarm that came while Python ends would kill it."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def asked() -> bool:
    """True once this process was asked to stop; always False where it does not listen."""
    return _STATE.listening and ASKED.is_set()


def times() -> int:
    """How often this process was asked to stop."""
    return _STATE.times


def acknowledge() -> None:
    """Say that it was heard: whoever calls this comes to an end, and is not asked again."""
    if _STATE.listening:
        _STATE.acknowledged = True
        _quiet()


def check() -> None:
    """Raise KeyboardInterrupt if that was asked for and got lost, in a module that takes any exception for an answer."""
    if asked() and _STATE.raising:
        raise KeyboardInterrupt


@contextmanager
def ending(so: Ending) -> Iterator[None]:
    """Inside, a command that is asked to stop ends so."""
    before, _STATE.ending = _STATE.ending, so
    try:
        yield
    finally:
        _STATE.ending = before


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
