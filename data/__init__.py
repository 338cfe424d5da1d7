"""Small real data sets, shipped with the package.

Origin, licence, preparation and checksums of each are in `data/SOURCES.md`.  Arrays are NumPy,
in the integer type of the source: a caller chooses the floating-point type of the experiment.

Main definitions: `digits`, `paramecium`, `life_table`, `names`, `load`, `Digits`, `Paramecium`.
"""

from __future__ import annotations

import hashlib
import io
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from derivax.errors import InputError, UnknownName

__all__ = ["Digits", "Paramecium", "digits", "life_table", "load", "names", "paramecium"]

_PARAMECIUM_SHA256 = "b9f353852189d0e5a3edc73eeed68bcecdf244b1888cad56916e72e3e63783e5"
_LIFE_TABLE_SHA256 = "7545c447fc9c7ddc6c00133ab40e3188114bb5e78887f0ffe405aaf54b2119bd"
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


class Paramecium(NamedTuple):
    """`days` (26,); counts (26,) of each culture per 0.5 cc, NaN on day 1, which was not counted.

    `aurelia`, `caudatum`: the species alone; `mixed` (26, 2): both together, aurelia first.
    """

    days: NDArray[np.float64]
    aurelia: NDArray[np.float64]
    caudatum: NDArray[np.float64]
    mixed: NDArray[np.float64]


def paramecium() -> Paramecium:
    """Gause's counts of *Paramecium aurelia* and *caudatum*, alone and together, for 25 days.

    Source: G. F. Gause, The Struggle for Existence (1934), appendix, table 3.

    >>> counts = paramecium()
    >>> counts.aurelia[[0, 2, 25]].tolist(), counts.mixed[25].tolist()
    ([2.0, 14.0, 510.0], [350.0, 20.0])
    """
    rows = _csv("gause_paramecium.csv", _PARAMECIUM_SHA256)
    return Paramecium(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:])


def life_table() -> NDArray[np.float64]:
    """A constructed life table of 100 ages, (100, 3): age, survival to the next, fecundity.

    Survival is 0.98 at every age, fecundity 0.08 from 17 to 50.

    >>> table = life_table()
    >>> table.shape, table[16].tolist()
    ((100, 3), [17.0, 0.98, 0.08])
    """
    return _csv("life_table.csv", _LIFE_TABLE_SHA256)


_SETS: dict[str, Any] = {"digits": digits, "life_table": life_table, "paramecium": paramecium}


def names() -> tuple[str, ...]:
    """The data sets, each a function `derivax.data.<name>()`.

    >>> names()
    ('digits', 'life_table', 'paramecium')
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


def _content(file: str, sha256: str) -> bytes:
    """A shipped file, after its checksum was compared."""
    content = resources.files(__name__).joinpath(file).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise InputError(
            f"data/{file}",
            f"its sha256 is {found[:12]}..., that of the shipped file is {sha256[:12]}...",
            "install derivax again",
        )
    return content


def _csv(file: str, sha256: str) -> NDArray[np.float64]:
    """The numbers below the line of names; NA becomes NaN."""
    lines = _content(file, sha256).decode("ascii").split()[1:]
    rows = [[float("nan") if cell == "NA" else float(cell) for cell in x.split(",")] for x in lines]
    return np.array(rows)


def _arrays(file: str, sha256: str) -> Any:
    """The arrays of a shipped npz file."""
    return np.load(io.BytesIO(_content(file, sha256)), allow_pickle=False)
