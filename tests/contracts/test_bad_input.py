"""What is wrong with a table of contracts, or with the names under [contracts], is said with file and row."""

from __future__ import annotations

from pathlib import Path

import pytest

from gwplan.common.errors import InputFaults
from tests.contracts.small import CLOUD, INVESTOR, LEASE, OPTION, PARTS, SALE, case

EVERY = (*CLOUD, *OPTION, *LEASE, *SALE, *INVESTOR)


def faults(folder: Path, *changes: str, **options: object) -> str:
    """All that is wrong, as text."""
    with pytest.raises(InputFaults) as caught:
        case(folder, *EVERY, *changes, **options)
    return "\n".join(map(str, caught.value.faults))


def test_every_kind_together_is_right(tmp_path: Path) -> None:
    assert [str(warning) for warning in case(tmp_path, *EVERY).warnings if "left out" not in str(warning)] == []


@pytest.mark.parametrize(("change", "message"), [
    ("more.exercise_until=", "more: the option has no row for 'exercise_until'"),
    ("room.rent=", "room: the lease has no row for 'rent'"),
    ("rented.term=", "rented: the cloud has no row for 'term'"),
    ("room.kind=leese label", "room.kind: no label 'leese'; did you mean 'lease'?"),
    ("buyer.terms=spott label", "buyer.terms: no label 'spott'; did you mean 'spot'?"),
    ("room.power=meter label", "room.power: no label 'meter'; did you mean 'metered'?"),
    ("room.cooling=liquit label", "no cooling 'liquit' in cooling.csv; did you mean 'liquid'?"),
    ("rented.commitment=30 MUSD_2026", "a sum fixed by a contract is nominal; write USD_nominal"),
    ("rented.price=1 USD_nominal/H100e/hour", "nominal dollars have no year of prices"),
    ("rented.escalation=0.03 1/year", "rented is a cloud, which has no quantity 'escalation' (that is for a lease)"),
    ("rented.prepayment=1.2 1", "1.2 is above the maximum 1"),
    ("rented.prepayment=0.2 1", "rented.prepayment: a share of no commitment"),
    ("rented.ramp=0.4 1/year", "rented.ramp: shares of the commitment sum to 1.2, above 1"),
    ("rented@@2027.ramp=0.6 1/year", "a row holds until the next (2026 0, 2027 0.6, 2028 0.6)"),
    ("rented.provider=own label", "rented.provider: 'own' stands for the planner's own compute"),
    ("rented.passed_through=0.3 1", "rented.passed_through: nobody is named in passed_to"),
    ("more.exercise_until=2025 date", "more.exercise_until: 2025 is before exercise_from, 2026"),
    ("room.energy_price=", "room: metered power needs energy_price at north (none in 2026)"),
    ("buyer.terms=contracted label", "buyer: a contracted sale needs term"),
    ("buyer.prepayment=0.2 1", "buyer.prepayment: nobody prepays spot sales"),
    ("friend.upfront=60 MUSD_nominal", "friend.upfront: is above cap, the most in all"),
    ("friend.measured_on=vendor label", ""),
    ("step.kind=tranche label", "step: the tranche has no row for 'of', 'amount', 'power'"),
])
def test_a_fault_says_what_is_wrong(tmp_path: Path, change: str, message: str) -> None:
    if message:
        assert message in faults(tmp_path, change)
    else:
        case(tmp_path, *EVERY, change)


def test_a_vendor_that_sells_nothing_has_no_power(tmp_path: Path) -> None:
    found = faults(tmp_path, "friend.investor=stranger label", "friend.measured_on=vendor label")
    assert "friend.measured_on: 'stranger' sells no system" in found


def test_a_tranche_is_of_an_investor(tmp_path: Path) -> None:
    rows = ("step.kind=tranche label", "step.of=frend label", "step.amount=5 MUSD_nominal", "step.power=5 MW")
    assert "no investor 'frend' in contracts.csv; did you mean 'friend'?" in faults(tmp_path, *rows)


def test_where_there_is_no_investor_that_is_said(tmp_path: Path) -> None:
    rows = ("step.kind=tranche label", "step.of=friend label", "step.amount=5 MUSD_nominal", "step.power=5 MW")
    with pytest.raises(InputFaults) as caught:
        case(tmp_path, *CLOUD, *rows)
    assert any(str(fault).endswith("no investor 'friend' in contracts.csv, which has none") for fault in caught.value.faults)


def test_hosted_room_with_carbon_needs_its_emissions(tmp_path: Path) -> None:
    parts = (*PARTS, "carbon")
    rows = ("carbon.emissions.price=10 USD_2026/t",)
    assert "room: with the part carbon, the landlord's energy needs emission_rate (none at north)" in faults(tmp_path, *rows, parts=parts)
    case(tmp_path / "given", *EVERY, *rows, "room.emission_rate=200 kg/MWh", parts=parts)
    case(tmp_path / "own", *EVERY, *rows, "room.power=own label", parts=parts)


def test_nominal_sums_need_a_price_level(tmp_path: Path) -> None:
    assert "prices.csv" in faults(tmp_path, "prices.prices.inflation=")


@pytest.mark.parametrize(("signed", "without", "message"), [
    (["rentet"], [], "contracts.signed: no contract 'rentet' in contracts.csv; did you mean 'rented'?"),
    ([], ["rom"], "contracts.without: no contract 'rom' in contracts.csv; did you mean 'room'?"),
    (["room"], [], "contracts.signed: room is not signed as a whole"),
    (["friend"], [], "contracts.signed: friend is not signed as a whole"),
    (["buyer"], [], "contracts.signed: buyer is not signed as a whole"),
    (["rented"], ["rented"], "contracts: rented is both signed and left out"),
])
def test_names_in_the_model_are_contracts(tmp_path: Path, signed: list[str], without: list[str], message: str) -> None:
    assert message in faults(tmp_path, signed=signed, without=without)


def test_what_is_signed_must_be_able_to_serve(tmp_path: Path) -> None:
    assert "contracts.signed: rented cannot serve within the horizon" in faults(tmp_path, "rented.earliest=2030 date", signed=["rented"])


@pytest.mark.parametrize(("change", "message"), [
    ("rented.earliest=2030 date", "rented cannot serve within the horizon and is not offered"),
    ("more.lead_months=40 month", "more cannot be exercised and serve within the horizon and is not offered"),
    ("room@north.most_power=0 MW", "room has no room to let that would serve within the horizon and is not offered"),
    ("room.density=50 kW", "room fits no system"),
    ("buyer.lead_months=40 month", "buyer cannot begin within the horizon and is not offered"),
])
def test_what_is_not_on_offer_is_warned_of(tmp_path: Path, change: str, message: str) -> None:
    assert any(message in str(warning) for warning in case(tmp_path, *EVERY, change).warnings)


@pytest.mark.parametrize(("rows", "message"), [
    (["rented.commitment=30 MUSD_nominal", "rented.ramp=0.3 1/year"],
     "rented.ramp: shares to the end of its term sum to 0.9: 0.1 of the commitment is never due"),
    (["rented.commitment=30 MUSD_nominal", "rented@@2025.ramp=0.4 1/year", "rented@@2026.ramp=0.2 1/year"], ""),
    (["rented.ramp=0.3 1/year"], "rented.ramp: shares of no commitment, which ask for nothing"),
    (["rented.commitment=30 MUSD_nominal", "rented@@2026.ramp=0.4 1/year", "rented@@2027.ramp=0.3 1/year"], ""),
])
def test_a_commitment_that_is_never_due_is_warned_of(tmp_path: Path, rows: list[str], message: str) -> None:
    found = "\n".join(map(str, case(tmp_path, *CLOUD, *rows).warnings))
    assert message in found if message else "ramp" not in found
