"""Small random cases: write_case(folder, seed) writes tables and a model, the same ones for the same seed."""
from __future__ import annotations

import csv
import random
from pathlib import Path

from .random_connections import put_connections

COLUMNS = ["item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note"]
MONTHS = {"quarter": 3, "half": 6, "year": 12}
START = 2027
GOALS = ("least_cost", "most_value", "most_compute", "soonest")
DESIGNS = {"air_hall": ("air", 40), "liquid_hall": ("liquid", 130), "dense_hall": ("liquid", 260)}
SYSTEMS = {"air_server": ("air", 12, 20, 10000), "liquid_rack": ("liquid", 120, 125, 340000), "dense_rack": ("liquid", 180, 240, 760000)}


class Case:
    """Rows by table, drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.rows: dict[str, list[list[str]]] = {}
        self.goal = GOALS[seed % len(GOALS)]
        self.step = self.draw.choice(list(MONTHS))
        self.count = self.draw.randint(4, 8)
        self.sites = ["first_site", "second_site", "third_site"][: self.draw.randint(1, 3)]
        self.designs = sorted(self.draw.sample(list(DESIGNS), self.draw.randint(1, 3)))
        systems = self.draw.sample(list(SYSTEMS), self.draw.randint(1, 3))
        wanted = {*systems, "air_server" if self.designs == ["air_hall"] else "liquid_rack"}
        self.systems = sorted(system for system in wanted if self.fits(system))

    def fits(self, system: str) -> bool:
        """A system without a hall is a fault of the inputs, not a case to solve."""
        cooling, _, density, _ = SYSTEMS[system]
        return any(DESIGNS[design][0] == cooling and DESIGNS[design][1] >= density for design in self.designs)

    def put(self, table: str, item: str, quantity: str, base: object, unit: str, site: str = "", when: str = "") -> None:
        text = f"{base:.6g}" if isinstance(base, float) else str(base)
        self.rows.setdefault(table, []).append([item, site, when, quantity, "", text, "", unit, "drawn", "drawn at random"])

    def between(self, low: float, high: float) -> float:
        return round(self.draw.uniform(low, high), 3)

    def likely(self, chance: float) -> bool:
        return self.draw.random() < chance

    def money(self) -> str:
        return f"USD_{self.draw.choice((2025, 2026, 2027))}"

    def date(self, period: int) -> str:
        """The quarter in which a period starts."""
        quarters = period * MONTHS[self.step] // 3
        return f"{START + quarters // 4}-Q{quarters % 4 + 1}"

    def last(self) -> str:
        quarters = self.count * MONTHS[self.step] // 3 - 1
        return f"{START + quarters // 4}-Q{quarters % 4 + 1}"

    def path(self, table: str, item: str, quantity: str, base: float, unit: str, site: str = "") -> None:
        """A price with none, one or two dated rows after the undated one."""
        self.put(table, item, quantity, base, unit, site)
        for year in range(START + 1, START + 1 + self.draw.randint(0, 2)):
            base = round(base * self.draw.uniform(0.75, 1.05), 4)
            self.put(table, item, quantity, base, unit, site, str(year))


def break_lives(case: Case, seed: int) -> None:
    """Lives and terms that are no whole number of periods, short enough to end within the horizon; things already there of any month."""
    draw = random.Random(f"lives of {seed}")
    for table, rows in case.rows.items():
        for row in rows:
            if row[3] in ("life", "contract_term"):
                row[5] = f"{draw.uniform(0.3, 3.5):.3f}"
            if table == "existing":
                row[2] = f"{draw.randint(START - 2, START)}-{draw.randint(1, 12):02d}"


def renew(case: Case, seed: int) -> None:
    """Halls may be renewed at the end of their lives, of which every third case has whole numbers of years."""
    draw = random.Random(f"renewals of {seed}")
    for design in case.designs:
        case.path("halls", design, "renewal_price", round(draw.uniform(0.5, 6), 3), f"{case.money()}/MW".replace("USD", "MUSD"))
    for row in case.rows["halls"] if seed % 3 == 0 else ():
        if row[3] == "life":
            row[5] = str(draw.randint(1, 2))


def deliver(case: Case, seed: int) -> str:
    """What came later: shares of peak achieved, a rent quoted on a machine, allocation carried over, rent in store; gives the model's table."""
    draw = random.Random(f"work of {seed}")
    for table, item in (("compute", "h100"), *(("accelerators", system) for system in case.systems)):
        for work in ("training", "prefill", "decode"):
            case.put(table, item, f"achieved_{work}_fp8", round(draw.uniform(0.05, 0.6), 3), "1")
    case.put("compute", "compute", "reference_system", case.systems[0], "label")
    if draw.random() < 0.5:
        case.put("compute", "compute", "reference_system", case.systems[-1], "label", when=str(START + 1))
    for system in case.systems:
        case.put("accelerators", system, "carry_over", draw.choice((0, 3, 6, 7)), "month")
        case.put("accelerators", system, "storage_price", draw.choice((0, 0.002, 0.01)), "1/month")
        case.put("accelerators", system, "most_bought", draw.randint(2, 20) * 1000 // SYSTEMS[system][1], "1/year", when=f"{START}-Q3")
    training, prefill = draw.choice(((0.5, 0.2), (1.0, 0.0), (0.25, 0.25)))
    return f"\n[compute]\nworkload = {{ training = {training}, prefill = {prefill}, decode = {1 - training - prefill:g} }}\n"


def write_case(folder: Path, seed: int, short_lives: bool = False, renewals: bool = False) -> Path:
    """Write folder/inputs/*.csv and folder/model.toml; returns the model's path."""
    case = Case(seed)
    for part in (_sites, _halls, _accelerators, _compute_and_cooling, _grid, _engines, _renewables, _carbon_and_budget, _existing):
        part(case)
    if short_lives:
        break_lives(case, seed)
    if renewals:
        renew(case, seed)
    counted = deliver(case, seed) if seed // len(GOALS) % 2 else ""
    inputs = folder / "inputs"
    inputs.mkdir(parents=True, exist_ok=True)
    for table, rows in case.rows.items():
        with (inputs / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    (inputs / "deflators.csv").write_text("year,index\n2025,100\n2026,103\n2027,105.5\n", encoding="utf-8")
    source = "key,title,publisher,date,address,kind\ndrawn,Drawn at random,gwplan,2026-11,,estimate\n"
    (inputs / "sources.csv").write_text(source, encoding="utf-8")
    model = folder / "model.toml"
    model.write_text(_model(case, seed) + counted, encoding="utf-8")
    return model


def _sites(case: Case) -> None:
    for site in case.sites:
        case.put("sites", site, "opening_price", case.between(2, 20), f"M{case.money()}")
        case.put("sites", site, "land", case.between(15, 80), "acre")
        case.put("sites", site, "earliest", case.date(case.draw.choice((0, 0, 0, 1))), "date")
        case.put("sites", site, "most_it", case.between(12, 40), "MW")
        case.put("sites", site, "construction_index", case.between(0.85, 1.2), "1")
        case.put("sites", site, "property_tax", case.between(0, 0.015), "1/year")
        case.put("sites", site, "water_limit", case.between(8000, 150000), "m**3/year")
        case.put("sites", site, "region", "somewhere", "label")
        case.put("sites", site, "grid", f"grid_of_{site}", "label")


def _halls(case: Case) -> None:
    for design in case.designs:
        cooling, density = DESIGNS[design]
        case.put("halls", design, "room", case.between(5, 12), "MW")
        case.put("halls", design, "cooling", cooling, "label")
        case.put("halls", design, "density", density, "kW")
        unit = f"M{case.money()}/MW"
        price = case.between(8, 13)
        case.put("halls", design, "price", price, unit)
        if case.likely(0.5):
            case.put("halls", design, "price", round(price * case.between(0.9, 1.1), 3), unit, when=str(START + 1))
        case.put("halls", design, "contingency", case.between(0, 0.1), "1")
        case.put("halls", design, "covers", "shell|electrical|cooling|backup|substation|fit_out", "label")
        case.put("halls", design, "build_months", case.draw.choice((3, 6, 9, 12, 15)), "month")
        first, middle = case.draw.choice(((0.2, 0.4), (0.3, 0.5), (0.25, 0.25)))
        case.put("halls", design, "spend_first_third", first, "1")
        case.put("halls", design, "spend_middle_third", middle, "1")
        case.put("halls", design, "spend_last_third", round(1 - first - middle, 3), "1")
        case.put("halls", design, "life", case.draw.choice((12, 15, 20)), "year")
        case.put("halls", design, "upkeep", case.between(60, 140), f"{case.money()}/kW/year")
        case.put("halls", design, "insurance", case.between(0.001, 0.004), "1/year")
        case.put("halls", design, "acres", case.between(0.8, 1.5), "acre/MW")
        case.put("halls", design, "most_started", case.draw.randint(1, 3), "1/year")
        case.put("halls", design, "embodied_carbon", case.between(300, 700), "t/MW")


def _accelerators(case: Case) -> None:
    for system in case.systems:
        cooling, power, density, rate = SYSTEMS[system]
        case.put("accelerators", system, "accelerators", 8 if cooling == "air" else 72, "1")
        case.put("accelerators", system, "power", power, "kW")
        case.put("accelerators", system, "overhead", case.between(1.1, 1.25), "1")
        case.put("accelerators", system, "load_factor", case.between(0.65, 0.95), "1")
        case.path("accelerators", system, "price", case.between(0.018, 0.03) * power, f"M{case.money()}")
        case.path("accelerators", system, "network_price", case.between(0.002, 0.005) * power, f"M{case.money()}")
        case.put("accelerators", system, "contingency", case.between(0, 0.06), "1")
        case.put("accelerators", system, "earliest", case.date(2 if system == "dense_rack" else 0), "date")
        case.put("accelerators", system, "lead_months", case.draw.choice((0, 3, 6, 9)), "month")
        case.put("accelerators", system, "deposit", case.draw.choice((0, 0.1, 0.3)), "1")
        case.put("accelerators", system, "covers", "system|network|storage", "label")
        most = case.draw.randint(8, 30) * 1000 // power
        case.put("accelerators", system, "most_bought", most, "1/year")
        if case.likely(0.5):
            case.put("accelerators", system, "most_bought", 0 if case.likely(0.2) else 2 * most, "1/year", when=str(START + 1))
        case.put("accelerators", system, "fp8_rate", rate, "TFLOP/s")
        case.put("accelerators", system, "availability", case.between(0.9, 1), "1")
        case.put("accelerators", system, "spares", case.between(0, 0.04), "1")
        case.put("accelerators", system, "life", case.draw.choice((2, 3, 4, 5)), "year")
        if case.likely(0.6):
            for word, low in (("one_year", 0.6), ("three_years", 0.25), ("five_years", 0.0)):
                case.put("accelerators", system, f"residual_{word}", case.between(low, low + 0.2), "1")
        case.put("accelerators", system, "upkeep", case.between(0.01, 0.05), "1/year")
        case.put("accelerators", system, "embodied_carbon", case.between(0.2, 0.6) * power, "t")
        case.put("accelerators", system, "vendor", f"maker_of_{system}", "label")
        case.put("accelerators", system, "cooling", cooling, "label")
        case.put("accelerators", system, "rack_density", density, "kW")


def _compute_and_cooling(case: Case) -> None:
    case.put("compute", "h100", "fp8_rate", 1979, "TFLOP/s")
    case.path("compute", "compute", "value", case.between(0.9, 2.2), f"{case.money()}/H100e/hour")
    for kind in ("air", "liquid"):
        for site in case.sites:
            mean = case.between(1.1, 1.3)
            case.put("cooling", kind, "mean_ratio", mean, "1", site)
            case.put("cooling", kind, "peak_ratio", round(mean + case.between(0, 0.25), 3), "1", site)
        case.put("cooling", kind, "water", case.between(0.1, 1.2), "L/kWh")


def _ordered(case: Case, supply: str, role: str, price: float, unit: object, lead: tuple[int, ...]) -> None:
    """What every supply has."""
    case.put("power", supply, "role", role, "label")
    case.path("power", supply, "price", price, f"{case.money()}/kW")
    case.put("power", supply, "contingency", case.between(0, 0.1), "1")
    case.put("power", supply, "deposit", case.draw.choice((0, 0.25)), "1")
    case.put("power", supply, "fixed_upkeep", case.between(0, 25), f"{case.money()}/kW/year")
    case.put("power", supply, "unit", unit, "MW")
    case.put("power", supply, "lead_months", case.draw.choice(lead), "month")
    case.put("power", supply, "life", case.draw.choice((20, 30)), "year")


def _grid(case: Case) -> None:
    _ordered(case, "grid", "prime", case.between(200, 700), 4, (3, 6, 12))
    case.put("power", "grid", "firm_credit", 1, "1")
    case.put("power", "grid", "availability", case.between(0.7, 1), "1")
    case.put("power", "grid", "minimum_take", case.between(0, 0.9), "1")
    case.put("power", "grid", "demand_charge", case.between(0, 40), f"{case.money()}/kW/year")
    case.put("power", "grid", "contract_term", case.draw.choice((1, 2, 10)), "year")
    case.put("power", "grid", "fuel", "grid", "label")
    for site in case.sites:
        case.put("power", "grid", "most", case.draw.randint(6, 30), "MW", site)
        if case.likely(0.5):
            case.put("power", "grid", "most", 40, "MW", site, case.date(case.draw.randint(1, 3)))
        case.put("power", "grid", "earliest", case.date(case.draw.randint(0, 2)), "date", site)
        case.path("power", "grid", "energy_price", case.between(35, 80), f"{case.money()}/MWh", site)
        case.put("power", "grid", "emission_rate", case.between(100, 600), "kg/MWh", site)


def _engines(case: Case) -> None:
    """A gas engine at most sites, and diesel sets that stand by."""
    _ordered(case, "gas_engine", "prime", case.between(700, 1600), case.draw.choice((2, 5)), (3, 9, 12))
    credit = case.between(0.75, 0.95)
    if credit < 0.85:
        case.put("power", "gas_engine", "firm_credit", credit, "1")
    else:  # it follows from outages
        case.put("power", "gas_engine", "forced_outage_rate", 0.96 - credit, "1")
        case.put("power", "gas_engine", "planned_outage_rate", 0.02, "1", case.sites[0])
        case.put("power", "firm_power", "wanted_availability", 0.999, "1")
        case.put("power", "natural_gas", "outage_rate", 0.0004, "1", case.sites[-1])
    case.put("power", "gas_engine", "running_price", case.between(4, 12), f"{case.money()}/MWh")
    case.put("power", "gas_engine", "heat_rate", case.between(7.5, 9), "MMBtu/MWh")
    case.put("power", "gas_engine", "fuel", "natural_gas", "label")
    case.put("power", "gas_engine", "most", 40, "MW", "" if case.likely(0.6) else case.sites[0])
    case.path("power", "natural_gas", "fuel_price", case.between(2.5, 6), f"{case.money()}/MMBtu")
    case.put("power", "natural_gas", "emission_rate", 53, "kg/MMBtu")
    _ordered(case, "diesel", "backup", case.between(600, 1000), 1, (3, 6))
    case.put("power", "diesel", "firm_credit", 0.95, "1")
    case.put("power", "diesel", "availability", 0.98, "1")
    case.put("power", "diesel", "running_price", 10, "USD_2026/MWh")
    case.put("power", "diesel", "heat_rate", 9.5, "MMBtu/MWh")
    case.put("power", "diesel", "most_hours", case.draw.choice((200, 2000)), "hour/year")
    case.put("power", "diesel", "fuel", "distillate", "label")
    case.put("power", "diesel", "most", 20, "MW")
    case.put("power", "distillate", "fuel_price", case.between(5, 25), f"{case.money()}/MMBtu")
    case.put("power", "distillate", "emission_rate", 74, "kg/MMBtu")


def _credits(case: Case) -> None:
    """Tax credits in every third case, until a date; no draw, so that the other cases stay as they are."""
    if len(case.sites) == 3:
        case.put("power", "solar", "itc", 0.3, "1")
        case.put("power", "solar", "itc", 0, "1", "", case.date(case.count - 1))
    if len(case.sites) == 2:
        case.put("power", "gas_engine", "ptc", 9, "USD_2026/MWh")
        case.put("power", "gas_engine", "ptc", 0, "USD_2026/MWh", "", case.date(2))
        case.put("power", "gas_engine", "ptc_years", 1.25, "year")


def _renewables(case: Case) -> None:
    _ordered(case, "solar", "variable", case.between(500, 1100), 1, (6, 12))
    case.put("power", "solar", "running_price", 0, "USD_2026/MWh")
    _credits(case)
    put_connections(case)
    case.put("power", "solar", "firm_credit", 0, "1")
    case.put("power", "solar", "direct_share", case.between(0.15, 0.35), "1")
    case.put("power", "solar", "acres", 5, "acre/MW")
    case.put("power", "solar", "fuel", "sun", "label")
    for site in case.sites:
        case.put("power", "solar", "capacity_factor", case.between(0.15, 0.33), "1", site)
    case.put("power", "solar", "most", case.draw.randint(5, 40), "MW")
    _ordered(case, "ppa", "contract", 0.0, 1, (3, 6))
    case.put("power", "ppa", "energy_price", case.between(20, 50), f"{case.money()}/MWh")
    case.put("power", "ppa", "emission_rate", 0, "kg/MWh")
    case.put("power", "ppa", "firm_credit", 0, "1")
    case.put("power", "ppa", "capacity_factor", case.between(0.3, 0.6), "1")
    case.put("power", "ppa", "contract_term", case.draw.choice((1, 2, 15)), "year")
    case.put("power", "ppa", "fuel", "sun_and_wind", "label")
    case.put("power", "ppa", "most", case.draw.randint(5, 20), "MW", case.sites[-1])


def _carbon_and_budget(case: Case) -> None:
    case.path("carbon", "emissions", "price", case.between(0, 80), f"{case.money()}/t")
    case.put("carbon", "operational", "cap", case.draw.randint(20, 120) * 1000, "t/year")
    case.put("carbon", "embodied", "total_cap", case.draw.randint(15, 60) * 1000, "t")
    case.put("budget", "capital", "cap", case.between(0.6, 2), f"G{case.money()}")
    case.put("budget", "capital", "carries", case.draw.choice((0, 0.5, 1)), "1")
    case.put("budget", "capital", "until", case.draw.choice((case.last(), case.date(case.count - 2))), "date")
    if case.goal != "most_compute" and case.likely(0.5):
        for year in range(START, START + case.draw.randint(1, 2)):
            case.put("budget", "capital", "cap", case.between(150, 800), f"M{case.money()}", when=str(year))
    if case.likely(0.3):
        case.put("budget", "halls", "cap", case.between(150, 500), f"M{case.money()}")
        case.put("budget", "halls", "carries", 1, "1")
        case.put("budget", "halls", "until", case.last(), "date")


def _existing(case: Case) -> None:
    if case.likely(0.6):
        return
    system = "air_server" if "air_hall" in case.designs and "air_server" in case.systems else "liquid_rack"
    design = next((name for name in case.designs if DESIGNS[name][0] == SYSTEMS[system][0]), case.designs[0])
    for item, when, quantity, base, unit in ((design, "2024", "count", 1, "1"), (system, "2026", "count", case.draw.randint(5, 20), "1"),
                                             ("gas_engine", str(START + 1), "capacity", 5, "MW")):
        if item != "gas_engine" or len(case.sites) == 1:
            case.put("existing", item, quantity, base, unit, case.sites[0], when)


def _model(case: Case, seed: int) -> str:
    timing = case.draw.choice(('', 'timing = "end"\n', 'timing = { capital = "start", running = "end" }\n'))
    parts = ["sites", "halls", "accelerators", "cooling", "power", *(["carbon"] if case.likely(0.7) else []), "budget"]
    text = f'title = "Random case {seed}"\ninputs = "inputs"\nparts = {str(parts).replace(chr(39), chr(34))}\nprecision = "fp8"\n\n'
    text += f'[horizon]\nstart = "{START}-Q1"\nend = "{case.last()}"\nstep = "{case.step}"\ndollars = {case.draw.choice((2026, 2027))}\n'
    text += f"discount_rate = {case.draw.choice((0.0, 0.07, 0.12))}\n{timing}\n"
    if case.goal in ("least_cost", "soonest"):
        measure = case.draw.choice(("it", "facility", "compute"))
        amount = f"{case.between(6, 24)} {'kH100e' if measure == 'compute' else 'MW'}"
        by = case.count - 1 - (case.draw.randint(0, 1) if case.goal == "least_cost" else 0)
        text += f'[[target]]\nmeasure = "{measure}"\namount = "{amount}"\nby = "{case.date(by)}"\n\n'
    text += f'[goal]\nkind = "{case.goal}"\n'
    if case.goal == "least_cost":
        text += "any_hardware = true\n"
    if case.goal in ("most_value", "most_compute"):
        text += f'most_it = "{case.between(10, 30)} MW"\n'
    if case.goal == "most_compute":
        text += f'spend = "{case.draw.choice(("whole_life", "capital"))}"\n'
    return text + f'\n[solver]\ngap = 0.0\nwhole_units_from = "{case.draw.choice((2, 5))} MW"\n'
