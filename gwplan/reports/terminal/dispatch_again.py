"""A plan made again with other hours, beside the plan before: what it builds, what it costs, what goes unserved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gwplan.common.amounts import money, number
from gwplan.reports.terminal.tables import blank, section

if TYPE_CHECKING:
    from rich.console import Console

    from gwplan.analysis.dispatch.again import Again

SAME = 5e-7
"""Share by which a number may differ and be the same to a reader."""
NO_DAYS = "No day is kept: all load is served in the full year, or the days in which it is not are kept already. The plan stays as it is."
WORDS = {"sized": "Sized against more hours", "kept": "Planned again with the worst days kept"}


def unserved(made: Again) -> tuple[float, float]:
    """GWh of a year that go unserved, before and after."""
    first, second = (sum(site.unserved_gwh for site in each.sites) for each in (made.before, made.after))
    return first, second


def sentence(made: Again) -> str:
    """What it costs more, and what is served that was not."""
    (before, after), (missed, left) = made.costs, unserved(made)
    more = after - before
    than = f"{'more' if more > 0 else 'less'} than the plan before, {abs(more) / abs(before):.2%} of {money(before)}"
    cost = f"costs {money(abs(more))} {than}"
    if abs(more) <= SAME * max(abs(before), 1.0):
        cost = f"costs {money(before)}, as the plan before"
    served = "all load is served in the full year, as before" if missed == left == 0 else \
        f"{number(left)} GWh of a year go unserved, {number(missed)} before"
    days = f" ({', '.join(made.days)})" if made.days else ""
    return f"{WORDS[made.what]}{days}: {cost}; {served}."


def as_json(made: Again) -> dict[str, Any]:
    """The comparison."""
    (before, after), (missed, left) = made.costs, unserved(made)
    rows = {"mw": made.capacities, "mwh": made.energies}
    return {"what": made.what, "days": list(made.days), "run": made.after.run.name, "sentence": sentence(made),
            "npv_cost_musd": {"before": before, "after": after}, "unserved_gwh": {"before": missed, "after": left},
            **{unit: [dict(zip(("supply", "site", "before", "after"), row, strict=True)) for row in found] for unit, found in rows.items()}}


def show(made: Again, console: Console) -> None:
    """Print the sentence, a table of supplies, and where the run is."""
    run = made.after.run
    table = blank("Supply", "Where", ">Before", ">After", ">Difference", "")
    for unit, rows in (("MW", made.capacities), ("MWh", made.energies)):
        for supply, site, before, after in rows:
            table.add_row(run.named(supply), run.named(site), number(before), number(after), number(after - before), unit)
    console.print(sentence(made), style="bold", markup=False)
    section(console, f"Builds of {made.after.period}", table)
    console.print(f"Saved  {run.path}", markup=False)
    console.print()
