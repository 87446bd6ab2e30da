"""Limits: what the run says of each promise agrees with itself: the slack is what is left, and none is overdrawn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gwplan.audit.run_folder import Answer

COLUMNS = ("rule", "index", "side", "bound", "use", "slack")


def check(answer: Answer) -> None:
    """Check tables/limits.csv, where there is one. That each promise holds is worked out elsewhere, from the decisions."""
    file = answer.folder.tables.get("limits")
    if file is None:
        return
    answer.read.add("limits")
    frame = answer.folder.csv(file, COLUMNS)
    bound, use, slack = (pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float) for name in COLUMNS[3:])
    labels = [f"{rule} {index}" for rule, index in zip(frame["rule"], frame["index"], strict=True)]
    sign = np.where(frame["side"].to_numpy() == "most", 1.0, -1.0)
    size = np.maximum(np.abs(bound), np.abs(use))
    answer.checks.equal("limits.slack_is_what_is_left", slack, sign * (bound - use), [labels], size)
    answer.checks.at_least("limits.none_is_overdrawn", slack + size * answer.checks.tolerance, np.zeros(1), [labels])
