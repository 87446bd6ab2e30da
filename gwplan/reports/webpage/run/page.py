"""The page of a run: its headline, its cards and its sections, as one HTML file."""

from __future__ import annotations

from typing import Any

from gwplan.reports.formatting import KILO, plain
from gwplan.reports.headline import headline
from gwplan.reports.sentences import standing
from gwplan.reports.webpage import charts
from gwplan.reports.webpage.escaping import environment, figures_json
from gwplan.reports.webpage.page import Section
from gwplan.reports.webpage.render import HERE, numbered
from gwplan.reports.webpage.run import charts_overview
from gwplan.reports.webpage.run.sections import failed
from gwplan.results.cash_flows import is_financed
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import capital_sentence


def page(run: RunFolder, sections: list[Section]) -> str:
    """The page of a run."""
    from plotly.offline import get_plotlyjs

    templates = environment()
    templates.filters["plain"] = plain
    ramp = charts_overview.ramp(run)
    figures = [ramp, *(chart for section in sections for chart in section.charts)]
    estimates = capital_sentence(run)
    return templates.get_template("page.html.j2").render(
        title=str(run.summary["title"]), sentence=headline(run), standing=standing(run), estimates=estimates, cards=cards(run), ramp=ramp,
        wrong=failed(run), financed=is_financed(run),
        sections=sections, numbers=numbered(sections, 1), run=run.name, style=(HERE / "style.css").read_text(encoding="utf-8"),
        script=(HERE / "page.js").read_text(encoding="utf-8"), plotly=get_plotlyjs(),
        data=figures_json(figures),
    )


def cards(run: RunFolder) -> list[dict[str, Any]]:
    """The six figures of the first screen: key of the summary, value as it stands there, and as it is shown."""
    unit, size = charts.money(run)
    it, compute = run.summary["it_mw"], run.summary["compute_kh100e"]
    precision = run.measure

    def of_money(key: str, name: str, more: str = "") -> dict[str, Any]:
        value = run.figure(key)
        shown = "none" if value is None else f"{value / size:,.1f} {unit}"
        return {"key": key, "value": value, "shown": shown, "name": f"{name}, dollars of {run.dollars}{more}"}

    per = run.figure("capital_musd_per_it_gw")
    first = run.summary["first_it_period"]
    return [
        {"key": "it_mw", "value": max(it, default=0.0), "shown": f"{max(it, default=0.0):,.0f} MW", "name": "IT power at most"},
        {"key": "first_it_period", "value": first, "shown": str(first or "never"), "name": "first IT power"},
        of_money("capital_first_build_musd", "capital of the first build", f", to {run.periods[run.first_build_end]}"),
        {"key": "capital_musd_per_it_gw", "value": per, "shown": "none" if per is None else f"{per / KILO:,.1f} GUSD",
         "name": f"capital per GW of IT, dollars of {run.dollars}"},
        of_money("npv_cost_musd", "net present cost"),
        {"key": "compute_kh100e", "value": max(compute, default=0.0), "shown": f"{max(compute, default=0.0):,.0f} kH100e",
         "name": f"compute at most, {precision}"},
    ]  # fmt: skip
