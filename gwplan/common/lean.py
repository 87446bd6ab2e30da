"""What keeps imports short."""

from __future__ import annotations

from functools import cache


@cache
def spare_scipy() -> None:
    """Keep Pyomo from importing `scipy.stats` as soon as anybody imports any part of SciPy: it takes longer than all else gwplan imports.

    Pyomo watches for the first import of a package that it can use, and then imports all that it may want of it. Without the watch it
    does so when it first uses the package, which gwplan never asks of it. To be called before SciPy, or Pint, which imports it.
    """
    try:
        from pyomo.common.dependencies import DeferredImportCallbackFinder as Watch
    except ImportError:
        return
    getattr(Watch, "_callbacks", {}).pop("scipy", None)
