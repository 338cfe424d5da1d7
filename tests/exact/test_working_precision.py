"""The precision of flint and mpmath is set inside one lock, and always put back."""

from __future__ import annotations

import threading

import flint
import mpmath
import pytest

from derivax.errors import InputError
from derivax.symbolic.exact.precision import working_precision


def test_precision_is_set_in_both_libraries_and_restored() -> None:
    before = flint.ctx.prec, mpmath.mp.prec
    with working_precision(300):
        assert (flint.ctx.prec, mpmath.mp.prec) == (300, 300)
        with working_precision(1000):
            assert flint.ctx.prec == 1000
        assert flint.ctx.prec == 300
    assert (flint.ctx.prec, mpmath.mp.prec) == before


def test_precision_is_restored_after_an_error() -> None:
    before = flint.ctx.prec
    with pytest.raises(ZeroDivisionError), working_precision(500):
        raise ZeroDivisionError
    assert flint.ctx.prec == before


def test_threads_do_not_see_each_other() -> None:
    seen: list[tuple[int, int]] = []

    def compute(bits: int) -> None:
        for _ in range(50):
            with working_precision(bits):
                seen.append((bits, flint.ctx.prec))

    threads = [threading.Thread(target=compute, args=(bits,)) for bits in (64, 128, 256, 512)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 200
    assert all(asked == found for asked, found in seen)


@pytest.mark.parametrize("bits", [0, 1, -5, 2.5, True, 2**40])
def test_impossible_precisions_are_refused(bits: object) -> None:
    with pytest.raises(InputError, match="bits"), working_precision(bits):  # type: ignore[arg-type]
        pass
