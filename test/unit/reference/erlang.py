#!/usr/bin/python3
"""Reference values for NBD, and for gaps of order k = 1, 2, 3, by mpmath, as erlang.tsv beside this file.

All is derived from the definition: lambda ~ Gamma(r, alpha), a gap is over after k waits of rate lambda,
after each purchase (MBG/NBD: also the first) the customer leaves with probability p ~ Beta(a, b). The
likelihood of a history is the integral over lambda and p of its two cases, alive in phase j < k of the gap
at hand, or gone; the future is the sum over the purchases n and the phases of incomplete beta functions
(the number of waits is negative binomial), in 30 digits (discounted over a horizon, 40 Gauss-Legendre
points a panel, in double precision). For life the discounted sum is the integral over
lambda of 2F1(1, b; a + b; x) x^n, x = (lambda/(lambda + rate))^k.

Columns: process/k r alpha a b x t_x t horizon rate n loglik p_alive expected discounted pmf
An infinite horizon is written inf, and has no expected and no pmf: nan. nbd has no a and b: 1 and 1.
The log-likelihood leaves out (k - 1) sum log gap - x log Gamma(k), as btyd.h says.
"""
import os
import random
import mpmath as mp
import numpy as np


class Live:
    """a customer who is alive at t"""

    def __init__(self, name, k, r, al, a, b, x, tx, t):
        self.k, self.s, self.A = k, r + k * x, al + t
        self.a = mp.mpf(0) if name == "nbd" else a
        self.b = b + x + (1 if name == "mbgnbd" else 0)
        stays = x + (1 if name == "mbgnbd" else 0)
        # integral over lambda of lambda^(r+kx-1+j) e^(-lambda (alpha+t)) (t-t_x)^j/j!, all j < k
        base = al**r / mp.gamma(r)
        phase = [base * mp.gamma(self.s + j) / self.A ** (self.s + j) * (t - tx) ** j / mp.factorial(j)
                 for j in range(k)]
        alive = sum(phase)
        gone = mp.mpf(0)
        if name != "nbd":
            alive *= mp.beta(a, b + stays) / mp.beta(a, b)
            if stays > 0:
                gone = (mp.beta(a + 1, b + stays - 1) / mp.beta(a, b) * base * mp.gamma(self.s) /
                        (al + tx) ** self.s)
        self.loglik = mp.log(alive + gone)
        self.alive = alive / (alive + gone)
        self.phase = [p / sum(phase) for p in phase]

    def g(self, n):
        return mp.rf(self.b, n) / mp.rf(self.a + self.b, n)

    def masses(self, h, j):
        """P(N = 0), P(N = 1), ... of the waits in h, in phase j, until the rest is nothing"""
        s, z = self.s + j, h / (self.A + h)
        m, n = (1 - z) ** s, 0
        while not (n > s * z / (1 - z) and m / (1 - z) ** 3 < mp.mpf(10) ** -22 * self.small):
            yield m
            m *= z * (s + n) / (n + 1)
            n += 1

    def expected(self, h):
        total = mp.mpf(0)
        z = h / (self.A + h)
        self.small = min(1, (z * min(1, self.s)) ** self.k)
        for j in range(self.k):
            made, g, n = mp.mpf(0), mp.mpf(1), 0
            for N, m in enumerate(self.masses(h, j)):
                if (N + j) // self.k > n:
                    made += g
                    n += 1
                    g *= (self.b + n - 1) / (self.a + self.b + n - 1)
                total += self.phase[j] * m * made
        return total

    def rate_at(self, h):
        """at many times at once, in the 64 bits of a long double: all terms are positive"""
        A, z = np.longdouble(self.A), h / (h + np.longdouble(self.A))
        total = np.zeros_like(h)
        for j in range(self.k):
            s, m = np.longdouble(self.s + j), self.k - j
            term = s * (1 - z) ** s / (A + h)
            for i in range(1, m):
                term = term * z * (s + i) / i
            g, n = np.longdouble(1), 0
            part = np.zeros_like(h)
            while True:
                part = part + g * term
                n += 1
                g *= (np.longdouble(self.b) + n - 1) / (np.longdouble(self.a + self.b) + n - 1)
                for i in range(self.k):
                    term = term * (z * (s + m) / m)
                    m += 1
                if np.all((m > s * z / (1 - z)) & (term < 1e-18 * part * (1 - z))):
                    break
            total = total + np.longdouble(self.phase[j]) * part
        return total

    def discounted(self, h, d):
        if h == mp.inf:
            def worth(y):
                lam = mp.exp(y)
                v = mp.mpf(0)
                L = lam / (lam + d)
                x = L**self.k
                f = mp.hyp2f1(1, self.b, self.a + self.b, x) if self.a else 1 / (1 - x)
                for j in range(self.k):
                    s = self.s + j
                    log_gamma = s * mp.log(self.A * lam) - self.A * lam - mp.loggamma(s)
                    v += self.phase[j] * mp.exp(log_gamma) * L ** (self.k - j) * f
                return v
            peak = mp.log((self.s + 1) / self.A)
            width = 1 / mp.sqrt(self.s + 1)
            return mp.quad(worth, [peak + width * i for i in (-60, -30, -15, -8, -4, -2, 0, 1, 2, 4, 8, 16)])
        cuts = [mp.mpf(0)]
        while cuts[-1] < h:
            cuts.append(min(h, cuts[-1] + min(self.A + cuts[-1], 4 / d,
                                              3 * self.A / (self.s + 3) + cuts[-1])))
        x, w = np.polynomial.legendre.leggauss(40)
        total = np.longdouble(0)
        for lo, hi in zip(cuts, cuts[1:]):
            at = np.longdouble(lo) + np.longdouble(hi - lo) / 2 * (1 + np.longdouble(x))
            total += np.longdouble(hi - lo) / 2 * np.sum(w * np.exp(-np.longdouble(d) * at) * self.rate_at(at))
        return mp.mpf(float(total))

    def pmf(self, h, n):
        total = mp.mpf(0)
        for j in range(self.k):
            s, z = self.s + j, h / (self.A + h)
            mass = lambda m: mp.rf(s, m) / mp.factorial(m) * (1 - z) ** s * z**m
            if n == 0:
                total += self.phase[j] * sum(mass(m) for m in range(self.k - j))
                continue
            m = n * self.k - j
            tail = mp.betainc(m, s, 0, z, regularized=True)
            total += self.phase[j] * (self.g(n) * sum(mass(m + i) for i in range(self.k)) +
                                      (self.g(n - 1) - self.g(n)) * tail)
        return total


def number(v):
    return "nan" if v is None else mp.nstr(mp.mpf(v), 17, strip_zeros=True)


def line(name, k, p, hist, h, d, n):
    c = Live(name, k, *[mp.mpf(v) for v in (*p, *hist)])
    hh, dd = mp.mpf(h), mp.mpf(d)
    e = q = None
    if h != mp.inf:
        e = c.alive * c.expected(hh)
        q = c.alive * c.pmf(hh, n) + (1 - c.alive if n == 0 else 0)
    de = c.alive * c.discounted(hh, dd)
    assert h == mp.inf or de <= e
    out.write("\t".join(["%s/%d" % (name, k)] + [repr(float(v)) for v in (*p, *hist, h, d, n)] +
                        [number(v) for v in (c.loglik, c.alive, e, de, q)]) + "\n")
    out.flush()


params = [(0.525, 6.183, 0.891, 1.614), (0.58, 2.288, 1.134, 1.585), (0.768, 3.779, 0.0618, 0.854),
          (0.243, 4.414, 0.793, 0.426), (12.0, 30.0, 2.5, 6.0), (0.05, 0.3, 0.1, 0.2), (60.0, 300.0, 8.0, 40.0),
          (2.0, 9.0, 1.0, 1.0), (0.6, 60.0, 0.02, 0.4)]
histories = [(0, 0, 0), (0, 0, 38.86), (1, 5.5, 38.86), (2, 30.43, 38.86), (2, 38.86, 38.86),
             (26, 30.86, 31.0), (150, 300.0, 305.0), (7, 10.0, 1043.0)]
horizons = [0.0001, 0.14, 4.0, 26.0, 52.18, 156.5]

random.seed(1)
mp.mp.dps = 30
here = os.path.dirname(os.path.abspath(__file__))
out = open(os.path.join(here, "erlang.tsv"), "w")
out.write("# made by erlang.py: do not edit\n")

for name in ("nbd", "bgnbd", "mbgnbd"):
    for k in (1, 2, 3):
        if name != "nbd" and k == 1:  # they have a table of their own
            continue
        for p in params:
            p = p if name != "nbd" else (*p[:2], 1.0, 1.0)
            for hist in random.sample(histories, 3):
                line(name, k, p, hist, random.choice(horizons), random.choice([0.0005, 0.0019, 0.02]),
                     random.choice([0, 0, 1, 2, 3, 10, 60]))
            line(name, k, p, random.choice(histories), mp.inf, random.choice([0.0005, 0.0019, 0.02]), 0)

# long horizons of short acquaintances
for i in range(24):
    name, k = random.choice(("nbd", "bgnbd", "mbgnbd")), random.choice((2, 3))
    p = random.choice(params[:5])
    p = p if name != "nbd" else (*p[:2], 1.0, 1.0)
    line(name, k, p, random.choice(histories[:3]), random.choice([300.0, 1000.0]), 0.0019, random.choice([0, 5, 20]))

# anything a fit may come to
for i in range(60):
    name, k = random.choice(("nbd", "bgnbd", "mbgnbd")), random.choice((2, 3))
    p = [10 ** random.uniform(-3, 3) for _ in range(4)]
    p = p if name != "nbd" else (*p[:2], 1.0, 1.0)
    x = 0 if random.random() < 0.2 else int(500 ** random.random())
    t = round(2000 * random.random() ** 3, 3)
    tx = round(t * random.random(), 3) if x else 0
    h = min(10 ** random.uniform(-4, 4), 20 * (p[1] + t))
    line(name, k, p, (x, tx, t), h, 10 ** random.uniform(-5, -1), int(100 * random.random() ** 2))
