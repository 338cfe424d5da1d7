"""Text to tokens, with the limits that need no understanding: length, count, nesting, digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from derivax.errors import ParseError

__all__ = ["MAX_DEPTH", "MAX_DIGITS", "MAX_LENGTH", "MAX_TOKENS", "Place", "Token", "tokenize"]

MAX_LENGTH = 50_000  # characters
MAX_TOKENS = 10_000
MAX_DEPTH = 64  # nested brackets, powers, signs
MAX_DIGITS = 1_000  # of one number, exponent written out

Kind = Literal["number", "name", "sign", "end"]

_SIGNS = (
    "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "^", "<", ">", "=", "(", ")", ",", ";", ":",
    "&", "|", "~", "'",
)  # fmt: skip
_PATTERN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>" + "|".join(re.escape(sign) for sign in _SIGNS) + ")"
)
# Signs that are easily typed or pasted, and what they mean here.
_SAME = str.maketrans({"−": "-", "·": "*", "×": "*", "≤": "≤", "′": "'", "’": "'"})
_SAME_LONG = {"≤": "<=", "≥": ">=", "≠": "!=", "∞": " oo ", "π": " pi "}
_ADVICE = {
    ".": "attributes do not exist here",
    "[": "subscripts do not exist here; write x_1 for a subscript, ( ) for grouping",
    "]": "subscripts do not exist here; write x_1 for a subscript, ( ) for grouping",
    "{": "use ( ) for grouping",
    "}": "use ( ) for grouping",
    '"': "strings do not exist here",
    "`": "strings do not exist here",
    "!": "write factorial(x)",
    "%": "write Mod(x, y)",
    "√": "write sqrt(x)",
    "²": "write x**2",
    "³": "write x**3",
    "\\": "this is not LaTeX; write names plainly: alpha",
    "$": "this is not LaTeX; write the formula plainly",
}


@dataclass(frozen=True)
class Place:
    """A column in a text, for error messages."""

    text: str
    column: int

    def error(self, why: str, instead: str = "") -> ParseError:
        """A ParseError that shows the surroundings of the column."""
        start = max(0, self.column - 24)
        around = self.text[start : self.column + 24]
        shown = (
            ("..." if start else "") + around + ("..." if self.column + 24 < len(self.text) else "")
        )
        return ParseError(f"{_printable(shown)!r}, column {self.column + 1}", why, instead)


@dataclass(frozen=True)
class Token:
    """One token: its kind, its text and its column (from 0)."""

    kind: Kind
    text: str
    column: int


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, closed by one of kind `end`.

    Raises:
        ParseError: a character outside the language, or a limit exceeded.
    """
    if not isinstance(text, str):
        raise ParseError(f"a {type(text).__name__}", "is not text", "pass a str")
    if len(text) > MAX_LENGTH:
        raise ParseError(
            f"a text of {len(text)} characters",
            f"is longer than {MAX_LENGTH} characters",
            "split it",
        )
    text = text.translate(_SAME)
    tokens: list[Token] = []
    depth, column = 0, 0
    while column < len(text):
        long = _SAME_LONG.get(text[column])
        if long is not None:
            kind: Kind = "name" if long[0] == " " else "sign"
            tokens.append(Token(kind, long.strip(), column))
            column += 1
            continue
        match = _PATTERN.match(text, column)
        if match is None:
            character = text[column]
            raise Place(text, column).error(
                f"{_printable(character)!r} is not part of the language", _ADVICE.get(character, "")
            )
        piece = match.group()
        if match.lastgroup == "number":
            _check_number(text, column, piece)
            tokens.append(Token("number", piece, column))
        elif match.lastgroup == "name":
            _check_name(text, column, piece)
            tokens.append(Token("name", piece, column))
        elif match.lastgroup == "sign":
            depth += {"(": 1, ")": -1}.get(piece, 0)
            if depth > MAX_DEPTH:
                raise Place(text, column).error(f"more than {MAX_DEPTH} nested brackets")
            if depth < 0:
                raise Place(text, column).error("this bracket closes nothing")
            tokens.append(Token("sign", piece, column))
        if len(tokens) > MAX_TOKENS:
            raise Place(text, column).error(
                f"the text has more than {MAX_TOKENS} numbers, names and signs", "split it"
            )
        column = match.end()
    tokens.append(Token("end", "", len(text)))
    return tokens


def _check_name(text: str, column: int, name: str) -> None:
    if not name.isidentifier() or len(name) > 100:
        odd = next((i for i, c in enumerate(name) if not ("a" + c).isidentifier()), 0)
        raise Place(text, column + odd).error(
            f"{name[:40]!r} is not a name", _ADVICE.get(name[odd], "use letters, digits and _")
        )
    if name.startswith("__"):
        raise Place(text, column).error(f"{name[:40]!r}: names do not begin with two underscores")


def _check_number(text: str, column: int, number: str) -> None:
    mantissa, _, exponent = number.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or (
        exponent and (len(exponent) > 6 or abs(int(exponent)) > MAX_DIGITS)
    ):
        raise Place(text, column).error(f"a number has at most {MAX_DIGITS} digits here")
    if re.match(r"0[0-9]", number) and number.isdigit():
        raise Place(text, column).error(
            f"{number[:20]} begins with a zero", f"write {number.lstrip('0') or '0'}"
        )
    if number == "0" and re.match(r"[xXbBoO][0-9a-fA-F]", text[column + 1 : column + 3]):
        raise Place(text, column).error("numbers are written in decimal")
    if re.match(r"_", text[column + len(number) : column + len(number) + 1]):
        raise Place(text, column).error("numbers are written without _")
