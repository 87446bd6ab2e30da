"""One thread that answers the changes of all tabs, the newest of each; a newer one calls the running one off."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gwplan.analysis.what_if import Answered, Superseded, WhatIf
from gwplan.common.errors import InputFaults, MissingValue, sentence
from gwplan.common.status import Status
from gwplan.inputs.memory import MemoryPath
from gwplan.planning.request import Progress, Request, WholeNumbers
from gwplan.server.session import Failure, Session, texts_of, with_change
from gwplan.solving.options import AnyOf

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.scenario import SharedInputs
    from gwplan.planning.remedy import Remedy

KEPT = 24
"""Answers that are kept: a number moved back has its plan at once."""
REMEDY_SECONDS = "3 min"
"""Time for the search for changes that are enough; a newer change ends it at once."""
ENDS_WITHIN = 5.0
"""Seconds that the thread has to end."""


class Solver(threading.Thread):
    """The thread. solved: how often the solver began."""

    def __init__(self, question: SharedInputs) -> None:
        super().__init__(name="solver", daemon=True)
        self.what_if = WhatIf(question)
        self.solved = 0
        self._known: OrderedDict[tuple[str, ...], Answered] = OrderedDict()
        self._verified: OrderedDict[tuple[str, ...], WholeNumbers] = OrderedDict()
        self._waiting: OrderedDict[str, Session] = OrderedDict()
        self._turn = threading.Condition()
        self._running: Session | None = None
        self._looking: threading.Event | None = None
        self._ended = False

    def know(self, sets: tuple[str, ...], found: Answered) -> None:
        """Keep an answer."""
        with self._turn:
            self._known[sets] = found
            self._known.move_to_end(sets)
            while len(self._known) > KEPT:
                # The plan of the tables as they are stays: every tab begins with it.
                self._known.pop(next(key for key in self._known if key))

    def known(self, sets: tuple[str, ...]) -> Answered | None:
        """The answer to some changes, if it is kept."""
        with self._turn:
            return self._known.get(sets)

    def ask(self, session: Session) -> None:
        """Answer the last change of a tab: at once if its plan is kept, else by the thread."""
        with session.lock:
            number, found = session.asked, self.known(session.texts)
        if found is not None:
            session.answer(number, found)
            return
        with self._turn:
            self._waiting[session.name] = session
            if self._looking is not None:  # a plan that is asked for goes before what only explains
                self._looking.set()
            self._turn.notify()

    def end(self) -> None:
        """End the thread, with the solve that runs."""
        with self._turn:
            self._ended = True
            running = self._running
            if self._looking is not None:
                self._looking.set()
            self._turn.notify()
        if running is not None:
            running.cancel.set()
        self.join(ENDS_WITHIN)

    def run(self) -> None:
        """Answer one tab after the other."""
        while True:
            with self._turn:
                while not self._waiting and not self._ended:
                    self._turn.wait()
                if self._ended:
                    return
                _, self._running = self._waiting.popitem(last=False)
            self._answer(self._running)

    def _answer(self, session: Session) -> None:
        with session.lock:
            number, sets, cancel, solving = session.asked, session.texts, session.cancel, session.solving
        if not solving:
            return

        def told(progress: Progress) -> None:
            session.progress = f"{progress.phase} {progress.seconds:.0f} s" + ("" if progress.gap is None else f", gap {progress.gap:.1%}")

        try:
            self.solved += 1
            found = self.what_if.ask(sets, cancel, told, self._verified.get(sets))
        except Superseded:
            return
        except InputFaults as error:
            session.answer(number, None, Failure("The changed numbers cannot be used.", tuple(error.faults)))
        except MissingValue as error:
            session.answer(number, None, Failure("A number is missing.", (error.fault,)))
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the thread must live on, and the page says what happened
            session.answer(number, None, Failure(sentence(error)))
        else:
            self._take(session, (number, cancel), found)

    def _take(self, session: Session, asked: tuple[int, threading.Event], found: Answered) -> None:
        """A plan is kept; without one, what is enough is sought after the reason is shown."""
        number, cancel = asked
        if found.run is not None:
            self.know(found.sets, found)
            session.answer(number, found)
            return
        looking = found.status is Status.INFEASIBLE
        if session.answer(number, None, Failure(found.message, looking=looking)) and looking:
            self._remedied(session, (number, cancel), found)

    def _verify(self, sets: Mapping[str, str], found: Iterable[tuple[Remedy, ...]]) -> None:
        """Keep the plan that verified each remedy, or the last of several: with it the search begins where they are pressed."""
        for remedies in found:
            changed = sets
            for each in remedies:
                changed = with_change(changed, each.change)
            self._verified[texts_of(changed)] = WholeNumbers(remedies[-1].x)
        while len(self._verified) > KEPT:
            self._verified.popitem(last=False)

    def _remedied(self, session: Session, asked: tuple[int, threading.Event], found: Answered) -> None:
        """What is enough alone, each verified and shown once it is found, as far as there is time and nothing newer is asked."""
        from gwplan.planning.why import Unmet, why

        asked_with = dict(each.split("=", 1) for each in found.sets)
        number, cancel = asked
        failure, other = Failure(found.message, looking=True), threading.Event()
        stop = AnyOf((cancel, other))
        with self._turn:
            self._looking = other
            if self._waiting or self._ended:
                other.set()

        def told(_: Progress) -> None:
            if stop.is_set():
                raise KeyboardInterrupt

        def hears(unmet: Unmet) -> None:
            nonlocal failure
            if (unmet.enough, unmet.pairs) != (failure.remedies, failure.pairs):
                failure = replace(failure, remedies=unmet.enough, pairs=unmet.pairs)
                self._verify(asked_with, [(each,) for each in unmet.enough] + [each.both for each in unmet.pairs])
                session.answer(number, None, failure)
            if unmet.enough and not unmet.unknown:
                raise KeyboardInterrupt  # all numbers were looked at; what follows is not shown here

        try:
            why(replace(self.request(found.sets, told), cancel=stop), hears)
        except (InputFaults, MissingValue, KeyboardInterrupt):
            pass
        finally:
            with self._turn:
                self._looking = None
            session.answer(number, None, replace(failure, looking=False))

    def request(self, sets: tuple[str, ...], progress: Callable[[Progress], None] | None = None) -> Request:
        """The question with some changes, as a request."""
        question = self.what_if.question
        folder = MemoryPath(question.files)
        return Request(folder / question.model, tuple(folder / name for name in question.overlays), (*question.sets, *sets),
                       gap=question.gap, time_limit=REMEDY_SECONDS, progress=progress)
