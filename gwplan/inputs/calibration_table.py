"""The table of calibration cases: figures that others published, filed or signed, which the prices of a case should reproduce.

A case says what the figure is, what it includes, on which basis and from when; its class says how close the tables must come.
"""

from __future__ import annotations

from gwplan.inputs.declarations import Kind, Quantity, Table

NAME, TOLERANCE, CASE = "calibration", "tolerance", "calibration_case"
CLASSES = ("identity", "cost_model", "filed", "dates", "announcement")
IT, METER, COUNT, UNIT, UNSTATED = "it", "meter", "count", "unit", "unstated"
BASES = (IT, METER, COUNT, UNIT, UNSTATED)
PRICED = ("systems", "network", "hall", "contingency", "land", "grid", "plant", "energy", "upkeep", "compute", "rent", "time")
NOT_PRICED = ("chips", "mixed_fleet")
"""What a figure may include and no table has a price for: chips without their rack, and systems of several unknown generations."""
FIGURES = ("capital_per_gw", "facility_per_gw", "vendor_content_per_gw", "price_per_system", "vendor_content_per_system",
           "power_plant_price", "rent_per_power", "price_per_gw_year", "cost_per_gpu_hour", "return_on_capital", "systems_per_gw",
           "build_months")  # fmt: skip
"""The quantities that are published figures; a case has exactly one of them."""
SPLITS = ("systems", "network", "compute", "hall")
"""Components that a publisher may give the share of; compute is systems and network together."""


def _figure(name: str, unit: str, doc: str) -> Quantity:
    return Quantity(name, CASE, unit, f"published: {doc}; the date is that of publication", ("when",), optional=True, least=0)


def _label(name: str, doc: str, refers: str = "", labels: tuple[str, ...] = (), many: bool = False, needed: bool = False) -> Quantity:
    return Quantity(name, CASE, "label", doc, optional=not needed, labels=labels, refers=refers or None, many=many)


def _own(name: str, unit: str, doc: str) -> Quantity:
    return Quantity(name, CASE, unit, f"{doc}, as the publisher has it", optional=True, least=0)


TABLE = Table(
    NAME,
    (Kind(TOLERANCE, only=CLASSES), Kind(CASE)),
    (
        Quantity("tolerance", TOLERANCE, "1", "largest error, as a share of the published base; without one a plan lies from low to high",
                 optional=True, least=0, most=1),
        Quantity("tolerance_months", TOLERANCE, "month", "largest error of a duration", optional=True, least=0),
        Quantity("tested", TOLERANCE, "label", "whether a case outside its tolerance, without a reason, is an error",
                 labels=("yes", "no"), default="no"),
        _figure("capital_per_gw", "MUSD/MW", "capital per gigawatt"),
        _figure("facility_per_gw", "MUSD/MW", "capital per gigawatt without systems"),
        _figure("vendor_content_per_gw", "MUSD/MW", "one vendor's sales per gigawatt"),
        _figure("price_per_system", "MUSD", "price of one system with what it includes"),
        _figure("vendor_content_per_system", "MUSD", "one vendor's sales per system"),
        _figure("power_plant_price", "MUSD/MW", "price of a power plant"),
        _figure("rent_per_power", "USD/kW/month", "rent of a hall in its first year per IT power"),
        _figure("price_per_gw_year", "MUSD_nominal/MW/year", "price of rented compute, the same in each year of the term"),
        _figure("cost_per_gpu_hour", "USD/hour", "cost of owning one accelerator"),
        _figure("return_on_capital", "1", "yearly profit over capital"),
        _figure("systems_per_gw", "1/GW", "systems in a gigawatt"),
        _figure("build_months", "month", "ground to service"),
        _label("class", "how the figure is known, which sets the tolerance", labels=CLASSES, needed=True),
        _label("family", "model or programme that it comes from: figures of one family have one vote together", needed=True),
        _label("basis", "what power it is counted on: IT, the meter, the publisher's own count of systems, one unit, or not said",
               labels=BASES, needed=True),
        _label("covers", "what it includes", labels=(*PRICED, *NOT_PRICED), many=True, needed=True),
        _label("system", "system that it is about", "system"),
        _label("design", "hall that it is compared with", "design"),
        _label("supply", "power plant that it includes", "supply"),
        _label("lease", "lease that it is compared with", "lease"),
        _label("site", "site whose costs it has; without one, construction costs the mean and ratios are the median of the sites", "site"),
        _label("reason", "why it is outside its tolerance, where it is"),
        _own("count_per_gw", "1/GW", "systems in a gigawatt"),
        _own("power_per_system", "kW", "power of one system with all that a gigawatt counts"),
        _own("accelerators_per_gw", "1/GW", "accelerators in a gigawatt"),
        _own("plant_share", "1", "power of the plant over power at the meter"),
        _own("term", "year", "years of the contract"),
        Quantity("starts", CASE, "date", "first service under the contract", optional=True),
        _own("rate", "1/year", "real rate of return"),
        _own("life", "year", "life of systems"),
        *(_own(f"split_{name}", "1", f"share of {name} in the figure") for name in SPLITS),
    ),
)
