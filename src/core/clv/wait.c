/*
 * wait.c: when the next order comes with a given probability
 */
#include <float.h>
#include <math.h>

#include "core/clv/wait.h"

/* Newton's method does with five steps; more are halvings of the bracket */
#define MOST_STEPS 200

/*
 * Newton's method within a bracket. In l the logarithm is nearly straight: for rates that are
 * Gamma distributed and no dropout it is -s l.
 */
BtydStatus
WaitSolve(WaitFunction f, const void *arg, double log_target, double guess, double scale,
		  double *result)
{
	double low = 0.0;
	double high = log1p(WAIT_LONGEST / scale);
	double slope;
	double l;

	if (!(f(high, &slope, arg) <= log_target))
		return BTYD_NEVER;
	l = guess > low && guess < high ? guess : 0.5 * high;
	for (int i = 0; i < MOST_STEPS; i++)
	{
		double above = f(l, &slope, arg) - log_target;
		double next = l - above / slope;

		if (fabs(above) <= DBL_EPSILON || fabs(next - l) <= 2 * DBL_EPSILON * l)
			break;
		if (above > 0.0)
			low = l;
		else
			high = l;
		if (!(next > low && next < high))
			next = 0.5 * (low + high);
		if (next == l)
			break;
		l = next;
	}
	*result = scale * expm1(l);
	return BTYD_OK;
}
