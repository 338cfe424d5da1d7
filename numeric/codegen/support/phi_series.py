"""phi_k(x) = sum_j x^j/(j + k)! for |x| <= 2, by Horner's rule."""

from __future__ import annotations


def phi1_series(x):
    """phi_1(x) for |x| <= 2."""
    total = 1.6117375710961184e-24
    total = 3.868170170630684e-23 + x * total
    total = 8.896791392450574e-22 + x * total
    total = 1.9572941063391263e-20 + x * total
    total = 4.110317623312165e-19 + x * total
    total = 8.22063524662433e-18 + x * total
    total = 1.5619206968586225e-16 + x * total
    total = 2.8114572543455206e-15 + x * total
    total = 4.779477332387385e-14 + x * total
    total = 7.647163731819816e-13 + x * total
    total = 1.1470745597729725e-11 + x * total
    total = 1.6059043836821613e-10 + x * total
    total = 2.08767569878681e-09 + x * total
    total = 2.505210838544172e-08 + x * total
    total = 2.755731922398589e-07 + x * total
    total = 2.7557319223985893e-06 + x * total
    total = 2.48015873015873e-05 + x * total
    total = 0.0001984126984126984 + x * total
    total = 0.001388888888888889 + x * total
    total = 0.008333333333333333 + x * total
    total = 0.041666666666666664 + x * total
    total = 0.16666666666666666 + x * total
    total = 0.5 + x * total
    return 1.0 + x * total


def phi2_series(x):
    """phi_2(x) for |x| <= 2."""
    total = 6.446950284384474e-26
    total = 1.6117375710961184e-24 + x * total
    total = 3.868170170630684e-23 + x * total
    total = 8.896791392450574e-22 + x * total
    total = 1.9572941063391263e-20 + x * total
    total = 4.110317623312165e-19 + x * total
    total = 8.22063524662433e-18 + x * total
    total = 1.5619206968586225e-16 + x * total
    total = 2.8114572543455206e-15 + x * total
    total = 4.779477332387385e-14 + x * total
    total = 7.647163731819816e-13 + x * total
    total = 1.1470745597729725e-11 + x * total
    total = 1.6059043836821613e-10 + x * total
    total = 2.08767569878681e-09 + x * total
    total = 2.505210838544172e-08 + x * total
    total = 2.755731922398589e-07 + x * total
    total = 2.7557319223985893e-06 + x * total
    total = 2.48015873015873e-05 + x * total
    total = 0.0001984126984126984 + x * total
    total = 0.001388888888888889 + x * total
    total = 0.008333333333333333 + x * total
    total = 0.041666666666666664 + x * total
    total = 0.16666666666666666 + x * total
    return 0.5 + x * total


def phi3_series(x):
    """phi_3(x) for |x| <= 2."""
    total = 2.4795962632247976e-27
    total = 6.446950284384474e-26 + x * total
    total = 1.6117375710961184e-24 + x * total
    total = 3.868170170630684e-23 + x * total
    total = 8.896791392450574e-22 + x * total
    total = 1.9572941063391263e-20 + x * total
    total = 4.110317623312165e-19 + x * total
    total = 8.22063524662433e-18 + x * total
    total = 1.5619206968586225e-16 + x * total
    total = 2.8114572543455206e-15 + x * total
    total = 4.779477332387385e-14 + x * total
    total = 7.647163731819816e-13 + x * total
    total = 1.1470745597729725e-11 + x * total
    total = 1.6059043836821613e-10 + x * total
    total = 2.08767569878681e-09 + x * total
    total = 2.505210838544172e-08 + x * total
    total = 2.755731922398589e-07 + x * total
    total = 2.7557319223985893e-06 + x * total
    total = 2.48015873015873e-05 + x * total
    total = 0.0001984126984126984 + x * total
    total = 0.001388888888888889 + x * total
    total = 0.008333333333333333 + x * total
    total = 0.041666666666666664 + x * total
    return 0.16666666666666666 + x * total


def phi4_series(x):
    """phi_4(x) for |x| <= 2."""
    total = 9.183689863795546e-29
    total = 2.4795962632247976e-27 + x * total
    total = 6.446950284384474e-26 + x * total
    total = 1.6117375710961184e-24 + x * total
    total = 3.868170170630684e-23 + x * total
    total = 8.896791392450574e-22 + x * total
    total = 1.9572941063391263e-20 + x * total
    total = 4.110317623312165e-19 + x * total
    total = 8.22063524662433e-18 + x * total
    total = 1.5619206968586225e-16 + x * total
    total = 2.8114572543455206e-15 + x * total
    total = 4.779477332387385e-14 + x * total
    total = 7.647163731819816e-13 + x * total
    total = 1.1470745597729725e-11 + x * total
    total = 1.6059043836821613e-10 + x * total
    total = 2.08767569878681e-09 + x * total
    total = 2.505210838544172e-08 + x * total
    total = 2.755731922398589e-07 + x * total
    total = 2.7557319223985893e-06 + x * total
    total = 2.48015873015873e-05 + x * total
    total = 0.0001984126984126984 + x * total
    total = 0.001388888888888889 + x * total
    total = 0.008333333333333333 + x * total
    return 0.041666666666666664 + x * total
