"""Solves of one question with some of its numbers changed: from the last plan, or cold, without any plan to start from.

One model is held: of a changed number only what reads it is stated again. A solve from the last plan also begins its linear programs where
those before it ended; a cold one does not. Which sites the last relaxation opened is told to both: a guess that speeds up the relaxation,
whose answer does not depend on it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.analysis.scenarios.scenario import Result, Scenario, SharedInputs, ask
from gwplan.analysis.scenarios.worker import Aids, Built, build_scenario, request_of, solve_built
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.inputs.definition_text import as_toml
from gwplan.inputs.memory import AnyPath, MemoryPath
from gwplan.planning.build import Builder, options_of
from gwplan.results.run_folder import RunFolder, readable
from gwplan.solving.bases import Bases

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

Told = Callable[[str], None]
_LONG = re.compile(r"\d+\.\d{6,}")
"""A number with more digits than anybody reads, such as 4.800000000000001."""
Sets = tuple[str, ...]


class NoBase(Exception):
    """The unchanged question has no plan, so there is nothing to explain. `base` is its result."""

    def __init__(self, base: Result) -> None:
        super().__init__(f"The unchanged model has no plan: {base.status.text}. {base.message}".strip())
        self.base = base


@dataclass
class Resolver:
    """A question, and the last plan that was found for it. solves: how often it was solved, plans that are only valued not counted."""

    question: SharedInputs
    told: Told | None = None
    solves: int = 0
    last: Result | None = None
    _built: tuple[Sets, Built | Result] | None = field(default=None, repr=False)
    _builder: Builder = field(default_factory=Builder, repr=False)
    _bases: Bases = field(default_factory=Bases, repr=False)

    def cold(self, sets: Sets = ()) -> Result:
        """The best plan, found without one to start from, or a basis. KeyboardInterrupt if asked to stop."""
        likely = self.last.opened if self.last is not None else ()
        return self._solved(replace(self.question, likely=likely), sets, Aids(guess=None if likely else self._guess(sets)))

    def _guess(self, sets: Sets) -> Callable[[], tuple[str, ...]] | None:
        """Gives the sites that the relaxation may open; None where that would not help."""
        from gwplan.planning.guess import by_years

        built = self.build(sets)
        if isinstance(built, Result):
            return None
        return by_years(request_of(self.question, Scenario((), sets)), built.case, built.arrays, options_of(built.case))

    def warm(self, sets: Sets = ()) -> Result:
        """The best plan, searched from the last one. KeyboardInterrupt if asked to stop."""
        return self._solved(self.question if self.last is None else self.question.begun(self.last), sets, Aids(self._bases))

    def afresh(self, plan: Result, sets: Sets) -> Result:
        """The best plan, searched from one with the same numbers, each linear program from nothing: whatever was found by an earlier
        basis is proven without it. KeyboardInterrupt if asked to stop.
        """
        return self._solved(self.question.begun(plan), sets, Aids())

    def valued(self, plan: str, sets: Sets) -> float | None:
        """The objective of the decisions of a plan with other numbers; None where they cannot be carried out."""
        from gwplan.solving import decisions

        built = self.build(sets)
        if isinstance(built, Result):
            return None
        try:
            fixing = decisions.fix(built.plan, built.arrays, decisions.plan_of(plan, "plan.csv", built.case))
        except InputFaults:
            return None
        if fixing.impossible:
            return None
        found = solve_built(self.question, replace(built, fixed=fixing.values), Aids(self._bases))
        return float(found.summary["objective"]) if found.status.has_plan else None

    def build(self, sets: Sets) -> Built | Result:
        """The model with some numbers changed; the last one is kept.

        The variables of the one before are those of this one too: their values are of the plan that was loaded last.
        """
        if self._built is None or self._built[0] != sets:
            self._built = None
            # A change of the model file is stated in whole; the model held stays that of the tables, for the changes after it.
            of_tables = not any(each.strip().startswith("model.") for each in sets)
            self._built = sets, build_scenario(self.question, Scenario((), sets), self._builder if of_tables else None)
        return self._built[1]

    def _solved(self, question: SharedInputs, sets: Sets, aids: Aids) -> Result:
        built = self.build(sets)
        if self.told is not None:
            words = _LONG.sub(lambda found: f"{float(found[0]):.6g}", ", ".join(sets))
            self.told(f"solve {self.solves + 1}: {words or 'the model as it is'}")
        found = solve_built(question, built, aids)
        self.solves += 1
        if found.status is Status.FAULTY_INPUT:
            raise InputFaults([Fault(", ".join(sets) or self.question.model, 0, found.message)])
        if found.plan:
            self.last = found
        return found


def figure(result: Result, name: str) -> float:
    """A number of the summary of a plan; NaN where it has none, such as the bound of a search that was stopped early."""
    value = result.summary.get(name)
    return float(value) if isinstance(value, int | float) else math.nan


def question_of(model: AnyPath, overlays: tuple[AnyPath, ...] = (), sets: Sets = (), gap: float | None = None,
                time_limit: str | None = None) -> SharedInputs:
    """The question of a model file, or of the inputs that a run folder was made from. InputFaults."""
    if isinstance(model, Path) and model.is_dir():
        return replace(ask_again(RunFolder(model)), gap=gap, time_limit=time_limit)
    return replace(ask(model, overlays=overlays, sets=sets, gap=gap, time_limit=time_limit), threads=None)


def ask_again(run: RunFolder) -> SharedInputs:
    """The question of a run, from its own inputs. InputFaults."""
    with readable(run.path):
        return replace(ask(model_of(run)), threads=None)


def model_of(run: RunFolder) -> MemoryPath:
    """The model file of a run with its own inputs, in memory."""
    definition = {**run.manifest["definition"], "inputs": "inputs"}
    definition.pop("overlays", None)  # the inputs of a run include them already
    model = f"{run.summary.get('model', 'plan')}.toml"
    tables = {f"inputs/{name}": content for name, content in run.input_files.items()}
    return MemoryPath({model: as_toml(definition).encode(), **tables}, model)


def case_of(question: SharedInputs) -> Case:
    """The case of a question. InputFaults."""
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    folder = MemoryPath(question.files)
    return read(Request(folder / question.model, tuple(folder / name for name in question.overlays), question.sets, gap=question.gap,
                        time_limit=question.time_limit))
