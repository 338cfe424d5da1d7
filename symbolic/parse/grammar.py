"""The grammar: tokens to SymPy, by precedence, every constructor asked for first.

    relation   = disjunct                     disjunct = conjunct {("or" | "|") conjunct}
    conjunct   = negation {("and" | "&") negation}      negation = ["not" | "~"] comparison
    comparison = sum {("=" | "==" | "!=" | "<" | "<=" | ">" | ">=") sum}
    sum        = product {("+" | "-") product}          product = sign {("*" | "/") sign}
    sign       = ("+" | "-") sign | power               power   = atom [("**" | "^") sign]
    atom       = number | name | name {"'"} "(" arguments ")" | "(" relation ")"

`&` and `|` bind as loosely as `and` and `or` (in Python they bind tighter than `<`).
"""

from __future__ import annotations

import re
from typing import Any

import sympy as sp
from sympy import Add, Basic, Expr, Function, Integer, Mul, Pow, Rational, S, Symbol
from sympy.core.function import UndefinedFunction
from sympy.logic.boolalg import Boolean

from derivax.errors import ParseError
from derivax.symbolic.parse.declared import Symbols, declared
from derivax.symbolic.parse.functions import (
    ALSO_SYMBOLS,
    CONSTANTS,
    FUNCTIONS,
    Known,
    nearest,
)
from derivax.symbolic.parse.guard import Purse, TooLarge
from derivax.symbolic.parse.special import MAX_CASES, MAX_ORDER, SPECIAL
from derivax.symbolic.parse.tokens import MAX_DEPTH, Place, Token, tokenize

__all__ = ["Parser", "parse"]

_RELATIONS = {
    "=": sp.Eq, "==": sp.Eq, "!=": sp.Ne, "<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge,
}  # fmt: skip
_WORDS = frozenset({"and", "or", "not"})


def parse(text: str, symbols: Symbols = None) -> Basic:
    """One expression or condition from text.

    Args:
        text: as described in `derivax.symbolic.parse`.
        symbols: the symbols and undefined functions that names mean, as a mapping name -> object
            or a sequence of objects; they take precedence over constants and known functions.
            Any other name becomes `Symbol(name, real=True)`, or `Function(name)` where it is
            called.

    Returns:
        a SymPy expression; sums and products are evaluated as SymPy does, relations are not.

    Raises:
        ParseError: text outside the language or beyond its limits, with the column.

    >>> parse("s/(1 + (s/u0 - 1)*exp(-2*s*t/tau))")
    s/((s/u0 - 1)*exp(-2*s*t/tau) + 1)
    >>> parse("0.1*x^2")
    x**2/10
    >>> parse("2x")
    Traceback (most recent call last):
    ...
    derivax.errors.ParseError: '2x', column 2: a sign is missing between 2 and x; write 2*x
    """
    parser = Parser(text, symbols)
    return parser.whole(parser.relation)


class Parser:
    """One text being read: tokens, the meaning of its names, the purse of its numbers."""

    def __init__(self, text: str, symbols: Symbols = None) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.position = 0
        self.depth = 0
        self.purse = Purse()
        self.declared = declared(symbols)
        self.used: dict[str, str] = {}  # undeclared name -> "symbol" or "function"

    # -- reading tokens

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.position]

    @property
    def ended(self) -> bool:
        """Whether nothing is left to be read."""
        return self.token.kind == "end"

    def peek(self, *signs: str) -> bool:
        """Whether the next token is one of these signs or words."""
        return self.token.kind in ("sign", "name") and self.token.text in signs and (
            self.token.kind == "sign" or self.token.text in _WORDS
        )  # fmt: skip

    def take(self) -> Token:
        """Read one token."""
        token = self.token
        self.position += 1
        return token

    def expect(self, sign: str, instead: str = "") -> Token:
        """Read a sign that must be there."""
        if not self.peek(sign):
            raise self.error(self.token, f"expected {sign!r} {self._but_found()}", instead)
        return self.take()

    def error(self, token: Token, why: str, instead: str = "") -> ParseError:
        """A ParseError at a token."""
        return Place(self.text, token.column).error(why, instead)

    def _but_found(self) -> str:
        return (
            "but the text ends" if self.token.kind == "end" else f"before {self.token.text[:20]!r}"
        )

    def whole(self, rule: Any) -> Any:
        """What `rule` reads, which must be the whole text."""
        value = self.guarded(rule)
        if not self.ended:
            raise self._unexpected()
        return value

    def guarded(self, rule: Any) -> Any:
        """What `rule` reads; nothing but ParseError comes out."""
        try:
            return rule()
        except ParseError:
            raise
        except RecursionError:
            raise self.error(self.token, "is nested too deeply") from None

    def _unexpected(self) -> ParseError:
        token = self.token
        before = self.tokens[self.position - 1] if self.position else token
        starts = token.kind in ("number", "name") or token.text == "("
        ends = before.kind in ("number", "name") or before.text == ")"
        if starts and ends and token.text not in _WORDS:
            left = before.text if before.text != ")" else "(...)"
            right = token.text if token.text != "(" else "(...)"
            return self.error(
                token, f"a sign is missing between {left[:20]} and {right[:20]}",
                f"write {left[:20]}*{right[:20]}",
            )  # fmt: skip
        if token.text == ")":
            return self.error(token, "this bracket closes nothing")
        if token.text == "'":
            return self.error(token, "a prime follows the name of a function", "write u'(t)")
        return self.error(token, f"{token.text[:20]!r} does not fit here")

    # -- SymPy, asked before it is called

    def build(self, token: Token, make: Any, *args: Any, **options: Any) -> Any:
        """`make(*args)`; what SymPy cannot do, or what comes out undefined, is a ParseError."""
        try:
            made = make(*args, **options)
        except TooLarge as reason:
            raise self.error(token, str(reason)) from None
        except RecursionError:
            raise self.error(token, "is nested too deeply") from None
        except Exception as why:  # whatever SymPy raises on a stranger's text is the text's fault
            raise self.error(token, f"SymPy refuses this: {why}") from None
        if made is S.ComplexInfinity or made is S.NaN:
            raise self.error(token, "this is undefined (a division by zero, or oo - oo)")
        return made

    def scalar(self, token: Token, value: Any) -> Expr:
        """The value, which must be a number or expression."""
        if not isinstance(value, Expr) or isinstance(value, sp.MatrixExpr):
            raise self.error(token, "a condition stands where a number belongs")
        return value

    # -- the grammar

    def relation(self) -> Any:
        """A disjunction: the widest thing that stands between brackets."""
        return self._logical(self._conjunct, sp.Or, "or", "|")

    def _conjunct(self) -> Any:
        return self._logical(self._negation, sp.And, "and", "&")

    def _logical(self, part: Any, make: Any, *signs: str) -> Any:
        start = self.token
        parts = [part()]
        while self.peek(*signs):
            self.take()
            parts.append(part())
            if len(parts) > MAX_CASES:
                raise self.error(self.token, f"more than {MAX_CASES} conditions")
        if len(parts) == 1:
            return parts[0]
        return self.build(start, make, *(self.condition(start, value) for value in parts))

    def condition(self, token: Token, value: Any) -> Boolean:
        """The value, which must be a condition."""
        if not isinstance(value, Boolean) or isinstance(value, Symbol):
            raise self.error(token, "a number stands where a condition belongs", "write x > 0")
        return value

    def _negation(self) -> Any:
        if self.peek("not", "~"):
            token = self.take()
            with _Deeper(self):
                return self.build(token, sp.Not, self.condition(token, self._negation()))
        return self.comparison()

    def comparison(self) -> Any:
        """A sum, or relations between sums; a chain a < b < c means both."""
        start = self.token
        sides = [self.sum()]
        signs: list[Token] = []
        while self.peek(*_RELATIONS):
            signs.append(self.take())
            sides.append(self.sum())
            if len(signs) > MAX_CASES:
                raise self.error(self.token, f"more than {MAX_CASES} relations")
        if not signs:
            return sides[0]
        links = [
            self.relate(sign, self.scalar(sign, left), self.scalar(sign, right))
            for sign, left, right in zip(signs, sides, sides[1:], strict=False)
        ]
        return links[0] if len(links) == 1 else self.build(start, sp.And, *links)

    def relate(self, sign: Token, left: Expr, right: Expr) -> Any:
        """The relation of a sign, unevaluated."""
        if sign.text[0] in "<>":
            for side in (left, right):
                if side.is_extended_real is False:
                    raise self.error(sign, "complex numbers are not ordered")
        return self.build(sign, _RELATIONS[sign.text], left, right, evaluate=False)

    def sum(self) -> Any:
        """Products with + and - between them."""
        start = self.token
        first = self._product()
        if not self.peek("+", "-"):
            return first
        terms = [self.scalar(start, first)]
        while self.peek("+", "-"):
            sign = self.take()
            term = self.scalar(self.token, self._product())
            terms.append(term if sign.text == "+" else self.build(sign, Mul, S.NegativeOne, term))
        return self.build(start, Add, *terms)

    def _product(self) -> Any:
        start = self.token
        first = self._sign()
        if not self.peek("*", "/"):
            return first
        factors = [self.scalar(start, first)]
        while self.peek("*", "/"):
            sign = self.take()
            factor = self.scalar(self.token, self._sign())
            if sign.text == "/":
                if factor.is_zero:
                    raise self.error(sign, "this is a division by zero")
                factor = self.power(sign, factor, S.NegativeOne)
            factors.append(factor)
        return self.build(start, Mul, *factors)

    def _sign(self) -> Any:
        negative = False
        first = self.token
        count = 0
        while self.peek("+", "-"):
            negative ^= self.take().text == "-"
            count += 1
        value = self._power()
        if not count:
            return value
        value = self.scalar(first, value)
        return self.build(first, Mul, S.NegativeOne, value) if negative else value

    def _power(self) -> Any:
        start = self.token
        base = self._atom()
        if not self.peek("**", "^"):
            return base
        sign = self.take()
        with _Deeper(self):
            exponent = self.scalar(self.token, self._sign())
        return self.power(sign, self.scalar(start, base), exponent)

    def power(self, sign: Token, base: Expr, exponent: Expr) -> Any:
        """base**exponent, if it is not too large."""

        def make() -> Any:
            self.purse.before_power(base, exponent)
            return Pow(base, exponent)

        return self.build(sign, make)

    def _atom(self) -> Any:
        token = self.take()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name" and token.text not in _WORDS:
            return self._name(token)
        if token.text == "(":
            with _Deeper(self):
                value = self.relation()
            if self.peek(","):
                raise self.error(self.token, "a list stands where a number belongs")
            self._close(token)
            return value
        self.position -= 1
        if token.kind == "end":
            raise self.error(token, "the text ends where a number or name is expected")
        if token.text in (")", ",", ";") or token.text in _RELATIONS:
            raise self.error(token, f"a number or name is missing before {token.text!r}")
        raise self._unexpected()

    def _close(self, opening: Token) -> None:
        if self.peek(")"):
            self.take()
            return
        if self.token.kind == "end":
            raise self.error(opening, "this bracket is never closed")
        raise self._unexpected()

    def _number(self, token: Token) -> Rational:
        text = token.text.lower()
        mantissa, _, exponent = text.partition("e")
        whole, _, decimals = mantissa.partition(".")
        power = int(exponent or 0) - len(decimals)
        digits = int(whole + decimals)
        if power < 0:
            value = Rational(digits, 10**-power)
        else:
            value = Integer(digits * 10**power)
        return self.build(token, self.purse.number, value)

    def _name(self, token: Token) -> Any:
        name = token.text
        primes = 0
        while self.peek("'"):
            self.take()
            primes += 1
        called = self.peek("(")
        if primes and not called:
            marked = name + "'" * primes
            raise self.error(token, f"{marked} says no variable", f"write {marked}(t)")
        if name in self.declared:
            return self._declared(token, primes, called)
        if called:
            if name in SPECIAL and not primes:
                return SPECIAL[name](self, token)
            known = FUNCTIONS.get(name)
            if known is not None:
                if primes:
                    raise self.error(
                        token, f"{name} is a known function", "write Derivative(..., x)"
                    )
                return self._call(token, known)
            return self._undefined(token, primes)
        return self._symbol(token)

    def _declared(self, token: Token, primes: int, called: bool) -> Any:
        meaning = self.declared[token.text]
        if isinstance(meaning, UndefinedFunction):
            if not called:
                raise self.error(token, f"{token.text} is a function", f"write {token.text}(t)")
            return self._applied(token, meaning, primes)
        if called:
            raise self.error(token, f"{token.text} is a symbol, not a function",
                             f"write {token.text}*(...)")  # fmt: skip
        return meaning

    def _symbol(self, token: Token) -> Any:
        name = token.text
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name == "e":
            raise self.error(token, "e could be a symbol or Euler's number",
                             "write E or exp(...), or declare the symbol e")  # fmt: skip
        if name in ("nan", "NaN", "zoo"):
            raise self.error(token, f"{name} is not a value")
        if (name in FUNCTIONS and name not in ALSO_SYMBOLS) or name in SPECIAL:
            raise self.error(token, f"{name} is a function", f"write {name}(...)")
        glued = re.fullmatch(r"(sin|cos|tan|exp|log|ln|sqrt)([xyztu]|[0-9]+)", name)
        if glued:
            raise self.error(token, f"{name} is not a known name",
                             f"write {glued[1]}({glued[2]}), or declare the symbol")  # fmt: skip
        self._use(token, "symbol")
        return Symbol(name, real=True)

    def _use(self, token: Token, as_what: str) -> None:
        before = self.used.setdefault(token.text, as_what)
        if before != as_what:
            raise self.error(
                token, f"{token.text} is used as a function and as a symbol",
                f"write {token.text}(t) everywhere",
            )  # fmt: skip

    # -- calls

    def arguments(self, opening: Token, item: Any = None) -> list[Any]:
        """The arguments of a call, brackets included."""
        self.expect("(")
        found: list[Any] = []
        with _Deeper(self):
            while not self.peek(")"):
                found.append((item or self.relation)())
                if not self.peek(","):
                    break
                self.take()
        self._close(opening)
        return found

    def _call(self, token: Token, known: Known) -> Any:
        args = self.arguments(token)
        if not known.least <= len(args) <= known.most:
            raise self.error(
                token, f"{known.name} takes {known.arity()} arguments, not {len(args)}"
            )
        if known.takes == "booleans":
            return self.build(token, known.make, *(self.condition(token, arg) for arg in args))
        scalars = [self.scalar(token, arg) for arg in args]

        def make() -> Any:
            made = known.apply(scalars, self.purse)
            return self.purse.number(made) if made.is_Rational else made

        return self.build(token, make)

    def _undefined(self, token: Token, primes: int) -> Any:
        close = nearest(token.text) if not primes else None
        if close is not None:
            raise self.error(
                token, f"{token.text} is not a known function",
                f"write {close}(...), or declare the function {token.text}",
            )  # fmt: skip
        self._use(token, "function")
        return self._applied(token, Function(token.text), primes)

    def _applied(self, token: Token, function: Any, primes: int) -> Any:
        args = [self.scalar(token, arg) for arg in self.arguments(token)]
        if not args:
            raise self.error(token, f"{token.text}() has no argument", f"write {token.text}(t)")
        if len(args) > 32:
            raise self.error(token, f"{token.text} has more than 32 arguments")
        if not primes:
            return self.build(token, function, *args)
        if len(args) > 1:
            raise self.error(token, "a prime needs a function of one variable",
                             f"write Derivative({token.text}(x, t), x)")  # fmt: skip
        if primes > MAX_ORDER:
            raise self.error(token, f"a derivative of order above {MAX_ORDER}")
        if isinstance(args[0], Symbol):
            return self.build(token, sp.Derivative, function(args[0]), (args[0], primes))
        variable = sp.Dummy("xi")
        slope = sp.Derivative(function(variable), (variable, primes))
        return self.build(token, sp.Subs, slope, variable, args[0])


class _Deeper:
    """Counts nesting that is not visible as brackets (powers, signs) and refuses too much."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    def __enter__(self) -> None:
        self._parser.depth += 1
        if self._parser.depth > MAX_DEPTH:
            raise self._parser.error(self._parser.token, f"more than {MAX_DEPTH} levels of nesting")

    def __exit__(self, *_: object) -> None:
        self._parser.depth -= 1
