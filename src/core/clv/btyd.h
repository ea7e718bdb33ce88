/*
 * btyd.h: the contract of the "buy till you die" processes
 *
 * A process says how customers buy and when they stop. Each lives in a file of its own and is one
 * row of the table in processes.c; to add a process is to write that file and that row.
 *
 * Pure C: no memory but what the caller's allocator gives, no jumps, no clock. Times are in the
 * unit of time of the model, counted from the customer's first purchase. The first purchase itself
 * is not counted in x:
 *   x    repeat purchases, a whole number
 *   t_x  time of the last purchase, 0 when x = 0
 *   t    time of observation, t >= t_x
 * A customer who has just made the first purchase, the "new customer" of the papers, is (0, 0, 0).
 */
#ifndef CRM_CORE_CLV_BTYD_H
#define CRM_CORE_CLV_BTYD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/environment.h"
#include "core/numeric/random.h"

/* Counts are doubles that hold whole numbers: a sum up to here was exact, one above is seen */
#define BTYD_MAX_COUNT 9007199254740991.0

/* Is this a whole number that a double counts to, not negative? */
static inline bool
BtydIsCount(double n)
{
	return n >= 0.0 && n <= BTYD_MAX_COUNT && (double) (int64_t) n == n;
}

#define BTYD_MAX_PARAMS 4
#define BTYD_MAX_ORDER 3
#define BTYD_MAX_CONSTANTS 32

/* Answer of everything that computes for one customer; the result is written only for BTYD_OK */
typedef enum BtydStatus
{
	BTYD_OK = 0,
	BTYD_INFINITE,        /* the answer exists and is infinite (no discount, no end) */
	BTYD_NEVER,           /* no such moment: the probability asked for is never reached */
	BTYD_BAD_PARAMETER,   /* a parameter of the model is not a positive finite number */
	BTYD_BAD_ORDER,       /* the process has no gaps of this order */
	BTYD_BAD_X,           /* x is not a whole number >= 0 */
	BTYD_BAD_TIMES,       /* not 0 <= t_x <= t < infinity, or t_x > 0 without a purchase */
	BTYD_BAD_HORIZON,     /* horizon negative or NaN, or infinite where that is no question */
	BTYD_BAD_RATE,        /* discount rate negative, infinite or NaN */
	BTYD_BAD_COUNT,       /* a number of orders that is not a whole number >= 0 */
	BTYD_BAD_PROBABILITY, /* a probability that is not between 0 and 1 */
	BTYD_BAD_SPEND,       /* mean spend of a repeat customer that is not a positive number */
	BTYD_INACCURATE       /* cannot happen in the tested range: the promised accuracy was missed */
} BtydStatus;

/*
 * Regular buyers. The gaps between the purchases of one live customer have the Erlang distribution
 * of order k with the customer's own rate lambda: the sum of k exponential waits of mean 1/lambda.
 * k = 1 is chance without memory, the processes of the papers; the larger k, the more even the
 * gaps. lambda is always the rate of the waits, so that the rate of purchases is lambda/k.
 *
 * The density of a history with x repeat purchases has the factor
 *
 *   exp((k - 1) * sum of log gap  -  x * lnGamma(k))                 (the gaps: x of them, to t_x)
 *
 * which no parameter changes, and which (x, t_x, t) does not tell. Log-likelihoods in this header
 * are WITHOUT it. Whoever compares orders adds it, once, with gaps in the unit of t_x and t:
 * sum of ln gap for k = 2, 2 * sum of ln gap - sum x * ln 2 for k = 3, and 0 for k = 1. Times
 * (and the parameters that are times) multiplied by c lower the log-likelihoods of this header by
 * k * x * ln c a customer, and with the factor by x * ln c, whatever the order.
 */

/* Equal customers, counted: weight > 0 of them */
typedef struct BtydRow
{
	double x;
	double t_x;
	double t;
	double weight;
} BtydRow;

/* What the start values are made from; times are already rescaled to a mean t of 1 */
typedef struct BtydSummary
{
	double customers; /* sum of weights */
	double repeaters; /* of these, with x > 0 */
	double sum_x;     /* sums over customers */
	double sum_x_squared;
	double sum_t_x;
	double sum_t;
	double max_x;
} BtydSummary;

struct BtydProcess;

/* A process with parameters and what follows from them alone. Make it with BtydPrepare(). */
typedef struct BtydModel
{
	const struct BtydProcess *process;
	int order; /* of the gaps: see "Regular buyers" */
	double params[BTYD_MAX_PARAMS];
	double k[BTYD_MAX_CONSTANTS]; /* private to the process */
} BtydModel;

/* One simulated customer: what chance gave him, and where he stands */
typedef struct BtydCustomer
{
	double lambda; /* waits per unit of time while alive: a purchase ends `order` of them */
	double drop;   /* meaning is the process's own: dropout probability, or time of death */
	double now;    /* time of the last purchase drawn */
	bool gone;     /* has dropped out: no purchase after now */
} BtydCustomer;

/*
 * A process. The functions receive arguments that the Btyd functions below have checked, and a
 * prepared model; they must give no NaN for any of those.
 */
typedef struct BtydProcess
{
	const char *name;  /* as users write it: bgnbd */
	const char *title; /* BG/NBD */
	const char *paper;
	int max_order; /* it has gaps of the orders 1 to this one */
	int nparams;
	const char *param_names[BTYD_MAX_PARAMS];
	const char *param_meanings[BTYD_MAX_PARAMS];
	bool in_time_units[BTYD_MAX_PARAMS]; /* this parameter is a time: it scales with the unit */

	/* Bounds of a fit, on natural parameters, times in units of the mean t of the data */
	double lower[BTYD_MAX_PARAMS];
	double upper[BTYD_MAX_PARAMS];
	void (*start)(const BtydSummary *summary, int order, double *params);

	/* Fill m->k from m->params, which are positive and finite */
	void (*prepare)(BtydModel *m);

	/*
	 * Sum of weight * log-likelihood over n rows that all have the SAME x (so that what depends on
	 * x and the parameters alone is computed once a call). Adds the gradient with respect to the
	 * LOGARITHMS of the parameters to grad[nparams], and the Hessian, likewise, to
	 * hess[nparams * nparams] (row-major, both triangles), each where not NULL.
	 */
	double (*loglik)(const BtydModel *m, const BtydRow *rows, size_t n, double *grad, double *hess);

	/* Probability that the customer has not dropped out at time t */
	BtydStatus (*p_alive)(const BtydModel *m, double x, double t_x, double t, double *result);

	/* Expected number of purchases in (t, t + horizon], 0 <= horizon < infinity */
	BtydStatus (*expected)(const BtydModel *m, double x, double t_x, double t, double horizon,
						   double *result);

	/* P(exactly n purchases in (t, t + horizon]), n a whole number >= 0, horizon finite */
	BtydStatus (*pmf)(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
					  double *result);

	/* P(at least n purchases in (t, t + horizon]), n a whole number >= 1, horizon finite */
	BtydStatus (*at_least)(const BtydModel *m, double x, double t_x, double t, double horizon,
						   double n, double *result);

	/*
	 * Horizon within which at least one purchase comes with this probability, 0 < probability < 1;
	 * INFINITY or BTYD_NEVER when there is none.
	 */
	BtydStatus (*wait)(const BtydModel *m, double x, double t_x, double t, double probability,
					   double *result);

	/*
	 * Expected sum of exp(-rate * (s - t)) over the purchases at times s in (t, t + horizon];
	 * horizon may be INFINITY (for life: DERT), rate >= 0 per unit of time. BTYD_INFINITE when an
	 * infinite horizon with rate 0 has no finite answer.
	 */
	BtydStatus (*discounted)(const BtydModel *m, double x, double t_x, double t, double horizon,
							 double rate, double *result);

	/* Draw a customer who has just made the first purchase (now = 0) */
	void (*draw)(const BtydModel *m, RandomState *rng, BtydCustomer *customer);

	/* Time of the customer's next purchase, INFINITY when there is none; advances customer->now */
	double (*next)(const BtydModel *m, RandomState *rng, BtydCustomer *customer);
} BtydProcess;

/* The table (processes.c); the end is a NULL */
extern const BtydProcess *const BtydProcesses[];
extern const BtydProcess BtydBgnbd;
extern const BtydProcess BtydMbgnbd;
extern const BtydProcess BtydParetonbd; /* paretonbd.c */
extern const BtydProcess BtydNbd;       /* nbd.c */

extern const BtydProcess *BtydProcessByName(const char *name); /* NULL when unknown */

/*
 * Predictions (predict.c). All check their arguments and never give a NaN. "churn probability" is
 * BtydPmf with n = 0; a new customer is x = t_x = t = 0.
 */
extern BtydStatus BtydPrepare(BtydModel *m, const BtydProcess *process, int order,
							  const double *params);
extern BtydStatus BtydCheckRow(double x, double t_x, double t);
extern BtydStatus BtydLogLikelihood(const BtydModel *m, double x, double t_x, double t,
									double *result);
extern BtydStatus BtydPAlive(const BtydModel *m, double x, double t_x, double t, double *result);
extern BtydStatus
BtydExpected(const BtydModel *m, double x, double t_x, double t, double horizon,
			 double *result); /* horizon may be INFINITY: BTYD_INFINITE or the limit */
extern BtydStatus BtydPmf(const BtydModel *m, double x, double t_x, double t, double horizon,
						  double n, double *result);
extern BtydStatus BtydAtLeast(const BtydModel *m, double x, double t_x, double t, double horizon,
							  double n, double *result);
extern BtydStatus BtydDiscounted(const BtydModel *m, double x, double t_x, double t, double horizon,
								 double rate, double *result);

/*
 * Horizon within which the customer buys again with this probability: solves
 * 1 - pmf(0; horizon) = probability, 0 < probability < 1. BTYD_NEVER when the customer will
 * more likely not come back at all.
 */
extern BtydStatus BtydNextOrder(const BtydModel *m, double x, double t_x, double t,
								double probability, double *result);

/* Lower case, without full stop: fit for an error message */
extern const char *BtydStatusMessage(BtydStatus status);

#endif /* CRM_CORE_CLV_BTYD_H */
