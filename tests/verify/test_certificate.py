"""Certificates: the verdict follows from the levels, and JSON is read strictly."""

import json
import pickle

import jsonschema
import pytest

from derivax.errors import CertificateError
from derivax.numeric.verify.certificate import (
    Certificate,
    Figure,
    Level,
    content_digest,
    read_certificates,
    source_digest,
    write_certificates,
)
from derivax.numeric.verify.schema import CERTIFICATE, COLLECTION, violation
from derivax.symbolic.exact.outcome import Outcome

HOLDS = Level(Outcome.HOLDS, "sampling", figures={"max_float64": Figure(1.5, "ulp", "measured")})
PROVEN = Level(Outcome.PROVEN, "normal form")
NONE = Level(Outcome.NOT_APPLICABLE, "")


def certificate(profile="standard", **levels):
    source = "def f(x):\n    return x\n"
    return Certificate(
        name="<b>identity</b>",
        statement={"text": "f(x) = x"},
        code={"source": source, "sha256": source_digest(source), "function": "f"},
        environment={"jax": "0"},
        profile=profile,
        levels=levels or {"L0": PROVEN, "L1": HOLDS, "L2": HOLDS, "L4": NONE},
        claim="code = formula",
        assumptions=("u0 < s",),
        created="2026-01-01T00:00:00+00:00",
        seed=0,
    )


def test_all_applicable_levels_established_is_verified():
    assert certificate().verdict == "verified"


@pytest.mark.parametrize(
    "outcome", [Outcome.OPEN, Outcome.NOT_RUN, Outcome.ASSUMED], ids=lambda outcome: str(outcome)
)
def test_one_level_short_of_established_is_incomplete(outcome):
    assert certificate(L0=PROVEN, L1=Level(outcome, ""), L2=HOLDS, L4=HOLDS).verdict == "incomplete"


def test_a_level_missing_from_its_profile_is_incomplete():
    assert certificate(L0=PROVEN, L1=HOLDS).verdict == "incomplete"
    assert certificate("quick", L0=PROVEN, L1=HOLDS).verdict == "verified"


def test_nothing_applicable_is_not_verified():
    assert certificate("quick", L0=NONE, L1=NONE).verdict == "incomplete"


def test_one_refuted_level_refutes_and_gives_its_witness():
    refuted = Level(Outcome.REFUTED, "sampling", witness={"x": 1.0})
    made = certificate(L0=PROVEN, L1=HOLDS, L2=refuted, L4=Level(Outcome.OPEN, ""))
    assert made.verdict == "refuted"
    assert made.witness == {"x": 1.0}


def test_json_round_trip_is_the_same_certificate(tmp_path):
    made = certificate()
    assert Certificate.from_json(made.to_json()) == made
    assert pickle.loads(pickle.dumps(made)) == made
    assert read_certificates(made.save(tmp_path / "one.json")) == (made,)
    both = write_certificates(tmp_path / "two.json", [made, made])
    assert read_certificates(both) == (made, made)


def test_infinite_figures_survive_strict_json():
    figure = Figure(float("inf"), "ulp", "measured")
    made = certificate("quick", L0=PROVEN, L1=Level(Outcome.OPEN, "", figures={"max": figure}))
    text = made.to_json()
    assert "Infinity" not in text
    assert Certificate.from_json(text).levels["L1"].figures["max"].value == float("inf")


def test_a_certificate_cannot_be_changed():
    made = certificate()
    with pytest.raises(AttributeError):
        made.seed = 1
    with pytest.raises(TypeError):
        made.levels["L0"] = HOLDS
    with pytest.raises(TypeError):
        made.statement["text"] = "f(x) = 2*x"


def test_the_schema_is_json_schema_and_both_checkers_agree():
    jsonschema.Draft202012Validator.check_schema(CERTIFICATE)
    validator = jsonschema.Draft202012Validator(CERTIFICATE)
    good = certificate().to_dict()
    assert validator.is_valid(good)
    assert violation(good, CERTIFICATE) is None
    collection = {"schema_version": 1, "certificates": [good]}
    assert jsonschema.Draft202012Validator(COLLECTION).is_valid(collection)
    for spoil in (
        lambda d: d.pop("levels"),
        lambda d: d.update(schema_version=2),
        lambda d: d.update(seed=1.5),
        lambda d: d.update(seed=True),
        lambda d: d.update(extra=1),
        lambda d: d.update(verdict="fine"),
        lambda d: d["levels"].update(L7=d["levels"]["L0"]),
        lambda d: d["levels"]["L0"].update(outcome="true"),
        lambda d: d["levels"]["L1"]["figures"]["max_float64"].update(value="many"),
        lambda d: d["levels"]["L1"]["figures"]["max_float64"].update(kind="guess"),
        lambda d: d["levels"]["L1"]["figures"]["max_float64"].pop("unit"),
        lambda d: d.update(code={"source": "", "sha256": ""}),
        lambda d: d.update(assumptions=[1]),
    ):
        bad = json.loads(certificate().to_json())
        spoil(bad)
        assert not validator.is_valid(bad), bad
        assert violation(bad, CERTIFICATE) is not None, bad


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"schema_version": 1}', '{"a": NaN}', "[" * 100_000]
)
def test_what_is_no_certificate_is_one_clear_error(tmp_path, text):
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(CertificateError) as caught:
        read_certificates(file)
    assert "\n" not in str(caught.value)


def test_a_verdict_that_does_not_follow_from_the_levels_is_refused():
    data = certificate(L0=PROVEN, L1=Level(Outcome.OPEN, ""), L2=HOLDS, L4=HOLDS).to_dict()
    data["verdict"] = "verified"
    data["sha256"] = content_digest(data)
    with pytest.raises(CertificateError, match="levels say incomplete"):
        Certificate.from_dict(data)


def test_missing_and_binary_files_are_one_clear_error(tmp_path):
    with pytest.raises(CertificateError, match="cannot be read"):
        read_certificates(tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CertificateError, match="UTF-8"):
        read_certificates(tmp_path / "bytes")


def test_a_certificate_that_was_changed_after_it_was_written_is_refused():
    data = certificate().to_dict()
    data["created"] = "2026-01-02T00:00:00+00:00"
    with pytest.raises(CertificateError, match="changed after it was written"):
        Certificate.from_dict(data)
    del data["sha256"]
    assert Certificate.from_dict(data).created.startswith("2026-01-02")
    with pytest.raises(CertificateError, match="holds no sha256"):
        Certificate.from_dict(data, sealed=True)


def test_the_digest_is_that_of_the_written_content():
    made = certificate()
    assert Certificate.from_json(made.to_json()).digest == made.digest == made.to_dict()["sha256"]


def test_display_escapes_names():
    from rich.console import Console

    made = certificate()
    assert "<b>" not in made._repr_html_()
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(made)
    assert "<b>identity</b>: verified, code = formula" in console.export_text()
    expected = "verified: code = formula | L0 proven | L1 holds (max_float64 1.5 ulp)"
    assert made.badge.startswith(expected)
