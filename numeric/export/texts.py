"""The fixed parts of an exported module: plain text with $-places, and what each part is for.

*Main definitions*: `HEAD`, `RULES`, `FORMULA`, `SELF_TEST`, `MATRIX_SELF_TEST`, `MAIN`.

*Implementation notes*: this is the text of other people's files, written as they will read it; it
imports nothing but jax and the standard library, and never sets float64 except in the self-test's
own process.
"""

from __future__ import annotations

from string import Template

__all__ = [
    "FORMULA",
    "HEAD",
    "MAIN",
    "MATRIX_SELF_TEST",
    "NO_SELF_TEST",
    "PROGRAM",
    "PROGRAM_SELF_TEST",
    "RULES",
    "SELF_TEST",
]

HEAD = Template('''\
r"""$doc
"""

import argparse
import sys
from fractions import Fraction

import jax
import jax.numpy as jnp
from jax import lax


$body
''')

RULES = Template('''\
# -- derivatives: the functions above, differentiated by each other --------------------------------


def _with_partials(function, *partials):
    """The function with these partial derivatives; only those of perturbed arguments are used."""

    @jax.custom_jvp
    def ruled(*args):
        results = function(*args)
        shape = jnp.broadcast_shapes(*(jnp.shape(a) for a in args))
        dtype = jnp.result_type(*args)

        def whole(r):
            return jnp.broadcast_to(lax.convert_element_type(r, dtype), shape)

        return tuple(map(whole, results)) if isinstance(results, tuple) else whole(results)

    def rule(primals, tangents):
        values = ruled(*primals)
        single = not isinstance(values, tuple)
        dots = [jnp.zeros_like(v) for v in ((values,) if single else values)]
        for partial, tangent in zip(partials, tangents, strict=True):
            if partial is None or isinstance(tangent, jax.custom_derivatives.SymbolicZero):
                continue
            slopes = partial(*primals)
            for k, slope in enumerate((slopes,) if single else slopes):
                if not (isinstance(slope, float) and slope == 0.0):
                    dots[k] = dots[k] + slope * tangent
        return values, dots[0] if single else tuple(dots)

    ruled.defjvp(rule, symbolic_zeros=True)
    return ruled


$lines
''')

FORMULA = Template('''\
# -- the function ----------------------------------------------------------------------------------


def _floating(given, dtype):
    """The arguments as arrays of one floating format: theirs, or the one the module is made for."""
    if dtype == "float64" and not jax.config.jax_enable_x64:
        raise ValueError('float64: call jax.config.update("jax_enable_x64", True) first')
    if dtype is None:
        dtype = jnp.result_type(*given) if given else jnp.result_type(float)
        if not jnp.issubdtype(dtype, jnp.floating):
            dtype = jnp.result_type(float)
    return tuple(lax.convert_element_type(x, dtype) for x in given)


$shapes


def $name($args):
    """$summary"""
    given = _floating(($call), $dtype)$check
    values = $values(*given)
    return $result
''')

PROGRAM = Template('''\
# -- the function ----------------------------------------------------------------------------------

ARGUMENTS = $forms  # name, sizes: numbers or names


def _floating(given, dtype):
    """The arguments as arrays of one floating format: theirs, or the one the module is made for."""
    if dtype == "float64" and not jax.config.jax_enable_x64:
        raise ValueError('float64: call jax.config.update("jax_enable_x64", True) first')
    if dtype is None:
        strong = [x for x in given if hasattr(x, "dtype")]
        dtype = jnp.result_type(*(strong or given))
        if not jnp.issubdtype(dtype, jnp.floating):
            dtype = jnp.result_type(float)
    return tuple(lax.convert_element_type(jnp.asarray(x), dtype) for x in given)


def _check_shapes(given):
    """Refuse arrays whose sizes contradict each other."""
    sizes = {}
    for value, (name, form) in zip(given, ARGUMENTS, strict=True):
        if value.ndim != len(form):
            raise ValueError(f"{name} of shape {value.shape}: {len(form)} dimensions are needed")
        for size, wanted in zip(value.shape, form, strict=True):
            known = sizes.setdefault(wanted, size) if isinstance(wanted, str) else wanted
            if size != known:
                raise ValueError(f"{name} of shape {value.shape}: {wanted} is {known}, not {size}")


def _guarded(function, order):
    """A function that may be differentiated `order` times; once more is an error."""

    def refuse():
        raise ValueError(f"the derivatives of $name are right up to order {order}")

    def identity(left):
        @jax.custom_jvp
        def same(x):
            return x

        @same.defjvp
        def rule(primals, tangents):
            if left == 0:
                refuse()
            return identity(left - 1)(primals[0]), tangents[0]

        return same

    carrying = jax.custom_jvp(function)

    @carrying.defjvp
    def rule(primals, tangents):
        if order == 0:
            refuse()
        return jax.jvp(function, tuple(map(identity(order - 1), primals)), tuple(tangents))

    return carrying


_differentiable = _guarded($arrays, $order)


def $name($args):
    """$summary

$described
    """
    given = _floating(($call), $dtype)
    _check_shapes(given)
    results = _differentiable(*given)
    return dict(zip($results, results, strict=True))
''')

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


def _share(got, exact, dtype):
    """The error in ulp of the scale."""
    shape, entries, scale = exact
    if got.shape != shape or got.dtype != dtype:
        return float("inf")
    found = [float(x) for x in jnp.ravel(got)]
    if not all(abs(x) < float("inf") for x in found):
        return float("inf")
    known = [Fraction(x) for x in entries]
    error = float(sum((Fraction(x) - y) ** 2 for x, y in zip(found, known, strict=True))) ** 0.5
    return error / (float(jnp.finfo(dtype).eps) * (float(scale) or 1.0))


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

SHAPES = '''\
def _check_shapes(given, forms):
    """Refuse matrices whose sizes contradict each other; forms holds numbers, or names of sizes."""
    sizes = {}
    for name, value, form in forms:
        if value.ndim < 2:
            raise ValueError(f"{name} of shape {value.shape}: a matrix on the last two axes")
        for size, wanted in zip(value.shape[-2:], form):
            known = sizes.setdefault(wanted, size) if isinstance(wanted, str) else wanted
            if size != known:
                raise ValueError(f"{name} of shape {value.shape}: {wanted} is {known}, not {size}")
'''

SCALARS = '''\
def _values(*given):
    """All results as arrays of one shape and format."""
    results = $function(*given)
    shape = jnp.broadcast_shapes(*(jnp.shape(a) for a in given))
    dtype = jnp.result_type(*given) if given else jnp.result_type(float)
    return tuple(jnp.broadcast_to(lax.convert_element_type(r, dtype), shape) for r in results)
'''

MATRICES = '''\
def _values(*given):
    """All results in one format; scalars broadcast together."""
    dtype = jnp.result_type(*given) if given else jnp.result_type(float)
    results = [lax.convert_element_type(r, dtype) for r in $function(*given)]
    scalar = $scalar
    shape = jnp.broadcast_shapes(*(r.shape for r, s in zip(results, scalar, strict=True) if s))
    pairs = zip(results, scalar, strict=True)
    return tuple(jnp.broadcast_to(r, shape) if s else r for r, s in pairs)
'''

SELF_TEST = Template('''\
# -- self-test: python FILE --self-test --------------------------------------------------------

# (arguments, [(exact value, condition number), ...], {(position of an argument, ...): the same of
# the derivative by these arguments}), from ball arithmetic on the formula, to $digits digits; the
# arguments are exact in float32
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


def _ulps(got, exact, dtype):
    exact = Fraction(exact)
    if got != got or got in (float("inf"), float("-inf")):
        return float("inf")
    bits, lowest = (24, -126) if dtype == "float32" else (53, -1022)
    size = abs(exact)
    exponent = lowest
    if size > Fraction(2) ** lowest:
        exponent = size.numerator.bit_length() - size.denominator.bit_length()
        exponent -= size < Fraction(2) ** exponent
    return float(abs(Fraction(got) - exact) / Fraction(2) ** (exponent - bits + 1))


def _self_test():
    jax.config.update("jax_enable_x64", True)
    passed = True
    for dtype in $dtypes:
        functions = {(): jax.jit($name)}
        worst, share, counts = 0.0, 0.0, {}
        for args, values, derivatives in REFERENCES:
            given = [jnp.asarray(float(a), dtype) for a in args]
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
                    size = abs(float(exact))
                    if size and not float(jnp.finfo(dtype).tiny) * 8 < size < float(
                        jnp.finfo(dtype).max
                    ):
                        continue  # beyond the range of the format
                    if got.dtype != dtype:
                        passed = False
                        print(f"$name: {got.dtype} for arguments of {dtype}")
                    error = _ulps(float(got), exact, dtype)
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


def _share(got, exact, dtype):
    """The error in ulp of the norm, per unit of condition number."""
    shape, entries, condition = exact
    if got.shape != shape or got.dtype != dtype:
        return float("inf")
    found = [float(x) for x in jnp.ravel(got)]
    if not all(abs(x) < float("inf") for x in found):
        return float("inf")
    known = [Fraction(x) for x in entries]
    error = float(sum((Fraction(x) - y) ** 2 for x, y in zip(found, known, strict=True))) ** 0.5
    size = float(sum(y * y for y in known)) ** 0.5
    eps = float(jnp.finfo(dtype).eps)
    return error / (eps * size * (1.0 + float(condition))) if size else error / eps


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

MAIN = Template("""\
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="$name: generated by derivax")
    parser.add_argument("--self-test", action="store_true", help="compare with exact values")
    if parser.parse_args().self_test:
        sys.exit(_self_test())
    print(__doc__)
""")
