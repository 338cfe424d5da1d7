"""The names that text may call, and what must be asked before SymPy's constructor runs.

One table: name -> (SymPy function, least and most arguments, class of growth).  Classes:
"plain" (never evaluates to something large), "growing" (exponential in a constant argument),
"expanding" (multiplies powers out), "ordering" (compares constants numerically),
and those in which SymPy writes something out when an argument is an integer: "unfolding" (a number
or product), "polynomial", "family" (a polynomial with symbolic parameters); "summed": its sign or
size, which SymPy asks for, takes a sum of about as many terms as its arguments are large.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import Basic, Expr, S

from derivax.symbolic.parse.guard import UNFOLDING, Purse, TooLarge

__all__ = ["CONSTANTS", "FUNCTIONS", "Known", "known_names", "nearest"]

CONSTANTS: dict[str, Basic] = {
    "pi": S.Pi, "E": S.Exp1, "I": S.ImaginaryUnit, "oo": S.Infinity, "inf": S.Infinity,
    "infinity": S.Infinity, "EulerGamma": S.EulerGamma, "Catalan": S.Catalan,
    "GoldenRatio": S.GoldenRatio, "True": S.true, "False": S.false, "true": S.true,
    "false": S.false,
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A function that text may call."""

    name: str
    make: Callable[..., Any]
    least: int
    most: int
    growth: str = "plain"
    takes: str = "scalars"  # or "booleans"

    def arity(self) -> str:
        """How many arguments, in words."""
        if self.most >= 99:
            return f"at least {self.least}"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"

    def check(self, args: list[Expr], purse: Purse) -> None:
        """Refuse arguments for which SymPy's constructor would not end soon.

        Raises:
            TooLarge: with the reason.
        """
        if self.growth == "growing":
            for arg in args:
                if arg.is_number and arg.is_finite is not False:
                    purse.before_exponential(abs(purse.value(arg)))
        elif self.growth in UNFOLDING:
            most = UNFOLDING[self.growth]
            for arg in args:
                shift = arg if arg.is_number else arg.as_coeff_Add()[0]
                if shift.is_finite is not False and abs(purse.value(shift)) > most:
                    raise TooLarge(
                        f"{self.name} takes constants up to {most}, because SymPy writes out "
                        "or adds up as many terms"
                    )
        elif self.growth == "ordering":
            for arg in args:
                if arg.is_number and not arg.is_Rational and arg.is_finite is not False:
                    purse.before_comparison(arg)

    def apply(self, args: list[Expr], purse: Purse) -> Expr:
        """The function of these arguments, asked for first.

        SymPy evaluates `re`, Bessel functions and others by expanding what they hold, which does
        not end for a high power of a sum; with such arguments the function is left as it is.
        """
        self.check(args, purse)
        if self.growth == "plain" or all(map(_is_tame, args)):
            return self.make(*args)
        return self.make(*args, evaluate=False)


def _table(growth: str, arities: str, names: str) -> list[Known]:
    least, _, most = arities.partition("-")
    low, high = int(least), int(most or least)
    found = []
    for entry in names.split():
        name, _, target = entry.partition("=")
        found.append(Known(name, getattr(sp, target or name), low, high, growth))
    return found


def _is_tame(arg: Expr) -> bool:
    """No power with an integer exponent above 20 of something that is no symbol or number."""
    return not any(
        power.exp.is_Integer and abs(power.exp) > 20 and not power.base.is_Atom
        for power in arg.atoms(sp.Pow)
    )


def _log(x: Expr, base: Expr | None = None) -> Expr:
    return sp.log(x) if base is None else sp.log(x) / sp.log(base)


def _mod(x: Expr, y: Expr) -> Expr:
    """SymPy reduces symbolic remainders by polynomial division, which may take forever."""
    return sp.Mod(x, y, evaluate=bool(x.is_Rational and y.is_Rational))


def _polylog(s: Expr, z: Expr, **_: bool) -> Expr:
    return sp.polylog(s, z, evaluate=bool(s.is_Rational and z.is_Rational))


def _lerchphi(z: Expr, s: Expr, a: Expr, **_: bool) -> Expr:
    return sp.lerchphi(z, s, a, evaluate=False)


def _hypergeometric(upper: int) -> Callable[..., Expr]:
    """hyp1f1(a, b, z) and its kin; SymPy's own `hyper` takes lists, which text has not."""

    def made(*args: Expr, **_: bool) -> Expr:
        return sp.hyper(args[:upper], args[upper:-1], args[-1])

    return made


_ROWS: list[Known] = [
    *_table("growing", "1", "exp sinh cosh tanh coth sech csch erfi Ei Shi Chi airyai airybi"),
    *_table("growing", "1", "airyaiprime airybiprime erf erfc airyai airybi"),
    *_table("growing", "2", "besselj bessely besseli besselk hankel1 hankel2 jn yn"),
    *_table("plain", "1", "sin cos tan cot sec csc sinc asin acos atan acot asec acsc sqrt"),
    *_table("plain", "1", "arcsin=asin arccos=acos arctan=atan arcsinh=asinh arccosh=acosh"),
    *_table("plain", "1", "arctanh=atanh asinh acosh atanh acoth asech acsch"),
    *_table("expanding", "1", "Abs abs=Abs sign re im conjugate arg"),
    *_table("ordering", "1", "floor ceiling ceil=ceiling frac"),
    *_table("plain", "1", "erfinv erfcinv li Li Si Ci fresnels fresnelc DiracDelta cbrt"),
    *_table("plain", "1", "elliptic_k"),
    *_table("plain", "2", "atan2 KroneckerDelta root"),
    *_table("plain", "1-2", "LambertW lambertw=LambertW Heaviside elliptic_e"),
    *_table("plain", "2-3", "elliptic_pi"),
    *_table("plain", "2", "elliptic_f erf2"),
    *_table("unfolding", "1", "gamma loggamma lgamma=loggamma digamma trigamma factorial"),
    *_table("unfolding", "1", "factorial2 subfactorial catalan fibonacci lucas dirichlet_eta"),
    *_table("unfolding", "1-2", "harmonic bernoulli euler zeta"),
    *_table("polynomial", "2", "polygamma"),
    *_table("unfolding", "2", "lowergamma uppergamma expint beta binomial"),
    *_table("polynomial", "2", "RisingFactorial rf=RisingFactorial FallingFactorial"),
    *_table("polynomial", "2", "ff=FallingFactorial legendre hermite hermite_prob laguerre"),
    *_table("polynomial", "2", "chebyshevt chebyshevu"),
    *_table("family", "3", "gegenbauer assoc_legendre assoc_laguerre"),
    *_table("family", "4", "jacobi"),
    Known("Mod", _mod, 2, 2),
    Known("polylog", _polylog, 2, 2, "unfolding"),
    Known("lerchphi", _lerchphi, 3, 3, "summed"),
    Known("hyp0f1", _hypergeometric(0), 2, 2, "summed"),
    Known("hyp1f1", _hypergeometric(1), 3, 3, "summed"),
    Known("hyp2f1", _hypergeometric(2), 4, 4, "summed"),
    Known("log", _log, 1, 2),
    Known("ln", sp.log, 1, 1),
    Known("Min", sp.Min, 1, 16, "ordering"),
    Known("Max", sp.Max, 1, 16, "ordering"),
    Known("min", sp.Min, 1, 16, "ordering"),
    Known("max", sp.Max, 1, 16, "ordering"),
    Known("And", sp.And, 1, 32, takes="booleans"),
    Known("Or", sp.Or, 1, 32, takes="booleans"),
    Known("Not", sp.Not, 1, 1, takes="booleans"),
]

FUNCTIONS: dict[str, Known] = {known.name: known for known in _ROWS}

# Names that are functions only when called: alone they are symbols.
ALSO_SYMBOLS = frozenset({
    "gamma", "beta", "zeta", "li", "Li", "Si", "Ci", "Ei", "Chi", "Shi", "euler", "sign", "arg",
    "re", "im", "root", "rf", "ff", "jn", "yn", "min", "max",
})  # fmt: skip


def known_names() -> list[str]:
    """All names that can be called, `Piecewise`, `Sum` ... included."""
    return sorted({*FUNCTIONS, "Piecewise", "Sum", "Product", "Integral", "Derivative", "Eq"})


def nearest(name: str) -> str | None:
    """The known function that a name is probably a misspelling of, or None.

    >>> nearest("sine"), nearest("Sin"), nearest("velocity")
    ('sin', 'sin', None)
    """
    if len(name) < 3:
        return None
    lower = {known.lower(): known for known in reversed(known_names())}
    if name.lower() in lower:
        return lower[name.lower()]
    close = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.82)
    return lower[close[0]] if close else None
