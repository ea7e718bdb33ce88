/*
 * fit_search.h: the search for the top of a likelihood, level by level; for fit.c and auto.c
 */
#ifndef CRM_CORE_CLV_FIT_SEARCH_H
#define CRM_CORE_CLV_FIT_SEARCH_H

#include "core/clv/fit.h"

/* Tops that are followed from level to level */
#define BTYD_KEPT_TOPS 2

typedef struct BtydTop
{
	double p[BTYD_MAX_PARAMS]; /* logarithms */
	double value;
} BtydTop;

/* A fit that is under way. It must not move: the optimiser points to it. */
typedef struct BtydSearch
{
	BtydFitRows *data;
	const BtydProcess *process;
	int order;
	bool prior;
	const BtydFitLevel *level;      /* the rows that are looked at now */
	double middle[BTYD_MAX_PARAMS]; /* of the prior, in logarithms */
	Optimiser opt;
	int ntops;
	BtydTop tops[BTYD_KEPT_TOPS]; /* of this level, the best first */
} BtydSearch;

/* False when there is no memory; then there is nothing to end */
extern bool BtydSearchBegin(BtydSearch *search, BtydFitRows *data, const BtydProcess *process,
							int order, bool prior);

/* The levels are searched in their order; lower is a search of the order before, or NULL */
extern void BtydSearchLevel(BtydSearch *search, int level, const BtydSearch *lower);
extern bool BtydSearchStopped(const BtydSearch *search);

/* The log-likelihood of other rows at the best top; false when stopped */
extern bool BtydSearchValue(BtydSearch *search, const BtydFitLevel *rows, double *value);

/*
 * One look at a level from the best top of the level before: the value there, what a Newton step
 * promises to add, and whether a parameter is on a bound. False when stopped.
 */
extern bool BtydSearchLook(BtydSearch *search, int level, double *value, double *promise,
						   bool *open);

/* What was found, in a fit that has been started */
extern void BtydFitStart(BtydFit *fit, const BtydFitRows *data, const BtydProcess *process,
						 int order);
extern void BtydSearchJudge(BtydSearch *search, BtydFit *fit);

/* Other parameters that the data still allow, into a fit that is usable; false when stopped */
extern bool BtydSearchProfile(BtydSearch *search, BtydFit *fit);
extern void BtydSearchEnd(BtydSearch *search);

#endif /* CRM_CORE_CLV_FIT_SEARCH_H */
