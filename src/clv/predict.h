/*
 * predict.h: models made ready, and the customers they are asked about
 */
#ifndef CRM_CLV_PREDICT_H
#define CRM_CLV_PREDICT_H

#include "clv/model.h"
#include "history/history.h"

/* Discounts are per year of so many days: 365 days from now is a year from now */
#define CLV_DAYS_A_YEAR 365.0

/* Expected orders of a customer who is alive at t; a factor below 0 is a free entry */
typedef struct ClvFuture
{
	double x;
	double t;
	double factor;
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
	ClvFutures futures;
	MemoryContext context;
} ClvPrepared;

extern ClvPrepared *ClvGetPrepared(FunctionCallInfo fcinfo);
extern void ClvCheckUsable(const ClvModel *model);
extern void ClvPrepareModel(const ClvModel *model, BtydModel *orders);

/* BtydPAlive and BtydDiscounted, sooner */
extern BtydStatus ClvAlive(const BtydModel *model, const HistoryBtydRow *customer, double *result);
extern BtydStatus ClvDiscounted(ClvPrepared *model, const HistoryBtydRow *customer, double horizon,
								double rate, double *result);

#endif /* CRM_CLV_PREDICT_H */
