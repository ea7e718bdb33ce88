#!/usr/bin/python3
"""Reference values for special.c by mpmath, as special.tsv: function, two or three arguments, value(s)."""
import os
import random
import mpmath as mp

mp.mp.dps = 60
random.seed(2)
here = os.path.dirname(os.path.abspath(__file__))
out = open(os.path.join(here, "special.tsv"), "w")
out.write("# made by special.py: do not edit\n")


def line(name, a, b, c, v, w=0):
    out.write("\t".join([name, repr(float(a)), repr(float(b)), repr(float(c)),
                         mp.nstr(mp.mpf(v), 17), mp.nstr(mp.mpf(w), 17)]) + "\n")


for a in (1e-300, 1e-9, 1e-3, 0.2426, 1.0, 2.5, 15.9, 16.0, 300.7, 1e6, 1e12, 1e23):
    for n in (0, 1, 2, 7, 24, 25, 150, 2000, 100000):
        A = mp.mpf(a)
        line("log_rising", a, n, 0, mp.loggamma(A + n) - mp.loggamma(A) if n else 0)
        line("digamma_rise", a, n, 0, mp.digamma(A + n) - mp.digamma(A) if n else 0)
        if a > 1e-100:
            line("trigamma_rise", a, n, 0, mp.psi(1, A + n) - mp.psi(1, A) if n else 0)
for x in (1e-5, 0.01, 0.5, 1.0, 1.4616321449683623, 3.3, 15.99, 16.0, 100.0, 1e8):
    line("digamma", x, 0, 0, mp.digamma(mp.mpf(x)))
    line("trigamma", x, 0, 0, mp.psi(1, mp.mpf(x)))
for i in range(150):
    r = 10 ** random.uniform(-3, 4)
    u = 10 ** random.uniform(-6, 4)
    n = int(10 ** random.uniform(0, 3.5)) if i % 10 else 0
    R, U = mp.mpf(r), mp.mpf(u)
    z = U / (1 + U)
    pmf = mp.rf(R, n) / mp.factorial(n) * (1 - z) ** R * z**n
    tail = mp.betainc(n, R, 0, z, regularized=True) if n else 1
    if pmf > mp.mpf(10) ** -290:
        line("negative_binomial", r, u, n, pmf, tail)
