"""Verification: levels L0-L4, certificates, and their recheck.

Main definitions: `verify` (and `verify_formula`, `verify_derivation`), `recheck`, `Certificate`.
"""

from derivax.numeric.verify.certificate import Certificate, read_certificates, write_certificates
from derivax.numeric.verify.recheck import recheck
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
