"""The one table of special functions: SymPy head -> function, errors, derivatives, cuts.

*Main definitions*: `Row`, `ROWS`, `ROW_OF_FUNCTION`, `ROW_OF_HEAD`, `ROW_OF_PRIMAL`, `FAMILIES`.

This file imports nothing: the table is read by the code generator, by verification and by the
public package alike.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "FAMILIES",
    "ROWS",
    "ROW_OF_FUNCTION",
    "ROW_OF_HEAD",
    "ROW_OF_PRIMAL",
    "Row",
]


@dataclass(frozen=True)
class Row:
    """One special function.

    Args:
        function: the public name, also the name of the operation on the tape.
        family: the file of `numeric/special` that defines it.
        partials: per argument the name of the function of `numeric/special/derivatives/<family>`
            that is the partial derivative; None where there is none (integer orders, say).
        heads: the SymPy heads that are this function, with the same arguments in the same order;
            how other heads are expressed through it stands in `numeric/codegen/lower/special.py`.
        ulp: the documented largest error in float32 and float64, in units in the last place;
            `python benchmarks/special/ulp_table.py` measures it.
        scale: "value" (relative to the value, near zeros too) or "envelope" (of an oscillation:
            relative to sqrt(f^2 + f'^2)) or "unit" (relative to max(abs(f), 1)) or
            "reflected" (relative to the value for x > 0, to the larger term of the reflection
            formula for x < 0).
        tier: A (used by theories and SymPy's solutions), B (the rest of `sympy.functions.special`),
            C (combinatorial).
        domain: where it has real values; NaN outside.
        cuts: branch cuts of the complex function whose real values these are.
        primal: the name of the defining function, the one that generated modules contain; empty:
            `<function>_function`.  It must not be a word that users take for an argument.
    """

    function: str
    family: str
    partials: tuple[str | None, ...]
    heads: tuple[str, ...] = ()
    ulp: tuple[float, float] = (3.0, 4.0)
    scale: str = "value"
    tier: str = "A"
    domain: str = "real"
    cuts: str = "none"
    primal: str = ""

    @property
    def arity(self) -> int:
        return len(self.partials)

    @property
    def definition(self) -> str:
        """The name of the defining function."""
        return self.primal or f"{self.function}_function"


# Files whose functions may be called by generated code, in an order in which none needs a later
# one.  (Only the order of the text depends on it; Python finds a function wherever it stands.)
FAMILIES: tuple[str, ...] = (
    "double_word",
    "approximations",
    "elementary",
    "hyperbolic",
    "trigonometric",
    "error_function",
    "gamma_functions",
    "incomplete_gamma",
    "gamma_ratios",
    "incomplete_beta",
    "zeta_data",
    "zeta_functions",
    "expint_order",
    "polylogarithm",
    "combinatorics_data",
    "combinatorics",
    "lambert_data",
    "lambert",
    "bessel_data",
    "bessel",
    "bessel_order_data",
    "bessel_order",
    "modified_order",
    "exponential_integral",
    "fresnel",
    "modified_bessel",
    "orthogonal",
    "elliptic",
    "hypergeometric",
    "confluent",
    "airy_data",
    "airy",
)

ROWS: tuple[Row, ...] = (
    # exponentials and logarithms
    Row("exp2", "elementary", ("d_exp2",)),
    Row("expm1", "elementary", ("d_expm1",)),
    Row("log1p", "elementary", ("d_log1p",), primal="accurate_log1p", domain="x >= -1",
        cuts="(-oo, -1]"),
    Row("log1mexp", "elementary", ("d_log1mexp",), domain="x >= 0"),
    Row("logaddexp", "elementary", ("d_logaddexp_a", "d_logaddexp_b"), primal="log_add_exp",
        scale="unit"),
    Row("gaussian", "elementary", ("d_gaussian", None), primal="gaussian_of"),
    Row("exp_square", "elementary", ("d_exp_square",)),
    # hyperbolic functions
    Row("sinh", "hyperbolic", ("d_sinh",), ("sinh",), primal="accurate_sinh"),
    Row("cosh", "hyperbolic", ("d_cosh",), ("cosh",), primal="accurate_cosh"),
    Row("tanh", "hyperbolic", ("d_tanh",), ("tanh",)),
    Row("sech", "hyperbolic", ("d_sech",), ("sech",), primal="sech"),
    Row("csch", "hyperbolic", ("d_csch",), ("csch",), primal="csch"),
    Row("coth", "hyperbolic", ("d_coth",), ("coth",), primal="coth"),
    Row("asinh", "hyperbolic", ("d_asinh",), ("asinh",)),
    Row("acosh", "hyperbolic", ("d_acosh",), ("acosh",), domain="x >= 1", cuts="(-oo, 1)"),
    Row("atanh", "hyperbolic", ("d_atanh",), ("atanh",), primal="accurate_arctanh",
        domain="-1 <= x <= 1", cuts="(-oo, -1], [1, oo)"),
    Row("acoth", "hyperbolic", ("d_acoth",), ("acoth",), primal="arccoth",
        domain="abs(x) >= 1", cuts="[-1, 1]"),
    Row("sinhc", "hyperbolic", ("d_sinhc",)),
    Row("sinhc_derivative", "hyperbolic", (None, "d_sinhc_derivative"), ulp=(8.0, 8.0),
        domain="n = 0, ..., 30"),
    # trigonometric functions
    Row("sinpi", "trigonometric", ("d_sinpi",)),
    Row("cospi", "trigonometric", ("d_cospi",)),
    Row("tanpi", "trigonometric", ("d_tanpi",)),
    Row("sinc", "trigonometric", ("d_sinc",), ("sinc",), scale="envelope"),
    Row("sinc_derivative", "trigonometric", (None, "d_sinc_derivative"), ulp=(8.0, 8.0),
        scale="unit", domain="n = 0, ..., 30"),
    Row("asin", "trigonometric", ("d_asin",), ("asin",), primal="accurate_arcsin",
        domain="-1 <= x <= 1", cuts="(-oo, -1], [1, oo)"),
    # error functions and the normal distribution
    Row("erf", "error_function", ("d_erf",), ("erf",)),
    Row("erfc", "error_function", ("d_erfc",), ("erfc",), primal="accurate_erfc",
        ulp=(3.5, 4.0)),
    Row("erfcx", "error_function", ("d_erfcx",)),
    Row("erfi", "error_function", ("d_erfi",), ("erfi",),
        ulp=(4.0, 4.0)),
    Row("dawson", "error_function", ("d_dawson",)),
    Row("erfinv", "error_function", ("d_erfinv",), ("erfinv",), domain="-1 <= x <= 1"),
    Row("erfcinv", "error_function", ("d_erfcinv",), ("erfcinv",), domain="0 <= x <= 2"),
    Row("ndtr", "error_function", ("d_ndtr",)),
    Row("log_ndtr", "error_function", ("d_log_ndtr",),
        ulp=(4.0, 4.0)),
    Row("hazard", "error_function", ("d_hazard",), ulp=(5.0, 5.0)),
    Row("ndtri", "error_function", ("d_ndtri",), domain="0 <= x <= 1",
        ulp=(4.0, 4.0)),
    # gamma functions
    Row("gamma", "gamma_functions", ("d_gamma",), ("gamma",), ulp=(4.5, 4.0)),
    Row("rgamma", "gamma_functions", ("d_rgamma",), ulp=(4.5, 4.0)),
    Row("loggamma", "gamma_functions", ("d_loggamma",), ("loggamma",), domain="x >= 0",
        cuts="(-oo, 0]"),
    Row("lgamma", "gamma_functions", ("d_lgamma",), scale="reflected",
        ulp=(4.0, 4.0)),
    Row("digamma", "gamma_functions", ("d_digamma",), ("digamma",), scale="reflected",
        ulp=(5.0, 5.0)),
    Row("trigamma", "gamma_functions", ("d_trigamma",), ("trigamma",)),
    Row("gammainc", "incomplete_gamma", (None, "d_gammainc"), ulp=(16.0, 20.0),
        domain="0 < a <= 1e6, x >= 0"),
    Row("gammaincc", "incomplete_gamma", (None, "d_gammaincc"), ulp=(24.0, 24.0),
        domain="0 < a <= 1e6, x >= 0"),
    Row("gamma_density", "incomplete_gamma", (None, "d_gamma_density"), ulp=(8.0, 8.0),
        domain="0 < a <= 1e6, x >= 0"),
    Row("polygamma", "gamma_functions", (None, "d_polygamma"), ("polygamma",), ulp=(12.0, 12.0),
        domain="n = 0, 1, 2, ...; x > 0 from n = 2 on"),
    Row("factorial", "gamma_functions", ("d_factorial",), ("factorial",), ulp=(4.5, 4.0)),
    # ratios of gamma functions
    Row("beta", "gamma_ratios", ("d_beta_a", "d_beta_b"), ("beta",), ulp=(10.0, 12.0),
        domain="real, no pole"),
    Row("betaln", "gamma_ratios", ("d_betaln_a", "d_betaln_b"), ulp=(10.0, 12.0), scale="unit",
        domain="a > 0, b > 0"),
    Row("log_rising", "gamma_ratios", ("d_log_rising_x", "d_log_rising_d"), ulp=(12.0, 12.0),
        scale="unit", domain="x > 0, x + d > 0"),
    Row("log_binomial", "gamma_ratios", ("d_log_binomial_n", "d_log_binomial_k"),
        ulp=(20.0, 20.0), scale="unit", domain="-1 < k < n + 1"),
    Row("rising_factorial", "gamma_ratios", ("d_rising_x", "d_rising_n"), ("RisingFactorial",),
        ulp=(20.0, 20.0), domain="real, no pole"),
    Row("falling_factorial", "gamma_ratios", ("d_falling_x", "d_falling_n"),
        ("FallingFactorial",), ulp=(20.0, 20.0), domain="real, no pole"),
    Row("binomial", "gamma_ratios", ("d_binomial_n", "d_binomial_k"), ("binomial",),
        ulp=(10.0, 10.0), tier="C", domain="real n; k > -1, or n - k > -1, or whole"),
    Row("betainc", "incomplete_beta", (None, None, "d_betainc"), ulp=(100.0, 60.0),
        domain="0 < a, b <= 1e6, 0 <= x <= 1", cuts="(-oo, 0], [1, oo)"),
    Row("betaincc", "incomplete_beta", (None, None, "d_betaincc"), ulp=(100.0, 60.0),
        domain="0 < a, b <= 1e6, 0 <= x <= 1", cuts="(-oo, 0], [1, oo)"),
    Row("beta_density", "incomplete_beta",
        ("d_beta_density_a", "d_beta_density_b", "d_beta_density_x"), ulp=(100.0, 60.0),
        domain="0 < a, b <= 1e6, 0 <= x <= 1"),
    # zeta functions, polylogarithm
    Row("zeta", "zeta_functions", (None,), ("zeta",), ulp=(6.0, 6.0), domain="s != 1"),
    Row("dirichlet_eta", "zeta_functions", (None,), ("dirichlet_eta",), ulp=(8.0, 7.0)),
    Row("hurwitz_zeta", "zeta_functions", (None, "d_hurwitz_zeta_a"), ("zeta",), ulp=(10.0, 10.0),
        domain="s > 1, a > 0"),
    Row("expint", "expint_order", (None, "d_expint"), ("expint",), ulp=(100.0, 100.0),
        domain="x >= 0, p >= -1000", cuts="(-oo, 0]"),
    Row("polylog", "polylogarithm", (None, "d_polylog"), ("polylog",), ulp=(100.0, 100.0),
        scale="unit", domain="-1 <= z <= 1, or z < -1 and whole s; s >= -1 measured",
        cuts="[1, oo)"),
    Row("lerchphi", "polylogarithm", ("d_lerchphi_z", None, "d_lerchphi_a"), ("lerchphi",),
        ulp=(100.0, 100.0), scale="unit", domain="-1 <= z <= 1, a > 0; s >= -1 measured",
        cuts="[1, oo)"),
    # numbers of combinatorics
    Row("factorial2", "combinatorics", ("d_factorial2",), ("factorial2",), ulp=(8.0, 8.0),
        tier="C", domain="n > -2"),
    Row("subfactorial", "combinatorics", (None,), ("subfactorial",), ulp=(4.0, 4.0), tier="C",
        domain="n = 0, 1, 2, ..."),
    Row("fibonacci", "combinatorics", (None,), ("fibonacci",), tier="C", domain="whole n"),
    Row("lucas", "combinatorics", (None,), ("lucas",), tier="C", domain="whole n"),
    Row("catalan", "combinatorics", ("d_catalan",), ("catalan",), ulp=(12.0, 12.0), tier="C",
        domain="n > -1/2"),
    Row("harmonic", "combinatorics", ("d_harmonic",), ("harmonic",), ulp=(4.0, 4.0),
        scale="reflected", tier="C", domain="n != -1, -2, ..."),
    Row("bernoulli_number", "combinatorics", (None,), ("bernoulli",), ulp=(5.0, 5.0), tier="C",
        domain="n = 0, 1, 2, ..."),
    Row("euler_number", "combinatorics", (None,), ("euler",), ulp=(6.0, 5.0), tier="C",
        domain="n = 0, 1, 2, ..."),
    Row("bell_number", "combinatorics", (None,), ("bell",), tier="C",
        domain="n = 0, 1, 2, ..."),
    # Lambert's W and Wright's omega
    Row("lambert_w", "lambert", ("d_lambert_w",), domain="x >= -1/e", cuts="(-oo, -1/e)"),
    Row("lambert_wm1", "lambert", ("d_lambert_wm1",), domain="-1/e <= x <= 0", cuts="(-oo, 0)"),
    Row("lambert_w_plus_one", "lambert", ("d_lambert_w",), primal="one_plus_lambert_w",
        domain="x >= -1/e", cuts="(-oo, -1/e)"),
    Row("lambert_wm1_plus_one", "lambert", ("d_lambert_wm1",), primal="one_plus_lambert_wm1",
        ulp=(4.0, 4.0), domain="-1/e <= x <= 0", cuts="(-oo, 0)"),
    Row("wright_omega", "lambert", ("d_wright_omega",)),
    # exponential integrals
    Row("ei", "exponential_integral", ("d_ei",), ("Ei",), cuts="(-oo, 0]",
        ulp=(4.0, 4.0)),
    Row("e1", "exponential_integral", ("d_e1",), domain="x >= 0", cuts="(-oo, 0]"),
    Row("li", "exponential_integral", ("d_li",), ("li",), domain="x >= 0", cuts="(-oo, 1]",
        ulp=(4.0, 4.0)),
    Row("offset_li", "exponential_integral", ("d_li",), ("Li",), domain="x >= 0",
        cuts="(-oo, 1]",
        ulp=(4.0, 4.0)),
    Row("si", "exponential_integral", ("d_si",), ("Si",)),
    Row("ci", "exponential_integral", ("d_ci",), ("Ci",), scale="envelope", domain="x >= 0",
        cuts="(-oo, 0]",
        ulp=(4.0, 4.0)),
    Row("shi", "exponential_integral", ("d_shi",), ("Shi",)),
    Row("chi", "exponential_integral", ("d_chi",), ("Chi",), domain="x >= 0", cuts="(-oo, 0]",
        ulp=(3.5, 4.0)),
    # Fresnel integrals
    Row("fresnels", "fresnel", ("d_fresnels",), ("fresnels",)),
    Row("fresnelc", "fresnel", ("d_fresnelc",), ("fresnelc",)),
    # modified Bessel functions of order 0 and 1
    Row("i0", "modified_bessel", ("d_i0",), ulp=(4.0, 4.0)),
    Row("i1", "modified_bessel", ("d_i1",), ulp=(4.0, 4.0)),
    Row("i0e", "modified_bessel", ("d_i0e",), ulp=(4.0, 4.0)),
    Row("i1e", "modified_bessel", ("d_i1e",), ulp=(3.5, 4.0)),
    # Bessel functions
    Row("bessel_j0", "bessel", ("d_bessel_j0",), ulp=(4.0, 4.0), scale="envelope"),
    Row("bessel_j1", "bessel", ("d_bessel_j1",), ulp=(5.0, 5.0), scale="envelope"),
    Row("bessel_y0", "bessel", ("d_bessel_y0",), ulp=(6.0, 5.0), scale="envelope",
        domain="x >= 0", cuts="(-oo, 0]"),
    Row("bessel_y1", "bessel", ("d_bessel_y1",), ulp=(6.0, 6.0), scale="envelope",
        domain="x >= 0", cuts="(-oo, 0]"),
    Row("bessel_j", "bessel_order", (None, "d_bessel_j"), ulp=(60.0, 60.0), scale="envelope",
        domain="x >= 0, or x < 0 and whole n", cuts="(-oo, 0] for other n"),
    Row("bessel_y", "bessel_order", (None, "d_bessel_y"), ulp=(60.0, 60.0), scale="envelope",
        domain="x >= 0", cuts="(-oo, 0]"),
    Row("bessel_i", "modified_order", (None, "d_bessel_i"), ulp=(40.0, 40.0),
        domain="x >= 0, or x < 0 and whole n", cuts="(-oo, 0] for other n"),
    Row("bessel_k", "modified_order", (None, "d_bessel_k"), ulp=(40.0, 40.0), domain="x >= 0",
        cuts="(-oo, 0]"),
    Row("bessel_ie", "modified_order", (None, "d_bessel_ie"), ulp=(40.0, 40.0),
        domain="x >= 0, or x < 0 and whole n", cuts="(-oo, 0] for other n"),
    Row("bessel_ke", "modified_order", (None, "d_bessel_ke"), ulp=(40.0, 40.0),
        domain="x >= 0", cuts="(-oo, 0]"),
    # orthogonal polynomials with the degree as an argument
    Row("legendre", "orthogonal", (None, "d_legendre"), ("legendre",), ulp=(20.0, 20.0),
        scale="unit"),
    Row("chebyshevt", "orthogonal", (None, "d_chebyshevt"), ("chebyshevt",), ulp=(50.0, 50.0),
        scale="unit"),
    Row("chebyshevu", "orthogonal", (None, "d_chebyshevu"), ("chebyshevu",), ulp=(50.0, 50.0),
        scale="envelope"),
    Row("hermite", "orthogonal", (None, "d_hermite"), ("hermite",), ulp=(50.0, 50.0),
        scale="envelope"),
    Row("hermite_prob", "orthogonal", (None, "d_hermite_prob"), ("hermite_prob",),
        ulp=(50.0, 50.0), scale="envelope"),
    Row("hermite_scaled", "orthogonal", (None, "d_hermite_scaled"), ulp=(200.0, 200.0),
        scale="unit"),
    Row("laguerre", "orthogonal", (None, "d_laguerre"), ("laguerre",), ulp=(50.0, 50.0),
        scale="envelope"),
    Row("assoc_laguerre", "orthogonal", (None, None, "d_assoc_laguerre"), ("assoc_laguerre",),
        ulp=(50.0, 50.0), scale="envelope"),
    Row("gegenbauer", "orthogonal", (None, None, "d_gegenbauer"), ("gegenbauer",),
        ulp=(400.0, 400.0), scale="envelope"),
    Row("jacobi", "orthogonal", (None, None, None, "d_jacobi"), ("jacobi",), ulp=(400.0, 400.0),
        scale="envelope"),
    Row("assoc_legendre", "orthogonal", (None, None, "d_assoc_legendre"), ("assoc_legendre",),
        ulp=(50.0, 50.0), scale="envelope", domain="-1 <= x <= 1"),
    # elliptic integrals of the parameter m, Jacobi's functions
    Row("elliptic_k", "elliptic", ("d_elliptic_k",), ("elliptic_k",), ulp=(3.5, 4.0),
        domain="m <= 1", cuts="[1, oo)"),
    Row("elliptic_e", "elliptic", ("d_elliptic_e",), ("elliptic_e",), ulp=(3.5, 4.0),
        domain="m <= 1", cuts="[1, oo)"),
    Row("elliptic_pi", "elliptic", ("d_elliptic_pi_n", "d_elliptic_pi_m"), ("elliptic_pi",),
        ulp=(12.0, 12.0), domain="n <= 1, m <= 1", cuts="[1, oo) in n and in m"),
    Row("elliptic_f", "elliptic", ("d_elliptic_f_f", "d_elliptic_f_m"), ("elliptic_f",),
        ulp=(8.0, 8.0), domain="m sin(f)^2 <= 1, m <= 1 beyond pi/2", cuts="m sin(f)^2 >= 1"),
    Row("elliptic_e_inc", "elliptic", ("d_elliptic_e_f", "d_elliptic_e_m"), ("elliptic_e",),
        ulp=(8.0, 8.0), domain="m sin(f)^2 <= 1, m <= 1 beyond pi/2", cuts="m sin(f)^2 >= 1"),
    Row("elliptic_f_dm", "elliptic", ("d_f_dm_f", "d_f_dm_m"), primal="elliptic_f_slope",
        ulp=(8.0, 8.0), domain="m sin(f)^2 < 1, m < 1 beyond pi/2", cuts="m sin(f)^2 >= 1"),
    Row("elliptic_e_dm", "elliptic", ("d_e_dm_f", "d_e_dm_m"), primal="elliptic_e_slope",
        ulp=(8.0, 8.0), domain="m sin(f)^2 < 1, m < 1 beyond pi/2", cuts="m sin(f)^2 >= 1"),
    Row("elliptic_pi_inc", "elliptic", (None, "d_elliptic_pi_f", None), ("elliptic_pi",),
        ulp=(100.0, 100.0), domain="n >= -10, n sin(f)^2 < 1, m sin(f)^2 <= 1",
        cuts="m sin(f)^2 >= 1, n sin(f)^2 >= 1"),
    Row("carlson_rf", "elliptic", ("d_carlson_rf_x", "d_carlson_rf_y", "d_carlson_rf_z"),
        ulp=(5.0, 6.0), domain="x, y, z >= 0, at most one 0", cuts="(-oo, 0) in each"),
    Row("carlson_rd", "elliptic", ("d_carlson_rd_x", "d_carlson_rd_y", "d_carlson_rd_z"),
        ulp=(6.0, 6.0), domain="x, y >= 0, not both 0, z > 0", cuts="(-oo, 0) in each"),
    Row("carlson_rj", "elliptic", (None, None, None, None), ulp=(8.0, 9.0),
        domain="x, y, z >= 0, at most one 0, p > 0", cuts="(-oo, 0) in each"),
    Row("jacobi_amplitude", "elliptic", ("d_jacobi_amplitude", None), ulp=(400.0, 400.0),
        scale="unit", domain="0 <= m <= 1"),
    Row("jacobi_sn", "elliptic", ("d_jacobi_sn", None), ulp=(400.0, 400.0), scale="unit",
        domain="0 <= m <= 1"),
    Row("jacobi_cn", "elliptic", ("d_jacobi_cn", None), ulp=(400.0, 400.0), scale="unit",
        domain="0 <= m <= 1"),
    Row("jacobi_dn", "elliptic", ("d_jacobi_dn", None), ulp=(400.0, 400.0), scale="unit",
        domain="0 <= m <= 1"),
    # hypergeometric functions
    Row("hyp2f1", "hypergeometric", (None, None, None, "d_hyp2f1"), ulp=(2000.0, 2000.0),
        domain="x <= 1, or a or b = 0, -1, ...", cuts="[1, oo)"),
    Row("hyp2f1_one", "hypergeometric", (None, "d_hyp2f1_one"), ulp=(50.0, 50.0),
        domain="x <= 1", cuts="[1, oo)"),
    Row("hyp1f1", "hypergeometric", (None, None, "d_hyp1f1"), ulp=(200.0, 200.0)),
    Row("hyp0f1", "hypergeometric", (None, "d_hyp0f1"), ulp=(200.0, 200.0), scale="envelope"),
    Row("hyp0f2", "hypergeometric", (None, None, "d_hyp0f2"), ulp=(1e4, 5e9)),
    Row("hyp1f2", "hypergeometric", (None, None, None, "d_hyp1f2"), ulp=(1e4, 5e9)),
    Row("hyp2f2", "hypergeometric", (None, None, None, None, "d_hyp2f2"), ulp=(1e4, 5e9)),
    Row("hyp2f3", "hypergeometric", (None, None, None, None, None, "d_hyp2f3"), ulp=(1e4, 5e9)),
    Row("hyp3f2", "hypergeometric", (None, None, None, None, None, "d_hyp3f2"), ulp=(1e4, 5e9),
        domain="abs(x) < 1, or a or b or c = 0, -1, ...", cuts="[1, oo)"),
    # Tricomi's, parabolic cylinder and Struve functions
    Row("hyperu", "confluent", (None, None, "d_hyperu"), ulp=(400.0, 400.0), scale="envelope",
        tier="B", domain="x >= 0, abs(a) <= 100", cuts="(-oo, 0]"),
    Row("parabolic_cylinder", "confluent", (None, "d_parabolic_cylinder"), ulp=(4000.0, 4000.0),
        scale="envelope", tier="B", domain="abs(n) <= 100"),
    Row("struve_h", "confluent", (None, "d_struve_h"), ulp=(200.0, 200.0), scale="envelope",
        tier="B", domain="n > -1/2, x >= 0", cuts="(-oo, 0] for other than whole n"),
    Row("struve_l", "confluent", (None, "d_struve_l"), ulp=(200.0, 200.0), tier="B",
        domain="n > -1/2, x >= 0", cuts="(-oo, 0] for other than whole n"),
    # Airy functions
    Row("airy_ai", "airy", ("d_airy_ai",), ("airyai",), ulp=(4.0, 4.0), scale="envelope"),
    Row("airy_bi", "airy", ("d_airy_bi",), ("airybi",), ulp=(4.0, 4.0), scale="envelope"),
    Row("airy_aip", "airy", ("d_airy_aip",), ("airyaiprime",), ulp=(4.0, 4.0),
        scale="envelope"),
    Row("airy_bip", "airy", ("d_airy_bip",), ("airybiprime",), ulp=(5.0, 4.0),
        scale="envelope"),
)  # fmt: skip

ROW_OF_FUNCTION: dict[str, Row] = {row.function: row for row in ROWS}
ROW_OF_PRIMAL: dict[str, Row] = {row.definition: row for row in ROWS}
ROW_OF_HEAD: dict[tuple[str, int], Row] = {
    (head, row.arity): row for row in ROWS for head in row.heads
}
