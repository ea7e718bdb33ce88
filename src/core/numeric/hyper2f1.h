/*
 * hyper2f1.h: the race between death and the next order
 *
 * A living customer orders at a rate ~ Gamma(c, a) and dies at a rate ~ Gamma(s, b). The
 * probability that death comes first, which is all that the Pareto/NBD needs of the
 * hypergeometric function, depends on a and b by l = log(b / a) alone:
 *
 *	H(c, s, l) = E[(1 + e^l V)^-c], V ~ Lomax(s)
 *			   = s / (c + s) 2F1(1, c; c + s + 1; 1 - e^l)
 *			   = s / (c + s) e^-l 2F1(1, s + 1; c + s + 1; 1 - e^-l)
 *
 * (Abramowitz & Stegun 15.3.1, 15.3.4; the second line is the Euler transform of the A_0 in Fader &
 * Hardie 2005, "A Note on Deriving the Pareto/NBD Model"). log H is analytic for |Im l| < pi, as
 * the mean of numbers that lie in a cone, so that Chebyshev series in l converge fast.
 */
#ifndef CRM_CORE_NUMERIC_HYPER2F1_H
#define CRM_CORE_NUMERIC_HYPER2F1_H

#include <stdbool.h>

/* log H and its derivatives with respect to c, s and l, in this order */
enum
{
	RACE_LOG,
	RACE_C,
	RACE_S,
	RACE_L,
	RACE_CC,
	RACE_CS,
	RACE_SS,
	RACE_CL,
	RACE_SL,
	RACE_LL,
	RACE_PARTS
};

#define RACE_VALUE 1    /* parts asked for: log H only, */
#define RACE_GRADIENT 4 /* first derivatives too, */
#define RACE_HESSIAN 10 /* second derivatives too */

/* log H alone, the fastest way; 0 < c, s < infinity, l finite */
extern double RaceLog(double c, double s, double l);

/* log H and the first `parts` derivatives */
extern void RaceDerivatives(double c, double s, double l, int parts, double *out);

/* log H and derivatives for many l between two bounds, c and s fixed */
#define RACE_MAX_NODES 224 /* as many as a ratio b : a of 10^13 takes */
typedef struct RaceTable
{
	double middle;
	double half;
	int parts;
	int nodes;
	double coefficients[RACE_MAX_NODES][RACE_PARTS];
} RaceTable;

/* Nodes that a table needs between lo and hi: to build it pays for more evaluations than these */
extern int RaceTableNodes(double lo, double hi);
extern void RaceTableBuild(RaceTable *table, double c, double s, double lo, double hi, int parts);
extern void RaceTableLookup(const RaceTable *table, double l, double *out);

#endif /* CRM_CORE_NUMERIC_HYPER2F1_H */
