r"""The Programs of `saxe-linear-networks`: learning from any balanced weights, and singular modes.

Main definitions: `riccati`, `singular_modes`.

Implementation notes.  The reference of `riccati` is the exponential of the Hamiltonian matrix
[[-F, I], [0, F]] in ball arithmetic: no singular values, no phi function.  That of `singular_modes`
is a singular value decomposition in 80 digits, of which only what does not depend on the choice of
vectors is compared: means over groups and projections on groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from math import ceil
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.codegen.compiled import Compiled
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Bounds, Equals, Satisfies
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.exact.precision import working_precision
from derivax.symbolic.theories import deep_linear_networks as theory
from derivax.symbolic.theories.deep_linear_networks import notation

__all__ = ["riccati", "singular_modes"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays"
_CITATION = "Saxe, McClelland, Ganguli 2013, arXiv:1312.6120; Fukumizu 1998"

# --- the matrix Riccati solution -------------------------------------------------------------


@lru_cache(maxsize=1)
def riccati() -> Program:
    r"""Two-layer learning from any balanced initial weights: W_2 W_1 (t), any shapes and ranks.

    $$\tau\dot W_1 = W_2^T(\Sigma_{yx} - W_2W_1),\quad \tau\dot W_2 = (\Sigma_{yx}-W_2W_1)W_1^T,
      \qquad W_1W_1^T = W_2^TW_2 \text{ at the start}$$

    Arguments: `t` (T,), times >= 0 in the unit of `tau`; `Sigma_yx` (outputs, inputs), a sum over
        examples of y x^T for white inputs; `W1` (hidden, inputs), `W2` (outputs, hidden);
        `tau` > 0 (1/learning rate for the loss with 1/2 and a sum over examples).
    Returns: `W2W1` (T, outputs, inputs), `W1TW1` and `W2W2T` (the diagonal blocks of Q Q^T), and
        `imbalance`, |W1 W1^T - W2^T W2| relative to the squared size of the weights.
    Raises: `InputError` when the imbalance exceeds 1e-6 + 1000 eps.  Inside jit, grad or vmap the
        weights are unknown when the call is made: the results are then NaN, with `imbalance` as the
        measured violation.

    Directions in which the initial weights have no component to rounding stay unlearned (the
    saddle), as they do in gradient flow.

    >>> import numpy as np
    >>> program = riccati()
    >>> half = np.array([[0.1]])
    >>> found = program(np.array([0.0, 100.0]), np.array([[2.0]]), half, half, 1.0)
    >>> [round(float(x), 4) for x in found["W2W1"].ravel()]
    [0.01, 2.0]
    """
    derivation = theory.riccati()
    kernels = {}
    for name, step in (
        ("riccati_integral", "scaled-integral"),
        ("riccati_decay", "decay"),
        ("riccati_rising", "rising-slope"),
        ("riccati_falling", "falling-slope"),
    ):
        kernels[name] = _kernel(derivation, step, name)
    return Program(
        name="riccati",
        title="Two-layer linear network from any balanced weights, by the matrix Riccati solution",
        citation=_CITATION,
        arguments=(
            Array("t", ("T",), "times, in the unit of tau", low=0.0),
            Array("Sigma_yx", ("outputs", "inputs"), "input-output correlation, white inputs"),
            Array("W1", ("hidden", "inputs"), "first weights at t = 0"),
            Array("W2", ("outputs", "hidden"), "second weights at t = 0"),
            Array("tau", (), "time constant, 1/learning rate", low=0.0, strict=True),
        ),
        results=(
            Array("W2W1", ("T", "outputs", "inputs"), "the map of the network"),
            Array("W1TW1", ("T", "inputs", "inputs"), "similarity of inputs in the hidden layer"),
            Array("W2W2T", ("T", "outputs", "outputs"), "the same of outputs"),
            Array("imbalance", (), "relative |W1 W1^T - W2^T W2| of the given weights"),
        ),
        kernels=kernels,
        array_code=ArrayCode(f"{_ARRAYS}.riccati", "riccati_blocks"),
        derivations=(derivation,),
        claims=_riccati_claims(),
        reference=_riccati_reference,
        cases=_riccati_cases,
        precondition=_refuse_unbalanced,
        compared=lambda values, results: {k: v for k, v in results.items() if k != "imbalance"},
        batch="T",
    )


def _kernel(derivation: Any, step: str, name: str) -> Compiled:
    t, s, tau = (notation.t, notation.s, notation.tau)
    formula = derivation.formula_of(step, [t, s, tau], domain={s: (0, np.inf)}, name=name)
    return compile_formula(formula)


def imbalance(W1: Any, W2: Any) -> float:
    """|W1 W1^T - W2^T W2| relative to the mean of |W1|^2 and |W2|^2, in float64."""
    first, second = (np.asarray(w, dtype=np.float64) for w in (W1, W2))
    size = 0.5 * (np.sum(first**2) + np.sum(second**2))
    found = np.linalg.norm(first @ first.T - second.T @ second)
    return float(found / size) if size else 0.0


def _refuse_unbalanced(arrays: Values) -> None:
    found = imbalance(arrays["W1"], arrays["W2"])
    allowed = 1e-6 + 1000 * float(np.finfo(arrays["W1"].dtype).eps)
    if found > allowed:
        raise InputError(
            "W1, W2 of riccati",
            f"are unbalanced: |W1 W1^T - W2^T W2| is {found:.3g} of the squared weights, at most "
            f"{allowed:.2g} is allowed",
            "the solution holds for W1 W1^T = W2^T W2; start with W1 = R D V^T, W2 = U D R^T",
        )


def _stacked(values: Values) -> tuple[Any, Any, int, int]:
    """F and R(0) = Q Q^T as matrices of balls; the numbers of inputs and outputs."""
    from flint import arb, arb_mat

    outputs, inputs = values["Sigma_yx"].shape
    n = inputs + outputs
    f = np.full((n, n), arb(0), dtype=object)
    f[:inputs, inputs:] = values["Sigma_yx"].T
    f[inputs:, :inputs] = values["Sigma_yx"]
    q = np.concatenate([values["W1"].T, values["W2"]])
    stack = arb_mat(n, q.shape[1], list(q.ravel()))
    return arb_mat(n, n, list(f.ravel())), stack * stack.transpose(), inputs, outputs


def _riccati_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """R = Y X^-1 with (X, Y) = exp([[-F, I], [0, F]] t/tau) (I, R(0)), in ball arithmetic."""
    from flint import arb_mat

    found: dict[str, list[Any]] = {"W2W1": [], "W1TW1": [], "W2W2T": []}
    tau = values["tau"].item()
    size = float(np.linalg.norm(np.asarray(values["Sigma_yx"]).astype(float)))
    for time in values["t"]:
        growth = 2 * size * float(time / tau) * 1.4427
        with working_precision(bits + ceil(2.5 * growth) + 64):
            f, start, inputs, outputs = _stacked(values)
            n = inputs + outputs
            hamiltonian = arb_mat(2 * n, 2 * n)
            begin = arb_mat(2 * n, n)
            for a in range(n):
                hamiltonian[a, n + a] = 1
                begin[a, a] = 1
                for b in range(n):
                    hamiltonian[a, b] = -f[a, b]
                    hamiltonian[n + a, n + b] = f[a, b]
                    begin[n + a, b] = start[a, b]
            flow = (hamiltonian * (time / tau)).exp() * begin
            x, y = (
                arb_mat(n, n, [flow[k + a, b] for a in range(n) for b in range(n)]) for k in (0, n)
            )
            solved = np.array((y * x.inv()).entries(), dtype=object).reshape(n, n)
        found["W1TW1"].append(solved[:inputs, :inputs])
        found["W2W1"].append(solved[inputs:, :inputs])
        found["W2W2T"].append(solved[inputs:, inputs:])
    return {name: np.stack(parts) for name, parts in found.items()}


def balanced_weights(
    outputs: int, inputs: int, hidden: int, rng: Any, size: float = 0.3, rank: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """W1 = R D V^T, W2 = U D R^T with random orthonormal columns: balanced, not aligned."""
    kept = min(outputs, inputs, hidden) if rank is None else rank
    u = np.linalg.qr(rng.standard_normal((outputs, outputs)))[0][:, :kept]
    v = np.linalg.qr(rng.standard_normal((inputs, inputs)))[0][:, :kept]
    r = np.linalg.qr(rng.standard_normal((hidden, hidden)))[0][:, :kept]
    d = size * np.sqrt(rng.uniform(0.3, 1.0, kept))
    return r @ np.diag(d) @ v.T, u @ np.diag(d) @ r.T


def _riccati_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(what, arguments): sizes 1, 2, 3, 7, 32, rectangles, degenerate and deficient spectra."""
    shapes = {
        # equal shapes share one compiled program
        "1": (1, 1, 1, None, (0.0, 0.7)),
        "2": (2, 2, 2, None, (0.5, 3.0)),
        "2, degenerate": (2, 2, 2, (2.0, 2.0), (0.0, 0.9)),
        "2, zero": (2, 2, 2, (0.0, 0.0), (0.4, 1.0)),
        "2, late": (2, 2, 2, (3.0, 1.5), (20.0, 200.0)),
        "3": (3, 3, 3, None, (0.1, 0.8)),
        "7": (7, 7, 7, None, (0.2, 0.4)),
        "32": (2, 32, 3, None, (0.0, 0.6)),
        "rectangular": (2, 4, 3, None, (0.6, 3.0)),
        "rectangular, rank-deficient": (2, 4, 3, (2.0, 0.0), (0.2, 0.9)),
        "rectangular, degenerate": (2, 4, 3, (1.5, 1.5), (0.3, 2.0)),
        "narrow hidden layer": (4, 3, 2, None, (0.7, 1.5)),
    }
    for label, (outputs, inputs, hidden, spectrum, times) in shapes.items():
        sigma = rng.standard_normal((outputs, inputs)) * 2 / np.sqrt(max(outputs, inputs))
        if spectrum is not None:
            u, _, v = np.linalg.svd(sigma, full_matrices=False)
            sigma = u @ np.diag(spectrum) @ v
        first, second = balanced_weights(outputs, inputs, hidden, rng)
        yield label, {
            "t": np.asarray(times),
            "Sigma_yx": sigma,
            "W1": first,
            "W2": second,
            "tau": np.asarray(1.5),
        }


def _riccati_claims() -> tuple[Any, ...]:
    rng = np.random.default_rng(5)
    first, second = balanced_weights(2, 3, 2, rng)
    given = {
        "t": np.array([0.0, 0.3, 1.7, 6.0]),
        "Sigma_yx": rng.standard_normal((2, 3)),
        "W1": first,
        "W2": second,
        "tau": np.asarray(0.75),
    }
    # aligned with the axes: exact singular values 2, 1/2 and strengths 1/8, 1/32
    aligned = {
        "t": np.array([0.0, 0.5, 2.0, 9.0]),
        "Sigma_yx": np.array([[2.0, 0.0, 0.0], [0.0, 0.5, 0.0]]),
        "W1": np.array([[0.25, 0.0, 0.0], [0.0, 0.125, 0.0]]),
        "W2": np.array([[0.25, 0.0], [0.0, 0.125]]),
        "tau": np.asarray(1.0),
    }
    return (
        Equals(
            "aligned weights: the diagonal of W2 W1 is u(t) of saxe-linear-networks/mode, the rest "
            "vanishes",
            "saxe-linear-networks/mode",
            (aligned,),
            exact=_aligned_modes,
        ),
        Satisfies(
            "tau d(QQ^T)/dt = F QQ^T + QQ^T F - (QQ^T)^2",
            "saxe-linear-networks/riccati: riccati-equation",
            (given,),
            residual=_riccati_residual,
        ),
        Equals(
            "Q Q^T at t = 0 is that of the given weights",
            "saxe-linear-networks/riccati: start",
            ({**given, "t": np.zeros(4)},),
            exact=_start,
        ),
        Bounds(
            "the similarity W1^T W1 of an input with itself is not negative",
            "saxe-linear-networks/riccati: square",
            (given,),
            limits=lambda values: {"diagonal": (np.zeros(1), None)},
            observe=lambda _, found: {
                "diagonal": np.diagonal(np.asarray(found["W1TW1"]), axis1=1, axis2=2)
            },
        ),
    )


def _aligned_modes(values: Values) -> dict[str, Any]:
    """u(t) of the mode derivation in balls, on the diagonal."""
    from flint import arb

    curve = _mode_in_balls()
    shape = values["Sigma_yx"].shape
    found = np.full((len(values["t"]), *shape), arb(0), dtype=object)
    for j, time in enumerate(values["t"]):
        for k in range(min(shape)):
            strength = values["W2"][k, k] * values["W1"][k, k]
            found[j, k, k] = curve(time, values["Sigma_yx"][k, k], strength, values["tau"].item())
    return {"W2W1": found}


@lru_cache(maxsize=1)
def _mode_in_balls() -> Callable[..., Any]:
    formula = theory.mode().formula
    assert formula is not None
    program = BallProgram(formula.expr, list(formula.args))

    def curve(*values: Any) -> Any:
        return program.at(dict(zip(formula.args, values, strict=True)), 256)

    return curve


def _riccati_residual(program: Any, instance: Values, found: Values) -> dict[str, Any]:
    """The equation with the rate by forward differentiation in t."""
    import jax
    import jax.numpy as jnp

    times = jnp.asarray(instance["t"])
    rest = {k: jnp.asarray(v) for k, v in instance.items() if k != "t"}
    _, rate = jax.jvp(lambda t: program(t=t, **rest), (times,), (jnp.ones_like(times),))
    outputs, inputs = instance["Sigma_yx"].shape
    sigma = instance["Sigma_yx"]
    zero = np.zeros
    f = np.block([[zero((inputs, inputs)), sigma.T], [sigma, zero((outputs, outputs))]])

    def whole(parts: Values) -> np.ndarray:
        a, b, c = (np.asarray(parts[k]) for k in ("W1TW1", "W2W1", "W2W2T"))
        return np.concatenate(
            [np.concatenate([a, np.swapaxes(b, 1, 2)], 2), np.concatenate([b, c], 2)], 1
        )

    r = whole(found)
    terms = [float(instance["tau"]) * whole(rate), f @ r, r @ f, r @ r]
    residual = terms[0] - terms[1] - terms[2] + terms[3]
    return {"Riccati equation": (residual, np.abs(terms).max(axis=0))}


def _start(values: Values) -> dict[str, Any]:
    w1, w2 = values["W1"], values["W2"]
    return {
        "W2W1": np.stack([w2 @ w1] * len(values["t"])),
        "W1TW1": np.stack([w1.T @ w1] * len(values["t"])),
        "W2W2T": np.stack([w2 @ w2.T] * len(values["t"])),
    }


# --- singular modes --------------------------------------------------------------------------


@lru_cache(maxsize=1)
def singular_modes() -> Program:
    r"""Singular modes of a correlation, with definite signs, and the learning curve of each.

    $\Sigma_{yx} = U\,\mathrm{diag}(s)\,V^T$; each mode learns as
    $u(t) = s e^{2st/\tau}/(e^{2st/\tau} - 1 + s/u_0)$ (`saxe-linear-networks/mode`).

    Arguments: `t` (T,), `Sigma_yx` (outputs, inputs), `u0` > 0, the initial strength of every
        mode, `tau` > 0.
    Returns: `U` (outputs, K), `s` (K,), `V` (inputs, K) with K = min(outputs, inputs), strongest
        first; `group` (K,), equal numbers for equal singular values; `u` (T, K).

    Convention.  The largest entry of each left vector is positive.  Singular values closer than
    8 max(outputs, inputs) eps of the largest are one group; only the projection on its space means
    something, and its basis is made of the projected coordinate axes, the longest first.  Modes
    beyond the rank have s = 0 and zero vectors.  Derivatives are those of projections on groups,
    of pairings U_g V_g^T and of the mean of s in a group.

    >>> import numpy as np
    >>> found = singular_modes()(np.array([0.0]), np.array([[0.0, -3.0], [2.0, 0.0]]), 0.01, 1.0)
    >>> found["s"].tolist(), (found["V"] + 0.0).tolist()
    ([3.0, 2.0], [[0.0, 1.0], [-1.0, 0.0]])
    """
    derivation = theory.singular_modes()
    assert derivation.formula is not None
    return Program(
        name="singular_modes",
        title="Singular modes of a correlation, their signs and groups, and their learning curves",
        citation=_CITATION,
        arguments=(
            Array("t", ("T",), "times, in the unit of tau", low=0.0),
            Array("Sigma_yx", ("outputs", "inputs"), "input-output correlation, white inputs"),
            Array("u0", (), "initial strength of every mode", low=0.0, strict=True),
            Array("tau", (), "time constant, 1/learning rate", low=0.0, strict=True),
        ),
        results=(
            Array("U", ("outputs", "K"), "left singular vectors"),
            Array("s", ("K",), "singular values, strongest first"),
            Array("V", ("inputs", "K"), "right singular vectors"),
            Array("group", ("K",), "number of the group of equal singular values"),
            Array("u", ("T", "K"), "strength of each mode at each time"),
        ),
        kernels={"mode_u": compile_formula(derivation.formula)},
        array_code=ArrayCode(f"{_ARRAYS}.singular_modes", "modes_with_curves"),
        derivations=(derivation,),
        claims=_modes_claims(),
        reference=_modes_reference,
        cases=_modes_cases,
        compared=_free_of_choice,
        rough=("3, rank-deficient", "rectangular, zero"),  # s >= 0 has a kink at 0
        batch="T",
    )


def _free_of_choice(values: Values, results: Values) -> dict[str, Any]:
    """What does not depend on the vectors chosen within a group."""
    import jax.numpy as jnp

    group = jnp.asarray(results["group"])
    same = jnp.asarray(group[:, None] == group[None, :], results["s"].dtype)
    mean = same / jnp.sum(same, axis=1, keepdims=True)
    order = 1.0 + group
    return {
        "s": mean @ results["s"],
        "left": (results["U"] * order) @ results["U"].T,
        "right": (results["V"] * order) @ results["V"].T,
        "pairing": (results["U"] * order) @ results["V"].T,
        "u": results["u"] @ mean,
    }


def _modes_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """A decomposition in high precision; vectors only enter through projections on groups."""
    import mpmath
    from flint import arb

    def number(ball: Any) -> Any:
        mantissa, exponent = ball.mid().man_exp()
        return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))

    def ball(x: Any) -> Any:
        sign, mantissa, exponent, _ = x._mpf_
        found = arb(int(mantissa)) * arb(2) ** int(exponent)
        return -found if sign else found

    sigma = values["Sigma_yx"]
    rows, columns = sigma.shape
    with working_precision(bits + 64), mpmath.workprec(bits + 64):
        matrix = mpmath.matrix([[number(x) for x in row] for row in sigma])
        left, s, right = mpmath.svd_r(matrix)
        count = min(rows, columns)
        tolerance = 8 * max(rows, columns) * mpmath.mpf(2) ** -30 * s[0]
        groups, number_of = [], -1
        for k in range(count):
            number_of += k == 0 or bool(s[k - 1] - s[k] > tolerance)
            groups.append(number_of)
        there = [bool(s[k] > tolerance) for k in range(count)]
        u = np.array([[ball(left[i, k]) for k in range(count)] for i in range(rows)])
        v = np.array([[ball(right[k, j]) for k in range(count)] for j in range(columns)])
        strengths = np.array([ball(s[k]) for k in range(count)])
        order = np.array([(1 + g) * int(keep) for g, keep in zip(groups, there)], dtype=object)
        curve = _mode_in_balls()
        u0, tau = values["u0"].item(), values["tau"].item()
        curves = np.array([[curve(t, x, u0, tau) for x in strengths] for t in values["t"]])
        members = [[j for j in range(count) if groups[j] == groups[k]] for k in range(count)]
        return {
            "s": np.array([sum(strengths[m]) / len(m) for m in members]),
            "left": (u * order) @ u.T,
            "right": (v * order) @ v.T,
            "pairing": (u * order) @ v.T,
            "u": np.stack([curves[:, m].sum(axis=1) / len(m) for m in members], axis=1),
        }


def _modes_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    def case(sigma: Any) -> dict[str, Any]:
        return {
            "t": np.array([0.0, 0.5, 4.0]),
            "Sigma_yx": np.asarray(sigma, dtype=np.float64),
            "u0": np.asarray(0.02),
            "tau": np.asarray(1.25),
        }

    for label, shape in (
        ("1", (1, 1)), ("2", (2, 2)), ("3", (3, 3)), ("7", (7, 7)), ("32", (32, 3)),
        ("rectangular", (3, 5)),
    ):  # fmt: skip
        yield label, case(rng.standard_normal(shape))
    # exact in every format: equal and vanishing singular values
    hadamard = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
    yield "4, degenerate", case(hadamard @ np.diag([3.0, 3.0, 1.0, 0.5]))
    yield "3, rank-deficient", case(np.outer([1.0, 2.0, -2.0], [3.0, 0.0, 4.0]))
    yield "rectangular, zero", case(np.zeros((3, 5)))


def _modes_claims() -> tuple[Any, ...]:
    # (3, 4; -4, 3)/5 and the 3 x 3 reflection are rational orthogonal matrices
    left = np.array([[3.0, 4.0], [-4.0, 3.0]]) * 5
    right = np.array([[1.0, 2.0, 2.0], [2.0, 1.0, -2.0]]) * 3
    sigma = left @ np.diag([2.0, 1.0]) @ right  # singular values 2 * 25 * 9 and 25 * 9
    given = {
        "t": np.array([0.0, 0.001, 0.01]),
        "Sigma_yx": sigma,
        "u0": np.asarray(0.5),
        "tau": np.asarray(1.0),
    }
    return (
        Equals(
            "Sigma = U diag(s) V^T with the singular values of an exact rational decomposition",
            "saxe-linear-networks/decoupling: svd",
            (given,),
            exact=_rational_decomposition,
            observe=lambda values, found: {
                **found, "map": (found["U"] * found["s"]) @ found["V"].T
            },
        ),
        Equals(
            "each mode follows u(t) of saxe-linear-networks/mode",
            "saxe-linear-networks/mode",
            (given,),
            exact=_rational_curves,
        ),
        Equals(
            "the vectors of modes with s > 0 are orthonormal",
            "saxe-linear-networks/decoupling: orthonormal-U, orthonormal-V",
            (given,),
            exact=lambda values: {"left": np.eye(2), "right": np.eye(2)},
            observe=lambda values, found: {
                "left": found["U"].T @ found["U"], "right": found["V"].T @ found["V"]
            },
        ),
        Bounds(
            "the largest entry of each left vector is positive",
            "the sign convention of this program",
            (given, {**given, "Sigma_yx": -sigma}),
            limits=lambda values: {"largest": (np.full(2, 0.7), None)},
            observe=lambda values, found: {
                "largest": found["U"][np.argmax(np.abs(found["U"]), axis=0), [0, 1]]
            },
        ),
    )


def _rational_decomposition(values: Values) -> dict[str, Any]:
    from flint import arb

    return {"s": np.array([arb(450), arb(225)]), "map": values["Sigma_yx"]}


def _rational_curves(values: Values) -> dict[str, Any]:
    from flint import arb

    curve = _mode_in_balls()
    u0, tau = values["u0"].item(), values["tau"].item()
    return {"u": np.array([[curve(t, arb(s), u0, tau) for s in (450, 225)] for t in values["t"]])}
