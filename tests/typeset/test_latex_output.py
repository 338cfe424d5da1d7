"""LaTeX of expressions, statements, derivations: complete, balanced, inert whatever it holds."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Eq, Function, MatrixSymbol, Symbol, exp, log, symbols

from derivax.errors import InputError
from derivax.symbolic.derivation import Derivation
from derivax.symbolic.formula import Formula
from derivax.symbolic.methods.substitute import Substitute
from derivax.symbolic.problem import Problem
from derivax.symbolic.statements import Statement
from derivax.symbolic.typeset.check import check_latex
from derivax.symbolic.typeset.latex import STYLES, latex
from derivax.symbolic.typeset.names import name_latex, text_latex

t, tau, s = symbols("t tau s", positive=True)
u0 = Symbol("u_0", positive=True)
u = Function("u")
x, y = symbols("x y")

EVIL = [
    r"\input{/etc/passwd}", r"$x$ \end{align} % <img src=x onerror=alert(1)>", "^^5cinput", "a}b{c",
    "{", "}", "\\", "%", "#1", "&", "_", "^", "~", "$", "$$", "`", '"', "a b", "\n", "\x1b[31mred",
    r"\\write18{ls}", r"\alpha_{\input{x}}", r"\alpha_{1}%", r"x_{1}\def\a{b}", "%s %d {}", "中",
    "ünï",
    r"\)", r"\(x\)", r"\]", "<script>", "]]>", "\u202e", r"\newcommand{\x}{y}", "x" * 1000,
    r"\left(",
    r"\begin{document}", "|", "a|b", "--", "''", "[U+0041]",
]  # fmt: skip


def example(*evil: str) -> Derivation:
    """Two honest steps, with a hostile symbol, sentence and title mixed in when asked for."""
    named = Symbol(evil[0], positive=True) if evil else s
    problem = Problem(Eq(y, named * x**2), y)
    text = evil[0] if evil else "50% of x_1"
    d = Derivation.begin(problem, name=text, title=text, source=text)
    d = d.then(Substitute({x: 3}), 0, say=f"Put x = 3: {text}")
    return d.concluded(Formula(d.conclusion.rhs, [named], name="nine", title=text, source=text))


@pytest.mark.parametrize(
    ("expr", "expected"),
    [  # expected strings as in the documentation of SymPy's latex printer
        (x**2, "x^{2}"),
        (sp.Rational(1, 2) * x, r"\frac{x}{2}"),
        (Symbol("alpha_1") + 1, r"\alpha_{1} + 1"),
        (sp.Integral(x, (x, 0, 1)), r"\int\limits_{0}^{1} x\, dx"),
        (Eq(x, y), "x = y"),
        (sp.sqrt(x), r"\sqrt{x}"),
        (MatrixSymbol("A", 2, 2).T, "A^{T}"),
        (sp.Matrix([[1, x]]), r"\left[\begin{matrix}1 & x\end{matrix}\right]"),
    ],
)
def test_plain_expressions_are_set_as_sympy_sets_them(expr: Any, expected: str) -> None:
    assert latex(expr) == expected == sp.latex(expr)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"), ("alpha", r"\alpha"), ("lambda", r"\lambda"), ("Omega", r"\Omega"),
        ("u0", "u_{0}"), ("W_12", "W_{12}"), ("a_b_c", "a_{b,c}"), ("sigma_x", r"\sigma_{x}"),
        ("rate", r"\mathrm{rate}"), ("learning_rate", r"\mathrm{learning}_{\mathrm{rate}}"),
        ("xhat", r"\hat{x}"), ("that", r"\mathrm{that}"), ("x'", "x'"), (r"\alpha_{1}",
        r"\alpha_{1}"),
        ("\u03b1", r"\alpha"), ("\u03b1_1", r"\alpha_{1}"), ("a b", r"\text{a b}"),
        (r"\input{x}", r"\text{\textbackslash{}input\{x\}}"),
    ],
)  # fmt: skip
def test_names_are_set_as_mathematics_or_shown_letter_by_letter(name: str, expected: str) -> None:
    assert name_latex(name) == expected
    check_latex(name_latex(name))


@pytest.mark.parametrize("name", EVIL, ids=repr)
def test_a_hostile_name_is_inert_wherever_it_stands(name: str) -> None:
    symbol, function = Symbol(name), Function(name)
    matrix = MatrixSymbol(name, 2, 2)
    for obj in (
        symbol**2, symbol / (1 + symbol), function(symbol) ** 2, function(x).diff(x), matrix[0, 1],
        matrix * matrix.T, sp.Sum(symbol, (symbol, 1, 3)), sp.Indexed(name, symbol),
        sp.Integral(function(x), (x, 0, symbol)), sp.Dummy(name), sp.Eq(symbol, 1), {name: symbol},
        sp.Lambda(symbol, symbol + 1), sp.Subs(function(x).diff(x), x, symbol), sp.Idx(sp.Symbol(
            name, integer=True)), sp.Piecewise((symbol, symbol > 0), (0, True)), name,
    ):  # fmt: skip
        for style in ("equation", "align"):
            check_latex(latex(obj, style=style))


@pytest.mark.parametrize("text", EVIL, ids=repr)
def test_hostile_titles_and_sentences_are_inert(text: str) -> None:
    derivation = example(text)
    for style in STYLES:
        check_latex(latex(derivation, style=style))
        check_latex(latex(derivation.formula, style=style))


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_any_name_is_inert(name: str) -> None:
    check_latex(name_latex(name))
    check_latex(rf"\text{{{text_latex(name)}}}")
    check_latex(latex(Symbol(name) ** 2 + Function(name.replace("\0", "0"))(x)))


@pytest.mark.parametrize(
    "text",
    [
        r"\input{x}", "{", "}", r"\begin{align*}", r"\end{align*}", r"\begin{aligned}\end{cases}",
        "a & b",
        "50%", "#1", "~", "$x$", "^^5c", r"\left( x", r"\right)", r"\(", r"\def\x{}",
        r"\write18{x}",
        r"\begin{verbatim}\end{verbatim}", r"\left( { \right) }", r"\catcode", r"\/",
        r"\begin{array}",
    ],
)  # fmt: skip
def test_the_checker_refuses_what_tex_would_obey(text: str) -> None:
    with pytest.raises(InputError):
        check_latex(text)


def test_sums_of_matrices_have_one_sign_per_term() -> None:
    q, g = MatrixSymbol("q", 3, 1), MatrixSymbol("g", 3, 1)
    assert latex(sp.MatAdd(q, -2 * g)) == "q - 2 g"
    assert latex(sp.MatAdd(q, g, evaluate=False)) in ("g + q", "q + g")


def test_statements_carry_their_conditions() -> None:
    statement = Statement(u(t), "->", s, given=(u0 < s,), tends=(t, sp.oo))
    assert latex(statement) == (
        r"u{\left(t\right)} \to s \qquad \left(t \to \infty,\ u_{0} < s\right)"
    )
    assert latex(Statement(x, "<=", y)) == r"x \leq y"


def test_statements_are_not_decided() -> None:
    A = MatrixSymbol("A", 2, 2)
    assert latex(Eq(A.T.T, A, evaluate=False)) == "A = A"
    assert latex(Eq(x, x, evaluate=False)) == "x = x"


def test_formulas_show_name_and_arguments() -> None:
    assert latex(Formula(exp(-t / tau), [t, tau], name="decay")) == (
        r"\mathrm{decay}\left(t, \tau\right) = e^{- \frac{t}{\tau}}"
    )
    both = Formula({"a": t, "b": tau}, [t, tau], name="pair")
    assert latex(both, style="align").count(r"\\") == 1


def test_a_derivation_is_aligned_with_rules_and_outcomes() -> None:
    shown = latex(example(), style="derivation")
    lines = shown.splitlines()
    assert lines[0] == r"\begin{align*}"
    assert lines[-1] == r"\end{align*}"
    assert lines[1] == r"y &= s x^{2}  && \text{The starting equation. [given]} \\"
    assert r"y &= 9 s" in lines[2]
    assert "[substitute: proven]" in lines[2]


def test_a_long_sum_is_broken_under_its_relation() -> None:
    long = Eq(y, Add(*(Symbol(f"a_{i}") * x**i for i in range(40))))
    shown = latex(long, style="align")
    assert shown.count(r"\\ &\quad +") >= 3
    for i in range(40):
        assert f"a_{{{i}}}" in shown


def test_a_document_is_a_complete_article() -> None:
    shown = latex(example(), style="document")
    assert shown.startswith(r"\documentclass")
    assert shown.rstrip().endswith(r"\end{document}")
    for part in ("The starting equation.", "50\\% of x\\_1", r"\textsc{proven}", "Result", "9 s"):
        assert part in shown


def test_a_wide_formula_is_written_with_abbreviations() -> None:
    root = sp.sqrt(1 + x**2 + y**2 + exp(x * y))
    wide = sum((root + i) / (root - i + log(1 + root)) for i in range(2, 7)) / (1 + exp(-root))
    shown = latex(Formula(wide, [x, y], name="wide"), style="document")
    check_latex(shown)
    assert "with $w_{1} =" in shown
    assert shown.count(r"\sqrt") < 4


def test_abbreviations_put_back_give_the_sides_again() -> None:
    from derivax.symbolic.typeset.document import _unfolded

    root = sp.sqrt(1 + x**2 + y**2)
    sides = [exp(root) / (1 + root), sum((root + i) / (root**2 - i) for i in range(2, 5))]
    found, reduced = sp.cse(sides, symbols=sp.numbered_symbols("w_"), order="none")
    kept, short = _unfolded(found, reduced)
    assert 1 <= len(kept) < len(found)
    for symbol, meaning in reversed(kept):
        short = [side.xreplace({symbol: meaning}) for side in short]
    assert short == sides


@pytest.mark.parametrize("style", ["", "Document", "html", None, 3])
def test_an_unknown_style_is_refused(style: Any) -> None:
    with pytest.raises(InputError, match="equation, align, derivation, document"):
        latex(x, style=style)


def test_what_does_not_fit_on_paper_is_refused_at_once() -> None:
    shared: Any = x
    for _ in range(100):
        shared = Add(shared, shared, evaluate=False)
    deep: Any = x
    for _ in range(2_000):
        deep = sp.sin(Add(deep, 1, evaluate=False), evaluate=False)
    huge = x + sp.Integer(7) ** 9000
    for obj in (shared, deep, sp.Tuple(shared), {"a": shared}, [deep], huge):
        with pytest.raises(InputError, match="too large"):
            latex(obj)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")
def test_documents_compile(tmp_path: Path) -> None:
    for number, text in enumerate(["", *EVIL]):
        path = tmp_path / f"d{number}.tex"
        path.write_text(latex(example(text) if text else example(), style="document"), "utf-8")
        run = subprocess.run(
            ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error",
            path.name],
            cwd=tmp_path, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout[-1500:]
