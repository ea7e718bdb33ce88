/*
 * btyd_extremes.c: every prediction ends, whatever the parameters and the customer
 *
 * A model can be given by hand, and a prediction cannot be interrupted. So for parameters that no
 * customers have, from the smallest to the largest number there is, each prediction must come to
 * an end: with a number, or with a status that says why there is none.
 */
#include <float.h>

#include "core/clv/btyd.h"
#include "core/numeric/random.h"
#include "unit.h"

#define MODELS 300

static const double params[] = {5e-324, DBL_MIN, 1e-300, 1e-20, 1e-5, 0.3,   1,     3,
								20,     1e3,     1e5,    1e9,   1e20, 1e100, 1e300, DBL_MAX};
static const double xs[] = {0, 0, 1, 3, 40, 2000, 1e9, BTYD_MAX_COUNT};
static const double times[] = {0, 5e-324, 1e-300, 1e-9, 1, 30, 1e4, 1e15, 1e300, DBL_MAX};
static const double horizons[] = {0,   5e-324, 1e-300, 1e-9,    1,       52,
								  5e3, 1e15,   1e300,  DBL_MAX, INFINITY};
static const double rates[] = {0, 5e-324, 1e-300, 1e-9, 0.002, 1, 1e9, 1e300};

static RandomState rng;

#define PICK(list) list[RandomNext(&rng) % (sizeof(list) / sizeof(list[0]))]

static int wrong;

/* A result is a number, not negative, or the status says why not. */
static void
Check(const BtydModel *m, const char *what, BtydStatus status, double result, double most)
{
	if (status != BTYD_OK || (result >= 0 && result <= most))
		return;
	if (wrong++ < 5)
		printf("# %s of %s/%d (%g, %g, %g, %g) is %g\n", what, m->process->name, m->order,
			   m->params[0], m->params[1], m->params[2], m->params[3], result);
}

static void
Ask(const BtydModel *m)
{
	double x = PICK(xs);
	double t_x = x > 0 ? PICK(times) : 0;
	double t = fmax(t_x, PICK(times));
	double horizon = PICK(horizons);
	double result = 0;
	BtydStatus status;

	status = BtydPAlive(m, x, t_x, t, &result);
	Check(m, "p_alive", status, result, 1);
	status = BtydExpected(m, x, t_x, t, horizon, &result);
	Check(m, "expected", status, result, DBL_MAX);
	status = BtydPmf(m, x, t_x, t, horizon, PICK(xs), &result);
	Check(m, "pmf", status, result, 1);
	status = BtydDiscounted(m, x, t_x, t, horizon, PICK(rates), &result);
	Check(m, "discounted", status, result, DBL_MAX);
	status = BtydNextOrder(m, x, t_x, t, RandomUniform(&rng), &result);
	Check(m, "next_order", status, result, DBL_MAX);
}

int
main(void)
{
	RandomSeed(&rng, 1, 1);
	for (int i = 0; BtydProcesses[i]; i++)
	{
		int asked = 0;

		wrong = 0;
		for (int k = 0; k < MODELS; k++)
		{
			double p[BTYD_MAX_PARAMS];
			BtydModel m;

			for (int j = 0; j < BTYD_MAX_PARAMS; j++)
				p[j] = PICK(params);
			if (BtydPrepare(&m, BtydProcesses[i], 1 + k % BtydProcesses[i]->max_order, p) !=
				BTYD_OK)
				continue;
			for (int n = 0; n < 5; n++, asked++)
				Ask(&m);
		}
		unit_check(asked > MODELS && wrong == 0, "%s: %d customers of extreme models, %d wrong",
				   BtydProcesses[i]->name, asked, wrong);
	}
	return unit_done();
}
