r"""Charges of `noether-learning-dynamics` as Programs: their rates, and their exact histories.

Main definitions: `charge_rate`, `charge_history`, `charge_history_parallel`.

Implementation notes.  References: quadratic forms in balls; the recursion of C alone, with p
eliminated.  None of them uses a kernel.  The histories in turn and as a tree take the same
arguments and give the same numbers: in turn costs T steps of one addition per charge, the tree 2 T
compositions in log2 T rounds, for an accelerator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from derivax.numeric.codegen.compiling import compile_formula
from derivax.numeric.programs.array_code import ArrayCode
from derivax.numeric.programs.claims import Equals
from derivax.numeric.programs.optimiser import refuse_unstable, scalars
from derivax.numeric.programs.program import Array, Program
from derivax.symbolic.exact.ball import BallProgram
from derivax.symbolic.theories import noether_learning_dynamics as theory
from derivax.symbolic.theories.noether_learning_dynamics import notation, recursions

__all__ = ["charge_history", "charge_history_parallel", "charge_rate"]

Values = Mapping[str, Any]
_ARRAYS = "derivax.numeric.programs.arrays.charges"
_CITATION = "Tanaka, Kunin 2021, arXiv:2105.02716 (exact laws derived here)"
_NAME = "noether-learning-dynamics"


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
        yield (
            label,
            {
                "q": rng.standard_normal((n, len(scale))),
                "v": rng.standard_normal((n, len(scale))),
                "scale": scale,
                "shift": shift,
                "m": np.asarray(0.25),
                "mu": np.asarray(0.1),
                "k": np.asarray(0.0 if label.startswith("1") else 0.02),
            },
        )


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
            *scalars("eta", "beta", "k"),
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
        precondition=refuse_unstable,
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
        yield (
            label,
            {
                "C0": rng.standard_normal(n),
                "p0": rng.standard_normal(n) / 4,
                "V": V * [1.0, 0.0, 0.0] if label == "rank-deficient" else V,
                "eta": np.asarray(eta),
                "beta": np.asarray(beta),
                "k": np.asarray(k),
            },
        )


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
