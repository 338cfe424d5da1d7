"""Generated code stays in its closed language; anything else is refused before it runs."""

from __future__ import annotations

import pytest

from derivax.errors import CompileError
from derivax.numeric.codegen import support
from derivax.numeric.codegen.emit import HEADER, check_source, load

BODY = "def f(x):\n    return {}\n"


@pytest.mark.parametrize(
    "expression",
    [
        "x.__class__",
        "x.at",
        "jnp.save(x)",
        "jax.devices()",
        "__import__('os')",
        "open('f')",
        "(lambda y: y)(x)",
        "[k for k in x]",
        "x[0]",
        "x.shape[x]",
        "'text'",
        "f'{x}'",
        "x if x else x",
        "x and x",
        "x ** x",
        "1e999",
        "jnp.sum(*x)",
        "jnp.sum(x, where=x)",
        "y",
        "(y := x)",
        "print",
        "1 < x < 2",
        "x is None",
        "lax.fori_loop.__globals__",
        "jnp.linalg",
    ],
)
def test_an_expression_outside_the_language_is_refused(expression):
    with pytest.raises(CompileError):
        check_source(BODY.format(expression))


@pytest.mark.parametrize(
    "module",
    [
        "import os\n",
        "from jax import lax as lax2\n",
        "x = 1\n",
        "class A: pass\n",
        "f()\n",
        "def f(x=1):\n    return x\n",
        "def f(*x):\n    return x\n",
        "def f(x: int):\n    return x\n",
        "@jnp.abs\ndef f(x):\n    return x\n",
        "def f(x):\n    global y\n    return x\n",
        "def f(x):\n    while x:\n        x = 1\n    return x\n",
        "def f(x):\n    x.y = 1\n    return x\n",
        "def f(x):\n    x += 1\n    return x\n",
        "def f(x):\n    pass\n",
        "def f(jnp):\n    return jnp\n",
        "def __f(x):\n    return x\n",
        "def f(x):\n    return x\n    y = x\n    return y\n",
        "def f(x:\n",
    ],
)
def test_a_statement_outside_the_language_is_refused(module):
    with pytest.raises(CompileError):
        check_source(module)


def test_nothing_runs_before_the_whole_text_is_accepted(tmp_path):
    witness = tmp_path / "ran"
    text = f"def f(x):\n    return x\n\n\nopen({str(witness)!r}, 'w')\n"
    with pytest.raises(CompileError):
        load(text)
    assert not witness.exists()


def test_every_support_function_is_in_the_language():
    text = HEADER + "\n\n" + support.source(support.names())
    functions = load(text)
    assert support.names() <= functions.keys()


def test_names_that_people_give_to_arguments_are_free():
    likely = "distance times growth hidden split over above below size width mean rate time scale "
    likely += "shift weight mode length summed turned longest gaussian state value start end"
    assert not set(likely.split()) & support.names()
