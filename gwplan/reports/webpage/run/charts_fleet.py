"""Charts of the fleet: systems that run beside those in place, and the compute of each generation."""

from __future__ import annotations

from gwplan.reports.webpage.charts import COLOURS, Chart, lines, with_ends
from gwplan.reports.webpage.run.charts_overview import targets
from gwplan.results.compute_measure import h100e
from gwplan.results.run_folder import RunFolder, sums


def systems(run: RunFolder, table: str) -> dict[str, list[float]]:
    """Systems by generation and period, at all sites."""
    found: dict[str, list[float]] = {}
    for row in sums(run.table(table), ["system", "period"], "value"):
        found.setdefault(str(row["system"]), [0.0] * len(run.periods))[run.number_of[str(row["period"])]] = float(row["value"])
    return found


def fleet(run: RunFolder) -> Chart | None:
    """Systems in place, dotted, and those of them that run."""
    installed, running = systems(run, "accelerators.installed"), systems(run, "accelerators.running")
    if not installed:
        return None
    none = [0.0] * len(run.periods)
    chart = lines("In place and running", "systems", run.periods,
                  {f"{run.named(name)}, {what}": values.get(name, none) for name in installed
                   for what, values in (("in place", installed), ("running", running))})  # fmt: skip
    for number, (dotted, solid) in enumerate(zip(chart.traces[::2], chart.traces[1::2], strict=True)):
        solid["line"]["color"] = COLOURS[number % len(COLOURS)]
        dotted["line"] = {**solid["line"], "dash": "dot"}
    return with_ends(chart)


def compute(run: RunFolder) -> Chart:
    """Mean compute, by generation: the plan's compute shared by systems that run x their rate x availability."""
    total = [float(each) for each in run.summary["compute_kh100e"]]
    title = f"Mean compute at {run.measure}"
    weights: dict[str, list[float]] = {}
    for name, values in systems(run, "accelerators.running").items():
        rate, share = h100e(run, name), run.number("accelerators", name, "availability")
        if rate is None or share is None:
            return aimed(run, lines(title, "kH100e", run.periods, {"compute": total}))
        weights[name] = [value * rate * share for value in values]
    sizes = [sum(values[n] for values in weights.values()) for n in range(len(total))]
    series = {run.named(name): [amount * value / size if size else 0.0 for value, amount, size in zip(values, total, sizes, strict=True)]
              for name, values in weights.items()}
    return aimed(run, lines(f"{title}, by generation", "kH100e", run.periods, series or {"compute": total}, stacked=bool(series)))


def aimed(run: RunFolder, chart: Chart) -> Chart:
    """The same chart with the targets of compute."""
    chart.traces.extend(targets(run, "kH100e"))
    return with_ends(chart)
