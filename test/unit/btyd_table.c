/*
 * btyd_table.c: the table of a horizon against the same numbers without it
 */
#include "unit.h"
#include "math/btyd.h"

/* The promise to the table: t_x matters only through P(alive) */
static void
TestFactors(const BtydModel *m)
{
	double worst = 0;

	for (int x = 1; x < 300; x = 2 * x + 1)
		for (double t = 5; t < 3000; t *= 5)
		{
			double first = 0, alive, value;

			for (double t_x = 0.4 * t; t_x <= t; t_x += 0.2 * t)
			{
				if (btyd_p_alive(m, x, t_x, t, &alive) != BTYD_OK ||
					btyd_discounted(m, x, t_x, t, 52, 0.001, &value) != BTYD_OK)
					worst = INFINITY;
				if (alive < 1e-250)
					continue;
				if (first > 0)
					worst = fmax(worst, unit_relative(value / alive, first));
				first = value / alive;
			}
		}
	unit_check(worst < 1e-10, "%s: t_x matters only through P(alive)", m->process->name);
	printf("# worst %.2g\n", worst);
}

static void
TestTable(const BtydModel *m, double horizon, double rate)
{
	static BtydTable table;
	CrmRng rng;
	double worst = 0;
	int other = 0;

	btyd_table_init(&table, m, horizon, rate);
	rng_seed(&rng, 5, 5);
	for (int i = 0; i < 3000; i++)
	{
		double x = floor(40 * rng_uniform(&rng) * rng_uniform(&rng));
		double t = 1000 * pow(rng_uniform(&rng), 3);
		double t_x = x > 0 ? t * sqrt(rng_uniform(&rng)) : 0;
		double want = 0, got = 0;
		BtydStatus status = btyd_discounted(m, x, t_x, t, horizon, rate, &want);

		if (btyd_table_discounted(&table, x, t_x, t, &got) != status)
			other++;
		else if (want > 1e-300)
			worst = fmax(worst, unit_relative(got, want));
	}
	unit_check(other == 0 && worst < 1e-10, "%s: horizon %g, rate %g: the table is right",
			   m->process->name, horizon, rate);
	printf("# worst %.2g\n", worst);
}

int
main(void)
{
	static BtydTable table;
	double value = 42;

	for (int k = 0; btyd_processes[k]; k++)
	{
		const BtydProcess *process = btyd_processes[k];
		const double usual[2][4] = {{0.525, 6.18, 0.89, 1.61}, {0.55, 10.6, 0.61, 11.7}};
		const double few[2][4] = {{30, 600, 2, 0.5}, {30, 600, 2, 500}};
		BtydModel m;

		btyd_prepare(&m, process, usual[process->in_time_units[3]]);
		TestFactors(&m);
		TestTable(&m, 52, 0);
		TestTable(&m, 52, 0.0018);
		TestTable(&m, 1e-4, 0);
		TestTable(&m, 5218, 0.0018);
		TestTable(&m, INFINITY, 0.0018);
		TestTable(&m, INFINITY, 0);
		btyd_prepare(&m, process, few[process->in_time_units[3]]);
		TestTable(&m, 52, 0);
		TestTable(&m, 52, 0.0018);
		TestTable(&m, INFINITY, 0);

		btyd_table_init(&table, &m, 52, 0);
		CHECK(btyd_table_discounted(&table, -1, 0, 1, &value) == BTYD_BAD_X);
		CHECK(btyd_table_discounted(&table, 0.5, 0, 1, &value) == BTYD_BAD_X);
		CHECK(btyd_table_discounted(&table, NAN, 0, 1, &value) == BTYD_BAD_X);
		CHECK(btyd_table_discounted(&table, 1, 2, 1, &value) == BTYD_BAD_TIMES);
		CHECK(btyd_table_discounted(&table, 1, NAN, 1, &value) == BTYD_BAD_TIMES);
		CHECK(btyd_table_discounted(&table, 1, 1, NAN, &value) == BTYD_BAD_TIMES);
		CHECK(btyd_table_discounted(&table, 0, 0, INFINITY, &value) == BTYD_BAD_TIMES);
		btyd_table_init(&table, &m, -52, 0);
		CHECK(btyd_table_discounted(&table, 1, 1, 1, &value) == BTYD_BAD_HORIZON);
		btyd_table_init(&table, &m, 52, NAN);
		CHECK(btyd_table_discounted(&table, 1, 1, 1, &value) == BTYD_BAD_RATE);
		CHECK(value == 42);
	}
	return unit_done();
}
