"""The physical accounts: who makes, who takes, and what is wrong if only one of them does."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from gwplan.model.exchange import ACCOUNTS, Exchange, ExchangeError

BINDING = [name for name, account in ACCOUNTS.items() if account.binding]
REPORTED = [name for name, account in ACCOUNTS.items() if not account.binding and account.listed]
UNLISTED = [name for name, account in ACCOUNTS.items() if not account.binding and not account.listed]


def key_of(name: str) -> tuple[str, ...]:
    return tuple("x" for _ in ACCOUNTS[name].over)


def test_entries_of_several_makers_add_up() -> None:
    exchange = Exchange()
    exchange.make("land", "halls", {("north", 0): 10.0, ("north", 1): 20.0})
    exchange.make("land", "power", {("north", 0): 5.0})
    assert {key: pyo.value(amount) for key, amount in exchange.take("land", "sites").items()} == {("north", 0): 15.0, ("north", 1): 20.0}
    assert exchange.makers["land"] == {"halls", "power"}
    assert exchange.takers["land"] == {"sites"}


def test_to_look_is_not_to_take() -> None:
    exchange = Exchange()
    exchange.make("compute", "accelerators", {("own", "vendor", "north", 0): 8.0})
    assert exchange.balance("compute") == {("own", "vendor", "north", 0): 8.0}
    assert exchange.takers["compute"] == set()
    assert exchange.unlimited == ["compute"]


@pytest.mark.parametrize("name", BINDING)
def test_a_binding_account_that_is_made_must_be_taken(name: str) -> None:
    exchange = Exchange()
    exchange.make(name, "one_part", {key_of(name): 1.0})
    with pytest.raises(ExchangeError, match=f"{name} is made by one_part and taken by no part"):
        exchange.check()
    exchange.take(name, "another")
    exchange.check()
    assert exchange.unlimited == []


@pytest.mark.parametrize("name", BINDING)
def test_a_binding_account_that_is_taken_must_be_made(name: str) -> None:
    exchange = Exchange()
    assert exchange.take(name, "one_part") == {}
    with pytest.raises(ExchangeError, match=f"{name} is taken by one_part and made by no part"):
        exchange.check()


@pytest.mark.parametrize("name", REPORTED)
def test_a_reported_account_may_go_untaken_and_is_then_listed(name: str) -> None:
    exchange = Exchange()
    exchange.make(name, "one_part", {key_of(name): 1.0})
    exchange.check()
    assert exchange.unlimited == [name]
    exchange.take(name, "another")
    assert exchange.unlimited == []


@pytest.mark.parametrize("name", UNLISTED)
def test_an_account_that_nobody_would_limit_is_not_listed(name: str) -> None:
    exchange = Exchange()
    exchange.make(name, "one_part", {key_of(name): 1.0})
    exchange.check()
    assert exchange.unlimited == []


def test_all_that_is_wrong_is_said_at_once() -> None:
    exchange = Exchange()
    exchange.make("it_peak", "accelerators", {key_of("it_peak"): 1.0})
    exchange.take("hall_room", "accelerators")
    with pytest.raises(ExchangeError, match=r"hall_room is taken .*; it_peak is made "):
        exchange.check()


def test_an_account_that_is_not_declared_or_has_another_index() -> None:
    exchange = Exchange()
    with pytest.raises(ExchangeError, match="halls makes 'heat', which is no account"):
        exchange.make("heat", "halls", {("north", 0): 1.0})
    with pytest.raises(ExchangeError, match=r"halls makes land.*its index is \('site', 'period'\)"):
        exchange.make("land", "halls", {("north",): 1.0})


def test_each_account_says_what_it_is() -> None:
    for name, account in ACCOUNTS.items():
        assert account.doc and account.unit, name
        assert account.over[-1] in ("period", "slice"), name
        assert {"site", "vendor", "contract"} & set(account.over), f"{name} says neither where nor whose it is"
