/*
 * random.h: seeded random numbers for simulations, the same on every machine
 */
#ifndef CRM_CORE_NUMERIC_RANDOM_H
#define CRM_CORE_NUMERIC_RANDOM_H

#include <stdint.h>

typedef struct CrmRng
{
	uint64_t s[4];
} CrmRng;

extern void rng_seed(CrmRng *rng, uint64_t seed, uint64_t stream); /* streams are independent */
extern uint64_t rng_next(CrmRng *rng);
extern double rng_uniform(CrmRng *rng); /* in (0, 1) */
extern double rng_normal(CrmRng *rng);
extern double rng_exponential(CrmRng *rng);              /* mean 1 */
extern double rng_gamma(CrmRng *rng, double shape);      /* scale 1 */
extern double rng_beta(CrmRng *rng, double a, double b); /* in [0, 1] */

#endif /* CRM_CORE_NUMERIC_RANDOM_H */
