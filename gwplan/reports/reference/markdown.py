"""Markdown for generated pages: rows of tables, and plain text of which nothing is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(
    r"`[^`]+`"  # already code
    r"|(?:[^\s'(]*=)?(?<!\w)'[^']+'(?!\w)"  # in single quotes, with what it is assigned to
    r"|(?<![\w-])--?[a-z][\w-]*"  # an option
    r"|(?<!\w)[\w.]+\[[^\s,;]+"  # a pattern such as table.item[@site].quantity
    r"|(?<!\w)[\w.]+=[\w.]*\w"  # an assignment
)
_MARKUP = re.compile(r"([\\`*_<\[\]])")


def row(*cells: str) -> str:
    """One line of a table; a bar inside a cell would end it."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table: its header, the rule below it, its rows."""
    return [row(*header), "|" + "---|" * len(header), *(row(*each) for each in rows)]


def prose(text: str) -> str:
    """Plain text as Markdown that reads the same: options and quoted values as code, signs of markup as themselves."""
    found, end = [], 0
    for each in _CODE.finditer(text):
        found += [_MARKUP.sub(r"\\\1", text[end:each.start()]), _code(each[0])]
        end = each.end()
    return "".join([*found, _MARKUP.sub(r"\\\1", text[end:])])


def _code(text: str) -> str:
    return text if text.startswith("`") else f"`{text.strip(chr(39)) if text.startswith(chr(39)) else text}`"
