"""A rewrite of one entry of the tape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["Plan"]


@dataclass(frozen=True)
class Plan:
    """The entries that a rewrite needs, and what builds the new entry from their new indices."""

    needs: tuple[int, ...]
    build: Callable[[Mapping[int, int]], int]
