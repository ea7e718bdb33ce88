/*
 * population.h: simulated customers of a process, summarised as a fit wants them
 */
#ifndef CRM_UNIT_POPULATION_H
#define CRM_UNIT_POPULATION_H

#include <math.h>

#include "core/clv/btyd.h"

/*
 * Customers who came at any moment in [0, arrivals], observed until `end`; times are cut to whole
 * days, purchases of a day being one, when days is true.
 */
static inline void
population_draw(const BtydModel *m, double arrivals, double end, bool days, uint64_t seed,
				BtydRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		RandomState rng;
		BtydCustomer customer;
		BtydRow *row = &rows[i];
		double first, last, next;

		RandomSeed(&rng, seed, i);
		first = arrivals * RandomUniform(&rng);
		if (days)
			first = floor(first);
		last = first;
		*row = (BtydRow){0, 0, end - first, 1};
		m->process->draw(m, &rng, &customer);
		while ((next = first + m->process->next(m, &rng, &customer)) <= end && row->x < 10000)
		{
			if (days)
				next = floor(next);
			if (days && next == last)
				continue;
			last = next;
			row->x += 1;
			row->t_x = last - first;
		}
	}
}

#endif
