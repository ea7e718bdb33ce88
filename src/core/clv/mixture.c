/*
 * mixture.c: expectations over the dropout probability
 */
#include <math.h>

#include "core/clv/mixture.h"

/* Steps, with those that weigh nothing. More are needed for parameters that no customers have. */
#define MIXTURE_STEPS (16 * MIXTURE_POINTS)

/*
 * The trapezoidal rule in y = logit p, where the density falls off exponentially to both sides and
 * every feature is some units wide, whatever the parameters. Where a or b is small, that tail is
 * long, and an exponential term in y = center + s - exp(-s) + exp(s - corner) shortens it. The
 * weights are summed by the same rule, so that no beta function is needed.
 */
bool
MixtureMake(Mixture *mixture, double a, double b, double r, double u)
{
	double mean = log(a / b); /* of the density in y, its peak too */
	double peak = -a * log1p(b / a) - b * log1p(a / b);
	double width = sqrt(1.0 / a + 1.0 / b);

	/*
	 * The functions of p may be much larger at 0 than in the mean: for the rate by no more than
	 * (1 + E[p] u)^(r + 1), says Jensen, and beyond e^660 it is nothing anyway.
	 */
	double cut = 40.0 + fmax(log1p((r + 1.0) * u), fmin(660.0, (r + 1.0) * log1p(a / (a + b) * u)));
	bool squeeze_left = a < 2.0;
	bool squeeze_right = b < 2.0;
	double center = squeeze_left ? -log1p(fmax(u * fmax(r, 1.0), b)) - 3.0 : mean;
	double corner = fmax(mean, 0.0) + 3.0 - center;
	double step = fmin(0.3, 0.6 * width);
	double total = 0.0;
	int n = 0;
	int steps = 0;

	for (int side = 0; side < 2; side++)
	{
		/* to the right with 0, to the left without it */
		for (int i = side;; i++)
		{
			double s = side == 0 ? i * step : -i * step;
			double left = squeeze_left ? exp(-s) : 0.0;
			double right = squeeze_right ? exp(s - corner) : 0.0;
			double y = center + s - left + right;
			double log_odds = y > 0 ? y + log1p(exp(-y)) : log1p(exp(y)); /* -log(1 - p) */
			double log_weight = a * (y - log_odds) - b * log_odds - peak + log1p(left + right);

			if (n == MIXTURE_POINTS || ++steps > MIXTURE_STEPS)
				return false;
			if (log_weight > -700.0)
			{
				mixture->p[n] = exp(y - log_odds);
				mixture->stay[n] = exp(-log_odds);
				mixture->weight[n] = exp(log_weight);
				total += mixture->weight[n++];
			}

			/* past the peak, and negligible */
			if (log_weight < -cut && (side == 0 ? y > mean : y < mean))
				break;
		}
	}
	if (!(total > 0.0))
		return false;
	for (int i = 0; i < n; i++)
		mixture->weight[i] /= total;
	mixture->n = n;
	return true;
}
