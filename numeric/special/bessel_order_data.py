"""Polynomials for bessel_order.py (mpmath, benchmarks/special/family_coefficients.py)."""

from __future__ import annotations

from derivax.numeric.special.double_word import by_format


def temme_difference_polynomial(t):
    """(1/gamma(1 - m) - 1/gamma(1 + m))/(2 m) on |m| <= 1/2, t = 8 m^2 - 1."""
    total = 6.986516778722542e-17
    total = -2.3553910276069108e-15 + t * total
    total = -4.340604057908134e-12 + t * total
    total = 5.88476760106204e-10 + t * total
    total = 5.5556642373162414e-08 + t * total
    total = -1.3883243452475953e-05 + t * total
    total = 0.0006173624820439556 + t * total
    total = 0.006526923331866358 + t * total
    low = by_format(t, -1.1307422994715592e-17, 1.465629306807159e-08)
    return -0.5713200422589904 + (low + t * total)


def temme_mean_polynomial(t):
    """(1/gamma(1 - m) + 1/gamma(1 + m))/2 on |m| <= 1/2, t = 8 m^2 - 1."""
    total = 3.049756221038033e-16
    total = -9.563946921708161e-14 + t * total
    total = -5.448218476848281e-12 + t * total
    total = 3.877120633148362e-09 + t * total
    total = -2.650007863514389e-07 + t * total
    total = -1.989179309204759e-05 + t * total
    total = 0.002544119279202914 + t * total
    total = -0.07683792442311572 + t * total
    low = by_format(t, -1.132182332272403e-17, 5.274292558254956e-09)
    return 0.9205983333878486 + (low + t * total)
