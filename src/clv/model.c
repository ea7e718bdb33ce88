/*
 * model.c: the type crm.clv_model
 *
 * Stored as one struct of fixed size, read as it lies: a prediction needs no parsing. Text and wire
 * form are JSON, numbers the shortest that read back the same, so a model survives dump and restore
 * bit for bit and people can read it. What comes from outside goes through one reader.
 */
#include "clv/model.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/shortest_dec.h"
#include "history/history.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

PG_FUNCTION_INFO_V1(clv_model_in);
PG_FUNCTION_INFO_V1(clv_model_out);
PG_FUNCTION_INFO_V1(clv_model_recv);
PG_FUNCTION_INFO_V1(clv_model_send);
PG_FUNCTION_INFO_V1(clv_model_eq);
PG_FUNCTION_INFO_V1(clv_model_ne);
PG_FUNCTION_INFO_V1(clv_model_hash);
PG_FUNCTION_INFO_V1(clv_model_hash_extended);
PG_FUNCTION_INFO_V1(clv_model_given);

static const char *const SpendNames[] = {"p", "q", "gamma"};
static const char *const SpendMeanings[] = {"shape: how evenly a customer spends",
											"shape: how alike customers are in their mean spend",
											"scale of mean spend, in money times order"};
const ClvPartKind ClvSpendKind = {"gamma_gamma", "Gamma-Gamma", 3, SpendNames, SpendMeanings};

ClvPartKind
ClvOrdersKind(const BtydProcess *process)
{
	return (ClvPartKind){process->name, process->title, process->nparams, process->param_names,
						 process->param_meanings};
}

const char *
ClvKnownProcesses(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; BtydProcesses[i]; i++)
		appendStringInfo(&names, "%s%s", i ? ", " : "", BtydProcesses[i]->name);
	return names.data;
}

const BtydProcess *
ClvProcessByName(const char *name)
{
	const BtydProcess *process = BtydProcessByName(name);

	if (process == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown process \"%s\"", name),
				 errhint("Known processes are %s.", ClvKnownProcesses())));
	return process;
}

const char *
ClvStatusName(int status)
{
	return status == CLV_GIVEN ? "given" : BtydFitStatusName((BtydFitStatus) status);
}

const char *
ClvStatusMessage(int status)
{
	return status == CLV_GIVEN ? "The parameters were given, not fitted."
							   : BtydFitStatusMessage((BtydFitStatus) status);
}

static void
NewPart(ClvPart *part, int nparams)
{
	for (int i = 0; i < nparams; i++)
		part->params[i] = NAN;
	for (int i = 0; i < nparams * (nparams + 1) / 2; i++)
		part->covariance[i] = NAN;
	part->loglik = NAN;
	part->status = CLV_GIVEN;
}

ClvModel *
ClvNewModel(const BtydProcess *process, double unit_days)
{
	ClvModel *model = palloc0(sizeof(ClvModel));

	SET_VARSIZE(model, sizeof(ClvModel));
	model->version = CLV_MODEL_VERSION;
	strlcpy(model->process, process->name, CLV_NAME_SIZE);
	model->unit_days = unit_days;
	model->correlation = NAN;
	NewPart(&model->orders, process->nparams);
	NewPart(&model->spend, ClvSpendKind.nparams);
	return model;
}

const ClvModel *
DatumGetClvModel(Datum datum)
{
	const ClvModel *model = (const ClvModel *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(model) != sizeof(ClvModel) || model->version != CLV_MODEL_VERSION)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("malformed clv_model"),
						errdetail("The stored bytes are not version %d of a crm.clv_model.",
								  CLV_MODEL_VERSION)));
	return model;
}

/* ---------------------------------------------------------------- writing JSON */

static void
AppendNumber(StringInfo out, double value)
{
	if (isnan(value))
	{
		appendStringInfoString(out, "null");
		return;
	}
	enlargeStringInfo(out, DOUBLE_SHORTEST_DECIMAL_LEN);
	out->len += double_to_shortest_decimal_bufn(value, out->data + out->len);
	out->data[out->len] = '\0';
}

static void
AppendField(StringInfo out, const char *name, double value)
{
	appendStringInfo(out, ", \"%s\": ", name);
	AppendNumber(out, value);
}

static void
AppendPart(StringInfo out, const ClvPart *part, const ClvPartKind *kind)
{
	appendStringInfo(out, "\"status\": \"%s\", \"parameters\": {", ClvStatusName(part->status));
	for (int i = 0; i < kind->nparams; i++)
	{
		appendStringInfo(out, "%s\"%s\": ", i ? ", " : "", kind->param_names[i]);
		AppendNumber(out, part->params[i]);
	}
	appendStringInfoChar(out, '}');
	if (part->status == CLV_GIVEN)
		return;
	if (part->status == BTYD_FIT_CONVERGED)
	{
		appendStringInfoString(out, ", \"covariance\": [");
		for (int i = 0; i < kind->nparams; i++)
		{
			for (int j = 0; j <= i; j++)
			{
				appendStringInfoString(out, j ? ", " : i ? ", [" : "[");
				AppendNumber(out, part->covariance[ClvTriangle(i, j)]);
			}
			appendStringInfoChar(out, ']');
		}
		appendStringInfoChar(out, ']');
	}
	if (part->unidentified)
	{
		const char *separator = ", \"unidentified\": [";

		for (int i = 0; i < kind->nparams; i++)
			if (part->unidentified & 1u << i)
			{
				appendStringInfo(out, "%s\"%s\"", separator, kind->param_names[i]);
				separator = ", ";
			}
		appendStringInfoChar(out, ']');
	}
	AppendField(out, "log_likelihood", part->loglik);
	AppendField(out, "customers", part->customers);
	AppendField(out, "rows", part->rows);
	AppendField(out, "iterations", part->iterations);
	AppendField(out, "evaluations", part->evaluations);
}

static void
AppendModel(StringInfo out, const ClvModel *model)
{
	ClvPartKind kind = ClvOrdersKind(ClvProcessByName(model->process));

	appendStringInfo(out, "{\"process\": \"%s\", \"unit_days\": ", model->process);
	AppendNumber(out, model->unit_days);
	appendStringInfoString(out, ", ");
	AppendPart(out, &model->orders, &kind);
	if (model->orders.status != CLV_GIVEN)
	{
		AppendField(out, "no_purchase", model->counters.no_purchase);
		AppendField(out, "invalid", model->counters.invalid);
		AppendField(out, "null", model->counters.nulls);
		AppendField(out, "merged", model->counters.merged);
	}
	if (model->has_spend)
	{
		appendStringInfoString(out, ", \"spend\": {");
		AppendPart(out, &model->spend, &ClvSpendKind);
		if (model->spend.status != CLV_GIVEN)
		{
			AppendField(out, "no_spend", model->counters.no_spend);
			AppendField(out, "correlation", model->correlation);
		}
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, '}');
}

/* ---------------------------------------------------------------- reading JSON
 *
 * Each function returns false, with a sentence in reader->wrong, where the value is no model.
 */

typedef struct ModelReader
{
	const char *wrong;
	int fields; /* keys of the object at hand that were asked for and found */
} ModelReader;

static bool
Wrong(ModelReader *reader, const char *sentence)
{
	if (reader->wrong == NULL)
		reader->wrong = sentence;
	return false;
}

/* A field of an object, NULL if absent. */
static JsonbValue *
Field(ModelReader *reader, JsonbContainer *object, const char *name)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, name, (int) strlen(name), NULL);

	if (value != NULL)
		reader->fields++;
	return value;
}

/* A finite number, or NaN for null. */
static bool
ReadNumber(ModelReader *reader, const char *name, JsonbValue *value, double *result)
{
	*result = NAN;
	if (value->type == jbvNull)
		return true;
	if (value->type != jbvNumeric)
		return Wrong(reader, psprintf("\"%s\" must be a number.", name));
	*result = DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
	if (!isfinite(*result))
		return Wrong(reader, psprintf("\"%s\" is out of range.", name));
	return true;
}

static bool
ReadCount(ModelReader *reader, JsonbContainer *object, const char *name, double limit,
		  double *result)
{
	JsonbValue *value = Field(reader, object, name);

	*result = 0;
	if (value == NULL)
		return true;
	if (!ReadNumber(reader, name, value, result))
		return false;
	if (!(*result >= 0 && *result <= limit && *result == floor(*result)))
		return Wrong(reader, psprintf("\"%s\" must be a whole number.", name));
	return true;
}

static bool
ReadStatus(ModelReader *reader, JsonbContainer *object, int32 *status)
{
	JsonbValue *value = Field(reader, object, "status");

	*status = CLV_GIVEN;
	if (value == NULL)
		return true;
	if (value->type == jbvString)
	{
		for (int s = CLV_GIVEN; s <= BTYD_FIT_NO_MEMORY; s++)
		{
			const char *name = ClvStatusName(s);

			if (value->val.string.len == (int) strlen(name) &&
				memcmp(value->val.string.val, name, strlen(name)) == 0)
			{
				*status = s;
				return true;
			}
		}
	}
	return Wrong(reader, "\"status\" is not one that a fit can have.");
}

static bool
ReadParameters(ModelReader *reader, JsonbContainer *object, const ClvPartKind *kind, ClvPart *part)
{
	JsonbValue *value = Field(reader, object, "parameters");
	int outer = reader->fields;

	if (value == NULL || value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		return Wrong(reader, "\"parameters\" must be an object.");
	reader->fields = 0;
	for (int i = 0; i < kind->nparams; i++)
	{
		const char *name = kind->param_names[i];
		JsonbValue *number = Field(reader, value->val.binary.data, name);

		if (number == NULL)
			return Wrong(reader, psprintf("Parameter \"%s\" of %s is missing.", name, kind->title));
		if (!ReadNumber(reader, name, number, &part->params[i]))
			return false;
		if (part->params[i] <= 0 || (isnan(part->params[i]) && ClvUsable(part->status)))
			return Wrong(reader, psprintf("Parameter \"%s\" must be a positive number.", name));
	}
	if (JsonContainerSize(value->val.binary.data) != (uint32) reader->fields)
		return Wrong(reader, psprintf("%s has no other parameters than these %d.", kind->title,
									  kind->nparams));
	reader->fields = outer;
	return true;
}

/* The lower triangle, row by row. */
static bool
ReadCovariance(ModelReader *reader, JsonbContainer *object, const ClvPartKind *kind, ClvPart *part)
{
	JsonbValue *value = Field(reader, object, "covariance");
	JsonbContainer *rows;

	if (value == NULL)
	{
		if (part->status == BTYD_FIT_CONVERGED)
			return Wrong(reader, "A converged model has a \"covariance\".");
		return true;
	}
	if (part->status != BTYD_FIT_CONVERGED)
		return Wrong(reader, "Only a converged model has a \"covariance\".");
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data) ||
		JsonContainerSize(value->val.binary.data) != (uint32) kind->nparams)
		return Wrong(reader, "\"covariance\" must be an array of a row for each parameter.");
	rows = value->val.binary.data;
	for (int i = 0; i < kind->nparams; i++)
	{
		JsonbValue *row = getIthJsonbValueFromContainer(rows, (uint32) i);

		if (row->type != jbvBinary || !JsonContainerIsArray(row->val.binary.data) ||
			JsonContainerSize(row->val.binary.data) != (uint32) (i + 1))
			return Wrong(reader, "\"covariance\" must be a lower triangle.");
		for (int j = 0; j <= i; j++)
		{
			double *entry = &part->covariance[ClvTriangle(i, j)];
			JsonbValue *number = getIthJsonbValueFromContainer(row->val.binary.data, (uint32) j);

			if (!ReadNumber(reader, "covariance", number, entry))
				return false;
			if (isnan(*entry) || (i == j && *entry <= 0))
				return Wrong(reader, "Variances must be positive numbers.");
		}
	}
	return true;
}

static bool
ReadUnidentified(ModelReader *reader, JsonbContainer *object, const ClvPartKind *kind,
				 ClvPart *part)
{
	JsonbValue *value = Field(reader, object, "unidentified");

	if (value == NULL)
		return true;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data) ||
		ClvUsable(part->status))
		return Wrong(reader, "\"unidentified\" must be an array, of a model that is not usable.");
	for (uint32 k = 0; k < JsonContainerSize(value->val.binary.data); k++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(value->val.binary.data, k);
		int i;

		for (i = 0; i < kind->nparams; i++)
			if (name->type == jbvString &&
				name->val.string.len == (int) strlen(kind->param_names[i]) &&
				memcmp(name->val.string.val, kind->param_names[i], (Size) name->val.string.len) ==
					0)
				break;
		if (i == kind->nparams)
			return Wrong(reader, "\"unidentified\" must list names of parameters.");
		part->unidentified |= 1u << i;
	}
	return true;
}

static bool
ReadPart(ModelReader *reader, JsonbContainer *object, const ClvPartKind *kind, ClvPart *part)
{
	JsonbValue *value;
	double iterations, evaluations;

	if (!ReadStatus(reader, object, &part->status) || !ReadParameters(reader, object, kind, part) ||
		!ReadCovariance(reader, object, kind, part) ||
		!ReadUnidentified(reader, object, kind, part) ||
		!ReadCount(reader, object, "customers", BTYD_MAX_COUNT, &part->customers) ||
		!ReadCount(reader, object, "rows", BTYD_MAX_COUNT, &part->rows) ||
		!ReadCount(reader, object, "iterations", PG_INT32_MAX, &iterations) ||
		!ReadCount(reader, object, "evaluations", PG_INT32_MAX, &evaluations))
		return false;
	part->iterations = (int32) iterations;
	part->evaluations = (int32) evaluations;
	value = Field(reader, object, "log_likelihood");
	if (value != NULL && !ReadNumber(reader, "log_likelihood", value, &part->loglik))
		return false;
	if (isnan(part->loglik) && part->status == BTYD_FIT_CONVERGED)
		return Wrong(reader, "A converged model has a \"log_likelihood\".");
	return true;
}

/* Object to model; NULL with a sentence in reader->wrong if it is none. */
static ClvModel *
ReadModel(ModelReader *reader, JsonbContainer *object)
{
	JsonbValue *value;
	const BtydProcess *process = NULL;
	ClvPartKind kind;
	ClvModel *model;
	double unit_days;

	if (!JsonContainerIsObject(object))
		return Wrong(reader, "A model is a JSON object."), NULL;
	value = Field(reader, object, "process");
	if (value != NULL && value->type == jbvString)
		process = BtydProcessByName(pnstrdup(value->val.string.val, (Size) value->val.string.len));
	if (process == NULL)
		return Wrong(reader, psprintf("\"process\" must be one of %s.", ClvKnownProcesses())), NULL;
	value = Field(reader, object, "unit_days");
	if (value == NULL || !ReadNumber(reader, "unit_days", value, &unit_days) || !(unit_days > 0))
		return Wrong(reader, "\"unit_days\" must be a positive number."), NULL;

	model = ClvNewModel(process, unit_days);
	kind = ClvOrdersKind(process);
	if (!ReadPart(reader, object, &kind, &model->orders) ||
		!ReadCount(reader, object, "no_purchase", BTYD_MAX_COUNT, &model->counters.no_purchase) ||
		!ReadCount(reader, object, "invalid", BTYD_MAX_COUNT, &model->counters.invalid) ||
		!ReadCount(reader, object, "null", BTYD_MAX_COUNT, &model->counters.nulls) ||
		!ReadCount(reader, object, "merged", BTYD_MAX_COUNT, &model->counters.merged))
		return NULL;
	value = Field(reader, object, "spend");
	if (JsonContainerSize(object) != (uint32) reader->fields)
		return Wrong(reader, "There is a key that no model has."), NULL;
	if (value != NULL)
	{
		JsonbValue *correlation;

		if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
			return Wrong(reader, "\"spend\" must be an object."), NULL;
		object = value->val.binary.data;
		model->has_spend = 1;
		reader->fields = 0;
		if (!ReadPart(reader, object, &ClvSpendKind, &model->spend) ||
			!ReadCount(reader, object, "no_spend", BTYD_MAX_COUNT, &model->counters.no_spend))
			return NULL;
		correlation = Field(reader, object, "correlation");
		if (correlation != NULL &&
			!ReadNumber(reader, "correlation", correlation, &model->correlation))
			return NULL;
		if (fabs(model->correlation) > 1)
			return Wrong(reader, "\"correlation\" must lie between -1 and 1."), NULL;
		if (JsonContainerSize(object) != (uint32) reader->fields)
			return Wrong(reader, "There is a key in \"spend\" that no model has."), NULL;
	}
	return model;
}

/* The one way in: text, and the wire. */
static Datum
ModelFromText(const char *input, void *escontext)
{
	ModelReader reader = {NULL, 0};
	Datum jsonb;
	ClvModel *model;

	if (!JsonbInput(input, escontext, &jsonb))
		return (Datum) 0;
	model = ReadModel(&reader, &DatumGetJsonbP(jsonb)->root);
	if (model == NULL)
		ereturn(
			escontext, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid clv_model: \"%.*s\"", CrmClippedLength(input, strlen(input)), input),
			 errdetail("%s", reader.wrong),
			 errhint("Make it with crm.clv_fit, or with crm.clv_model(process, "
					 "parameters).")));
	/* What a given model does not write, it does not keep. */
	if (model->orders.status == CLV_GIVEN)
	{
		model->orders.loglik = NAN;
		model->orders.customers = model->orders.rows = 0;
		model->orders.iterations = model->orders.evaluations = 0;
		model->counters.no_purchase = model->counters.invalid = model->counters.nulls = 0;
		model->counters.merged = 0;
	}
	if (model->spend.status == CLV_GIVEN)
	{
		model->spend.loglik = model->correlation = NAN;
		model->spend.customers = model->spend.rows = model->counters.no_spend = 0;
		model->spend.iterations = model->spend.evaluations = 0;
	}
	PG_RETURN_POINTER(model);
}

Datum
clv_model_in(PG_FUNCTION_ARGS)
{
	return ModelFromText(PG_GETARG_CSTRING(0), CRM_ESCONTEXT(fcinfo));
}

Datum
clv_model_out(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	AppendModel(&out, PG_GETARG_CLV_MODEL(0));
	PG_RETURN_CSTRING(out.data);
}

/* On the wire: a byte with the version, then the JSON text, as jsonb does. */
Datum
clv_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(buf);
	int length;

	if (version != CLV_MODEL_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported clv_model version %d", version)));
	return ModelFromText(pq_getmsgtext(buf, buf->len - buf->cursor, &length), NULL);
}

Datum
clv_model_send(PG_FUNCTION_ARGS)
{
	StringInfoData json, buf;

	initStringInfo(&json);
	AppendModel(&json, PG_GETARG_CLV_MODEL(0));
	pq_begintypsend(&buf);
	pq_sendbyte(&buf, CLV_MODEL_VERSION);
	pq_sendtext(&buf, json.data, json.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---------------------------------------------------------------- equality: equal bytes */

static bool
Equal(FunctionCallInfo fcinfo)
{
	return memcmp(PG_GETARG_CLV_MODEL(0), PG_GETARG_CLV_MODEL(1), sizeof(ClvModel)) == 0;
}

Datum
clv_model_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(Equal(fcinfo));
}

Datum
clv_model_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!Equal(fcinfo));
}

Datum
clv_model_hash(PG_FUNCTION_ARGS)
{
	return hash_any((const unsigned char *) PG_GETARG_CLV_MODEL(0), sizeof(ClvModel));
}

Datum
clv_model_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((const unsigned char *) PG_GETARG_CLV_MODEL(0), sizeof(ClvModel),
							 (uint64) PG_GETARG_INT64(1));
}

/* ---------------------------------------------------------------- a model from numbers */

/* Take positive numbers from an array; an error says which are meant. */
static void
GivenParameters(ArrayType *array, const ClvPartKind *kind, double *params)
{
	StringInfoData names;
	Datum *given;
	bool *nulls;
	int n;

	initStringInfo(&names);
	for (int i = 0; i < kind->nparams; i++)
		appendStringInfo(&names, "%s%s", i ? ", " : "", kind->param_names[i]);
	deconstruct_array(array, FLOAT8OID, sizeof(double), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &given,
					  &nulls, &n);
	if (n != kind->nparams)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s has %d parameters", kind->title, kind->nparams),
						errhint("They are, in this order: %s.", names.data)));
	for (int i = 0; i < kind->nparams; i++)
	{
		params[i] = nulls[i] ? NAN : DatumGetFloat8(given[i]);
		if (!(params[i] > 0 && isfinite(params[i])))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("parameter %s must be a positive number", kind->param_names[i]),
							errhint("Parameters are, in this order: %s.", names.data)));
	}
}

/* clv_model(process, parameters, unit_days, spend_parameters) */
Datum
clv_model_given(PG_FUNCTION_ARGS)
{
	const BtydProcess *process;
	ClvPartKind kind;
	ClvModel *model;
	double unit_days;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	process = ClvProcessByName(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	unit_days = PG_GETARG_FLOAT8(2);
	HistoryCheckUnitDays(unit_days);
	kind = ClvOrdersKind(process);
	model = ClvNewModel(process, unit_days);
	GivenParameters(PG_GETARG_ARRAYTYPE_P(1), &kind, model->orders.params);
	if (!PG_ARGISNULL(3))
	{
		GivenParameters(PG_GETARG_ARRAYTYPE_P(3), &ClvSpendKind, model->spend.params);
		model->has_spend = 1;
	}
	PG_RETURN_CLV_MODEL(model);
}
