"""The relaxation of a plan site by site: Dantzig and Wolfe's decomposition.

Sites meet in few rows: money, targets, what a vendor can deliver. The sites that are likely to open stand, with all that is
common, in the master problem. Each other site is a problem of its own, a tenth of the size: what would it build if the common
rows had the prices that the master gives them? What it would build becomes a column of the master, one share of it at most,
until no site has anything to offer. The simplex method takes seconds for the whole of it and hundredths for each part.

The bound holds at any prices (Lagrange): the master's value without what the shares are worth, and the best of each site. At the
end it is the value of the relaxation.

Source: Dantzig and Wolfe 1960, Decomposition principle for linear programs; for the bound, Lasdon 1970, Optimization theory for
large systems.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from gwplan.solving.handover import load
from gwplan.solving.highs import INTERRUPTED, PRIMAL_SIMPLEX, solve_arrays
from gwplan.solving.linear_program import Arrays, Cost, Floats
from gwplan.solving.options import Asked, Found, Kept, Options
from gwplan.solving.site_openings import opened, sites_of

ROUNDS = 12
"""Rounds of prices and offers before another site is taken into the master."""
GUESSES = 6
"""How many sets of sites are tried in the master before all is left to the simplex method: a good one takes one to ten rounds."""
WORTH = 1e-8
"""Share of the master's value below which an offer is none."""
MANY = 12
"""Sites above which it is worth it without a guess: from a bad one, ten take as long as the simplex method for the whole, forty a sixth."""
INFEASIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
MASTER = -1
"""Number of the master among the sites."""

Whole = NDArray[np.int64]


@dataclass
class Site:
    """One site's own problem. columns, common: its columns, and the rows it shares, as numbers of the whole; shares: its part of these."""

    columns: Whole
    common: Whole
    shares: Any
    costs: Floats
    highs: Any
    offer: Floats | None = None

    def best(self, prices: Floats) -> float:
        """What it is worth at the prices of the common rows; NaN where that has no end, or is not found."""
        priced = self.costs - self.shares.T @ prices[self.common]
        self.highs.changeColsCost(len(priced), np.arange(len(priced), dtype=np.int32), priced)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return float("nan")
        self.offer = np.array(self.highs.getSolution().col_value)
        return float(priced @ self.offer)


@dataclass
class Master:
    """All that is common, the likely sites, and a row for each other site that takes one share of its offers at most."""

    columns: Whole
    rows: Whole
    place: Whole
    highs: Any
    offers: list[tuple[int, Floats]]

    def add(self, number: int, site: Site) -> None:
        """Take in an offer of a site."""
        assert site.offer is not None
        used = site.shares @ site.offer
        nonzero = np.flatnonzero(used)
        rows = np.append(self.place[site.common[nonzero]], len(self.rows) + number).astype(np.int32)
        self.highs.addCol(float(site.costs @ site.offer), 0.0, highspy.kHighsInf, len(rows), rows, np.append(used[nonzero], 1.0))
        self.offers.append((number, site.offer))


def relax(arrays: Arrays, cost: Cost, options: Options, kept: Kept, fixed: Mapping[int, float], likely: Collection[str]) -> Found:
    """The relaxation, with a bound on all plans. likely: sites that may open, blank for no guess; else as for solving arrays.

    Row duals of a site's own rows are 0 where it was found site by site.
    """
    found = None
    if (likely or len(sites_of(arrays)) > MANY) and not fixed and not arrays.financed:
        try:
            found = by_sites(arrays, cost, options, kept, likely)
        except KeyboardInterrupt:
            return Found("stopped", None, np.nan, np.nan, np.nan, 0.0, interrupted=True, reason=INTERRUPTED)
    if found is None:
        linear = replace(arrays, whole=np.zeros_like(arrays.whole))
        found = solve_arrays(linear, replace(cost, spend=None), options, kept=kept, fixed=fixed)
    return found


def by_sites(arrays: Arrays, cost: Cost, options: Options, kept: Kept, likely: Collection[str]) -> Found | None:
    """The relaxation site by site; None where that does not find it soon."""
    began, names = time.perf_counter(), sorted(sites_of(arrays))
    guess = set(likely) & set(names) or set(names[:1])
    arrays, cost = with_rows(replace(arrays, whole=np.zeros_like(arrays.whole)), kept), replace(cost, spend=None)
    with ThreadPoolExecutor(options.threads or None) as threads:
        for _ in range(GUESSES):
            parted = apart(arrays, cost, guess)
            if parted is None:
                return None
            found = converged(arrays, cost, *parted, threads, options.cancel)
            seconds = time.perf_counter() - began
            if options.cancel is not None and options.cancel.is_set():
                return Found("stopped", None, np.nan, np.nan, np.nan, seconds)
            if found is None or seconds > options.time_limit:
                return None
            if found.status == "optimal":
                return replace(found, seconds=seconds)
            # Too little can be built at these sites: as many more, any of them. Else the one whose offers are taken most.
            others = [name for name in names if name not in guess]
            taken = others[:len(guess)] if found.x is None else [site for site in opened(arrays, found.x) if site not in guess][:1]
            if not taken:
                return None
            guess.update(taken)
    return None


def converged(arrays: Arrays, cost: Cost, master: Master, sites: list[Site], threads: ThreadPoolExecutor,
              cancel: Asked | None = None) -> Found | None:
    """Prices and offers until no offer is worth anything, or the rounds are over; `infeasible` if the master has no plan of its own.

    KeyboardInterrupt once `cancel` is set.
    """
    found = None
    for _ in range(ROUNDS):
        if cancel is not None and cancel.is_set():
            raise KeyboardInterrupt
        found = exchanged(arrays, cost, master, sites, threads)
        if found is None or found.status != "stopped":
            break
    return found


def exchanged(arrays: Arrays, cost: Cost, master: Master, sites: list[Site], threads: ThreadPoolExecutor) -> Found | None:
    """One round: prices from the master, offers from the sites. `optimal` if none is worth anything; None where it cannot go on."""
    master.highs.run()
    if master.highs.getModelStatus() in INFEASIBLE:
        return Found("infeasible", None, np.nan, np.nan, np.nan, 0.0)
    if master.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    master.highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)  # another offer leaves the plan possible
    duals = np.array(master.highs.getSolution().row_dual)
    prices = np.zeros(len(arrays.rows))
    prices[master.rows], worth = duals[:len(master.rows)], duals[len(master.rows):]
    best = np.array(list(threads.map(lambda site: site.best(prices), sites)))
    if np.isnan(best).any():
        return None
    objective = float(master.highs.getInfo().objective_function_value)
    sign = 1.0 if cost.maximize else -1.0
    better = np.flatnonzero(sign * (best - worth) > WORTH * max(1.0, abs(objective)))
    for number in better:
        master.add(int(number), sites[number])
    bound = objective + float((best - worth).sum())
    return Found("stopped" if len(better) else "optimal", together(arrays, master, sites), objective, bound, 0.0, 0.0, prices)


def together(arrays: Arrays, master: Master, sites: list[Site]) -> Floats:
    """The plan of the whole: the master's own, and the shares of the offers that it takes."""
    values = np.array(master.highs.getSolution().col_value)
    x = np.zeros(len(arrays.variables))
    x[master.columns] = values[:len(master.columns)]
    for share, (number, offer) in zip(values[len(master.columns):], master.offers, strict=False):
        x[sites[number].columns] += share * offer
    return x


def apart(arrays: Arrays, cost: Cost, likely: Collection[str]) -> tuple[Master, list[Site]] | None:
    """The master and the other sites; None where there is no site of either."""
    names = sites_of(arrays)
    numbers = {name: number for number, name in enumerate(sorted(names - set(likely)))}
    if not numbers or len(numbers) == len(names):
        return None
    matrix = arrays.matrix.tocsr()
    of_column = columns_of(arrays, numbers)
    of_row = rows_of(matrix, of_column)
    standing = of_row[(arrays.lower > 0) | (arrays.upper < 0)]  # what a site cannot leave out keeps it in the master
    of_column[np.isin(of_column, standing[standing != MASTER])] = MASTER
    of_row = rows_of(matrix, of_column)
    kept = sorted(set(of_column[of_column != MASTER].tolist()))
    if not kept:
        return None
    sites = [site_of(arrays, cost, matrix, np.flatnonzero(of_column == number), of_row == number) for number in kept]
    return master_of(arrays, cost, matrix, np.flatnonzero(of_column == MASTER), np.flatnonzero(of_row == MASTER), len(sites)), sites


def columns_of(arrays: Arrays, numbers: Mapping[str, int]) -> Whole:
    """Which site each column belongs to, the master's where its index names none of these."""
    found = np.full(len(arrays.variables), MASTER)
    for (_, key), column in arrays.columns.items():
        for each in key:
            if each in numbers:
                found[column] = numbers[each]
                break
    return found


def rows_of(matrix: Any, of_column: Whole) -> Whole:
    """Which site each row belongs to: the one that all its columns do; else the master."""
    sites, starts = of_column[matrix.indices], matrix.indptr[:-1]
    used = np.flatnonzero(np.diff(matrix.indptr))
    least, most = (np.full(matrix.shape[0], MASTER) for _ in range(2))
    least[used], most[used] = np.minimum.reduceat(sites, starts[used]), np.maximum.reduceat(sites, starts[used])
    return np.where(least == most, least, MASTER)


def site_of(arrays: Arrays, cost: Cost, matrix: Any, columns: Whole, own: NDArray[np.bool_]) -> Site:
    """The problem of a site, whose prices are yet to come."""
    part = matrix[:, columns]
    used = np.diff(part.indptr) > 0
    mine, common = np.flatnonzero(own), np.flatnonzero(used & ~own)
    costs = cost.coefficients[columns]
    highs = problem(arrays, cost, part[mine], costs, mine)
    highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)  # to build nothing is possible, and what is, stays so at other prices
    return Site(columns, common, part[common], costs, highs)


def master_of(arrays: Arrays, cost: Cost, matrix: Any, columns: Whole, rows: Whole, sites: int) -> Master:
    """The master before any offer, with an empty row for each site."""
    from scipy.sparse import csr_array, vstack

    part = vstack([matrix[rows][:, columns], csr_array((sites, len(columns)))])
    highs = problem(arrays, cost, part, cost.coefficients[columns], rows, sites)
    highs.changeObjectiveOffset(cost.constant)
    place = np.full(len(arrays.rows), -1)
    place[rows] = np.arange(len(rows))
    return Master(columns, rows, place, highs, [])


def problem(arrays: Arrays, cost: Cost, matrix: Any, costs: Floats, rows: Whole, shares: int = 0) -> Any:
    """A HiGHS instance of some rows and columns, and of rows that hold at most one share."""
    count, width = matrix.shape
    small = replace(arrays, matrix=matrix.tocsc(), lower=np.append(arrays.lower[rows], np.full(shares, -np.inf)),
                    upper=np.append(arrays.upper[rows], np.ones(shares)), whole=np.zeros(width, dtype=bool), variables=[None] * width,
                    rows=[None] * count)  # type: ignore[list-item]
    return load(small, replace(cost, coefficients=costs, constant=0.0), Options())


def with_rows(arrays: Arrays, kept: Kept) -> Arrays:
    """The arrays with rows added: earlier goals, or a half of all plans."""
    if not kept.rows:
        return arrays
    from scipy.sparse import csr_array, vstack

    coefficients, lower, upper = zip(*kept.rows, strict=True)
    return replace(arrays, matrix=vstack([arrays.matrix, csr_array(np.array(coefficients))]).tocsc(), lower=np.append(arrays.lower, lower),
                   upper=np.append(arrays.upper, upper), rows=[*arrays.rows, *[None] * len(kept.rows)])  # type: ignore[list-item]
