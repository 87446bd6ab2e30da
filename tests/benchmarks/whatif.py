"""What-ifs measured: `python -m tests.benchmarks.whatif [--write docs/benchmarks_whatif.md]`. About twenty minutes with nothing else running.

An edit that is watched against a cold command; a sweep in one process and in two; samples against cold commands.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from gwplan.analysis import sweep as sweeping
from gwplan.analysis.scenarios import study
from tests.benchmarks.cases import MODEL, ROOT, copied, read, write
from tests.benchmarks.page import command, opening, table

EDITS = (
    ("budget", "capital", "cap", 0.8), ("halls", "liquid_48", "price", 1.05), ("accelerators", "helios_rack", "price", 1.1),
    ("halls", "liquid_48", "price", 0.9), ("power", "grid", "price", 1.5), ("accelerators", "gb300_nvl72", "price", 0.8),
    ("cooling", "liquid", "mean_ratio", 1.02), ("halls", "liquid_48", "upkeep", 1.5), ("accelerators", "helios_rack", "network_price", 0.9),
    ("compute", "compute", "value", 1.05),
)  # fmt: skip
"""Ten edits, one after the other: table, item, quantity, factor on every row of it."""
SWEEP = "budget.capital.cap=38:61:1 GUSD_2026"
FEW, SAMPLES, MANY = 6, 20, 500
PATIENCE = 300.0


def edited(path: Path, item: str, quantity: str, factor: float) -> None:
    """Multiply the base of each row of a quantity; ranges are widened to hold it."""
    rows = read(path)
    found = [row for row in rows if row["item"] == item and row["quantity"] == quantity]
    if not found:
        raise RuntimeError(f"{path.name} has no {item}.{quantity}")
    for row in found:
        row.update(base=repr(float(row["base"]) * factor), low="", high="")
    write(path, rows)


def watched(scratch: Path) -> str:
    """Seconds from save to printed comparison, and of a cold command on the same files."""
    inputs = copied(MODEL, scratch / "watched")
    model, runs = scratch / "watched" / MODEL.name, scratch / "watched_runs"
    process = subprocess.Popen([sys.executable, "-m", "gwplan", "watch", str(model), "--json", "--runs", str(runs)], cwd=ROOT, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    rows = []
    try:
        heard(process)
        for name, item, quantity, factor in EDITS:
            edited(inputs / f"{name}.csv", item, quantity, factor)
            began = time.perf_counter()
            event = heard(process)
            warm = time.perf_counter() - began
            cold = command(scratch, str(model))
            found = json.loads((Path(event["run"]) / "summary.json").read_text())
            unproven = abs(found["objective"] - found["bound"]) + abs(cold["objective"] - cold["bound"])
            apart = abs(found["objective"] - cold["objective"])
            rows.append((f"{name}.{item}.{quantity} x {factor:g}", warm, cold["wall"], apart, unproven))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    lines = [[name, f"{warm:.1f}", f"{cold:.1f}", f"{warm / cold:.2f}", f"{apart:,.1f}", f"{unproven:,.1f}"]
             for name, warm, cold, apart, unproven in rows]
    middle = median(warm / cold for _, warm, cold, _, _ in rows)
    text = "`one_gigawatt`: ten edits, one after the other. From save to printed comparison, and a cold `gwplan solve` of the same files; MUSD."
    header = "edit | watch, s | cold, s | ratio | objectives apart | unproven in both"
    return f"## Watch\n\n{text} Median ratio {middle:.2f}.\n\n" + table(header, lines)


def heard(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next plan that a watch tells of."""
    assert process.stdout is not None
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ready, _, _ = select.select([process.stdout], [], [], 1.0)
        line = process.stdout.readline() if ready else ""
        if line:
            event: dict[str, Any] = json.loads(line)
            if event["event"] in ("solved", "compared"):
                return event
            if event["event"] in ("faults", "no_plan"):
                raise RuntimeError(line)
    raise TimeoutError("the watch says nothing")


def swept(scratch: Path) -> str:
    """A sweep in one process and in two."""
    seconds = {}
    for workers in (1, 2):
        order = study.StudyRequest(MODEL, tuple(sweeping.of_overs([SWEEP])), workers=workers, runs=scratch / f"sweep_{workers}")
        began = time.perf_counter()
        study.run(order)
        seconds[workers] = time.perf_counter() - began
    rows = [[str(workers), f"{each:.1f}", f"{seconds[1] / each:.2f}"] for workers, each in seconds.items()]
    return f"## Sweep\n\n`one_gigawatt`, 24 budgets (`--over '{SWEEP}'`), nothing cached.\n\n" + table("processes | seconds | ratio", rows)


def sampled(scratch: Path) -> str:
    """Samples in one command against as many cold commands, and what many more would take: each more as long as one of these."""
    model = ROOT / "models" / "most_compute.toml"
    seconds = {count: sample(model, count, scratch / f"samples_{count}") for count in (FEW, SAMPLES)}
    cold = median(float(command(scratch, str(model))["wall"]) for _ in range(5))
    each = (seconds[SAMPLES] - seconds[FEW]) / (SAMPLES - FEW)
    many = seconds[SAMPLES] + (MANY - SAMPLES) * each
    rows = [[f"`gwplan sample -n {FEW}`", f"{seconds[FEW]:.1f}", f"{seconds[FEW] / FEW:.1f}", f"{cold * FEW / seconds[FEW]:.1f}"],
            [f"`gwplan sample -n {SAMPLES}`", f"{seconds[SAMPLES]:.1f}", f"{seconds[SAMPLES] / SAMPLES:.1f}",
             f"{cold * SAMPLES / seconds[SAMPLES]:.1f}"],
            [f"{MANY}, by the two above", f"{many:,.0f}", f"{many / MANY:.1f}", f"{cold * MANY / many:.1f}"],
            ["a cold command (5 measured)", f"{cold:.1f}", f"{cold:.1f}", "1.0"]]
    text = "`most_compute` with {} processes. To start, to solve the unchanged model and to write takes as long for few samples as for many."
    return f"## Samples\n\n{text.format(os.cpu_count())}\n\n" + table("way | seconds | each | ratio", rows)


def sample(model: Path, count: int, runs: Path) -> float:
    """Seconds of a sample."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "gwplan", "sample", str(model), "-n", str(count), "--seed", "1", "--runs", str(runs)], cwd=ROOT,
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def load() -> str:
    """How busy the machine was before."""
    minute, _, quarter = os.getloadavg()
    return (f"Processes that ran or waited before it began, on average: {minute:.1f} in the last minute, {quarter:.1f} in the last fifteen. "
            "The three parts are one run.\n")


def main() -> None:
    """Measure and print, or write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.whatif", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--only", choices=("watch", "sweep", "sample"))
    options = parser.parse_args()
    parts = {"watch": watched, "sweep": swept, "sample": sampled}
    with tempfile.TemporaryDirectory(prefix="gwplan-bench-") as scratch:
        text = "\n".join([opening(), load(), *(part(Path(scratch)) for name, part in parts.items() if options.only in (None, name))])
    sys.stdout.write(text)
    if options.write is not None:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
