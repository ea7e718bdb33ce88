/*
 * model_json.c: the text form of crm.clv_model, written and read
 *
 * JSON text is PostgreSQL's to read; what is said of a model that is wrong has the form of every
 * input error, with a path where other types have a character.
 */
#include "clv/model.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

/* ---------------------------------------------------------------- writing */

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

void
ClvModelPutJson(StringInfo out, const ClvModel *model)
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

/* ---------------------------------------------------------------- reading
 *
 * Each function returns false where the value is no model, after Wrong has taken down why.
 */

#define MAX_KEYS 24

/* An object within the model's. */
typedef struct ModelObject
{
	JsonbContainer *container;
	const char *path; /* as jsonpath writes it: $.spend */
	char **wrong;     /* the detail of an error, once something is wrong */
	int known;        /* the keys that have been asked for */
	const char *known_keys[MAX_KEYS];
} ModelObject;

/* The beginning of a text, for a message. */
static char *
Clip(const char *whole, int size)
{
	return pnstrdup(whole, (Size) CrmClippedLength(whole, (Size) size));
}

/* What stands somewhere, for a message. */
static const char *
Describe(const JsonbValue *value)
{
	char *number;

	if (value == NULL)
		return "nothing";
	switch (value->type)
	{
		case jbvNull:
			return "null";
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		case jbvNumeric:
			number = DatumGetCString(
				DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
			return Clip(number, (int) strlen(number));
		case jbvString:
			return psprintf("\"%s\"", Clip(value->val.string.val, value->val.string.len));
		default:
			return JsonContainerIsArray(value->val.binary.data) ? "an array" : "an object";
	}
}

/* Take down what was expected under a key of an object, and what stands there. */
static bool
Wrong(const ModelObject *object, const char *key, const char *expected, const JsonbValue *found)
{
	*object->wrong =
		psprintf("At %s.%s: expected %s, found %s.", object->path, key, expected, Describe(found));
	return false;
}

/* The value of a key, NULL if absent. */
static JsonbValue *
Field(ModelObject *object, const char *key)
{
	Assert(object->known < MAX_KEYS);
	object->known_keys[object->known++] = key;
	return getKeyJsonValueFromContainer(object->container, key, (int) strlen(key), NULL);
}

static bool
IsString(const JsonbValue *value, const char *name)
{
	return value->type == jbvString && value->val.string.len == (int) strlen(name) &&
		   memcmp(value->val.string.val, name, strlen(name)) == 0;
}

/* Find a key that has not been asked for. */
static bool
HasNoOtherKey(const ModelObject *object)
{
	JsonbIterator *it = JsonbIteratorInit(object->container);
	JsonbIteratorToken token;
	JsonbValue key, value;

	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		bool known = token != WJB_KEY;

		for (int i = 0; i < object->known && !known; i++)
			known = IsString(&key, object->known_keys[i]);
		if (known)
			continue;
		JsonbIteratorNext(&it, &value, true);
		return Wrong(object, Clip(key.val.string.val, key.val.string.len), "no such key", &value);
	}
	return true;
}

/* Go into the object under a key. */
static bool
OpenObject(ModelObject *object, const char *key, ModelObject *inner)
{
	JsonbValue *value = Field(object, key);

	if (value == NULL || value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		return Wrong(object, key, "an object", value);
	*inner = (ModelObject){.container = value->val.binary.data,
						   .path = psprintf("%s.%s", object->path, key),
						   .wrong = object->wrong};
	return true;
}

/* A finite number, or NaN for null. */
static bool
ReadNumber(const ModelObject *object, const char *key, const JsonbValue *value, double *result)
{
	*result = NAN;
	if (value->type == jbvNull)
		return true;
	if (value->type != jbvNumeric)
		return Wrong(object, key, "a number", value);
	*result = DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
	return isfinite(*result) || Wrong(object, key, "a number that a float8 holds", value);
}

static bool
ReadCount(ModelObject *object, const char *key, double limit, double *result)
{
	JsonbValue *value = Field(object, key);

	*result = 0;
	if (value == NULL)
		return true;
	if (!ReadNumber(object, key, value, result))
		return false;
	return (*result >= 0 && *result <= limit && *result == floor(*result)) ||
		   Wrong(object, key, psprintf("a whole number up to %.0f", limit), value);
}

static bool
ReadStatus(ModelObject *object, int32 *status)
{
	JsonbValue *value = Field(object, "status");

	*status = CLV_GIVEN;
	if (value == NULL)
		return true;
	for (int s = CLV_GIVEN; s <= BTYD_FIT_NO_MEMORY; s++)
		if (IsString(value, ClvStatusName(s)))
		{
			*status = s;
			return true;
		}
	return Wrong(object, "status", "the status of a fit", value);
}

static bool
ReadParameters(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	ModelObject inner;

	if (!OpenObject(object, "parameters", &inner))
		return false;
	for (int i = 0; i < kind->nparams; i++)
	{
		const char *name = kind->param_names[i];
		JsonbValue *value = Field(&inner, name);

		if (value != NULL && !ReadNumber(&inner, name, value, &part->params[i]))
			return false;
		/* a fit that failed may have none */
		if (value == NULL || part->params[i] <= 0 ||
			(isnan(part->params[i]) && ClvUsable(part->status)))
			return Wrong(&inner, name, "a number above 0", value);
	}
	return HasNoOtherKey(&inner);
}

/* The lower triangle, row by row. */
static bool
ReadCovariance(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	const char *key = "covariance";
	JsonbValue *value = Field(object, key);

	if (part->status != BTYD_FIT_CONVERGED)
		return value == NULL ||
			   Wrong(object, key, "nothing, for only a converged fit has one", value);
	if (value == NULL || value->type != jbvBinary ||
		!JsonContainerIsArray(value->val.binary.data) ||
		JsonContainerSize(value->val.binary.data) != (uint32) kind->nparams)
		return Wrong(object, key, psprintf("an array of %d rows", kind->nparams), value);
	for (int i = 0; i < kind->nparams; i++)
	{
		JsonbValue *row = getIthJsonbValueFromContainer(value->val.binary.data, (uint32) i);

		if (row->type != jbvBinary || !JsonContainerIsArray(row->val.binary.data) ||
			JsonContainerSize(row->val.binary.data) != (uint32) (i + 1))
			return Wrong(object, psprintf("%s[%d]", key, i),
						 psprintf("an array of length %d, as in a lower triangle", i + 1), row);
		for (int j = 0; j <= i; j++)
		{
			double *entry = &part->covariance[ClvTriangle(i, j)];
			JsonbValue *number = getIthJsonbValueFromContainer(row->val.binary.data, (uint32) j);
			const char *place = psprintf("%s[%d][%d]", key, i, j);

			if (!ReadNumber(object, place, number, entry))
				return false;
			if (isnan(*entry) || (i == j && *entry <= 0))
				return Wrong(object, place, i == j ? "a variance above 0" : "a number", number);
		}
	}
	return true;
}

static bool
ReadUnidentified(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	const char *key = "unidentified";
	JsonbValue *value = Field(object, key);

	if (value == NULL)
		return true;
	if (ClvUsable(part->status))
		return Wrong(object, key, "nothing, for the model is usable", value);
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return Wrong(object, key, "an array", value);
	for (uint32 k = 0; k < JsonContainerSize(value->val.binary.data); k++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(value->val.binary.data, k);
		int i = 0;

		while (i < kind->nparams && !IsString(name, kind->param_names[i]))
			i++;
		if (i == kind->nparams)
			return Wrong(object, psprintf("%s[%u]", key, k), "the name of a parameter", name);
		part->unidentified |= 1u << i;
	}
	return true;
}

static bool
ReadPart(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	JsonbValue *value;
	double iterations, evaluations;

	if (!ReadStatus(object, &part->status) || !ReadParameters(object, kind, part) ||
		!ReadCovariance(object, kind, part) || !ReadUnidentified(object, kind, part) ||
		!ReadCount(object, "customers", BTYD_MAX_COUNT, &part->customers) ||
		!ReadCount(object, "rows", BTYD_MAX_COUNT, &part->rows) ||
		!ReadCount(object, "iterations", PG_INT32_MAX, &iterations) ||
		!ReadCount(object, "evaluations", PG_INT32_MAX, &evaluations))
		return false;
	part->iterations = (int32) iterations;
	part->evaluations = (int32) evaluations;
	value = Field(object, "log_likelihood");
	if (value != NULL && !ReadNumber(object, "log_likelihood", value, &part->loglik))
		return false;
	return !isnan(part->loglik) || part->status != BTYD_FIT_CONVERGED ||
		   Wrong(object, "log_likelihood", "a number, for the fit has converged", value);
}

static bool
ReadSpend(ModelObject *object, ClvModel *model)
{
	ModelObject spend;
	JsonbValue *value;

	if (getKeyJsonValueFromContainer(object->container, "spend", 5, NULL) == NULL)
		return true;
	model->has_spend = 1;
	if (!OpenObject(object, "spend", &spend) || !ReadPart(&spend, &ClvSpendKind, &model->spend) ||
		!ReadCount(&spend, "no_spend", BTYD_MAX_COUNT, &model->counters.no_spend))
		return false;
	value = Field(&spend, "correlation");
	if (value != NULL && !ReadNumber(&spend, "correlation", value, &model->correlation))
		return false;
	if (fabs(model->correlation) > 1)
		return Wrong(&spend, "correlation", "a number from -1 to 1", value);
	return HasNoOtherKey(&spend);
}

/* Object to model; NULL, and in *wrong a detail for the user, if it is none. */
static ClvModel *
ReadModel(JsonbContainer *container, char **wrong)
{
	ModelObject object = {.container = container, .path = "$", .wrong = wrong};
	const BtydProcess *process = NULL;
	ClvPartKind kind;
	ClvModel *model;
	JsonbValue *value;
	double unit_days;

	if (!JsonContainerIsObject(container))
	{
		JsonbValue found = {.type = jbvBinary, .val.binary.data = container};

		if (JsonContainerIsScalar(container))
			JsonbExtractScalar(container, &found);
		*wrong = psprintf("At $: expected an object, found %s.", Describe(&found));
		return NULL;
	}
	value = Field(&object, "process");
	if (value != NULL && value->type == jbvString)
		process = BtydProcessByName(pnstrdup(value->val.string.val, (Size) value->val.string.len));
	if (process == NULL)
		return Wrong(&object, "process", psprintf("one of %s", ClvKnownProcesses()), value), NULL;
	value = Field(&object, "unit_days");
	if (value != NULL && !ReadNumber(&object, "unit_days", value, &unit_days))
		return NULL;
	if (value == NULL || !(unit_days > 0))
		return Wrong(&object, "unit_days", "a number above 0", value), NULL;

	model = ClvNewModel(process, unit_days);
	kind = ClvOrdersKind(process);
	if (!ReadPart(&object, &kind, &model->orders) ||
		!ReadCount(&object, "no_purchase", BTYD_MAX_COUNT, &model->counters.no_purchase) ||
		!ReadCount(&object, "invalid", BTYD_MAX_COUNT, &model->counters.invalid) ||
		!ReadCount(&object, "null", BTYD_MAX_COUNT, &model->counters.nulls) ||
		!ReadCount(&object, "merged", BTYD_MAX_COUNT, &model->counters.merged) ||
		!ReadSpend(&object, model) || !HasNoOtherKey(&object))
		return NULL;
	return model;
}

/* The one way in: text, and the wire. */
Datum
ClvModelFromJson(const char *input, fmNodePtr escontext)
{
	Cursor in = CursorStart(input, strlen(input));
	char *wrong = NULL;
	Datum jsonb;
	ClvModel *model;

	if (!JsonbInput(input, escontext, &jsonb))
		return (Datum) 0;
	model = ReadModel(&DatumGetJsonbP(jsonb)->root, &wrong);
	if (model == NULL)
	{
		CrmInputErrorDetail(
			escontext, "clv_model", &in, wrong,
			"Make it with crm.clv_fit, or with crm.clv_model(process, parameters).");
		return (Datum) 0;
	}
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
	PG_RETURN_CLV_MODEL(model);
}
