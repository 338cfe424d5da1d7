"""The levels of a Program's certificate once more, from the certificate alone.

The kernels in the stored text are compared with their formulas in exact arithmetic, at points of
their domain; the whole text runs on the recorded cases, and its results are compared with the
recorded ones: bit by bit in the environment of the certificate, else on the scale of their norm.
The exact references of a Program are code of the library, not part of a certificate: `--full` runs
them again.

Main definitions: `replay_program`, `program_trial`, `full_program`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import jax
import numpy as np

from derivax.errors import CertificateError, DerivaxError
from derivax.numeric.verify.accuracy import compare
from derivax.numeric.verify.certificate import Certificate, Level
from derivax.numeric.verify.outputs import scalar_entries
from derivax.numeric.verify.points import sample_points
from derivax.numeric.verify.stated import thawed
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.formula import Formula

__all__ = ["StoredProgram", "full_program", "program_trial", "replay_program"]

POINTS = 64
_CLOSE = 2.0**-10  # of the norm, for float32; squared for float64: other machines round otherwise
_MOST = 10**6  # numbers in one array


def replay_program(
    certificate: Certificate,
    functions: Mapping[str, Callable[..., Any]],
    same: bool,
    failed: Callable[..., Level],
) -> dict[str, Level]:
    """The levels as they stand now; `same`: this is the environment of the certificate."""
    levels = dict(certificate.levels)
    level = levels.get("L1")
    if level is not None and level.outcome.established:
        wrong = _kernels(certificate, functions)
        if wrong is not None:
            levels["L1"] = failed(level, *wrong)
        else:
            assert certificate.code is not None
            why = _cases(certificate, level, functions[certificate.code["function"]], same)
            done = replace(level, method=f"{level.method}; rechecked on its cases")
            levels["L1"] = done if why is None else failed(level, why)
    return levels


def _kernels(
    certificate: Certificate, functions: Mapping[str, Callable[..., Any]]
) -> tuple[str, Mapping[str, Any]] | None:
    """What tells that a kernel of the text is not its formula."""
    for name, stored in thawed(certificate.statement.get("kernels", {})).items():
        if "terms_missing" in stored:
            continue
        formula = Formula.from_json(stored)
        entries = scalar_entries(formula.expr) or []
        function = functions.get(formula.name if formula.name in functions else name)
        if function is None:
            return f"kernel {name} is not in the source", {"kernel": name}

        def one_point(*values: Any, run: Any = function) -> list[Any]:
            found = run(*values)
            return list(found) if isinstance(found, tuple) else [found]

        with jax.enable_x64(True):
            columns = sample_points(
                formula.domain, formula.args, POINTS, seed=certificate.seed, dtype="float64"
            )
            computed = {"jit": [np.asarray(part) for part in jax.jit(one_point)(*columns)]}
            report = compare(one_point, computed, entries, formula.args, columns, "float64")
        if report.witness is not None:
            witness = {k: v for k, v in report.witness.items() if k != "evidence"}
            return f"kernel {name} is not its formula", witness
    return None


def _cases(
    certificate: Certificate, level: Level, function: Callable[..., Any], same: bool
) -> str | None:
    """What tells that the text does not give the recorded results."""
    declared = certificate.statement["program"]
    names = [argument["name"] for argument in declared["arguments"]]
    results = [result["name"] for result in declared["results"]]
    cases = level.evidence.get("cases")
    if not cases:
        return "it holds no cases on which it could be rechecked"
    for case in cases:
        where = f"case {case['case']}, {case['dtype']}"
        with jax.enable_x64(True):
            given = [jax.numpy.asarray(a) for a in _arguments(case, names)]
            found = jax.jit(function)(*given)
        if len(found) != len(results):
            return f"{where}: {len(found)} results, {len(results)} are declared"
        for name, value in zip(results, found, strict=True):
            old, new = _array(case["results"][name], case["dtype"]), np.asarray(value)
            if old.shape != new.shape or str(new.dtype) != case["dtype"]:
                return f"{where}: {name} is {new.dtype}{new.shape}, recorded {old.shape}"
            wide = [np.asarray(a, np.float64) for a in (old, new)]
            off = float(np.linalg.norm(np.nan_to_num(wide[0] - wide[1])))
            size = float(np.linalg.norm(np.nan_to_num(wide[1])))
            close = _CLOSE if case["dtype"] == "float32" else _CLOSE**2
            if not np.array_equal(np.isfinite(old), np.isfinite(new)) or off > close * size:
                return f"{where}: {name} differs by {off:.3g} from the recorded results"
            if same and not np.array_equal(old, new, equal_nan=True):
                return f"{where}: {name} is not the recorded one, bit by bit"
    return None


def _arguments(case: Mapping[str, Any], names: list[str]) -> list[np.ndarray]:
    return [_array(case["arguments"][name], case["dtype"]) for name in names]


def _array(stored: Mapping[str, Any], dtype: str) -> np.ndarray:
    shape = tuple(int(size) for size in stored["shape"])
    if dtype not in ("float32", "float64") or prod(shape) > _MOST or min(shape, default=0) < 0:
        raise CertificateError("a case of the certificate", "is of no usable shape or format", "")
    numbers = np.array([float.fromhex(number) for number in stored["values"]], dtype=np.float64)
    if numbers.size != prod(shape):
        raise CertificateError(
            "a case of the certificate", "has not as many numbers as it says", ""
        )
    with np.errstate(over="ignore"):
        return numbers.reshape(shape).astype(dtype)


def program_trial(certificate: Certificate, functions: Mapping[str, Callable[..., Any]]) -> None:
    """Run the text on its first case: what does not end here would not end at all."""
    level = certificate.levels.get("L1")
    cases = level.evidence.get("cases") if level is not None else None
    if not cases or certificate.code is None:
        return
    names = [argument["name"] for argument in certificate.statement["program"]["arguments"]]
    with jax.enable_x64(True):
        given = [jax.numpy.asarray(a) for a in _arguments(cases[0], names)]
        jax.block_until_ready(jax.jit(functions[certificate.code["function"]])(*given))


class StoredProgram:
    """A Program of the library with the stored code: for levels that need its references."""

    def __init__(self, program: Any, function: Callable[..., Any]) -> None:
        self._program, self._function = program, jax.jit(function)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._program, name)

    def __call__(self, *args: Any, **named: Any) -> dict[str, Any]:
        names = self._program.arg_names
        values = dict(zip(names, args)) | named
        given = [values[name] for name in names]
        dtype = jax.numpy.result_type(*given)
        found = self._function(*(jax.numpy.asarray(value, dtype) for value in given))
        return dict(zip((r.name for r in self._program.results), found, strict=True))


def full_program(
    certificate: Certificate, program: Any, function: Callable[..., Any]
) -> dict[str, Level]:
    """Claims and values again, with the references of the library and the stored code."""
    from derivax.numeric.verify.program_levels import claims_level, program_values_level

    stored = StoredProgram(program, function)
    again: dict[str, Level] = {}
    checks: Mapping[str, Callable[[], Level]] = {
        "L0": lambda: claims_level(stored),
        "L1": lambda: program_values_level(stored, seed=certificate.seed),
    }
    for name, check in checks.items():
        level = certificate.levels.get(name)
        if level is None or not level.outcome.established:
            continue
        try:
            again[name] = check()
        except DerivaxError as error:
            again[name] = Level(Outcome.OPEN, name, str(error))
        again[name] = replace(again[name], method=f"{again[name].method}; computed again")
    return again
