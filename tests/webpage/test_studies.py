"""Pages of studies and comparisons: opened in headless Chromium, and held against the tables that were written beside them."""

from __future__ import annotations

import csv
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gwplan.analysis import sweep as sweeping
from gwplan.analysis.compare.comparison import Comparison, compare
from gwplan.analysis.scenarios import study
from gwplan.commands.cli import gwplan
from gwplan.planning.request import Request
from gwplan.planning.run import solve
from gwplan.reports.webpage.comparison import dated, page, waterfall_chart, write_comparison
from gwplan.reports.webpage.studies import sweep, sweep_charts, write
from gwplan.reports.webpage.studies.material import Material
from gwplan.results.figures import SWEPT
from tests.conftest import once
from tests.pages import charts_of, opened, overflow
from tests.support import TINY, copied, edited, read_rows

WIDTHS = (1280, 390)
AMOUNT, BY = "model.target.1.amount [MW]", "model.target.1.by"
SWEEP = ("--over", "model.target.1.amount=6,12,60 MW", "--over", "model.target.1.by=2027-Q1,2028-Q1", "--gap", "0.1")
RANGES = {("accelerators", "old_rack", "", "price"): ("1.5", "2.5"), ("halls", "hall", "", "price"): ("8", "15"),
          ("power", "grid", "", "most"): ("2", "30")}  # fmt: skip
SAMPLES = 12
KINDS = ("sweep", "overlays", "frontier", "sample", "stress")
OVERLAY = "table,item,site,when,quantity,low,base,high,unit,source,note\nhalls,hall,,,price,,12,,MUSD_2026/MW,round_numbers,\n"


def ranged(folder: Path) -> Path:
    """A copy of tiny with three ranges."""
    model = copied(TINY, folder)

    def edit(table: str, row: dict[str, str]) -> dict[str, str]:
        low, high = RANGES.get((table, row["item"], row["when"], row["quantity"]), (row["low"], row["high"]))
        return row | {"low": low, "high": high}

    edited(model, edit)
    return model


def asked(*words: object) -> Path:
    """Run a command; the folder of its study, whose page it must have named."""
    result = CliRunner().invoke(gwplan, list(map(str, words)))
    assert result.exit_code == 0, result.output
    found = re.search(r"(?m)^Folder: (.*)\nPage: (.*)$", result.stdout)
    assert found is not None, result.stdout
    assert Path(found[2]) == Path(found[1]) / "report.html"
    return Path(found[1])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A study of each kind, written by the command line, once for all processes of the test run."""
    told = once(tmp_path_factory, "studies", studied)
    return {kind: Path(path) for kind, path in json.loads(told.read_text(encoding="utf-8")).items()}


def studied(folder: Path) -> Path:
    """The studies, and a file that says where each is."""
    model, runs = ranged(folder / "case"), folder / "runs"
    (folder / "what_ifs").mkdir()
    (folder / "what_ifs" / "dear_halls.csv").write_text(OVERLAY)
    one = ("--workers", 1, "--runs", runs)
    found = {
        "sweep": asked("sweep", TINY, *SWEEP, *one),
        "overlays": asked("sweep", TINY, "--overlays", folder / "what_ifs", *one),
        "frontier": asked("frontier", TINY, "--of", "capital,compute", "--points", 5, "--gap", 0.08, "--runs", runs),
        "sample": asked("sample", model, "-n", SAMPLES, *one),
        "stress": asked("stress", model, *one),
    }
    told = folder / "folders.json"
    told.write_text(json.dumps({kind: str(path) for kind, path in found.items()}), encoding="utf-8")
    return told


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Two runs of tiny: halls dearer, and the target a year earlier."""
    runs = tmp_path_factory.mktemp("runs")
    sets = ("halls.hall.price=14 MUSD_2026/MW", "model.target.1.by=2027-Q1")
    base, other = (solve(Request(TINY, (), each, runs=runs, pages=None)).run for each in ((), sets))
    assert base is not None and other is not None
    return compare(base, other)


def table_of(folder: Path, name: str = "table") -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", KINDS)
def test_opens_without_errors_requests_or_overflow(folders: dict[str, Path], browser: Any, kind: str) -> None:
    wide, narrow = WIDTHS
    tab, wrong = opened(browser, folders[kind] / "report.html", narrow)
    assert max(overflow(tab, width) for width in (narrow, wide)) <= 0
    assert wrong == []
    numbers = tab.eval_on_selector_all("[data-chart]", "all => all.map(one => [Number(one.dataset.chart), one.data.length])")
    traces = tab.evaluate("FIGURES.map(figure => figure.traces.length)")
    assert numbers and numbers == [list(pair) for pair in enumerate(traces)]
    tab.close()


def test_lines_of_a_sweep_are_its_table(folders: dict[str, Path]) -> None:
    rows = table_of(folders["sweep"])
    traces = charts_of(folders["sweep"] / "report.html")["Objective, $ million"]
    lines = {trace["name"]: trace for trace in traces if trace["mode"] == "lines+markers"}
    assert list(lines) == ["by 2027-Q1", "by 2028-Q1"]
    for name, trace in lines.items():
        mine = [row for row in rows if f"by {row[BY]}" == name]
        assert trace["x"] == [float(row[AMOUNT]) for row in mine]
        assert trace["y"] == [float(row["objective"]) if row["objective"] else None for row in mine]
        # Least cost: the best plan can only be cheaper than the one found.
        assert trace["error_y"]["arrayminus"] == [float(row["unproven"] or 0) for row in mine]
        assert not any(trace["error_y"]["array"])


def test_variants_without_a_plan_are_marked(folders: dict[str, Path]) -> None:
    infeasible = [float(row[AMOUNT]) for row in table_of(folders["sweep"]) if row["status"] == "infeasible"]
    assert infeasible == [60.0, 60.0], "no tiny grid carries 60 MW"
    for traces in charts_of(folders["sweep"] / "report.html").values():
        crosses = [trace for trace in traces if trace.get("marker", {}).get("symbol") == "x"]
        assert sum(len(trace["x"]) for trace in crosses) == len(infeasible)
    sentence = f'<p class="sentence">6 variants of {AMOUNT}, {BY}: 4 solved, 2 infeasible, none failed.</p>'
    assert sentence in (folders["sweep"] / "report.html").read_text(encoding="utf-8")


def test_bars_of_what_is_built_are_the_table(folders: dict[str, Path]) -> None:
    rows = table_of(folders["frontier"])
    charts = charts_of(folders["frontier"] / "report.html")
    bars = {trace["name"]: trace["y"] for trace in charts["Systems bought, systems"] if trace["type"] == "bar"}
    assert bars == {label: [float(row[f"systems.{label[:3].lower()}_rack"]) for row in rows] for label in ("New rack", "Old rack")}


def test_a_changed_number_is_no_amount_that_is_built() -> None:
    name = "halls.hall.price [MUSD_2026/MW]"
    material = swept({name: [8.0, 9.0], **figures([70.0, 71.0]), "halls.hall": [1.0, 1.0]}, [name])
    assert [[trace["name"] for trace in chart.traces] for chart in sweep.built(material)] == [["hall"]]


def test_search_filters_the_variants(folders: dict[str, Path], browser: Any) -> None:
    tab, _ = opened(browser, folders["sweep"] / "report.html")
    shown = "document.querySelectorAll('#variants tbody tr:not([hidden])').length"
    assert tab.evaluate(shown) == 6
    tab.fill("#variants [data-search]", "2027-Q1 optimal")
    assert tab.evaluate(shown) == sum(row[BY] == "2027-Q1" and row["status"] == "optimal" for row in table_of(folders["sweep"])) == 2
    assert tab.text_content("#variants [data-count]") == "2 of 6 rows"
    tab.close()


def test_overlays_say_their_difference_from_the_base(folders: dict[str, Path]) -> None:
    base, dear = (float(row["objective"]) for row in table_of(folders["overlays"]))
    (trace,) = charts_of(folders["overlays"] / "report.html")["Objective, $ million"]
    assert trace["x"] == [base, dear]
    assert trace["text"][1] == f"{dear:,.4g} ({dear - base:+,.4g}, {(dear - base) / base:+.1%})"


def test_points_of_a_frontier_and_what_is_proven_of_them(folders: dict[str, Path]) -> None:
    rows = table_of(folders["frontier"])
    (trace,) = charts_of(folders["frontier"] / "report.html")["Compute against capital"]
    capital, compute = "capital [MUSD]", "compute [kH100e years]"
    assert trace["x"] == [float(row[capital]) for row in rows]
    assert trace["y"] == [float(row[compute]) for row in rows]
    # Capital was made least at the first end alone, compute made most at all others; no better plan lies beyond what is proven.
    missing = [float(row["proven"]) - float(row[compute]) for row in rows[1:]]
    assert trace["error_x"]["arrayminus"] == pytest.approx([float(rows[0][capital]) - float(rows[0]["proven"]), *[0.0] * len(missing)])
    assert trace["error_y"]["array"] == pytest.approx([0.0, *missing])
    for row, short in zip(rows[1:], missing, strict=True):
        # The tie-break that follows each search may give up a millionth of it.
        assert short == pytest.approx(float(row["gap"]) * float(row[compute]), abs=1e-6 * float(row[compute]))


def test_histograms_count_every_plan(folders: dict[str, Path]) -> None:
    charts = charts_of(folders["sample"] / "report.html")
    (trace,) = charts["Objective, $ million"]
    rows = [row for row in table_of(folders["sample"]) if row["objective"]]
    values = [float(row["objective"]) for row in rows]
    assert sum(trace["y"]) == len(values) == SAMPLES
    edges = [(x - width / 2, x + width / 2) for x, width in zip(trace["x"], trace["width"], strict=True)]
    assert edges[0][0] == pytest.approx(min(values)) and edges[-1][1] == pytest.approx(max(values))
    assert all(upper == pytest.approx(lower) for (_, upper), (lower, _) in pairwise(edges))


def test_drivers_and_choices_are_their_tables(folders: dict[str, Path]) -> None:
    charts = charts_of(folders["sample"] / "report.html")
    (title,) = [title for title in charts if title.startswith("Rank correlation with objective")]
    (trace,) = charts[title]
    rows = table_of(folders["sample"], "drivers")
    assert dict(zip(trace["y"], trace["x"], strict=True)) == {row["key"]: float(row["rho_objective"]) for row in rows if row["rho_objective"]}
    bars = charts["How often each is chosen, % of samples with a plan"]
    shares = {name: percent for trace in bars for name, percent in zip(trace["y"], trace["x"], strict=True)}
    chosen = [row for row in table_of(folders["sample"], "choices") if float(row["share"])]
    labels = {row["item"]: row["label"] for row in read_rows(TINY.parents[1] / "inputs" / "tiny" / "labels.csv")}
    assert shares == pytest.approx({f"{labels[row['item']]} ({row['kind']})": 100 * float(row["share"]) for row in chosen})


def test_thirds_of_a_sample_are_means_of_its_table(folders: dict[str, Path]) -> None:
    charts = charts_of(folders["sample"] / "report.html")
    (title,) = [title for title in charts if title.startswith("Objective, mean of the samples")]
    low = next(trace for trace in charts[title] if trace["name"] == "drawn low")
    place = low["y"].index("halls.hall.price")
    pairs = sorted((float(draw["halls.hall.price [MUSD_2026/MW]"]), float(row["objective"]))
                   for draw, row in zip(table_of(folders["sample"], "draws"), table_of(folders["sample"]), strict=True))  # fmt: skip
    third = [objective for _, objective in pairs[: SAMPLES // 3]]
    assert low["base"] + low["x"][place] == pytest.approx(sum(third) / len(third))


def test_tornado_is_its_table(folders: dict[str, Path]) -> None:
    charts = charts_of(folders["stress"] / "report.html")
    (title,) = [title for title in charts if title.startswith("Objective with one number")]
    rows = {row["key"]: row for row in table_of(folders["stress"], "tornado")}
    for trace in charts[title]:
        end = "low" if "low" in trace["name"] else "high"
        kept = "base plan" in trace["name"]
        for key, x in zip(trace["y"], trace["x"], strict=True):
            cell = rows[key][f"objective_base_plan_{end}" if kept else f"objective_{end}"]
            assert x + (0 if kept else trace["base"]) == pytest.approx(float(cell)) if cell else x == 0
    drawn = {key for trace in charts[title] for key in trace["y"]}
    assert {key for key, row in rows.items() if float(row["swing"]) > 0} <= drawn


def test_where_the_base_plan_fails_is_said(folders: dict[str, Path], browser: Any) -> None:
    rows = table_of(folders["stress"], "tornado")
    failing = {(row["key"], end) for row in rows for end in ("low", "high")
               if row[f"base_plan_{end}"] == "cannot be carried out" and row[f"status_{end}"] == "optimal"}  # fmt: skip
    assert failing, "a grid that offers 2 MW cannot carry the base plan"
    tab, _ = opened(browser, folders["stress"] / "report.html")
    found = tab.eval_on_selector_all("#fails tbody tr", "all => all.map(one => [one.cells[0].textContent, one.cells[1].textContent])")
    assert {tuple(each) for each in found} == failing
    tab.close()


def test_a_comparison_opens(comparison: Comparison, browser: Any, tmp_path: Path) -> None:
    wide, narrow = WIDTHS
    tab, wrong = opened(browser, write_comparison([comparison, comparison], tmp_path / "two.html"), narrow)
    assert max(overflow(tab, width) for width in (narrow, wide)) <= 0
    assert wrong == []
    assert {"why_1", "why_2", "overview"} <= set(tab.eval_on_selector_all("section", "all => all.map(one => one.id)"))
    tab.close()


def test_a_waterfall_sums_to_the_difference(comparison: Comparison) -> None:
    fall = comparison.waterfall
    assert fall is not None
    steps, ends = waterfall_chart(fall).traces
    levels = [base + amount for base, amount in zip(steps["base"], steps["x"], strict=True)]
    assert steps["base"][0] == ends["x"][0] and levels[-1] == pytest.approx(ends["x"][1])
    assert steps["base"][1:] == pytest.approx(levels[:-1])
    assert sum(steps["x"]) == pytest.approx(ends["x"][1] - ends["x"][0])
    objectives = [json.loads((Path(path) / "summary.json").read_text())["objective"] for path in (comparison.base, comparison.other)]
    assert ends["x"] == pytest.approx(objectives)


def test_moved_builds_move_by_the_months_of_the_comparison(comparison: Comparison) -> None:
    found = dated(comparison)
    assert any(each.move.months for each in found), "a target a year earlier moves something"
    for each in found:
        if each.before is not None and each.after is not None:
            assert each.after - each.before == pytest.approx(each.move.months or 0.0)
        else:
            assert each.move.months is None


def test_the_command_compare_writes_its_page_only_when_asked(comparison: Comparison, tmp_path: Path) -> None:
    target = tmp_path / "changed.html"
    words = ["compare", comparison.base, comparison.other]
    assert "Page:" not in CliRunner().invoke(gwplan, words).stdout
    result = CliRunner().invoke(gwplan, [*words, "--page", str(target)])
    assert result.exit_code == 0 and result.stdout.endswith(f"Page: {target}\n")
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    missing = CliRunner().invoke(gwplan, [*words, "--page", str(tmp_path / "none" / "x.html")])
    assert missing.exit_code == 1 and "Traceback" not in missing.output


def test_nothing_differs_is_said(comparison: Comparison) -> None:
    same = page([compare(Path(comparison.base), Path(comparison.base))])
    assert same.sentence.startswith("Nothing differs")
    assert not any(section.charts for section in same.sections)


def swept(columns: dict[str, list[Any]], names: list[str]) -> Material:
    """A sweep made by hand: the values of what was changed, then the figures."""
    count, status = len(columns[names[0]]), ["infeasible" if value is None else "optimal" for value in columns["objective"]]
    table = {"scenario": list(range(1, count + 1)), **{name: columns.pop(name) for name in names}, "status": status,
             "exit_code": [0] * count, "message": [""] * count, **columns, "seconds": [0.0] * count}  # fmt: skip
    facts = {"kind": "sweep", "versions": {"gwplan": "0"}, "question": "0123456789", "model": "models/hand.toml", "overlays": [], "sets": [],
             "title": "By hand", "goal": "least_cost", "precision": "fp8", "dollars": "2026"}  # fmt: skip
    return Material(facts, {"table": table})


def figures(objectives: list[float | None], unproven: float = 0.0) -> dict[str, list[Any]]:
    """The columns of the headline figures, all but the objective the same."""
    none = [None if value is None else 1.0 for value in objectives]
    return {"objective": list(objectives), **dict.fromkeys(SWEPT[1:-1], none), "capital_musd": none,
            "first_it_period": [None if value is None else "2028" for value in objectives],
            "sites": [None if value is None else "north" for value in objectives],
            "unproven": [None if value is None else unproven for value in objectives]}  # fmt: skip


def test_many_values_of_two_changes_are_a_map() -> None:
    rows = [(a, b) for a in (1.0, 2.0) for b in range(9)]
    objectives = [None if pair == (2.0, 8) else 100 * pair[0] + pair[1] for pair in rows]
    material = swept({"a [MW]": [a for a, _ in rows], "b": [b for _, b in rows], **figures(objectives)}, ["a [MW]", "b"])
    chart = sweep_charts.across(material, "objective")
    assert chart is not None
    heat, crosses = chart.traces
    assert heat["z"] == [[100.0 + b, 200.0 + b if b < 8 else None] for b in range(9)]
    assert (crosses["x"], crosses["y"]) == (["2"], ["8"])


def test_differences_below_the_proof_are_marked() -> None:
    material = swept({"a": [1.0, 2.0, 3.0, 4.0], **figures([100.0, 100.5, 110.0, None], unproven=0.3)}, ["a"])
    assert sweep.doubtful(material) == {1, 2}
    table = sweep.every(material)
    place = table.header.index("not told apart")
    assert [row[place] for row in table.rows] == ["*", "*", "", ""]


def test_a_sweep_without_any_plan_has_a_page() -> None:
    text = write.render(write.page(swept({"a": [1.0, 2.0], **figures([None, None])}, ["a"])))
    assert "No variant has a plan." in text


def test_names_are_texts_whatever_they_hold(browser: Any, tmp_path: Path) -> None:
    name = "<script>document.title='taken'</script>"
    material = swept({"overlay": ["base", name], **figures([1.0, 2.0])}, ["overlay"])
    tab, wrong = opened(browser, write.write(tmp_path, material.facts, material.tables))
    assert (tab.title(), wrong) == ("By hand", [])
    assert name in tab.text_content("#variants")
    tab.close()


def test_a_page_that_cannot_be_drawn_loses_no_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(material: Material) -> None:
        raise ValueError("no ink")

    monkeypatch.setattr(write, "page", fails)
    scenarios = tuple(sweeping.of_overs(["halls.hall.price=9,10 MUSD_2026/MW"]))
    with pytest.warns(UserWarning, match="no ink"):
        found = study.run(study.StudyRequest(TINY, scenarios, workers=1, runs=tmp_path, page=write.write))
    assert (found.folder / "table.csv").is_file() and not (found.folder / "report.html").exists()
