"""The tiny case with contracts beside it: rows and a model of the test's own.

One kH100e throughout a year costs one MUSD at UNIT_PRICE, so that use, minimums and payments are round.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from gwplan.inputs.case import Case
from gwplan.planning.build import read_case, read_definition
from tests.exploits.taken import Taken, solved
from tests.parts.stage import TINY, apply

PARTS = ("sites", "halls", "accelerators", "cooling", "power", "contracts")
UNIT_PRICE = f"{1 / 8.76!r} USD_2026/H100e/hour"
LEASE = (
    "room.kind=lease label", "room.provider=landlord label", "room.cooling=liquid label", "room.density=150 kW",
    "room.rent=1 MUSD_2026/MW/year", "room.term=3 year", "room.lead_months=0 month", "room.most_power=0 MW", "room@north.most_power=10 MW",
    "room.energy_price=50 USD_2026/MWh",
)
CLOUD = (
    "rented.kind=compute label", "rented.provider=cloud_house label", f"rented.price={UNIT_PRICE}", "rented.most=100 kH100e",
    "rented.lead_months=0 month", "rented.term=3 year",
)
OPTION = (
    "more.kind=option label", "more.provider=cloud_house label", f"more.price={UNIT_PRICE}", "more.most_power=5 MW",
    "more.compute_per_power=2 kH100e/MW", "more.premium=0.1 MUSD_2026/MW", "more.exercise_from=2026 date", "more.exercise_until=2026 date",
    "more.lead_months=12 month",
)
SALE = (
    "buyer.kind=sale label", "buyer.customer=lab label", "buyer.terms=spot label", f"buyer.price={UNIT_PRICE}", "buyer.most=3 kH100e",
    "buyer.lead_months=0 month",
)
INVESTOR = (
    "friend.kind=investor label", "friend.investor=first_vendor label", "friend.cap=50 MUSD_nominal", "friend.required_return=0.1 1/year",
)
NO_NEW_RACKS = "accelerators.new_rack.most_bought=0 1/year"
TOML = """
title = "A few deals"
inputs = "inputs"
parts = [{parts}]
precision = "fp8"

[horizon]
start = "2026-Q1"
end = "{end}"
step = "{step}"
dollars = 2026
discount_rate = {rate}

{targets}
[goal]
{goal}

[contracts]
signed = [{signed}]
without = [{without}]

[solver]
gap = 0.0
whole_units_from = "1 MW"
"""
LEAST_COST = 'kind = "least_cost"\nany_hardware = true'


def target(measure: str, amount: str, by: str = "2028-Q1", until: str = "2028-Q4", counts: Iterable[str] = ("own", "leased")) -> str:
    """A target of the model file."""
    names = ", ".join(f'"{name}"' for name in counts)
    return f'[[target]]\nmeasure = "{measure}"\namount = "{amount}"\nby = "{by}"\nuntil = "{until}"\ncounts = [{names}]\n'


def model(folder: Path, *changes: str, inflation: float = 0.0, parts: Iterable[str] = PARTS, targets: Iterable[str] = (), goal: str = LEAST_COST,
          signed: Iterable[str] = (), without: Iterable[str] = (), rate: float = 0.0, step: str = "year", end: str = "2028-Q4") -> Path:
    """A model file beside its inputs. changes: as in tests/parts/stage.py; one without a table is of contracts.csv."""
    inputs = Path(shutil.copytree(TINY, folder / "inputs"))
    for change in (f"prices.prices.inflation={inflation} 1/year", *changes):
        dots = change.partition("=")[0].count(".")
        apply(inputs, change if dots > 1 else f"contracts.{change}")
    named = {key: ", ".join(f'"{name}"' for name in names) for key, names in {"parts": parts, "signed": signed, "without": without}.items()}
    path = folder / "deals.toml"
    path.write_text(TOML.format(targets="\n".join(targets), goal=goal, rate=rate, step=step, end=end, **named))
    return path


def case(folder: Path, *changes: str, **options: object) -> Case:
    """The case of a model."""
    return read_case(read_definition(model(folder, *changes, **options)))  # type: ignore[arg-type]


def plan(folder: Path, *changes: str, taken_out: Iterable[str] = (), **options: object) -> Taken:
    """A solved model; taken_out: rules of contracts that are taken out first."""
    return solved(model(folder, *changes, **options), without=[("contracts", rule, None) for rule in taken_out])  # type: ignore[arg-type]
