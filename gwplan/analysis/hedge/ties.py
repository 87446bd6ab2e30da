"""Which decisions of several scenarios are one: those of a period in which they cannot be told apart.

A decision is made in the period in which it is ordered, started or signed. Where a scenario cannot deliver it on its order (a queue that
opens later), it is taken up there in the first period from which it can. What a scenario could not deliver at all within the horizon
is not ordered before that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gwplan.solving.decisions import DECISIONS
from gwplan.solving.extensive import Entry, SharedDecision

if TYPE_CHECKING:
    from gwplan.analysis.hedge.branches import Tree
    from gwplan.model.assemble import Plan
    from gwplan.model.block import Key
    from gwplan.solving.linear_program import Arrays

PERIOD = "period"
RETIRED = "accelerators.retired"
"""Follows from arrivals: the same in all scenarios that have it."""
FAMILIES = frozenset({
    *(f"{part}.{name}" for (part, _), names in DECISIONS.items() for name in names),
    "power.energy_ordered", "contracts.invested", "finance.revolver_agreed",
})  # fmt: skip
"""Variables that are decided ahead; all others follow as a scenario comes: what runs, which supply gives, what is drawn and paid."""

Where = tuple[str, "Key"]
"""A family and its index without the period."""
Decided = tuple[Where, int]
"""A decision and the number of the period in which it is made."""
Columns = dict[Where, dict[int, int]]
"""Columns of each decision by period."""


@dataclass(frozen=True)
class Ties:
    """The shared decisions of some scenarios, by number among those that are solved together.

    made: the decision of each; scenarios: those that share it. barred: columns that stay 0, since another scenario that cannot be told
    apart could never deliver the order. moved: (scenario, decision, period in which it is taken up there).
    """

    shared: tuple[SharedDecision, ...]
    made: tuple[Decided, ...]
    barred: tuple[Entry, ...]
    moved: tuple[tuple[int, Decided, int], ...]


def columns_of(plan: Plan, arrays: Arrays) -> Columns:
    """The columns of the decisions of a model. A decision for good, without a period, is made in the first one."""
    over = {f"{family.part}.{family.name}": family.over for family in plan.variables}
    found: Columns = {}
    for (family, key), column in arrays.columns.items():
        if family in FAMILIES:
            named = over[family]
            place = named.index(PERIOD) if PERIOD in named else None
            where = (family, key if place is None else (*key[:place], *key[place + 1:]))
            found.setdefault(where, {})[0 if place is None else key[place]] = column
    return found


def ties(tree: Tree, numbers: Sequence[int], columns: Sequence[Columns]) -> Ties:
    """The shared decisions of scenarios. numbers: theirs in the tree; columns: of each, in that order."""
    place = {number: n for n, number in enumerate(numbers)}
    groups = [tuple(tuple(place[each] for each in group) for group in tree.groups(period, numbers)) for period in range(len(tree.names))]
    tied = [{member for group in found if len(group) > 1 for member in group} for found in groups]
    shared, made, barred, moved = list[SharedDecision](), list[Decided](), list[Entry](), list[tuple[int, Decided, int]]()
    for where in dict.fromkeys(where for each in columns for where in each):
        own = [each.get(where, {}) for each in columns]
        for period in sorted({period for each in own for period in each}):
            for group in groups[period]:
                if not tied[period].issuperset(group) or not any(period in own[member] for member in group):
                    continue
                taken = {member: min((each for each in own[member] if each >= period), default=None) for member in group}
                late = {member: each for member, each in taken.items() if each != period}
                if late and where[0] == RETIRED:
                    continue
                if None in late.values():
                    barred += [(member, own[member][period]) for member in group if period in own[member]]
                    continue
                entered = {member: (each, own[member][each]) for member, each in taken.items() if each is not None}
                exact = frozenset(member for member, (each, _) in entered.items() if member in tied[each])
                shared.append(SharedDecision({member: column for member, (_, column) in entered.items()}, exact))
                made.append((where, period))
                moved += [(numbers[member], (where, period), each) for member, each in late.items() if each is not None]
    entered_late = {entry for each in shared for entry in each.enters.items()}  # what was ordered before is taken up there all the same
    return Ties(tuple(shared), tuple(made), tuple(each for each in barred if each not in entered_late), tuple(moved))

