/*
 * model_json.c: the text form of crm.clv_model, written and read
 *
 * JSON text is PostgreSQL's to read; what is said of a model that is wrong has the form of every
 * input error, with a path where other types have a character.
 */
#include "clv/model.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
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
AppendText(StringInfo out, const char *name, const char *value)
{
	appendStringInfo(out, ", \"%s\": \"%s\"", name, value);
}

/* A number that is not always known. */
static void
AppendKnown(StringInfo out, const char *name, double value)
{
	if (!isnan(value))
		AppendField(out, name, value);
}

/* A day as PostgreSQL's ISO style writes it. */
static const char *
DayText(int32 day)
{
	struct pg_tm tm;
	char *iso = palloc(MAXDATELEN + 1);

	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, iso);
	return iso;
}

static void
AppendDay(StringInfo out, const char *name, int32 day)
{
	if (day != CLV_NO_DAY)
		AppendText(out, name, DayText(day));
}

static void
AppendArray(StringInfo out, const double *numbers, int n)
{
	for (int i = 0; i < n; i++)
	{
		appendStringInfoString(out, i ? ", " : "[");
		AppendNumber(out, numbers[i]);
	}
	appendStringInfoChar(out, ']');
}

/* The names of the bits that are set. */
static void
AppendNames(StringInfo out, const char *key, uint32 bits, const char *const *names)
{
	const char *separator = "";

	if (bits == 0)
		return;
	appendStringInfo(out, ", \"%s\": [", key);
	for (int i = 0; bits >> i; i++)
		if (bits & 1u << i)
		{
			appendStringInfo(out, "%s\"%s\"", separator, names[i]);
			separator = ", ";
		}
	appendStringInfoChar(out, ']');
}

static void
LimitNames(const char **names)
{
	for (int i = 0; i < BTYD_LIMITS; i++)
		names[i] = BtydLimitName((BtydLimit) (1u << i));
}

static void
AppendPart(StringInfo out, const ClvPart *part, const ClvPartKind *kind)
{
	const char *limits[BTYD_LIMITS];

	LimitNames(limits);
	appendStringInfo(out, "\"status\": \"%s\", \"parameters\": {", ClvStatusName(part->status));
	for (int i = 0; i < kind->nparams; i++)
	{
		appendStringInfo(out, "%s\"%s\": ", i ? ", " : "", kind->param_names[i]);
		AppendNumber(out, part->params[i]);
	}
	appendStringInfoChar(out, '}');
	if (part->status == CLV_GIVEN)
		return;
	if (ClvUsable(part->status))
	{
		appendStringInfoString(out, ", \"covariance\": [");
		for (int i = 0; i < kind->nparams; i++)
		{
			appendStringInfoString(out, i ? ", " : "");
			AppendArray(out, &part->covariance[ClvTriangle(i, 0)], i + 1);
		}
		appendStringInfoChar(out, ']');
	}
	if (part->npoints > 0)
	{
		appendStringInfoString(out, ", \"points\": [");
		for (uint32 i = 0; i < part->npoints; i++)
		{
			appendStringInfoString(out, i ? ", " : "");
			AppendArray(out, part->points[i], kind->nparams);
		}
		appendStringInfoChar(out, ']');
	}
	AppendNames(out, "unidentified", part->unidentified, kind->param_names);
	AppendNames(out, "limits", part->limits, limits);
	AppendField(out, "log_likelihood", part->loglik);
	AppendField(out, "customers", part->customers);
	AppendField(out, "rows", part->rows);
	AppendField(out, "iterations", part->iterations);
	AppendField(out, "evaluations", part->evaluations);
}

static const char *const RegularityNames[] = {"known", "no_gaps", "one_day"};

static void
AppendChoice(StringInfo out, const ClvChoice *choice)
{
	if (choice->candidates == 0)
		return;
	appendStringInfo(out, ", \"choice\": {\"candidates\": %u", choice->candidates);
	if (choice->regularity != BTYD_REGULARITY_KNOWN)
		AppendText(out, "regularity", RegularityNames[choice->regularity]);
	if (choice->runner_up_order > 0)
	{
		AppendText(out, "runner_up", choice->runner_up);
		AppendField(out, "runner_up_regularity", choice->runner_up_order);
		AppendField(out, "ahead", choice->ahead);
	}
	appendStringInfoChar(out, '}');
}

static const char *const SeasonReasons[CLV_SEASON_REASONS] = {"not_asked", "given",     "found",
															  "no_day",    "too_short", "none"};

static void
AppendSeason(StringInfo out, const ClvModel *model)
{
	if (model->season_reason != CLV_SEASON_NOT_ASKED)
		AppendText(out, "season_reason", SeasonReasons[model->season_reason]);
	AppendKnown(out, "season_gain", model->season_gain);
	if (ClvHasSeason(model))
	{
		char season[SEASON_TEXT_MAX + 1];

		season[SeasonPrint(&model->season, season)] = '\0';
		AppendText(out, "season", season);
	}
}

void
ClvModelPutJson(StringInfo out, const ClvModel *model)
{
	ClvPartKind kind = ClvOrdersKind(ClvProcessByName(model->process));

	appendStringInfo(out, "{\"process\": \"%s\"", model->process);
	if (model->order > 1)
		AppendField(out, "regularity", model->order);
	AppendField(out, "unit_days", model->unit_days);
	AppendSeason(out, model);
	appendStringInfoString(out, ", ");
	AppendPart(out, &model->orders, &kind);
	if (model->orders.status != CLV_GIVEN)
	{
		if (model->prior)
			appendStringInfoString(out, ", \"prior\": true");
		AppendField(out, "log_gaps", model->log_gaps);
		AppendDay(out, "as_of", model->as_of);
		AppendKnown(out, "there_at_start", model->there_at_start);
		AppendChoice(out, &model->choice);
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
			AppendField(out, "rank_correlation", model->rank_correlation);
			AppendField(out, "log_correlation", model->log_correlation);
		}
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, '}');
}

/* ---------------------------------------------------------------- reading
 *
 * Each function returns false where the value is no model, after Wrong has taken down why.
 */

#define MAX_KEYS 32

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

/* An array of a length. */
static bool
OpenArray(const ModelObject *object, const char *place, const JsonbValue *value, int length,
		  const char *expected, JsonbContainer **array)
{
	if (value == NULL || value->type != jbvBinary ||
		!JsonContainerIsArray(value->val.binary.data) ||
		JsonContainerSize(value->val.binary.data) != (uint32) length)
		return Wrong(object, place, expected, value);
	*array = value->val.binary.data;
	return true;
}

/* Numbers of an array, each above `least`. */
static bool
ReadNumbers(const ModelObject *object, const char *place, JsonbContainer *array, int length,
			double least, double *numbers)
{
	for (int i = 0; i < length; i++)
	{
		JsonbValue *number = getIthJsonbValueFromContainer(array, (uint32) i);
		const char *here = psprintf("%s[%d]", place, i);

		if (!ReadNumber(object, here, number, &numbers[i]))
			return false;
		if (!(numbers[i] > least))
			return Wrong(object, here, psprintf("a number above %g", least), number);
	}
	return true;
}

/* The lower triangle, row by row; null where a parameter is open. */
static bool
ReadCovariance(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	const char *key = "covariance";
	JsonbValue *value = Field(object, key);
	JsonbContainer *rows, *row;

	if (part->status == CLV_GIVEN || !ClvUsable(part->status))
		return value == NULL || Wrong(object, key, "nothing, for only a usable fit has one", value);
	if (value == NULL && part->status == BTYD_FIT_NOT_IDENTIFIED)
		return true;
	if (!OpenArray(object, key, value, kind->nparams,
				   psprintf("an array of %d rows", kind->nparams), &rows))
		return false;
	for (int i = 0; i < kind->nparams; i++)
	{
		if (!OpenArray(object, psprintf("%s[%d]", key, i),
					   getIthJsonbValueFromContainer(rows, (uint32) i), i + 1,
					   psprintf("an array of length %d, as in a lower triangle", i + 1), &row))
			return false;
		for (int j = 0; j <= i; j++)
		{
			double *entry = &part->covariance[ClvTriangle(i, j)];
			JsonbValue *number = getIthJsonbValueFromContainer(row, (uint32) j);
			const char *place = psprintf("%s[%d][%d]", key, i, j);
			bool open = part->unidentified & (1u << i | 1u << j);

			if (!ReadNumber(object, place, number, entry))
				return false;
			if (open && !isnan(*entry))
				return Wrong(object, place, "null, for a parameter is unidentified", number);
			if (!open && (isnan(*entry) || (i == j && *entry <= 0)))
				return Wrong(object, place, i == j ? "a variance above 0" : "a number", number);
		}
	}
	return true;
}

/* Two points a parameter, or none. */
static bool
ReadPoints(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	const char *key = "points";
	JsonbValue *value = Field(object, key);
	JsonbContainer *points, *point;
	int n = 2 * kind->nparams;

	if (value == NULL)
		return true;
	if (part->status == CLV_GIVEN || !ClvUsable(part->status))
		return Wrong(object, key, "nothing, for only a usable fit has points", value);
	if (!OpenArray(object, key, value, n, psprintf("an array of %d points", n), &points))
		return false;
	for (int i = 0; i < n; i++)
	{
		const char *place = psprintf("%s[%d]", key, i);

		if (!OpenArray(object, place, getIthJsonbValueFromContainer(points, (uint32) i),
					   kind->nparams, psprintf("an array of length %d", kind->nparams), &point) ||
			!ReadNumbers(object, place, point, kind->nparams, 0, part->points[i]))
			return false;
	}
	part->npoints = (uint32) n;
	return true;
}

/* A set of names, as bits. */
static bool
ReadNames(ModelObject *object, const char *key, const char *what, const char *const *names, int n,
		  uint32 *bits)
{
	JsonbValue *value = Field(object, key);

	if (value == NULL)
		return true;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return Wrong(object, key, "an array", value);
	for (uint32 k = 0; k < JsonContainerSize(value->val.binary.data); k++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(value->val.binary.data, k);
		int i = 0;

		while (i < n && !IsString(name, names[i]))
			i++;
		if (i == n)
			return Wrong(object, psprintf("%s[%u]", key, k), what, name);
		*bits |= 1u << i;
	}
	return true;
}

/* What is open, and why: of a fit that left something open. */
static bool
ReadOpen(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	const char *limits[BTYD_LIMITS];
	bool closed = part->status == CLV_GIVEN || part->status == BTYD_FIT_CONVERGED;

	LimitNames(limits);
	if (!ReadNames(object, "unidentified", "the name of a parameter", kind->param_names,
				   kind->nparams, &part->unidentified) ||
		!ReadNames(object, "limits", "the name of a limit", limits, BTYD_LIMITS, &part->limits))
		return false;
	if (closed && part->unidentified)
		return Wrong(object, "unidentified", "nothing, for all parameters are identified",
					 Field(object, "unidentified"));
	return !closed || !part->limits ||
		   Wrong(object, "limits", "nothing, for all parameters are identified",
				 Field(object, "limits"));
}

static bool
ReadPart(ModelObject *object, const ClvPartKind *kind, ClvPart *part)
{
	JsonbValue *value;
	double iterations, evaluations;

	if (!ReadStatus(object, &part->status) || !ReadParameters(object, kind, part) ||
		!ReadOpen(object, kind, part) || !ReadCovariance(object, kind, part) ||
		!ReadPoints(object, kind, part) ||
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
ReadCorrelation(ModelObject *object, const char *key, double *correlation)
{
	JsonbValue *value = Field(object, key);

	if (value != NULL && !ReadNumber(object, key, value, correlation))
		return false;
	return !(fabs(*correlation) > 1) || Wrong(object, key, "a number from -1 to 1", value);
}

static bool
HasField(const ModelObject *object, const char *key)
{
	return getKeyJsonValueFromContainer(object->container, key, (int) strlen(key), NULL) != NULL;
}

static bool
ReadSpend(ModelObject *object, ClvModel *model)
{
	ModelObject spend;

	if (!HasField(object, "spend"))
		return true;
	model->has_spend = 1;
	return OpenObject(object, "spend", &spend) && ReadPart(&spend, &ClvSpendKind, &model->spend) &&
		   ReadCount(&spend, "no_spend", BTYD_MAX_COUNT, &model->counters.no_spend) &&
		   ReadCorrelation(&spend, "correlation", &model->correlation) &&
		   ReadCorrelation(&spend, "rank_correlation", &model->rank_correlation) &&
		   ReadCorrelation(&spend, "log_correlation", &model->log_correlation) &&
		   HasNoOtherKey(&spend);
}

/* A day as AppendDay writes it, and no other way. */
static bool
ReadDay(ModelObject *object, const char *key, int32 *day)
{
	JsonbValue *value = Field(object, key);
	int year, month, mday, end = 0;

	if (value == NULL)
		return true;
	if (value->type == jbvString)
	{
		const char *iso = pnstrdup(value->val.string.val, (Size) value->val.string.len);

		if (sscanf(iso, "%7d-%2d-%2d%n", &year, &month, &mday, &end) == 3)
		{
			if (strcmp(iso + end, " BC") == 0)
				year = 1 - year;
			if (IS_VALID_JULIAN(year, month, mday) && month >= 1 && month <= MONTHS_PER_YEAR)
			{
				*day = date2j(year, month, mday) - POSTGRES_EPOCH_JDATE;
				if (IS_VALID_DATE(*day) && strcmp(DayText(*day), iso) == 0)
					return true;
			}
		}
	}
	return Wrong(object, key, "a day like \"2024-09-30\"", value);
}

/* The order of gaps that a process has. */
static bool
ReadOrder(ModelObject *object, const char *key, const BtydProcess *process, uint32 *order)
{
	double number;

	if (!HasField(object, key))
	{
		Field(object, key);
		return true;
	}
	if (!ReadCount(object, key, process->max_order, &number))
		return false;
	if (number < 1)
		return Wrong(object, key, "a number above 0", Field(object, key));
	*order = (uint32) number;
	return true;
}

static bool
ReadChoice(ModelObject *object, ClvChoice *choice)
{
	ModelObject inner;
	JsonbValue *value;
	const BtydProcess *process = NULL;
	double candidates;

	if (Field(object, "choice") == NULL)
		return true;
	if (!OpenObject(object, "choice", &inner) ||
		!ReadCount(&inner, "candidates", PG_INT32_MAX, &candidates))
		return false;
	if (candidates == 0)
		return Wrong(&inner, "candidates", "a number above 0", Field(&inner, "candidates"));
	choice->candidates = (uint32) candidates;
	value = Field(&inner, "regularity");
	for (uint32 r = 0; value != NULL && r < lengthof(RegularityNames); r++)
		if (IsString(value, RegularityNames[r]))
		{
			choice->regularity = r;
			value = NULL;
		}
	if (value != NULL)
		return Wrong(&inner, "regularity", "whether it could be chosen", value);
	value = Field(&inner, "runner_up");
	if (value == NULL)
		return HasNoOtherKey(&inner);
	if (value->type == jbvString)
		process = BtydProcessByName(pnstrdup(value->val.string.val, (Size) value->val.string.len));
	if (process == NULL)
		return Wrong(&inner, "runner_up", psprintf("one of %s", ClvKnownProcesses()), value);
	strlcpy(choice->runner_up, process->name, CLV_NAME_SIZE);
	choice->runner_up_order = 1;
	if (!ReadOrder(&inner, "runner_up_regularity", process, &choice->runner_up_order))
		return false;
	value = Field(&inner, "ahead");
	if (value != NULL && !ReadNumber(&inner, "ahead", value, &choice->ahead))
		return false;
	if (isnan(choice->ahead))
		return Wrong(&inner, "ahead", "a number", value);
	return HasNoOtherKey(&inner);
}

static bool
ReadSeason(ModelObject *object, ClvModel *model)
{
	JsonbValue *value = Field(object, "season_reason");
	bool read = false;

	for (uint32 r = 0; value != NULL && r < CLV_SEASON_REASONS; r++)
		if (IsString(value, SeasonReasons[r]))
		{
			model->season_reason = r;
			value = NULL;
		}
	if (value != NULL)
		return Wrong(object, "season_reason", "the reason of a season", value);
	value = Field(object, "season_gain");
	if (value != NULL && !ReadNumber(object, "season_gain", value, &model->season_gain))
		return false;
	value = Field(object, "season");
	if (value == NULL)
		return true;
	if (value->type == jbvString)
	{
		Cursor in = CursorStart(value->val.string.val, (size_t) value->val.string.len);

		read = SeasonParse(&in, &model->season);
	}
	if (!read)
		return Wrong(object, "season", "flat, or 12 or 52 numbers as text", value);
	if (model->season_reason == CLV_SEASON_NOT_ASKED)
		model->season_reason = CLV_SEASON_GIVEN;
	return true;
}

static bool
ReadPrior(ModelObject *object, uint32 *prior)
{
	JsonbValue *value = Field(object, "prior");

	if (value == NULL)
		return true;
	if (value->type != jbvBool)
		return Wrong(object, "prior", "true or false", value);
	*prior = value->val.boolean;
	return true;
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

	model = ClvNewModel(process, 1, unit_days);
	kind = ClvOrdersKind(process);
	value = Field(&object, "there_at_start");
	if (value != NULL &&
		!ReadCount(&object, "there_at_start", BTYD_MAX_COUNT, &model->there_at_start))
		return NULL;
	value = Field(&object, "log_gaps");
	if (value != NULL && !ReadNumber(&object, "log_gaps", value, &model->log_gaps))
		return NULL;
	if (!ReadOrder(&object, "regularity", process, &model->order) ||
		!ReadPart(&object, &kind, &model->orders) || !ReadPrior(&object, &model->prior) ||
		!ReadDay(&object, "as_of", &model->as_of) || !ReadChoice(&object, &model->choice) ||
		!ReadSeason(&object, model) ||
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
		model->orders.loglik = model->there_at_start = NAN;
		model->log_gaps = 0;
		model->prior = 0;
		model->as_of = CLV_NO_DAY;
		model->choice = (ClvChoice){.ahead = NAN};
		model->orders.customers = model->orders.rows = 0;
		model->orders.iterations = model->orders.evaluations = 0;
		model->counters.no_purchase = model->counters.invalid = model->counters.nulls = 0;
		model->counters.merged = 0;
	}
	if (model->spend.status == CLV_GIVEN)
	{
		model->spend.loglik = model->correlation = NAN;
		model->rank_correlation = model->log_correlation = NAN;
		model->spend.customers = model->spend.rows = model->counters.no_spend = 0;
		model->spend.iterations = model->spend.evaluations = 0;
	}
	PG_RETURN_CLV_MODEL(model);
}
