"""`gwplan sweep`: solve many variants of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import completion, console
from gwplan.commands.options import FOLDER_GIVEN, MODEL, changes, shared, study, tell_passed_over


@click.command("sweep", short_help="Solve many variants of a model in parallel, into one table.")
@click.argument("model", type=MODEL)
@click.option("--over", "overs", multiple=True, metavar="TEXT", shell_complete=completion.keys,
              help="A number and its values: 'NAME=LOW:HIGH:STEP UNIT' or 'NAME=VALUE,VALUE UNIT'; NAME as in --set. "
              "Several are combined into a full grid.")
@click.option("--overlays", "folder", type=FOLDER_GIVEN, metavar="DIR",
              help="One variant for each overlay (*.csv) in this folder, and the unchanged model.")
@changes
@study
@shared
@click.pass_context
def sweep(context: click.Context, /, model: Path, overs: tuple[str, ...], folder: Path | None, as_json: bool, **options: Any) -> None:
    """Solve MODEL with every combination of some values, or with every overlay of a folder.

    Writes one table with a row for each variant, solved or not. Results are cached in RUNS/.cache under a digest of
    everything that affects them: a stopped sweep resumes, and a repeated one is immediate.

    \b
    Examples:
      gwplan sweep models/one_gigawatt.toml --over 'budget.capital.cap=30:70:5 GUSD_2026'
      gwplan sweep models/one_gigawatt.toml --over 'model.target.1.by=2029-Q4,2030-Q4'
      gwplan sweep models/one_gigawatt.toml --overlays what_ifs --workers 4
    """
    from gwplan.analysis import sweep as sweeping
    from gwplan.analysis.scenarios import study
    from gwplan.commands.progress import scenario_progress
    from gwplan.reports.terminal import sweep as swept
    from gwplan.reports.webpage.studies.write import write

    if bool(overs) == (folder is not None):
        raise click.UsageError("give either --over or --overlays")
    try:
        with console.reporting(as_json):
            scenarios = sweeping.of_overs(overs, options["sets"]) if folder is None else sweeping.of_folder(folder)
    except sweeping.InvalidRange as error:
        raise click.UsageError(str(error)) from error
    with console.reporting(as_json):
        tell_passed_over(model, options["sets"], *([] if folder is None else [folder]))
        asked: dict[str, object] = {"overs": list(overs), "overlays_of": None if folder is None else str(folder)}
        with scenario_progress(len(scenarios)) as on_result:
            done = study.run(study.StudyRequest(model, tuple(scenarios), on_result=on_result, page=write, facts=asked, **options))
        with console.reporting(as_json, console.kept(done.exit_code, done.folder)):
            if as_json:
                console.print_json(swept.as_json(done))
            else:
                swept.show(done, console.output())
    context.exit(done.exit_code)
