/*
 * auto.h: the choice of a process and of the order of gaps, by AIC
 *
 * Candidates are all processes with all orders of gaps. That AIC chooses well here was measured on
 * 14 cut-off days of four shops: see doc/clv.md.
 */
#ifndef CRM_CORE_CLV_AUTO_H
#define CRM_CORE_CLV_AUTO_H

#include "core/clv/data.h"
#include "core/clv/fit.h"

#define BTYD_MOST_CANDIDATES 16

/* Merging the purchases of a day makes gaps look regular where many are of one day: no order above
 * 1 beyond this share of them (simulated; real shops have .01 to .04) */
#define BTYD_MOST_ONE_DAY 0.15

/* Can data tell how regular customers are? */
typedef enum BtydRegularity
{
	BTYD_REGULARITY_KNOWN,
	BTYD_REGULARITY_NO_GAPS, /* the gaps were not counted: data of numbers */
	BTYD_REGULARITY_ONE_DAY  /* too many gaps of one day */
} BtydRegularity;

/* What the order adds to the log-likelihood of the rows, the factor of btyd.h */
extern double BtydLogGaps(const BtydGaps *gaps, int order);
extern BtydRegularity BtydTellRegularity(const BtydGaps *gaps);

typedef struct BtydCandidate
{
	BtydFit fit;
	double log_gaps; /* to add to the log-likelihood */
	double aic;      /* NaN when it is not usable; of a sample, unless complete */
	bool complete;   /* fitted to all rows */
} BtydCandidate;

typedef struct BtydChoice
{
	int n;
	int best; /* -1: none is usable */
	int runner_up;
	BtydCandidate at[BTYD_MOST_CANDIDATES];
} BtydChoice;

/*
 * Fit all candidates with gaps of the orders 1 to most_order, or of the one order where it is not
 * 0; not all of them to all rows, unless complete: those that a sample shows to be far behind are
 * left. With a weak prior where asked. CONVERGED if there is a best one, else why not.
 */
extern BtydFitStatus BtydChoose(const BtydRow *rows, size_t n, const BtydGaps *gaps, int order,
								int most_order, bool prior, bool complete, const Environment *env,
								BtydChoice *choice);

#endif /* CRM_CORE_CLV_AUTO_H */
