"""A question and its scenarios, as plain data that can be sent to other processes and machines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from gwplan.common.errors import Fault, InputFaults
from gwplan.common.printable import file_name
from gwplan.common.status import Exit, Status
from gwplan.inputs.memory import AnyPath
from gwplan.inputs.plain_files import FileFault, files_of, read_bytes
from gwplan.inputs.profiles import FOLDER, profile_files

Cells = tuple[str, ...]


@dataclass(frozen=True)
class SharedInputs:
    """The data shared by all scenarios: the model, its tables, and the solver's limits. It is sent once.

    files: content of each file that is read (model, tables, overlays), by path relative to the folder they are put into.
    model: the model's path in `files`. overlays: paths in `files` of the --with tables, in order. sets: as --set.
    start: the text of a plan.csv to start from, blank for none. likely: sites that the relaxation of the
    unchanged question opens, given to all scenarios, whatever the order in which they are solved.
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
        """SHA-256 of everything that determines a scenario's result besides its own changes: inputs, definition, options, code."""
        from gwplan.common import own_code

        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("files", "threads")}
        total = hashlib.sha256(json.dumps([plain, own_code.digest()], sort_keys=True).encode())
        for name in sorted(self.files):
            total.update(f"\n{name} {len(self.files[name])}\n".encode() + self.files[name])
        return total.hexdigest()

    def begun(self, base: Result) -> SharedInputs:
        """The question with the plan of its base result as a start for all scenarios; unchanged if there is no such plan."""
        return replace(self, start=base.plan, likely=base.opened) if base.plan else self


@dataclass(frozen=True)
class Scenario:
    """One scenario: its values, as columns of the table of results, and its changes.

    sets: as --set. rows: overlay rows, cells in the order table, item, site, when, quantity, low, base, high, unit,
    source, note. fix: the text of a plan.csv whose decisions are fixed, blank for none. ordered: True where a goal is put before the
    model's own, which is then proven too; latest: that goal is the least IT power before the first target.
    """

    values: tuple[tuple[str, str | float], ...]
    sets: tuple[str, ...] = ()
    rows: tuple[Cells, ...] = ()
    fix: str = ""
    ordered: bool = False
    latest: bool = False

    @property
    def file(self) -> str:
        """File name (without .csv) in faults of its rows: the overlay's name, if they come from one."""
        return file_name(str(dict(self.values).get("overlay", "scenario")))

    def digest(self, question: SharedInputs) -> str:
        """SHA-256 of the question and of this scenario's changes."""
        own = json.dumps([self.sets, self.rows, self.fix, *([self.latest] if self.ordered else [])])
        return hashlib.sha256((question.digest + own).encode()).hexdigest()


BASE = "base"
"""Name of the unchanged question among variants."""
UNCHANGED = Scenario((("what", BASE),))
"""The scenario without changes."""


@dataclass(frozen=True)
class Result:
    """The result of a scenario: one row of the table.

    status: optimal, stopped, infeasible, unbounded, stopped_empty, faulty_input or failed.
    summary: as in summary.json, empty without a plan. plan: the text of plan.csv, blank without one.
    opened: sites that the relaxation opens.
    """

    status: Status
    message: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    plan: str = ""
    seconds: float = 0.0
    opened: tuple[str, ...] = ()

    @property
    def exit_code(self) -> Exit:
        """That of `gwplan solve`."""
        return self.status.exit_code()

    def to_json(self) -> str:
        """The result as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read the output of `to_json`. ValueError or TypeError for anything else."""
        found = cls(**json.loads(text))
        return replace(found, status=Status(found.status), opened=tuple(found.opened))


OWN_SETS = ("model.inputs", "model.overlays")
"""Sets that choose the files to read: they do not apply to a question, which holds the files."""


def ask(model: AnyPath, *, overlays: tuple[AnyPath, ...] = (), sets: tuple[str, ...] = (), gap: float | None = None,
        time_limit: str | None = None) -> SharedInputs:
    """The question of a model file, with the content of all files it reads. InputFaults if a file cannot be read."""
    from gwplan.inputs.definition import OVERLAYS
    from gwplan.inputs.definition_text import as_toml, loaded
    from gwplan.planning.build import read_definition

    definition = read_definition(model, sets)
    own, given = placed(f"inputs/{OVERLAYS}/", definition.overlays), placed("overlays/", overlays)
    names = [name.removeprefix(f"inputs/{OVERLAYS}/") for name, _ in own]
    document = loaded(model) | {"inputs": "../inputs"} | ({"overlays": names} if own else {})
    name = f"models/{definition.name}.toml"
    tables = [(f"inputs/{path.name}", path) for path in files_of(definition.inputs)]
    if definition.hours.kind != "mean":
        tables += [(f"inputs/{FOLDER}/{path.name}", path) for path in profile_files(definition.inputs)]
    faults: list[Fault] = []
    files = {name: as_toml(document).encode(), **dict(_contents([*tables, *own, *given], faults))}
    if faults:
        raise InputFaults(faults)
    sets = tuple(each for each in sets if each.partition("=")[0].strip() not in OWN_SETS)
    return SharedInputs(name, files, tuple(each for each, _ in given), sets, gap=gap, time_limit=time_limit, threads=1)


def placed(folder: str, paths: Sequence[AnyPath]) -> list[tuple[str, AnyPath]]:
    """Paths of the overlays, in order: faults show their own names, so overlays of the same name get separate folders."""
    names = [f"{file_name(path.stem)}.csv" for path in paths]
    return [(f"{folder}{name}" if names.count(name) == 1 else f"{folder}{number}/{name}", path)
            for number, (name, path) in enumerate(zip(names, paths, strict=True))]


def _contents(files: Iterable[tuple[str, AnyPath]], faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    """Content of files by name; a fault for each that cannot be read."""
    for name, path in files:
        try:
            yield name, read_bytes(path)
        except FileNotFoundError:
            faults.append(Fault(path.name, 0, f"there is no file {path}"))
        except FileFault as error:
            faults.append(Fault(path.name, 0, str(error)))
