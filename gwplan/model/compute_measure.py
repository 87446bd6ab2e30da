"""The measure of compute: one H100, and what compute rents for.

H100e = rate of a system / rate of one H100, at the precision that the model names. With `basis = "peak"` a rate is the dense
peak. With `basis = "delivered"` it is the peak x the share of it that is achieved in a workload, and the H100e of the
workloads are averaged by their shares of time.

Rents and contracts are quoted per H100e at peak rates of the machine that is rented. A row whose item has a
`reference_system` is converted: a price per H100e is divided, an amount is multiplied by the H100e that the reference system
has at the measure of the model / those that it has at its `reference_precision` and peak. So an hour of that machine costs
the same at every measure.
"""

from __future__ import annotations

from collections.abc import Iterator

from gwplan.common.errors import Fault, MissingValue
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.definition_schema import WORKLOADS
from gwplan.inputs.idle import Idle
from gwplan.inputs.values import Value

RATES = {"bf16": "bf16_rate", "fp8": "fp8_rate", "fp4": "fp4_rate"}
REFERENCE = "reference_system"
TOKENS = {"prefill": "flop_per_input_token", "decode": "flop_per_output_token"}
"""What one token takes, of the workloads that are counted in tokens."""


def achieved(workload: str, precision: str) -> str:
    """The quantity that holds the share of the peak at a precision that is achieved in a workload."""
    return f"achieved_{workload}_{precision}"


def achieved_quantities(of: str) -> tuple[Quantity, ...]:
    """The shares of peak that are achieved by a kind of item, at each precision in each workload."""
    doc = "model FLOP/s in {} / peak rate at {}: what is delivered, of what is sold"
    return tuple(Quantity(achieved(workload, precision), of, "1", doc.format(workload, precision), optional=True, least=1e-6,
                          sane=(0.01, 0.95)) for workload in WORKLOADS for precision in RATES)


def reference_quantities(of: str) -> tuple[Quantity, ...]:
    """Whose peak rate the H100e of an item's rows are counted at."""
    return (
        Quantity(REFERENCE, of, "label", "system whose peak rate the H100e of its other rows come from; without one they are those of "
                 "the model", ("when",), optional=True, refers="system"),
        Quantity("reference_precision", of, "label", "precision of that peak rate", ("when",), default="fp8", labels=tuple(RATES)),
    )


TABLE = Table(
    "compute",
    (Kind("reference", only=("h100",)), Kind("value", only=("compute",))),
    (
        Quantity("bf16_rate", "reference", "TFLOP/s", "dense bf16 rate of one H100", optional=True, least=1e-9, sane=(500, 1500)),
        Quantity("fp8_rate", "reference", "TFLOP/s", "dense fp8 rate of one H100", optional=True, least=1e-9, sane=(1, 3000)),
        Quantity("fp4_rate", "reference", "TFLOP/s", "rate of one H100 on fp4 weights", optional=True, least=1e-9, sane=(1, 3000)),
        *achieved_quantities("reference"),
        Quantity("value", "value", "USD/H100e/hour", "what the same compute rents for", ("when",), "linear", optional=True, least=0,
                 sane=(0.02, 10), counted="per"),
        Quantity("term", "value", "label", "term of the contracts that the value is taken from, for reports", ("when",), optional=True,
                 idle="it is for reports"),
        *(Quantity(quantity, "value", "GFLOP", f"operations that a token takes in {workload}, for reports", optional=True, least=1e-6,
                   sane=(0.1, 1e5), idle="it is for reports") for workload, quantity in TOKENS.items()),
        *reference_quantities("value"),
    ),
)


def peak(case: Case, system: str, precision: str) -> float | None:
    """H100 that one system equals by the dense peak at a precision; None where it has no rate there."""
    rate = case.get("accelerators", system, RATES[precision])
    return rate / case.number("compute", "h100", RATES[precision]) if rate else None


def h100e(case: Case, system: str) -> float | None:
    """H100 that one system equals at the measure of the model; None where it has no rate there, or no share achieved."""
    precision, workload = case.definition.precision, case.definition.compute.workload
    at_peak = peak(case, system, precision)
    if at_peak is None or case.definition.compute.basis == "peak":
        return at_peak
    ratios = [_achieved_ratio(case, system, achieved(name, precision)) for name, share in workload.items() if share]
    shares = [share for share in workload.values() if share]
    return None if None in ratios else at_peak * sum(share * (ratio or 0) for share, ratio in zip(shares, ratios, strict=True))


def _achieved_ratio(case: Case, system: str, quantity: str) -> float | None:
    """Share of peak that a system achieves / that of one H100."""
    share = case.get("accelerators", system, quantity)
    return None if share is None else share / case.number("compute", "h100", quantity)


def counted_by(case: Case) -> tuple[str, ...]:
    """The quantities that compute follows from at the measure of the model: the rate, and the share achieved in each workload."""
    precision = case.definition.precision
    return RATES[precision], *(achieved(name, precision) for name, share in case.definition.compute.workload.items() if share)


def lacks(case: Case, system: str) -> list[str]:
    """The quantities without which a system has no compute at the measure of the model."""
    return [quantity for quantity in counted_by(case) if not case.get("accelerators", system, quantity)]


def converted(case: Case, value: Value) -> float:
    """What the number of a row in H100e is multiplied by. MissingValue where its reference system has no compute at either measure."""
    system = case.label_beside(value, REFERENCE)
    if system is None or own_measure(case, value):
        return 1.0
    ours, precision = h100e(case, system), str(case.label_beside(value, "reference_precision"))
    theirs = peak(case, system, precision)
    if not ours or not theirs:
        missing = lacks(case, system)[0] if not ours else RATES[precision]
        raise MissingValue(f"{system} is the reference system of {value.row.item} and has no {missing!r}; a row for it is needed",
                           *case.location("accelerators", system, "power"))
    return ours / theirs if value.quantity.counted == "amount" else theirs / ours


def own_measure(case: Case, value: Value) -> bool:
    """True where a row is counted as the model counts: at peak, and at its precision."""
    definition = case.definition
    return definition.compute.basis == "peak" and case.label_beside(value, "reference_precision") == definition.precision


def check(case: Case) -> Iterator[Fault]:
    """An H100 has a rate, and a share achieved in each workload, at the measure of the model."""
    for quantity in counted_by(case):
        case.number("compute", "h100", quantity)
    yield from ()


def idle(case: Case) -> Iterator[Idle]:
    """Rates at other precisions, and what compute rents for where no goal asks."""
    yield from idle_rates(case, "h100")
    if all(goal.kind != "most_value" for goal in case.definition.goals):
        yield Idle("no goal of the model is most_value", "compute", "value")


def idle_rates(case: Case, item: str = "") -> Iterator[Idle]:
    """Rates and shares achieved, of an item or of all, that the measure of the model has no use for."""
    definition = case.definition
    for precision, rate in RATES.items():
        if precision != definition.precision:
            yield Idle(f"the precision of the model is {definition.precision}", item, rate)
        for workload in WORKLOADS:
            quantity = achieved(workload, precision)
            if definition.compute.basis == "peak":
                yield Idle("the model counts compute at peak rates", item, quantity)
            elif precision != definition.precision:
                yield Idle(f"the precision of the model is {definition.precision}", item, quantity)
            elif not definition.compute.workload.get(workload):
                yield Idle(f"the workload of the model has no {workload}", item, quantity)
