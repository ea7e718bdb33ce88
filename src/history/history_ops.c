/*
 * history_ops.c: histories as a group: sum, difference, comparison, and parts of a history.
 */
#include "history/history_private.h"

#include "common/hashfn.h"

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

static Datum
Combine(HistoryView a, HistoryView b, bool negate_b)
{
	HistoryEntries set = StartEntries(HistoryCountAtMost(a) + HistoryCountAtMost(b));

	CollectHistory(&set, a, DATEVAL_NOBEGIN, DATEVAL_NOEND, false);
	CollectHistory(&set, b, DATEVAL_NOBEGIN, DATEVAL_NOEND, negate_b);
	return FinishEntries(&set);
}

static Datum
Slice(HistoryView history, DateADT since, DateADT until, bool negate)
{
	HistoryEntries set = StartEntries(HistoryCountAtMost(history));

	CollectHistory(&set, history, since, until, negate);
	return FinishEntries(&set);
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
