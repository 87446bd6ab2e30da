"""A run folder with finance, written by hand in round numbers: eight quarters from 2027-Q1, nominal MUSD, no inflation.

    nvidia      pays in 2,000 + 2,700 + 3,000 = 7,700; racks 4,000 + 6,650 = 10,650; 35 % of what microsoft is paid, 4,550: 15,200 bought
    microsoft   pays in 1,000 + 3,000 = 4,000; cloud 13,000
    google      pays in nothing and guarantees 3,200
    amazon      offers up to 25,000, of which nothing is taken

The sponsor pays in or takes out what keeps cash at 100.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HEADER = "item,site,when,quantity,low,base,high,unit,source,note"
PERIODS = [f"{year}-Q{quarter}" for year in (2027, 2028) for quarter in (1, 2, 3, 4)]
CASH = 100.0
Flows = dict[tuple[str, str, str], list[float]]
"""Values by (line, item, party), one for each period."""

FLOWS: Flows = {
    ("own_use", "compute", "own use"): [0, 0, 0, 500, 1500, 3000, 4000, 4500],
    ("revenue", "big_sale", "bigco"): [0, 0, 0, 0, 200, 200, 200, 200],
    ("revenue", "spot_sale", "anybody"): [0, 0, 0, 0, 0, 40, 40, 40],
    ("running", "azure_compute", "microsoft"): [0, 0, -1000, -1000, -2000, -3000, -3000, -3000],
    ("running", "grid", "utilities"): [0, 0, 0, -50, -100, -100, -100, -100],
    ("running", "leased_hall", "landlord"): [0, 0, 0, 0, -30, -30, -30, -30],
    ("capital", "rack", "nvidia"): [0, 0, 0, -4000, -6650, 0, 0, 0],
    ("capital", "hall", "builders"): [-500, -500, -1000, -500, 0, 0, 0, 0],
    ("drawn", "accelerator_loan", "lenders"): [0, 0, 0, 3000, 4000, 0, 0, 0],
    ("interest", "accelerator_loan", "lenders"): [0, 0, 0, 0, -60, -140, -130, -120],
    ("principal", "accelerator_loan", "lenders"): [0, 0, 0, 0, 0, -400, -400, -400],
    ("tax", "tax", "tax authority"): [0, 0, 0, 0, 0, 0, 0, -50],
    ("invested", "nvidia_equity", "nvidia"): [0, 2000, 0, 2700, 0, 3000, 0, 0],
    ("invested", "microsoft_equity", "microsoft"): [0, 0, 1000, 0, 3000, 0, 0, 0],
    ("returned", "nvidia_equity", "nvidia"): [0, 0, 0, 0, 0, 0, 0, -77],
}

CONTRACTS = [
    "azure_compute,,,kind,,compute,,label", "azure_compute,,,provider,,microsoft,,label", "azure_compute,,,commitment,,25000,,MUSD_nominal",
    "azure_compute,,,lead_months,,6,,month", "azure_compute,,,term,,5,,year", "azure_compute,,,passed_through,,0.35,,1", "azure_compute,,,passed_to,,nvidia,,label",
    "leased_hall,,,kind,,lease,,label", "leased_hall,,,provider,,landlord,,label",
    "big_sale,,,kind,,sale,,label", "big_sale,,,customer,,bigco,,label", "big_sale,,,terms,,contracted,,label",
    "spot_sale,,,kind,,sale,,label", "spot_sale,,,customer,,anybody,,label", "spot_sale,,,terms,,spot,,label",
    "nvidia_equity,,,kind,,investor,,label", "nvidia_equity,,,investor,,nvidia,,label", "nvidia_equity,,,cap,,10000,,MUSD_nominal",
    "microsoft_equity,,,kind,,investor,,label", "microsoft_equity,,,investor,,microsoft,,label", "microsoft_equity,,,cap,,5000,,MUSD_nominal",
    "microsoft_equity,,,valuation,,36000,,MUSD_nominal",
    "google_backing,,,kind,,investor,,label", "google_backing,,,investor,,google,,label", "google_backing,,,guarantee,,3200,,MUSD_nominal",
    "amazon_equity,,,kind,,investor,,label", "amazon_equity,,,investor,,amazon,,label", "amazon_equity,,,cap,,25000,,MUSD_nominal",
]  # fmt: skip

POWER = ["grid,,,minimum_take,,0.6,,1", "grid,,,energy_price,,50,,USD_2027/MWh"]
PLAN = ["contracts,signed,azure_compute,,2027-Q1,1", "contracts,signed,big_sale,,2027-Q1,1", "contracts,leased,leased_hall,north,2027-Q4,40"]

DEFINITION: dict[str, Any] = {
    "title": "A circle", "inputs": "inputs", "parts": ["sites", "contracts", "finance"], "precision": "fp8",
    "contracts": {"signed": ["azure_compute", "nvidia_equity"], "without": []},
    "horizon": {"start": "2027-Q1", "end": "2028-Q4", "step": "quarter", "dollars": 2027, "discount_rate": 0.09,
                "timing": {"capital": "middle", "running": "middle"}},
    "target": [{"measure": "it", "amount": "100.0 MW", "by": "2028-Q1", "counts": ["own", "leased"]}],
    "goal": [{"kind": "most_equity_value", "most_it": "100.0 MW"}], "solver": {"gap": 0.005, "time_limit": "600.0 second", "whole_units_from": "100.0 MW", "seed": 0},
}  # fmt: skip

SUMMARY: dict[str, Any] = {
    "title": "A circle", "model": "circle", "status": "optimal", "goal": ["most_equity_value"], "precision": "fp8", "dollars": 2027,
    "objective": 900.0, "bound": 902.0, "gap": 0.002, "capital_musd": 13150.0, "capital_first_build_musd": 13150.0,
    "first_build_until": "2028-Q1", "capital_musd_per_it_gw": 131500.0, "npv_cost_musd": 20000.0, "npv_value_musd": None,
    "running_musd_per_year_final": 12000.0, "capital_by_class_musd": {"halls": 2500.0, "accelerators": 10650.0}, "periods": PERIODS,
    "it_mw": [0, 0, 0, 60, 100, 100, 100, 100], "facility_mw": [0, 0, 0, 75, 125, 125, 125, 125],
    "compute_kh100e": [0, 0, 0, 120, 200, 200, 200, 200], "target_met": True, "first_it_period": "2027-Q4", "held_back": None,
    "halls": {"hall": 2}, "systems": {"rack": 1000}, "sites": {"north": "2027-Q1"}, "supplies_mw": {"grid": 125}, "no_limit_on": [],
    "estimate_share": 0.5, "seconds": {"solve": 0.1},
}  # fmt: skip


def balanced(flows: Mapping[tuple[str, str, str], Sequence[float]]) -> Flows:
    """Flows with the sponsor's, which keep cash at 100 from the first period on."""
    net = [sum(values[n] for values in flows.values()) for n in range(len(PERIODS))]
    short = [(CASH if n == 0 else 0.0) - amount for n, amount in enumerate(net)]
    return {**{key: list(values) for key, values in flows.items()}, ("equity", "equity", "sponsor"): [max(each, 0.0) for each in short],
            ("dividends", "equity", "sponsor"): [min(each, 0.0) for each in short]}  # fmt: skip


def write(path: Path, header: str, rows: Sequence[str]) -> None:
    """A CSV of a header and rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")


def write_run(folder: Path, flows: Mapping[tuple[str, str, str], Sequence[float]] = FLOWS, summary: Mapping[str, Any] = SUMMARY,
              contracts: Sequence[str] = CONTRACTS, without: Sequence[str] = ()) -> Path:
    """Write the run folder and give it back."""
    inputs, tables, every = folder / "inputs", folder / "tables", balanced(flows)
    for name, rows in (("contracts", contracts), ("power", POWER), ("prices", ["prices,,,inflation,,0.0,,1/year"])):
        write(inputs / f"{name}.csv", HEADER, [f"{row},study,terms" for row in rows])
    write(inputs / "sources.csv", "key,title,publisher,date,address,kind", ["study,A study,Institute,2026,,study"])
    write(folder / "plan.csv", "part,decision,item,site,when,amount", PLAN)
    lines = [f"{line},{item},{party},{period},{value}" for (line, item, party), values in every.items()
             for period, value in zip(PERIODS, values, strict=True) if value]  # fmt: skip
    write(tables / "finance.flow.csv", "line,item,party,period,value", lines)
    write(tables / "finance.cash.csv", "period,value", [f"{name},{CASH}" for name in PERIODS])
    service = [-sum(every[key][n] for key in every if key[0] in ("interest", "principal")) for n in range(len(PERIODS))]
    write(tables / "finance.service.csv", "period,value", [f"{name},{value}" for name, value in zip(PERIODS, service, strict=True) if value])
    invested = [f"{item},{name},{value}" for (line, item, _), values in every.items() if line == "invested"
                for name, value in zip(PERIODS, values, strict=True) if value]  # fmt: skip
    if invested:
        write(tables / "account.invested.csv", "contract,period,value", invested)
        write(tables / "finance.claim.csv", "contract,period,value", ["nvidia_equity,2028-Q4,8000", "nvidia_equity,2028-Q3,7900"])
    write(tables / "contracts.minimum.csv", "contract,year,value", ["azure_compute,2027,2000", "azure_compute,2028,11000"])
    write(tables / "contracts.shortfall.csv", "contract,year,value", ["azure_compute,2027,500"])
    write(tables / "power.contracted.csv", "supply,site,period,value", [f"grid,north,{name},125" for name in PERIODS[4:]])
    write(tables / "ledger.csv", "kind,maker,class,item,site,payee,period,amount", [
        *(f"capital,halls,halls,hall,north,builders,{name},{-value}" for name, value in zip(PERIODS, FLOWS["capital", "hall", "builders"], strict=True) if value),
        *(f"running,contracts,leases,leased_hall,north,landlord,{name},30" for name in PERIODS[4:])])  # fmt: skip
    periods = [f"{name},{number},{2027 * 12 + 3 * number},3,1,1" for number, name in enumerate(PERIODS)]
    write(tables / "periods.csv", "period,number,first,months,discount_capital,discount_running", periods)
    definition = {**DEFINITION, "contracts": {**DEFINITION["contracts"], "without": list(without)}}
    manifest = {"definition": definition, "digest_of_inputs": "0", "sizes": {"rows": 1}, "seconds": {"solve": 0.1}, "versions": {"gwplan": "0"}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    return folder


def write_without(folder: Path) -> Path:
    """The run without investors' money: 80 MW, two quarters later; the sponsor pays for what they paid."""
    flows = {key: values for key, values in FLOWS.items() if key[0] not in ("invested", "returned")}
    summary = {**SUMMARY, "objective": 650.0, "bound": 652.0, "gap": 0.003, "capital_musd": 11000.0, "it_mw": [0, 0, 0, 0, 0, 60, 80, 80],
               "compute_kh100e": [0, 0, 0, 0, 0, 120, 160, 160], "first_it_period": "2028-Q2", "target_met": False}  # fmt: skip
    return write_run(folder, flows, summary, without=["amazon_equity", "google_backing", "microsoft_equity", "nvidia_equity"])
