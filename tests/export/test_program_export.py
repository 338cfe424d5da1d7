"""Exported Programs: a scan of matrices around a kernel, with jax alone."""

from __future__ import annotations

import json
import runpy
import sys

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from flint import arb
from sympy import symbols, tanh

from derivax.errors import CertificateError
from derivax.numeric.codegen import compile_formula
from derivax.numeric.export import export, module_text
from derivax.numeric.programs import Array, ArrayCode, Program
from derivax.numeric.verify import recheck, verify
from derivax.numeric.verify.certificate import content_digest, source_digest
from derivax.symbolic.formula import Formula

ARRAY_CODE = '''
"""A recurrent network: x_{k+1} = gain * phi(W x_k)."""

import jax.numpy as jnp
from jax import lax


def network_states(activation, W, start, gain, steps):
    """All states of the network, one row per step."""

    def advance(state, step):
        following = activation(gain, jnp.matmul(W, state, precision="highest")) * step
        return following, following

    last, states = lax.scan(advance, start, steps)
    return states, last
'''

g, z = symbols("g z", real=True)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("array-code")
    package = folder / "array_code_of_tests"
    package.mkdir()
    (package / "__init__.py").write_text('"""Array code of a test."""\n')
    (package / "network.py").write_text(ARRAY_CODE)
    sys.path.insert(0, str(folder))
    activation = compile_formula(Formula(g * tanh(z), [g, z], name="activation"))
    yield Program(
        name="recurrent_states",
        title="States of a recurrent network",
        citation="a test",
        arguments=(
            Array("W", ("n", "n"), "weights"),
            Array("start", ("n",), "first state"),
            Array("gain", (), "gain of every unit"),
            Array("steps", ("k",), "which units of time count"),
        ),
        results=(Array("states", ("k", "n"), "all states"), Array("last", ("n",), "the last")),
        kernels={"activation": activation},
        array_code=ArrayCode("array_code_of_tests.network", "network_states"),
        derivations=(),
        reference=in_balls,
        cases=instances,
        derivatives=2,
    )
    sys.path.remove(str(folder))


def in_balls(values, bits):
    """The recursion in ball arithmetic, by hand."""
    state, states = list(values["start"]), []
    for step in values["steps"]:
        sums = [sum((w * x for w, x in zip(row, state)), arb(0)) for row in values["W"]]
        state = [values["gain"].item() * x.tanh() * step for x in sums]
        states.append(state)
    return {"states": np.array(states), "last": np.array(state)}


def instances(rng):
    for n, k in ((1, 2), (2, 3), (3, 1)):
        yield (
            f"{n}, {k}",
            {
                "W": rng.standard_normal((n, n)),
                "start": rng.standard_normal(n),
                "gain": np.asarray(1.25),
                "steps": np.ones(k),
            },
        )


@pytest.fixture(scope="module")
def exported(program, tmp_path_factory):
    return export(program, tmp_path_factory.mktemp("program") / "recurrent.py")


def test_a_scan_of_matrices_tests_itself_with_jax_alone(exported, run_alone):
    result = run_alone(exported, "--self-test")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "recurrent_states float32: pass" in result.stdout
    assert "recurrent_states float64: pass, 2 sets of arrays" in result.stdout


@pytest.mark.slow
def test_a_planted_error_in_a_kernel_or_a_derivative_is_noticed(exported, run_alone):
    text = exported.read_text()
    wrong = exported.with_name("wrong.py")
    slope = text.index("def activation_by_z(")
    place = text.index("return ", slope) + len("return ")
    wrong.write_text(text[:place] + "1.001 * " + text[place:])
    result = run_alone(wrong, "--self-test")
    assert result.returncode == 1
    assert "FAIL" in result.stdout


def test_the_module_says_shapes_meaning_and_kernels(exported):
    text = exported.read_text()
    for words in (
        "W[n, n]: weights",
        "states[k, n]: all states",
        "Kernel activation: activation(g, z) = g*tanh(z)",
        "Certificate: unverified",
        "right up to order 2",
    ):
        assert words in text


def test_the_module_is_the_program_with_its_derivatives_and_shapes(exported, program):
    run = runpy.run_path(str(exported))["recurrent_states"]
    with jax.enable_x64(True):
        given = {k: jnp.asarray(v) for k, v in next(instances(np.random.default_rng(3)))[1].items()}
        for name, value in program(**given).items():
            np.testing.assert_allclose(run(**given)[name], value, rtol=1e-15)

        def last(gain):
            return run(given["W"], given["start"], gain, given["steps"])["last"].sum()

        w, x = (mpmath.mpf(float(given[k].ravel()[0])) for k in ("W", "start"))

        def exactly(g):
            return g * mpmath.tanh(w * g * mpmath.tanh(w * x))

        with mpmath.workdps(50):
            exact = float(mpmath.diff(exactly, mpmath.mpf(1.25), 2))
        assert float(jax.grad(jax.grad(last))(1.25)) == pytest.approx(exact, rel=1e-13)
        with pytest.raises(ValueError, match="right up to order 2"):
            jax.grad(jax.grad(jax.grad(last)))(1.25)
    with pytest.raises(ValueError, match="n is 1, not 2"):
        run(given["W"], jnp.ones(2), 1.0, given["steps"])


def test_text_is_the_same_every_time(program, exported):
    assert module_text(program) == exported.read_text()


# --- certificates of Programs --------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(program):
    return verify(program, profile="quick")


def written(data, path):
    data["sha256"] = content_digest(data)
    path.write_text(json.dumps(data))
    return path


def test_a_certificate_of_a_program_is_rechecked(certificate, tmp_path):
    assert certificate.levels["L1"].outcome.established, certificate
    (again,) = recheck(certificate.save(tmp_path / "c.json"))
    assert again.levels["L1"].outcome.established, again.levels["L1"]
    assert "rechecked on its cases" in again.levels["L1"].method


def kernel_of_another_formula(data):
    other = Formula(2 * g * tanh(z), [g, z], name="activation")
    data["statement"]["kernels"]["activation"] = other.to_json()


def changed_array_code(data):
    source = data["code"]["source"].replace("activation(gain, ", "activation(2.0 * gain, ")
    assert source != data["code"]["source"]
    data["code"].update(source=source, sha256=source_digest(source))


def changed_result(data):
    case = data["levels"]["L1"]["evidence"]["cases"][-1]
    numbers = case["results"]["last"]["values"]
    numbers[0] = (float.fromhex(numbers[0]) * 1.01).hex()


@pytest.mark.parametrize(
    "change",
    [
        kernel_of_another_formula,
        pytest.param(changed_array_code, marks=pytest.mark.slow),
        pytest.param(changed_result, marks=pytest.mark.slow),
    ],
)
def test_a_tampered_certificate_of_a_program_is_caught(change, certificate, tmp_path):
    data = certificate.to_dict()
    change(data)
    (again,) = recheck(written(data, tmp_path / "c.json"))
    assert again.levels["L1"].outcome.value == "refuted"


def test_cases_of_no_shape_are_refused_with_one_line(certificate, tmp_path):
    data = certificate.to_dict()
    data["levels"]["L1"]["evidence"]["cases"][0]["arguments"]["W"]["shape"] = [10**9, 10**9]
    with pytest.raises(CertificateError, match="no usable shape"):
        recheck(written(data, tmp_path / "c.json"))


@pytest.mark.slow
def test_the_singular_modes_of_the_catalogue_test_themselves_with_jax_alone(tmp_path, run_alone):
    from derivax.numeric.programs.deep_linear_networks import singular_modes

    path = export(singular_modes(), tmp_path / "singular_modes.py")
    result = run_alone(path, "--self-test")
    assert result.returncode == 0, result.stdout + result.stderr
