"""The parts of a plan. Each is one module: its quantities, what it decides, what binds it. None imports another."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

PARTS = ("sites", "halls", "accelerators", "cooling", "demand", "power", "carbon", "contracts", "diversification", "budget", "finance")


def load(name: str) -> ModuleType:
    """The part of that name. It has TABLE, decide and bind, and may have check."""
    return import_module(f"gwplan.model.parts.{name}")
