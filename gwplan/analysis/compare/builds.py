"""Differences in what two plans build: earlier, later, more, fewer, new or gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gwplan.results.run_folder import RunFolder
from gwplan.results.schedule import CLOUD

LEAST_MOVED = 1e-6
"""Months, or share of an amount, below which a build counts as unchanged."""


@dataclass(frozen=True, slots=True)
class Move:
    """A changed build: one site, design, system or supply at a site. Amounts over the horizon; months: later (+), earlier (-)."""

    what: str
    item: str
    site: str
    words: tuple[str, ...]
    before: float
    after: float
    unit: str
    months: float | None


BUILDS = {("sites", "opening"): ("site", ""), ("halls", "started"): ("hall", "halls"), ("accelerators", "bought"): ("system", "systems"),
          ("power", "ordered"): ("supply", "MW"), ("contracts", "signed"): ("contract", "signed"),
          ("contracts", "held"): ("option", "held"), ("contracts", "exercised"): ("option", "MW"), ("contracts", "leased"): ("lease", "MW"),
          ("contracts", "staked"): ("stake", "million dollars")}
"""The kind of item that each decision builds, and the unit of its amount."""


def moves(base: RunFolder, other: RunFolder) -> Iterator[Move]:
    """Changed builds by item and site: sites, halls, systems, supplies."""
    old, new = _builds(base), _builds(other)
    for key in sorted({**old, **new}, key=lambda key: (list(BUILDS).index(key[:2]), key)):
        what, unit = BUILDS[key[:2]]
        first, last = old.get(key, {}), new.get(key, {})
        before, after = sum(first.values()), sum(last.values())
        months = None if not first or not last else _mean(last) - _mean(first)
        words = _how(what, first, last, months)
        if words:
            yield Move(what, key[2], key[3], words, before, after, unit, months)


def _how(what: str, first: Mapping[int, float], last: Mapping[int, float], months: float | None) -> tuple[str, ...]:
    """Words for how a build changed, given its amounts by month in both runs; empty if unchanged."""
    if months is None:
        opened = ("opened", "not opened") if what == "site" else ("new", "gone")
        return () if not first and not last else (opened[0] if last else opened[1],)
    before, after = sum(first.values()), sum(last.values())
    least = LEAST_MOVED * max(before, after)
    words = ["more" if after > before else "fewer"] if abs(after - before) > least else []
    words += ["later" if months > 0 else "earlier"] if abs(months) > LEAST_MOVED else []
    if not words and any(abs(last.get(month, 0.0) - first.get(month, 0.0)) > least for month in {**first, **last}):
        words = ["different timing"]
    return tuple(words)


def _mean(amounts: Mapping[int, float]) -> float:
    return sum(month * amount for month, amount in amounts.items()) / sum(amounts.values())


def _builds(run: RunFolder) -> dict[tuple[str, str, str, str], dict[int, float]]:
    """Amounts by first month of their period, for each (part, decision, item, site) of a plan."""
    found: dict[tuple[str, str, str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in run.plan.to_dict("records"):
        part, decision, item, site = (str(row[column]) for column in ("part", "decision", "item", "site"))
        if (part, decision) in BUILDS and row["amount"] > LEAST_MOVED:
            size = run.number("power", item, "unit", site) or 1.0 if part == "power" else 1.0
            where = site or (CLOUD if part == "contracts" else item)
            found[part, decision, item, where][run.first_month(run.number_of[str(row["when"])])] += float(row["amount"]) * size
    return found
