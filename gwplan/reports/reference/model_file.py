"""The page of the model file: every table and key of a model's TOML, written from the schema that reads it.

`make reference` writes it, with the other generated pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gwplan.inputs.definition_schema import Document
from gwplan.model.goals import GOALS
from gwplan.model.parts import PARTS, load
from gwplan.reports.reference.markdown import prose, table

OPENING = """# The model file

Written from the code by `make reference`; a test compares the two.

A model is a TOML file that asks one question: the horizon, the parts that take part, the targets and the goal. The facts are in the
tables of a case ([quantities](../dictionary.md)). Any key can be changed for one run: `--set model.horizon.end=2036-Q4`, or
`--set 'model.target.1.amount=800 MW'` ([overlays and `--set`](../overlays.md)). An unknown key is an error, and so is a value of another
type.

A *date* is text: a year (`"2027"`), a quarter (`"2027-Q3"`) or a month (`"2027-07"`), from 2000 to 2100. An *amount* is text with its unit,
which may be any unit of the same dimension.
"""
PARTS_OPENING = """## Parts

What `parts` may name. Each part reads the table of its name; [the model](../model.md) lists its variables and rules.
"""
GOALS_OPENING = """## Goals

What `kind` of a goal may be.
"""
Schema = Mapping[str, Any]


def page() -> str:
    """The page as Markdown."""
    schema = Document.model_json_schema()
    lines = [OPENING, *section("## Keys at the top", schema)]
    for key, name in tables_of(schema).items():
        lines += section(f"## {key}", schema["$defs"][name])
    lines += [PARTS_OPENING, *table(("part", "what it plans"), [(f"[`{name}`](../model.md#{name})", opening(name)) for name in PARTS]), ""]
    goals = [(f"`{kind}`", prose(" ".join((goal.__doc__ or "").split()))) for kind, goal in GOALS.items()]
    return "\n".join([*lines, GOALS_OPENING, *table(("goal", "what is optimised"), goals), ""])


def tables_of(schema: Schema) -> dict[str, str]:
    """Name of the definition by key as it is written in TOML, of each key that is a table or an array of tables."""
    found = {}
    for key, entry in schema["properties"].items():
        items = definition_of(entry.get("items", {}))
        name = definition_of(entry) or items
        if name:
            found[f"[[{key}]]" if items else f"[{key}]"] = name
    return found


def definition_of(entry: Schema) -> str:
    """The name of the definition that an entry refers to, also where it may be left out; "" if it is no table."""
    references = [each["$ref"] for each in (entry, *entry.get("anyOf", ())) if "$ref" in each]
    return references[0].rpartition("/")[2] if references else ""


def section(heading: str, schema: Schema) -> Iterator[str]:
    """A table of the TOML with its keys."""
    needed = schema.get("required", ())
    yield from (heading, "", prose(" ".join(schema["description"].split())), "")
    rows = [(f"`{key}`", type_of(entry), default_of(entry, key in needed), prose(entry.get("description", "")))
            for key, entry in schema["properties"].items() if not is_table(entry)]
    yield from (*table(("key", "type", "default", "meaning"), rows), "")


def is_table(entry: Schema) -> bool:
    """Whether a key is a table or an array of tables, with a section of its own."""
    return bool(definition_of(entry) or definition_of(entry.get("items", {})))


def type_of(entry: Schema) -> str:
    """What may stand in a key: its type, unit and bounds, or its choices."""
    if "x-written" in entry:
        return str(entry["x-written"])
    if "anyOf" in entry:
        return type_of(next(each for each in entry["anyOf"] if each.get("type") != "null"))
    if "enum" in entry:
        return ", ".join(f"`{choice}`" for choice in entry["enum"])
    if entry["type"] == "array":
        items = entry["items"]
        return f"list of {type_of(items)}" if "enum" in items else "list of texts"
    if entry["type"] == "object":
        return f"table of {type_of(entry['propertyNames'])}, each a {type_of(entry['additionalProperties'])}"
    return {"string": "text", "boolean": "true or false", "integer": "whole number", "number": "number"}[entry["type"]] + bounds(entry)


def bounds(entry: Schema) -> str:
    """The bounds of a number."""
    least, most, below = (entry.get(word) for word in ("minimum", "maximum", "exclusiveMaximum"))
    words = [*([f"from {least:g}"] if least is not None else []), *([f"to {most:g}"] if most is not None else []),
             *([f"to below {below}"] if below is not None else [])]
    return " ".join(["", *words]) if words else ""


def default_of(entry: Schema, needed: bool) -> str:
    """The default, as it would be written; "needed" where there is none."""
    if needed:
        return "needed"
    found = entry.get("x-default", entry.get("default"))
    return "" if found in (None, "", []) else f"`{toml(found)}`"


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def opening(part: str) -> str:
    """The first sentence of what a part says of itself."""
    paragraph = " ".join((load(part).__doc__ or "").strip().split("\n\n")[0].split())
    return prose(paragraph.split(". ")[0].rstrip(".") + ".")
