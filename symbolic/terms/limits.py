"""What a term may hold at most, and its format marks."""

from __future__ import annotations

import re

from flint import fmpz

from derivax.errors import TermError

__all__ = [
    "FORMAT",
    "MAX_ARGUMENTS",
    "MAX_BINDERS",
    "MAX_DIGITS",
    "MAX_NAME",
    "MAX_NODES",
    "MAX_TEXT",
    "MAX_UNFOLDED",
    "VERSION",
    "checked_name",
    "integer_from_text",
    "integer_to_text",
    "shown",
]

FORMAT = "derivax-term"
VERSION = 1

MAX_NODES = 500_000  # nodes of one term
MAX_ARGUMENTS = 2_000_000  # arguments of all nodes together
MAX_DIGITS = 100_000  # decimal digits of one integer
MAX_NAME = 1_000  # characters of a symbol's or function's name
MAX_TEXT = 1_000_000  # characters of a str inside a container
MAX_BINDERS = 256  # nested bound variables
MAX_UNFOLDED = 20_000  # nodes, sharing undone, under the few heads whose constructor recurses

_DECIMAL = re.compile(r"0|-?[1-9][0-9]*")


def integer_to_text(value: int) -> str:
    """Decimal digits of an integer (flint: Python refuses more than 4300 digits)."""
    text = str(fmpz(value)) if value.bit_length() < 4 * MAX_DIGITS else ""
    if not text or len(text) > MAX_DIGITS:
        raise TermError(
            f"an integer of about {int(value.bit_length() * 0.30103)} digits",
            f"a term holds integers of at most {MAX_DIGITS} digits",
        )
    return text


def integer_from_text(text: object) -> int:
    """The integer that a decimal string of the canonical spelling means."""
    if not isinstance(text, str) or len(text) > MAX_DIGITS or not _DECIMAL.fullmatch(text):
        raise TermError(
            shown(text), f"is not a decimal integer of at most {MAX_DIGITS} digits, as a string"
        )
    return int(fmpz(text))


def checked_name(name: object) -> str:
    """A name of a symbol or function: any non-empty text of moderate length."""
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        raise TermError(shown(name), f"is not a name (a string of 1 to {MAX_NAME} characters)")
    return name


def shown(value: object) -> str:
    """A short picture of a foreign value, without walking into it."""
    if isinstance(value, str):
        return repr(value[:40]) + ("..." if len(value) > 40 else "")
    if value is None or isinstance(value, bool | float):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if value.bit_length() < 64 else "a large int"
    return f"a {type(value).__name__}"
