"""How long a verification may take: "30s", "2min", or a number of seconds.

Main definition: `Budget`.
"""

from __future__ import annotations

import math
import re
import time

from derivax.errors import InputError
from derivax.numeric.verify.certificate import Level
from derivax.symbolic.exact.outcome import Outcome

__all__ = ["Budget"]

_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_TEXT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)\s*")


class Budget:
    """Time from now on; without a limit, there is always enough.

    >>> Budget("0.5min").seconds
    30.0

    Raises: `InputError` for what is no positive time.
    """

    def __init__(self, limit: float | str | None = None) -> None:
        self.seconds = _seconds(limit)
        self._end = time.monotonic() + self.seconds

    @property
    def is_spent(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self._end

    def share(self, most: float) -> float:
        """Seconds for a part that can be limited: what is left, between 0.5 and `most`."""
        return min(most, max(0.5, self._end - time.monotonic()))

    def not_run(self) -> Level:
        """The level that did not begin in time."""
        return Level(Outcome.NOT_RUN, "", f"the time budget of {self.seconds:g} s was spent")


def _seconds(limit: float | str | None) -> float:
    if limit is None:
        return math.inf
    if isinstance(limit, str):
        read = _TEXT.fullmatch(limit.lower())
        if read is None or read[2] not in _UNITS:
            raise InputError(f"budget = {limit!r}", "is no time", "write 30, 30s or 2min")
        limit = float(read[1]) * _UNITS[read[2]]
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit > 0:
        raise InputError(f"budget = {limit}", "seconds are positive", "write 30, 30s or 2min")
    return float(limit)
