r"""Identities between boson operators, by normal ordering.

Main definition: `BosonIdentity`.

Main facts used: with $a_ia_j^\dagger = a_j^\dagger a_i + \delta_{ij}$ every polynomial in the
operators has one normal form, creation operators on the left; two polynomials are equal exactly
when these agree.  Under the left vacuum of a population process, $\langle1|a^\dagger = \langle1|$,
the creation operators of the normal form become 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Add, Basic, Expr, Integer, Mul, S, Symbol

from derivax.errors import InputError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.methods.agreement import keeps_relation
from derivax.symbolic.obligations import Obligation, Settled, Vanishes
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["BosonIdentity", "normal_ordered"]

Word = tuple[Basic, ...]
_WORD_LIMIT = 20_000


@dataclass(frozen=True, init=False)
class BosonIdentity(Rule):
    r"""Conclude `lhs = rhs` between polynomials in boson operators.

    Args:
        lhs, rhs: the two sides, in non-commutative symbols.
        modes: pairs (a, a^dagger).
        left_vacuum: compare expectations $\langle1|\cdot|\psi\rangle$, where $a^\dagger$ is 1.

    >>> from sympy import symbols
    >>> a, c = symbols("a c", commutative=False)
    >>> rule = BosonIdentity(a*c*a - c*a*a, a, [(a, c)])
    >>> {str(o.check().outcome) for o in rule.obligations((), rule.conclude())}
    {'proven'}
    """

    name: ClassVar[str] = "normal ordering"
    needs: ClassVar[int | None] = 0
    lhs: Basic
    rhs: Basic
    modes: tuple[tuple[Symbol, Symbol], ...]
    left_vacuum: bool

    def __init__(
        self, lhs: Any, rhs: Any, modes: Iterable[tuple[Symbol, Symbol]], left_vacuum: bool = False
    ) -> None:
        pairs = tuple((a, c) for a, c in modes)
        if any(x.is_commutative for pair in pairs for x in pair):
            raise InputError(str(pairs), "are not operators", "use commutative=False")
        for name, value in (
            ("lhs", as_expression(lhs)),
            ("rhs", as_expression(rhs)),
            ("modes", pairs),
            ("left_vacuum", left_vacuum),
        ):
            object.__setattr__(self, name, value)

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.lhs, "=", self.rhs)

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        gap = normal_ordered(Add(conclusion.lhs, -conclusion.rhs), self.modes)
        if self.left_vacuum:
            creation = {c for _, c in self.modes}
            merged: dict[Word, Expr] = {}
            for word, coefficient in gap.items():
                rest = tuple(x for x in word if x not in creation)
                merged[rest] = merged.get(rest, S.Zero) + coefficient
            gap = merged
        made: list[Obligation] = list(keeps_relation(conclusion, "="))
        domain = conclusion.domain.over(
            [s for s in conclusion.domain if s.is_commutative is not False]
        )
        for word, coefficient in gap.items():
            about = f"the coefficient of {Mul(*word)} vanishes"
            made.append(Vanishes(coefficient, domain, about))
        made.append(Settled(True, "both sides have the same normal form"))
        return tuple(made)


def normal_ordered(expr: Basic, modes: Iterable[tuple[Symbol, Symbol]]) -> dict[Word, Expr]:
    """{word: coefficient}, creation operators first, the letters of each kind in the modes' order.

    >>> from sympy import symbols
    >>> a, c = symbols("a c", commutative=False)
    >>> normal_ordered(a*c, [(a, c)]) == {(c, a): 1, (): 1}
    True
    """
    pairs = tuple(modes)
    partner = dict(pairs)
    order = {x: k for k, x in enumerate([c for _, c in pairs] + [a for a, _ in pairs])}
    found: dict[Word, Expr] = {}
    stack: list[tuple[Word, Expr]] = []
    for term in Add.make_args(as_expression(expr).expand()):
        scalars, letters = term.args_cnc()
        letters_found: list[Basic] = []
        for letter in letters:
            base, power = letter.as_base_exp()
            if base not in order or not power.is_Integer or power < 0:
                raise InputError(str(letter), "is no power of an operator of the modes", "")
            letters_found += [base] * int(power)
        stack.append((tuple(letters_found), Mul(*scalars)))
    steps = 0
    while stack:
        word, coefficient = stack.pop()
        steps += 1
        if steps > _WORD_LIMIT:
            raise InputError("a polynomial in operators", "is too long to be ordered", "")
        place = next((k for k in range(len(word) - 1) if order[word[k]] > order[word[k + 1]]), None)
        if place is None:
            found[word] = found.get(word, Integer(0)) + coefficient
            continue
        x, y = word[place], word[place + 1]
        stack.append((word[:place] + (y, x) + word[place + 2 :], coefficient))
        if partner.get(x) == y:
            stack.append((word[:place] + word[place + 2 :], coefficient))
    return found
