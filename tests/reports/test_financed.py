"""Finance in the terminal: each side of sources and uses sums to the same, the cash table to the change in cash, in 100 columns."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import pytest

from gwplan.commands.plain_console import Plain
from gwplan.reports.terminal import finance, summary
from gwplan.results import cash_flows
from gwplan.results.run_files import InMemory
from gwplan.results.run_folder import RunFolder
from tests.financed import by_period, solved, summary_of

WIDTH = 100


def shown(folder: Path) -> list[str]:
    """What `show` prints of a run folder, line by line."""
    console = Plain(file=io.StringIO(), width=WIDTH, force_terminal=False, highlight=False)
    summary.show(folder, console)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue().splitlines()


def block(lines: list[str], title: str) -> list[str]:
    """The lines under a title, to the next blank one."""
    (start,) = [n for n, line in enumerate(lines) if line.startswith(title)]
    rest = lines[start + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def numbers(line: str) -> list[float]:
    """The numbers with decimals in a line."""
    return [float(text.replace(",", "")) for text in re.findall(r"-?[\d,]+\.\d+", line)]


def test_sources_and_uses_sum_to_the_same() -> None:
    lines = block(shown(solved()), "Sources and uses of the first build, to 2027, $ million nominal")
    sums = numbers(next(line for line in lines if line.startswith("all")))
    assert len(sums) == 2 and sums[0] == sums[1]
    assert sums[0] == pytest.approx(sum(summary_of(solved())["sources_and_uses"]["sources"].values()), abs=0.006)


def test_the_cash_table_sums_to_the_cash_that_is_kept() -> None:
    lines = block(shown(solved()), "Cash by year, $ million nominal")
    kept = by_period(solved(), "finance.cash")
    before = 0.0
    for line, after in zip(lines[1:], kept, strict=False):
        *moved, end = numbers(line)
        assert sum(moved) == pytest.approx(end - before, abs=0.05)
        assert end == pytest.approx(after, abs=0.006)
        before = end


def test_every_line_of_the_flows_stands_in_one_column() -> None:
    run = RunFolder(solved())
    columns = cash_flows.gathered(run)
    assert "other" not in columns
    together = cash_flows.added(list(columns.values()))
    kept = cash_flows.by_period(run, "finance.cash")
    assert together == pytest.approx([after - before for before, after in zip([0.0, *kept[:-1]], kept, strict=True)], abs=1e-6)
    assert cash_flows.series(run, "finance.flow", "line").keys() <= {line for lines in cash_flows.GATHERED.values() for line in lines}


def test_it_is_said_what_is_nominal_and_what_is_real_within_the_width() -> None:
    lines = shown(solved())
    found, text = summary_of(solved()), "\n".join(lines)
    assert [line for line in lines if len(line) > WIDTH and not line.startswith("Run folder")] == []
    assert f"{found['irr']:.1%} nominal, {found['irr_real']:.1%} real" in text
    assert f"{found['least_coverage']:.2f} in the year to {found['least_coverage_period']}; floor 1.30, no dividend below 1.40" in text
    assert f"${found['break_even_usd_per_h100e_hour']:.3f} per H100e-hour that own use pays" in text
    assert f"${found['levelised_usd_per_h100e_hour']:.3f} per H100e-hour; " in text
    assert "Value of equity at 12.0%" in text
    assert "Planned for the most value of equity." in text


@pytest.mark.parametrize(("key", "value", "text"), [
    ("irr_all", [0.25, 4.0], "several balance the flows: 25.0%, 400.0% nominal"), ("irr", None, "none"),
    ("payback_years", None, "never within the horizon"), ("discounted_payback_years", None, "with the required return never"),
])
def test_what_has_no_single_answer_is_said(key: str, value: object, text: str, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(solved(), copy)
    (copy / "summary.json").write_text(json.dumps({**summary_of(copy), "mirr": None, key: value}), encoding="utf-8")
    run = RunFolder(copy)
    rows = dict(finance.figures(run, []))
    assert text in (rows["Rate of return (IRR), yearly"] or "") or text in (rows["Payback time of equity"] or "")
    assert rows["Covenants and limits that bind"] == "none"


def test_without_finance_nothing_is_said_of_it(run_folder: Path) -> None:
    text = "\n".join(shown(run_folder))
    assert "Sources and uses" not in text and "Cash by year" not in text and "Levelised" not in text


def test_the_break_even_price_says_how_little_compute_it_is_of() -> None:
    """A price 19 times the planned one is of the few hours that no contract sells, and not of all."""
    figures = {"break_even_usd_per_h100e_hour": 14.3, "break_even_multiple": 19.5, "price_usd_per_h100e_hour": 0.733, "status": "optimal", "dollars": 2026}
    for sold, said in (([0.0, 0.0], "H100e-hour that own use pays, "), ([0.0, 390.0], "H100e-hour not under contract (2.5% of the compute), ")):
        summary = figures | {"compute_kh100e": [4.0, 6.0], "sold_kh100e": sold}
        run = RunFolder(Path("run"), InMemory({"summary.json": json.dumps(summary), "manifest.json": "{}"}))
        assert said in str(finance.break_even(run))
