"""Small real data sets, shipped with the package.

Origin, licence, preparation and checksums of each are in `data/SOURCES.md`.  Arrays are NumPy,
in the integer type of the source: a caller chooses the floating-point type of the experiment.

Main definitions: `digits`, `names`, `load`, `Digits`.
"""

from __future__ import annotations

import hashlib
import io
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from derivax.errors import InputError, UnknownName

__all__ = ["Digits", "digits", "load", "names"]

_DIGITS_SHA256 = "af104d81e7cd419be5f343d23c6ca2e4e4ff847b06636260802df8e903c6183f"


class Digits(NamedTuple):
    """`images` (1797, 64) with grey values 0 .. 16, and `labels` (1797,) in 0 .. 9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def digits() -> Digits:
    """The 1797 handwritten digits of the UCI optical recognition test set, 8 x 8 pixels each.

    Returns:
        `Digits(images, labels)`; row `i` of `images` is the 8 x 8 image `i` read row by row.

    Raises:
        InputError: the file of the installation is not the one that was shipped.

    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
    Learning Repository (1998), doi:10.24432/C50P49.

    >>> images, labels = digits()
    >>> images.shape, int(images.max()), np.bincount(labels).tolist()
    ((1797, 64), 16, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    """
    with _arrays("digits.npz", _DIGITS_SHA256) as arrays:
        return Digits(arrays["images"], arrays["labels"])


_SETS = {"digits": digits}


def names() -> tuple[str, ...]:
    """The data sets, each a function `derivax.data.<name>()`.

    >>> names()
    ('digits',)
    """
    return tuple(sorted(_SETS))


def load(name: str) -> Any:
    """The data set called `name`, as `derivax.data.<name>()` gives it.

    Raises:
        UnknownName: no such data set; the message names the nearest one.

    >>> load("digits").labels[:4].tolist()
    [0, 1, 2, 3]
    >>> load("digit")
    Traceback (most recent call last):
    ...
    derivax.errors.UnknownName: data set 'digit': there is none of this name; did you mean 'digits'?
    """
    if name not in _SETS:
        raise UnknownName.among("data set", name, _SETS)
    return _SETS[name]()


class _UnknownDataSet(UnknownName, AttributeError):
    """`derivax.data.<unknown>`: our error, and what Python's attribute protocol expects."""


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    raise _UnknownDataSet.among("data set", name, _SETS)


def _arrays(file: str, sha256: str) -> Any:
    """The arrays of a shipped npz file, after its checksum was compared."""
    content = resources.files(__name__).joinpath(file).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise InputError(
            f"data/{file}",
            f"its sha256 is {found[:12]}..., that of the shipped file is {sha256[:12]}...",
            "install derivax again",
        )
    return np.load(io.BytesIO(content), allow_pickle=False)
