"""Models and runs by name on the command line: `one_gigawatt`, `latest`, `previous`, a name given to a run, a run folder without `runs/`.

A path that exists always means itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

ENDING = ".toml"
MODELS = Path("models")


class Run(click.Path):
    """A run folder, or a word for one: looked up in the folder of `--runs` if the command has it, else in `runs`."""

    name = "run"

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path of the run. BadParameter, in words, if there is none."""
        if not Path(value).exists():
            value = found_run(str(value), ctx) or value
        if not Path(value).exists():
            self.fail(f"{missing(str(value), 'Directory')}{why_no_run(str(value), ctx)}", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Words for runs, then folders."""
        return [*items(words_for_runs(ctx), incomplete), *super().shell_complete(ctx, param, incomplete)]


class Model(click.Path):
    """A model's file, or its name: looked up in `models`, here, and among the shipped ones."""

    name = "model"

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path of the model. BadParameter, in words, if there is none."""
        if not Path(value).is_file():
            value = found_model(str(value)) or value
        if not Path(value).exists():
            self.fail(f"File '{value}' does not exist{like_models(str(value))}", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Names of models, then files."""
        return [*items(list(models()), incomplete), *super().shell_complete(ctx, param, incomplete)]


class ModelOrRun(click.Path):
    """A file or a folder; or the name of a model, or a word for a run."""

    name = "model or run"

    def __init__(self) -> None:
        super().__init__(exists=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. BadParameter, in words, if there is none."""
        if not Path(value).exists():
            value = found_run(str(value), ctx) or found_model(str(value)) or value
        if not Path(value).exists():
            self.fail(f"{missing(str(value), 'Path')}{why_no_run(str(value), ctx)}{like_models(str(value))}", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Names of models, words for runs, then files."""
        return [*items([*models(), *words_for_runs(ctx)], incomplete), *super().shell_complete(ctx, param, incomplete)]


def items(words: list[str], incomplete: str) -> list[CompletionItem]:
    """The words that begin so."""
    return [CompletionItem(word) for word in dict.fromkeys(words) if word.startswith(incomplete)]


def words_for_runs(ctx: click.Context) -> list[str]:
    """All words for the runs of a command: latest, previous, names and folders."""
    from gwplan.results import run_list

    runs = run_list.runs_in(runs_of(ctx))
    return [*(run_list.LATEST, run_list.PREVIOUS)[: len(runs)], *(word for run in runs for word in run.words)]


def complete_run(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Words for runs alone."""
    return items(words_for_runs(ctx), incomplete)


def runs_of(ctx: click.Context | None) -> Path:
    """The folder of runs of a command."""
    from gwplan.results.run_list import RUNS

    return (ctx.params.get("runs") if ctx is not None else None) or RUNS


def found_run(text: str, ctx: click.Context | None) -> Path | None:
    """The run that a word means; None if there is none."""
    from gwplan.results import run_list

    try:
        return run_list.find(text, runs_of(ctx))
    except LookupError:
        return None


def missing(text: str, what: str) -> str:
    """That a path does not exist, before why it means no run; blank for `latest` and `previous`, which are no paths."""
    from gwplan.results import run_list

    return "" if text in (run_list.LATEST, run_list.PREVIOUS) else f"{what} '{text}' does not exist, and "


def why_no_run(text: str, ctx: click.Context | None) -> str:
    """Why a word means no run."""
    from gwplan.results import run_list

    try:
        run_list.find(text, runs_of(ctx))
    except LookupError as error:
        return str(error.args[0])
    return ""


def models() -> dict[str, Path]:
    """The models that can be named: those of `models` and of the working folder, then the shipped ones."""
    from gwplan.inputs import starters

    found: dict[str, Path] = {}
    try:
        shipped = starters.root() / MODELS
    except FileNotFoundError:
        shipped = MODELS
    for folder in (MODELS, Path(), shipped):
        for path in sorted(folder.glob(f"*{ENDING}")):
            found.setdefault(path.stem, path)
    return found


def found_model(text: str) -> Path | None:
    """The model of a name; None if there is none, or if it is no bare name."""
    return models().get(text) if Path(text).name == text else None


def like_models(text: str) -> str:
    """The model whose name is most like a text, as a hint; blank if none is."""
    from gwplan.common.spelling import suggestion

    return suggestion(Path(text).name.removesuffix(ENDING), list(models()))
