"""Polynomials and zeros for airy.py (mpmath, benchmarks/special/family_coefficients.py)."""

from __future__ import annotations

import jax.numpy as jnp

from derivax.numeric.special.double_word import by_format


def airy_ai_center_polynomial(t):
    """Ai(x) on [-2, 1], t = (x + 1/2)/1.5."""
    total = 3.0944928707503425e-13
    total = -2.7392891324812586e-12 + t * total
    total = 3.252381610838411e-12 + t * total
    total = 6.738832947351587e-11 + t * total
    total = -4.150755380913336e-10 + t * total
    total = 2.6909223315766594e-10 + t * total
    total = 8.540804721734228e-09 + t * total
    total = -4.3835493381843535e-08 + t * total
    total = 1.2569563474088952e-08 + t * total
    total = 7.785109334493585e-07 + t * total
    total = -3.2732411264782354e-06 + t * total
    total = -1.9721890686406894e-07 + t * total
    total = 4.8374902833155073e-05 + t * total
    total = -0.00016038760071508082 + t * total
    total = -6.257841666813804e-05 + t * total
    total = 0.0018711367299069591 + t * total
    total = -0.004603735486570673 + t * total
    total = -0.0032033362737208877 + t * total
    total = 0.03884980481382209 + t * total
    total = -0.0634379723947527 + t * total
    total = -0.06100973109347201 + t * total
    total = 0.3249950213139262 + t * total
    total = -0.2675970515309285 + t * total
    total = -0.3061225055093211 + t * total
    low = by_format(t, 5.864120361351473e-18, -2.9672497792176955e-09)
    return 0.4757280916105396 + (low + t * total)


def airy_bi_center_polynomial(t):
    """Bi(x) on [-2, 1], t = (x + 1/2)/1.5."""
    total = 9.391990156977131e-14
    total = -3.1375491674722167e-13 + t * total
    total = -5.815329466214275e-13 + t * total
    total = 1.8493757496546175e-11 + t * total
    total = -4.4139106687711534e-11 + t * total
    total = -1.0693643011793638e-10 + t * total
    total = 2.494807092346599e-09 + t * total
    total = -4.6539193262396445e-09 + t * total
    total = -1.3590884874675828e-08 + t * total
    total = 2.482699977539553e-07 + t * total
    total = -3.391988035814015e-07 + t * total
    total = -1.2083866958367515e-06 + t * total
    total = 1.7251959719886076e-05 + t * total
    total = -1.5355051852207875e-05 + t * total
    total = -7.028172197689797e-05 + t * total
    total = 0.0007739966757722274 + t * total
    total = -0.0003425542472157971 + t * total
    total = -0.002404848280259444 + t * total
    total = 0.01983829526051223 + t * total
    total = -0.0006950588537564166 + t * total
    total = -0.04013435404592799 + t * total
    total = 0.23349844522662 + t * total
    total = 0.07165451415326078 + t * total
    total = -0.21394837110996778 + t * total
    total = 0.7589005704357707 + t * total
    low = by_format(t, -1.7428635194468563e-17, 1.363861201753025e-08)
    return 0.38035265975105387 + (low + t * total)


def airy_aip_center_polynomial(t):
    """Ai'(x) on [-2, 1], t = (x + 1/2)/1.5."""
    total = -2.5593875550229376e-13
    total = 5.649273576828683e-13 + t * total
    total = 6.48682112621431e-12 + t * total
    total = -4.525076567138912e-11 + t * total
    total = 4.3654565387583345e-11 + t * total
    total = 9.515927513557685e-10 + t * total
    total = -5.5281819815801734e-09 + t * total
    total = 3.396761723345255e-09 + t * total
    total = 1.024836730926401e-07 + t * total
    total = -4.967915666359664e-07 + t * total
    total = 1.340792187963355e-07 + t * total
    total = 7.785102919478628e-06 + t * total
    total = -3.0550252209141176e-05 + t * total
    total = -1.7092279657764878e-06 + t * total
    total = 0.0003869992231623716 + t * total
    total = -0.0011761757392478348 + t * total
    total = -0.0004171894445491919 + t * total
    total = 0.011226820379552695 + t * total
    total = -0.024553255928365755 + t * total
    total = -0.014948902610708262 + t * total
    total = 0.1553992192552876 + t * total
    total = -0.21145990798250844 + t * total
    total = -0.16269261624925868 + t * total
    total = 0.6499900426278524 + t * total
    total = -0.3567960687079047 + t * total
    low = by_format(t, -3.1355446014574296e-18, -8.897411696295876e-10)
    return -0.20408167033954738 + (low + t * total)


def airy_bip_center_polynomial(t):
    """Bi'(x) on [-2, 1], t = (x + 1/2)/1.5."""
    total = 1.557862855776239e-12
    total = -5.017599314212453e-12 + t * total
    total = -8.873892701805511e-12 + t * total
    total = 2.7122814017042355e-10 + t * total
    total = -6.180553249629182e-10 + t * total
    total = -1.4257865267212735e-09 + t * total
    total = 3.1601045048160266e-08 + t * total
    total = -5.584707607836428e-08 + t * total
    total = -1.5403016993323564e-07 + t * total
    total = 2.6482133469144884e-06 + t * total
    total = -3.391987951001869e-06 + t * total
    total = -1.1278275848554898e-05 + t * total
    total = 0.0001495169842051622 + t * total
    total = -0.00012284041481017168 + t * total
    total = -0.0005153992944883862 + t * total
    total = 0.005159977838479785 + t * total
    total = -0.0020553254832962496 + t * total
    total = -0.012825857494716791 + t * total
    total = 0.09257871121572388 + t * total
    total = -0.002780235415025685 + t * total
    total = -0.1337811801530933 + t * total
    total = 0.62266252060432 + t * total
    total = 0.14330902830652156 + t * total
    total = -0.2852644948132904 + t * total
    low = by_format(t, -3.6675196129199493e-17, 1.1631811958068283e-08)
    return 0.5059337136238472 + (low + t * total)


def airy_ai_1_polynomial(t):
    """x^(1/4) e^zeta Ai(x) on [1, 4], t linear in 1/zeta."""
    total = -2.2781994110795817e-11
    total = 3.495159987970904e-11 + t * total
    total = 1.1116413342631906e-10 + t * total
    total = -1.6058428465298782e-10 + t * total
    total = -3.0420631173134985e-10 + t * total
    total = 4.2688254920129856e-10 + t * total
    total = 4.298619976142768e-10 + t * total
    total = -5.508167024570578e-10 + t * total
    total = -6.106877160465482e-10 + t * total
    total = 8.369254515718332e-10 + t * total
    total = -4.2571408453290407e-11 + t * total
    total = 3.521188683809068e-10 + t * total
    total = -1.7213480874889187e-09 + t * total
    total = 3.2033417188362136e-09 + t * total
    total = -5.862775074600222e-09 + t * total
    total = 1.1929586050973568e-08 + t * total
    total = -2.4738316464448836e-08 + t * total
    total = 5.1950087268863514e-08 + t * total
    total = -1.1165420932207722e-07 + t * total
    total = 2.4653391729716567e-07 + t * total
    total = -5.614143915532026e-07 + t * total
    total = 1.3259783350000891e-06 + t * total
    total = -3.2727221343665506e-06 + t * total
    total = 8.529731091018725e-06 + t * total
    total = -2.383502583952191e-05 + t * total
    total = 7.31146107421531e-05 + t * total
    total = -0.00025631923932624217 + t * total
    total = 0.0011117801144195738 + t * total
    total = -0.007326116293404635 + t * total
    low = by_format(t, 7.217903761974656e-20, -1.3913864727044256e-08)
    return 0.26992882886910907 + (low + t * total)


def airy_ai_4_polynomial(t):
    """x^(1/4) e^zeta Ai(x) on [4, oo), t linear in 1/zeta."""
    total = -6.351873901542541e-15
    total = 1.830350305971157e-14 + t * total
    total = -2.7746183140683738e-14 + t * total
    total = 9.727420234062487e-14 + t * total
    total = -3.970277954355495e-13 + t * total
    total = 1.4200791523333394e-12 + t * total
    total = -5.311628185768328e-12 + t * total
    total = 2.1318043911938445e-11 + t * total
    total = -9.131546256394396e-11 + t * total
    total = 4.2148777290213997e-10 + t * total
    total = -2.1252408955844217e-09 + t * total
    total = 1.1913932857746658e-08 + t * total
    total = -7.609857777731639e-08 + t * total
    total = 5.742468001440536e-07 + t * total
    total = -5.425234571052217e-06 + t * total
    total = 7.134487708653609e-05 + t * total
    total = -0.0016748208459545287 + t * total
    low = by_format(t, 2.286291334481918e-18, -1.3195302628332684e-08)
    return 0.28034253589031466 + (low + t * total)


def airy_aip_1_polynomial(t):
    """-x^(-1/4) e^zeta Ai'(x) on [1, 4], t linear in 1/zeta."""
    total = 2.3711799739114282e-11
    total = -3.6409050051074746e-11 + t * total
    total = -1.1560242987464305e-10 + t * total
    total = 1.671171460020471e-10 + t * total
    total = 3.164702982846084e-10 + t * total
    total = -4.4448939254184744e-10 + t * total
    total = -4.465313105625701e-10 + t * total
    total = 5.723334172979511e-10 + t * total
    total = 6.368216895162467e-10 + t * total
    total = -8.745280755976034e-10 + t * total
    total = 5.231615008746552e-11 + t * total
    total = -3.8265038205559976e-10 + t * total
    total = 1.8255424060077504e-09 + t * total
    total = -3.407996547711691e-09 + t * total
    total = 6.264861638153295e-09 + t * total
    total = -1.2780565865212537e-08 + t * total
    total = 2.657910136042616e-08 + t * total
    total = -5.6012597838031535e-08 + t * total
    total = 1.20874316335597e-07 + t * total
    total = -2.6815208572396003e-07 + t * total
    total = 6.14065829644411e-07 + t * total
    total = -1.4601798107403024e-06 + t * total
    total = 3.634370710246311e-06 + t * total
    total = -9.575116387630184e-06 + t * total
    total = 2.714731745603957e-05 + t * total
    total = -8.502717774105806e-05 + t * total
    total = 0.0003080972546398903 + t * total
    total = -0.001422857518090813 + t * total
    total = 0.011216458799237742 + t * total
    low = by_format(t, -7.009754708963947e-18, -7.162749060540818e-09)
    return 0.2999400424855359 + (low + t * total)


def airy_aip_4_polynomial(t):
    """-x^(-1/4) e^zeta Ai'(x) on [4, oo), t linear in 1/zeta."""
    total = 6.533946840345267e-15
    total = -1.8854404495177948e-14 + t * total
    total = 2.8708390197112716e-14 + t * total
    total = -1.007899562612856e-13 + t * total
    total = 4.1166014342254994e-13 + t * total
    total = -1.4759286307639871e-12 + t * total
    total = 5.536429445158941e-12 + t * total
    total = -2.2292377382254482e-11 + t * total
    total = 9.586464771683239e-11 + t * total
    total = -4.446500292260029e-10 + t * total
    total = 2.2560278638098683e-09 + t * total
    total = -1.2751673419562594e-08 + t * total
    total = 8.238670937805103e-08 + t * total
    total = -6.323832152816361e-07 + t * total
    total = 6.1455724007795565e-06 + t * total
    total = -8.549540755091522e-05 + t * total
    total = 0.0023787104574508502 + t * total
    low = by_format(t, 9.484173027298268e-18, 7.56579243699207e-09)
    return 0.2845658735592926 + (low + t * total)


def airy_bi_1_polynomial(t):
    """x^(1/4) e^-zeta Bi(x) on [1, 2.5], t linear in x."""
    total = 5.2679613987873024e-12
    total = -1.2291941537789258e-11 + t * total
    total = -4.1857870605588054e-12 + t * total
    total = 6.4126974988132754e-12 + t * total
    total = 8.345479816802836e-11 + t * total
    total = -1.9571396419728889e-10 + t * total
    total = 3.1860789310818446e-10 + t * total
    total = -8.096119433255641e-10 + t * total
    total = 2.190015351126234e-09 + t * total
    total = -5.3868334768199305e-09 + t * total
    total = 1.3271193335050768e-08 + t * total
    total = -3.514790952533324e-08 + t * total
    total = 1.0361297799328519e-07 + t * total
    total = -3.08767567000789e-07 + t * total
    total = 7.054648064120748e-07 + t * total
    total = -3.717501654369993e-07 + t * total
    total = -5.015637979454798e-06 + t * total
    total = 1.808496239000797e-05 + t * total
    total = 1.9196228948854193e-05 + t * total
    total = -0.0004096045132980797 + t * total
    total = 0.0018207849673275902 + t * total
    total = -0.004354316447696306 + t * total
    total = 0.004760000740127956 + t * total
    total = 0.004259708166598106 + t * total
    total = -0.024355367897020263 + t * total
    low = by_format(t, -3.2219360524571123e-17, 1.850868613928469e-08)
    return 0.602639216811908 + (low + t * total)


def airy_bi_2_polynomial(t):
    """x^(1/4) e^-zeta Bi(x) on [2.5, 5], t linear in x."""
    total = 2.9355639606840864e-13
    total = -2.3645710549301486e-13 + t * total
    total = -7.833806590183868e-12 + t * total
    total = 4.841570693738621e-11 + t * total
    total = -1.5022379956632854e-10 + t * total
    total = 1.1496424901906545e-10 + t * total
    total = 1.5357640595327972e-09 + t * total
    total = -9.77060501958345e-09 + t * total
    total = 3.128068705643849e-08 + t * total
    total = -4.2467289183567394e-08 + t * total
    total = -1.3795436649936245e-07 + t * total
    total = 1.1240459733090744e-06 + t * total
    total = -4.139442922748261e-06 + t * total
    total = 9.980848913753543e-06 + t * total
    total = -1.461275022200791e-05 + t * total
    total = 9.060711978919772e-08 + t * total
    total = 7.548002679615366e-05 + t * total
    total = -0.00028020007224442977 + t * total
    total = 0.0007040149813015382 + t * total
    total = -0.0014821770472188236 + t * total
    total = 0.0028989336310421268 + t * total
    total = -0.005500072699293545 + t * total
    low = by_format(t, 2.0378794517189906e-17, -4.663339048249782e-09)
    return 0.5734819127179475 + (low + t * total)


def airy_bi_5_polynomial(t):
    """x^(1/4) e^-zeta Bi(x) on [5, 10], t linear in x."""
    total = -1.6053545111463906e-12
    total = 1.220831061605541e-12 + t * total
    total = 1.5747670990768384e-11 + t * total
    total = -4.1070764355051137e-11 + t * total
    total = 5.2148338636149414e-11 + t * total
    total = -8.072806179242529e-11 + t * total
    total = 1.1128119807347501e-10 + t * total
    total = 8.296181384877073e-11 + t * total
    total = -9.123140093650201e-10 + t * total
    total = 3.1166520910173085e-09 + t * total
    total = -8.327744784912515e-09 + t * total
    total = 1.9950920072492705e-08 + t * total
    total = -4.522018694506285e-08 + t * total
    total = 1.0075852037966321e-07 + t * total
    total = -2.2670278692929536e-07 + t * total
    total = 5.223253109238136e-07 + t * total
    total = -1.2362179512438666e-06 + t * total
    total = 2.994737136910892e-06 + t * total
    total = -7.380026773149008e-06 + t * total
    total = 1.8383814384348742e-05 + t * total
    total = -4.6010579709952556e-05 + t * total
    total = 0.00011494561813971538 + t * total
    total = -0.00028415677920732636 + t * total
    total = 0.0006848942278226014 + t * total
    total = -0.0015571967943104085 + t * total
    low = by_format(t, -2.60311552326564e-17, 1.1060045101984883e-09)
    return 0.5671720515820787 + (low + t * total)


def airy_bi_10_polynomial(t):
    """x^(1/4) e^-zeta Bi(x) on [10, oo), t linear in 1/zeta."""
    total = 3.250669398432728e-16
    total = 1.5821842919895762e-15 + t * total
    total = 8.06993256637176e-15 + t * total
    total = 5.632051260504407e-14 + t * total
    total = 4.583422902442707e-13 + t * total
    total = 4.38974770419573e-12 + t * total
    total = 5.0672524756382154e-11 + t * total
    total = 7.235077688051697e-10 + t * total
    total = 1.3275911947572695e-08 + t * total
    total = 3.327152486938611e-07 + t * total
    total = 1.2709605246508409e-05 + t * total
    total = 0.0009537021378860781 + t * total
    low = by_format(t, -1.0859682985647993e-17, 6.780807915163223e-09)
    return 0.5651308961965488 + (low + t * total)


def airy_bip_1_polynomial(t):
    """x^(-1/4) e^-zeta Bi'(x) on [1, 2.5], t linear in x."""
    total = 9.277190578187591e-12
    total = -2.120523669959759e-11 + t * total
    total = -1.1776796488460377e-11 + t * total
    total = 2.1353965888452915e-11 + t * total
    total = 1.372872420594136e-10 + t * total
    total = -3.1122862828984825e-10 + t * total
    total = 4.198393696376663e-10 + t * total
    total = -1.0508742375926517e-09 + t * total
    total = 2.930658655018297e-09 + t * total
    total = -7.077004140003142e-09 + t * total
    total = 1.686983024594524e-08 + t * total
    total = -4.110408683836668e-08 + t * total
    total = 1.0242603038781451e-07 + t * total
    total = -2.654922544603781e-07 + t * total
    total = 6.969530849088874e-07 + t * total
    total = -1.6402886766589705e-06 + t * total
    total = 2.694489928195485e-06 + t * total
    total = -1.1146346258250025e-06 + t * total
    total = -1.3845761794105396e-06 + t * total
    total = -6.0871047570691907e-05 + t * total
    total = 0.00048574634515152824 + t * total
    total = -0.0018504217600576207 + t * total
    total = 0.003923399826034451 + t * total
    total = -0.0027901887896989537 + t * total
    total = -0.009441410197577181 + t * total
    total = 0.03395824165386747 + t * total
    low = by_format(t, -2.5921774611855143e-17, -1.4128871406171584e-08)
    return 0.5130123950813341 + (low + t * total)


def airy_bip_2_polynomial(t):
    """x^(-1/4) e^-zeta Bi'(x) on [2.5, 5], t linear in x."""
    total = -7.907052636804965e-13
    total = 9.168596183465057e-12 + t * total
    total = -5.071224064490829e-11 + t * total
    total = 1.5749894321844353e-10 + t * total
    total = -1.3585253457599068e-10 + t * total
    total = -1.4290454624885276e-09 + t * total
    total = 9.116307741887856e-09 + t * total
    total = -2.811137924312056e-08 + t * total
    total = 3.081700435501138e-08 + t * total
    total = 1.6941098725998796e-07 + t * total
    total = -1.17474867585968e-06 + t * total
    total = 4.100758134681011e-06 + t * total
    total = -9.315879697902842e-06 + t * total
    total = 1.1550865782510593e-05 + t * total
    total = 1.0051535031492412e-05 + t * total
    total = -0.00010351922222986172 + t * total
    total = 0.00034964873541370404 + t * total
    total = -0.000866302618220975 + t * total
    total = 0.001853365699349835 + t * total
    total = -0.003739480766001055 + t * total
    total = 0.007334669867378962 + t * total
    low = by_format(t, 3.265921310350312e-17, -1.6318638884627035e-08)
    return 0.5514667467009224 + (low + t * total)


def airy_bip_5_polynomial(t):
    """x^(-1/4) e^-zeta Bi'(x) on [5, 10], t linear in x."""
    total = -9.243751650497998e-13
    total = -6.476579967124941e-12 + t * total
    total = 4.081194594377395e-11 + t * total
    total = -7.725762151400184e-11 + t * total
    total = 7.570099874254969e-11 + t * total
    total = -4.944586980956074e-11 + t * total
    total = -1.4420837046216325e-10 + t * total
    total = 1.033425904456692e-09 + t * total
    total = -3.5334255572540887e-09 + t * total
    total = 9.396659017998069e-09 + t * total
    total = -2.2535703758057263e-08 + t * total
    total = 5.169309588745878e-08 + t * total
    total = -1.1729566813098223e-07 + t * total
    total = 2.695503234759531e-07 + t * total
    total = -6.347810125242247e-07 + t * total
    total = 1.534115667718616e-06 + t * total
    total = -3.7881786070907e-06 + t * total
    total = 9.497624388528852e-06 + t * total
    total = -2.4028236873569686e-05 + t * total
    total = 6.0980925406863067e-05 + t * total
    total = -0.00015425911849088208 + t * total
    total = 0.00038559789139539695 + t * total
    total = -0.0009384599592800317 + t * total
    total = 0.0021514335875819075 + t * total
    low = by_format(t, -1.63996289979547e-17, 2.086909489662503e-08)
    return 0.5600412100628207 + (low + t * total)


def airy_bip_10_polynomial(t):
    """x^(-1/4) e^-zeta Bi'(x) on [10, oo), t linear in 1/zeta."""
    total = -3.322551736647566e-16
    total = -1.621829385984218e-15 + t * total
    total = -8.305655523059734e-15 + t * total
    total = -5.818225523536031e-14 + t * total
    total = -4.756988301880169e-13 + t * total
    total = -4.583558051772644e-12 + t * total
    total = -5.3335530423859635e-11 + t * total
    total = -7.700990582786252e-10 + t * total
    total = -1.4369567824647632e-08 + t * total
    total = -3.7031423436023575e-07 + t * total
    total = -1.495891695114704e-05 + t * total
    total = -0.0013297846449493768 + t * total
    low = by_format(t, -1.1104658967960851e-17, 2.4380334195939213e-08)
    return 0.562874401154169 + (low + t * total)


def airy_modulus_2_polynomial(t):
    """sqrt(pi) x^(1/4) |(Bi + i Ai)(-x)| on [2, 4], t linear in 1/zeta^2."""
    total = 3.8418194997861176e-11
    total = -5.3194438295021645e-11 + t * total
    total = -1.9471057015019067e-10 + t * total
    total = 2.5466974446027144e-10 + t * total
    total = 5.061112429933543e-10 + t * total
    total = -6.368782507222755e-10 + t * total
    total = -7.412224567567327e-10 + t * total
    total = 8.692536501566864e-10 + t * total
    total = 8.480546127251939e-10 + t * total
    total = -9.943328649589064e-10 + t * total
    total = -3.46927302976082e-10 + t * total
    total = 2.092317890299495e-10 + t * total
    total = 9.651410065067437e-10 + t * total
    total = -1.5449024931005974e-09 + t * total
    total = 2.3046131067126506e-09 + t * total
    total = -4.555306451395588e-09 + t * total
    total = 9.215622257449816e-09 + t * total
    total = -1.87193067657029e-08 + t * total
    total = 3.9300337507100314e-08 + t * total
    total = -8.586731766414322e-08 + t * total
    total = 1.9657233001109333e-07 + t * total
    total = -4.7672895605116024e-07 + t * total
    total = 1.2442998265359193e-06 + t * total
    total = -3.578798949528471e-06 + t * total
    total = 1.1781555962179156e-05 + t * total
    total = -4.7487756673401936e-05 + t * total
    total = 0.00026928009645548883 + t * total
    total = -0.0031263320996000447 + t * total
    low = by_format(t, -5.5412088445114126e-17, 5.313843143284203e-09)
    return 0.9953775459022219 + (low + t * total)


def airy_modulus_4_polynomial(t):
    """the same on [4, oo)."""
    total = 9.667061671849403e-14
    total = -1.4634378663370014e-13 + t * total
    total = -2.5465330160377433e-13 + t * total
    total = 3.2513174905243305e-13 + t * total
    total = 6.197229834060324e-13 + t * total
    total = -9.070933951590506e-13 + t * total
    total = 2.3324085085110434e-13 + t * total
    total = -1.0088245261317864e-12 + t * total
    total = 3.863061644522059e-12 + t * total
    total = -9.311780628104256e-12 + t * total
    total = 2.408101543700059e-11 + t * total
    total = -6.966507001975933e-11 + t * total
    total = 2.206158928543384e-10 + t * total
    total = -7.80716253566188e-10 + t * total
    total = 3.1826434735162245e-09 + t * total
    total = -1.5587021240298664e-08 + t * total
    total = 9.781197171700479e-08 + t * total
    total = -8.747612925492354e-07 + t * total
    total = 1.3582650366310333e-05 + t * total
    total = -0.0005800654180077423 + t * total
    low = by_format(t, -7.95326339537348e-18, -2.4585709468283312e-08)
    return 0.9994053594780118 + (low + t * total)


def airy_phase_2_polynomial(t):
    """zeta (arg((Bi + i Ai)(-x)) - zeta - pi/4) on [2, 4], t linear in 1/zeta^2."""
    total = 8.896342242712795e-11
    total = -1.1907971208432114e-10 + t * total
    total = -5.291457687629714e-10 + t * total
    total = 6.75918798004104e-10 + t * total
    total = 1.5469408182120249e-09 + t * total
    total = -1.9005640949303643e-09 + t * total
    total = -2.7005991593290254e-09 + t * total
    total = 3.1549398299211045e-09 + t * total
    total = 3.3220060066301067e-09 + t * total
    total = -3.740605649992261e-09 + t * total
    total = -2.590917866901709e-09 + t * total
    total = 2.622901262099176e-09 + t * total
    total = 2.2126353303285946e-09 + t * total
    total = -2.5733547281611305e-09 + t * total
    total = 7.857861571112755e-10 + t * total
    total = -2.0549686874885264e-09 + t * total
    total = 5.241985736174391e-09 + t * total
    total = -9.374648875602156e-09 + t * total
    total = 1.7073139637229237e-08 + t * total
    total = -3.2681270827826674e-08 + t * total
    total = 6.405862292118782e-08 + t * total
    total = -1.2893057777352876e-07 + t * total
    total = 2.682547472025939e-07 + t * total
    total = -5.807721493784888e-07 + t * total
    total = 1.3199247605183917e-06 + t * total
    total = -3.1883203161502938e-06 + t * total
    total = 8.335737427687294e-06 + t * total
    total = -2.4267294066963183e-05 + t * total
    total = 8.255417167987773e-05 + t * total
    total = -0.0003601554915962098 + t * total
    total = 0.0025146954852228133 + t * total
    low = by_format(t, -5.0222160855640046e-18, 1.866661047955631e-09)
    return -0.0653110053350105 + (low + t * total)


def airy_phase_4_polynomial(t):
    """the same on [4, oo)."""
    total = 3.3997877039024723e-13
    total = -4.624933008444212e-13 + t * total
    total = -1.3104899291780143e-12 + t * total
    total = 1.6225201280512046e-12 + t * total
    total = 2.8580614348029773e-12 + t * total
    total = -3.4858084428817344e-12 + t * total
    total = -2.5751843529893726e-12 + t * total
    total = 2.3455912781510818e-12 + t * total
    total = 4.6434076116081734e-12 + t * total
    total = -7.175574653246538e-12 + t * total
    total = 9.19028527842223e-12 + t * total
    total = -2.244473296675967e-11 + t * total
    total = 5.6600624699749105e-11 + t * total
    total = -1.4272020770493906e-10 + t * total
    total = 3.863347566632735e-10 + t * total
    total = -1.1382424257511916e-09 + t * total
    total = 3.7051455687026475e-09 + t * total
    total = -1.3653288752763174e-08 + t * total
    total = 5.896132668242949e-08 + t * total
    total = -3.1419631978500735e-07 + t * total
    total = 2.2426219858644208e-06 + t * total
    total = -2.4739101497368e-05 + t * total
    total = 0.0005665993688301681 + t * total
    low = by_format(t, 2.59596149412411e-18, 1.5000599651315838e-09)
    return -0.06885047106940569 + (low + t * total)


def airy_slope_modulus_2_polynomial(t):
    """sqrt(pi) x^(-1/4) |(Bi' + i ...)(-x)| on [2, 4], t linear in 1/zeta^2."""
    total = -4.076102400596779e-11
    total = 5.649172394113498e-11 + t * total
    total = 2.064309040227701e-10 + t * total
    total = -2.7022581036325606e-10 + t * total
    total = -5.366311642386498e-10 + t * total
    total = 6.759192294154937e-10 + t * total
    total = 7.852965899289094e-10 + t * total
    total = -9.215153226684785e-10 + t * total
    total = -9.000764313558845e-10 + t * total
    total = 1.0570887714294448e-09 + t * total
    total = 3.6281665474207256e-10 + t * total
    total = -2.127343801454391e-10 + t * total
    total = -1.0418312807746634e-09 + t * total
    total = 1.67625232252472e-09 + t * total
    total = -2.5230877010070816e-09 + t * total
    total = 4.9994517127050085e-09 + t * total
    total = -1.0142956042050106e-08 + t * total
    total = 2.0689763749087056e-08 + t * total
    total = -4.3650522405861685e-08 + t * total
    total = 9.59236173979393e-08 + t * total
    total = -2.211375859471148e-07 + t * total
    total = 5.410071792137241e-07 + t * total
    total = -1.4280158865879886e-06 + t * total
    total = 4.169469555879289e-06 + t * total
    total = -1.402141285575759e-05 + t * total
    total = 5.837675632411665e-05 + t * total
    total = -0.00034960807800509664 + t * total
    total = 0.00453863289911649 + t * total
    low = by_format(t, 7.724312467948738e-17, -5.702789351857973e-08)
    return 1.006604018403929 + (low + t * total)


def airy_slope_modulus_4_polynomial(t):
    """the same on [4, oo)."""
    total = -1.0013817638828416e-13
    total = 1.5175672660611197e-13 + t * total
    total = 2.632513169136934e-13 + t * total
    total = -3.3620212311805595e-13 + t * total
    total = -6.427764467681254e-13 + t * total
    total = 9.428779154687986e-13 + t * total
    total = -2.5078302090503515e-13 + t * total
    total = 1.0677603241441537e-12 + t * total
    total = -4.0633595680329775e-12 + t * total
    total = 9.826832414818648e-12 + t * total
    total = -2.551116935614013e-11 + t * total
    total = 7.408757844954451e-11 + t * total
    total = -2.357695795016553e-10 + t * total
    total = 8.397031880179729e-10 + t * total
    total = -3.4530846474208584e-09 + t * total
    total = 1.7125693466573817e-08 + t * total
    total = -1.0959231742406244e-07 + t * total
    total = 1.0133761822663462e-06 + t * total
    total = -1.6755327473712425e-05 + t * total
    total = 0.0008173878086748727 + t * total
    low = by_format(t, 4.5889018265834064e-17, -1.1616937634073565e-08)
    return 1.0008352878749447 + (low + t * total)


def airy_slope_phase_2_polynomial(t):
    """zeta (arg((-Ai' + i Bi')(-x)) - zeta - pi/4) on [2, 4], t linear in 1/zeta^2."""
    total = -9.423026090756437e-11
    total = 1.262336867902133e-10 + t * total
    total = 5.601840599473338e-10 + t * total
    total = -7.161132593016991e-10 + t * total
    total = -1.6375615961045618e-09 + t * total
    total = 2.013496917585325e-09 + t * total
    total = 2.8578824873983575e-09 + t * total
    total = -3.3410508215759512e-09 + t * total
    total = -3.516651422016014e-09 + t * total
    total = 3.963462577425182e-09 + t * total
    total = 2.7379415540171524e-09 + t * total
    total = -2.771003606275753e-09 + t * total
    total = -2.3539189716977955e-09 + t * total
    total = 2.748182950318324e-09 + t * total
    total = -8.772091041340632e-10 + t * total
    total = 2.262370901974956e-09 + t * total
    total = -5.720800905661764e-09 + t * total
    total = 1.0269098724096368e-08 + t * total
    total = -1.878184835794536e-08 + t * total
    total = 3.608642765050608e-08 + t * total
    total = -7.10395162341923e-08 + t * total
    total = 1.4371664003459482e-07 + t * total
    total = -3.008456301094325e-07 + t * total
    total = 6.561477576170559e-07 + t * total
    total = -1.5048995740196977e-06 + t * total
    total = 3.677628970784024e-06 + t * total
    total = -9.763544360851764e-06 + t * total
    total = 2.9030184730571424e-05 + t * total
    total = -0.00010182133821391293 + t * total
    total = 0.0004653130406516023 + t * total
    total = -0.0034783397725257213 + t * total
    low = by_format(t, -1.6900867302238947e-18, -1.8436890902862046e-09)
    return 0.09161232972550566 + (low + t * total)


def airy_slope_phase_4_polynomial(t):
    """the same on [4, oo)."""
    total = -3.5120036128525656e-13
    total = 4.781595260204068e-13 + t * total
    total = 1.3525823935792056e-12 + t * total
    total = -1.6756788736334818e-12 + t * total
    total = -2.9516190739578928e-12 + t * total
    total = 3.6036651482937224e-12 + t * total
    total = 2.6508998690375027e-12 + t * total
    total = -2.408381568536507e-12 + t * total
    total = -4.826147526448377e-12 + t * total
    total = 7.487041183136986e-12 + t * total
    total = -9.679880506275215e-12 + t * total
    total = 2.366205579353799e-11 + t * total
    total = -5.976302419491768e-11 + t * total
    total = 1.5118681902224307e-10 + t * total
    total = -4.1086060717581363e-10 + t * total
    total = 1.2163566515160896e-09 + t * total
    total = -3.984259051302396e-09 + t * total
    total = 1.4806577028987826e-08 + t * total
    total = -6.471988423870346e-08 + t * total
    total = 3.5132947639815664e-07 + t * total
    total = -2.5858085322433656e-06 + t * total
    total = 3.0119810832288445e-05 + t * total
    total = -0.0007569414383089023 + t * total
    low = by_format(t, -2.763421191747447e-18, -3.5184344326921746e-09)
    return 0.09643213844123275 + (low + t * total)


def airy_ai_zeros(x):
    """Zeros of Ai(-x) (slope: of the function of -x): high words, low words, slopes."""
    high = jnp.asarray(
        (
            2.338107410459767,
            4.08794944413097,
            5.520559828095551,
            6.786708090071759,
            7.944133587120853,
            9.02265085334098,
            10.040174341558085,
            11.008524303733262,
            11.936015563236262,
            12.828776752865757,
            13.691489035210719,
            14.527829951775335,
            15.340755135977997,
            16.132685156945772,
            16.90563399742994,
            17.66130010569706,
            18.401132599207116,
            19.126380474246954,
            19.8381298917215,
            20.537332907677566,
        ),
        x.dtype,
    )
    wide = jnp.asarray(
        (
            3.912260409818305e-17,
            3.387261694242901e-16,
            2.674142599618633e-16,
            9.56301343655757e-17,
            -3.4021391708444276e-17,
            -2.2327602737028807e-16,
            6.28099682978957e-16,
            8.202114600392923e-16,
            1.7909689918903845e-16,
            3.9538462779075493e-16,
            -6.550617508624347e-16,
            3.3281852585500534e-16,
            2.9774186246930615e-16,
            -8.807679938269336e-16,
            1.4093746404301672e-15,
            -1.3727613211552663e-15,
            -9.978473200984153e-16,
            -1.7225441151097783e-15,
            -8.407871492808572e-16,
            2.193908742135287e-16,
        ),
        x.dtype,
    )
    narrow = jnp.asarray(
        (
            6.297136371817669e-08,
            1.68160511632262e-07,
            4.034530691850485e-08,
            2.1195896603003024e-07,
            -1.7142406875186172e-07,
            1.3465201553640819e-07,
            -1.4269484375690545e-07,
            3.626932238307354e-07,
            4.341469070482564e-07,
            3.933076517316567e-07,
            -1.844548094154543e-07,
            -1.7212603220542603e-07,
            -3.266684875178538e-07,
            4.49304169876846e-07,
            7.103834106453524e-08,
            -5.534826299907463e-07,
            1.55889513533614e-08,
            -4.4616320410587583e-07,
            8.481423981384476e-07,
            3.7288752729748266e-07,
        ),
        x.dtype,
    )
    slope = jnp.asarray(
        (
            0.7012108227206914,
            -0.803111369654864,
            0.8652040258941519,
            -0.9108507370496018,
            0.9473357094415678,
            -0.9779228085694986,
            1.004370122660312,
            -1.0277386888207862,
            1.0487206485881895,
            -1.0677938591574279,
            1.0853028313507,
            -1.1015045702774968,
            1.116596177932656,
            -1.130732310493188,
            1.1440366732735527,
            -1.1566098491165655,
            1.168534784487525,
            -1.1798807298701455,
            1.1907061311587765,
            -1.2010607915198233,
        ),
        x.dtype,
    )
    return high, by_format(x, wide, narrow), slope


def airy_bi_zeros(x):
    """Zeros of Bi(-x): high words, low words, slopes."""
    high = jnp.asarray(
        (
            1.173713222709128,
            3.271093302836353,
            4.830737841662016,
            6.169852128310251,
            7.376762079367763,
            8.491948846509388,
            9.538194379346239,
            10.529913506705357,
            11.476953551278779,
            12.386417138582738,
            13.263639522941805,
            14.112756809068658,
            14.937057412154164,
            15.739210351190483,
            16.52141955063438,
            17.285531624581242,
            18.033113287225003,
            18.76550828448008,
            19.483880132989235,
            20.189244785396202,
        ),
        x.dtype,
    )
    wide = jnp.asarray(
        (
            -1.0961770450823225e-16,
            -1.961307626775628e-16,
            2.3577023958790265e-16,
            2.771543562180443e-16,
            4.2182931606685294e-16,
            2.640552673993945e-16,
            1.817354015321908e-16,
            6.176863786414233e-16,
            4.0691493928961704e-16,
            7.832240140643835e-16,
            6.272519213241825e-16,
            -5.785780846622602e-16,
            -3.417423059796827e-16,
            -6.856132980409492e-17,
            -1.5591009978046773e-15,
            5.047074216696251e-17,
            -1.490814593948988e-15,
            1.3857553850303508e-16,
            -8.098602047402827e-16,
            6.00176223019594e-16,
        ),
        x.dtype,
    )
    narrow = jnp.asarray(
        (
            1.546425487804498e-08,
            -6.569392072181977e-08,
            -2.2596493719233229e-07,
            -1.2846465108391662e-07,
            1.6606820316672496e-07,
            -2.3491151042405196e-07,
            -2.77025831425867e-07,
            -3.9557735691934943e-07,
            4.4809052875423465e-08,
            -2.503332768794381e-07,
            7.286856336661074e-08,
            7.994268122908731e-08,
            -8.296302345979679e-08,
            2.2240630308339497e-07,
            2.548789467891795e-08,
            -3.730994215295658e-07,
            -1.923892562403289e-07,
            -3.67253317396157e-07,
            -8.63714867548834e-07,
            -4.386028210172747e-07,
        ),
        x.dtype,
    )
    slope = jnp.asarray(
        (
            0.6019578879762396,
            -0.7603101414928011,
            0.8369910126192611,
            -0.8894799014265397,
            0.9299836385680267,
            -0.9632344301904238,
            0.9915863705176604,
            -1.016389659221249,
            1.0384942860480093,
            -1.0584718443940233,
            1.076726148316514,
            -1.0935536233074252,
            1.1091786365257357,
            -1.1237753272862714,
            1.1374817081195965,
            -1.1504091143290551,
            1.1626487357883821,
            -1.1742762531180584,
            1.1853552046489042,
            -1.1959394810797526,
        ),
        x.dtype,
    )
    return high, by_format(x, wide, narrow), slope


def airy_aip_zeros(x):
    """Zeros of Ai'(-x) and the values of Ai: high words, low words, slopes."""
    high = jnp.asarray(
        (
            1.018792971647471,
            3.2481975821798366,
            4.820099211178736,
            6.163307355639486,
            7.37217725504777,
            8.488486734019721,
            9.535449052433547,
            10.527660396957407,
            11.475056633480245,
            12.384788371845747,
            13.26221896166521,
            14.111501970462996,
            14.935937196720518,
            15.738201373692538,
            16.520503825433792,
            17.28469505021644,
            18.032344622504393,
            18.764798437665956,
            19.48322165656723,
            20.188631509463374,
        ),
        x.dtype,
    )
    wide = jnp.asarray(
        (
            2.0609116444448518e-17,
            -2.435739819073974e-17,
            -1.0363241404277874e-16,
            1.5197805615644732e-16,
            -3.974148683907331e-17,
            7.081654965459578e-16,
            3.471608762536301e-16,
            7.630418470216651e-16,
            6.671609154639307e-16,
            -1.0896985265850042e-16,
            -3.249796693202474e-17,
            -5.325267665661645e-16,
            -6.499144899392008e-16,
            -5.133460000725763e-17,
            1.397810364151513e-15,
            -9.04615361394514e-16,
            3.2286108117140035e-16,
            -1.0479822911949173e-15,
            2.717706590100229e-17,
            -5.496291185412812e-16,
        ),
        x.dtype,
    )
    narrow = jnp.asarray(
        (
            -1.5222340922701426e-08,
            2.6637844350375423e-08,
            -1.4261154756372439e-07,
            1.6569808029763785e-07,
            1.3102433267709218e-07,
            4.44041694789131e-07,
            2.4418410751952634e-08,
            2.7084360406978144e-08,
            -1.4774149236312784e-08,
            -1.4133784642450667e-07,
            -4.673509028988127e-07,
            2.7673740934413276e-07,
            2.6892510731025726e-07,
            2.3233511642768646e-07,
            -1.723689408327948e-07,
            3.7858557798164374e-07,
            -1.9561084097973479e-07,
            -6.803760374473484e-07,
            6.024900827400247e-07,
            4.517241153411545e-07,
        ),
        x.dtype,
    )
    slope = jnp.asarray(
        (
            0.5356566560156999,
            -0.41901547803256395,
            0.3804064686281533,
            -0.35790794371229223,
            0.34230124441162385,
            -0.33047622914796687,
            0.3210222881947164,
            -0.3131853909786818,
            0.3065172938827772,
            -0.30073082932264467,
            0.2956314810019132,
            -0.29108167720353906,
            0.286980706999202,
            -0.2832527361250213,
            0.2798393053604111,
            -0.2766944450689298,
            0.27378138564668514,
            -0.2710702785769712,
            0.2685365782821765,
            -0.2661598682157092,
        ),
        x.dtype,
    )
    return high, by_format(x, wide, narrow), slope


def airy_bip_zeros(x):
    """Zeros of Bi'(-x) and the values of Bi: high words, low words, slopes."""
    high = jnp.asarray(
        (
            2.294439682614123,
            4.073155089071828,
            5.5123957296635995,
            6.781294445990305,
            7.940178689168579,
            9.01958335879424,
            10.037696334908546,
            11.00646266771229,
            11.934261645014844,
            12.827258309177218,
            13.69015582683505,
            14.526645763485712,
            15.339693082242404,
            16.131724782385902,
            16.90475941188965,
            17.660498743114974,
            18.400394367181704,
            19.125697156412638,
            19.83749471841591,
            20.536740241453273,
        ),
        x.dtype,
    )
    wide = jnp.asarray(
        (
            1.2502681914203563e-16,
            2.2107881714419072e-16,
            2.111411794944301e-17,
            3.257862458108795e-16,
            3.192865990515055e-16,
            -4.907500615411166e-16,
            6.510489478629965e-17,
            6.917491991537937e-17,
            2.298800061000821e-16,
            -1.4265116904962407e-17,
            -6.749065004746318e-17,
            -8.276543729905388e-16,
            5.318728897272996e-16,
            -1.4393794202050717e-15,
            1.4657572700205121e-16,
            1.6285372427410587e-15,
            -7.896649827984242e-16,
            -5.633297222288512e-17,
            -6.627875119779869e-16,
            6.100153245894853e-16,
        ),
        x.dtype,
    )
    narrow = jnp.asarray(
        (
            -1.1001893339400255e-07,
            1.6277177938742738e-07,
            -1.291010489412404e-07,
            1.0013459249940367e-07,
            -1.8198620622956984e-07,
            -3.4329316327633517e-07,
            4.5020395595800765e-07,
            -3.8312999521582823e-07,
            3.229933602878016e-07,
            1.9913083092143582e-07,
            -1.5613614230501913e-07,
            1.0308532078452972e-07,
            1.2784396296115508e-08,
            -5.288933962971117e-07,
            -9.488281234792687e-07,
            -8.29638930147807e-07,
            -7.25155623451845e-08,
            -9.331869713088861e-07,
            8.219315355029334e-07,
            8.920880396051134e-07,
        ),
        x.dtype,
    )
    slope = jnp.asarray(
        (
            -0.45494438363965733,
            0.39652283609446465,
            -0.36796916148695924,
            0.34949911683180446,
            -0.33602624013366006,
            0.3255097364326236,
            -0.31693465370766494,
            0.30972594076907684,
            -0.3035276648433456,
            0.29810491114480037,
            -0.2932948758166831,
            0.2889803065671026,
            -0.2850740906528823,
            0.28150982446899975,
            -0.2782357870262161,
            0.27521094643921484,
            -0.27240223092880617,
            0.2697826139865426,
            -0.26732973959164497,
            0.26502491507951614,
        ),
        x.dtype,
    )
    return high, by_format(x, wide, narrow), slope
