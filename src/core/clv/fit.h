/*
 * fit.h: what a fit says of itself, and the fit of a process by maximum likelihood
 *
 * A fit is usable when a maximum of the likelihood was reached: inside, or on a bound whose limit
 * is a model of its own. It is identified when the data determine every parameter as well. Where
 * nobody has left, say, those of dropout are open, and predictions are as good as those of a model
 * without dropout.
 */
#ifndef CRM_CORE_CLV_FIT_H
#define CRM_CORE_CLV_FIT_H

#include "core/clv/btyd.h"
#include "core/numeric/optimise.h"

typedef enum BtydFitStatus
{
	BTYD_FIT_CONVERGED = 0,
	BTYD_FIT_EMPTY,          /* no customers */
	BTYD_FIT_TOO_FEW,        /* fewer than BTYD_MIN_CUSTOMERS */
	BTYD_FIT_NO_REPEATS,     /* nobody bought twice */
	BTYD_FIT_NO_TIME,        /* nobody was observed for any time */
	BTYD_FIT_NOT_IDENTIFIED, /* a maximum that leaves parameters open: see unidentified, limits */
	BTYD_FIT_NOT_CONVERGED,  /* iteration limit */
	BTYD_FIT_INTERRUPTED,    /* env->check said stop */
	BTYD_FIT_BAD_DATA,       /* a row that is no customer: see bad_row */
	BTYD_FIT_NO_MEMORY
} BtydFitStatus;

#define BTYD_FIT_STATUSES (BTYD_FIT_NO_MEMORY + 1)

#define BTYD_MIN_CUSTOMERS 20

static inline bool
BtydFitIsUsable(BtydFitStatus status)
{
	return status == BTYD_FIT_CONVERGED || status == BTYD_FIT_NOT_IDENTIFIED;
}

/* Which model of its own a fit came to on a bound: bits, of purchases first, then of spend */
typedef enum BtydLimit
{
	BTYD_LIMIT_NO_DROPOUT = 1,  /* nobody leaves */
	BTYD_LIMIT_ONE_RATE = 2,    /* all buy at the same rate: Poisson */
	BTYD_LIMIT_ONE_DROPOUT = 4, /* all are as likely to leave */
	BTYD_LIMIT_AT_ONCE = 8,     /* a part leaves at once, the others never */
	BTYD_LIMIT_ALL_LEAVE = 16,  /* everybody leaves, as soon as the process lets them */
	BTYD_LIMIT_ONE_SPEND = 32,  /* all customers have the same mean spend */
	BTYD_LIMIT_EVEN_SPEND = 64, /* a customer spends the same each time */
	BTYD_LIMIT_BOUND = 128      /* another bound of a parameter */
} BtydLimit;

#define BTYD_LIMITS 8
#define BTYD_LIMITS_OF_DROPOUT \
	(BTYD_LIMIT_NO_DROPOUT | BTYD_LIMIT_ONE_DROPOUT | BTYD_LIMIT_AT_ONCE | BTYD_LIMIT_ALL_LEAVE)

/*
 * A fit. The best that was found, where it is usable and also where it is not converged. The
 * covariances of unidentified parameters are NaN; those of the others hold them where they are.
 */
typedef struct BtydFit
{
	const BtydProcess *process;
	int order;
	BtydFitStatus status;
	uint32_t limits; /* BtydLimit bits */
	double params[BTYD_MAX_PARAMS];
	double covariance[BTYD_MAX_PARAMS * BTYD_MAX_PARAMS];     /* row-major, nparams wide */
	double log_covariance[BTYD_MAX_PARAMS * BTYD_MAX_PARAMS]; /* of the logarithms */
	bool unidentified[BTYD_MAX_PARAMS];                       /* at a bound, or no information */
	int npoints;                                              /* 0, or two a parameter */
	double points[2 * BTYD_MAX_PARAMS][BTYD_MAX_PARAMS];      /* OptProfile, natural parameters */
	double loglik;
	double decrement; /* rise in log-likelihood that a last Newton step would promise */
	double customers; /* sum of weights */
	size_t rows;      /* distinct rows used */
	size_t bad_row;   /* index, for BTYD_FIT_BAD_DATA */
	int iterations;   /* steps of the optimiser, all stages */
	int evaluations;  /* of the whole likelihood */
} BtydFit;

/*
 * Fit by maximum likelihood (fit.c). Rows in any order; equal rows need not be merged;
 * work and time are proportional to n. The result is the same in any unit of time.
 */
extern BtydFitStatus BtydFitProcess(const BtydProcess *process, int order, const BtydRow *rows,
									size_t n, const Environment *env, BtydFit *fit);

/* ---------------------------------------------------------------- many fits of the same rows */

#define BTYD_FIT_LEVELS 4

/* All rows, or a sample of them with larger weights */
typedef struct BtydFitLevel
{
	const BtydRow *rows; /* rows with equal x together */
	size_t n;
} BtydFitLevel;

/* The tops of NBD, in each level: nested in those of all other processes */
typedef struct BtydNested
{
	bool known[BTYD_FIT_LEVELS];
	double log_params[BTYD_FIT_LEVELS][2];
	double loglik[BTYD_FIT_LEVELS];
} BtydNested;

/* Rows made ready (fit_rows.c) */
typedef struct BtydFitRows
{
	const Environment *env;
	BtydSummary summary; /* in the unit of the rows */
	double unit;         /* mean t */
	size_t rows;         /* of all customers */
	int levels;
	BtydFitLevel level[BTYD_FIT_LEVELS]; /* from the smallest sample to all rows */
	BtydNested nbd[BTYD_MAX_ORDER];
	size_t bad_row; /* index, for BTYD_FIT_BAD_DATA */
	BtydRow *copy;
	BtydRow *samples;
} BtydFitRows;

/*
 * Check and order rows, which must live as long; CONVERGED, or why they cannot be fitted. End it
 * either way.
 */
extern BtydFitStatus BtydFitRowsBegin(BtydFitRows *data, const BtydRow *rows, size_t n,
									  const Environment *env);
extern void BtydFitRowsEnd(BtydFitRows *data);

/*
 * Fit a process with gaps of an order. A weak prior is normal in the logarithms of the parameters,
 * around the values that a search starts from, with this standard deviation; the log-likelihood of
 * the fit is without it.
 */
#define BTYD_PRIOR_WIDTH 1.5
extern BtydFitStatus BtydFitFrom(BtydFitRows *data, const BtydProcess *process, int order,
								 bool prior, BtydFit *fit);

/* The same for rows that nothing else is fitted to */
extern BtydFitStatus BtydFitWith(const BtydProcess *process, int order, bool prior,
								 const BtydRow *rows, size_t n, const Environment *env,
								 BtydFit *fit);

/* The log-likelihood of rows, fastest in order of x; CONVERGED or INTERRUPTED */
extern BtydFitStatus BtydSumLogLikelihood(const BtydModel *model, const BtydRow *rows, size_t n,
										  const Environment *env, double *result);

extern BtydFitStatus BtydFitStatusOf(OptVerdict verdict);
extern const char *BtydFitStatusName(BtydFitStatus status);    /* not_identified */
extern const char *BtydFitStatusMessage(BtydFitStatus status); /* a sentence for people */
extern const char *BtydLimitName(BtydLimit limit);             /* no_dropout */
extern const char *BtydLimitMessage(BtydLimit limit);          /* a sentence for people */

#endif /* CRM_CORE_CLV_FIT_H */
