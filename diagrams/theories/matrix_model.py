r"""Hermitian matrices with a quartic trace: ribbon graphs weighed by N^faces, by genus.

Starting equation: F(g, N) = ln E e^{-g tr M^4/4}, where E M_ij M_kl = delta_il delta_jk.
Main results
    free_energy      F ~ sum over connected ribbon graphs of (-g)^n N^faces/|Aut|
    genus_part       its part of one genus; genus 0, the planar graphs, leads for large N
Assumptions: formal series in g; N is a symbol.
What plain SymPy cannot do: it knows no ribbon graphs.  The check is the logarithm of the moments of
traces, which come from integration by parts (loop equations).
Source: E. Brezin, C. Itzykson, G. Parisi, J.-B. Zuber, Commun. Math. Phys. 59 (1978) 35.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flint import fmpq
from sympy import Add, Eq, Expr, Function, Poly, Rational, Sum, Symbol, expand, factorial, oo
from sympy.core.function import UndefinedFunction

from derivax.diagrams.contractions import trace_moments
from derivax.diagrams.expansion import SumOfOrders
from derivax.diagrams.multiseries import MultiSeries, exponents_up_to, logarithm_of
from derivax.diagrams.ribbons import RibbonGraph, ribbon_graphs
from derivax.diagrams.theories.zero_dimensional import THEORY, D, N, checked_order, g
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.agreement import equal, keeps_relation
from derivax.symbolic.obligations import Obligation, Settled
from derivax.symbolic.problem import Problem
from derivax.symbolic.rules import Rule
from derivax.symbolic.statements import Statement

__all__ = ["RibbonsOfOrder", "free_energy", "genus_part"]

SOURCE = "Brezin, Itzykson, Parisi, Zuber 1978; ribbon graphs derived here"


@dataclass(frozen=True)
class RibbonsOfOrder(Rule):
    """Conclude what the connected ribbon graphs with n quartic vertices add up to.

    Args:
        order: n.
        size: N.
        head: D.
    """

    name: ClassVar[str] = "ribbon graphs of an order"
    needs: ClassVar[int | None] = 0
    order: int
    size: Symbol
    head: UndefinedFunction

    def _graphs(self) -> list[RibbonGraph]:
        return list(ribbon_graphs((4,) * self.order))

    def _value(self, graphs: list[RibbonGraph]) -> Expr:
        sign = (-1) ** self.order
        return Add(*(sign * Rational(1, r.symmetry_factor) * self.size**r.n_faces for r in graphs))

    def conclude(self, *premises: Statement) -> Statement:
        return Statement(self.head(self.order), "=", self._value(self._graphs()))

    def obligations(
        self, premises: tuple[Statement, ...], conclusion: Statement
    ) -> tuple[Obligation, ...]:
        graphs = self._graphs()
        made = list(keeps_relation(conclusion, "="))
        made.append(Settled(conclusion.lhs == self.head(self.order), f"it is order {self.order}"))
        different = len({r.code for r in graphs}) == len(graphs)
        made.append(Settled(different, f"{len(graphs)} ribbon graphs, all different"))
        weight = sum((fmpq(1, r.symmetry_factor) for r in graphs), fmpq(0))
        about = f"their weights 1/|Aut| add up to {weight}, as contractions do"
        made.append(Settled(weight == _connected_contractions(self.order), about))
        domain = conclusion.domain
        made.append(equal(conclusion.rhs, self._value(graphs), domain, "the graphs add up to it"))
        loops = self._by_loop_equations()
        made.append(equal(conclusion.rhs, loops, domain, "so do the moments of traces"))
        return tuple(made)

    def _by_loop_equations(self) -> Expr:
        """The coefficient of g^n in ln sum (-g)^k E (tr M^4)^k / (4^k k!)."""
        terms = [
            Rational((-1) ** k, 4**k) / factorial(k) * trace_moments((4,) * k, self.size)
            for k in range(self.order + 1)
        ]
        logarithm: list[Expr] = [Rational(0)]
        for n in range(1, self.order + 1):
            known = Add(*(j * logarithm[j] * terms[n - j] for j in range(1, n)))
            logarithm.append(expand(terms[n] - known / n))
        return logarithm[self.order]


def _connected_contractions(order: int) -> fmpq:
    """Pairings of 4n half-edges over 4^n n!, connected: the logarithm at N = 1."""
    exponents = exponents_up_to((order,))
    total: MultiSeries = {}
    for (n,) in exponents:
        pairings = 1
        for k in range(4 * n - 1, 0, -2):
            pairings *= k
        total[n,] = fmpq(pairings, 4**n * int(factorial(n)))
    return logarithm_of(total, exponents).get((order,), fmpq(0))


def free_energy(order: int = 3) -> Derivation:
    """ln E e^{-g tr M^4/4} to a power of g (1 to 4), with the powers of N of every genus.

    >>> print(free_energy(2).formula)
    matrix_free_energy(g, N) = 9*N**4*g**2/8 - N**3*g/2 + 15*N**2*g**2/8 - N*g/4
    """
    order = checked_order(order, 4)
    F = Function("F")
    n = Symbol("n", integer=True, positive=True)
    definition = Eq(F(g), Sum(D(n) * g**n, (n, 1, oo)), evaluate=False)
    derivation = Derivation.begin(
        Problem(definition, F(g)), name=f"{THEORY}/matrix-free-energy", source=SOURCE,
        title="Free energy of the quartic matrix model: ribbon graphs and loop equations",
    )  # fmt: skip
    for k in range(1, order + 1):
        derivation = derivation.then(
            RibbonsOfOrder(k, N, D), name=f"D-{k}", say=f"Connected ribbon graphs of order {k}."
        )
    places = [f"D-{k}" for k in range(1, order + 1)]
    derivation = derivation.then(
        SumOfOrders(g, order), 0, *places, name="sum", say="The orders add up."
    )
    # a range in which no power of N leaves single precision
    domain = {g: (0, 10), N: (1, 1000)}
    return derivation.concluded(derivation.formula_of("sum", [g, N], domain=domain))


def genus_part(expression: Expr, genus: int, order: int) -> Expr:
    """The coefficient of g^order N^(2 - 2 genus + order): the ribbon graphs of one genus."""
    return Poly(expression, g, N).coeff_monomial(g**order * N ** (2 - 2 * genus + order))
