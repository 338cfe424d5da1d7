"""recheck: recompute what a certificate claims, from the file alone.

The stored code is run as it stands (inside the closed subset of generated code, without builtins)
at the stored worst points and compared with exact values recomputed from the stored formula;
nothing is compiled anew.  A value beyond its recorded bound, a changed source, or a simulation
whose stored numbers disagree gives a `refuted` certificate.  This detects change and error; only a
signature detects a forger.

Main definition: `recheck`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jax
import numpy as np
from sympy import Basic

from derivax.errors import DerivaxError
from derivax.numeric.verify.accuracy import EXCUSED_ULP, compare
from derivax.numeric.verify.certificate import (
    Certificate,
    Level,
    read_certificates,
)
from derivax.numeric.verify.environment import environment
from derivax.numeric.verify.level_matrices import (
    has_matrix_arguments,
    matrix_derivatives_level,
    matrix_values_level,
)
from derivax.numeric.verify.level_problem import formula_level
from derivax.numeric.verify.outputs import derivative_entries, scalar_entries
from derivax.numeric.verify.stored_source import stored_functions
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.formula import Formula
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.terms import from_term

__all__ = ["recheck"]


def recheck(path: str | os.PathLike[str]) -> tuple[Certificate, ...]:
    """Recheck every certificate of a file (a single one, or {"schema_version", "certificates"}).

    Returns: the certificates with the levels as they stand now; a level that fails is `refuted`,
    with what differs as its witness. Raises: `CertificateError` when the file is not a certificate.
    """
    return tuple(_recheck_one(certificate) for certificate in read_certificates(path))


def _recheck_one(certificate: Certificate) -> Certificate:
    levels = dict(certificate.levels)
    try:
        functions = stored_functions(certificate.code) if certificate.code is not None else {}
        formula = _formula(certificate)
    except DerivaxError as error:
        return _renewed(certificate, {**levels, "L1": _failed(levels.get("L1"), str(error))})
    if formula is not None and formula.solves is not None and _established(levels.get("L0")):
        again = formula_level(formula)
        if not again.outcome.established:
            levels["L0"] = _failed(levels["L0"], f"now {again.outcome}: {again.detail}")
    if formula is not None and certificate.code is not None and functions:
        name, same = certificate.code["function"], certificate.environment == environment()
        if has_matrix_arguments(formula):
            _matrices(levels, formula, functions[name], certificate.seed, same)
            return _renewed(certificate, levels)
        if _established(levels.get("L1")):
            levels["L1"] = _values(levels["L1"], formula, functions[name], same)
        if _established(levels.get("L2")):
            levels["L2"] = _derivatives(levels["L2"], formula, functions, name, same)
    if _established(levels.get("L4")):
        levels["L4"] = _comparisons(levels["L4"])
    return _renewed(certificate, levels)


def _established(level: Level | None) -> bool:
    return level is not None and level.outcome.established


def _renewed(certificate: Certificate, levels: Mapping[str, Level]) -> Certificate:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(certificate, levels=levels, created=created, environment=environment())


def _failed(level: Level | None, why: str, witness: Mapping[str, Any] | None = None) -> Level:
    base = level if level is not None else Level(Outcome.OPEN, "")
    return replace(
        base,
        outcome=Outcome.REFUTED,
        method="recheck",
        detail=why,
        witness=dict(witness or {"recheck": why}),
    )


def _formula(certificate: Certificate) -> Formula | None:
    stored = certificate.statement.get("formula")
    if stored is None:
        return None
    formula = Formula.from_json(_thawed(stored))
    problem = certificate.statement.get("problem_term")
    if problem is None or certificate.statement.get("steps") is not None:
        return formula
    parts = from_term(_thawed(problem))
    solved = Problem(
        [Statement(lhs, rel, rhs) for lhs, rel, rhs in parts["equations"]],
        parts["unknown"],
        dict(parts["given"]),
        parts["assume"],
    )
    return Formula(formula.expr, formula.args, formula.domain, name=formula.name, solves=solved)


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(part) for key, part in value.items()}
    return [_thawed(part) for part in value] if isinstance(value, (list, tuple)) else value


# --- levels --------------------------------------------------------------------------------------


def _values(
    level: Level, formula: Formula, function: Callable[..., Any], same_machine: bool
) -> Level:
    entries = scalar_entries(formula.expr) or []

    def one_point(*values: Any) -> list[Any]:
        return _as_list(function(*values))

    return _at_stored_points(level, formula, entries, one_point, same_machine)


def _matrices(
    levels: dict[str, Level],
    formula: Formula,
    function: Callable[..., Any],
    seed: int,
    same_machine: bool,
) -> None:
    """Formulas of matrices: the same cases again, made from the same seed."""
    checks = {"L1": matrix_values_level, "L2": matrix_derivatives_level}
    for name, check in checks.items():
        level = levels.get(name)
        if level is None or not level.outcome.established:
            continue
        dtypes = [d for d in ("float32", "float64") if f"max_{d}" in level.figures]
        again = check(function, formula, seed=seed, dtypes=dtypes)
        if not again.outcome.established:
            levels[name] = _failed(level, f"now {again.outcome}: {again.detail}", again.witness)
            continue
        for dtype in dtypes:
            recorded = level.figures[f"max_{dtype}"].value
            bound = recorded if same_machine else max(EXCUSED_ULP, 2 * recorded)
            if again.figures[f"max_{dtype}"].value > bound:
                levels[name] = _failed(level, f"{dtype}: more than the recorded {recorded:.3g} ulp")


def _derivatives(
    level: Level,
    formula: Formula,
    functions: Mapping[str, Callable[..., Any]],
    name: str,
    same_machine: bool,
) -> Level:
    scalars = scalar_entries(formula.expr) or []
    entries = derivative_entries(scalars, formula.args)
    slopes = [functions.get(f) for f in _derivative_names(functions, name)]
    if len(slopes) != len(formula.args) or None in slopes:
        return _failed(level, "the source does not define the derivatives")

    def one_point(*values: Any) -> list[Any]:
        by_argument = [_as_list(slope(*values)) for slope in slopes if slope is not None]
        return [column[k] for k in range(len(scalars)) for column in by_argument]

    return _at_stored_points(level, formula, entries, one_point, same_machine)


def _derivative_names(functions: Mapping[str, Any], name: str) -> list[str]:
    """The derivative functions of the module, in the order of the arguments."""
    return [f for f in functions if f.startswith(f"{name}_d_")]


def _as_list(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (tuple, list)) else [result]


def _at_stored_points(
    level: Level,
    formula: Formula,
    entries: Sequence[tuple[str, Basic]],
    one_point: Callable[..., list[Any]],
    same_machine: bool,
) -> Level:
    """Run the stored code at the stored points and judge it afresh."""
    names = [str(arg) for arg in formula.args]
    rechecked = 0
    for dtype in ("float32", "float64"):
        stored = level.evidence.get(dtype)
        if stored is None:
            continue
        try:
            rows = {
                tuple(float.fromhex(point["at"][name]) for name in names)
                for point in stored["worst"]
            }
        except (KeyError, TypeError, ValueError):
            return _failed(level, f"its {dtype} points cannot be read")
        if not np.isfinite(list(rows)).all():
            return _failed(level, f"its {dtype} points are not finite numbers")
        if not rows:
            continue
        rechecked += 1
        with jax.enable_x64(True):
            columns = [np.array(column, dtype=dtype) for column in zip(*sorted(rows))]
            computed = {"jit": [np.asarray(part) for part in jax.jit(one_point)(*columns)]}
            report = compare(one_point, computed, entries, formula.args, columns, dtype)
        if report.witness is not None:
            witness = {k: v for k, v in report.witness.items() if k != "evidence"}
            return _failed(level, f"{dtype}: code and formula differ", witness)
        recorded = level.figures.get(f"max_{dtype}")
        bound = recorded.value if recorded is not None else 0.0
        if not same_machine:  # other roundings of exp and log, other contractions
            bound = max(EXCUSED_ULP, 2 * bound)
        if report.max_ulp > bound:
            return _failed(
                level, f"{dtype}: {report.max_ulp:.3g} ulp, recorded at most {bound:.3g} ulp"
            )
    if not rechecked:
        return _failed(level, "it holds no points at which it could be rechecked")
    return replace(level, method=f"{level.method}; rechecked at the worst points")


def _comparisons(level: Level) -> Level:
    """Replay the stored comparisons: every difference within what was allowed."""
    try:
        for record in level.evidence["comparisons"]:
            columns = [
                [float.fromhex(number) for number in record[key]]
                for key in ("predicted", "measured", "allowed")
            ]
            for predicted, measured, allowed in zip(*columns, strict=True):
                if not abs(predicted - measured) <= allowed:
                    return _failed(level, f"{record['quantity']}: {predicted} against {measured}")
    except (KeyError, TypeError, ValueError):
        return _failed(level, "its comparisons cannot be read")
    return replace(level, method=f"{level.method}; replayed from stored numbers")
