/*
 * optimise.h: the one way to maximise a likelihood
 */
#ifndef CRM_CORE_NUMERIC_OPTIMISE_H
#define CRM_CORE_NUMERIC_OPTIMISE_H

#include <stdbool.h>

#define OPT_MAX 8 /* parameters */

/*
 * A log-likelihood. Writes the gradient to grad, and the Hessian (row-major, both triangles) to
 * hess, where not NULL; hess is only asked for when has_hessian. Returns -INFINITY where it is
 * undefined. Sets *stop to end the search at once.
 */
typedef double (*OptFunction)(void *arg, const double *p, double *grad, double *hess, bool *stop);

typedef struct OptProblem
{
	int n;
	OptFunction function;
	void *arg;
	bool has_hessian;
	double lower[OPT_MAX];
	double upper[OPT_MAX];
} OptProblem;

typedef enum OptStatus
{
	OPT_CONVERGED, /* an inner maximum, or the maximum within the bounds: see at_bound */
	OPT_LIMIT,     /* not there after the permitted number of steps */
	OPT_STOPPED    /* the function said stop */
} OptStatus;

typedef struct OptResult
{
	OptStatus status;
	double p[OPT_MAX];
	double value;
	double grad[OPT_MAX];
	double hess[OPT_MAX * OPT_MAX]; /* at p, when converged */
	bool has_hess;                  /* in: hess is a guess to begin with; out: hess is set */
	bool at_bound[OPT_MAX];         /* the value still rises across this bound */
	double decrement;               /* rise that another Newton step would promise */
	int iterations;                 /* added to */
	int evaluations;                /* added to */
} OptResult;

/* Enough of both for any well-behaved likelihood */
#define OPT_CLIMB_EVALUATIONS 200
#define OPT_POLISH_STEPS 60

/* Climb from result->p with NLopt's L-BFGS; fast and rough, never fails, may be far from the top */
extern void OptClimb(const OptProblem *problem, int max_evaluations, OptResult *result);

/* Go to the top from near by, by Newton's method, and check that it is one */
extern void OptPolish(const OptProblem *problem, int max_steps, OptResult *result);

/* Climb and polish from `start` plus each of n shifts; the best of the tops */
extern void OptSearch(const OptProblem *problem, const double *start,
					  const double (*shifts)[OPT_MAX], int n, OptResult *result);

/* Is the result a fit? */
typedef enum OptVerdict
{
	OPT_FOUND,      /* an inner maximum that the data determine */
	OPT_OPEN,       /* not identified: at a bound, or as good as flat in some direction */
	OPT_LOST,       /* the search did not arrive */
	OPT_INTERRUPTED /* the function said stop */
} OptVerdict;

/*
 * Judge a likelihood whose parameters are logarithms. Writes the covariance (n * n), NaN unless
 * found, and which parameters are open.
 */
extern OptVerdict OptJudge(const OptProblem *problem, const OptResult *result, double *covariance,
						   bool *open);

/* Inverse of the negative Hessian; false when that is not positive definite to working accuracy */
extern bool OptCovariance(int n, const double *hess, double *covariance);

#endif /* CRM_CORE_NUMERIC_OPTIMISE_H */
