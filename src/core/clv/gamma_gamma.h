/*
 * gamma_gamma.h: what a customer spends on a purchase day
 *
 * FH: Fader & Hardie (2013), "The Gamma-Gamma model of monetary value". A purchase of a customer
 * is worth Gamma(p, nu), and nu ~ Gamma(q, gamma) differs between customers. Observed are x repeat
 * purchases and their mean m.
 */
#ifndef CRM_CORE_CLV_GAMMA_GAMMA_H
#define CRM_CORE_CLV_GAMMA_GAMMA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/clv/fit.h"

#define GAMMA_GAMMA_PARAMS 3 /* p, q, gamma; gamma is an amount of money */

/* Equal customers, counted: weight > 0 of them */
typedef struct GammaGammaRow
{
	double x;    /* repeat purchases */
	double mean; /* spend per repeat purchase; without meaning when x = 0 */
	double weight;
} GammaGammaRow;

/* Is this a row that a fit can use? */
static inline bool
GammaGammaIsUsable(const GammaGammaRow *row)
{
	return row->x >= 1.0 && row->mean > 0.0;
}

/* Of x and mean, which the model assumes to have nothing to do with each other; NaN: one is
 * constant */
typedef struct GammaGammaCorrelation
{
	double plain;
	double ranks;
	double logs;
} GammaGammaCorrelation;

/* Correlate the rows that can be used, weighted; CONVERGED, INTERRUPTED or NO_MEMORY
 * (correlation.c) */
extern BtydFitStatus GammaGammaCorrelate(const GammaGammaRow *rows, size_t n,
										 const Environment *env, GammaGammaCorrelation *result);

/* A fit. The status is read as that of a BtydFit; NO_REPEATS: no repeat customer has spent money */
typedef struct GammaGammaFit
{
	BtydFitStatus status;
	uint32_t limits; /* BtydLimit bits */
	double params[GAMMA_GAMMA_PARAMS];
	double covariance[GAMMA_GAMMA_PARAMS * GAMMA_GAMMA_PARAMS];
	double log_covariance[GAMMA_GAMMA_PARAMS * GAMMA_GAMMA_PARAMS];
	bool unidentified[GAMMA_GAMMA_PARAMS];
	int npoints;                                               /* 0, or two a parameter */
	double points[2 * GAMMA_GAMMA_PARAMS][GAMMA_GAMMA_PARAMS]; /* OptProfile, natural parameters */
	bool has_mean; /* q > 1; otherwise the spend of a new customer has no finite expectation */
	double loglik;
	double decrement;      /* rise that a last Newton step would promise */
	double customers;      /* sum of the weights used */
	double without_repeat; /* left out: customers with x = 0, */
	double without_spend;  /* and repeat customers whose mean is zero or negative */
	size_t rows;           /* used */
	size_t bad_row;        /* index, for BTYD_FIT_BAD_DATA */
	int iterations;
	int evaluations;
} GammaGammaFit;

/*
 * Fit by maximum likelihood. Rows in any order, fastest in order of x. The result is the same in
 * any currency unit.
 */
extern BtydFitStatus GammaGammaFitSpend(const GammaGammaRow *rows, size_t n, const Environment *env,
										GammaGammaFit *fit);

/*
 * Log-likelihood of n rows that can be fitted (x >= 1, mean > 0), as weighted sum. Writes gradient
 * and Hessian with respect to the LOGARITHMS of the parameters where not NULL.
 */
extern double GammaGammaLogLikelihood(const double *params, const GammaGammaRow *rows, size_t n,
									  double *grad, double *hess);

/*
 * Expected spend per purchase (FH, conditional expectation) of a customer with mean spend m over x
 * purchases; x = 0 is a new customer, and m is ignored. BTYD_INFINITE when there is no finite mean.
 */
extern BtydStatus GammaGammaExpected(const double *params, double x, double mean, double *result);

#endif /* CRM_CORE_CLV_GAMMA_GAMMA_H */
