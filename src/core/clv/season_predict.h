/*
 * season_predict.h: predictions in the time of a season's clock. Pure C.
 *
 * What is asked in days from as_of on is asked of the process in the time that the clock measures
 * from as_of on. Only a discount is of the calendar: an order after d days counts exp(-delta d),
 * whatever the clock says. Within a day the clock runs evenly (season.h), so that what the orders
 * of n days count is
 *
 *     integral over u from 0 to n of exp(-delta u) dE(S(u))
 *         = exp(-delta n) E(S(n)) + integral of delta exp(-delta u) E(S(u)) du
 *
 * with E the expected orders and S(u) the clock's time in u days. E is smooth, the clock is not. So
 * E is taken at a few times, as a polynomial through them would be integrated: the weights depend
 * on as_of, days and discount, but not on the customer, and are made once.
 */
#ifndef CRM_CORE_CLV_SEASON_PREDICT_H
#define CRM_CORE_CLV_SEASON_PREDICT_H

#include "core/clv/btyd.h"
#include "core/clv/season.h"

/* From here on every day counts as a mean one: about 30 years */
#define SEASON_FAR_DAYS 10957

#define SEASON_MAX_NODES 64

/* A horizon, made ready: what is asked of the process */
typedef struct SeasonHorizon
{
	double span; /* the time of the clock, in the model's unit; INFINITY for life */
	double rate; /* the discount, per unit of the model */

	/* weights of E at times; none where the process itself can be asked, for want of a season or
	 * of a discount */
	int n;
	double at[SEASON_MAX_NODES];
	double weight[SEASON_MAX_NODES];

	/* beyond SEASON_FAR_DAYS: what is discounted from a time on by the clock, times a factor */
	double far;        /* that time; INFINITY if the horizon ends before */
	double far_factor; /* the calendar is ahead of the clock by so much there, discounted */
} SeasonHorizon;

/*
 * The time that the clock measures in `days` whole days from the end of as_of on, in units of
 * unit_days; INFINITY for life.
 */
extern double SeasonSpanAhead(const SeasonClock *clock, double unit_days, int32_t as_of,
							  double days);

/*
 * Prepare a horizon of so many days, with a discount of rate >= 0 per unit of the model. The same
 * span; weights cost some .1 ms a year.
 */
extern SeasonHorizon SeasonAhead(const BtydModel *model, const SeasonClock *clock, double unit_days,
								 int32_t as_of, double days, double rate);

/*
 * What the orders of the horizon count (BtydDiscounted in the calendar); x, t_x, t in the time of
 * the clock. Without season the same to the last bit.
 */
extern BtydStatus SeasonDiscounted(const BtydModel *model, const SeasonHorizon *horizon, double x,
								   double t_x, double t, double *result);

/* The whole days after which the clock has measured a span in the model's unit: rounded up. No more
 * than 2147483647 for those of any use. */
extern double SeasonDaysAhead(const SeasonClock *clock, double unit_days, int32_t as_of,
							  double span);

#endif /* CRM_CORE_CLV_SEASON_PREDICT_H */
