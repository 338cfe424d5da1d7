r"""The Programs of `noether-learning-dynamics`: rates of charges, and their histories.

Main definitions: `charge_rate`, `charge_history`, `charge_history_parallel`, `norm4_history`,
`norm4_history_parallel`, `heavy_ball_response`.

Implementation notes.  References: quadratic forms in balls; the recursion of C alone, with p
eliminated; the exponential of the 2 x 2 matrix of the linear equation of r^4.  None of them uses a
kernel.  The histories in turn and as a tree take the same arguments and give the same numbers: in
turn costs T steps of one addition per charge, the tree 2 T compositions in log2 T rounds, for an
accelerator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.errors import InputError
from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Bounds, Equals
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.theories import noether_learning_dynamics as theory
from derivax.symbolic.theories.noether_learning_dynamics import notation, recursions

__all__ = [
    "charge_history",
    "charge_history_parallel",
    "charge_rate",
    "heavy_ball_response",
    "norm4_history",
    "norm4_history_parallel",
]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays.charges"
_CITATION = "Tanaka, Kunin 2021, arXiv:2105.02716 (exact laws derived here)"
_NAME = "noether-learning-dynamics"


def _scalars(*names: str) -> tuple[Array, ...]:
    """The declarations of the optimiser's numbers."""
    known = {
        "eta": Array("eta", (), "step size", low=0.0, strict=True),
        "beta": Array("beta", (), "momentum, 0 <= beta < 1", low=0.0),
        "k": Array("k", (), "weight decay inside the loss, k|q|^2/2", low=0.0),
    }
    return tuple(known[name] for name in names)


def _refuse_unstable(arrays: Values) -> None:
    eta, beta, k = (float(arrays[name]) for name in ("eta", "beta", "k"))
    if beta >= 1:
        raise InputError(f"beta = {beta:.6g}", "momentum is below 1", "pass 0 <= beta < 1")
    if eta * k > 2 * (1 + beta):
        raise InputError(
            f"eta k = {eta * k:.6g}", f"decay alone diverges beyond 2(1 + beta) = {2 + 2 * beta:g}",
            "use a smaller step or decay",
        )  # fmt: skip


# --- charges and their rates -----------------------------------------------------------------


@lru_cache(maxsize=1)
def charge_rate() -> Program:
    r"""Charge, momentum and its rate for a symmetry of the loss, from weights and velocities.

    $$m\ddot q + \mu\dot q + \nabla f + kq = 0,\quad \xi = a\,q + b,\quad
      \dot p = \dot q^Ta\,\dot q - \tfrac km\,q^T\xi - \tfrac\mu m\,p,\quad p = \dot q^T\xi$$

    Arguments: `q`, `v` (n, d): weights and velocities dq/dt, one row per neuron or per time;
        `scale` (d,), a, and `shift` (d,), b: the generator.  Scale symmetry (normalised layer): a =
        1, b = 0; rescale (ReLU or linear pair): a = 1 for incoming, -1 for outgoing weights;
        translation (softmax): a = 0, b = 1.  `m` = eta (1 + beta)/2, `mu` = 1 - beta, `k`.
    Returns: `charge` (n,), $q^Taq + 2b^Tq$, which moves at twice the momentum; `momentum` (n,), p;
        `rate` (n,), dp/dt.

    >>> import numpy as np
    >>> found = charge_rate()(np.array([[3.0, 1.0]]), np.array([[0.5, 2.0]]),
    ...                       np.array([1.0, -1.0]), np.zeros(2), 1.0, 0.1, 0.01)
    >>> [float(found[name][0]) for name in ("charge", "momentum")]
    [8.0, -0.5]
    """
    derivation = recursions.charge_rate()
    assert derivation.formula is not None
    return Program(
        name="charge_rate",
        title="Charge of a symmetry of the loss, its momentum, and the rate of that",
        citation=_CITATION,
        arguments=(
            Array("q", ("n", "d"), "weights"),
            Array("v", ("n", "d"), "velocities dq/dt"),
            Array("scale", ("d",), "a of the generator a q + b"),
            Array("shift", ("d",), "b of the generator a q + b"),
            Array("m", (), "mass", low=0.0, strict=True),
            Array("mu", (), "friction", low=0.0, strict=True),
            Array("k", (), "weight decay inside the loss, k|q|^2/2", low=0.0),
        ),
        results=(
            Array("charge", ("n",), "q.aq + 2 b.q"),
            Array("momentum", ("n",), "p = v.(a q + b), half the rate of the charge"),
            Array("rate", ("n",), "dp/dt on the motion"),
        ),
        kernels={"momentum_rate": compile_formula(derivation.formula)},
        array_code=ArrayCode(_ARRAYS, "charges_and_rates"),
        derivations=(derivation,),
        claims=_rate_claims(),
        reference=_rate_reference,
        cases=_rate_cases,
        batch="n",
    )


def _rate_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """From the acceleration of each weight without its force: the force does not move p."""
    q, v, a, b = (values[name] for name in ("q", "v", "scale", "shift"))
    m, mu, k = (values[name].item() for name in ("m", "mu", "k"))
    xi = q * a + b
    rest = (v * (-mu) - q * k) / m
    return {
        "charge": (q * q * a + 2 * q * b).sum(axis=1),
        "momentum": (v * xi).sum(axis=1),
        "rate": (rest * xi + v * v * a).sum(axis=1),
    }


def _rate_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    signs = np.array([1.0, 1.0, -1.0])
    generators = {
        "1, scale": (1, np.ones(1), np.zeros(1)),
        "2, rotated out": (2, np.array([1.0, -1.0]), np.zeros(2)),
        "3, rescale": (3, signs, np.zeros(3)),
        "3, translation": (3, np.zeros(3), np.ones(3)),
        "7, affine": (7, rng.standard_normal(7), rng.standard_normal(7)),
        "32, scale": (2, np.ones(32), np.zeros(32)),
        "rectangular": (5, signs, np.zeros(3)),
        "rank-deficient": (3, np.array([1.0, 0.0, 0.0]), np.zeros(3)),
    }
    for label, (n, scale, shift) in generators.items():
        yield label, {
            "q": rng.standard_normal((n, len(scale))),
            "v": rng.standard_normal((n, len(scale))),
            "scale": scale,
            "shift": shift,
            "m": np.asarray(0.25),
            "mu": np.asarray(0.1),
            "k": np.asarray(0.0 if label.startswith("1") else 0.02),
        }


def _rate_claims() -> tuple[Any, ...]:
    claims = []
    for symmetry, scale, shift in (
        ("scale", [1.0, 1.0], [0.0, 0.0]),
        ("rescale", [1.0, -1.0], [0.0, 0.0]),
        ("translation", [0.0, 0.0], [1.0, 1.0]),
    ):
        given = {
            "q": np.array([[1.5, -0.75], [0.25, 3.0]]),
            "v": np.array([[-0.5, 2.0], [1.25, 0.5]]),
            "scale": np.array(scale),
            "shift": np.array(shift),
            "m": np.asarray(0.75),
            "mu": np.asarray(0.125),
            "k": np.asarray(0.25),
        }
        claims.append(
            Equals(
                f"{symmetry}: m dp/dt + mu p is what the Lagrangian of the loss gives",
                f"{_NAME}/kinetic-symmetry-breaking: momentum",
                (given,),
                exact=_BrokenSymmetry(symmetry),
                observe=lambda values, found: {
                    "force": values["m"] * found["rate"] + values["mu"] * found["momentum"]
                },
            )
        )
    return tuple(claims)


class _BrokenSymmetry:
    """The right side of the law of kinetic-symmetry-breaking, in balls; two coordinates."""

    def __init__(self, symmetry: str) -> None:
        self.symmetry = symmetry

    def __call__(self, values: Values) -> dict[str, Any]:
        from sympy import Symbol

        law = theory.kinetic_symmetry_breaking(self.symmetry)
        motion = law.problem.unknown
        names = [(Symbol(f"q{i}", real=True), Symbol(f"v{i}", real=True)) for i in range(2)]
        put = {q: a for q, (a, _) in zip(motion, names)}
        speeds = {q.diff(notation.t): b for q, (_, b) in zip(motion, names)}
        force = law["momentum"].rhs.doit().xreplace(speeds).xreplace(put)
        args = [notation.m, notation.mu, notation.k, *[s for pair in names for s in pair]]
        program = BallProgram(force, args)
        found = []
        for q, v in zip(values["q"], values["v"]):
            given = [values[name].item() for name in ("m", "mu", "k")]
            given += [x for pair in zip(q, v) for x in pair]
            found.append(program.at(dict(zip(args, given, strict=True)), 256))
        return {"force": np.array(found, dtype=object)}


# --- the exact history of a charge -----------------------------------------------------------


@lru_cache(maxsize=1)
def charge_history() -> Program:
    r"""The exact history of charges under heavy-ball descent, from the recorded steps.

    $$p_{n+1} = \beta p_n - \eta k\,C_n + V_{n+1},\qquad C_{n+1} = C_n + 2p_{n+1} - V_{n+1}$$
    for $v_{n+1} = \beta v_n - \eta(g_n + kq_n)$, $q_{n+1} = q_n + v_{n+1}$ and a loss with the
    symmetry A (symmetric): $C = q^TAq$, $p = v^TAq$, $V = v^TAv$.  No small parameter.

    Arguments: `C0`, `p0` (n,): charges and momenta at the start; `V` (T, n): $v_1^TAv_1, ...$ after
        each step, one column per neuron or entry of a matrix charge (there p is the symmetric part
        of P); `eta` > 0, 0 <= `beta` < 1, `k` >= 0.
    Returns: `C`, `p` (T, n) after each step.
    Raises: `InputError` for beta >= 1 and for eta k > 2(1 + beta), where decay alone diverges.

    The steps are added up one after the other (`lax.scan`), compensated for rounding.
    `charge-history-parallel` composes them as a tree.

    >>> import numpy as np
    >>> found = charge_history()(np.array([4.0]), np.zeros(1), np.array([[1.0], [1.0]]), 0.5, 0.0,
    ...                          0.0)
    >>> found["C"].ravel().tolist()
    [5.0, 6.0]
    """
    return _charge_history("charge_history", "charge_in_turn", recursions.charge_history())


@lru_cache(maxsize=1)
def charge_history_parallel() -> Program:
    r"""`charge_history` by composition of the steps in pairs (`lax.associative_scan`).

    Same arguments, results and errors; for accelerators, where log2 T rounds beat T steps.

    >>> import numpy as np
    >>> found = charge_history_parallel()(np.array([4.0]), np.zeros(1), np.array([[1.0], [1.0]]),
    ...                                   0.5, 0.0, 0.0)
    >>> found["C"].ravel().tolist()
    [5.0, 6.0]
    """
    return _charge_history(
        "charge_history_parallel", "charge_as_tree", recursions.charge_history_parallel()
    )


def _charge_history(name: str, entry: str, derivation: Any) -> Program:
    assert derivation.formula is not None
    p_new, V = (_symbol(derivation["charge-change"].rhs, s) for s in ("p_new", "V"))
    change = derivation.formula_of("charge-change", [p_new, V], name="charge_change")
    return Program(
        name=name,
        title="Exact history of charges under heavy-ball descent",
        citation=_CITATION,
        arguments=(
            Array("C0", ("n",), "charges at the start"),
            Array("p0", ("n",), "momenta at the start"),
            Array("V", ("T", "n"), "v.Av after each step"),
            *_scalars("eta", "beta", "k"),
        ),
        results=(
            Array("C", ("T", "n"), "charges after each step"),
            Array("p", ("T", "n"), "momenta after each step"),
        ),
        kernels={
            "charge_momentum": compile_formula(derivation.formula, name="charge_momentum"),
            "charge_change": compile_formula(change),
        },
        array_code=ArrayCode(_ARRAYS, entry),
        derivations=(derivation,),
        claims=_charge_claims(),
        reference=_charge_reference,
        cases=_charge_cases,
        precondition=_refuse_unstable,
        batch="n",
    )


def _symbol(expr: Any, name: str) -> Any:
    return next(s for s in expr.free_symbols if s.name == name)


def _charge_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """The second-order recursion of C, with p eliminated; p from the differences of C."""
    C0, p0, V = values["C0"], values["p0"], values["V"]
    eta, beta, k = (values[name].item() for name in ("eta", "beta", "k"))
    charges, momenta = [C0], []
    before = C0 - 2 * p0  # C_{-1} + V_0, which is all that enters of the time before
    for n, step in enumerate(V):
        last = V[n - 1] if n else 0 * step
        now = charges[-1]
        nearest = now - before + last if n else now - before
        after = now + beta * nearest - 2 * eta * k * now + step
        momenta.append((after - now + step) / 2)
        before = now
        charges.append(after)
    return {"C": np.stack(charges[1:]), "p": np.stack(momenta)}


def _charge_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = {
        "1": (1, 1, 0.1, 0.9, 0.05),
        "2": (2, 2, 0.1, 0.0, 0.05),
        "2, no decay": (2, 2, 0.1, 0.9, 0.0),
        "3": (3, 3, 0.5, 0.5, 1.0),
        "7": (7, 7, 0.01, 0.99, 1e-4),
        "32": (32, 3, 0.1, 0.9, 0.01),
        "rectangular": (5, 3, 0.1, 0.95, 0.02),
        "rank-deficient": (3, 3, 0.1, 0.9, 0.05),
    }
    for label, (steps, n, eta, beta, k) in shapes.items():
        V = rng.standard_normal((steps, n)) / 4
        yield label, {
            "C0": rng.standard_normal(n),
            "p0": rng.standard_normal(n) / 4,
            "V": V * [1.0, 0.0, 0.0] if label == "rank-deficient" else V,
            "eta": np.asarray(eta),
            "beta": np.asarray(beta),
            "k": np.asarray(k),
        }


def _charge_claims() -> tuple[Any, ...]:
    eta, beta, k = np.asarray(0.125), np.asarray(0.75), np.asarray(0.5)
    charge = np.array([3.0, -1.5])
    steps = 2 * eta * k * charge / (1 + beta)
    still = {
        "C0": charge, "p0": steps / 2, "V": np.tile(steps, (6, 1)), "eta": eta, "beta": beta, "k": k
    }  # fmt: skip
    settled = {
        **still, "k": np.asarray(0.0), "p0": steps / (1 - beta), "V": np.tile(steps, (6, 1))
    }  # fmt: skip
    turning = {**still, "C0": np.zeros(2), "V": np.zeros((6, 2)), "k": np.asarray(0.0)}
    return (
        Equals(
            "a charge whose squared steps are 2 eta k C/(1 + beta) stays",
            f"{_NAME}/equilibrium: step",
            (still,),
            exact=lambda values: {"C": np.stack([values["C0"]] * 6)},
        ),
        Equals(
            "with a settled momentum and no decay it grows by (1 + beta) V/(1 - beta) per step",
            f"{_NAME}/slow-growth: growth",
            (settled,),
            exact=_settled_growth,
        ),
        Equals(
            "without steps and decay the momentum is beta^n p0",
            f"{_NAME}/discrete-charge: momentum",
            (turning,),
            exact=lambda values: {
                "p": np.stack([values["p0"] * values["beta"].item() ** n for n in range(1, 7)])
            },
        ),
    )


def _settled_growth(values: Values) -> dict[str, Any]:
    beta = values["beta"].item()
    growth = values["V"][0] * (1 + beta) / (1 - beta)
    return {"C": np.stack([values["C0"] + growth * n for n in range(1, 7)])}


# --- the approximate history of a norm -------------------------------------------------------


@lru_cache(maxsize=1)
def norm4_history() -> Program:
    r"""Fourth power of norms of scale-invariant layers, from recorded gradients.

    $$r^4(t) = e^{-4kt/(1-\beta)}r_0^4 + \frac{2\eta(1+\beta)}{(1-\beta)^3}\int_0^t
      e^{-\frac{4k}{1-\beta}(t-\tau)}\,\hat g^2(\tau)\,d\tau,\qquad t = n\eta$$

    Arguments: `gh2` (T, n): $|\hat g|^2 = r^2|g|^2$ before each step, the squared gradient on the
        unit sphere; `eta` > 0, 0 <= `beta` < 1, `k` >= 0; `r0` (n,) > 0, norms at the start.
    Returns: `r4` (T, n), the fourth powers of the norms after each step.
    Raises: `InputError` for beta >= 1 and for eta k > 2(1 + beta).

    Approximate: inertia is dropped and gradients are smooth over 1/(1 - beta) steps.  Without
    momentum the relative error is of order eta k (kt); with momentum and minibatch noise the growth
    is up to (1 + beta)/(1 - beta) too large: `charge-history` is exact there.

    The steps are added up one after the other (`lax.scan`), compensated for rounding;
    `norm4-history-parallel` composes them as a tree.

    >>> import numpy as np
    >>> found = norm4_history()(np.ones((2, 1)), 0.5, 0.0, 0.0, np.ones(1))
    >>> found["r4"].ravel().tolist()
    [1.5, 2.0]
    """
    return _norm4_history("norm4_history", "norm4_in_turn", recursions.norm4_history())


@lru_cache(maxsize=1)
def norm4_history_parallel() -> Program:
    r"""`norm4_history` by composition of the steps in pairs (`lax.associative_scan`).

    Same arguments, results and errors; for accelerators, where log2 T rounds beat T steps.

    >>> import numpy as np
    >>> found = norm4_history_parallel()(np.ones((2, 1)), 0.5, 0.0, 0.0, np.ones(1))
    >>> found["r4"].ravel().tolist()
    [1.5, 2.0]
    """
    return _norm4_history(
        "norm4_history_parallel", "norm4_as_tree", recursions.norm4_history_parallel()
    )


def _norm4_history(name: str, entry: str, derivation: Any) -> Program:
    formula = derivation.formula
    assert formula is not None
    after = derivation.formula_of("one-step", list(formula.args), name="norm4_after")
    return Program(
        name=name,
        title="Fourth power of the norms of scale-invariant layers, from recorded gradients",
        citation=_CITATION,
        arguments=(
            Array("gh2", ("T", "n"), "squared gradient on the unit sphere, r^2 g^2", low=0.0),
            *_scalars("eta", "beta", "k"),
            Array("r0", ("n",), "norms at the start", low=0.0, strict=True),
        ),
        results=(Array("r4", ("T", "n"), "fourth powers of the norms after each step"),),
        kernels={
            "norm4_change": compile_formula(derivation.formula),
            "norm4_after": compile_formula(after),
        },
        array_code=ArrayCode(_ARRAYS, entry),
        derivations=(derivation,),
        claims=_norm4_claims(),
        reference=_norm4_reference,
        cases=_norm4_cases,
        precondition=_refuse_unstable,
        batch="n",
    )


def _norm4_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """(y, 1)' = [[-4k/mu, 4m G/mu^3], [0, 0]] (y, 1) over each step, by matrix exponentials."""
    from flint import arb_mat

    eta, beta, k = (values[name].item() for name in ("eta", "beta", "k"))
    mass, friction = eta * (1 + beta) / 2, 1 - beta
    now = values["r0"] ** 4
    history = []
    for gradients in values["gh2"]:
        after = []
        for y, G in zip(now, gradients):
            slope = [-4 * k / friction, 4 * mass * G / friction**3, 0, 0]
            flow = (arb_mat(2, 2, slope) * eta).exp()
            after.append(flow[0, 0] * y + flow[0, 1])
        now = np.array(after, dtype=object)
        history.append(now)
    return {"r4": np.stack(history)}


def _norm4_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = {
        "1": (1, 1, 0.1, 0.9, 0.05),
        "2": (2, 2, 0.1, 0.0, 0.05),
        "2, hardly decaying": (2, 2, 0.1, 0.9, 1e-12),
        "2, forgetting": (2, 2, 0.5, 0.9, 2.0),
        "3": (3, 3, 0.5, 0.5, 1.0),
        "7": (7, 7, 0.01, 0.99, 1e-4),
        "32": (32, 3, 0.1, 0.9, 0.01),
        "rectangular": (5, 3, 0.1, 0.95, 0.0),
        "rank-deficient": (3, 3, 0.1, 0.9, 0.05),
    }
    for label, (steps, n, eta, beta, k) in shapes.items():
        gradients = rng.uniform(0.1, 2.0, (steps, n)) / 100
        yield label, {
            "gh2": gradients * [1.0, 0.0, 0.0] if label == "rank-deficient" else gradients,
            "eta": np.asarray(eta),
            "beta": np.asarray(beta),
            "k": np.asarray(k),
            "r0": rng.uniform(0.5, 2.0, n),
        }


def _norm4_claims() -> tuple[Any, ...]:
    eta, beta, k = np.asarray(0.125), np.asarray(0.75), np.asarray(0.0625)
    steady = {
        "gh2": np.tile([0.25, 1.0], (12, 1)), "eta": eta, "beta": beta, "k": k,
        "r0": np.array([1.0, 0.5]),
    }  # fmt: skip
    return (
        Equals(
            "a gradient of constant size gives r^4 of norm-history at t = n eta",
            f"{_NAME}/norm-history: norm4",
            (steady, {**steady, "k": np.asarray(0.0)}),
            exact=_steady_norm,
        ),
        Bounds(
            "gradients never shrink a norm below its decay",
            f"{_NAME}/norm-history: norm4",
            (steady,),
            limits=lambda values: {"r4": (_decayed(values), None)},
        ),
    )


def _steady_norm(values: Values) -> dict[str, Any]:
    formula = theory.norm_history().formula
    assert formula is not None
    program = BallProgram(formula.expr, list(formula.args))
    eta, beta, k = (values[name].item() for name in ("eta", "beta", "k"))
    found = []
    for n in range(1, len(values["gh2"]) + 1):
        row = []
        for square, r0 in zip(values["gh2"][0], values["r0"]):
            given = (n * eta, eta, beta, k, square.sqrt(), r0)
            row.append(program.at(dict(zip(formula.args, given, strict=True)), 256))
        found.append(row)
    return {"r4": np.array(found, dtype=object)}


def _decayed(values: Values) -> Any:
    eta, beta, k = (values[name].item() for name in ("eta", "beta", "k"))
    rate = -4 * k * eta / (1 - beta)
    steps = range(1, len(values["gh2"]) + 1)
    return np.stack([values["r0"] ** 4 * (rate * n).exp() for n in steps])


# --- powers of the heavy ball ----------------------------------------------------------------


@lru_cache(maxsize=1)
def heavy_ball_response() -> Program:
    r"""Powers of the heavy ball on quadratic losses, in any regime: $K_n$ after one impulse.

    $$K_{n+2} = (1 + \beta - \eta h)K_{n+1} - \beta K_n,\quad K_0 = 0,\ K_1 = 1;\qquad
      x_n = x_1K_n - \beta x_0K_{n-1}$$

    Arguments: `n` (T,), whole numbers from 0 to 2^24 - 1; `eta` > 0, 0 <= `beta` < 1; `h` (m,) >=
        0, curvatures (the weight decay k for a translation).
    Returns: `K` (T, m).
    Raises: `InputError` for beta >= 1, eta h > 2(1 + beta) (unstable), and n that is not whole.

    The 2 x 2 map is raised to the power n by repeated squaring: no roots, so that oscillating,
    double and real roots are one case.

    >>> import numpy as np
    >>> found = heavy_ball_response()(np.array([1.0, 2.0, 3.0]), 1.0, 0.25, np.array([0.25]))
    >>> found["K"].ravel().tolist()                      # n beta^((n - 1)/2), the double root
    [1.0, 1.0, 0.75]
    """
    derivation = recursions.heavy_ball_response()
    assert derivation.formula is not None
    return Program(
        name="heavy_ball_response",
        title="Powers of the heavy ball on quadratic losses, in any regime",
        citation=_CITATION,
        arguments=(
            Array("n", ("T",), "numbers of steps", low=0.0),
            *_scalars("eta", "beta"),
            Array("h", ("m",), "curvatures", low=0.0),
        ),
        results=(Array("K", ("T", "m"), "response after n steps"),),
        kernels={"response": compile_formula(derivation.formula)},
        array_code=ArrayCode(_ARRAYS, "response_at"),
        derivations=(derivation,),
        claims=_response_claims(),
        reference=_response_reference,
        cases=_response_cases,
        precondition=_refuse_unstable_curvature,
        differentiable=("eta", "beta", "h"),
        batch="m",
    )


def _refuse_unstable_curvature(arrays: Values) -> None:
    n = np.asarray(arrays["n"])
    if (n != np.floor(n)).any() or n.max() >= 2**24:
        raise InputError(f"n = {n.max():g}", "is no number of steps", "whole, below 2^24")
    _refuse_unstable({**arrays, "k": np.max(np.asarray(arrays["h"]))})


def _response_reference(values: Values, bits: int = 256) -> dict[str, Any]:
    """The recursion, step by step."""
    from flint import arb

    eta, beta = (values[name].item() for name in ("eta", "beta"))
    wanted = [round(float(n.mid())) for n in values["n"]]
    rows = [values["h"] * 0, values["h"] * 0 + arb(1)]
    while len(rows) <= max(wanted):
        rows.append((1 + beta - values["h"] * eta) * rows[-1] - rows[-2] * beta)
    return {"K": np.stack([rows[n] for n in wanted])}


def _response_cases(rng: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    shapes = {
        "1": ([5], 0.5, 0.5, 1), "2": ([2, 40], 0.5, 0.9, 2), "3": ([0, 1, 7], 1.0, 0.25, 3),
        "3, without momentum": ([0, 1, 7], 0.5, 0.0, 3), "7": (range(7), 0.25, 0.99, 7),
        "32": (range(32), 0.5, 0.75, 3), "rectangular": ([3, 100], 0.125, 0.875, 5),
        "rank-deficient": ([2, 3, 9], 1.0, 0.25, 3),
    }  # fmt: skip
    for label, (n, eta, beta, m) in shapes.items():
        h = rng.uniform(0.0, 1.5, m)
        yield label, {
            "n": np.array(n, dtype=np.float64), "eta": np.asarray(eta), "beta": np.asarray(beta),
            # the double root of every curvature
            "h": np.full(m, 0.25) if label == "rank-deficient" else h,
        }  # fmt: skip


def _response_claims() -> tuple[Any, ...]:
    n = np.array([1.0, 2.0, 5.0, 12.0])
    double = {"n": n, "eta": np.asarray(1.0), "beta": np.asarray(0.25), "h": np.array([0.25])}
    turning = {**double, "h": np.array([1.25])}  # s = 0
    return (
        Equals(
            "at the double root K_n = n beta^((n - 1)/2)",
            f"{_NAME}/heavy-ball-power: double-root",
            (double,),
            exact=lambda values: {
                "K": np.array([[k * values["beta"].item().sqrt() ** (k - 1)]
                               for k in (1, 2, 5, 12)])
            },
        ),
        Equals(
            "for s = 0 it is beta^((n - 1)/2) U_(n-1)(0): (-beta)^j, and zero in between",
            f"{_NAME}/heavy-ball-power: chebyshev",
            (turning,),
            exact=lambda values: {
                "K": np.array([[1], [0], [values["beta"].item() ** 2], [0]], dtype=object)
            },
            observe=lambda values, found: {"K": found["K"]},
        ),
    )  # fmt: skip
