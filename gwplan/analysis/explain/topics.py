"""Everything that has a name, as one list: quantities, rules, variables, accounts, figures, goals, parts and keys of a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from gwplan.analysis.explain import printed, reading, source_code
from gwplan.analysis.explain.source_code import PACKAGE
from gwplan.inputs import calibration_table, common_tables
from gwplan.inputs.declarations import Quantity, Table
from gwplan.inputs.definition_schema import Document
from gwplan.model import assemble, goals, parts
from gwplan.model.exchange import ACCOUNTS
from gwplan.results import figures

MODEL = "model."
CLASS, PAYEE = "class of payments", "payee"
KEPT = 10_000
"""Names that are kept in plain writing: each question compares one with some thousands."""


@dataclass(frozen=True)
class Topic:
    """One thing that has a name.

    kind: quantity, rule, variable, account, figure, goal, part, table, key of a model, item or source. meaning: a sentence; of a rule
    its equation in words. over: its index. file: where it is declared, as a path in the repository, with the line if known.
    facts: labelled remarks, such as the default of a quantity. made_from, used_by: names of other topics.
    aliases: other names that people see it by.
    """

    kind: str
    name: str
    meaning: str
    unit: str = ""
    file: str = ""
    over: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    made_from: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@cache
def every() -> tuple[Topic, ...]:
    """Every topic that is known without a case."""
    makers: tuple[Callable[[], Iterator[Topic]], ...] = (of_quantities, of_rules, of_variables, of_money, of_accounts, of_figures, of_goals,
                                                         of_parts, of_keys, of_payments)
    return tuple(topic for maker in makers for topic in maker())


@lru_cache(KEPT)
def plain(name: str) -> str:
    """A name in lower case with single spaces in place of all signs: `goal: target is met` and `goal.target_is_met` are the same."""
    return " ".join(re.findall(r"[a-z0-9]+", name.casefold()))


def tables() -> dict[str, Table]:
    """Every input table by name."""
    return {table.name: table for table in (*reading.tables(), common_tables.EXISTING, common_tables.TABLE, calibration_table.TABLE)}


def of_quantities() -> Iterator[Topic]:
    """Quantities of the input tables, and the tables."""
    users = _users()
    for table in tables().values():
        home = _home(table)
        quantities = ", ".join(dict.fromkeys(each.name for each in table.quantities))
        yield Topic("table", f"{table.name}.csv", f"input table; its items are {_or(kind.name for kind in table.kinds)}",
                    file=_line(home, f'"{table.name}"'), facts=(("quantities", quantities),), aliases=(table.name,))
        for each in table.quantities:
            name = f"{table.name}.{each.name}"
            yield Topic("quantity", name, each.doc, each.unit, _declaration(home, each.name), each.by,
                        tuple(quantity_facts(each)), used_by=tuple(sorted(users.get((table.name, each.name), ()))),
                        aliases=(each.name, f"{table.name}.csv {each.name}"))


def quantity_facts(quantity: Quantity) -> Iterator[tuple[str, str]]:
    """Whose it is, whether it is needed, its bounds and usual range, its labels."""
    yield "of", f"each {quantity.of}"
    if "when" in quantity.by:
        ways = {"step": "the latest row holds", "linear": "straight lines between dated rows", "own": "a dated row holds in its own year"}
        yield "dated rows", ways[quantity.between]
    default = f"{quantity.default:g}" if isinstance(quantity.default, float | int) else quantity.default
    yield "needed", "yes" if quantity.required else "no" if default is None else f"no; {default} without a row"
    least, most = quantity.least, quantity.most
    if least is not None or most is not None:
        yield "bounds", _range(least, most)
    if quantity.sane is not None:
        yield "usual", _range(*quantity.sane)
    if quantity.labels:
        yield "one of", ", ".join(quantity.labels)
    if quantity.where:
        yield "counts where", f"{quantity.where[0]} is {_or(quantity.where[1])}"
    if quantity.idle:
        yield "not used", quantity.idle


def of_rules() -> Iterator[Topic]:
    """Rules with their equation in words."""
    read = reading.of_rules()
    for each in source_code.rules():
        kind = "a promise: a wish or limit of the user" if each.unit else "a fact of nature or of arithmetic"
        yield Topic("rule", each.full_name, each.doc, each.unit, each.place, each.over, (("it is", kind),), _names(read[each.full_name]),
                    aliases=(each.name,))


def of_variables() -> Iterator[Topic]:
    """Variables and what follows from them."""
    users: dict[str, list[str]] = {}
    for rule, read in reading.of_rules().items():
        for name in read.variables:
            users.setdefault(name, []).append(rule)
    for each in source_code.variables():
        yield Topic("variable", each.full_name, each.doc, each.unit, each.place, each.over,
                    used_by=tuple(sorted(users.get(each.full_name, ()))), aliases=(each.name,))


def of_money() -> Iterator[Topic]:
    """Sums of the ledger by kind."""
    for kind, doc in assemble.MONEY.items():
        yield Topic("variable", f"money.{kind}", doc, "MUSD", _line(assemble, f'"{kind}"'), ("class", "period"),
                    (("it is", "the sum of the ledger's entries of this kind, by class and period"),), ("ledger",), aliases=(kind,))
    yield Topic("table of a run", "ledger", "every payment once: kind, maker, class, item, site, payee, period, amount", "MUSD",
                "gwplan/model/ledger.py", used_by=tuple(f"money.{kind}" for kind in assemble.MONEY))
    yield Topic("table of a run", "limits", "every row of a promise: bound, use, slack, and what one more unit is worth (dual)",
                file="gwplan/results/tables.py")
    yield Topic("table of a run", "periods", "the periods: first month counted from year 0, length in months, discount factors",
                file="gwplan/results/tables.py")
    yield Topic("table of a run", "units", "the unit and the meaning of the numbers of each table", file="gwplan/results/tables.py")


def of_accounts() -> Iterator[Topic]:
    """Physical accounts, where parts meet."""
    read, makers = reading.of_accounts(), reading.makers()
    users: dict[str, list[str]] = {}
    for rule, of in reading.of_rules().items():
        for name in of.accounts:
            users.setdefault(name, []).append(rule)
    from gwplan.model import exchange

    for name, account in ACCOUNTS.items():
        kind = "binding: what is made must be taken" if account.binding else "reported: it may go unlimited"
        file = _line(exchange, f'"{name}"')
        yield Topic("account", f"account.{name}", account.doc, account.unit, file, account.over,
                    (("it is", kind), ("made by", ", ".join(makers[name]))), _names(read[name]),
                    tuple(sorted(users.get(name, ()))), (name,))


def of_figures() -> Iterator[Topic]:
    """Keys of summary.json, with the titles that people see."""
    users: dict[str, list[str]] = {}
    for key, each in figures.summary_keys().items():
        for name in each.made_from:
            users.setdefault(name, []).append(key)
    for key, each in figures.summary_keys().items():
        title = figures.CATALOGUE.get(key)
        short = (title.title, title.short) if title else ()
        facts = (("shown as", title.title),) if title else ()
        over = ("period",) if "by period" in each.meaning else ()
        yield Topic("figure", key, each.meaning, each.unit, _made_in(key), over, facts, each.made_from,
                    tuple(users.get(key, ())), (*filter(None, short), f"{key}{figures.MOST}"))


def of_goals() -> Iterator[Topic]:
    """Goals of a model."""
    for kind, each in figures.GOALS.items():
        text = " ".join((goals.GOALS[kind].__doc__ or "").split())
        yield Topic("goal", kind, text, each.unit, _line(goals, f"def {kind}("), (), (("objective", each.name),), aliases=(each.name,))


def of_parts() -> Iterator[Topic]:
    """Parts of the model."""
    for name in parts.PARTS:
        part = parts.load(name)
        yield Topic("part", name, " ".join((part.__doc__ or "").strip().split("\n\n")[0].split()), file=_path(part))


def of_payments() -> Iterator[Topic]:
    """Classes of payments and payees, as the ledger and the summary have them."""
    for name, each in printed.classes().items():
        facts = (("entered by", ", ".join(sorted(each.parts))),)
        meaning = f"payments of this class in the ledger: {', '.join(sorted(each.kinds))}"
        users = tuple(f"money.{kind}" for kind in sorted(each.kinds) if kind in assemble.MONEY)
        yield Topic(CLASS, name, meaning, "MUSD", each.file, ("period",), facts, used_by=users)
    for name, each in printed.payees().items():
        yield Topic(PAYEE, name, f"who is paid for {', '.join(sorted(each.classes))}", "MUSD", each.file, ("period",))


def of_keys() -> Iterator[Topic]:
    """Keys of a model file."""
    schema = Document.model_json_schema()
    from gwplan.inputs import definition_schema

    def of(prefix: str, properties: Mapping[str, Any]) -> Iterator[Topic]:
        for key, entry in properties.items():
            inner = [each["$ref"] for each in (entry, entry.get("items", {}), *entry.get("anyOf", ())) if "$ref" in each]
            if inner:
                yield from of(f"{prefix}{key}.", schema["$defs"][inner[0].rpartition("/")[2]]["properties"])
            else:
                yield Topic("key of a model", f"{prefix}{key}", entry.get("description", ""), str(entry.get("x-written", "")),
                            _line(definition_schema, f"    {key}:"), aliases=(f"{MODEL}{prefix}{key}",))

    yield from of("", schema["properties"])


def _users() -> dict[tuple[str, str], set[str]]:
    """Rules and accounts that read each quantity."""
    found: dict[tuple[str, str], set[str]] = {}
    accounts = {f"account.{name}": read for name, read in reading.of_accounts().items()}
    for name, read in (*reading.of_rules().items(), *accounts.items()):
        for key in read.numbers:
            found.setdefault(key, set()).add(name)
    return found


def _names(read: reading.Reads) -> tuple[str, ...]:
    return (*sorted(read.variables), *(f"account.{name}" for name in sorted(read.accounts)),
            *sorted(f"{table}.{quantity}" for table, quantity in read.numbers))


def _home(table: Table) -> Any:
    if table.name in parts.PARTS:
        part = parts.load(table.name)
        home = getattr(part, "table", None)
        return part if home is None or f'"{table.name}"' in _text(_path(part)) else home
    from gwplan.model import compute_measure, price_level

    known: dict[str, Any] = {"compute": compute_measure, "prices": price_level, "calibration": calibration_table}
    return known.get(table.name, common_tables)


def _path(module: Any) -> str:
    return Path(module.__file__).relative_to(PACKAGE.parent).as_posix()


@cache
def _text(file: str) -> str:
    return (PACKAGE.parent / file).read_text(encoding="utf-8")


def _declaration(module: Any, quantity: str) -> str:
    """Where a quantity is declared: first argument of a call, else a key or a word of a constant; not a place that reads it."""
    text = re.escape(quantity)
    return _found(module, rf'\w\("{text}"', rf'"{text}": "', rf'^[A-Z_]+ = .*"{text}"')


def _line(module: Any, *wanted: str) -> str:
    """File and line of the first line of a module, or of those beside it in its own folder, that has one of some texts, in their order."""
    return _found(module, *map(re.escape, wanted))


def _found(module: Any, *patterns: str) -> str:
    own = Path(module.__file__)
    beside = sorted(own.parent.glob("*.py")) if own.name == "__init__.py" else []
    for pattern in patterns:
        for path in (own, *beside):
            file = path.relative_to(PACKAGE.parent).as_posix()
            text = _text(file)
            match = re.search(pattern, text, re.MULTILINE)
            if match:
                return f"{file}:{len(text[:match.start() + 1].splitlines())}"
    return _path(module)


@cache
def _made_in(key: str) -> str:
    """File and line that set a key of the summary."""
    folder = PACKAGE / "results"
    for path in sorted(folder.glob("*.py")):
        file = path.relative_to(PACKAGE.parent).as_posix()
        for number, line in enumerate(_text(file).splitlines(), 1):
            if f'"{key}":' in line or f'["{key}"]' in line:
                return f"{file}:{number}"
    return "gwplan/results/figures.py"


def _or(names: Any) -> str:
    return " or ".join(dict.fromkeys(names))


def _range(least: float | None, most: float | None) -> str:
    low = "" if least is None else f"from {least:g}"
    return " ".join(filter(None, (low, "" if most is None else f"to {most:g}")))
