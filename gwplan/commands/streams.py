"""Stdout and stderr made fit for whatever is printed: any console can print it, and a closed one leads nowhere."""

from __future__ import annotations

import codecs
import json
import os
import sys
from typing import Any, TextIO

from gwplan.common.printable import printable

PLAINER = {"→": "->", "←": "<-", "×": "x", "–": "-", "—": "-", "−": "-", "≤": "<=", "≥": ">=", "…": "...", "·": ".", "•": "*", "“": '"',
           "”": '"', "‘": "'", "’": "'", "█": "#", "▇": "#", "▉": "#", "▊": "#", "▋": "#", "▌": "#", "▍": "#", "▎": "#", "▏": "#", "━": "-",
           "─": "-", "│": "|", "╸": "-", "╺": "-"}  # fmt: skip
"""What stands for signs of our own on a console that has only the letters of English."""
HANDLER = "gwplan"


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """A plain sign for each that a console cannot print, or its escape; for `codecs.register_error`."""
    assert isinstance(error, UnicodeEncodeError)
    signs = error.object[error.start : error.end]
    return "".join(PLAINER.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs), error.end


codecs.register_error(HANDLER, _plainer)


def prepare_streams() -> None:
    """Make stdout and stderr print anything; where one was closed by whoever started us, it leads nowhere.

    A closed descriptor would else be given to the next file that is opened, and the solver's words would be written into it.
    """
    while True:
        descriptor = os.open(os.devnull, os.O_RDWR)
        if descriptor > 2:
            os.close(descriptor)
            break
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - open as long as the process runs
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=HANDLER)


def json_text(value: Any, indent: int | None = None) -> str:
    """Plain data as JSON that any console can print; controls and marks that turn text are written as escapes."""
    utf8 = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name == "utf-8"
    text = json.dumps(value, indent=indent, ensure_ascii=not utf8, allow_nan=False)
    return "".join(_escaped(sign) if printable(sign) != sign else sign for sign in text) if utf8 and printable(text) != text else text


def _escaped(sign: str) -> str:
    """A sign as JSON escapes it."""
    return json.dumps(sign)[1:-1]
