"""Shares of the members of a group: their amounts by period, their shares, and the concentration.

The amounts are what parts entered in the accounts of power and compute, and what the ledger says is paid or paid in. A
group's shares are of one account, which the table of diversification names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gwplan.inputs.case import Case
from gwplan.inputs.definition import Target
from gwplan.model.block import Expression, Key, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Entry, Ledger
from gwplan.model.linear import value_of
from gwplan.model.targets import counted
from gwplan.model.tenure import OWN, SOLD

TABLE = "diversification"
GROUPS = ("provider", "vendor", "site", "region", "grid", "fuel", "investor")
SITES = ("site", "region", "grid")
"""Groups whose members are sites, or groups of sites by a label of theirs."""
HARDWARE = ("accelerators", "networks")
"""Classes of capital that are paid to vendors."""
RENTED = ("cloud", "premiums")
"""Classes of running cost that are paid to providers."""


@dataclass(frozen=True, slots=True)
class Shared:
    """An account with shares: its unit, the parts that enter it, the measure of targets that it matches, the groups that share it.

    cumulative: a flow of money, whose shares are of all that is paid until then, not of one period.
    """

    unit: str
    parts: tuple[str, ...]
    groups: tuple[str, ...]
    measure: str = ""
    cumulative: bool = False


SHARED: dict[str, Shared] = {
    "compute": Shared("kH100e", ("accelerators",), ("provider", "vendor", *SITES), "compute"),
    "it_peak": Shared("MW IT", ("accelerators",), SITES, "it"),
    "facility_peak": Shared("MW at the meter", ("cooling",), SITES, "facility"),
    "facility_mean": Shared("MW at the meter", ("cooling", "power"), (*SITES, "fuel")),
    "energy": Shared("MW", ("power",), ("fuel",)),
    "purchases": Shared("MUSD", ("accelerators",), ("provider", "vendor"), cumulative=True),
    "money_in": Shared("MUSD_nominal", ("contracts", "finance"), ("investor",), cumulative=True),
}


@dataclass(frozen=True)
class Ratio:
    """A share: one linear expression over another, evaluated once a plan is found; 0 of nothing is 0."""

    part: Expression
    whole: Expression

    def __call__(self, exception: bool = False) -> float:
        """The share in the plan found."""
        part, whole = value_of(self.part), value_of(self.whole)
        return part / whole if abs(whole) > NOTHING else 0.0


NOTHING = 1e-9


def account_of(case: Case, group: str) -> str:
    """The account that a group's shares are of."""
    return case.label(TABLE, group, "account")


def unit_of_group(case: Case, group: str) -> str:
    """The unit of the account that a group's shares are of."""
    return SHARED[account_of(case, group)].unit


def window(case: Case, group: str) -> range:
    """Numbers of the periods in which a group's shares bind.

    From the period that contains `from` to the one that contains `until`. By default shares of a period bind from the first in
    which some target holds: the first site to open could keep no cap. Shares of money count from the horizon's start.
    """
    calendar = case.calendar
    begins, ends = (case.date(TABLE, group, name) for name in ("from", "until"))
    first = 0 if SHARED[account_of(case, group)].cumulative else first_held(case)
    if begins is not None:
        first = calendar.holding(begins.first)
    last = len(calendar.periods) - 1
    return range(max(0, first), (last if ends is None else min(last, calendar.holding(ends.last))) + 1)


def first_held(case: Case) -> int:
    """Number of the first period in which some target holds; 0 without targets."""
    return max(0, min((case.calendar.holding(target.by.first) for target in case.definition.targets), default=0))


def own_counts(case: Case) -> bool:
    """Whether own building counts as a provider."""
    return case.get_label(TABLE, "provider", "own_counts") == "yes"


def is_held(case: Case, group: str, member: str) -> bool:
    """Whether caps, floors and losses apply to a member: to all, but to own building only where it counts as a provider."""
    return not (group == "provider" and member == OWN) or own_counts(case)


def flows(case: Case, exchange: Exchange, ledger: Ledger, group: str) -> dict[tuple[str, int], Expression]:
    """What each member gives or takes in each period, of the group's account."""
    account = account_of(case, group)
    if account == "purchases":
        return summed(purchases(ledger, group))
    if account == "money_in":
        invested = exchange.balance("invested")
        return summed((investor_of(case, str(contract)), int(period), amount) for (contract, period), amount in invested.items())
    if group == "fuel":
        return summed((str(fuel), int(period), amount) for (fuel, _, period), amount in exchange.balance("energy").items())
    return summed((member, period, amount) for _, member, period, amount in physical(case, exchange, group, account))


def summed(entries: Iterator[tuple[str, int, Expression]] | Sequence[tuple[str, int, Expression]]) -> dict[tuple[str, int], Expression]:
    """Entries of a member and period as one expression."""
    terms: dict[tuple[str, int], list[Expression]] = {}
    for member, period, amount in entries:
        terms.setdefault((member, period), []).append(amount)
    return {key: amounts[0] if len(amounts) == 1 else total(amounts) for key, amounts in sorted(terms.items())}


def physical(case: Case, exchange: Exchange, group: str, account: str) -> Iterator[tuple[str, str, int, Expression]]:
    """(First place of the index, member, period, amount) of an account of power or compute; what is sold is no member's."""
    shares = {part.name: part.share for part in case.calendar.slices}
    for key, amount in exchange.balance(account).items():
        first = str(key[0])
        if account == "compute":
            provider, vendor, site, period = key
            if provider == SOLD or (group in SITES and provider != OWN):
                continue
            member = {"provider": provider, "vendor": vendor}.get(group) or place_of(case, group, str(site))
        elif account == "it_peak":
            member, period = place_of(case, group, str(key[1])), key[-1]
        elif account == "facility_mean":
            member, period, amount = place_of(case, group, first), key[1], shares[str(key[2])] * amount
        else:
            member, period = place_of(case, group, first), key[1]
        yield first, str(member), int(period), amount


def place_of(case: Case, group: str, site: str) -> str:
    """The site itself, or its region or grid; a site without one is a group of its own."""
    return site if group == "site" else case.get_label("sites", site, group) or site


def investor_of(case: Case, contract: str) -> str:
    """Who invests by a contract."""
    return case.get_label("contracts", contract, "investor") or contract


def purchases(ledger: Ledger, group: str) -> Iterator[tuple[str, int, Expression]]:
    """Capital for accelerators and networks by vendor; or all cost by provider, where what is not rented is own building."""
    for entry in ledger.entries:
        if group == "vendor" and entry.kind == "capital" and entry.cost_class in HARDWARE:
            yield entry.payee, entry.period, entry.amount
        if group == "provider" and entry.kind in ("capital", "running"):
            yield provider_paid(entry), entry.period, entry.amount


def provider_paid(entry: Entry) -> str:
    """The provider of what a payment is for."""
    return entry.payee if entry.kind == "running" and entry.cost_class in RENTED else OWN


def counted_flows(case: Case, exchange: Exchange, group: str, target: Target) -> dict[tuple[str, int], Expression]:
    """What each member gives of what counts towards a target of the measure that fits the group's account."""
    entries = physical(case, exchange, group, account_of(case, group))
    return summed([(member, period, amount) for first, member, period, amount in entries if counted(target.measure, first, target.counts)])


def members_of(amounts: Mapping[tuple[str, int], Expression]) -> list[str]:
    """The members of a group, by name."""
    return sorted({member for member, _ in amounts})


def shares(case: Case, exchange: Exchange, ledger: Ledger, group: str) -> dict[Key, Ratio]:
    """The share of each member in each period; of money, in all that is paid in the group's window until then."""
    amounts = flows(case, exchange, ledger, group)
    members, periods = members_of(amounts), range(len(case.calendar.periods))
    if SHARED[account_of(case, group)].cumulative:
        held = window(case, group)
        until = {period: [each for each in held if each <= period] for period in periods}
        amounts = {(member, period): total(amounts.get((member, each), 0) for each in until[period])
                   for member in members for period in periods}
    wholes = {period: total(amounts.get((member, period), 0) for member in members) for period in periods}
    return {(member, period): Ratio(amounts.get((member, period), 0), wholes[period]) for member in members for period in periods}


def concentration(parts: Sequence[float]) -> float | None:
    """The Herfindahl-Hirschman index: the sum of squared shares, from 1 / members (all alike) to 1 (one alone); None of nothing."""
    whole = sum(parts)
    return sum((part / whole) ** 2 for part in parts) if whole > NOTHING else None


def report(case: Case, exchange: Exchange, ledger: Ledger, level: Callable[[Expression], float]) -> dict[str, dict[str, object]]:
    """By group: account, unit, caps, shares over the horizon, the largest of a period, and how concentrated they are."""
    if TABLE not in case.definition.parts:
        return {}
    return {group: of_group(case, exchange, ledger, level, group) for group in GROUPS if group in case.items("group")}


def of_group(case: Case, exchange: Exchange, ledger: Ledger, level: Callable[[Expression], float], group: str) -> dict[str, object]:
    """What is reported of one group."""
    shared, names, held = SHARED[account_of(case, group)], case.calendar.names, window(case, group)
    amounts = {key: level(amount) for key, amount in flows(case, exchange, ledger, group).items()}
    by_period = {key: ratio() for key, ratio in shares(case, exchange, ledger, group).items()}
    members = members_of(amounts)
    counts = held if shared.cumulative else range(len(names))
    sums = {member: sum(amounts.get((member, period), 0.0) for period in counts) for member in members}
    whole = sum(sums.values())
    bound = held[-1:] if shared.cumulative else held
    last = held[-1] if held else None
    capped = {name: case.get(TABLE, group, name, period=last) for name in ("most_share", "least_share")}
    return {
        "account": account_of(case, group), "unit": shared.unit, **capped,
        "from": names[held[0]] if held else None, "until": names[held[-1]] if held else None,
        "held": [member for member in members if is_held(case, group, member)],
        "shares": {member: sums[member] / whole if whole > NOTHING else 0.0 for member in members},
        "largest": {member: max((by_period[member, period] for period in bound), default=0.0) for member in members},
        "hhi": concentration(list(sums.values())),
        "hhi_by_period": [concentration([by_period[member, period] for member in members]) for period in range(len(names))],
    }
