/*
 * outcome.h: what will happen: how many purchases a customer makes, and what they bring
 *
 * Not what is expected: the distribution of what one customer does, at given parameters.
 */
#ifndef CRM_CORE_CLV_OUTCOME_H
#define CRM_CORE_CLV_OUTCOME_H

#include "core/clv/btyd.h"

/* Counts that are told apart; of more, groups are made */
#define OUTCOME_COUNTS 96

/*
 * The number of purchases within a horizon, of a customer who is alive (or of a customer, with
 * alive = 1): groups of counts from 1 on, the last without end. A group of one count is exact.
 */
typedef struct OutcomeCounts
{
	int n;
	bool grouped; /* otherwise count[i] is i + 1 */
	double first[OUTCOME_COUNTS];
	double tail[OUTCOME_COUNTS]; /* P(at least first[i] | alive) */

	/* whom it is about */
	const BtydModel *model;
	double x, t_x, t, horizon;
	double alive;
} OutcomeCounts;

extern BtydStatus OutcomeCountsOf(const BtydModel *m, double x, double t_x, double t,
								  double horizon, double alive, OutcomeCounts *counts);

/*
 * The counts that leave out at most `out` on each side, of a customer who is alive with this
 * probability: fewer than *lower come with at most that, and more than *upper.
 */
extern BtydStatus OutcomeInterval(const OutcomeCounts *counts, double alive, double out,
								  double *lower, double *upper);

/* E[N (N + 1)]/2 of a customer who is alive: what the variance takes */
extern double OutcomeSecond(const OutcomeCounts *counts);

/*
 * Spend. Given n purchases, the sum of a Gamma-Gamma customer's is scale times W, with W the ratio
 * of a Gamma(p n) and a Gamma(shape) variate: shape = q + p x, scale = gamma + x mean (Fader &
 * Hardie 2013: purchases are Gamma(p, nu), and nu is Gamma(shape, scale) after x of them).
 *
 * A table keeps P(W > w) for many n and w of one p and shape.
 */
#define OUTCOME_NODES 512

typedef struct OutcomeTable
{
	double p;
	double shape;
	double from; /* log w of the first node */
	double step;
	int nodes;  /* 0: too many would be needed */
	int counts; /* columns that have been filled */
	double log_beta[OUTCOME_COUNTS];
	double tail[]; /* [node][OUTCOME_COUNTS] */
} OutcomeTable;

/* The size of a table, and its beginning in that much memory. */
extern void OutcomeTablePlan(OutcomeTable *table, double p, double shape);
extern size_t OutcomeTableSize(const OutcomeTable *table);

/*
 * W that is exceeded with this probability (of one who is alive with that), 0 where no more than
 * that come back at all. A table is used and filled where it is not NULL; it costs up to 1e-6 of W.
 */
extern double OutcomeSpend(const OutcomeCounts *counts, double alive, double p, double shape,
						   OutcomeTable *table, double exceeded);

#endif /* CRM_CORE_CLV_OUTCOME_H */
