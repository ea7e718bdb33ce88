/*
 * ops.c: histories as a group: sum, difference, comparison, and parts of a history.
 */
#include "history/private.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/datetime.h"

PG_FUNCTION_INFO_V1(history_add);
PG_FUNCTION_INFO_V1(history_subtract);
PG_FUNCTION_INFO_V1(history_negate);
PG_FUNCTION_INFO_V1(history_eq);
PG_FUNCTION_INFO_V1(history_ne);
PG_FUNCTION_INFO_V1(history_lt);
PG_FUNCTION_INFO_V1(history_le);
PG_FUNCTION_INFO_V1(history_gt);
PG_FUNCTION_INFO_V1(history_ge);
PG_FUNCTION_INFO_V1(history_cmp);
PG_FUNCTION_INFO_V1(history_hash);
PG_FUNCTION_INFO_V1(history_hash_extended);
PG_FUNCTION_INFO_V1(history_as_of);
PG_FUNCTION_INFO_V1(history_slice);
PG_FUNCTION_INFO_V1(history_by_year);

static Datum
Combine(HistoryView a, HistoryView b, bool negate_b)
{
	HistoryEntries set = HistoryStartEntries(HistoryCountAtMost(a) + HistoryCountAtMost(b));

	HistoryCollectDays(&set, a, DATEVAL_NOBEGIN, DATEVAL_NOEND, false);
	HistoryCollectDays(&set, b, DATEVAL_NOBEGIN, DATEVAL_NOEND, negate_b);
	return HistoryFinishEntries(&set);
}

static Datum
Slice(HistoryView history, DateADT since, DateADT until, bool negate)
{
	HistoryEntries set = HistoryStartEntries(HistoryCountAtMost(history));

	HistoryCollectDays(&set, history, since, until, negate);
	return HistoryFinishEntries(&set);
}

Datum
history_add(PG_FUNCTION_ARGS)
{
	return Combine(PG_GETARG_HISTORY(0), PG_GETARG_HISTORY(1), false);
}

Datum
history_subtract(PG_FUNCTION_ARGS)
{
	return Combine(PG_GETARG_HISTORY(0), PG_GETARG_HISTORY(1), true);
}

Datum
history_negate(PG_FUNCTION_ARGS)
{
	return Slice(PG_GETARG_HISTORY(0), DATEVAL_NOBEGIN, DATEVAL_NOEND, true);
}

/* as_of(h, day): the history as it stood at the end of that day; infinity is all of it. */
Datum
history_as_of(PG_FUNCTION_ARGS)
{
	return Slice(PG_GETARG_HISTORY(0), DATEVAL_NOBEGIN, PG_GETARG_DATEADT(1), false);
}

/* slice(h, since, until): the days between, both included. */
Datum
history_slice(PG_FUNCTION_ARGS)
{
	return Slice(PG_GETARG_HISTORY(0), PG_GETARG_DATEADT(1), PG_GETARG_DATEADT(2), false);
}

/* What by_year has still to cut: the next entry, and the reader behind it. */
typedef struct YearCutter
{
	HistoryReader reader;
	HistoryEntry next;
	bool more;
} YearCutter;

/* by_year(h): a history for each calendar year with anything in it. */
Datum
history_by_year(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	YearCutter *cutter;
	HistoryEntries set;
	DateADT last_day;
	int year;
	int month;
	int day;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		funcctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		cutter = palloc(sizeof(YearCutter));
		/* A copy, for the argument does not outlive this call. */
		cutter->reader = HistoryRead(
			DatumGetHistoryView(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)))));
		cutter->more = HistoryNext(&cutter->reader, &cutter->next);
		funcctx->user_fctx = cutter;
		MemoryContextSwitchTo(old);
	}

	funcctx = SRF_PERCALL_SETUP();
	cutter = funcctx->user_fctx;
	if (!cutter->more)
	{
		if (cutter->reader.malformed)
			HistoryCheckStatus(HISTORY_MALFORMED);
		SRF_RETURN_DONE(funcctx);
	}

	j2date(cutter->next.day + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	last_day = date2j(year, 12, 31) - POSTGRES_EPOCH_JDATE;
	set = HistoryStartEntries(last_day - cutter->next.day + 1);
	while (cutter->more && cutter->next.day <= last_day)
	{
		CHECK_FOR_INTERRUPTS();
		HistoryCollectEntry(&set, &cutter->next, cutter->reader.scale);
		cutter->more = HistoryNext(&cutter->reader, &cutter->next);
	}
	SRF_RETURN_NEXT(funcctx, HistoryFinishEntries(&set));
}

#define COMPARE() HistoryCompare(PG_GETARG_HISTORY(0), PG_GETARG_HISTORY(1))

Datum
history_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE() == 0);
}

Datum
history_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE() != 0);
}

Datum
history_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE() < 0);
}

Datum
history_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE() <= 0);
}

Datum
history_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE() > 0);
}

Datum
history_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(COMPARE() >= 0);
}

Datum
history_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(COMPARE());
}

Datum
history_hash(PG_FUNCTION_ARGS)
{
	HistoryView view = PG_GETARG_HISTORY(0);

	return hash_any(view.bytes, (int) view.size);
}

Datum
history_hash_extended(PG_FUNCTION_ARGS)
{
	HistoryView view = PG_GETARG_HISTORY(0);

	return hash_any_extended(view.bytes, (int) view.size, PG_GETARG_INT64(1));
}
