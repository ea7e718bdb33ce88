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
	return status == BTYD_FIT_CONVERGED;
}

/* Which model of its own a fit came to on a bound: bits, of purchases first, then of spend */
typedef enum BtydLimit
{
	BTYD_LIMIT_NO_DROPOUT = 1,  /* nobody leaves */
	BTYD_LIMIT_ONE_RATE = 2,    /* all buy at the same rate: Poisson */
	BTYD_LIMIT_ONE_DROPOUT = 4, /* all are as likely to leave */
	BTYD_LIMIT_AT_ONCE = 8,     /* a part leaves at once, the others never */
	BTYD_LIMIT_ONE_SPEND = 16,  /* all customers have the same mean spend */
	BTYD_LIMIT_EVEN_SPEND = 32, /* a customer spends the same each time */
	BTYD_LIMIT_BOUND = 64       /* another bound of a parameter */
} BtydLimit;

#define BTYD_LIMITS 7

/*
 * A fit. The best that was found, where it is usable and also where it is not converged. The
 * covariances of unidentified parameters are NaN; those of the others hold them where they are.
 */
typedef struct BtydFit
{
	const BtydProcess *process;
	BtydFitStatus status;
	double params[BTYD_MAX_PARAMS];
	double covariance[BTYD_MAX_PARAMS * BTYD_MAX_PARAMS];     /* row-major, nparams wide */
	double log_covariance[BTYD_MAX_PARAMS * BTYD_MAX_PARAMS]; /* of the logarithms */
	bool unidentified[BTYD_MAX_PARAMS];                       /* at a bound, or no information */
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
extern BtydFitStatus BtydFitProcess(const BtydProcess *process, const BtydRow *rows, size_t n,
									const Environment *env, BtydFit *fit);

extern BtydFitStatus BtydFitStatusOf(OptVerdict verdict);
extern const char *BtydFitStatusName(BtydFitStatus status);    /* not_identified */
extern const char *BtydFitStatusMessage(BtydFitStatus status); /* a sentence for people */
extern const char *BtydLimitName(BtydLimit limit);             /* no_dropout */
extern const char *BtydLimitMessage(BtydLimit limit);          /* a sentence for people */

#endif /* CRM_CORE_CLV_FIT_H */
