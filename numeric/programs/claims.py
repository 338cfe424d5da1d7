r"""Claims: how a Program is related to derivations, each checked on exact small instances.

Main definitions: `Claim`, `Equals`, `Satisfies`, `Bounds`.

Implementation notes.  A claim holds instances (exact float64 numbers) and what the claim says about
them in ball arithmetic; the program runs in float64.  A difference counts when it exceeds
`ULP` rounding errors of the norm plus `SAFETY` times what disturbing every input by one rounding
error does to the exact value (the condition number of the instance).  So a claim can fail, and its
resolution is the smallest relative error that it would have seen.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.symbolic.exact.outcome import Finding, Outcome
from derivax.symbolic.exact.precision import working_precision

__all__ = ["BITS", "SAFETY", "ULP", "Bounds", "Claim", "Equals", "Satisfies", "balls", "midpoints"]

ULP, SAFETY, BITS = 64, 64, 256
EPS = float(np.finfo(np.float64).eps)

Values = Mapping[str, Any]
Exact = Callable[[Values], Mapping[str, Any]]


def balls(values: Values) -> dict[str, np.ndarray]:
    """The same arrays with exact Arb balls as entries."""
    from flint import arb

    return {
        name: np.vectorize(lambda x: arb(float(x)), otypes=[object])(np.asarray(value))
        for name, value in values.items()
    }


def midpoints(array: Any) -> np.ndarray:
    """The midpoints of balls, to extended precision; NaN where a ball decides nothing.

    That is a ball that is not finite, or wider than 1e-18 of the largest midpoint.
    """
    from flint import arb

    found = np.asarray(array, dtype=object)
    sizes = [abs(b.mid()) for b in found.ravel() if isinstance(b, arb) and b.is_finite()]
    widest = max(sizes, default=arb(0)) * arb(10) ** -18

    def number(ball: Any) -> np.longdouble:
        if isinstance(ball, arb):
            if not ball.is_finite() or (ball.rad() > widest and ball.rad() > 0):
                return np.longdouble("nan")
            high = float(ball.mid())
            if not np.isfinite(high):
                return np.longdouble("nan")
            return np.longdouble(high) + np.longdouble(float(ball.mid() - arb(high)))
        return np.longdouble(ball)

    return np.array([number(x) for x in found.ravel()], dtype=np.longdouble).reshape(found.shape)


def disturbed(values: Values, rng: Any, size: float) -> dict[str, np.ndarray]:
    """Every array (of balls) moved by `size` relative to its largest entry, with random signs."""
    from flint import arb

    moved = {}
    for name, value in values.items():
        flat = np.asarray(value, dtype=object).ravel()
        largest = max((abs(float(x.mid())) for x in flat), default=0.0)
        signs = rng.choice([-1.0, 1.0], len(flat))
        new = np.empty(len(flat), dtype=object)
        new[:] = [x + arb(float(sign) * size * largest) for x, sign in zip(flat, signs)]
        moved[name] = new.reshape(np.shape(value))
    return moved


def norm(array: Any) -> float:
    """The Euclidean norm of all entries."""
    return float(np.linalg.norm(np.asarray(array, dtype=np.longdouble).astype(np.float64).ravel()))


@dataclass(frozen=True)
class Claim(ABC):
    """One relation of a program to a derivation.

    Args:
        says: the relation, in words.
        of: the derivation (`theory/result`) or its step that the relation is about.
        instances: arguments of the program, {name: float64 array}.
    """

    says: str
    of: str
    instances: Sequence[Values] = field(compare=False)
    observe: Callable[[Values, Values], Values] | None = field(
        default=None, kw_only=True, compare=False
    )
    """what is compared, from (instance, results); default: the results themselves"""

    def check(self, program: Any) -> Finding:
        """Run the program on every instance and compare."""
        import jax

        worst, detail = 0.0, ""
        coarsest = 0.0
        with jax.enable_x64(True):
            for number, instance in enumerate(self.instances):
                found = {k: np.asarray(v) for k, v in program(**instance).items()}
                seen = found if self.observe is None else dict(self.observe(instance, found))
                for name, ratio, resolution in self.judged(program, instance, seen):
                    coarsest = max(coarsest, resolution)
                    if not ratio <= worst:  # NaN counts as the worst
                        worst = ratio if ratio == ratio else float("inf")
                        detail = f"instance {number}, {name}: {worst:.3g} times the allowed error"
        if worst > 1:
            witness = {"claim": self.says, "where": detail}
            return Finding(Outcome.REFUTED, self.method, detail, None, witness)
        return Finding(Outcome.HOLDS, self.method, self.says, coarsest or EPS)

    method = "exact small instances"

    @abstractmethod
    def judged(
        self, program: Any, instance: Values, found: Values
    ) -> Sequence[tuple[str, float, float]]:
        """(what, error / allowed error, smallest relative error that would be seen) each."""


@dataclass(frozen=True)
class Equals(Claim):
    """Results equal what a derivation says: `exact` gives them in balls from the instance."""

    exact: Exact = field(kw_only=True, compare=False)

    def judged(
        self, program: Any, instance: Values, found: Values
    ) -> Sequence[tuple[str, float, float]]:
        rng = np.random.default_rng(0)
        with working_precision(BITS):
            given = balls(instance)
            known = {k: midpoints(v) for k, v in self.exact(given).items()}
            near = {k: midpoints(v) for k, v in self.exact(disturbed(given, rng, EPS)).items()}
        made = []
        for name, value in known.items():
            size = norm(value)
            allowed = ULP * EPS * size + SAFETY * norm(near[name] - value)
            if not np.isfinite(allowed):
                raise InputError(self.says, f"the exact {name} of an instance is undecided", "")
            error = norm(np.asarray(found[name], dtype=np.longdouble) - value)
            ratio = 0.0 if error == 0 else error / allowed if allowed > 0 else float("inf")
            made.append((name, ratio, allowed / size if size else 0.0))
        return made


@dataclass(frozen=True)
class Satisfies(Claim):
    """Results satisfy an equation: `residual` and the size of its largest term, in float64.

    `residual(program, instance, results)` returns {equation: (residual, scale)}; `share` is the
    relative error that rounding explains.
    """

    residual: Callable[[Any, Values, Values], Mapping[str, tuple[Any, Any]]] = field(
        kw_only=True, compare=False
    )
    share: float = field(default=1e-10, kw_only=True)
    method = "residual of the equation"

    def judged(
        self, program: Any, instance: Values, found: Values
    ) -> Sequence[tuple[str, float, float]]:
        made = []
        for name, (residual, scale) in self.residual(program, instance, found).items():
            allowed = self.share * norm(scale)
            error = norm(residual)
            made.append((name, error / allowed if allowed else float(error > 0) * 2, self.share))
        return made


@dataclass(frozen=True)
class Bounds(Claim):
    """A result lies between `low` and `high`, which exact arithmetic gives from the instance.

    `limits(instance in balls)` returns {result: (low, high)}; None where a side is free.
    """

    limits: Callable[[Values], Mapping[str, tuple[Any, Any]]] = field(kw_only=True, compare=False)
    method = "exact bounds"

    def judged(
        self, program: Any, instance: Values, found: Values
    ) -> Sequence[tuple[str, float, float]]:
        with working_precision(BITS):
            limits = self.limits(balls(instance))
        made = []
        for name, (low, high) in limits.items():
            value = np.asarray(found[name], dtype=np.longdouble)
            slack = ULP * EPS * float(np.max(np.abs(value), initial=0.0))
            beyond = np.zeros(value.shape, dtype=np.longdouble)
            if low is not None:
                beyond = np.maximum(beyond, midpoints(low) - value)
            if high is not None:
                beyond = np.maximum(beyond, value - midpoints(high))
            excess = float(np.max(beyond, initial=0.0))
            made.append((name, excess / slack if slack else 2.0 * (excess > 0), ULP * EPS))
        return made
