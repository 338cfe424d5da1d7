"""Is an expression zero, has it a sign, for all values of its symbols?

`vanishes` tries a normal form (a proof), then a test on balls at random rational points that can
refute, and says how fine it was.  `sign_holds` does the same for inequalities.

A point counts only if the ball there is finite, has a radius of at most 1e-40 of the largest term,
and still contains zero at 4096 bits (1024 if it contains an integral or one of the special
functions that are slow at such precision; down to 512 if the evaluations take long all the same:
the finding says how many).
The largest term: the largest summand of a sum, the product
of the largest terms of the factors of a product, followed from the top of the expression down to
the first head that is neither (whose value is taken; 1 if that value may itself be zero).
A ball that excludes zero is a proof that the expression is not zero: the point is the witness.

Main definitions: `vanishes`, `sign_holds`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import acb, arb
from sympy import Add, Basic, Integer, Mul, Pow

from derivax.errors import CompileError
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.ball_special import SLOW
from derivax.symbolic.exact.ball_values import Ball, is_nan
from derivax.symbolic.exact.cases import by_cases
from derivax.symbolic.exact.constancy import by_derivative, by_induction
from derivax.symbolic.exact.dag import Graph, postorder
from derivax.symbolic.exact.dfinite import by_annihilator
from derivax.symbolic.exact.domain import Domain
from derivax.symbolic.exact.index_functions import with_families, written_alike
from derivax.symbolic.exact.normal_form import RefusesForm, normal_form
from derivax.symbolic.exact.outcome import Finding, Outcome, weakest
from derivax.symbolic.exact.patience import OutOfTime, within
from derivax.symbolic.exact.precision import (
    DEEP_BITS,
    QUADRATURE_BITS,
    QUICK_BITS,
    ZERO_TEST_BITS,
    working_precision,
)
from derivax.symbolic.exact.probing import (
    Sample,
    entries_of,
    excludes_zero,
    refuted,
    sample_for,
    settled,
)
from derivax.symbolic.exact.sign import sign_holds
from derivax.symbolic.exact.variables import binds_variables

__all__ = ["MARGIN", "UNDECIDED_LIMIT", "ball_test", "sign_holds", "vanishes", "zero_on"]

MARGIN = Fraction(1, 10**40)
"""Largest radius, relative to the largest term, of a ball that counts."""

UNDECIDED_LIMIT = Fraction(1, 100)
"""Largest fraction of undecided points with which a test still counts."""

_SMALLEST_RESOLUTION = 1e-300
_BATCHES = 9  # the fourth and later ones only where a few points are undecided
_FEW_UNDECIDED = 2
_PROOF_SECONDS = 3.0  # for the proofs after the normal form
_DEEP_SECONDS = 0.002  # for one evaluation at 4096 bits
_DEEP_POINTS = 6
_SLOW_SECONDS = 0.25
_SLOW_BITS = 512


def vanishes(
    expr: Any, domain: Domain | None = None, *, points: int = 32, seed: int = 0
) -> Finding:
    """Whether `expr` is zero for all values of its symbols in `domain`.

    Arguments: `expr`, a SymPy expression, an equation (lhs - rhs is tested) or an explicit matrix
    (every entry is tested); unknown functions u(t) and their derivatives count as independent real
    variables (positive if the function says so).  `domain`, by default what the assumptions of the
    symbols say; `points`, the number of random points besides the special ones (at least 32).

    Returns a `Finding`: `proven` by normal form (figures name the kernels), `refuted` with a
    witness, `holds` with the resolution of the ball test, or `open` if more than 1 % of the points
    are undecided.  Points where the expression is certainly undefined (a pole) are left out and
    counted.

    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> vanishes(sp.sin(x)**2 + sp.cos(x)**2 - 1).outcome.value
    'proven'
    >>> finding = vanishes(sp.sqrt(x**2) - x)
    >>> finding.outcome.value, Fraction(finding.witness["x"]) < 0
    ('refuted', True)
    """
    entries = entries_of(expr)
    scalars = [written_alike(settled(entry)) for _, entry in entries]
    shown = with_families(scalars)
    domain, sample = sample_for(shown, domain, points, seed)
    findings = []
    for (label, _), scalar, seen in zip(entries, scalars, shown, strict=True):
        finding = zero_on(scalar, domain, sample, seen)
        if finding.outcome is Outcome.REFUTED:
            if label:
                witness = {**(finding.witness or {}), "entry": label}
                return Finding(Outcome.REFUTED, finding.method, finding.detail, witness=witness)
            return finding
        findings.append(finding)
    return findings[0] if len(findings) == 1 else _joined(findings)


# ---- one scalar -----------------------------------------------------------------------------


def ball_test(
    expr: Any, domain: Domain | None = None, *, points: int = 32, seed: int = 0
) -> Finding:
    """The test on balls alone, without an attempt at a proof (for scalars); see `vanishes`."""
    ((_, scalar),) = entries_of(expr)
    (scalar,) = with_families([settled(scalar)])
    _, sample = sample_for([scalar], domain, points, seed)
    sample.look_at_switches([scalar])
    return _BallTest(scalar, sample).run()


def zero_on(
    expr: Basic, domain: Domain, sample: Sample, shown: Basic | None = None
) -> Finding:
    """Whether a settled scalar is zero on the domain: probe, proof, then the whole ball test.

    `shown` is what the tests at points see, where it is not the expression itself.
    """
    try:
        return _zero_on(expr, domain, sample, expr if shown is None else shown)
    except OutOfTime:
        return Finding(Outcome.OPEN, "ball test", "the time was over before a point was decided")


def _zero_on(expr: Basic, domain: Domain, sample: Sample, shown: Basic) -> Finding:
    if expr.is_Number:
        if expr.is_zero:
            return Finding(Outcome.PROVEN, "identity", "the two sides are the same expression")
        witness = {"value": str(expr), "bits": 0}
        return Finding(Outcome.REFUTED, "identity", "a nonzero number", witness=witness)
    try:
        test = _BallTest(shown, sample)
        sample.look_at_switches([shown])
        probed = test.probe()
    except CompileError as error:
        return Finding(Outcome.OPEN, "ball test", str(error))
    if probed is not None:
        return probed
    reason = ""
    try:
        form = normal_form(*_in_real_parts(expr, domain))
        if form.is_zero and test.met_value:
            return Finding(
                Outcome.PROVEN,
                "normal form",
                "the numerator is the zero polynomial in the kernels",
                figures={"kernels": [f"{name} = {kernel}" for name, kernel in form.kernel_texts()]},
            )
    except RefusesForm as refusal:
        reason = str(refusal)
    if test.met_value and isinstance(expr, sp.Expr):
        proof = None
        with suppress(OutOfTime), within(_PROOF_SECONDS):
            proof = by_cases(expr, domain) or by_induction(expr, domain)
            proof = proof or by_annihilator(expr, domain) or by_derivative(expr, domain)
        if proof is not None:
            return proof
    finding = test.run()
    if reason and finding.outcome is not Outcome.REFUTED:
        figures = {**finding.figures, "normal_form": reason}
        return Finding(
            finding.outcome, finding.method, finding.detail, finding.resolution, figures=figures
        )
    return finding


def _in_real_parts(expr: Basic, domain: Domain) -> tuple[Basic, Domain]:
    """Symbols over the plane as X + I*Y, if the expression takes real parts or conjugates."""
    planes = [s for s in domain if domain[s].plane]
    if not planes or not any(
        isinstance(node, (sp.re, sp.im, sp.conjugate, sp.Abs)) for node in postorder([expr])
    ):
        return expr, domain
    parts = {s: (sp.Dummy("re", real=True), sp.Dummy("im", real=True)) for s in planes}
    replaced = expr.xreplace({s: x + sp.I * y for s, (x, y) in parts.items()})
    kept = {s: domain[s] for s in domain if s not in parts}
    relations = [r for r in domain.where if not r.free_symbols & set(planes)]
    return replaced, Domain(kept, relations).extended([d for pair in parts.values() for d in pair])


class _BallTest:
    """The test of the module docstring for one scalar on one sample."""

    def __init__(self, expr: Basic, sample: Sample) -> None:
        self._sample = sample
        self.met_value = False  # a proof needs one, lest it be about nothing
        self._scale = _LargestTerm(expr)
        self._program = BallProgram([expr, *self._scale.leaves], sample.variables)
        slow = (
            isinstance(node, (sp.Integral, *SLOW))
            for node in postorder([expr], leaf=binds_variables)
        )
        self._bits = QUADRATURE_BITS if any(slow) else ZERO_TEST_BITS

    def _at(self, point: Mapping[Basic, Any], bits: int) -> tuple[Ball, list[Ball], bool]:
        balls, undefined = self._program.status_at(point, bits)
        return balls[0], balls[1:], undefined[0]

    def probe(self) -> Finding | None:
        """A quick attempt to refute at low precision; notes whether a value was met at all."""
        for point in reversed(self._sample.batch(0)):
            ball, _, _ = self._at(point, QUICK_BITS)
            if excludes_zero(ball):
                return refuted(point, ball, QUICK_BITS)
            self.met_value = self.met_value or not is_nan(ball)
        return None

    def run(self) -> Finding:
        """The whole test."""
        tally = _Tally()
        late = ""
        try:
            found = self._counted(tally) or self._deep(tally)
            if found is not None:
                return found
        except OutOfTime:
            late = "; the time was over"
        counted, undecided, excluded = tally.counted, tally.undecided, tally.undefined
        worst = tally.worst
        figures = {
            "points": counted,
            "undecided": undecided,
            "undefined": excluded,
            "bits": self._bits,
        }
        if counted < min(32, self._sample.points) or undecided > UNDECIDED_LIMIT * (
            counted + undecided
        ):
            detail = (
                f"{counted} points show zero, {undecided} are undecided at {self._bits} bits"
                f" and {excluded} undefined{late}"
            )
            return Finding(Outcome.OPEN, "ball test", detail, figures=figures)
        return Finding(
            Outcome.HOLDS,
            "ball test",
            f"zero at {counted} points to {self._bits} bits{late}",
            resolution=max(worst, _SMALLEST_RESOLUTION),
            figures=figures,
        )

    def _counted(self, tally: _Tally) -> Finding | None:
        """Go through the batches; a refutation, or None."""
        for number in range(_BATCHES):
            for point in self._sample.batch(number):
                ball, _, undefined = self._at(point, QUICK_BITS)
                if excludes_zero(ball):
                    return refuted(point, ball, QUICK_BITS)
                if undefined:
                    tally.undefined += 1
                    continue
                self._choose_bits(tally)
                start = time.thread_time()
                ball, leaves, _ = self._at(point, self._bits)
                tally.spent += time.thread_time() - start
                tally.seen += 1
                if excludes_zero(ball):
                    return refuted(point, ball, self._bits)
                ratio = self._scale.relative_radius(ball, leaves)
                if ratio is None:
                    tally.undecided += 1
                    continue
                tally.counted += 1
                tally.worst = max(tally.worst, ratio)
            enough = self._sample.points
            if tally.undecided <= _FEW_UNDECIDED:  # an extreme point must not decide: draw more
                enough = max(enough, int(tally.undecided / UNDECIDED_LIMIT))
            if tally.counted >= enough or (number >= 2 and tally.undecided > _FEW_UNDECIDED):
                break
        return None

    def _deep(self, tally: _Tally) -> Finding | None:
        """A last attempt to refute at very high precision, where evaluation is fast.

        erf(x) and 1 differ by 1e-4345 at x = 100.
        """
        if self._bits < ZERO_TEST_BITS or tally.spent > _DEEP_SECONDS * max(1, tally.seen):
            return None
        for point in self._sample.batch(0)[:_DEEP_POINTS]:
            ball, _, _ = self._at(point, DEEP_BITS)
            if excludes_zero(ball):
                return refuted(point, ball, DEEP_BITS)
        return None

    def _choose_bits(self, tally: _Tally) -> None:
        """Stop the ladder early for an expression whose balls take long all the same.

        The whole test needs some fifty evaluations; a special function of large parameters may
        take a second for one at 4096 bits.  The bits reached are part of the finding.
        """
        if self._bits <= _SLOW_BITS or tally.spent < _SLOW_SECONDS * (tally.seen + 1):
            return
        self._bits = max(_SLOW_BITS, self._bits // 2)


class _Tally:
    """How many points were zero, undecided, undefined, and the worst relative radius."""

    def __init__(self) -> None:
        self.counted = self.undecided = self.undefined = 0
        self.worst = self.spent = 0.0
        self.seen = 0


class _LargestTerm:
    """The scale of an expression: its largest term, in the sense of the module docstring."""

    def __init__(self, expr: Basic) -> None:
        self._graph = Graph([expr], leaf=lambda e: not _is_arithmetic(e))
        self._leaf_slots = [i for i, node in enumerate(self._graph.nodes) if not node.args]
        self.leaves = [self._graph.nodes[i].expr for i in self._leaf_slots]

    def relative_radius(self, ball: Any, leaves: Sequence[Ball]) -> float | None:
        """radius / scale if the ball counts, else None."""
        if not isinstance(ball, (arb, acb)) or not ball.is_finite():
            return None
        with working_precision(64):
            radius = _radius(ball)
            if radius.is_zero():
                return 0.0
            scale = self._scale(leaves)
            if scale is None or not radius <= scale * arb(MARGIN.numerator) / MARGIN.denominator:
                return None
            return float((radius / scale).upper()) if scale > 0 else None

    def _scale(self, leaves: Sequence[Ball]) -> arb | None:
        sizes: list[arb] = []
        values = dict(zip(self._leaf_slots, leaves, strict=True))
        for slot, node in enumerate(self._graph.nodes):
            if slot in values:
                size = _size(values[slot], node.expr)
                if size is None:
                    return None
            elif isinstance(node.expr, Add):
                size = sizes[node.args[0]]
                for i in node.args[1:]:
                    size = size.max(sizes[i])
            elif isinstance(node.expr, Mul):
                size = arb(1)
                for i in node.args:
                    size = size * sizes[i]
            else:
                size = sizes[node.args[0]] ** int(node.expr.args[1])
            sizes.append(size.upper())
        return sizes[self._graph.roots[0]]


def _is_arithmetic(node: Basic) -> bool:
    if isinstance(node, Pow):
        return isinstance(node.args[1], Integer) and node.args[1] > 0
    return isinstance(node, (Add, Mul))


def _radius(ball: Ball) -> arb:
    if isinstance(ball, arb):
        return ball.rad()
    return ball.real.rad().max(ball.imag.rad())


def _size(ball: Any, expr: Basic) -> arb | None:
    if not isinstance(ball, (arb, acb)) or not ball.is_finite():
        return None
    if ball.contains(0) and expr.args:
        return arb(1)
    return ball.abs_upper()


# ---- findings -------------------------------------------------------------------------------


def _joined(findings: Iterable[Finding]) -> Finding:
    findings = list(findings)
    outcome = weakest(f.outcome for f in findings)
    resolutions = [f.resolution for f in findings if f.resolution is not None]
    methods = list(dict.fromkeys(f.method for f in findings))
    kernels = [k for f in findings for k in f.figures.get("kernels", ())]
    figures: dict[str, Any] = {"entries": len(findings)}
    if kernels:
        figures["kernels"] = list(dict.fromkeys(kernels))
    details = [f.detail for f in findings if f.outcome is outcome]
    return Finding(
        outcome,
        ", ".join(methods),
        f"{len(findings)} entries; {details[0]}",
        resolution=max(resolutions) if resolutions and outcome is Outcome.HOLDS else None,
        figures=figures,
    )
