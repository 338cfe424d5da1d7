"""The fixed parts of an exported module: plain text with $-places, and what each part is for.

*Main definitions*: `HEAD`, `RULES`, `FORMULA`, `PROGRAM`, `MAIN`; the self-tests: `self_tests`.

*Implementation notes*: this is the text of other people's files, written as they will read it; it
imports nothing but jax and the standard library.
"""

from __future__ import annotations

from string import Template

__all__ = [
    "COMPLEX_ARGUMENTS",
    "COMPLEX_RESULTS",
    "COMPLEX_SCALARS",
    "FORMULA",
    "HEAD",
    "MAIN",
    "MATRICES",
    "PROGRAM",
    "REAL_ARGUMENTS",
    "REAL_RESULTS",
    "RULES",
    "SCALARS",
    "SHAPES",
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
$formats

        def whole(r):
            return jnp.broadcast_to(lax.convert_element_type(r, $format), shape)

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

# how results are converted: `formats` in the function that carries derivatives, `format` of each
REAL_RESULTS = {"formats": "        dtype = jnp.result_type(*args)", "format": "dtype"}
COMPLEX_RESULTS = {
    "formats": "        dtype = jnp.finfo(jnp.result_type(*args)).dtype\n"
    "        wide = jnp.result_type(dtype, 1j)",
    "format": "wide if jnp.iscomplexobj(r) else dtype",
}

REAL_ARGUMENTS = '''\
def _floating(given, dtype):
    """The arguments as arrays of one floating format: theirs, or the one the module is made for."""
    if dtype == "float64" and not jax.config.jax_enable_x64:
        raise ValueError('float64: call jax.config.update("jax_enable_x64", True) first')
    if any(jnp.iscomplexobj(x) for x in given):
        raise TypeError("complex arguments: this is a function of real numbers")
    if dtype is None:
        dtype = jnp.result_type(*given) if given else jnp.result_type(float)
        if not jnp.issubdtype(dtype, jnp.floating):
            dtype = jnp.result_type(float)
    return tuple(lax.convert_element_type(x, dtype) for x in given)
'''

COMPLEX_ARGUMENTS = '''\
COMPLEX = $plane  # which arguments are complex numbers


def _floating(given, dtype):
    """The arguments as arrays of one floating format: theirs, or the one the module is made for."""
    if dtype == "float64" and not jax.config.jax_enable_x64:
        raise ValueError('float64: call jax.config.update("jax_enable_x64", True) first')
    for x, is_complex in zip(given, COMPLEX, strict=True):
        if jnp.iscomplexobj(x) and not is_complex:
            raise TypeError("a complex number for a real argument")
    if dtype is None:
        dtype = jnp.result_type(*given) if given else jnp.result_type(float)
        if not jnp.issubdtype(dtype, jnp.inexact):
            dtype = jnp.result_type(float)
    dtype = jnp.finfo(dtype).dtype
    wide = jnp.result_type(dtype, 1j)
    pairs = zip(given, COMPLEX, strict=True)
    return tuple(lax.convert_element_type(x, wide if c else dtype) for x, c in pairs)
'''

FORMULA = Template('''\
# -- the function ----------------------------------------------------------------------------------


$floating


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

COMPLEX_SCALARS = '''\
def _values(*given):
    """All results as arrays of one shape and precision, real or complex."""
    results = $function(*given)
    shape = jnp.broadcast_shapes(*(jnp.shape(a) for a in given))
    dtype = jnp.finfo(jnp.result_type(*given) if given else jnp.result_type(float)).dtype
    wide = jnp.result_type(dtype, 1j)
    pairs = zip(results, $plane, strict=True)
    return tuple(
        jnp.broadcast_to(lax.convert_element_type(r, wide if c else dtype), shape) for r, c in pairs
    )
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

MAIN = Template("""\
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="$name: generated by derivax")
    parser.add_argument("--self-test", action="store_true", help="compare with exact values")
    if parser.parse_args().self_test:
        sys.exit(_self_test())
    print(__doc__)
""")
