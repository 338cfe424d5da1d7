"""Polynomials for lambert.py (mpmath, benchmarks/special/family_coefficients.py)."""

from __future__ import annotations

from derivax.numeric.special.double_word import by_format


def lambert_w_near_polynomial(t):
    """(1 + W_0)/p, p = sqrt(2 (e x + 1)) on [0, 1], t = 2 p - 1."""
    total = 1.234087161764891e-13
    total = -4.879414333023402e-13 + t * total
    total = 1.317134902633016e-12 + t * total
    total = -5.370957414221485e-12 + t * total
    total = 2.326747753820533e-11 + t * total
    total = -9.465318835739044e-11 + t * total
    total = 3.8509062282564714e-10 + t * total
    total = -1.5815501520061738e-09 + t * total
    total = 6.5300689357533435e-09 + t * total
    total = -2.7118162201678347e-08 + t * total
    total = 1.1341182170205812e-07 + t * total
    total = -4.782952463981718e-07 + t * total
    total = 2.0376672903847996e-06 + t * total
    total = -8.790254396461345e-06 + t * total
    total = 3.852522551468591e-05 + t * total
    total = -0.00017237649519194243 + t * total
    total = 0.0007933680062868289 + t * total
    total = -0.003803842679088324 + t * total
    total = 0.0194549981903453 + t * total
    total = -0.11199495996911965 + t * total
    low = by_format(t, -2.1784623016776766e-17, -1.614206546207697e-08)
    return 0.8637304740656063 + (low + t * total)


def lambert_wm1_near_polynomial(t):
    """-(1 + W_-1)/p, p = sqrt(2 (e x + 1)) on [0, 1], t = 2 p - 1."""
    total = 9.01585132268594e-10
    total = 1.5618460212652784e-09 + t * total
    total = -4.729811701506131e-09 + t * total
    total = -7.793737035912922e-09 + t * total
    total = 1.507282354877748e-08 + t * total
    total = 2.4248166306513655e-08 + t * total
    total = -2.3920413787054648e-08 + t * total
    total = -3.570252733851449e-08 + t * total
    total = 4.25126820774174e-08 + t * total
    total = 6.622177307616428e-08 + t * total
    total = 2.2016983189802173e-09 + t * total
    total = 2.005881240757615e-08 + t * total
    total = 1.407754467702362e-07 + t * total
    total = 2.5776767919242255e-07 + t * total
    total = 4.3310057367620524e-07 + t * total
    total = 8.427285068015117e-07 + t * total
    total = 1.6594764119742938e-06 + t * total
    total = 3.218546570024281e-06 + t * total
    total = 6.261889936016995e-06 + t * total
    total = 1.2254906172802958e-05 + t * total
    total = 2.4100419864931664e-05 + t * total
    total = 4.765545557790709e-05 + t * total
    total = 9.484634417546592e-05 + t * total
    total = 0.00019022065810411564 + t * total
    total = 0.0003850155329094538 + t * total
    total = 0.00078804925874422 + t * total
    total = 0.0016355850615407239 + t * total
    total = 0.003455595131378804 + t * total
    total = 0.007474804292070035 + t * total
    total = 0.016704337775177627 + t * total
    total = 0.03916457951069415 + t * total
    total = 0.0992088587399285 + t * total
    total = 0.29038603656614353 + t * total
    low = by_format(t, 3.0155067246252875e-17, -2.3901376877688563e-08)
    return 1.2187621354461569 + (low + t * total)
