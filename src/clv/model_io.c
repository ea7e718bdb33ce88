/*
 * model_io.c: the type crm.clv_model, and a model made of numbers
 *
 * Text and wire form are JSON (model_json.c), numbers the shortest that read back the same, so a
 * model survives dump and restore bit for bit and people can read it. What comes from outside goes
 * through one reader.
 */
#include "clv/model.h"
#include "clv/season.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "compare.h"
#include "history/history.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(clv_model_in);
PG_FUNCTION_INFO_V1(clv_model_out);
PG_FUNCTION_INFO_V1(clv_model_recv);
PG_FUNCTION_INFO_V1(clv_model_send);
PG_FUNCTION_INFO_V1(clv_model_given);

Datum
clv_model_in(PG_FUNCTION_ARGS)
{
	return ClvModelFromJson(PG_GETARG_CSTRING(0), CRM_ESCONTEXT(fcinfo));
}

Datum
clv_model_out(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	ClvModelPutJson(&out, PG_GETARG_CLV_MODEL(0));
	PG_RETURN_CSTRING(out.data);
}

/* On the wire: a byte with the version, then the JSON text, as jsonb does. */
Datum
clv_model_recv(PG_FUNCTION_ARGS)
{
	int version = pq_getmsgbyte((StringInfo) PG_GETARG_POINTER(0));
	int size;

	if (version != CLV_MODEL_VERSION)
		CrmBinaryError("clv_model",
					   psprintf("Its version is %d, not %d.", version, CLV_MODEL_VERSION));
	return ClvModelFromJson(CrmReceivedText(fcinfo, &size), NULL);
}

Datum
clv_model_send(PG_FUNCTION_ARGS)
{
	StringInfoData json, message;

	initStringInfo(&json);
	ClvModelPutJson(&json, PG_GETARG_CLV_MODEL(0));
	pq_begintypsend(&message);
	pq_sendbyte(&message, CLV_MODEL_VERSION);
	pq_sendtext(&message, json.data, json.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* What a part does not use is zero. */
static CrmBytes
ClvModelBytes(Datum datum)
{
	return (CrmBytes){DatumGetClvModel(datum), sizeof(ClvModel), NULL};
}

CRM_EQUALITY(clv_model, ClvModelBytes);

/* ---------------------------------------------------------------- a model from numbers */

/* Take positive numbers from an array; an error says which are meant. */
static void
GivenParameters(ArrayType *array, const ClvPartKind *kind, double *params)
{
	const char *names = ClvParameterNames(kind, CLV_ALL_PARAMETERS);
	Datum *given;
	bool *nulls;
	int n;

	deconstruct_array(array, FLOAT8OID, sizeof(double), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &given,
					  &nulls, &n);
	if (n != kind->nparams)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s has %d parameters", kind->title, kind->nparams),
						errhint("They are, in this order: %s.", names)));
	for (int i = 0; i < kind->nparams; i++)
	{
		params[i] = nulls[i] ? NAN : DatumGetFloat8(given[i]);
		if (!(params[i] > 0 && isfinite(params[i])))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("parameter %s must be a positive number", kind->param_names[i]),
							errhint("Parameters are, in this order: %s.", names)));
	}
}

/* Raise unless a process has gaps of this order. */
int
ClvCheckOrder(const BtydProcess *process, int order)
{
	if (order < 1 || order > process->max_order)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s has no regularity %d", process->title, order),
				 errhint("Its regularity is 1%s.",
						 process->max_order > 1 ? psprintf(" to %d", process->max_order) : "")));
	return order;
}

/* clv_model(process, parameters, unit_days, spend_parameters, regularity, season) */
Datum
clv_model_given(PG_FUNCTION_ARGS)
{
	const BtydProcess *process;
	ClvPartKind kind;
	ClvModel *model;
	double unit_days;
	int order;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4) || PG_ARGISNULL(5))
		PG_RETURN_NULL();
	process = ClvProcessByName(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	order = ClvCheckOrder(process, PG_GETARG_INT32(4));
	unit_days = PG_GETARG_FLOAT8(2);
	HistoryCheckUnitDays(unit_days);
	kind = ClvOrdersKind(process);
	model = ClvNewModel(process, order, unit_days);
	GivenParameters(PG_GETARG_ARRAYTYPE_P(1), &kind, model->orders.params);
	if (!PG_ARGISNULL(3))
	{
		GivenParameters(PG_GETARG_ARRAYTYPE_P(3), &ClvSpendKind, model->spend.params);
		model->has_spend = 1;
	}
	model->season = *PG_GETARG_SEASON(5);
	if (ClvHasSeason(model))
		model->season_reason = CLV_SEASON_GIVEN;
	PG_RETURN_CLV_MODEL(model);
}
