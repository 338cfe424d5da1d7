"""The environment of a verification: versions and the machine that rounded.

Main definition: `environment`.
"""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import jax

__all__ = ["environment"]

_PACKAGES = ("derivax", "jax", "jaxlib", "numpy", "sympy", "python-flint", "mpmath")


def environment() -> dict[str, str]:
    """Versions, platform and device, as short texts.

    >>> sorted(environment())[:3]
    ['XLA_FLAGS', 'derivax', 'device']
    """
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    device = jax.devices()[0]
    found["device"] = f"{device.platform}: {device.device_kind}"
    found["machine"] = platform.machine()
    found["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "")
    return found
