"""How long a plan takes and how that grows: `python -m tests.benchmarks [--write docs/benchmarks.md] [--limit SECONDS]`.

Prints a page of Markdown. Each measurement has a process of its own, one at a time; let nothing else run beside it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.page import page


def main() -> None:
    """Measure everything and print the page, or write it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page to this file")
    parser.add_argument("--limit", type=float, default=180, help="most seconds that a search may take where cases grow (default: 180)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gwplan-bench-") as scratch:
        text = page(Path(scratch), options.limit)
    sys.stdout.write(text)
    if options.write is not None:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
