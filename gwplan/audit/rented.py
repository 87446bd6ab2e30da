"""Rented compute: the premium spread over its use, and its provider's emissions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gwplan.audit.checks import Array
from gwplan.audit.inputs import RENTED_EMISSION
from gwplan.audit.leases import level, of_kind
from gwplan.audit.run_folder import Answer
from gwplan.audit.stocks import NEVER, Whole

KG_A_KT = 1e6


def premium_of_use(answer: Answer, outside: npt.NDArray[np.bool_], lead: Whole, term: Array) -> Array:
    """MUSD_nominal of the premium per MW serving throughout a period: spread over the term, or over the maximum service."""
    names, inputs = answer.axis["contract"], answer.inputs
    premium = np.nan_to_num(inputs.flat("contracts", names, "premium")[:, 0])
    opens = [inputs.begun("contracts", name, quantity="exercise_from") for name in names]
    paid_at = level(answer)[np.minimum(opens, answer.last)]
    start = np.argmax(~outside, axis=1) + lead[:, 0, 0]
    length = np.where(term[:, 0] >= NEVER, answer.last + 1 - start, term[:, 0])
    return np.asarray(np.where(of_kind(answer, "option"), premium * paid_at / np.maximum(length, 1), 0.0)[:, None], dtype=float)


def carbon_of(answer: Answer, power: Array, which: npt.NDArray[np.bool_]) -> Array:
    """kt by period of contracts of a kind whose compute takes `power` MW, over (contract, period)."""
    rate = answer.inputs.grid("contracts", answer.axis["contract"], "emission_rate", declared=RENTED_EMISSION)[:, 0, :]
    return np.asarray((np.where(which[:, None], power, 0.0) * np.nan_to_num(rate) / KG_A_KT * answer.hours).sum(axis=0), dtype=float)
