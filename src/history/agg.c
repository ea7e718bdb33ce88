/*
 * agg.c: crm.history_agg: purchase rows to a history.
 *
 * The state is a crm.history in its open form: one flat chunk with a log that is appended to in
 * place. It lives in the aggregate's memory, is small (a purchase takes about five bytes, and cache
 * misses on the states are what grouping costs), travels between parallel workers as it is, and
 * needs no memory context of its own. Only the final function sorts, merges and packs.
 *
 * A state is never adopted from an input: with a strict transition the first input would become the
 * state, with a short header or as a TOAST pointer. So transition and combine are not strict, and
 * make the state themselves.
 */
#include "history/private.h"

#include "miscadmin.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(history_agg_date);
PG_FUNCTION_INFO_V1(history_agg_timestamp);
PG_FUNCTION_INFO_V1(history_agg_timestamptz);
PG_FUNCTION_INFO_V1(history_agg_history);
PG_FUNCTION_INFO_V1(history_agg_final);
PG_FUNCTION_INFO_V1(history_agg_needs_zone);
PG_FUNCTION_INFO_V1(history_of_purchase);
PG_FUNCTION_INFO_V1(history_agg_has_no_zone);

/* Nine purchases or so fit the first state; it fills one memory chunk with no waste. */
#define FIRST_STATE_SIZE 64
/* From here on, a full log is first merged by day: a million line items of one day stay one entry.
 */
#define COMPACT_FROM_SIZE 1024

static inline uint8_t *
StateBytes(struct varlena *state)
{
	return (uint8_t *) VARDATA(state);
}

static inline Size
StateRoom(struct varlena *state)
{
	return VARSIZE(state) - VARHDRSZ;
}

static struct varlena *
NewState(Size size, int scale)
{
	struct varlena *state;

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("purchase history too long")));
	state = palloc0(size); /* all of it: a state that a user's own aggregate leaks is stored */
	SET_VARSIZE(state, size);
	HistoryOpenStart(StateBytes(state), scale);
	return state;
}

static struct varlena *AppendEntry(struct varlena *state, const HistoryEntry *entry, int scale);

/*
 * Make room: a new state, merged by day if that helps, at a scale of at least `scale`. It is made
 * in the current context; the executor copies it into the aggregate's and frees the old one.
 */
static struct varlena *
GrowState(struct varlena *state, int scale)
{
	HistoryView view = {StateBytes(state), StateRoom(state)};
	HistoryReader reader = HistoryRead(view);
	Size size = VARSIZE(state);
	struct varlena *grown;
	HistoryEntries set;

	if (size < COMPACT_FROM_SIZE && scale <= reader.scale)
	{
		grown = NewState(size * 2, reader.scale);
		HistoryOpenCopy(StateBytes(grown), StateBytes(state));
		return grown;
	}

	set = HistoryStartEntries(HistoryCountAtMost(view));
	HistoryCollectDays(&set, view, DATEVAL_NOBEGIN, DATEVAL_NOEND, false);
	HistoryCheckStatus(HistoryNormalise(&set));
	scale = Max(scale, reader.scale);

	/* In a log a day can take a byte more than packed. Keep half of the room free. */
	while (size < 2 * (HistoryPackedSize(&set) + set.n) + FIRST_STATE_SIZE)
		size *= 2;
	grown = NewState(size, scale);
	for (size_t i = 0; i < set.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		grown = AppendEntry(grown, &set.at[i], set.scale);
	}
	pfree(set.at);
	return grown;
}

/* Append one entry to a state (NULL: a new one); returns the state, which may be another. */
static struct varlena *
AppendEntry(struct varlena *state, const HistoryEntry *entry, int scale)
{
	if (state == NULL)
		state = NewState(FIRST_STATE_SIZE, scale);
	for (;;)
	{
		HistoryStatus status = HistoryOpenAppend(StateBytes(state), StateRoom(state), entry, scale);

		if (status == HISTORY_OK)
			return state;
		if (status != HISTORY_FULL && status != HISTORY_RESCALE)
			HistoryCheckStatus(status);
		state = GrowState(state, scale);
	}
}

/* Append all of a history, in either form. */
static struct varlena *
AppendHistory(struct varlena *state, struct varlena *other)
{
	HistoryReader reader =
		HistoryRead((HistoryView){(const uint8_t *) VARDATA_ANY(other), VARSIZE_ANY_EXHDR(other)});
	HistoryEntry entry;

	if (state == NULL)
		state = NewState(FIRST_STATE_SIZE, reader.scale);
	while (HistoryNext(&reader, &entry))
	{
		CHECK_FOR_INTERRUPTS();
		state = AppendEntry(state, &entry, reader.scale);
	}
	HistoryCheckRead(&reader);
	return state;
}

/* The state of this call, or NULL before the first row. An error outside of an aggregate. */
static struct varlena *
GetState(FunctionCallInfo fcinfo)
{
	struct varlena *state;
	HistoryView view;

	CrmCheckInAggregate(fcinfo, "crm.history_agg");
	if (PG_ARGISNULL(0))
		return NULL;
	state = (struct varlena *) PG_GETARG_POINTER(0);
	if (VARATT_IS_4B_U(state))
	{
		view = (HistoryView){StateBytes(state), StateRoom(state)};
		if (HistoryOpenIsValid(view))
			return state;
	}

	/* A user's own aggregate may start from any history: open a copy of it. */
	state = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	return AppendHistory(NULL, state);
}

/* The entry of a row: its day, its amount with its scale, its orders by argument or by the rule. */
static HistoryEntry
GetPurchase(FunctionCallInfo fcinfo, DateADT day, int amount_arg, int orders_arg, int *scale)
{
	HistoryEntry entry = {.day = day};

	entry.amount = HistoryMoneyFromNumeric(PG_GETARG_DATUM(amount_arg), scale);
	if (orders_arg < PG_NARGS() && !PG_ARGISNULL(orders_arg))
	{
		entry.orders = PG_GETARG_INT64(orders_arg);
		if (entry.orders == PG_INT64_MIN)
			HistoryCheckStatus(HISTORY_OUT_OF_RANGE);
	}
	else
		entry.orders = entry.amount >= 0 ? 1 : 0;
	return entry;
}

/* A transition: add the row of `day`, arguments amount (2) and, if `orders_arg`, orders. */
static Datum
AddPurchase(FunctionCallInfo fcinfo, struct varlena *state, DateADT day, int orders_arg)
{
	int scale;
	HistoryEntry entry = GetPurchase(fcinfo, day, 2, orders_arg, &scale);

	PG_RETURN_POINTER(AppendEntry(state, &entry, scale));
}

/* The state as it is, for a row that does not count. */
static Datum
SkipRow(FunctionCallInfo fcinfo, struct varlena *state)
{
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

Datum
history_agg_date(PG_FUNCTION_ARGS)
{
	struct varlena *state = GetState(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return SkipRow(fcinfo, state);
	return AddPurchase(fcinfo, state, HistoryCheckDay(PG_GETARG_DATEADT(1)), 3);
}

Datum
history_agg_timestamp(PG_FUNCTION_ARGS)
{
	struct varlena *state = GetState(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return SkipRow(fcinfo, state);
	return AddPurchase(fcinfo, state, HistoryDayOfTimestamp(PG_GETARG_TIMESTAMP(1)), 3);
}

Datum
history_agg_timestamptz(PG_FUNCTION_ARGS)
{
	struct varlena *state = GetState(fcinfo);

	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("time zone is NULL"),
						errhint("Pass the zone in which the shop counts its days, such as "
								"'Europe/London'.")));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return SkipRow(fcinfo, state);
	return AddPurchase(
		fcinfo, state,
		HistoryDayOfTimestampTz(fcinfo->flinfo, PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TEXT_PP(3)), 4);
}

/* Add a history, in either form: the transition of history_agg(history), and every combine. */
Datum
history_agg_history(PG_FUNCTION_ARGS)
{
	struct varlena *state = GetState(fcinfo);

	if (PG_ARGISNULL(1))
		return SkipRow(fcinfo, state);
	PG_RETURN_POINTER(AppendHistory(state, PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1))));
}

/* Pack the state into a new value. The state stays as it is: a window may go on with it. */
Datum
history_agg_final(PG_FUNCTION_ARGS)
{
	struct varlena *state = GetState(fcinfo);
	HistoryView view;
	HistoryEntries set;

	if (state == NULL) /* no purchases: the empty history */
		state = NewState(FIRST_STATE_SIZE, 0);
	view = (HistoryView){StateBytes(state), StateRoom(state)};
	set = HistoryStartEntries(
		HistoryCountAtMost((HistoryView){view.bytes, HistoryOpenUsed(view.bytes)}));
	HistoryCollectDays(&set, view, DATEVAL_NOBEGIN, DATEVAL_NOEND, false);
	return HistoryFinishEntries(&set);
}

/* One purchase as a history: what the aggregate makes of one row. */
Datum
history_of_purchase(PG_FUNCTION_ARGS)
{
	HistoryEntries set;
	HistoryEntry entry;
	int scale;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	entry = GetPurchase(fcinfo, HistoryCheckDay(PG_GETARG_DATEADT(0)), 1, 2, &scale);
	set = HistoryStartEntries(1);
	HistoryCollectEntry(&set, &entry, scale);
	return HistoryFinishEntries(&set);
}

/*
 * Two calls that would otherwise find an implicit cast and then depend, silently, on the session's
 * time zone. Better an error that says what to write.
 */
Datum
history_agg_needs_zone(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("history_agg needs the time zone in which days are counted"),
			 errdetail("A timestamp with time zone falls on different days in different zones."),
			 errhint("Write history_agg(at, amount, 'Europe/London').")));
}

Datum
history_agg_has_no_zone(PG_FUNCTION_ARGS)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("history_agg takes a time zone only with a timestamp with time zone"),
					errdetail("A date or a timestamp without time zone names its day already."),
					errhint("Leave the zone out, or say in which zone it was written: "
							"history_agg(at AT TIME ZONE 'UTC', amount, 'Europe/London').")));
}
