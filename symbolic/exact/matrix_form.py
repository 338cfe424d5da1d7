"""Normal form of matrix polynomials with symbolic shapes, and of traces of them.

Main definitions: `MatrixRelation` (a relation to reduce by), `Diagonal` (matrices that commute),
`Relations` (both, as rewriting rules), `matrix_form`, `trace_form`.

Main facts used: matrix polynomials in independent letters form a free algebra with the involution
(AB)^T = B^T A^T, so two of them agree for all sizes exactly when their expansions into words agree;
traces agree when their words agree up to rotation and up to transposition of the whole word.

Implementation notes.  A letter is a matrix symbol (or another atomic matrix expression) with a
transposition flag; a word is a tuple of letters; a polynomial is {word: scalar coefficient}.
Relations are used as rewriting rules on words (longest first); `completed` adds the consequences of
overlapping rules (a bounded non-commutative Buchberger step).  The inverse of a sum is a letter X
with the rules that S X = X S = I imply.  What is proven here is checked nowhere else, so every rule
that is added is a consequence of the relations, and a rule whose scale may vanish is refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Add, Basic, Expr, Identity, MatrixBase, Mul, Pow, S, Trace
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

__all__ = [
    "Diagonal",
    "MatrixRelation",
    "Polynomial",
    "Relations",
    "Word",
    "matrix_form",
    "trace_form",
]

Letter = tuple[MatrixExpr, bool]
Word = tuple[Letter, ...]
Polynomial = dict[Word, Expr]
Cycles = tuple[Word, ...]
Rule = tuple[Word, Polynomial]

_WORD_LIMIT = 20_000
_REWRITE_LIMIT = 200
_RULE_LIMIT = 60
_LENGTH_LIMIT = 10


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
    return tuple(
        (atom.T, False) if isinstance(atom, MatrixBase) else (atom, not flag)
        for atom, flag in reversed(word)
    )


def _letter_key(letter: Letter) -> tuple[Any, ...]:
    atom, flag = letter
    base = atom.arg if isinstance(atom, Inverse) else atom
    return (str(base), str(base.shape), isinstance(atom, Inverse), flag)


def _word_key(word: Word) -> tuple[Any, ...]:
    return (len(word), tuple(_letter_key(letter) for letter in word))


def _accumulate(target: dict[Any, Expr], key: Any, value: Expr) -> None:
    total = target[key] + value if key in target else value
    if total == 0:
        target.pop(key, None)
    else:
        target[key] = total
    if len(target) > _WORD_LIMIT:
        raise InputError("a matrix polynomial", f"expands into more than {_WORD_LIMIT} words", "")


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for (word_l, c_l), (word_r, c_r) in itertools.product(left.items(), right.items()):
        _accumulate(result, _cancelled(word_l + word_r), c_l * c_r)
    return result


def _cancels(first: Letter, second: Letter) -> bool:
    """A A^-1 and A^-1 A, transposed alike."""
    (a, a_flag), (b, b_flag) = first, second
    if a_flag != b_flag:
        return False
    return (isinstance(b, Inverse) and b.arg == a) or (isinstance(a, Inverse) and a.arg == b)


def _cancelled(word: Word) -> Word:
    """Remove A A^-1 and A^-1 A."""
    out: list[Letter] = []
    for letter in word:
        if out and _cancels(out[-1], letter):
            out.pop()
        else:
            out.append(letter)
    return tuple(out)


def _inverse(base: MatrixExpr) -> Polynomial:
    """Inverses of products of square matrices factor by factor; of anything else as one letter."""
    if isinstance(base, MatrixBase):
        return {((Inverse(base), False),): S.One}
    if isinstance(base, Inverse):
        return matrix_form(base.arg)
    if isinstance(base, MatMul):
        scale, factors = base.as_coeff_matrices()
        if all(f.shape[0] == f.shape[1] for f in factors):
            result: Polynomial = {(): 1 / scale}
            for factor in reversed(factors):
                result = _product(result, _inverse(factor))
            return result
    if isinstance(base, Transpose):
        return {_transposed(w): c for w, c in _inverse(base.arg).items()}
    if isinstance(base, Identity):
        return {(): S.One}
    return {((Inverse(base), False),): S.One}


def matrix_form(expr: Basic) -> Polynomial:
    """Expansion of a matrix expression into words.

    Args:
        expr: sums, products, scalar multiples, transposes, integer powers, inverses, identities and
            zeros; anything else with a shape counts as one letter.

    Returns:
        {word: coefficient}; the empty word is the identity.
    """
    if isinstance(expr, MatrixBase):
        scale = next((entry for entry in expr if entry.is_Rational and entry != 0), S.One)
        scaled = (expr / scale).as_immutable()
        return {} if scaled.is_zero_matrix else {((scaled, False),): scale}
    if isinstance(expr, MatAdd):
        total: Polynomial = {}
        for term in expr.args:
            for word, coefficient in matrix_form(term).items():
                _accumulate(total, word, coefficient)
        return total
    if isinstance(expr, MatMul):
        result: Polynomial = {(): S.One}
        for factor in expr.args:
            if getattr(factor, "is_Matrix", False):
                result = _product(result, matrix_form(factor))
            else:
                result = {word: coefficient * factor for word, coefficient in result.items()}
        return result
    if isinstance(expr, Transpose):
        return {_transposed(word): c for word, c in matrix_form(expr.arg).items()}
    if isinstance(expr, Inverse):
        return _inverse(expr.arg)
    if isinstance(expr, MatPow) and expr.exp.is_Integer:
        base = matrix_form(expr.base) if expr.exp >= 0 else _inverse(expr.base)
        result = {(): S.One}
        for _ in range(abs(int(expr.exp))):
            result = _product(result, base)
        return result
    if isinstance(expr, Identity):
        return {(): S.One}
    if isinstance(expr, ZeroMatrix):
        return {}
    if isinstance(expr, MatrixExpr):
        return {((expr, False),): S.One}
    raise InputError(
        str(expr), "is not a matrix expression", "use MatrixSymbols and their products"
    )


def _size(letter: Letter) -> Expr:
    """Number of rows of a letter."""
    atom, flag = letter
    return atom.shape[1 if flag else 0]


# --- relations as rewriting rules ---


def _rules_of(relation: MatrixRelation) -> list[Rule]:
    left, right = matrix_form(relation.lhs), matrix_form(relation.rhs)
    if len(left) != 1:
        raise InputError(
            str(relation.lhs), "is not one product of matrices", "solve it for one word"
        )
    ((word, scale),) = left.items()
    if not word:
        raise InputError(str(relation.lhs), "holds no matrix", "turn the relation round")
    if not scale.is_nonzero:
        raise InputError(str(scale), "may vanish, so the relation cannot be divided by it", "")
    rhs = {w: c / scale for w, c in right.items()}
    rules = [(word, rhs)]
    flipped = {_transposed(w): c for w, c in rhs.items()}
    swap = len(flipped) == 1 and word in flipped  # A^T = c A: the flipped rule undoes the rule
    if _transposed(word) != word and not swap:
        rules.append((_transposed(word), flipped))
    return rules


def _rules_of_inverse(letter: MatrixExpr) -> list[Rule]:
    """S X = X S = I for the inverse X of a sum S, solved for the leading word of S."""
    base = matrix_form(letter.arg)
    leading = max(base, key=_word_key, default=())
    if len(base) < 2 or not leading or not base[leading].is_nonzero:
        return []
    rules: list[Rule] = []
    x: Word = ((letter, False),)
    for left in (True, False):
        rhs: Polynomial = {(): 1 / base[leading]}
        for word, c in base.items():
            if word != leading:
                _accumulate(rhs, word + x if left else x + word, -c / base[leading])
        lhs = leading + x if left else x + leading
        rules.append((lhs, rhs))
        rules.append((_transposed(lhs), {_transposed(w): c for w, c in rhs.items()}))
    return rules


class Relations:
    """Relations as rewriting rules on words, with the letters that commute."""

    def __init__(
        self,
        modulo: Iterable[MatrixRelation | Diagonal] = (),
        inverses: Iterable[MatrixExpr] = (),
    ) -> None:
        self.commuting: frozenset[MatrixExpr] = frozenset(
            m for r in modulo if isinstance(r, Diagonal) for m in r.letters
        )
        for m in self.commuting:
            if m.shape[0] != m.shape[1]:
                raise InputError(str(m), "is not square", "diagonal matrices are square")
        self.rules: list[Rule] = []
        self.facts: list[Polynomial] = []
        """reduced polynomials that are zero, but whose leading coefficient may vanish"""
        for relation in modulo:
            if isinstance(relation, MatrixRelation):
                for rule in _rules_of(relation):
                    self._add(rule)
        for letter in inverses:
            for rule in _rules_of_inverse(letter):
                self._add(rule)
        for word, rhs in list(self.rules):
            if self._is_isometry(word, rhs):
                self._add((_transposed_pair(word), {(): S.One}))
        for word, rhs in list(self.rules):
            self._add_with_inner_rewritten(word, rhs)

    @staticmethod
    def _is_isometry(word: Word, rhs: Polynomial) -> bool:
        """A^T A = I for a square A: then A A^T = I too."""
        if len(word) != 2 or rhs != {(): S.One} or word[0] != (word[1][0], not word[1][1]):
            return False
        return bool(word[0][0].shape[0] == word[0][0].shape[1])

    def _add_with_inner_rewritten(self, word: Word, rhs: Polynomial) -> None:
        """q^T A^T g = 0 and A^T = A imply q^T A g = 0, which no rewriting of other words finds."""
        shorter = Relations()
        shorter.commuting = self.commuting
        shorter.rules = [rule for rule in self.rules if len(rule[0]) < len(word)]
        form = shorter.reduced({word: S.One})
        if len(form) == 1 and word not in form:
            ((after, scale),) = form.items()
            if after and scale.is_nonzero:
                self._add((after, {w: c / scale for w, c in rhs.items()}))

    def _add(self, rule: Rule) -> None:
        if all(rule[0] != known for known, _ in self.rules):
            self.rules.append(rule)
            self.rules.sort(key=lambda r: -len(r[0]))

    def tidy(self, word: Word) -> Word:
        """Runs of commuting letters in canonical order, without transposition; A A^-1 removed."""
        while True:
            out: list[Letter] = []
            for commutes, run in itertools.groupby(word, key=self._commutes):
                letters = list(run)
                if commutes:
                    letters = sorted(((atom, False) for atom, _ in letters), key=_letter_key)
                out += letters
            after = _cancelled(tuple(out))
            if after == word:
                return word
            word = after

    def _commutes(self, letter: Letter) -> bool:
        atom = letter[0].arg if isinstance(letter[0], Inverse) else letter[0]
        return atom in self.commuting

    def reduced(self, form: Polynomial) -> Polynomial:
        """Rewrite every word until no rule applies."""
        for _ in range(_REWRITE_LIMIT):
            after: Polynomial = {}
            changed = False
            for word, coefficient in form.items():
                word = self.tidy(word)
                rewritten = self._rewritten(word)
                if rewritten is None:
                    _accumulate(after, word, coefficient)
                    continue
                changed = True
                for inner, factor in rewritten.items():
                    _accumulate(after, inner, coefficient * factor)
            form = after
            if not changed:
                return form
        raise InputError("matrix relations", f"do not come to rest in {_REWRITE_LIMIT} rounds", "")

    def _rewritten(self, word: Word) -> Polynomial | None:
        """The word after the first rule that matches, or None."""
        for pattern, replacement in self.rules:
            length = len(pattern)
            for start in range(len(word) - length + 1):
                if word[start : start + length] == pattern:
                    head, tail = word[:start], word[start + length :]
                    result: Polynomial = {}
                    for inner, factor in replacement.items():
                        _accumulate(result, self.tidy(head + inner + tail), factor)
                    return result
        return None

    def completed(self) -> Relations:
        """With the consequences of overlapping rules, as far as the limits allow."""
        richer = Relations()
        richer.commuting = self.commuting
        richer.rules = list(self.rules)
        pairs = list(itertools.product(richer.rules, repeat=2))
        while pairs and len(richer.rules) < _RULE_LIMIT:
            (first, rhs_1), (second, rhs_2) = pairs.pop(0)
            for length in range(1, min(len(first), len(second)) + 1):
                same = first is second and length == len(first)
                if same or first[-length:] != second[:length]:
                    continue
                if len(first) + len(second) - length > _LENGTH_LIMIT:
                    continue
                new = richer._consequence(first, rhs_1, second, rhs_2, length)
                if new is not None:
                    pairs += [(new, old) for old in richer.rules]
                    pairs += [(old, new) for old in (*richer.rules, new)]
                    richer._add(new)
        return richer

    def _consequence(
        self, first: Word, rhs_1: Polynomial, second: Word, rhs_2: Polynomial, overlap: int
    ) -> Rule | None:
        """The two ways to rewrite first + rest of second, as a new rule when they differ."""
        difference: Polynomial = {}
        for word, c in rhs_1.items():
            _accumulate(difference, _cancelled(word + second[overlap:]), c)
        for word, c in rhs_2.items():
            _accumulate(difference, _cancelled(first[:-overlap] + word), -c)
        difference = {w: c for w, c in self.reduced(difference).items() if c.expand() != 0}
        leading = max(difference, key=_word_key, default=())
        if not leading or not difference[leading].is_nonzero:
            if difference:
                self.facts.append(difference)
            return None
        scale = difference.pop(leading)
        return leading, {w: -c / scale for w, c in difference.items()}


def _transposed_pair(word: Word) -> Word:
    return (word[1], word[0])


# --- traces ---


def _cycle(word: Word, relations: Relations) -> tuple[Word, int]:
    """The least rotation of a word or of its transpose, and its sign: what a trace depends on.

    Sign 0: the word equals minus itself (an antisymmetric product), so its trace vanishes.
    """
    candidates: list[tuple[Word, int]] = [(word, 1)]
    flipped = relations.reduced({_transposed(word): S.One})
    if len(flipped) == 1 and next(iter(flipped.values())) in (1, -1):
        ((other, sign),) = flipped.items()
        if len(other) == len(word):
            candidates.append((other, int(sign)))
    rotations = [
        (relations.tidy(w[i:] + w[:i]), sign) for w, sign in candidates for i in range(len(w))
    ]
    least = min((w for w, _ in rotations), key=_word_key)
    signs = {sign for w, sign in rotations if w == least}
    return least, signs.pop() if len(signs) == 1 else 0


def _trace_of(form: Polynomial, size: Expr, relations: Relations) -> dict[Cycles, Expr]:
    """Trace of a reduced polynomial; rules are also applied across the ends of a word."""
    total: dict[Cycles, Expr] = {}
    pending = [(word, c, size) for word, c in relations.reduced(form).items()]
    for _ in range(_REWRITE_LIMIT * (1 + len(pending))):
        if not pending:
            return total
        word, c, rows = pending.pop()
        if not word:
            _accumulate(total, (), c * rows)
            continue
        for i in range(1, len(word)):
            rotated = word[i:] + word[:i]
            after = relations.reduced({rotated: S.One})
            # only towards smaller words: a rotation must not undo what another one did
            if all(_word_key(w) < _word_key(word) for w in after):
                pending += [(w, c * factor, _size(rotated[0])) for w, factor in after.items()]
                break
        else:
            key, sign = _cycle(word, relations)
            if sign:
                _accumulate(total, (key,), c * sign)
    raise InputError("matrix relations", "do not come to rest under a trace", "")


def trace_form(
    expr: Basic, modulo: Iterable[MatrixRelation | Diagonal] | Relations = ()
) -> dict[Cycles, Expr]:
    """Expansion of a scalar expression in traces: {product of cyclic words: coefficient}."""
    relations = modulo if isinstance(modulo, Relations) else Relations(tuple(modulo))
    if isinstance(expr, Trace):
        return _trace_of(matrix_form(expr.arg), expr.arg.shape[0], relations)
    if isinstance(expr, Add):
        total: dict[Cycles, Expr] = {}
        for term in expr.args:
            for key, coefficient in trace_form(term, relations).items():
                _accumulate(total, key, coefficient)
        return total
    factors: tuple[Basic, ...] = ()
    if isinstance(expr, Mul) and expr.has(Trace):
        factors = expr.args
    elif isinstance(expr, Pow) and expr.has(Trace) and expr.exp.is_Integer and expr.exp > 0:
        factors = (expr.base,) * int(expr.exp)
    if factors:
        result: dict[Cycles, Expr] = {(): S.One}
        for factor in factors:
            after: dict[Cycles, Expr] = {}
            second = trace_form(factor, relations)
            for (k1, c1), (k2, c2) in itertools.product(result.items(), second.items()):
                key = tuple(sorted(k1 + k2, key=_word_key))
                _accumulate(after, key, c1 * c2)
            result = after
        return result
    if expr.has(Trace):
        raise InputError(str(expr), "is not a polynomial in traces", "")
    return {(): expr} if expr != 0 else {}
