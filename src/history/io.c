/*
 * io.c: the type crm.history: text and binary form, and how values are built.
 */
#include "history/private.h"

#include "compare.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "core/history/text.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(history_in);
PG_FUNCTION_INFO_V1(history_out);
PG_FUNCTION_INFO_V1(history_recv);
PG_FUNCTION_INFO_V1(history_send);

/* Raise what a codec status means to a user. */
void
HistoryCheckStatus(HistoryStatus status)
{
	switch (status)
	{
		case HISTORY_OK:
			break;
		case HISTORY_OUT_OF_RANGE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("purchase history out of range"),
					 errdetail("The orders of a day must fit a bigint, and money must stay below "
							   "about 8.5e37 units of its last decimal.")));
			break;
		case HISTORY_MALFORMED:
			ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("malformed purchase history"),
							errdetail("The stored bytes are not a value of type crm.history.")));
			break;
		default:
			elog(ERROR, "unexpected history status %d", (int) status);
	}
}

void
HistoryCheckRead(const HistoryReader *reader)
{
	if (reader->malformed)
		HistoryCheckStatus(HISTORY_MALFORMED);
}

/* ---------------------------------------------------------------- building values */

/* Start collecting at most `room` entries. */
HistoryEntries
HistoryStartEntries(Size room)
{
	HistoryEntries set = {.room = room};

	if (room > MaxAllocHugeSize / sizeof(HistoryEntry))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("purchase history too long")));
	set.at = palloc_extended(room * sizeof(HistoryEntry), MCXT_ALLOC_HUGE);
	return set;
}

void
HistoryCollectEntry(HistoryEntries *set, const HistoryEntry *entry, int scale)
{
	HistoryCheckStatus(HistoryCollect(set, entry, scale));
}

/* Collect the entries of the days since .. until, both included, of a history in either form. */
void
HistoryCollectDays(HistoryEntries *set, HistoryView history, DateADT since, DateADT until,
				   bool negate)
{
	HistoryReader reader = HistoryRead(history);
	HistoryEntry entry;

	while (HistoryNext(&reader, &entry))
	{
		CHECK_FOR_INTERRUPTS();
		if (entry.day < since || entry.day > until)
			continue;
		if (negate)
		{
			entry.orders = -entry.orders;
			entry.amount = -entry.amount;
		}
		HistoryCollectEntry(set, &entry, reader.scale);
	}
	HistoryCheckRead(&reader);
}

/* Pack a normalised set into a new value. */
static Datum
PackEntries(HistoryEntries *set)
{
	Size size = HistoryPackedSize(set);
	struct varlena *result;

	if (size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("purchase history too long")));
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	HistoryPack(set, (uint8_t *) VARDATA(result));
	pfree(set->at);
	return PointerGetDatum(result);
}

/* Normalise and pack what was collected into a new value. */
Datum
HistoryFinishEntries(HistoryEntries *set)
{
	HistoryCheckStatus(HistoryNormalise(set));
	return PackEntries(set);
}

/*
 * Detoast, and pack an aggregate's open state if that is what came: user-made aggregates and
 * partial plans can hand one to any function.
 */
HistoryView
DatumGetHistoryView(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	HistoryView view = {(const uint8_t *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};

	if (HistoryIsOpen(view))
	{
		HistoryEntries set = HistoryStartEntries(HistoryCountAtMost(view));
		struct varlena *packed;

		HistoryCollectDays(&set, view, DATEVAL_NOBEGIN, DATEVAL_NOEND, false);
		packed = (struct varlena *) DatumGetPointer(HistoryFinishEntries(&set));
		view.bytes = (const uint8_t *) VARDATA(packed);
		view.size = VARSIZE(packed) - VARHDRSZ;
	}
	Assert(!HistoryIsOpen(view));
	return view;
}

HistorySummary
HistorySummarize(HistoryView history, DateADT as_of)
{
	HistorySummary summary;

	HistoryCheckStatus(HistorySum(history, as_of, &summary));
	return summary;
}

HistorySummary
HistorySummarizeDays(HistoryView history, DateADT as_of, int32_t *days)
{
	HistorySummary summary;

	HistoryCheckStatus(HistorySumDays(history, as_of, &summary, days));
	return summary;
}

void
HistoryCheckAsOf(DateADT as_of)
{
	if (DATE_NOT_FINITE(as_of))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("as_of must be a finite date"),
						errhint("Pass the day to look from, such as DATE '2026-06-30'.")));
}

/* ---------------------------------------------------------------- text */

#define HISTORY_HINT \
	"A history is a list of day:orders:amount, such as \"2024-01-05:2:71.00,2024-02-11:0:-3.50\"."

Datum
history_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	Cursor in = CursorStart(input, strlen(input));
	Size room = 1;
	HistoryEntries set;
	HistoryEntry entry;
	int scale;

	for (const char *c = input; c < in.end; c++)
		room += *c == ',';
	set = HistoryStartEntries(room);

	while (HistoryNextFromText(&in, &entry, &scale))
	{
		CHECK_FOR_INTERRUPTS();
		if (HistoryCollect(&set, &entry, scale) != HISTORY_OK)
		{
			HistoryFailDay(&in, entry.day);
			break;
		}
	}
	if (in.expected == NULL && HistoryNormalise(&set) != HISTORY_OK)
		HistoryFailDay(&in, set.at[set.n].day);
	if (in.expected != NULL)
	{
		CrmInputError(CRM_ESCONTEXT(fcinfo), "history", &in, HISTORY_HINT);
		return (Datum) 0;
	}
	return PackEntries(&set);
}

Datum
history_out(PG_FUNCTION_ARGS)
{
	HistoryReader reader = HistoryRead(PG_GETARG_HISTORY(0));
	HistoryEntry entry;
	StringInfoData out;

	initStringInfo(&out);
	while (HistoryNext(&reader, &entry))
	{
		CHECK_FOR_INTERRUPTS();
		if (out.len > 0)
			appendStringInfoChar(&out, ',');
		enlargeStringInfo(&out, HISTORY_ENTRY_TEXT_MAX);
		out.len += (int) HistoryEntryFormat(&entry, reader.scale, out.data + out.len);
		out.data[out.len] = '\0';
	}
	HistoryCheckRead(&reader);
	PG_RETURN_CSTRING(out.data);
}

/* ---------------------------------------------------------------- binary
 *
 * The bytes of the packed form are the same on every machine, so they are the wire form too.
 */

Datum
history_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	HistoryView view;
	HistoryReader reader;
	HistoryEntry entry;
	HistoryEntries set;
	struct varlena *packed;
	bool good;

	view.size = (size_t) (message->len - message->cursor);
	view.bytes = (const uint8_t *) pq_getmsgbytes(message, (int) view.size);

	/*
	 * The one checker: a value is good if unpacking it and packing it again gives the same bytes.
	 * What text input builds is good by construction.
	 */
	reader = HistoryRead(view);
	good = !reader.open;
	set = HistoryStartEntries(HistoryCountAtMost(view));
	while (good && HistoryNext(&reader, &entry))
	{
		CHECK_FOR_INTERRUPTS();
		good = HistoryCollect(&set, &entry, reader.scale) == HISTORY_OK;
	}
	if (good && !reader.malformed && HistoryNormalise(&set) == HISTORY_OK)
	{
		packed = (struct varlena *) DatumGetPointer(PackEntries(&set));
		if (CrmHasBytes(packed, view.bytes, view.size))
			PG_RETURN_POINTER(packed);
	}
	CrmBinaryError("history",
				   psprintf("The bytes are not the packed form, version %d.", HISTORY_VERSION));
}

Datum
history_send(PG_FUNCTION_ARGS)
{
	HistoryView view = PG_GETARG_HISTORY(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, (const char *) view.bytes, (int) view.size);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}
