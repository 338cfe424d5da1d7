"""Theories whose results are sums of diagrams."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = (
    "anharmonic_oscillator",
    "large_orders",
    "matrix_model",
    "network_trees",
    "zero_dimensional",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
