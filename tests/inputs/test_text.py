"""Text of users is text: never markup, a control of the terminal, a link, bold in a chart or a formula; and any console prints it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gwplan.analysis.scenarios.scenario import ask
from gwplan.analysis.sweep import of_folder
from gwplan.commands import console
from gwplan.commands.plain_console import Plain
from gwplan.common.errors import Fault, InputFaults
from gwplan.common.printable import cell_text, file_name, is_link, one_line, printable, read_cell, unprintable
from gwplan.planning import build
from gwplan.planning.build import check
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports import pages
from gwplan.reports.terminal import sources, summary
from gwplan.reports.terminal.tables import blank, section
from gwplan.reports.webpage.charts import Chart
from gwplan.reports.webpage.escaping import BREAK, EXTRA, environment, escaped, figures_json
from gwplan.results.sources import of_case
from gwplan.results.store import write_table
from tests.commands import program
from tests.inputs.folders import HEADER, appended, case_of, faults_of, found_at, replaced, tiny_copy
from tests.support import TINY, copied

MARKUP = "[bold]b[/bold] [link=https://x.example]l[/link] :smile: <b>bold</b> <a href='https://x.example'>a</a> naïve → 電"
CONTROLS = ("\x1b[31m", "\x9b31m", "\x07", "\r", "\u202e", "\u2066", "\x08")


def cells_of(path: Path) -> list[list[str]]:
    """The cells of a CSV as they are written."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def hostile(folder: Path) -> Path:
    """The tiny model with markup in its title, in notes, in titles of sources and in open labels."""
    model = copied(TINY, folder)
    text = model.read_text()
    model.write_text(re.sub(r"(?m)^title = .*$", lambda _: f"title = {json.dumps(MARKUP, ensure_ascii=False)}", text))
    path = folder / "inputs" / "sources.csv"
    rows = cells_of(path)
    for row in rows[1:]:
        row[1], row[2], row[4] = f"=cmd() {MARKUP}", f"@{MARKUP}", "javascript:alert(1)"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    halls = folder / "inputs" / "halls.csv"
    halls.write_text(halls.read_text().replace("round number", f"=1+1 {MARKUP}"))
    return model


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the hostile case."""
    folder = tmp_path_factory.mktemp("hostile")
    outcome = solve(Request(hostile(folder), runs=folder / "runs", pages=pages.write))
    assert outcome.run is not None, outcome.message
    return outcome.run


def test_the_terminal_shows_what_was_written(solved: Path) -> None:
    stream = io.StringIO()
    summary.show(solved, Plain(file=stream, width=400, force_terminal=True, highlight=False))
    assert MARKUP in stream.getvalue()
    assert "\x1b]8" not in stream.getvalue(), "a link of the terminal"


def test_a_page_has_no_link_and_no_tag_of_a_user(solved: Path) -> None:
    page = (solved / "report.html").read_text(encoding="utf-8")
    shell = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "&lt;b&gt;bold&lt;/b&gt;" in shell
    assert "<b>bold" not in shell
    assert not [link for link in re.findall(r'href="([^"]*)"', shell) if not link.startswith("#")]
    figures = page.split("const FIGURES = ")[1].split(";</script>")[0]
    tags = re.findall(r"<[^>]*>", figures.replace("\\u003c", "<"))
    assert set(tags) <= {"<br>", "<extra>", "</extra>"}


def test_tables_of_a_run_have_no_formula_and_are_read_again_as_they_were(solved: Path, tmp_path: Path) -> None:
    for path in [*(solved / "inputs").glob("*.csv"), *(solved / "tables").glob("*.csv"), solved / "plan.csv"]:
        for row in cells_of(path):
            for cell in row:
                assert cell == cell_text(read_cell(cell)), (path, cell)
    again = check(Request(_pointed(solved, tmp_path)))
    assert again.title == MARKUP
    assert [fault for fault in again.warnings if "note" in fault.message] == []
    case = case_of(solved / "inputs")
    assert {row.note for row in (value.row for value in case.checked.values) if row.table == "halls"} == {f"=1+1 {MARKUP}"}
    assert case.sources["round_numbers"].title == f"=cmd() {MARKUP}"


def _pointed(run: Path, folder: Path) -> Path:
    model = copied(TINY, folder)
    text = re.sub(r"(?m)^inputs = .*$", lambda _: f"inputs = {json.dumps(str(run / 'inputs'))}", model.read_text())
    model.write_text(re.sub(r"(?m)^title = .*$", lambda _: f"title = {json.dumps(MARKUP, ensure_ascii=False)}", text))
    return model


def test_a_workbook_has_no_formula_and_no_link_of_a_user(solved: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(solved / "plan.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=cmd() ") for cell in cells)
    for cell in cells:
        assert cell.hyperlink is None
        if isinstance(cell.value, str) and ("cmd()" in cell.value or "1+1" in cell.value):
            assert cell.data_type == "s"


ASCII = {"PYTHONIOENCODING": "ascii", "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ONE_BY_ONE = """
import json, os, sys
import pandas, pyomo.environ  # once for all, which takes most of the time
for number, words in enumerate(json.loads(sys.argv[1])):
    if not os.fork():
        for stream, name in enumerate(("out", "err"), 1):
            os.dup2(os.open(f"{number}.{name}", os.O_WRONLY | os.O_CREAT), stream)
        sys.argv = ["gwplan", *words]
        from gwplan.commands.begin import main
        main()
    assert os.wait()[1] == 0, words
"""


def test_an_ascii_console(solved: Path, tmp_path: Path) -> None:
    """Each command in a process whose streams take nothing but ASCII."""
    model = str(next(solved.parents[1].glob("*.toml")))
    asked = [["show", str(solved), "--all"], ["sources", model], ["check", model], ["check", model, "--json"], ["show", str(solved), "--json"]]
    command = [sys.executable, "-c", ONE_BY_ONE, json.dumps(asked)]
    subprocess.run(command, cwd=tmp_path, env=program.environment(**ASCII), check=True)
    for number, words in enumerate(asked):
        out, err = ((tmp_path / f"{number}.{name}").read_text(encoding="utf-8") for name in ("out", "err"))
        assert out.isascii() and err.isascii(), words
        assert "Error" not in err, words
        if "--json" in words:
            assert json.loads(out)["title"] == MARKUP
        elif words[0] != "sources":
            assert "<b>bold</b>" in out
        else:
            assert "[bold]b[/bold]" in " ".join(out.split()) or "[bold]b" in out


@pytest.mark.parametrize("sign", CONTROLS)
def test_controls_are_a_fault_at_their_row(tmp_path: Path, sign: str) -> None:
    folder = tiny_copy(tmp_path)
    row = replaced(folder / "halls.csv", "hall,,,life", f'hall,,,life,,20,,year,round_numbers,"a{sign}b"')
    with (folder / "sources.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(["other", f"a{sign}b", "", "", "", "estimate"])
    faults = faults_of(folder, sets=[f"halls.hall.price=1{sign}"])
    assert found_at(faults, "halls.csv", row, "has the control character")
    assert any(fault.file == "sources.csv" and "has the control character" in fault.message for fault in faults)
    assert len(faults) == 3
    assert all(unprintable(str(fault)) == "" for fault in faults)


def test_a_label_is_no_formula(tmp_path: Path) -> None:
    folder = tiny_copy(tmp_path)
    row = appended(folder / "sites.csv", "north,,,metro,,=cmd(),,label,round_numbers,")
    assert found_at(faults_of(folder), "sites.csv", row)


@pytest.mark.parametrize("text", ["=cmd()", "+1+1", "-x", "@SUM(A1)", "'=x", "''=x", "＝x", "'plain", "plain", "-5", "+1e3", "-.5", "", "'"])
def test_a_cell_is_read_as_it_was(text: str) -> None:
    assert read_cell(cell_text(text)) == text
    assert cell_text(text)[:1] not in ("=", "@", "＝")
    assert not cell_text(text).startswith(("+", "-")) or float(cell_text(text))


def test_the_table_of_a_study_has_no_formula(tmp_path: Path) -> None:
    write_table(tmp_path, "table", {"overlay": ["=cmd()", "-1", "plain"], "value": [1.0, -2.0, 3.0]})
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert lines[1:] == ["'=cmd(),1.0", "-1,-2.0", "plain,3.0"]


def test_links_are_addresses_of_the_web() -> None:
    assert is_link("https://x.example/a?b=c#d")
    for text in ("javascript:alert(1)", "https://x.example/ onclick=1", 'https://x"y', "ftp://x", "https://", " https://x", "http://x\nhttps://y", "data:,x"):
        assert not is_link(text)


def test_texts_of_charts() -> None:
    figure = {"name": "<b>x</b> & <a href='y'>", "hovertemplate": f"<i>u</i>{BREAK}%{{y}}{EXTRA}", "x": ["a<br>b"], "y": [1.5, None], "text": EXTRA}
    found = escaped(figure)
    assert found["name"] == "&lt;b&gt;x&lt;/b&gt; &amp; &lt;a href='y'&gt;"
    assert found["hovertemplate"] == f"&lt;i&gt;u&lt;/i&gt;<br>%{{y}}{EXTRA}"
    assert found["x"] == ["a&lt;br&gt;b"]
    assert (found["y"], found["text"]) == ([1.5, None], "&lt;extra&gt;&lt;/extra&gt;")
    assert "</script>" not in figures_json([Chart("", [{"name": "</script>"}], {}, [], [])])
    assert environment().from_string("{{ a }}").render(a="<b>\u202e\x1b") == "&lt;b&gt;\\u202e\\x1b"


def test_tables_and_lines_of_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    out = Plain(file=stream, width=200, force_terminal=False)
    table = blank("A[red]", "B")
    table.add_row("[bold]x[/bold]", "\x1b[31mred\u202e")
    section(out, "[dim]title\x1b", table)
    out.print("[red]y[/red] \x9b")
    text = stream.getvalue()
    for written in ("A[red]", "[bold]x[/bold]", "\\x1b[31mred\\u202e", "[dim]title\\x1b", "[red]y[/red] \\x9b"):
        assert written in text
    console.say("a\x1b\r\u202e\nb")
    console.print_faults([Fault("x\n\x1b.csv", 3, "m\x9b")], [Fault("y", 0, "w\r")])
    captured = capsys.readouterr()
    assert captured.out == "a\\x1b\\x0d\\u202e\nb\n"
    assert captured.err.splitlines() == ["warning: y: w\\x0d", "x\\n\\x1b.csv:3 m\\x9b", "1 fault in the input; nothing was solved."]
    console.print_json({"a": "\x1b\u202e\ud800 é"})
    assert json.loads(capsys.readouterr().out) == {"a": "\x1b\u202e\ud800 é"}


def test_faults_on_a_terminal_are_lines_that_end_between_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault("power.csv", 3, " ".join(["unit MW is needed here"] * 8))
    monkeypatch.setenv("COLUMNS", "80")
    for terminal in (False, True):
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal)
        console.print_faults([fault], [])
        *lines, last = capsys.readouterr().err.splitlines()
        assert " ".join(line.strip() for line in lines) == str(fault) and last == "1 fault in the input; nothing was solved."
        assert len(lines) == (3 if terminal else 1) and (max(map(len, lines)) <= 80) is terminal
        assert all(line.startswith("    ") for line in lines[1:])


def test_names_of_files() -> None:
    assert file_name("a/b\nc\x1b*?" + "x" * 300) == "a_b_c___" + "x" * 72
    assert one_line("x" * 5000).endswith("... (5,000 characters)")
    assert printable("a\tb\nc") == "a\tb\nc"


@pytest.mark.parametrize("stem", ["new\nline", "esc\x1b[31m", "=cmd()", "x" * 245, os.fsdecode(b"byte\xff"), "\u202eturned", "a b", "-dash", "[bold]"])
def test_odd_names_of_files(tmp_path: Path, stem: str) -> None:
    """A model and an overlay of any name are read, travel to workers, and their faults are printable."""
    model = copied(TINY, tmp_path).rename(tmp_path / f"{stem}.toml")
    folder = tmp_path / "what_ifs"
    folder.mkdir()
    (folder / f"{stem}.csv").write_text(f"table,{HEADER}\nhalls,hall,,,price,,9,,MUSD_2026/MW,round_numbers,\n")
    report = check(Request(model, overlays=(folder / f"{stem}.csv",)))
    assert report.title
    question = ask(model, overlays=(folder / f"{stem}.csv",))
    assert question.digest
    for name in question.files:
        assert re.fullmatch(r"[\w.+ /-]+", name)
        assert len(Path(name).name) < 100
    (_, scenario) = of_folder(folder)
    assert unprintable(dict(scenario.values)["overlay"]) == ""  # type: ignore[arg-type]
    assert len(scenario.file) <= 80
    with pytest.raises(InputFaults) as error:
        check(Request(model, sets=("halls.hal.price=*2", f"halls.hall.price={stem}")))
    assert all(unprintable(str(fault)) == "" and "\n" not in str(fault) for fault in error.value.faults)


def test_sources_of_a_hostile_case(tmp_path: Path) -> None:
    stream = io.StringIO()
    sources.show(of_case(build.read(Request(hostile(tmp_path)))), Plain(file=stream, width=500, highlight=False))
    assert f"=cmd() {MARKUP}" in stream.getvalue()
