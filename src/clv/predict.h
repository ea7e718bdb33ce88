/*
 * predict.h: models made ready, and the customers they are asked about
 */
#ifndef CRM_CLV_PREDICT_H
#define CRM_CLV_PREDICT_H

#include "clv/model.h"
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

/* What was found out about the future of (x, t), for one horizon and rate */
typedef struct ClvFuture
{
	double x; /* below 0: a free entry */
	double t;
	double factor[CLV_FACTORS]; /* NaN: not yet asked for; infinite: of no help */
} ClvFuture;

typedef struct ClvFutures
{
	double horizon; /* of all entries, as is the rate */
	double rate;
	uint32 size; /* a power of two, or 0 */
	uint32 n;
	ClvFuture *at;
} ClvFutures;

typedef struct ClvPrepared
{
	ClvModel model;
	BtydModel orders;
	bool has_spend; /* it can say what a customer spends */
	ClvFutures futures;
	MemoryContext context;
} ClvPrepared;

extern ClvPrepared *ClvGetPrepared(FunctionCallInfo fcinfo);
extern Datum ClvReturnRow(FunctionCallInfo fcinfo, Datum *values, bool *nulls);
extern void ClvCheckUsable(const ClvModel *model);
extern void ClvPrepareModel(const ClvModel *model, BtydModel *orders);

/*
 * A customer's answer to one of the questions, which is 1 more for CLV_NONE, given P(alive): what
 * BtydDiscounted and BtydPmf say, sooner. An infinite horizon is for life.
 */
extern BtydStatus ClvAskFuture(ClvPrepared *model, const HistoryBtydRow *customer, double alive,
							   ClvFactor question, double horizon, double rate, double *result);

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

/* Raise what a status means, unless it is BTYD_OK. */
extern void ClvCheckStatus(BtydStatus status, const HistoryBtydRow *customer);

#endif /* CRM_CLV_PREDICT_H */
