"""The quantities of a plan that prices are paid for: what is ordered when, what stands, what is given out, what is left at the end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from gwplan.common.calendar import MONTHS_A_YEAR
from gwplan.results.run_folder import RunFolder, sums
from gwplan.results.schedule import months_to_service

Amounts = list[float]
BOUGHT_AT = {"price": "started", "renewal_price": "renewed"}
"""The decision on halls that each price is paid for."""
THIRDS = ("first", "middle", "last")
RESALE = ((1.0, "residual_one_year"), (3.0, "residual_three_years"), (5.0, "residual_five_years"))
HOURS_A_YEAR = 8760.0
NEAR = 1e-9


def annuity_share(rate: float, life: float, age: float, resale: float = 0.0) -> float:
    """The value of an asset of an age in years, as a share of its price: its remaining equal payments, and its resale."""
    left = max(life - age, 0.0)
    if rate * life < NEAR:
        return (1 - resale) * left / life + resale
    later, whole = (float((1 + rate) ** -years) for years in (left, life))
    return (1 - resale * whole) * (1 - later) / (1 - whole) + resale * later


def spend(thirds: Sequence[float], steps: int) -> list[float]:
    """Share of the price paid in each step of a build: each third spread evenly over its part of the build."""
    if steps == 0:
        return [1.0]

    def until(moment: float) -> float:
        return sum(share * min(max(moment * len(thirds) - n, 0.0), 1.0) for n, share in enumerate(thirds))

    return [until((step + 1) / steps) - until(step / steps) for step in range(steps)]


class Quantities:
    """Quantities by period, from the decisions and tables of a run."""

    def __init__(self, run: RunFolder) -> None:
        self.run, self.count = run, len(run.periods)
        self.years = run.months / MONTHS_A_YEAR
        self.rate = float(run.manifest["definition"]["horizon"]["discount_rate"])

    def number(self, table: str, item: str, quantity: str, site: str = "", period: int = 0) -> float:
        """A number of the inputs; nan if there is none, which no payment then follows from."""
        found = self.run.number(table, item, quantity, site, period)
        return math.nan if found is None else found

    def given(self, table: str, item: str, quantity: str, site: str = "", otherwise: float = 0.0) -> float:
        """A number of the inputs, or what stands for it where there is none."""
        found = self.run.number(table, item, quantity, site)
        return otherwise if found is None else found

    def orders(self, part: str, decision: str, item: str, site: str) -> list[tuple[int, float]]:
        """Period and amount of each order of the plan."""
        frame = self.run.plan
        chosen = frame[(frame["part"] == part) & (frame["decision"] == decision) & (frame["item"] == item) & (frame["site"] == site)]
        return [(self.run.number_of[str(when)], float(amount)) for when, amount in zip(chosen["when"], chosen["amount"], strict=True)]

    def table(self, name: str, **labels: str) -> Amounts:
        """The sums of a table by period, of the rows that have some labels."""
        frame, found = self.run.table(name), [0.0] * self.count
        for label, value in labels.items():
            frame = frame[frame[label] == value] if len(frame) else frame
        for entry in sums(frame, ["period"], "value") if len(frame) else []:
            found[self.run.number_of[str(entry["period"])]] += float(entry["value"])
        return found

    def steps(self, months: float) -> int:
        """Months in whole periods, rounded up; beyond the horizon if there is no number."""
        return self.count if math.isnan(months) else math.ceil(months / self.run.months - NEAR)

    def spread(self, spends: Sequence[tuple[int, float]], amount: float) -> Amounts:
        """An amount paid in shares by period."""
        found = [0.0] * self.count
        for period, share in spends:
            if period < self.count:
                found[period] += share * amount
        return found

    def at_end(self, amount: float) -> Amounts:
        """An amount at the horizon's end, which is entered in the last period."""
        return [0.0] * (self.count - 1) + [amount]

    def age(self, service: int) -> float:
        """Years from the start of a period to the horizon's end."""
        return (self.count - service) * self.years

    def built(self, item: str, site: str, price: str) -> Iterator[tuple[int, int, float]]:
        """Period, period of service and room (MW) of the halls paid for at a price: each start, or each renewal."""
        room = self.number("halls", item, "room")
        for period, amount in self.orders("halls", BOUGHT_AT[price], item, site):
            months = self.number("halls", item, "build_months", site, period) if price == "price" else 0.0
            yield period, period + self.steps(months), amount * room

    def hall_payments(self, item: str, site: str, price: str) -> Iterator[tuple[int, Amounts]]:
        """Room paid for at a price by period, for the starts or renewals of each period."""
        thirds = [self.given("halls", item, f"spend_{third}_third", otherwise=1 / len(THIRDS)) for third in THIRDS]
        for period, opens, room in self.built(item, site, price):
            yield period, self.spread([(period + n, share) for n, share in enumerate(spend(thirds, opens - period))], room)

    def hall_left(self, item: str, site: str, price: str) -> Iterator[tuple[int, Amounts]]:
        """Room whose price is left at the end, for the starts or renewals of each period."""
        life = self.number("halls", item, "life")
        for period, opens, room in self.built(item, site, price):
            yield period, self.at_end(room * annuity_share(self.rate, life, self.age(opens)))

    def hall_open(self, item: str, site: str, price: str) -> Iterator[tuple[int, Amounts]]:
        """Room x years open in each period, for the starts or renewals of each period."""
        life = self.number("halls", item, "life") / self.years
        for period, opens, room in self.built(item, site, price):
            yield period, [room * self.years * min(max(life - (n - opens), 0.0), 1.0) if n >= opens else 0.0 for n in range(self.count)]

    def hall_room_years(self, item: str, site: str) -> Amounts:
        """Room x years of all open halls."""
        room = self.number("halls", item, "room")
        return [room * self.years * stock for stock in self.table("halls.stock", design=item, site=site)]

    def arrivals(self, item: str, site: str) -> Iterator[tuple[int, int, float]]:
        """Period of order, period of arrival and number of each order of systems."""
        for period, amount in self.orders("accelerators", "bought", item, site):
            yield period, period + self.steps(self.number("accelerators", item, "lead_months", "", period)), amount

    def system_payments(self, item: str, site: str) -> Iterator[tuple[int, Amounts, int]]:
        """Systems paid for by period, for the orders of each period, and their arrival."""
        deposit = self.given("accelerators", item, "deposit")
        for period, arrival, amount in self.arrivals(item, site):
            yield period, self.spread([(period, deposit), (arrival, 1 - deposit)], amount), arrival

    def curve(self, item: str, age: float) -> float | None:
        """What a system of an age sells for, as a share of its price: straight lines between points; None without a curve."""
        points = [(0.0, 1.0), *((year, self.number("accelerators", item, quantity)) for year, quantity in RESALE
                                if self.run.has("accelerators", item, quantity))]
        if len(points) == 1:
            return None
        place = next((n for n, (year, _) in enumerate(points) if year >= age), len(points) - 1)
        (first, high), (last, low) = points[max(place, 1) - 1], points[max(place, 1)]
        value = high + (low - high) * (age - first) / (last - first)
        return value if age <= last else min(low, max(0.0, value))

    def system_left(self, item: str, site: str) -> Iterator[tuple[int, Amounts]]:
        """Systems whose price is left at the end, by the period of their order."""
        life = self.number("accelerators", item, "life")
        left, scrap = self.table("accelerators.left", system=item, site=site), self.curve(item, life) or 0.0
        for period, amount in enumerate(left):
            if amount:
                age = self.age(period + self.steps(self.number("accelerators", item, "lead_months", "", period)))
                sells, annuity = self.curve(item, min(age, life)), annuity_share(self.rate, life, age, scrap)
                yield period, self.at_end(amount * (annuity if sells is None else min(sells, annuity) if annuity else 0.0))

    def system_sold(self, item: str, site: str) -> Iterator[tuple[int, Amounts]]:
        """Systems whose price is got back when their life is over, by the period of their order."""
        life = self.number("accelerators", item, "life")
        length, scrap = life / self.years, self.curve(item, life) or 0.0
        whole = math.floor(length + NEAR)
        part = length - whole if length - whole > NEAR else 0.0
        for period, arrival, amount in self.arrivals(item, site):
            yield period, self.spread([(arrival + whole, 1 - part), (arrival + whole + 1, part)], amount * scrap)

    def system_years(self, item: str, site: str) -> tuple[Amounts, Amounts]:
        """Systems x years installed, and systems x months that wait."""
        installed, running = (self.table(f"accelerators.{name}", system=item, site=site) for name in ("installed", "running"))
        spares = 1 + self.given("accelerators", item, "spares")
        waits = [there - spares * runs for there, runs in zip(installed, running, strict=True)]
        return [self.years * each for each in installed], [MONTHS_A_YEAR * self.years * each for each in waits]

    def bought(self, item: str, site: str) -> Iterator[tuple[int, int, float]]:
        """Period of order, period of service and capacity (MW) of each order of a supply."""
        unit = self.number("power", item, "unit", site)
        for period, amount in self.orders("power", "ordered", item, site):
            yield period, period + self.steps(months_to_service(self.run, item, site, period)), amount * unit

    def supply_payments(self, item: str, site: str) -> Iterator[tuple[int, Amounts]]:
        """Capacity paid for by period, for the orders of each period."""
        deposit = self.given("power", item, "deposit")
        for period, service, capacity in self.bought(item, site):
            yield period, self.spread([(period, deposit), (service, 1 - deposit)], capacity)

    def supply_left(self, item: str, site: str) -> Iterator[tuple[int, Amounts]]:
        """Capacity whose price is left at the end, for the orders of each period."""
        life = self.number("power", item, "life", site)
        for period, service, capacity in self.bought(item, site):
            yield period, self.at_end(capacity * annuity_share(self.rate, life, self.age(service)))

    def capacity_years(self, item: str, site: str) -> Amounts:
        """Capacity (MW) x years."""
        return [self.years * each for each in self.table("power.capacity", supply=item, site=site)]

    def energy(self, item: str, site: str) -> Amounts:
        """TWh given out, so that a price in USD/MWh gives MUSD."""
        mega = 1e6
        return [self.years * HOURS_A_YEAR * each / mega for each in self.sliced(item, site)]

    def sliced(self, item: str, site: str) -> Amounts:
        """Mean output in MW."""
        frame = self.run.table("power.output")
        slices = set(frame["slice"]) if len(frame) else set()
        return self.table("power.output", supply=item, site=site) if len(slices) <= 1 else [math.nan] * self.count
