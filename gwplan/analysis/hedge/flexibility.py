"""What flexibility is worth: the hedge with and without what lets a plan wait or change its mind.

By itself asked of each option on offer and of each supply that is rented for a term, which may be left when it ends; of anything else by
name. Orders cannot be cancelled here: a deposit is lost in no plan, so none is worth anything. The worth is the difference of two hedges
that are each proven to a gap, so it is told with the least and the most that it can be; nothing that is forbidden makes a plan better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gwplan.analysis.hedge.futures import NoHedge, Told, read_base
from gwplan.analysis.hedge.hedge import hedge, interrupted
from gwplan.analysis.hedge.policy import Hedged, Interval
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.status import Status
from gwplan.inputs.selectors import EXCLUDE, change

if TYPE_CHECKING:
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.inputs.case import Case

OPTION, RENTED, ASKED = "option", "rented power", "as asked"
CONTRACTS, SUPPLIES = "contracts", "power"
"""Kinds of the selectors of both, which are the names of their tables too."""
SMALL = 1e-6
"""An amount below this is the solver's tolerance."""


@dataclass(frozen=True)
class Flexible:
    """Something that may be forbidden. selector: as --forbid takes it; kind: of flexibility; item: its name, blank of a selector that
    was asked for.
    """

    selector: str
    kind: str
    item: str = ""


@dataclass(frozen=True)
class FlexibilityWorth:
    """What something is worth. used: whether the hedge uses it, in any scenario; None where that was not looked at.

    without: the aim of the hedge without it, NaN where there is none; status: how that ended. worth: None where no plan does for all
    scenarios without it, or none was found in time.
    """

    of: Flexible
    used: bool | None
    without: float
    status: Status
    worth: Interval | None


def flexible_of(case: Case) -> list[Flexible]:
    """The options on offer, and the supplies that are rented."""
    found = [Flexible(f"{CONTRACTS}={name}", OPTION, name) for name in case.items("option")] if CONTRACTS in case.definition.parts else []
    if SUPPLIES in case.definition.parts:
        pairs = {supply: [case.get("power", supply, "rent", site) for site in case.items("site")] for supply in case.items("supply")}
        found += [Flexible(f"{SUPPLIES}={name}", RENTED, name) for name, rents in pairs.items() if any(rents)]
    return found


def asked_of(order: StudyRequest, selectors: Sequence[str], every: bool) -> list[Flexible]:
    """What is to be forbidden, one after the other. every: what `flexible_of` finds too. InputFaults for a text that matches nothing."""
    case = read_base(order)
    faults: list[Fault] = []
    for text in selectors:
        try:
            read_base(without(order, text))
        except InputFaults as error:
            faults += [replace(fault, file=f"--without {text}") for fault in error.faults]
    if faults:
        raise InputFaults(faults)
    found = flexible_of(case) if every else []
    return [*found, *(Flexible(text, ASKED) for text in dict.fromkeys(selectors) if text not in {each.selector for each in found})]


def without(order: StudyRequest, selector: str) -> StudyRequest:
    """The order with something forbidden."""
    return replace(order, sets=(*order.sets, change(EXCLUDE, selector)))


def flexibility(order: StudyRequest, path: Path | None, found: Hedged, asked: Sequence[Flexible], told: Told | None = None
                ) -> list[FlexibilityWorth]:
    """Solve the hedge again without each. path: of the scenarios; found: the hedge with all of them. InputFaults; KeyboardInterrupt.

    What the hedge does not use is not solved again: it does without.
    """
    say = told or (lambda text: None)
    worths = []
    for each in asked:
        used = uses(found, each.item) if each.item else None
        if used is False:
            worths.append(FlexibilityWorth(each, used, found.reached, Status.OPTIMAL, worth(found, found.reached, found.reached)))
            continue
        say(f"the hedge without {each.selector}")
        try:
            other = hedge(without(order, each.selector), path, found.aim)
        except NoHedge as error:
            worths.append(FlexibilityWorth(each, used, math.nan, error.status, None))
        else:
            worths.append(FlexibilityWorth(each, used, other.reached, other.status, worth(found, other.reached, other.bound)))
        interrupted()
    return worths


def worth(found: Hedged, reached: float, bound: float) -> Interval:
    """What the hedge gains over one without something. reached, bound: of that one."""
    gain = max(0.0, found.sign * (found.reached - reached))
    least = max(0.0, found.sign * (found.reached - bound)) if math.isfinite(bound) else 0.0
    most = found.sign * (found.bound - reached) if math.isfinite(found.bound) else math.inf
    return Interval(gain, min(gain, least), max(gain, most))


def uses(found: Hedged, item: str) -> bool:
    """True if the hedge has any of something in any scenario."""
    return any(x[column] > SMALL for future, x in zip(found.futures, found.chosen.xs, strict=True)
               for (_, key), column in future.arrays.columns.items() if item in key)
