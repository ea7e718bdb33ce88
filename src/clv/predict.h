/*
 * predict.h: models made ready, and the customers they are asked about
 */
#ifndef CRM_CLV_PREDICT_H
#define CRM_CLV_PREDICT_H

#include "clv/model.h"
#include "core/clv/gamma_gamma.h"
#include "core/clv/outcome.h"
#include "core/clv/season_predict.h"
#include "history/history.h"

/* Discounts are per year of so many days: 365 days from now is a year from now */
#define CLV_DAYS_A_YEAR 365.0

/* What is asked of the future, each of a customer who is alive at t */
typedef enum ClvFactor
{
	CLV_ORDERS, /* expected orders within the horizon */
	CLV_VALUE,  /* the same, each discounted */
	CLV_NONE,   /* P(no order within the horizon) - 1 */
	CLV_FACTORS
} ClvFactor;

/*
 * The rest of what is known of those alive at t, where intervals are asked for: what other
 * parameters would say that the data still allow, and what may happen. NaN: not yet computed.
 */
typedef struct ClvOutlook
{
	double mean[2][CLV_MAX_POINTS]; /* CLV_ORDERS and CLV_VALUE, at each point */
	bool counted;
	OutcomeCounts counts;
} ClvOutlook;

/* What was found out about the future of (x, t), for one horizon and rate */
typedef struct ClvFuture
{
	double x; /* below 0: a free entry */
	double t;
	double factor[CLV_FACTORS]; /* NaN: not yet asked for; infinite: of no help */
	ClvOutlook *outlook;        /* NULL: not yet asked for */
} ClvFuture;

/*
 * How far ahead a question looks. With a season it depends on the day it looks from; a question
 * that names none, of plain numbers and of new customers, takes every day for a mean one.
 */
typedef struct ClvHorizon
{
	double span;   /* in the model's unit, by its clock; INFINITY for life */
	double rate;   /* of discount, per unit of the model */
	double days;   /* what was asked, and from when: */
	DateADT as_of; /* CLV_NO_DAY: of no day, or without season */
} ClvHorizon;

static inline bool
ClvHorizonIs(const ClvHorizon *a, const ClvHorizon *b)
{
	return a->span == b->span && a->rate == b->rate && a->days == b->days && a->as_of == b->as_of;
}

typedef struct ClvFutures
{
	ClvHorizon horizon; /* of all entries */
	uint32 size;        /* a power of two, or 0 */
	uint32 n;
	uint32 outlooks; /* how many there are */
	ClvFuture *at;
	MemoryContext context; /* of the entries' own */
} ClvFutures;

/* What intervals take besides: made when they are first asked for */
#define CLV_TABLES 64 /* one for each smaller number of repeat purchases */

typedef struct ClvSpread
{
	int orders_points;
	int spend_points;
	BtydModel orders[CLV_MAX_POINTS];
	double spend[CLV_MAX_POINTS][GAMMA_GAMMA_PARAMS];
	OutcomeTable *table[CLV_TABLES];
} ClvSpread;

typedef struct ClvPrepared
{
	ClvModel model;
	BtydModel orders;
	SeasonClock clock;
	uint64 hash;         /* of the model */
	bool has_spend;      /* it can say what a customer spends */
	ClvHorizon ahead_of; /* the last discounted horizon in a season, and what it weighs */
	SeasonHorizon ahead;
	ClvFutures futures;
	ClvSpread *spread;     /* NULL: no intervals were asked for */
	MemoryContext context; /* of all that belongs to it */
} ClvPrepared;

/* The model of a call, its first argument or another one. */
extern ClvPrepared *ClvGetPreparedArgument(FunctionCallInfo fcinfo, int n);

static inline ClvPrepared *
ClvGetPrepared(FunctionCallInfo fcinfo)
{
	return ClvGetPreparedArgument(fcinfo, 0);
}

extern Datum ClvReturnRow(FunctionCallInfo fcinfo, Datum *values, bool *nulls);
extern void ClvCheckUsable(const ClvModel *model);
extern void ClvPrepareModel(ClvPrepared *prepared, const ClvModel *model);

/* HistoryBtyd in the time of the model's clock */
extern bool ClvGetCustomer(const ClvPrepared *model, HistoryView history, DateADT as_of,
						   HistoryBtydRow *customer);

/* So many days from the end of as_of on (CLV_NO_DAY: of any day); INFINITY for life */
extern ClvHorizon ClvLookAhead(const ClvPrepared *model, DateADT as_of, double days, double rate);

/*
 * A customer's answer to one of the questions, which is 1 more for CLV_NONE, given P(alive): what
 * BtydDiscounted and BtydPmf say, sooner; discounted by the calendar (core/clv/season_predict.h).
 */
extern BtydStatus ClvAskFuture(ClvPrepared *model, const HistoryBtydRow *customer, double alive,
							   ClvFactor question, const ClvHorizon *horizon, double *result);

/* The outlook of (x, t), made if there is none; the future may be forgotten for that. */
extern ClvOutlook *ClvGetOutlook(ClvPrepared *model, double x, double t, const ClvHorizon *horizon);

/* The factor of (x, t) at other parameters; infinite where digits would be lost. */
extern BtydStatus ClvAskFactor(ClvPrepared *model, const BtydModel *orders, double x, double t,
							   ClvFactor question, const ClvHorizon *horizon, double *factor);

/* The answer for one customer at other parameters, without any help. */
extern BtydStatus ClvAskCustomer(ClvPrepared *model, const BtydModel *orders, double x, double t_x,
								 double t, ClvFactor question, const ClvHorizon *horizon,
								 double *result);

/* ---------------------------------------------------------------- intervals (interval.c)
 *
 * Of 95 %, of two kinds: for the mean, which the parameters determine and the data not quite, and
 * for what will happen. A bound that is not known is NaN.
 */
typedef struct ClvInterval
{
	double lower;
	double upper;
} ClvInterval;

/* A customer, and what the row of predictions knows of him already */
typedef struct ClvAsked
{
	const HistoryBtydRow *customer;
	ClvHorizon horizon;
	double alive;
	double orders; /* expected; NaN for life */
	double value;  /* expected, each discounted */
	double spend;  /* expected; NaN: cannot be told */
} ClvAsked;

/* Raises what is wrong with the answers. */
extern void ClvAsk(ClvPrepared *model, ClvAsked *asked);

/* How much the number of orders and the money they bring vary, at the model's parameters. */
extern void ClvVariance(ClvPrepared *model, const ClvAsked *asked, double *orders, double *value);

/* CLV_ORDERS and CLV_VALUE at each point of the orders, NaN where not asked for; infinite where
 * they are */
typedef struct ClvMeans
{
	double of[2][CLV_MAX_POINTS];
} ClvMeans;

/* Points that the model has, and the means there. */
extern const ClvSpread *ClvGetSpread(ClvPrepared *model);
extern void ClvMeansAtPoints(ClvPrepared *model, const ClvAsked *asked, ClvMeans *means);
extern double ClvSpendAtPoint(const ClvSpread *spread, const HistoryBtydRow *customer, int i);

/* A figure at the estimates, and sums of squares of what points lower and raise it by */
typedef struct ClvRange
{
	double at;
	double below;
	double above;
} ClvRange;

extern void ClvAddPair(ClvRange *range, double one, double other);

/* Of expected orders, and of value before any margin */
extern void ClvMeanIntervals(ClvPrepared *model, const ClvAsked *asked, ClvInterval *orders,
							 ClvInterval *value);

/* How many orders come, and the money they bring; the horizon is finite. */
extern void ClvOutcome(ClvPrepared *model, const ClvAsked *asked, ClvInterval *orders,
					   ClvInterval *value);

/* ---------------------------------------------------------------- shared by the predictions */

/* A discount a year as a rate per unit of time of the model; false for what is none */
extern bool ClvRate(const ClvModel *model, double discount, double *rate);

/*
 * Expected spend on a purchase day, of a model that has spend. Money that went back counts as none
 * spent: a customer whose refunds outweigh the repeat orders is near the lower end of the model,
 * not below it.
 */
extern BtydStatus ClvExpectedSpend(const ClvModel *model, const HistoryBtydRow *customer,
								   double *result);

/*
 * The first day by whose end the next order has come with this probability; BTYD_NEVER too where
 * that lies beyond the last date there is.
 */
extern BtydStatus ClvNextOrderDate(const ClvPrepared *model, const HistoryBtydRow *customer,
								   DateADT as_of, double probability, DateADT *date);

/* A margin argument; raises unless it is positive and finite. */
extern double ClvGetMargin(double margin);

/* Raise what a status means, unless it is BTYD_OK. */
extern void ClvCheckStatus(BtydStatus status, const HistoryBtydRow *customer);

#endif /* CRM_CLV_PREDICT_H */
