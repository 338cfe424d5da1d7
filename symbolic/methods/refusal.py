"""How a method says that it does not fit a problem.

Main definition: `DoesNotApply`.
"""

from __future__ import annotations

__all__ = ["DoesNotApply"]


class DoesNotApply(Exception):
    """The method does not fit the problem; the message says why."""
