/*
 * btyd_table.c: expected and discounted purchases of many customers, one horizon and rate
 *
 * For all processes here, what a live customer will do depends on x and t, not on t_x. As a
 * function of y = log(1 + t/unit) it is smooth: its singularities are where alpha + t or alpha + t
 * + horizon (or the same with beta) is zero, and those are log(negative number), so half a circle,
 * pi, away from the real line. On panels of y 1.2 wide, interpolation at 12 Chebyshev points then
 * has an error of about (5.2 + sqrt(5.2^2 - 1))^-12 = 6e-13. Each panel is checked between its
 * points when it is made, and not used where that does not hold.
 */
#include <math.h>
#include <string.h>

#include "btyd.h"

#define PANEL_WIDTH 1.2
#define TABLE_TOLERANCE 1e-11
#define PI 3.14159265358979323846

void
btyd_table_init(BtydTable *table, const BtydModel *m, double horizon, double rate)
{
	table->model = m;
	table->horizon = horizon;
	table->rate = rate;
	table->unit = INFINITY;
	for (int i = 0; i < m->process->nparams; i++)
		if (m->process->in_time_units[i])
			table->unit = fmin(table->unit, m->params[i]);
	memset(table->state, 0, sizeof(table->state));
}

/* What a customer with x purchases who is alive at t will do */
static BtydStatus
OfLive(const BtydTable *table, double x, double y, double *result)
{
	double t = table->unit * expm1(y);
	double t_x = x > 0.0 ? t : 0.0; /* the likeliest to be alive */
	double alive, value;
	BtydStatus status = btyd_p_alive(table->model, x, t_x, t, &alive);

	if (status == BTYD_OK)
		status = btyd_discounted(table->model, x, t_x, t, table->horizon, table->rate, &value);
	if (status == BTYD_OK && !(alive > 1e-200 && value > 1e-200))
		status = BTYD_INACCURATE;
	if (status == BTYD_OK)
		*result = value / alive;
	return status;
}

/* Clenshaw's recurrence for a Chebyshev series at -1 <= v <= 1, DLMF 3.11(ii) */
static double
Clenshaw(const double *coefficient, double v)
{
	double b1 = 0.0;
	double b2 = 0.0;

	for (int k = BTYD_TABLE_POINTS - 1; k > 0; k--)
	{
		double b = coefficient[k] + 2.0 * v * b1 - b2;

		b2 = b1;
		b1 = b;
	}
	return coefficient[0] + v * b1 - b2;
}

/* Interpolate at the Chebyshev points of a panel; 1 when that is accurate, else -1 */
static signed char
MakePanel(const BtydTable *table, int x, int panel, double *coefficient)
{
	double value[BTYD_TABLE_POINTS];

	for (int i = 0; i < BTYD_TABLE_POINTS; i++)
	{
		double v = cos(PI * (i + 0.5) / BTYD_TABLE_POINTS);

		if (OfLive(table, x, PANEL_WIDTH * (panel + 0.5 * (1.0 + v)), &value[i]) != BTYD_OK)
			return -1;
	}
	for (int k = 0; k < BTYD_TABLE_POINTS; k++)
	{
		double sum = 0.0;

		for (int i = 0; i < BTYD_TABLE_POINTS; i++)
			sum += value[i] * cos(PI * k * (i + 0.5) / BTYD_TABLE_POINTS);
		coefficient[k] = sum * (k == 0 ? 1.0 : 2.0) / BTYD_TABLE_POINTS;
	}

	/* the error is largest at the ends and between the outer points */
	for (int i = 0; i < 3; i++)
	{
		static const double check[] = {-1.0, 0.93, 0.13};
		double want;

		if (OfLive(table, x, PANEL_WIDTH * (panel + 0.5 * (1.0 + check[i])), &want) != BTYD_OK ||
			!(fabs(Clenshaw(coefficient, check[i]) - want) <= TABLE_TOLERANCE * want))
			return -1;
	}
	return 1;
}

BtydStatus
btyd_table_discounted(BtydTable *table, double x, double t_x, double t, double *result)
{
	if (x >= 0.0 && x < BTYD_TABLE_X && x == floor(x) && t >= 0.0)
	{
		double y = log1p(t / table->unit) / PANEL_WIDTH;

		if (y < BTYD_TABLE_PANELS)
		{
			int i = (int) x;
			int panel = (int) y;
			double alive;
			BtydStatus status;

			if (table->state[i][panel] == 0)
				table->state[i][panel] = MakePanel(table, i, panel, table->coefficient[i][panel]);
			if (table->state[i][panel] > 0)
			{
				status = btyd_p_alive(table->model, x, t_x, t, &alive);
				if (status == BTYD_OK)
					*result =
						alive * Clenshaw(table->coefficient[i][panel], 2.0 * (y - panel) - 1.0);
				return status;
			}
		}
	}
	return btyd_discounted(table->model, x, t_x, t, table->horizon, table->rate, result);
}
