"""The peers: from an expression and its arguments to a function of NumPy arrays that waits.

*Main definitions*: `PEERS`: name -> builder(workload) -> function(*arrays); a builder raises what
the peer raises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from .workloads import Workload

__all__ = ["PEERS"]

Function = Callable[..., Any]


def _derivax(**options: Any) -> Callable[[Workload], Function]:
    def build(workload: Workload) -> Function:
        import jax

        import derivax

        expr, args = workload.make()
        compiled = derivax.compile(expr, list(args), derivatives=0, **options)
        return lambda *arrays: jax.block_until_ready(compiled(*arrays))

    return build


def _hand(workload: Workload) -> Function:
    import jax

    function = jax.jit(workload.hand)
    return lambda *arrays: jax.block_until_ready(function(*arrays))


def _lambdify_jax(cse: bool) -> Callable[[Workload], Function]:
    def build(workload: Workload) -> Function:
        import jax
        import jax.numpy as jnp
        from jax.scipy import special

        expr, args = workload.make()
        matrix = isinstance(expr, sp.MatrixBase)
        given = {name: getattr(special, name) for name in ("erf", "erfc")}
        given |= {"loggamma": special.gammaln, "gamma": special.gamma}
        flat = list(expr) if matrix else expr
        function = sp.lambdify(args, flat, modules=[given, "jax"], cse=cse)

        def run(*arrays: Any) -> Any:
            result = function(*arrays)
            if not matrix:
                return result
            result = jnp.stack(jnp.broadcast_arrays(*map(jnp.asarray, result)), -1)
            return result.reshape(*result.shape[:-1], *expr.shape)

        jitted = jax.jit(run)
        return lambda *arrays: jax.block_until_ready(jitted(*arrays))

    return build


def _sympy2jax(workload: Workload) -> Function:
    import jax
    import jax.numpy as jnp
    from sympy2jax import SymbolicModule

    expr, args = workload.make()
    matrix = isinstance(expr, sp.MatrixBase)
    module = SymbolicModule(list(expr) if matrix else expr)
    names = [str(a) for a in args]

    def run(*arrays: Any) -> Any:
        result = module(**dict(zip(names, arrays, strict=True)))
        if not matrix:
            return result
        result = jnp.stack(jnp.broadcast_arrays(*map(jnp.asarray, result)), -1)
        return result.reshape(*result.shape[:-1], *expr.shape)

    jitted = jax.jit(run)
    return lambda *arrays: jax.block_until_ready(jitted(*arrays))


def _symengine(workload: Workload) -> Function:
    import symengine

    expr, args = workload.make()
    matrix = isinstance(expr, sp.MatrixBase)
    outputs = list(expr) if matrix else [expr]
    function = symengine.Lambdify(list(args), outputs, backend="llvm", cse=True)

    def run(*arrays: Any) -> Any:
        stacked = np.ascontiguousarray(np.stack(np.broadcast_arrays(*arrays), -1))
        result = np.asarray(function(stacked))
        return result.reshape(*stacked.shape[:-1], *expr.shape) if matrix else result[..., 0]

    return run


def _casadi(workload: Workload) -> Function:
    import casadi

    expr, args = workload.make()
    matrix = isinstance(expr, sp.MatrixBase)
    symbols = [casadi.SX.sym(str(a)) for a in args]
    names = ("sin", "cos", "tan", "exp", "log", "sqrt", "erf", "sinh", "cosh", "tanh")
    given = {name: getattr(casadi, name) for name in names}
    flat = list(expr) if matrix else [expr]
    outputs = sp.lambdify(args, flat, modules=[given], cse=True)(*symbols)
    function = casadi.Function("f", symbols, [casadi.vertcat(*outputs)])

    def run(*arrays: Any) -> Any:
        arrays = np.broadcast_arrays(*arrays)
        count = arrays[0].size
        mapped = function.map(count)
        result = np.asarray(mapped(*(casadi.DM(a.reshape(1, -1)) for a in arrays)))
        result = result.T.reshape(*arrays[0].shape, -1)
        return result.reshape(*arrays[0].shape, *expr.shape) if matrix else result[..., 0]

    return run


def _numba(workload: Workload) -> Function:
    import numba

    expr, args = workload.make()
    matrix = isinstance(expr, sp.MatrixBase)
    flat = tuple(expr) if matrix else expr
    scalar = numba.njit(sp.lambdify(args, flat, modules="math", cse=True))
    count = len(flat) if matrix else 1
    names = ", ".join(f"a{k}" for k in range(len(args)))
    entries = ", ".join(f"a{k}[i]" for k in range(len(args)))
    body = (
        f"def loop({names}, out):\n    for i in range(out.shape[0]):\n"
        f"        v = scalar({entries})\n"
        + ("".join(f"        out[i, {j}] = v[{j}]\n" for j in range(count)) if matrix
           else "        out[i, 0] = v\n")
    )  # fmt: skip
    scope: dict[str, Any] = {"scalar": scalar}
    exec(body, scope)
    loop = numba.njit(scope["loop"])

    def run(*arrays: Any) -> Any:
        out = np.empty((arrays[0].shape[0], count))
        loop(*arrays, out)
        return out.reshape(-1, *expr.shape) if matrix else out[:, 0]

    return run


PEERS: dict[str, Callable[[Workload], Function]] = {
    "hand-written": _hand,
    "derivax": _derivax(),
    "derivax fast": _derivax(accuracy="fast"),
    "lambdify jax": _lambdify_jax(False),
    "lambdify jax cse": _lambdify_jax(True),
    "sympy2jax": _sympy2jax,
    "symengine llvm": _symengine,
    "casadi": _casadi,
    "numba": _numba,
}

PACKAGES = ("jax", "jaxlib", "sympy", "numpy", "sympy2jax", "symengine", "casadi", "numba")
