"""The one place where the working precision of flint and mpmath is set.

Both libraries keep their precision in a process-global variable, so every computation on balls
happens inside `working_precision(bits)`: it takes one lock, sets both, and puts both back.

Main definitions: `working_precision`, `ROUNDING_LADDER`, `ZERO_TEST_BITS`, `QUICK_BITS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import flint
import mpmath

from derivax.errors import InputError

__all__ = [
    "DEEP_BITS",
    "MAX_BITS",
    "QUADRATURE_BITS",
    "QUICK_BITS",
    "ROUNDING_LADDER",
    "ZERO_TEST_BITS",
    "working_precision",
]

ROUNDING_LADDER: tuple[int, ...] = (96, 320, 1280, 4608, 18432)
"""Precisions tried in turn until a ball determines a correctly rounded float."""

QUICK_BITS = 128
"""Precision at which a false identity is usually refuted."""

ZERO_TEST_BITS = 4096
"""Top of the ladder of the zero test: a point counts only if its ball still contains zero here."""

DEEP_BITS = 32768
"""Precision of a last attempt to refute a claim that holds, at a few points."""

QUADRATURE_BITS = 1024
"""The same for expressions that contain an integral: quadrature at 4096 bits takes seconds."""

MAX_BITS = 1 << 22

_LOCK = RLock()


@contextmanager
def working_precision(bits: int) -> Iterator[int]:
    """Compute with `bits` bits of precision in flint and mpmath, for this thread alone.

    Other threads wait; nested uses (a higher precision inside a lower one) are allowed.

    >>> with working_precision(200):
    ...     flint.ctx.prec, mpmath.mp.prec
    (200, 200)

    Raises `InputError` if `bits` is not an integer between 2 and 2**22.
    """
    if isinstance(bits, bool) or not isinstance(bits, int) or not 2 <= bits <= MAX_BITS:
        raise InputError(f"bits = {bits!r}", f"a precision is an integer from 2 to {MAX_BITS}")
    with _LOCK:
        before, before_mp = flint.ctx.prec, mpmath.mp.prec
        try:
            flint.ctx.prec = bits
            mpmath.mp.prec = bits
            yield bits
        finally:
            flint.ctx.prec = before
            mpmath.mp.prec = before_mp
