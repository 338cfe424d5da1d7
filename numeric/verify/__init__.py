"""Verification: levels L0-L4, certificates, and their recheck.

A name is loaded when it is first used: to recheck loads nothing that generates code.

Main definitions: `verify` (and `verify_formula`, `verify_derivation`), `recheck`, `Certificate`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivax.numeric.verify.certificate import (
        Certificate,
        read_certificates,
        write_certificates,
    )
    from derivax.numeric.verify.rechecking import recheck
    from derivax.numeric.verify.verifying import verify, verify_derivation, verify_formula

__all__ = [
    "Certificate",
    "read_certificates",
    "recheck",
    "verify",
    "verify_derivation",
    "verify_formula",
    "write_certificates",
]

_HOME = {
    "Certificate": "certificate",
    "read_certificates": "certificate",
    "recheck": "rechecking",
    "write_certificates": "certificate",
    "verify": "verifying",
    "verify_derivation": "verifying",
    "verify_formula": "verifying",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
