"""The measure of compute: one H100 at the model's precision, and what compute rents for.

H100e = rate of a system / rate of one H100, both dense, at the precision that the model names.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle

RATES = {"bf16": "bf16_rate", "fp8": "fp8_rate", "fp4": "fp4_rate"}

TABLE = Table(
    "compute",
    (Kind("reference", only=("h100",)), Kind("value", only=("compute",))),
    (
        Quantity("bf16_rate", "reference", "TFLOP/s", "dense bf16 rate of one H100", optional=True, least=1e-9, sane=(500, 1500)),
        Quantity("fp8_rate", "reference", "TFLOP/s", "dense fp8 rate of one H100", optional=True, least=1e-9, sane=(1, 3000)),
        Quantity("fp4_rate", "reference", "TFLOP/s", "rate of one H100 on fp4 weights", optional=True, least=1e-9, sane=(1, 3000)),
        Quantity("value", "value", "USD/H100e/hour", "what the same compute rents for", ("when",), "linear", optional=True, least=0,
                 sane=(0.02, 10)),
    ),
)


def idle(case: Case) -> Iterator[Idle]:
    """Rates at other precisions, and what compute rents for where no goal asks."""
    for precision, rate in RATES.items():
        if precision != case.definition.precision:
            yield Idle(f"the precision of the model is {case.definition.precision}", quantity=rate)
    if all(goal.kind != "most_value" for goal in case.definition.goals):
        yield Idle("no goal of the model is most_value", "compute", "value")
