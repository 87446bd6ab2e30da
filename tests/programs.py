"""Programs beside Python that some tests need: Chromium draws pages, LibreOffice calculates workbooks."""

from __future__ import annotations

import os
import shutil

import pytest

WHOLE = "GWPLAN_TESTS_WHOLE"
"""Set where no test may be skipped, as in .ci/run: what is missing is a failure then."""
PACKAGES = {"chromium": "chromium", "soffice": "libreoffice-calc-nogui"}
"""Debian's package of each program."""


def path_of(program: str) -> str:
    """Where a program is. Without it, the test that needs it is skipped, or fails where none may be."""
    found = shutil.which(program)
    if found is not None:
        return found
    missing = f"{program} is missing: on Debian, apt install {PACKAGES[program]}"
    if os.environ.get(WHOLE):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
