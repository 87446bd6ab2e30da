"""Words that this project no longer uses, each with what it says in their place: none is in a page, a message, a model or a note of an input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from gwplan.commands.reference_pages import PAGES

ROOT = Path(__file__).parents[2]
GONE = {
    r"\bdecided otherwise\b": "decisions changed after",
    r"\bdearest ignorance\b": "highest value of information",
    r"\bplanned anew|solve[sd]? anew|plans anew\b": "re-optimised, solved again",
    r"\bgo(?:es)? in circles?\b": "is circular",
    r"\bwhat is under way\b": "open orders",
    r"\bmade greatest\b": "maximised",
    r"\bheld back\b": "delayed",
    r"\d GUSD\b(?! ?[_/'])": "$9.7B",
    r"\bas little as can be\b": "by the smallest shortfall",
    r"\bas (?:soon|much|far) as can be\b": "as soon as possible",
    r"\bsearched otherwise\b": "different solver settings",
    r"\bmust be given up for more\b": "trade-off curve",
    r"\bno known money\b": "unknown currency",
    r"\bis no decision of\b": "unknown decision",
    r"\bworse than any where\b": "infinite if infeasible",
    r"\bnever twice and never not at all\b": "exactly once",
}
"""Phrases that are nowhere any more."""
GOING = {
    r"\banew\b": "again",
    r"\bat (?:its|their) greatest\b": "peak",
    r"\bin the mean\b": "mean",
    r"\bmade (?:least|best)\b": "minimised, optimised",
    r"\bhas no end\b": "is unbounded",
    r"\bgives? way\b": "is relaxed",
    r"\bgo(?:es)? in a circle\b": "is circular",
    r"\bfor nothing\b": "unused; without need",
    r"\bstands? (?:already|beside|behind|in|with)\b": "is in, is already there",
    r"\bas (?:it stands|they stand)\b": "fixed, unchanged",
    r"\bwaiting pays\b": "delay is cheaper",
    r"\bvalue of knowing\b": "value of perfect information",
    r"\babove nothing\b": "positive",
    r"\bleaves nothing of its\b": "must be shorter than",
    r"\bthe most in all\b": "the cap",
    r"\bwhatever comes\b": "in any case",
}
"""Phrases that are in no page, model or input. One that is in no source file either belongs to GONE."""
CODE = ("*.py", "*.html", "*.js", "*.css")


def sources() -> Iterator[Path]:
    """The package, and the pages that are written from it."""
    yield from (path for ending in CODE for path in (ROOT / "gwplan").rglob(ending))
    yield from (ROOT / "docs" / name for name in PAGES)


def texts() -> Iterator[Path]:
    """What people write: pages, models, inputs and their notes."""
    yield from ROOT.glob("*.md")
    yield from (path for path in (ROOT / "docs").rglob("*.md") if path.relative_to(ROOT / "docs").as_posix() not in PAGES)
    yield from (ROOT / "models").glob("*.toml")
    yield from (path for ending in ("*.csv", "*.md") for path in (ROOT / "inputs").rglob(ending) if "profiles" not in path.parts)


def told(text: str) -> str:
    """A page without what is code or output of the program, line for line."""
    return re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)


def hits(paths: Iterable[Path], banned: dict[str, str], root: Path = ROOT) -> list[str]:
    """`file:line: phrase (say: ...)` for each banned phrase, also where a line ends within it."""
    found = []
    for path in paths:
        text = told(path.read_text(encoding="utf-8")) if path.suffix == ".md" else path.read_text(encoding="utf-8")
        for phrase, say in banned.items():
            for hit in re.finditer(phrase.replace(" ", r"\s+"), text, re.IGNORECASE):
                number = text.count("\n", 0, hit.start()) + 1
                found.append(f"{path.relative_to(root)}:{number}: {' '.join(hit[0].split())} (say: {say})")
    return found


def test_no_old_words_in_pages_models_and_inputs() -> None:
    paths = sorted(texts())
    assert {path.suffix for path in paths} == {".md", ".toml", ".csv"}
    assert hits(paths, GONE | GOING) == []


def test_no_old_words_in_the_package() -> None:
    assert hits(sorted(sources()), GONE) == []


@pytest.mark.parametrize(("text", "found"), [
    ("It is Planned anew.", ["a.md:1: Planned anew (say: re-optimised, solved again)"]),
    ("fine\nthe dearest ignorance", ["a.md:2: dearest ignorance (say: highest value of information)"]),
    ("```text\nplanned anew\n```\ndecided otherwise", ["a.md:4: decided otherwise (say: decisions changed after)"]),
    ("two\nplanned\n  anew", ["a.md:2: planned anew (say: re-optimised, solved again)"]),
    ("the order under way is not a phrase of the list", []),
])
def test_a_phrase_is_found_with_its_file_and_line(tmp_path: Path, text: str, found: list[str]) -> None:
    (tmp_path / "a.md").write_text(text)
    assert hits([tmp_path / "a.md"], GONE, tmp_path) == found
