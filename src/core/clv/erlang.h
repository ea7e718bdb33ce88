/*
 * erlang.h: gaps of order k, what they add to a likelihood
 *
 * Reutterer, Platzer & Schroeder (2021), "Leveraging purchase regularity for predicting customer
 * behavior the easy way", IJRM 38: the (M)BG/CNBD-k.
 *
 * A gap is over when k waits are, each of rate lambda. After x purchases lambda ~ Gamma(s, alpha +
 * t_x) with s = r + k x. A customer who is alive and silent since t_x has, by t, completed j < k
 * waits of the gap at hand; with lambda integrated out the probability of that is
 *
 *   ((alpha + t_x)/(alpha + t))^s tau_j,   tau_j = (s)_j/j! q^j,   q = (t - t_x)/(alpha + t)
 *
 * so j is known by weights tau_j, and then lambda ~ Gamma(s + j, alpha + t).
 * For k = 1 there is one phase, and every sum over them is its first term, 1.
 */
#ifndef CRM_CORE_CLV_ERLANG_H
#define CRM_CORE_CLV_ERLANG_H

#include <math.h>

#include "core/clv/btyd.h"

/* V = sum of tau_j over the phases, as a logarithm with its derivatives by s and alpha */
typedef struct ErlangPhases
{
	double value;
	double s;
	double alpha;
	double ss;
	double s_alpha;
	double alpha_alpha;
} ErlangPhases;

/* V - 1 */
static inline double
ErlangRest(int order, double s, double q)
{
	double sq = s * q;

	return order == 1 ? 0.0 : order == 2 ? sq : sq + 0.5 * (sq + q) * sq;
}

/* The derivatives too: order is a constant wherever this is inlined. inverse = 1/(alpha + t) */
static inline __attribute__((always_inline)) ErlangPhases
ErlangDerivatives(const int order, double s, double q, double inverse)
{
	ErlangPhases v = {0};
	double rest = ErlangRest(order, s, q);
	double share = 1.0 / (1.0 + rest);
	double q_alpha = -q * inverse * share; /* of V, as all below */
	double of_q = order == 2 ? s : s * (1.0 + (s + 1.0) * q);
	double of_q_s = order == 2 ? 1.0 : 1.0 + (2.0 * s + 1.0) * q;

	if (order == 1)
		return v;
	v.value = log1p(rest);
	v.s = q * (order == 2 ? 1.0 : 1.0 + (s + 0.5) * q) * share;
	v.alpha = of_q * q_alpha;
	v.ss = (order == 2 ? 0.0 : q * q * share) - v.s * v.s;
	v.s_alpha = of_q_s * q_alpha - v.s * v.alpha;
	v.alpha_alpha = -2.0 * inverse * v.alpha - v.alpha * v.alpha;
	if (order == 3)
		v.alpha_alpha += s * (s + 1.0) * (q * inverse) * (q * inverse) * share;
	return v;
}

/* x + ... + x^(k-1)/(k-1)! */
static inline double
ErlangPoisson(int order, double x)
{
	return order == 1 ? 0.0 : order == 2 ? x : x + 0.5 * x * x;
}

/*
 * What is known of a customer who is alive at t: phases with weights (s)_j/j! q^j, given the phase
 * lambda ~ Gamma(s + j, alpha), and p ~ Beta(a, b) is the probability of no return after a
 * purchase. a = 0 says that nobody leaves.
 */
typedef struct ErlangFuture
{
	int order;
	double s;
	double alpha;
	double q;
	double a;
	double b;
} ErlangFuture;

/* The same of a customer (x, t_x, t) of a process whose first parameters are r and alpha */
static inline ErlangFuture
ErlangFutureOf(const BtydModel *m, double x, double t_x, double t, double a, double b)
{
	ErlangFuture f;

	f.order = m->order;
	f.s = m->params[0] + m->order * x;
	f.alpha = m->params[1] + t;
	f.q = (t - t_x) / f.alpha;
	f.a = a;
	f.b = b;
	return f;
}

/* A gap of a customer with lambda = 1. For k = 1 the one draw that it has always been. */
static inline double
ErlangGap(int order, RandomState *rng)
{
	double gap = RandomExponential(rng);

	for (int i = 1; i < order; i++)
		gap += RandomExponential(rng);
	return gap;
}

/* erlang_future.c: as the functions of a process, of a customer who is alive */
extern double ErlangNone(const ErlangFuture *f, double horizon);
extern BtydStatus ErlangWait(const ErlangFuture *f, double probability, double *result);
extern double ErlangPmf(const ErlangFuture *f, double horizon, double n);     /* n > 0 */
extern double ErlangAtLeast(const ErlangFuture *f, double horizon, double n); /* n > 0 */
extern BtydStatus ErlangExpected(const ErlangFuture *f, double horizon, double *result);
extern BtydStatus ErlangDiscounted(const ErlangFuture *f, double horizon, double rate,
								   double *result);

#endif /* CRM_CORE_CLV_ERLANG_H */
