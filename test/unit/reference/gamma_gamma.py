#!/usr/bin/python3
"""Reference values for the Gamma-Gamma spend model, by mpmath, as gamma_gamma.tsv beside this file.

Integrated in 25 digits from the definition: m given nu is Gamma(p x, x nu), nu is Gamma(q, gamma); the
expected spend is the mean of p / nu over what is known of nu after m.
Columns: p q gamma x m loglik expected
"""
import os
import random
import mpmath as mp

mp.mp.dps = 25


def row(p, q, g, x, m):
    """both integrals in log nu around the peak, whose place and width are known"""
    shape, rate = p * x + q, g + m * x
    log_f = lambda y: shape * y - rate * mp.exp(y)
    peak = mp.log(shape / rate)
    left, right = 70 / min(shape - 1, mp.sqrt(shape) * 2) + 4 / mp.sqrt(shape), 6 / mp.sqrt(shape) + 5 / (1 + mp.sqrt(shape)) + 3 / (1 + shape)
    cuts = [peak + z for z in mp.linspace(-left, right, 60)]
    top = log_f(peak)
    one = mp.quad(lambda y: mp.exp(log_f(y) - top), cuts)
    mean = mp.quad(lambda y: mp.exp(log_f(y) - top) * p / mp.exp(y), cuts)
    loglik = (mp.log(one) + top + p * x * mp.log(x) + (p * x - 1) * mp.log(m) - mp.loggamma(p * x)
              + q * mp.log(g) - mp.loggamma(q))
    return loglik, mean / one


random.seed(2013)
out = []
for p, q, g in [(6.2493492, 3.7442563, 15.4443067), (0.7, 1.4, 3.0), (40.0, 25.0, 900.0), (2.0, 0.8, 10.0), (900.0, 700.0, 30.0)]:
    for x in (1, 2, 7, 60, 2000):
        m = float(mp.nstr(p * g / q * random.choice([0.01, 0.3, 1, 2.5, 70]), 8))
        if p * x + q <= 1.3:
            continue
        values = row(mp.mpf(p), mp.mpf(q), mp.mpf(g), mp.mpf(x), mp.mpf(m))
        out.append("\t".join([repr(p), repr(q), repr(g), str(x), repr(m), *(mp.nstr(v, 17) for v in values)]))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gamma_gamma.tsv"), "w") as f:
    f.write("# made by gamma_gamma.py; columns as there\n" + "\n".join(out) + "\n")
