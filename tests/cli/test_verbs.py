"""Each verb on the command line: what it prints, what it writes, and its exit status.

The closed forms expected here are those of textbooks: u0 exp(k t) for u' = k u, the logistic curve
s / (1 + (s/u0 - 1) exp(-2 s t / tau)) for tau u' = 2 u (s - u) (Saxe et al. 2013, eq. 11-12).
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from derivax.cli import main

GROWTH = ["--equation=u'(t) = k*u(t)", "--given=u(0) = u0"]
GROWTH_FORMULA = ["--expr=u0*exp(k*t)", "--args=t k u0", "--domain=t=0:inf, k=-3:3, u0=0:10"]
LOGISTIC = ["--equation=tau*u'(t) = 2*u(t)*(s - u(t))", "--given=u(0) = u0"]
POSITIVE = "--where=tau > 0, s > 0, u0 > 0, u0 < s"
LOGISTIC_FORMULA = [
    "--expr=s/(1 + (s/u0 - 1)*exp(-2*s*t/tau))",
    "--args=t s u0 tau",
    "--domain=t=0:inf",
]
MODE = "saxe-linear-networks/mode"


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


# --- derive ----------------------------------------------------------------------------------


def test_derive_shows_the_steps_with_their_outcomes(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = outcome(capsys, "derive", *GROWTH)
    assert (status, err) == (0, "")
    assert "proven" in out
    assert "u0" in out


def test_derive_as_json_holds_terms_that_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    from sympy import exp, symbols

    from derivax import Formula

    status, out, _ = outcome(capsys, "derive", *GROWTH, "--json")
    (derivation,) = json.loads(out)
    assert status == 0
    assert derivation["outcome"] in ("proven", "holds")
    assert len(derivation["steps"]) >= 3
    formula = Formula.from_json(derivation["formula"])
    by_name = {str(symbol): symbol for symbol in formula.args}
    t, k, u0 = (by_name[name] for name in ("t", "k", "u0"))
    assert (formula.expr - u0 * exp(k * t)).expand() == 0
    assert symbols("nothing") not in formula.args


def test_a_value_for_a_symbol_of_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = outcome(capsys, "derive", *GROWTH, "--set", "k=-1/3", "--set", "u0=2", "--json")
    (derivation,) = json.loads(out)
    from derivax import Formula

    formula = Formula.from_json(derivation["formula"])
    assert [str(a) for a in formula.args] == ["t"]
    assert float(formula.expr.subs(formula.args[0], 3)) == pytest.approx(2 * 2.718281828459045**-1)


def test_derive_of_a_named_result(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mode.txt"
    status, out, err = outcome(capsys, "derive", MODE, "--set", "L=2", "-o", str(path))
    assert (status, out, err) == (0, "", "")
    text = path.read_text().replace(" ", "").replace("⋅", "*")
    assert "2*s*t" in text
    assert "Outcome:proven" in text


# --- latex -----------------------------------------------------------------------------------


def test_latex_of_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = outcome(capsys, "latex", *GROWTH_FORMULA)
    assert (status, err) == (0, "")
    assert "u_{0}" in out
    assert "e^{k t}" in out or r"\exp" in out


@pytest.mark.parametrize("style", ["equation", "align", "derivation", "document"])
def test_latex_in_each_style(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = outcome(capsys, "latex", *GROWTH, "--style", style)
    assert status == 0
    assert out.count("{") == out.count("}")
    assert out.count(r"\begin") == out.count(r"\end")
    assert (r"\documentclass" in out) == (style == "document")


def test_latex_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    (entry,) = json.loads(outcome(capsys, "latex", MODE, "--json")[1])
    assert entry["name"] == MODE
    assert r"\tau" in entry["latex"]


# --- compile and export ----------------------------------------------------------------------


def test_compile_prints_a_module_of_python(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = outcome(capsys, "compile", *GROWTH_FORMULA, "--function", "growth")
    assert (status, err) == (0, "")
    functions = [n.name for n in ast.parse(out).body if isinstance(n, ast.FunctionDef)]
    assert "growth" in functions


def test_compile_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    (entry,) = json.loads(outcome(capsys, "compile", MODE, "--json", "--dtype", "float64")[1])
    assert set(entry) == {"name", "signature", "source"}
    assert ast.parse(entry["source"])


def test_export_writes_a_module_that_needs_jax_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "mode.py"
    status, out, err = outcome(capsys, "export", MODE, "-o", str(path))
    assert (status, err) == (0, "")
    assert out == f"{MODE}: {path}\n"
    imported = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert "jax" in imported
    assert imported.isdisjoint({"derivax", "sympy", "flint", "mpmath"})


# --- verify and recheck ----------------------------------------------------------------------


def certificates(out: str) -> list[dict]:
    return json.loads(out)


def test_a_right_answer_is_verified_and_its_certificate_rechecked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "certificate.json"
    subject = [*LOGISTIC_FORMULA, *LOGISTIC, POSITIVE]
    status, out, err = outcome(
        capsys, "verify", *subject, "--profile=quick", "--json", "-o", str(path)
    )
    (certificate,) = certificates(out)
    assert (status, err) == (0, "")
    assert certificate["verdict"] == "verified"
    assert certificate["claim"] == "code = formula = solution of the problem"
    written = json.loads(path.read_text())
    assert written["schema_version"] == 1
    assert written["certificates"] == [certificate]
    status, out, err = outcome(capsys, "recheck", str(path))
    assert (status, err) == (0, "")
    assert "verified" in out


WRONG = {
    "a lost factor 2": "s/(1 + (s/u0 - 1)*exp(-s*t/tau))",
    "a sign": "s/(1 + (s/u0 - 1)*exp(2*s*t/tau))",
    "swapped symbols": "u0/(1 + (u0/s - 1)*exp(-2*u0*t/tau))",
    "the wrong initial value": "s/(1 + (s/u0)*exp(-2*s*t/tau))",
}


@pytest.mark.parametrize("expr", WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_refuted_with_a_witness(
    expr: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"--expr={expr}", *LOGISTIC_FORMULA[1:], *LOGISTIC, POSITIVE, "--profile=quick"]
    status, out, err = outcome(capsys, "verify", *words)
    assert (status, err) == (1, "")
    assert "refuted" in out
    assert "witness: " in out
    status, out, _ = outcome(capsys, "verify", *words, "--json")
    (certificate,) = certificates(out)
    assert status == 1
    assert certificate["verdict"] == "refuted"
    assert certificate["levels"]["L0"]["witness"]


def test_a_formula_alone_is_judged_as_code_only(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = outcome(capsys, "verify", *GROWTH_FORMULA, "--profile=quick", "--json")
    (certificate,) = certificates(out)
    assert (status, certificate["claim"]) == (0, "code = formula")


def test_a_problem_in_text_is_derived_compiled_and_verified(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = outcome(capsys, "verify", *GROWTH, "--profile=quick")
    assert status == 0
    assert "verified: code = formula = solution of the problem" in out


def test_a_certificate_that_was_changed_does_not_pass(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "certificate.json"
    assert outcome(capsys, "verify", *GROWTH_FORMULA, "--profile=quick", "-o", str(path))[0] == 0
    text = path.read_text()
    content = json.loads(text)
    source = content["certificates"][0]["code"]["source"]
    content["certificates"][0]["code"]["source"] = source.replace("jnp.exp(", "2*jnp.exp(")
    assert content["certificates"][0]["code"]["source"] != source
    path.write_text(json.dumps(content))
    status, out, err = outcome(capsys, "recheck", str(path))
    assert status in (1, 2)
    assert "verified:" not in out
    assert out or err.count("\n") == 1


@pytest.mark.parametrize("text", ["", "{}", "[1, 2", '{"certificates": 3}', "null", "\udc80"])
def test_a_file_that_is_no_certificate(
    text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "certificate.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    status, out, err = outcome(capsys, "recheck", str(path))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def test_the_same_seed_gives_the_same_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["verify", *GROWTH_FORMULA, "--profile=quick", "--json", "--seed=7"]
    first, second = (certificates(outcome(capsys, *words)[1])[0] for _ in range(2))
    for certificate in (first, second):
        del certificate["created"], certificate["sha256"]
    assert first == second


# --- equal -----------------------------------------------------------------------------------

EQUAL = {
    ("sin(2*x)", "2*sin(x)*cos(x)"): True,
    ("sin(2*x)", "2*sin(x)"): False,
    ("(x + 1)^2", "x^2 + 2*x + 1"): True,
    ("sqrt(x^2)", "x"): False,
    ("exp(x + y)", "exp(x)*exp(y)"): True,
    ("0.1 + 0.2", "0.3"): True,  # decimals are exact
    ("(E^600 + 1)/(E^600 + 2)", "1"): False,  # equal to 260 digits
}


@pytest.mark.parametrize(("pair", "truth"), EQUAL.items(), ids=[" = ".join(p) for p in EQUAL])
def test_equal_says_whether_and_why(
    pair: tuple[str, str], truth: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = outcome(capsys, "equal", *pair)
    assert (status, err) == (0 if truth else 1, "")
    assert out.split(":")[0] in (("proven", "holds") if truth else ("refuted",))
    report = json.loads(outcome(capsys, "equal", *pair, "--json")[1])
    assert report["outcome"] == out.split(":")[0]
    assert set(report) == {"outcome", "method", "detail", "resolution", "witness", "figures"}


def test_equality_depends_on_the_domain(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(capsys, "equal", "abs(x)", "x")[0] == 1
    assert outcome(capsys, "equal", "abs(x)", "x", "--where", "x > 0")[0] == 0
    assert outcome(capsys, "equal", "abs(x)", "x", "--domain", "x=0:5")[0] == 0
    assert outcome(capsys, "equal", "floor(x)", "3", "--domain", "x=13/4:15/4")[0] == 0
    assert outcome(capsys, "equal", "floor(x)", "3", "--domain", "x=13/4:5")[0] == 1
    assert outcome(capsys, "equal", "abs(x - y)", "x - y", "--where", "y < x")[0] == 0
    assert outcome(capsys, "equal", "abs(x - y)", "x - y", "--where", "x < y")[0] == 1


# --- doctor ----------------------------------------------------------------------------------


def test_doctor_names_versions_devices_and_the_float64_switch(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    status, out, _ = outcome(capsys, "doctor")
    assert status == 0
    for word in ("derivax", "sympy", "jax", "devices", "float64", "extra"):
        assert word in out
    report = json.loads(outcome(capsys, "doctor", "--json")[1])
    assert report["warnings"] == []
    assert report["packages"]["python-flint"]


def test_doctor_warns_of_flags_that_change_results(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    status, out, _ = outcome(capsys, "doctor")
    assert status == 1
    assert "xla_cpu_enable_fast_math" in out
