"""The likely intention behind an implausible number: the usual unit mistakes, tried one by one."""

from __future__ import annotations

from gwplan.common.units import UnitError, factor
from gwplan.inputs.declarations import Quantity

SWAPS = (
    ("kW", "MW"), ("MW", "kW"), ("GW", "MW"), ("MW", "GW"), ("W", "kW"), ("kWh", "MWh"), ("MWh", "kWh"),
    ("/kW/year", "/MWh"), ("/MW/year", "/MWh"), ("/MWh", "/kW/year"), ("/kW/year", "/kW/month"), ("/kW/month", "/kW/year"),
    ("USD_", "kUSD_"), ("USD_", "MUSD_"), ("kUSD_", "USD_"), ("MUSD_", "USD_"), ("MUSD_", "kUSD_"), ("GUSD_", "MUSD_"), ("MUSD_", "GUSD_"),
    ("cent_", "USD_"), ("USD_", "cent_"), ("month", "year"), ("year", "month"), ("kg", "t"), ("t", "kg"), ("t", "kt"), ("kt", "t"),
    ("m**3", "L"), ("L", "m**3"), ("TFLOP", "PFLOP"), ("PFLOP", "TFLOP"), ("TFLOP", "GFLOP"),
)  # fmt: skip
"""Written unit, intended unit: kW for MW, USD/kW/year for USD/MWh."""
PERCENT = 100.0
THOUSAND = 1000.0


def _within(value: float, sane: tuple[float, float]) -> bool:
    return sane[0] <= value <= sane[1]


def _swapped(unit: str, written: str, meant: str) -> str | None:
    """The unit with one whole component replaced (the W of kW is not a component)."""
    place = unit.find(written)
    if place < 0 or (written[0].isalpha() and place > 0 and unit[place - 1].isalnum()):
        return None
    end = place + len(written)
    if written[-1].isalnum() and unit[end : end + 1].isalnum():
        return None
    return unit[:place] + meant + unit[end:]


def likely_slip(value: float, unit: str, ratio: float, quantity: Quantity, each: float | None) -> str:
    """The likely mistake, in words.

    value: in the unit of the model; unit: as written; ratio: factor applied to the written number;
    each: number of accelerators per system of that item, if any.
    """
    sane = quantity.sane
    if sane is None:
        return ""
    if quantity.unit == "1" and _within(value / PERCENT, sane):
        return "; percent for a share?"
    if each and each > 1 and _within(value * each, sane):
        return f"; per accelerator for per system (of {each:g})?"
    for written, meant in SWAPS:
        other = _swapped(unit, written, meant)
        if other is None:
            continue
        try:
            moved = value * factor(other, quantity.unit)[0] / factor(unit, quantity.unit)[0]
        except UnitError:
            continue
        if _within(moved, sane):
            return f"; {unit} for {other}?"
    if ratio and (_within(value * THOUSAND, sane) or _within(value / THOUSAND, sane)):
        return "; wrong by a factor of 1000?"
    return ""
