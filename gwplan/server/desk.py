"""All that a server holds: the question, its case, the tabs, and the sliders."""

from __future__ import annotations

import re
import shlex
import threading
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.analysis.explain.resolve import case_of
from gwplan.analysis.scenarios.scenario import SharedInputs, ask
from gwplan.analysis.what_if import Answered
from gwplan.common.errors import Fault, InputFaults
from gwplan.inputs import case_files
from gwplan.results import store
from gwplan.results.run_folder import RunFolder
from gwplan.server.controls import Control, controls_of, in_words, left_over
from gwplan.server.money import Swing, tornado
from gwplan.server.pins import Pin, Pins
from gwplan.server.session import Session
from gwplan.server.solver import Solver
from gwplan.server.studies import STUDIES, Studies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gwplan.inputs.case import Case

_SET = re.compile(r"--set (?:'(?P<quoted>[^']+)'|(?P<bare>\S+))")
MOST_TABS = 64
"""Tabs that are kept; the one that was opened first goes."""
KEPT_CASES = 6
"""Changed cases that are kept."""


@dataclass(frozen=True)
class Served:
    """What is served. given: the changes of the command line, as `--set`; start: a run of the same inputs to begin with."""

    model: Path
    overlays: tuple[Path, ...] = ()
    given: tuple[str, ...] = ()
    runs: Path = Path("runs")
    start: RunFolder | None = None


def served(what: Path, overlays: tuple[Path, ...] = (), sets: tuple[str, ...] = (), runs: Path = Path("runs")) -> Served:
    """A model, or the model of a run folder, which the page begins with. InputFaults if it is no longer there."""
    if not what.is_dir():
        return Served(what, overlays, sets, runs)
    run = RunFolder(what)
    model = Path(str(run.manifest.get("model", "")))
    if not model.is_file():
        raise InputFaults([Fault(str(what), 0, f"its model {model} is not here: serve it from the folder in which it was solved")])
    own = tuple(Path(each) for each in run.manifest.get("overlays", []))
    return Served(model, (*own, *overlays), (*run.manifest.get("sets", []), *sets), runs, run)


@dataclass
class Desk:
    """A question that is served."""

    of: Served
    question: SharedInputs
    case: Case
    solver: Solver
    sessions: dict[str, Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _controls: tuple[bool, list[Control]] | None = None
    _cases: dict[tuple[str, ...], Case] = field(default_factory=dict)

    @classmethod
    def of_model(cls, of: Served) -> Desk:
        """Read what is served; its thread is not started. InputFaults."""
        question = ask(of.model, overlays=of.overlays, sets=of.given)
        desk = cls(of, question, case_of(question), Solver(question))
        if of.start is not None:
            texts = {f"inputs/{name}": text for name, text in case_files.texts(desk.case).items()}
            if store.digest(texts[name].encode() for name in sorted(texts)) != of.start.manifest.get("digest_of_inputs"):
                raise InputFaults([Fault(str(of.start.path), 0, f"its inputs have changed since: gwplan serve {of.model}")])
            known = Answered((), of.start.status, "", of.start)
            desk.solver.what_if.last = known
            desk.solver.know((), known)
        return desk

    @cached_property
    def pins(self) -> Pins:
        """The plans that were saved under a name."""
        return Pins(self.of.runs, self.case.definition.name)

    @cached_property
    def studies(self) -> Studies:
        """Studies of many plans that run beside the page."""
        return Studies(self.of.runs)

    @property
    def base(self) -> Answered | None:
        """The plan of the tables as they are; None before it is found."""
        return self.solver.known(())

    @property
    def controls(self) -> list[Control]:
        """Sliders and switches; those of the numbers on which the plan hangs once there is one."""
        base = self.base
        with self._lock:
            if self._controls is None or self._controls[0] != (base is not None):
                self._controls = base is not None, controls_of(self.case, None if base is None else base.run)
            return self._controls[1]

    def case_with(self, sets: tuple[str, ...]) -> Case:
        """The case with some changes; the last few are kept. InputFaults where they cannot be used."""
        with self._lock:
            found = self._cases.pop(sets, None)
        if found is None:
            found = self.case if not sets else case_of(replace(self.question, sets=(*self.question.sets, *sets)))
        with self._lock:
            self._cases[sets] = found
            while len(self._cases) > KEPT_CASES:
                self._cases.pop(next(iter(self._cases)))
        return found

    def control(self, name: str) -> Control | None:
        """A control by name."""
        return next((each for each in self.controls if each.name == name), None)

    def open(self, sets: dict[str, str] | None = None) -> Session:
        """A tab."""
        session = Session(sets=dict(sets or {}), asked=1)
        with self._lock:
            self.sessions[session.name] = session
            while len(self.sessions) > MOST_TABS:
                self.sessions.pop(next(iter(self.sessions)))
        self.solver.ask(session)
        return session

    def words(self, session: Session) -> list[str]:
        """The changes of a tab as people read them."""
        return self.said(session.sets)

    def said(self, sets: Mapping[str, str]) -> list[str]:
        """Some changes as people read them."""
        return in_words(self.controls, sets, self.question.files)

    def in_words(self, message: str) -> str:
        """A message of the command line with the changes that it names as the page calls them."""
        def told(found: re.Match[str]) -> str:
            key, equals, value = found["quoted"].partition("=") if found["quoted"] else found["bare"].partition("=")
            return f"“{', '.join(self.said({key: value}))}”" if equals else found[0]

        return _SET.sub(told, message)

    def swings(self, session: Session) -> list[Swing]:
        """The numbers on which the plan of the tables hangs, and where each is with the changes of a tab."""
        base = self.base
        return [] if base is None or base.run is None else tornado(base.run, self.controls, session.sets)

    def command(self, session: Session, overlay: Path | None = None, name: str = "solve") -> str:
        """The command that gives what is on the screen of a tab. overlay: a file that has its changes of tables."""
        return shlex.join(["gwplan", *self.words_of(session, overlay, name)])

    def words_of(self, session: Session, overlay: Path | None = None, name: str = "solve") -> list[str]:
        """The words of that command."""
        sets = session.texts if overlay is None else tuple(left_over(session.sets))
        words = [name, str(self.of.model), *(STUDIES[name][1] if name in STUDIES else ())]
        words += [word for path in (*self.of.overlays, *([overlay] if overlay else [])) for word in ("--with", str(path))]
        words += [word for text in (*self.of.given, *sets) for word in ("--set", text)]
        return words

    def pin(self, session: Session, name: str) -> Pin:
        """Save the plan on the screen of a tab under a name. ValueError says why not; OSError."""
        with session.lock:
            shown, sets = session.shown, dict(session.sets)
        if session.solving or session.failure is not None or shown is None or shown.run is None:
            raise ValueError("There is no plan for these changes yet.")
        facts = {"model": str(self.of.model), "overlays": [str(path) for path in self.of.overlays],
                 "sets": [*self.of.given, *(f"{key}={value}" for key, value in sets.items())]}  # fmt: skip
        return self.pins.add(name, sets, shown.run, facts)
