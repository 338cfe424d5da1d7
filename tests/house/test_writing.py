"""A file is written whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from derivax.errors import InputError
from derivax.writing import write_atomically


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_text_and_bytes_arrive_unchanged(tmp_path: Path) -> None:
    assert write_atomically(tmp_path / "a", "τ\r\n").read_bytes() == "τ\r\n".encode()
    assert write_atomically(tmp_path / "a", b"\x00\xff").read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("moment", ["write", "replace"])
def test_an_interrupted_write_leaves_the_old_file(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "certificate.json"
    path.write_text("old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if moment == "write":
        monkeypatch.setattr(os, "fsync", interrupt)
    else:
        monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["certificate.json"]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    contents = {letter * 200_000 for letter in "ab"}
    write_atomically(path, "a" * 200_000)
    done = threading.Event()

    def write() -> None:
        for _ in range(50):
            for content in sorted(contents):
                write_atomically(path, content)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert path.read_text() in contents
    writer.join()


def test_the_mode_of_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old")
    path.chmod(0o640)
    write_atomically(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    write_atomically(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


def test_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    write_atomically("/dev/null", "gone")
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("place", ["no/such/folder/f", ".", "file/below", "x" * 300])
def test_a_place_that_cannot_be_written_is_one_clear_error(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as caught:
        write_atomically(tmp_path / place, "text")
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["file"]
