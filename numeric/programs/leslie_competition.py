r"""Programs of competition: Last Species Standing by its invariant, first extinction simulated.

Main definitions: `last_species_standing`, `first_extinction`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Equals, Satisfies
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.theories import leslie_populations as theory

__all__ = ["card_competitors", "first_extinction", "last_species_standing"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays.leslie_blocks"
_CITATION = "arXiv:2412.19831 (blocks, signs and invariant derived here)"

_BLOCKS = (
    Array("A", ("n", "n"), "first species alone", low=0.0),
    Array("B", ("n", "k"), "what the second takes from the first, >= 0", low=0.0),
    Array("C", ("k", "n"), "what the first takes from the second, >= 0", low=0.0),
    Array("D", ("k", "k"), "second species alone", low=0.0),
    Array("x0", ("n",), "first species at the start", low=0.0),
    Array("y0", ("k",), "second species at the start", low=0.0),
)


@lru_cache(maxsize=1)
def last_species_standing() -> Program:
    r"""Who wins a competition $x' = Ax - By$, $y' = Dy - Cx$: the sign of an exact invariant.

    Arguments: `A` (n, n), `B` (n, k), `C` (k, n), `D` (k, k), all >= 0 with a primitive
        [[A, B], [C, D]]; `x0` (n,), `y0` (k,), >= 0.
    Returns: `winner`, 1 for x, -1 for y, 0 when balanced to rounding; `I0` = q_1.x_0 - q_2.y_0 (q
        the left Perron vector, q.u = 1, u of sum 1); `lam`, the factor of I at every step;
        `log_margin`, ln(q_1.x_0 / q_2.y_0); `u` (n + k,), the composition (u_1; -u_2) of a win.
    Raises: `InputError` when the matrix of absolute values is not primitive.

    This is the winner as t grows, in the linear recursion.  Close to balance the first species to
    touch zero may be the other one (`first_extinction` tells).

    >>> found = last_species_standing()([[1.1]], [[0.05]], [[0.05]], [[1.1]], [100.0], [90.0])
    >>> int(found["winner"]), round(float(found["lam"]), 6)
    (1, 1.15)
    """
    derivation = theory.last_species_standing()
    assert derivation.formula is not None
    return Program(
        name="last_species_standing",
        title="The winner of a competition of two age-structured species, by an exact invariant",
        citation=_CITATION,
        arguments=_BLOCKS,
        results=(
            Array("winner", (), "1: x, -1: y, 0: balanced to rounding"),
            Array("I0", (), "difference of reproductive values at the start"),
            Array("lam", (), "growth factor of the invariant"),
            Array("log_margin", (), "logarithm of the ratio of reproductive values"),
            Array("u", ("n+k",), "composition of the winner and the debts of the loser, sum 1"),
        ),
        kernels={"invariant": compile_formula(derivation.formula, name="invariant")},
        array_code=ArrayCode(_ARRAYS, "standing"),
        derivations=(derivation,),
        claims=_standing_claims(),
        reference=_standing_reference,
        cases=_competitors,
        precondition=_refuse_blocks,
        compared=lambda values, results: {k: v for k, v in results.items() if k != "winner"},
    )


def _stacked(values: Values) -> np.ndarray:
    top = np.concatenate([values["A"], values["B"]], axis=1)
    return np.concatenate([top, np.concatenate([values["C"], values["D"]], axis=1)])


def _refuse_blocks(arrays: Values) -> None:
    from derivax.numeric.programs.leslie_certified import is_primitive

    if not is_primitive(_stacked({k: np.asarray(v) for k, v in arrays.items()}) > 0):
        raise InputError(
            "[[A, B], [C, D]]",
            "is not primitive: no power of it is positive, and no single mode decides",
            "drop classes after the last birth; couple both species",
        )


def _standing_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """Eigenvectors by Newton's method on K u = lam u, sum u = 1, at full precision."""
    from flint import arb

    K = _stacked(values)
    lam, u = _perron_pair(K)
    _, q = _perron_pair(K.T)
    product = sum((a * b for a, b in zip(u, q, strict=True)), arb(0))
    n = len(values["A"])
    first = sum((a * b / product for a, b in zip(q[:n], values["x0"], strict=True)), arb(0))
    second = sum((a * b / product for a, b in zip(q[n:], values["y0"], strict=True)), arb(0))
    numbers = {"I0": first - second, "lam": lam, "log_margin": (first / second).log()}
    return {
        **{k: np.array(x, dtype=object) for k, x in numbers.items()},
        "u": np.array(u, dtype=object),
    }


def _perron_pair(K: Any) -> tuple[Any, list[Any]]:
    """The Perron root and its vector of sum 1; starts from float eigenvectors."""
    from flint import arb, arb_mat, ctx

    size = len(K)
    numbers = np.array([[float(x.mid()) for x in row] for row in K])
    eigenvalues, vectors = np.linalg.eig(numbers)
    place = int(np.argmax(eigenvalues.real))
    column = vectors[:, place].real
    state = [arb(float(x)) for x in (*(column / column.sum()), eigenvalues[place].real)]
    for _ in range(40):
        border = arb_mat(size + 1, size + 1)
        gap = arb_mat(size + 1, 1)
        gap[size, 0] = sum(state[:size], arb(0)) - 1
        for i in range(size):
            gap[i, 0] = sum((K[i, j] * state[j] for j in range(size)), -state[size] * state[i])
            for j in range(size):
                border[i, j] = K[i, j] - (state[size] if i == j else 0)
            border[i, size] = -state[i]
            border[size, i] = arb(1)
        change = border.solve(gap, algorithm="approx").entries()
        state = [(x - d).mid() for x, d in zip(state, change, strict=True)]
        if max(abs(float(d)) for d in change) < 2.0 ** (-ctx.prec // 2 - 8):
            break
    return state[size], state[:size]


def card_competitors(scale: float = 1.0) -> dict[str, np.ndarray]:
    """Three classes against two, the example of the tests and the documentation."""
    return {
        "A": np.array([[0.2, 1.6, 1.1], [0.5, 0, 0], [0, 0.4, 0]]),
        "B": np.array([[0.3, 0.25], [0.1, 0.2], [0, 0.15]]),
        "C": np.array([[0.25, 0.35, 0.2], [0, 0.1, 0.05]]),
        "D": np.array([[0.1, 0.7], [0.6, 0]]),
        "x0": np.array([3.0, 2.0, 1.0]),
        "y0": scale * np.ones(2),
    }


def _competitors(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    one = {k: np.array([[x]]) for k, x in zip("ABCD", (1.1, 0.05, 0.05, 1.1))}
    yield "1 class each", {**one, "x0": np.array([100.0]), "y0": np.array([90.0])}
    yield "rectangular: 3 against 2 classes", card_competitors(1.5)
    for label, n, k in (("7 classes together", 3, 4), ("32 classes together", 16, 16)):
        blocks = {
            "A": _leslie(rng, n),
            "B": rng.uniform(0.0, 0.1, (n, k)),
            "C": rng.uniform(0.0, 0.1, (k, n)),
            "D": _leslie(rng, k),
        }
        yield label, {**blocks, "x0": rng.uniform(1, 2, n), "y0": rng.uniform(1, 2, k)}
    same = np.full((2, 2), 0.25)
    yield (
        "2 equal classes, rank-deficient",
        {
            "A": 2 * same,
            "B": same,
            "C": same,
            "D": 2 * same,
            "x0": np.ones(2),
            "y0": np.ones(2) / 2,
        },
    )


def _leslie(rng: Any, n: int) -> np.ndarray:
    L = np.diag(rng.uniform(0.4, 0.9, n - 1), -1)
    L[0] = rng.uniform(0.2, 1.0, n)
    return L


def _standing_claims() -> tuple[Any, ...]:
    def invariant(program: Any, instance: Values, found: Values) -> dict[str, Any]:
        """I at one step later, with the blocks of the competition itself."""
        x, y = instance["x0"], instance["y0"]
        later = {
            **instance,
            "x0": instance["A"] @ x - instance["B"] @ y,
            "y0": instance["D"] @ y - instance["C"] @ x,
        }
        after = program(**{k: np.asarray(v) for k, v in later.items()})
        return {
            "I_1 = lambda I_0": (
                np.array([float(after["I0"]) - float(found["lam"] * found["I0"])]),
                np.array([float(found["lam"]) * abs(float(found["I0"]))]),
            )
        }

    return (
        Satisfies(
            "the invariant is multiplied by lambda in one step of the competition",
            "leslie-populations/last-species-standing: invariant-step",
            (card_competitors(4.5),),
            residual=invariant,
            share=1e-12,
        ),
    )


# --- first extinction --------------------------------------------------------------------------


@lru_cache(maxsize=1)
def first_extinction() -> Program:
    r"""Simulate a competition until one species is gone.

    The rule: after each step of $x' = Ax - By$, $y' = Dy - Cx$ the species whose total number is at
    or below zero is out (both: the one further below).  Single classes may be negative before.

    Arguments: as for `last_species_standing`, and `steps`, after how many to stop.
    Returns: `step` (infinite if nobody is out), `winner` (1: y is out, -1: x is out, 0: nobody),
        `x`, `y` and `log_scale`, the numbers at that time.

    >>> from derivax.numeric.programs.leslie_competition import card_competitors
    >>> found = first_extinction()(**card_competitors(3.9), steps=1000.0)
    >>> int(found["step"]), int(found["winner"])
    (6, 1)
    """
    return Program(
        name="first_extinction",
        title="First extinction in a competition of two age-structured species, simulated",
        citation=_CITATION,
        arguments=(*_BLOCKS, Array("steps", (), "steps at most", low=0.0)),
        results=(
            Array("step", (), "when the first species is gone"),
            Array("winner", (), "1: y is out, -1: x is out, 0: nobody"),
            Array("x", ("n",), "first species then, up to the scale"),
            Array("y", ("k",), "second species then, up to the scale"),
            Array("log_scale", (), "logarithm of the scale"),
        ),
        kernels={},
        array_code=ArrayCode(_ARRAYS, "eliminated"),
        derivations=(theory.extinction_time(),),
        claims=(
            Equals(
                "one class each, equal species: the whole step after t*",
                "leslie-populations/equal-competitors",
                (_equal_pair(),),
                exact=_ceiling,
            ),
        ),
        reference=_extinction_reference,
        cases=_extinction_cases,
        derivatives=0,
    )


def _equal_pair() -> dict[str, Any]:
    one = {k: np.array([[x]]) for k, x in zip("ABCD", (1.1, 0.05, 0.05, 1.1))}
    return {**one, "x0": np.array([100.0]), "y0": np.array([90.0]), "steps": np.asarray(500.0)}


def _ceiling(values: Values) -> dict[str, Any]:
    from flint import arb

    a, b = values["A"][0, 0], values["B"][0, 0]
    x, y = values["x0"][0], values["y0"][0]
    time = ((x + y) / (x - y)).log() / ((a + b) / (a - b)).log()
    return {"step": np.array(arb(int(float(time.mid())) + 1), dtype=object)}


def _extinction_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for label, values in _competitors(rng):
        yield label, {**values, "steps": np.asarray(60.0)}


def _extinction_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """The same rule, in balls."""
    from flint import arb

    x, y = values["x0"], values["y0"]
    scale, step = arb(0), 0
    limit = int(float(values["steps"].item().mid()) + 0.5)

    def total(z: Any) -> Any:
        return sum(z[1:], z[0])

    while total(x) > 0 and total(y) > 0 and step < limit:
        x, y = values["A"] @ x - values["B"] @ y, values["D"] @ y - values["C"] @ x
        size = max((abs(z) for z in (*x, *y)), key=lambda ball: float(ball.mid()))
        x, y = x / size, y / size
        scale += size.log()
        step += 1
    x_out, y_out = total(x) <= 0, total(y) <= 0
    y_loses = y_out and (not x_out or total(y) < total(x))
    winner = 1 if y_loses else -1 if x_out else 0
    # an infinite step where nobody is out, as the program says it
    numbers = {"winner": arb(winner), "log_scale": scale, "step": arb(step if winner else "inf")}
    return {**{k: np.array(v, dtype=object) for k, v in numbers.items()}, "x": x, "y": y}
