"""Halls: the buildings, in whole numbers of a few designs.

A hall is started, paid by thirds over its build, opens when the build is over, gives room for IT power of one kind of
cooling up to a density of its racks, and stands until the end of its life; in the period within which that falls it is
open for a part of it, counted as a part of a hall, or is closed at the period's start. Where there is a price for it, a hall
is renewed at the start of that period: without a build, on its own land, it stands for another life. At the end of the horizon
a hall is worth the part of its price, without contingency, that its remaining life still earns.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import ceil, floor, gcd

from gwplan.common.constants import KILO, ROUNDING
from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle
from gwplan.inputs.unused import uncounted
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, total
from gwplan.model.exchange import Exchange
from gwplan.model.existing_assets import first_period
from gwplan.model.ledger import Ledger, Order
from gwplan.model.parts.halls.stocks import KEY, Lot, last_parts, life_years, paid, renewal_prices, state_stocks
from gwplan.model.price_scope import COVERS, paid_twice
from gwplan.model.targets import wanted

TABLE = Table(
    "halls",
    (Kind("design"),),
    (
        Quantity("room", "design", "MW", "IT power of one hall", least=1e-6, sane=(1, 500)),
        Quantity("cooling", "design", "label", "kind of cooling", refers="cooling"),
        Quantity("density", "design", "kW", "most power in one rack", least=0, sane=(5, 2000)),
        Quantity("price", "design", "MUSD/MW", "price per MW of IT power, of its start", ("site", "when"), "linear", least=0, sane=(2, 60)),
        Quantity("contingency", "design", "1", "share added to the price", ("site",), default=0.0, least=0, most=1, sane=(0, 0.4)),
        Quantity("covers", "design", "label", "what the price pays for", labels=COVERS, many=True),
        Quantity("build_months", "design", "month", "start to opening", ("site", "when"), least=0, sane=(3, 60)),
        Quantity("spend_first_third", "design", "1", "share paid in the first third of the build", default=1 / 3, least=0, most=1),
        Quantity("spend_middle_third", "design", "1", "share paid in the middle third", default=1 / 3, least=0, most=1),
        Quantity("spend_last_third", "design", "1", "share paid in the last third", default=1 / 3, least=0, most=1),
        Quantity("life", "design", "year", "life from opening", least=0.25, sane=(5, 50)),
        Quantity("renewal_price", "design", "MUSD/MW", "price per MW of IT power of another life, at the end of one; none: no renewal",
                 ("site", "when"), "linear", optional=True, least=0, sane=(0.5, 40)),
        Quantity("upkeep", "design", "MUSD/MW/year", "per MW of IT power, without energy", ("site", "when"), default=0.0, least=0,
                 sane=(0, 2)),
        Quantity("insurance", "design", "1/year", "share of the price of open halls", ("site",), default=0.0, least=0, most=1,
                 sane=(0, 0.02)),
        Quantity("acres", "design", "acre/MW", "land per MW of IT power", default=0.0, least=0, sane=(0, 20)),
        Quantity("most_started", "design", "1/year", "starts at a site in a year", ("site", "when"), least=0, sane=(0, 100)),
        Quantity("embodied_carbon", "design", "t/MW", "carbon of building", default=0.0, least=0, sane=(0, 5000)),
    ),
)

OWN = "own"


THIRDS = ["first", "middle", "last"]


def check(case: Case) -> Iterator[Fault]:
    """The thirds of the spend sum to one, and a design pays for nothing that sites or supplies pay for."""
    for design in case.items("design"):
        thirds = spend_thirds(case, design)
        if abs(sum(thirds) - 1) > ROUNDING:
            given = [third for third in THIRDS if case.has("halls", design, f"spend_{third}_third")] or THIRDS
            file, row = case.location("halls", design, f"spend_{given[-1]}_third")
            yield Fault(file, row, f"{design}: the three thirds of the spend sum to {sum(thirds):g}, not to 1")
        for thing, first, second in paid_twice((f"{design}.price", case.labels("halls", design, "covers"))):
            file, row = case.location("halls", design, "covers")
            yield Fault(file, row, f"{design}.covers: {thing!r} is paid for twice, by {first} and by {second}")


def idle(case: Case) -> Iterator[Idle]:
    """Carbon that nobody counts."""
    yield from uncounted(case, "embodied", "embodied_carbon")


def spend_thirds(case: Case, design: str) -> tuple[float, ...]:
    """Shares of the price paid in each third of the build."""
    return tuple(case.number("halls", design, f"spend_{third}_third") for third in THIRDS)


def spend_curve(thirds: tuple[float, ...], steps: int) -> list[float]:
    """Share of the price paid in each of the steps of a build: the thirds, divided over the steps."""
    if steps == 0:
        return [1.0]
    pieces = len(thirds)

    def paid_until(moment: float) -> float:
        return sum(share * min(max(moment * pieces - n, 0), 1) for n, share in enumerate(thirds))

    return [paid_until((step + 1) / steps) - paid_until(step / steps) for step in range(steps)]


def build_steps(case: Case, design: str, site: str, period: int) -> int:
    """Periods from start to opening."""
    return case.calendar.steps(case.number("halls", design, "build_months", site, period))


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Start halls: how many of which design, where and when."""
    sites, designs, periods = case.items("site"), case.items("design"), range(len(case.calendar.periods))
    builds = {(site, design, period): build_steps(case, design, site, period) for site, design, period in product(sites, designs, periods)}
    earliest = {site: first_period(case, "sites", site) for site in sites}
    choices = [key for key, steps in builds.items() if key[-1] >= earliest[key[0]] and key[-1] + steps < len(periods)
               and case.number("halls", key[1], "most_started", key[0], key[-1]) > 0]
    keys = list(product(sites, designs, periods))
    started = block.variable("started", KEY, choices, unit="1", doc="halls started", whole=True)
    standing = block.variable("standing", KEY, keys, unit="1", doc="halls being built or open")
    stock = block.variable("stock", KEY, keys, unit="1", doc="open halls")
    value_open = block.variable("value_open", KEY, keys, unit="MUSD", doc="what was paid for open halls")
    opening: dict[Key, list[Lot]] = {}
    for site, design, period in choices:
        lot = Lot(started[site, design, period], paid(case, site, design, period))
        opening.setdefault((site, design, period + builds[site, design, period]), []).append(lot)
    renewals = renewal_prices(case, opening)
    renewed = block.variable("renewed", KEY, renewals, unit="1", doc="halls renewed at the end of their life", whole=True)
    for key, price in renewals.items():
        opening.setdefault(key, []).append(Lot(renewed[key], price))
    block.variable("closed_early", KEY, last_parts(case, opening), unit="1",
                   doc="halls closed at the start of the period in which their life ends, counted as the part of it that is left to them")
    state_stocks(block, case, keys, opening)
    for site, design in product(sites, designs):
        lots = {key: (Lot(started[key], paid(case, *key)), builds[key]) for key in choices}
        orders = [order(case, key, *lot) for key, lot in lots.items() if key[:2] == (site, design)]
        orders += [order(case, key, Lot(renewed[key], price), 0) for key, price in renewals.items() if key[:2] == (site, design)]
        ledger.asset("halls", "halls", (design, site, "builders"), orders)
        enter_running(case, ledger, (site, design), stock, value_open)
    room = {design: case.number("halls", design, "room") for design in designs}
    acres = {design: room[design] * case.number("halls", design, "acres") for design in designs}
    labels = {design: (case.label("halls", design, "cooling"), case.number("halls", design, "density")) for design in designs}
    for site, design, period in keys:
        exchange.make("hall_room", "halls", {(OWN, site, *labels[design], period): room[design] * stock[site, design, period]})
        exchange.make("land", "halls", {(site, period): acres[design] * standing[site, design, period]})
    for site, design, period in choices:
        carbon = case.number("halls", design, "embodied_carbon") * room[design] / KILO
        exchange.make("emissions", "halls", {("embodied", site, period): carbon * started[site, design, period]})


def order(case: Case, key: Key, lot: Lot, steps: int) -> Order:
    """Halls started or renewed in the period of the key, which enter service `steps` periods later: payments and residual value."""
    site, design, period = key
    curve = spend_curve(spend_thirds(case, design), steps)
    # What another would pay: the price without its contingency.
    alone = lot.paid / (1 + case.number("halls", design, "contingency", site))
    worth = alone * case.calendar.annuity_share(life_years(case, design), case.calendar.age_at_end(period + steps))
    return Order(period, lot.count, lot.paid, {period + n: share for n, share in enumerate(curve)}, worth, service=period + steps)


def enter_running(case: Case, ledger: Ledger, where: tuple[str, str], stock: dict[Key, Expression], value: dict[Key, Expression]) -> None:
    """Upkeep of open halls, insurance and property tax on what was paid for them."""
    site, design = where
    insurance, room = case.number("halls", design, "insurance", site), case.number("halls", design, "room")
    upkeep, insured, taxed = {}, {}, {}
    for period in case.calendar.periods:
        number, key = period.number, (site, design, period.number)
        upkeep[number] = case.number("halls", design, "upkeep", site, number) * room * period.years * stock[key]
        insured[number] = insurance * period.years * value[key]
        taxed[number] = case.number("sites", site, "property_tax", period=number) * period.years * value[key]
    ledger.pay("running", "halls", "halls", (design, site, "operators"), upkeep)
    ledger.pay("running", "halls", "insurance", (design, site, "insurers"), insured)
    ledger.pay("running", "halls", "property_tax", (design, site, "counties"), taxed)


def whole_rooms(case: Case) -> tuple[float, dict[str, float]]:
    """The largest room (MW) of which every hall is a whole multiple, and the multiple of each design.

    Rooms that are no whole kilowatts have none: then (0, rooms), and nothing is rounded.
    """
    rooms = {design: case.number("halls", design, "room") * KILO for design in case.items("design")}
    if any(abs(room - round(room)) > ROUNDING for room in rooms.values()):
        return 0.0, {design: room / KILO for design, room in rooms.items()}
    unit = gcd(*(round(room) for room in rooms.values()))
    return unit / KILO, {design: round(room) // unit for design, room in rooms.items()}


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Start halls only at open sites, no faster and no more than the site can take; enough whole halls for the targets."""
    opened = exchange.take("opened", "halls")
    started, standing, stock = (block.variables[name].data for name in ("started", "standing", "stock"))
    sites, designs, periods = case.items("site"), case.items("design"), range(len(case.calendar.periods))
    unit, rooms = whole_rooms(case)
    step = unit or 1
    most = {key: case.number("sites", key[0], "most_it", period=key[1]) for key in product(sites, periods)}

    # Halls in the last part of their life are no whole numbers: where there may be any, nothing is rounded.
    broken = {(site, period) for site, _, period in block.variables["closed_early"].data}

    def holds(site: str, period: int) -> float:
        power = most[site, period]
        return power / step if (site, period) in broken or not unit else floor(power / unit + ROUNDING)

    def held(design: str, site: str, period: int) -> float:
        count = holds(site, period) / rooms[design]
        return count if (site, period) in broken else floor(count + ROUNDING)

    @block.rule(KEY, product(sites, designs, periods), promise="of the limit")
    def starts_within_limit(site: str, design: str, period: int) -> Relation:
        """Starts of the year that ends with the period, each over the most of its year, sum to at most 1 at an open site, else 0."""
        year = [(site, design, each) for each in case.calendar.window(period) if (site, design, each) in started]
        shares = [started[key] / case.number("halls", design, "most_started", site, key[-1]) for key in year]
        return at_most(total(shares), opened[site, period] if shares else 1)

    @block.rule(("site", "period"), most, promise="MW")
    def halls_within_site(site: str, period: int) -> Relation:
        """Room of halls, standing or being built, is at most the largest IT power of an open site, in whole halls where all are whole."""
        room = total(rooms[design] * step * standing[site, design, period] for design in designs)
        return at_most(room, holds(site, period) * step * opened[site, period])

    @block.rule(KEY, product(sites, designs, periods) if len(designs) > 1 else (), redundant=True)
    def stock_within_site(site: str, design: str, period: int) -> Relation:
        """Open halls of a design are at most as many as the largest IT power holds, at an open site (redundant, but tighter)."""
        return at_most(stock[site, design, period], held(design, site, period) * opened[site, period])

    targets = wanted(case, "it", in_own_halls=True) if unit else {}
    whole = {period: amount for period, amount in targets.items() if period not in {number for _, number in broken}}

    @block.rule(("period",), whole, redundant=True)
    def halls_for_the_target(period: int) -> Relation:
        """Whole halls give room for what of the target cannot be leased, rounded up to whole units of room (redundant, but tighter)."""
        room = total(rooms[design] * stock[site, design, period] for site, design in product(sites, designs))
        return at_least(room, ceil(whole[period] / unit - ROUNDING))
