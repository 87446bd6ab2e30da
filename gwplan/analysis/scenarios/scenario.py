"""One question and the scenarios asked of it, as plain data that travels to other processes and machines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gwplan.common.errors import Fault, InputFaults
from gwplan.common.printable import file_name
from gwplan.inputs.plain_files import FileFault, read_bytes, tables_of

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What all scenarios share: the model, its tables, and how long and how far to solve. It travels once.

    files: each file of the case folder and the model's own, by path relative to the folder they are put into.
    model: the model's path among them. overlays: names among `files` of the --with tables, in order. sets: as --set.
    start: the text of a plan.csv to start from, blank for none. likely: sites that the relaxation of the
    unchanged question opens: all scenarios are told of these, whichever is solved first.
    """

    model: str
    files: Mapping[str, bytes]
    overlays: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    start: str = ""
    gap: float | None = None
    time_limit: str | None = None
    threads: int | None = 1
    seed: int | None = None
    likely: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides the answer of a scenario beside its own changes: inputs, definition, options, version."""
        from importlib.metadata import version

        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("files", "threads")}
        total = hashlib.sha256(json.dumps([plain, version("gwplan"), version("highspy")], sort_keys=True).encode())
        for name in sorted(self.files):
            total.update(f"\n{name} {len(self.files[name])}\n".encode() + self.files[name])
        return total.hexdigest()

    def begun(self, base: Result) -> Question:
        """The question with the plan of its unchanged form, for all scenarios to start from; as it is where that has none."""
        return replace(self, start=base.plan, likely=base.opened) if base.plan else self


@dataclass(frozen=True)
class Scenario:
    """One scenario: its values as columns of the table of results, and what it changes.

    sets: as --set. rows: overlay rows, cells in the order table, item, site, when, quantity, low, base, high, unit,
    source, note. fix: the text of a plan.csv whose decisions are taken as they stand, blank for none.
    """

    values: tuple[tuple[str, str | float], ...]
    sets: tuple[str, ...] = ()
    rows: tuple[Cells, ...] = ()
    fix: str = ""

    @property
    def file(self) -> str:
        """What faults in its rows call their file, without .csv: the overlay's name, where they come from one."""
        return file_name(str(dict(self.values).get("overlay", "scenario")))

    def digest(self, question: Question) -> str:
        """SHA-256 of the question and of what this scenario changes."""
        own = json.dumps([self.sets, self.rows, self.fix])
        return hashlib.sha256((question.digest + own).encode()).hexdigest()


BASE = "base"
"""What the unchanged question is called among variants."""
UNCHANGED = Scenario((("what", BASE),))
"""The question without a change."""


@dataclass(frozen=True)
class Result:
    """What came of a scenario: one row of the table.

    status: optimal, stopped, infeasible, unbounded, stopped_empty, faulty_input or failed. exit_code: that of `gwplan solve`.
    summary: as in summary.json, empty without a plan. plan: the text of plan.csv, blank without one.
    opened: sites that the relaxation opens.
    """

    status: str
    exit_code: int
    message: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    plan: str = ""
    seconds: float = 0.0
    opened: tuple[str, ...] = ()

    def to_json(self) -> str:
        """As one JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read what `to_json` wrote. ValueError or TypeError if it is something else."""
        found = cls(**json.loads(text))
        return replace(found, opened=tuple(found.opened))


def ask(model: Path, *, overlays: tuple[Path, ...] = (), sets: tuple[str, ...] = (), start: str = "", gap: float | None = None,
        time_limit: str | None = None, seed: int | None = None) -> Question:
    """The question of a model file, with all files that it reads. InputFaults if the model or its overlays cannot be read."""
    from gwplan.inputs.definition import OVERLAYS
    from gwplan.inputs.definition_text import as_toml, loaded
    from gwplan.planning.build import read_definition

    definition = read_definition(model, sets)
    faults: list[Fault] = []
    files = {f"inputs/{path.name}": content for path, content in _contents(tables_of(definition.inputs), faults)}
    own = [f"{number}/{file_name(path.stem)}.csv" for number, path in enumerate(definition.overlays)]
    contents = _contents(definition.overlays, faults)
    files |= {f"inputs/{OVERLAYS}/{name}": content for name, (_, content) in zip(own, contents, strict=False)}
    document = loaded(model) | {"inputs": "../inputs"} | ({"overlays": own} if own else {})
    name = f"models/{definition.name}.toml"
    files[name] = as_toml(document).encode()
    sets = tuple(each for each in sets if each.replace(" ", "").partition("=")[0] not in ("model.inputs", "model.overlays"))
    names = [f"overlays/{number}/{file_name(path.stem)}.csv" for number, path in enumerate(overlays)]
    files |= {each: content for each, (_, content) in zip(names, _contents(overlays, faults), strict=False)}
    if faults:
        raise InputFaults(faults)
    return Question(name, files, tuple(names), sets, start, gap, time_limit, 1, seed)


def _contents(paths: Iterable[Path], faults: list[Fault]) -> list[tuple[Path, bytes]]:
    """Files with what they hold; a fault for each that cannot be read."""
    found = []
    for path in paths:
        try:
            found.append((path, read_bytes(path)))
        except FileNotFoundError:
            faults.append(Fault(path.name, 0, f"there is no file {path}"))
        except FileFault as error:
            faults.append(Fault(path.name, 0, str(error)))
    return found
