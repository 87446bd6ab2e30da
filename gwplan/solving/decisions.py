"""A plan as a table of decisions: `part,decision,item,site,when,amount`. Written with each run, read by `--fix` and `--start`.

These decisions leave open only how much runs and which supply delivers how much.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gwplan.common.errors import Fault, InputFaults
from gwplan.common.spelling import suggestion
from gwplan.inputs.case import Case
from gwplan.model.assemble import Plan
from gwplan.model.block import Key, Variable
from gwplan.solving.linear_program import Arrays

HEADER = ["part", "decision", "item", "site", "when", "amount"]
DECISIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("sites", "opening"): ("opening",),
    ("halls", "started"): ("started",),
    ("halls", "renewed"): ("renewed",),
    ("accelerators", "bought"): ("bought",),
    ("accelerators", "retired"): ("retired",),
    ("power", "ordered"): ("ordered_whole", "ordered_split"),
    ("contracts", "signed"): ("signed",),
    ("contracts", "held"): ("held",),
    ("contracts", "exercised"): ("exercised",),
    ("contracts", "leased"): ("leased",),
    ("contracts", "staked"): ("staked",),
}
"""Families of variables that hold the amounts of each decision."""
NOWHERE = (("contracts", "signed"), ("contracts", "held"), ("contracts", "exercised"), ("contracts", "staked"))
"""Decisions without a site: the cell is blank."""


@dataclass(frozen=True)
class Decision:
    """One row of the table; amount None where it is left to the solver."""

    row: int
    part: str
    decision: str
    item: str
    site: str
    when: str
    amount: float | None

    def __str__(self) -> str:
        return f"{self.part}.{self.decision} {self.item} at {self.site} in {self.when}"


def decided(plan: Plan) -> Iterator[tuple[tuple[str, str], Variable]]:
    """The families of variables that are decisions, each with its part and decision."""
    for (part, decision), names in DECISIONS.items():
        if part in plan.blocks:
            for name in names:
                yield (part, decision), plan.blocks[part].variables[name]


def place(family: Variable, key: Key) -> tuple[str, str, int]:
    """(item, site, number of the period) of an index; the item of an opening is the site itself, and some have no site."""
    named = dict(zip(family.over, key, strict=True))
    items = [str(value) for name, value in named.items() if name not in ("site", "period")]
    return (items[0] if items else str(named["site"])), str(named.get("site", "")), int(named["period"])


def decision_of(row: int, cells: list[str]) -> Decision:
    """One row of the table as a decision."""
    part, decision, item, site, when, amount = cells
    return Decision(row, part, decision, item, site, when, float(amount) if amount.strip() else None)


def read_plan(path: Path, case: Case) -> list[Decision]:
    """Read a decision table, or that of a run folder. InputFaults lists all faults, with file and row."""
    file = path / "plan.csv" if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFaults([Fault(file.name, 0, f"cannot be read: {error}")]) from error
    return plan_of(text, file.name, case)


def plan_of(text: str, name: str, case: Case) -> list[Decision]:
    """The decisions of the text of a decision table that faults call `name`; none of a plan that rents all. InputFaults as `read_plan`."""
    faults, found = [], []
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or rows[0] != HEADER:
        raise InputFaults([Fault(name, 1, f"columns must be {','.join(HEADER)}")])
    items = items_of(case)
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        messages = list(row_faults(cells, items, case))
        if not messages:
            first = seen.setdefault(tuple(cells[:5]), number)
            messages = [f"repeats row {first}"] if first != number else []
        faults += [Fault(name, number, message) for message in messages]
        if not messages:
            found.append(decision_of(number, cells))
    if faults:
        raise InputFaults(faults)
    return found


def read_start(path: Path, case: Case) -> list[Decision]:
    """The decisions of an earlier run that this model can take over; the horizon, sites and items may have changed since."""
    file = path / "plan.csv" if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFaults([Fault(str(path), 0, f"is no run to start from: {error}")]) from error
    return start_of(text, str(path), case)


def start_of(text: str, name: str, case: Case) -> list[Decision]:
    """The decisions of the text of an earlier run's table that this model can take over; none of a plan that rents all.

    InputFaults if it has rows, but none that this model knows, or is no such table.
    """
    header, *rows = [*csv.reader(io.StringIO(text))] or [[]]
    items = items_of(case)
    usable = [(number, cells) for number, cells in enumerate(rows, 2) if not any(row_faults(cells, items, case))]
    if not usable and (header != HEADER or any(map(any, rows))):
        raise InputFaults([Fault(name, 0, "holds no decision that this model knows; it cannot be started from")])
    return [decision_of(number, cells) for number, cells in usable]


KINDS = {
    "sites": ("site",), "halls": ("design",), "accelerators": ("system",), "power": ("supply",),
    "contracts": ("cloud", "sale", "option", "lease"),
}
"""Kinds of items that the decisions of a part are about."""


def items_of(case: Case) -> dict[str, set[str]]:
    """The items that decisions may name, by part."""
    parts = [name for name in KINDS if name in case.definition.parts]
    return {name: {item for kind in KINDS[name] for item in case.items(kind)} for name in parts}


def row_faults(cells: list[str], items: dict[str, set[str]], case: Case) -> Iterator[str]:
    """What is wrong with one row of a decision table."""
    if len(cells) != len(HEADER):
        yield f"has {len(cells)} cells, not {len(HEADER)}"
        return
    part, decision, item, site, when, amount = cells
    if (part, decision) not in DECISIONS or part not in items:
        known = [".".join(pair) for pair in DECISIONS if pair[0] in items]
        yield f"{part}.{decision} is an unknown decision{suggestion(f'{part}.{decision}', known)}"
        return
    if item not in items[part]:
        yield f"no item {item!r} in {part}.csv{suggestion(item, items[part])}"
    if (part, decision) in NOWHERE:
        if site:
            yield f"{part}.{decision} has no site, but the row names {site!r}"
    elif site not in case.items("site"):
        yield f"no site {site!r}{suggestion(site, case.items('site'))}"
    if when not in case.calendar.names:
        yield f"{when!r} is no period of the horizon ({case.calendar.names[0]} to {case.calendar.names[-1]})"
    if amount.strip():
        try:
            number = float(amount)
        except ValueError:
            yield f"amount {amount!r} is not a number"
            return
        if not math.isfinite(number) or number < 0:
            yield f"amount {amount} is negative or not finite"


@dataclass(frozen=True)
class Fixing:
    """Values by column, and the decisions with a positive amount that the model has no variable for.

    free: kinds of decisions of the model, such as `halls.started`, that the table does not name.
    """

    values: dict[int, float]
    impossible: list[Decision]
    free: tuple[str, ...] = ()


def fix(plan: Plan, arrays: Arrays, decisions: list[Decision], before: int | None = None) -> Fixing:
    """Fix each kind of decision that the table names: listed amounts as given, all others 0, blank amounts free.

    before: fix only periods before this one, and every kind of decision: what the table does not name is 0. So it is of a table
    without any decision, the plan that rents all.
    """
    number = {name: n for n, name in enumerate(plan.case.calendar.names)}
    given = {(each.part, each.decision, each.item, each.site, number[each.when]): each for each in decisions}
    named = {key[:2] for key in given}
    values, used, free = {}, set(), dict[str, None]()
    for pair, family in decided(plan):
        if before is None and named and pair not in named:
            free |= {".".join(pair): None} if family.data else {}
            continue
        for key in family.data:
            where = (*pair, *place(family, key))
            if before is not None and where[-1] >= before:
                continue
            column = arrays.columns.get((f"{family.part}.{family.name}", key))
            used.add(where)
            amount = given[where].amount if where in given else 0.0
            if amount is not None and family.whole and amount != round(amount):
                raise InputFaults([Fault("the plan given", given[where].row, f"{given[where]}: {amount:g} is not a whole number")])
            if amount is not None and column is not None:
                values[column] = amount
    late = {where for where in given if before is not None and where[-1] >= before}
    return Fixing(values, [each for where, each in given.items() if where not in used | late and each.amount], tuple(free))


def start(plan: Plan, arrays: Arrays, decisions: list[Decision]) -> dict[int, float]:
    """Values of the whole-number columns to begin from, by column; what an earlier plan lacks is 0."""
    values = fix(plan, arrays, decisions).values
    return {column: round(value) for column, value in values.items() if arrays.whole[column]}


def rows(plan: Plan) -> Iterator[list[object]]:
    """The rows of the decision table of a solved plan: what is not 0."""
    names = plan.case.calendar.names
    for (part, decision), family in decided(plan):
        for key, variable in family.data.items():
            amount = variable.value or 0.0
            if amount:
                item, site, period = place(family, key)
                yield [part, decision, item, site, names[period], amount]
