"""`gwplan explain`: what a name means, where it is declared, what feeds it, and its value."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import completion, console
from gwplan.commands.options import PLAN, shared
from gwplan.common.status import Exit, Status


@click.command("explain", short_help="Say what a name means, where it is declared, what feeds it and its value.")
@click.argument("name", shell_complete=completion.names)
@click.option("--of", "of", type=PLAN, metavar="MODEL|RUN", help="Show the numbers behind it in this model or run, and its value there.")
@shared
def explain(name: str, of: Path | None, as_json: bool) -> None:
    """Explain NAME as any command prints it: a quantity, variable, rule, account, headline figure, goal, part, key of a
    model, item or source.

    Meaning, unit and equation in words, the file where it is declared, what it is made from and what uses it. With --of
    also the numbers that feed it, with source and grade, and its value in the run. A name that matches nothing gets the
    nearest names, with exit code 3.

    \b
    Examples:
      gwplan explain npv_cost_musd
      gwplan explain budget.capital_within_cap --of runs/RUN
      gwplan explain accelerators.vr_nvl72.price --of models/one_gigawatt.toml
      gwplan explain firm_credit
    """
    from gwplan.analysis.explain import explain as explaining
    from gwplan.reports.terminal import explain as shown
    from gwplan.results.run_folder import readable

    with console.reporting(as_json), readable(*([of] if of is not None and of.is_dir() else [])):
        material = None if of is None else explaining.of_run(of) if of.is_dir() else explaining.of_model(of)
        found = explaining.explain(name, material)
        if not found.found:
            near = f"; the nearest are {', '.join(found.near)}" if found.near else ""
            console.fail(Exit.INPUT, Status.UNKNOWN_NAME, f"nothing is named {name!r}{near}.", as_json)
        if as_json:
            console.print_json({"exit_code": Exit.SOLVED, **found.as_json()})
        else:
            shown.show(found, console.output())
