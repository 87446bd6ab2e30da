"""Damage to a case: what editors, copies, spreadsheets and people do to its files, level by level."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import strategies as st

Files = dict[str, bytes]

BYTES = (b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\n", b"\r", b"\r\n", b"\t", b"\x1b[31m", b"\xc2\x9b", b"=", b"[", b"]",
         b"{", b"}", b"#", b"\\", b"9" * 50, b"\xd9\xa3", b"\xe2\x80\xae", b"|", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80")  # fmt: skip
CELLS = (
    "", " ", "0", "-0", "1", "-1", "0.5", "1e15", "1.1e15", "1e308", "1e309", "-1e308", "5e-324", "1e-31", "nan", "inf", "-Infinity", "1,000", "1 000",
    "5%", "٣", "１", "0x10", "1_000", "--1", "1e", "2027", "2027-Q1", "2027-13", "1999", "2101", "99999", "٢٠٢٧", "2026-Q1", "2040", "*", "label",
    "date", "1", "MW", "kW", "GW", "MW**2", "9**9**9**9", "(MW**99999)**99999", "MW" * 70, "USD_2026", "MUSD_2026/MW", "USD_9999/kW", "USD_0000",
    "cent_nominal", "MUSD_nominal", "YW", "yW", "degC", "dB", "year", "1/year", "percent", "%", "(((((((((MW)))))))))", "MW/", "/MW", "hour/year",
    "north", "south", "grid", "hall", "h100", "old_rack", "liquid", "natural_gas", "prime", "backup", "variable", "prime|backup", "|", "|||", "a|a",
    "round_numbers", "command_line", "judgement", "=cmd()", "@x", "+1+1", "'=x", "[bold]x[/bold]", "<b>x</b>", "\x1b[31m", "\x9b", "\u202e", "\r", "a\nb",
    "x" * 300, "a.b", "a@b", "é", "\ufeff", "😀", "price", "role", "kind", "covers", "count", "capacity", "until", "earliest", "most", "fuel", "unit",
)  # fmt: skip
NUMBERS = CELLS[: CELLS.index("1e") + 1]
DATES = ("2027", "2027-Q1", "2027-13", "1999", "2101", "99999", "٢٠٢٧", "2026-Q1", "2040", "2100-12", "2000", "*", "2027-Q4", "0000", "2027\n")
UNITS_OF_CELLS = (
    "MW", "kW", "GW", "MW**2", "9**9**9**9", "(MW**99999)**99999", "(MW**999)**999/MW", "MW**9**9", "((MW**9)**9)**9", "1e300*MW", "1e300*1e300*MW",
    "MW" * 70, "(" * 60 + "MW" + ")" * 60, "USD_2026", "MUSD_2026/MW", "USD_9999/kW", "USD_0000", "cent_nominal", "MUSD_nominal", "YW", "yW", "degC", "dB",
    "year", "1/year", "percent", "%", "MW/", "/MW", "hour/year", "nan*MW", "inf", "m²", "MW٢", "MW kW", "MW/kW kW", "0*MW", "-MW", "MW**-1", "MW**0",
    "MW.real", "MW()", "label", "date", "1", "", "Ym**9", "ym**9", "degC*MW", "delta_degC", "kg*m**2/s**3",
)  # fmt: skip
OF_COLUMNS = {"low": NUMBERS, "base": (*NUMBERS, *DATES[:6], "liquid", "gas", "prime"), "high": NUMBERS, "when": DATES, "unit": UNITS_OF_CELLS}
"""Values that suit a column, or nearly."""
TOML_VALUES = (
    '""', '"x"', '"1 GW"', '"1 MW"', '"1e16 MW"', '"9**9**9 MW"', '"2027-Q1"', '"2026"', '"٢٠٢٧"', '"2101"', "0", "1", "-1", "1e400", "inf", "-inf", "nan",
    "9" * 400, "9" * 2000, "true", "[]", "{}", "[[]]", "[{}]", "[" * 300, "[" * 30 + "]" * 30, "{a = 1}", "1979-05-27", "07:32:00", '"halls"',
    '["halls", "halls"]', '["sites", "halls", "accelerators", "cooling", "power", "budget", "finance", "contracts", "carbon", "diversification"]', '["no"]',
    '"least_cost"', '"most_value"', '"most_compute"', '"soonest"', '"most_equity_value"', '"it"', '"compute"', '"facility"', '"fp8"', '"bf16"', '"quarter"',
    '"half"', '"year"', '"\\u001b[31m"', '"\\u202e"', "'''a\nb'''", '"..\\\\.."', '"/dev"', '"/"', '"."', '"\\u0000"', '"x' + "y" * 300 + '"', "2026", "1999",
    "0.5", "1.5", '"10 min"', '"-1 s"', '{ capital = "start", running = "end" }', "0x10", "1_0", "'",
)  # fmt: skip
HEADERS = ("[horizon]", "[[target]]", "[goal]", "[[goal]]", "[solver]", "[contracts]", "[horizon.timing]", "[x]", "[[[", "[a.b.c]", "")
TARGETS = (
    "halls.hall.price", "halls.*.price", "power.grid@north.earliest", "power.*@*@*.most", "halls.hall.covers", "accelerators.new_rack@@*.price",
    "compute.compute.value", "budget.capital.cap", "budget.capital@@2027.cap", "existing.grid@north@2026.capacity", "model.horizon.end",
    "model.horizon.step", "model.target.1.amount", "model.target.1.by", "model.solver.gap", "model.goal.kind", "model.inputs", "model.parts", "model.title",
    "model.overlays", "model.horizon.timing", "nothing.at.all", "halls.hal.price", "", ".", "@", "halls..price", "model", "model.", "model.target.9.by",
    "finance.equity.required_return", "prices.prices.inflation", "contracts.x.kind", "sites.north.earliest", "published.x.all_in",
)  # fmt: skip
FITTING = (
    ("halls.*.price", ("*0.9", "12 MUSD_2025/MW", "+1 MUSD_2026/MW", "*1e-20", "*1e10", "1e15 USD_2026/MW", "0 MUSD_2026/MW", "1e-20 MUSD_2026/MW")),
    ("halls.*.build_months", ("0 month", "1 month", "1e9 month", "+6 months", "0.5 year", "*0", "*1e9")),
    ("halls.*.life", ("1e-9 year", "1 year", "1e14 year", "*1e-12", "*1.5")),
    ("power.*@*.earliest", ("2026", "2027-Q3", "2040", "2100-12", "+6 months", "+-24 months", "2000")),
    ("power.*@*.most", ("0 MW", "1e-9 MW", "1e15 W", "*1e6", "*0")),
    ("accelerators.*.power", ("1 W", "1e9 kW", "*1e-9", "120 kW")),
    ("accelerators.*@*@*.price", ("*0.5", "*0", "*1e9")),
    ("compute.h100.fp8_rate", ("1e-9 TFLOP/s", "1e9 TFLOP/s", "2 PFLOP/s")),
    ("model.horizon.end", ("2027-Q4", "2026-Q4", "2080-Q4", "2030")),
    ("model.horizon.step", ("half", "year", "quarter")),
    ("model.horizon.discount_rate", ("0", "0.999", "1e-20", "*1.1")),
    ("model.solver.time_limit", ("1e-9 s", "1e6 days", "1e15", "10 min")),
    ("model.solver.whole_units_from", ("1e-9 MW", "1e9 MW")),
    ("model.goal.kind", ("least_cost", "soonest", "most_compute")),
    ("model.title", ("<b>", "=x", "[bold]", "'", '"x"')),
)
"""Numbers with values that may be meant."""
SIGNS = ("=", "=*", "=+", "=+-", "= * ", "", "==", "=**", "=*+")
UNITS = ("", " MW", " MUSD_2026/MW", " USD_2026/kW", " months", " year", " label", " 1", "*MW", " 9**9**9", " MUSD_2026", " percent")


@st.composite
def of_bytes(draw: st.DrawFn, files: Files) -> Files:
    """Bytes put in, taken out, changed or doubled; a file cut."""
    name = draw(st.sampled_from(sorted(files)))
    content = files[name]
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 4)))):
        start = draw(st.integers(0, max(len(content) - 1, 0)))
        end = start + draw(st.sampled_from((0, 1, 2, 7, 60, 500)))
        put = draw(st.one_of(st.sampled_from(BYTES), st.binary(max_size=8), st.just(b""), st.just(content[start:end] * 2)))
        content = content[:start] + put + (b"" if draw(st.integers(0, 19)) == 0 else content[end:])
    return files | {name: content}


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _tables(files: Files) -> list[str]:
    return sorted(name for name in files if name.endswith(".csv"))


@st.composite
def of_cells(draw: st.DrawFn, files: Files) -> Files:
    """Up to three cells of one table say something else, some of them what another cell of the table says."""
    name = draw(st.sampled_from(_tables(files)))
    rows = _rows(files[name])
    for _ in range(draw(st.integers(1, 3))):
        row = rows[draw(st.integers(0, len(rows) - 1))]
        other = rows[draw(st.integers(0, len(rows) - 1))]
        place = draw(st.integers(0, len(row) - 1))
        fitting = OF_COLUMNS.get(rows[0][place] if place < len(rows[0]) else "", CELLS)
        row[place] = draw(st.one_of(st.sampled_from(fitting), st.sampled_from(CELLS), st.text(max_size=12), st.just(other[min(place, len(other) - 1)])))
    return files | {name: _written(rows)}


@st.composite
def of_rows(draw: st.DrawFn, files: Files) -> Files:
    """Rows left out, doubled, exchanged, shortened, moved to another table; columns exchanged; tables gone or exchanged."""
    names = _tables(files)
    name, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
    rows, more = _rows(files[name]), _rows(files[other])
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(len(rows) - 1, 0)))
        kind = draw(st.sampled_from(("out", "twice", "swap", "short", "long", "foreign", "columns", "blank", "half", "header", "many")))
        if not rows:
            break
        if kind == "out":
            del rows[place]
        elif kind == "twice":
            rows.append(list(rows[place]))
        elif kind == "swap":
            rows[place], rows[-1] = rows[-1], rows[place]
        elif kind == "short":
            del rows[place][draw(st.integers(0, max(len(rows[place]) - 1, 0))) :]
        elif kind == "long":
            rows[place] = [*rows[place], draw(st.sampled_from(CELLS))]
        elif kind == "foreign":
            rows.insert(place, list(draw(st.sampled_from(more))) if more else [])
        elif kind == "columns":
            rows = [list(reversed(row)) for row in rows] if draw(st.booleans()) else [row[1:] for row in rows]
        elif kind == "blank":
            rows[place] = [""] * len(rows[place])
        elif kind == "half":
            rows = rows[:place]
        elif kind == "header":
            rows[0] = draw(st.sampled_from((["a", "b"], [], [*rows[0], "x"], rows[0] * 2)))
        else:
            rows.extend([[cell if n else f"{cell}_{copy}" for n, cell in enumerate(rows[place])] for copy in range(30)])
    found = files | {name: _written(rows)}
    if draw(st.integers(0, 14)) == 0:
        del found[other]
    elif draw(st.integers(0, 14)) == 0:
        found[other], found[name] = found[name], found[other]
    return found


@st.composite
def of_toml(draw: st.DrawFn, files: Files) -> Files:
    """Lines of the model left out, doubled or moved; values, keys and headers exchanged."""
    (name,) = (name for name in files if name.endswith(".toml"))
    lines = files[name].decode().splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1)) if lines else 0
        kind = draw(st.sampled_from(("value", "value", "value", "out", "twice", "header", "key", "moved", "text")))
        line = lines[place] if lines else ""
        if kind == "value":
            line = f"{line.partition('=')[0]}= {draw(st.sampled_from(TOML_VALUES))}"
        elif kind == "header":
            line = f"{line}\n{draw(st.sampled_from(HEADERS))}"
        elif kind == "key":
            line = re.sub(r"^\s*\w+", draw(st.sampled_from(("x", "kind", "amount", "by", "step", "inputs", '"a b"', "a.b.c"))), line)
        elif kind == "text":
            line = draw(st.text(max_size=30))
        elif kind == "twice":
            line = f"{line}\n{line}"
        elif kind == "moved":
            lines.append(line)
        lines[place : place + 1] = [] if kind in ("out", "moved") else [line]
    return files | {name: "\n".join(lines).encode("utf-8", "surrogatepass")}


@st.composite
def of_set(draw: st.DrawFn) -> str:
    """The text of a --set, half of the time one that may be meant."""
    if draw(st.booleans()):
        name, values = draw(st.sampled_from(FITTING))
        return f"{name}={draw(st.sampled_from(values))}"
    value = draw(st.one_of(st.sampled_from(CELLS), st.sampled_from(TOML_VALUES), st.text(max_size=10)))
    text = draw(st.sampled_from(TARGETS)) + draw(st.sampled_from(SIGNS)) + value + draw(st.sampled_from(UNITS))
    return text if draw(st.integers(0, 9)) else draw(st.text(max_size=40))


@st.composite
def of_over(draw: st.DrawFn) -> str:
    """The text of an --over, half of the time one that may be meant."""
    if draw(st.booleans()):
        name, values = draw(st.sampled_from(FITTING))
        return f"{name}={draw(st.sampled_from((*values, '1:3:1', '0.5:2:0.5', '*1,*2')))}"
    ends = [draw(st.one_of(st.sampled_from(CELLS), st.sampled_from(("1", "2", "10", "0.1", "*1", "*2", "1e-9", "1e9")))) for _ in range(draw(st.integers(1, 4)))]
    values = draw(st.sampled_from((":", ",", ", ", ":", ",,"))).join(ends)
    return draw(st.sampled_from(TARGETS)) + draw(st.sampled_from(("=", "", " = "))) + values + draw(st.sampled_from(UNITS))


@st.composite
def of_overlay(draw: st.DrawFn, files: Files) -> bytes:
    """An overlay made of rows of the case, some of their cells changed, or of anything."""
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        name = draw(st.sampled_from(_tables(files)))
        row = [name.removesuffix(".csv"), *draw(st.sampled_from(_rows(files[name])))]
        for _ in range(draw(st.integers(0, 2))):
            row[draw(st.integers(0, len(row) - 1))] = draw(st.one_of(st.sampled_from(CELLS), st.text(max_size=8)))
        rows.append(row)
    header = ["table", "item", "site", "when", "quantity", "low", "base", "high", "unit", "source", "note"]
    content = _written([header, *rows])
    return content if draw(st.integers(0, 4)) else draw(st.sampled_from((b"", b"\0", content[: len(content) // 2], content.replace(b",", b";"))))
