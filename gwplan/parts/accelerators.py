"""Accelerators: systems (racks or servers) of several generations, bought with their networks.

A system is ordered, arrives a lead time later, and is young until its life is over. Installed systems may wait in
store or be retired early (then they are worth nothing). Running systems need room in a hall of their cooling and
density, draw power and give compute; a share of spares stands beside them. All numbers are per system.
"""

from __future__ import annotations

from gwplan.parts.halls import COVERS
from gwplan.quantity import Kind, Quantity, Table

TABLE = Table(
    "accelerators",
    (Kind("system"),),
    (
        Quantity("accelerators", "system", "1", "accelerators in one system", least=1, sane=(1, 1000)),
        Quantity("power", "system", "kW", "greatest power of one system", least=1e-6, sane=(1, 2000)),
        Quantity("overhead", "system", "1", "IT power / power of the systems: network, hosts, storage", default=1.0, least=1,
                 sane=(1, 1.5)),
        Quantity("load_factor", "system", "1", "mean / greatest power", default=1.0, least=0, most=1, sane=(0.3, 1)),
        Quantity("price", "system", "MUSD", "one system, at the date of its order", ("when",), "linear", least=0, sane=(0.01, 50)),
        Quantity("network_price", "system", "MUSD", "its network and storage", ("when",), "linear", default=0.0, least=0, sane=(0, 20)),
        Quantity("contingency", "system", "1", "share added to price and network_price", default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("earliest", "system", "date", "first delivery", optional=True),
        Quantity("lead_months", "system", "month", "order to arrival", ("when",), least=0, sane=(0, 36)),
        Quantity("most_bought", "system", "1/year", "systems that one buyer can get in a year", ("when",), optional=True, least=0,
                 sane=(0, 100000)),
        Quantity("bf16_rate", "system", "TFLOP/s", "dense bf16 rate of one system", optional=True, least=0, sane=(50, 1e7)),
        Quantity("fp8_rate", "system", "TFLOP/s", "dense fp8 rate of one system", optional=True, least=0, sane=(50, 1e7)),
        Quantity("fp4_rate", "system", "TFLOP/s", "dense fp4 rate of one system", optional=True, least=0, sane=(50, 2e7)),
        Quantity("availability", "system", "1", "share of time usable", default=1.0, least=0, most=1, sane=(0.5, 1)),
        Quantity("spares", "system", "1", "share bought beyond need", default=0.0, least=0, most=1, sane=(0, 0.3)),
        Quantity("deposit", "system", "1", "share of the price paid at order", default=0.0, least=0, most=1),
        Quantity("covers", "system", "label", "what the prices pay for", labels=COVERS, many=True),
        Quantity("life", "system", "year", "life from arrival", least=0.25, sane=(2, 12)),
        Quantity("residual_one_year", "system", "1", "resale value / price after one year", optional=True, least=0, most=1),
        Quantity("residual_three_years", "system", "1", "resale value / price after three years", optional=True, least=0, most=1),
        Quantity("residual_five_years", "system", "1", "resale value / price after five years", optional=True, least=0, most=1),
        Quantity("upkeep", "system", "1/year", "share of the price: support, repair, staff", default=0.0, least=0, most=1, sane=(0, 0.2)),
        Quantity("embodied_carbon", "system", "t", "carbon of making one", default=0.0, least=0, sane=(0, 500)),
        Quantity("vendor", "system", "label", "who is paid"),
        Quantity("cooling", "system", "label", "kind of cooling it needs", refers="cooling"),
        Quantity("rack_density", "system", "kW", "power of its full rack", least=0, sane=(5, 2000)),
    ),
)
