r"""Linear relations between expressions, with coefficients that are numbers or parameters.

Main definitions: `null_combinations` (all c with $\sum c_j f_j = 0$), `solve_combination` (one c
with $\sum c_j f_j = f$).

The expressions are put over one common denominator (`monomials`); two of their monomials in the
variables are taken as independent, so that a relation found is a proof, and none is missed unless
kernels hide a relation that the monomials do not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Basic, Expr, Integer, S
from sympy.polys.domains import QQ
from sympy.polys.domains.domain import Domain as Field
from sympy.polys.matrices import DomainMatrix

from derivax.symbolic.exact.monomials import common_terms, split_by_monomials

__all__ = ["null_combinations", "solve_combination"]


def _rows(exprs: Sequence[Expr], parameters: Iterable[Basic]) -> tuple[list[list[Expr]], Field]:
    """One equation per monomial: its coefficients in the expressions, and their field."""
    fixed = set(parameters)
    terms = common_terms(exprs)
    variables = {g for t in terms for _, m in t for g, _ in m}
    variables = {g for g in variables if not (g.free_symbols and g.free_symbols <= fixed)}
    table: dict[object, dict[int, Expr]] = {}
    for j, each in enumerate(terms):
        for monomial, coefficient in split_by_monomials(each, variables).items():
            table.setdefault(monomial, {})[j] = coefficient
    rows = [[row.get(j, S.Zero) for j in range(len(exprs))] for row in table.values()]
    symbols = sorted({s for row in rows for c in row for s in c.free_symbols}, key=str)
    field = QQ.frac_field(*symbols) if symbols else QQ
    unique = list(dict.fromkeys(tuple(row) for row in rows))
    return [list(row) for row in unique], field


def null_combinations(
    exprs: Sequence[Expr], parameters: Iterable[Basic] = ()
) -> list[tuple[Expr, ...]]:
    """A basis of the c with c_1 f_1 + ... + c_n f_n = 0.

    Args:
        exprs: f_1, ..., f_n.
        parameters: symbols on which the c may depend.

    >>> from sympy.abc import x, a
    >>> null_combinations([x, a*x, x**2], [a])
    [(1, -1/a, 0)]
    """
    rows, field = _rows(exprs, parameters)
    if not rows:
        return [tuple(S.One if i == j else S.Zero for i in range(len(exprs)))
                for j in range(len(exprs))]  # fmt: skip
    matrix = DomainMatrix(
        [[field.from_sympy(c) for c in row] for row in rows], (len(rows), len(exprs)), field
    )
    null = matrix.to_field().nullspace().to_field().rref()[0]
    return [tuple(field.to_sympy(c) for c in row) for row in null.to_list()]


def solve_combination(
    exprs: Sequence[Expr], target: Expr, parameters: Iterable[Basic] = ()
) -> list[Expr] | None:
    """One c with c_1 f_1 + ... + c_n f_n = f, or None; as many as possible are zero.

    Args:
        exprs, target: f_1, ..., f_n and f.
        parameters: symbols on which the c may depend.

    >>> from sympy.abc import x, a
    >>> solve_combination([x, x**2], a*x, [a])
    [a, 0]
    """
    rows, field = _rows([*exprs, target], parameters)
    matrix = DomainMatrix(
        [[field.from_sympy(c) for c in row] for row in rows], (len(rows), len(exprs) + 1), field
    )
    reduced, pivots = matrix.to_field().rref()
    if len(exprs) in pivots:
        return None
    weights: list[Expr] = [Integer(0)] * len(exprs)
    last = reduced.to_list()
    for row, pivot in enumerate(pivots):
        weights[pivot] = field.to_sympy(last[row][-1])
    return weights
