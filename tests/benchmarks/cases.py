"""Cases to grow: the shipped gigawatt with fewer or more sites, and with a shorter or longer horizon."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "one_gigawatt.toml"
SPREAD = 0.05
"""Copied sites differ from their pattern by at most this share, in each number on its own."""
TARGET = ("[[target]]", "[goal]")


def with_sites(folder: Path, count: int, model: Path = MODEL) -> Path:
    """A model over the first `count` sites of the case; beyond those that there are, copies with perturbed numbers."""
    inputs = copied(model, folder)
    sites = sorted({row["item"] for row in read(inputs / "sites.csv")})
    names = {site: [site] for site in sites[:count]}
    for number in range(len(sites), count):
        pattern = sites[number % len(sites)]
        names[pattern].append(f"{pattern}_{len(names[pattern]) + 1}")
    chance = random.Random(count)
    for path in sorted(inputs.glob("*.csv")):
        rows = read(path)
        if rows and "site" in rows[0]:
            column = "item" if path.stem == "sites" else "site"
            write(path, [each for row in rows for each in spread(row, column, names, chance)])
    return folder / model.name


def spread(row: dict[str, str], column: str, names: dict[str, list[str]], chance: random.Random) -> list[dict[str, str]]:
    """A row for each site that stands for its own; none if its site is left out."""
    if not row[column]:
        return [row]
    first, *others = names.get(row[column], [""])
    return ([row] if first else []) + [{**perturbed(row, chance), column: other} for other in others]


def perturbed(row: dict[str, str], chance: random.Random) -> dict[str, str]:
    """The row with its number a little changed; labels, dates and shares stay."""
    if row["unit"] in ("label", "date", "1"):
        return row
    return {**row, "low": "", "high": "", "base": repr(float(row["base"]) * chance.uniform(1 - SPREAD, 1 + SPREAD))}


def with_quarters(folder: Path, count: int, model: Path = MODEL) -> Path:
    """A model over `count` quarters from its start, without its target, which would lie outside a short horizon."""
    copied(model, folder)
    text = (folder / model.name).read_text(encoding="utf-8")
    before, rest = text.split(TARGET[0])
    year, quarter = divmod(count - 1, 4)
    lines = (before + TARGET[1] + rest.split(TARGET[1])[1]).splitlines()
    lines = [f'end = "{2027 + year}-Q{quarter + 1}"' if line.startswith("end") else line for line in lines]
    (folder / model.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / model.name


def copied(model: Path, folder: Path) -> Path:
    """A model and its tables in a folder of their own; gives the folder of the tables."""
    text = model.read_text(encoding="utf-8")
    name = next(line.split("/")[-1].strip('" ') for line in text.splitlines() if line.startswith("inputs"))
    inputs = folder / "inputs"
    inputs.mkdir(parents=True)
    for path in (model.parent.parent / "inputs" / name).glob("*.csv"):
        shutil.copy(path, inputs)
    (folder / model.name).write_text(text.replace(f"../inputs/{name}", "inputs"), encoding="utf-8")
    return inputs


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows back."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
