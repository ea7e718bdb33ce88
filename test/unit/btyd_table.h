/*
 * btyd_table.h: predictions of a process against a table of high-precision values
 *
 * A line of the table: process (with gaps of order k: process/k), four parameters, x t_x t horizon
 * rate n, and then the five quantities below. An infinite horizon has no expected and no pmf; nan
 * there.
 */
#ifndef CRM_UNIT_BTYD_TABLE_H
#define CRM_UNIT_BTYD_TABLE_H

#include <string.h>

#include "unit.h"
#include "core/clv/btyd.h"

enum
{
	TABLE_LOGLIK,
	TABLE_ALIVE,
	TABLE_EXPECTED,
	TABLE_DISCOUNTED,
	TABLE_PMF,
	TABLE_QUANTITIES
};

/*
 * Relative error; numbers too small for all digits of a double need only be as small, and a
 * log-likelihood that happens to be near zero is no better known than others
 */
static inline double
table_error(int quantity, BtydStatus status, double got, double want)
{
	if (status != BTYD_OK)
		return INFINITY;
	if (quantity == TABLE_LOGLIK)
		return fabs(got - want) / fmax(1.0, fabs(want));
	if (fabs(want) < 1e-290)
		return fabs(got) < 1.1e-290 ? 0.0 : INFINITY;
	return unit_relative(got, want);
}

static inline void
table_test(const char *path, double tolerance)
{
	static const char *const quantity[] = {"log-likelihood", "P(alive)", "expected orders",
										   "discounted orders", "probability of n orders"};
	FILE *file = fopen(path, "r");
	char line[1024];
	char worst_line[TABLE_QUANTITIES][1100] = {""};
	double worst[TABLE_QUANTITIES] = {0};
	int lines = 0;
	int bad = 0;

	if (!unit_check(file != NULL, "%s is there", path))
		return;
	while (fgets(line, sizeof(line), file))
	{
		char name[16];
		char *slash;
		int order = 1;
		double p[4], x, t_x, t, horizon, rate, n, want[TABLE_QUANTITIES];
		double got[TABLE_QUANTITIES] = {0};
		BtydStatus status[TABLE_QUANTITIES];
		BtydModel m;

		if (line[0] == '#')
			continue;
		if (sscanf(line, "%15s %lf %lf %lf %lf %lf %lf %lf %lf %lf %lf %lf %lf %lf %lf %lf", name,
				   p, p + 1, p + 2, p + 3, &x, &t_x, &t, &horizon, &rate, &n, want, want + 1,
				   want + 2, want + 3, want + 4) != 16)
		{
			bad++;
			continue;
		}
		if ((slash = strchr(name, '/')) != NULL)
		{
			*slash = '\0';
			order = atoi(slash + 1);
		}
		if (BtydPrepare(&m, BtydProcessByName(name), order, p) != BTYD_OK)
		{
			bad++;
			continue;
		}
		lines++;
		status[TABLE_LOGLIK] = BtydLogLikelihood(&m, x, t_x, t, &got[TABLE_LOGLIK]);
		status[TABLE_ALIVE] = BtydPAlive(&m, x, t_x, t, &got[TABLE_ALIVE]);
		status[TABLE_EXPECTED] = BtydExpected(&m, x, t_x, t, horizon, &got[TABLE_EXPECTED]);
		status[TABLE_DISCOUNTED] =
			BtydDiscounted(&m, x, t_x, t, horizon, rate, &got[TABLE_DISCOUNTED]);
		status[TABLE_PMF] = BtydPmf(&m, x, t_x, t, horizon, n, &got[TABLE_PMF]);
		for (int q = 0; q < TABLE_QUANTITIES; q++)
		{
			double error;

			if (isinf(horizon) && (q == TABLE_EXPECTED || q == TABLE_PMF))
				continue;
			error = table_error(q, status[q], got[q], want[q]);
			if (!(error <= worst[q]))
			{
				worst[q] = error;
				snprintf(worst_line[q], sizeof(worst_line[q]), "got %.17g from %s", got[q], line);
			}
		}
	}
	fclose(file);
	unit_check(lines > 0 && bad == 0, "%s: %d lines read, %d not understood", path, lines, bad);
	for (int q = 0; q < TABLE_QUANTITIES; q++)
	{
		unit_check(worst[q] <= tolerance, "%s: relative error at most %g", quantity[q], tolerance);
		printf("# worst %.2g: %s", worst[q], worst_line[q]);
	}
}

#endif
