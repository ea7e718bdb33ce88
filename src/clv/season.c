/*
 * season.c: the type crm.season, and the time of its clock.
 */
#include "clv/season.h"

#include <math.h>

#include "clv/data.h"
#include "compare.h"
#include "core/base/calendar.h"
#include "core/clv/season_fit.h"
#include "access/htup_details.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(season_in);
PG_FUNCTION_INFO_V1(season_out);
PG_FUNCTION_INFO_V1(season_recv);
PG_FUNCTION_INFO_V1(season_send);
PG_FUNCTION_INFO_V1(season_factors);
PG_FUNCTION_INFO_V1(season_factor);
PG_FUNCTION_INFO_V1(season_time);
PG_FUNCTION_INFO_V1(season_btyd);
PG_FUNCTION_INFO_V1(season_estimate);
PG_FUNCTION_INFO_V1(season_report);

/* ---------------------------------------------------------------- the type */

Datum
SeasonGetDatum(const Season *season)
{
	Season *value = palloc(sizeof(Season));

	*value = *season;
	return PointerGetDatum(value);
}

/* Make a season of text from outside: the one way in, for every form of input. */
static Datum
SeasonFromText(const char *input, Size size, fmNodePtr escontext)
{
	Cursor in = CursorStart(input, size);
	Season season;

	if (!SeasonParse(&in, &season))
	{
		CrmInputError(escontext, "season", &in,
					  "A season is written flat, or as 12 factors of months or 52 of weeks, such "
					  "as '1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.5' for a strong December.");
		return (Datum) 0;
	}
	return SeasonGetDatum(&season);
}

Datum
season_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);

	return SeasonFromText(input, strlen(input), CRM_ESCONTEXT(fcinfo));
}

Datum
season_out(PG_FUNCTION_ARGS)
{
	char *output = palloc(SEASON_TEXT_MAX + 1);

	output[SeasonPrint(PG_GETARG_SEASON(0), output)] = '\0';
	PG_RETURN_CSTRING(output);
}

/* The binary form is the text: it is short, and has one checker. */
Datum
season_recv(PG_FUNCTION_ARGS)
{
	int size;
	char *input = CrmReceivedText(fcinfo, &size);

	return SeasonFromText(input, size, NULL);
}

Datum
season_send(PG_FUNCTION_ARGS)
{
	char output[SEASON_TEXT_MAX];
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendtext(&message, output, (int) SeasonPrint(PG_GETARG_SEASON(0), output));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static CrmBytes
SeasonBytes(Datum datum)
{
	return (CrmBytes){DatumGetSeason(datum), sizeof(Season), NULL};
}

CRM_EQUALITY(season, SeasonBytes);

/* ---------------------------------------------------------------- factors and time */

/* A query asks one season of many rows: the last one is kept ready. */
typedef struct KeptClock
{
	SeasonClock clock;
	TupleDesc columns; /* of season_btyd's row, once it is asked for */
} KeptClock;

/* The clock of the first argument. */
static KeptClock *
GetKeptClock(FunctionCallInfo fcinfo)
{
	const Season *season = PG_GETARG_SEASON(0);
	KeptClock *kept = fcinfo->flinfo->fn_extra;

	if (kept == NULL)
		fcinfo->flinfo->fn_extra = kept =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(KeptClock));
	if (memcmp(&kept->clock.season, season, sizeof(Season)) != 0)
		kept->clock = SeasonStart(season);
	return kept;
}

static DateADT
GetDay(FunctionCallInfo fcinfo, int argument, const char *name)
{
	DateADT day = PG_GETARG_DATEADT(argument);

	if (DATE_NOT_FINITE(day))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("%s must be a finite date", name)));
	return day;
}

/* season_factors(season): its bins as rows. */
Datum
season_factors(PG_FUNCTION_ARGS)
{
	static const char *const months[SEASON_MONTHS] = {
		"January", "February", "March",     "April",   "May",      "June",
		"July",    "August",   "September", "October", "November", "December"};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	SeasonClock clock = SeasonStart(PG_GETARG_SEASON(0));
	int bins = clock.season.bins;
	int last = -1;

	InitMaterializedSRF(fcinfo, 0);
	/* a common year, whose days are those of most */
	for (int day = (int) CalendarDay(2001, 1, 1); bins > 0 && last < bins - 1; day++)
	{
		int bin = SeasonBin(bins, day);
		int64 year;
		int month, mday;
		Datum values[4];
		bool nulls[4] = {false, false, false, false};

		if (bin == last)
			continue;
		last = bin;
		CalendarDate(day, &year, &month, &mday);
		values[0] = Int32GetDatum(bin + 1);
		values[1] = CStringGetTextDatum(bins == SEASON_MONTHS ? months[month - 1]
															  : psprintf("week %d", bin + 1));
		values[2] = CStringGetTextDatum(psprintf("%02d-%02d", month, mday));
		values[3] = Float8GetDatum(SeasonFactor(&clock, day));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_VOID();
}

/* season_factor(season, day) */
Datum
season_factor(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(SeasonFactor(&GetKeptClock(fcinfo)->clock, GetDay(fcinfo, 1, "day")));
}

/* season_time(season, since, until): time of the clock from the end of a day to that of another. */
Datum
season_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(SeasonSpan(&GetKeptClock(fcinfo)->clock, GetDay(fcinfo, 1, "since"),
								GetDay(fcinfo, 2, "until")));
}

bool
SeasonBtyd(const SeasonClock *clock, HistoryView history, DateADT as_of, double unit_days,
		   HistoryBtydRow *row)
{
	HistorySummary summary = HistorySummarize(history, as_of);

	if (!HistorySummaryBtyd(&summary, as_of, unit_days, row))
		return false;
	row->t_x = SeasonSpan(clock, summary.first_day, summary.last_day) / unit_days;
	row->t = SeasonSpan(clock, summary.first_day, as_of) / unit_days;
	return true;
}

/* season_btyd(season, history, as_of, unit_days): btyd in the time of the clock. */
Datum
season_btyd(PG_FUNCTION_ARGS)
{
	KeptClock *kept = GetKeptClock(fcinfo);
	DateADT as_of = PG_GETARG_DATEADT(2);
	double unit_days = PG_GETARG_FLOAT8(3);
	HistoryBtydRow row;
	Datum values[4];
	bool nulls[4] = {false, false, false, false};

	HistoryCheckAsOf(as_of);
	HistoryCheckUnitDays(unit_days);
	if (!SeasonBtyd(&kept->clock, PG_GETARG_HISTORY(1), as_of, unit_days, &row))
		PG_RETURN_NULL();
	if (kept->columns == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		kept->columns = CrmResultRowType(fcinfo);
		MemoryContextSwitchTo(old);
	}
	values[0] = Int64GetDatum((int64) row.x);
	values[1] = Float8GetDatum(row.t_x);
	values[2] = Float8GetDatum(row.t);
	values[3] = Float8GetDatum(row.m_x);
	nulls[3] = row.x == 0;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(kept->columns, values, nulls)));
}

/* ---------------------------------------------------------------- from data */

/* The season of counted customers, or why there is none; raises only what is no answer. */
static SeasonFit
FindSeason(const BtydData *data)
{
	SeasonData season_data = SeasonDataOf(data);
	SeasonFit fit;

	switch (SeasonEstimate(&season_data, &CrmEnvironment, &fit))
	{
		case SEASON_INTERRUPTED:
			CrmInterrupted();
		case SEASON_NO_MEMORY:
			CrmOutOfMemory("Looking for a season needs up to some 10 MB.");
		default:
			return fit;
	}
}

void
ClvFindSeason(const BtydData *data, ClvModel *model)
{
	SeasonFit fit = FindSeason(data);

	model->season = fit.season;
	model->season_gain = isnan(fit.gain) ? NAN : fit.gain;
	switch (fit.status)
	{
		case SEASON_FOUND:
			model->season_reason = CLV_SEASON_FOUND;
			break;
		case SEASON_NO_DAY:
			model->season_reason = CLV_SEASON_NO_DAY;
			break;
		case SEASON_SHORT:
			model->season_reason = CLV_SEASON_SHORT;
			break;
		default:
			model->season_reason = CLV_SEASON_NONE;
	}
}

const BtydRow *
ClvSeasonCustomers(const BtydData *data, const Season *season, double *log_factors)
{
	const BtydRow *rows = BtydRowsOf(data, BTYD_CUSTOMERS);
	Size n = data->n[BTYD_CUSTOMERS];
	const Size block = 65536;
	SeasonClock clock;
	BtydRow *clocked;

	*log_factors = 0;
	if (season->bins == 0)
		return rows;
	if (data->as_of == BTYD_NO_DAY)
	{
		if (data->n[BTYD_DAYS] > 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("data of several days cannot be fitted in a season"),
							errhint("Count all customers as of one day.")));
		return rows;
	}
	clock = SeasonStart(season);
	clocked = BtydAllocateRows(n);
	for (Size i = 0; i < n; i += block)
	{
		CHECK_FOR_INTERRUPTS();
		SeasonRows(&clock, data->as_of, data->unit_days, rows + i, Min(block, n - i), clocked + i);
	}
	*log_factors = SeasonLogFactors(&clock, BtydRowsOf(data, BTYD_DAYS), data->n[BTYD_DAYS]);
	return clocked;
}

/* clv_season(data) */
Datum
season_estimate(PG_FUNCTION_ARGS)
{
	BtydData data = DatumGetBtydData(PG_GETARG_DATUM(0));
	SeasonFit fit = FindSeason(&data);

	return SeasonGetDatum(&fit.season);
}

/* season_report(data): the estimate, and whether it passed. */
Datum
season_report(PG_FUNCTION_ARGS)
{
	BtydData data = DatumGetBtydData(PG_GETARG_DATUM(0));
	SeasonFit fit = FindSeason(&data);
	char reason[SEASON_REASON_MAX];
	Datum values[7];
	bool nulls[7] = {false};

	values[0] = SeasonGetDatum(&fit.season);
	values[1] = BoolGetDatum(fit.status == SEASON_FOUND);
	values[2] = CStringGetTextDatum(SeasonReason(&fit, reason));
	values[3] = Float8GetDatum(fit.gain);
	nulls[3] = isnan(fit.gain);
	values[4] = Float8GetDatum(SEASON_NEEDED_GAIN);
	values[5] = SeasonGetDatum(&fit.pattern);
	nulls[5] = fit.pattern.bins == 0;
	values[6] = Int32GetDatum(fit.days);
	nulls[6] = fit.status == SEASON_NO_DAY;
	return CrmReturnRow(fcinfo, values, nulls);
}
