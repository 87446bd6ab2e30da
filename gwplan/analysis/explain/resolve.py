"""Solves of one question with some of its numbers changed: from the last plan, or cold, without any plan to start from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.analysis.scenarios.scenario import Result, Scenario, SharedInputs, ask
from gwplan.analysis.scenarios.worker import Built, build_scenario, solve_built
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.inputs.definition_text import as_toml
from gwplan.inputs.memory import AnyPath, MemoryPath
from gwplan.results.run_folder import RunFolder

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

Told = Callable[[str], None]
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

    def cold(self, sets: Sets = ()) -> Result:
        """The best plan, found without one to start from. KeyboardInterrupt if asked to stop."""
        return self._solved(self.question, sets)

    def warm(self, sets: Sets = ()) -> Result:
        """The best plan, searched from the last one. KeyboardInterrupt if asked to stop."""
        begun = self.last is not None and decides(self.last.plan)
        return self._solved(self.question.begun(self.last) if begun and self.last else self.question, sets)

    def valued(self, plan: str, sets: Sets) -> float | None:
        """The objective of the decisions of a plan with other numbers; None where they cannot be carried out."""
        from gwplan.solving import decisions

        built = self.build(sets)
        if isinstance(built, Result):
            return None
        every = len(built.case.calendar.periods)  # without a decision all are 0
        try:
            fixing = (decisions.fix(built.plan, built.arrays, decisions.plan_of(plan, "plan.csv", built.case)) if decides(plan)
                      else decisions.fix(built.plan, built.arrays, [], before=every))
        except InputFaults:
            return None
        if fixing.impossible:
            return None
        found = solve_built(self.question, replace(built, fixed=fixing.values))
        return float(found.summary["objective"]) if found.status.has_plan else None

    def build(self, sets: Sets) -> Built | Result:
        """The model with some numbers changed; the last one is kept."""
        if self._built is None or self._built[0] != sets:
            self._built = None
            self._built = sets, build_scenario(self.question, Scenario((), sets))
        return self._built[1]

    def _solved(self, question: SharedInputs, sets: Sets) -> Result:
        built = self.build(sets)
        if self.told is not None:
            self.told(f"solve {self.solves + 1}: {', '.join(sets) or 'the model as it is'}")
        found = solve_built(question, built)
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


def decides(plan: str) -> bool:
    """True if the text of a plan has a decision: nothing may be built, where all is rented."""
    return len(plan.splitlines()) > 1


def question_of(model: AnyPath, overlays: tuple[AnyPath, ...] = (), sets: Sets = (), gap: float | None = None,
                time_limit: str | None = None) -> SharedInputs:
    """The question of a model file, or of the inputs that a run folder was made from. InputFaults."""
    if isinstance(model, Path) and model.is_dir():
        return replace(ask_again(RunFolder(model)), gap=gap, time_limit=time_limit)
    return replace(ask(model, overlays=overlays, sets=sets, gap=gap, time_limit=time_limit), threads=None)


def ask_again(run: RunFolder) -> SharedInputs:
    """The question of a run, from its own inputs. InputFaults."""
    return replace(ask(model_of(run)), threads=None)


def model_of(run: RunFolder) -> MemoryPath:
    """The model file of a run with its own inputs, in memory."""
    definition = {**run.manifest["definition"], "inputs": "inputs"}
    definition.pop("overlays", None)  # the inputs of a run include them already
    model = f"{run.summary.get('model', 'plan')}.toml"
    tables = {f"inputs/{name}": run.files.text(f"inputs/{name}").encode() for name in run.files.names("inputs") if name.endswith(".csv")}
    return MemoryPath({model: as_toml(definition).encode(), **tables}, model)


def case_of(question: SharedInputs) -> Case:
    """The case of a question. InputFaults."""
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    folder = MemoryPath(question.files)
    return read(Request(folder / question.model, tuple(folder / name for name in question.overlays), question.sets, gap=question.gap,
                        time_limit=question.time_limit))
