#!/usr/bin/python3
"""Money of a customer with many orders, for test/unit/btyd_outcome.c, by scipy: prints the two bounds.

NBD, r .385, alpha 12.07; 300 repeat purchases in 30 weeks, the next 52; Gamma-Gamma 6.25, 3.74: the
sum over all counts n of P(n) P(W <= w | n), W the ratio of a Gamma(p n) and a Gamma(q + p x) variate.
"""
import numpy as np
from scipy import optimize, special, stats

p, shape = 6.25, 3.74 + 6.25 * 300
n = np.arange(1, 1500)
chance = stats.nbinom.pmf(n, 300.385, 1 / (1 + 52 / 42.07))
less = lambda w: np.sum(chance * special.betainc(p * n, shape, w / (1 + w)))
for part in (0.025, 0.975):
    print(part, "%.12g" % optimize.brentq(lambda w: less(w) - part, 0.1, 9, xtol=1e-14))
