"""What a planner gets who plans for the base, moves on, and plans again as things become known: the rolling horizon of firms.

Beside it stand, in each scenario, the plan of one who knew from the start that it comes, and on request the hedge. No plan of those who
know is worse than the hedge, and the hedge is on average no worse than planning again, up to what is not proven.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gwplan.analysis.hedge.branches import BASE, NEVER, Tree
from gwplan.analysis.hedge.futures import Future, Model, NoHedge, Told
from gwplan.analysis.hedge.hedge import Begun, begin, hedged, interrupted
from gwplan.analysis.hedge.policy import Amounts, Hedged, Interval, Policy
from gwplan.analysis.hedge.replan import Made, Replanner
from gwplan.analysis.hedge.ties import Decided
from gwplan.common import stopping
from gwplan.common.status import Status
from gwplan.solving.risk import RiskAim

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case
    from gwplan.solving.linear_program import Floats

SMALL = 1e-6
"""An amount below this is the solver's tolerance."""
NOTHING = "nothing"
"""What is known of a scenario that changes nothing."""


@dataclass(frozen=True)
class Replanned:
    """A plan that was made on the way. scenarios: by number, all that it may still turn out to be; period: from which it decides.

    expected: its objective if nothing else changes, NaN without a plan.
    """

    scenarios: tuple[int, ...]
    period: int
    expected: float
    status: Status


@dataclass
class Recorder(Replanner):
    """A planner to whom each change is news on its date, also where no other scenario is left; keeps what was expected at each node."""

    steps: list[Replanned] = field(default_factory=list)
    group: tuple[int, ...] = ()

    @property
    def root(self) -> int:
        """Number of the first period in which anything is known; all if never."""
        periods = range(len(self.tree.names))
        return next((each for each in periods if any(branch.seen(each) for branch in self.tree.branches)), len(periods))

    def through(self, name: str, root: Made) -> Policy:
        """See Replanner."""
        self.xs, self.made, self.bounds, self.status = {}, {}, {}, Status.OPTIMAL
        for group in self.tree.groups(min(self.root, len(self.tree.names) - 1)):
            self.descend(group, self.root, dict(root))
        return self.reached(name)

    def descend(self, group: tuple[int, ...], period: int, made: dict[Decided, float]) -> None:
        """Plan for what is known of some scenarios in a period, and again when more of any of them is."""
        last, branches = len(self.tree.names), [self.tree.branches[number] for number in group]
        self.group = group
        if period >= last:
            for number in group:
                self.ends(number, period, made)
            return
        seen = branches[0].seen(period)
        news = next((each for each in range(period, last) if any(branch.seen(each) != seen for branch in branches)), last)
        if news == last and all(change.known is not None for branch in branches for change in branch.changes):
            for number in group:
                self.ends(number, period, made)
            return
        found = self.again(self.model(seen), period, made)
        if found is not None:
            made = made | {each: amount for each, amount in found[0].items() if each[1] < news}
            for part in self.tree.groups(news, group) if news < last else (group,):
                self.descend(part, news, made)

    def ends(self, number: int, period: int, made: dict[Decided, float]) -> None:
        """See Replanner."""
        self.group = (number,)
        super().ends(number, period, made)

    def again(self, model: Model | Future, period: int, made: Made) -> tuple[dict[Decided, float], Floats, float] | None:
        """See Replanner."""
        before, self.status = self.status, Status.OPTIMAL
        found = super().again(model, period, made)
        expected = math.nan if found is None else model.arrays.costs[0].value(found[1])
        self.steps.append(Replanned(self.group, period, expected, self.status))
        self.status = before if self.status is Status.OPTIMAL else self.status
        return found


@dataclass(frozen=True)
class Rolled:
    """A finished study. base: the plan at first; policy: what came of it; steps: the plans on the way, the base plan first.

    root: number of the first period in which anything is known. hedge: None unless it was asked for (`asked`), and where no plan does
    for all scenarios.
    """

    case: Case
    tree: Tree
    base: Future
    futures: tuple[Future, ...]
    policy: Policy
    steps: tuple[Replanned, ...]
    root: int
    hedge: Hedged | None
    seconds: float
    asked: bool

    @property
    def maximize(self) -> bool:
        """True where the objective is a value, False where it is a cost."""
        return self.base.arrays.costs[0].maximize

    @property
    def sign(self) -> float:
        """1 where more is better, else -1."""
        return 1.0 if self.maximize else -1.0

    @property
    def foresight(self) -> tuple[float, ...]:
        """The objective of each scenario's own plan: of one who knew."""
        return tuple(each.alone.objective for each in self.futures)

    @property
    def status(self) -> Status:
        """Infeasible where no scenario has a plan, stopped where time was over on the way, else optimal."""
        if all(map(math.isnan, self.policy.values)) and not self.stopped:
            return Status.INFEASIBLE
        solved = [each.alone.status for each in (self.base, *self.futures)]
        return Status.STOPPED if self.stopped or Status.STOPPED in solved else Status.OPTIMAL

    def status_of(self, number: int) -> Status:
        """How planning again ended in a scenario."""
        own = [each.status for each in self.steps if number in each.scenarios]
        if math.isnan(self.policy.values[number]):
            return Status.STOPPED_EMPTY if own[-1] is Status.STOPPED else Status.INFEASIBLE
        return Status.STOPPED if Status.STOPPED in own else Status.OPTIMAL

    @property
    def stopped(self) -> bool:
        """True if time was over while something was planned again."""
        late = [] if self.hedge is None else [self.hedge.status]
        return Status.STOPPED in [*(each.status for each in self.steps), *late]

    def mean(self, values: Sequence[float]) -> float:
        """The expected value over the scenarios; NaN where one is."""
        return float(np.dot(values, self.tree.probabilities))

    @property
    def met(self) -> float:
        """The chance that it has a plan."""
        chances = zip(self.policy.values, self.tree.probabilities, strict=True)
        return math.fsum(chance for value, chance in chances if not math.isnan(value))

    @property
    def regret(self) -> list[float]:
        """What it falls short of one who knew, by scenario; NaN where it has no plan."""
        return [self.sign * (best - value) for best, value in zip(self.foresight, self.policy.values, strict=True)]

    @property
    def price(self) -> Interval | None:
        """What it falls short of those who knew, on average: the price of not knowing; None where it has no plan in some scenario."""
        if not self.policy.complete:
            return None
        found = self.sign * (self.mean(self.foresight) - self.mean(self.policy.values))
        least = self.sign * (self.mean(self.foresight) - self.mean(self.policy.bounds))
        most = self.sign * (self.mean([each.alone.bound for each in self.futures]) - self.mean(self.policy.values))
        return interval(found, least, most)

    @property
    def worth_of_hedge(self) -> Interval | None:
        """What it falls short of the hedge on average; None without one, or where it has no plan in some scenario."""
        if self.hedge is None or not self.policy.complete:
            return None
        found = self.sign * (self.hedge.reached - self.mean(self.policy.values))
        least = self.sign * (self.hedge.reached - self.mean(self.policy.bounds))
        most = self.sign * (self.hedge.bound - self.mean(self.policy.values))
        return interval(found, least, most)

    @property
    def first(self) -> Amounts:
        """What is decided before anything is known: that of the base plan."""
        return self.base.amounts(self.root)

    @property
    def until(self) -> str:
        """The name of the first period in which anything is known; blank if nothing ever is."""
        return self.tree.names[self.root] if self.root < len(self.tree.names) else ""

    def revealed(self, number: int) -> str:
        """When the changes of a scenario are known: `2027, 2028`, `never`, or `nothing` where it has none."""
        dates = sorted({math.inf if each.known is None else each.known for each in self.tree.branches[number].changes})
        return ", ".join(NEVER if math.isinf(each) else self.tree.names[int(each)] for each in dates) or NOTHING


def interval(found: float, least: float, most: float) -> Interval:
    """What one plan falls short of another that cannot be worse, but for what is not proven."""
    found = max(0.0, found)
    return Interval(found, max(0.0, min(found, least)) if math.isfinite(least) else 0.0, max(found, most) if math.isfinite(most) else found)


def rolling(order: StudyRequest, path: Path | None = None, with_hedge: bool = False, told: Told | None = None) -> Rolled:
    """Plan for the model as it stands, and again as things become known, in each scenario. path: the scenarios, by default of the case.

    NoHedge where the model as it stands, or a scenario, has no plan of its own; InputFaults; KeyboardInterrupt.
    """
    from gwplan.planning import build

    say = told or (lambda text: None)
    with stopping.noted(), build.uncollected():
        begun = begin(order, path, say)
        base, tree = begun.base, begun.tree
        if base is None:
            raise NoHedge(Status.INFEASIBLE, "The model as it stands has no plan to begin with. `gwplan why` says what would be enough; "
                          "`gwplan hedge` needs no plan of it.")
        planner = Recorder(tree, begun.futures, begun.options, begun.known)
        say(f"keep the plan of the base until {[*tree.names, 'the end'][planner.root]}, then plan again")
        policy = planner.policy(BASE, base.amounts(planner.root))
        steps = (Replanned(tuple(range(len(begun.futures))), 0, base.alone.objective, base.alone.status), *planner.steps)
        interrupted()
        found = with_hedge_of(begun, say) if with_hedge else None
    seconds = time.perf_counter() - begun.began
    return Rolled(begun.case, tree, base, begun.futures, policy, steps, planner.root, found, seconds, with_hedge)


def with_hedge_of(begun: Begun, say: Told) -> Hedged | None:
    """The hedge; None where no plan does for all scenarios."""
    try:
        return hedged(begun, begun.planner, RiskAim(), say)
    except NoHedge as error:
        if error.status is not Status.INFEASIBLE:
            raise
        return None
