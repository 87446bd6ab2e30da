"""The console of tables and sentences: nothing that a user wrote is markup or a control on it."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from gwplan.common.printable import printable


class Plain(Console):
    """A console on which text is text: no markup, no emoji by name, no controls."""

    def render_str(self, text: str, **options: Any) -> Text:
        """As rich does, of text made printable, and taking nothing in it for markup."""
        return super().render_str(printable(text), **{**options, "markup": False, "emoji": False})
