"""Why a model cannot be met: the promises that clash, and for each number behind them the smallest change of it alone that is enough."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gwplan.common.amounts import number
from gwplan.model.stated import DEMAND, STATED, TARGET, WORDS, address, values_at
from gwplan.planning import blame, pairs
from gwplan.planning.levers import Lever, Row, all_levers, amount_of
from gwplan.planning.remedies import SEARCH, together
from gwplan.planning.remedy import CLOSE, Models, Remedy
from gwplan.planning.reverted import reverted, smallest
from gwplan.solving import infeasibility
from gwplan.solving.highs import nothing, solve_problem
from gwplan.solving.infeasibility import Clash, family_of
from gwplan.solving.options import Deadline
from gwplan.solving.problem import Problem

if TYPE_CHECKING:
    from gwplan.inputs.values import Value
    from gwplan.model.assemble import Plan
    from gwplan.planning.request import Request
    from gwplan.solving.linear_program import Arrays

Told = Callable[["Unmet"], None]
NAMED = 3
"""Numbers of one limit that are named in a sentence."""
LONGER = 4.0
"""Times the first time, for a search that found no change that is visibly the smallest."""


@dataclass(frozen=True)
class Unmet:
    """Why no plan keeps all promises, as far as it was found in time.

    sentence: the promises that clash; undone: what the user's own changes have to do with it; enough: verified changes, the smallest
    share first; not_enough: numbers of which no change alone is enough, proven; unknown: those for which nothing was found in time.
    pairs: changes of two numbers that are enough together, looked for where no change of one is; the smallest first.
    compromise: a change of all of them by one share, where several take part. seconds: since the question.
    """

    sentence: str
    undone: str = ""
    enough: tuple[Remedy, ...] = ()
    not_enough: tuple[Lever, ...] = ()
    unknown: tuple[Lever, ...] = ()
    pairs: tuple[pairs.Pair, ...] = ()
    compromise: tuple[str, ...] = ()
    compromise_words: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def as_json(self) -> dict[str, Any]:
        """As `gwplan why --json` prints it."""
        return {
            "sentence": self.sentence, "undone": self.undone.strip(),
            "enough": [as_record(each) for each in self.enough],
            "not_enough": [f"{each.place} {each.name}" for each in self.not_enough],
            "unknown": [f"{each.place} {each.name}" for each in self.unknown],
            "pairs": [{"changes": [as_record(each) for each in pair.both], "words": pair.words} for pair in self.pairs],
            "compromise": list(self.compromise), "seconds": self.seconds,
        }


def as_record(remedy: Remedy) -> dict[str, Any]:
    """A change that is enough, alone or beside another, as `--json` prints it."""
    return {"row": remedy.lever.place, "name": remedy.lever.name, "set": remedy.change, "share": remedy.share,
            "at_least": remedy.needed, "words": remedy.words, "note": remedy.note}


def families(clash: Clash, part: Any) -> list[tuple[str, str]]:
    """The families of rows that take part in a clash, each a rule and its target, class or group, or a blank."""
    told = infeasibility.taking_part(*part) if part is not None and part[1].x is not None else ()
    found = {(rule, str(group)) for rule, group in told}
    for rule, key in clash.parts:
        found.add((rule, str(key[0]) if rule.startswith(("goal.target", "budget.")) else ""))
    return sorted(found)


def remedies_of(models: Models, clash: Clash, part: Any) -> list[Lever]:
    """The numbers of the targets and limits that take part in a clash. part: the clash without whole numbers, if there is one."""
    return all_levers(models.built[0], families(clash, part), weights(models.built[2], part))


def sentence_of(models: Models, clash: Clash, part: Any) -> str:
    """The promises that clash, each with its numbers; of a single one also by how much it is missed, and what limits it."""
    said = listed(models, zip(clash.each, clash.promises, strict=True))
    if len(said) > 1:
        return f"No plan keeps all of these promises: {'; '.join(said)}."
    if not said:
        return clash.sentence
    rows = {(rule, str(group)): (rule, key) for (rule, group), key in
            ((family_of(rule, key), key) for rule, key in models.built[2].rows) if rule in WORDS}
    against = [(rows[each], each[0]) for each in families(clash, part) if each in rows and each[0] != clash.each[0][0]]
    limited = f" What limits it: {'; '.join(listed(models, against))}." if against else ""
    return f"No plan keeps {said[0]}.{clash.sentence[len(f'No plan keeps {clash.promises[0]}.'):]}{limited}"


def listed(models: Models, rows: Iterable[tuple[Row, str]]) -> list[str]:
    """Promises, each with its numbers. rows: one of each, and what it is called."""
    case, plan, arrays = models.built
    rules = {rule.full_name: rule for rule in plan.rules}
    said = []
    for (name, key), title in rows:
        same = [other for rule, other in arrays.rows if rule.full_name == name and family_of(rule, other) == family_of(rule, key)]
        places = dict.fromkeys(address(name, other) for other in same) if name in STATED else {}
        numbers = list(dict.fromkeys(numbered(values) for place in places if (values := values_at(case, place))))
        if name == TARGET:
            said.append(title if title != name else f"target {key[0]}")
        elif name == DEMAND:
            said.append(f"{WORDS[name]} ({number(case.definition.goals[0].most_it)} MW)")
        elif name in WORDS:
            more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
            said.append(f"{WORDS[name]} ({'; '.join(numbers[:NAMED]) or title}{more})")
        else:
            said.append(f"{title} ({rules[name].doc.rstrip('.')})")
    return list(dict.fromkeys(said))


def numbered(values: Sequence[Value]) -> str:
    """The number of some rows, with its name; of several dates the first and the last."""
    ordered = sorted(values, key=lambda each: -1 if each.when is None else each.when.first)
    ends = [ordered[0], ordered[-1]] if len(ordered) > 1 else ordered
    row = ends[0].row
    amounts = [(*amount_of(each), each.row.when) for each in ends]
    words = [f"{number(amount)} {unit}".rstrip() + (f" in {when}" if when else "") for amount, unit, when in amounts]
    return f"{row.item}{f'@{row.site}' if row.site else ''}.{row.quantity} {' to '.join(words)}"


def weights(arrays: Arrays, part: Any) -> dict[Row, float]:
    """All rows of a model by rule and key, each with its weight in the clash without whole numbers: its dual, 0 where there is none."""
    found = {(rule.full_name, key): 0.0 for rule, key in arrays.rows}
    if part is not None and part[1].row_duals is not None:
        relaxed, answer = part
        found |= {(rule.full_name, key): abs(float(dual)) for (rule, key), dual in zip(relaxed.arrays.rows, answer.row_duals, strict=False)}
    return found


def enough(models: Models, deadline: Deadline, clash: tuple[Clash, Any]) -> Unmet:
    """The changes of one number that are enough, as far as there is time; if none of them is, those of two numbers."""
    levers = remedies_of(models, *clash)
    found = remedied(models, deadline, Unmet("", unknown=tuple(levers)), levers, lambda each: each)
    return paired(models, deadline, found, lambda each: each)


def explain(models: Models, deadline: Deadline, clash: Clash, part: Any, told: Told | None = None) -> Unmet:
    """All of it in the time there is. told: called with each step. KeyboardInterrupt ends it with what was found so far."""
    began = time.perf_counter()
    found = Unmet(sentence_of(models, clash, part))

    def tell(more: Unmet) -> Unmet:
        more = replace(more, seconds=time.perf_counter() - began)
        if told is not None:
            told(more)
        return more

    levers = remedies_of(models, clash, part)
    found = tell(replace(found, unknown=tuple(levers)))
    try:
        found = remedied(models, deadline, found, levers, tell)
        if deadline.left > 0:
            found = tell(with_changes(models, deadline, found, (clash, part), tell))
        shared = [each.lever for each in found.enough if each.lever.follows_rows]
        if len(shared) > 1 and deadline.left > 0:
            alike = together(models, shared, deadline)
            found = tell(replace(found, compromise=tuple(each for each, _ in alike), compromise_words=tuple(words for _, words in alike)))
        found = refined(models, deadline, found, tell)
    except KeyboardInterrupt:
        pass
    return found


def remedied(models: Models, deadline: Deadline, found: Unmet, levers: Iterable[Lever],
             tell: Callable[[Unmet], Unmet]) -> Unmet:
    """The explanation with the remedy of each number that there is time for. If all of a quantity are not enough, none of them is."""
    for lever in levers:
        if deadline.left <= 0:
            break
        left = tuple(each for each in found.unknown if each != lever)
        if any(lever.part_of == each.key for each in found.not_enough):
            found = replace(found, unknown=left)
            continue
        one = smallest(models, lever, deadline)
        if one.remedy is not None:
            found = replace(found, enough=in_order((*found.enough, one.remedy)), unknown=left)
        elif one.proven:
            found = replace(found, not_enough=(*found.not_enough, lever), unknown=left)
        found = tell(found)
    return found


def paired(models: Models, deadline: Deadline, found: Unmet, tell: Callable[[Unmet], Unmet]) -> Unmet:
    """The explanation with the changes of two numbers, where all were looked at and no change of one is enough."""
    if found.enough or found.unknown:
        return found

    def levers_of(freed: Models, part: Any) -> list[Lever]:
        _, plan, arrays = freed.built
        return remedies_of(freed, infeasibility.in_whole_numbers(plan, arrays, deadline) if part is None else Clash(""), part)

    for pair in pairs.pairs(models, found.not_enough, levers_of, deadline):
        found = tell(replace(found, pairs=pairs.in_order((*found.pairs, pair))))
    return found


def refined(models: Models, deadline: Deadline, found: Unmet, tell: Callable[[Unmet], Unmet]) -> Unmet:
    """The explanation with smaller changes where more time finds them."""
    for each in found.enough:
        if deadline.left <= 0:
            break
        if not each.close:
            better = smallest(models, each.lever, deadline, LONGER * SEARCH).remedy
            if better is not None and better.share < each.share:
                found = tell(replace(found, enough=in_order(better if other is each else other for other in found.enough)))
    return found


def in_order(found: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """Remedies, the smallest share first; without that of all numbers of a quantity where one of them needs no more."""
    kept = list(found)
    ones = {each.lever.part_of: each.share for each in sorted(kept, key=lambda each: -each.share)}
    alike = [each for each in kept if each.share >= ones.get(each.lever.key, math.inf) / (1 + CLOSE)]
    return tuple(sorted((each for each in kept if each not in alike), key=lambda each: each.share))


def with_changes(models: Models, deadline: Deadline, found: Unmet, clash: tuple[Clash, Any], tell: Callable[[Unmet], Unmet]) -> Unmet:
    """The explanation with what the user's own changes have to do with it, and the smallest step back of each that no limit states.

    Changes of two numbers are looked for before that, where none of one was found.
    """
    in_whole = clash[1] is None and not any(rule.broken for rule in models.built[1].rules)
    look = blame.Look(deadline, models.seconds, in_whole=in_whole, build=lambda request: built_of(models, request))
    made = blame.changes(models.request)
    known = {change.words: each for change in made for each in found.enough if each.lever.place == change.place}
    causes, innocent = {words for words, each in known.items() if reaches(models, each, words)}, set[str]()
    for change in made:
        if deadline.left > 0 and change.sets and change.words not in known:
            found, sure = with_change(models, deadline, found, change)
            (causes if sure is False else innocent if sure else set()).add(change.words)
    found = paired(models, deadline, found, tell)
    named = blame.causes(models.request, look, causes, innocent)
    found = replace(found, undone=blame.told(models.request, look, clash[0], named))
    for change, _ in named:
        if deadline.left > 0 and change.file is None and change.sets and change.words not in {each.words for each in made}:
            found, _ = with_change(models, deadline, found, change)
    return found


def with_change(models: Models, deadline: Deadline, found: Unmet, change: blame.Change) -> tuple[Unmet, bool | None]:
    """The explanation with the smallest step back of a change. False: the change is a cause; True: it is none, proven; None: unknown."""
    one = reverted(models, deadline, {}, change)
    if one.remedy is None:
        return found, True if one.proven else None
    if all(one.remedy.lever.key != each.lever.key for each in found.enough):
        found = replace(found, enough=in_order((*found.enough, one.remedy)))
    return found, False


def reaches(models: Models, remedy: Remedy, words: str) -> bool:
    """True if the number of a remedy was at least as far before a change of the user: there was a plan then."""
    from gwplan.planning.build import read

    (change,) = [each for each in blame.changes(models.request) if each.words == words]
    cases = read(change.without), read(replace(models.request, sets=(*models.request.sets, remedy.change)))
    values = [{(row.table, row.item, row.site, row.when, row.quantity): value.base for value in case.checked.values for row in (value.row,)}
              for case in cases]
    changed = [key for key, value in values[1].items() if value != values[0].get(key)]
    targets = [[(target.amount, target.by.first) for target in case.definition.targets] for case in cases]
    return all(values[0].get(key, 0.0) >= values[1][key] for key in changed) and targets[0] == targets[1]


def built_of(models: Models, request: Request) -> tuple[Plan, Arrays]:
    """The model of a changed request."""
    from gwplan.planning.build import build, read

    return build(read(request))


def why(request: Request, hears: Told | None = None) -> Unmet | None:
    """Why the model of a request cannot be met, within its time limit; None if it can. InputFaults if the inputs are faulty.

    The request's `progress` hears of each number that was looked at, and `hears` what was found so far.
    """
    from gwplan.planning.build import build, options_of, read
    from gwplan.planning.request import Progress

    began = time.perf_counter()

    def told(found: Unmet) -> None:
        if hears is not None:
            hears(found)
        if request.progress is not None:
            done = len(found.enough) + len(found.not_enough)
            request.progress(Progress(f"explain ({done} of {done + len(found.unknown)} numbers)", time.perf_counter() - began))

    case = read(request)
    plan, arrays = build(case)
    deadline = Deadline(replace(options_of(case), cancel=request.cancel))
    models = Models(request, (case, plan, arrays), time.perf_counter() - began)
    broken = any(rule.broken for rule in plan.rules)
    part = None if broken else infeasibility.clashing(arrays, deadline)
    if part is None and not broken:
        some = solve_problem(Problem(arrays, nothing(arrays)), deadline.within(deadline.left / 2))
        if some.x is not None:
            return None
    return explain(models, deadline, infeasibility.explain(plan, arrays, deadline, part), part, told)
