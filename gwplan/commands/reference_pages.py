"""All pages of the documentation that are written from the code.

`python -m gwplan.commands.reference_pages docs` (`make reference`) writes those that are out of date, and names them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from gwplan.commands import command_reference
from gwplan.reports.reference import data_dictionary, figure_reference, model_file, model_reference

PAGES: dict[str, Callable[[], str]] = {
    "model.md": model_reference.page,
    "dictionary.md": data_dictionary.page,
    "reference/commands.md": command_reference.page,
    "reference/model_file.md": model_file.page,
    "reference/figures.md": figure_reference.page,
}
"""What writes a page, by its path in docs."""


def write(folder: Path) -> list[str]:
    """Write the pages of `folder` that differ from what the code says; gives their names."""
    written = []
    for name, page in PAGES.items():
        path, text = folder / name, page()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(name)
    return written


if __name__ == "__main__":
    print("\n".join(write(Path(sys.argv[1]))) or "All pages are current.")
