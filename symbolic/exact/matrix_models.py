"""Exact rational matrices that satisfy given relations: witnesses against matrix identities.

Main definition: `witness`.

Implementation notes.  Every model is checked against all relations before it counts; a relation
for which no model is found leaves a claim open, never refuted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sympy import (
    Basic,
    Expr,
    Integer,
    Matrix,
    MatrixSymbol,
    Rational,
    S,
    Symbol,
)
from sympy.matrices.exceptions import NonInvertibleMatrixError, ShapeError
from sympy.matrices.expressions import (
    MatrixExpr,
)

from derivax.errors import DerivaxError
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.exact.matrix_form import (
    Diagonal,
    Letter,
    MatrixRelation,
    Polynomial,
    matrix_form,
)
from derivax.symbolic.exact.matrix_values import (
    Model,
    NotEvaluable,
    Values,
    count,
    evaluated,
    letters_of,
)
from derivax.symbolic.exact.outcome import Outcome
from derivax.symbolic.exact.zero import vanishes

__all__ = ["witness"]

_ATTEMPTS = 16

# --- models ---


@dataclass
class Definition:
    """A letter given by `before` * letter * `after` = rhs (the letter transposed if `flipped`)."""

    before: tuple[Letter, ...]
    rhs: Basic
    after: tuple[Letter, ...]
    flipped: bool = False

    def letters(self) -> set[MatrixExpr]:
        return letters_of(self.rhs) | {letter for letter, _ in (*self.before, *self.after)}

    def value(self, model: Model, values: Values) -> Matrix | None:
        """The matrix of the letter; None where a product beside it has no inverse."""
        result = evaluated(self.rhs, model, values)
        for word, left in ((self.before, True), (self.after, False)):
            if not word:
                continue
            product: Any = S.One
            for letter, flag in word:
                product = product * (model[letter].T if flag else model[letter])
            if product.rows != product.cols or product.det() == 0:
                return None
            result = product.inv() * result if left else result * product.inv()
        return result.T if self.flipped else result


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
    definitions: dict[MatrixExpr, Definition] = field(default_factory=dict)

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
        """A = expression, or P A Q = expression with products P and Q that have inverses."""
        for longest in (1, None):
            for side, other in ((relation.lhs, relation.rhs), (relation.rhs, relation.lhs)):
                form = matrix_form(side)
                if len(form) != 1:
                    continue
                ((word, scale),) = form.items()
                if longest is not None and len(word) > longest:
                    continue
                place = self._solvable(word, letters_of(other))
                if place is not None:
                    definition = Definition(word[:place], other / scale, word[place + 1 :])
                    letter, definition.flipped = word[place]
                    self.definitions[letter] = definition
                    return

    def _solvable(self, word: tuple[Letter, ...], elsewhere: set[MatrixExpr]) -> int | None:
        """The place of a letter that occurs once and of which nothing else is known."""
        names = [letter for letter, _ in word]
        known = self.diagonal | self.isometry | self.coisometry | self.symmetric
        known |= self.antisymmetric | self.idempotent | elsewhere | set(self.definitions)
        for pair in self.commuting:
            known |= set(pair)
        for (first, _), (second, _) in self.gram:
            known |= {first, second}
        free = [k for k, name in enumerate(names) if names.count(name) == 1 and name not in known]
        # what is no symbol stands for something defined elsewhere
        free.sort(key=lambda k: isinstance(names[k], MatrixSymbol))
        return free[0] if free else None

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
        shared = count(a.shape[1 if a_flag else 0], values)
        root = Matrix(shared, shared, lambda _i, _j: random.randint(-4, 4))
        for letter, flag in ((a, a_flag), (b, b_flag)):
            inner = count(letter.shape[0 if flag else 1], values)
            if inner < shared:
                return None
            side = root * _frame(inner, shared, random).T
            model[letter] = side.T if flag else side
    for group in _components(kinds.commuting):
        if group & set(model):
            return None
        symmetric = bool(group & kinds.symmetric)
        size = count(next(iter(group)).shape[0], values)
        base = Matrix(size, size, lambda _i, _j: random.randint(-3, 3))
        base = base + base.T if symmetric else base
        for letter in sorted(group, key=str):
            c0, c1, c2 = (random.randint(-3, 3) for _ in range(3))
            model[letter] = c0 * Matrix.eye(size) + c1 * base + c2 * base**2
    for letter in sorted(set(letters) - set(kinds.definitions) - set(model), key=str):
        rows, columns = (count(d, values) for d in letter.shape)
        made = kinds.free(letter, rows, columns, random)
        if made is None:
            return None
        model[letter] = made
    pending = dict(kinds.definitions)
    while pending:
        ready = [m for m, definition in pending.items() if definition.letters() <= set(model)]
        if not ready:
            return None
        for letter in ready:
            value = pending.pop(letter).value(model, values)
            if value is None:
                return None
            model[letter] = value
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
            letters |= set(relation.letters)
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
