"""Normal form of matrix polynomials with symbolic shapes, and of traces of them.

Main definitions: `MatrixRelation` (a relation to reduce by), `Diagonal` (matrices that commute),
`matrix_form`, `trace_form`, `matrix_vanishes`.

Main facts used: matrix polynomials in independent letters form a free algebra with the involution
(AB)^T = B^T A^T, so two of them agree for all sizes exactly when their expansions into words agree;
traces agree when their words agree up to rotation and up to transposition of the whole word.

Implementation notes.  A letter is a matrix symbol (or another atomic matrix expression) with a
transposition flag; a word is a tuple of letters; a polynomial is {word: scalar coefficient}.  Relations
are used as rewriting rules on words (longest first).  Where a difference survives, a witness is looked
for: exact rational matrices that satisfy the relations and at which the difference is not zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sympy import (
    Add,
    Basic,
    Expr,
    Identity,
    Integer,
    Matrix,
    MatrixBase,
    Mul,
    Rational,
    S,
    Symbol,
    Trace,
)
from sympy.matrices.expressions import (
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    Transpose,
    ZeroMatrix,
)

from derivax.errors import InputError
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.zero import vanishes

__all__ = ["Diagonal", "MatrixRelation", "Word", "matrix_form", "matrix_vanishes", "trace_form"]

Letter = tuple[MatrixExpr, bool]
Word = tuple[Letter, ...]
Polynomial = dict[Word, Expr]
Cycles = tuple[Word, ...]

_WORD_LIMIT = 20_000
_REWRITE_LIMIT = 200


@dataclass(frozen=True)
class MatrixRelation:
    """`lhs = rhs`, used to rewrite: `lhs` is a scalar multiple of one word.

    >>> from sympy import MatrixSymbol, Identity
    >>> V = MatrixSymbol("V", 5, 2)
    >>> relation = MatrixRelation(V.T * V, Identity(2))
    """

    lhs: MatrixExpr
    rhs: MatrixExpr


@dataclass(frozen=True)
class Diagonal:
    """These square matrices are diagonal in one basis: they commute and equal their transposes."""

    letters: tuple[MatrixExpr, ...]


def _transposed(word: Word) -> Word:
    return tuple((atom, not flag) for atom, flag in reversed(word))


def _accumulate(target: dict[Any, Expr], key: Any, value: Expr) -> None:
    target[key] = target[key] + value if key in target else value
    if len(target) > _WORD_LIMIT:
        raise InputError("a matrix polynomial", f"expands into more than {_WORD_LIMIT} words", "")


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for (word_l, coefficient_l), (word_r, coefficient_r) in itertools.product(
        left.items(), right.items()
    ):
        _accumulate(result, _cancelled(word_l + word_r), coefficient_l * coefficient_r)
    return result


def _cancelled(word: Word) -> Word:
    """Remove A A^-1 and A^-1 A."""
    out: list[Letter] = []
    for atom, flag in word:
        if out and out[-1][1] == flag:
            before = out[-1][0]
            if (isinstance(atom, Inverse) and atom.arg == before) or (
                isinstance(before, Inverse) and before.arg == atom
            ):
                out.pop()
                continue
        out.append((atom, flag))
    return tuple(out)


def matrix_form(expr: Basic) -> Polynomial:
    """Expansion of a matrix expression into words.

    Args:
        expr: sums, products, scalar multiples, transposes, integer powers, inverses of symbols,
            identities and zeros; anything else with a shape counts as one letter.

    Returns:
        {word: coefficient}; the empty word is the identity.
    """
    if isinstance(expr, MatAdd):
        total: Polynomial = {}
        for term in expr.args:
            for word, coefficient in matrix_form(term).items():
                _accumulate(total, word, coefficient)
        return total
    if isinstance(expr, MatMul):
        result: Polynomial = {(): S.One}
        for factor in expr.args:
            scale = not getattr(factor, "is_Matrix", False)
            result = (
                {word: coefficient * factor for word, coefficient in result.items()}
                if scale
                else _product(result, matrix_form(factor))
            )
        return result
    if isinstance(expr, Transpose):
        return {
            _transposed(word): coefficient for word, coefficient in matrix_form(expr.arg).items()
        }
    if isinstance(expr, MatPow) and expr.exp.is_Integer and expr.exp >= 0:
        result = {(): S.One}
        base = matrix_form(expr.base)
        for _ in range(int(expr.exp)):
            result = _product(result, base)
        return result
    if isinstance(expr, Identity):
        return {(): S.One}
    if isinstance(expr, ZeroMatrix):
        return {}
    if isinstance(expr, Inverse) and isinstance(expr.arg, Transpose):
        return {((Inverse(expr.arg.arg), True),): S.One}
    if isinstance(expr, MatrixExpr):
        return {((expr, False),): S.One}
    raise InputError(
        str(expr), "is not a matrix expression", "use MatrixSymbols and their products"
    )


def _cycle(word: Word) -> Word:
    """The least rotation of a word or of its transpose: what a trace depends on."""
    rotations = [w[i:] + w[:i] for w in (word, _transposed(word)) for i in range(max(len(w), 1))]
    return min(rotations, key=lambda w: tuple((atom.sort_key(), flag) for atom, flag in w))


def trace_form(
    expr: Basic, modulo: tuple[MatrixRelation | Diagonal, ...] = ()
) -> dict[Cycles, Expr]:
    """Expansion of a scalar expression in traces: {product of cyclic words: coefficient}."""
    if isinstance(expr, Trace):
        total: dict[Cycles, Expr] = {}
        for word, coefficient in _reduced(matrix_form(expr.arg), modulo).items():
            key = (_cycle(word),) if word else ()
            _accumulate(total, key, coefficient if word else coefficient * expr.arg.shape[0])
        return total
    if isinstance(expr, Add):
        total = {}
        for term in expr.args:
            for key, coefficient in trace_form(term, modulo).items():
                _accumulate(total, key, coefficient)
        return total
    if isinstance(expr, Mul) and expr.has(Trace):
        result: dict[Cycles, Expr] = {(): S.One}
        for factor in expr.args:
            after: dict[Cycles, Expr] = {}
            for (k1, c1), (k2, c2) in itertools.product(
                result.items(), trace_form(factor, modulo).items()
            ):
                _accumulate(after, tuple(sorted(k1 + k2, key=str)), c1 * c2)
            result = after
        return result
    return {(): expr}  # type: ignore[dict-item]


def _rewriting_rules(
    modulo: tuple[MatrixRelation | Diagonal, ...],
) -> list[tuple[Word, Polynomial]]:
    rules: list[tuple[Word, Polynomial]] = []
    for relation in modulo:
        if not isinstance(relation, MatrixRelation):
            continue
        left, right = matrix_form(relation.lhs), matrix_form(relation.rhs)
        if len(left) != 1:
            raise InputError(
                str(relation.lhs), "is not one product of matrices", "solve it for one word"
            )
        ((word, scale),) = left.items()
        rhs = {w: c / scale for w, c in right.items()}
        flipped = {_transposed(w): c for w, c in rhs.items()}
        rules += (
            [(word, rhs)]
            if _transposed(word) == word
            else [(word, rhs), (_transposed(word), flipped)]
        )
    return sorted(rules, key=lambda rule: -len(rule[0]))


def _sorted_diagonals(word: Word, commuting: frozenset[MatrixExpr]) -> Word:
    """Runs of commuting letters in canonical order, without transposition."""
    out: list[Letter] = []
    for is_diagonal, run in itertools.groupby(word, key=lambda letter: letter[0] in commuting):
        letters = list(run)
        if is_diagonal:
            letters = sorted(((atom, False) for atom, _ in letters), key=lambda item: str(item[0]))
        out += letters
    return tuple(out)


def _reduced(form: Polynomial, modulo: tuple[MatrixRelation | Diagonal, ...]) -> Polynomial:
    """Rewrite every word until no rule applies."""
    rules = _rewriting_rules(modulo)
    commuting = frozenset(
        m for relation in modulo if isinstance(relation, Diagonal) for m in relation.letters
    )
    for _ in range(_REWRITE_LIMIT):
        after: Polynomial = {}
        changed = False
        for word, coefficient in form.items():
            place = _first_match(word, rules)
            if place is None:
                _accumulate(after, _sorted_diagonals(word, commuting), coefficient)
                continue
            changed = True
            (start, (pattern, replacement)) = place
            for inner, factor in replacement.items():
                new = _cancelled(word[:start] + inner + word[start + len(pattern) :])
                _accumulate(after, new, coefficient * factor)
        form = after
        if not changed:
            return form
    raise InputError("matrix relations", f"do not come to rest in {_REWRITE_LIMIT} rounds", "")


def _first_match(
    word: Word, rules: list[tuple[Word, Polynomial]]
) -> tuple[int, tuple[Word, Polynomial]] | None:
    for rule in rules:
        length = len(rule[0])
        for start in range(len(word) - length + 1):
            if word[start : start + length] == rule[0]:
                return start, rule
    return None


def matrix_vanishes(expr: Basic, modulo: tuple[MatrixRelation | Diagonal, ...] = ()) -> Finding:
    """Is a matrix expression, or a scalar expression in traces, zero for all sizes?

    Returns:
        PROVEN when every word cancels; REFUTED with exact rational matrices as witness; OPEN when a
        word survives and no witness was found (relations used as rewriting rules need not be complete).
    """
    is_trace = not isinstance(expr, MatrixExpr | MatrixBase)
    try:
        form: Mapping[Any, Expr] = (
            trace_form(expr, modulo) if is_trace else _reduced(matrix_form(expr), modulo)
        )
    except InputError as refused:
        return Finding(Outcome.OPEN, "non-commutative normal form", str(refused))
    surviving = {key: c for key, c in form.items() if vanishes(c).outcome is not Outcome.PROVEN}
    if not surviving:
        return Finding(
            Outcome.PROVEN,
            "non-commutative normal form",
            f"all {len(form)} words cancel, for all sizes",
            figures={"words": len(form)},
        )
    witness = _witness(expr, modulo)
    if witness is not None:
        return Finding(
            Outcome.REFUTED, "rational matrices", "not zero at the witness", None, witness
        )
    detail = f"{len(surviving)} of {len(form)} words survive"
    return Finding(Outcome.OPEN, "non-commutative normal form", detail)


# --- witnesses: exact rational matrices that satisfy the relations --------------------------------


def _letters(expr: Basic) -> set[MatrixExpr]:
    """All atomic matrices of an expression."""
    if isinstance(expr, MatAdd | MatMul | Transpose | MatPow | Trace | Add | Mul):
        return set().union(*(_letters(arg) for arg in expr.args))
    if isinstance(expr, Inverse):
        return _letters(expr.arg)
    if isinstance(expr, Identity | ZeroMatrix) or not isinstance(expr, MatrixExpr):
        return set()
    return {expr}


def _cayley(rows: int, columns: int, random: Random) -> Matrix:
    """A rational matrix with orthonormal columns: columns of (I - A)(I + A)^-1, A antisymmetric."""
    skew = Matrix.zeros(rows, rows)
    for i, j in itertools.combinations(range(rows), 2):
        skew[i, j] = Rational(random.randint(-3, 3), random.randint(1, 3))
        skew[j, i] = -skew[i, j]
    eye = Matrix.eye(rows)
    return ((eye - skew) * (eye + skew).inv())[:, :columns]


def _sizes(dimensions: list[Basic], random: Random) -> Iterator[dict[Basic, int]]:
    for attempt in range(12):
        pool = [2, 3, 4, 2, 3, 1][: max(2, 6 - attempt // 4)]
        yield {d: random.choice(pool) for d in dimensions if not d.is_Integer}


def _witness(expr: Basic, modulo: tuple[MatrixRelation | Diagonal, ...]) -> dict[str, Any] | None:
    random = Random(0)
    letters = set(_letters(expr))
    for relation in modulo:
        if isinstance(relation, MatrixRelation):
            letters |= _letters(relation.lhs) | _letters(relation.rhs)
    dimensions = sorted({d for m in letters for d in m.shape}, key=str)
    scalars = [s for s in expr.free_symbols if isinstance(s, Symbol) and s not in dimensions]
    for relation in modulo:
        if isinstance(relation, MatrixRelation):
            scalars += [
                s for s in relation.rhs.free_symbols if isinstance(s, Symbol) and s not in scalars
            ]
    scalars = [s for s in scalars if s not in dimensions and not any(s == m for m in letters)]
    for sizes in _sizes(dimensions, random):
        values: dict[Basic, Expr] = {
            s: Rational(random.randint(1, 9), random.randint(1, 5)) for s in scalars
        }
        values.update({d: Integer(n) for d, n in sizes.items()})
        model = _model(letters, modulo, values, random)
        if model is None or not _satisfies(modulo, model, values):
            continue
        value = _evaluated(expr, model, values)
        if value != Matrix.zeros(*value.shape):
            return {
                "sizes": {str(d): n for d, n in sizes.items()},
                "matrices": {
                    str(m): [[str(x) for x in row] for row in a.tolist()] for m, a in model.items()
                },
                "value": [[str(x) for x in row] for row in value.tolist()],
            }
    return None


def _model(
    letters: set[MatrixExpr],
    modulo: tuple[MatrixRelation | Diagonal, ...],
    values: dict[Basic, Expr],
    random: Random,
) -> dict[MatrixExpr, Matrix] | None:
    """Free letters at random, orthonormal ones by Cayley's formula, defined ones from their definitions."""
    diagonal = {m for r in modulo if isinstance(r, Diagonal) for m in r.letters}
    relations = [r for r in modulo if isinstance(r, MatrixRelation)]
    orthonormal: set[MatrixExpr] = set()
    definitions: dict[MatrixExpr, MatrixExpr] = {}
    for relation in relations:
        left, right = matrix_form(relation.lhs), matrix_form(relation.rhs)
        (word,) = left
        if len(word) == 2 and word[0] == (word[1][0], True) and right == {(): S.One}:
            orthonormal.add(word[1][0])
        elif len(word) == 1 and not word[0][1]:
            definitions[word[0][0]] = relation.rhs / left[word]  # type: ignore[operator]
        elif len(right) == 1 and len(next(iter(right))) == 1 and not next(iter(right))[0][1]:
            ((defined, scale),) = right.items()
            definitions[defined[0][0]] = relation.lhs / scale  # type: ignore[operator]
    model: dict[MatrixExpr, Matrix] = {}
    for letter in sorted(letters - set(definitions), key=str):
        rows, columns = (int(d.subs(values)) for d in letter.shape)
        if letter in orthonormal:
            if rows < columns:
                return None
            model[letter] = _cayley(rows, columns, random)
        elif letter in diagonal:
            model[letter] = Matrix.diag(*[random.randint(-4, 4) for _ in range(rows)])
        else:
            model[letter] = Matrix(rows, columns, lambda _i, _j: random.randint(-4, 4))
    pending = dict(definitions)
    while pending:
        ready = [m for m, rhs in pending.items() if _letters(rhs) <= set(model)]
        if not ready:
            return None
        for letter in ready:
            model[letter] = _evaluated(pending.pop(letter), model, values)
    return model


def _evaluated(
    expr: Basic, model: Mapping[MatrixExpr, Matrix], values: Mapping[Basic, Expr]
) -> Matrix:
    """Exact value; scalars come back as 1 x 1 matrices."""
    if isinstance(expr, MatrixExpr):
        rows, columns = (int(d.subs(values)) for d in expr.shape)
        total = Matrix.zeros(rows, columns)
        for word, coefficient in matrix_form(expr).items():
            product = Matrix.eye(rows)
            for atom, flag in word:
                base = (
                    model[atom.arg].inv()
                    if isinstance(atom, Inverse) and atom not in model
                    else model[atom]
                )
                product = product * (base.T if flag else base)
            total += coefficient.subs(values) * product
        return total
    if isinstance(expr, Trace):
        return Matrix([[_evaluated(expr.arg, model, values).trace()]])
    if isinstance(expr, Add):
        return Matrix([[sum(_evaluated(term, model, values)[0] for term in expr.args)]])
    if isinstance(expr, Mul):
        product_value: Expr = S.One
        for factor in expr.args:
            product_value *= _evaluated(factor, model, values)[0]
        return Matrix([[product_value]])
    return Matrix([[expr.subs(values)]])


def _satisfies(
    modulo: tuple[MatrixRelation | Diagonal, ...],
    model: Mapping[MatrixExpr, Matrix],
    values: Mapping[Basic, Expr],
) -> bool:
    for relation in modulo:
        if isinstance(relation, MatrixRelation):
            left = _evaluated(relation.lhs, model, values)
            if left != _evaluated(relation.rhs, model, values):
                return False
    return True
