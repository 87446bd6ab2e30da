"""Copies: redundant content of the folder agrees: Parquet and CSV, units of tables, the digest of the inputs.

The digest covers the inputs as used, so that a later change of any of their numbers is detected.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np

from gwplan.audit.csv_text import numbers_of
from gwplan.audit.run_folder import Answer

NUMBERS = ("value", "amount", "bound", "use", "slack", "dual", "number", "first", "months", "discount_capital", "discount_running")
MW, MUSD, NOMINAL, COMPUTE, ONE = "MW", "MUSD", "MUSD_nominal", "kH100e", "1"
UNITS = {
    **dict.fromkeys(("sites.opening", "sites.opened", "halls.started", "halls.renewed", "halls.standing", "halls.stock",
                     "accelerators.bought", "accelerators.young", "accelerators.retired", "accelerators.installed", "accelerators.running",
                     "accelerators.left", "accelerators.arrived", "power.ordered", "account.opened", "contracts.signed", "contracts.held",
                     "contracts.blocks", "contracts.below", "contracts.released", "finance.is_profit", "finance.is_earning",
                     "finance.cleared", "finance.unlocked"), ONE),
    **dict.fromkeys(("accelerators.it_peak", "accelerators.it_mean", "cooling.facility_peak", "cooling.facility_mean", "power.capacity",
                     "power.contracted", "power.output", "account.hall_room", "account.it_peak", "account.it_mean",
                     "account.facility_peak", "account.facility_mean", "account.energy", "account.system_power", "account.vendor_power",
                     "contracts.leased", "contracts.leased_room", "contracts.under_lease", "contracts.leased_load",
                     "contracts.leased_peak", "contracts.leased_mean", "contracts.exercised", "contracts.reserved",
                     "contracts.counted_power"), MW),
    **dict.fromkeys(("halls.value_open", "power.bill", "budget.unspent", "money.capital", "money.running", "money.residual",
                     "money.revenue"), MUSD),
    **dict.fromkeys(("accelerators.compute", "account.compute", "contracts.used", "contracts.sold"), COMPUTE),
    "account.land": "acre", "account.power_land": "acre",
    "account.water": "ML", "cooling.water": "ML", "account.emissions": "kt", "carbon.operational": "kt",
    **dict.fromkeys(("contracts.committed_beyond", "contracts.staked", "contracts.stake_worth", "contracts.credited",
                     "contracts.excess", "contracts.made_up", "contracts.minimum",
                     "contracts.shortfall", "contracts.invested", "contracts.invested_so_far", "contracts.bought_so_far",
                     "account.invested"), NOMINAL),
    "contracts.rent_roll": "MUSD_nominal/year", **dict.fromkeys(("diversification.given", "diversification.together"), "of its account"),
    "goal.required": "of the requirement",
    "diversification.there": "of the measure", **dict.fromkeys(("diversification.counts", "diversification.share"), ONE),
}
"""Units of the tables that the audit knows."""
FINANCE = (NOMINAL, ONE)
"""Units of all other tables of finance."""


def check(answer: Answer) -> None:
    """Check all copies."""
    check_parquet(answer)
    check_units(answer)
    check_digest(answer)


def check_parquet(answer: Answer) -> None:
    """Each Parquet table equals its CSV."""
    files = sorted((answer.folder.path / "tables").glob("*.parquet"))
    wrong = [f"tables/{file.name}: {what}" for file in files if (what := difference(answer, file))]
    wrong += [f"tables/{name}.csv has no Parquet copy" for name in answer.folder.tables
              if files and name != "units" and not (answer.folder.path / "tables" / f"{name}.parquet").is_file()]
    answer.checks.found_wrong("copies.parquet_is_the_csv", wrong, len(files))


def difference(answer: Answer, file: Path) -> str:
    """How a Parquet table differs from its CSV; blank if equal."""
    import pyarrow.parquet as pq

    if file.stem not in answer.folder.tables:
        return "there is no such CSV"
    try:
        columns = pq.ParquetFile(file).read(use_threads=False).to_pydict()
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    texts = answer.folder.columns(answer.folder.tables[file.stem], ())
    if list(columns) != list(texts) or any(len(each) != len(texts[name]) for name, each in columns.items()):
        return "has different columns or rows"
    for name, values in columns.items():
        if name in NUMBERS:
            other = numbers_of(texts[name])
            mine = np.array([math.nan if value is None else value for value in values], dtype=float)
            if not np.array_equal(mine, other, equal_nan=True):
                return f"has different numbers in {name}"
        elif [str(value) for value in values] != texts[name]:
            return f"has different labels in {name}"
    return ""


def check_units(answer: Answer) -> None:
    """units.csv lists each table once, with its unit."""
    file = answer.folder.tables.get("units")
    if file is None:
        return
    frame = answer.folder.csv(file, ("table", "column", "unit"))
    dollars = f"MUSD_{answer.folder.definition['horizon']['dollars']}"
    known = {name: UNITS.get(name, unit if unit in FINANCE else NOMINAL) for name, unit in zip(frame["table"], frame["unit"], strict=True)
             if name in UNITS or name.startswith("finance.")}
    said = {("ledger", "amount"): dollars, ("limits", "bound"): "the row's", ("limits", "dual"): "goal per unit of the row",
            ("slices", "share"): ONE, ("slices", "hours"): "hour", ("days", "typical"): ONE, ("peak_hours", "window"): ONE}
    wrong = []
    for name, column, unit in zip(frame["table"], frame["column"], frame["unit"], strict=True):
        wanted = said.get((name, column)) if name in {table for table, _ in said} else known.get(name, unit) if column == "value" else None
        if unit != wanted:
            wrong.append(f"{name}.{column} is in {unit}, should be {wanted}")
    listed = list(zip(frame["table"], frame["column"], strict=True))
    there = {name for name in answer.folder.tables if name not in ("units", "periods")}
    wrong += [f"{name} is listed twice" for name in sorted({str(each) for each in listed if listed.count(each) > 1})]
    wrong += [f"{name} is not a table" for name in sorted({name for name, _ in listed} - there)]
    wrong += [f"{name} has no unit" for name in sorted(there - {name for name, _ in listed})]
    answer.checks.found_wrong("copies.units_are_those_of_the_tables", wrong, len(frame))
    others = sorted({name for name in frame["table"] if name not in known and name not in ("ledger", "limits")})
    answer.unchecked += [f"tables/units.csv: the unit of {', '.join(others)}"] if others else []


def check_digest(answer: Answer) -> None:
    """The inputs match their digest in the manifest."""
    given = answer.folder.manifest.get("digest_of_inputs")
    if given is None:
        answer.unchecked.append("inputs/: the manifest has no digest of them; a changed input is detected only if it affects the plan")
        return
    total, folder = hashlib.sha256(), answer.folder.path / "inputs"
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        total.update(len(content).to_bytes(8, "big") + content)
    wrong = [] if total.hexdigest() == given else [f"is {total.hexdigest()[:12]}, the manifest says {str(given)[:12]}"]
    answer.checks.found_wrong("copies.inputs_have_the_digest_of_the_manifest", wrong, 1)
