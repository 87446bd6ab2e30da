"""Carbon: emissions follow from output, building and buying; caps hold; the price is paid."""

from __future__ import annotations

import numpy as np

from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import rolling

SCOPES = ["operational", "embodied"]


def check(answer: Answer) -> None:
    """Compare the account of emissions; where the part is in the model, check its caps and enter its price."""
    known, inputs = answer.known, answer.inputs
    answer.axis["scope"] = SCOPES
    answer.compare("account.emissions", np.array([known["operational"], known["embodied"]]), "scope", "site", "period")
    if "carbon" not in answer.folder.parts:
        return
    answer.compare_if_there("carbon.operational", known["operational"], "site", "period")
    price = inputs.path("carbon", "emissions", "price")
    sites = answer.sites
    answer.expect("running", "carbon", (["emissions"], sites, ["treasury"]), (known["operational"] * price)[None, :, :])
    year = answer.calendar.steps_a_year
    first = min(year, answer.last + 1) - 1
    emitted = rolling(known["operational"].sum(axis=0), year)[first:]
    cap = inputs.path("carbon", "operational", "cap")[first:]
    answer.checks.at_most("carbon.operational_within_cap", emitted, cap, [answer.axis["period"][first:]])
    total = np.array([inputs.number("carbon", "embodied", "total_cap")])
    answer.checks.at_most("carbon.embodied_within_cap", np.array([known["embodied"].sum()]), total, [["in all"]])
