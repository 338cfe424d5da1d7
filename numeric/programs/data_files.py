r"""Matrices from CSV and NPY files, with one clear error for each way in which they can be wrong.

Main definitions: `read_matrix`, `as_matrix`.

NPY files are read without pickle: a file cannot run anything.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivax.errors import InputError

__all__ = ["as_matrix", "read_matrix"]

Array = NDArray[np.float64]
_LARGEST_FILE = 2 * 10**9


def read_matrix(path: str | os.PathLike[str]) -> Array:
    """The numbers of a .npy or .csv file: one example a row; a vector is one column.

    A CSV file may be separated by commas, semicolons or tabs and may begin with a line of names.

    Raises: `InputError`: no such file, another format, empty, pickled, not numbers, complex, NaN.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise InputError(str(path), "is not a file", "pass a .csv or .npy file")
        if size > _LARGEST_FILE:
            raise InputError(str(path), f"has {size} bytes, too many", "select fewer examples")
        content = file.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(str(path), f"cannot be read ({why})", "") from None
    if not content:
        raise InputError(str(path), "is empty", "one example a row is needed")
    if file.suffix.lower() == ".npy" or content[:6] == b"\x93NUMPY":
        return as_matrix(_npy(content, str(path)), str(path))
    if file.suffix.lower() in (".csv", ".tsv", ".txt"):
        return as_matrix(_csv(content, str(path)), str(path))
    raise InputError(str(path), "is neither .csv nor .npy", "save it with numpy.save or as CSV")


def as_matrix(values: Any, name: str) -> Array:
    """Real, finite numbers with two dimensions; a vector becomes one column.

    >>> as_matrix([1, 2, 3], "targets").shape
    (3, 1)
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(name, "has rows of different lengths", "") from None
    if array.dtype.kind == "c":
        raise InputError(name, "holds complex numbers", "pass real numbers")
    if array.dtype.kind not in "biuf":
        raise InputError(name, f"holds {array.dtype}, not numbers", "pass real numbers")
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise InputError(
            f"{name} of shape {array.shape}", "two dimensions are needed", "one example a row"
        )
    if 0 in array.shape:
        raise InputError(f"{name} of shape {array.shape}", "is empty", "one example a row")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise InputError(
            name,
            f"row {row + 1}, column {column + 1} is {array[row, column]}",
            "remove or impute such entries first",
        )
    return array


def _npy(content: bytes, name: str) -> Any:
    try:
        return np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError, SyntaxError, TypeError) as error:
        if "pickle" in str(error).lower():
            raise InputError(name, "holds Python objects", "save a plain numeric array") from None
        raise InputError(name, "is no readable .npy file", "write it with numpy.save") from None


def _csv(content: bytes, name: str) -> Array:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(name, "is not text in UTF-8", "save it as CSV in UTF-8") from None
    first = text.lstrip().split("\n", 1)[0]
    separator = next((c for c in ",;\t" if c in first), ",")
    try:
        rows = [row for row in csv.reader(text.splitlines(), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise InputError(name, f"is no CSV ({error})", "") from None
    if rows and not any(_is_number(cell) for cell in rows[0]):
        rows = rows[1:]  # a line of names
    if not rows:
        raise InputError(name, "holds no numbers", "one example a row is needed")
    width = len(rows[0])
    found = np.empty((len(rows), width))
    for i, row in enumerate(rows):
        if len(row) != width:
            raise InputError(
                name, f"row {i + 1} has {len(row)} columns, the first has {width}", ""
            )
        for j, cell in enumerate(row):
            if not _is_number(cell):
                what = repr(cell.strip()[:40]) if cell.strip() else "empty"
                raise InputError(
                    name, f"row {i + 1}, column {j + 1} is {what}, not a number", ""
                )
            found[i, j] = float(cell)
    return found


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
