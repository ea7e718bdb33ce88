/*
 * random.c: seeded random numbers for simulations, the same on every machine
 *
 * The generator is xoshiro256** 1.0 (Blackman & Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47, 2021), its state filled by splitmix64 as its authors advise; written
 * from that description, whose reference code is in the public domain.
 */
#include <math.h>

#include "core/numeric/random.h"

static uint64_t
RotateLeft(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

/* Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014 */
static uint64_t
SplitMix(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Start a stream: the same seed and stream give the same numbers, another stream independent ones
 */
void
RandomSeed(RandomState *rng, uint64_t seed, uint64_t stream)
{
	uint64_t s = seed;
	uint64_t mixed = SplitMix(&s);

	s = mixed ^ (stream * UINT64_C(0xd1342543de82ef95) + UINT64_C(0x2545f4914f6cdd1d));
	for (int i = 0; i < 4; i++)
		rng->s[i] = SplitMix(&s);
}

uint64_t
RandomNext(RandomState *rng)
{
	uint64_t *s = rng->s;
	uint64_t result = RotateLeft(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = RotateLeft(s[3], 45);
	return result;
}

/* The middle of one of 2^52 equal parts of (0, 1): never 0, never 1 */
double
RandomUniform(RandomState *rng)
{
	return ((double) (RandomNext(rng) >> 12) + 0.5) * 0x1p-52;
}

double
RandomExponential(RandomState *rng)
{
	return -log(RandomUniform(rng));
}

/* Marsaglia's polar method (Marsaglia & Bray 1964); the second number is thrown away to stay
 * stateless */
double
RandomNormal(RandomState *rng)
{
	double u, v, q;

	do
	{
		u = 2.0 * RandomUniform(rng) - 1.0;
		v = 2.0 * RandomUniform(rng) - 1.0;
		q = u * u + v * v;
	} while (q >= 1.0 || q == 0.0);
	return u * sqrt(-2.0 * log(q) / q);
}

/* Logarithm of a Gamma variate: a small shape gives numbers that no double holds */
static double
LogGammaVariate(RandomState *rng, double shape)
{
	double boost = 0.0;
	double d, c;

	/* Marsaglia & Tsang (2000), "A simple method for generating gamma variables", sections 2 and 6
	 */
	if (shape < 1.0)
	{
		boost = log(RandomUniform(rng)) / shape;
		shape += 1.0;
	}
	d = shape - 1.0 / 3.0;
	c = 1.0 / sqrt(9.0 * d);
	for (;;)
	{
		double z = RandomNormal(rng);
		double v = 1.0 + c * z;

		if (v <= 0.0)
			continue;
		v = v * v * v;
		/* written so that a shape that is NaN gives NaN, and ends */
		if (!(log(RandomUniform(rng)) >= 0.5 * z * z + d - d * v + d * log(v)))
			return log(d * v) + boost;
	}
}

double
RandomGamma(RandomState *rng, double shape)
{
	return exp(LogGammaVariate(rng, shape));
}

/* The share of one of two Gamma variates in their sum */
double
RandomBeta(RandomState *rng, double a, double b)
{
	double log_a = LogGammaVariate(rng, a);
	double log_b = LogGammaVariate(rng, b);

	return 1.0 / (1.0 + exp(log_b - log_a));
}
