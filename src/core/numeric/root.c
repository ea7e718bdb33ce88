/*
 * root.c: where a function of one number is zero
 */
#include <math.h>

#include "core/numeric/root.h"

/*
 * Chandrupatla (1997), "A new hybrid quadratic/bisection algorithm for finding the zero of a
 * nonlinear function", Advances in Engineering Software 28.
 */
double
RootBetween(double (*f)(double x, const void *arg), const void *arg, double low, double f_low,
			double high, double f_high, double tolerance)
{
	double x1 = high, x2 = low, x3 = low;
	double f1 = f_high, f2 = f_low, f3 = f_low;
	double fraction = 0.5;

	for (int i = 0; i < 200; i++)
	{
		double guess = x1 + fraction * (x2 - x1);
		double value = f(guess, arg);
		double near, xi, phi;

		if ((value >= 0.0) == (f1 >= 0.0))
		{
			x3 = x1;
			f3 = f1;
		}
		else
		{
			x3 = x2;
			f3 = f2;
			x2 = x1;
			f2 = f1;
		}
		x1 = guess;
		f1 = value;
		near = (tolerance + 1e-15 * fabs(x1)) / fabs(x2 - x1);
		if (f1 == 0.0 || near > 0.5)
			break;
		xi = (x1 - x2) / (x3 - x2);
		phi = (f1 - f2) / (f3 - f2);
		if (phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi)
			fraction = f1 / (f2 - f1) * f3 / (f2 - f3) +
					   (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2);
		else
			fraction = 0.5;
		fraction = fmin(1.0 - near, fmax(near, fraction));
	}
	return fabs(f1) <= fabs(f2) ? x1 : x2;
}
