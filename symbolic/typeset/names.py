r"""The one escaper: any name or sentence to LaTeX that shows it and does nothing else.

Main definitions: `name_latex` (a symbol's name, in mathematics), `text_latex` (words, inside
`\text{...}` or running text).

A name of the plain kind is set as mathematics: `alpha_1` as $\alpha_{1}$, `W2` as $W_{2}$, `rate`
as $\mathrm{rate}$, `xhat` as $\hat{x}$.  So is LaTeX of a small closed form, `\alpha_{1}`.
Everything else, `\input{/etc/passwd}` or `$x$ % <img>`, is shown letter by letter in `\text{...}`.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["GREEK", "name_latex", "text_latex"]

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "`": "`{}",
    '"': "{''}", "—": "---", "–": "--", "’": "'", "‘": "'", "“": "``", "”": "''",
    "−": "-", "…": "...", "\u00a0": " ",
}  # fmt: skip

_LOWER = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega varepsilon vartheta varpi varrho varsigma varphi"
)
_UPPER = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
GREEK = frozenset(f"{_LOWER} {_UPPER}".split())
_OTHER = {"ell": r"\ell", "hbar": r"\hbar", "infty": r"\infty", "nabla": r"\nabla"}
_MACROS = GREEK | frozenset(_OTHER)
# Greek capitals that look like Latin ones have no macro.
_ROMAN = {"Alpha": "A", "Beta": "B", "Epsilon": "E", "Zeta": "Z", "Eta": "H", "Iota": "I",
          "Kappa": "K", "Mu": "M", "Nu": "N", "Omicron": "O", "Rho": "P", "Tau": "T", "Chi": "X",
          "omicron": "o"}  # fmt: skip
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot", "ddot": r"\ddot",
            "vec": r"\vec"}  # fmt: skip
_WORDS = frozenset({"that", "what", "chat", "phat"})  # not accents

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*'{0,3}")
_INDEX = r"(?:[A-Za-z0-9]|\{[A-Za-z0-9,+\- ]{1,20}\}|\\(?P<%s>[A-Za-z]{1,12}))"
_TEX = re.compile(
    r"\\?(?P<base>[A-Za-z]{1,12})(?:_" + _INDEX % "low" + r")?(?:\^" + _INDEX % "high" + r")?"
)


def text_latex(text: str) -> str:
    r"""Text to LaTeX text: every character shows itself.

    >>> print(text_latex(r"50% of \input{x} & <b>"))
    50\% of \textbackslash{}input\{x\} \& \textless{}b\textgreater{}
    """
    return "".join(_character(c) for c in str(text)).replace("\n", " ")


def _character(character: str) -> str:
    special = _SPECIAL.get(character)
    if special is not None:
        return special
    if " " <= character <= "~" or character == "\n":
        return character
    name = _greek_name(character)
    if name is not None:
        return rf"\({_symbol(name)}\)"
    if character.isspace():
        return " "
    if "\u00c0" <= character <= "\u00ff" and character.isalpha():
        return character  # Latin-1 letters, which every LaTeX sets
    return f"[U+{ord(character):04X}]"


def _greek_name(character: str) -> str | None:
    name = unicodedata.name(character, "")
    match = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", name)
    if not match:
        return None
    word = {"LAMDA": "LAMBDA"}.get(match[2], match[2]).lower()
    word = word if match[1] == "SMALL" else word.capitalize()
    return word if word in GREEK or word in _ROMAN else None


def _symbol(word: str) -> str:
    """A macro for a known word, itself for a letter or number, upright for another word."""
    if word in GREEK:
        return f"\\{word}"
    if word in _OTHER:
        return _OTHER[word]
    if word in _ROMAN:
        return rf"\mathrm{{{_ROMAN[word]}}}"
    if len(word) == 1 or word.isdigit():
        return word
    return rf"\mathrm{{{word}}}"


def _accented(word: str) -> str:
    for accent, macro in sorted(_ACCENTS.items(), key=lambda item: -len(item[0])):
        base = word.removesuffix(accent)
        if base != word and word not in _WORDS and (len(base) == 1 or base in GREEK):
            return f"{macro}{{{_symbol(base)}}}"
    return _symbol(word)


def name_latex(name: str) -> str:
    r"""A symbol's name as inert LaTeX mathematics.

    >>> for name in ("x", "alpha_1", "u0", "rate", "W_12", r"\alpha_{1}", "a b"):
    ...     print(name_latex(name))
    x
    \alpha_{1}
    u_{0}
    \mathrm{rate}
    W_{12}
    \alpha_{1}
    \text{a b}
    """
    name = "".join(_greek_name(c) or c for c in str(name)) if len(name) <= 100 else str(name)
    if len(name) <= 100 and _PLAIN.fullmatch(name):
        return _plain(name)
    match = _TEX.fullmatch(name) if len(name) <= 100 else None
    if match and name != match["base"]:
        words = [w for w in (match["low"], match["high"]) if w]
        if all(word in _MACROS for word in words):
            if not name.startswith("\\"):
                return _symbol(match["base"]) + name[match.end("base") :]
            if match["base"] in _MACROS:
                return name
    shown = text_latex(name if len(name) <= 100 else name[:99] + "...")
    return rf"\text{{{shown.strip() or '[blank]'}}}"


def _plain(name: str) -> str:
    body = name.rstrip("'")
    primes = "'" * (len(name) - len(body))
    base, *indices = body.split("_")
    trailing = re.fullmatch(r"(.*?[A-Za-z])([0-9]+)", base)
    if trailing and not (len(trailing[1]) > 1 and trailing[1] not in GREEK and len(base) > 8):
        base, indices = trailing[1], [trailing[2], *indices]
    index = ",".join(_accented(part) for part in indices)
    return _accented(base) + primes + (f"_{{{index}}}" if index else "")
