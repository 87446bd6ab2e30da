"""`gwplan levelised`: what a MWh of each supply costs at each site."""

from __future__ import annotations

from pathlib import Path

import click

from gwplan.commands import console
from gwplan.commands.options import MODEL, SHARE, Share, changes, shared

BELOW_ONE = Share(0, 1, max_open=True)


@click.command("levelised", short_help="What a MWh of each supply costs at each site.")
@click.argument("model", type=MODEL)
@click.option("--when", default="", metavar="DATE", help="Service on or after this date, such as 2029-Q1; by default as early as may be.")
@click.option("--rate", type=SHARE, help="Real cost of capital after tax, a year; by default the model's discount rate.")
@click.option("--debt-share", type=SHARE, help="Share of debt, in place of --rate; with --interest and --equity-return.")
@click.option("--interest", type=SHARE, help="Interest on the debt, nominal, a year.")
@click.option("--equity-return", type=SHARE, help="Return on the equity, nominal, a year.")
@click.option("--tax", type=BELOW_ONE, help="Rate of income tax; with --tax-life.")
@click.option("--tax-life", type=click.FloatRange(1, 50), help="Years to write the price off in, by MACRS if there is such a class.")
@click.option("--inflation", type=SHARE, help="Inflation a year, for what is nominal.")
@click.option("--itc", type=SHARE, help="Investment tax credit as a share of the price, in place of the tables' own.")
@changes
@shared
def levelised(model: Path, when: str, overlays: tuple[Path, ...], sets: tuple[str, ...], as_json: bool, **terms: float | None) -> None:
    """What a MWh of each supply of MODEL costs at each site, cheapest first: capital, fixed, running, fuel, bought energy.

    Each supply runs as much as it may (availability, capacity factor, hours). Capital is the price of an order for the
    date with its contingency, its deposit carried to service, as a level payment over the life. Prices are real, those of
    the period of service. Nothing is solved: what a plan buys depends on dates, firm power and the load too.

    \b
    Examples:
      gwplan levelised one_gigawatt
      gwplan levelised one_gigawatt --when 2030-Q1 --rate 0.06
      gwplan levelised one_gigawatt --debt-share 0.5 --interest 0.07 --equity-return 0.1
    """
    from gwplan.analysis.levelised import levelised_of
    from gwplan.planning.build import read
    from gwplan.planning.request import Request
    from gwplan.reports.terminal import levelised as shown

    with console.reporting(as_json):
        case = read(Request(model, overlays, sets))
        found = levelised_of(case, when, terms)
        if as_json:
            console.print_json(found.as_json())
        else:
            shown.show(found, case.checked.labels, console.output())
