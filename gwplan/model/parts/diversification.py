"""Diversification: no one member of a group gives too much, none too little, and enough remains if any one is lost.

Groups are providers of compute, vendors of accelerators, sites (or their regions, or their grids), fuels, and investors. The
shares of a group are of one account: compute, power, energy, what is bought, or what is paid in. A share of power or
compute binds in each period of its window, a share of money over the whole of it. Both sides of a share vary, and the row
is linear all the same: what a member gives is at most its share times what all give together.

Own building is a provider only where the table says so. Else it is held to no share, but counts in what all give and in what
remains: a plan that builds all it needs depends on no provider, and how its own halls are spread is for shares by site.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gwplan.common.errors import Fault
from gwplan.inputs.case import Case
from gwplan.inputs.declarations import Kind, Quantity, Table
from gwplan.inputs.idle import Idle
from gwplan.model.block import Block, Expression, Key, Relation, at_least, at_most, equal, total
from gwplan.model.exchange import Exchange
from gwplan.model.ledger import Ledger
from gwplan.model.promises import OF_THE_ACCOUNT
from gwplan.model.shares import GROUPS, SHARED, account_of, counted_flows, flows, is_held, members_of, own_counts, shares, window
from gwplan.model.targets import held_in, measured

TABLE = Table(
    "diversification",
    (Kind("group", only=GROUPS),),
    (
        Quantity("account", "group", "label", "what the shares are of", labels=tuple(SHARED)),
        Quantity("most_share", "group", "1", "largest share of any one member", ("when",), default=1.0, least=0, most=1),
        Quantity("least_share", "group", "1", "smallest share of every member", ("when",), default=0.0, least=0, most=1),
        Quantity("rest_share", "group", "1", "what must remain, of demand, when any one member is lost", ("when",), default=0.0, least=0,
                 most=1),
        Quantity("members", "group", "1", "least number of members that each give at least member_share of demand", default=0.0, least=0,
                 sane=(0, 20)),
        Quantity("member_share", "group", "1", "share of demand with which a member counts towards members", default=0.0, least=0, most=1),
        Quantity("from", "group", "date", "first date on which shares bind; by default when the first target holds", optional=True),
        Quantity("until", "group", "date", "last date on which shares bind; by default the horizon's end", optional=True),
        Quantity("own_counts", "group", "label", "whether own building is a provider among others", default="no", labels=("yes", "no")),
    ),
    optional=True,
)

GIVEN = ("group", "member", "period")
REST = ("group", "member", "target", "period")


def check(case: Case) -> Iterator[Fault]:
    """Each group shares an account that it can share and that some part makes; what refers to demand has a target."""
    for group in case.items("group"):
        account = account_of(case, group)
        where = case.location("diversification", group, "account")
        if group not in SHARED[account].groups:
            known = ", ".join(name for name, shared in SHARED.items() if group in shared.groups)
            yield Fault(*where, f"{group}.account: there is no {account} by {group}; a {group} may share {known}")
            continue
        missing = [part for part in SHARED[account].parts if part not in case.definition.parts]
        if missing and group != "investor":
            yield Fault(*where, f"{group}.account: no part of this model makes {account}; it takes {' and '.join(missing)}")
        begins, ends = (case.date("diversification", group, name) for name in ("from", "until"))
        if begins is not None and ends is not None and ends.last < begins.first:
            yield Fault(*case.location("diversification", group, "until"), f"{group}.until: {ends} is before from, {begins}")
        if group != "provider" and case.has("diversification", group, "own_counts"):
            where = case.location("diversification", group, "own_counts")
            yield Fault(*where, f"{group}.own_counts: own building is a provider, no {group}")
        yield from demand_faults(case, group)


def demand_faults(case: Case, group: str) -> Iterator[Fault]:
    """What is a share of demand needs a target of the measure that fits the account."""
    wanted = [name for name in ("rest_share", "members") if any(share_of(case, group, name, n) for n in range(len(case.calendar.periods)))]
    count, each = (case.number("diversification", group, name) for name in ("members", "member_share"))
    if count and not each:
        where = case.location("diversification", group, "members")
        yield Fault(*where, f"{group}.members: needs member_share, the share of demand with which a member counts")
    if count * each > 1:
        where = case.location("diversification", group, "members")
        yield Fault(*where, f"{group}.members: {count:g} members with {each:.0%} of demand each are more than all of it")
    nobody = group == "provider" and not own_counts(case) and "contracts" not in case.definition.parts
    for name in [] if nobody else wanted:
        measure = SHARED[account_of(case, group)].measure
        where = case.location("diversification", group, name)
        if not measure:
            known = ", ".join(each for each, shared in SHARED.items() if group in shared.groups and shared.measure) or "none for it"
            yield Fault(*where, f"{group}.{name}: no target is of {account_of(case, group)}; accounts with a demand: {known}")
        elif not any(target.measure == measure for target in case.definition.targets):
            yield Fault(*where, f"{group}.{name}: is a share of demand, but the model has no target of measure '{measure}'")


def warn(case: Case) -> Iterator[Fault]:
    """Shares that hold because there is nobody to share, and shares that bind before the first site can have company."""
    for group in case.items("group"):
        where = case.location("diversification", group, "account")
        missing = [part for part in SHARED[account_of(case, group)].parts if part not in case.definition.parts]
        if missing:
            yield Fault(*where, f"{group}: without {' and '.join(missing)} nobody invests in this model, and its shares say nothing")
        early = not SHARED[account_of(case, group)].cumulative and not case.definition.targets
        if early and is_bound(case, group) and case.date("diversification", group, "from") is None:
            yield Fault(*where, f"{group}: no target says when shares begin, so they bind from the start; a date `from` says otherwise")


def idle(case: Case) -> Iterator[Idle]:
    """What is for members that count, where none are asked for; floors of nobody, and what must remain of a demand that is not there."""
    for group in case.items("group"):
        yield Idle("no member that is held to shares takes part in this model", group, "least_share")
        measure = SHARED[account_of(case, group)].measure
        if not any(target.measure == measure for target in case.definition.targets):
            yield Idle(f"no target of the model is of {account_of(case, group)}", group, "rest_share")
        if not case.number("diversification", group, "members"):
            yield Idle("no number of members is asked for", group, "member_share")


def share_of(case: Case, group: str, quantity: str, period: int) -> float:
    """A share of a group that holds in a period."""
    return case.number("diversification", group, quantity, period=period)


def is_bound(case: Case, group: str) -> bool:
    """Whether some share of a group says anything at all. A cap of 100 % and a floor of 0 are true of every plan."""
    held = window(case, group)
    return any(share_of(case, group, "most_share", n) < 1 or share_of(case, group, "least_share", n) > 0 for n in held)


def bound_in(case: Case, group: str) -> list[int]:
    """Numbers of the periods in which the shares of a group have a row; of money the last, in which all is counted."""
    held = list(window(case, group))
    return held[-1:] if SHARED[account_of(case, group)].cumulative else held


def decide(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Decide nothing: what is shared is what other parts enter."""


def bind(block: Block, case: Case, exchange: Exchange, ledger: Ledger) -> None:
    """Keep shares within their caps and floors, and keep enough whoever is lost."""
    groups = [group for group in GROUPS if group in case.items("group")]
    reported = {(group, *key): share for group in groups for key, share in shares(case, exchange, ledger, group).items()}
    block.expression("share", GIVEN, reported, unit="1", doc="share of a member in its group's account; of money, in all paid until then")
    bind_shares(block, case, given_by(case, exchange, ledger, groups))
    bind_rest(block, case, exchange, groups)


def given_by(case: Case, exchange: Exchange, ledger: Ledger, groups: list[str]) -> dict[Key, Expression]:
    """What each member gives, where the shares of its group are bound: in each period, or of money over the window."""
    found: dict[Key, Expression] = {}
    for group in groups:
        amounts = flows(case, exchange, ledger, group) if is_bound(case, group) else {}
        held = window(case, group)
        for member, period in product(members_of(amounts), bound_in(case, group)):
            counts = held if SHARED[account_of(case, group)].cumulative else [period]
            found[group, member, period] = total(amounts.get((member, each), 0) for each in counts)
    return found


def bind_shares(block: Block, case: Case, amounts: dict[Key, Expression]) -> None:
    """State what members give, what all give, and the shares between."""
    given = block.variable("given", GIVEN, amounts, unit=OF_THE_ACCOUNT, doc="what a member gives in the period; of money, in its window")
    together: dict[Key, list[Expression]] = {}
    for (group, _, period), amount in given.items():
        together.setdefault((group, period), []).append(amount)
    whole = block.variable("together", ("group", "period"), together, unit=OF_THE_ACCOUNT, doc="what all members of a group give")

    @block.rule(GIVEN, given)
    def given_is_entered(group: str, member: str, period: int) -> Relation:
        """Given = entries of the member in the group's account in the period, or over its window where it is money."""
        return equal(given[group, member, period] - amounts[group, member, period], 0)

    @block.rule(("group", "period"), whole)
    def together_sums_members(group: str, period: int) -> Relation:
        """Together = sum over members of what is given."""
        return equal(whole[group, period], total(together[group, period]))

    held = [key for key in given if is_held(case, str(key[0]), str(key[1]))]

    @block.rule(GIVEN, [key for key in held if share_of(case, key[0], "most_share", key[2]) < 1], promise=OF_THE_ACCOUNT)
    def share_within_cap(group: str, member: str, period: int) -> Relation:
        """What a member gives is at most the largest share x what all give."""
        return at_most(given[group, member, period], share_of(case, group, "most_share", period) * whole[group, period])

    @block.rule(GIVEN, [key for key in held if share_of(case, key[0], "least_share", key[2]) > 0], promise=OF_THE_ACCOUNT)
    def share_reaches_floor(group: str, member: str, period: int) -> Relation:
        """What a member gives is at least the smallest share x what all give."""
        return at_least(given[group, member, period], share_of(case, group, "least_share", period) * whole[group, period])


def bind_rest(block: Block, case: Case, exchange: Exchange, groups: list[str]) -> None:
    """State what remains when a member is lost, and how many members give their share of demand."""
    targets = dict(enumerate(case.definition.targets, 1))
    fitting = [(group, n) for group in groups for n, target in targets.items() if SHARED[account_of(case, group)].measure == target.measure]
    asked = [(group, n) for group, n in fitting if case.number("diversification", group, "members")
             or any(share_of(case, group, "rest_share", period) for period in window(case, group))]
    amounts = {(group, n): counted_flows(case, exchange, group, targets[n]) for group, n in asked}
    keys = [(group, member, n, period) for group, n in asked for member in members_of(amounts[group, n])
            for period in held_in(case, targets[n]) if period in window(case, group) and is_held(case, group, member)]
    all_there = {n: measured(case, exchange, targets[n].measure, targets[n].counts) for _, n in asked}
    there = block.variable("there", ("target", "period"), dict.fromkeys(key[2:] for key in keys), unit="of the measure",
                           doc="what counts towards a target")

    @block.rule(("target", "period"), there)
    def there_sums_what_counts(target: int, period: int) -> Relation:
        """There = sum of what counts towards the target in the period."""
        return equal(there[target, period] - all_there[target][period], 0)

    @block.rule(REST, [key for key in keys if share_of(case, key[0], "rest_share", key[3]) > 0], promise=OF_THE_ACCOUNT)
    def rest_keeps_demand(group: str, member: str, target: int, period: int) -> Relation:
        """What counts towards a target, without what the member gives of it, is at least the share that must remain x its amount."""
        rest = there[target, period] - amounts[group, target].get((member, period), 0)
        return at_least(rest, share_of(case, group, "rest_share", period) * targets[target].amount)

    bind_members(block, case, [key for key in keys if case.number("diversification", key[0], "members") > 0], amounts)


def bind_members(block: Block, case: Case, keys: list[Key], amounts: dict[tuple[str, int], dict[tuple[str, int], Expression]]) -> None:
    """State which members give their share of demand, and that there are enough of them. amounts: by group and target."""
    asked = [group for group in GROUPS if group in case.items("group") and case.number("diversification", group, "members") > 0]
    counts = block.variable("counts", ("group", "member"), dict.fromkeys(key[:2] for key in keys), unit="1",
                            doc="1 if the member counts: it gives its share of demand throughout", whole=True)

    @block.rule(REST, keys)
    def counted_member_gives(group: str, member: str, target: int, period: int) -> Relation:
        """What a member that counts gives of a target is at least member_share x its amount."""
        least = case.number("diversification", group, "member_share") * case.definition.targets[target - 1].amount
        return at_least(amounts[group, target].get((member, period), 0) - least * counts[group, member], 0)

    @block.rule(("group", "member"), counts)
    def counted_once(group: str, member: str) -> Relation:
        """A member counts once at most."""
        return at_most(counts[group, member], 1)

    @block.rule(("group",), asked, promise="members")
    def enough_members(group: str) -> Relation:
        """Members that count are at least as many as asked for."""
        number = case.number("diversification", group, "members")
        return at_least(total(amount for key, amount in counts.items() if key[0] == group), number)
