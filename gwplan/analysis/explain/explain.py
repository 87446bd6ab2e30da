"""Explain a name: what it means, where it is declared, the numbers that feed it with their sources, and its value in a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gwplan.analysis.explain import computed, topics, values
from gwplan.analysis.explain.printed import check_of
from gwplan.analysis.explain.topics import Topic, plain
from gwplan.common.spelling import nearest_names
from gwplan.inputs.overlays import target_of
from gwplan.inputs.values import LABEL
from gwplan.results.run_folder import RunFolder
from gwplan.results.sources import Numbers, numbers_of, numbers_of_case, payments

if TYPE_CHECKING:
    from gwplan.inputs.case import Case

QUANTITY, ITEM, SOURCE = "quantity", "item", "source"
FILE = ".csv"
ACCOUNT, CAPITAL = "account.", "money.capital"


@dataclass(frozen=True)
class Numbered:
    """One input row. low, base, high: as text in `unit`; grade: its own or that of its source, lowered with age; file: with its row."""

    name: str
    low: str
    base: str
    high: str
    unit: str
    source: str
    title: str
    grade: str
    file: str


@dataclass(frozen=True)
class Explained:
    """A topic with what a model or run says of it: its numbers, and its value in a run."""

    topic: Topic
    numbers: tuple[Numbered, ...] = ()
    value: values.Value | None = None
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """All that a name means. of: the model or run that numbers and values are of; blank for none. near: similar names if it is unknown."""

    name: str
    of: str
    found: tuple[Explained, ...]
    near: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return asdict(self)


class Material:
    """The numbers of a model or a run; a run has values too. labels: shown names by item. case: reads the case, where it is asked for."""

    def __init__(self, name: str, numbers: Numbers, labels: dict[str, str], case: Callable[[], Case], run: RunFolder | None = None) -> None:
        self.name, self.numbers, self.labels, self.case, self.run = name, numbers, labels, case, run

    @cached_property
    def keys(self) -> list[tuple[str, str, str, str, str]]:
        """Table, item, site, when and quantity of each row, in order."""
        return list(zip(*(map(str, self.numbers.rows[name]) for name in ("table", "item", "site", "when", "quantity")), strict=True))

    def row(self, place: int) -> Numbered:
        """One row as it is shown."""
        cells = {str(column): value for column, value in self.numbers.rows.iloc[place].to_dict().items()}
        table, item, site, when, quantity = self.keys[place]
        at = f"@{site}" * bool(site or when) + f"@{when}" * bool(when)
        source = self.numbers.grader.sources.get(str(cells["source"]))
        low, base, high = (values.cell(cells.get(name), cells) for name in ("low", "base", "high"))
        file = f"{cells['file']}:{cells['row']}" if "file" in cells else f"inputs/{table}{FILE}"
        return Numbered(f"{table}.{item}{at or ''}.{quantity}", low, base, high, str(cells["unit"]), str(cells["source"]),
                        source.title if source else "", self.numbers.graded[place].grade, file)


def of_model(model: Any, overlays: Sequence[Any] = (), sets: tuple[str, ...] = ()) -> Material:
    """The numbers of a model. InputFaults lists every fault."""
    from gwplan.planning.build import read
    from gwplan.planning.request import Request

    return of_case(read(Request(model, tuple(overlays), sets)))


def of_run(folder: Path) -> Material:
    """The numbers and values of a run folder. InputFaults if it is none."""
    return of_reader(RunFolder(folder))


def of_reader(run: RunFolder) -> Material:
    """The numbers and values of a run that is read."""
    def again() -> Case:
        from gwplan.analysis.explain.resolve import ask_again, case_of

        return case_of(ask_again(run))

    return Material(run.name, numbers_of(run), run.labels, again, run)


def of_case(case: Case) -> Material:
    """The numbers of a case."""
    return Material(case.definition.name, numbers_of_case(case), dict(case.checked.labels), lambda: case)


def explain(name: str, material: Material | None = None) -> Explanation:
    """Explain a name as any command prints it, in full or its last part. An unknown name gives the nearest ones.

    material: the model or run to take numbers and values from; without it, a name of an item is looked up in the shipped case.
    """
    found = [] if target_of(name.partition("=")[0]) and name.count(".") > 1 else matching(name, topics.every())
    explained = [of_topic(topic, material) for topic in found]
    if not explained:
        material = material or shipped()
        explained = [*of_key(name, material), *of_item(name, material), *of_label(name, material), *of_source(name, material),
                     *of_check(name)]
    near = () if explained else tuple(similar(name, material))
    return Explanation(name, material.name if material else "", tuple(explained), near)


def shipped() -> Material:
    """The shipped case of one gigawatt."""
    from gwplan.inputs import starters

    return of_model(starters.root() / "models" / "one_gigawatt.toml")


def matching(name: str, known: Sequence[Topic]) -> list[Topic]:
    """The topics of a name: those named so in full, else by another name of theirs. Those that say the same are one."""
    wanted = plain(name)
    whole = [topic for topic in known if plain(topic.name) == wanted]
    others = [topic for topic in known if wanted in map(plain, topic.aliases)]
    found: dict[tuple[str, str, str, str], Topic] = {}
    for topic in whole + others:
        key = topic.kind, topic.name, topic.meaning, topic.unit
        found[key] = merged(found[key], topic) if key in found else topic
    return list(found.values())


def merged(one: Topic, other: Topic) -> Topic:
    """Two topics of one name and meaning, such as a quantity of two kinds of item: facts that differ are told together."""
    both: dict[str, list[str]] = {}
    for label, text in (*one.facts, *other.facts):
        if text not in both.setdefault(label, []):
            both[label].append(text)
    return replace(one, facts=tuple((label, ", ".join(each)) for label, each in both.items()))


def of_topic(topic: Topic, material: Material | None) -> Explained:
    """A topic with its numbers, or those that feed it, and its value."""
    if material is None:
        return Explained(topic)
    run = material.run
    places = paid_at(material) if CAPITAL in (topic.name, *topic.made_from) else fed_by(topic, material)
    value = None if run is None else values.of(run, topic.kind, topic.name)
    parts = () if run is None else tuple((name, text) for name in topic.made_from if (text := values.short(run, name)))
    return Explained(topic, (*map(material.row, places), *worked_out(topic, material)), value, parts)


def worked_out(topic: Topic, material: Material) -> list[Numbered]:
    """What the model works out of a quantity where no row gives it."""
    if topic.name != computed.FIRM_CREDIT or not any(quantity == computed.NEEDS for *_, quantity in material.keys):
        return []
    found = computed.firm_credits(material.case())
    return [Numbered(each.name, "", f"{each.value:.6g}", "", "1", computed.SOURCE, each.how, "", each.file) for each in found]


def fed_by(topic: Topic, material: Material) -> list[int]:
    """The rows of a quantity, or of those that a topic is made from: of its accounts too, one step back."""
    known = {each.name: each for each in topics.every()}
    wanted = {topic.name} if topic.kind == QUANTITY else set(topic.made_from)
    wanted |= {inner for name in topic.made_from if name.startswith(ACCOUNT) for inner in known[name].made_from}
    return [place for place, (table, _, _, _, quantity) in enumerate(material.keys) if f"{table}.{quantity}" in wanted]


def paid_at(material: Material) -> list[int]:
    """The prices that the capital of a run is paid at, those with most money first; of a case none, because nothing is paid."""
    on: dict[int, float] = {}
    for amount, shares in payments(material.run, material.numbers) if material.run else ():
        for place, share in shares:
            on[place] = on.get(place, 0.0) + amount * share
    return sorted(on, key=lambda place: -on[place])


def of_key(name: str, material: Material) -> list[Explained]:
    """Rows of `table.item[@site][@when].quantity`, and what the quantity means."""
    target = target_of(name.partition("=")[0])
    if target is None:
        return []
    table, item, site, when, quantity = (target[each] for each in ("table", "item", "site", "when", "quantity"))
    topic = next(iter(matching(f"{table}.{quantity}", topics.every())), None)
    places = [place for place, key in enumerate(material.keys) if (key[0], key[4]) == (table, quantity) and item in (key[1], "*")
              and site in (key[2], "", "*") and when in (key[3], "", "*")]
    places.sort(key=lambda place: material.keys[place])
    if topic is None or not places:
        return []
    label = material.labels.get(item, "")
    known = replace(topic, facts=((("item", label),) if label else ()) + topic.facts)
    return [Explained(known, tuple(map(material.row, places)))]


def of_item(name: str, material: Material) -> list[Explained]:
    """Everything that the tables say of an item, by its name or label."""
    shown = {plain(label): item for item, label in material.labels.items()}
    item = next((key[1] for key in material.keys if plain(key[1]) == plain(name)), shown.get(plain(name), ""))
    found = []
    for table in dict.fromkeys(key[0] for key in material.keys if item and key[1] == item):
        places = [place for place, key in enumerate(material.keys) if key[:2] == (table, item)]
        topic = Topic(ITEM, item, f"{material.labels.get(item, item)}: an item of {table}{FILE}", file=f"{table}{FILE}")
        found.append(Explained(topic, tuple(map(material.row, places))))
    return found


def of_label(name: str, material: Material) -> list[Explained]:
    """A name that is a label of others, such as a vendor or a provider, with the rows that give it."""
    texts = material.numbers.rows["text" if "text" in material.numbers.rows.columns else "base"]
    wanted = plain(name)
    shown = {plain(label): item for item, label in material.labels.items()}
    known = {wanted, plain(shown.get(wanted, name))}
    labelled = zip(texts, material.numbers.rows["unit"], strict=True)
    places = [place for place, (text, unit) in enumerate(labelled) if unit == LABEL and known & set(map(plain, str(text).split("|")))]
    if not places:
        return []
    of = sorted({f"{material.keys[place][0]}.{material.keys[place][4]}" for place in places})
    return [Explained(Topic("label", name, f"a value of {', '.join(of)}", made_from=tuple(of)), tuple(map(material.row, places)))]


def of_check(name: str) -> list[Explained]:
    """A check of the audit."""
    found = check_of(name.strip())
    if found is None:
        return []
    file, about = found
    facts = (("about", about),) if about and matching(about, topics.every()) else ()
    meaning = f"{name.strip().replace('_', ' ')}: worked out again from plan.csv and inputs/ alone, and compared"
    return [Explained(Topic("check of the audit", name.strip(), meaning, file=file, facts=facts))]


def of_source(name: str, material: Material) -> list[Explained]:
    """A source, with the rows that cite it."""
    source = material.numbers.grader.sources.get(name.strip())
    if source is None:
        return []
    facts = tuple((label, text) for label, text in (("publisher", source.publisher), ("date", source.date), ("address", source.address),
                                                    ("kind", source.kind), ("grade", source.grade), ("read", source.read)) if text)
    places = [place for place, key in enumerate(material.numbers.rows["source"]) if key == source.key]
    return [Explained(Topic(SOURCE, source.key, source.title, file=f"sources{FILE}", facts=facts), tuple(map(material.row, places)))]


def similar(name: str, material: Material | None) -> list[str]:
    """The names most like an unknown one: of topics, their short names, items and keys."""
    known = {each for topic in topics.every() for each in (topic.name, *topic.aliases)}
    if material is not None:
        known |= {key[1] for key in material.keys} | set(material.numbers.grader.sources)
        target = target_of(name)
        if target is not None:
            known |= {f"{key[0]}.{key[1]}.{key[4]}" for key in material.keys}
    by_letters = {each.casefold(): each for each in sorted(known)}
    return [by_letters[each] for each in nearest_names(name, by_letters)]
