r"""Spectra of explicit matrices and of structured matrices of symbolic size.

Main definition: `Eigenpairs`.

Implementation notes.  For a symbolic size n the matrix is a SymPy matrix expression
(`(d - g)*Identity(n) + g*OneMatrix(n, n)`, a `FunctionMatrix` ...), written out at each listed
size; the outcome is then `instances`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sympy import (
    Add,
    Basic,
    Determinant,
    Expr,
    Identity,
    ImmutableMatrix,
    Matrix,
    MatrixBase,
    Mul,
    Ne,
    Symbol,
    eye,
)
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.outcome import Finding
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import (
    AtSizes,
    Obligation,
    Settled,
    SignHolds,
    Vanishes,
    all_of,
)
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["Eigenpair", "Eigenpairs"]

Vectors = Sequence[Any] | Callable[[int], Sequence[Any]] | None


@dataclass(frozen=True)
class Together(Obligation):
    """Several obligations as one."""

    parts: tuple[Obligation, ...]
    about: str

    def check(self) -> Finding:
        return all_of((part.check() for part in self.parts), "exact algebra")


@dataclass(frozen=True)
class Eigenpair:
    """An eigenvalue, its multiplicity, and a basis of its eigenvectors.

    Args:
        value: the eigenvalue, an expression (it may contain the size).
        multiplicity: how often; an integer or an expression in the size.
        vectors: columns (explicit matrices or lists), or a function size -> columns; None: a basis
            of the null space of M - value is computed at each size.
    """

    value: Expr
    multiplicity: Expr
    vectors: Vectors = field(default=None, compare=False)

    def columns(self, matrix: Matrix, size: int, value: Expr) -> list[Matrix]:
        """The eigenvectors at a size."""
        if self.vectors is None:
            return list((matrix - value * eye(size)).nullspace(simplify=True))
        listed = self.vectors(size) if callable(self.vectors) else self.vectors
        return [Matrix(column) for column in listed]


@dataclass(frozen=True, init=False)
class Eigenpairs(Rule):
    r"""Conclude $\det(M - x I) = \prod_i (\lambda_i - x)^{m_i}$ from the eigenpairs of M.

    The premise, if there is one, is an equation with the matrix as its right side.

    Args:
        pairs: `Eigenpair`s, or tuples (value, multiplicity) or (value, multiplicity, vectors).
        matrix: M, explicit or a matrix expression of symbolic size (else that of the premise).
        variable: x.
        size: the symbol of the size.
        sizes: at which sizes it is checked.

    >>> from sympy import OneMatrix, symbols
    >>> n = symbols("n", integer=True, positive=True)
    >>> d, g, x = symbols("d g x", real=True)
    >>> M = (d - g)*Identity(n) + g*OneMatrix(n, n)
    >>> rule = Eigenpairs([(d + (n - 1)*g, 1), (d - g, n - 1)], M, variable=x, size=n, sizes=(2, 3))
    >>> print(rule.conclude().rhs)
    (d - g - x)**(n - 1)*(d + g*(n - 1) - x)
    """

    name: ClassVar[str] = "eigenpairs"
    needs: ClassVar[int | None] = None
    pairs: tuple[Eigenpair, ...]
    matrix: Basic | None
    variable: Symbol
    size: Symbol | None
    sizes: tuple[int, ...]

    def __init__(
        self,
        pairs: Iterable[Any],
        matrix: Any = None,
        *,
        variable: Symbol | None = None,
        size: Symbol | None = None,
        sizes: Iterable[int] = (),
    ) -> None:
        made = []
        for pair in pairs:
            if not isinstance(pair, Eigenpair):
                value, multiplicity, *vectors = pair
                pair = Eigenpair(
                    as_expression(value),
                    as_expression(multiplicity),
                    vectors[0] if vectors else None,
                )
            made.append(pair)
        if not made:
            raise InputError("pairs=()", "holds no eigenvalue", "pass (value, multiplicity)")
        if (size is None) != (not tuple(sizes)):
            raise InputError("size", "and sizes belong together", "pass size=n, sizes=(2, 3, 4)")
        if isinstance(matrix, MatrixBase):
            matrix = matrix.as_immutable()
        for name, attribute in (
            ("pairs", tuple(made)),
            ("matrix", matrix),
            ("variable", variable if variable is not None else Symbol("x", real=True)),
            ("size", size),
            ("sizes", tuple(int(k) for k in sizes)),
        ):
            object.__setattr__(self, name, attribute)

    def demand(self, premises: tuple[Statement, ...]) -> None:
        if len(premises) != (0 if self.matrix is not None else 1):
            raise InputError(
                f"{len(premises)} premises", "one equation for the matrix, or matrix=...", ""
            )

    def _matrix(self, premises: tuple[Statement, ...]) -> MatrixExpr:
        self.demand(premises)
        matrix = self.matrix if self.matrix is not None else premises[0].rhs
        if not isinstance(matrix, MatrixExpr):
            raise InputError(str(matrix), "is not a matrix", "pass a Matrix or a matrix expression")
        rows, columns = matrix.shape
        if rows != columns:
            raise InputError(f"{rows} x {columns}", "is not square: it has no eigenvalues", "")
        if self.size is None and not isinstance(matrix, MatrixBase):
            raise InputError(
                str(matrix), "has a symbolic size", "pass size=n, sizes=(2, 3, 4) or a Matrix"
            )
        return matrix

    def conclude(self, *premises: Statement) -> Statement:
        matrix = self._matrix(premises)
        x = self.variable
        order = matrix.shape[0]
        shifted: Basic
        if isinstance(matrix, MatrixBase):
            shifted = ImmutableMatrix(matrix - x * eye(order))
        else:
            shifted = matrix - x * Identity(order)
        rhs = Mul(*[(pair.value - x) ** pair.multiplicity for pair in self.pairs])
        return Statement(Determinant(shifted), "=", rhs)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        matrix = self._matrix(premises)
        made = list(keeps_relation(conclusion, "="))
        expected = self.conclude(*premises)
        if conclusion.lhs != expected.lhs:
            made.append(Settled(False, f"the left side is {expected.lhs}"))
        if self.size is None:
            explicit = Matrix(matrix)
            return (*made, *self._checks(explicit, explicit.rows, conclusion))

        def at(size: int) -> Obligation:
            written = Matrix(matrix.subs(self.size, size).doit().as_explicit())
            return Together(self._checks(written, size, conclusion), f"the spectrum at {size}")

        shown = ", ".join(map(str, self.sizes))
        made.append(AtSizes(self.sizes, at, f"eigenpairs, trace and determinant, sizes {shown}"))
        return tuple(made)

    def _checks(self, matrix: Matrix, size: int, conclusion: Statement) -> tuple[Obligation, ...]:
        here = {} if self.size is None else {self.size: size}
        x = self.variable
        domain = conclusion.domain
        values = [(p, p.value.subs(here), p.multiplicity.subs(here)) for p in self.pairs]
        total = Add(*[m for _, _, m in values])
        made: list[Obligation] = [
            Settled(bool(total == size), f"the multiplicities {total} add up to the size {size}")
        ]
        for pair, value, multiplicity in values:
            columns = pair.columns(matrix, size, value)
            made += _eigenvectors(matrix, value, multiplicity, columns, domain)
        trace = Add(*[m * v for _, v, m in values])
        made.append(Vanishes(Add(matrix.trace(), -trace), domain, "the trace agrees"))
        determinant = Mul(*[v**m for _, v, m in values])
        exact = matrix.det(method="berkowitz")
        made.append(Vanishes(Add(exact, -determinant), domain, "the determinant agrees"))
        claimed = conclusion.rhs.subs(here)
        characteristic = (matrix - x * eye(size)).det(method="berkowitz")
        about = "the characteristic polynomial is the product over the eigenvalues"
        made.append(Vanishes(Add(characteristic, -claimed), domain.extended([x]), about))
        return tuple(made)


def _eigenvectors(
    matrix: Matrix, value: Expr, multiplicity: Expr, columns: list[Matrix], domain: Domain
) -> list[Obligation]:
    """Residuals of the eigenvectors; as many as the multiplicity; independent of each other."""
    counted = bool(multiplicity == len(columns))
    made: list[Obligation] = [
        Settled(counted, f"{len(columns)} eigenvectors for the {multiplicity}-fold value {value}")
    ]
    if not columns:
        return made
    if any(column.shape != (matrix.rows, 1) for column in columns):
        return [*made, Settled(False, f"the eigenvectors of {value} have {matrix.rows} entries")]
    symbols = sorted(set().union(*(c.free_symbols for c in columns)), key=str)
    wide = domain.extended([s for s in symbols if isinstance(s, Symbol)])
    basis = Matrix.hstack(*columns)
    residual = ImmutableMatrix(matrix * basis - value * basis)
    made.append(Vanishes(residual, wide, f"M v = lambda v for lambda = {value}"))
    gram = (basis.H * basis).det(method="berkowitz")
    about = f"the eigenvectors of {value} are independent"
    if gram.is_number:
        made.append(Settled(bool(gram != 0), about))
    else:
        made.append(SignHolds(Ne(gram, 0, evaluate=False), wide, about))
    return made
