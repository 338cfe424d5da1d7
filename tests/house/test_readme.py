"""What the README shows is what happens.

```python    run in order, in one namespace
```pycon     checked as a doctest, in the same namespace
```console   lines `$ derivax ...` are run and their output compared; `$ make X` names a target
             that exists; `...` stands for any text
"""

from __future__ import annotations

import codeop
import contextlib
import doctest
import itertools
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(text: str) -> list[tuple[str, str, int]]:
    """(language, content, line) of the fenced blocks."""
    return [(m[1], m[2], text[: m.start()].count("\n") + 2) for m in FENCE.finditer(text)]


def run_blocks(text: str, where: str, environment: dict[str, str], folder: Path) -> list[str]:
    """What goes wrong when the blocks of a page are run in `folder`."""
    namespace: dict[str, Any] = {"__name__": "__readme__"}
    wrong: list[str] = []
    for language, content, line in blocks(text):
        if language == "python":
            exec(compile("\n" * (line - 1) + content, where, "exec"), namespace)
        elif language == "pycon":
            test = doctest.DocTestParser().get_doctest(
                with_any_output(content), namespace, where, where, line
            )
            report: list[str] = []
            doctest.DocTestRunner(checker=Checker(), optionflags=OPTIONS).run(
                test, out=report.append, clear_globs=False
            )
            namespace.update(test.globs)
            wrong += ["".join(report)] if report else []
        elif language == "console":
            wrong += run_console(content, environment, folder)
    return wrong


ANY = "any output: "


def with_any_output(content: str) -> str:
    """Marks a line `...` below a complete statement: there it is output, and not a continuation."""
    lines = content.splitlines()
    for above, line in itertools.pairwise(range(len(lines))):
        if lines[line].strip() == "..." and lines[above].startswith(">>> "):
            with contextlib.suppress(SyntaxError):
                if codeop.compile_command(lines[above][4:]) is not None:
                    lines[line] = f"{ANY}..."
    return "\n".join(lines) + "\n"


class Checker(doctest.OutputChecker):
    """doctest's comparison, knowing the mark of `with_any_output`."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want.removeprefix(ANY), got, optionflags)


def run_console(content: str, environment: dict[str, str], folder: Path) -> list[str]:
    wrong = []
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = command[:-1] + more
        words = shlex.split(command, comments=True)
        if words[:1] == ["make"]:
            targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            wrong += [f"$ {command}: no such target" for word in words[1:] if word not in targets]
        elif words[:1] == ["derivax"] and words[1:2] != ["demo"]:  # the demo has a test of its own
            done = subprocess.run(
                [sys.executable, "-m", *words],
                capture_output=True,
                text=True,
                env=environment,
                cwd=folder,
                timeout=300,
            )
            got = done.stdout + done.stderr
            if expected.strip() and not doctest.OutputChecker().check_output(
                expected, got, OPTIONS
            ):
                wrong.append(f"$ {command}\nexpected:\n{expected}\ngot:\n{got}")
            if not expected.strip() and done.returncode != 0:
                wrong.append(f"$ {command}\nends with status {done.returncode}:\n{got}")
        elif words and words[0] not in ("git", "cd", "pip", "python", "ls", "cat"):
            wrong.append(f"$ {command}: a command that this test does not know")
    return wrong


PAGES = ["README.md", *sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_the_page_run(
    page: str, clean_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / page).read_text(encoding="utf-8")
    assert run_blocks(text, page, clean_environment, tmp_path) == []


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not re.match(r"[a-z]+:", target):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


WRONG = {
    "pycon": "```pycon\n>>> 2 + 2\n5\n```\n",
    "pycon that uses an earlier block": "```python\nx = 2\n```\n```pycon\n>>> x + 2\n5\n```\n",
    "console": "```console\n$ derivax list --json\nnothing\n```\n",
    "console that fails": "```console\n$ derivax verify no-such-theory/result\n```\n",
    "make": "```console\n$ make coffee\n```\n",
    "other command": "```console\n$ rm -rf x\n```\n",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_wrong_page_is_found(
    text: str, clean_environment: dict[str, str], tmp_path: Path
) -> None:
    assert len(run_blocks(text, "page", clean_environment, tmp_path)) == 1


def test_a_wrong_python_block_is_found(clean_environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run_blocks("```python\nassert 2 + 2 == 5\n```\n", "page", clean_environment, tmp_path)


def test_a_right_page_passes(clean_environment: dict[str, str], tmp_path: Path) -> None:
    text = """
```python
x = 2
```
```pycon
>>> y = x + 2
>>> y
4
>>> print("first\\nsecond")
...
>>> for i in range(2):
...     print(i)
...
0
1
```
```python
assert y == 4
```
```console
$ make demo
$ derivax list saxe-linear-networks/mode
saxe-linear-networks/mode ...
```
"""
    assert run_blocks(text, "page", clean_environment, tmp_path) == []
