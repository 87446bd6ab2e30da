"""`report.html` of a study: a sweep, frontier, sample, stress test or loss as one page that needs no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gwplan.common.errors import Fault, InputFaults
from gwplan.reports.formatting import PAGE, Columns
from gwplan.reports.webpage.page import Page
from gwplan.reports.webpage.render import put, render
from gwplan.reports.webpage.studies import alternatives, bottleneck, disruption, frontier, hedge, rolling, sample, stress, sweep
from gwplan.reports.webpage.studies.material import Material

__all__ = ["Material", "is_study", "page", "put", "redraw", "write"]
PAGES = {"sweep": sweep.page, "frontier": frontier.page, "sample": sample.page, "stress": stress.page,
         "lose": disruption.page, "bottleneck": bottleneck.page, "alternatives": alternatives.page, "hedge": hedge.page,
         "rolling": rolling.page}  # fmt: skip
"""What draws the page of each kind of study."""


def page(material: Material) -> Page:
    """What stands on the page of a study."""
    return PAGES[str(material.facts["kind"])](material)


def write(folder: Path, facts: Mapping[str, Any], tables: Mapping[str, Columns]) -> Path:
    """Write the page of a study into its folder, from its manifest and its tables; gives its path."""
    return put(folder / PAGE, render(page(Material(facts, tables))))


def is_study(folder: Path) -> bool:
    """True for the folder of a study, whose manifest says of what kind it is."""
    try:
        return "kind" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def redraw(folder: Path, target: Path | None = None) -> Path:
    """Write the page of a study's folder again from its tables; gives its path. InputFaults where one is missing or damaged."""
    import pyarrow
    import pyarrow.parquet

    try:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tables = {path.stem: pyarrow.parquet.read_table(path).to_pydict() for path in sorted(folder.glob("*.parquet"))}
        text = render(page(Material(facts, tables)))
    except (OSError, pyarrow.ArrowException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise InputFaults([Fault(str(folder), 0, f"is not a whole folder of a study: {type(error).__name__}: {error}")]) from error
    return put(target or folder / PAGE, text)
