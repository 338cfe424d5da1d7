"""Is a matrix expression, or a scalar expression in traces, zero for all sizes?

Main definition: `matrix_vanishes`.

Implementation notes.  Proven by the normal form (`matrix_form`), refuted by exact rational matrices
(`matrix_models`), open when neither comes out.  The rules are completed only where they fall short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Basic, Expr, MatrixBase, Trace
from sympy.matrices.expressions import Inverse, MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.matrix_form import (
    Diagonal,
    MatrixRelation,
    Relations,
    matrix_form,
    trace_form,
)
from derivax.symbolic.exact.matrix_models import witness
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.exact.zero import vanishes

__all__ = ["matrix_vanishes"]

_METHOD = "non-commutative normal form"


def matrix_vanishes(expr: Basic, modulo: Iterable[MatrixRelation | Diagonal] = ()) -> Finding:
    """Is a matrix expression, or a scalar expression in traces, zero for all sizes?

    Returns:
        PROVEN when every word cancels; REFUTED with exact rational matrices as witness; OPEN when a
        word survives and no witness was found.

    >>> from sympy import MatrixSymbol, symbols
    >>> n = symbols("n", integer=True, positive=True)
    >>> A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
    >>> str(matrix_vanishes((A*B).T - B.T*A.T).outcome), str(matrix_vanishes(A*B - B*A).outcome)
    ('proven', 'refuted')
    """
    modulo = tuple(modulo)
    if isinstance(expr, MatrixBase) and not modulo:
        findings = [vanishes(entry) for entry in expr]
        outcome = weakest(f.outcome for f in findings)
        return next((f for f in findings if f.outcome is outcome), Finding(Outcome.PROVEN, _METHOD))
    first = _by_normal_form(expr, modulo, complete=False)
    if first.outcome is Outcome.PROVEN:
        return first
    found = witness(expr, modulo)
    if found is not None:
        said = "not zero at the witness"
        return Finding(Outcome.REFUTED, "rational matrices", said, None, found)
    return _by_normal_form(expr, modulo, complete=True)


def _by_normal_form(
    expr: Basic, modulo: tuple[MatrixRelation | Diagonal, ...], *, complete: bool
) -> Finding:
    """PROVEN or OPEN."""
    try:
        relations = Relations(modulo, sorted(_inverses(expr, modulo), key=str))
        relations = relations.completed() if complete else relations
        form = _form(expr, relations)
    except InputError as refused:
        return Finding(Outcome.OPEN, _METHOD, str(refused))
    surviving = [key for key, c in form.items() if not _is_zero(c)]
    if surviving and not any(_proportional(form, fact) for fact in relations.facts):
        return Finding(Outcome.OPEN, _METHOD, f"{len(surviving)} of {len(form)} words survive")
    return Finding(Outcome.PROVEN, _METHOD, "every word cancels, for all sizes")


def _form(expr: Basic, relations: Relations) -> Mapping[Any, Expr]:
    if isinstance(expr, MatrixExpr) and expr.shape == (1, 1):
        return trace_form(Trace(expr), relations)  # a number: it equals its transpose
    if isinstance(expr, MatrixExpr):
        return relations.reduced(matrix_form(expr))
    return trace_form(expr, relations)


def _proportional(form: Mapping[Any, Expr], fact: Mapping[Any, Expr]) -> bool:
    """`form` is a scalar multiple of a polynomial that is zero."""
    if not form or form.keys() != fact.keys():
        return False
    first = next(iter(fact))
    if vanishes(fact[first]).outcome is not Outcome.REFUTED:
        return False
    return all(_is_zero(form[key] * fact[first] - form[first] * fact[key]) for key in fact)


def _is_zero(scalar: Expr) -> bool:
    """Zero for certain; a coefficient that holds a determinant or an entry is not looked into."""
    if scalar.atoms(MatrixExpr):
        return bool(scalar.expand() == 0)
    return vanishes(scalar).outcome is Outcome.PROVEN


def _inverses(expr: Basic, modulo: Iterable[MatrixRelation | Diagonal]) -> set[MatrixExpr]:
    """The inverses of sums that occur."""
    sides = [expr]
    for relation in modulo:
        if isinstance(relation, MatrixRelation):
            sides += [relation.lhs, relation.rhs]
    found: set[MatrixExpr] = set()
    for side in sides:
        for node in side.atoms(Inverse):
            found |= {
                letter
                for word in matrix_form(node)
                for letter, _ in word
                if isinstance(letter, Inverse)
            }
    return found
