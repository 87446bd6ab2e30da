"""Terms of a large-load tariff: the ramp of the minimum take, collateral posted and returned, and the fee for leaving before the term."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from gwplan.audit.cash_flow import level_at
from gwplan.audit.checks import Array
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import ALMOST, Whole
from gwplan.common.calendar import MONTHS_A_YEAR

COLLATERAL = "collateral"
SHIFTS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def counted(answer: Answer, stays: Array) -> Array:
    """MW that contracts count by (supply, site, period). stays: within the term, by (supply, site, period of entry, period)."""
    inputs, names, sites = answer.inputs, answer.axis["supply"], answer.sites
    ramp, first = (inputs.flat("power", names, name, sites)[:, :, None, None] for name in ("ramp_years", "ramp_from"))
    number = np.arange(answer.last + 1)
    year = np.maximum(number[None, :] - number[:, None], 0) // answer.calendar.steps_a_year
    rising = first + (1 - first) * year / np.where(ramp > 0, ramp, 1.0)
    return np.asarray((stays * np.where(ramp > 0, np.minimum(1.0, rising), 1.0)).sum(axis=2), dtype=float)


def enter(answer: Answer, steps: Whole, ends: Array, whom: tuple[npt.NDArray[np.bool_], list[str]]) -> None:
    """Collateral and fees as ledger entries, order by order. ends: life in years and first period without it; whom: wired, sellers."""
    inputs, names, sites, count = answer.inputs, answer.axis["supply"], answer.sites, answer.last + 1
    ordered, (life, leaves), (wired, sellers) = answer.decided["power", "ordered"], ends, whom
    size = ordered * inputs.flat("power", names, "unit", sites)[:, :, None]
    posting, fee = (inputs.grid("power", names, name, sites) for name in ("collateral", "exit_fee"))
    term = inputs.flat("power", names, "contract_term", sites)
    paid, back, held, left, owed = (np.zeros(ordered.shape) for _ in range(5))
    delays = np.broadcast_to(steps, ordered.shape)
    for item, site, order in np.argwhere(size > 0).tolist():
        amount, service = size[item, site, order], order + int(delays[item, site, order])
        stays = min(life[item, site], (leaves[item, site] - service) * answer.years)
        signed = stays if np.isnan(term[item, site]) else min(stays, term[item, site])
        rates = [float(np.broadcast_to(each, ordered.shape)[item, site, order]) for each in (posting, fee)]
        paid[item, site, order] += amount * rates[0]
        for period, share in parting(answer, service, signed):
            worth = amount * rates[0] * share * min(1.0, level(answer, order) / level(answer, period))
            if period < count:
                back[item, site, period] += worth
            else:
                held[item, site, -1] += worth * later(answer, "capital", period)
        if not np.isnan(term[item, site]) and term[item, site] > stays + ALMOST:
            for period, share in parting(answer, service, stays):
                if period < count:
                    left[item, site, period] += amount * rates[1] * share
                else:
                    owed[item, site, -1] += amount * rates[1] * share * later(answer, "running", period)
    for flags, payees in ((wired, ["utilities"] * len(names)), (~wired, sellers)):
        for kind, cost_class, amounts in (("capital", COLLATERAL, paid), ("resale", COLLATERAL, back), ("residual", COLLATERAL, held),
                                          ("running", "power", left), ("commitment", "commitments", owed)):
            mine = np.where(flags[:, :, None], amounts, 0.0)
            if mine.any():
                answer.expect(kind, cost_class, (names, sites, payees), mine)


def parting(answer: Answer, service: int, years: float) -> list[tuple[int, float]]:
    """When what entered service leaves: the period after its last whole one, and of a part of a period that share one later."""
    length = years / answer.years
    whole = math.floor(length + ALMOST)
    part = length - whole if length - whole > ALMOST else 0.0
    return [(service + whole, 1 - part), *([(service + whole + 1, part)] if part else [])]


def level(answer: Answer, period: int) -> float:
    """Nominal dollars per real one in the middle of a period, which may be after the horizon."""
    months = answer.years * MONTHS_A_YEAR
    return float(level_at(answer, np.array([answer.inputs.firsts[0] + (period + 0.5) * months]))[0])


def later(answer: Answer, kind: str, period: int) -> float:
    """Value at the horizon's end of money of a kind in a period after it."""
    timing = answer.folder.definition["horizon"].get("timing") or {}
    shift = SHIFTS[timing if isinstance(timing, str) else timing.get(kind, "middle")]
    return float((1 + answer.calendar.rate) ** -((period + shift - answer.last - 1) * answer.years))
