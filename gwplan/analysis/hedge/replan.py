"""A planner without a hedge: plans as if nothing else would change, keeps what was decided, and plans again as things become known.

Each node of the tree has a model of its own: the base with the changes that are known there. What was decided before stands; an order
that this model cannot deliver on its date is taken up as soon as it can. This is the rolling horizon of a firm that re-plans, and the
base of the value of the stochastic solution over several stages (Escudero, Garin, Merino and Perez 2007, The value of the stochastic
solution in multistage problems).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gwplan.analysis.hedge.branches import Tree
from gwplan.analysis.hedge.futures import Future, Model
from gwplan.analysis.hedge.policy import Policy
from gwplan.analysis.hedge.ties import MONEY, RETIRED, Columns, Decided
from gwplan.common.status import Status
from gwplan.solving.settled import settled
from gwplan.solving.site_openings import opened
from gwplan.solving.standing import with_least, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from gwplan.solving.linear_program import Floats
    from gwplan.solving.options import Options

SMALL = 1e-6
"""An amount that an order may have by rounding where it can never be delivered."""
DIGITS = 6
"""Decimals to which decisions are compared."""
CLOSE = 1e-6
"""Share of a payment, and MUSD, by which it may differ: orders are whole numbers where it is taken over."""
Made = Mapping[Decided, float]
Known = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Stands:
    """What was decided, in a model. fixed: values by column; paid: money by column, to the solver's rounding; least: amounts that columns
    have at least, as they are taken up there.

    lost: True where an order can never be delivered there. Where an order is taken up late, money is free: less is paid before that.
    """

    fixed: dict[int, float]
    paid: dict[int, float]
    least: dict[int, float]
    lost: bool


def stands(columns: Columns, made: Made, before: int) -> Stands:
    """What of the decisions of periods before a number enters which column. What was not decided is 0."""
    fixed, paid = ({column: 0.0 for where, found in columns.items() for period, column in found.items()
                    if period < before and (where[0] in MONEY) == money} for money in (False, True))
    least: dict[int, float] = {}
    lost = moved = late = False
    for (where, period), amount in made.items():
        found = columns.get(where, {})
        if where[0] in MONEY:
            paid |= {found[period]: amount} if found.get(period) in paid else {}
            continue
        taken = period if period in found else min((each for each in found if each >= period), default=None)
        if amount <= SMALL or (where[0] == RETIRED and taken != period):
            continue
        if taken is None:
            lost = True
            continue
        late = late or taken != period
        moved = moved or (taken != period and where[0].startswith("accelerators."))
        into = fixed if taken < before else least
        into[found[taken]] = into.get(found[taken], 0.0) + amount
    if moved:
        retired = {column for where, found in columns.items() if where[0] == RETIRED for column in found.values()}
        fixed = {column: amount for column, amount in fixed.items() if column not in retired}
    return Stands(fixed, {} if late else paid, least, lost)


@dataclass
class Replanner:
    """Plans again at each node of a tree. model: of what is known at a node; ended: scenarios through which the policy got."""

    tree: Tree
    futures: tuple[Future, ...]
    options: Options
    model: Callable[[Known], Model]
    xs: dict[int, Floats] = field(default_factory=dict)
    made: dict[int, dict[Decided, float]] = field(default_factory=dict)
    bounds: dict[int, float] = field(default_factory=dict)
    tried: dict[frozenset[tuple[Decided, float]], Policy] = field(default_factory=dict)
    status: Status = Status.OPTIMAL

    def policy(self, name: str, root: Made) -> Policy:
        """A plan's decisions before anything is known, then planned again at each node; of decisions that were tried already, the same."""
        key = frozenset((each, round(amount, DIGITS)) for each, amount in root.items() if amount > SMALL)
        if key not in self.tried:
            self.tried[key] = self.through(name, root)
        return replace(self.tried[key], name=name)

    def through(self, name: str, root: Made) -> Policy:
        """As `policy`."""
        self.xs, self.made, self.bounds, self.status = {}, {}, {}, Status.OPTIMAL
        count, start = len(self.futures), self.tree.root
        groups = self.tree.groups(start) if start < len(self.tree.names) else (tuple(range(count)),)
        for group in groups:
            self.descend(group, start, dict(root))
        return self.reached(name)

    def reached(self, name: str) -> Policy:
        """What was planned, in each scenario."""
        count = len(self.futures)
        values = tuple(each.arrays.costs[0].value(self.xs[number]) if number in self.xs else math.nan
                       for number, each in enumerate(self.futures))
        bounds = tuple(self.bounds.get(number, math.nan) for number in range(count))
        xs = tuple(self.xs.get(number, np.zeros(0)) for number in range(count))
        return Policy(name, values, bounds, xs, self.status, tuple(self.made.get(number, {}) for number in range(count)))

    def descend(self, group: tuple[int, ...], period: int, made: dict[Decided, float]) -> None:
        """Plan for scenarios that cannot be told apart from a period on, and go on with those that can be later."""
        last = len(self.tree.names)
        end = next((each for each in range(period, last) if len(self.tree.groups(each, group)) > 1), last)
        if len(group) == 1 or period >= last:
            for number in group:
                self.ends(number, period, made)
            return
        model = self.model(self.tree.branches[group[0]].seen(period))
        found = self.again(model, period, made)
        if found is None:
            return
        decided, _, _ = found
        made = made | {each: amount for each, amount in decided.items() if each[1] < end}
        for part in self.tree.groups(end, group) if end < last else (group,):
            self.descend(part, end, made)

    def ends(self, number: int, period: int, made: dict[Decided, float]) -> None:
        """The best plan of one scenario after what was decided."""
        future = self.futures[number]
        found = self.again(future, period, made)
        if found is not None:
            decided, x, bound = found
            self.xs[number], self.bounds[number], self.made[number] = x, bound, made | decided

    def again(self, model: Model | Future, period: int, made: Made) -> tuple[dict[Decided, float], Floats, float] | None:
        """What a model decides from a period on, with what was made before; its columns and bound. None without a plan."""
        from gwplan.solving.lexicographic import solve_goals

        stand = stands(model.columns, made, period)
        if stand.lost:
            self.status = Status.INFEASIBLE
            return None
        arrays = within(with_least(model.arrays, stand.least), stand.paid, CLOSE)
        fixed = {column: float(round(value)) if arrays.whole[column] else value for column, value in stand.fixed.items()}
        rest = settled(arrays, fixed)
        answer = solve_goals(rest.arrays, replace(self.options, likely=opened(arrays, fixed)))
        if answer.x is None:
            self.status = answer.status
            return None
        x = rest.whole(answer.x)
        self.status = self.status if answer.status is Status.OPTIMAL else answer.status
        decided = {(where, each): float(x[column]) - stand.least.get(column, 0.0)
                   for where, found in model.columns.items() for each, column in found.items() if each >= period}
        return decided, x, answer.bound


def models_of(build: Callable[[Known], Model], base: Model, futures: tuple[Future, ...], tree: Tree) -> Callable[[Known], Model]:
    """The model of what is known at a node: the base, a scenario where all of it is known, else one that is built once."""
    known: dict[Known, Model] = {frozenset(): base}
    for future, branch in zip(futures, tree.branches, strict=True):
        if all(each.known is not None for each in branch.changes):
            known.setdefault(branch.seen(len(tree.names)), Model(future.arrays, future.columns))

    def found(changes: Known) -> Model:
        if changes not in known:
            known[changes] = build(changes)
        return known[changes]

    return found


