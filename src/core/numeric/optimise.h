/*
 * optimise.h: the one way to maximise a likelihood
 *
 *     Optimiser opt;
 *
 *     if (!OptBegin(&opt, n, function, arg, env))
 *         ... no memory
 *     opt.lower[i] = ..., opt.upper[i] = ...
 *     OptSearch(&opt, starts, 3);
 *     verdict = OptJudge(&opt, covariance, open);
 *     ... opt.result.top.p
 *     OptEnd(&opt);
 */
#ifndef CRM_CORE_NUMERIC_OPTIMISE_H
#define CRM_CORE_NUMERIC_OPTIMISE_H

#include <stdbool.h>

#include "core/base/environment.h"

/* Parameters at most: the Hessian of as many takes 800 MB */
#define OPT_MOST_PARAMETERS 10000

/*
 * A log-likelihood. Writes the gradient to grad, and the Hessian (row-major, both triangles) to
 * hess, where not NULL. Returns -INFINITY where it is undefined. Sets *stop to end the search at
 * once. Must not jump: NLopt may hold memory.
 */
typedef double (*OptFunction)(void *arg, const double *p, double *grad, double *hess, bool *stop);

typedef enum OptStatus
{
	OPT_CONVERGED, /* an inner maximum, or the maximum within the bounds: see at_bound */
	OPT_LIMIT,     /* not there after the permitted number of steps */
	OPT_STOPPED    /* the function said stop */
} OptStatus;

/* A point, and the function there */
typedef struct OptPoint
{
	double value;
	double *p;
	double *grad;
	double *hess; /* n * n, row-major */
} OptPoint;

typedef struct OptResult
{
	OptStatus status;
	OptPoint top;     /* where the search stands; derivatives are known after OptPolish */
	bool *at_bound;   /* the value still rises across this bound */
	double decrement; /* rise that another Newton step would promise */
} OptResult;

/* A search: what is maximised, where it stands, and the memory for all of it */
typedef struct Optimiser
{
	int n;
	OptFunction function;
	void *arg;
	double *lower; /* bounds, n each: the caller writes them */
	double *upper;

	OptResult result;
	int iterations;  /* of all steps since OptBegin */
	int evaluations; /* of the function */

	/* private */
	const Environment *env;
	void *memory;
	OptPoint trial; /* the point that is being tried */
	OptResult best; /* of the starts so far */
	double *step;
	double *matrix; /* n * n: what is factored */
	double *vector;
	int *free;  /* numbers of the parameters that are not held */
	bool *held; /* not moved by this step, for it would leave the bounds */
} Optimiser;

/*
 * Take all memory that a search needs, in one piece, from the environment: none is asked for while
 * NLopt holds its own. False if there is none, or with too many parameters. OptEnd gives it back.
 */
extern bool OptBegin(Optimiser *opt, int n, OptFunction function, void *arg,
					 const Environment *env);
extern void OptEnd(Optimiser *opt);

/* Enough of both for any well-behaved likelihood */
#define OPT_CLIMB_EVALUATIONS 200
#define OPT_POLISH_STEPS 60

/* Climb from the top so far with NLopt's L-BFGS; fast and rough, may end far from a maximum */
extern void OptClimb(Optimiser *opt, int max_evaluations);

/* Go to the maximum from near by, by Newton's method, and check that it is one */
extern void OptPolish(Optimiser *opt, int max_steps);

/* The value and its derivatives where the search stands, and what the next Newton step promises */
extern void OptLook(Optimiser *opt);

/* Climb and polish from each of some starts (n numbers each); the best of the tops */
extern void OptSearch(Optimiser *opt, const double *starts, int nstarts);

/* Is the result a fit? */
typedef enum OptVerdict
{
	OPT_FOUND,      /* an inner maximum that the data determine */
	OPT_OPEN,       /* a maximum, on a bound or as good as flat in some direction */
	OPT_LOST,       /* the search did not arrive */
	OPT_INTERRUPTED /* the function said stop */
} OptVerdict;

/*
 * Judge a likelihood whose parameters are logarithms: which of them are open, and the covariance
 * (n * n), the inverse of the negative Hessian, of those that are not; NaN elsewhere.
 */
extern OptVerdict OptJudge(Optimiser *opt, double *covariance, bool *open);

/*
 * Other points that a likelihood still allows (profile.c): 2n points of n numbers, a pair for each
 * direction in which the maximum is uncertain, on both sides 1.92 below it (95 %). Directions are
 * the principal axes of the Hessian; from a bound it goes inwards only, and the other parameters
 * follow; where the likelihood has no end, a point lies on the bounds. After OptJudge, and the last
 * that is done with a search. The function is the one that was maximised, or that of a sample of
 * the same data; it is not asked where a parabola moves no parameter by as much as `quadratic`.
 * False when it said stop.
 */
#define OPT_PROFILE_PARAMETERS 4
extern bool OptProfile(Optimiser *opt, OptFunction function, void *arg, double quadratic,
					   double *points);

#endif /* CRM_CORE_NUMERIC_OPTIMISE_H */
