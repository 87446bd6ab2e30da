"""A run folder written by hand, in round numbers: 100 MW of IT at one site, eight quarters from 2027-Q1.

Two halls of 50 MW and 1,000 racks, of which 800 run at 0.125 MW each and 200 are spares; 100 MW of grid and 20 MW of
engines. Capital of the first build, in MUSD:

    sites         20
    halls         2 x 50 MW x 10 x 1.1 contingency  = 1,100
    accelerators  1,000 x 3                         = 3,000
    networks      1,000 x 0.5                       =   500
    power         grid 100 MW x 0.3 x 1.2 = 36, engines 20 MW x 1 x 1.25 = 25, together 61
    in all        4,681, for 0.1 GW: 46.81 GUSD per GW; 350 more are paid after the first build
"""

from __future__ import annotations

import json
from pathlib import Path

PERIODS = [f"{year}-Q{quarter}" for year in (2027, 2028) for quarter in (1, 2, 3, 4)]
HEADER = "item,site,when,quantity,low,base,high,unit,source,note"

INPUTS = {
    "sites": ["north,,,opening_price,,20,,MUSD_2026,guess,"],
    "halls": [
        "hall,,,room,,50,,MW,study,",
        "hall,,,build_months,,12,,month,study,",
        "hall,,,contingency,,0.1,,1,study,",
        "hall,,,price,,10,,MUSD_2026/MW,study,",
    ],
    "accelerators": [
        "rack,,,power,,100,,kW,study,",
        "rack,,,overhead,,1.25,,1,study,",
        "rack,,,spares,,0.25,,1,study,",
        "rack,,,lead_months,,6,,month,study,",
        "rack,,,price,,3,,MUSD_2026,guess,",
        "rack,,,network_price,,0.5,,MUSD_2026,study,",
        "fast,,,power,,100,,kW,study,",
        "fast,,,overhead,,1.25,,1,study,",
        "fast,,2027,price,,4,,MUSD_2026,study,",
        "fast,,2028,price,,6,,MUSD_2026,study,",
        "fast,,,network_price,,0.5,,MUSD_2026,study,",
    ],
    "power": [
        "grid,,,unit,,10,,MW,study,",
        "grid,,,price,,0.3,,MUSD_2026/MW,guess,",
        "grid,,,contingency,,0.2,,1,study,",
        "grid,,,energy_price,,50,,USD_2026/MWh,study,",
        "grid,,,lead_months,,12,,month,study,",
        "engine,,,unit,,10,,MW,study,",
        "engine,,,price,,1,,MUSD_2026/MW,guess,",
        "engine,,2028,price,,1,,MUSD_2026/MW,study,",
        "engine,,,contingency,,0.25,,1,study,",
        "engine,,,lead_months,,24,,month,study,a site's own row comes first",
        "engine,north,,lead_months,,24,,month,study,",
        "engine,north,2027-Q2,lead_months,,7,,month,study,seven months are three quarters",
        "engine,north,2028,lead_months,,3,,month,study,",
    ],
    "budget": ["capital,,,until,,2028-Q1,,date,study,"],
    "published": [
        "bank,,,capital_per_gw,25,30,35,MUSD_2026/MW,bank_note,basis IT",
        "vendor,,,capital_per_gw,,40,,MUSD_2026/MW,vendor_talk,basis meter",
        "paper,,,capital_per_gw,,50,60,MUSD_2026/MW,newspaper,basis unstated",
        "shell,,,facility_per_gw,,12,,MUSD_2026/MW,newspaper,without systems",
    ],
}

PLAN = [
    "sites,opening,north,,2027-Q1,1",
    "halls,started,hall,north,2027-Q1,2",
    "accelerators,bought,rack,north,2027-Q2,1000",
    "accelerators,bought,rack,north,2028-Q3,100.5",
    "accelerators,retired,rack,north,2028-Q4,7",
    "power,ordered,engine,north,2027-Q2,2",
    "power,ordered,grid,north,2027-Q1,10",
]

LEDGER = [
    "capital,sites,sites,north,north,landowners,2027-Q1,20",
    "capital,halls,halls,hall,north,builders,2027-Q1,300",
    "capital,halls,halls,hall,north,builders,2027-Q3,800",
    "capital,accelerators,accelerators,rack,north,maker,2027-Q4,3000",
    "capital,accelerators,networks,rack,north,maker,2027-Q4,500",
    "capital,accelerators,accelerators,rack,north,maker,2028-Q3,300",
    "capital,accelerators,networks,rack,north,maker,2028-Q3,50",
    "capital,power,power,grid,north,suppliers,2028-Q1,36",
    "capital,power,power,engine,north,suppliers,2028-Q1,25",
    "running,power,energy,grid,north,utilities,2028-Q1,8",
    "residual,halls,halls,hall,north,builders,2028-Q4,1000",
]

SUMMARY = {
    "title": "A hundred megawatts", "model": "hand_made", "status": "optimal", "goal": ["least_cost"], "precision": "fp8",
    "dollars": 2026, "objective": 4000.0, "bound": 3990.0, "gap": 0.0025,
    "capital_musd": 5031.0, "capital_first_build_musd": 4681.0, "first_build_until": "2028-Q1", "capital_musd_per_it_gw": 46810.0,
    "npv_cost_musd": 4000.0, "npv_value_musd": None, "running_musd_per_year_final": 32.0,
    "capital_by_class_musd": {"sites": 20.0, "halls": 1100.0, "accelerators": 3300.0, "networks": 550.0, "power": 61.0},
    "periods": PERIODS, "it_mw": [0, 0, 0, 0, 100, 100, 100, 100], "facility_mw": [0, 0, 0, 0, 125, 125, 125, 125],
    "compute_kh100e": [0, 0, 0, 0, 80, 80, 80, 80], "target_met": True, "first_it_period": "2028-Q1",
    "held_back": "First IT power in 2028-Q1 at north; halls held it back (soonest: halls 2028-Q1, power 2028-Q1, systems 2027-Q4).",
    "halls": {"hall": 2}, "systems": {"rack": 1000}, "supplies_mw": {"grid": 100, "engine": 20},
    "no_limit_on": ["water", "emissions"], "estimate_share": 0.67, "seconds": {"solve": 0.1},
}  # fmt: skip

def _write(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")


def write_run(folder: Path) -> Path:
    """Write the run folder and give it back."""
    inputs, tables = folder / "inputs", folder / "tables"
    inputs.mkdir(parents=True)
    tables.mkdir()
    for name, rows in INPUTS.items():
        _write(inputs / f"{name}.csv", HEADER, rows)
    sources = ["study,A study,Institute,2026,,study,C,direct", "guess,Judgement,Us,2026,,estimate,F,",
               "bank_note,Note,Bank,2024-05,,study,D,direct", "vendor_talk,Talk,Vendor,2024,,vendor,D,direct",
               "newspaper,News,Paper,2026,,press,D,second-hand"]  # fmt: skip
    _write(inputs / "sources.csv", "key,title,publisher,date,address,kind,grade,read", sources)
    _write(inputs / "deflators.csv", "year,index", ["2024,90", "2025,95", "2026,100"])
    _write(folder / "plan.csv", "part,decision,item,site,when,amount", PLAN)
    _write(tables / "ledger.csv", "kind,maker,class,item,site,payee,period,amount", LEDGER)
    periods = [f"{name},{number},{2027 * 12 + 3 * number},3,1,1" for number, name in enumerate(PERIODS)]
    _write(tables / "periods.csv", "period,number,first,months,discount_capital,discount_running", periods)
    _write(tables / "accelerators.installed.csv", "system,site,period,value", [f"rack,north,{name},1000" for name in PERIODS[3:]])
    limits = ['sites.most_it,"north,2028-Q1",most,100,100,0,-0.5,MW', "sites.land,north,most,200,100,100,0,acre",
              'power.most,"grid,north",most,100,100,0,-7.25,MW', "halls.starts,north,most,2,2,0,0,1"]  # fmt: skip
    _write(tables / "limits.csv", "rule,index,side,bound,use,slack,dual,unit", limits)
    (folder / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"model": "hand_made.toml"}), encoding="utf-8")
    return folder
