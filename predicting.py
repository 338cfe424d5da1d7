"""`derivax predict`: data files in, a prediction out, as a table, JSON, CSV or NPY.

Main definition: `run`.
"""

from __future__ import annotations

import argparse
import io
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.programs.data_files import read_matrix
from derivax.numeric.programs.prediction import Prediction, predict
from derivax.terminal import emit, emit_json
from derivax.writing import write_atomically

__all__ = ["run"]

_MOST_TIMES = 1_000_000


def run(args: argparse.Namespace) -> int:
    """Predict from the files that the command names; write where `-o` says.

    `-o` with .json holds everything, .csv has columns time, mode 1 ... K, loss, .npy the same
    numbers as an array.
    """
    suffix = "" if args.output is None else args.output.suffix.lower()
    if suffix not in ("", ".json", ".csv", ".npy") or (args.output is not None and not suffix):
        raise InputError(str(args.output), "is neither .json, .csv nor .npy", "choose one of them")
    if args.json and suffix in (".csv", ".npy"):
        raise InputError(f"--json -o {args.output}", "contradict each other", "drop --json")
    found = predict(
        read_matrix(args.inputs),
        read_matrix(args.targets),
        lr=args.lr,
        times=None if args.times is None else _times(args.times),
        u0=args.u0,
        whitening=not args.no_whitening,
        rank=args.rank,
        labels=args.labels,
        reduction=args.reduction,
        fraction=args.fraction,
        tolerance=args.tolerance,
        hidden=args.hidden,
        L=args.matrices,
        n_layers=args.n_layers,
    )
    if args.json or suffix == ".json":
        emit_json(found.to_dict(), args.output)
    elif suffix == ".csv":
        write_atomically(args.output, _csv(found))
    elif suffix == ".npy":
        buffer = io.BytesIO()
        np.save(buffer, _table(found), allow_pickle=False)
        write_atomically(args.output, buffer.getvalue())
    else:
        emit(str(found))
    return 0


def _table(found: Prediction) -> Any:
    """time, strength of each mode, loss."""
    return np.column_stack([found.times, found.curves, found.loss])


def _csv(found: Prediction) -> str:
    heads = ["time", *(f"mode {k + 1}" for k in range(len(found.s))), "loss"]
    rows = [",".join(repr(float(x)) for x in row) for row in _table(found)]
    return "\n".join([",".join(heads), *rows]) + "\n"


def _times(text: str) -> list[float]:
    """'0, 10, 50' or 'FIRST:LAST:COUNT'."""
    try:
        if ":" in text:
            first, last, count = text.split(":")
            number = int(count)
            if not 1 <= number <= _MOST_TIMES:
                raise InputError(f"--times {text}", f"asks for {number} times", "")
            return np.linspace(float(first), float(last), number).tolist()
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"--times {text}", "is no list of times", "write '0, 10, 50' or '0:500:51'"
        ) from None
