"""Make stdout and stderr accept any text: unsupported characters are replaced, closed streams go to the null device."""

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
"""ASCII replacements for the program's own symbols, for consoles that cannot encode them."""
HANDLER = "gwplan"


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """An ASCII replacement, or an escape, for each character that a console cannot encode; for `codecs.register_error`."""
    assert isinstance(error, UnicodeEncodeError)
    signs = error.object[error.start : error.end]
    return "".join(PLAINER.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs), error.end


codecs.register_error(HANDLER, _plainer)


def prepare_streams() -> None:
    """Make stdout and stderr accept any text; a stream that was closed by the parent process goes to the null device.

    Otherwise the next opened file would get the closed descriptor, and the solver's output would be written into it.
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
    """Plain data as JSON that any console can print; control and text-direction characters are escaped."""
    utf8 = codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name == "utf-8"
    text = json.dumps(value, indent=indent, ensure_ascii=not utf8, allow_nan=False)
    return "".join(_escaped(sign) if printable(sign) != sign else sign for sign in text) if utf8 and printable(text) != text else text


def _escaped(sign: str) -> str:
    """A character as a JSON escape."""
    return json.dumps(sign)[1:-1]
