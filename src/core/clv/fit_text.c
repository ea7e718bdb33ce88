/*
 * fit_text.c: what fits say, in words
 */
#include "core/clv/fit.h"

BtydFitStatus
BtydFitStatusOf(OptVerdict verdict)
{
	switch (verdict)
	{
		case OPT_FOUND:
			return BTYD_FIT_CONVERGED;
		case OPT_OPEN:
			return BTYD_FIT_NOT_IDENTIFIED;
		case OPT_LOST:
			return BTYD_FIT_NOT_CONVERGED;
		case OPT_INTERRUPTED:
			return BTYD_FIT_INTERRUPTED;
	}
	return BTYD_FIT_NOT_CONVERGED;
}

const char *
BtydFitStatusName(BtydFitStatus status)
{
	switch (status)
	{
		case BTYD_FIT_CONVERGED:
			return "converged";
		case BTYD_FIT_EMPTY:
			return "empty";
		case BTYD_FIT_TOO_FEW:
			return "too_few_customers";
		case BTYD_FIT_NO_REPEATS:
			return "no_repeats";
		case BTYD_FIT_NO_TIME:
			return "no_time";
		case BTYD_FIT_NOT_IDENTIFIED:
			return "not_identified";
		case BTYD_FIT_NOT_CONVERGED:
			return "not_converged";
		case BTYD_FIT_INTERRUPTED:
			return "interrupted";
		case BTYD_FIT_BAD_DATA:
			return "bad_data";
		case BTYD_FIT_NO_MEMORY:
			return "no_memory";
	}
	return "unknown";
}

const char *
BtydFitStatusMessage(BtydFitStatus status)
{
	switch (status)
	{
		case BTYD_FIT_CONVERGED:
			return "The fit converged to a maximum of the likelihood.";
		case BTYD_FIT_EMPTY:
			return "There are no customers to fit a model to.";
		case BTYD_FIT_TOO_FEW:
			return "There are too few customers to fit a model: at least 20 are needed.";
		case BTYD_FIT_NO_REPEATS:
			return "No customer has bought a second time, so nothing can be said about repeat "
				   "orders.";
		case BTYD_FIT_NO_TIME:
			return "No time has passed since the first purchase of any customer.";
		case BTYD_FIT_NOT_IDENTIFIED:
			return "The fit reached a maximum of the likelihood, and predictions stand; but the "
				   "data "
				   "do not determine every parameter.";
		case BTYD_FIT_NOT_CONVERGED:
			return "The search reached its limit of steps without finding a maximum.";
		case BTYD_FIT_INTERRUPTED:
			return "The fit was interrupted.";
		case BTYD_FIT_BAD_DATA:
			return "A row is no possible customer: x must be a whole number, 0 <= t_x <= t, weight "
				   "> 0.";
		case BTYD_FIT_NO_MEMORY:
			return "There was not enough memory for the fit.";
	}
	return "The status is unknown.";
}

const char *
BtydLimitName(BtydLimit limit)
{
	switch (limit)
	{
		case BTYD_LIMIT_NO_DROPOUT:
			return "no_dropout";
		case BTYD_LIMIT_ONE_RATE:
			return "one_rate";
		case BTYD_LIMIT_ONE_DROPOUT:
			return "one_dropout";
		case BTYD_LIMIT_AT_ONCE:
			return "at_once";
		case BTYD_LIMIT_ALL_LEAVE:
			return "all_leave";
		case BTYD_LIMIT_ONE_SPEND:
			return "one_spend";
		case BTYD_LIMIT_EVEN_SPEND:
			return "even_spend";
		case BTYD_LIMIT_BOUND:
			return "bound";
	}
	return "unknown";
}

const char *
BtydLimitMessage(BtydLimit limit)
{
	switch (limit)
	{
		case BTYD_LIMIT_NO_DROPOUT:
			return "Nobody seems to have left in these data.";
		case BTYD_LIMIT_ONE_RATE:
			return "All customers seem to order at the same rate in these data.";
		case BTYD_LIMIT_ONE_DROPOUT:
			return "All customers seem to be equally likely to leave in these data.";
		case BTYD_LIMIT_AT_ONCE:
			return "In these data customers seem to leave at once or not at all.";
		case BTYD_LIMIT_ALL_LEAVE:
			return "Everybody seems to leave at the first chance in these data.";
		case BTYD_LIMIT_ONE_SPEND:
			return "All customers seem to spend the same on average in these data.";
		case BTYD_LIMIT_EVEN_SPEND:
			return "A customer seems to spend the same each time in these data.";
		case BTYD_LIMIT_BOUND:
			return "The data push a parameter to the end of its range.";
	}
	return "The limit is unknown.";
}
