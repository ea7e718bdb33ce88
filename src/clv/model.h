/*
 * model.h: crm.clv_model, a fitted model as a value
 */
#ifndef CRM_CLV_MODEL_H
#define CRM_CLV_MODEL_H

#include "glue.h"

#include "core/clv/btyd.h"
#include "core/clv/data.h"

#define CLV_MODEL_VERSION 1
#define CLV_NAME_SIZE 16
#define CLV_MAX_COVARIANCE (BTYD_MAX_PARAMS * (BTYD_MAX_PARAMS + 1) / 2)

/* A part's status is a BtydFitStatus, or this: parameters that were given, not fitted */
#define CLV_GIVEN (-1)

/* One of the two halves of a model: when customers order, and what they spend */
typedef struct ClvPart
{
	int32 status;
	int32 iterations;
	int32 evaluations;
	uint32 unidentified; /* bit i: parameter i */
	double params[BTYD_MAX_PARAMS];
	double covariance[CLV_MAX_COVARIANCE]; /* lower triangle, row by row; NaN if there is none */
	double loglik;                         /* NaN if there is none */
	double customers;
	double rows;
} ClvPart;

/* The stored bytes. What a part does not use is zero, so that equal models have equal bytes. */
typedef struct ClvModel
{
	int32 vl_len_;
	uint32 version;
	char process[CLV_NAME_SIZE]; /* by name: the table of processes may change its order */
	double unit_days;
	BtydCounters counters;
	double correlation; /* of spend and number of repeat orders; NaN if there is none */
	uint32 has_spend;
	uint32 unused;
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

extern ClvModel *ClvNewModel(const BtydProcess *process, double unit_days);
extern const ClvModel *DatumGetClvModel(Datum datum); /* aligned, and of this version */
#define PG_GETARG_CLV_MODEL(n) DatumGetClvModel(PG_GETARG_DATUM(n))
#define PG_RETURN_CLV_MODEL(model) return ClvModelGetDatum(model)
extern Datum ClvModelGetDatum(ClvModel *model);

/* The text form: what is read is a new value, or 0 after a soft error. */
extern void ClvModelPutJson(StringInfo out, const ClvModel *model);
extern Datum ClvModelFromJson(const char *input, fmNodePtr escontext);

extern const char *ClvStatusName(int status);
extern const char *ClvStatusMessage(int status);
extern const char *ClvNoSpend(const ClvModel *model); /* why, NULL if spend can be predicted */

static inline bool
ClvUsable(int status)
{
	return status == BTYD_FIT_CONVERGED || status == CLV_GIVEN;
}

/* Index into ClvPart.covariance: row i, column j up to i */
static inline int
ClvTriangle(int i, int j)
{
	return i * (i + 1) / 2 + j;
}

#endif /* CRM_CLV_MODEL_H */
