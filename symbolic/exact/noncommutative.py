"""Is a polynomial in non-commuting symbols zero, whatever matrices they stand for?

Main definition: `noncommutative_vanishes`.

Main facts used: polynomials in independent non-commuting symbols agree exactly when their
expansions into words agree.  2 x 2 integer matrices at which the value is not zero refute.

Implementation notes.  This is for layers and other objects of symbolic index, W(n+1), which SymPy
writes as non-commutative functions; matrices with shapes go through `matrix_form`.
"""

from __future__ import annotations

from random import Random
from typing import Any

from sympy import Add, Basic, Expr, Integer, Matrix, Mul, Pow, S, Symbol
from sympy.matrices.exceptions import NonInvertibleMatrixError

from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.zero import vanishes

__all__ = ["noncommutative_vanishes"]

_ATTEMPTS = 8


def noncommutative_vanishes(expr: Expr, domain: Domain | None = None) -> Finding:
    """PROVEN when all words cancel, REFUTED with integer matrices, else OPEN.

    >>> from sympy import symbols
    >>> A, B = symbols("A B", commutative=False)
    >>> str(noncommutative_vanishes((A + B)**2 - A**2 - A*B - B*A - B**2).outcome)
    'proven'
    >>> noncommutative_vanishes(A*B - B*A).witness["value"] != [["0", "0"], ["0", "0"]]
    True
    """
    words: dict[tuple[Basic, ...], Expr] = {}
    for term in Add.make_args(expr.expand()):
        scalars, letters = term.args_cnc()
        word = tuple(letters)
        words[word] = words.get(word, S.Zero) + Mul(*scalars)
    if all(vanishes(c, domain).outcome is Outcome.PROVEN for c in words.values()):
        return Finding(Outcome.PROVEN, "free algebra", "every word cancels")
    found = _witness(expr, domain)
    if found is not None:
        return Finding(Outcome.REFUTED, "integer matrices", "not zero at the witness", None, found)
    return Finding(Outcome.OPEN, "free algebra", f"{len(words)} words survive")


def _letters(expr: Basic) -> set[Basic]:
    """The atoms that do not commute: symbols, values of functions."""
    if expr.is_commutative is not False:
        return set()
    if isinstance(expr, Add | Mul | Pow):
        return set().union(*(_letters(a) for a in expr.args))
    return {expr}


def _witness(expr: Expr, domain: Domain | None) -> dict[str, Any] | None:
    letters = sorted(_letters(expr), key=str)
    inside = {s for letter in letters for s in letter.free_symbols}
    symbols = [s for s in expr.free_symbols if isinstance(s, Symbol) and s.is_commutative]
    scalars = sorted((s for s in symbols if s not in inside), key=str)
    base = (domain if domain is not None else Domain.of(())).over(scalars)
    points = base.rational_points(_ATTEMPTS)[-_ATTEMPTS:] if scalars else [{}] * _ATTEMPTS
    random = Random(0)
    for point in points:
        values = {s: as_expression(v) for s, v in point.items()}
        model = {a: Matrix(2, 2, lambda _i, _j: random.randint(-4, 4)) for a in letters}
        try:
            value = _evaluated(expr, model, values)
        except NonInvertibleMatrixError:
            continue
        if all(entry.is_Rational for entry in value) and not value.is_zero_matrix:
            return {
                **{str(s): str(v) for s, v in values.items()},
                **{str(a): [[str(x) for x in row] for row in m.tolist()] for a, m in model.items()},
                "value": [[str(x) for x in row] for row in value.tolist()],
            }
    return None


def _evaluated(expr: Basic, model: dict[Basic, Matrix], values: dict[Basic, Expr]) -> Matrix:
    if expr in model:
        return model[expr]
    if expr.is_commutative is not False:
        return expr.subs(values) * Matrix.eye(2)
    if isinstance(expr, Pow) and isinstance(expr.exp, Integer):
        return _evaluated(expr.base, model, values) ** int(expr.exp)
    parts = [_evaluated(a, model, values) for a in expr.args]
    total = parts[0]
    for part in parts[1:]:
        total = total + part if isinstance(expr, Add) else total * part
    return total
