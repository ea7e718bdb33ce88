/*
 * predict.c: predictions of any process, with their arguments checked
 */
#include <float.h>
#include <math.h>
#include <stddef.h>

#include "core/clv/btyd.h"

/* No customer waits longer, in any unit of time */
#define LONGEST_WAIT 1e15

const char *
BtydStatusMessage(BtydStatus status)
{
	switch (status)
	{
		case BTYD_OK:
			return "no error";
		case BTYD_INFINITE:
			return "the expectation is infinite";
		case BTYD_NEVER:
			return "the probability is never reached";
		case BTYD_BAD_PARAMETER:
			return "model parameters must be positive finite numbers";
		case BTYD_BAD_ORDER:
			return "the process has no purchases of this regularity";
		case BTYD_BAD_X:
			return "x must be a whole number below 2^53, not negative";
		case BTYD_BAD_TIMES:
			return "times must satisfy 0 <= t_x <= t, and t_x must be 0 when x is 0";
		case BTYD_BAD_HORIZON:
			return "horizon must be a number, not negative";
		case BTYD_BAD_RATE:
			return "discount rate must be a finite number, not negative";
		case BTYD_BAD_COUNT:
			return "number of orders must be a whole number below 2^53, not negative";
		case BTYD_BAD_PROBABILITY:
			return "probability must be between 0 and 1, exclusive";
		case BTYD_BAD_SPEND:
			return "mean spend of a customer with repeat purchases must be a positive number";
		case BTYD_INACCURATE:
			return "the prediction cannot be computed accurately for these numbers";
	}
	return "unknown status";
}

BtydStatus
BtydCheckRow(double x, double t_x, double t)
{
	if (!BtydIsCount(x))
		return BTYD_BAD_X;
	if (!(t_x >= 0.0 && t_x <= t && t <= DBL_MAX) || (x == 0.0 && t_x > 0.0))
		return BTYD_BAD_TIMES;
	return BTYD_OK;
}

BtydStatus
BtydPrepare(BtydModel *m, const BtydProcess *process, int order, const double *params)
{
	if (order < 1 || order > process->max_order)
		return BTYD_BAD_ORDER;
	m->process = process;
	m->order = order;
	for (int i = 0; i < process->nparams; i++)
	{
		if (!(params[i] > 0.0 && params[i] <= DBL_MAX))
			return BTYD_BAD_PARAMETER;
		m->params[i] = params[i];
	}
	process->prepare(m);
	return BTYD_OK;
}

/* The last check of all: nothing that is not a number leaves this file */
static BtydStatus
Checked(BtydStatus status, double value, double *result)
{
	if (status != BTYD_OK)
		return status;
	if (!isfinite(value))
		return BTYD_INACCURATE;
	*result = value;
	return BTYD_OK;
}

/* The same for a probability: rounding may have put it a little outside of 0 to 1, but not far */
static BtydStatus
CheckedProbability(BtydStatus status, double value, double *result)
{
	if (status == BTYD_OK && !(value > -1e-9 && value < 1.0 + 1e-9))
		return BTYD_INACCURATE;
	return Checked(status, fmax(0.0, fmin(1.0, value)), result);
}

BtydStatus
BtydLogLikelihood(const BtydModel *m, double x, double t_x, double t, double *result)
{
	BtydRow row = {x, t_x, t, 1.0};
	BtydStatus status = BtydCheckRow(x, t_x, t);

	if (status != BTYD_OK)
		return status;
	return Checked(BTYD_OK, m->process->loglik(m, &row, 1, NULL, NULL), result);
}

BtydStatus
BtydPAlive(const BtydModel *m, double x, double t_x, double t, double *result)
{
	double value = 0.0;
	BtydStatus status = BtydCheckRow(x, t_x, t);

	if (status == BTYD_OK)
		status = m->process->p_alive(m, x, t_x, t, &value);
	return CheckedProbability(status, value, result);
}

BtydStatus
BtydExpected(const BtydModel *m, double x, double t_x, double t, double horizon, double *result)
{
	return BtydDiscounted(m, x, t_x, t, horizon, 0.0, result);
}

BtydStatus
BtydPmf(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
		double *result)
{
	double value = 0.0;
	BtydStatus status = BtydCheckRow(x, t_x, t);

	if (status != BTYD_OK)
		return status;
	if (!(horizon >= 0.0 && horizon <= DBL_MAX))
		return BTYD_BAD_HORIZON;
	if (!BtydIsCount(n))
		return BTYD_BAD_COUNT;
	if (horizon == 0.0)
		value = n == 0.0 ? 1.0 : 0.0;
	else
		status = m->process->pmf(m, x, t_x, t, horizon, n, &value);
	return CheckedProbability(status, value, result);
}

BtydStatus
BtydDiscounted(const BtydModel *m, double x, double t_x, double t, double horizon, double rate,
			   double *result)
{
	double value = 0.0;
	BtydStatus status = BtydCheckRow(x, t_x, t);

	if (status != BTYD_OK)
		return status;
	if (!(horizon >= 0.0))
		return BTYD_BAD_HORIZON;
	if (!(rate >= 0.0 && rate <= DBL_MAX))
		return BTYD_BAD_RATE;
	if (horizon == 0.0)
		value = 0.0;
	else if (rate == 0.0 && isfinite(horizon))
		status = m->process->expected(m, x, t_x, t, horizon, &value);
	else
		status = m->process->discounted(m, x, t_x, t, horizon, rate, &value);
	return Checked(status, value, result);
}

/*
 * Solve P(at least one order within h) = probability for h. The left side grows with h; the root is
 * bracketed by doubling and then found by Chandrupatla's method (1997, "A new hybrid quadratic/
 * bisection algorithm", Advances in Engineering Software 28) in log h.
 */
BtydStatus
BtydNextOrder(const BtydModel *m, double x, double t_x, double t, double probability,
			  double *result)
{
	BtydStatus status = BtydCheckRow(x, t_x, t);
	double target = 1.0 - probability;
	/* any start above 0 will do; this one is near */
	double scale = t > 0.0 ? fmax(t / (x + 1.0), DBL_MIN) : 1.0;
	double low, high, none;
	double f_low, f_high;
	double x1, x2, x3, f1, f2, f3;
	double fraction = 0.5;

	if (status != BTYD_OK)
		return status;
	if (!(probability > 0.0 && probability < 1.0))
		return BTYD_BAD_PROBABILITY;

	/* bracket the root */
	high = scale;
	for (;;)
	{
		status = BtydPmf(m, x, t_x, t, high, 0.0, &none);
		if (status != BTYD_OK)
			return status;
		if (none <= target)
			break;
		if (high > LONGEST_WAIT)
			return BTYD_NEVER;
		high *= 8.0;
	}
	f_high = target - none;
	low = high;
	do
	{
		low /= 8.0;
		status = BtydPmf(m, x, t_x, t, low, 0.0, &none);
		if (status != BTYD_OK)
			return status;
	} while (none <= target && low > 1e-300);
	f_low = target - none;

	x1 = log(high);
	f1 = f_high;
	x2 = log(low);
	f2 = f_low;
	x3 = x2;
	f3 = f2;
	for (int i = 0; i < 200; i++)
	{
		double guess = x1 + fraction * (x2 - x1);
		double f, tolerance;

		status = BtydPmf(m, x, t_x, t, exp(guess), 0.0, &none);
		if (status != BTYD_OK)
			return status;
		f = target - none;
		if ((f >= 0) == (f1 >= 0))
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
		f1 = f;
		tolerance = 1e-15 * (1.0 + fabs(x1)) / fabs(x2 - x1);
		if (f == 0.0 || tolerance > 0.5)
			break;

		{
			double xi = (x1 - x2) / (x3 - x2);
			double phi = (f1 - f2) / (f3 - f2);

			if (phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi)
				fraction = f1 / (f2 - f1) * f3 / (f2 - f3) +
						   (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2);
			else
				fraction = 0.5;
			fraction = fmin(1.0 - tolerance, fmax(tolerance, fraction));
		}
	}
	*result = exp(fabs(f1) <= fabs(f2) ? x1 : x2);
	return BTYD_OK;
}
