/*
 * bg_future.h: what a live BG/NBD or MBG/NBD customer will do
 *
 * Given the past, and that the customer is alive, purchases come at rate lambda ~ Gamma(r, alpha),
 * and each ends the relationship with probability p ~ Beta(a, b). Both processes share this future;
 * only the four numbers differ.
 */
#ifndef CRM_CORE_CLV_BG_FUTURE_H
#define CRM_CORE_CLV_BG_FUTURE_H

#include "core/clv/btyd.h"

typedef struct BgFuture
{
	double r;
	double alpha;
	double a;
	double b;
	double q; /* a + b - r - 1, from the caller, who knows it without cancellation */
} BgFuture;

/* Horizons are finite: life.h is for life */
extern BtydStatus BgFutureExpected(const BgFuture *f, double horizon, double *result);
extern BtydStatus BgFutureDiscounted(const BgFuture *f, double horizon, double rate,
									 double *result);
extern double BgFuturePmf(const BgFuture *f, double horizon, double n);

#endif /* CRM_CORE_CLV_BG_FUTURE_H */
