r"""Sound bounds of the rounding error of a JAX function over a box.

With :math:`v_i` the values of the operations of the jaxpr and :math:`\delta_i` what rounding adds
to each, the computed result is the exact one with every :math:`v_i` moved by :math:`\delta_i`, so
by the mean value theorem in the :math:`\delta_i`

.. math:: |\tilde f(x)-f(x)|\le\sum_i\sup_B|A_i|\,\sup_B|\delta_i|,

where the adjoints :math:`A_i=\partial f/\partial v_i` are enclosed over intervals that contain the
exact *and* the computed values: there is no remainder to neglect.
:math:`|\delta_i|\le c\,\mathrm{ulp}(v_i)`, and the smallest normal number where :math:`v_i` may be
flushed to zero.  Fusing a multiplication with an addition only removes a rounding, and the
operations are taken one by one, so the bound holds for eager, jitted and batched execution.
Arguments are zero or normal numbers.  What the bound rests on, and says: the tables of errors of
the elementary operations and of the special functions, by their sha256.

*Main definitions*: `enclose`, `Enclosure`, `NotApplicable`.

*References*: A. Solovyev, M. Baranowski, I. Briggs, C. Jacobsen, Z. Rakamarić, G. Gopalakrishnan,
Rigorous estimation of floating-point round-off errors with symbolic Taylor expansions, ACM TOPLAS
41 (2018); R. Moore, R. Kearfott, M. Cloud, Introduction to Interval Analysis (2009).
"""

from __future__ import annotations

from derivax.numeric.verify.enclosure.program import NotApplicable
from derivax.numeric.verify.enclosure.search import Enclosure, enclose, replay

__all__ = ["Enclosure", "NotApplicable", "enclose", "replay"]
