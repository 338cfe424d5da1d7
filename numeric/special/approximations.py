"""Polynomials for the special functions, made by benchmarks/special/coefficients.py (mpmath).

Each has a relative truncation error below 2^-60 on its interval.
"""

from __future__ import annotations

from derivax.numeric.special.double_word import by_format


def expm1_ratio_polynomial(t):
    """(exp(x) - 1)/x on |x| <= 1/2, t = 2 x."""
    total = 1.4057173183688833e-15
    total = 3.937033317980737e-14 + t * total
    total = 1.01936467499685e-12 + t * total
    total = 2.4464724383033048e-11 + t * total
    total = 5.382288973782473e-10 + t * total
    total = 1.0764577975473595e-08 + t * total
    total = 1.9376240079107928e-07 + t * total
    total = 3.1001984126446405e-06 + t * total
    total = 4.3402777777778315e-05 + t * total
    total = 0.0005208333333333423 + t * total
    total = 0.005208333333333333 + t * total
    total = 0.041666666666666664 + t * total
    total = 0.25 + t * total
    low = by_format(t, 5.717256347037815e-21, 5.717256309187369e-21)
    return 1.0 + (low + t * total)


def sinh_ratio_polynomial(t):
    """(sinh(x)/x - 1)/x^2 on [0, 1], t = 2 x^2 - 1."""
    total = 2.2222872284724473e-17
    total = 1.2103412166020024e-14 + t * total
    total = 5.090606416723478e-12 + t * total
    total = 1.5910290314550312e-09 + t * total
    total = 3.507799416526001e-07 + t * total
    total = 5.0646018978923165e-05 + t * total
    total = 0.004266912703535114 + t * total
    low = by_format(t, -6.544992275890371e-18, -4.738518466496089e-10)
    return 0.170883282545214 + (low + t * total)


def tanh_ratio_polynomial(t):
    """(tanh(x)/x - 1)/x^2 on [0, 5/8], t = 5.12 x^2 - 1."""
    total = 5.527380399385082e-16
    total = -7.52537982130732e-15 + t * total
    total = 1.0065962459103297e-13 + t * total
    total = -1.3723350734645902e-12 + t * total
    total = 1.871183260578225e-11 + t * total
    total = -2.55100124852424e-10 + t * total
    total = 3.4778020878985792e-09 + t * total
    total = -4.7413203083851164e-08 + t * total
    total = 6.463888163504342e-07 + t * total
    total = -8.812299776088033e-06 + t * total
    total = 0.00012014127204544407 + t * total
    total = -0.0016381718893254222 + t * total
    total = 0.022366106880724677 + t * total
    low = by_format(t, 1.5191319809573926e-17, -1.0640784253723723e-08)
    return -0.30919940343634716 + (low + t * total)


def asin_ratio_polynomial(t):
    """(asin(x)/x - 1)/x^2 on [0, 1/2], t = 8 x^2 - 1."""
    total = 9.155656083150767e-16
    total = 7.014685486840799e-15 + t * total
    total = 5.0659455079531125e-14 + t * total
    total = 3.956840874164598e-13 + t * total
    total = 3.1222001643852487e-12 + t * total
    total = 2.4835271342725154e-11 + t * total
    total = 1.9990727546332123e-10 + t * total
    total = 1.6323529637479816e-09 + t * total
    total = 1.3565258722396368e-08 + t * total
    total = 1.1524658004663247e-07 + t * total
    total = 1.007472377358626e-06 + t * total
    total = 9.151973253346732e-06 + t * total
    total = 8.778021135214031e-05 + t * total
    total = 0.0009145648551063198 + t * total
    total = 0.010972967607792887 + t * total
    low = by_format(t, 1.1402102949821936e-17, -1.5215050053196677e-10)
    return 0.17680460199399817 + (low + t * total)


def sinpi_ratio_polynomial(t):
    """(sin(pi x)/x - pi)/x^2 on [0, 1/4], t = 32 x^2 - 1."""
    total = -2.0248883318353617e-14
    total = 1.3774970024468462e-11 + t * total
    total = -6.959811506395534e-09 + t * total
    total = 2.4789161111763635e-06 + t * total
    total = -0.0005777406216586942 + t * total
    total = 0.07852968034627374 + t * total
    low = by_format(t, 3.831834498768537e-16, 1.4652204072262975e-07)
    return -5.08860287319232 + (low + t * total)


def sinpi_over_pi_polynomial(t):
    """(sin(pi x)/(pi x) - 1)/x^2 on [0, 1/4], t = 32 x^2 - 1."""
    total = -6.4454197444139976e-15
    total = 4.3847091406736845e-12 + t * total
    total = -2.2153768084613993e-09 + t * total
    total = 7.890635052077132e-07 + t * total
    total = -0.00018390055152393142 + t * total
    total = 0.024996773613071857 + t * total
    low = by_format(t, -1.04050525138117e-16, 4.40921965605412e-08)
    return -1.6197526014003574 + (low + t * total)


def sinpi_square_polynomial(t):
    """((sin(pi x)/(pi x))^2 - 1)/x^2 on [0, 1/4], t = 32 x^2 - 1."""
    total = -1.7002133602234518e-16
    total = 5.226786770030789e-14 + t * total
    total = -1.2934756235880655e-11 + t * total
    total = 2.509677015073404e-09 + t * total
    total = -3.6910487914339236e-07 + t * total
    total = 3.935423539433017e-05 + t * total
    total = -0.0028601946245558328 + t * total
    total = 0.1294504632127202 + t * total
    low = by_format(t, 8.099488441443175e-17, -7.841115490236916e-08)
    return -3.1575177499962392 + (low + t * total)


def cospi_ratio_polynomial(t):
    """(cos(pi x) - 1)/x^2 on [0, 1/4], t = 32 x^2 - 1."""
    total = 1.2422989008948788e-16
    total = -9.657895504819272e-14 + t * total
    total = 5.6923707560076286e-11 + t * total
    total = -2.4325297929595052e-08 + t * total
    total = 7.083848532459258e-06 + t * total
    total = -0.0012825694796362354 + t * total
    total = 0.12424826585926356 + t * total
    low = by_format(t, 3.8140076332334064e-16, -7.393049372694804e-08)
    return -4.809264256974929 + (low + t * total)


def erf_ratio_polynomial(t):
    """erf(x)/x on [0, 1], t = 2 x^2 - 1."""
    total = 1.454817075960679e-14
    total = -3.8078827395263415e-13 + t * total
    total = 9.167606746069445e-12 + t * total
    total = -2.035228404899467e-10 + t * total
    total = 4.11580059766496e-09 + t * total
    total = -7.51156928660089e-08 + t * total
    total = 1.223382738352401e-06 + t * total
    total = -1.7537169441124826e-05 + t * total
    total = 0.00021751715604160108 + t * total
    total = -0.0022854855611441132 + t * total
    total = 0.019852496688983708 + t * total
    total = -0.1405360890227171 + t * total
    low = by_format(t, 4.256888919384134e-17, -2.5635246814204038e-08)
    return 0.9654687386698673 + (low + t * total)


def erfcx_scaled_polynomial(t):
    """(1 + 2 x) erfcx(x) on [0, oo), t = (x - 3.75)/(x + 3.75)."""
    total = -7.33950500852954e-11
    total = -3.75315827795962e-11 + t * total
    total = 9.02214970034059e-10 + t * total
    total = 5.457157304704688e-10 + t * total
    total = -6.545560212480267e-09 + t * total
    total = -4.389284159986328e-09 + t * total
    total = 4.0971223152703005e-08 + t * total
    total = 2.4289762925488707e-08 + t * total
    total = -2.6114702359900956e-07 + t * total
    total = -5.826281078800777e-08 + t * total
    total = 1.7534434251106334e-06 + t * total
    total = -9.72849582211122e-07 + t * total
    total = -1.1445049125831309e-05 + t * total
    total = 2.2383912036550678e-05 + t * total
    total = 5.164940777546399e-05 + t * total
    total = -0.00029015397928986765 + t * total
    total = 0.00029371359480570737 + t * total
    total = 0.0017556258324217529 + t * total
    total = -0.009746579547619623 + t * total
    total = 0.0283622774215156 + t * total
    total = -0.05869339859054762 + t * total
    total = 0.09230432116019834 + t * total
    total = -0.10880393014170746 + t * total
    total = 0.08227673849015102 + t * total
    total = 0.00358541548546369 + t * total
    total = -0.14024059858554702 + t * total
    low = by_format(t, 1.053597634158193e-16, 4.233685046983737e-08)
    return 1.2375126308378275 + (low + t * total)


def ndtr_scaled_polynomial(t):
    """(1 + 2 z) erfcx(z/sqrt(2)) on [0, oo), t = (z - 5)/(z + 5)."""
    total = -5.194114616656602e-11
    total = 1.83297213375545e-11 + t * total
    total = 6.440781209401016e-10 + t * total
    total = -6.85985058539369e-11 + t * total
    total = -4.5365861428808866e-09 + t * total
    total = -8.379432534614154e-10 + t * total
    total = 2.6061607098290596e-08 + t * total
    total = 1.1908340273678991e-08 + t * total
    total = -1.4594746745155718e-07 + t * total
    total = -8.516092776536802e-08 + t * total
    total = 8.737730798899638e-07 + t * total
    total = 3.594106183161387e-07 + t * total
    total = -5.723186326614382e-06 + t * total
    total = 1.0673808685750526e-06 + t * total
    total = 3.8782419958991054e-05 + t * total
    total = -5.2872637977343485e-05 + t * total
    total = -0.00021635382790459077 + t * total
    total = 0.0008501913801670752 + t * total
    total = -0.00023738712130310044 + t * total
    total = -0.007143390824332069 + t * total
    total = 0.03084569136297532 + t * total
    total = -0.07866440271425047 + t * total
    total = 0.14497565395158182 + t * total
    total = -0.2013148764334126 + t * total
    total = 0.2017771640691249 + t * total
    total = -0.10801615006815511 + t * total
    total = -0.07929401680801175 + t * total
    low = by_format(t, -7.537462956545795e-17, -3.153191840965519e-08)
    return 1.6922247094501386 + (low + t * total)


def erfinv_center_polynomial(t):
    """erfinv(x)/x to 1e-8, w = -log(1 - x^2) on [0, 6.25], t = w/3.125 - 1."""
    total = 5.934221943284403e-05
    total = -0.00013073913178830748 + t * total
    total = -0.00022658810670381495 + t * total
    total = 0.0012383478739824117 + t * total
    total = -0.0012910954471050042 + t * total
    total = -0.004138280674765455 + t * total
    total = 0.01781287483747942 + t * total
    total = -0.022604435800470796 + t * total
    total = -0.05892295171184032 + t * total
    total = 0.7504943246191502 + t * total
    low = by_format(t, 3.9307848254117884e-17, -7.346768970961648e-09)
    return 1.6536545680011314 + (low + t * total)


def erfinv_tail_polynomial(t):
    """erfcinv(q)/s to 1e-8, s = sqrt(-log(q (2 - q))) on [2.5, 27.5], t = (s - 15)/12.5."""
    total = -0.866033050995216
    total = 0.6603727696950094 + t * total
    total = 5.598350397438382 + t * total
    total = -4.1636223170259195 + t * total
    total = -16.086754318143374 + t * total
    total = 11.59089392124129 + t * total
    total = 27.150512588714328 + t * total
    total = -18.82317387244536 + t * total
    total = -29.91042975180009 + t * total
    total = 19.8002942281981 + t * total
    total = 22.59320139452907 + t * total
    total = -14.151971766280123 + t * total
    total = -11.95834078762409 + t * total
    total = 7.009688491814292 + t * total
    total = 4.450980858444535 + t * total
    total = -2.4063141650914184 + t * total
    total = -1.1545477723436561 + t * total
    total = 0.566440459977613 + t * total
    total = 0.20005358898869846 + t * total
    total = -0.0844897005842641 + t * total
    total = -0.02658584661555455 + t * total
    total = 0.012822800691819616 + t * total
    total = -0.00370420238281713 + t * total
    total = 0.005712081140594119 + t * total
    total = -0.007106246997919988 + t * total
    total = 0.007799791435376746 + t * total
    total = -0.008157044609698003 + t * total
    total = 0.007753054659478048 + t * total
    low = by_format(t, 5.482083986404113e-18, 2.6497360749999643e-08)
    return 0.9942418005795439 + (low + t * total)


def dawson_ratio_polynomial(t):
    """dawson(x)/x on [0, 1], t = 2 x^2 - 1."""
    total = -2.903717547284841e-15
    total = 7.852699376120479e-14 + t * total
    total = -1.9574182204739356e-12 + t * total
    total = 4.5101726983020786e-11 + t * total
    total = -9.491849827783265e-10 + t * total
    total = 1.8081655554010173e-08 + t * total
    total = -3.0838446462449156e-07 + t * total
    total = 4.6448449503488215e-06 + t * total
    total = -6.0710446801669284e-05 + t * total
    total = 0.0006727872222144733 + t * total
    total = -0.00612076775412786 + t * total
    total = 0.04358384425530725 + t * total
    total = -0.22477845900707633 + t * total
    low = by_format(t, -4.9218331450194076e-17, -1.437015129113206e-08)
    return 0.7247784590070764 + (low + t * total)


def dawson_1_2_polynomial(t):
    """2 x dawson(x) on [1, 2], t = 2 x - 3."""
    total = 4.2067211656603177e-13
    total = 9.460478633340268e-14 + t * total
    total = -1.8372153713818565e-11 + t * total
    total = 4.268190927626713e-11 + t * total
    total = 5.082752877656052e-10 + t * total
    total = -2.788691423663368e-09 + t * total
    total = -7.410530133898198e-09 + t * total
    total = 9.881933063329652e-08 + t * total
    total = -8.260463082497582e-08 + t * total
    total = -2.142903703278881e-06 + t * total
    total = 7.710285217291925e-06 + t * total
    total = 2.18300198367053e-05 + t * total
    total = -0.00019772618694190787 + t * total
    total = 0.00017798951534714604 + t * total
    total = 0.002300944139310552 + t * total
    total = -0.008052587685372616 + t * total
    total = -0.002877972179665763 + t * total
    total = 0.07132783471418702 + t * total
    total = -0.14321979502892654 + t * total
    total = 0.0011282512011048114 + t * total
    low = by_format(t, -2.0418783563131973e-17, -2.967135515064001e-08)
    return 1.284747213256196 + (low + t * total)


def dawson_2_4_polynomial(t):
    """2 x dawson(x) on [2, 4], t = x - 3."""
    total = 2.7988006808814858e-11
    total = -2.69148177776604e-12 + t * total
    total = -5.070629943015882e-10 + t * total
    total = 1.021698327915174e-09 + t * total
    total = 3.151617962556572e-09 + t * total
    total = -1.8525856005332734e-08 + t * total
    total = 2.058338948862331e-08 + t * total
    total = 1.1547288671991027e-07 + t * total
    total = -5.125560673795798e-07 + t * total
    total = 4.725211312110522e-07 + t * total
    total = 2.765642806968271e-06 + t * total
    total = -1.1323436318516712e-05 + t * total
    total = 1.23464292116583e-05 + t * total
    total = 3.9209214006174954e-05 + t * total
    total = -0.0001826580395658544 + t * total
    total = 0.00028665878621110107 + t * total
    total = 0.00013149353094334517 + t * total
    total = -0.0016449970441631077 + t * total
    total = 0.0038606846574344832 + t * total
    total = -0.004376807574326365 + t * total
    total = -0.0003274059237674664 + t * total
    total = 0.011760533745430686 + t * total
    total = -0.02757046914150992 + t * total
    total = 0.04439275495024592 + t * total
    total = -0.06121504075898177 + t * total
    low = by_format(t, -1.0380485285545463e-16, -2.845670721285387e-08)
    return 1.0696261836633498 + (low + t * total)


def dawson_4_6_polynomial(t):
    """2 x dawson(x) on [4, 6], t = x - 5."""
    total = -2.224097397447033e-12
    total = 6.678512875719942e-12 + t * total
    total = 2.5177130228646707e-12 + t * total
    total = -5.579480826338674e-11 + t * total
    total = 2.1333190820342208e-10 + t * total
    total = -5.748668398688334e-10 + t * total
    total = 1.0360173546052293e-09 + t * total
    total = -4.953561233678334e-10 + t * total
    total = -4.971119133353206e-09 + t * total
    total = 2.626422612624893e-08 + t * total
    total = -9.137669722939826e-08 + t * total
    total = 2.7437285420170276e-07 + t * total
    total = -7.902712524998385e-07 + t * total
    total = 2.3215382173939344e-06 + t * total
    total = -7.15686150096218e-06 + t * total
    total = 2.318588606997665e-05 + t * total
    total = -7.789749878820233e-05 + t * total
    total = 0.0002666081963741703 + t * total
    total = -0.0009106377879123275 + t * total
    total = 0.0030149794101126106 + t * total
    total = -0.009139293579129872 + t * total
    low = by_format(t, -8.449351166185796e-17, 1.643667779660518e-08)
    return 1.0213407442427684 + (low + t * total)


def dawson_beyond_polynomial(t):
    """2 x dawson(x) on [6, oo), t = 72/x^2 - 1."""
    total = 4.5708555686409176e-15
    total = 1.5427548253182787e-14 + t * total
    total = 2.48873891247306e-14 + t * total
    total = 6.378205061691945e-14 + t * total
    total = 2.706003369231757e-13 + t * total
    total = 1.2186072812815359e-12 + t * total
    total = 6.2591010141905314e-12 + t * total
    total = 3.794807509965235e-11 + t * total
    total = 2.733234007942094e-10 + t * total
    total = 2.3711622986558727e-09 + t * total
    total = 2.5303792778568574e-08 + t * total
    total = 3.426569497065554e-07 + t * total
    total = 6.180627813203835e-06 + t * total
    total = 0.0001613841975866908 + t * total
    total = 0.007249927635774571 + t * total
    low = by_format(t, 5.562721727990256e-17, 2.134257215402613e-08)
    return 1.0070944045823185 + (low + t * total)


def gamma_2_3_polynomial(t):
    """gamma(x) on [2, 3], t = 2 x - 5."""
    total = 1.2830624276053759e-13
    total = -6.342546582674352e-13 + t * total
    total = 2.5654040285789276e-12 + t * total
    total = -1.2749100061530237e-11 + t * total
    total = 6.611159559942238e-11 + t * total
    total = -3.1278750685409537e-10 + t * total
    total = 1.7709239526153953e-09 + t * total
    total = -6.250638232435246e-09 + t * total
    total = 5.989257377301336e-08 + t * total
    total = 7.698732891029532e-09 + t * total
    total = 2.947164560136418e-06 + t * total
    total = 1.255781630366426e-05 + t * total
    total = 0.00016238130353067666 + t * total
    total = 0.0008862743935868059 + t * total
    total = 0.006854577125134941 + t * total
    total = 0.03173390585514297 + t * total
    total = 0.1636396444953342 + t * total
    total = 0.46736726081304275 + t * total
    low = by_format(t, -1.9981423556938316e-18, 4.947216680761812e-08)
    return 1.329340388179137 + (low + t * total)


def stirling_series_polynomial(t):
    """x (gamma(x) (x/e)^(1/2 - x)/sqrt(2 pi/e) - 1) on [8, oo), t = 16/x - 1."""
    total = 1.493752513097217e-16
    total = -6.561885845689188e-16 + t * total
    total = -1.2503633212094484e-14 + t * total
    total = 1.353055866255685e-13 + t * total
    total = 1.2136807107714548e-12 + t * total
    total = -3.143339670223223e-11 + t * total
    total = -1.3867096969473996e-10 + t * total
    total = 1.1773254103154909e-08 + t * total
    total = -8.206356947754014e-09 + t * total
    total = -1.0570086738538536e-05 + t * total
    total = 0.00019594592494454345 + t * total
    low = by_format(t, 5.251677467973536e-18, 6.011305342390472e-10)
    return 0.08353982925923446 + (low + t * total)


def lgamma_1_polynomial(t):
    """lgamma(x)/(x - 1) on [3/4, 3/2], t = (x - 9/8) 8/3."""
    total = 8.604081847751515e-13
    total = -2.6161475751757813e-12 + t * total
    total = 3.0222710019164668e-12 + t * total
    total = -9.939181009202889e-12 + t * total
    total = 4.495917240735708e-11 + t * total
    total = -1.4082298973454964e-10 + t * total
    total = 4.2509233816097387e-10 + t * total
    total = -1.3514141488148209e-09 + t * total
    total = 4.325907971945607e-09 + t * total
    total = -1.383568095217746e-08 + t * total
    total = 4.443917607435074e-08 + t * total
    total = -1.4350659945042125e-07 + t * total
    total = 4.661913753998764e-07 + t * total
    total = -1.525161450635391e-06 + t * total
    total = 5.032397932081285e-06 + t * total
    total = -1.6781733267739236e-05 + t * total
    total = 5.6728947911576424e-05 + t * total
    total = -0.00019529181313757127 + t * total
    total = 0.0006898719259776996 + t * total
    total = -0.002534685328203707 + t * total
    total = 0.00994908738774514 + t * total
    total = -0.04441022460638678 + t * total
    total = 0.2750784291373854 + t * total
    low = by_format(t, -8.943171358221078e-18, 5.917388357090658e-09)
    return -0.48018547300831665 + (low + t * total)


def lgamma_2_polynomial(t):
    """lgamma(x)/(x - 2) on [3/2, 5/2], t = 2 x - 4."""
    total = -2.9870158154660844e-14
    total = 1.2348124407415191e-13 + t * total
    total = -3.6241765460787023e-13 + t * total
    total = 1.5405403077263189e-12 + t * total
    total = -6.883585477019144e-12 + t * total
    total = 2.924893264533834e-11 + t * total
    total = -1.2443956999450546e-10 + t * total
    total = 5.339625498454325e-10 + t * total
    total = -2.304575722121961e-09 + t * total
    total = 1.001332635032469e-08 + t * total
    total = -4.387327350350602e-08 + t * total
    total = 1.942529426790968e-07 + t * total
    total = -8.716982761930202e-07 + t * total
    total = 3.981793164267811e-06 + t * total
    total = -1.8636779870239865e-05 + t * total
    total = 9.032844783544811e-05 + t * total
    total = -0.000461596939292132 + t * total
    total = 0.0025726010534730787 + t * total
    total = -0.016838075263299522 + t * total
    total = 0.1612335167120566 + t * total
    low = by_format(t, 4.942088368010417e-18, 6.637773886097875e-09)
    return 0.42278433509846713 + (low + t * total)


def lgamma_3_polynomial(t):
    """lgamma(x) on [5/2, 4], t = (x - 13/4) 4/3."""
    total = -5.44708976601566e-14
    total = 2.46229344562061e-13 + t * total
    total = -8.584045126287887e-13 + t * total
    total = 3.981942138875189e-12 + t * total
    total = -1.9075694712076333e-11 + t * total
    total = 8.905624165722756e-11 + t * total
    total = -4.1816390655649827e-10 + t * total
    total = 1.9837100873050817e-09 + t * total
    total = -9.510373579259133e-09 + t * total
    total = 4.619793056979483e-08 + t * total
    total = -2.2822905960170788e-07 + t * total
    total = 1.1526772790655477e-06 + t * total
    total = -5.997472618831502e-06 + t * total
    total = 3.2532021938730597e-05 + t * total
    total = -0.00018761292764283178 + t * total
    total = 0.0011922366180495113 + t * total
    total = -0.009011035345719036 + t * total
    total = 0.10119326914956935 + t * total
    total = 0.7627431833011343 + t * total
    low = by_format(t, 2.044226241924134e-17, 7.833731885398265e-09)
    return 0.9358019311087253 + (low + t * total)


def lgamma_4_polynomial(t):
    """lgamma(x) on [4, 8], t = x/2 - 3."""
    total = 2.823711035112466e-12
    total = -8.666793026598593e-12 + t * total
    total = 1.1157646863740252e-11 + t * total
    total = -3.698597823772693e-11 + t * total
    total = 1.5946905047171908e-10 + t * total
    total = -5.090722681692205e-10 + t * total
    total = 1.5863176731520093e-09 + t * total
    total = -5.166664458805997e-09 + t * total
    total = 1.6996838555271944e-08 + t * total
    total = -5.6245825887190746e-08 + t * total
    total = 1.8815492744524242e-07 + t * total
    total = -6.379058225842287e-07 + t * total
    total = 2.1980874654626904e-06 + t * total
    total = -7.72923202422946e-06 + t * total
    total = 2.789179530631004e-05 + t * total
    total = -0.00010413448846565893 + t * total
    total = 0.00040724530098256757 + t * total
    total = -0.0017021843579078672 + t * total
    total = 0.007885218795169574 + t * total
    total = -0.04371964299348557 + t * total
    total = 0.36264591147423064 + t * total
    total = 3.412235336863601 + t * total
    low = by_format(t, 1.826464658137716e-16, -5.561883398286227e-08)
    return 4.787491742782046 + (low + t * total)


def lgamma_series_polynomial(t):
    """x times (lgamma(x) minus Stirling's formula) on [8, oo), t = 128/x^2 - 1."""
    total = -3.706685051899316e-17
    total = 1.1522355126213349e-15 + t * total
    total = -4.804140290450813e-14 + t * total
    total = 2.876910644172138e-12 + t * total
    total = -2.718192092526302e-10 + t * total
    total = 4.760738262245755e-08 + t * total
    total = -2.1605346910992954e-05 + t * total
    low = by_format(t, 3.4274223355325062e-18, 3.125229408595942e-09)
    return 0.08331168010429436 + (low + t * total)


def digamma_half_polynomial(t):
    """digamma(x) on [1/2, 1], t = 4 x - 3."""
    total = 3.447312249734999e-12
    total = -1.004620411389536e-11 + t * total
    total = 7.731082732046467e-12 + t * total
    total = -2.504157726180148e-11 + t * total
    total = 1.395463800319421e-10 + t * total
    total = -4.1355623948682647e-10 + t * total
    total = 1.1328325108071255e-09 + t * total
    total = -3.406584172288471e-09 + t * total
    total = 1.0336168039772308e-08 + t * total
    total = -3.1000283110618315e-08 + t * total
    total = 9.29161021734663e-08 + t * total
    total = -2.787543856457247e-07 + t * total
    total = 8.363089428634611e-07 + t * total
    total = -2.508947928094383e-06 + t * total
    total = 7.5269953669905115e-06 + t * total
    total = -2.258215346018156e-05 + t * total
    total = 6.775467380272979e-05 + t * total
    total = -0.00020332199340654373 + t * total
    total = 0.0006103775569215266 + t * total
    total = -0.001834081523659258 + t * total
    total = 0.005523708845008657 + t * total
    total = -0.016731869436103747 + t * total
    total = 0.05146695972617342 + t * total
    total = -0.16570728801055123 + t * total
    total = 0.6354699119179016 + t * total
    low = by_format(t, -3.4303952505149935e-18, -3.135965442879751e-08)
    return -1.0858608797864722 + (low + t * total)


def digamma_1_polynomial(t):
    """digamma(x)/(x - x0) on [1, 2], x0 its zero, t = 2 x - 3."""
    total = 3.436642565860094e-12
    total = -1.0015117602062808e-11 + t * total
    total = 8.566371926522047e-12 + t * total
    total = -2.7468150389464952e-11 + t * total
    total = 1.4147240470372602e-10 + t * total
    total = -4.197772636734229e-10 + t * total
    total = 1.165378200731563e-09 + t * total
    total = -3.5032218996509724e-09 + t * total
    total = 1.0605741809549775e-08 + t * total
    total = -3.181266980138485e-08 + t * total
    total = 9.538368854097868e-08 + t * total
    total = -2.8620904099739414e-07 + t * total
    total = 8.589268397166999e-07 + t * total
    total = -2.578134894751126e-06 + t * total
    total = 7.74122874957519e-06 + t * total
    total = -2.3258232466707952e-05 + t * total
    total = 6.995018926346291e-05 + t * total
    total = -0.00021074841288961643 + t * total
    total = 0.0006368880302815988 + t * total
    total = -0.001935066664735652 + t * total
    total = 0.005936795278307386 + t * total
    total = -0.01855061538173984 + t * total
    total = 0.06013562106019672 + t * total
    total = -0.21181371064073024 + t * total
    low = by_format(t, 4.3319145762311065e-17, -8.329434031395522e-09)
    return 0.9510558760318328 + (low + t * total)


def digamma_2_polynomial(t):
    """digamma(x) on [2, 4], t = x - 3."""
    total = -2.5129023246122494e-12
    total = 7.324519951109788e-12 + t * total
    total = -6.2732663576109e-12 + t * total
    total = 2.012601124354819e-11 + t * total
    total = -1.0362104999214433e-10 + t * total
    total = 3.0770254265638417e-10 + t * total
    total = -8.553353689035414e-10 + t * total
    total = 2.574870661724926e-09 + t * total
    total = -7.809650771066476e-09 + t * total
    total = 2.3485085360983947e-08 + t * total
    total = -7.065484715885114e-08 + t * total
    total = 2.1297189478882193e-07 + t * total
    total = -6.430362358841367e-07 + t * total
    total = 1.945930478067745e-06 + t * total
    total = -5.90735385122368e-06 + t * total
    total = 1.8012627374483896e-05 + t * total
    total = -5.526782612202096e-05 + t * total
    total = 0.00017110619800027842 + t * total
    total = -0.0005367773819193177 + t * total
    total = 0.0017180619844451956 + t * total
    total = -0.005677755143370087 + t * total
    total = 0.01982323371113832 + t * total
    total = -0.07705690315959428 + t * total
    total = 0.39493406684822646 + t * total
    low = by_format(t, 4.934351109254875e-18, 6.637773886097875e-09)
    return 0.9227843350984671 + (low + t * total)


def digamma_4_polynomial(t):
    """digamma(x) on [4, 8], t = x/2 - 3."""
    total = 3.736573813247061e-12
    total = -1.093016610934343e-11 + t * total
    total = 1.0509665413378288e-11 + t * total
    total = -3.361795470523222e-11 + t * total
    total = 1.606189999362702e-10 + t * total
    total = -4.811625158068591e-10 + t * total
    total = 1.3686637331970084e-09 + t * total
    total = -4.161624733189097e-09 + t * total
    total = 1.2747115448107268e-08 + t * total
    total = -3.888063308282072e-08 + t * total
    total = 1.1894660527320057e-07 + t * total
    total = -3.655318176145088e-07 + t * total
    total = 1.1289408546708472e-06 + t * total
    total = -3.5085033935419205e-06 + t * total
    total = 1.0990434718279979e-05 + t * total
    total = -3.4781539816087085e-05 + t * total
    total = 0.0001115671815921355 + t * total
    total = -0.0003644707101306499 + t * total
    total = 0.0012217359029191664 + t * total
    total = -0.004255460894739856 + t * total
    total = 0.015770437590340164 + t * total
    total = -0.06557946449022904 + t * total
    total = 0.36264591147423064 + t * total
    low = by_format(t, 1.2492430622517512e-17, 3.842691853606084e-08)
    return 1.7061176684318005 + (low + t * total)


def digamma_series_polynomial(t):
    """x^2 (log(x) - 1/(2 x) - digamma(x)) on [8, oo), t = 128/x^2 - 1."""
    total = 2.4619462069685785e-17
    total = -5.322332836981093e-16 + t * total
    total = 1.4422771569715472e-14 + t * total
    total = -5.146642600092636e-13 + t * total
    total = 2.5411797686910442e-11 + t * total
    total = -1.879719164759113e-09 + t * total
    total = 2.3640599785507388e-07 + t * total
    total = -6.462561120249051e-05 + t * total
    low = by_format(t, 5.359311650912269e-18, -1.6517109902025595e-09)
    return 0.08326846941047238 + (low + t * total)


def trigamma_1_polynomial(t):
    """trigamma(x) on [1, 2], t = 2 x - 3."""
    total = 1.1317559658736587e-11
    total = -3.176298420583598e-11 + t * total
    total = 1.544814666062618e-11 + t * total
    total = -5.053141298254625e-11 + t * total
    total = 3.730442890382407e-10 + t * total
    total = -1.0531740002915649e-09 + t * total
    total = 2.617331217716148e-09 + t * total
    total = -7.506996174755617e-09 + t * total
    total = 2.1848004948913153e-08 + t * total
    total = -6.20648734445434e-08 + t * total
    total = 1.7550777965482596e-07 + t * total
    total = -4.956075085326316e-07 + t * total
    total = 1.3942418778665504e-06 + t * total
    total = -3.904607078775749e-06 + t * total
    total = 1.0880503417346318e-05 + t * total
    total = -3.0146654088735488e-05 + t * total
    total = 8.297733835560002e-05 + t * total
    total = -0.00022664204466017756 + t * total
    total = 0.0006134890695256833 + t * total
    total = -0.0016430458828880082 + t * total
    total = 0.004345012708297978 + t * total
    total = -0.011317167657044085 + t * total
    total = 0.028941532818842177 + t * total
    total = -0.07238020472223367 + t * total
    total = 0.17613637925030465 + t * total
    total = -0.41439832211716 + t * total
    low = by_format(t, -1.9812469368894168e-17, 2.597650272662122e-08)
    return 0.9348022005446793 + (low + t * total)


def trigamma_2_polynomial(t):
    """trigamma(x) on [2, 4], t = x - 3."""
    total = 2.829996596285676e-12
    total = -7.943045914672906e-12 + t * total
    total = 3.866798919009935e-12 + t * total
    total = -1.2651380302656557e-11 + t * total
    total = 9.334430369812942e-11 + t * total
    total = -2.636112733932051e-10 + t * total
    total = 6.555248075628406e-10 + t * total
    total = -1.88129145752107e-09 + t * total
    total = 5.479288419948636e-09 + t * total
    total = -1.558173636604233e-08 + t * total
    total = 4.41244949017043e-08 + t * total
    total = -1.2483414965751176e-07 + t * total
    total = 3.5205830143678336e-07 + t * total
    total = -9.8922047514622e-07 + t * total
    total = 2.768723617641182e-06 + t * total
    total = -7.716419402173776e-06 + t * total
    total = 2.1405211563137048e-05 + t * total
    total = -5.907354145863948e-05 + t * total
    total = 0.0001621136503407568 + t * total
    total = -0.0004421426086295321 + t * total
    total = 0.0011977433856120352 + t * total
    total = -0.003220664291538654 + t * total
    total = 0.008590309922245633 + t * total
    total = -0.022711020573479658 + t * total
    total = 0.05946970113341458 + t * total
    total = -0.15411380631918858 + t * total
    low = by_format(t, -2.5107012389290917e-17, 8.658834538266547e-09)
    return 0.39493406684822646 + (low + t * total)


def trigamma_4_polynomial(t):
    """trigamma(x) on [4, 8], t = x/2 - 3."""
    total = -2.010300503099886e-12
    total = 5.6463329272669005e-12 + t * total
    total = -3.2757079517892882e-12 + t * total
    total = 1.0504184520556525e-11 + t * total
    total = -6.766339357090736e-11 + t * total
    total = 1.918704184778879e-10 + t * total
    total = -4.891115226828316e-10 + t * total
    total = 1.4085426432498017e-09 + t * total
    total = -4.104261855097985e-09 + t * total
    total = 1.1740502994020696e-08 + t * total
    total = -3.349478016149407e-08 + t * total
    total = 9.553924910369683e-08 + t * total
    total = -2.720494160273215e-07 + t * total
    total = 7.731785247358774e-07 + t * total
    total = -2.193233342963656e-06 + t * total
    total = 6.209167998426307e-06 + t * total
    total = -1.7542507004115597e-05 + t * total
    total = 4.945695734109024e-05 + t * total
    total = -0.00013912616068261348 + t * total
    total = 0.0003904851354646713 + t * total
    total = -0.001093412130280574 + t * total
    total = 0.003054339757303306 + t * total
    total = -0.008510921789483721 + t * total
    total = 0.023655656385510142 + t * total
    total = -0.065579464490229 + t * total
    low = by_format(t, 4.275458915189696e-18, -6.308554123535259e-09)
    return 0.18132295573711532 + (low + t * total)


def trigamma_series_polynomial(t):
    """x^3 (trigamma(x) - 1/x - 1/(2 x^2)) on [8, oo), t = 128/x^2 - 1."""
    total = -2.5974461065205753e-17
    total = 4.190597684704237e-16 + t * total
    total = -8.075423883050022e-15 + t * total
    total = 1.9450969446461495e-13 + t * total
    total = -6.002923625266037e-12 + t * total
    total = 2.489713116841223e-10 + t * total
    total = -1.4834458931930387e-08 + t * total
    total = 1.4071576721456526e-06 + t * total
    total = -0.0002575568208185419 + t * total
    low = by_format(t, 9.804314342682113e-18, -1.8536315815609328e-09)
    return 0.16640768759853977 + (low + t * total)


def log1pmx_polynomial(t):
    """(m - log(1 + m))/m^2 on [-0.4, 0.6], t = (m - 0.1)/0.5."""
    total = -1.9341376663601224e-11
    total = 4.156807034011597e-11 + t * total
    total = 5.078829328697686e-11 + t * total
    total = -9.831770015155521e-11 + t * total
    total = -2.67577410654578e-10 + t * total
    total = 5.545343820598152e-10 + t * total
    total = -2.7891590034185337e-10 + t * total
    total = 7.481596158995906e-10 + t * total
    total = -3.034301533243566e-09 + t * total
    total = 6.837866979503209e-09 + t * total
    total = -1.4531504862547035e-08 + t * total
    total = 3.367516247918144e-08 + t * total
    total = -7.875810842719026e-08 + t * total
    total = 1.8272358364511388e-07 + t * total
    total = -4.2500716207214137e-07 + t * total
    total = 9.92851502150654e-07 + t * total
    total = -2.3283472567594194e-06 + t * total
    total = 5.483764262588146e-06 + t * total
    total = -1.2980187148992524e-05 + t * total
    total = 3.090296572775457e-05 + t * total
    total = -7.40745614129929e-05 + t * total
    total = 0.00017899655342302277 + t * total
    total = -0.0004367759325354559 + t * total
    total = 0.0010786977378509973 + t * total
    total = -0.0027048925142323156 + t * total
    total = 0.006918745867571969 + t * total
    total = -0.01818233572293818 + t * total
    total = 0.049684525414789335 + t * total
    total = -0.1443656502205945 + t * total
    low = by_format(t, -1.2364251720506945e-17, 8.487726077532898e-09)
    return 0.468982019567514 + (low + t * total)


def ein_small_polynomial(t):
    """(Ein(x) - x)/x^2 ... : (E1(x) + gamma + log(x))/x on [0, 1], t = 2 x - 1."""
    total = 1.9686036435571058e-15
    total = -5.575070247424053e-14 + t * total
    total = 1.4629557663287558e-12 + t * total
    total = -3.565610231478228e-11 + t * total
    total = 7.990986497113043e-10 + t * total
    total = -1.634832596071036e-08 + t * total
    total = 3.027424980527778e-07 + t * total
    total = -5.024388272123079e-06 + t * total
    total = 7.387064025450594e-05 + t * total
    total = -0.0009496819183999231 + t * total
    total = 0.010541467229713709 + t * total
    total = -0.10074547766076357 + t * total
    low = by_format(t, -8.28486851178083e-18, -8.195930156773557e-09)
    return 0.8876841582354967 + (low + t * total)


def e1_half_polynomial(t):
    """x e^x E1(x) on [0.6, 1.2], t = (x - 0.9)/0.3."""
    total = 3.2632349089739053e-13
    total = -1.0462478794438688e-12 + t * total
    total = 1.6572218430707051e-12 + t * total
    total = -5.6834356419628185e-12 + t * total
    total = 2.339717709652131e-11 + t * total
    total = -7.855626660913191e-11 + t * total
    total = 2.6098575284170143e-10 + t * total
    total = -8.944463340406937e-10 + t * total
    total = 3.0973714624614293e-09 + t * total
    total = -1.0822564802492875e-08 + t * total
    total = 3.828217678057982e-08 + t * total
    total = -1.373886961306343e-07 + t * total
    total = 5.015512529478615e-07 + t * total
    total = -1.8688499458445687e-06 + t * total
    total = 7.1396622471449345e-06 + t * total
    total = -2.8133732897628843e-05 + t * total
    total = 0.00011528200792719296 + t * total
    total = -0.0004967765590383064 + t * total
    total = 0.002286664483075251 + t * total
    total = -0.011486625923571372 + t * total
    total = 0.06477105918440085 + t * total
    low = by_format(t, 3.642356328791886e-17, -1.4071200205023615e-08)
    return 0.5759543039753697 + (low + t * total)


def e1_1_polynomial(t):
    """x e^x E1(x) on [1.2, 3], t = (x - 2.1)/0.9."""
    total = 5.891455423429354e-12
    total = -1.4125666759480871e-11 + t * total
    total = -2.850697986308869e-12 + t * total
    total = 2.7900119239722843e-12 + t * total
    total = 1.043883889579575e-10 + t * total
    total = -2.5407221159963134e-10 + t * total
    total = 4.627963696874591e-10 + t * total
    total = -1.2105980398528308e-09 + t * total
    total = 3.3358038242265017e-09 + t * total
    total = -8.654008532513433e-09 + t * total
    total = 2.2488860846641365e-08 + t * total
    total = -5.924629828895153e-08 + t * total
    total = 1.5730950317136193e-07 + t * total
    total = -4.210585541445859e-07 + t * total
    total = 1.1380035284477031e-06 + t * total
    total = -3.110151949535209e-06 + t * total
    total = 8.609703920220344e-06 + t * total
    total = -2.4192235006054718e-05 + t * total
    total = 6.917980754924572e-05 + t * total
    total = -0.00020198570129540227 + t * total
    total = 0.0006046425814029479 + t * total
    total = -0.0018655321265276525 + t * total
    total = 0.00597242726200821 + t * total
    total = -0.020009862119014794 + t * total
    total = 0.07090871018330457 + t * total
    low = by_format(t, -5.536227627525754e-17, -6.862949764041559e-09)
    return 0.7307915022885089 + (low + t * total)


def e1_3_polynomial(t):
    """x e^x E1(x) on [3, 8], t = (x - 5.5)/2.5."""
    total = 1.2706080275442814e-11
    total = -2.8164770334582086e-11 + t * total
    total = -2.3206419454593036e-11 + t * total
    total = 4.3808684074493196e-11 + t * total
    total = 1.7703454317868177e-10 + t * total
    total = -3.858281781171562e-10 + t * total
    total = 3.954289630165948e-10 + t * total
    total = -9.96106350980774e-10 + t * total
    total = 2.9997521630064763e-09 + t * total
    total = -7.1021995888306526e-09 + t * total
    total = 1.6506681636722162e-08 + t * total
    total = -3.9775433432145807e-08 + t * total
    total = 9.641528371936162e-08 + t * total
    total = -2.33974143636373e-07 + t * total
    total = 5.704831757153208e-07 + t * total
    total = -1.3986813417634209e-06 + t * total
    total = 3.449313438709291e-06 + t * total
    total = -8.561462725364181e-06 + t * total
    total = 2.1403288672366835e-05 + t * total
    total = -5.3937558896098376e-05 + t * total
    total = 0.00013715151330012242 + t * total
    total = -0.0003522901144076323 + t * total
    total = 0.0009153113446227092 + t * total
    total = -0.0024092786107091165 + t * total
    total = 0.006436648527056811 + t * total
    total = -0.01749196864757918 + t * total
    total = 0.04847829567707238 + t * total
    low = by_format(t, 3.621785086833612e-17, 3.1484956863891966e-09)
    return 0.8625618846907014 + (low + t * total)


def e1_8_polynomial(t):
    """x e^x E1(x) on [8, 24], t = 24/x - 2."""
    total = 1.089435301644998e-14
    total = -5.0041554540758854e-14 + t * total
    total = 1.926978621620568e-13 + t * total
    total = -9.621892838750055e-13 + t * total
    total = 5.0298280137871914e-12 + t * total
    total = -2.6763214151296966e-11 + t * total
    total = 1.482783203424725e-10 + t * total
    total = -8.609581288075309e-10 + t * total
    total = 5.272078075524237e-09 + t * total
    total = -3.4348211787749385e-08 + t * total
    total = 2.408709752912265e-07 + t * total
    total = -1.8469664856069865e-06 + t * total
    total = 1.5835910989136378e-05 + t * total
    total = -0.00015704223295566697 + t * total
    total = 0.0019047434254961058 + t * total
    total = -0.03143838483569999 + t * total
    low = by_format(t, 2.442806253058508e-17, -8.499808856754498e-09)
    return 0.9279135976670307 + (low + t * total)


def e1_beyond_polynomial(t):
    """x e^x E1(x) on [24, oo), t = 48/x - 1."""
    total = 7.604783232505396e-15
    total = -3.9233628698999807e-14 + t * total
    total = 1.8685718659937095e-13 + t * total
    total = -1.1039291729874218e-12 + t * total
    total = 6.974160612891446e-12 + t * total
    total = -4.6892785841489775e-11 + t * total
    total = 3.4129517668441436e-10 + t * total
    total = -2.7202801478171275e-09 + t * total
    total = 2.4092492758331448e-08 + t * total
    total = -2.4176667820428004e-07 + t * total
    total = 2.8239358051319435e-06 + t * total
    total = -3.993887687639884e-05 + t * total
    total = 0.0007284474949947222 + t * total
    total = -0.01924395030204543 + t * total
    low = by_format(t, 5.273617332677056e-17, -1.105616220797856e-08)
    return 0.9799845704143274 + (low + t * total)


def ei_small_polynomial(t):
    """(Ei(x) - log(x/x0))/(x - x0) on [0, 3], x0 its zero, t = (x - 1.5)/1.5."""
    total = 3.4473292581667874e-14
    total = 4.3551838345554066e-13 + t * total
    total = 5.0645686182792105e-12 + t * total
    total = 5.712652225943078e-11 + t * total
    total = 6.063825726821652e-10 + t * total
    total = 6.028063770851597e-09 + t * total
    total = 5.5886317924797547e-08 + t * total
    total = 4.806630795449226e-07 + t * total
    total = 3.811649325276102e-06 + t * total
    total = 2.7667827893895404e-05 + t * total
    total = 0.0001822477987912399 + t * total
    total = 0.0010779341915273142 + t * total
    total = 0.00565031715956508 + t * total
    total = 0.02581445353997904 + t * total
    total = 0.10057866880994183 + t * total
    total = 0.3246334572913859 + t * total
    total = 0.8362669668507033 + t * total
    low = by_format(t, -2.07668564945956e-17, 5.9424007048392014e-08)
    return 1.6925361750703682 + (low + t * total)


def ei_3_polynomial(t):
    """x e^-x Ei(x) on [3, 6], t = (x - 4.5)/1.5."""
    total = 9.097901588341732e-13
    total = -3.0116931347598385e-12 + t * total
    total = 5.062278044068039e-12 + t * total
    total = -1.8222612791156033e-11 + t * total
    total = 7.825955074623954e-11 + t * total
    total = -2.8127864350896827e-10 + t * total
    total = 1.0202738359455802e-09 + t * total
    total = -3.88882414256145e-09 + t * total
    total = 1.5315626202547233e-08 + t * total
    total = -6.186852434584949e-08 + t * total
    total = 2.517170438154894e-07 + t * total
    total = -9.925698731641856e-07 + t * total
    total = 3.5536319403561507e-06 + t * total
    total = -1.0146125852814272e-05 + t * total
    total = 1.3478410438019894e-05 + t * total
    total = 7.929578042140134e-05 + t * total
    total = -0.0007707250300585571 + t * total
    total = 0.0037711175983770927 + t * total
    total = -0.012120966030089999 + t * total
    total = 0.022893654166644965 + t * total
    total = -0.002238106481408703 + t * total
    total = -0.12915553456803708 + t * total
    low = by_format(t, 4.051831307169678e-18, -1.8679580549019192e-08)
    return 1.396419029629746 + (low + t * total)


def ei_6_polynomial(t):
    """x e^-x Ei(x) on [6, 12], t = (x - 9)/3."""
    total = -1.1047195133860583e-12
    total = 3.901961171565101e-12 + t * total
    total = -7.689634004278915e-12 + t * total
    total = 2.983400448398796e-11 + t * total
    total = -1.3065656383487027e-10 + t * total
    total = 4.805150629584257e-10 + t * total
    total = -1.6641463747673486e-09 + t * total
    total = 5.352661923715239e-09 + t * total
    total = -1.4545193505698308e-08 + t * total
    total = 2.575654681711925e-08 + t * total
    total = 2.9303955557714975e-08 + t * total
    total = -5.65656292546305e-07 + t * total
    total = 3.390088123976071e-06 + t * total
    total = -1.4682705394755839e-05 + t * total
    total = 5.080526347404489e-05 + t * total
    total = -0.00014106943380146953 + t * total
    total = 0.00029512294229365346 + t * total
    total = -0.0003470592417984333 + t * total
    total = -0.000446250800994863 + t * total
    total = 0.004016108921826111 + t * total
    total = -0.01383318168233001 + t * total
    total = 0.03465723048123686 + t * total
    total = -0.07402455655713283 + t * total
    low = by_format(t, -8.525871050068234e-17, 1.4334839981700043e-08)
    return 1.152759208708925 + (low + t * total)


def ei_12_polynomial(t):
    """x e^-x Ei(x) on [12, 24], t = (x - 18)/6."""
    total = -4.3540486105908446e-13
    total = -8.191421766444063e-12 + t * total
    total = 6.045082818573868e-11 + t * total
    total = -2.3167325591504597e-10 + t * total
    total = 7.892286637120923e-10 + t * total
    total = -2.5645431851967035e-09 + t * total
    total = 7.467599451585452e-09 + t * total
    total = -1.9037266999905443e-08 + t * total
    total = 4.122673776178214e-08 + t * total
    total = -6.774651889002771e-08 + t * total
    total = 4.082445643584176e-08 + t * total
    total = 2.7019672222925936e-07 + t * total
    total = -1.5713099263428157e-06 + t * total
    total = 5.711565551849048e-06 + t * total
    total = -1.7059840466235996e-05 + t * total
    total = 4.536815541253613e-05 + t * total
    total = -0.0001122646987535531 + t * total
    total = 0.0002675861722624398 + t * total
    total = -0.0006328205480408737 + t * total
    total = 0.0015175834927817627 + t * total
    total = -0.0037294908546335716 + t * total
    total = 0.009396469196545304 + t * total
    total = -0.024161249507109784 + t * total
    low = by_format(t, -5.114832734318243e-18, 5.4364456048006105e-08)
    return 1.063087279324784 + (low + t * total)


def ei_24_polynomial(t):
    """x e^-x Ei(x) on [24, 48], t = (x - 36)/12."""
    total = 1.7224300432008613e-12
    total = -5.927852156750129e-12 + t * total
    total = 7.900703753323155e-12 + t * total
    total = -1.8077880307781545e-11 + t * total
    total = 6.859331219022354e-11 + t * total
    total = -1.8266203884163882e-10 + t * total
    total = 4.36497988294402e-10 + t * total
    total = -1.1133221375560377e-09 + t * total
    total = 2.901873826866817e-09 + t * total
    total = -7.552875642046204e-09 + t * total
    total = 1.983550843321445e-08 + t * total
    total = -5.270086312637883e-08 + t * total
    total = 1.4139126367229026e-07 + t * total
    total = -3.824929759974508e-07 + t * total
    total = 1.042045692008772e-06 + t * total
    total = -2.8558187264269124e-06 + t * total
    total = 7.866221795981968e-06 + t * total
    total = -2.1761702125579716e-05 + t * total
    total = 6.043351376440322e-05 + t * total
    total = -0.00016839819335828234 + t * total
    total = 0.00047067704055322426 + t * total
    total = -0.0013192026400976314 + t * total
    total = 0.0037067979864224367 + t * total
    total = -0.010439891811396006 + t * total
    low = by_format(t, 3.1983497450374156e-17, 5.040525330457513e-09)
    return 1.0294662764409768 + (low + t * total)


def ei_beyond_polynomial(t):
    """x e^-x Ei(x) on [48, oo), t = 96/x - 1."""
    total = 1.5801217641935891e-15
    total = 7.504551446180855e-15 + t * total
    total = 3.5708145691549453e-14 + t * total
    total = 2.318850997861793e-13 + t * total
    total = 1.7122537686469393e-12 + t * total
    total = 1.4387338083103238e-11 + t * total
    total = 1.4013736954207539e-10 + t * total
    total = 1.6051498617016668e-09 + t * total
    total = 2.204108511408729e-08 + t * total
    total = 3.727722660309727e-07 + t * total
    total = 8.08024542828787e-06 + t * total
    total = 0.00023921691801802707 + t * total
    total = 0.010872249401677997 + t * total
    low = by_format(t, 5.176026014743269e-17, 2.0125424882166953e-08)
    return 1.0106407605200176 + (low + t * total)


def li_zero_polynomial(t):
    """li(x)/(x - x0) on [1.3, 1.8], x0 its zero, t = (x - 1.55)/0.25."""
    total = 9.488508178458512e-11
    total = -2.04367650103994e-10 + t * total
    total = -2.2346090497371494e-10 + t * total
    total = 4.277060300598876e-10 + t * total
    total = 1.2692394439864742e-09 + t * total
    total = -2.6486379630616904e-09 + t * total
    total = 1.741722858816017e-09 + t * total
    total = -4.4827131084801744e-09 + t * total
    total = 1.5834363166495087e-08 + t * total
    total = -3.5982804922661266e-08 + t * total
    total = 7.844500641970462e-08 + t * total
    total = -1.8254464473721688e-07 + t * total
    total = 4.279753061271929e-07 + t * total
    total = -9.994214202480876e-07 + t * total
    total = 2.3421471107483676e-06 + t * total
    total = -5.516044396340562e-06 + t * total
    total = 1.3056123764591376e-05 + t * total
    total = -3.10812103219142e-05 + t * total
    total = 7.449482362028021e-05 + t * total
    total = -0.00017999282586767326 + t * total
    total = 0.0004391520644335157 + t * total
    total = -0.0010844065250507806 + t * total
    total = 0.0027187393178692513 + t * total
    total = -0.006952825474796473 + t * total
    total = 0.01826882037003297 + t * total
    total = -0.04992516755390068 + t * total
    total = 0.1452892290486799 + t * total
    total = -0.4771994717391703 + t * total
    low = by_format(t, -5.726032766154978e-17, -3.5468271875060964e-08)
    return 2.470043146904775 + (low + t * total)


def li_2_polynomial(t):
    """(li(x) - li(2))/(x - 2) on [1.5, 3], t = (x - 2.25)/0.75."""
    total = 1.2371995377755535e-08
    total = -1.907331924162524e-08 + t * total
    total = -8.192084175693498e-08 + t * total
    total = 1.2145309969498506e-07 + t * total
    total = 2.7940206822549273e-07 + t * total
    total = -4.01322646973744e-07 + t * total
    total = -5.74928670273418e-07 + t * total
    total = 7.921540114468652e-07 + t * total
    total = 8.678433057324996e-07 + t * total
    total = -1.160888923765414e-06 + t * total
    total = -8.345153884766323e-07 + t * total
    total = 1.032251858462149e-06 + t * total
    total = 8.990031966468702e-07 + t * total
    total = -1.187502434347354e-06 + t * total
    total = 1.3831201487595298e-07 + t * total
    total = -4.95099019889555e-07 + t * total
    total = 1.9183646744055595e-06 + t * total
    total = -3.2237730674479684e-06 + t * total
    total = 5.211112712375735e-06 + t * total
    total = -9.213572583544983e-06 + t * total
    total = 1.638835638734317e-05 + t * total
    total = -2.8982915622934207e-05 + t * total
    total = 5.144602841266869e-05 + t * total
    total = -9.177961202367476e-05 + t * total
    total = 0.00016455140134626964 + t * total
    total = -0.0002967184231435013 + t * total
    total = 0.000538671143986572 + t * total
    total = -0.0009858146602255283 + t * total
    total = 0.0018217581481865712 + t * total
    total = -0.00340725107012184 + t * total
    total = 0.006470488359568824 + t * total
    total = -0.012536159322012819 + t * total
    total = 0.024967095466646654 + t * total
    total = -0.05179007554952842 + t * total
    total = 0.11487595273868063 + t * total
    total = -0.2917358496016425 + t * total
    low = by_format(t, 3.409216495358205e-18, 4.5392152259182694e-09)
    return 1.3303970143887633 + (low + t * total)


def si_ratio_polynomial(t):
    """Si(x)/x on [0, 4], t = x^2/8 - 1."""
    total = -1.2465253208934712e-14
    total = 8.535034668454058e-13 + t * total
    total = -4.8820436536706355e-11 + t * total
    total = 2.294707477809517e-09 + t * total
    total = -8.669329640074211e-08 + t * total
    total = 2.562902980424153e-06 + t * total
    total = -5.729510043974918e-05 + t * total
    total = 0.000926043940588566 + t * total
    total = -0.010180919854579487 + t * total
    total = 0.06995436230262994 + t * total
    total = -0.26998630593421985 + t * total
    low = by_format(t, 5.2841095649107434e-18, 1.8277946267630796e-08)
    return 0.6488924209268717 + (low + t * total)


def ci_small_polynomial(t):
    """(Ci(x) - log(x/x0))/(x - x0) on [0, 2], x0 its first zero, t = x - 1."""
    total = 1.784756380758602e-15
    total = 3.9809078533874894e-14 + t * total
    total = -5.020762239494215e-13 + t * total
    total = -9.677294938098603e-12 + t * total
    total = 1.0840274061452611e-10 + t * total
    total = 1.7606389740989953e-09 + t * total
    total = -1.7546911483755428e-08 + t * total
    total = -2.321765549380148e-07 + t * total
    total = 2.032851698366757e-06 + t * total
    total = 2.0850130043223147e-05 + t * total
    total = -0.00015830055914379826 + t * total
    total = -0.0011613786669139486 + t * total
    total = 0.007601138946049392 + t * total
    total = 0.03429238415847745 + t * total
    total = -0.20403758654778126 + t * total
    low = by_format(t, 1.220160196364167e-17, -1.410832783932392e-08)
    return -0.38145039896359784 + (low + t * total)


def ci_zero_polynomial(t):
    """Ci(x)/(x - x0) on [0.4, 0.85], x0 its first zero, t = (x - 0.625)/0.225."""
    total = 3.3087286037888222e-12
    total = -9.253618035236314e-12 + t * total
    total = 6.072657154942763e-12 + t * total
    total = -1.9561568895112405e-11 + t * total
    total = 1.1420958841423807e-10 + t * total
    total = -3.2802319153305045e-10 + t * total
    total = 8.675274511490789e-10 + t * total
    total = -2.5512793516797657e-09 + t * total
    total = 7.597218471499855e-09 + t * total
    total = -2.2413935139609265e-08 + t * total
    total = 6.634407536696962e-08 + t * total
    total = -1.974460088016927e-07 + t * total
    total = 5.906416607236241e-07 + t * total
    total = -1.7772576818704488e-06 + t * total
    total = 5.3851456607096615e-06 + t * total
    total = -1.6452900052579807e-05 + t * total
    total = 5.0774216901758705e-05 + t * total
    total = -0.0001586451507047068 + t * total
    total = 0.0005035415497541146 + t * total
    total = -0.0016315561984414845 + t * total
    total = 0.00543425020306024 + t * total
    total = -0.018763985307420752 + t * total
    total = 0.07109037508904842 + t * total
    total = -0.341558790717553 + t * total
    low = by_format(t, 6.310371274599709e-17, -1.4445164175924674e-08)
    return 1.3104359959155532 + (low + t * total)


def si_f_1_polynomial(t):
    """x f(x) on [1.25, 2.5], t = 5.0/x - 3."""
    total = 1.329617567548485e-13
    total = -4.901759685609554e-13 + t * total
    total = 1.0725514095063788e-12 + t * total
    total = -3.552507405710481e-12 + t * total
    total = 1.2328172949854044e-11 + t * total
    total = -3.404901436644313e-11 + t * total
    total = 7.032669200215652e-11 + t * total
    total = -1.959935103308483e-11 + t * total
    total = -9.67433152481436e-10 + t * total
    total = 7.94243598066621e-09 + t * total
    total = -4.702246428884805e-08 + t * total
    total = 2.4199102245808745e-07 + t * total
    total = -1.1389286810583097e-06 + t * total
    total = 4.96709147267629e-06 + t * total
    total = -1.9852517104467765e-05 + t * total
    total = 6.905224397159243e-05 + t * total
    total = -0.00016903566594466454 + t * total
    total = -0.00019173203329515834 + t * total
    total = 0.007370013424211236 + t * total
    total = -0.08054093654794692 + t * total
    low = by_format(t, -3.2251139776742144e-17, -2.9541235235797103e-08)
    return 0.7559181156385127 + (low + t * total)


def si_f_2_polynomial(t):
    """x f(x) on [2.5, 5], t = 10.0/x - 3."""
    total = -7.078885922800759e-14
    total = 1.6297567133350356e-13 + t * total
    total = 2.3824390030640704e-13 + t * total
    total = -2.8937150807123016e-12 + t * total
    total = 1.8858319741288322e-11 + t * total
    total = -1.0561389373736304e-10 + t * total
    total = 5.170578832613643e-10 + t * total
    total = -2.2489723077911694e-09 + t * total
    total = 8.502450319810974e-09 + t * total
    total = -2.5033103893591383e-08 + t * total
    total = 2.6573928993194925e-08 + t * total
    total = 3.749376851637067e-07 + t * total
    total = -4.2392896835883704e-06 + t * total
    total = 3.0403870019802492e-05 + t * total
    total = -0.00017080787596521625 + t * total
    total = 0.0006803628465979413 + t * total
    total = 0.00018409947828036528 + t * total
    total = -0.04918982398493408 + t * total
    low = by_format(t, 3.648078659004874e-17, -2.4757012440090875e-08)
    return 0.8922260752109445 + (low + t * total)


def si_f_5_polynomial(t):
    """x f(x) on [5, 10], t = 20/x - 3."""
    total = -1.0686219069413965e-14
    total = 1.3658188773379796e-13 + t * total
    total = -9.060173246917434e-13 + t * total
    total = 4.569641112780686e-12 + t * total
    total = -1.819924896157095e-11 + t * total
    total = 4.356245797019592e-11 + t * total
    total = 1.1902945627466126e-10 + t * total
    total = -2.5097374246881737e-09 + t * total
    total = 2.0890470970956774e-08 + t * total
    total = -1.212906326898383e-07 + t * total
    total = 4.336484538972332e-07 + t * total
    total = 7.794990901519148e-07 + t * total
    total = -3.181375012720359e-05 + t * total
    total = 0.00033410557144709555 + t * total
    total = -0.0016374737761469156 + t * total
    total = -0.020932999940741097 + t * total
    low = by_format(t, 2.452886140485047e-17, 1.8329997075738902e-08)
    return 0.9629809443668321 + (low + t * total)


def si_f_10_polynomial(t):
    """x f(x) on [10, 20], t = 40/x - 3."""
    total = 7.921069813887671e-15
    total = -4.43759769747731e-14 + t * total
    total = 9.819725018897406e-14 + t * total
    total = 7.759604932636609e-13 + t * total
    total = -1.2791379123087212e-11 + t * total
    total = 9.834350522686658e-11 + t * total
    total = -3.6070374035858524e-10 + t * total
    total = -2.1556901358566517e-09 + t * total
    total = 5.1330584382392354e-08 + t * total
    total = -4.346676430655013e-07 + t * total
    total = 4.499477672267065e-08 + t * total
    total = 6.0085787270302326e-05 + t * total
    total = -0.0008840831456772672 + t * total
    total = -0.006674500602374276 + t * total
    low = by_format(t, 2.0724364900647718e-17, -1.946296102062206e-08)
    return 0.9894091888347689 + (low + t * total)


def si_f_20_polynomial(t):
    """x f(x) on [20, 40], t = 80/x - 3."""
    total = -8.421960898568617e-15
    total = 7.657718414918511e-14 + t * total
    total = 1.7871126936050845e-14 + t * total
    total = -9.435583334431957e-12 + t * total
    total = 1.1421756749764419e-10 + t * total
    total = 1.5722061299924102e-10 + t * total
    total = -2.6328063308441277e-08 + t * total
    total = 3.148822107481866e-07 + t * total
    total = 5.808023471670446e-06 + t * total
    total = -0.00028378529981370223 + t * total
    total = -0.0018153577447918468 + t * total
    low = by_format(t, 4.2309089274046464e-19, 6.6004419707610396e-09)
    return 0.9972330993853237 + (low + t * total)


def si_g_1_polynomial(t):
    """x^2 g(x) on [1.25, 2.5], t = 5.0/x - 3."""
    total = -2.0447483634739435e-13
    total = 6.646417517542889e-13 + t * total
    total = -9.771251652422325e-13 + t * total
    total = 2.5443334881100044e-12 + t * total
    total = -7.431097788177444e-12 + t * total
    total = 8.056316429101605e-12 + t * total
    total = 4.80988001543997e-11 + t * total
    total = -4.5469999309405693e-10 + t * total
    total = 2.6789489197174155e-09 + t * total
    total = -1.3356131259873107e-08 + t * total
    total = 6.048158439575718e-08 + t * total
    total = -2.551404805105724e-07 + t * total
    total = 1.0092363856312475e-06 + t * total
    total = -3.71660208298262e-06 + t * total
    total = 1.24024434060781e-05 + t * total
    total = -3.4658698582239926e-05 + t * total
    total = 5.696815595351528e-05 + t * total
    total = 0.00019060532983449413 + t * total
    total = -0.0027953561245168735 + t * total
    total = 0.02038445197297773 + t * total
    total = -0.11686179255062641 + t * total
    low = by_format(t, -3.3327056300602534e-17, 2.6014966181264754e-08)
    return 0.514295305994672 + (low + t * total)


def si_g_2_polynomial(t):
    """x^2 g(x) on [2.5, 5], t = 10.0/x - 3."""
    total = 7.248946217482195e-14
    total = -4.8997110035046764e-14 + t * total
    total = -1.1097355314232648e-12 + t * total
    total = 6.853942878204937e-12 + t * total
    total = -3.466958709889442e-11 + t * total
    total = 1.6237755160199948e-10 + t * total
    total = -6.864870001654626e-10 + t * total
    total = 2.5935969390943247e-09 + t * total
    total = -8.373797430382505e-09 + t * total
    total = 1.931593488896257e-08 + t * total
    total = 4.7426236034485844e-09 + t * total
    total = -4.3673007303654706e-07 + t * total
    total = 3.637275725915195e-06 + t * total
    total = -2.1801336104323362e-05 + t * total
    total = 0.00010611600582262018 + t * total
    total = -0.0003979813295551472 + t * total
    total = 0.0006717568748085799 + t * total
    total = 0.0066755640542234575 + t * total
    total = -0.09727505110018594 + t * total
    low = by_format(t, -8.335773184940624e-18, -1.9153677754957243e-08)
    return 0.7446566032561424 + (low + t * total)


def si_g_5_polynomial(t):
    """x^2 g(x) on [5, 10], t = 20/x - 3."""
    total = 2.892867192398019e-14
    total = -2.7233169194453743e-13 + t * total
    total = 1.549114874577425e-12 + t * total
    total = -7.104077543238368e-12 + t * total
    total = 2.6138489792851926e-11 + t * total
    total = -5.888989579363623e-11 + t * total
    total = -1.326247666606817e-10 + t * total
    total = 2.7472902955811867e-09 + t * total
    total = -2.1526383835706644e-08 + t * total
    total = 1.2025115296088167e-07 + t * total
    total = -4.689537903125356e-07 + t * total
    total = 4.88435931699963e-07 + t * total
    total = 1.2482666716180708e-05 + t * total
    total = -0.00014737626428838765 + t * total
    total = 0.0009546572842615724 + t * total
    total = -0.0019054711854166878 + t * total
    total = -0.05169084253836368 + t * total
    low = by_format(t, -1.570487531827802e-17, -4.5940327098037415e-09)
    return 0.9001819445446089 + (low + t * total)


def si_g_10_polynomial(t):
    """x^2 g(x) on [10, 20], t = 40/x - 3."""
    total = -1.3126308754805903e-14
    total = 7.892834641666013e-14 + t * total
    total = -2.4577207652777826e-13 + t * total
    total = -3.244638219866095e-13 + t * total
    total = 1.2792042405905491e-11 + t * total
    total = -1.1526301084202409e-10 + t * total
    total = 5.997280222846546e-10 + t * total
    total = -5.909561866232658e-10 + t * total
    total = -2.590242189719469e-08 + t * total
    total = 3.1404456510337726e-07 + t * total
    total = -1.6840553378228535e-06 + t * total
    total = -6.29504075746111e-06 + t * total
    total = 0.00024088308640178363 + t * total
    total = -0.0021114773515993534 + t * total
    total = -0.018653500078812155 + t * total
    low = by_format(t, -4.954330004995012e-17, 3.491116506992853e-09)
    return 0.9693856870276462 + (low + t * total)


def si_g_20_polynomial(t):
    """x^2 g(x) on [20, 40], t = 80/x - 3."""
    total = 5.479499293691274e-15
    total = -9.288050066142881e-14 + t * total
    total = 5.499563175635439e-13 + t * total
    total = 2.4555692185325755e-12 + t * total
    total = -8.44236698962748e-11 + t * total
    total = 6.873049517725598e-10 + t * total
    total = 3.4991070676955e-09 + t * total
    total = -1.5513841597681268e-07 + t * total
    total = 1.1794901052841479e-06 + t * total
    total = 2.7010680416778798e-05 + t * total
    total = -0.0007990836881961498 + t * total
    total = -0.005333427288465954 + t * total
    low = by_format(t, -2.4241249298117937e-17, 9.759194341540933e-09)
    return 0.9917870261509482 + (low + t * total)


def si_f_beyond_polynomial(t):
    """x f(x) on [40, oo), t = 80/x - 1."""
    total = -1.849887543556495e-15
    total = 3.3608006044627497e-14 + t * total
    total = -2.971405757655121e-14 + t * total
    total = -2.1700596213303634e-12 + t * total
    total = 1.1762238686304739e-11 + t * total
    total = 1.5661982632306055e-10 + t * total
    total = -2.1387417626358184e-09 + t * total
    total = -1.5213678683181494e-08 + t * total
    total = 5.463533442512205e-07 + t * total
    total = 2.290125094750523e-06 + t * total
    total = -0.00030902491558314833 + t * total
    total = -0.0006226725405300444 + t * total
    low = by_format(t, 5.504569952944186e-17, -5.679270831393524e-09)
    return 0.9996880832146193 + (low + t * total)


def si_g_beyond_polynomial(t):
    """x^2 g(x) on [40, oo), t = 80/x - 1."""
    total = -6.158450846718679e-15
    total = -3.0341843197161997e-14 + t * total
    total = 3.9796573469922393e-13 + t * total
    total = 6.01400222588899e-14 + t * total
    total = -2.201488886422028e-11 + t * total
    total = 8.631191166408865e-11 + t * total
    total = 1.3470644513305887e-09 + t * total
    total = -1.3874845294226321e-08 + t * total
    total = -1.0411452429985653e-07 + t * total
    total = 2.655698326119369e-06 + t * total
    total = 1.1345913756124052e-05 + t * total
    total = -0.0009202043714650643 + t * total
    total = -0.0018633949122263866 + t * total
    low = by_format(t, -4.6012482823665744e-17, 1.150416739648108e-08)
    return 0.9990654106740894 + (low + t * total)


def shi_ratio_polynomial(t):
    """(Shi(x)/x - 1)/x^2 on [0, 3], t = x^2/4.5 - 1."""
    total = 6.1779175659643055e-18
    total = 7.648694851599989e-16 + t * total
    total = 7.936484408355602e-14 + t * total
    total = 6.787854378298155e-12 + t * total
    total = 4.686907627096008e-10 + t * total
    total = 2.5468912691627332e-08 + t * total
    total = 1.0544490614432399e-06 + t * total
    total = 3.187403345441616e-05 + t * total
    total = 0.000663522796946783 + t * total
    total = 0.008735516710470325 + t * total
    low = by_format(t, 2.3415894702281603e-18, 1.409353189707474e-10)
    return 0.06365839406040324 + (low + t * total)


def chi_small_polynomial(t):
    """(Chi(x) - log(x/x0))/(x - x0) on [0, 3], x0 its zero, t = (x - 1.5)/1.5."""
    total = 1.847671199176846e-14
    total = 2.051230688910191e-13 + t * total
    total = 2.7215937653773357e-12 + t * total
    total = 2.6865127738639476e-11 + t * total
    total = 3.2693127349235603e-10 + t * total
    total = 2.829081964752375e-09 + t * total
    total = 3.026318195854421e-08 + t * total
    total = 2.249207248209788e-07 + t * total
    total = 2.0766810262650603e-06 + t * total
    total = 1.2887724074915096e-05 + t * total
    total = 0.00010020042483619825 + t * total
    total = 0.0004981576615433839 + t * total
    total = 0.003153640494775273 + t * total
    total = 0.011740052817261292 + t * total
    total = 0.05782115757625924 + t * total
    total = 0.14124891621855815 + t * total
    total = 0.5219138532475259 + t * total
    low = by_format(t, -2.813155541974305e-17, 1.786437486828163e-08)
    return 0.5619527280160466 + (low + t * total)


def fresnel_s_ratio_polynomial(t):
    """S(x)/x^3 on [0, 5/4], t = 2 (x/1.25)^4 - 1."""
    total = 4.137756273340342e-17
    total = -6.328941292232797e-15 + t * total
    total = 7.957826262935733e-13 + t * total
    total = -8.053880965017067e-11 + t * total
    total = 6.38889505536112e-09 + t * total
    total = -3.8404664445255155e-07 + t * total
    total = 1.6731110345692178e-05 + t * total
    total = -0.0004968418611229457 + t * total
    total = 0.009200719464998121 + t * total
    total = -0.09268635083184704 + t * total
    low = by_format(t, 3.767856190019256e-18, -4.1063502598248647e-10)
    return 0.4211977418131046 + (low + t * total)


def fresnel_c_ratio_polynomial(t):
    """C(x)/x on [0, 5/4], t = 2 (x/1.25)^4 - 1."""
    total = 5.770030550203054e-16
    total = -8.016692053356877e-14 + t * total
    total = 9.061951360764467e-12 + t * total
    total = -8.14040892757081e-10 + t * total
    total = 5.638903161495617e-08 + t * total
    total = -2.8969233652462533e-06 + t * total
    total = 0.00010470910850336005 + t * total
    total = -0.0024703029636611693 + t * total
    total = 0.03393067322844792 + t * total
    total = -0.22549050286867048 + t * total
    low = by_format(t, 3.893419464448535e-17, -1.2055839881952579e-08)
    return 0.7380008576951366 + (low + t * total)


def fresnel_f_1_polynomial(t):
    """x f(x) on [5/4, 2], t = (x - 13/8) 8/3."""
    total = 6.841226504850523e-15
    total = -5.269318031765818e-14 + t * total
    total = 2.4944108826334974e-13 + t * total
    total = -3.620771289702909e-13 + t * total
    total = -8.697470738692139e-12 + t * total
    total = 1.2326639674743352e-10 + t * total
    total = -1.0375397510777742e-09 + t * total
    total = 6.398643939301196e-09 + t * total
    total = -2.8140242760639885e-08 + t * total
    total = 5.770626661020655e-08 + t * total
    total = 3.8522899399297843e-07 + t * total
    total = -5.599167355881584e-06 + t * total
    total = 4.138115904835045e-05 + t * total
    total = -0.00022482071419995154 + t * total
    total = 0.0009560205455502775 + t * total
    total = -0.0031551540033490084 + t * total
    total = 0.007529860353252209 + t * total
    low = by_format(t, -1.294090625298233e-17, 1.243112990323425e-08)
    return 0.30802653482912506 + (low + t * total)


def fresnel_g_1_polynomial(t):
    """x^3 g(x) on [5/4, 2], t = (x - 13/8) 8/3."""
    total = 2.738680644925546e-15
    total = -1.981362432923065e-14 + t * total
    total = 8.045428801137825e-14 + t * total
    total = -8.796350498631145e-15 + t * total
    total = -3.645599931583949e-12 + t * total
    total = 4.0312514230419733e-11 + t * total
    total = -2.7566195002027726e-10 + t * total
    total = 1.2621866650368793e-09 + t * total
    total = -2.588404726607209e-09 + t * total
    total = -1.6600655305551274e-08 + t * total
    total = 2.2075605358392485e-07 + t * total
    total = -1.3725070004544378e-06 + t * total
    total = 5.191811636353349e-06 + t * total
    total = -6.349099687498735e-06 + t * total
    total = -7.070605940183767e-05 + t * total
    total = 0.0006317977876911899 + t * total
    total = -0.0029517235718668116 + t * total
    total = 0.008704078168052406 + t * total
    low = by_format(t, -1.8208080186570942e-18, 8.722573219266394e-10)
    return 0.08766163227761085 + (low + t * total)


def fresnel_f_2_polynomial(t):
    """x f(x) on [2, 4], t = x - 3."""
    total = -1.5369542425000502e-13
    total = 2.3505282802861686e-13 + t * total
    total = 1.5047887292507404e-12 + t * total
    total = -9.234581451214912e-12 + t * total
    total = 4.015260319385366e-11 + t * total
    total = -1.568981165322837e-10 + t * total
    total = 5.211967840974002e-10 + t * total
    total = -1.4189741465221505e-09 + t * total
    total = 2.8018118488094787e-09 + t * total
    total = -1.1346396348949762e-09 + t * total
    total = -2.4653679078108714e-08 + t * total
    total = 1.6430325718402804e-07 + t * total
    total = -7.376562069430134e-07 + t * total
    total = 2.7451429935138718e-06 + t * total
    total = -8.979638521752424e-06 + t * total
    total = 2.641452126451087e-05 + t * total
    total = -7.046206969266702e-05 + t * total
    total = 0.0001704064365375208 + t * total
    total = -0.0003705870631023784 + t * total
    total = 0.000711151108467574 + t * total
    total = -0.0011587670339214902 + t * total
    total = 0.0014732910768325163 + t * total
    low = by_format(t, -1.8127670347324658e-17, 3.1717586335133774e-09)
    return 0.3171623678930569 + (low + t * total)


def fresnel_g_2_polynomial(t):
    """x^3 g(x) on [2, 4], t = x - 3."""
    total = -1.5036414558771658e-13
    total = 1.6152164333485746e-12 + t * total
    total = -7.631283219075314e-12 + t * total
    total = 2.4757375553690307e-11 + t * total
    total = -6.371305161084396e-11 + t * total
    total = 1.0764955846140286e-10 + t * total
    total = 7.63537227277427e-11 + t * total
    total = -1.6383757901129862e-09 + t * total
    total = 8.717252417467038e-09 + t * total
    total = -3.312455155885891e-08 + t * total
    total = 1.0041523816407717e-07 + t * total
    total = -2.4048265847822813e-07 + t * total
    total = 3.8734848079697116e-07 + t * total
    total = 5.364852433077662e-08 + t * total
    total = -3.5846116798523134e-06 + t * total
    total = 1.8151365660669515e-05 + t * total
    total = -6.44242015366521e-05 + t * total
    total = 0.0001867497072353712 + t * total
    total = -0.0004597462236535317 + t * total
    total = 0.000962805453736158 + t * total
    total = -0.0016684508528811066 + t * total
    total = 0.0022130820160864684 + t * total
    low = by_format(t, 5.955601442790753e-19, 2.58370902450622e-09)
    return 0.09954902788087402 + (low + t * total)


def fresnel_f_beyond_polynomial(t):
    """x f(x) on [4, oo), t = 32/x^2 - 1."""
    total = 1.7055765263470534e-15
    total = 7.957150732483323e-16 + t * total
    total = -4.595147026466958e-14 + t * total
    total = 1.372520737421335e-13 + t * total
    total = 6.85526000744845e-13 + t * total
    total = -7.293484316309124e-12 + t * total
    total = 5.934829366570246e-12 + t * total
    total = 3.156362882672665e-10 + t * total
    total = -1.8168391835091958e-09 + t * total
    total = -1.6202637112938112e-08 + t * total
    total = 2.830953124580373e-07 + t * total
    total = 1.2480184734631154e-06 + t * total
    total = -9.257002826143862e-05 + t * total
    total = -0.00018768371006938655 + t * total
    low = by_format(t, 7.768831305740112e-18, -4.46484094140942e-09)
    return 0.31821572334125053 + (low + t * total)


def fresnel_g_beyond_polynomial(t):
    """x^3 g(x) on [4, oo), t = 32/x^2 - 1."""
    total = -3.7846142058419416e-15
    total = 1.2090382946357368e-14 + t * total
    total = 3.4405337298617075e-14 + t * total
    total = -3.472100417438246e-13 + t * total
    total = 6.379887428795044e-13 + t * total
    total = 5.528483185562641e-12 + t * total
    total = -3.973599892930935e-11 + t * total
    total = -9.66421442456377e-12 + t * total
    total = 1.5372748754389261e-09 + t * total
    total = -6.11155324164249e-09 + t * total
    total = -6.36718693149827e-08 + t * total
    total = 7.594337348857618e-07 + t * total
    total = 3.5016926211751983e-06 + t * total
    total = -0.00014494623609020914 + t * total
    total = -0.0002970885618119289 + t * total
    low = by_format(t, 3.278834531896721e-18, 3.019592575981278e-09)
    return 0.1011717275178646 + (low + t * total)


def i0_near_polynomial(t):
    """I0(x) on [0, 4], t = x^2 (all coefficients positive)."""
    total = 3.0285754591125477e-25
    total = 1.4760303512558384e-22 + t * total
    total = 7.247762784449167e-20 + t * total
    total = 2.8968076235713304e-17 + t * total
    total = 9.385978208512068e-15 + t * total
    total = 2.4028074594670632e-12 + t * total
    total = 4.709502802010213e-10 + t * total
    total = 6.781684027596192e-08 + t * total
    total = 6.7816840277820575e-06 + t * total
    total = 0.0004340277777777718 + t * total
    total = 0.015625000000000003 + t * total
    total = 0.25 + t * total
    low = by_format(t, 5.917984220192446e-20, 5.917984205623649e-20)
    return 1.0 + (low + t * total)


def i0_8_polynomial(t):
    """e^-x I0(x) on [4, 8], t = x/2 - 3."""
    total = -1.1126710089986211e-13
    total = 6.17498676910396e-13 + t * total
    total = -2.696281062201379e-12 + t * total
    total = 1.3567760665241146e-11 + t * total
    total = -6.641427480193863e-11 + t * total
    total = 3.0390327694137213e-10 + t * total
    total = -1.3202698315622939e-09 + t * total
    total = 5.4507007754161476e-09 + t * total
    total = -2.133982603011129e-08 + t * total
    total = 7.918415835866375e-08 + t * total
    total = -2.786515576856158e-07 + t * total
    total = 9.319518291445662e-07 + t * total
    total = -2.9756419854223803e-06 + t * total
    total = 9.14027433604982e-06 + t * total
    total = -2.7323507461223676e-05 + t * total
    total = 8.071001560574148e-05 + t * total
    total = -0.0002397236247906713 + t * total
    total = 0.0007284781501425198 + t * total
    total = -0.0023027988658341227 + t * total
    total = 0.007740073555740802 + t * total
    total = -0.029211946662621384 + t * total
    low = by_format(t, -7.2700380823141e-18, -2.7396362956011444e-10)
    return 0.16665743263981658 + (low + t * total)


def i0_beyond_polynomial(t):
    """sqrt(x) e^-x I0(x) on [8, oo), t = 16/x - 1."""
    total = 1.7299743593228943e-11
    total = -2.6017119457257296e-11 + t * total
    total = -1.421245900505914e-10 + t * total
    total = 2.22172113849432e-10 + t * total
    total = 5.370054627661803e-10 + t * total
    total = -8.901406085496345e-10 + t * total
    total = -1.2463937881171064e-09 + t * total
    total = 2.253374759877759e-09 + t * total
    total = 2.024719053624742e-09 + t * total
    total = -4.131765329413178e-09 + t * total
    total = -2.5725775910021467e-09 + t * total
    total = 6.031287685253405e-09 + t * total
    total = 3.0480624512274077e-09 + t * total
    total = -7.542179308923704e-09 + t * total
    total = -4.342847389505096e-09 + t * total
    total = 8.169375225599475e-09 + t * total
    total = 7.878520800648056e-09 + t * total
    total = -5.643343737791087e-09 + t * total
    total = -1.349726683059867e-08 + t * total
    total = -6.695518507488938e-09 + t * total
    total = 7.570744687006511e-09 + t * total
    total = 2.1541008448863938e-08 + t * total
    total = 3.932400487713745e-08 + t * total
    total = 8.87228208756014e-08 + t * total
    total = 2.9735997854353007e-07 + t * total
    total = 1.4838475382953902e-06 + t * total
    total = 1.11430337872755e-05 + t * total
    total = 0.00013621607439240994 + t * total
    total = 0.003360551983667895 + t * total
    low = by_format(t, -2.5437225380156745e-17, 1.0078247569822452e-08)
    return 0.4021765094450081 + (low + t * total)


def i1_near_polynomial(t):
    """I1(x)/x on [0, 4], t = x^2 (all coefficients positive)."""
    total = 1.1522300915479894e-26
    total = 6.1626910649829736e-24 + t * total
    total = 3.2938869719808014e-21 + t * total
    total = 1.4484177617709602e-18 + t * total
    total = 5.214430079493213e-16 + t * total
    total = 1.5017546865594603e-13 + t * total
    total = 3.36393057108421e-11 + t * total
    total = 5.6514033564171936e-09 + t * total
    total = 6.781684027779293e-07 + t * total
    total = 5.425347222222201e-05 + t * total
    total = 0.002604166666666667 + t * total
    total = 0.0625 + t * total
    low = by_format(t, 2.0943945724942277e-21, 2.094394653796557e-21)
    return 0.5 + (low + t * total)


def i1_8_polynomial(t):
    """e^-x I1(x)/x on [4, 8], t = x/2 - 3."""
    total = -1.695525359047799e-14
    total = 1.0103595650741451e-13 + t * total
    total = -4.898709522211363e-13 + t * total
    total = 2.6801181603412107e-12 + t * total
    total = -1.4263370522042371e-11 + t * total
    total = 7.176790438090258e-11 + t * total
    total = -3.453596175116996e-10 + t * total
    total = 1.5902095017953966e-09 + t * total
    total = -6.996488667560256e-09 + t * total
    total = 2.9397987847949346e-08 + t * total
    total = -1.1795621916990971e-07 + t * total
    total = 4.5209490333655093e-07 + t * total
    total = -1.6566006111212739e-06 + t * total
    total = 5.811860542463493e-06 + t * total
    total = -1.9560638920181653e-05 + t * total
    total = 6.330071167994148e-05 + t * total
    total = -0.00019736326529483277 + t * total
    total = 0.0005932930068998445 + t * total
    total = -0.0017152944766165691 + t * total
    total = 0.004722962147075077 + t * total
    total = -0.012025948812730423 + t * total
    low = by_format(t, 5.873085700966646e-19, 5.059839769394614e-10)
    return 0.02534190988475098 + (low + t * total)


def i1_beyond_polynomial(t):
    """sqrt(x) e^-x I1(x) on [8, oo), t = 16/x - 1."""
    total = -1.716448028468853e-11
    total = 2.7205187000999137e-11 + t * total
    total = 1.40644418866418e-10 + t * total
    total = -2.3211739879037822e-10 + t * total
    total = -5.294277391963279e-10 + t * total
    total = 9.291002012103543e-10 + t * total
    total = 1.2220360961777932e-09 + t * total
    total = -2.349806025987594e-09 + t * total
    total = -1.9690063299645793e-09 + t * total
    total = 4.306167472332731e-09 + t * total
    total = 2.4756288031020415e-09 + t * total
    total = -6.290535510484078e-09 + t * total
    total = -2.918379860772695e-09 + t * total
    total = 7.898969850645627e-09 + t * total
    total = 4.233467744674655e-09 + t * total
    total = -8.658541888761465e-09 + t * total
    total = -7.955680943990394e-09 + t * total
    total = 6.223061728830331e-09 + t * total
    total = 1.4118895091645132e-08 + t * total
    total = 6.68013747925361e-09 + t * total
    total = -8.443105946129627e-09 + t * total
    total = -2.3366250544013984e-08 + t * total
    total = -4.312742466577843e-08 + t * total
    total = -1.0001353243295355e-07 + t * total
    total = -3.4838568996504924e-07 + t * total
    total = -1.8349101040212061e-06 + t * total
    total = -1.5038547197095006e-05 + t * total
    total = -0.0002192357638343886 + t * total
    total = -0.009749577193235768 + t * total
    low = by_format(t, -4.456159316576953e-18, 3.4060603226748754e-09)
    return 0.38939845902587233 + (low + t * total)
