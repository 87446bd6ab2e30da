"""Why a model cannot be met: the promises that clash, and for each number behind them the smallest change of it alone that is enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gwplan.planning import blame
from gwplan.planning.levers import Lever, all_levers
from gwplan.planning.remedies import Models, Remedy, sought, together
from gwplan.solving import infeasibility
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.infeasibility import Clash
from gwplan.solving.options import Deadline
from gwplan.solving.problem import Problem

if TYPE_CHECKING:
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import Request
    from gwplan.solving.linear_program import Arrays

Told = Callable[["Unmet"], None]


@dataclass(frozen=True)
class Unmet:
    """Why no plan keeps all promises, as far as it was found in time.

    sentence: the promises that clash; undone: what the user's own changes have to do with it; enough: verified changes, the smallest
    share first; not_enough: numbers of which no change alone is enough, proven; unknown: those for which nothing was found in time.
    compromise: a change of all of them by one share, where several take part. seconds: since the question.
    """

    sentence: str
    undone: str = ""
    enough: tuple[Remedy, ...] = ()
    not_enough: tuple[Lever, ...] = ()
    unknown: tuple[Lever, ...] = ()
    compromise: tuple[str, ...] = ()
    compromise_words: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def as_json(self) -> dict[str, Any]:
        """As `gwplan why --json` prints it."""
        return {
            "sentence": self.sentence, "undone": self.undone.strip(),
            "enough": [{"row": each.lever.place, "name": each.lever.name, "set": each.change, "share": each.share, "at_least": each.needed,
                        "words": each.words, "note": each.note} for each in self.enough],
            "not_enough": [f"{each.place} {each.name}" for each in self.not_enough],
            "unknown": [f"{each.place} {each.name}" for each in self.unknown],
            "compromise": list(self.compromise), "seconds": self.seconds,
        }


def families(clash: Clash, part: Any) -> list[tuple[str, str]]:
    """The families of rows that take part in a clash, each a rule and its target, class or group, or a blank."""
    told = infeasibility.taking_part(*part) if part is not None and part[1].x is not None else ()
    found = {(rule, str(group)) for rule, group in told}
    for rule, key in clash.parts:
        found.add((rule, str(key[0]) if rule.startswith(("goal.target", "budget.")) else ""))
    return sorted(found)


def enough(models: Models, deadline: Deadline, clash: tuple[Clash, Any]) -> list[str]:
    """The changes of one number that are enough, in words, as far as there is time; the smallest share first."""
    levers = all_levers(models.built[0], families(*clash))
    found = remedied(models, deadline, Unmet(""), levers, lambda each: each)
    return [each.words for each in found.enough]


def explain(models: Models, deadline: Deadline, clash: Clash, part: Any, told: Told | None = None) -> Unmet:
    """All of it in the time there is. told: called with each step. KeyboardInterrupt ends it with what was found so far."""
    began = time.perf_counter()
    found = Unmet(f"No plan keeps all of these promises: {'; '.join(clash.promises)}." if len(clash.promises) > 1 else clash.sentence)

    def tell(more: Unmet) -> Unmet:
        more = replace(more, seconds=time.perf_counter() - began)
        if told is not None:
            told(more)
        return more

    levers = all_levers(models.built[0], families(clash, part))
    found = tell(replace(found, unknown=tuple(levers)))
    try:
        found = remedied(models, deadline, found, levers, tell)
        if deadline.left > 0:
            look = blame.Look(deadline, models.seconds, in_whole=part is None, build=lambda request: built_of(models, request))
            found = tell(replace(found, undone=blame.sentence(models.request, look, clash)))
        if len(found.enough) > 1 and deadline.left > 0:
            shared = together(models, [each.lever for each in found.enough if not each.lever.date], deadline)
            found = tell(replace(found, compromise=tuple(each for each, _ in shared), compromise_words=tuple(words for _, words in shared)))
    except KeyboardInterrupt:
        pass
    return found


def remedied(models: Models, deadline: Deadline, found: Unmet, levers: Iterable[Lever],
             tell: Callable[[Unmet], Unmet]) -> Unmet:
    """The explanation with the remedy of each number that there is time for."""
    for lever in levers:
        if deadline.left <= 0:
            break
        one = sought(models, lever, deadline)
        left = tuple(each for each in found.unknown if each != lever)
        if one.remedy is not None:
            found = replace(found, enough=tuple(sorted((*found.enough, one.remedy), key=lambda each: each.share)), unknown=left)
        elif one.proven:
            found = replace(found, not_enough=(*found.not_enough, lever), unknown=left)
        found = tell(found)
    return found


def built_of(models: Models, request: Request) -> tuple[Plan, Arrays]:
    """The model of a changed request."""
    from gwplan.planning.build import build, read

    return build(read(request))


def why(request: Request) -> Unmet | None:
    """Why the model of a request cannot be met, within its time limit; None if it can. InputFaults if the inputs are faulty.

    The request's `progress` hears of each number that was looked at.
    """
    from gwplan.planning.build import build, options_of, read
    from gwplan.planning.request import Progress

    began = time.perf_counter()

    def told(found: Unmet) -> None:
        if request.progress is not None:
            done = len(found.enough) + len(found.not_enough)
            request.progress(Progress(f"explain ({done} of {done + len(found.unknown)} numbers)", time.perf_counter() - began))

    case = read(request)
    plan, arrays = build(case)
    deadline = Deadline(options_of(case))
    models = Models(request, (case, plan, arrays), time.perf_counter() - began)
    broken = any(rule.broken for rule in plan.rules)
    part = None if broken else infeasibility.clashing(arrays, deadline)
    if part is None and not broken:
        some = solve_problem(Problem(arrays, nothing(arrays)), deadline.within(deadline.left / 2))
        if some.x is not None:
            return None
    return explain(models, deadline, infeasibility.explain(plan, arrays, deadline, part), part, told)
