"""Which decisions of several scenarios are one: those of a period in which they cannot be told apart.

A decision is made in the period in which it is ordered, started or signed. Where a scenario cannot deliver it on its order (a queue that
opens later), it is taken up there in the first period from which it can. What a scenario could not deliver at all within the horizon
is not ordered before that is known.

Money that is paid in, drawn, repaid by choice or paid out is shared too, but not with a scenario in which an order was taken up late: it
pays for that order later, and needs its money then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gwplan.model.parts.finance.debt import is_sculpted
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
REPAID = "finance.principal"
"""A choice for sculpted debt; by a schedule else, which may depend on a rate."""
MONEY = frozenset({"finance.equity", "finance.drawn", "finance.refinanced", REPAID, "finance.dividends", "finance.returned"})
"""What is paid in a period. Cash and the revolver take up what differs."""
FAMILIES = frozenset({
    *(f"{part}.{name}" for (part, _), names in DECISIONS.items() for name in names),
    "power.energy_ordered", "contracts.invested", "finance.revolver_agreed",
}) | MONEY  # fmt: skip
"""Variables that are decided ahead; all others follow as a scenario comes: what runs, which supply gives, what taxes come to."""

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
        if family in FAMILIES and not (family == REPAID and not is_sculpted(plan.case, str(key[0]))):
            named = over[family]
            place = named.index(PERIOD) if PERIOD in named else None
            where = (family, key if place is None else (*key[:place], *key[place + 1:]))
            found.setdefault(where, {})[0 if place is None else key[place]] = column
    return found


def ties(tree: Tree, numbers: Sequence[int], columns: Sequence[Columns]) -> Ties:
    """The shared decisions of scenarios. numbers: theirs in the tree; columns: of each, in that order."""
    return Tying(tree, tuple(numbers), columns).found()


@dataclass
class Tying:
    """Ties as they are found. late: the first period from which a member takes up orders later than they are placed."""

    tree: Tree
    numbers: tuple[int, ...]
    columns: Sequence[Columns]
    shared: list[SharedDecision] = field(default_factory=list)
    made: list[Decided] = field(default_factory=list)
    barred: list[Entry] = field(default_factory=list)
    moved: list[tuple[int, Decided, int]] = field(default_factory=list)
    late: dict[int, int] = field(default_factory=dict)

    def found(self) -> Ties:
        """Orders first, then the money that pays for them."""
        place = {number: n for n, number in enumerate(self.numbers)}
        groups = [[tuple(place[each] for each in group) for group in self.tree.groups(period, self.numbers)]
                  for period in range(len(self.tree.names))]
        tied = [{member for group in found if len(group) > 1 for member in group} for found in groups]
        every = dict.fromkeys(where for each in self.columns for where in each)
        for where in sorted(every, key=lambda each: each[0] in MONEY):
            own = [each.get(where, {}) for each in self.columns]
            for period in sorted({period for each in own for period in each}):
                for group in groups[period]:
                    if len(group) > 1 and any(period in own[member] for member in group):
                        (self.pay if where[0] in MONEY else self.order)((where, period), group, tied)
        entered = {entry for each in self.shared for entry in each.enters.items()}  # what was ordered before is taken up there all the same
        return Ties(tuple(self.shared), tuple(self.made), tuple(each for each in self.barred if each not in entered), tuple(self.moved))

    def order(self, decision: Decided, group: Sequence[int], tied: Sequence[set[int]]) -> None:
        """Tie an order of a group that cannot be told apart. tied: the members of any such group, by period."""
        where, period = decision
        own = {member: self.columns[member].get(where, {}) for member in group}
        taken = {member: min((each for each in own[member] if each >= period), default=None) for member in group}
        late = {member: each for member, each in taken.items() if each != period}
        if late and where[0] == RETIRED:
            return
        if None in late.values():
            self.barred += [(member, own[member][period]) for member in group if period in own[member]]
            return
        entered = {member: (each, own[member][each]) for member, each in taken.items() if each is not None}
        exact = frozenset(member for member, (each, _) in entered.items() if member in tied[each])
        self.shared.append(SharedDecision({member: column for member, (_, column) in entered.items()}, exact))
        self.made.append(decision)
        for member, each in late.items():
            if each is not None:
                self.moved.append((self.numbers[member], decision, each))
                self.late[member] = min(period, self.late.get(member, period))

    def pay(self, decision: Decided, group: Sequence[int], tied: Sequence[set[int]]) -> None:
        """Tie a payment of the members of a group whose orders all came as they were placed; where one of them has none, none has."""
        where, period = decision
        alike = [member for member in group if self.late.get(member, period + 1) > period]
        having = {member: self.columns[member][where][period] for member in alike if period in self.columns[member].get(where, {})}
        if len(having) < len(alike):
            self.barred += having.items()
        elif len(alike) > 1:
            self.shared.append(SharedDecision(having, frozenset(having)))
            self.made.append(decision)
