#!/usr/bin/python3
"""Reference values for Pareto/NBD, by mpmath (python3-mpmath), as paretonbd.tsv beside this file.

Everything is integrated here in 25 digits from the definition of the process, without a
hypergeometric function: a customer with x purchases who lives at t has lambda ~ Gamma(r + x, alpha + t)
and mu ~ Gamma(s, beta + t); the likelihood is the sum of "alive at t" and the integral of "died at y"
over t_x < y < t; the probability of n purchases the like over the horizon.

Times are days: 1/1440 is a minute, 7300 are 20 years, 36525 a century.
Columns: process r alpha s beta x t_x t horizon rate n loglik p_alive expected discounted pmf
An infinite horizon is written inf, and has no expected and no pmf: nan.
"""
import os
import random
import mpmath as mp

mp.mp.dps = 25


def steps(first, end):
    """0, then growing steps up to end"""
    cuts = [mp.mpf(0)]
    step = mp.mpf(first)
    while cuts[-1] + step < end:
        cuts.append(cuts[-1] + step)
        step *= 1.7
    return cuts + [mp.mpf(end)]


def integral(f, cuts):
    return mp.quad(f, cuts, method="gauss-legendre", maxdegree=6)


def odds(r, al, s, be, x, tx, t):
    """P(died in (t_x, t]) / P(alive at t), given the purchases"""
    if t == tx:
        return mp.mpf(0)
    c, a, b = r + x, al + tx, be + tx
    f = lambda u: (1 + u / a) ** -c * (1 + u / b) ** (-s - 1)
    whole = integral(f, steps(1 / (c / a + (s + 1) / b), t - tx)) * s / b
    return whole * ((al + t) / a) ** c * ((be + t) / b) ** s


def expected(c, a, s, b, h):
    with mp.workdps(60):
        if s == 1:
            return c / a * b * mp.log1p(h / b)
        return c / a * b * ((1 + h / b) ** (1 - s) - 1) / (1 - s)


def discounted(c, a, s, b, h, d):
    end = min(h, 70 / d)
    return c / a * integral(lambda u: (1 + u / b) ** -s * mp.exp(-d * u), steps(1 / (d + (s + 1) / b), end))


def pmf(c, a, s, b, h, n):
    """given alive"""
    lead = mp.rf(c, n) / mp.factorial(n)
    alive = lead * (1 + h / a) ** -c * (h / (a + h)) ** n * (1 + h / b) ** -s
    log_f = lambda y: y + n * (y - mp.log(a)) - (c + n) * mp.log1p(mp.exp(y) / a) - (s + 1) * mp.log1p(mp.exp(y) / b)
    slope = lambda y: (n + 1) - (c + n) / (1 + a * mp.exp(-y)) - (s + 1) / (1 + b * mp.exp(-y))
    lo, hi = mp.log(mp.mpf(10) ** -30 * min(a, b)), mp.log(h)
    peak = hi
    if slope(hi) < 0:
        for _ in range(60):
            peak = (lo + hi) / 2
            lo, hi = (peak, hi) if slope(peak) > 0 else (lo, peak)
    total = mp.mpf(0)
    top = log_f(peak)
    for sign in (-1, 1):
        step = 1 / mp.sqrt(n + c + s + 1)
        y, more = peak, True
        while more and sign * (mp.log(h) - y) + (sign < 0) * 1e9 > 0:
            z = y + sign * step
            if sign > 0 and z >= mp.log(h):
                z, more = mp.log(h), False
            total += abs(integral(lambda v: mp.exp(log_f(v) - top), [y, z]))
            more = more and log_f(z) > top - 60
            y, step = z, min(step * mp.mpf("1.3"), mp.mpf("0.7") if n < 30 else 4 / mp.sqrt(n))
    return alive + lead * s / b * mp.exp(top) * total


def row(p, x, tx, t, h, d, n):
    r, al, s, be, tx, t, h, d = (mp.mpf(v) for v in (*p, tx, t, h, d))
    c, a, b = r + x, al + t, be + t
    o = odds(r, al, s, be, x, tx, t)
    live = 1 / (1 + o)
    loglik = (mp.loggamma(r + x) - mp.loggamma(r) - r * mp.log1p(t / al) - x * mp.log(al + t)
              - s * mp.log1p(t / be) + mp.log1p(o))
    many = discount = chance = mp.nan
    if h < mp.inf:
        many = live * expected(c, a, s, b, h)
        chance = live * pmf(c, a, s, b, h, n) + (1 - live if n == 0 else 0)
    if d > 0:
        discount = live * discounted(c, a, s, b, h, d)
    elif h < mp.inf:
        discount = many
    else:
        discount = live * c / a * b / (s - 1) if s > 1 else mp.nan
    return [loglik, live, many, discount, chance]


MINUTE = 1 / 1440
params = [
    (0.5532778, 74.0437901, 0.6062334, 81.6796103),  # CDNOW, in days
    (0.55, 74.0, 1.0, 81.0),
    (0.8, 100.0, 1.0000001, 100.0),  # alpha = beta
    (0.3, 50.0, 0.7, 50.0),
    (0.05, 5.0, 0.1, 8.0),
    (12.0, 300.0, 2.5, 60.0),
    (1.7, 0.5, 0.4, 900.0),  # beta much larger than alpha
    (0.4, 2000.0, 1.3, 0.2),  # and much smaller
    (2.0, 30.0, 30.0, 20000.0),
    (0.6, 20.0, 0.01, 40.0),
]
counts = [0, 1, 2, 5, 20, 150, 2000]
ends = [0.5, 30.0, 271.0, 730.0, 7300.0]
horizons = [MINUTE, 1.0, 30.0, 365.0, 3652.5, 36525.0]
rates = [0.0, 1e-7, 0.1 / 365.25, 0.01]
random.seed(1987)
out = []
for p in params:
    cases = [(0, 0.0, 0.0, random.choice(horizons)), (0, 0.0, 0.0, 365.0)]
    for x in counts:
        for t in random.sample(ends, 3):
            h = random.choice(horizons + [mp.inf])
            tx = 0.0 if x == 0 else random.choice([t, t * 0.999, t * 0.7, t * random.random(), 0.0])
            cases.append((x, tx, t, h))
    for x, tx, t, h in cases:
        d = random.choice(rates) if h < mp.inf else random.choice(rates[1:])
        n = random.choice([0, 0, 1, 2, 7])
        if h < mp.inf and random.random() < 0.3:
            n = int((p[0] + x) / (p[1] + t) * float(h) * random.choice([0.5, 1, 1.5]))
        n = min(n, 3000)
        values = row(p, x, tx, t, h, d, n)
        text = [mp.nstr(v, 17) for v in values]
        out.append("\t".join(["paretonbd", *(repr(float(v)) for v in p), str(x), repr(tx), repr(t),
                              "inf" if h == mp.inf else repr(h), repr(d), str(n), *text]))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "paretonbd.tsv")
with open(path, "w") as f:
    f.write("# made by paretonbd.py; columns as there\n")
    f.write("\n".join(out) + "\n")
