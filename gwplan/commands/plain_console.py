"""The console for tables and sentences: user text is printed literally, without markup or control characters."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from gwplan.common.printable import printable


class Plain(Console):
    """A console that prints text literally: no markup, no emoji names, no control characters."""

    def render_str(self, text: str, **options: Any) -> Text:
        """As rich does, with the text made printable and without interpreting markup."""
        return super().render_str(printable(text), **{**options, "markup": False, "emoji": False})
