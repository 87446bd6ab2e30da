"""Money on the first screen of a run: capital by class, per GW beside what others publish, prices of compute, equity and debt."""

from __future__ import annotations

from gwplan.analysis import bridge
from gwplan.common.amounts import money, said
from gwplan.results import cash_flows
from gwplan.results.figures import PRICE
from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import LEAST

MUSD_A_GUSD = 1e3
TENTH = 5e-4
"""Rates below it are shown as 0.0 %."""
LEAST_SHARE = 5e-3
"""Classes with a smaller share are not shown."""


def by_class(run: RunFolder) -> list[str]:
    """Capital of the first build by class, the largest first, with its share."""
    first = run.first_build
    if not len(first):
        return []
    sums = first.groupby("class")["amount"].sum().sort_values(ascending=False)
    whole = float(sums.sum())
    return [f"{name} {money(float(amount))} {amount / whole:.0%}" for name, amount in sums.items() if amount >= LEAST_SHARE * whole]


def per_gigawatt(run: RunFolder, found: bridge.Bridge | None) -> list[str]:
    """Capital per GW of IT, like for like, and the median of what others publish."""
    per = run.figure("capital_musd_per_it_gw")
    if not per:
        return []
    texts = [f"{money(per)} per GW of IT"]
    levels = {step.name: step.amount * MUSD_A_GUSD for step in found.steps if step.kind == "level"} if found else {}
    alike, published = levels.get(bridge.ALIKE), levels.get(bridge.MIDDLE)
    if alike is not None:
        beside = f" (published {money(published)})" if published is not None else ""
        texts.append(f"like for like at the meter {money(alike * bridge.own_share(run))}{beside}")
    return texts


def prices(run: RunFolder) -> list[str]:
    """The levelised cost of compute, running cost, and what is bought after the first build."""
    each, running = run.figure("levelised_usd_per_h100e_hour"), run.figure("running_musd_per_year_final")
    later = (run.figure("capital_musd") or 0.0) - (run.figure("capital_first_build_musd") or 0.0)
    return [text for text in (
        said(each, PRICE) if each is not None else "",
        f"running {money(running)} a year" if running else "",
        f"{money(later)} more after {run.periods[run.first_build_end]}" if later > LEAST else "",
    ) if text]


def financed(run: RunFolder) -> list[str]:
    """What the sponsor risks and gets back, the most debt and how often its service is covered at least, and what investors pay."""
    if not cash_flows.is_financed(run):
        return []
    peak, rate, years, debt, covered = map(run.figure, (
        "peak_equity_musd_nominal", "irr", "payback_years", "debt_most_musd_nominal", "least_coverage"))
    several = run.summary.get("irr_all") or []
    back = "no single IRR" if len(several) > 1 else "no IRR" if rate is None else f"IRR {rate if abs(rate) >= TENTH else 0.0:.1%}"
    invested = sum((run.summary.get("invested_by_contract_musd_nominal") or {}).values())
    return [f"{money(peak or 0.0)} at risk", back, "never paid back" if years is None else f"back in {years:.1f} years",
            *([f"debt {money(debt)}"] if debt and debt > LEAST else []), *([] if covered is None else [f"coverage {covered:.2f}"]),
            *([f"investors pay {money(invested)}"] if invested > LEAST else [])]
