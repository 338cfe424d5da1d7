r"""Which optimisers have an exact charge law, and why the others have none.

Main definitions: `known_optimiser`, `adaptive_charge`.

A law closes when the part of the step that comes from the gradient stays orthogonal to Aq.  Steps
that scale each weight by its own rate (Adam, RMSProp, AdaGrad), or take signs (Lion), break this:
in their first step all of them move along sign(g).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import ImmutableMatrix, MatrixSymbol, Symbol, Trace, Transpose, ZeroMatrix, sign
from sympy.matrices.expressions.matexpr import MatrixExpr

from derivax.errors import InputError, NotDerived
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.methods.matrix_identity import MatrixIdentity
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.theories.noether_learning_dynamics.notation import (
    SOURCE,
    THEORY,
    beta,
    eta,
    k,
)

__all__ = ["ADAPTIVE", "EXACT", "Counterexample", "adaptive_charge", "known_optimiser"]

EXACT = ("gradient-descent", "heavy-ball", "decoupled-decay", "nesterov")
ADAPTIVE = {
    "adam": "each weight has a rate of its own, 1/sqrt(its mean squared gradient)",
    "adamw": "each weight has a rate of its own, 1/sqrt(its mean squared gradient)",
    "rmsprop": "each weight has a rate of its own, 1/sqrt(its mean squared gradient)",
    "adagrad": "each weight has a rate of its own, 1/sqrt(its summed squared gradients)",
    "lion": "every weight moves by the same amount, with the sign of its momentum",
}


@dataclass(frozen=True)
class Counterexample:
    """A gradient that an invariant loss can have, and a first step along sign(g) that breaks it.

    >>> scale = Counterexample("scale", (2, -1), (1, 2))
    >>> scale.of_gradient, scale.of_step
    (0, -1)
    """

    symmetry: str
    gradient: tuple[int, ...]
    generator: tuple[int, ...]

    def _pairing(self, step: ImmutableMatrix) -> int:
        return int((step.T * ImmutableMatrix(self.generator))[0])

    @property
    def of_gradient(self) -> int:
        """g.Aq, zero for an invariant loss."""
        return self._pairing(ImmutableMatrix(self.gradient))

    @property
    def of_step(self) -> int:
        """sign(g).Aq."""
        return self._pairing(ImmutableMatrix(self.gradient).applyfunc(sign))

    def __str__(self) -> str:
        return (
            f"Aq = {self.generator}, g = {self.gradient} have g.Aq = {self.of_gradient}, "
            f"but sign(g).Aq = {self.of_step}"
        )


COUNTEREXAMPLES = (
    Counterexample("scale", (2, -1), (1, 2)),
    Counterexample("translation", (2, -1, -1), (1, 1, 1)),
)


def known_optimiser(name: str, without: Iterable[str] = ()) -> str:
    """The name of an optimiser that has an exact law.

    Raises:
        NotDerived: it has none; the reasons are counterexamples, computed here.
        InputError: there is no such optimiser.
    """
    plain = str(name).lower().replace("_", "-").replace(" ", "-")
    if plain in ADAPTIVE:
        broken = [c for c in COUNTEREXAMPLES if c.of_gradient == 0 and c.of_step != 0]
        reasons = [("exact law", f"{ADAPTIVE[plain]}; its first step is along sign(g)")]
        reasons += [(c.symmetry, str(c)) for c in broken]
        reasons.append(("balance law", f"see {THEORY}/adaptive-charge"))
        raise NotDerived(f"a closed charge law under {plain}", reasons)
    known = [one for one in EXACT if one not in tuple(without)]
    if plain not in known:
        raise InputError(
            repr(name), "is not an optimiser with an exact law", f"one of {', '.join(known)}"
        )
    return plain


def adaptive_charge() -> Derivation:
    r"""What remains of a charge law when the step is not along the averaged gradient.

    $m' = \beta m + (1-\beta)(g + kq)$, $q' = (1 - \eta w)q + u$ with any step u: Adam and RMSProp
    $u = -\eta m'/(\sqrt{v'} + \epsilon)$, Lion $u = -\eta\,\mathrm{sign}(\dots)$; w is decoupled
    decay.  With $p = m^TAq$ the average obeys a closed law, and the charge a balance law:
    $$p' = (1-\eta w)(\beta p + (1-\beta)kC) + m'^TAu,\qquad
      C' = (1-\eta w)^2C + 2(1-\eta w)\,u^TAq + u^TAu.$$
    $u^TAq$ is not a function of p and C unless u is along m'.
    """
    d = Symbol("d", integer=True, positive=True)
    w = Symbol("w", nonnegative=True)
    q, g, m, u = (MatrixSymbol(s, d, 1) for s in "qgmu")
    q1, m1 = MatrixSymbol("q_1", d, 1), MatrixSymbol("m_1", d, 1)
    A = MatrixSymbol("A", d, d)
    kept = 1 - eta * w
    average = Statement(m1, "=", beta * m + (1 - beta) * g + (1 - beta) * k * q)
    position = Statement(q1, "=", kept * q + u)
    derivation = Derivation.begin(
        Problem([average, position], [m1, q1]),
        name=f"{THEORY}/adaptive-charge",
        title="What remains of a charge law under Adam, RMSProp and Lion",
        source=f"{SOURCE} (derived here)",
    ).assume(
        Statement(Transpose(A), "=", A), name="symmetric", say="The generator is symmetric,"
    ).assume(
        Statement(Transpose(g) * A * q, "=", ZeroMatrix(1, 1)),
        name="invariance",
        say="and the loss is invariant: its gradient g is orthogonal to the generator A q.",
    )

    def form(left: MatrixExpr, right: MatrixExpr) -> Trace:
        return Trace(Transpose(left) * A * right)

    return derivation.then(
        MatrixIdentity(
            form(m1, q1),
            kept * beta * form(m, q) + kept * (1 - beta) * k * form(q, q) + form(m1, u),
        ),
        1, 0, "symmetric", "invariance",
        name="momentum",
        say="The pairing of the averaged gradient with the generator follows a closed law,",
    ).then(
        MatrixIdentity(
            form(q1, q1), kept**2 * form(q, q) + 2 * kept * form(u, q) + form(u, u)
        ),
        1, "symmetric",
        name="charge",
        say="while the charge moves as the step u is paired with it (a balance law: no function of"
        " charge and momentum):",
    )  # fmt: skip
