"""A recheck uses nothing that generates code, and repeats what is of the catalogue."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from sympy import Symbol, exp, lambdify

import derivax
from derivax.cli import main
from derivax.errors import CertificateError, InputError
from derivax.numeric.verify import recheck, verify
from derivax.numeric.verify.certificate import content_digest
from derivax.numeric.verify.signature import sign
from derivax.symbolic.formula import Formula

x = Symbol("x", positive=True)
HALF_TIME = "saxe-linear-networks/half-time"
# of the room of the generator, only the definition of the language that it writes
ALLOWED = {"derivax.numeric.codegen", "derivax.numeric.codegen.emit"}


@pytest.fixture(scope="module")
def certified():
    return verify(Formula(x * exp(-x), [x], name="certified"), profile="quick")


def test_a_recheck_loads_nothing_of_the_generator_but_its_language(
    certified, tmp_path, clean_environment
):
    path = certified.save(tmp_path / "c.json")
    program = (
        "import json, sys, jax\njax.config.update('jax_enable_x64', True)\n"
        "from derivax.numeric.verify.rechecking import recheck\n"
        f"assert recheck({str(path)!r})[0].verdict == 'verified'\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=clean_environment,
        cwd=tmp_path,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    loaded = json.loads(run.stdout.splitlines()[-1])
    assert {m for m in loaded if m.startswith("derivax.numeric.codegen")} <= ALLOWED
    assert not [m for m in loaded if m.startswith("derivax.numeric.programs")]


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    return derivax.verify(HALF_TIME).save(tmp_path_factory.mktemp("named") / "half.json")


@pytest.mark.slow
def test_full_derives_and_simulates_a_named_result_again(named):
    (again,) = derivax.recheck(named, full=True)
    assert again.verdict == "verified", again
    assert again.levels["L4"].method.endswith("simulated again")


@pytest.mark.slow
def test_full_finds_steps_and_measurements_that_were_forged(named, tmp_path):
    data = json.loads(named.read_text())
    record = data["levels"]["L4"]["evidence"]["comparisons"][0]
    for key in ("measured", "predicted", "allowed"):
        record[key] = [(1.01 * float.fromhex(number)).hex() for number in record[key]]
    data["statement"]["steps"][-1]["rule"] = "theorem"
    data["sha256"] = content_digest(data)
    path = tmp_path / "forged.json"
    path.write_text(json.dumps(data))
    (again,) = derivax.recheck(path, full=True)
    assert again.verdict == "refuted"
    assert "is not that of the derivation" in again.levels["L0"].detail


def test_full_refuses_what_it_cannot_repeat(certified, tmp_path, capsys):
    path = certified.save(tmp_path / "c.json")
    with pytest.raises(InputError, match="nothing can be derived or simulated again"):
        recheck(path, full=True)
    assert main(["recheck", str(path), "--full"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# --- signatures --------------------------------------------------------------------------------


@pytest.fixture
def keys(tmp_path):
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    formats = {
        "pem": (Encoding.PEM, PrivateFormat.PKCS8, PublicFormat.SubjectPublicKeyInfo),
        "ssh": (Encoding.PEM, PrivateFormat.OpenSSH, PublicFormat.OpenSSH),
    }
    found = {}
    for name, (encoding, private, public) in formats.items():
        secret, open_ = tmp_path / f"{name}.key", tmp_path / f"{name}.pub"
        secret.write_bytes(key.private_bytes(encoding, private, NoEncryption()))
        public_encoding = Encoding.OpenSSH if name == "ssh" else Encoding.PEM
        open_.write_bytes(key.public_key().public_bytes(public_encoding, public))
        found[name] = (secret, open_)
    return found


@pytest.mark.parametrize("kind", ["pem", "ssh"])
def test_a_signed_certificate_passes_and_a_changed_or_foreign_one_does_not(
    kind, certified, keys, tmp_path, capsys
):
    secret, public = keys[kind]
    path = certified.save(tmp_path / "c.json")
    assert main(["sign", str(path), "--key", str(secret)]) == 0
    assert main(["recheck", str(path), "--public-key", str(public)]) == 0
    capsys.readouterr()
    # a certificate that is good in itself, but not the one that was signed
    other = verify(Formula(x * exp(-2 * x), [x], name="certified"), profile="quick")
    other.save(path)
    assert main(["recheck", str(path)]) == 0
    capsys.readouterr()
    assert main(["recheck", str(path), "--public-key", str(public)]) == 2
    assert "is not by" in capsys.readouterr().err


def test_what_is_no_key_or_no_signature_is_one_clear_line(certified, keys, tmp_path):
    path = certified.save(tmp_path / "c.json")
    _, public = keys["pem"]
    (tmp_path / "c.json.sig").write_text("not base64!")
    with pytest.raises(CertificateError, match="not a signature in base64"):
        recheck(path, public_key=public)
    with pytest.raises(InputError, match="is no public key"):
        recheck(path, public_key=path)
    with pytest.raises(InputError, match="worth nothing without a key"):
        recheck(path, signature=tmp_path / "c.json.sig")
    with pytest.raises(InputError, match="is no private key"):
        sign(path, public)


def test_a_certificate_says_nothing_that_lambdify_would_not_confirm(certified):
    """The stored worst points, judged by mpmath instead of Arb."""
    import mpmath

    f = lambdify([x], x * exp(-x), "mpmath")
    with mpmath.workdps(40):
        for row in certified.levels["L1"].evidence["float64"]["worst"]:
            exact = f(mpmath.mpf(float.fromhex(row["at"]["x"])))
            assert float(exact) == float.fromhex(row["exact"])
