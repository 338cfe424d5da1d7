"""Saved Programs: open and fixed sizes, derivatives, and a process without derivax's algebra."""

from __future__ import annotations

import json
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import derivax
from derivax.errors import CompileError, InputError

NAME = "saxe-linear-networks/singular-modes"
SIZES = {"outputs": 3, "inputs": 4}


@pytest.fixture(scope="module")
def program():
    return derivax.compile(NAME, dtype="float64")


@pytest.fixture(scope="module")
def saved(program, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "modes.jax"
    return derivax.save(program, path, sizes=SIZES)


@pytest.fixture(scope="module")
def given():
    rng = np.random.default_rng(4)
    return (jnp.linspace(0.5, 3.0, 5), jnp.asarray(rng.standard_normal((3, 4))), 1e-2, 1.5)


USE = """
import json, sys
import derivax, jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
f = derivax.load(sys.argv[1])
t, sigma = jnp.asarray(json.loads(sys.argv[2])), jnp.asarray(json.loads(sys.argv[3]))

def total(sigma, u0):
    found = f(t, sigma, u0, tau=1.5)
    return found["u"].sum() + found["s"] @ found["s"]

slope, rate = jax.grad(total, (0, 1))(sigma, 1e-2)
print(json.dumps({
    "u": f(t, sigma, 1e-2, 1.5)["u"].tolist(), "slope": slope.tolist(), "rate": float(rate),
    "algebra": [m for m in sys.modules if m.split(".")[0] in ("sympy", "flint", "mpmath")],
}))
"""


@pytest.mark.slow
def test_a_fresh_process_runs_and_differentiates_it(
    program, saved, given, clean_environment, tmp_path
):
    t, sigma, u0, tau = given
    arrays = [json.dumps(a.tolist()) for a in (t, sigma)]
    run = subprocess.run(
        [sys.executable, "-c", USE, str(saved), *arrays],
        capture_output=True,
        text=True,
        env=clean_environment,
        cwd=tmp_path,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["algebra"] == []
    # the curves from the singular values of another library, by the logistic solution (Saxe, eq. 7)
    s = np.linalg.svd(np.asarray(sigma), compute_uv=False)
    grown = np.exp(2 * np.outer(t, s) / tau)
    exact = s * grown / (grown - 1 + s / u0)
    np.testing.assert_allclose(found["u"], exact, rtol=1e-12)

    def total(sigma, u0):
        result = program(t, sigma, u0, tau)
        return result["u"].sum() + result["s"] @ result["s"]

    slope, rate = jax.grad(total, (0, 1))(sigma, u0)
    np.testing.assert_allclose(found["slope"], slope, rtol=1e-10)
    assert found["rate"] == pytest.approx(float(rate), rel=1e-12)


def test_open_sizes_stay_open_and_fixed_ones_are_held(program, saved, given):
    loaded = derivax.load(saved)
    _, sigma, u0, tau = given
    assert loaded.arg_names == program.arg_names
    times = jnp.linspace(0.0, 9.0, 17)
    np.testing.assert_allclose(
        loaded(times, sigma, u0, tau=tau)["u"], program(times, sigma, u0, tau)["u"], rtol=1e-13
    )
    stretched = jax.vmap(lambda k: loaded(times, k * sigma, u0, tau)["s"])(jnp.array([1.0, 2.0]))
    np.testing.assert_allclose(stretched[1], 2 * stretched[0], rtol=1e-13)
    for wrong in (sigma.T, sigma[0]):
        with pytest.raises(InputError) as caught:
            loaded(times, wrong, u0, tau)
        assert "\n" not in str(caught.value)


def test_sizes_that_would_have_to_be_fixed_are_named(program, tmp_path):
    with pytest.raises(CompileError, match=r'sizes=\{"inputs": 3, "outputs": 3\}') as caught:
        derivax.save(program, tmp_path / "modes.jax")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="'rows'"):
        derivax.save(program, tmp_path / "modes.jax", sizes={"rows": 2})
    with pytest.raises(InputError, match="whole number"):
        derivax.save(program, tmp_path / "modes.jax", sizes={"inputs": 2.5})
    assert list(tmp_path.iterdir()) == []
