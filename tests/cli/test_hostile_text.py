"""Text from outside: nothing is evaluated, hangs, or escapes into files and terminals."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from derivax.cli import main

HOSTILE = {
    "tower of powers": "9**9**9**9",
    "import": "__import__('os').system('touch pwned')",
    "attribute": "x.__class__",
    "lambda": "(lambda: x)()",
    "comprehension": "[x for x in y]",
    "string": "'x'",
    "nested brackets": "(" * 5000 + "x" + ")" * 5000,
    "many terms": "+".join(["x"] * 200_000),
    "huge integer": "9" * 100_000,
    "huge factorial": "factorial(10**9)",
    "control characters": "x \x1b[31m\x07",
    "newline": "x\ny\nz)",
    "empty": "",
    "blank": "   ",
    "lone surrogate": "x\udcff",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "option", ["--expr", "--equation", "--args", "--set", "--domain", "--where"]
)
def test_hostile_text_is_one_line_at_once(
    option: str,
    text: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    text = {"--equation": f"u'(t) = {text}", "--set": f"x={text}", "--domain": f"x=0:{text}"}.get(
        option, text
    )
    words = ["latex", f"{option}={text}"]
    if option not in ("--expr", "--equation"):
        words.append("--expr=x")
    start = time.perf_counter()
    status = main(words)
    out, err = capsys.readouterr()
    assert time.perf_counter() - start < 5
    assert list(tmp_path.iterdir()) == []
    harmless = option in ("--domain", "--where") and not text.strip()
    assert (status, out) == (2, "") or harmless
    assert err.count("\n") == (0 if harmless else 1)
    assert all(c.isprintable() or c == "\n" for c in err)
    assert "defect" not in err


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b/c", "", "%s", "\x1b[2J", "x" * 10_000])
def test_hostile_names_are_not_in_the_catalogue(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["derive", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert len(err) < 1100
    assert "\x1b" not in err


def test_a_text_that_begins_with_a_sign_is_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["equal", "--", "-x", "-x"]) == 0
    assert "proven" in capsys.readouterr().out
