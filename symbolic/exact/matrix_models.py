"""Exact rational matrices that satisfy given relations: witnesses against matrix identities.

Main definitions: `witness`, `evaluated`.

Implementation notes.  Evaluation walks the SymPy expression itself and knows nothing of words and
normal forms, so that a witness is an independent judgement.  Every model is checked against all
relations before it counts; a relation for which no model is found leaves a claim open, never
refuted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sympy import (
    Add,
    Basic,
    Determinant,
    Expr,
    Identity,
    Integer,
    Matrix,
    MatrixBase,
    MatrixSymbol,
    Mul,
    Pow,
    Rational,
    S,
    Symbol,
    Trace,
)
from sympy.matrices.exceptions import NonInvertibleMatrixError, ShapeError
from sympy.matrices.expressions import (
    Adjoint,
    HadamardProduct,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    OneMatrix,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from derivax.errors import DerivaxError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.matrix_form import Diagonal, MatrixRelation, Polynomial, matrix_form
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.zero import vanishes

__all__ = ["evaluated", "letters_of", "witness"]

_ATTEMPTS = 16
Values = Mapping[Basic, Expr]
Model = Mapping[MatrixExpr, Matrix]


class NotEvaluable(Exception):
    """The expression holds something that rational matrices do not give a value."""


def letters_of(expr: Basic) -> set[MatrixSymbol]:
    """All matrix symbols of an expression."""
    return expr.atoms(MatrixSymbol)


def evaluated(expr: Basic, model: Model, values: Values) -> Matrix:
    """Exact value of a matrix expression, or of a scalar as a 1 x 1 matrix.

    Raises:
        NotEvaluable: a head that is not known here, or a singular matrix is inverted.
    """
    if isinstance(expr, MatrixBase):
        return Matrix(expr.applyfunc(lambda e: _scalar(e, model, values)))
    if isinstance(expr, MatrixExpr):
        return _matrix(expr, model, values)
    return Matrix([[_scalar(expr, model, values)]])


def _count(dimension: Expr, values: Values) -> int:
    number = as_expression(dimension).subs(values)
    if not number.is_Integer or number < 0:
        raise NotEvaluable(str(dimension))
    return int(number)


def _matrix(expr: MatrixExpr, model: Model, values: Values) -> Matrix:
    if expr in model:
        return model[expr]
    if isinstance(expr, Identity | ZeroMatrix | OneMatrix):
        rows, columns = (_count(d, values) for d in expr.shape)
        if isinstance(expr, Identity):
            return Matrix.eye(rows)
        return (Matrix.ones if isinstance(expr, OneMatrix) else Matrix.zeros)(rows, columns)
    if isinstance(expr, MatMul):
        product: Any = S.One
        for factor in expr.args:
            is_matrix = getattr(factor, "is_Matrix", False)
            value = evaluated(factor, model, values)
            product = product * (value if is_matrix else value[0])
        return product
    if isinstance(expr, Inverse) or (isinstance(expr, MatPow) and expr.exp.is_Integer):
        base = evaluated(expr.args[0], model, values)
        power = -1 if isinstance(expr, Inverse) else int(expr.exp)
        try:
            return base**power
        except NonInvertibleMatrixError as singular:
            raise NotEvaluable(str(expr)) from singular
    if isinstance(expr, MatAdd | Transpose | Adjoint | HadamardProduct):
        parts = [evaluated(arg, model, values) for arg in expr.args]
        if isinstance(expr, Transpose):
            return parts[0].T
        if isinstance(expr, Adjoint):
            return parts[0].H
        total = parts[0]
        for part in parts[1:]:
            multiply = isinstance(expr, HadamardProduct)
            total = total.multiply_elementwise(part) if multiply else total + part
        return total
    raise NotEvaluable(str(expr))


def _scalar(expr: Basic, model: Model, values: Values) -> Expr:
    if isinstance(expr, Trace):
        return evaluated(expr.arg, model, values).trace()
    if isinstance(expr, Determinant):
        return evaluated(expr.arg, model, values).det()
    if isinstance(expr, MatrixElement):
        i, j = (_count(index, values) for index in (expr.i, expr.j))
        matrix = evaluated(expr.parent, model, values)
        if i >= matrix.rows or j >= matrix.cols:
            raise NotEvaluable(str(expr))
        return matrix[i, j]
    if isinstance(expr, MatrixExpr | MatrixBase):
        raise NotEvaluable(str(expr))
    if not expr.args:
        return expr.subs(values)
    if isinstance(expr, Add | Mul | Pow) or all(not isinstance(a, MatrixExpr) for a in expr.args):
        return expr.func(*[_scalar(a, model, values) for a in expr.args])
    raise NotEvaluable(str(expr))


# --- models ---


@dataclass
class Kinds:
    """What the relations say about single letters."""

    diagonal: set[MatrixExpr] = field(default_factory=set)
    isometry: set[MatrixExpr] = field(default_factory=set)
    """A^T A = I"""
    coisometry: set[MatrixExpr] = field(default_factory=set)
    """A A^T = I"""
    symmetric: set[MatrixExpr] = field(default_factory=set)
    antisymmetric: set[MatrixExpr] = field(default_factory=set)
    idempotent: set[MatrixExpr] = field(default_factory=set)
    commuting: list[tuple[MatrixExpr, MatrixExpr]] = field(default_factory=list)
    gram: list[tuple[tuple[MatrixExpr, bool], tuple[MatrixExpr, bool]]] = field(
        default_factory=list
    )
    """X X^T = Y Y^T, with X = A or A^T, Y = B or B^T"""
    definitions: dict[MatrixExpr, MatrixExpr] = field(default_factory=dict)

    @classmethod
    def of(cls, modulo: Iterable[MatrixRelation | Diagonal]) -> Kinds:
        kinds = cls()
        for relation in modulo:
            if isinstance(relation, Diagonal):
                kinds.diagonal |= set(relation.letters)
            elif not kinds._classified(matrix_form(relation.lhs), matrix_form(relation.rhs)):
                kinds._defined(relation)
        return kinds

    def _classified(self, left: Polynomial, right: Polynomial) -> bool:
        ((word, scale),) = left.items()
        if len(right) == 1 and next(iter(right.values())) == scale:
            (other,) = right
            if len(word) == 2 and word[0][0] == word[1][0]:
                letter = word[0][0]
                if other == () and word[0][1] != word[1][1]:
                    (self.isometry if word[0][1] else self.coisometry).add(letter)
                    return True
                if word[0][1] == word[1][1] and other == word[:1]:
                    self.idempotent.add(letter)
                    return True
                gram = len(other) == 2 and other[0][0] == other[1][0] != letter
                if gram and word[0][1] != word[1][1] and other[0][1] != other[1][1]:
                    self.gram.append((word[0], other[0]))
                    return True
            plain = len(word) == 2 and not word[0][1] and not word[1][1]
            if plain and other == (word[1], word[0]):
                self.commuting.append((word[0][0], word[1][0]))
                return True
        if len(word) == 1 and len(right) == 1:
            ((other, factor),) = right.items()
            if len(other) == 1 and other[0][0] == word[0][0] and other[0][1] != word[0][1]:
                ratio = factor / scale
                if ratio in (1, -1):
                    (self.symmetric if ratio == 1 else self.antisymmetric).add(word[0][0])
                    return True
        return False

    def _defined(self, relation: MatrixRelation) -> None:
        """A = expression, or expression = A."""
        for side, other in ((relation.lhs, relation.rhs), (relation.rhs, relation.lhs)):
            form = matrix_form(side)
            if len(form) != 1:
                continue
            ((word, scale),) = form.items()
            if len(word) != 1 or not isinstance(word[0][0], MatrixSymbol):
                continue
            letter, flipped = word[0]
            if letter in self.definitions or letter in letters_of(other):
                continue
            rhs = other / scale
            self.definitions[letter] = rhs.T if flipped else rhs
            return

    def free(self, letter: MatrixExpr, rows: int, columns: int, random: Random) -> Matrix | None:
        """A random matrix of the kind that the relations ask of one letter."""
        if letter in self.diagonal:
            pool = range(-4, 5)
            if letter in self.isometry | self.coisometry:
                pool = [-1, 1]  # type: ignore[assignment]
            elif letter in self.idempotent:
                pool = [0, 1]  # type: ignore[assignment]
            return Matrix.diag(*[random.choice(pool) for _ in range(rows)])
        if letter in self.isometry | self.coisometry:
            if letter in self.symmetric:
                v = Matrix(rows, 1, lambda _i, _j: random.randint(1, 4))
                return Matrix.eye(rows) - 2 * v * v.T / v.dot(v)
            narrow = letter in self.isometry
            long, short = (rows, columns) if narrow else (columns, rows)
            if long < short:
                return None
            frame = _frame(long, short, random)
            return frame if narrow else frame.T
        matrix = Matrix(rows, columns, lambda _i, _j: random.randint(-4, 4))
        if letter in self.idempotent:
            rank = random.randint(0 if rows == 1 else 1, max(1, rows - 1))
            left = Matrix(rows, rank, lambda _i, _j: random.randint(-3, 3))
            right = Matrix(rows, rank, lambda _i, _j: random.randint(-3, 3))
            right = left if letter in self.symmetric else right
            gram = right.T * left
            return None if gram.det() == 0 else left * gram.inv() * right.T
        if letter in self.symmetric:
            return matrix + matrix.T
        return matrix - matrix.T if letter in self.antisymmetric else matrix


def _frame(rows: int, columns: int, random: Random) -> Matrix:
    """A rational matrix with orthonormal columns: columns of (I - A)(I + A)^-1, A antisymmetric."""
    skew = Matrix.zeros(rows, rows)
    for i, j in itertools.combinations(range(rows), 2):
        skew[i, j] = Rational(random.randint(-3, 3), random.randint(1, 3))
        skew[j, i] = -skew[i, j]
    eye = Matrix.eye(rows)
    return ((eye - skew) * (eye + skew).inv())[:, :columns]


def _components(pairs: Iterable[tuple[MatrixExpr, MatrixExpr]]) -> list[set[MatrixExpr]]:
    """Letters connected by commuting: polynomials in one matrix commute with each other."""
    groups: list[set[MatrixExpr]] = []
    for first, second in pairs:
        touched = [g for g in groups if first in g or second in g]
        groups = [g for g in groups if g not in touched]
        groups.append({first, second}.union(*touched))
    return groups


def _model(
    letters: Iterable[MatrixExpr], kinds: Kinds, values: Values, random: Random
) -> dict[MatrixExpr, Matrix] | None:
    """Free letters at random, defined ones from their definitions."""
    model: dict[MatrixExpr, Matrix] = {}
    for (a, a_flag), (b, b_flag) in kinds.gram:
        if a in model or b in model:
            return None
        shared = _count(a.shape[1 if a_flag else 0], values)
        root = Matrix(shared, shared, lambda _i, _j: random.randint(-4, 4))
        for letter, flag in ((a, a_flag), (b, b_flag)):
            inner = _count(letter.shape[0 if flag else 1], values)
            if inner < shared:
                return None
            side = root * _frame(inner, shared, random).T
            model[letter] = side.T if flag else side
    for group in _components(kinds.commuting):
        if group & set(model):
            return None
        symmetric = bool(group & kinds.symmetric)
        size = _count(next(iter(group)).shape[0], values)
        base = Matrix(size, size, lambda _i, _j: random.randint(-3, 3))
        base = base + base.T if symmetric else base
        for letter in sorted(group, key=str):
            c0, c1, c2 = (random.randint(-3, 3) for _ in range(3))
            model[letter] = c0 * Matrix.eye(size) + c1 * base + c2 * base**2
    for letter in sorted(set(letters) - set(kinds.definitions) - set(model), key=str):
        rows, columns = (_count(d, values) for d in letter.shape)
        made = kinds.free(letter, rows, columns, random)
        if made is None:
            return None
        model[letter] = made
    pending = dict(kinds.definitions)
    while pending:
        ready = [m for m, rhs in pending.items() if letters_of(rhs) <= set(model)]
        if not ready:
            return None
        for letter in ready:
            model[letter] = evaluated(pending.pop(letter), model, values)
    return model


def _satisfies(modulo: Iterable[MatrixRelation | Diagonal], model: Model, values: Values) -> bool:
    for relation in modulo:
        if isinstance(relation, MatrixRelation):
            gap = evaluated(relation.lhs, model, values) - evaluated(relation.rhs, model, values)
            if not gap.is_zero_matrix:
                return False
            continue
        matrices = [model[m] for m in relation.letters if m in model]
        if any(m != m.T for m in matrices):
            return False
        if any(a * b != b * a for a, b in itertools.combinations(matrices, 2)):
            return False
    return True


def _sizes(dimensions: list[Symbol], random: Random) -> Iterator[dict[Basic, Expr]]:
    for attempt in range(_ATTEMPTS):
        pool = [2, 3, 4, 2, 3, 1][: max(2, 6 - attempt // 4)]
        common = random.choice(pool)
        alike = attempt % 4 == 3
        yield {d: Integer(common if alike else random.choice(pool)) for d in dimensions}


def _scalars(symbols: list[Symbol], attempt: int) -> dict[Basic, Expr]:
    """Rational values that respect the assumptions of the symbols."""
    if not symbols:
        return {}
    points = Domain.of(symbols).rational_points(_ATTEMPTS, seed=7)
    generic = points[-_ATTEMPTS:]
    point = generic[attempt % len(generic)]
    return {s: as_expression(v) for s, v in point.items()}


def witness(expr: Basic, modulo: tuple[MatrixRelation | Diagonal, ...]) -> dict[str, Any] | None:
    """Sizes and rational matrices that satisfy the relations and at which `expr` is not zero.

    Returns:
        JSON-ready sizes, matrices and value, or None when none was found.
    """
    random = Random(0)
    expressions = [expr]
    letters = set(letters_of(expr))
    for relation in modulo:
        if isinstance(relation, MatrixRelation):
            expressions += [relation.lhs, relation.rhs]
            letters |= letters_of(relation.lhs) | letters_of(relation.rhs)
        else:
            letters |= {m for m in relation.letters if isinstance(m, MatrixSymbol)}
    shapes = [d for e in expressions for m in e.atoms(MatrixExpr) for d in m.shape]
    shapes += [d for m in letters for d in m.shape]
    dimensions = sorted({s for d in shapes for s in as_expression(d).free_symbols}, key=str)
    free = {s for e in expressions for s in e.free_symbols if isinstance(s, Symbol)}
    scalars = sorted(free - set(dimensions), key=str)
    try:
        kinds = Kinds.of(modulo)
    except (DerivaxError, ValueError):
        return None
    for attempt, sizes in enumerate(_sizes(dimensions, random)):
        values: dict[Basic, Expr] = {**_scalars(scalars, attempt), **sizes}
        try:
            model = _model(letters, kinds, values, random)
            if model is None or not _satisfies(modulo, model, values):
                continue
            value = evaluated(expr, model, values)
        except (NotEvaluable, ShapeError, NonInvertibleMatrixError):
            continue
        if any(entry.is_number and _surely_not_zero(entry) for entry in value):
            return {
                "sizes": {str(d): int(n) for d, n in sizes.items()},
                "scalars": {str(s): str(values[s]) for s in scalars},
                "matrices": {
                    str(m): [[str(x) for x in row] for row in a.tolist()] for m, a in model.items()
                },
                "value": [[str(x) for x in row] for row in value.tolist()],
            }
    return None


def _surely_not_zero(number: Expr) -> bool:
    if number.is_Rational:
        return number != 0
    return vanishes(number).outcome is Outcome.REFUTED
