"""The text of a model: parsed as TOML within limits, written from data, and the line of each key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import tomli_w

from gwplan.common.errors import Fault, InputFaults
from gwplan.common.numbers import beyond
from gwplan.common.printable import unprintable
from gwplan.inputs.memory import AnyPath, MemoryPath
from gwplan.inputs.plain_files import FileFault, read_bytes

DEEPEST = 12
"""Maximum nesting depth of tables; a model's own keys need four."""
LARGEST = 1_000_000
"""Maximum size of a model file in bytes."""
MOST_LINES = 5000
"""Maximum size of a model that is searched for the line of a key."""
_LONG_NUMBER = re.compile(r"[\d_]{1000,}")


class TomlError(ValueError):
    """A text that is not TOML, or exceeds the limits of a model. `line` is 0 if unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def parsed(text: str) -> dict[str, Any]:
    """TOML as data. TomlError if invalid or nested too deeply."""
    long = _LONG_NUMBER.search(text)
    if long:
        raise TomlError("has a number of more than 1000 digits", text.count("\n", 0, long.start()) + 1)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise TomlError(f"is not TOML: {error}", int(line[1]) if line else 0) from None
    except RecursionError:
        raise TomlError(f"has tables or lists nested more than {DEEPEST} deep") from None
    except ValueError as error:  # a date such as 2026-02-31
        raise TomlError(f"is not TOML: {error}") from None
    deep = next((key for depth, key, _ in entries(document) if depth > DEEPEST), None)
    if deep is not None:
        raise TomlError(f"{deep.split('.')[0]}: has tables or lists nested more than {DEEPEST} deep")
    return document


def entries(document: Mapping[str, Any]) -> Iterator[tuple[int, str, Any]]:
    """Depth, dotted key (lists counted from 1) and value of everything in a document, without recursion."""
    waiting: list[tuple[int, str, Any]] = [(1, str(key), value) for key, value in document.items()]
    while waiting:
        depth, key, value = waiting.pop()
        yield depth, key, value
        inner: Sequence[tuple[object, Any]] = ()
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = list(enumerate(value, 1))
        if depth <= DEEPEST:
            waiting.extend((depth + 1, f"{key}.{name}", each) for name, each in inner)


def unfit_values(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and message for each number that is not finite, too large or too small, and each text with a control character."""
    for _, key, value in entries(document):
        if isinstance(value, str) and unprintable(value):
            yield key, f"has the control character '{unprintable(value)}'"
        if isinstance(value, int | float) and not isinstance(value, bool) and beyond(value):
            yield key, "is not a finite number" if value != value or abs(value) == float("inf") else beyond(value)


def loaded(path: AnyPath) -> dict[str, Any]:
    """The document of a model file. InputFaults if it cannot be read or is not TOML, with the line."""
    try:
        content = read_bytes(path, LARGEST)
        return parsed(content.decode("utf-8-sig"))
    except FileNotFoundError:
        message, line = f"there is no file {path}", 0
    except FileFault as error:
        message, line = str(error), 0
    except UnicodeDecodeError as error:
        message, line = "is not UTF-8 text", content[: error.start].count(b"\n") + 1
    except TomlError as error:
        message, line = str(error), error.line
    raise InputFaults([Fault(path.name, line, message)])


def as_toml(document: Mapping[str, Any]) -> str:
    """Data as the text of a model file."""
    return tomli_w.dumps(document)


def located(faults: Sequence[Fault], path: AnyPath) -> list[Fault]:
    """Faults of a model file that begin with a key, located at the line of that key, or of the table that lacks it.

    A model in memory is a text that nobody wrote: its lines are not those of the file, and are left out.
    """
    if isinstance(path, MemoryPath) or not any(fault.file == path.name and not fault.row for fault in faults):
        return list(faults)
    try:
        lines = lines_of(read_bytes(path).decode("utf-8-sig"))
    except (OSError, ValueError):
        return list(faults)
    return [replace(fault, row=_line(fault.message, lines)) if fault.file == path.name and not fault.row else fault for fault in faults]


def _line(message: str, lines: Mapping[str, int]) -> int:
    key = message.partition(":")[0]
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return 0


def lines_of(text: str) -> dict[str, int]:
    """The line of each key of a TOML document, by its dotted name in faults; tables have the line of their header."""
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        return {}
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, first = "", 0
    while first < len(lines):
        last = _end(lines, first)
        statement = "\n".join(lines[first : last + 1])
        key, header = _key(statement), re.match(r"\s*(\[\[?)", statement)
        if key and header:
            key = _numbered(key, counts)
            found.setdefault(key, first + 1)
            if header[1] == "[[":
                counts[key] = counts.get(key, 0) + 1
                key = f"{key}.{counts[key]}"
            table = key
        elif key:
            key = f"{table}.{key}" if table else key
        while key and key != table:
            found.setdefault(key, first + 1)
            key = key.rpartition(".")[0]
        if header:
            found.setdefault(table, first + 1)
        first = last + 1
    return found


def _end(lines: Sequence[str], first: int) -> int:
    """The last line of the statement that begins in a line: lists and texts may span several lines."""
    for last in range(first, len(lines)):
        try:
            tomllib.loads("\n".join(lines[first : last + 1]))
        except (ValueError, RecursionError):
            continue
        return last
    return first


def _key(statement: str) -> str:
    """The dotted key that a statement sets, blank for a comment."""
    try:
        inner: Any = tomllib.loads(statement)
    except (ValueError, RecursionError):
        return ""
    key = ""
    while isinstance(inner, dict) and len(inner) == 1:
        ((name, inner),) = inner.items()
        key = f"{key}.{name}" if key else str(name)
    return key


def _numbered(key: str, counts: Mapping[str, int]) -> str:
    """The key of a header inside the last table of a list: `[target.by]` after `[[target]]` is `target.1.by`."""
    head, _, rest = key.partition(".")
    return f"{head}.{counts[head]}.{rest}" if rest and head in counts else key
