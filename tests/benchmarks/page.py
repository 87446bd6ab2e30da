"""The page of benchmarks: what is measured, in which order, and how it is said."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.cases import MODEL, ROOT, with_quarters, with_sites
from tests.benchmarks.measure import WAYS

MODELS = ("one_gigawatt", "least_cost", "most_compute", "soonest")
SITES, QUARTERS = (5, 10, 20, 40), (12, 24, 36, 48)
PHASES = ("read", "build", "solve", "write", "audit")
CHANGE = ("--set", "halls.liquid_48@*@*.price=*1.02")
QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (("the model", ()), ("the model changed", CHANGE))
WAY_NAMES = {
    "arrays": "gwplan: its own walk over the rows, then `passModel`", "contrib": "`pyomo.contrib.solver` HiGHS",
    "appsi": "`pyomo.contrib.appsi` HiGHS", "lp": "LP file, written by Pyomo, read by HiGHS",
}
MIB = 1024
TIMES = 3
"""How often a short measurement is made; the least counts, since all that disturbs it adds to it."""
SEEDS = ("0", "1", "2")


def page(scratch: Path, limit: float, model: Path = MODEL) -> str:
    """Measure and write up; `limit`: most seconds of a search where cases grow."""
    sections = [opening(), phases(scratch), growth(scratch, limit, model), hand_over(model), starts(scratch, model)]
    return "\n".join(sections)


def measured(*arguments: str) -> dict[str, Any]:
    """What `measure` finds, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "tests.benchmarks.measure", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def command(scratch: Path, *arguments: str) -> dict[str, Any]:
    """The whole command `gwplan solve`, from start to end: wall seconds, MiB, and the manifest of its run."""
    runs = scratch / f"runs_{len(list(scratch.iterdir()))}"
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "gwplan", "solve", *arguments, "--runs", str(runs)], cwd=ROOT,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    problem = process.stderr.read().decode() if process.stderr else ""
    if process.stderr:
        process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    found = [folder for folder in runs.iterdir() if not folder.name.startswith(".")] if runs.exists() else []
    if not found:
        raise RuntimeError(f"no run: {problem}")
    return {**json.loads((found[0] / "manifest.json").read_text()), "wall": wall, "memory": usage.ru_maxrss / MIB, "run": str(found[0])}


def opening() -> str:
    """What was measured on what."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("gwplan", "pyomo", "highspy", "numpy", "pandas"))
    return f"""# Benchmarks

Written by `make bench`. Seconds are of the wall clock, memory is the most that a process held; each measurement is a process of its own. Ratios travel
further than seconds: other machines are faster or slower as a whole. The time of a search also varies by chance: twice as long or half as long means
little.

Machine: {processor()}, {os.cpu_count()} cores, {memory_gib():.0f} GiB, {platform.system()}; Python {platform.python_version()}, {packages}.
"""


def processor() -> str:
    """The kind of processor, as the system names it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def memory_gib() -> float:
    """Memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / MIB**3


def table(header: str, rows: list[list[str]]) -> str:
    """A table of Markdown."""
    columns = header.count("|") + 1
    return "\n".join([f"| {header} |", "|" + "---|" * columns, *("| " + " | ".join(row) + " |" for row in rows), ""])


def phases(scratch: Path, models: tuple[Path, ...] = tuple(ROOT / "models" / f"{name}.toml" for name in MODELS), times: int = TIMES) -> str:
    """Seconds by phase of the shipped models."""
    rows = []
    for path in models:
        found = min((command(scratch, str(path)) for _ in range(times)), key=lambda each: float(each["wall"]))
        seconds = found["seconds"]
        start = found["wall"] - sum(seconds.values())
        sizes = f"{found['sizes']['columns']:,} x {found['sizes']['rows']:,}, {found['sizes']['whole']:,} whole"
        rows.append([f"`{path.stem}`", sizes, *(f"{seconds[phase]:.1f}" for phase in PHASES), f"{start:.1f}", f"{found['wall']:.1f}",
                     f"{found['memory']:.0f}", f"{found['gap']:.2%}"])
    header = "model | columns x rows | " + " | ".join(PHASES) + " | start and print | whole command | MiB | gap"
    return f"## Seconds by phase\n\nThe shipped models, to their own gap, with all cores; the fastest of {times}.\n\n" + table(header, rows)


def growth(scratch: Path, limit: float, model: Path, sites: tuple[int, ...] = SITES, quarters: tuple[int, ...] = QUARTERS) -> str:
    """Seconds as sites and quarters are added."""
    header = "columns | rows | nonzeros | whole | read | build | hand-over | solve | gap reached | MiB | build x | solve x"
    by_sites = [(str(n), with_sites(scratch / f"sites_{n}", n, model)) for n in sites]
    by_quarters = [(str(n), with_quarters(scratch / f"quarters_{n}", n, model)) for n in quarters]
    return "\n".join([
        f"## Growth\n\nBuild, hand-over to HiGHS and search to a gap of 0.5 %, for at most {limit:.0f} s (`>`: stopped there, with the gap "
        "reached). `x`: ratio to the row above.\n",
        "Sites: the first of the ten that are shipped; beyond ten, copies with each number changed by up to 5 %. 36 quarters.\n",
        table(f"sites | {header}", grown(by_sites, limit)),
        "Quarters: ten sites, the same question without its target (which lies outside a short horizon).\n",
        table(f"quarters | {header}", grown(by_quarters, limit)),
    ])


def grown(models: list[tuple[str, Path]], limit: float) -> list[list[str]]:
    """A row for each model, with the ratios of its times to those of the row before."""
    rows: list[list[str]] = []
    before: dict[str, Any] = {}
    for name, path in models:
        found = measured("grow", str(path), f"{limit} s")
        ratios = [f"{found[phase] / before[phase]:.1f}" if before else "" for phase in ("build", "solve")]
        late = "" if found["status"] == "optimal" else "> "
        gap = f"{found['gap']:.2%}" if found["gap"] == found["gap"] else "no plan"
        rows.append([name, *(f"{found[size]:,}" for size in ("columns", "rows", "nonzeros", "whole")), f"{found['read']:.1f}",
                     f"{found['build']:.1f}", f"{found['hand']:.2f}", f"{late}{found['solve']:.1f}", gap, f"{found['memory']:.0f}", *ratios])
        before = found
    return rows


def hand_over(model: Path) -> str:
    """Ways from an assembled plan to HiGHS."""
    found = {way: min((measured(way, str(model)) for _ in range(TIMES)), key=lambda each: float(each["hand"])) for way in WAYS}
    least = found["arrays"]["hand"]
    rows = [[WAY_NAMES[way], f"{each['rows']:,}", f"{each['columns']:,}", f"{each['hand']:.2f}", f"{each['hand'] / least:.1f}",
             f"{each['memory']:.0f}"] for way, each in found.items()]
    return (f"## Hand-over to HiGHS\n\n`{model.stem}`: from the assembled Pyomo model to a HiGHS that holds it, nothing solved; the fastest of {TIMES}.\n\n"
            + table("way | rows | columns | seconds | ratio | MiB of the process", rows))


def starts(scratch: Path, model: Path, questions: tuple[tuple[str, tuple[str, ...]], ...] = QUESTIONS, seeds: tuple[str, ...] = SEEDS) -> str:
    """Cold searches beside those that begin with an earlier plan."""
    earlier = command(scratch, str(model))["run"]
    rows = []
    for what, changed in questions:
        cold = [command(scratch, str(model), *changed, "--seed", seed) for seed in seeds]
        warm = [command(scratch, str(model), *changed, "--seed", seed, "--start", earlier) for seed in seeds]
        for name, runs in (("cold", cold), ("started", warm)):
            seconds = [found["seconds"]["solve"] for found in runs]
            rows.append([f"{what}, {name}", ", ".join(f"{each:.1f}" for each in seconds), f"{sum(seconds):.1f}",
                         f"{sum(seconds) / sum(found['seconds']['solve'] for found in cold):.2f}",
                         ", ".join(f"{found['gap']:.2%}" for found in runs)])
    return (f"## Cold and started\n\n`{model.stem}`, seconds of the search to the model's gap, with {len(seeds)} seeds, cold and with `--start` from the plan "
            f"of the unchanged model. The change is `{' '.join(CHANGE)}`. A start brings a first plan at once; the search for a better one and the "
            "proof remain.\n\n" + table("search | seconds by seed | sum | ratio to cold | gaps", rows))
