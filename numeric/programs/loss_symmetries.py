r"""Symmetries of a loss, found from samples of its gradient; their charges and laws follow.

Main definitions: `loss_symmetries`, `LossSymmetries`, `Generator`.

Implementation notes.  $q \to q + s\,\xi(q)$ leaves a loss alone where $g(q)\cdot\xi(q) = 0$ for all
q: linear equations for the coefficients of $\xi$, one per sample, and the symmetries are their null
space.  Three searches, each in a larger space, so that simple generators keep their simple form:
    constant  $\xi = b$;  diagonal  $\xi = a\,q$ entry by entry;  affine  $\xi = Aq + b$
A later search leaves out what the earlier ones imply: the span of their generators, and constant
ones times entries of q.  The null space is read off the singular values relative to the largest:
below `FLOOR` they are zero, from `FLOOR * GAP` on they are not, and one between them is an error,
because the samples decide nothing then (gradients in float32, a nearly exact symmetry).

Source: theory card noether-learning-dynamics, section 11.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derivax.errors import InputError

__all__ = ["FLOOR", "GAP", "Generator", "LossSymmetries", "Search", "loss_symmetries"]

Array = NDArray[np.float64]

FLOOR, GAP = 1e-9, 1e3
_LARGEST = 4096  # unknowns of a search
_DENOMINATOR, _ROUNDED = 24, 1e-7


@dataclass(frozen=True, eq=False)
class Search:
    """One search: `ansatz`, `unknowns`, `samples`, the singular values relative to the largest,
    the dimension `null` of the null space, and `gap`, the smallest value that is not zero over the
    largest that is (inf where none is)."""

    ansatz: str
    unknowns: int
    samples: int
    singular_values: Array
    null: int

    @property
    def gap(self) -> float:
        """How far the null space stands apart."""
        s = self.singular_values
        if self.null == 0 or self.null == len(s):
            return float("inf")
        return float(s[-self.null - 1] / max(s[-self.null], np.finfo(np.float64).tiny))

    def __str__(self) -> str:
        s = self.singular_values
        if not self.null:
            return f"{self.ansatz}: none, the smallest singular value is {s[-1]:.2g} of the largest"
        return f"{self.ansatz}: {self.null} of {self.unknowns} unknowns free, gap {self.gap:.1g}"


@dataclass(frozen=True, eq=False)
class Generator:
    r"""$\xi = Aq + b$, which leaves the loss alone.

    `A` (d, d), `b` (d,); `names` of the weights; `residual`, the largest $|g\cdot\xi|/(|g||\xi|)$
    over the samples; `exact`: the entries were recognised as fractions.
    """

    A: Array
    b: Array
    names: tuple[str, ...]
    residual: float
    exact: bool

    @property
    def kind(self) -> str:
        """"translation", "symmetric", "antisymmetric" or "general" (of the matrix A)."""
        if not self.A.any():
            return "translation"
        size = 1e-7 * np.abs(self.A).max()
        if not self.b.any():
            if np.abs(self.A - self.A.T).max() <= size:
                return "symmetric"
            if np.abs(self.A + self.A.T).max() <= size:
                return "antisymmetric"
        return "general"

    @property
    def touched(self) -> tuple[int, ...]:
        """The weights that the transformation moves or looks at."""
        moved = self.A.any(axis=1) | self.A.any(axis=0) | (self.b != 0)
        return tuple(int(i) for i in np.flatnonzero(moved))

    def numbers(self, q: ArrayLike, v: ArrayLike) -> dict[str, Array]:
        r"""C, p, V of weights and velocities (..., d), as `charge-history` wants them.

        $C = q^TAq$ (translation: $b\cdot q$), $p = v\cdot\xi$, $V = v^TAv$.
        """
        q, v = np.asarray(q), np.asarray(v)
        moved = q @ self.A.T
        linear = self.kind == "translation"
        return {
            "C": q @ self.b if linear else np.sum(q * moved, axis=-1),
            "p": np.sum(v * (moved + self.b), axis=-1),
            "V": np.sum(v * (v @ self.A.T), axis=-1),
        }

    def law(self) -> Any:
        r"""Charge and law of this symmetry, derived from the Lagrangian of the optimiser.

        $L = e^{\mu t/m}[\tfrac m2|\dot q|^2 - f - \tfrac k2|q|^2]$ (momentum and weight decay) of
        the weights that are touched, f unknown; that $\xi\cdot\nabla f = 0$ is an assumption of the
        derivation, since it was found numerically.

        Returns: a `ChargeLaw`; its steps `charge` and `motion-law` are J and dJ/dt for an invariant
            f, and its formula {J, dJ} of weights and velocities.
        """
        from sympy import Add, Function, Rational, S, Symbol, exp

        from derivax.symbolic.lagrangian import Lagrangian
        from derivax.symbolic.methods.combine import Combine
        from derivax.symbolic.methods.euler_lagrange import in_symbols
        from derivax.symbolic.methods.noether import noether
        from derivax.symbolic.statements import Statement

        t = Symbol("t", real=True)
        m, mu = (Symbol(s, positive=True) for s in ("m", "mu"))
        k = Symbol("k", nonnegative=True)
        places = self.touched
        q = [Function(_plain(self.names[i]), real=True)(t) for i in places]

        def number(x: float) -> Any:
            near = Fraction(float(x)).limit_denominator(_DENOMINATOR)
            return Rational(near.numerator, near.denominator) if self.exact else S(float(x))

        xi = [
            Add(*[number(self.A[i, j]) * w for j, w in zip(places, q)], number(self.b[i]))
            for i in places
        ]
        loss = Function("f", real=True)(t, *q)
        kinetic = Add(*[m * w.diff(t) ** 2 / 2 - k * w**2 / 2 for w in q])
        growth = exp(mu * t / m)
        title = "A symmetry of the loss that was found"
        system = Lagrangian(growth * (kinetic - loss), q)
        law: Any = noether(system, xi=xi, title=title)
        change = Add(*[x * loss.diff(w) for x, w in zip(xi, q)])
        law = law.assume(
            Statement(change, "=", S.Zero), name="invariance",
            say=f"The loss is invariant: found in samples of its gradient to {self.residual:.1g},",
        )  # fmt: skip
        rate = (law["law"].rhs / growth + change).expand()
        law = law.then(
            Combine([1, -growth]), "law", "invariance", name="motion-law",
            claim=Statement(law["law"].lhs, "=", growth * rate),
            say="so that the charge moves by momentum and decay alone:",
        )  # fmt: skip
        return in_symbols(law, system, {"J": "charge", "dJ": "motion-law"}, "found_charge", title)

    def __str__(self) -> str:
        parts = []
        for i in np.flatnonzero(self.A.any(axis=1) | (self.b != 0)):
            terms = [_term(self.A[i, j], self.names[j]) for j in np.flatnonzero(self.A[i])]
            terms += [_term(self.b[i], "")] if self.b[i] else []
            parts.append(f"{self.names[i]}: {' '.join(terms).removeprefix('+ ')}")
        shown = "; ".join(parts[:12]) + (f"; ... ({len(parts)} weights)" if len(parts) > 12 else "")
        return f"{self.kind} [{shown}]"


@dataclass(frozen=True, eq=False)
class LossSymmetries:
    """What was found: `generators`, the `searches`, and `idle` weights, which have no effect."""

    generators: tuple[Generator, ...]
    searches: tuple[Search, ...]
    idle: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.generators)

    def __iter__(self) -> Iterator[Generator]:
        return iter(self.generators)

    def __getitem__(self, index: int) -> Generator:
        return self.generators[index]

    @cached_property
    def gap(self) -> float:
        """The smallest gap of all searches: how sure the count of generators is."""
        return min((search.gap for search in self.searches), default=float("inf"))

    def __str__(self) -> str:
        head = f"{len(self)} generators" if len(self) else "no symmetry of this form"
        lines = [head, *[f"  {search}" for search in self.searches]]
        if self.idle:
            lines.append(f"  without effect: {', '.join(self.idle)}")
        return "\n".join([*lines, *[f"  {generator}" for generator in self]])


def loss_symmetries(
    q: Any,
    loss: Callable[[Any], Any] | None = None,
    *,
    gradients: ArrayLike | None = None,
    ansatz: str = "affine",
    samples: int | None = None,
    spread: float = 0.5,
    seed: int = 0,
) -> LossSymmetries:
    r"""The affine transformations $q \to q + s(Aq + b)$ that leave a loss alone.

    Args:
        q: weights, an array or a pytree (dict, tuple) of them; samples are drawn around it.  With
            `gradients`: the points (N, d) at which they were taken.
        loss: a JAX function of q.
        gradients: (N, d), instead of `loss`: recorded ones, in float64.
        ansatz: the largest search, "constant", "diagonal" or "affine" ($d^2 + d$ unknowns).
        samples: number of points (default: 1.5 times the unknowns, at least 32 more).
        spread: of the points, relative to the size of q.
        seed: of the points.

    Returns:
        `LossSymmetries`: iterable; each `Generator` has `.numbers(q, v)` (charge, momentum) and
        `.law()`, the derived law of its charge.  Symmetries that hold near the samples only (a ReLU
        that is never off) are found too.

    Raises:
        InputError: shapes that do not fit, too many unknowns, too few samples, or singular values
            without a gap.

    >>> import numpy as np
    >>> found = loss_symmetries(np.array([1.5, -0.5]), lambda w: (w[0] * w[1] - 1) ** 2)
    >>> len(found), found[0].kind, np.diag(found[0].A).tolist()
    (1, 'symmetric', [1.0, -1.0])
    >>> print(found[0].law()["charge"].rhs)
    m*(q_0(t)*Derivative(q_0(t), t) - q_1(t)*Derivative(q_1(t), t))*exp(mu*t/m)
    >>> len(loss_symmetries(np.array([1.5, -0.5]), lambda w: (w[0] - w[1] ** 2) ** 2 + w[0] ** 4))
    0
    """
    order = ("constant", "diagonal", "affine")
    if ansatz not in order:
        raise InputError(f"ansatz = {ansatz!r}", "is no search", f"one of {', '.join(order)}")
    names = _names(q) if gradients is None else None
    d = len(names) if names is not None else int(np.shape(q)[-1])
    wanted = {"constant": d, "diagonal": d, "affine": d * (d + 1)}[ansatz]
    if wanted > _LARGEST:
        raise InputError(
            f"{d} weights", f"an {ansatz} search has {wanted} unknowns, at most {_LARGEST} are"
            " allowed", 'pass ansatz="diagonal", or fewer weights',
        )  # fmt: skip
    if gradients is None:
        if loss is None:
            raise InputError("loss", "is missing", "pass a JAX function of q, or gradients=")
        count = max(wanted + 32, round(1.5 * wanted)) if samples is None else samples
        points, slopes = _sampled(q, loss, count, spread, seed)
    else:
        points, slopes = (np.asarray(x, dtype=np.float64) for x in (q, gradients))
        names = tuple(f"q_{i}" for i in range(d))
        if points.ndim != 2 or points.shape != slopes.shape:
            raise InputError(
                f"points {points.shape}, gradients {slopes.shape}", "are not both (N, d)", ""
            )
    assert names is not None
    if not (np.isfinite(points).all() and np.isfinite(slopes).all()):
        raise InputError("the samples", "hold NaN or infinite gradients", "")
    sizes = np.linalg.norm(slopes, axis=1)
    kept = sizes > 0
    if kept.sum() < wanted:
        raise InputError(
            f"{int(kept.sum())} samples with a gradient", f"fewer than the {wanted} unknowns",
            "pass more",
        )  # fmt: skip
    points, slopes = points[kept], slopes[kept] / sizes[kept, None]
    idle = ~slopes.any(axis=0)
    return _searched(points, slopes, names, idle, order[: order.index(ansatz) + 1])


# --- samples ---------------------------------------------------------------------------------


def _names(q: Any) -> tuple[str, ...]:
    """The names of the entries of a pytree of weights."""
    import jax

    found = []
    for path, leaf in jax.tree_util.tree_flatten_with_path(q)[0]:
        stem = "".join(str(getattr(p, "key", getattr(p, "idx", p))) for p in path) or "q"
        shape = np.shape(leaf)
        for index in np.ndindex(*shape):
            found.append("_".join([stem, *map(str, index)]))
    return tuple(found)


def _plain(name: str) -> str:
    """A name that a symbol may have."""
    plain = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
    return plain if plain[:1].isalpha() else f"w{plain}"


def _sampled(q: Any, loss: Any, count: int, spread: float, seed: int) -> tuple[Array, Array]:
    """Points around q and the gradients there, in float64."""
    import jax
    import jax.numpy as jnp
    from jax.flatten_util import ravel_pytree

    with jax.enable_x64(True):
        start, back = ravel_pytree(jax.tree.map(lambda x: jnp.asarray(x, jnp.float64), q))
        size = float(jnp.sqrt(jnp.mean(start**2))) or 1.0
        noise = np.random.default_rng(seed).standard_normal((count, start.shape[0]))
        points = np.asarray(start) + spread * size * noise
        slopes = jax.jit(jax.vmap(jax.grad(lambda x: loss(back(x)))))(jnp.asarray(points))
        return points, np.asarray(slopes)


# --- null spaces -----------------------------------------------------------------------------


def _searched(
    points: Array, slopes: Array, names: tuple[str, ...], idle: Any, order: Sequence[str]
) -> LossSymmetries:
    d = points.shape[1]
    active = np.flatnonzero(~idle)
    found: list[tuple[Array, Array]] = []
    searches = []
    for ansatz in order:
        rows, basis = _equations(points, slopes, active, ansatz)
        search, null = _null_space(rows, ansatz)
        searches.append(search)
        new = null @ basis if ansatz != "affine" else _beyond(null @ basis, _implied(found, d))
        for vector in _echelon(new):
            found.append((vector[: d * d].reshape(d, d), vector[d * d :]))
    generators = []
    for A, b in found:
        exact = _fractions(A, b)
        A, b = exact if exact is not None else (A, b)
        residual = _residual(points, slopes, A, b)
        if exact is not None and residual > 1e3 * FLOOR:  # rounding was wrong
            continue
        generators.append(Generator(A, b, names, residual, exact is not None))
    return LossSymmetries(
        tuple(generators), tuple(searches), tuple(names[i] for i in np.flatnonzero(idle))
    )


def _equations(points: Array, slopes: Array, active: Any, ansatz: str) -> tuple[Array, Array]:
    """(samples x unknowns) coefficients of g.xi, and what the unknowns mean as rows (A, b)."""
    d = points.shape[1]
    g = slopes[:, active]
    n = len(active)
    if ansatz == "constant":
        basis = np.zeros((n, d * d + d))
        basis[np.arange(n), d * d + active] = 1
        return g, basis
    if ansatz == "diagonal":
        basis = np.zeros((n, d * d + d))
        basis[np.arange(n), active * d + active] = 1
        return g * points[:, active], basis
    basis = np.zeros((n * d + n, d * d + d))
    for row, i in enumerate(active):
        basis[row * d + np.arange(d), i * d + np.arange(d)] = 1
        basis[n * d + row, d * d + i] = 1
    linear = (g[:, :, None] * points[:, None, :]).reshape(len(g), -1)
    return np.concatenate([linear, g], axis=1), basis


def _null_space(rows: Array, ansatz: str) -> tuple[Search, Array]:
    """The search, and an orthonormal basis of the null space as rows."""
    _, values, right = np.linalg.svd(rows, full_matrices=False)
    relative = values / values[0]
    null = int(np.sum(relative < FLOOR))
    search = Search(ansatz, rows.shape[1], len(rows), relative, null)
    between = relative[(relative >= FLOOR) & (relative < FLOOR * GAP)]
    if between.size:
        raise InputError(
            f"a singular value of {between[-1]:.2g} of the largest in the {ansatz} search",
            f"is neither zero (below {FLOOR:g}) nor not (above {FLOOR * GAP:g}): no gap",
            "pass gradients in float64, more samples, or a larger spread",
        )
    return search, right[len(values) - null :]


def _implied(found: Sequence[tuple[Array, Array]], d: int) -> Array:
    """Rows (A, b) of the generators known, and of constant ones times entries of q."""
    rows = []
    for A, b in found:
        rows.append(np.concatenate([A.ravel(), b]))
        if not A.any():
            for j in range(d):
                multiple = np.zeros((d, d))
                multiple[:, j] = b
                rows.append(np.concatenate([multiple.ravel(), 0 * b]))
    return np.array(rows).reshape(len(rows), d * d + d)


def _beyond(null: Array, implied: Array) -> Array:
    """A basis of the part of the null space that is orthogonal to what is implied."""
    if not len(implied) or not len(null):
        return null
    u, s, _ = np.linalg.svd(implied.T, full_matrices=False)
    span = u[:, s > 1e-10 * s[0]]
    rest = null - (null @ span) @ span.T
    _, s, right = np.linalg.svd(rest, full_matrices=False)
    return right[s > 0.5]  # of a subspace of the null space: 0 or 1


def _echelon(rows: Array) -> Array:
    """The same span by rows with a leading 1, which is alone in its column."""
    rows = rows.copy()
    for k in range(len(rows)):
        sizes = np.abs(rows[k:])
        place = int(np.argmax(sizes.max(axis=0) > 0.9 * sizes.max()))  # the first of the largest
        pivot = k + int(np.argmax(np.abs(rows[k:, place])))
        rows[[k, pivot]] = rows[[pivot, k]]
        rows[k] /= rows[k, place]
        others = np.arange(len(rows)) != k
        rows[others] -= np.outer(rows[others, place], rows[k])
    rows[np.abs(rows) < 1e-9] = 0.0
    return _sparse(rows)


def _sparse(rows: Array) -> Array:
    """The same span: multiples of rows are added where that leaves fewer entries."""
    better = True
    while better:
        better = False
        for i in range(len(rows)):
            for j in range(len(rows)):
                both = (rows[i] != 0) & (rows[j] != 0)
                if i == j or not both.any():
                    continue
                for factor in np.unique((rows[i][both] / rows[j][both]).round(9)):
                    row = rows[i] - factor * rows[j]
                    row[np.abs(row) < 1e-8] = 0.0
                    if np.count_nonzero(row) < np.count_nonzero(rows[i]):
                        rows[i] = row / row[np.flatnonzero(row)[0]]
                        better = True
                        break
    return rows


def _fractions(A: Array, b: Array) -> tuple[Array, Array] | None:
    """Entries that are all near simple fractions, as those."""
    parts = []
    for part in (A, b):
        near = np.array(
            [float(Fraction(float(x)).limit_denominator(_DENOMINATOR)) for x in part.ravel()]
        ).reshape(part.shape)
        if np.abs(near - part).max() > _ROUNDED:
            return None
        parts.append(near)
    return parts[0], parts[1]


def _residual(points: Array, slopes: Array, A: Array, b: Array) -> float:
    """The largest |cos| of the angle between gradient and generator."""
    xi = points @ A.T + b
    return float(np.max(np.abs(np.sum(slopes * xi, axis=1)) / np.linalg.norm(xi, axis=1)))


def _term(x: float, name: str) -> str:
    size = f"{abs(x):.6g}"
    body = name if name and size == "1" else f"{size} {name}".strip()
    return f"{'-' if x < 0 else '+'} {body}"
