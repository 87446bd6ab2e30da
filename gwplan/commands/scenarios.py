"""`gwplan scenarios`: a few scenarios from the ranges of a case, for `gwplan hedge`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gwplan.commands import console
from gwplan.commands.options import FILE, GIVEN, MODEL, changes, shared, tell_passed_over

SHAPES = ("triangular", "pert", "uniform")
MOST = 1000


@click.command("scenarios", short_help="Make a few scenarios for `hedge` from the ranges and correlations of a case.")
@click.argument("model", type=MODEL)
@click.option("-n", "count", type=click.IntRange(1, MOST), default=8, show_default=True, help="Number of scenarios.")
@click.option("--draws", type=click.IntRange(1, 5 * MOST), default=500, show_default=True, help="Draws that they stand for.")
@click.option("--of", "patterns", multiple=True, metavar="KEY", help="Draw only these, such as 'power.grid@*.earliest'. May be repeated.")
@click.option("--known", metavar="DATE", help="From when the scenarios are known; by default a year after the horizon's start.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="Random seed.")
@click.option("--shape", type=click.Choice(SHAPES), default="triangular", show_default=True, help="Distribution between low and high.")
@click.option("--correlations", type=GIVEN, metavar="FILE", help="Rank correlations, as for `gwplan sample`.")
@click.option("--to", "target", type=FILE, default=Path("scenarios.csv"), show_default=True, help="Where they are written.")
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
@changes
@shared
@click.pass_context
def scenarios(context: click.Context, /, model: Path, count: int, target: Path, replace: bool, as_json: bool, **options: Any) -> None:
    """Draw every number of MODEL that has a range, and keep the few draws that stand best for all (fast forward selection).

    Written are FILE and a folder beside it with an overlay for each scenario, for people to edit: probabilities, dates from
    which each is known, names. The more numbers are drawn, the less a few scenarios say of them: draw the ones that matter
    (--of; `gwplan stress` ranks them). It is said how much of the distance of the draws is left.

    \b
    Examples:
      gwplan scenarios models/tiny.toml -n 4
      gwplan scenarios models/one_gigawatt.toml --of 'power.grid@*.earliest' --known 2028-Q3
    """
    from gwplan.analysis.hedge.generate import generate
    from gwplan.analysis.uncertainty.sample import Drawing
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    with console.reporting(as_json):
        if not replace and (target.exists() or (target.parent / target.stem).exists()):
            raise click.UsageError(f"{target}, or a folder of that name, is there already: give another --to, or --replace.")
        tell_passed_over(model, options["sets"])
        case = read(Request(model, options["overlays"], options["sets"]))
        drawing = Drawing(options["draws"], options["seed"], options["shape"], options["correlations"])
        found = generate(case, count, drawing, target, (options["patterns"], options["known"]))
        if as_json:
            console.print_json({"exit_code": 0, "file": str(found.file), "overlays": [str(each) for each in found.overlays],
                                "keys": list(found.keys), "draws": found.draws, "probabilities": list(found.reduced.probabilities),
                                "distance_left": found.reduced.error})
        else:
            console.say(f"{len(found.overlays)} scenarios for {found.draws} draws of {len(found.keys)} numbers: {target}")
            console.say(f"They leave {found.reduced.error:.0%} of the distance that a single draw leaves.")
            console.say(f"Edit them, then: gwplan hedge {model} --scenarios {target}")
