/*
 * btyd_awkward.c: data that no model can be fitted to, data whose model lies on a bound, and data
 * that are merely large
 *
 * Whatever the data, a fit ends, says what is wrong, and "converged" only when it is; nothing leaks
 * and nothing is asked for after an interrupt (the sanitizers watch).
 */
#include <string.h>

#include "unit.h"
#include "env.h"

static const BtydProcess *const *process;

static BtydRow rows[60000];
static size_t n;

static void
Add(double x, double t_x, double t, double weight)
{
	rows[n++] = (BtydRow){x, t_x, t, weight};
}

/* Customers of a process observed for t */
static void
Simulate(const BtydProcess *p, const double *params, int customers, double t_min, double t_max,
		 uint64_t seed)
{
	BtydModel m;
	RandomState rng;

	BtydPrepare(&m, p, 1, params);
	RandomSeed(&rng, seed, 0);
	n = 0;
	for (int i = 0; i < customers; i++)
	{
		BtydCustomer c;
		double t = t_min + (t_max - t_min) * RandomUniform(&rng);
		double t_x = 0, x = 0, when;

		p->draw(&m, &rng, &c);
		while ((when = p->next(&m, &rng, &c)) <= t)
		{
			x++;
			t_x = when;
		}
		Add(x, t_x, t, 1);
	}
}

/* Fit, tell, and check what must hold of any fit */
static BtydFit
Fit(const char *what)
{
	BtydFit fit;
	bool numbers = true;
	int width = (*process)->nparams;

	BtydFitProcess(*process, 1, rows, n, &test_env, &fit);
	printf("# %s, %s: %s, limits %x, loglik %.10g, %d steps, %d evaluations; %.4g %.4g %.4g %.4g\n",
		   (*process)->name, what, BtydFitStatusName(fit.status), fit.limits, fit.loglik,
		   fit.iterations, fit.evaluations, fit.params[0], fit.params[1], fit.params[2],
		   fit.params[3]);
	unit_check(fit.evaluations < 3000, "%s: %s: evaluations are bounded", (*process)->name, what);
	if (BtydFitIsUsable(fit.status))
	{
		bool open = false;

		for (int i = 0; i < width; i++)
		{
			double variance = fit.covariance[(width + 1) * i];

			numbers &= fit.params[i] > 0 && isfinite(fit.params[i]);
			numbers &= fit.unidentified[i] ? isnan(variance) : variance > 0 && isfinite(variance);
			open |= fit.unidentified[i];
		}
		unit_check(numbers && isfinite(fit.loglik) && fit.decrement < 1e-6 &&
					   open == (fit.status == BTYD_FIT_NOT_IDENTIFIED) && (open || fit.limits == 0),
				   "%s: %s: usable means so", (*process)->name, what);
	}
	return fit;
}

static bool
Told(BtydFit fit, BtydFitStatus status)
{
	return fit.status == status && BtydFitStatusMessage(status)[0] != '\0';
}

/* Is this a usable fit that came to these limits, at least as high as what is nested in it? */
static void
Limited(const char *what, uint32_t limits, double least)
{
	BtydFit fit = Fit(what);

	unit_check(BtydFitIsUsable(fit.status), "%s: %s: usable", (*process)->name, what);
	unit_check((fit.limits & limits) == limits, "%s: %s: limits %x, of which %x", (*process)->name,
			   what, fit.limits, limits);
	unit_check(fit.loglik >= least, "%s: %s: lies %.3g above what is nested", (*process)->name,
			   what, fit.loglik - least);
}

/* The log-likelihood of the same rate for all, who never leave; nested in all */
static double
Poisson(void)
{
	double sum_x = 0, sum_t = 0;

	for (size_t i = 0; i < n; i++)
	{
		sum_x += rows[i].weight * rows[i].x;
		sum_t += rows[i].weight * rows[i].t;
	}
	return sum_x * log(sum_x / sum_t) - sum_x;
}

static double
Nbd(void)
{
	BtydFit fit;

	BtydFitProcess(&BtydNbd, 1, rows, n, &test_env, &fit);
	return fit.loglik;
}

/* Data whose top lies on a bound: the model that lies there is found */
static void
TestLimits(void)
{
	const bool nbd = *process == &BtydNbd;
	RandomState rng;

	/* everybody buys at one rate and nobody leaves */
	Simulate(&BtydNbd, (const double[]){1e6, 1e7}, 3000, 20, 52, 8);
	Limited("pure Poisson", 0, Poisson() - 1e-2);

	/* counts differ less than by chance: the likelihood rises for ever as rates become alike */
	n = 0;
	for (int i = 0; i < 500; i++)
		Add(5 + i % 3, 40 + i % 9, 50, 1);
	Limited("evener than Poisson", BTYD_LIMIT_ONE_RATE | (nbd ? 0 : BTYD_LIMIT_NO_DROPOUT),
			Poisson() - 1e-2);
	n = 0;
	Add(3, 20, 30, 500);
	Limited("five hundred equal customers", BTYD_LIMIT_ONE_RATE, Poisson() - 1e-2);

	/* rates differ, nobody leaves */
	Simulate(&BtydNbd, (const double[]){0.8, 8}, 3000, 20, 52, 9);
	Limited("no one leaves", 0, Nbd() - 1e-5);
	n = 0;
	for (int i = 0; i < 400; i++)
		Add(1 + i % 12, 49.5, 50, 1);
	Limited("all were here yesterday", nbd ? 0 : BTYD_LIMIT_NO_DROPOUT, Nbd() - 1e-5);

	/* everyone is gone after the first repeat purchase, or before it */
	RandomSeed(&rng, 7, 0);
	n = 0;
	for (int i = 0; i < 1000; i++)
	{
		double t = 50, first = RandomExponential(&rng) * 3;

		if (i % 2 && first < t)
			Add(1, first, t, 1);
		else
			Add(0, 0, t, 1);
	}
	Limited("everybody leaves at once", 0, Nbd() - 1e-5);

	/* half leave at once, the others never */
	Simulate(&BtydNbd, (const double[]){20, 60}, 2000, 20, 52, 10);
	for (size_t i = 0; i < n; i += 2)
		rows[i].x = rows[i].t_x = 0;
	Limited("half leave at once", *process == &BtydMbgnbd ? BTYD_LIMIT_AT_ONCE : 0, Nbd() - 1e-5);

	if (nbd)
		return;
	Simulate(&BtydMbgnbd, (const double[]){0.6, 6, 2000, 8000}, 5000, 20, 52, 11);
	Limited("all are as likely to leave", *process == &BtydMbgnbd ? BTYD_LIMIT_ONE_DROPOUT : 0,
			Nbd() - 1e-5);
}

static void
TestNothingToFit(void)
{
	n = 0;
	CHECK(Told(Fit("none"), BTYD_FIT_EMPTY));
	Add(3, 10, 20, 1);
	CHECK(Told(Fit("one customer"), BTYD_FIT_TOO_FEW));
	n = 0;
	for (int i = 0; i < 19; i++)
		Add(i % 3, i % 3 * 5, 20 + i, 1);
	CHECK(Told(Fit("nineteen customers"), BTYD_FIT_TOO_FEW));
	n = 0;
	for (int i = 0; i < 500; i++)
		Add(0, 0, i % 40, 1);
	CHECK(Told(Fit("all one-time"), BTYD_FIT_NO_REPEATS));
	n = 0;
	Add(0, 0, 0, 400);
	CHECK(Told(Fit("all today"), BTYD_FIT_NO_TIME));
	n = 0;
	Add(1, 10, 20, 30);
	Add(1, 21, 20, 30);
	CHECK(Told(Fit("t_x > t"), BTYD_FIT_BAD_DATA));
	for (int i = 0; i < 5; i++)
	{
		const BtydRow bad[] = {
			{-1, 0, 1, 1}, {1, 1, 2, 0}, {1, 1, 2, NAN}, {0.5, 1, 2, 1}, {0, 1, 2, 1}};
		BtydFit fit;

		n = 0;
		Add(1, 10, 20, 30);
		rows[n++] = bad[i];
		fit = Fit("a bad row");
		CHECK(Told(fit, BTYD_FIT_BAD_DATA) && fit.bad_row == 1);
	}
}

/* Twenty customers are enough, if one of them came back */
static void
TestTwenty(void)
{
	const double params[] = {0.6, 6, 0.9, 1.8};

	for (int seed = 0; seed < 12; seed++)
	{
		BtydFit fit;

		Simulate(&BtydMbgnbd, params, 20, 30, 50, (uint64_t) seed);
		fit = Fit("twenty customers");
		CHECK(BtydFitIsUsable(fit.status) || fit.status == BTYD_FIT_NO_REPEATS);
	}
}

/* Twenty years in days, rows in disorder, and the same customers as weights */
static void
TestLong(void)
{
	const double params[] = {0.8, 200, 0.9, 2.5};
	const int width = (*process)->nparams;
	BtydFit fit, counted;
	BtydRow swap;
	RandomState rng;

	Simulate(*process, params, 20000, 100, 7300, 3);
	for (size_t i = 0; i < n; i++)
	{
		rows[i].t = ceil(rows[i].t);
		rows[i].t_x = ceil(rows[i].t_x);
	}
	fit = Fit("twenty years in days");
	CHECK(fit.status == BTYD_FIT_CONVERGED);
	for (int i = 0; i < width; i++)
		unit_check(fabs(fit.params[i] - params[i]) < 4 * sqrt(fit.covariance[(width + 1) * i]),
				   "%s: parameter %d is recovered", (*process)->name, i);

	RandomSeed(&rng, 1, 1);
	for (size_t i = n - 1; i > 0; i--)
	{
		size_t j = (size_t) (RandomUniform(&rng) * (double) (i + 1));

		swap = rows[i];
		rows[i] = rows[j];
		rows[j] = swap;
	}
	for (size_t i = 0; i < n; i++)
		rows[i].weight = 3;
	counted = Fit("the same three times");
	CHECK(counted.status == BTYD_FIT_CONVERGED);
	CHECK_NEAR(counted.loglik, 3 * fit.loglik, 1e-5);
	CHECK_NEAR(counted.params[width - 1], fit.params[width - 1], 1e-5);
	CHECK_NEAR(counted.covariance[0] * 3, fit.covariance[0], 1e-5 * fit.covariance[0]);
}

/* Stop at the k-th question: at once, and without a leak */
static int questions_left;

static bool
StopSoon(void *arg)
{
	return --questions_left < 0;
}

static void
TestInterrupt(void)
{
	const double params[] = {0.8, 200, 0.9, 2.5};
	const Environment env = {StopSoon, test_alloc, test_release, NULL};
	BtydFit fit;
	int interrupted = 0;
	int tried = 0;

	Simulate(*process, params, 20000, 100, 7300, 3);
	for (int k = 0; k < 20000; k = k * 3 / 2 + 1)
	{
		questions_left = k;
		BtydFitProcess(*process, 1, rows, n, &env, &fit);
		tried++;
		if (fit.status == BTYD_FIT_INTERRUPTED && questions_left == -1)
			interrupted++;
		else if (fit.status == BTYD_FIT_CONVERGED)
			break;
	}
	unit_check(interrupted > 8 && interrupted >= tried - 1, "%d fits were interrupted at once",
			   interrupted);
}

int
main(void)
{
	for (process = BtydProcesses; *process; process++)
	{
		TestNothingToFit();
		TestTwenty();
		TestLimits();
		TestLong();
		TestInterrupt();
	}
	return unit_done();
}
