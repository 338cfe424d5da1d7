"""Strict reading of JSON that strangers wrote: bounded in size, depth and time, one spelling only.

What is refused: more than 64 MiB or four million parts, nesting beyond 64 levels, an entry given
twice, numbers beyond float64 or of more than 100 digits, NaN, text that is no Unicode (lone
surrogates), a byte order mark.

Main definitions: `loads`, `read_text`.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any, NoReturn

from derivax.errors import CertificateError

__all__ = ["loads", "read_text"]

MAX_BYTES = 64 * 1024 * 1024
MAX_PARTS = 4_000_000
MAX_DEPTH = 64
MAX_DIGITS = 100


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a regular file of moderate size.

    Raises: `CertificateError` when it cannot be read, is larger than 64 MiB, or is not UTF-8.
    """
    file = Path(path)
    try:
        if not file.is_file() and file.exists():
            raise CertificateError(str(path), "is not a regular file", "")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise CertificateError(str(path), f"larger than {MAX_BYTES >> 20} MiB", "")
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = "its name holds a null byte"
        if isinstance(error, OSError):
            reason = error.strerror or type(error).__name__
        elif isinstance(error, UnicodeDecodeError):
            reason = "not UTF-8 text"
        if isinstance(error, CertificateError):
            raise
        raise CertificateError(str(path), f"cannot be read ({reason})", "") from error


def loads(text: str, where: str) -> Any:
    """The value of a JSON text within the limits.

    >>> loads('{"a": 1, "a": 2}', "x.json")
    Traceback (most recent call last):
    ...
    derivax.errors.CertificateError: x.json: not JSON of one meaning (entry 'a' is given twice)
    """
    parts = text.count(",") + text.count("[") + text.count("{")
    if parts > MAX_PARTS:
        raise CertificateError(where, f"more than {MAX_PARTS} parts", "")
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise CertificateError(where, f"is nested deeper than {MAX_DEPTH} levels", "") from None
    except _Ambiguous as error:
        raise CertificateError(where, f"not JSON of one meaning ({error})", "") from None
    except ValueError as error:
        raise CertificateError(where, f"not JSON ({error})", "") from None
    _refuse_depth_and_surrogates(value, where)
    return value


class _Ambiguous(ValueError):
    """Valid JSON that readers understand differently."""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Ambiguous(f"{text[:20]} is beyond float64")
    return value


def _int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Ambiguous(f"an integer of {len(text)} digits")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Ambiguous(f"entry {key[:40]!r} is given twice")
            seen.add(key)
    return made


def _refuse_depth_and_surrogates(value: Any, where: str) -> None:
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise CertificateError(where, f"is nested deeper than {MAX_DEPTH} levels", "")
        below: list[Any] = []
        for part in level:
            if isinstance(part, dict):
                below.extend(part.values())
                texts: Any = part.keys()
            elif isinstance(part, list):
                below.extend(part)
                continue
            else:
                texts = (part,) if isinstance(part, str) else ()
            for text in texts:
                if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
                    raise CertificateError(where, "holds text that is not Unicode", "")
        level = below
