"""Compiled formulas as files: StableHLO through jax.export, read without derivax's algebra.

Main definitions: `save` (needs the whole of derivax), `load` (needs jax alone).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivax.numeric.storage.loading import load
    from derivax.numeric.storage.saving import save

__all__ = ["load", "save"]

_HOME = {"load": "loading", "save": "saving"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
