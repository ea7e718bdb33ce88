/*
 * predict.c: predictions of any process, with their arguments checked
 */
#include <float.h>
#include <math.h>
#include <stddef.h>

#include "core/clv/btyd.h"
#include "core/clv/wait.h"

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

/* A question about n purchases within a finite horizon */
static BtydStatus
CheckCount(double x, double t_x, double t, double horizon, double n)
{
	BtydStatus status = BtydCheckRow(x, t_x, t);

	if (status != BTYD_OK)
		return status;
	if (!(horizon >= 0.0 && horizon <= DBL_MAX))
		return BTYD_BAD_HORIZON;
	return BtydIsCount(n) ? BTYD_OK : BTYD_BAD_COUNT;
}

BtydStatus
BtydPmf(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
		double *result)
{
	double value = 0.0;
	BtydStatus status = CheckCount(x, t_x, t, horizon, n);

	if (status != BTYD_OK)
		return status;
	if (horizon == 0.0)
		value = n == 0.0 ? 1.0 : 0.0;
	else
		status = m->process->pmf(m, x, t_x, t, horizon, n, &value);
	return CheckedProbability(status, value, result);
}

BtydStatus
BtydAtLeast(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
			double *result)
{
	double value = 0.0;
	BtydStatus status = CheckCount(x, t_x, t, horizon, n);

	if (status != BTYD_OK)
		return status;
	if (n == 0.0)
		value = 1.0;
	else if (horizon > 0.0)
		status = m->process->at_least(m, x, t_x, t, horizon, n, &value);
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

/* Solve P(at least one order within h) = probability for h, each process in its own way */
BtydStatus
BtydNextOrder(const BtydModel *m, double x, double t_x, double t, double probability,
			  double *result)
{
	BtydStatus status = BtydCheckRow(x, t_x, t);
	double value = 0.0;

	if (status != BTYD_OK)
		return status;
	if (!(probability > 0.0 && probability < 1.0))
		return BTYD_BAD_PROBABILITY;
	status = m->process->wait(m, x, t_x, t, probability, &value);
	if (status == BTYD_OK && value > WAIT_LONGEST)
		return BTYD_NEVER;
	return Checked(status, value, result);
}
