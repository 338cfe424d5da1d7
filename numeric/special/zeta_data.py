"""Polynomials for zeta.py (mpmath, benchmarks/special/family_coefficients.py)."""

from __future__ import annotations

from derivax.numeric.special.double_word import by_format


def zeta_low_polynomial(t):
    """(s - 1) zeta(s) on [-1, 1/4], t = (s + 3/8)/0.625."""
    total = -1.3450544147426564e-15
    total = -2.698217826419677e-14 + t * total
    total = 1.1284576445493823e-12 + t * total
    total = -1.6378747309610824e-11 + t * total
    total = 6.702844765658188e-12 + t * total
    total = 4.250901577253598e-09 + t * total
    total = -7.48660453848757e-08 + t * total
    total = 2.337410486035975e-07 + t * total
    total = 1.1369283346491676e-05 + t * total
    total = -0.00017307114755389053 + t * total
    total = -0.00021048400876819552 + t * total
    total = 0.03363394031646837 + t * total
    total = 0.22184525822351317 + t * total
    low = by_format(t, 4.41584027544311e-18, -5.148234283325337e-09)
    return 0.35485162816208377 + (low + t * total)


def zeta_1_polynomial(t):
    """(s - 1) zeta(s) on [1/4, 2], t = (s - 9/8)/0.875."""
    total = 6.123866890622347e-14
    total = -1.247841895872331e-12 + t * total
    total = 1.0788085304517615e-11 + t * total
    total = 4.361785908078251e-11 + t * total
    total = -2.5763257801316356e-09 + t * total
    total = 3.260166605620024e-08 + t * total
    total = -9.106184739435871e-08 + t * total
    total = -3.077325944316162e-06 + t * total
    total = 4.710273896235575e-05 + t * total
    total = -0.00016607674814426374 + t * total
    total = -0.0033505849406199424 + t * total
    total = 0.05433539501355318 + t * total
    total = 0.5207912072798853 + t * total
    low = by_format(t, 3.4333295985752293e-18, -5.3449543457873006e-08)
    return 1.073280161813822 + (low + t * total)


def zeta_2_polynomial(t):
    """2^s (zeta(s) - 1) on [2, 5], t = (s - 3.5)/1.5."""
    total = -1.3565659025724942e-07
    total = 2.0348488538587412e-07 + t * total
    total = 1.0174244269293706e-06 + t * total
    total = -1.4752654190475875e-06 + t * total
    total = -3.81534160098514e-06 + t * total
    total = 5.3669138520524306e-06 + t * total
    total = 8.860071051176602e-06 + t * total
    total = -1.2034223299773963e-05 + t * total
    total = -1.4625476137109701e-05 + t * total
    total = 1.9222962766296797e-05 + t * total
    total = 1.7111807080418352e-05 + t * total
    total = -2.1472424585210954e-05 + t * total
    total = -1.661528276373459e-05 + t * total
    total = 2.046692310078466e-05 + t * total
    total = 8.76336273976274e-06 + t * total
    total = -8.944777761786149e-06 + t * total
    total = -1.230755054679115e-05 + t * total
    total = 1.7088697064519807e-05 + t * total
    total = -1.5019724997611892e-05 + t * total
    total = 2.6637029545229862e-05 + t * total
    total = -4.9577702401036074e-05 + t * total
    total = 8.204868942356454e-05 + t * total
    total = -0.00013520439235138398 + t * total
    total = 0.00022550188653726262 + t * total
    total = -0.0003761878819865654 + t * total
    total = 0.0006269459643659461 + t * total
    total = -0.0010448498714731565 + t * total
    total = 0.001741421708511979 + t * total
    total = -0.0029023770237395978 + t * total
    total = 0.004837294466243473 + t * total
    total = -0.008062156810580381 + t * total
    total = 0.01343692653884047 + t * total
    total = -0.022394854319489 + t * total
    total = 0.03732468821344073 + t * total
    total = -0.06221004422379222 + t * total
    total = 0.10371514620035303 + t * total
    total = -0.17290893280913686 + t * total
    total = 0.28484715122831605 + t * total
    total = -0.4289131000002457 + t * total
    low = by_format(t, -3.835082003441551e-17, 8.962301123460747e-09)
    return 1.4338300317741908 + (low + t * total)


def zeta_5_polynomial(t):
    """2^s (zeta(s) - 1) on [5, 12], t = (s - 8.5)/3.5."""
    total = 2.113411223032678e-10
    total = -4.2670526116851586e-10 + t * total
    total = -7.235252810606473e-10 + t * total
    total = 1.3541470240198828e-09 + t * total
    total = 2.830884319576265e-09 + t * total
    total = -5.403788697487059e-09 + t * total
    total = -3.9755045663642185e-10 + t * total
    total = -4.769789784207448e-10 + t * total
    total = 1.765695568021213e-08 + t * total
    total = -3.607302160264692e-08 + t * total
    total = 6.111233572373738e-08 + t * total
    total = -1.3258430540196455e-07 + t * total
    total = 2.9544012151457195e-07 + t * total
    total = -6.320110715600457e-07 + t * total
    total = 1.3485427397139808e-06 + t * total
    total = -2.8902452715264533e-06 + t * total
    total = 6.19551872030751e-06 + t * total
    total = -1.3275977624710956e-05 + t * total
    total = 2.8448098465678197e-05 + t * total
    total = -6.0959741451633845e-05 + t * total
    total = 0.00013061818362540464 + t * total
    total = -0.00027983633228357744 + t * total
    total = 0.0005995534818595443 + t * total
    total = -0.001286129655218326 + t * total
    total = 0.0027689995744457504 + t * total
    total = -0.005980869136954936 + t * total
    total = 0.01274827737150863 + t * total
    total = -0.025485458764641797 + t * total
    total = 0.04338613427518247 + t * total
    total = -0.053748595643864916 + t * total
    low = by_format(t, 1.0156801604882377e-16, 4.285016430571886e-08)
    return 1.0351593922916915 + (low + t * total)


def zeta_12_polynomial(t):
    """2^s (zeta(s) - 1) on [12, 32], t = (s - 22)/10."""
    total = 1.5093800158980203e-10
    total = -2.9784755775658997e-10 + t * total
    total = -5.442897607911707e-10 + t * total
    total = 9.99595066424525e-10 + t * total
    total = 1.995025603069099e-09 + t * total
    total = -3.7054792461128443e-09 + t * total
    total = -7.72449629216636e-10 + t * total
    total = 6.506963759772322e-10 + t * total
    total = 1.0516516481998251e-08 + t * total
    total = -2.0805688041119275e-08 + t * total
    total = 3.2154620433987386e-08 + t * total
    total = -6.873260134781394e-08 + t * total
    total = 1.5225911760404046e-07 + t * total
    total = -3.1783865756272787e-07 + t * total
    total = 6.592446053751238e-07 + t * total
    total = -1.375090810553619e-06 + t * total
    total = 2.880976847846074e-06 + t * total
    total = -6.103777146474249e-06 + t * total
    total = 1.3164554046568088e-05 + t * total
    total = -2.8851911071363946e-05 + t * total
    total = 6.333557296353121e-05 + t * total
    total = -0.00013580090919393397 + t * total
    total = 0.0002760207968646075 + t * total
    total = -0.0005161809801890252 + t * total
    total = 0.0008631160779012857 + t * total
    total = -0.0012533965201425683 + t * total
    total = 0.001528671420455115 + t * total
    total = -0.0014983809161544473 + t * total
    total = 0.001104478405297588 + t * total
    total = -0.0005436023136731093 + t * total
    low = by_format(t, -6.020042176129302e-17, 2.5360776589877787e-08)
    return 1.0001338973929415 + (low + t * total)


def harmonic_small_polynomial(t):
    """(digamma(1 + x) + gamma)/x on [-1/2, 1], t = (x - 1/4)/0.75."""
    total = 9.043772683822811e-08
    total = -1.3565659025742973e-07 + t * total
    total = -7.008923829958814e-07 + t * total
    total = 1.0174244269295974e-06 + t * total
    total = 2.707479447219933e-06 + t * total
    total = -3.8153416009918915e-06 + t * total
    total = -6.503037795445433e-06 + t * total
    total = 8.860071051141541e-06 + t * total
    total = 1.108745334705977e-05 + t * total
    total = -1.4625476137476964e-05 + t * total
    total = -1.354375613768046e-05 + t * total
    total = 1.711180707718888e-05 + t * total
    total = 1.3462680139452551e-05 + t * total
    total = -1.6615282792884283e-05 + t * total
    total = -8.116344305836876e-06 + t * total
    total = 8.763362477480903e-06 + t * total
    total = 9.19889868049302e-06 + t * total
    total = -1.2307552907496103e-05 + t * total
    total = 8.114412962543414e-06 + t * total
    total = -1.501974624619916e-05 + t * total
    total = 3.0092195402799904e-05 + t * total
    total = -4.957789368099945e-05 + t * total
    total = 8.102031446991318e-05 + t * total
    total = -0.0001352061146750882 + t * total
    total = 0.00022574132519141135 + t * total
    total = -0.00037620339809039976 + t * total
    total = 0.0006269525057460965 + t * total
    total = -0.0010449898047045648 + t * total
    total = 0.0017418472608105807 + t * total
    total = -0.0029036419374332783 + t * total
    total = 0.004841103173943573 + t * total
    total = -0.008073648068501683 + t * total
    total = 0.01347168655837206 + t * total
    total = -0.02250043832003681 + t * total
    total = 0.037647341143483906 + t * total
    total = -0.06320303314409506 + t * total
    total = 0.10679733859312257 + t * total
    total = -0.18282274126555295 + t * total
    total = 0.32176691461659623 + t * total
    total = -0.6051581147818772 + t * total
    low = by_format(t, -7.91093171223528e-17, -4.0717168303672224e-08)
    return 1.39904852610107 + (low + t * total)
