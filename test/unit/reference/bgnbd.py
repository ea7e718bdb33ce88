#!/usr/bin/python3
"""Reference values for BG/NBD and MBG/NBD, by mpmath (python3-mpmath), as bgnbd.tsv beside this file.

Everything is derived here from the definition of the process: given that the customer is alive,
lambda ~ Gamma(R, A) and p ~ Beta(a, B), a purchase rate of E[lambda exp(-lambda p s)] at time s, and so
  E      = E_p[(1 - (1 + p h/A)^-R) / p]
  DE     = integral over s of exp(-rate s) (R/A) E_p[(1 + p s/A)^-(R+1)]
in 30 digits, by hypergeometric functions of mpmath where they are stable at that precision. The
textbook form, eq. 10 of Fader, Hardie & Lee (2005), is used at 60 digits and more for the expectation.

Columns: process r alpha a b x t_x t horizon rate n loglik p_alive expected discounted pmf
An infinite horizon is written inf, and has no expected and no pmf: nan.
"""
import os
import random
import mpmath as mp


def parts(k, r, al, a, b, x, tx, t):
    """log-likelihood, P(alive), and the posterior of a live customer"""
    c = x + k
    lik = mp.rf(r, x) * al**r * mp.rf(b, c) / mp.rf(a + b, c) * (al + t) ** (-(r + x))
    odds = mp.mpf(0)
    if c > 0:
        odds = a / (b + c - 1) * ((al + t) / (al + tx)) ** (r + x)
    return mp.log(lik) + mp.log1p(odds), 1 / (1 + odds), (r + x, al + t, a, b + c)


def expected(R, A, a, B, h):
    """eq. 10's bracket; a = 1 by its limit, a tiny step away at high precision"""
    extra = 60 + int(4 * mp.log10(1 + A / h) + mp.log10(1 + h / A) * 2)
    with mp.workdps(mp.mp.dps + extra):
        if a == 1:
            a = a + mp.mpf(10) ** -(mp.mp.dps - 20)
        if a + B == 1:
            B = B + mp.mpf(10) ** -(mp.mp.dps - 20)
        z = h / (A + h)
        # Euler form: its parameters do not grow with x
        f = (1 - z) ** (a - 1) * mp.hyp2f1(a + B - 1 - R, a - 1, a + B - 1, z)
        return (a + B - 1) / (a - 1) * (1 - f)


def rate_at(R, A, a, B, s):
    z = s / (A + s)
    return R / A * (1 - z) ** a * mp.hyp2f1(a, a + B - R - 1, a + B, z)


def discounted(R, A, a, B, h, d):
    """by parts of 2.5-fold growth of A + s, and of 1/d"""
    if h == mp.inf:
        h = 80 / d
    cuts = [mp.mpf(0)]
    while cuts[-1] < h:
        s = cuts[-1]
        cuts.append(min(h, s + min(A + s, 6 / d)))
    for digits in (20, 80):  # hyp2f1 is once in a while wrong by far with few digits
        with mp.workdps(digits):
            v = mp.quad(lambda s: mp.exp(-d * s) * rate_at(R, A, a, B, s), cuts, maxdegree=7)
        if h == 80 / d or v <= expected(R, A, a, B, h):
            return v


def pmf(R, A, a, B, h, n):
    z = h / (A + h)
    nb = mp.rf(R, n) / mp.factorial(n) * (1 - z) ** R * z**n
    if n == 0:
        return nb
    tail = mp.betainc(n, R, 0, z, regularized=True)
    return mp.rf(B, n) / mp.rf(a + B, n) * nb + a * mp.rf(B, n - 1) / mp.rf(a + B, n) * tail


MINUTE = 1 / (7 * 24 * 60)  # in weeks
CENTURY = 5218.0
params = [
    (0.243, 4.414, 0.793, 2.426),
    (0.525, 6.183, 0.891, 1.614),
    (0.25, 5.0, 1.0, 2.5),
    (1.5, 20.0, 1.0000001, 0.5),
    (0.8, 8.0, 0.5, 0.5),
    (0.05, 0.3, 0.1, 0.2),
    (12.0, 30.0, 2.5, 6.0),
    (2.0, 9.0, 3.0, 1.0),
    (0.6, 60.0, 0.02, 0.4),
    (60.0, 300.0, 8.0, 40.0),
]
histories = [(0, 0, 0), (0, 0, 38.86), (1, 5.5, 38.86), (2, 30.43, 38.86), (2, 38.86, 38.86),
             (26, 30.86, 31.0), (150, 300.0, 305.0), (2000, 1040.0, 1043.0), (7, 10.0, 1043.0)]
horizons = [MINUTE, 0.14, 39.0, 52.18, 520.0, CENTURY]

random.seed(1)
mp.mp.dps = 30
here = os.path.dirname(os.path.abspath(__file__))
out = open(os.path.join(here, "bgnbd.tsv"), "w")
out.write("# made by bgnbd.py: do not edit\n")


def number(v):
    return "nan" if v is None else "inf" if v == mp.inf else mp.nstr(mp.mpf(v), 17, strip_zeros=True)


def line(name, p, hist, h, d, n):
    k = 1 if name == "mbgnbd" else 0
    P = [mp.mpf(v) for v in p]
    x, tx, t = hist
    ll, alive, post = parts(k, *P, x, mp.mpf(tx), mp.mpf(t))
    hh, dd = mp.mpf(h), mp.mpf(d)
    e = q = None
    if h != mp.inf:
        e = alive * expected(*post, hh)
        q = alive * pmf(*post, hh, n)
        if n == 0:
            q += 1 - alive
    de = alive * discounted(*post, hh, dd)
    out.write("\t".join([name] + [repr(float(v)) for v in (*p, *hist, h, d, n)] +
                        [number(v) for v in (ll, alive, e, de, q)]) + "\n")
    out.flush()


for name in ("bgnbd", "mbgnbd"):
    for p in params:
        for hist in histories:
            for h in random.sample(horizons, 3):
                d = random.choice([0.0005, 0.0019, 0.02])
                line(name, p, hist, h, d, random.choice([0, 1, 2, 3, 10, 60]))
        line(name, p, random.choice(histories), mp.inf, random.choice([0.0005, 0.0019]), 0)

# anything a fit may come to, and more
for i in range(150):
    p = [10 ** random.uniform(-3, 3) for _ in range(4)]
    x = 0 if random.random() < 0.2 else int(2000 ** random.random())
    t = round(2000 * random.random() ** 3, 3)
    tx = round(t * random.random(), 3) if x else 0
    line(random.choice(("bgnbd", "mbgnbd")), p, (x, tx, t), 10 ** random.uniform(-4, 4),
         10 ** random.uniform(-5, -1), int(100 * random.random() ** 2))
