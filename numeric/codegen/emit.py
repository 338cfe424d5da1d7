"""Emitted source: its language, the check of that language, and how it is run.

Generated modules are written in a closed subset of Python:

- module level: a docstring, the three import lines of `HEADER`, function definitions, assignments;
- a function: positional parameters without defaults or annotations, a docstring, assignments to
  names (or to a tuple of names), nested function definitions, one `return` at its end;
- an expression: names, finite numbers, True/False/None, strings only as keyword values from
  `STRINGS` and as subscripts of `jnp.einsum`, tuples, `+ - * / //`, unary minus, single
  comparisons, calls;
- what is called: a function defined in the same module, a parameter, or a dotted name of `CALLS`;
- subscripts: `x.shape[k]` with a whole number k, nothing else;
- attributes: dotted names of `CALLS` and `VALUES`, and `.dtype .shape .ndim .size` of arrays,
  `.eps .tiny .max .bits` of `jnp.finfo(...)`.

No loops, conditionals, comprehensions, lambdas, decorators, stars, f-strings, globals,
or any name that begins with two underscores.  `check_source` refuses everything else before
anything runs; `load` runs what it accepts without builtins.

*Main definitions*: `HEADER`, `check_source`, `load`.
"""

from __future__ import annotations

import ast
import cmath
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from derivax.errors import CompileError
from derivax.numeric.special.table import ROW_OF_PRIMAL

__all__ = ["CALLS", "HEADER", "VALUES", "check_source", "load"]

HEADER = "import jax\nimport jax.numpy as jnp\nfrom jax import lax\n"

_JNP_CALLS = """
abs arccos arccosh arcsin arcsinh arctan arctan2 arctanh array asarray broadcast_arrays
broadcast_shapes broadcast_to cbrt ceil clip concatenate cos cosh equal exp expand_dims expm1 eye
finfo floor full full_like isfinite isinf isnan int32 log log1p logical_and logical_not logical_or
logical_xor matmul maximum minimum mod moveaxis multiply negative ones_like power reshape rint round
sign sin sinh sqrt square squeeze stack sum swapaxes take tan tanh trace where zeros zeros_like
trunc copysign signbit any all max arange real imag conj diagonal ones repeat tile
float32 float64 linalg.det linalg.inv linalg.solve linalg.matrix_power result_type
argmax argmin argsort cumprod cumsum diag outer prod sort tensordot tril triu
einsum linalg.cholesky linalg.eigh linalg.norm linalg.qr linalg.svd
"""
_LAX_CALLS = """
abs complex erf erfc fori_loop integer_pow stop_gradient nextafter reduce_precision while_loop
associative_scan cond linalg.triangular_solve scan
map slice_in_dim dynamic_slice_in_dim dynamic_index_in_dim dynamic_update_index_in_dim
"""

CALLS = frozenset(
    [f"jnp.{n}" for n in _JNP_CALLS.split()]
    + [f"lax.{n}" for n in _LAX_CALLS.split()]
    + ["jax.vmap"]
)
VALUES = frozenset(
    ["jnp.inf", "jnp.nan", "jnp.pi", "jnp.float32", "jnp.float64", "jnp.int32", "jnp.bool_"]
)
ARRAY_ATTRIBUTES = frozenset(["dtype", "shape", "ndim", "size"])
FINFO_ATTRIBUTES = frozenset(["eps", "tiny", "max", "bits"])
KEYWORDS = frozenset(
    ["precision", "axis", "axis1", "axis2", "dtype", "shape"]
    + ["full_matrices", "in_axes", "left_side", "lower", "out_axes", "transpose_a", "unit_diagonal"]
)
STRINGS = frozenset(["highest"])
LONGEST_SOURCE = 20_000_000


def check_source(text: str) -> ast.Module:
    """The syntax tree of a text inside the subset.

    Raises `CompileError` with the line of the first construct outside it.

    >>> _ = check_source("def f(x):\\n    return 2.0 * x\\n")
    >>> try:
    ...     check_source("def f(x):\\n    return x.__class__\\n")
    ... except CompileError as error:
    ...     print(error.why)
    attribute __class__ is outside the subset of generated code
    """
    if len(text) > LONGEST_SOURCE:
        raise CompileError(f"source of {len(text)} characters", "is too long")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CompileError("generated source", f"does not parse ({type(error).__name__})") from None
    _Checker({n.name for n in tree.body if isinstance(n, ast.FunctionDef)}).module(tree)
    return tree


def _refuse(node: ast.AST, what: str) -> CompileError:
    return CompileError(
        f"generated source, line {getattr(node, 'lineno', '?')}",
        f"{what} is outside the subset of generated code",
        "see derivax.numeric.codegen.emit",
    )


class _Checker:
    """Visits statements with the set of names in scope."""

    def __init__(self, functions: set[str]) -> None:
        self.functions = functions

    def module(self, tree: ast.Module) -> None:
        allowed = set(HEADER.splitlines())
        for k, node in enumerate(tree.body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                if ast.unparse(node) not in allowed:
                    raise _refuse(node, f"{ast.unparse(node)!r}")
            elif isinstance(node, ast.FunctionDef):
                self.function(node, set(self.functions))
            elif not (k == 0 and _is_docstring(node)):
                raise _refuse(node, type(node).__name__)

    def function(self, node: ast.FunctionDef, scope: set[str]) -> None:
        arguments = node.args
        if (
            node.decorator_list
            or node.returns
            or arguments.vararg
            or arguments.kwarg
            or arguments.kwonlyargs
            or arguments.posonlyargs
            or arguments.defaults
            or any(a.annotation for a in arguments.args)
        ):
            raise _refuse(node, f"this signature of {node.name!r}")
        self.name(node, node.name)
        for a in arguments.args:
            self.name(node, a.arg)
        scope = scope | {a.arg for a in arguments.args}
        last = len(node.body) - 1
        if not isinstance(node.body[last], ast.Return):
            raise _refuse(node, f"{node.name!r} without a final return")
        for k, statement in enumerate(node.body):
            if k == 0 and _is_docstring(statement) and last:
                continue
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                self.expression(statement.value, scope)
                for target in self.targets(statement.targets[0]):
                    scope.add(target)
            elif isinstance(statement, ast.FunctionDef):
                self.function(statement, scope)
                scope.add(statement.name)
            elif isinstance(statement, ast.Return) and k == last and statement.value is not None:
                self.expression(statement.value, scope)
            else:
                raise _refuse(statement, type(statement).__name__)

    def targets(self, node: ast.expr) -> list[str]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        names = []
        for part in parts:
            if not isinstance(part, ast.Name):
                raise _refuse(node, "this target of an assignment")
            self.name(part, part.id)
            names.append(part.id)
        return names

    def name(self, node: ast.AST, name: str) -> None:
        if name.startswith("__") or name in {"jax", "jnp", "lax"}:
            raise _refuse(node, f"the name {name!r}")

    def expression(self, root: ast.expr, scope: set[str]) -> None:
        stack: list[ast.expr] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name):
                if node.id not in scope:
                    raise _refuse(node, f"the name {node.id!r}")
            elif isinstance(node, ast.Constant):
                if not (node.value is None or isinstance(node.value, bool | int | float | complex)):
                    raise _refuse(node, f"the constant {node.value!r}")
                if isinstance(node.value, float | complex) and not cmath.isfinite(node.value):
                    raise _refuse(node, "an infinite literal")
            elif isinstance(node, ast.Tuple):
                stack.extend(node.elts)
            elif isinstance(node, ast.BinOp) and isinstance(
                node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv
            ):
                stack += [node.left, node.right]
            elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
                stack.append(node.operand)
            elif (
                isinstance(node, ast.Compare)
                and len(node.ops) == 1
                and isinstance(
                    node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.Eq | ast.NotEq
                )
            ):
                stack += [node.left, *node.comparators]
            elif isinstance(node, ast.Attribute):
                stack += self.attribute(node)
            elif isinstance(node, ast.Subscript) and _is_size(node):
                stack.append(node.value)
            elif isinstance(node, ast.Call):
                stack += self.call(node, scope)
            else:
                raise _refuse(node, type(node).__name__)

    def attribute(self, node: ast.Attribute) -> list[ast.expr]:
        if _dotted(node) in VALUES:
            return []
        if node.attr in ARRAY_ATTRIBUTES and isinstance(node.value, ast.Name):
            return [node.value]
        if (
            node.attr in FINFO_ATTRIBUTES
            and isinstance(node.value, ast.Call)
            and _dotted(node.value.func) == "jnp.finfo"
        ):
            return [node.value]
        raise _refuse(node, f"attribute {node.attr}")

    def call(self, node: ast.Call, scope: set[str]) -> list[ast.expr]:
        dotted = _dotted(node.func)
        if not (dotted in CALLS or (isinstance(node.func, ast.Name) and node.func.id in scope)):
            raise _refuse(node, f"a call of {dotted or 'an expression'}")
        rest = list(node.args)
        if dotted == "jnp.einsum" and rest and _is_subscripts(rest[0]):
            rest = rest[1:]
        for keyword in node.keywords:
            if keyword.arg not in KEYWORDS:
                raise _refuse(node, f"keyword {keyword.arg}")
            if isinstance(keyword.value, ast.Constant) and keyword.value.value in STRINGS:
                continue
            rest.append(keyword.value)
        return rest


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_subscripts(node: ast.expr) -> bool:
    """Whether this is a text like "...ab,...b->...a"."""
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and re.fullmatch(r"[A-Za-z.,]+->[A-Za-z.]*", text) is not None


def _is_size(node: ast.Subscript) -> bool:
    """`x.shape[k]` or `x.shape[-k]`."""
    index = node.slice.operand if isinstance(node.slice, ast.UnaryOp) else node.slice
    whole = isinstance(index, ast.Constant) and type(index.value) is int
    return whole and isinstance(node.value, ast.Attribute) and node.value.attr == "shape"


def _dotted(node: ast.expr) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def _loaded_module(name: str, *_: Any) -> Any:
    """The array libraries, where their own C code asks for them (sizes that are symbols)."""
    if name not in ("numpy", "ml_dtypes"):
        raise ImportError(name)
    return sys.modules[name]


def load(
    text: str, given: Mapping[str, Callable[..., Any]] | None = None
) -> dict[str, Callable[..., Any]]:
    """Check the source, run it without builtins, and return the functions that it defines.

    `given` puts other versions in the place of functions that the source defines (the same
    functions with derivative rules).
    """
    import jax
    import jax.numpy as jnp
    from jax import lax

    tree = check_source(text)
    tree.body = [n for n in tree.body if not isinstance(n, ast.Import | ast.ImportFrom)]
    # no builtins but what NumPy looks up in the calling frame (the checked text names none)
    scope: dict[str, Any] = {
        "__builtins__": {"__import__": _loaded_module},
        "jax": jax,
        "jnp": jnp,
        "lax": lax,
    }
    exec(compile(tree, "<derivax generated code>", "exec"), scope)
    defined = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    # a special function stays one call in a trace, by its name: its error is known as a whole
    scope.update({name: jax.jit(scope[name]) for name in defined if name in ROW_OF_PRIMAL})
    scope.update({name: run for name, run in (given or {}).items() if name in defined})
    return {name: scope[name] for name in defined}
