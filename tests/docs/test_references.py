"""Pages written from the code: each is current, and none of them leaves out a command, an option, a key or a figure."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from gwplan.commands.cli import gwplan
from gwplan.commands.command_reference import page as commands_page
from gwplan.commands.reference_pages import PAGES, write
from gwplan.common.status import Exit
from gwplan.inputs.definition_schema import Document, Strict
from gwplan.model.goals import GOALS
from gwplan.reports.reference.markdown import prose, row
from gwplan.reports.reference.model_file import page as model_file_page
from gwplan.reports.reference.model_file import tables_of, type_of
from gwplan.results.figures import CATALOGUE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run: make reference"


def test_only_pages_that_differ_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gwplan.commands.reference_pages.PAGES", {"a.md": lambda: "a", "b/c.md": lambda: "c"})
    assert write(tmp_path) == ["a.md", "b/c.md"]
    (tmp_path / "a.md").write_text("old")
    assert write(tmp_path) == ["a.md"]
    assert (tmp_path / "a.md").read_text() == "a"


def sections(text: str) -> dict[str, str]:
    """What stands below each heading of the second rank."""
    return {each.splitlines()[0]: each for each in text.split("\n## ")[1:]}


def test_every_command_has_a_section_with_each_of_its_options() -> None:
    found = sections(commands_page())
    shared = found.pop("Options of every command")
    for code in Exit:
        assert f"| `{code.value}` | {code.text} |" in found["Exit codes"]
    assert set(gwplan.commands) == set(found) - {"Exit codes"}
    for name, command in gwplan.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert f"`{parameter.opts[0]}`" in found[name] + shared, f"{name} {parameter.opts[0]}"
            else:
                assert parameter.make_metavar(click.Context(command)) in found[name].splitlines()[3]


def test_examples_in_help_have_commands_and_options_that_exist() -> None:
    examples = [line.strip() for command in gwplan.commands.values() for line in inspect.cleandoc(command.help or "").splitlines()
                if line.startswith("  gwplan ")]
    assert len(examples) > len(gwplan.commands)
    for example in examples:
        words = shlex.split(example)
        known = {each for parameter in gwplan.commands[words[1]].params for each in parameter.opts}
        assert {word for word in words[2:] if word.startswith("-")} <= known, example


def test_every_key_of_a_model_has_a_description_and_a_row() -> None:
    found = sections(model_file_page())
    schema = Document.model_json_schema()
    tables = tables_of(schema)
    assert {"[horizon]", "[[target]]", "[[goal]]"} <= set(tables)
    models = [each for kind in Strict.__subclasses__() for each in (kind.__subclasses__() or [kind]) if each is not Document]
    assert {each.__name__ for each in models} == set(tables.values())
    beside = {key for key in schema["properties"] if f"[{key}]" not in tables and f"[[{key}]]" not in tables}
    for heading, keys in [("Keys at the top", beside), *((key, schema["$defs"][name]["properties"]) for key, name in tables.items())]:
        rows = [line.split(" | ") for line in found[heading].splitlines() if line.startswith("| `")]
        assert {cells[0].strip("| `") for cells in rows} == set(keys)
        for cells in rows:
            assert cells[1].strip() and len(cells[3].strip("| ")) > 10, cells


def test_the_defaults_on_the_page_are_those_that_a_model_gets() -> None:
    """A model with each default written out, as the page gives it, is the same as one without."""
    bare = {"inputs": "i", "parts": ["sites"], "precision": "fp8", "horizon": {"start": "2027", "end": "2028", "dollars": 2026, "discount_rate": 0.1},
            "target": [{"measure": "it", "amount": "1 MW", "by": "2027"}], "goal": [{"kind": "soonest", "amount": "1 MW"}]}
    written = json.loads(json.dumps(bare)) | {"contracts": {}, "solver": {}}
    count = 0
    for heading, text in sections(model_file_page()).items():
        table = written.get(heading.strip("[]"), written if heading == "Keys at the top" else None)
        for key, default in re.findall(r"^\| `(\w+)` \| .+? \| `([^`]+)` \| ", text, re.MULTILINE) if table is not None else ():
            (table[0] if isinstance(table, list) else table)[key] = tomllib.loads(f"value = {default}")["value"]
            count += 1
    assert count >= 8
    assert Document.model_validate(written) == Document.model_validate(bare)


def test_every_headline_figure_is_explained_under_its_key() -> None:
    explained = (DOCS / "results.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in sections(PAGES["reference/figures.md"]())["Objectives"].splitlines()]
    assert {cells[0].strip("| `") for cells in rows if cells[0].startswith("| `")} == set(GOALS)
    for key in CATALOGUE:
        assert f"| `{key}` |" in explained


def test_a_table_that_may_be_left_out_and_a_table_of_numbers_are_described() -> None:
    schema = {"properties": {"a": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}, "b": {"items": {"$ref": "#/$defs/B"}}, "c": {"type": "string"}}}
    assert tables_of(schema) == {"[a]": "A", "[[b]]": "B"}
    shares = {"type": "object", "propertyNames": {"enum": ["x", "y"]}, "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}}
    assert type_of(shares) == "table of `x`, `y`, each a number from 0 to 1"


@pytest.mark.parametrize(("text", "markdown"), [
    ("Every command takes --json.", "Every command takes `--json`."),
    ("such as 'accelerators.*', and", "such as `accelerators.*`, and"),
    ("table.item[@site].quantity='VALUE UNIT', or model.KEY=VALUE.", "`table.item[@site].quantity='VALUE UNIT'`, or `model.KEY=VALUE`."),
    ("the model's own; the run's too", "the model's own; the run's too"),
    ("each *.csv of first_build", "each \\*.csv of first\\_build"),
    ("already `a*b` code", "already `a*b` code"),
    ("well-known, twenty-one", "well-known, twenty-one"),
])
def test_plain_text_reads_the_same_in_markdown(text: str, markdown: str) -> None:
    assert prose(text) == markdown


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert row("a|b", "c") == "| a\\|b | c |"
