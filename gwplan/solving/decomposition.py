"""The relaxation of a plan site by site: Dantzig and Wolfe's decomposition.

Few rows link sites: money, targets, deliveries of a vendor. The master problem holds the linking rows and the sites that are
likely to open. Each other site is a subproblem of its own, a tenth of the size: what would it build at the prices (duals) of the
linking rows in the master? Its answer becomes a column of the master, used at most once in total, until no site has a column of
positive reduced value. The simplex method takes seconds for the whole and hundredths of a second for each subproblem.

The Lagrangian bound holds at any prices: the master's value without the duals of the shares, plus the best of each site. At the
end it equals the value of the relaxation.

Source: Dantzig and Wolfe 1960, Decomposition principle for linear programs; for the bound, Lasdon 1970, Optimization theory for
large systems.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from gwplan.common.status import Status
from gwplan.solving.bases import DUAL_SIMPLEX, proven
from gwplan.solving.handover import load
from gwplan.solving.highs import INTERRUPTED, PRIMAL_SIMPLEX
from gwplan.solving.linear_program import Arrays, Floats
from gwplan.solving.options import Deadline, Options, SolveResult
from gwplan.solving.parts import solve_apart
from gwplan.solving.problem import Problem
from gwplan.solving.site_openings import opened, sites_of

ROUNDS = 12
"""Rounds of prices and columns before another site is moved into the master."""
GUESSES = 6
"""Sets of sites tried in the master before the simplex method solves the whole: a good set takes one to ten rounds."""
STALLED, UNLIMITED = 2, 2**31 - 1
"""Iterations for each row and column after which a method is given up, and HiGHS's number for no limit."""
WORTH = 1e-8
"""A column that improves the master by less than this share of its value is not added."""
MANY = 12
"""Above this number of sites decomposition pays without a guess: from a bad guess, ten sites take as long as the whole, forty a sixth."""
INFEASIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
MASTER = -1
"""Number of the master among the sites."""

Whole = NDArray[np.int64]


@dataclass
class Site:
    """The subproblem of a site. columns, common: its columns and linking rows, numbered as in the whole; shares: its part of these."""

    columns: Whole
    common: Whole
    shares: Any
    costs: Floats
    highs: Any
    offer: Floats | None = None

    def best(self, prices: Floats) -> float:
        """The best value at prices of the linking rows; NaN if it is unbounded or not found."""
        priced = self.costs - self.shares.T @ prices[self.common]
        self.highs.changeColsCost(len(priced), np.arange(len(priced), dtype=np.int32), priced)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return float("nan")
        self.offer = np.array(self.highs.getSolution().col_value)
        return float(priced @ self.offer)


@dataclass
class Master:
    """The linking rows, the likely sites, and a convexity row for each other site: its columns sum to at most 1."""

    columns: Whole
    rows: Whole
    place: Whole
    highs: Any
    offers: list[tuple[int, Floats]]

    def add(self, number: int, site: Site) -> None:
        """Add a column that a site offers."""
        assert site.offer is not None
        used = site.shares @ site.offer
        nonzero = np.flatnonzero(used)
        rows = np.append(self.place[site.common[nonzero]], len(self.rows) + number).astype(np.int32)
        self.highs.addCol(float(site.costs @ site.offer), 0.0, highspy.kHighsInf, len(rows), rows, np.append(used[nonzero], 1.0))
        self.offers.append((number, site.offer))


def relax(problem: Problem, options: Options, likely: Collection[str]) -> SolveResult:
    """The LP relaxation, with a bound on all plans. likely: sites that may open, blank for no guess.

    If it was solved site by site, row duals of a site's own rows are 0.
    """
    deadline, found, arrays = Deadline(options), None, problem.arrays
    if (likely or len(sites_of(arrays)) > MANY) and not problem.fixed_columns and not arrays.financed:
        try:
            found = by_sites(problem, options, likely)
        except KeyboardInterrupt:
            return SolveResult.without_plan(Status.STOPPED, interrupted=True, reason=INTERRUPTED)
    return solve_apart(problem.relaxed(), deadline.within()) if found is None else found


def by_sites(problem: Problem, options: Options, likely: Collection[str]) -> SolveResult | None:
    """The relaxation by decomposition; None if that does not converge soon."""
    deadline, problem = Deadline(options), problem.relaxed().joined()
    arrays, names = problem.arrays, sorted(sites_of(problem.arrays))
    guess = set(likely) & set(names) or set(names[:1])
    with ThreadPoolExecutor(options.threads or None) as threads:
        for _ in range(GUESSES):
            parted = apart(problem, guess)
            if parted is None:
                return None
            found = converged(problem, *parted, threads, deadline.within(), "+".join(sorted(guess)))
            if options.stopped:
                return SolveResult.without_plan(Status.STOPPED, deadline.seconds)
            if found is None or deadline.left <= 0:
                return None
            if found.status == Status.OPTIMAL:
                return replace(found, seconds=deadline.seconds)
            # Too little can be built at these sites: those of a guess, else as many more, any. Else the one whose offers are taken most.
            others = [name for name in names if name not in guess]
            if found.x is None:
                guessed, options = options.guess() if options.guess is not None else (), replace(options, guess=None)
                taken = [name for name in guessed if name in others] or others[:len(guess)]
            else:
                taken = [site for site in opened(arrays, found.x) if site not in guess][:1]
            if not taken:
                return None
            guess.update(taken)
    return None


def converged(problem: Problem, master: Master, sites: list[Site], threads: ThreadPoolExecutor, options: Options,
              name: str = "") -> SolveResult | None:
    """Exchange prices and columns until none improves, or the rounds are over; `infeasible` if the master alone is.

    name: of the master, which begins where one of this name and shape ended. KeyboardInterrupt once it is asked to stop.
    """
    found, bases = None, options.bases
    begun = bases is not None and bases.begin(name, master.highs)
    master.highs.cbSimplexInterrupt += lambda event: event.interrupt() if options.stopped else None
    master.highs.setOptionValue("time_limit", options.time_limit)
    for _ in range(ROUNDS):
        if options.stopped:
            raise KeyboardInterrupt
        solved(master.highs)
        if begun and not proven(master.highs):  # a restart misled it: once more without
            begun = False
            master.highs.clearSolver()
            solved(master.highs)
        found = exchanged(problem, master, sites, threads)
        if found is None or found.status != Status.STOPPED:
            break
    if bases is not None and found is not None and found.status == Status.OPTIMAL:
        bases.keep(name, master.highs, len(master.columns))
    return found


def solved(highs: Any) -> None:
    """Run the simplex method that is set; if it stalls, the other one from nothing: on a master without a plan the dual one may."""
    highs.setOptionValue("simplex_iteration_limit", STALLED * (highs.getNumRow() + highs.getNumCol()))
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kIterationLimit:
        highs.clearSolver()
        strategy = highs.getOptionValue("simplex_strategy")[1]
        highs.setOptionValue("simplex_strategy", DUAL_SIMPLEX if strategy == PRIMAL_SIMPLEX else PRIMAL_SIMPLEX)
        highs.setOptionValue("simplex_iteration_limit", UNLIMITED)
        highs.run()


def exchanged(problem: Problem, master: Master, sites: list[Site], threads: ThreadPoolExecutor) -> SolveResult | None:
    """One round: prices from the solved master, columns from the sites. `optimal` if none improves; None if a subproblem fails."""
    if master.highs.getModelStatus() in INFEASIBLE:
        return SolveResult.without_plan(Status.INFEASIBLE)
    if master.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    master.highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)  # a new column leaves the basis feasible
    duals = np.array(master.highs.getSolution().row_dual)
    prices = np.zeros(len(problem.arrays.rows))
    prices[master.rows], worth = duals[:len(master.rows)], duals[len(master.rows):]
    best = np.array(list(threads.map(lambda site: site.best(prices), sites)))
    if np.isnan(best).any():
        return None
    objective = float(master.highs.getInfo().objective_function_value)
    sign = 1.0 if problem.cost.maximize else -1.0
    better = np.flatnonzero(sign * (best - worth) > WORTH * max(1.0, abs(objective)))
    for number in better:
        master.add(int(number), sites[number])
    bound = objective + float((best - worth).sum())
    status = Status.STOPPED if len(better) else Status.OPTIMAL
    return replace(SolveResult(status, together(problem.arrays, master, sites), objective, bound, 0.0, 0.0), row_duals=prices, in_part=True)


def together(arrays: Arrays, master: Master, sites: list[Site]) -> Floats:
    """The solution of the whole: the master's own columns, and the shares of the offered columns."""
    values = np.array(master.highs.getSolution().col_value)
    x = np.zeros(len(arrays.variables))
    x[master.columns] = values[:len(master.columns)]
    for share, (number, offer) in zip(values[len(master.columns):], master.offers, strict=False):
        x[sites[number].columns] += share * offer
    return x


def apart(problem: Problem, likely: Collection[str]) -> tuple[Master, list[Site]] | None:
    """The master and the subproblems; None if either would have no site."""
    arrays = problem.arrays
    names = sites_of(arrays)
    numbers = {name: number for number, name in enumerate(sorted(names - set(likely)))}
    if not numbers or len(numbers) == len(names):
        return None
    matrix = arrays.matrix.tocsr()
    of_column = columns_of(arrays, numbers)
    of_row = rows_of(matrix, of_column)
    standing = of_row[(arrays.lower > 0) | (arrays.upper < 0)]  # a site that cannot be left at 0 stays in the master
    of_column[np.isin(of_column, standing[standing != MASTER])] = MASTER
    of_row = rows_of(matrix, of_column)
    kept = sorted(set(of_column[of_column != MASTER].tolist()))
    if not kept:
        return None
    sites = [site_of(problem, matrix, np.flatnonzero(of_column == number), of_row == number) for number in kept]
    return master_of(problem, matrix, np.flatnonzero(of_column == MASTER), np.flatnonzero(of_row == MASTER), len(sites)), sites


def columns_of(arrays: Arrays, numbers: Mapping[str, int]) -> Whole:
    """Site of each column; the master where its index names none of them."""
    found = np.full(len(arrays.variables), MASTER)
    for (_, key), column in arrays.columns.items():
        for each in key:
            if each in numbers:
                found[column] = numbers[each]
                break
    return found


def rows_of(matrix: Any, of_column: Whole) -> Whole:
    """Site of each row: that of all its columns; else the master."""
    sites, starts = of_column[matrix.indices], matrix.indptr[:-1]
    used = np.flatnonzero(np.diff(matrix.indptr))
    least, most = (np.full(matrix.shape[0], MASTER) for _ in range(2))
    least[used], most[used] = np.minimum.reduceat(sites, starts[used]), np.maximum.reduceat(sites, starts[used])
    return np.where(least == most, least, MASTER)


def site_of(problem: Problem, matrix: Any, columns: Whole, own: NDArray[np.bool_]) -> Site:
    """The subproblem of a site, before it has prices."""
    part = matrix[:, columns]
    used = np.diff(part.indptr) > 0
    mine, common = np.flatnonzero(own), np.flatnonzero(used & ~own)
    costs = problem.cost.coefficients[columns]
    highs = part_of(problem, part[mine], costs, mine)
    highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)  # building nothing is feasible, and prices do not change feasibility
    return Site(columns, common, part[common], costs, highs)


def master_of(problem: Problem, matrix: Any, columns: Whole, rows: Whole, sites: int) -> Master:
    """The master without offered columns, with an empty convexity row for each site."""
    from scipy.sparse import csr_array, vstack

    part = vstack([matrix[rows][:, columns], csr_array((sites, len(columns)))])
    highs = part_of(problem, part, problem.cost.coefficients[columns], rows, sites)
    highs.changeObjectiveOffset(problem.cost.constant)
    highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
    place = np.full(len(problem.arrays.rows), -1)
    place[rows] = np.arange(len(rows))
    return Master(columns, rows, place, highs, [])


def part_of(problem: Problem, matrix: Any, costs: Floats, rows: Whole, shares: int = 0) -> Any:
    """A HiGHS instance of some rows and columns; shares: empty convexity rows added."""
    arrays, (count, width) = problem.arrays, matrix.shape
    small = replace(arrays, matrix=matrix.tocsc(), lower=np.append(arrays.lower[rows], np.full(shares, -np.inf)),
                    upper=np.append(arrays.upper[rows], np.ones(shares)), whole=np.zeros(width, dtype=bool), variables=[None] * width,
                    rows=[None] * count)  # type: ignore[list-item]
    return load(small, replace(problem.cost, coefficients=costs, constant=0.0), Options())
