"""A run folder for inputs/tiny, worked out with pencil and paper: one hall in the north, 80 old racks, grid.

All numbers are for 10 MW of IT, over 2026, 2027 and 2028, at a discount rate of 0.

| what | arithmetic | |
|---|---|---|
| opening north | 2026 | 10 MUSD |
| hall of 10 MW, started 2026, open 2027 | 10 MW x 10 MUSD/MW x index 1.0, twelve months: one period | 100 MUSD in 2026 |
| 80 racks, ordered 2026, six months: 2027 | price 2.0 in January 2026, 1.6 in January 2027, so 1.8 in July 2026; no deposit | 144 MUSD in 2027 |
| their network | 80 x 0.5 | 40 MUSD in 2027 |
| grid, 12 units of 1 MW, ordered 2026 | twelve months: service 2027; 12 x 0.5 | 6 MUSD in 2027 |
| IT | 80 x 100 kW x 1.25 | 10 MW at peak, x 0.8 = 8 MW in the mean |
| at the meter | 10 x 1.2; 8 x 1.1 | 12 MW and 8.8 MW |
| energy of a year | 8.8 MW x 8760 h = 77,088 MWh x 50 USD | 3.8544 MUSD |
| hall, a year | upkeep 10 x 0.1; insurance 100 x 0.002; tax 100 x 0.01 | 1.0; 0.2; 1.0 MUSD |
| racks, a year | 80 x 2 % x 1.6 | 2.56 MUSD |
| grid, a year | 12 x 0.01 | 0.12 MUSD |
| water of a year | 8 MW x 8760 h x 0.1 L/kWh | 7.008 ML |
| carbon of a year | 77,088 MWh x 200 kg | 15.4176 kt |
| carbon of building | hall 10 MW x 500 t; racks 80 x 10 t | 5 kt in 2026; 0.8 kt in 2027 |
| compute | 80 x 100 H100e | 8 kH100e, x 8760 h x 0.5 USD = 35.04 MUSD a year |
| left of the hall | two of twenty years gone: 0.9 x 100 | 90 MUSD |
| left of the racks | age two: half way from 0.7 to 0.3; annuity 1 - 2/5 = 0.6 is more | 0.5 x 144 = 72 and 0.5 x 40 = 20 MUSD |
| left of the grid | two of forty years gone: 0.95 x 6 | 5.7 MUSD |

| hours computed | 2 years x 8 kH100e x 8760 h | 140.16 million H100e-hours |
| hours of accelerators | 2 years x 80 racks x 50 x 8760 h | 70.08 million hours |

Capital 10 + 100 + 144 + 40 + 6 = 300; running 2 x 8.7344 = 17.4688; left 187.7; cost 300 + 17.4688 - 187.7 = 129.7688.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from gwplan.audit import Audit
from tests.audit import quick

ROOT = Path(__file__).parents[2]
TINY = ROOT / "inputs" / "tiny"
Rows = list[list[Any]]

PLAN: Rows = [
    ["sites", "opening", "north", "", "2026", 1],
    ["halls", "started", "hall", "north", "2026", 1],
    ["accelerators", "bought", "old_rack", "north", "2026", 80],
    ["power", "ordered", "grid", "north", "2026", 12],
]
ON = ("2027", "2028")
LEDGER: Rows = [
    ["capital", "sites", "sites", "north", "north", "landowners", "2026", 10],
    ["capital", "halls", "halls", "hall", "north", "builders", "2026", 100],
    ["capital", "accelerators", "accelerators", "old_rack", "north", "first_vendor", "2027", 144],
    ["capital", "accelerators", "networks", "old_rack", "north", "first_vendor", "2027", 40],
    ["capital", "power", "power", "grid", "north", "suppliers", "2027", 6],
    *[["running", maker, cost_class, item, "north", payee, when, amount] for when in ON for maker, cost_class, item, payee, amount in (
        ("halls", "halls", "hall", "operators", 1.0), ("halls", "insurance", "hall", "insurers", 0.2),
        ("halls", "property_tax", "hall", "counties", 1.0), ("accelerators", "accelerators", "old_rack", "first_vendor", 2.56),
        ("power", "power", "grid", "suppliers", 0.12), ("power", "energy", "grid", "utilities", 3.8544))],
    ["residual", "halls", "halls", "hall", "north", "builders", "2028", 90],
    ["residual", "accelerators", "accelerators", "old_rack", "north", "first_vendor", "2028", 72],
    ["residual", "accelerators", "networks", "old_rack", "north", "first_vendor", "2028", 20],
    ["residual", "power", "power", "grid", "north", "suppliers", "2028", 5.7],
]
TABLES: dict[str, tuple[list[str], Rows]] = {
    "ledger": (["kind", "maker", "class", "item", "site", "payee", "period", "amount"], LEDGER),
    "periods": (["period", "number", "first", "months", "discount_capital", "discount_running"],
                [[str(year), year - 2026, year * 12, 12, 1, 1] for year in (2026, 2027, 2028)]),
}


def table(name: str, columns: str, *rows: Sequence[Any]) -> None:
    """Enter a table of TABLES: index columns, then `value`."""
    TABLES[name] = ([*columns.split(), "value"], [list(row) for row in rows])


table("sites.opening", "site period", ("north", "2026", 1))
table("sites.opened", "site period", *(("north", when, 1) for when in ("2026", *ON)))
table("halls.started", "site design period", ("north", "hall", "2026", 1))
table("halls.standing", "site design period", *(("north", "hall", when, 1) for when in ("2026", *ON)))
table("halls.stock", "site design period", *(("north", "hall", when, 1) for when in ON))
table("halls.value_open", "site design period", *(("north", "hall", when, 100) for when in ON))
table("accelerators.bought", "system site period", ("old_rack", "north", "2026", 80))
table("accelerators.arrived", "system site period", ("old_rack", "north", "2027", 80))
for stock in ("young", "installed", "running"):
    table(f"accelerators.{stock}", "system site period", *(("old_rack", "north", when, 80) for when in ON))
table("accelerators.left", "system site period", ("old_rack", "north", "2026", 80))
table("power.ordered", "supply site period", ("grid", "north", "2026", 12))
for stock in ("capacity", "contracted"):
    table(f"power.{stock}", "supply site period", *(("grid", "north", when, 12) for when in ON))
table("power.bill", "supply site period", *(("grid", "north", when, 3.8544) for when in ON))
table("power.output", "supply site period slice", *(("grid", "north", when, "year", 8.8) for when in ON))
for account in ("account", "cooling"):
    table(f"{account}.facility_peak", "site period", *(("north", when, 12) for when in ON))
    table(f"{account}.facility_mean", "site period slice", *(("north", when, "year", 8.8) for when in ON))
table("account.it_peak", "tenure site cooling period", *(("own", "north", "liquid", when, 10) for when in ON))
table("account.it_mean", "tenure site cooling period", *(("own", "north", "liquid", when, 8) for when in ON))
table("account.hall_room", "tenure site cooling density period", *(("own", "north", "liquid", 250.0, when, 10) for when in ON))
table("account.compute", "provider vendor site period", *(("own", "first_vendor", "north", when, 8) for when in ON))
table("account.land", "site period", *(("north", when, 10) for when in ("2026", *ON)))
table("account.water", "site period", *(("north", when, 7.008) for when in ON))
table("account.emissions", "scope site period", *(("operational", "north", when, 15.4176) for when in ON),
      ("embodied", "north", "2026", 5), ("embodied", "north", "2027", 0.8))
SUMMARY: dict[str, Any] = {
    "status": "optimal", "goal": ["least_cost"], "precision": "fp8", "objective": 129.7688, "bound": 129.7688, "gap": 0.0,
    "goals": [{"kind": "least_cost", "objective": 129.7688}], "capital_musd": 300, "capital_first_build_musd": 300,
    "capital_by_class_musd": {"sites": 10, "halls": 100, "accelerators": 144, "networks": 40, "power": 6}, "residual_musd": 187.7,
    "running_by_class_musd": {"halls": 2, "insurance": 0.4, "property_tax": 2, "accelerators": 5.12, "power": 0.24, "energy": 7.7088},
    "npv_cost_musd": 129.7688, "npv_value_musd": 70.08, "running_musd_per_year_final": 8.7344, "periods": ["2026", "2027", "2028"],
    "it_mw": [0, 10, 10], "facility_mw": [0, 12, 12], "compute_kh100e": [0, 8, 8], "first_it_period": "2027",
    "halls": {"hall": 1}, "systems": {"old_rack": 80}, "supplies_mw": {"grid": 12}, "title": "Worked out by hand", "dollars": 2026,
    "first_build_until": "2028", "capital_musd_per_it_gw": 30000, "target_met": True, "sites": {"north": "2026"},
    "discounted_million_h100e_hours": 140.16, "levelised_usd_per_h100e_hour": 129.7688 / 140.16,
    "levelised_usd_per_accelerator_hour": 129.7688 / 70.08,
    # Capital less what is left: halls 100 - 90, racks 144 - 72, their network 40 - 20, grid 6 - 5.7.
    "levelised_by_class_usd_per_h100e_hour": {name: cost / 140.16 for name, cost in {
        "sites": 10, "halls": 10, "accelerators": 72, "networks": 20, "power": 0.3, "halls_running": 2, "accelerators_running": 5.12,
        "power_running": 0.24, "insurance": 0.4, "property_tax": 2, "energy": 7.7088}.items()},
    "no_limit_on": ["emissions", "compute"], "unread": [], "estimate_share": 1.0, "capital_by_grade_musd": {"F": 300}, "contracts_signed": [],
    "held_back": "First IT power in 2027 at north; halls held it back (soonest: halls 2027, power 2027, systems 2027).",
}
DEFINITION: dict[str, Any] = {
    "title": "Worked out by hand", "inputs": "../inputs/tiny", "precision": "fp8",
    "parts": ["sites", "halls", "accelerators", "cooling", "power", "budget"],
    "horizon": {"start": "2026-Q1", "end": "2028-Q4", "step": "year", "dollars": 2026, "discount_rate": 0.0},
    "target": [{"measure": "it", "amount": "10 MW", "by": "2028-Q1", "counts": ["own", "leased"]}],
    "goal": [{"kind": "least_cost", "any_hardware": True}], "solver": {"gap": 0.0, "whole_units_from": "1 MW"},
}


class Run:
    """The hand-made run in memory, to be changed and then written."""

    def __init__(self) -> None:
        copy = json.loads(json.dumps([PLAN, TABLES, SUMMARY, DEFINITION]))
        self.plan: Rows = copy[0]
        self.tables: dict[str, tuple[list[str], Rows]] = {name: (columns, rows) for name, (columns, rows) in copy[1].items()}
        self.summary: dict[str, Any] = copy[2]
        self.definition: dict[str, Any] = copy[3]
        self.inputs: dict[str, list[dict[str, str]]] = {}
        for file in sorted(TINY.glob("*.csv")):
            with file.open(encoding="utf-8") as lines:
                self.inputs[file.stem] = list(csv.DictReader(lines))

    def rows(self, name: str) -> Rows:
        """Rows of a table."""
        return self.tables[name][1]

    def row(self, name: str, *labels: str) -> list[Any]:
        """The row of a table that holds all the labels."""
        found = [row for row in self.rows(name) if set(labels) <= {str(cell) for cell in row}]
        assert len(found) == 1, f"{name} has {len(found)} rows with {labels}"
        return found[0]

    def put(self, name: str, amount: float, *labels: str) -> None:
        """Write another amount over the one that the labels name."""
        self.row(name, *labels)[-1] = amount

    def give(self, table_name: str, item: str, quantity: str, base: object, unit: str, **where: str) -> None:
        """Replace the row of an input, whatever its site, or add one; `where` gives its site and when."""
        rows, site, when = self.inputs.setdefault(table_name, []), where.get("site", ""), where.get("when", "")
        if not when:
            rows[:] = [row for row in rows if (row["item"], row["quantity"]) != (item, quantity) or row["site"] not in ("", site)]
        values = (item, site, when, quantity, "", str(base), "", unit, "round_numbers", "changed")
        rows.append(dict(zip(("item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note"), values, strict=True)))

    def asks(self, *kinds: str, objective: float, bound: float | None = None) -> None:
        """The summary of a plan that was found for other goals, whose cost is the same."""
        self.summary |= {"goal": list(kinds), "objective": objective, "bound": objective if bound is None else bound}
        self.summary["goals"] = [{"kind": kinds[0], "objective": objective}, *({"kind": kind, "objective": 129.7688} for kind in kinds[1:])]

    def costs(self, cost: float, **classes: float) -> None:
        """The summary of a plan that costs so much in all, and so much in some classes, for the same 140.16 million hours of an H100."""
        self.summary["npv_cost_musd"] = cost
        self.summary |= {"levelised_usd_per_h100e_hour": cost / 140.16, "levelised_usd_per_accelerator_hour": cost / 70.08}
        self.summary["levelised_by_class_usd_per_h100e_hour"] |= {name: each / 140.16 for name, each in classes.items()}
        self.asks("least_cost", objective=cost)

    def write(self, folder: Path) -> Path:
        """Write the run folder."""
        (folder / "inputs").mkdir(parents=True)
        (folder / "tables").mkdir()
        (folder / "manifest.json").write_text(json.dumps({"definition": self.definition}), encoding="utf-8")
        (folder / "summary.json").write_text(json.dumps(self.summary), encoding="utf-8")
        write_rows(folder / "plan.csv", ["part", "decision", "item", "site", "when", "amount"], self.plan)
        for name, rows in self.inputs.items():
            write_rows(folder / "inputs" / f"{name}.csv", list(rows[0]), [list(row.values()) for row in rows])
        for name, (columns, lines) in self.tables.items():
            write_rows(folder / "tables" / f"{name}.csv", columns, lines)
        return folder


def write_rows(file: Path, columns: list[str], rows: Rows) -> None:
    """Write a CSV."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([columns, *rows])


def audited(folder: Path, change: Callable[[Run], object] | None = None) -> Audit:
    """The audit of the hand-made run, changed."""
    return quick.audited(written(folder, change))


def written(folder: Path, change: Callable[[Run], object] | None = None) -> Path:
    """The hand-made run, changed and written."""
    run = Run()
    if change is not None:
        change(run)
    return run.write(folder / "run")


def failed_until(wanted: Collection[str], folder: Path, change: Callable[[Run], object]) -> set[str]:
    """Full names of the checks that the hand-made run, changed, does not pass, until all that are wanted are among them."""
    return quick.wrong_until(written(folder, change), wanted)


def failed(answer: Audit) -> set[str]:
    """Full names of the checks that did not pass."""
    return {f"{check.part}.{check.name}" for check in answer.failed}
