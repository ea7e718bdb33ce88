#!/usr/bin/python3
"""The gain of a season that test/pgtap/season_numbers.sql expects, by scipy: the recipe of
src/core/clv/season_fit.h written down once more. Nothing is taken from the C code.
"""
from datetime import date, timedelta

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, betaln

EPOCH = date(2000, 1, 1)
AS_OF = (date(2023, 12, 31) - EPOCH).days
DAYS = 760

# The customers of the test: 1200, drawn with remainders; they buy 2.5 times as often in the last three months of the year.
rows, came = [], np.zeros(DAYS)
for c in range(1, 1201):
    day = first = last = AS_OF - DAYS + (c * 7919 % 757 if c > 1 else 0)
    x, i = 0, 0
    while (c * 523 + i * 3571 + c * i * 17) % 997 >= (60, 200, 500)[c % 3]:
        i += 1
        scale = (8, 30, 90, 250)[c % 4] / (2.5 if (EPOCH + timedelta(days=day)).month > 9 else 1)
        day += 1 + int(np.floor(-scale * np.log(1 - (c * 101 + i * 577 + c * i * 31) % 1009 / 1009)))
        if day > AS_OF:
            break
        x, last = x + 1, day
        came[day - (AS_OF - DAYS + 1)] += 1
    rows.append((x, last - first, AS_OF - first))
x, tx, t = np.array(rows, float).T


def loglik(p):
    r, al, a, b = np.exp(p)
    left = np.log(a) - np.log(b + x) + (r + x) * (np.log(al + t) - np.log(al + tx))
    return np.sum(gammaln(r + x) - gammaln(r) + r * np.log(al) - (r + x) * np.log(al + t)
                  + betaln(a, b + x + 1) - betaln(a, b) + np.logaddexp(0, left))


best = min((minimize(lambda p: -loglik(p), s, method="Nelder-Mead", options=dict(xatol=1e-10, fatol=1e-11, maxiter=20000, maxfev=20000))
            for s in ([0, 3, -1, 1], [-.5, 4, 0, 0])), key=lambda f: f.fun)
r, al, a, b = np.exp(best.x)
print("fit", r, al, a, b, -best.fun)

# E[X(t)] of a newcomer: integral over the dropout p of (1-p)/p (1 - (alpha/(alpha + p t))^r), p ~ Beta(a, b).
# Substitute p = u^(1/a) so that the density at 0 is none's: plain Gauss-Legendre then does.
nodes, weights = np.polynomial.legendre.leggauss(400)
v = (nodes + 1) / 2
w = v ** 3  # u, crowded at 0
p = w ** (1 / a)
dens = np.exp((b - 1) * np.log1p(-p) - betaln(a, b)) / a * weights / 2 * 3 * v ** 2


def m(t):
    t = np.asarray(t, float)[..., None]
    return np.sum(dens * (1 - p) / p * -np.expm1(-r * np.log1p(p * t / al)), axis=-1)


table = m(np.arange(DAYS + 1))
first = np.array([int(AS_OF - row[2]) for row in rows])
expected = np.zeros(DAYS)
for i in range(DAYS):
    day = AS_OF - DAYS + 1 + i
    age = day - first[first < day]
    expected[i] = np.sum(table[age] - table[age - 1])
expected *= came.sum() / expected.sum()

dates = [EPOCH + timedelta(days=AS_OF - DAYS + 1 + i) for i in range(DAYS)]
months = np.array([d.month - 1 for d in dates])
weeks = np.array([min((d - date(d.year, 1, 1)).days // 7, 51) for d in dates])
blocks = []
end = DAYS
while end > 0:
    blocks.append((max(end - 365, 0), end))
    end -= 365


def top(which, bins, factors, lam):
    """maximum over a level, and from 180 days on a slope, of each block, and over factors if they are None"""
    nb = bins.max() + 1 if factors is None else 0
    keep = np.concatenate([np.arange(s, e) for s, e in which])
    columns = []
    for s, e in which:
        one = np.zeros(DAYS)
        one[s:e] = 1
        columns.append(one)
        if e - s >= 180:
            slope = np.zeros(DAYS)
            slope[s:e] = (np.arange(s, e) - (s + e - 1) / 2) / 365.25
            columns.append(slope)
    for j in range(nb):
        columns.append((bins == j).astype(float))
    X = np.array(columns).T[keep]
    off = np.log(np.maximum(expected[keep], 1e-300)) + (factors[bins[keep]] if factors is not None else 0)
    y = came[keep]
    ridge = np.zeros(X.shape[1])
    if nb:
        ridge[-nb:] = lam
    beta = np.zeros(X.shape[1])

    def value(beta):
        eta = X @ beta + off
        return np.sum(y * (X @ beta + (factors[bins[keep]] if factors is not None else 0)) - np.exp(eta)) - np.sum(ridge * beta ** 2) / 2

    for _ in range(200):
        mu = np.exp(X @ beta + off)
        g = X.T @ (y - mu) - ridge * beta
        H = (X.T * mu) @ X + np.diag(ridge)
        step = np.linalg.solve(H + 1e-12 * np.eye(len(H)), g)
        f = 1.0
        while value(beta + f * step) < value(beta) - 1e-12 and f > 1e-6:
            f /= 2
        beta = beta + f * step
        if np.abs(g @ step) < 1e-20:
            break
    return value(beta), beta[-nb:] if nb else None


gains = []
for bins, lam in ((months, 3), (weeks, 10)):
    G = 0
    for y, (s, e) in enumerate(blocks):
        if e - s < 335:
            continue
        others = [blk for z, blk in enumerate(blocks) if z != y and came[blk[0]:blk[1]].sum() > 0]
        _, l = top(others, bins, None, lam)
        without, _ = top([(s, e)], bins, np.zeros(52), lam)
        with_, _ = top([(s, e)], bins, np.concatenate([l, np.zeros(52 - len(l))]), lam)
        G += with_ - without
    gains.append(G)

square, before = [], None
end = DAYS
while end >= 7:
    c, e = came[end - 7:end].sum(), expected[end - 7:end].sum()
    if e > 1 and before is not None and before[1] > 1:
        square.append((c / e - before[0] / before[1]) ** 2 / (1 / e + 1 / before[1]))
    before = (c, e)
    end -= 7
phi = np.median(square) / .4549
print("gains", gains, "dispersion", phi, "gain", max(gains) / max(phi, 1))
