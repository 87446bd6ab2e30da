"""`gwplan sample`: Monte Carlo sampling of every number that has a range."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import GIVEN, MODEL, changes, shared, study, tell_passed_over

MOST = 100_000
SHAPES = ("triangular", "pert", "uniform")
DESIGNS = ("independent", "latin", "sobol")


@click.command("sample", short_help="Monte Carlo: draw every uncertain number from its range, solve, repeat.")
@click.argument("model", type=MODEL)
@click.option("-n", "count", type=click.IntRange(1, MOST), default=500, show_default=True, help="Number of samples.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True,
              help="Random seed: the same seed gives the same draws.")
@click.option("--shape", type=click.Choice(SHAPES), default="triangular", show_default=True,
              help="Distribution between low and high: triangular or PERT with the base as its most likely value, or uniform.")
@click.option("--correlations", type=GIVEN, metavar="FILE",
              help="A CSV a,b,rho,source,note of rank correlations; by default correlations.csv of the case, if there is one.")
@click.option("--design", type=click.Choice(DESIGNS), default="independent", show_default=True,
              help="How draws are spread: independent, a Latin hypercube, or a Sobol sequence (best with a power of two).")
@changes
@study
@shared
@click.pass_context
def sample(context: click.Context, /, model: Path, count: int, seed: int, shape: Any, correlations: Path | None, as_json: bool,
           **options: Any) -> None:
    """Draw every number of MODEL that has a range, solve, and repeat (Monte Carlo).

    Reports the quantiles of the figures, how often each site, system, supply and design is chosen, and which numbers
    drive the result. Draws are independent unless correlated; all dates of one price path move together. Numbers given
    by --set are not drawn. An independent draw depends on the seed, the number's name and the sample's index alone, so
    more samples extend the first ones. The table `intervals` says how sure each quantile is.

    \b
    Examples:
      gwplan sample models/one_gigawatt.toml -n 500 --seed 1
      gwplan sample models/one_gigawatt.toml -n 200 --shape pert --correlations together.csv
    """
    from gwplan.analysis.scenarios.study import StudyRequest
    from gwplan.analysis.uncertainty import sample as sampling
    from gwplan.commands.progress import scenario_progress
    from gwplan.reports.terminal import sample as sampled
    from gwplan.reports.webpage.studies.write import write

    with console.reporting(as_json):
        tell_passed_over(model, options["sets"])
        drawing = sampling.Drawing(count, seed, shape, correlations, options.pop("design"))
        with scenario_progress(count, "samples", "the unchanged plan beside them") as on_result:
            order = StudyRequest(model, (), on_result=on_result, page=write, **options)
            found = sampling.sample(order, drawing, lambda text: console.say(text, err=True))
        for warning in found.warnings:
            console.say(f"warning: {warning}", err=True)
        with console.reporting(as_json, console.kept(found.study.exit_code, found.study.folder)):
            if as_json:
                console.print_json(sampled.sample_as_json(found))
            else:
                sampled.show_sample(found, console.output())
    context.exit(found.study.exit_code)
