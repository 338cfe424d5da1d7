"""How long a computation on one expression may take, known to every loop that could be long.

`within(seconds)` sets a deadline for the calling thread alone (a context variable, so nested and
concurrent uses do not disturb each other); the loops of ball evaluation and of the normal form ask
`check`, which raises `OutOfTime` when the deadline is over.

Main definitions: `within`, `check`, `OutOfTime`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["OutOfTime", "check", "remaining", "within"]

_DEADLINE: ContextVar[float] = ContextVar("derivax_deadline", default=math.inf)


class OutOfTime(Exception):
    """The deadline of `within` is over."""


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Give the computations inside `seconds` (None: no new limit); an earlier deadline stays.

    >>> with within(10):
    ...     check()
    """
    if seconds is None:
        yield
        return
    token = _DEADLINE.set(min(_DEADLINE.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def remaining() -> float:
    """Seconds until the deadline, infinite if there is none."""
    return _DEADLINE.get() - time.monotonic()


def check() -> None:
    """Raise `OutOfTime` if the deadline is over."""
    if time.monotonic() > _DEADLINE.get():
        raise OutOfTime
