"""Shares given to options: a number or per cent, within the range that the option names."""

from __future__ import annotations

import click
import pytest

from gwplan.commands.options import Share


@pytest.mark.parametrize(("text", "share"), [("0.005", 0.005), ("0.5%", 0.005), (" 2 % ", 0.02), ("100%", 1.0), ("0", 0.0)])
def test_a_share_is_a_number_or_per_cent(text: str, share: float) -> None:
    assert Share(0, 1).convert(text, None, None) == pytest.approx(share)


@pytest.mark.parametrize("text", ["101%", "1.01", "-1%", "one%", "%", "1%%", "half", "nan", "nan%"])
def test_anything_else_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Share(0, 1).convert(text, None, None)
