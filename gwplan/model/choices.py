"""What a model requires and what it excludes: rows on the sum of what a plan orders of it, over the whole horizon.

A selector covers places: (part, item, site), with a blank site where there is none. What is required is a sum of decisions at these
places, in MW or in numbers, with a least or a most; what is excluded is such a sum of 0. What exists already is not ordered and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from gwplan.common.errors import Fault
from gwplan.common.spelling import suggestion
from gwplan.inputs.case import Case
from gwplan.inputs.definition_text import located
from gwplan.inputs.selectors import EXCLUDE, REQUIRE, Selector
from gwplan.model.block import Block, Expression, Relation, at_least, at_most, total
from gwplan.model.goals import Question
from gwplan.model.promises import OF_THE_REQUIREMENT
from gwplan.model.systems import it_power

Place = tuple[str, str, str]
"""Part, item and site; blank for no site."""
ITEMS = {"halls": "design", "accelerators": "system", "power": "supply"}
"""Kind of the items of the parts that order at sites."""
PART_OF = {"halls": "halls", "systems": "accelerators", "power": "power", "contracts": "contracts", "sites": "sites",
           "vendor": "accelerators", "provider": "contracts", "fuel": "power", "item": ""}  # fmt: skip
LEASE, OPTION = "lease", "option"
DEALS = ("cloud", OPTION, LEASE, "sale", "investor", "stake")
"""Kinds of contracts that are signed or used."""
ORDERED = {"sites": ("opening",), "halls": ("started",), "accelerators": ("bought",), "power": ("ordered",),
           "contracts": ("signed", "held", "exercised", "leased", "used", "sold", "invested", "staked")}  # fmt: skip
"""Decisions of each part of which what is excluded has none."""
SIGNED = ("signed", "held")
TAKEN = ("leased", "exercised")
"""Decisions on contracts that are counted, and those in MW."""


def named(case: Case, selector: Selector) -> dict[str, list[Place]]:
    """Every name of a selector's kind, with its places."""
    kind, found = selector.kind, dict[str, list[Place]]()
    for place in everywhere(case):
        part, item, site = place
        for name in names_of(case, kind, part, item):
            found.setdefault(name, []).append(place)
        if kind in ("sites", "item") and site and selector.table == EXCLUDE:
            found.setdefault(site, []).append(place)
    return found


def everywhere(case: Case) -> Iterator[Place]:
    """Every place of the parts of a model."""
    sites = case.items("site")
    yield from (("sites", site, site) for site in sites)
    for part, kind in ITEMS.items():
        if part in case.definition.parts:
            yield from ((part, item, site) for item, site in product(case.items(kind), sites))
    if "contracts" in case.definition.parts:
        for kind in DEALS:
            for contract in case.items(kind):
                yield from (("contracts", contract, site) for site in (sites if kind == LEASE else ("",)))


def names_of(case: Case, kind: str, part: str, item: str) -> tuple[str, ...]:
    """The names by which a selector of a kind means an item of a part; none where it means other things."""
    if kind == "item":
        return (item,)
    if PART_OF[kind] != part:
        return ()
    labels = {"vendor": "vendor", "fuel": "fuel", "provider": "provider"}
    if kind not in labels:
        return (item,)
    if kind == "provider" and item not in {each for deal in DEALS[:3] for each in case.items(deal)}:
        return ()
    found = case.get_label(part, item, labels[kind])
    return (found,) if found else ()


def places(case: Case, selector: Selector) -> frozenset[Place]:
    """The places that a selector covers."""
    known = named(case, selector)
    found = known.get(selector.name, []) if selector.name else [place for each in known.values() for place in each]
    return frozenset(place for place in found if selector.site in ("", place[2]))


def excluded_places(case: Case) -> frozenset[Place]:
    """All places that a model excludes."""
    return frozenset().union(*(places(case, ban) for ban in case.definition.exclude))


def check(case: Case) -> Iterator[Fault]:
    """Names that match nothing, amounts that a kind does not have, and what is both required and excluded."""
    definition = case.definition
    faults: list[Fault] = []
    for each in (*definition.require, *definition.exclude):
        faults += [Fault(each.origin, 0, worded(each, definition.path.name, wrong)) for wrong in wrong_names(case, each)]
    if not faults:
        for each in definition.require:
            wrong = wrong_amount(case, each) or clashes(case, each)
            faults += [Fault(each.origin, 0, worded(each, definition.path.name, wrong))] if wrong else []
        faults += [Fault(each.origin, 0, worded(each, definition.path.name, wrong)) for each in definition.exclude
                   if (wrong := signed_too(case, each))]
    yield from located(faults, definition.path)


def worded(selector: Selector, file: str, wrong: str) -> str:
    """A fault, with the key of the selector where it comes from the model file."""
    return f"{selector.key}: {wrong}" if selector.origin == file else wrong


def wrong_names(case: Case, selector: Selector) -> Iterator[str]:
    """What is wrong with the names of a selector, each with the nearest one."""
    part = PART_OF[selector.kind]
    if part and part not in case.definition.parts:
        yield f"the model leaves out the part {part!r}"
        return
    known, sites = named(case, selector), case.items("site")
    if selector.name and selector.name not in known:
        what = {"item": "item", "sites": "site", "contracts": "contract"}.get(selector.kind, selector.kind)
        what = {"halls": "hall design", "systems": "system", "power": "supply"}.get(what, what)
        yield f"no {what} {selector.name!r}{suggestion(selector.name, known) or listed(known)}"
    if selector.site and selector.site not in sites:
        yield f"no site {selector.site!r}{suggestion(selector.site, sites) or listed(sites)}"
    elif selector.name in known and not places(case, selector):
        yield f"{selector.name} is at no site: leave out @{selector.site}"


def listed(known: Iterable[str]) -> str:
    """The names that there are, where none is near."""
    return f" ({', '.join(sorted(known)) or 'there is none'})"


def wrong_amount(case: Case, selector: Selector) -> str:
    """Why an amount cannot be required; blank if it can."""
    from gwplan.model.parts.contracts import signable

    covered = places(case, selector)
    contracts = {item for part, item, _ in covered if part == "contracts"}
    if selector.unit and any(part == "sites" for part, _, _ in covered):
        return "sites are counted; give a number without a unit"
    if not contracts:
        return ""
    by_power = {*case.items(LEASE), *case.items(OPTION)}
    if selector.unit:
        counted = sorted(contracts - by_power)
        return f"{', '.join(counted)}: signed or not, so it has no megawatts" if counted else ""
    held = {name for name in case.items(OPTION) if case.number("contracts", name, "premium")}
    if not contracts & {*signable(case), *held}:
        some = sorted(contracts & by_power)
        return (f"{', '.join(some)}: give the least power, such as >=10 MW" if some
                else f"{', '.join(sorted(contracts))}: cannot be signed: an investor, not on offer in time, or used without a signature")
    return ""


def clashes(case: Case, selector: Selector) -> str:
    """The ban that leaves nothing of what is required; blank if there is none."""
    if selector.sense == "<=":
        return ""
    wanted = places(case, selector)
    bans = {ban: places(case, ban) for ban in case.definition.exclude}
    without = {("contracts", name, site) for part, name, site in wanted if name in case.definition.contracts.without}
    if wanted <= without.union(*bans.values()):
        by = [str(ban) for ban, banned in bans.items() if banned & wanted] or ["contracts.without"]
        return f"{selector} is required, and excluded by {', '.join(by)}"
    return ""


def signed_too(case: Case, ban: Selector) -> str:
    """What the model signs whatever comes, and excludes; blank if there is nothing."""
    signed = sorted({item for part, item, _ in places(case, ban) if part == "contracts"} & set(case.definition.contracts.signed))
    return f"{ban} is excluded, and contracts.signed names {', '.join(signed)}" if signed else ""


def weights(case: Case, selector: Selector) -> Callable[[str, str, str], float]:
    """How much one decision of a family counts: in MW, or as one."""
    if not selector.unit:
        return lambda part, item, site: 1.0
    sizes: Mapping[str, Callable[[str, str], float]] = {
        "halls": lambda item, site: case.number("halls", item, "room"), "accelerators": lambda item, site: it_power(case, item),
        "power": lambda item, site: case.number("power", item, "unit", site), "contracts": lambda item, site: 1.0,
    }  # fmt: skip
    return lambda part, item, site: sizes[part](item, site)


def amount_of(case: Case, blocks: Mapping[str, Block], selector: Selector) -> Expression:
    """What a plan orders of what a selector covers, over the horizon; of sites that are required, those open at its end."""
    covered, weight, terms = places(case, selector), weights(case, selector), []
    for part, names in ORDERED.items():
        if part not in blocks or not any(place[0] == part for place in covered):
            continue
        if selector.table == REQUIRE:
            names = (TAKEN if selector.unit else SIGNED) if part == "contracts" else ("opened",) if part == "sites" else names
        for name in names:
            family = blocks[part].variables.get(name) or blocks[part].expressions[name]
            last = len(case.calendar.periods) - 1
            for key, decided in family.data.items():
                place = dict(zip(family.over, key, strict=True))
                site = place.get("site", "")
                item = next((each for axis, each in place.items() if axis not in ("site", "period")), site)
                if (part, item, site) in covered and (name != "opened" or place["period"] == last):
                    terms.append(weight(part, item, site) * decided)
    return total(terms)


def state_choices(question: Question, blocks: Mapping[str, Block]) -> None:
    """The rows of what a model requires and excludes."""
    case, definition = question.case, question.case.definition
    required = dict(enumerate(definition.require, 1))
    excluded = dict(enumerate(definition.exclude, 1))
    amounts = {number: amount_of(case, blocks, each) for number, each in required.items()}
    if amounts:
        question.block.expression("required", ("requirement",), {(number,): amount for number, amount in amounts.items()},
                                  unit=OF_THE_REQUIREMENT, doc="what is ordered of what the model requires")

    @question.block.rule(("requirement",), [number for number, each in required.items() if each.sense == ">="], promise=OF_THE_REQUIREMENT)
    def required_is_there(requirement: int) -> Relation:
        """What is ordered over the horizon of what [require] names (of sites: those open at the end) is at least its amount."""
        return at_least(amounts[requirement], required[requirement].amount)

    @question.block.rule(("requirement",), [number for number, each in required.items() if each.sense == "<="], promise=OF_THE_REQUIREMENT)
    def required_is_within(requirement: int) -> Relation:
        """What is ordered over the horizon of what [require] names with `<=` is at most its amount."""
        return at_most(amounts[requirement], required[requirement].amount)

    @question.block.rule(("exclusion",), excluded, promise="orders")
    def excluded_is_not_ordered(exclusion: int) -> Relation:
        """Orders, signatures and use of what [exclude] names, over the horizon, sum to 0."""
        return at_most(amount_of(case, blocks, excluded[exclusion]), 0)
