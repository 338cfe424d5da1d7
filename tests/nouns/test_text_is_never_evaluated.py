"""The symbolic side evaluates no text: not by eval or exec, and not by SymPy's sympify."""

from __future__ import annotations

import ast
import builtins
from fractions import Fraction
from pathlib import Path

import pytest
import sympy
from sympy import Function, MatrixSymbol, Symbol

import derivax
from derivax.errors import DerivaxError
from derivax.symbolic.exact.expression import as_expression
from derivax.symbolic.formula import Formula
from derivax.symbolic.methods.combine import Combine
from derivax.symbolic.methods.extremum import Extremum
from derivax.symbolic.methods.inequality import SumOfSquares
from derivax.symbolic.methods.invariant import Invariant
from derivax.symbolic.methods.limit import Limit
from derivax.symbolic.methods.matrix_identity import DiagonalEntries
from derivax.symbolic.methods.modified_equation import ModifiedEquation
from derivax.symbolic.methods.spectral import Eigenpairs
from derivax.symbolic.methods.substitute import Rewrite, Substitute
from derivax.symbolic.statements import Statement

ROOT = Path(derivax.__path__[0])
x = Symbol("x", real=True)
A = MatrixSymbol("A", 2, 2)
u = Function("u")
HOSTILE = "__import__('builtins').__dict__.__setitem__('derivax_was_here', 1)"


def calls_that_evaluate_text(source: str) -> list[str]:
    """Calls of functions that evaluate text, where their argument is not a literal or strict."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name in ("sympify", "S"):
            strict = any(
                keyword.arg == "strict"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value is True
                for keyword in node.keywords
            )
            safe = isinstance(node.args[0], ast.Constant | ast.Call) if node.args else True
            if not strict and not (safe and name == "S"):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        elif isinstance(node.func, ast.Name) and name in ("eval", "exec", "parse_expr"):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "symbolic").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_module_evaluates_text(path: Path) -> None:
    assert calls_that_evaluate_text(path.read_text()) == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert calls_that_evaluate_text("sympify(text)")
    assert calls_that_evaluate_text("sp.sympify(text, strict=False)")
    assert calls_that_evaluate_text("eval(text)")
    assert not calls_that_evaluate_text("sympify(text, strict=True)")


DOORS = {
    "as_expression": lambda: as_expression(HOSTILE),
    "Statement": lambda: Statement(HOSTILE, "=", x),
    "Formula": lambda: Formula(HOSTILE, [x]),
    "Formula domain": lambda: Formula(x, [x], domain={x: (HOSTILE, 1)}),
    "Substitute key": lambda: Substitute({HOSTILE: 1}),
    "Substitute value": lambda: Substitute({x: HOSTILE}),
    "Rewrite": lambda: Rewrite(rhs=HOSTILE).conclude(Statement(x, "=", x)),
    "Limit": lambda: Limit(x, HOSTILE, expr=x),
    "Limit value": lambda: Limit(x, 0, value=HOSTILE, expr=x).conclude(),
    "Combine": lambda: Combine([HOSTILE]),
    "SumOfSquares": lambda: SumOfSquares([(1, HOSTILE)]),
    "Extremum": lambda: Extremum(x, HOSTILE, expr=x),
    "Invariant": lambda: Invariant(HOSTILE, x),
    "Eigenpairs": lambda: Eigenpairs([(HOSTILE, 1)]),
    "ModifiedEquation": lambda: ModifiedEquation(1, x, {x: HOSTILE}),
    "DiagonalEntries": lambda: DiagonalEntries({A: HOSTILE}),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_hostile_text_is_refused_and_not_run(door) -> None:
    with pytest.raises(DerivaxError) as refused:
        door()
    assert not hasattr(builtins, "derivax_was_here")
    assert "\n" not in str(refused.value)


def test_numbers_come_through_exactly() -> None:
    assert as_expression(Fraction(1, 3)) == sympy.Rational(1, 3)
    assert as_expression(2) == 2
    assert as_expression(0.1) == sympy.Float(0.1)
    for bad in (None, object(), [1], {x: 1}):
        with pytest.raises(DerivaxError):
            as_expression(bad)
