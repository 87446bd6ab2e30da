"""Completion in a shell: models, runs, items, quantities and keys of `--set`, read from the files themselves without a check.

`_GWPLAN_COMPLETE=bash_source gwplan` prints what a shell needs; see docs/install.md. A file that cannot be read offers nothing.
"""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import split_arg_string

SHIPPED = "one_gigawatt"
"""The model whose names are offered where the command line names none."""
SUPPORT = ("sources", "labels", "deflators", "correlations", "half_lives")
"""Tables whose rows are no numbers of a plan."""


def keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Keys of `--set`, `--over` and `--of`: table.item.quantity, with @site where rows are of a site; model.KEY."""
    model = model_of(ctx)
    return beginning(incomplete, [*numbers(model), *(f"model.{key}" for key in flat(definition(model)))] if model else [])


def items(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Items, sites and vendors of the tables."""
    model = model_of(ctx)
    return beginning(incomplete, list(named(model)) if model else [])


def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What `gwplan explain` knows: figures, numbers and items."""
    from gwplan.results.figures import summary_keys

    model = model_of(ctx)
    of_model = [*numbers(model), *named(model), *(key.rpartition(".")[2] for key in numbers(model))] if model else []
    return beginning(incomplete, [*summary_keys(), *of_model])


def patterns(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Patterns of numbers: a table, or one of its items, and all that is in it."""
    model = model_of(ctx)
    heads = {".".join(key.split(".")[:size]) for key in (numbers(model) if model else ()) for size in (1, 2)}
    return beginning(incomplete, [f"{head}.*" for head in heads])


def beginning(incomplete: str, words: list[str]) -> list[str]:
    """The words that begin so, each once, in order."""
    return sorted({word for word in words if word.startswith(incomplete)})


def model_of(ctx: click.Context) -> Path | None:
    """The model of a command line, or of the run that it names; the shipped one without any."""
    from gwplan.commands import named as words

    given: Path | None = next((ctx.params[name] for name in ("model", "of", "what") if ctx.params.get(name)), None)
    if given is None:  # click forgets the words before an option that has no value yet
        typed = split_arg_string(os.environ.get("COMP_WORDS", ""))[2:]
        given = next((found for word in typed if (found := a_model(word, ctx)) is not None), None)
    if given is not None and Path(given).is_dir():
        from gwplan.results.run_list import kept_run

        run = kept_run(Path(given))
        given = words.found_model(run.model) if run is not None else None
    return Path(given) if given is not None else words.found_model(SHIPPED)


def a_model(word: str, ctx: click.Context) -> Path | None:
    """The model or the run that a typed word means; None for other words."""
    from gwplan.commands import named as words

    path = Path(word)
    is_path = path.is_file() if path.suffix == words.ENDING else path.is_dir() and path.parent != Path()
    return path if is_path else words.found_model(word) or words.found_run(word, ctx)


def definition(model: Path) -> dict[str, Any]:
    """The content of a model's file."""
    with suppress(OSError, ValueError):
        return tomllib.loads(model.read_text(encoding="utf-8"))
    return {}


def flat(content: Any, before: str = "") -> Iterator[str]:
    """Keys of a model with their places in lists, from 1: `target.1.by`."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from flat(value, f"{before}{key}.")
    elif isinstance(content, list) and content and isinstance(content[0], dict):
        for place, value in enumerate(content, 1):
            yield from flat(value, f"{before}{place}.")
    else:
        yield before.removesuffix(".")


def rows(model: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Table and cells of each row of a model's tables."""
    folder = model.parent / str(definition(model).get("inputs", ""))
    for path in sorted(folder.glob("*.csv")):
        if path.stem in SUPPORT:
            continue
        with suppress(OSError, ValueError, csv.Error), path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield path.stem, {name: str(cell or "") for name, cell in row.items() if name}


def numbers(model: Path) -> dict[str, None]:
    """Every number by the key of `--set`, without its date."""
    found: dict[str, None] = {}
    for table, row in rows(model):
        if row.get("item") and row.get("quantity"):
            site = f"@{row['site']}" if row.get("site") else ""
            found[f"{table}.{row['item']}{site}.{row['quantity']}"] = None
    return found


def named(model: Path) -> dict[str, None]:
    """Items, and vendors among their labels."""
    found: dict[str, None] = {}
    for _, row in rows(model):
        if row.get("item"):
            found[row["item"]] = None
        if row.get("quantity") == "vendor" and row.get("base"):
            found[row["base"]] = None
    return found
