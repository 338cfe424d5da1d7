"""A trial of a certificate within short limits: what does not end here would not end at all.

Main definition: `trial`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from sympy import MatrixSymbol

from derivax.errors import CertificateError, DerivaxError
from derivax.numeric.verify.certificate import Certificate
from derivax.numeric.verify.level_matrices import has_matrix_arguments
from derivax.numeric.verify.outputs import scalar_entries
from derivax.numeric.verify.replay_program import program_trial
from derivax.numeric.verify.stated import stated_formula
from derivax.numeric.verify.stored_source import stored_functions
from derivax.symbolic.exact.ball import correctly_rounded
from derivax.symbolic.formula import Formula

__all__ = ["trial"]

_DTYPES = ("float32", "float64")


def trial(certificate: Certificate) -> None:
    """Read the terms, compile the code, and run code and formula at one point: what does not end
    here would not end at all."""
    formula = stated_formula(certificate)
    if certificate.code is None:
        return
    try:
        functions = stored_functions(certificate.code)
        if "program" in certificate.statement:
            program_trial(certificate, functions)
    except CertificateError:
        raise
    except (DerivaxError, KeyError, TypeError, ValueError, OverflowError):
        return  # the replay says what is wrong
    if formula is None:
        return
    function = functions[certificate.code["function"]]
    with jax.enable_x64(True):
        jax.block_until_ready(jax.jit(function)(*_one_point(certificate, formula)))
    if not has_matrix_arguments(formula):
        columns = [np.atleast_1d(x) for x in _one_point(certificate, formula)]
        for _, expr in scalar_entries(formula.expr) or []:
            correctly_rounded(expr, formula.args, columns, "float64")


def _one_point(certificate: Certificate, formula: Formula) -> list[Any]:
    """A stored point, or ones; matrices of size 2."""
    at: Mapping[str, Any] = {}
    level = certificate.levels.get("L1")
    if level is not None:
        for dtype in _DTYPES:
            rows = level.evidence.get(dtype, {}).get("worst") or ()
            at = rows[0]["at"] if rows else at
    values: list[Any] = []
    for arg in formula.args:
        if isinstance(arg, MatrixSymbol):
            sizes = dict.fromkeys((s for d in arg.shape for s in d.free_symbols), 2)
            shape = tuple(int(d.subs(sizes)) for d in arg.shape)
            values.append(np.random.default_rng(1).standard_normal(shape))
        else:
            values.append(np.float64(float.fromhex(at.get(str(arg), "0x1p0"))))
    return values
