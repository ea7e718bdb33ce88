#!/usr/bin/python3
"""The numbers that test/pgtap/clv_numbers.sql expects, by mpmath (python3-mpmath): prints them.

Likelihoods are integrated from the definition of each process, fits are the roots of their
gradients, orders follow the algorithms' papers; nothing is taken from the C code.
"""
import math
from datetime import datetime, timedelta

import mpmath as mp

mp.mp.dps = 30
W = mp.mpf(7)


def show(name, value):
    print(f"{name:44} {mp.nstr(value, 15) if not isinstance(value, str) else value}")


# ---------------------------------------------------------------- predictions of an MBG/NBD model

r, alpha, a, b = map(mp.mpf, ("0.525", "6.18", "0.891", "1.614"))
p, q, gamma = map(mp.mpf, ("6.25", "3.74", "15.44"))


class Customer:
    """Batislam, Denizel & Filiztekin (2007): the posterior of lambda and of the dropout of who is alive.

    A new customer may have left at the first order already: that is the same with x = t_x = t = 0.
    """

    def __init__(self, x, tx, t):
        x, tx, t = mp.mpf(x), mp.mpf(tx), mp.mpf(t)
        # E over lambda and p of p (1-p)^x lambda^x exp(-lambda t_x) against (1-p)^(x+1) lambda^x exp(-lambda t)
        gone = mp.beta(a + 1, b + x) * (alpha + tx) ** -(r + x)
        here = mp.beta(a, b + x + 1) * (alpha + t) ** -(r + x)
        self.alive = here / (here + gone)
        self.R, self.A, self.B = r + x, alpha + t, b + x + 1

    def stays(self, n):
        return mp.beta(a, self.B + n) / mp.beta(a, self.B)

    def poisson(self, n, h):
        """P(n events in h) of the gamma mixed Poisson process"""
        return mp.rf(self.R, n) / mp.factorial(n) * (self.A / (self.A + h)) ** self.R * (h / (self.A + h)) ** n

    def at_least(self, n, h):
        return 1 - mp.fsum(self.poisson(i, h) for i in range(n))

    def expected(self, days):
        """sum of P(the i-th order happens), i = 1, 2, ...: still there after i - 1, and time enough"""
        h = days / W
        return self.alive * mp.nsum(lambda i: self.stays(i - 1) * mp.betainc(i, self.R, 0, h / (self.A + h), regularized=True), [1, 400])

    def probability(self, days, n):
        h = days / W
        if n == 0:
            return 1 - self.alive + self.alive * self.poisson(0, h)
        left = self.stays(n - 1) - self.stays(n)
        return self.alive * (self.stays(n) * self.poisson(n, h) + left * self.at_least(n, h))

    def wait(self, probability):
        """days: alive (1 - (A / (A + h))^R) = probability"""
        return W * (self.A * (1 - probability / self.alive) ** (-1 / self.R) - self.A)

    def discounted(self, days, discount):
        """integral of the rate of orders, E over lambda and p of lambda exp(-p lambda s), discounted"""
        rate = lambda s: mp.quad(
            lambda z: z ** (a - 1) * (1 - z) ** (self.B - 1) * self.R / self.A * (1 + z * s / self.A) ** -(self.R + 1),
            [0, 0.01, 0.1, 1]) / mp.beta(a, self.B)
        with mp.workdps(18):
            return self.alive * mp.quad(lambda s: rate(s) * (1 + discount) ** (-s * W / 365), [0, days / W / 2, days / W])


def spend(x, m):
    return p * (gamma + m * x) / (p * x + q - 1)


old = Customer(2, 6, mp.mpf(152) / 7)  # '2024-01-01:1:10,2024-01-15:1:20,2024-02-12:1:40' at 2024-06-01: m_x 30
show("p_alive(h)", old.alive)
show("expected_orders(h, 90)", old.expected(90))
show("order_probability(h, 90, 2)", old.probability(90, 2))
show("churn_probability(h, 90)", old.probability(90, 0))
show("expected_spend(h)", spend(2, mp.mpf(30)))
show("clv(h, 365, .1)", spend(2, mp.mpf(30)) * old.discounted(365, mp.mpf("0.1")))
show("predict(h, 90, margin => .3).clv", spend(2, mp.mpf(30)) * old.discounted(90, mp.mpf("0.1")) * mp.mpf("0.3"))


def interval(customer, days, shape, scale):
    """2.5 % are left out on each side: of the number of orders, and of what they bring (before any discount)"""
    chance = [customer.probability(days, n) for n in range(70)]
    fewer = lambda n: mp.fsum(chance[:n])
    # nu ~ Gamma(shape, scale), and n orders bring Gamma(p n, nu): less than z with this probability
    less = lambda z: chance[0] + mp.fsum(
        chance[n] * mp.betainc(p * n, shape, 0, z / (scale + z), regularized=True) for n in range(1, 70))

    def money(part):
        low, high = mp.mpf(-5), mp.mpf(12)  # log z
        if chance[0] >= part:
            return mp.mpf(0)
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if less(mp.exp(middle)) < part else (low, middle)
        return mp.exp(low)

    lower = max(n for n in range(70) if fewer(n) <= mp.mpf("0.025"))
    upper = min(n for n in range(70) if 1 - fewer(n + 1) <= mp.mpf("0.025"))
    return lower, upper, money(mp.mpf("0.025")), money(mp.mpf("0.975"))


def spread(customer, days, mean, x):
    lower, upper, least, most = interval(customer, days, q + p * x, gamma + x * mean)
    show("  orders lower, upper", f"{lower} {upper}")
    factor = customer.discounted(days, mp.mpf("0.1")) / customer.expected(days)
    show("  clv_lower, clv_upper", f"{mp.nstr(least * factor, 12)} {mp.nstr(most * factor, 12)}")


show("predict(h, 365), intervals", "")
spread(old, 365, mp.mpf(30), 2)


class Faithful(Customer):
    """NBD: nobody leaves"""

    def __init__(self, r, alpha, x, t):
        self.R, self.A, self.alive = mp.mpf(r) + x, mp.mpf(alpha) + t, mp.mpf(1)

    def probability(self, days, n):
        return self.poisson(n, days / W)

    def expected(self, days):
        return self.R / self.A * days / W

    def discounted(self, days, discount):
        rate = mp.log(1 + discount) * W / 365
        return self.R / self.A * -mp.expm1(-rate * days / W) / rate


# 20 repeat orders in 152 days, 20 each, the next 180 days
show("predict(faithful, 180), intervals", "")
spread(Faithful("0.385", "12.07", 20, mp.mpf(152) / 7), 180, mp.mpf(20), 20)
numbers = Customer(3, 5, 20)
show("btyd_p_alive(3, 5, 20)", numbers.alive)
show("btyd_expected_orders(3, 5, 20, 100)", numbers.expected(100))
show("btyd_order_probability(3, 5, 20, 100, 1)", numbers.probability(100, 1))
show("btyd_churn_probability(3, 5, 20, 100)", numbers.probability(100, 0))
show("btyd_next_order_days(3, 5, 20, .1)", numbers.wait(mp.mpf("0.1")))
show("btyd_expected_spend(3, 25)", spend(3, mp.mpf(25)))
show("btyd_clv(3, 5, 20, 25, 100, .2)", spend(3, mp.mpf(25)) * numbers.discounted(100, mp.mpf("0.2")))
new = Customer(0, 0, 0)
show("new_customer_expected_orders(60)", new.expected(60))
show("new_customer_order_probability(60, 3)", new.probability(60, 3))
show("new_customer_churn_probability(60)", new.probability(60, 0))
show("new_customer_next_order_days(.4)", new.wait(mp.mpf("0.4")))
show("new_customer_expected_spend()", p * gamma / (q - 1))
show("new_customer_clv(60, .3)", p * gamma / (q - 1) * new.discounted(60, mp.mpf("0.3")))

# ---------------------------------------------------------------- fits

ROWS = [(0, 0, 300), (1, 7, 60), (1, 30, 32), (1, 48, 28), (2, 9, 17), (2, 30, 7), (2, 48, 16), (4, 13, 7), (4, 30, 1),
        (4, 48, 22), (8, 21, 7), (8, 30, 2), (8, 48, 6)]
SPEND = [(1, 8, 30), (1, 20, 50), (1, 45, 25), (1, 120, 15), (2, 12, 12), (2, 25, 18), (2, 70, 10), (4, 15, 12), (4, 40, 13),
         (4, 90, 5), (8, 20, 8), (8, 60, 7)]
T = mp.mpf(52)
NODES = mp.calculus.quadrature.GaussLegendre(mp.mp).calc_nodes(4, 110)  # of Gauss and Legendre, for (-1, 1)


def poisson_mixed(r, alpha, x, t):
    """E of lambda^x exp(-lambda t), lambda ~ Gamma(r, alpha)"""
    return mp.rf(r, x) * alpha**r / (alpha + t) ** (r + x)


def bgnbd(r, alpha, a, b):
    beta = lambda i, j: mp.beta(a + i, b + j) / mp.beta(a, b)
    for x, tx, n in ROWS:
        l = beta(0, x) * poisson_mixed(r, alpha, x, T)
        if x > 0:
            l += beta(1, x - 1) * poisson_mixed(r, alpha, x, tx)
        yield n * mp.log(l)


def mbgnbd(r, alpha, a, b):
    beta = lambda i, j: mp.beta(a + i, b + j) / mp.beta(a, b)
    for x, tx, n in ROWS:
        yield n * mp.log(beta(0, x + 1) * poisson_mixed(r, alpha, x, T) + beta(1, x) * poisson_mixed(r, alpha, x, tx))


def paretonbd(r, alpha, s, beta):
    for x, tx, n in ROWS:
        dies = mp.fsum((T - tx) / 2 * w * poisson_mixed(r, alpha, x, y) * s * beta**s / (beta + y) ** (s + 1)
                       for z, w in NODES for y in ((T + tx) / 2 + (T - tx) / 2 * z,))
        yield n * mp.log(dies + poisson_mixed(r, alpha, x, T) * (beta / (beta + T)) ** s)


def gamma_gamma(p, q, g):
    for x, m, n in SPEND:
        x, m = mp.mpf(x), mp.mpf(m)
        yield n * (p * x * mp.log(x) + (p * x - 1) * mp.log(m) - mp.loggamma(p * x) + q * mp.log(g) - mp.loggamma(q)
                   + mp.loggamma(p * x + q) - (p * x + q) * mp.log(g + m * x))


def top(density, start):
    """Newton's method in the logarithms; the covariance is the inverse of the negative Hessian."""
    value = lambda *y: mp.fsum(density(*(mp.exp(v) for v in y)))
    y = [mp.log(v) for v in start]
    n = len(y)
    unit = lambda *i: tuple(i.count(j) for j in range(n))
    for turn in range(30):
        gradient = mp.matrix([mp.diff(value, y, unit(i)) for i in range(n)])
        hessian = mp.matrix([[mp.diff(value, y, unit(i, j)) for j in range(n)] for i in range(n)])
        step = mp.lu_solve(hessian, -gradient)
        y = [v + max(-mp.mpf(1), min(mp.mpf(1), s)) for v, s in zip(y, step)]
        if mp.norm(step) < 1e-12:
            break
    assert mp.norm(step) < 1e-12
    estimates = [mp.exp(v) for v in y]
    inverse = mp.inverse(-hessian)
    return value(*y), estimates, [mp.sqrt(inverse[i, i]) * estimates[i] for i in range(n)]


for density, start, rows in ((bgnbd, (0.3, 5, 0.8, 2.5), ROWS), (mbgnbd, (0.6, 7, 0.9, 1.7), ROWS),
                             (paretonbd, (0.6, 12, 0.6, 12), ROWS), (gamma_gamma, (6, 4, 15), SPEND)):
    loglik, estimates, errors = top(density, start)
    n = sum(row[-1] for row in rows)
    show(density.__name__ + " log-likelihood", loglik)
    show("  aic", 2 * len(estimates) - 2 * loglik)
    show("  bic", len(estimates) * mp.log(n) - 2 * loglik)
    for e, s in zip(estimates, errors):
        z = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95")) * s / e
        show("  parameter, error, lower, upper", "  ".join(mp.nstr(v, 10) for v in (e, s, e * mp.exp(-z), e * mp.exp(z))))


def correlation(rows):
    """Pearson's, each row counted as often as it says"""
    n = sum(c for _, _, c in rows)
    mx, my = (mp.fsum(c * v[i] for *v, c in rows) / n for i in (0, 1))
    sxy, sxx, syy = (mp.fsum(c * f(x - mx, y - my) for x, y, c in rows) for f in (lambda u, v: u * v, lambda u, v: u * u, lambda u, v: v * v))
    return sxy / mp.sqrt(sxx * syy)


show("spend_correlation", correlation(SPEND))

# ---------------------------------------------------------------- simulated orders

MASK = 2**64 - 1


class Xoshiro:
    """xoshiro256** (Blackman & Vigna 2021), filled by splitmix64 (Steele, Lea & Flood 2014)"""

    def splitmix(self):
        self.filler = (self.filler + 0x9E3779B97F4A7C15) & MASK
        z = self.filler
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def __init__(self, seed, stream):
        self.filler = seed
        mixed = self.splitmix()
        self.filler = mixed ^ ((stream * 0xD1342543DE82EF95 + 0x2545F4914F6CDD1D) & MASK)
        self.s = [self.splitmix() for _ in range(4)]

    def next(self):
        s = self.s
        rotate = lambda x, k: ((x << k) | (x >> (64 - k))) & MASK
        result = (rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def uniform(self):
        return ((self.next() >> 12) + 0.5) * 2.0**-52

    def normal(self):
        while True:
            u, v = 2 * self.uniform() - 1, 2 * self.uniform() - 1
            s = u * u + v * v
            if 0 < s < 1:
                return u * math.sqrt(-2 * math.log(s) / s)

    def gamma(self, shape):
        """Marsaglia & Tsang (2000)"""
        boost = 1.0
        if shape < 1:
            boost, shape = self.uniform() ** (1 / shape), shape + 1
        d = shape - 1 / 3
        while True:
            z = self.normal()
            v = (1 + z / math.sqrt(9 * d)) ** 3
            if v > 0 and math.log(self.uniform()) < z * z / 2 + d - d * v + d * math.log(v):
                return d * v * boost

    def beta(self, a, b):
        x, y = self.gamma(a), self.gamma(b)
        return x / (x + y)


def simulate(seed, customer, since, won_until, until):
    rng = Xoshiro(seed, customer)
    first = since + timedelta(days=(won_until - since).days + 1) * rng.uniform()
    rate = rng.gamma(float(r)) / float(alpha)
    drop = rng.beta(float(a), float(b))
    gone = rng.uniform() < drop
    spend_rate = rng.gamma(float(q)) / float(gamma)
    at, now = first, 0.0
    while True:
        print(f"{customer} {at:%Y-%m-%d} {rng.gamma(float(p)) / spend_rate:.2f}")
        if gone:
            return
        now += -math.log(rng.uniform()) / rate
        gone = rng.uniform() < drop
        at = first + timedelta(days=7 * now)
        if at >= until + timedelta(days=1):
            return


print("clv_simulate: seed 5, won from 2024-01-01 to 2024-01-31, to 2024-06-30")
for i in range(1, 5):
    simulate(5, i, datetime(2024, 1, 1), datetime(2024, 1, 31), datetime(2024, 6, 30))
