"""Saved functions: called, mapped and differentiated in a process without derivax's algebra."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import jax
import jax.export
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from sympy import Determinant, Matrix, MatrixSymbol, Piecewise, Symbol, Trace, exp, pi, symbols

import derivax
from derivax.errors import CompileError, InputError, MissingExtra, PrecisionError
from derivax.numeric.storage import artifact
from derivax.symbolic.formula import Formula

t, s = symbols("t s", positive=True)
SATURATION = Formula(
    (1 - exp(-s * t)) / s, [t, s], name="saturation", title="Saturating growth", source="a test"
)
n, m = symbols("n m", integer=True, positive=True)
A, B = MatrixSymbol("A", n, m), MatrixSymbol("B", n, n)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return derivax.save(SATURATION, tmp_path_factory.mktemp("saved") / "saturation.jax")


@pytest.fixture(scope="module")
def loaded(saved):
    return derivax.load(saved)


USE = """
import json, sys
import derivax, jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
f = derivax.load(sys.argv[1])
found = {
    "value": float(f(1e-3, 1e-4)),
    "slope": float(jax.grad(f, 1)(1e-3, 1e-4)),
    "hessian": jnp.asarray(jax.hessian(f, (0, 1))(1e-3, 1e-4)).tolist(),
    "single": str(f(jnp.float32(1), s=jnp.ones((2, 3), "float32")).dtype),
    "shape": list(f(jnp.ones((4, 1)), jnp.ones(5)).shape),
    "algebra": [m for m in sys.modules if m.split(".")[0] in ("sympy", "flint", "mpmath")
                or m.startswith(("derivax.symbolic", "derivax.numeric.codegen"))],
}
print(json.dumps(found))
"""


def test_a_fresh_process_calls_and_differentiates_it_without_algebra(
    saved, clean_environment, tmp_path
):
    run = subprocess.run(
        [sys.executable, "-c", USE, str(saved)],
        capture_output=True,
        text=True,
        env=clean_environment,
        cwd=tmp_path,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["algebra"] == []
    assert found["single"] == "float32"
    assert found["shape"] == [4, 5]
    with mpmath.workdps(50):

        def f(x, y):
            return (1 - mpmath.exp(-x * y)) / y

        at = (mpmath.mpf(1e-3), mpmath.mpf(1e-4))
        exact = {k: mpmath.diff(f, at, k) for k in ((0, 0), (0, 1), (2, 0), (1, 1), (0, 2))}
    assert found["value"] == pytest.approx(float(exact[0, 0]), rel=1e-15)
    assert found["slope"] == pytest.approx(float(exact[0, 1]), rel=2e-15)
    # differentiated code would have lost nearly all digits here
    for i, row in enumerate(found["hessian"]):
        for j, value in enumerate(row):
            key = (2 - i - j, i + j)
            assert value == pytest.approx(float(exact[key]), rel=4e-15)


def test_it_is_the_compiled_formula_in_every_mode(loaded):
    f = derivax.compile(SATURATION)
    x = (jnp.linspace(0.1, 2, 3), 0.7)
    np.testing.assert_allclose(loaded(*x), f(*x), rtol=1e-15)
    assert float(loaded(1, s=2)) == float(f(1, s=2))
    mapped = jax.vmap(jax.grad(loaded), (0, None))(*x)
    np.testing.assert_allclose(mapped, jax.vmap(jax.grad(f), (0, None))(*x), rtol=1e-14)
    forward = jax.jvp(lambda a: loaded(a, 0.7), (1.0,), (2.0,))
    np.testing.assert_allclose(forward, jax.jvp(lambda a: f(a, 0.7), (1.0,), (2.0,)), rtol=1e-14)
    both = jax.jit(jax.jacrev(jax.jacrev(loaded)))(1.0, 0.7)
    np.testing.assert_allclose(both, jax.hessian(f)(1.0, 0.7), rtol=1e-14)
    assert loaded(jnp.zeros((0, 3)), 1.0).shape == (0, 3)


def test_it_says_what_it_is(loaded, saved):
    assert (loaded.name, loaded.arg_names) == ("saturation", ("t", "s"))
    assert str(loaded.signature) == "(t, s)"
    assert (loaded.title, loaded.source) == ("Saturating growth", "a test")
    assert loaded.platforms == ("cpu", "cuda")
    assert Formula.from_json(loaded.formula_term) == SATURATION
    assert len(loaded.digest) == 64


def test_jax_alone_reads_the_parts_with_their_reverse_mode_twice(saved):
    with zipfile.ZipFile(saved) as archive:
        data = archive.read("float64/values")
    exported = jax.export.deserialize(bytearray(data))
    assert exported.platforms == ("cpu", "cuda")
    assert str(exported.in_avals[0].shape) == "(batch,)"
    slope = exported.vjp().vjp()
    assert len(slope.in_avals) == 5


def test_wrong_calls_are_one_clear_line(loaded):
    for call in (
        lambda: loaded(1.0),
        lambda: loaded(1.0, 2.0, 3.0),
        lambda: loaded(1.0, x=2.0),
        lambda: loaded(jnp.ones(2), jnp.ones(3)),
        lambda: loaded(1j, 1.0),
        lambda: loaded(jnp.ones(2, "float16"), jnp.float16(1)),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_matrices_of_any_size_are_saved_with_their_reverse_mode(tmp_path):
    formula = Formula({"x": B.I * A * t, "y": Trace(A * A.T)}, [A, B, t], name="both")
    f = derivax.compile(formula)
    g = derivax.load(derivax.save(f, tmp_path / "both.jax"))
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((4, 2, 3)), np.eye(2) + 0.1 * rng.standard_normal((2, 2))
    for key, value in f(a, b, 0.5).items():
        np.testing.assert_allclose(g(a, b, 0.5)[key], value, rtol=1e-13)

    def total(function):
        return lambda b: function(a[0], b, 0.5)["x"].sum()

    np.testing.assert_allclose(jax.grad(total(g))(b), jax.grad(total(f))(b), rtol=1e-12)
    np.testing.assert_allclose(
        jax.jacrev(jax.jacrev(total(g)))(b), jax.hessian(total(f))(b), rtol=1e-11
    )
    with pytest.raises(InputError, match="n is 2, not 3"):
        g(a, np.eye(3), 1.0)


def test_structured_and_constant_results_come_back_in_their_shape(tmp_path):
    x = Symbol("x", real=True)
    many = {"a": Matrix([[x, 1], [2, x**2]]), "b": (Piecewise((x, x > 0), (0, True)), 3)}
    g = derivax.load(derivax.save(Formula(many, [x], name="many"), tmp_path / "many.jax"))
    found = g(jnp.array([-1.0, 2.0]))
    np.testing.assert_array_equal(found["a"][1], [[2, 1], [2, 4]])
    assert isinstance(found["b"], tuple)
    np.testing.assert_array_equal(found["b"][0], [0, 2])
    constant = derivax.load(derivax.save(Formula(2 * pi, [], name="turn"), tmp_path / "turn.jax"))
    assert float(constant()) == 2 * np.pi


def test_a_format_that_was_fixed_stays_fixed(tmp_path):
    f = derivax.compile(Formula(s * t, [t, s], name="f"), dtype="float64")
    g = derivax.load(derivax.save(f, tmp_path / "f.jax"))
    assert g(jnp.float32(1), 2).dtype == "float64"
    with jax.enable_x64(False), pytest.raises(PrecisionError, match="jax_enable_x64"):
        g(1.0, 2.0)


def test_what_cannot_be_exported_is_named(tmp_path):
    formula = Formula(t * Determinant(B) + 1, [B, t], name="volume")
    with pytest.raises(CompileError, match="Determinant in volume") as caught:
        derivax.save(formula, tmp_path / "volume.jax")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_without_flatbuffers_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "flatbuffers", None)
    with pytest.raises(MissingExtra, match=r"derivax\[save\]"):
        derivax.save(SATURATION, tmp_path / "f.jax")
    with pytest.raises(MissingExtra, match=r"derivax\[save\]"):
        derivax.load(tmp_path / "f.jax")


# --- files that are none -----------------------------------------------------------------------


def rewritten(saved, path, change):
    """The archive with its members changed, digests and all."""
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head = json.loads(parts.pop("derivax.json"))
    change(head, parts)
    head.pop("members", None)
    artifact.write(path, head, parts)


def garbage(head, parts):
    parts["float64/values"] = b"StableHLO" * 100


HEADS = {
    "another format": lambda head, parts: head.update(format="pickle"),
    "a later version": lambda head, parts: head.update(version=99),
    "no layout": lambda head, parts: head.pop("layout"),
    "a layout that is none": lambda head, parts: head.update(layout=5),
    "names that are none": lambda head, parts: head.update(arguments=[{"name": 1}]),
    "fewer arguments": lambda head, parts: head.update(arguments=head["arguments"][:1]),
    "a format of numbers that is none": lambda head, parts: head.update(dtype="int8"),
    "a part that is no StableHLO": garbage,
    "half of a part": lambda head, parts: parts.update(
        {"float32/values": parts["float32/values"][:1000]}
    ),
    "no parts": lambda head, parts: parts.clear(),
}


@pytest.mark.parametrize("change", HEADS.values(), ids=HEADS)
def test_an_unusable_file_is_one_clear_line(change, saved, tmp_path):
    path = tmp_path / "f.jax"
    rewritten(saved, path, change)
    with pytest.raises(InputError) as caught:
        derivax.load(path)(1.0, 2.0)
    assert "\n" not in str(caught.value)


BYTES = {
    "nothing": lambda data: b"",
    "text": lambda data: b"saturation",
    "half": lambda data: data[: len(data) // 2],
    "a flipped bit": lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:],
    "an empty archive": lambda data: b"PK\x05\x06" + bytes(18),
}


@pytest.mark.parametrize("change", BYTES.values(), ids=BYTES)
def test_damaged_bytes_are_one_clear_line(change, saved, tmp_path):
    path = tmp_path / "f.jax"
    path.write_bytes(change(saved.read_bytes()))
    with pytest.raises(InputError) as caught:
        derivax.load(path)
    assert "\n" not in str(caught.value)


def test_a_compressed_archive_is_refused_before_it_unfolds(saved, tmp_path):
    path = tmp_path / "bomb.jax"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("derivax.json", b"0" * 10**8)
    with pytest.raises(InputError, match="compressed"):
        derivax.load(path)


def test_calls_of_foreign_code_are_refused(tmp_path, saved):
    def plain(x, y):
        return (jax.ffi.ffi_call("run_anything", jax.ShapeDtypeStruct(x.shape, x.dtype))(x, y),)

    check = jax.export.DisabledSafetyCheck.custom_call("run_anything")
    exported = jax.export.export(jax.jit(plain), disabled_checks=[check])(jnp.ones(3), jnp.ones(3))
    data = bytes(exported.serialize())

    def change(head, parts):
        parts.update(dict.fromkeys(parts, data))

    rewritten(saved, tmp_path / "f.jax", change)
    with pytest.raises(InputError, match="foreign code"):
        derivax.load(tmp_path / "f.jax")
