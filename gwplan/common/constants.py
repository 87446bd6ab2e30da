"""Conversion factors between the model's units, and numerical tolerances. Input data are never here: they are table rows."""

from __future__ import annotations

KILO = 1e3
"""kW in a MW, systems' H100e in a kH100e, t in a kt."""

MEGA = 1e6
"""USD in a MUSD, kg in a kt."""

ROUNDING = 1e-9
"""Relative rounding error of a sum of floats that is tolerated."""
