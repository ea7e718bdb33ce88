/*
 * special.c: special functions against mpmath (reference/special.py), and the random numbers
 */
#include <string.h>

#include "unit.h"
#include "core/numeric/random.h"
#include "core/numeric/special.h"

enum
{
	LOG_RISING,
	DIGAMMA_RISE,
	TRIGAMMA_RISE,
	DIGAMMA,
	TRIGAMMA,
	NEGATIVE_BINOMIAL,
	FUNCTIONS
};

static const char *const name[] = {"log_rising", "digamma_rise", "trigamma_rise",
								   "digamma",    "trigamma",     "negative_binomial"};
static const double tolerance[] = {1e-14, 1e-13, 1e-13, 1e-14, 1e-14, 1e-10};

static void
TestTable(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[256], function[32];
	double worst[FUNCTIONS] = {0};
	int count[FUNCTIONS] = {0};
	double a, b, c, want, want2;

	if (!unit_check(file != NULL, "%s is there", path))
		return;
	while (fgets(line, sizeof(line), file))
	{
		double got = NAN, got2 = 0, error;
		int f = 0;

		if (sscanf(line, "%31s %lf %lf %lf %lf %lf", function, &a, &b, &c, &want, &want2) != 6)
			continue;
		while (f < FUNCTIONS && strcmp(name[f], function) != 0)
			f++;
		switch (f)
		{
			case LOG_RISING:
				got = LogRising(a, b);
				break;
			case DIGAMMA_RISE:
				got = DigammaRise(a, b);
				break;
			case TRIGAMMA_RISE:
				got = TrigammaRise(a, b);
				break;
			case DIGAMMA:
				got = Digamma(a);
				break;
			case TRIGAMMA:
				got = Trigamma(a);
				break;
			case NEGATIVE_BINOMIAL:
				NegativeBinomial(a, b, c, &got, &got2);
				break;
			default:
				unit_check(false, "unknown function %s", function);
				continue;
		}
		count[f]++;

		/* logarithms cross zero: there the error of what they are the logarithm of */
		if (f == LOG_RISING || f == DIGAMMA)
			error = fabs(got - want) / fmax(1, fabs(want));
		else
			error = fmax(unit_relative(got, want), unit_relative(got2, want2));

		if (!(error <= tolerance[f]) && error > worst[f])
			printf("# got %.17g %.17g: %s", got, got2, line);
		if (!(error <= worst[f]))
			worst[f] = error;
	}
	fclose(file);
	for (int f = 0; f < FUNCTIONS; f++)
		unit_check(count[f] > 9 && worst[f] <= tolerance[f], "%s: %d values, worst error %.2g",
				   name[f], count[f], worst[f]);
	CHECK(Log1pExp(-800) == 0);
	CHECK(Log1pExp(800) == 800);
	CHECK_NEAR(Log1pExp(-30), 9.3576229688397e-14, 1e-27);
}

/* Mean and variance of many draws, within five standard errors of the mean */
static void
TestMoments(const char *what, int kind, double p, double q, double mean, double variance)
{
	RandomState rng;
	const int n = 200000;
	double sum = 0, squares = 0;

	RandomSeed(&rng, 42, (uint64_t) kind);
	for (int i = 0; i < n; i++)
	{
		double v = kind == 0   ? RandomUniform(&rng)
				   : kind == 1 ? RandomNormal(&rng)
				   : kind == 2 ? RandomExponential(&rng)
				   : kind == 3 ? RandomGamma(&rng, p)
							   : RandomBeta(&rng, p, q);

		sum += v;
		squares += (v - mean) * (v - mean);
	}
	unit_near(sum / n, mean, 5 * sqrt(variance / n), what);
	unit_near(squares / n, variance, 0.05 * variance, what);
}

int
main(void)
{
	RandomState rng = {{1, 2, 3, 4}}, same, other;
	bool zeros = false;

	TestTable("test/unit/reference/special.tsv");

	/* the first numbers of xoshiro256** from the state 1 2 3 4, as its other implementations test
	 */
	CHECK(RandomNext(&rng) == UINT64_C(11520));
	CHECK(RandomNext(&rng) == UINT64_C(0));
	CHECK(RandomNext(&rng) == UINT64_C(1509978240));
	CHECK(RandomNext(&rng) == UINT64_C(1215971899390074240));

	RandomSeed(&rng, 1, 1);
	RandomSeed(&same, 1, 1);
	RandomSeed(&other, 1, 2);
	CHECK(RandomNext(&rng) == RandomNext(&same));
	CHECK(RandomNext(&rng) != RandomNext(&other));
	for (int i = 0; i < 1000; i++)
	{
		double u = RandomUniform(&rng);
		double b = RandomBeta(&rng, 1e-4, 1e-4); /* both shares underflow as plain numbers */

		zeros |= !(u > 0 && u < 1) || !(b >= 0 && b <= 1);
	}
	CHECK(!zeros);
	TestMoments("uniform", 0, 0, 0, 0.5, 1 / 12.0);
	TestMoments("normal", 1, 0, 0, 0, 1);
	TestMoments("exponential", 2, 0, 0, 1, 1);
	TestMoments("gamma 0.25", 3, 0.25, 0, 0.25, 0.25);
	TestMoments("gamma 7", 3, 7, 0, 7, 7);
	TestMoments("beta 0.8 2.4", 4, 0.8, 2.4, 0.25, 0.25 * 0.75 / 4.2);
	return unit_done();
}
