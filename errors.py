"""The errors of derivax: each says what was given, why it cannot be, and what to do instead.

Every error that a user can cause is a `DerivaxError`; its message is one line, so the command
line prints it as it is and ends with status 2.  Anything else that escapes is a defect of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self

__all__ = [
    "CertificateError",
    "CompileError",
    "DerivaxError",
    "DomainError",
    "InputError",
    "MissingExtra",
    "NotDerived",
    "ParseError",
    "PrecisionError",
    "TermError",
    "UnknownName",
]


def _one_line(text: str, limit: int = 400) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


class DerivaxError(Exception):
    """An error with three parts: `given`, `why`, `instead` (what to do).

    >>> raise DerivaxError("tau = -1", "a time constant is positive", "pass tau > 0")
    Traceback (most recent call last):
    ...
    derivax.errors.DerivaxError: tau = -1: a time constant is positive; pass tau > 0
    """

    def __init__(self, given: str, why: str, instead: str = "") -> None:
        self.given, self.why, self.instead = _one_line(given), _one_line(why), _one_line(instead)
        super().__init__(given, why, instead)

    def __str__(self) -> str:
        tail = f"; {self.instead}" if self.instead else ""
        return f"{self.given}: {self.why}{tail}"


class InputError(DerivaxError, ValueError):
    """A value that the call cannot take."""


class DomainError(InputError):
    """An empty, contradictory or unusable domain, or a point outside it."""


class ParseError(InputError):
    """Text that is not an expression of the accepted language, or exceeds its limits."""


class TermError(InputError):
    """A JSON term that is malformed, too large, or uses a head outside the whitelist."""


class CertificateError(InputError):
    """A certificate that cannot be read, or does not hold what it says."""


class PrecisionError(InputError):
    """A dtype or precision that this process cannot give (float64 while JAX's x64 is off ...)."""


class CompileError(DerivaxError):
    """An expression that cannot be lowered to JAX: the head, the place, and what is supported."""


class UnknownName(InputError):
    """A name that the catalogue does not have; the message names the nearest ones."""

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """The error for `name`, a `kind` of thing that is not among the `known` ones.

        >>> raise UnknownName.among("result", "modes", ["mode", "half-time"])
        Traceback (most recent call last):
        ...
        derivax.errors.UnknownName: result 'modes': there is none of this name; did you mean 'mode'?
        """
        known = sorted(known)
        nearest = get_close_matches(name, known, n=3, cutoff=0.5)
        if nearest:
            instead = "did you mean " + " or ".join(map(repr, nearest)) + "?"
        else:
            instead = "known: " + ", ".join(known)
        return cls(f"{kind} {name!r}", "there is none of this name", instead)


class MissingExtra(DerivaxError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            what, "needs a package that is not installed", f"pip install 'derivax[{extra}]'"
        )


class NotDerived(DerivaxError):
    """No method derives what was asked: `tried` lists (method, reason)."""

    def __init__(
        self, given: str, tried: list[tuple[str, str]] | tuple[tuple[str, str], ...]
    ) -> None:
        self.tried = tuple((str(method), str(reason)) for method, reason in tried)
        reasons = "; ".join(f"{method}: {reason}" for method, reason in self.tried)
        super().__init__(given, f"not derived ({reasons or 'no method applies'})")
