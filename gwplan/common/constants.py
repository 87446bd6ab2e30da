"""Steps between the units inside a plan, and the tolerances of its arithmetic. These are no facts: facts are rows."""

from __future__ import annotations

KILO = 1e3
"""kW in a MW, systems' H100e in a kH100e, t in a kt."""

MEGA = 1e6
"""USD in a MUSD, kg in a kt."""

ROUNDING = 1e-9
"""Relative error of a sum of floats that is not worth a fault."""
