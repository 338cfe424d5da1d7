"""What this installation is, and what in its environment changes results.

Main definitions: `examine`, `describe`.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

__all__ = ["describe", "examine"]

# Settings under which XLA no longer computes what the source says.
_FLAGS = {
    r"--xla_cpu_enable_fast_math(=true|=1)?$": "re-associates sums and drops NaN checks",
    r"--xla_cpu_fast_math_honor_\w+=(false|0)$": "lets the compiler assume away special values",
    r"--xla_cpu_enable_fast_min_max(=true|=1)?$": "loses NaN in minimum and maximum",
    r"--xla_gpu_enable_fast_min_max(=true|=1)?$": "loses NaN in minimum and maximum",
    r"--xla_gpu_ftz(=true|=1)?$": "flushes subnormal numbers to zero",
    r"--xla_backend_optimization_level=0$": "changes rounding by other fusions",
}
_MATMUL = "lowers or raises the precision of matrix products"


def examine() -> dict[str, Any]:
    """Versions, devices, the float64 switch, flags that change accuracy, missing extras.

    Returns:
        a JSON-ready dict; `warnings` lists what may change results.

    >>> sorted(examine())
    ['derivax', 'devices', 'extras', 'float64', 'packages', 'platform', 'python', 'warnings']
    """
    core, extras = _requirements()
    packages = {name: _version(name) for name in core}
    warnings = [f"{name} is not installed" for name, found in packages.items() if found is None]
    warnings += _environment_warnings(os.environ)
    devices: list[str] = []
    float64 = "unknown"
    try:
        import jax

        settings: Any = jax.config  # its attributes are made at run time
        devices = [
            f"{device.platform}:{device.id} {device.device_kind}" for device in jax.devices()
        ]
        float64 = (
            "on"
            if settings.jax_enable_x64
            else "off (derivax commands switch it on for themselves)"
        )
        setting = settings.jax_default_matmul_precision
        if setting is not None:
            warnings.append(f"jax_default_matmul_precision = {setting}: {_MATMUL}")
    except (ImportError, RuntimeError) as error:
        warnings.append(f"JAX cannot start: {' '.join(str(error).split())[:200]}")
    return {
        "derivax": _version("derivax"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages,
        "devices": devices,
        "float64": float64,
        "extras": {
            extra: {name: _version(name) for name in names} for extra, names in extras.items()
        },
        "warnings": warnings,
    }


def describe(found: Mapping[str, Any]) -> str:
    """The findings of `examine` as text."""
    lines = [
        f"derivax {found['derivax']}, Python {found['python']}, {found['platform']}",
        "packages   " + ", ".join(f"{n} {v or 'MISSING'}" for n, v in found["packages"].items()),
        "devices    " + (", ".join(found["devices"]) or "none"),
        f"float64    {found['float64']}",
    ]
    for extra, packages in found["extras"].items():
        missing = [name for name, installed in packages.items() if installed is None]
        state = (
            f"missing {', '.join(missing)}: pip install 'derivax[{extra}]'"
            if missing
            else "complete"
        )
        lines.append(f"extra      {extra}: {state}")
    lines += [f"warning    {warning}" for warning in found["warnings"]]
    if not found["warnings"]:
        lines.append("nothing here changes results")
    return "\n".join(lines)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _requirements() -> tuple[list[str], dict[str, list[str]]]:
    """(packages of the core, packages of each extra), from the metadata of the installation."""
    core: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in requires("derivax") or ():
        requirement, _, marker = line.partition(";")
        matched = re.match(r"[A-Za-z0-9._-]+", requirement)
        if matched is None:
            continue
        name = matched[0]
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", marker)
        if extra is None:
            core.append(name)
        elif "[" in requirement:  # jax[cuda13]: the package that the core has, and a plugin
            plugin = requirement.partition("[")[2].partition("]")[0]
            extras.setdefault(extra[1], []).append(f"{name}-{plugin}-plugin")
        else:
            extras.setdefault(extra[1], []).append(name)
    return core, extras


def _environment_warnings(environment: Mapping[str, str]) -> list[str]:
    """What environment variables change results.

    >>> _environment_warnings({"XLA_FLAGS": "--xla_cpu_enable_fast_math=true --xla_dump_to=x"})
    ['XLA_FLAGS --xla_cpu_enable_fast_math=true: re-associates sums and drops NaN checks']
    """
    found = []
    for flag in environment.get("XLA_FLAGS", "").split():
        found += [
            f"XLA_FLAGS {flag}: {why}" for pattern, why in _FLAGS.items() if re.match(pattern, flag)
        ]
    if environment.get("NVIDIA_TF32_OVERRIDE") == "1":
        found.append("NVIDIA_TF32_OVERRIDE=1: rounds float32 matrix products to 10 bits")
    return found
