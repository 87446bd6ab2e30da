"""Each command of the tutorial runs as written, and says what the tutorial says it does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from gwplan.commands.cli import gwplan

DOCS = Path(__file__).parents[2] / "docs"


def commands_of(page: str) -> list[tuple[list[str], int]]:
    """Commands of a page in order, each as words, with the exit code that a comment behind it names (0 without one)."""
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    found = []
    for line in "".join(blocks).splitlines():
        code = re.search(r"# ends with exit code (\d)", line)
        found.append((shlex.split(line, comments=True), int(code[1]) if code else 0))
    return found


def test_the_tutorial_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed = {}
    for words, code in commands_of("tutorial.md"):
        if words[0] == "cd":
            monkeypatch.chdir(Path.cwd() / words[1])
            continue
        result = CliRunner().invoke(gwplan, words[1:])
        assert result.exit_code == code, f"{words}\n{result.output}"
        printed[" ".join(words)] = " ".join(result.output.split())
    # By hand in the tutorial: 100 + 168 + 10 + 12 = 290 million dollars, and 20 more for a hall that is a fifth dearer.
    assert "$290M" in printed["gwplan solve models/tiny.toml"]
    assert "$310M" in printed["gwplan solve models/tiny.toml --set halls.hall.price=*1.2"]


def test_commands_of_other_pages_have_options_that_exist() -> None:
    for page in ("install.md", "overlays.md", "howto.md"):
        for words, _ in commands_of(page):
            if words[:1] == ["gwplan"] and words[1] in gwplan.commands:
                known = {each for parameter in gwplan.commands[words[1]].params for each in parameter.opts}
                assert {word for word in words if word.startswith("--")} <= known, words
