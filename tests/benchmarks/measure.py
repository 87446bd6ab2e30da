"""One measurement in a process of its own, so that its memory is its own: `python -m tests.benchmarks.measure WHAT MODEL ...`.

Prints one line of JSON. WHAT: `grow MODEL LIMIT` reads, builds, hands over and solves; `assemble MODEL`, `arrays MODEL`, `appsi MODEL`,
`contrib MODEL` and `lp MODEL` assemble a model and hand it to HiGHS in one of the ways that there are, without solving it.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gwplan.model.assemble import Plan


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that something takes, and what it gives."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def assembled(model: str) -> Plan:
    """A plan of a model file, assembled."""
    from gwplan.model.assemble import assemble
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    return assemble(read(Request(Path(model))))


def grow(model: str, limit: str) -> dict[str, Any]:
    """Seconds to read, build, hand over and solve to the gap of half a percent, or for as long as the limit."""
    from gwplan.planning.build import build, options_of, read
    from gwplan.planning.request import Request
    from gwplan.solving.highs import load
    from gwplan.solving.lexicographic import solve_goals

    reading, case = timed(lambda: read(Request(Path(model), gap=0.005, time_limit=limit)))
    building, (_, arrays) = timed(lambda: build(case))
    options = options_of(case, None, None)
    handing, _ = timed(lambda: load(arrays, arrays.costs[0], options))
    solving, answer = timed(lambda: solve_goals(arrays, options))
    return {**arrays.sizes, "read": reading, "build": building, "hand": handing, "solve": solving, "status": answer.status, "gap": answer.gap}


def ours(plan: Plan) -> Any:
    """Arrays, and HiGHS's own passModel."""
    from gwplan.solving.highs import load
    from gwplan.solving.linear_program import compile_plan
    from gwplan.solving.options import Options

    arrays = compile_plan(plan)
    return load(arrays, arrays.costs[0], Options())


def with_objective(plan: Plan) -> Any:
    """The Pyomo model with its first goal as its objective, as Pyomo's own interfaces want it."""
    import pyomo.environ as pyo

    goal = plan.objectives[0]
    plan.pyomo.add_component("value", pyo.Objective(expr=goal.expression, sense=getattr(pyo, goal.sense)))
    return plan.pyomo


def appsi(plan: Plan) -> Any:
    """pyomo.contrib.appsi, as in SolverFactory("appsi_highs")."""
    from pyomo.contrib.appsi.solvers import Highs

    solver = Highs()
    solver.set_instance(with_objective(plan))
    return solver._solver_model


def contrib(plan: Plan) -> Any:
    """pyomo.contrib.solver, its successor, as in SolverFactory("highs")."""
    from pyomo.contrib.solver.solvers.highs import Highs

    solver = Highs()
    solver.set_instance(with_objective(plan))
    return solver._solver_model


def lp(plan: Plan) -> Any:
    """An LP file, written by Pyomo and read by HiGHS."""
    import highspy

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "plan.lp")
        with_objective(plan).write(path, format="lp")
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.readModel(path)
    return highs


WAYS: dict[str, Callable[[Plan], Any]] = {"arrays": ours, "contrib": contrib, "appsi": appsi, "lp": lp}


def hand_over(way: str, model: str) -> dict[str, Any]:
    """Seconds from an assembled plan to a HiGHS that holds it, and the rows and columns that it holds."""
    plan = assembled(model)
    seconds, highs = timed(lambda: WAYS[way](plan))
    return {"hand": seconds, "rows": highs.getNumRow(), "columns": highs.getNumCol()}


def main(arguments: list[str]) -> dict[str, Any]:
    """What a command line asks for, with the greatest memory of this process in MiB."""
    logging.getLogger("pyomo").setLevel(logging.ERROR)
    what, *rest = arguments
    found = grow(*rest) if what == "grow" else hand_over(what, *rest)
    return {**found, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])) + "\n")
