r"""Names for two matrices that SymPy has no symbol for: $\dot W$ and $\partial E/\partial W$.

Main definitions: `TimeDerivative`, `GradientMatrix`.

Implementation notes.  Both are atomic matrix expressions: what they are equal to is said by
statements (a flow, a gradient rule), never computed behind the scenes.  The class names are not
`Dot` and `Gradient`: SymPy's printers know these as operations of its vector module.
"""

from __future__ import annotations

from typing import Any

from sympy import Basic, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixExpr
from sympy.printing.pretty.stringpict import prettyForm

from derivax.errors import InputError

__all__ = ["TimeDerivative", "GradientMatrix"]


class TimeDerivative(MatrixExpr):
    r"""$\dot W$: the time derivative of a matrix along a flow.

    >>> from sympy import MatrixSymbol
    >>> TimeDerivative(MatrixSymbol("W", 2, 3)).shape
    (2, 3)
    """

    def __new__(cls, matrix: Basic) -> TimeDerivative:
        if not isinstance(matrix, MatrixSymbol):
            raise InputError(
                str(matrix), "is not a matrix symbol", "pass a MatrixSymbol"
            )
        return super().__new__(cls, matrix)

    @property
    def shape(self) -> tuple[Any, Any]:
        return self.args[0].shape

    @property
    def free_symbols(self) -> set[Basic]:
        return self.args[0].free_symbols

    def doit(self, **_: Any) -> TimeDerivative:
        return self

    def _entry(self, i: Any, j: Any, **_: Any) -> Basic:
        return MatrixSymbol(f"Dot_{self.args[0].name}", *self.shape)[i, j]

    def _pretty(self, printer: Any) -> Any:
        name, mark, index = self.args[0].name.partition("_")
        return printer._print(Symbol(f"{name}dot{mark}{index}"))

    def _latex(self, printer: Any) -> str:
        return rf"\dot{{{printer._print(self.args[0])}}}"

    def _sympystr(self, printer: Any) -> str:
        return f"TimeDerivative({printer._print(self.args[0])})"


class GradientMatrix(MatrixExpr):
    r"""$\partial E/\partial W$, with the shape of W: $dE = \operatorname{tr}(G^{T} dW)$.

    >>> from sympy import MatrixSymbol, Symbol
    >>> GradientMatrix(Symbol("E"), MatrixSymbol("W", 2, 3)).shape
    (2, 3)
    """

    def __new__(cls, scalar: Basic, matrix: Basic) -> GradientMatrix:
        if not isinstance(scalar, Symbol) or not isinstance(matrix, MatrixSymbol):
            raise InputError(
                f"{scalar}, {matrix}",
                "are not a symbol and a matrix symbol",
                "name the scalar first",
            )
        return super().__new__(cls, scalar, matrix)

    @property
    def shape(self) -> tuple[Any, Any]:
        return self.args[1].shape

    @property
    def free_symbols(self) -> set[Basic]:
        return self.args[0].free_symbols | self.args[1].free_symbols

    def doit(self, **_: Any) -> GradientMatrix:
        return self

    def _entry(self, i: Any, j: Any, **_: Any) -> Basic:
        return MatrixSymbol(f"Gradient_{self.args[1].name}", *self.shape)[i, j]

    def _pretty(self, printer: Any) -> Any:
        above, below = (
            prettyForm(*printer._print(Symbol("∂")).right(printer._print(Symbol(str(a.name)))))
            for a in self.args
        )
        return above / below

    def _latex(self, printer: Any) -> str:
        scalar, matrix = (printer._print(a) for a in self.args)
        return rf"\frac{{\partial {scalar}}}{{\partial {matrix}}}"

    def _sympystr(self, printer: Any) -> str:
        return f"GradientMatrix({printer._print(self.args[0])}, {printer._print(self.args[1])})"
