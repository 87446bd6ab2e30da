"""Links within the repository lead somewhere: the file is there, and has the heading that is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "inputs").rglob("*.md"))]
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|`[^`]*`)*\]\(([^()\s]+)\)")


def prose_of(page: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)


def anchors(page: str) -> set[str]:
    """The anchors of the headings of a page, as GitHub and MyST make them."""
    headings = re.findall(r"^#{1,6} (.+)$", prose_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def dead(path: Path) -> Iterator[str]:
    """Links of a page to files that are not there, or to headings that they lack."""
    for target in LINK.findall(prose_of(path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        other = path.parent / name if name else path
        if not other.exists() or (anchor and anchor not in anchors(other.read_text(encoding="utf-8"))):
            yield target


def test_each_link_leads_somewhere() -> None:
    assert len(PAGES) > 20
    assert {str(path.relative_to(ROOT)): found for path in PAGES if (found := list(dead(path)))} == {}


def test_every_page_of_the_site_is_in_its_contents() -> None:
    contents = re.search(r"```\{toctree\}\n.*?\n\n(.*?)```", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"), re.DOTALL)
    assert contents is not None
    pages = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(contents[1].split()) == sorted(pages - {"index"})


@pytest.mark.parametrize(("text", "found"), [
    ("[a](other.md)", []), ("[a](other.md#the-two-of-them)", []), ("[`x`](#here)\n\n# Here", []), ("[a](https://example.org/x)", []),
    ("[a](gone.md)", ["gone.md"]), ("[a](other.md#gone)", ["other.md#gone"]), ("see [`a[b]`](gone.md)", ["gone.md"]),
    ("[a](#in-code)\n\n```sh\n# in code\n```", ["#in-code"]),
])
def test_a_dead_link_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    (tmp_path / "other.md").write_text("# The two, of `them`\n")
    (tmp_path / "page.md").write_text(text)
    assert list(dead(tmp_path / "page.md")) == found
