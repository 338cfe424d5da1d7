"""The digits that ship are those of the source, and SOURCES.md says how they were made."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from derivax import data, errors

FOLDER = Path(data.__file__).parent
SOURCES = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")


def test_class_counts_are_those_of_the_uci_page() -> None:
    """UCI Machine Learning Repository, Optical Recognition of Handwritten Digits, testing set."""
    images, labels = data.digits()
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert images.shape == (1797, 64)
    assert (int(images.min()), int(images.max())) == (0, 16)


def test_three_pixels_are_constant() -> None:
    """The centred images have rank 61 (theory card saxe-linear-networks, section 7)."""
    images = data.digits().images.astype(np.float64)
    assert np.count_nonzero(np.ptp(images, axis=0) == 0) == 3
    assert np.linalg.matrix_rank(images - images.mean(axis=0)) == 61


def test_the_script_in_the_sources_makes_the_shipped_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", SOURCES, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(script, "data/SOURCES.md", "exec"), {})
    with np.load(tmp_path / "digits.npz") as made:
        images, labels = data.digits()
        assert np.array_equal(made["images"], images)
        assert np.array_equal(made["labels"], labels)


def test_the_sources_record_the_checksums_of_the_files() -> None:
    for file in FOLDER.glob("*.npz"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in SOURCES
        assert f"## {file.name}" in SOURCES
    images, labels = data.digits()
    assert hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest() in SOURCES


def test_a_changed_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_DIGITS_SHA256", "0" * 64)
    with pytest.raises(errors.InputError, match="sha256"):
        data.digits()


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(errors.UnknownName, match="did you mean 'digits'"):
        data.load("digit")
    with pytest.raises(errors.UnknownName, match="did you mean 'digits'"):
        data.digit  # noqa: B018
    assert not hasattr(data, "karate")
    assert "digits" in data.names()
