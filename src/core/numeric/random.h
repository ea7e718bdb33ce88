/*
 * random.h: seeded random numbers for simulations, the same on every machine
 */
#ifndef CRM_CORE_NUMERIC_RANDOM_H
#define CRM_CORE_NUMERIC_RANDOM_H

#include <stdint.h>

typedef struct RandomState
{
	uint64_t s[4];
} RandomState;

extern void RandomSeed(RandomState *rng, uint64_t seed,
					   uint64_t stream); /* streams are independent */
extern uint64_t RandomNext(RandomState *rng);
extern double RandomUniform(RandomState *rng); /* in (0, 1) */
extern double RandomNormal(RandomState *rng);
extern double RandomExponential(RandomState *rng);              /* mean 1 */
extern double RandomGamma(RandomState *rng, double shape);      /* scale 1 */
extern double RandomBeta(RandomState *rng, double a, double b); /* in [0, 1] */

#endif /* CRM_CORE_NUMERIC_RANDOM_H */
