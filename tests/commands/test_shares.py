"""Shares given to options: a number or per cent, within the range that the option names. Paths: a name that is not blank."""

from __future__ import annotations

import click
import pytest

from gwplan.commands.options import FILE, FOLDER, Share


@pytest.mark.parametrize(("text", "share"), [("0.005", 0.005), ("0.5%", 0.005), (" 2 % ", 0.02), ("100%", 1.0), ("0", 0.0)])
def test_a_share_is_a_number_or_per_cent(text: str, share: float) -> None:
    assert Share(0, 1).convert(text, None, None) == pytest.approx(share)


@pytest.mark.parametrize("text", ["101%", "1.01", "-1%", "one%", "%", "1%%", "half", "nan", "nan%"])
def test_anything_else_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Share(0, 1).convert(text, None, None)


@pytest.mark.parametrize("kind", [FILE, FOLDER])
@pytest.mark.parametrize("name", ["", "  "])
def test_a_blank_name_is_no_path(kind: click.Path, name: str) -> None:
    """As `--page "$PAGE"` gives where PAGE is not set: it was taken for the folder at hand."""
    with pytest.raises(click.BadParameter, match="blank"):
        kind.convert(name, None, None)
    assert str(kind.convert("a b", None, None)) == "a b"
