"""The model definition: a TOML file, read strictly. Unknown keys and invalid values are faults that name their key.

Amounts are written with their unit (`1 GW`, `10 min`, `500 kH100e`) and held as plain numbers: MW, seconds, kH100e.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gwplan.common.calendar import Calendar, Span, Timing
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.printable import file_name, one_line
from gwplan.common.spelling import suggestion
from gwplan.inputs.definition_overrides import apply_model_sets
from gwplan.inputs.definition_schema import (
    PARTS,
    UNIT_OF,
    WORKLOADS,
    Compute,
    Contracts,
    Document,
    Exclude,
    Goal,
    Horizon,
    Hours,
    Precision,
    Require,
    Solver,
    Strict,
    Target,
)
from gwplan.inputs.definition_text import loaded, located, unfit_values
from gwplan.inputs.memory import AnyPath, MemoryPath
from gwplan.inputs.selectors import EXCLUDE, REQUIRE, Selector, as_lists, selectors

__all__ = ["Compute", "Contracts", "Definition", "Goal", "Horizon", "Precision", "Solver", "Target", "read_definition"]


OPEN = Contracts()
MEAN = Hours()
PEAK = Compute(basis="peak")
OVERLAYS = "overlays"
"""The folder of a case that holds the overlays named by models."""


@dataclass(frozen=True)
class Definition:
    """A model definition. `name` is the file's stem, `inputs` an absolute folder."""

    name: str
    path: AnyPath
    title: str
    inputs: AnyPath
    inputs_text: str
    parts: tuple[str, ...]
    precision: Precision
    horizon: Horizon
    targets: tuple[Target, ...]
    goals: tuple[Goal, ...]
    solver: Solver
    calendar: Calendar
    contracts: Contracts = OPEN
    compute: Compute = PEAK
    overlays: tuple[AnyPath, ...] = ()
    require: tuple[Selector, ...] = ()
    exclude: tuple[Selector, ...] = ()
    hours: Hours = MEAN

    @property
    def measure(self) -> str:
        """How compute is counted, in a few words: `fp8 peak`, or `fp8 delivered 50/20/30` (percent training, prefill, decode)."""
        shares = "/".join(f"{100 * self.compute.workload.get(name, 0.0):.3g}" for name in WORKLOADS)
        return f"{self.precision} {self.compute.basis}" + (f" {shares}" if self.compute.basis == "delivered" else "")

    def resolved(self) -> dict[str, Any]:
        """The definition as plain data in the shape of the TOML, defaults and sets filled in."""
        return {
            "title": self.title,
            "inputs": self.inputs_text,
            **({"overlays": [path.name for path in self.overlays]} if self.overlays else {}),
            **({"contracts": _plain(self.contracts, {})} if "contracts" in self.parts else {}),
            **{table: as_lists(found) for table, found in ((REQUIRE, self.require), (EXCLUDE, self.exclude)) if found},
            "parts": list(self.parts),
            "precision": self.precision,
            **({"compute": _plain(self.compute, {})} if self.compute.basis == "delivered" else {}),
            "horizon": _plain(self.horizon, {}),
            "target": [_plain(target, {"amount": UNIT_OF[target.measure]}) for target in self.targets],
            "goal": [_plain_goal(goal) for goal in self.goals],
            **({"hours": _plain(self.hours, {})} if self.hours != MEAN else {}),
            "solver": _plain(self.solver, {"time_limit": "second", "whole_units_from": "MW"}),
        }


def _plainly(path: AnyPath) -> AnyPath:
    """A path without `.` and `..`."""
    return path if isinstance(path, MemoryPath) else Path(os.path.normpath(path))


def _plain(table: Strict, units: Mapping[str, str]) -> dict[str, Any]:
    """A table as plain data: amounts and dates as text, without missing keys."""
    plain: dict[str, Any] = {}
    for name in type(table).model_fields:
        value = getattr(table, name)
        if value is None:
            continue
        if name in units:
            plain[name] = f"{value!r} {units[name]}"
        else:
            plain[name] = str(value) if isinstance(value, Span) else list(value) if isinstance(value, tuple) else value
    return plain


def _plain_goal(goal: Goal) -> dict[str, Any]:
    """A goal as plain data, without the keys that belong to goals of another kind."""
    own = {"least_cost": (), "most_compute": ("spend",), "soonest": ("measure", "amount")}.get(goal.kind, ())
    plain = _plain(goal, {"amount": UNIT_OF[goal.measure], "most_it": "MW"})
    skipped = {"spend", "measure", "amount"} - set(own) | (set() if goal.any_hardware else {"any_hardware"})
    return {name: value for name, value in plain.items() if name not in skipped}


def read_definition(path: AnyPath | str, sets: Sequence[str], parts: Sequence[str]) -> Definition:
    """Read a model, with the `--set model.*` among `sets` applied. parts: names of the known parts.

    InputFaults with every fault at once.
    """
    path = Path(path) if isinstance(path, str) else path
    document = loaded(path)
    faults: list[Fault] = []
    changed = apply_model_sets(document, sets, faults)
    beyond = [Fault(_name_of(key, changed, path.name), 0, f"{key}: {message}") for key, message in unfit_values(document)]
    try:
        if beyond:
            raise InputFaults([*faults, *beyond])
        return _read(path, document, changed, faults, parts)
    except InputFaults as error:
        raise InputFaults(sorted(set(located(error.faults, path)))) from None


def _read(path: AnyPath, document: Mapping[str, Any], changed: Mapping[str, str], faults: list[Fault], parts: Sequence[str]) -> Definition:
    """The definition in a document; `changed`: the --set that changed a key. InputFaults, including the given faults."""
    try:
        parsed = Document.model_validate(document, context={PARTS: parts})
    except ValidationError as error:
        faults.extend(_explained(error, document, path.name, changed))
        raise InputFaults(faults) from None
    faults.extend(_inconsistent(parsed, path.name))
    try:
        horizon = parsed.horizon
        timing: dict[str, Timing] = {"capital": horizon.timing["capital"], "running": horizon.timing["running"]}
        calendar = Calendar.of(horizon.start, horizon.end, horizon.step, horizon.discount_rate, timing)
    except ValueError as error:
        raise InputFaults([*faults, Fault(path.name, 0, f"horizon: {error}")]) from None
    faults.extend(_outside(parsed, calendar, path.name))
    if faults:
        raise InputFaults(faults)
    inputs = (path.parent / parsed.inputs).resolve()
    return Definition(
        name=file_name(path.stem),
        path=path,
        title=parsed.title or one_line(path.stem),
        inputs=inputs,
        inputs_text=parsed.inputs,
        parts=parsed.parts,
        precision=parsed.precision,
        horizon=parsed.horizon,
        targets=parsed.target,
        goals=parsed.goal,
        solver=parsed.solver,
        calendar=calendar,
        contracts=parsed.contracts,
        compute=parsed.compute or PEAK,
        hours=parsed.hours,
        require=selectors(REQUIRE, parsed.require.model_dump(), changed, path.name),
        exclude=selectors(EXCLUDE, parsed.exclude.model_dump(), changed, path.name),
        overlays=tuple(_plainly(inputs / OVERLAYS / name) for name in parsed.overlays),
    )


def _explained(error: ValidationError, document: Mapping[str, Any], file: str, changed: Mapping[str, str]) -> Iterator[Fault]:
    """Pydantic's errors as faults, each with its dotted key (counted from 1) or the --set that changed it."""
    for each in error.errors():
        place = [part for part in each["loc"] if part != "goal" or part == each["loc"][0]]
        if place[0] == "goal" and len(place) > 1 and isinstance(document.get("goal"), dict):
            del place[1]
        key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place if part != "[key]")
        message = each["msg"].removeprefix("Value error, ")
        if each["type"] == "missing":
            message = "is missing"
        elif each["type"] == "extra_forbidden":
            message = f"is not a key of a model{suggestion(str(place[-1]), _keys_beside(place))}"
        elif each["type"] == "literal_error":
            choices = re.findall(r"'(\w+)'", str(each["ctx"]["expected"]))
            message = f"{each['input']!r} is not {each['ctx']['expected']}{suggestion(str(each['input']), choices)}"
        elif message[:1] not in "'\"":
            message = message.replace("a valid tuple", "a list").replace("a valid string", "text in quotes")
            message = f"{message[:1].lower()}{message[1:]} (it is {each['input']!r})"
        yield Fault(_name_of(key, changed, file), 0, f"{key}: {message}")


def _name_of(key: str, changed: Mapping[str, str], file: str) -> str:
    """The --set that changed a key, or the file."""
    return next((text for prefix, text in changed.items() if key == prefix or key.startswith(f"{prefix}.")), file)


def _keys_beside(place: Sequence[object]) -> tuple[str, ...]:
    tables: dict[object, type[Strict]] = {"horizon": Horizon, "target": Target, "goal": Goal, "solver": Solver, "contracts": Contracts,
                                          "compute": Compute, "hours": Hours, REQUIRE: Require, EXCLUDE: Exclude}
    return tuple((tables.get(place[0], Document) if len(place) > 1 else Document).model_fields)


def _inconsistent(parsed: Document, file: str) -> Iterator[Fault]:
    """Faults across values: goals without the keys, targets or parts that they need."""
    for number, goal in enumerate(parsed.goal, 1):
        key = "goal" if len(parsed.goal) == 1 else f"goal.{number}"
        chosen = {"halls", "accelerators"} & {*parsed.parts} and not goal.any_hardware
        if goal.kind == "least_cost" and chosen and not any(target.measure == "compute" for target in parsed.target):
            yield Fault(file, 0, f"{key}: least_cost without a target of measure compute buys the cheapest megawatt, not the cheapest "
                                 "compute; add such a target, or any_hardware = true")  # fmt: skip
        if goal.kind in ("most_value", "most_equity_value") and goal.most_it is None:
            yield Fault(file, 0, f"{key}.most_it: is missing; {goal.kind} needs a finite demand, such as most_it = \"1 GW\"")
        if goal.kind == "soonest" and goal.amount is None and not parsed.target:
            yield Fault(file, 0, f"{key}.amount: is missing; soonest needs an amount, such as amount = \"1 GW\", or a target")
        if goal.kind != "soonest" and goal.amount is not None:
            yield Fault(file, 0, f"{key}.amount: belongs to soonest, not to {goal.kind}")
        if goal.kind != "most_compute" and "spend" in goal.model_fields_set:
            yield Fault(file, 0, f"{key}.spend: belongs to most_compute, not to {goal.kind}")
        if goal.kind == "most_equity_value" and "finance" not in parsed.parts:
            yield Fault(file, 0, f"{key}: most_equity_value needs the part 'finance'")
        if goal.kind == "most_compute" and "budget" not in parsed.parts:
            yield Fault(file, 0, f"{key}: most_compute needs the part 'budget', otherwise it is unbounded")
    for number, target in enumerate(parsed.target, 1):
        if "cloud" in target.counts and target.measure != "compute":
            yield Fault(file, 0, f"target.{number}.counts: rented cloud is compute, not power: it counts towards a target of compute only")
    if parsed.contracts.model_fields_set and "contracts" not in parsed.parts:
        yield Fault(file, 0, "contracts: the model leaves out the part 'contracts'")
    for name in sorted(set(parsed.contracts.signed) & set(parsed.contracts.without)):
        yield Fault(file, 0, f"contracts: {name} is both signed and left out")


def _outside(parsed: Document, calendar: Calendar, file: str) -> Iterator[Fault]:
    """Faults of targets whose dates are outside the horizon or end before they begin."""
    for number, target in enumerate(parsed.target, 1):
        if not 0 <= calendar.holding(target.by.first) < len(calendar.periods):
            yield Fault(file, 0, f"target.{number}.by: {target.by} is outside the horizon, {parsed.horizon.start} to {parsed.horizon.end}")
        if target.until is not None and target.until.last < target.by.first:
            yield Fault(file, 0, f"target.{number}.until: {target.until} is before by, {target.by}")
