"""The model's page: every account, variable and rule, with its equation in words, written from an assembled plan.

`make reference` writes it, with the other generated pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from gwplan.common.calendar import HOURS_A_DAY, MONTHS_A_YEAR, Slice
from gwplan.inputs import starters
from gwplan.inputs.definition import Goal
from gwplan.inputs.hours import SlicedYear
from gwplan.inputs.profiles import SOLAR, TEMPERATURE, WIND
from gwplan.inputs.selectors import REQUIRE, selector
from gwplan.model.assemble import Plan, assemble
from gwplan.model.block import Block, Rule, Variable
from gwplan.model.exchange import ACCOUNTS
from gwplan.model.goals import GOALS
from gwplan.model.parts import PARTS, load
from gwplan.planning.build import read_case, read_definition
from gwplan.reports.reference.markdown import row

OPENING = """# The model

Written from the code by `make reference`; a test compares the two.

A plan is a mixed-integer linear program: the goal is made least or greatest over all variables, none of which is negative, so that
every row of every rule holds. Each part declares variables, makes entries in accounts, and states rules; parts meet in the accounts
alone. Powers are in MW, money in MUSD of the model's dollars (real), compute in kH100e, water in ML, carbon in kt.

A **rule** is a sentence that is true of each plan, and is named so; its equation stands beside it in words. It has a row for each
index that can occur. The unit of a **promise** is given where the rule is a wish or limit of the user, which may clash with others
and is reported in `limits.csv`; the other rules are facts of nature and of arithmetic.
"""
ACCOUNTS_OPENING = """## Accounts

Physical accounts, where parts meet. A *binding* one that is made and never taken, or taken and never made, is an error; a *reported*
one that no part limits is listed under "no limit on".

| account | index | unit | kind | meaning |
|---|---|---|---|---|"""
MONEY = """## money

Every payment is an entry in the ledger with its kind (capital, running, residual), maker, class, item, site, payee and period. These
are their sums."""
HOURLY = """## power by the hour

In a plan with `[hours]` these take the place of the yearly balance, of the limits of output and of the rules on what sun, wind and
contracts serve directly. Every period of the plan sees the hours of a whole year."""
GOAL = """## goal

What a plan is for, and the rows that a goal or a target needs, and those of what the model requires and excludes."""
YEARLY = ("model.horizon.step=year",)


def every_rule() -> Plan:
    """The shipped case with all parts and all goals, in years so that it is small: no rule and no variable is left out."""
    definition = read_definition(starters.root() / "models" / "one_gigawatt.toml", YEARLY)
    most_it = definition.goals[0].most_it
    goals = [Goal.model_construct(kind=kind, most_it=most_it, amount=most_it) for kind in GOALS]
    return assemble(read_case(replace(definition, parts=PARTS, goals=tuple(goals), require=(selector(REQUIRE, "sites", ">=1"),))))


def every_hourly_rule() -> Plan:
    """The same case by the hour, with two days of two halves each."""
    definition = read_definition(starters.root() / "models" / "one_gigawatt.toml", YEARLY)
    case = read_case(replace(definition, parts=("sites", "demand", "power"), goals=(Goal.model_construct(kind="least_cost"),), targets=()))
    halves, months = np.array([1.0, 0.0, 0.0, 1.0]), tuple(range(MONTHS_A_YEAR))
    slices = tuple(Slice(f"d{day + 1}h{half}", 1 / len(halves), HOURS_A_DAY / 2, day, months) for day in (0, 1) for half in (0, 1))
    series = {(site, name): halves for site in case.items("site") for name in (SOLAR, WIND, TEMPERATURE)}
    case.take_hours(SlicedYear(slices, (0, 1), series, series, np.arange(len(halves)), dict.fromkeys(series, 0.0), {}))
    return assemble(case)


def page() -> str:
    """The page as Markdown."""
    plan, hourly = every_rule(), every_hourly_rule().blocks["power"]
    sections = [OPENING, "\n".join([ACCOUNTS_OPENING, *account_rows(), ""])]
    sections += [section(plan.blocks[name], f"## {name}\n\n{paragraph(load(name).__doc__ or '')}") for name in PARTS]
    place = sections.index(next(each for each in sections if each.startswith("## power\n")))
    sections.insert(place + 1, section(beyond(hourly, plan.blocks["power"]), HOURLY))
    sections += [section(plan.blocks["money"], MONEY), section(plan.blocks["goal"], GOAL), objectives()]
    return "\n".join(sections)


def beyond(hourly: Block, yearly: Block) -> Block:
    """What of a block is not in another, or is said otherwise there."""
    hourly.variables = {name: each for name, each in hourly.variables.items() if name not in yearly.variables}
    hourly.expressions = {}
    hourly.rules = {name: each for name, each in hourly.rules.items() if name not in yearly.rules or yearly.rules[name].doc != each.doc}
    return hourly


def account_rows() -> Iterator[str]:
    """The accounts of the exchange."""
    for name, account in ACCOUNTS.items():
        kind = "binding" if account.binding else "reported"
        yield row(f"`{name}`", index(account.over), f"`{account.unit}`", kind, account.doc)


def paragraph(docstring: str) -> str:
    """A docstring of a part, as it stands."""
    return docstring.strip()


def section(block: Block, opening: str) -> str:
    """One block: what it is about, its variables, its rules."""
    lines = [opening, ""]
    families = [*block.variables.values(), *(each for name, each in block.expressions.items() if name not in block.variables)]
    if families:
        lines += ["| variable | index | unit | values | meaning |", "|---|---|---|---|---|"]
        lines += [*(variable_row(block, each) for each in families), ""]
    if block.rules:
        lines += ["| rule | index | promise | equation |", "|---|---|---|---|", *(rule_row(each) for each in block.rules.values()), ""]
    return "\n".join(lines)


def variable_row(block: Block, family: Variable) -> str:
    """One family of variables, or of expressions of them."""
    values = "whole" if family.whole else "real" if family.name in block.variables else "follows from variables"
    return row(f"`{family.name}`", index(family.over), f"`{family.unit}`", values, family.doc)


def rule_row(rule: Rule) -> str:
    """One rule with its equation in words."""
    return row(f"`{rule.name}`", index(rule.over), f"`{rule.promise}`" if rule.promise else "", rule.doc)


def objectives() -> str:
    """The goals, as their functions say."""
    lines = ["| goal | what is made least or most |", "|---|---|"]
    return "\n".join([*lines, *(row(f"`{kind}`", " ".join((goal.__doc__ or "").split())) for kind, goal in GOALS.items()), ""])


def index(over: Iterable[str]) -> str:
    """`site, period`."""
    return ", ".join(over)
