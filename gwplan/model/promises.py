"""Units of the limits and targets that a user sets, for reports."""

from __future__ import annotations

from gwplan.inputs.case import Case
from gwplan.model.targets import UNITS

OF_THE_ACCOUNT = "of its account"
"""Unit of a promise about shares: that of the account which the group's shares are of."""
OF_THE_REQUIREMENT = "of the requirement"
"""Unit of what the model requires: MW, or 1 for a number of halls, systems, units, contracts or sites."""


def unit_of(case: Case, rule: str, promise: str, key: tuple[object, ...]) -> str:
    """The unit of a promise: a target's is that of its measure, a share's that of its group's account, of what is required its own,
    any other its rule's."""
    if promise == OF_THE_ACCOUNT:
        from gwplan.model.shares import unit_of_group

        return unit_of_group(case, str(key[0]))
    if promise == OF_THE_REQUIREMENT:
        return case.definition.require[int(str(key[0])) - 1].unit or "1"
    return UNITS[case.definition.targets[int(str(key[0])) - 1].measure] if rule == "goal.target_is_met" else promise
