#!/usr/bin/python3
"""Predictions with a season that test/unit/season_predict.c and test/pgtap/season_numbers.sql expect, by mpmath
(python3-mpmath): prints them.

MBG/NBD in the time of the season's clock; discounted by the moment, day by day, from the definition:
nothing is taken from the C code.
"""
from datetime import date, timedelta

import mpmath as mp

mp.mp.dps = 30
W = mp.mpf(7)
FACTORS = [mp.mpf(f) for f in "0.8 0.9 1 1 1 1.1 0.7 0.6 1 1.2 1.5 2.5".split()]
MEAN = mp.fsum(f * n for f, n in zip(FACTORS, [31, mp.mpf("28.2425"), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])) / mp.mpf("365.2425")
r, alpha, a, b = map(mp.mpf, ("0.525", "6.18", "0.891", "1.614"))


def clock(since, until):
    """weeks of the clock from the end of a day to that of another"""
    return mp.fsum(FACTORS[(since + timedelta(days=i)).month - 1] for i in range(1, (until - since).days + 1)) / MEAN / W


class Customer:
    """as in clv_numbers.py, with times by the clock"""

    def __init__(self, x, tx, t):
        gone = mp.beta(a + 1, b + x) * (alpha + tx) ** -(r + x)
        here = mp.beta(a, b + x + 1) * (alpha + t) ** -(r + x)
        self.alive = here / (here + gone)
        self.R, self.A, self.B = r + x, alpha + t, b + x + 1

    def expected(self, h):
        return mp.quad(self.rate, [0, h / 64, h / 16, h / 4, h]) if h else mp.mpf(0)

    def rate(self, h):
        """d expected / d h, term by term: the i-th order is at h with a density, and is made"""
        z = h / (self.A + h)
        term = self.alive * (1 - z) ** (self.R - 1) * self.R * self.A / (self.A + h) ** 2
        total, i = mp.mpf(0), 1
        while term > mp.mpf("1e-24"):
            total += term
            term *= z * (self.B + i - 1) / (a + self.B + i - 1) * (i + self.R) / i
            i += 1
        return total

    def none(self, h):
        """no order in h"""
        return 1 - self.alive + self.alive * (self.A / (self.A + h)) ** self.R


def discounted(customer, as_of, days, discount):
    """integral over each day of discount times the rate in the clock's time"""
    delta = mp.log1p(mp.mpf(discount)) / 365
    total, start = mp.mpf(0), mp.mpf(0)
    for i in range(days):
        width = clock(as_of + timedelta(days=i), as_of + timedelta(days=i + 1))
        nodes = [(mp.mpf("0.5") + s * x / 2, w / 2) for x, w in GAUSS for s in (-1, 1)]
        total += mp.fsum(w * mp.exp(-delta * (i + u)) * customer.rate(start + u * width) for u, w in nodes) * width
        start += width
    return total


# Gauss-Legendre, 6 points
GAUSS = []
for k in range(1, 4):
    x = mp.findroot(lambda y: mp.legendre(6, y), mp.cos(mp.pi * (k - mp.mpf(1) / 4) / (6 + mp.mpf(1) / 2)))
    GAUSS.append((x, 2 * (1 - x * x) / (7 * mp.legendre(7, x)) ** 2))

as_of = date(2024, 11, 15)
first, last = date(2024, 5, 20), date(2024, 9, 30)
known = Customer(2, clock(first, last), clock(first, as_of))
new = Customer(0, mp.mpf(0), mp.mpf(0))
print("t_x, t", mp.nstr(clock(first, last), 16), mp.nstr(clock(first, as_of), 16))
for name, customer in ("known", known), ("new", new):
    print(name, "p_alive", mp.nstr(customer.alive, 16))
    for days in (31, 365):
        span = clock(as_of, as_of + timedelta(days=days))
        print(name, days, "days, span", mp.nstr(span, 16), "expected", mp.nstr(customer.expected(span), 16), "none", mp.nstr(customer.none(span), 16),
              "discounted .10", mp.nstr(discounted(customer, as_of, days, "0.10"), 16))
    day = as_of
    while day < as_of + timedelta(days=3000) and customer.none(clock(as_of, day)) > mp.mpf("0.7"):
        day += timedelta(days=1)
    print(name, "next order by 0.3", day, mp.nstr(customer.none(clock(as_of, day)), 10))
