"""The summary of a run folder for the terminal, in pages: the plan in sentences with its figures, schedule, money and limits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from gwplan.analysis import bridge
from gwplan.common.amounts import TABLE, said, scale
from gwplan.common.errors import faults_as_json
from gwplan.reports.formatting import figure_text, money_unit
from gwplan.reports.headline import final_year, headline, precision, terms
from gwplan.reports.reference_plans import telling
from gwplan.reports.sentences import CARRIED, at, binding, chosen, held_back, proxies, rule_words, standing, vendors, waiting_systems
from gwplan.reports.terminal import comparison, diversification, finance, first_screen
from gwplan.reports.terminal.sources import carried_table
from gwplan.reports.terminal.tables import blank, filled, section
from gwplan.results import cash_flows, sources
from gwplan.results.figures import CATALOGUE, SUMMARISED, title, value_of
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST, Event, events

FEW = 5
"""Numbers that carry the answer, of ten that `gwplan sources RUN` and the page show."""
PAGES = ("figures", "schedule", "capital", "finance", "published", "limits", "weak")
"""Pages of the summary of a run, in their order."""
WORK = {"training_exaflop_days": "usd_per_training_exaflop_day", "input_tokens_trillion": "usd_per_million_input_tokens",
        "output_tokens_trillion": "usd_per_million_output_tokens"}  # fmt: skip
"""Work that the plan's compute would do if all of it were used, and what it costs."""

if TYPE_CHECKING:
    from gwplan.analysis.compare.comparison import Comparison
    from gwplan.planning.request import Outcome


def outcome_as_json(outcome: Outcome, changed: Comparison | None = None) -> dict[str, Any]:
    """How a solve ended, the summary of its run folder where there is one, and what changed against another run."""
    ended = {
        "exit_code": outcome.exit_code,
        "status": outcome.status,
        "run": None if outcome.run is None else str(outcome.run),
        "message": outcome.message,
        **({"note": outcome.note} if outcome.note else {}),
        "sizes": outcome.sizes,
        "warnings": faults_as_json(outcome.warnings),
    }
    if changed is not None:
        ended["changed"] = comparison.as_json(changed)
    return ended | ({} if outcome.run is None else {"summary": RunFolder(outcome.run).summary})


def show_outcome(outcome: Outcome, console: Console, changed: Comparison | None = None) -> None:
    """Print the first screen of a solve's run folder and what changed; without a run folder, what happened in its place."""
    if outcome.run is not None:
        notes = [text for text in (outcome.message if outcome.exit_code else "", outcome.note) if text]
        first_screen.show(RunFolder(outcome.run), console, len(outcome.warnings), notes)
        if changed is not None:
            console.print()
            comparison.show(changed, console)
        return
    console.print(" ".join(each for each in (outcome.message, outcome.note) if each), markup=False)
    if outcome.sizes:
        console.print("Model: " + ", ".join(f"{size:,} {name}" for name, size in outcome.sizes.items()))


def as_json(folder: Path) -> dict[str, Any]:
    """The summary of a run folder with its bridge and its estimates by class."""
    run = RunFolder(folder)
    found = bridge.build(run)
    extra = {"run": str(folder), "bridge": None if found is None else found.as_json(), "estimate_shares": sources.estimate_shares(run)}
    return run.summary | extra


def show(folder: Path, console: Console, pages: Collection[str] = PAGES) -> None:
    """Print pages of the summary of a run folder, by default all. InputFaults where it is none."""
    run = RunFolder(folder)
    for name, page in _PAGES.items():
        if name in pages:
            page(run, console)
    for name, sentence in nothing(run).items():
        if name in pages and set(pages) != set(PAGES):
            console.print(sentence, markup=False)
    console.print(f"\nRun folder: {folder}", markup=False, soft_wrap=True)


def nothing(run: RunFolder) -> dict[str, str]:
    """The pages that are empty for a run, with the reason."""
    found = {}
    if not cash_flows.is_financed(run):
        found["finance"] = "This plan has no finance: the part `finance` is not in its model."
    if bridge.build(run) is None:
        found["published"] = "No IT power is built in own halls, so that published figures have nothing to be compared with."
    return found


def _show_figures(run: RunFolder, console: Console) -> None:
    """The plan in sentences, and its figures."""
    console.print(headline(run), style="bold", markup=False)
    console.print(standing(run), markup=False)
    if run.summary.get("held_back"):
        console.print(held_back(run), markup=False)
    for sentence in filter(None, (chosen(run), proxies(run), vendors(run), waiting_systems(run))):
        console.print(sentence, markup=False)
    section(console, f"Figures (money in dollars of {run.dollars})", _figures(run))


def _show_schedule(run: RunFolder, console: Console) -> None:
    section(console, "Schedule", _schedule(run))


def _show_capital(run: RunFolder, console: Console) -> None:
    section(console, f"Capital by class, {money_unit(run)[0]}{per_gigawatt(run)}", _capital(run))


def _show_finance(run: RunFolder, console: Console) -> None:
    if cash_flows.is_financed(run):
        finance.show(run, console, binding(run))


def _show_published(run: RunFolder, console: Console) -> None:
    found = bridge.build(run)
    if found is not None:
        _show_bridge(run, found, console)


def _show_limits(run: RunFolder, console: Console) -> None:
    section(console, "Shares: largest in one period in which they bind (of money: over all of them)", _shares(run))
    section(console, "Limits that bind (the worth of one more unit holds for small changes, whole numbers fixed)", _limits(run))
    if found := telling(run):
        console.print(f"\nSimple rules beside the plan: {'; '.join(found)}.", markup=False)
    unlimited = run.summary.get("no_limit_on") or []
    if unlimited:
        console.print(f"\nUnconstrained: {', '.join(unlimited)}.")


def _show_weak(run: RunFolder, console: Console) -> None:
    section(console, CARRIED, carried_table(run, FEW))
    console.print("\n" + "\n".join(sources.lines(run)), markup=False)


_PAGES: dict[str, Callable[[RunFolder, Console], None]] = {
    "figures": _show_figures, "schedule": _show_schedule, "capital": _show_capital, "finance": _show_finance,
    "published": _show_published, "limits": _show_limits, "weak": _show_weak,
}  # fmt: skip


def _figures(run: RunFolder) -> Table:
    table = blank("", "", header=False)
    more = {"capital_first_build_musd": f", to {run.periods[run.first_build_end]}", "compute_kh100e": f" ({precision(run)})",
            "running_musd_per_year_final": f" ({final_year(run)})"}  # fmt: skip
    if terms(run):
        more["npv_value_musd"] = f" (rents of {terms(run)})"
    for key, cost in WORK.items():
        price = run.figure(cost)
        more[key] = f", at {said(price, CATALOGUE[cost].unit)}" if price is not None else ""
    rows: list[tuple[str, str | None]] = []
    for key in SUMMARISED:
        value = value_of(run.summary, key)
        text = finance.levelised(run) if CATALOGUE[key].format == "price" else None if value is None else figure_text(key, value)
        rows.append((title(key), text and text + more.get(key, "")))
    return filled(table, rows)


def per_gigawatt(run: RunFolder) -> str:
    """In what the column per GW is where the others are in something else; blank where they are not."""
    unit = scale([run.figure("capital_musd_per_it_gw") or 0.0])[0]
    return "" if unit == money_unit(run)[0] else f" (per GW of IT: {unit})"


def _schedule(run: RunFolder) -> Table:
    """The decisions, one a line; the name of a period is written once."""
    table = blank("When", "What", "Where", ">Number", "Of", ">MW", "In service")
    last = ""
    for event in events(run):
        table.add_row("" if event.period == last else event.period, *_cells(run, event))
        last = event.period
    return table


def _cells(run: RunFolder, event: Event) -> tuple[str, ...]:
    site, item = run.named(event.site), run.named(event.item)
    whole = abs(event.amount - round(event.amount)) < LEAST
    # Small units of supply are bought by the megawatt: a fraction of a unit is no number that anybody orders.
    amount = f"{event.amount:,.0f}" if whole or event.amount >= 10 else f"{event.amount:,.1f}"
    if event.what == "supplies" and not whole:
        amount = ""
    power = "" if event.megawatts is None else f"{event.megawatts:,.0f}" if event.megawatts >= 10 else f"{event.megawatts:,.1f}"
    if event.what == "sites":
        return "opened", site, "", "", "", event.service
    if event.what in ("signed", "leases"):  # megawatts say how much, where it is a matter of more or less
        amount = ""
    return event.what, site, amount, item, power, event.service


def _capital(run: RunFolder) -> Table | None:
    """Capital by class: of the first build, per GW of IT, its share, and over the whole horizon."""
    first = run.first_build
    if not len(first):
        return None
    by_class = first.groupby("class")["amount"].sum().sort_values(ascending=False)
    capital, per = run.figure("capital_first_build_musd"), run.figure("capital_musd_per_it_gw")
    gigawatts = capital / per if capital and per else None
    whole = run.ledger[run.ledger["kind"] == "capital"].groupby("class")["amount"].sum()
    (_, size), (_, size_per) = money_unit(run), scale([per or 0.0])
    table = blank("Class", ">First build", ">Per GW of IT", ">Share", ">Whole horizon")
    names = [*by_class.index, *sorted(set(whole.index) - set(by_class.index))]
    rows = [(str(name), float(by_class.get(name, 0.0)), float(whole[name])) for name in names]
    rows.append(("all", float(by_class.sum()), float(whole.sum())))
    for name, amount, over_all in rows:
        each = f"{amount / gigawatts / size_per:,.2f}" if gigawatts else ""
        share = f"{amount / by_class.sum():.0%}"
        table.add_row(name, f"{amount / size:,.2f}", each, share, f"{over_all / size:,.2f}", style="bold" if name == "all" else "")
    return table


def _show_bridge(run: RunFolder, found: bridge.Bridge, console: Console) -> None:
    table = blank("Step", ">Amount", "From")
    for step in found.steps:
        name = step.name if step.kind == "level" else f"  {step.name}"
        amount = f"{step.amount:+.1f}" if step.kind == "change" and abs(step.amount) >= bridge.LEAST_SHOWN else f"{abs(step.amount):.1f}"
        table.add_row(name, amount, step.why, style="bold" if step.kind == "level" else "")
    section(console, f"From this plan to published figures, $ billion per GW in dollars of {found.dollars}", table)
    table = blank("System", ">GW of IT bought", ">System and network", ">All in, like for like")
    for generation in found.generations:
        bought = f"{generation.gigawatts:.3f}" if generation.gigawatts > LEAST else ""
        table.add_row(run.named(generation.system), bought, f"{generation.systems:.1f}", f"{generation.all_in:.1f}")
    section(console, "Generations on offer, $ billion per GW of IT, without spares and contingency", table)
    for quantity, heading in ((bridge.PUBLISHED, "Published, all in"), (bridge.PUBLISHED_FACILITY, "Published, without systems")):
        table = blank("Figure", "Basis", ">Low", ">Base", ">High", ">Plan", ">Difference")
        for figure in found.published:
            if figure.quantity == quantity:
                plan = " / ".join(f"{value:.1f}" for value in figure.plan)
                against = " / ".join(f"{value / figure.base - 1:+.0%}" for value in figure.plan)
                ends = (f"{value:.1f}" for value in (figure.low, figure.base, figure.high))
                table.add_row(run.named(figure.name), figure.basis, *ends, plan, against)
        section(console, f"{heading}, $ billion per GW (basis unstated: plan at the meter / IT)", table)


def _shares(run: RunFolder) -> Table:
    """Who gives how much, with the cap beside it."""
    table = blank(*diversification.COLUMNS)
    for line in diversification.lines(run):
        table.add_row(*line)
    return table


def _limits(run: RunFolder) -> Table | None:
    """The limits that bind, one line a rule."""
    table = blank("Rule", ">Times", "Most at", "Side", "Bound", ">Worth of one more", folds=True)
    for row in binding(run):
        index, unit = str(row["index"]), str(row["unit"])
        times, dual = f"{row['times']:,}", f"{row['dual']:,.4g}"
        bound = f"{row['bound']:.0%} {unit}" if unit.startswith("of the") else said(float(row["bound"]), unit, TABLE)
        table.add_row(rule_words(str(row["rule"])), times, at(run, index), str(row["side"]), bound, dual)
    return table
