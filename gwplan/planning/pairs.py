"""Two numbers that have to change together, where no change of one number alone is enough.

One of the two is set free: its rows are left out, a date is the last there is, a change of the user is taken back. The other is then
changed by as little as is enough, and with that change the first by as little as is enough beside it. So less of the one is not
enough whatever the other is, and less of the other is not enough beside the one. Either may be the one that is set free; the changes
that are smaller in all are told. All are found and verified as changes of one number are (`remedies.py`, `reverted.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from gwplan.model.targets import held_in
from gwplan.planning.blame import Change, changes
from gwplan.planning.levers import Lever
from gwplan.planning.remedies import quarter_or_month
from gwplan.planning.remedy import Models, Remedy, Sought
from gwplan.planning.reverted import Whole, path_of, reverted, smallest
from gwplan.solving.elastic import VISIBLE
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.infeasibility import SMALL, clashing
from gwplan.solving.problem import Problem

if TYPE_CHECKING:
    from gwplan.solving.options import Deadline

MOST = 8
"""Numbers of which each pair is looked at."""
LeversOf = Callable[[Models, Any], Sequence[Lever]]
"""The numbers that take part in the clash of a model. The second is the clash without whole numbers, None if there is none."""


@dataclass(frozen=True)
class Pair:
    """Two changes that are enough together, each verified beside the other; neither is enough alone."""

    one: Remedy
    other: Remedy

    @property
    def both(self) -> tuple[Remedy, Remedy]:
        """The two changes."""
        return self.one, self.other

    @property
    def changes(self) -> tuple[str, str]:
        """The two `--set`."""
        return self.one.change, self.other.change

    @property
    def share(self) -> float:
        """How large they are in all: the sum of their shares."""
        return self.one.share + self.other.share

    @property
    def words(self) -> str:
        """The two rows to edit, with their old and new values."""
        return f"{self.one.words} and {self.other.words}"


@dataclass(frozen=True)
class Half:
    """A number that may change beside another: of a target or limit, or one that the user changed.

    free: the models with it free; smallest: its smallest change. To try first: the whole numbers of a plan with the number free.
    """

    name: str
    free: Callable[[Models], Models]
    smallest: Callable[[Models, Deadline, Whole], Sought]


def halves_of(models: Models, levers: Sequence[Lever]) -> dict[str, Half]:
    """Numbers that may change together, by name: those of targets and limits, and those that the user changed and none of these is."""
    found = {lever.key: of_lever(lever) for lever in levers}
    places = {lever.place for lever in levers}
    made = [of_change(change) for change in changes(models.request) if change.sets and change.place not in places]
    return found | {half.name: half for half in made if half.name not in found}


def of_lever(lever: Lever) -> Half:
    """The number of a target or a limit. Free, its rows are left out; a free date is the last on which its target holds."""
    def free(models: Models) -> Models:
        if not lever.date:
            return models.leaving(lever.follows)
        case = models.built[0]
        held = held_in(case, case.definition.targets[int(lever.rules[0][1]) - 1])
        return models.with_changes([lever.to(quarter_or_month(case.calendar.periods[held[-1]].first))] if held else [])

    return Half(lever.key, free, lambda models, deadline, _: smallest(models, lever, deadline))


def of_change(change: Change) -> Half:
    """A number that the user changed. Free, it has the value before. InputFaults from `free` for one that cannot be taken back so."""
    def free(models: Models) -> Models:
        path = path_of(models, change)
        if path is None:
            raise InputFaults([])
        return models.with_changes([path.to(path.before)])

    return Half(change.sets.partition("=")[0].strip(), free, partial(reverted, change=change))


def pairs(models: Models, levers: Sequence[Lever], levers_of: LeversOf, deadline: Deadline) -> Iterator[Pair]:
    """The pairs of changes that are enough, as far as there is time: of each two numbers the smaller one.

    levers: numbers of which none is enough alone; levers_of: those that take part in the clash of a model. What still clashes when one
    number is free is looked at beside it.
    """
    halves = halves_of(models, levers)
    stated, freed = {lever.key for lever in levers}, dict[str, Models]()
    more: dict[str, Half] = {}
    for name in list(halves)[:MOST]:
        found, others = freed_of(models, halves[name], levers_of, deadline)
        freed |= {name: found} if found is not None else {}
        more |= {lever.key: of_lever(lever) for lever in others if lever.key not in stated}
    halves |= more
    for name in list(halves)[:MOST]:
        if name in more:
            found, _ = freed_of(models, halves[name], levers_of, deadline)
            freed = {each: known for each, known in freed.items() if each != name} | ({name: found} if found is not None else {})
    for one, other in combinations(list(halves)[:MOST], 2):
        orders = [(one, other)] * (other in freed) + [(other, one)] * (one in freed)
        found_ones = [pair_of(models, freed[second], (halves[first], halves[second]), deadline) for first, second in orders]
        yield from in_order([pair for pair in found_ones if pair is not None])[:1]


def freed_of(models: Models, half: Half, levers_of: LeversOf, deadline: Deadline) -> tuple[Models | None, Sequence[Lever]]:
    """The model with a number free, which still has no plan, and what clashes in it; None if it has a plan, or it is not known.

    A number that is enough when it is free, but at no value (a target of nothing), is no part of a pair in this way.
    """
    if deadline.left <= 0:
        return None, ()
    try:
        free = half.free(models)
    except InputFaults:
        return None, ()
    _, plan, arrays = free.built
    if free.broken(plan):
        return free, ()
    small = arrays.whole.sum() <= SMALL
    part = clashing(arrays, deadline, parts=None if small else 1)
    if part is None and (not small or solve_problem(Problem(arrays, nothing(arrays)), deadline.within()).status != Status.INFEASIBLE):
        return None, ()
    return free, levers_of(free, part)


def pair_of(models: Models, free: Models, halves: tuple[Half, Half], deadline: Deadline) -> Pair | None:
    """The smallest change of the first number with the second free, and the smallest of the second beside it; None if there is none."""
    first, second = halves
    if deadline.left <= 0:
        return None
    try:
        one = first.smallest(free, deadline, {}).remedy
        if one is None or one.share <= VISIBLE:
            return None
        other = second.smallest(models.with_changes([one.change]), deadline, one.x).remedy
    except InputFaults:
        return None
    return None if other is None or other.share <= VISIBLE else Pair(one, other)


def in_order(found: Sequence[Pair]) -> tuple[Pair, ...]:
    """Pairs, the smallest first."""
    return tuple(sorted(found, key=lambda pair: pair.share))


