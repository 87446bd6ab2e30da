"""What a reader may ask next of a run: the other pages of `gwplan show`, and the commands that suit its result."""

from __future__ import annotations

from pathlib import Path

from gwplan.common.status import Status
from gwplan.reports.headline import ALL_CAPITAL, CAP, tightest
from gwplan.reports.sentences import is_left_out
from gwplan.results import cash_flows
from gwplan.results.run_folder import RunFolder
from gwplan.results.run_list import LATEST, RUNS, STAMP

TIGHTER = 0.95
"""Share of what a plan pays that is tried as its cap."""
MUSD_A_GUSD = 1e3
SUFFIX = ".toml"


def options(run: RunFolder) -> list[str]:
    """The options of `gwplan show` that have something to say of a run."""
    money = ["--finance"] if cash_flows.is_financed(run) else []
    return ["gwplan show [RUN] --schedule", "--published", "--limits", *money, "--all"]


def next_steps(run: RunFolder, room: int) -> list[str]:
    """Commands that suit the result, the most useful first, each in a line that is no longer than `room`."""
    model, word = model_name(run), word_of(run)
    found = []
    if run.summary.get("target_met") is False:
        found.append(f"gwplan why {model}")
    if run.status is Status.STOPPED:
        found.append(f"gwplan solve {model} --start {word}")
    if (run.manifest.get("definition") or {}).get("hours"):
        found.append(f"gwplan dispatch {word}")
    tried = [f"gwplan solve {model} {change}" for change in tighter(run, word)]
    found += [command for command in tried if len(command) <= room][:1]
    found.append(f"gwplan worth {word}")
    found += [f"gwplan why-not {model} {each['vendor']} --only price" for each in run.summary.get("vendors") or [] if is_left_out(each)]
    return [command for command in found if len(command) <= room][:2] or ["gwplan worth RUN"]


def tighter(run: RunFolder, word: str) -> list[str]:
    """A cap on all capital below what is paid, where it has some left."""
    found = tightest(run)
    spent = run.figure("capital_first_build_musd") or 0.0
    if found is None or (found[0], found[1]) != (CAP, ALL_CAPITAL) or spent <= 0 or found[3] <= 0:
        return []
    size, unit = (MUSD_A_GUSD, "GUSD") if spent >= MUSD_A_GUSD else (1.0, "MUSD")
    change = f"--set 'budget.capital.cap={float(f'{TIGHTER * spent / size:.2g}'):g} {unit}_{run.dollars}'"
    return [f"{change} --against {word}", change]


def word_of(run: RunFolder) -> str:
    """What a command line calls a run: `latest` if it is, else its folder, behind the folder that holds the runs unless that is `runs`."""
    holder = run.path.parent
    stamped = [path.name for path in holder.glob("*_*") if STAMP.match(path.name)]
    word = LATEST if run.path.name == max(stamped, default="") else run.path.name
    return word if holder.resolve() == RUNS.resolve() else f"{holder}/{word}"


def model_name(run: RunFolder) -> str:
    """The model as a command line finds it: its name alone if it is a file of `models`."""
    path = Path(str(run.manifest.get("model") or f"{run.summary.get('model', 'MODEL')}{SUFFIX}"))
    return path.stem if path.parent.name == "models" and path.suffix == SUFFIX else str(path)
