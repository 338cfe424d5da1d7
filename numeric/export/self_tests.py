"""The self-tests of exported modules: plain text with $-places.

*Main definitions*: `SELF_TEST` (functions of numbers), `MATRIX_SELF_TEST`, `PROGRAM_SELF_TEST`.

*Implementation notes*: exact values come with the module; float64 is switched on in the self-test's
own process alone.
"""

from __future__ import annotations

from string import Template

__all__ = [
    "ARRAY_ERROR",
    "COMPLEX_TEST",
    "MATRIX_SELF_TEST",
    "NO_SELF_TEST",
    "PROGRAM_SELF_TEST",
    "REAL_TEST",
    "SELF_TEST",
]

# what a self-test needs to know of its numbers
REAL_TEST = {
    "complex": "",
    "given": "jnp.asarray(float(a), dtype)",
    "distance": """\
def _size_and_error(got, exact):
    exact = Fraction(exact)
    return abs(exact), abs(Fraction(got) - exact)""",
}
COMPLEX_TEST = {
    "complex": "; a complex value is a pair",
    "given": """\
jnp.asarray(a, jnp.result_type(dtype, 1j) if isinstance(a, complex) else dtype)""",
    "distance": '''\
def _size_and_error(got, exact):
    """Absolute values, of complex numbers too; the exact value of those is a pair."""
    parts = [Fraction(x) for x in (exact if isinstance(exact, tuple) else (exact,))]
    gaps = [Fraction(x) - y for x, y in zip((got.real, got.imag), parts, strict=False)]
    return tuple(Fraction(abs(complex(*map(float, numbers)))) for numbers in (parts, gaps))''',
}

ARRAY_ERROR = '''\
def _error(got, exact, dtype):
    """The norm of the difference; infinite for another shape or format, or what is not finite."""
    shape, entries, _ = exact
    if got.shape != shape or got.dtype != dtype:
        return float("inf")
    found = [float(x) for x in jnp.ravel(got)]
    if not all(abs(x) < float("inf") for x in found):
        return float("inf")
    known = [Fraction(x) for x in entries]
    return float(sum((Fraction(x) - y) ** 2 for x, y in zip(found, known, strict=True))) ** 0.5'''

PROGRAM_SELF_TEST = Template('''\
# -- self-test: python FILE --self-test --------------------------------------------------------

# (arguments, directions, {name: exact result}, {name: exact derivative along the directions}); a
# result is (shape, entries to $digits digits, scale) of what does not depend on a choice of signs
# or bases, from exact arithmetic at these sizes; the scale: its norm plus sensitivity to rounding
$references

NAMES = tuple(name for name, _ in ARGUMENTS)
KEYS = tuple(REFERENCES[0][2])
# of the scale, for the rounding of intermediate results; derivatives of factorisations divide by
# gaps twice
ALLOWED_ULP = {"values": 96, "derivatives": 512, "gradients": 512}

$compared


$error


def _share(got, exact, dtype):
    """The error in ulp of the scale."""
    scale = exact[2]
    return _error(got, exact, dtype) / (float(jnp.finfo(dtype).eps) * (float(scale) or 1.0))


def _self_test():
    jax.config.update("jax_enable_x64", True)

    def everything(given, along):
        def seen(*given):
            found = _compared(dict(zip(NAMES, given, strict=True)), $name(*given))
            return {key: found[key] for key in KEYS}

        values, slopes = jax.jvp(seen, given, along)
        mixing = {k: jnp.ones_like(v) for k, v in values.items()}
        backward = jax.vjp(seen, *given)[1](mixing)
        pulled = sum(jnp.sum(b * d) for b, d in zip(backward, along, strict=True))
        return values, slopes, pulled

    everything = jax.jit(everything)
    passed = True
    for dtype in $dtypes:
        worst = {"values": 0.0, "derivatives": 0.0, "gradients": 0.0}
        for args, directions, values, slopes in REFERENCES:
            given = tuple(jnp.asarray(a, dtype) for a in args)
            if not slopes:  # the program declares no derivatives
                got = _compared(dict(zip(NAMES, given, strict=True)), $name(*given))
                shares = [_share(got[name], known, dtype) for name, known in values.items()]
                worst["values"] = max(worst["values"], *shares)
                continue
            along = tuple(jnp.asarray(d, dtype) for d in directions)
            got_values, got_slopes, pulled = everything(given, along)
            for kind, got, exact in (
                ("values", got_values, values),
                ("derivatives", got_slopes, slopes),
            ):
                for name, known in exact.items():
                    worst[kind] = max(worst[kind], _share(got[name], known, dtype))
            total = sum(Fraction(x) for known in slopes.values() for x in known[1])
            scale = sum(float(known[2]) for known in slopes.values()) or 1.0
            error = float(abs(Fraction(float(pulled)) - total))
            error /= float(jnp.finfo(dtype).eps) * scale
            worst["gradients"] = max(worst["gradients"], error)
        good = bool(REFERENCES) and all(w <= ALLOWED_ULP[kind] for kind, w in worst.items())
        passed = passed and good
        shown = ", ".join(f"{kind} {w:.2f}" for kind, w in worst.items())
        print(
            f"$name {dtype}: {'pass' if good else 'FAIL'}, {len(REFERENCES)} sets of arrays, "
            f"error in ulp of the scale: {shown}"
        )
    return 0 if passed else 1
''')

SELF_TEST = Template('''\
# -- self-test: python FILE --self-test --------------------------------------------------------

# (arguments, [(exact value, condition number), ...], {(position of an argument, ...): the same of
# the derivative by these arguments}), from ball arithmetic on the formula, to $digits digits; the
# arguments are exact in float32$complex
$references

ALLOWED_ULP = 24  # times (1 + condition number): rounding of intermediate results


def _leaves(result):
    if isinstance(result, dict):
        return [leaf for part in result.values() for leaf in _leaves(part)]
    if isinstance(result, (list, tuple)):
        return [leaf for part in result for leaf in _leaves(part)]
    return list(jnp.ravel(result))


def _derivative(function, position):
    """By one argument; the others are not perturbed."""

    def slope(*given):
        def along(x):
            return function(*given[:position], x, *given[position + 1 :])

        return jax.jvp(along, (given[position],), (jnp.ones_like(given[position]),))[1]

    return slope


$distance


def _ulps(got, exact, dtype):
    """The error in units of the last place of the exact value."""
    if not abs(got) < float("inf"):
        return float("inf")
    bits, lowest = (24, -126) if dtype == "float32" else (53, -1022)
    size, error = _size_and_error(got, exact)
    exponent = lowest
    if size > Fraction(2) ** lowest:
        exponent = size.numerator.bit_length() - size.denominator.bit_length()
        exponent -= size < Fraction(2) ** exponent
    return float(error / Fraction(2) ** (exponent - bits + 1))


def _self_test():
    jax.config.update("jax_enable_x64", True)
    passed = True
    for dtype in $dtypes:
        functions = {(): jax.jit($name)}
        worst, share, counts = 0.0, 0.0, {}
        for args, values, derivatives in REFERENCES:
            given = [$given for a in args]
            for positions, known in {(): values, **derivatives}.items():
                if positions not in functions:
                    function = $name
                    for position in positions:
                        function = _derivative(function, position)
                    functions[positions] = jax.jit(function)
                results = _leaves(functions[positions](*given))
                for got, pair in zip(results, known, strict=True):
                    if pair is None:
                        continue
                    exact, condition = pair
                    size = float(_size_and_error(0.0, exact)[0])
                    if size and not float(jnp.finfo(dtype).tiny) * 8 < size < float(
                        jnp.finfo(dtype).max
                    ):
                        continue  # beyond the range of the format
                    if jnp.finfo(got.dtype).dtype != dtype:
                        passed = False
                        print(f"$name: {got.dtype} for arguments of {dtype}")
                    error = _ulps(got.item(), exact, dtype)
                    worst, share = max(worst, error), max(share, error / (1.0 + float(condition)))
                    counts[len(positions)] = counts.get(len(positions), 0) + 1
        good = share <= ALLOWED_ULP and bool(counts)
        passed = passed and good
        kinds = ("values", "derivatives", "second derivatives", "third derivatives")
        checked = ", ".join(f"{n} {kinds[k]}" for k, n in sorted(counts.items()))
        print(
            f"$name {dtype}: {'pass' if good else 'FAIL'}, {checked or 'nothing was checked'}, "
            f"max error {worst:.2f} ulp ({share:.2f} ulp per unit of condition number)"
        )
    return 0 if passed else 1
''')

MATRIX_SELF_TEST = Template('''\
# -- self-test: python FILE --self-test --------------------------------------------------------

# (arguments, a direction for each, exact results, exact derivatives along the directions); a result
# is (shape, entries to $digits digits, condition number), from exact arithmetic at these sizes
$references

ALLOWED_ULP = 24  # of the norm, times (1 + condition number): rounding of intermediate results


def _leaves(result):
    if isinstance(result, dict):
        return [leaf for part in result.values() for leaf in _leaves(part)]
    if isinstance(result, (list, tuple)):
        return [leaf for part in result for leaf in _leaves(part)]
    return [result]


$error


def _share(got, exact, dtype):
    """The error in ulp of the norm, per unit of condition number."""
    _, entries, condition = exact
    size = float(sum(Fraction(y) ** 2 for y in entries)) ** 0.5
    eps = float(jnp.finfo(dtype).eps)
    scale = eps * size * (1.0 + float(condition)) if size else eps
    return _error(got, exact, dtype) / scale


def _self_test():
    jax.config.update("jax_enable_x64", True)

    def everything(given, along):
        def flat(*given):
            return _leaves($name(*given))

        values, slopes = jax.jvp(flat, given, along)
        mixing = [jnp.ones_like(v) for v in values]
        backward = jax.vjp(flat, *given)[1](mixing)
        return values, slopes, sum(jnp.sum(b * d) for b, d in zip(backward, along, strict=True))

    everything = jax.jit(everything)
    passed = True
    for dtype in $dtypes:
        worst = {"values": 0.0, "derivatives": 0.0, "gradients": 0.0}
        for args, directions, values, slopes in REFERENCES:
            given = tuple(jnp.asarray(a, dtype) for a in args)
            along = tuple(jnp.asarray(d, dtype) for d in directions)
            got_values, got_slopes, pulled = everything(given, along)
            for kind, got, exact in (
                ("values", got_values, values),
                ("derivatives", got_slopes, slopes),
            ):
                for one, known in zip(got, exact, strict=True):
                    worst[kind] = max(worst[kind], _share(one, known, dtype))
            # what the gradient of the sum of all results says of the same direction
            numbers = [Fraction(x) for known in slopes for x in known[1]]
            size = float(sum(abs(x) for x in numbers))
            condition = max(float(known[2]) for known in slopes)
            error = float(abs(Fraction(float(pulled)) - sum(numbers)))
            scale = float(jnp.finfo(dtype).eps) * (1.0 + condition) * (size or 1.0)
            worst["gradients"] = max(worst["gradients"], error / scale)
        good = bool(REFERENCES) and all(w <= ALLOWED_ULP for w in worst.values())
        passed = passed and good
        shown = ", ".join(f"{kind} {w:.2f}" for kind, w in worst.items())
        print(
            f"$name {dtype}: {'pass' if good else 'FAIL'}, {len(REFERENCES)} sets of matrices, "
            f"error in ulp of the norm per unit of condition number: {shown}"
        )
    return 0 if passed else 1
''')

NO_SELF_TEST = Template("""\
# -- self-test: python FILE --self-test --------------------------------------------------------


def _self_test():
    print($reason)
    return 1
""")
