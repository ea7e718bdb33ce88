/*
 * ops.c: histories as a group: sum, difference, comparison, and parts of a history.
 */
#include "history/private.h"

#include "compare.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/datetime.h"

PG_FUNCTION_INFO_V1(history_add);
PG_FUNCTION_INFO_V1(history_subtract);
PG_FUNCTION_INFO_V1(history_negate);
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
		HistoryCheckRead(&cutter->reader);
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

/* ---------------------------------------------------------------- equality, order, hash */

/* Packed, also if an aggregate's open state came. */
static CrmBytes
HistoryBytes(Datum datum)
{
	CrmBytes bytes = CrmStoredBytes(datum);
	HistoryView view = {bytes.at, bytes.size};

	if (HistoryIsOpen(view))
	{
		view = DatumGetHistoryView(datum);
		bytes = (CrmBytes){view.bytes, view.size, NULL};
	}
	return bytes;
}

static int
HistoryOrder(Datum a, Datum b)
{
	return CrmBytesCompare(HistoryBytes(a), HistoryBytes(b));
}

CRM_EQUALITY(history, HistoryBytes);
CRM_ORDER(history, HistoryOrder);
