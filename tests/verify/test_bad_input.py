"""What cannot be verified is said in one line; budgets are kept; two threads disturb nothing."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import pytest
from sympy import Function, exp, log, sin, sqrt, symbols

import derivax
from derivax import Formula
from derivax.errors import CompileError, DomainError, InputError
from derivax.numeric.verify import verify
from derivax.numeric.verify.budget import Budget
from derivax.symbolic.exact.outcome import Outcome

x, y = symbols("x y", real=True)
p, q = symbols("p q", positive=True)


def one_line(error: pytest.ExceptionInfo) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_an_empty_domain_is_one_clear_error():
    with pytest.raises(DomainError) as error:
        Formula(x**2, [x], domain={x: (3, 2)})
    assert "domain of x" in one_line(error)
    with pytest.raises(DomainError) as error:
        Formula(p**2, [p], domain={p: (-3, -2)})
    assert "p" in one_line(error)


def test_contradictory_relations_are_one_clear_error():
    formula = Formula(x * y, [x, y], where=[x < y, y < x], name="f")
    with pytest.raises(DomainError) as error:
        verify(formula, profile="quick")
    assert "no point" in one_line(error)


@pytest.mark.parametrize("expr", [log(x), sqrt(x - 1)], ids=["logarithm", "root"])
def test_a_formula_undefined_or_complex_on_its_domain_is_one_clear_error(expr):
    formula = Formula(expr, [x], domain={x: (-5, -1)}, name="f")
    with pytest.raises(InputError) as error:
        verify(formula, profile="quick")
    text = one_line(error)
    assert "undefined or complex" in text
    assert "x = " in text


def test_a_symbol_that_is_no_argument_is_one_clear_error():
    with pytest.raises(InputError) as error:
        Formula(x * y, [x], name="f")
    assert "y" in one_line(error)


def test_an_undefined_function_is_one_clear_error():
    with pytest.raises((InputError, CompileError)) as error:
        derivax.compile(Formula(Function("g")(x), [x], name="f"))
    assert "g" in one_line(error)


def test_a_function_that_is_not_deterministic_is_one_clear_error():
    formula = Formula(sin(x), [x], domain={x: (0, 1)}, name="f")
    noise = random.Random(1)
    with pytest.raises(InputError) as error:
        verify(formula, profile="quick", compiled=lambda x: jnp.sin(x) + 1e-9 * noise.random())
    assert "two different results" in one_line(error)


def test_double_precision_without_x64_is_one_clear_error():
    formula = Formula(sin(x), [x], name="f")
    with jax.enable_x64(False), pytest.raises((InputError, CompileError)) as error:
        derivax.compile(formula, dtype="float64")(0.5)
    assert "jax_enable_x64" in one_line(error)


def test_a_function_of_the_user_is_judged_like_generated_code():
    formula = Formula(exp(-p * q), [p, q], domain={p: (0, 3), q: (0, 3)}, name="f")
    right = verify(formula, profile="quick", compiled=lambda p, q: jnp.exp(-p * q))
    assert right.verdict == "verified"
    assert right.code is None
    wrong = verify(formula, profile="quick", compiled=lambda p, q: jnp.exp(-p * q / 2))
    assert wrong.levels["L1"].outcome is Outcome.REFUTED
    with pytest.raises(InputError, match="no function"):
        verify(formula, compiled=3)


@pytest.mark.parametrize("bad", ["soon", "30 days", "-3s", "", -1, 0, float("nan"), True])
def test_a_budget_that_is_no_time_is_one_clear_error(bad):
    with pytest.raises(InputError) as error:
        Budget(bad)
    assert "budget" in one_line(error)


def test_budgets_are_read_with_their_units():
    assert [Budget(text).seconds for text in ("30s", "2min", "1.5", 7, "1h")] == [
        30, 120, 1.5, 7, 3600,
    ]  # fmt: skip
    assert Budget().seconds == float("inf")


def test_what_did_not_fit_says_so_and_is_listed():
    certificate = verify(Formula(x**2, [x], name="square"), profile="full", budget="0.001s")
    assert list(certificate.levels) == ["L0", "L1", "L2", "L3", "L4"]
    late = [name for name, level in certificate.levels.items() if level.outcome is Outcome.NOT_RUN]
    assert late[-1] == "L4"
    assert "budget" in certificate.levels["L4"].detail
    assert certificate.verdict == "incomplete"


@pytest.mark.parametrize("seed", [-1, 1.5, True, 2**70])
def test_a_seed_that_is_no_whole_number_is_one_clear_error(seed):
    with pytest.raises(InputError, match="seed"):
        verify(Formula(x**2, [x], name="square"), seed=seed)


def test_two_threads_give_the_certificates_of_one():
    formulas = [
        Formula(exp(-p * q) + p, [p, q], domain={p: (0, 3), q: (0, 3)}, name="first"),
        Formula(sin(x) / (2 + x**2), [x], domain={x: (-3, 3)}, name="second"),
    ]

    def content(formula):
        found = verify(formula, profile="quick", seed=4).to_dict()
        return {key: found[key] for key in ("levels", "code", "statement", "verdict")}

    alone = [content(formula) for formula in formulas]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(content, formulas))
    assert together == alone


def test_progress_names_each_level_as_it_ends():
    told = []
    verify(
        Formula(x**2, [x], name="square"),
        profile="quick",
        progress=lambda name, level: told.append((name, str(level.outcome))),
    )
    assert told == [("L0", "not_applicable"), ("L1", "holds")]
