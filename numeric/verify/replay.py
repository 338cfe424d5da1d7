"""The levels of a certificate once more, from the certificate alone.

The stored code runs as it stands at the stored worst points; exact values are recomputed from the
stored formula.  An exact value that is not the recorded one, an error beyond the recorded bound, a
point that does not belong to the sample of the recorded seed, or a simulation whose stored numbers
disagree, refutes its level.  In the environment of the certificate the results of the code are
compared bit by bit.

Main definition: `replay`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jax
import numpy as np
from sympy import Basic

from derivax.errors import CertificateError, DerivaxError, TermError
from derivax.numeric.verify.accuracy import EXCUSED_ULP, compare, ulp_errors
from derivax.numeric.verify.certificate import Certificate, Level
from derivax.numeric.verify.climbing import from_origin
from derivax.numeric.verify.environment import environment
from derivax.numeric.verify.level_matrices import (
    has_matrix_arguments,
    matrix_derivatives_level,
    matrix_values_level,
)
from derivax.numeric.verify.level_problem import formula_level
from derivax.numeric.verify.level_sample import landmarks_of, level_sample
from derivax.numeric.verify.level_values import sample_size
from derivax.numeric.verify.outputs import derivative_entries, flat_results, scalar_entries
from derivax.numeric.verify.replay_program import replay_program
from derivax.numeric.verify.replay_second import second_contradiction
from derivax.numeric.verify.stated import stated_formula, statement_contradiction
from derivax.numeric.verify.stored_source import stored_functions
from derivax.symbolic.exact.ball import correctly_rounded
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.formula import Formula

__all__ = ["failed", "renewed", "replay", "stored_code"]

_DTYPES = ("float32", "float64")
# what the points of a sample depend on besides seed, formula and code
_SAMPLING = ("derivax", "numpy", "jax", "sympy", "python-flint", "machine")


def replay(certificate: Certificate) -> Certificate:
    """The certificate with its levels as they stand now.

    Raises: `CertificateError` when its terms cannot be read, its source lies outside the language
    of generated code, or its statement contradicts itself.
    """
    try:
        formula = stated_formula(certificate)
    except TermError as error:
        raise CertificateError(
            "the certificate's statement", f"{error.given}: {error.why}", ""
        ) from None
    except DerivaxError as error:
        raise CertificateError("the certificate's statement", str(error), "") from None
    wrong = statement_contradiction(certificate, formula)
    if wrong is not None:
        raise CertificateError("the certificate's statement", wrong, "")
    levels = dict(certificate.levels)
    try:
        functions = stored_functions(certificate.code) if certificate.code is not None else {}
    except CertificateError:
        raise
    except DerivaxError as error:
        return renewed(certificate, {**levels, "L1": failed(levels.get("L1"), str(error))})
    now = environment()
    same = dict(certificate.environment) == now
    if "program" in certificate.statement and functions:
        try:
            levels = replay_program(certificate, functions, same, failed)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            if isinstance(error, DerivaxError):
                raise
            raise CertificateError(
                "the certificate's cases", f"cannot be read ({type(error).__name__})", ""
            ) from None
    if formula is not None and formula.solves is not None and _established(levels.get("L0")):
        levels["L0"] = _problem(levels["L0"], formula)
    if formula is not None and certificate.code is not None and functions:
        run = _Run(certificate, formula, functions, same)
        if has_matrix_arguments(formula):
            run.matrices(levels)
        else:
            for name in ("L1", "L2"):
                if name in levels:
                    levels[name] = run.level(name, levels[name])
        if _established(levels.get("L3")):
            levels["L3"] = run.enclosure(levels["L3"])
        if _established(levels.get("L4")):
            levels["L4"] = run.predictions(levels["L4"])
    if _established(levels.get("L4")):
        levels["L4"] = _comparisons(levels["L4"])
    return renewed(certificate, levels)


def stored_code(certificate: Certificate, formula: Formula) -> Callable[..., Any]:
    """The stored function, called like a compiled formula: by position or by argument name."""
    assert certificate.code is not None
    function = stored_functions(certificate.code)[certificate.code["function"]]
    names = [str(arg) for arg in formula.args]

    def call(*args: Any, **named: Any) -> Any:
        import jax.numpy as jnp

        given = [*args, *(named[name] for name in names[len(args) :])]
        return _structured(formula.expr, function(*(jnp.asarray(a, float) for a in given)))

    return call


def _structured(expr: Any, result: Any) -> Any:
    """What the stored function returns (its entries) in the shape of the formula."""
    if isinstance(expr, dict | tuple) and isinstance(result, tuple):
        return _next(expr, iter(result))
    return result


def _next(part: Any, entries: Any) -> Any:
    if isinstance(part, dict):
        return {key: _next(inner, entries) for key, inner in part.items()}
    if isinstance(part, tuple):
        return tuple(_next(inner, entries) for inner in part)
    if hasattr(part, "shape") and hasattr(part, "rows"):
        import jax.numpy as jnp

        flat = [next(entries) for _ in range(part.rows * part.cols)]
        stacked = jnp.stack(jnp.broadcast_arrays(*flat), axis=-1)
        return stacked.reshape(stacked.shape[:-1] + (part.rows, part.cols))
    return next(entries)


def _established(level: Level | None) -> bool:
    return level is not None and level.outcome.established


def renewed(certificate: Certificate, levels: Mapping[str, Level]) -> Certificate:
    """The certificate with these levels, of now and of here."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(certificate, levels=levels, created=created, environment=environment())


def failed(level: Level | None, why: str, witness: Mapping[str, Any] | None = None) -> Level:
    """The level, refuted by the recheck."""
    base = level if level is not None else Level(Outcome.OPEN, "")
    return replace(
        base,
        outcome=Outcome.REFUTED,
        method="recheck",
        detail=why,
        witness=dict(witness or {"recheck": why}),
    )


def _problem(level: Level, formula: Formula) -> Level:
    again = formula_level(formula)
    if not again.outcome.established:
        return failed(level, f"now {again.outcome}: {again.detail}", again.witness)
    if level.outcome is Outcome.PROVEN and again.outcome is not Outcome.PROVEN:
        return failed(level, f"recorded as proven, now it only {again.outcome}: {again.detail}")
    return level


# --- levels 1 and 2 ------------------------------------------------------------------------------


class _Run:
    """The stored code of one certificate against its formula."""

    def __init__(
        self,
        certificate: Certificate,
        formula: Formula,
        functions: Mapping[str, Callable[..., Any]],
        same: bool,
    ) -> None:
        assert certificate.code is not None
        self.certificate, self.formula, self.same = certificate, formula, same
        self.functions, self.name = functions, certificate.code["function"]
        now = environment()
        recorded = certificate.environment
        self.same_sampling = all(recorded.get(key) == now[key] for key in _SAMPLING)

    def level(self, name: str, level: Level) -> Level:
        """Level 1 or 2 at its stored points."""
        scalars = scalar_entries(self.formula.expr) or []
        if name == "L1":
            entries = scalars

            def one_point(*values: Any) -> list[Any]:
                return _as_list(self.functions[self.name](*values))

        else:
            entries = derivative_entries(scalars, self.formula.args)
            slopes = [f for n, f in self.functions.items() if n.startswith(f"{self.name}_d_")]
            if level.outcome.established and len(slopes) != len(self.formula.args):
                return failed(level, "the source does not define the derivatives")

            def one_point(*values: Any) -> list[Any]:
                by_argument = [_as_list(slope(*values)) for slope in slopes]
                return [column[k] for k in range(len(scalars)) for column in by_argument]

        if level.outcome is Outcome.REFUTED and name == "L1":
            return self._witness(level, entries, one_point)
        if not level.outcome.established:
            return level
        rechecked = 0
        for dtype in _DTYPES:
            if dtype not in level.evidence:
                continue
            rows = self._rows(level, dtype)
            if isinstance(rows, str):
                return failed(level, rows)
            if name == "L1" and self.same_sampling:
                strange = self._strange(level, dtype, rows, entries)
                if strange is not None:
                    return failed(level, strange)
            if not rows:
                continue
            rechecked += 1
            wrong = self._at(level, name, dtype, rows, entries, one_point)
            if wrong is not None:
                return wrong
        if not rechecked:
            return failed(level, "it holds no points at which it could be rechecked")
        strange = second_contradiction(level, self.formula) if name == "L2" else None
        if strange is not None:
            return failed(level, strange)
        return replace(level, method=f"{level.method}; rechecked at the worst points")

    def _rows(self, level: Level, dtype: str) -> list[dict[str, Any]] | str:
        """The stored worst points, read; or what is wrong with them."""
        names = [str(arg) for arg in self.formula.args]
        found = []
        try:
            for row in level.evidence[dtype]["worst"]:
                point = tuple(float.fromhex(row["at"][name]) for name in names)
                if set(row["at"]) != set(names):
                    return f"its {dtype} points have other arguments than the formula"
                found.append(
                    {
                        "at": point,
                        "output": row["output"],
                        "mode": row["mode"],
                        "result": float.fromhex(row["result"]),
                        "exact": float.fromhex(row["exact"]),
                        "error": float(row["error_ulp"]),
                        "allowed": float(row["allowed_ulp"]),
                        "origin": row.get("origin"),
                    }
                )
        except (KeyError, TypeError, ValueError, OverflowError):
            return f"its {dtype} points cannot be read"
        numbers = [x for row in found for x in (*row["at"], row["error"], row["allowed"])]
        if not np.isfinite(numbers).all():
            return f"its {dtype} points are not finite numbers"
        with np.errstate(over="ignore"):
            if any(float(np.dtype(dtype).type(x)) != x for row in found for x in row["at"]):
                return f"its {dtype} points are no {dtype} numbers"
        return found

    def _strange(
        self,
        level: Level,
        dtype: str,
        rows: Sequence[Mapping[str, Any]],
        entries: Sequence[tuple[str, Basic]],
    ) -> str | None:
        """What tells that the points do not come from the recorded seed and domain."""
        args = tuple(self.formula.args)
        code = self.functions[self.name]
        landmarks = landmarks_of(
            [expr for _, expr in entries],
            args,
            self.formula.domain,
            lambda *values: [code(*values)],
            self.certificate.seed,
        )
        sample = level_sample(
            self.formula.domain,
            args,
            sample_size(len(entries)),
            landmarks,
            seed=self.certificate.seed,
            dtype=dtype,
        )
        if level.figures[f"points_{dtype}"].value != sample.size:
            return f"it counts other {dtype} points than its seed and domain give: {sample.size}"
        known = {sample.row(i) for i in range(sample.size)}
        for row in rows:
            origin = row["origin"]
            if origin is None and args and row["at"] not in known:
                return f"its {dtype} points are not those of its seed and domain"
            if origin is not None and (
                not isinstance(origin, tuple) or from_origin(origin, sample) != row["at"]
            ):
                return f"its {dtype} points are not where their origins lead"
        return None

    def _at(
        self,
        level: Level,
        name: str,
        dtype: str,
        rows: Sequence[Mapping[str, Any]],
        entries: Sequence[tuple[str, Basic]],
        one_point: Callable[..., list[Any]],
    ) -> Level | None:
        """The level refuted, or None when all is as recorded."""
        points = sorted({row["at"] for row in rows})
        args = self.formula.args
        with jax.enable_x64(True):
            columns = [np.array(column, dtype=dtype) for column in zip(*points)]
            computed = [np.asarray(part) for part in jax.jit(one_point)(*columns)]
            report = compare(one_point, {"jit": computed}, entries, args, columns, dtype)
        if report.witness is not None:
            witness = {k: v for k, v in report.witness.items() if k != "evidence"}
            return failed(level, f"{dtype}: code and formula differ", witness)
        index = {point: i for i, point in enumerate(points)}
        for k, (label, expr) in enumerate(entries):
            own = [row for row in rows if row["output"] == label]
            if not own:
                continue
            exact, decided = correctly_rounded(expr, args, columns, dtype)
            results = np.broadcast_to(np.asarray(computed[k], dtype=dtype), exact.shape)
            for row in own:
                i = index[row["at"]]
                wrong = self._row(name, dtype, row, exact[i], bool(decided[i]), results[i])
                if wrong is not None:
                    where = dict(zip(map(str, args), row["at"], strict=True))
                    return failed(level, f"{dtype}: {wrong}", {**where, "recheck": wrong})
        if len({row["output"] for row in rows} - {label for label, _ in entries}):
            return failed(level, f"its {dtype} points are of outputs that the formula has not")
        recorded = level.figures[f"max_{dtype}"].value
        bound = recorded if self.same and name == "L1" else max(EXCUSED_ULP, 2 * recorded)
        if report.max_ulp > bound:
            return failed(
                level, f"{dtype}: {report.max_ulp:.3g} ulp, recorded at most {bound:.3g} ulp"
            )
        return None

    def _row(
        self, name: str, dtype: str, row: Mapping[str, Any], exact: Any, decided: bool, result: Any
    ) -> str | None:
        """What is wrong with one recorded point."""
        value = float(exact)
        if decided and value != row["exact"]:
            return f"the exact value is {value!r}, recorded is {row['exact']!r}"
        with np.errstate(all="ignore"):
            stored, known = (np.asarray([row[k]], dtype=dtype) for k in ("result", "exact"))
            error = float(ulp_errors(stored, known, dtype)[0][0])
        if abs(error - row["error"]) > 1e-9 * error:
            return f"its error is {error:.3g} ulp, recorded are {row['error']:.3g} ulp"
        if self.same and name == "L1" and row["mode"] == "jit" and float(result) != row["result"]:
            return f"the code gives {float(result)!r}, recorded is {row['result']!r}"
        return None

    def _witness(
        self, level: Level, entries: Sequence[tuple[str, Basic]], one_point: Callable[..., Any]
    ) -> Level:
        """A refuted level stays refuted only if its witness still refutes."""
        stored = level.evidence.get("witness")
        if stored is None or level.witness is None:
            return replace(level, outcome=Outcome.OPEN, detail="it is refuted without a witness")
        names = [str(arg) for arg in self.formula.args]
        try:
            point = [float.fromhex(stored["at"][name]) for name in names]
            shown = [float(level.witness[name]) for name in names]
            dtype = str(level.witness["dtype"])
            recorded = (float.fromhex(stored["exact"]), float(level.witness["exact"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            return replace(level, outcome=Outcome.OPEN, detail="its witness cannot be read")
        known = dtype in _DTYPES and shown == point and recorded[0] == recorded[1]
        if known:
            with jax.enable_x64(True):
                columns = [np.array([x], dtype=dtype) for x in point]
                computed = [np.asarray(part) for part in jax.jit(one_point)(*columns)]
                report = compare(one_point, {"jit": computed}, entries, self.formula.args, columns,
                                 dtype)  # fmt: skip
            if report.witness is not None and float(report.witness["exact"]) == recorded[0]:
                return level
        return replace(
            level, outcome=Outcome.OPEN, witness=None, detail="its witness does not refute the code"
        )

    def matrices(self, levels: dict[str, Level]) -> None:
        """Formulas of matrices: the same cases again, made from the same seed."""
        function = self.functions[self.name]
        checks = {"L1": matrix_values_level, "L2": matrix_derivatives_level}
        for name, check in checks.items():
            level = levels.get(name)
            if level is None or not level.outcome.established:
                continue
            dtypes = [d for d in _DTYPES if f"max_{d}" in level.figures]
            again = check(function, self.formula, seed=self.certificate.seed, dtypes=dtypes)
            if not again.outcome.established:
                detail = f"now {again.outcome}: {again.detail}"
                levels[name] = failed(level, detail, again.witness)
                continue
            levels[name] = self._figures(level, again, dtypes)

    def _figures(self, level: Level, again: Level, dtypes: Sequence[str]) -> Level:
        if not dtypes:
            return failed(level, "it holds no figures that could be rechecked")
        for key, figure in again.figures.items():
            recorded = level.figures.get(key)
            if recorded is None:
                return failed(level, f"it does not record {key}")
            if key.startswith("max_"):
                bound = recorded.value if self.same else max(EXCUSED_ULP, 2 * recorded.value)
                if figure.value > bound:
                    why = f"{key}: more than the recorded {recorded.value:.3g} ulp"
                    return failed(level, why)
            changed = not np.isclose(figure.value, recorded.value, rtol=1e-6)
            if self.same and changed:
                return failed(level, f"{key} is {figure.value:.6g}, recorded {recorded.value:.6g}")
        return replace(level, method=f"{level.method}; rechecked")

    # --- levels 3 and 4 ----------------------------------------------------------------------

    def enclosure(self, level: Level) -> Level:
        """The recorded leaves tile the box, and each is evaluated once."""
        from derivax.numeric.verify.replay_enclosure import enclosure_contradiction

        labels = [label for label, _ in scalar_entries(self.formula.expr) or []]
        assert self.certificate.code is not None
        try:
            wrong = enclosure_contradiction(level, self.formula, self.certificate.code, labels)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            wrong = f"its record cannot be read ({type(error).__name__})"
        if wrong is not None:
            return failed(level, wrong)
        return replace(level, method=f"{level.method}; its leaves evaluated again")

    def predictions(self, level: Level) -> Level:
        """Predictions whose setting names all arguments: the stored code predicts them again."""
        names = [str(arg) for arg in self.formula.args]
        matrices = has_matrix_arguments(self.formula)
        try:
            for record in level.evidence["comparisons"]:
                setting = record["setting"]
                if set(setting) != set(names) or matrices:
                    continue
                given = [np.float64(setting[name]) for name in names]
                with jax.enable_x64(True):
                    again = _as_list(self.functions[self.name](*given))
                predicted = [float.fromhex(number) for number in record["predicted"]]
                allowed = [float.fromhex(number) for number in record["allowed"]]
                found = sorted(float(x) for x in flat_results(tuple(again), again))
                pairs = zip(found, sorted(predicted), strict=True)
                for value, old in pairs:
                    if not abs(value - old) <= max(allowed) + 1e-12 * abs(value):
                        return failed(
                            level, f"{record['quantity']}: predicted {old!r}, the code {value!r}"
                        )
        except (KeyError, TypeError, ValueError, OverflowError):
            return failed(level, "its comparisons cannot be read")
        return level


def _as_list(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (tuple, list)) else [result]


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
                    return failed(level, f"{record['quantity']}: {predicted} against {measured}")
    except (KeyError, TypeError, ValueError, OverflowError):
        return failed(level, "its comparisons cannot be read")
    return replace(level, method=f"{level.method}; replayed from stored numbers")
