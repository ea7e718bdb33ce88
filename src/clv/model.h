/*
 * model.h: crm.clv_model, a fitted model as a value
 */
#ifndef CRM_CLV_MODEL_H
#define CRM_CLV_MODEL_H

#include "glue.h"

#include "core/clv/auto.h"
#include "core/clv/data.h"
#include "core/clv/fit.h"
#include "core/clv/season.h"

#define CLV_MODEL_VERSION 2
#define CLV_NAME_SIZE 16
#define CLV_MAX_COVARIANCE (BTYD_MAX_PARAMS * (BTYD_MAX_PARAMS + 1) / 2)
#define CLV_MAX_POINTS (2 * BTYD_MAX_PARAMS)

/* A part's status is a BtydFitStatus, or this: parameters that were given, not fitted */
#define CLV_GIVEN (-1)

/* No day: data of numbers, or of histories that were counted on several days */
#define CLV_NO_DAY PG_INT32_MIN

/*
 * One of the two halves of a model: when customers order, and what they spend.
 *
 * Points are other parameters that the data would still allow (95 %), from which intervals of
 * predictions are made: a pair for each direction in which the estimates are uncertain. See
 * core/clv/profile.h.
 */
typedef struct ClvPart
{
	int32 status;
	uint32 limits;       /* BtydLimit bits: which model of its own the fit came to */
	uint32 unidentified; /* bit i: parameter i */
	uint32 npoints;      /* 0, or two a parameter */
	int32 iterations;
	int32 evaluations;
	double params[BTYD_MAX_PARAMS];
	double covariance[CLV_MAX_COVARIANCE]; /* lower triangle, row by row; NaN where unidentified */
	double loglik;                         /* of the rows; NaN if there is none */
	double customers;
	double rows;
	double points[CLV_MAX_POINTS][BTYD_MAX_PARAMS]; /* natural parameters; pairs side by side */
} ClvPart;

/* Where the process and the order of the gaps came from: a choice among candidates */
typedef struct ClvChoice
{
	uint32 candidates;             /* 0: there was no choice */
	uint32 runner_up_order;        /* 0: no other candidate was usable */
	char runner_up[CLV_NAME_SIZE]; /* its process */
	double ahead;                  /* AIC of the runner-up less that of the model; NaN: none */
	uint32 regularity;             /* BtydRegularity: could it be chosen? */
	uint32 unused;
} ClvChoice;

/* The stored bytes. What a part does not use is zero, so that equal models have equal bytes. */
typedef struct ClvModel
{
	int32 vl_len_;
	uint32 version;
	char process[CLV_NAME_SIZE]; /* by name: the table of processes may change its order */
	uint32 order;                /* of the gaps: 1, 2, 3 */
	uint32 has_spend;
	uint32 prior; /* fitted with a weak prior */
	int32 as_of;  /* the day of the data, CLV_NO_DAY if none */
	double unit_days;
	BtydCounters counters;
	double log_gaps;       /* what the order adds to the log-likelihood of the rows (btyd.h) */
	double there_at_start; /* customers of the first day of the data; NaN: no days */
	ClvChoice choice;

	double season_gain;   /* in log-likelihood of years left out, over the dispersion; NaN: none */
	uint32 season_reason; /* ClvSeasonReason */
	Season season;

	/* of spend and number of repeat orders: as they are, ranks, logarithms; NaN if there is none */
	double correlation;
	double rank_correlation;
	double log_correlation;

	ClvPart orders;
	ClvPart spend;
} ClvModel;

/* What a part consists of */
typedef struct ClvPartKind
{
	const char *name;
	const char *title;
	int nparams;
	const char *const *param_names;
	const char *const *param_meanings;
} ClvPartKind;

extern ClvPartKind ClvOrdersKind(const BtydProcess *process);
extern const ClvPartKind ClvSpendKind;

/* r, alpha, ...: those parameters whose bit is set */
extern char *ClvParameterNames(const ClvPartKind *kind, uint32 which);
#define CLV_ALL_PARAMETERS PG_UINT32_MAX

extern const BtydProcess *ClvProcessByName(const char *name); /* raises when unknown */
extern const char *ClvKnownProcesses(void);                   /* mbgnbd, bgnbd, ... */

extern int ClvCheckOrder(const BtydProcess *process, int order); /* raises when it has none */

extern ClvModel *ClvNewModel(const BtydProcess *process, int order, double unit_days);
extern const ClvModel *DatumGetClvModel(Datum datum); /* aligned, and of this version */
#define PG_GETARG_CLV_MODEL(n) DatumGetClvModel(PG_GETARG_DATUM(n))
#define PG_RETURN_CLV_MODEL(model) return ClvModelGetDatum(model)
extern Datum ClvModelGetDatum(ClvModel *model);

/* The text form: what is read is a new value, or 0 after a soft error. */
extern void ClvModelPutJson(StringInfo out, const ClvModel *model);
extern Datum ClvModelFromJson(const char *input, fmNodePtr escontext);

extern double ClvAic(const ClvModel *model); /* of the half about orders */
extern const char *ClvStatusName(int status);
extern const char *ClvPartMessage(const ClvPart *part, const ClvPartKind *kind); /* sentences */
extern const char *ClvNoSpend(const ClvModel *model); /* why, NULL if spend can be predicted */

/* May a part predict? */
static inline bool
ClvUsable(int status)
{
	return status == CLV_GIVEN || BtydFitIsUsable((BtydFitStatus) status);
}

/* One of the points: natural parameters, points 2i and 2i + 1 on both sides in one direction */
static inline const double *
ClvProfilePoint(const ClvPart *part, int i)
{
	Assert(i >= 0 && (uint32) i < part->npoints);
	return part->points[i];
}

static inline bool
ClvHasSeason(const ClvModel *model)
{
	return model->season.bins > 0;
}

/* Why a model has the season that it has, or none */
typedef enum ClvSeasonReason
{
	CLV_SEASON_NOT_ASKED, /* flat, because nobody asked */
	CLV_SEASON_GIVEN,     /* as it was given, flat too */
	CLV_SEASON_FOUND,     /* estimated, and it foretold years that were left out */
	CLV_SEASON_NO_DAY,    /* flat: the data know no calendar */
	CLV_SEASON_SHORT,     /* flat: less than 700 days */
	CLV_SEASON_NONE       /* flat: no season foretold the years that were left out */
} ClvSeasonReason;

#define CLV_SEASON_REASONS 6

/* Index into ClvPart.covariance: row i, column j up to i */
static inline int
ClvTriangle(int i, int j)
{
	return i * (i + 1) / 2 + j;
}

#endif /* CRM_CLV_MODEL_H */
