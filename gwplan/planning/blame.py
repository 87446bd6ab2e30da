"""Which of the user's changes make the model infeasible: it is built without each of them and tested again.

A change is a cause if the model without it has no conflict. If only all changes together are, they are reported together.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gwplan.common.errors import InputFaults
from gwplan.common.status import Status
from gwplan.inputs.memory import AnyPath, MemoryPath
from gwplan.inputs.plain_files import read_bytes
from gwplan.inputs.selectors import written
from gwplan.model.block import Key
from gwplan.model.stated import DEMAND, STATED, TARGET, YEARLY
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.infeasibility import SMALL, WHOLE_SECONDS, Clash, clashing
from gwplan.solving.options import Deadline
from gwplan.solving.problem import Problem

if TYPE_CHECKING:
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import Request
    from gwplan.solving.linear_program import Arrays

HARMLESS = ("model.solver.", "model.title")
"""Settings that do not affect feasibility."""
BESIDE = {
    YEARLY: [("budget", "carries")], DEMAND: [("model", "most_it")], "halls.halls_within_site": [("halls", "room")],
    "sites.halls_fit_the_land": [("halls", "acres")],
}
"""Table and quantity of more numbers in the rows of a limit than the one that states it."""
PATIENCE = 0.5
"""Share of the first build time that must remain for another build: the first one includes imports."""
PLAN, NO_CLASH = "there is a plan", "the rules no longer clash if whole numbers may be fractions"
"""The results without a change."""


@dataclass(frozen=True)
class Change:
    """Numbers that the user changed, in words, and the request without them.

    file: the overlay they are in. sets: a single number as a `--set`, and where it is written; blank for a whole overlay.
    """

    words: str
    without: Request
    file: AnyPath | None = None
    sets: str = ""
    place: str = ""


@dataclass(frozen=True)
class Look:
    """How a model without a change is tested.

    seconds: time to build one; in_whole: whether the conflict involves integrality only.
    """

    deadline: Deadline
    seconds: float
    in_whole: bool
    build: Callable[[Request], tuple[Plan, Arrays]]

    def finds(self, request: Request) -> str:
        """The finding for a request: it has a plan, or one if whole numbers may be fractions; otherwise, or without time, blank."""
        if self.deadline.left <= PATIENCE * self.seconds:
            return ""
        try:
            plan, arrays = self.build(request)
        except InputFaults:
            return ""
        if any(rule.broken for rule in plan.rules) or clashing(arrays, self.deadline) is not None or self.deadline.left <= 0:
            return ""
        if arrays.whole.sum() > SMALL and not self.in_whole:
            return NO_CLASH
        found = solve_problem(Problem(arrays, nothing(arrays)), self.deadline.within(WHOLE_SECONDS))
        if found.x is not None:
            return PLAN
        return "" if self.in_whole or found.status != Status.STOPPED else NO_CLASH


def sentence(request: Request, look: Look, clash: Clash) -> str:
    """A sentence on the user's changes that cause a conflict, with a leading space; blank if none does.

    Without time for another build: the changes that set a number in the conflict.
    """
    return told(request, look, clash, causes(request, look))


def causes(request: Request, look: Look, known: Collection[str] = (), innocent: Collection[str] = ()) -> list[tuple[Change, str]]:
    """The user's changes without which there is no conflict, each with the finding without it.

    known: words of changes that are such; innocent: of changes that are not.
    """
    made = [[(change, PLAN)] if change.words in known else blamed(change, request, look)
            for change in changes(request) if change.words not in innocent]
    return [found for each in made for found in each]


def told(request: Request, look: Look, clash: Clash, named: Sequence[tuple[Change, str]]) -> str:
    """The sentence about the changes that cause a conflict."""
    if named:
        return "".join(f" Without {change.words} {found}." for change, found in named)
    made = changes(request)
    together = look.finds(without_all(request)) if len(made) > 1 else ""
    if together:
        return f" Without {' and '.join(change.words for change in made)} {together}."
    if look.deadline.left > PATIENCE * look.seconds:
        return ""
    takes_part = [change.words for change in made if sets_one(change, clash)]
    return "".join(f" {words[0].upper()}{words[1:]} changed one of these numbers." for words in takes_part)


def sets_one(change: Change, clash: Clash) -> bool:
    """True if a change concerns a number behind a rule of the conflict."""
    if change.file is not None:
        rows = csv.DictReader(io.StringIO(text_of(change.file)))
        changed = {(row.get("table") or "", row.get("quantity") or "") for row in rows}
    else:
        name = change.words.removeprefix("--set '").partition("=")[0].strip()
        changed = {(name.partition(".")[0], name.rpartition(".")[2])}
        changed |= {("model", f"target.{name.split('.')[2]}")} if name.startswith("model.target.") else set()
    return any(number in changed for rule, key in clash.parts for number in numbers_of(rule, key))


def numbers_of(rule: str, key: Key) -> list[tuple[str, str]]:
    """Table and quantity of the numbers behind a limit."""
    if rule == TARGET:
        return [("model", f"target.{key[0]}")]
    stated = STATED.get(rule)
    return [*([(stated.table, stated.quantity)] if stated else []), *BESIDE.get(rule, [])]


def blamed(change: Change, request: Request, look: Look) -> list[tuple[Change, str]]:
    """The change, or its rows, that cause the conflict, each with the finding without it."""
    found = look.finds(change.without)
    if not found:
        return []
    rows = [] if change.file is None else [(row, look.finds(row.without)) for row in rows_of(change, request)]
    return [each for each in rows if each[1]] or [(change, found)]


def changes(request: Request) -> list[Change]:
    """The user's changes: each --set and each overlay."""
    sets = [each for each in request.sets if not each.strip().startswith(HARMLESS)]
    found = [Change(quoted(each), replace(request, sets=tuple(other for other in request.sets if other != each)),
                    sets=each if quoted(each).startswith("--set") else "", place=quoted(each).replace("'", "")) for each in sets]
    for path in request.overlays:
        others = tuple(other for other in request.overlays if other != path)
        found.append(Change(f"the rows of {path.name}", replace(request, overlays=others), path))
    return found


def quoted(change: str) -> str:
    """A change as it is typed: `--set 'NAME=VALUE'`, `--force 'TEXT'`."""
    option, _, text = written(change).partition(" ")
    return f"{option} '{text}'"


def without_all(request: Request) -> Request:
    """The request without any change."""
    return replace(request, sets=tuple(each for each in request.sets if each.strip().startswith(HARMLESS)), overlays=())


def text_of(path: AnyPath) -> str:
    """The text of an overlay, which was read without faults before."""
    return read_bytes(path).decode("utf-8-sig")


def rows_of(change: Change, request: Request) -> Iterator[Change]:
    """Each row of an overlay as a separate change."""
    assert change.file is not None
    header, *rows = list(csv.reader(io.StringIO(text_of(change.file))))
    for number, row in enumerate(rows):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *rows[:number], *rows[number + 1:]])
        own = MemoryPath({change.file.name: text.getvalue().encode()}, change.file.name)
        overlays = tuple(own if each == change.file else each for each in request.overlays)
        words = f"row {number + 2} of {change.file.name} ({','.join(cell for cell in row if cell)})"
        yield Change(words, replace(request, overlays=overlays), sets=set_of(dict(zip(header, row, strict=False))),
                     place=f"{change.file.name}:{number + 2}")


def set_of(row: Mapping[str, str]) -> str:
    """The row of an overlay as a `--set`."""
    item, site, when = row.get("item", ""), row.get("site", ""), row.get("when", "")
    at = f"@{site}" + (f"@{when}" if when else "") if site or when else ""
    unit = row.get("unit", "")
    value = f"{row.get('base', '')} {'' if unit in ('1', 'date', 'label') else unit}".rstrip()
    return f"{row.get('table', '')}.{item}{at}.{row.get('quantity', '')}={value}"
