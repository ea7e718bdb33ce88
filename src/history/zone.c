/*
 * zone.c: the day of a point in time.
 *
 * A timestamptz has a day only in a zone, and the zone is always an argument: the session's zone
 * would make the same query give other dates on another client.
 */
#include "history/private.h"

#include "compare.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(zone_in);
PG_FUNCTION_INFO_V1(zone_out);
PG_FUNCTION_INFO_V1(zone_recv);
PG_FUNCTION_INFO_V1(zone_send);
PG_FUNCTION_INFO_V1(zone_from_text);

/* Spans of constant offset that are remembered; a zone has two a year. */
#define ZONE_SPANS 64

/* A stretch of time, in seconds of the Unix epoch, in which a zone keeps one offset. */
typedef struct ZoneSpan
{
	pg_time_t since;
	pg_time_t until; /* not included */
	long offset;     /* seconds east of UTC */
} ZoneSpan;

/* What one call site knows of the zone it used last. */
typedef struct ZoneCache
{
	pg_tz *zone;
	int name_size;
	char name[TZ_STRLEN_MAX + 1];
	int spans;
	int last; /* the span that served last */
	int next; /* the span to replace when all are in use */
	ZoneSpan span[ZONE_SPANS];
} ZoneCache;

DateADT
HistoryCheckDay(DateADT day)
{
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("purchase day is infinite"),
				 errhint("Leave such rows out: FILTER (WHERE isfinite(day)).")));
	return day;
}

/* Microseconds to the day they fall on, rounding towards the past. */
static DateADT
DayOf(int64 micros)
{
	int64 day = micros / USECS_PER_DAY;

	return (DateADT) (micros % USECS_PER_DAY < 0 ? day - 1 : day);
}

DateADT
HistoryDayOfTimestamp(Timestamp at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		HistoryCheckDay(DATEVAL_NOEND);
	return DayOf(at);
}

/* Look a zone up by its full name; NULL if there is none that counts days without leap seconds. */
static pg_tz *
FindZone(const char *name, int size)
{
	char terminated[TZ_STRLEN_MAX + 1];
	pg_tz *zone;

	if (size > TZ_STRLEN_MAX || memchr(name, '\0', size) != NULL)
		return NULL;
	memcpy(terminated, name, size);
	terminated[size] = '\0';
	zone = pg_tzset(terminated);
	return zone != NULL && pg_tz_acceptable(zone) ? zone : NULL;
}

/* What a call site knows of a zone. */
static ZoneCache *
GetZone(FmgrInfo *flinfo, text *zone)
{
	ZoneCache *cache = flinfo->fn_extra;
	const char *name = VARDATA_ANY(zone);
	int size = (int) VARSIZE_ANY_EXHDR(zone);
	pg_tz *found;

	if (cache != NULL && CrmHasBytes(zone, cache->name, cache->name_size))
		return cache;

	found = FindZone(name, size);
	if (found == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time zone \"%.*s\" not recognized", size, name),
						errdetail("It was known when the value was made.")));
	if (cache == NULL)
		cache = flinfo->fn_extra = MemoryContextAlloc(flinfo->fn_mcxt, sizeof(ZoneCache));
	memset(cache, 0, sizeof(ZoneCache));
	cache->zone = found;
	cache->name_size = size;
	memcpy(cache->name, name, size);
	return cache;
}

/* The offset of the zone at a time, from the remembered spans or from the zone's rules. */
static long
OffsetAt(ZoneCache *cache, pg_time_t t)
{
	ZoneSpan *span = &cache->span[cache->last];
	long before_offset;
	long after_offset;
	int before_isdst;
	int after_isdst;
	pg_time_t boundary;
	int found;

	if (t >= span->since && t < span->until)
		return span->offset;
	for (int i = 0; i < cache->spans; i++)
	{
		span = &cache->span[i];
		if (t >= span->since && t < span->until)
		{
			cache->last = i;
			return span->offset;
		}
	}

	found = pg_next_dst_boundary(&t, &before_offset, &before_isdst, &boundary, &after_offset,
								 &after_isdst, cache->zone);
	if (found < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	if (found == 0)
		boundary = PG_INT64_MAX; /* this offset for ever */

	/* A known span that ends at the same boundary is the same span, seen from a later time. */
	for (int i = 0; i < cache->spans; i++)
	{
		span = &cache->span[i];
		if (span->until == boundary && span->offset == before_offset)
		{
			span->since = Min(span->since, t);
			return before_offset;
		}
	}
	if (cache->spans < ZONE_SPANS)
		cache->last = cache->spans++;
	else
	{
		cache->last = cache->next;
		cache->next = (cache->next + 1) % ZONE_SPANS;
	}
	cache->span[cache->last] = (ZoneSpan){.since = t, .until = boundary, .offset = before_offset};
	return before_offset;
}

DateADT
HistoryDayOfTimestampTz(FmgrInfo *flinfo, TimestampTz at, text *zone)
{
	ZoneCache *cache = GetZone(flinfo, zone);
	pg_time_t t;
	DateADT day;

	if (TIMESTAMP_NOT_FINITE(at))
		HistoryCheckDay(DATEVAL_NOEND);
	t = at / USECS_PER_SEC - (at % USECS_PER_SEC < 0) +
		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (pg_time_t) SECS_PER_DAY;
	day = DayOf(at + OffsetAt(cache, t) * USECS_PER_SEC);
	if (day < HISTORY_FIRST_DAY)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("purchase day out of range"),
				 errdetail("In that time zone it lies before the first date there is.")));
	return day;
}

/* ---------------------------------------------------------------- the type */

/*
 * Is it a zone of the time zone database? The server takes rules in the form of POSIX as well, in
 * which UTC+2 and +02:00 lie west of Greenwich: hardly anybody means that. A rule has a digit, and
 * so have few names (Etc/GMT-2): these are looked for among all.
 */
static bool
ZoneIsNamed(pg_tz *zone)
{
	const char *name = pg_get_timezone_name(zone);
	pg_tzenum *all;
	pg_tz *other;
	bool found = false;

	if (strpbrk(name, "0123456789") == NULL)
		return true;
	all = pg_tzenumerate_start();
	while (!found && (other = pg_tzenumerate_next(all)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		found = strcmp(pg_get_timezone_name(other), name) == 0;
	}
	pg_tzenumerate_end(all);
	return found;
}

/* Make a zone of a name from outside; the one checker of the type. */
static Datum
MakeZone(const char *name, int size, Node *escontext)
{
	Cursor in = CursorStart(name, (Size) size);
	pg_tz *zone = FindZone(name, size);

	if (zone == NULL || !ZoneIsNamed(zone))
	{
		in.at = in.end;
		CursorFail(&in, name, "the full name of a time zone");
		CrmInputError(escontext, "zone", &in,
					  "Use a full name such as 'Europe/London'; pg_timezone_names lists them.");
		return (Datum) 0;
	}
	/* as the database spells it: equal zones have equal bytes */
	return PointerGetDatum(cstring_to_text(pg_get_timezone_name(zone)));
}

Datum
zone_in(PG_FUNCTION_ARGS)
{
	const char *name = PG_GETARG_CSTRING(0);

	return MakeZone(name, (int) strlen(name), CRM_ESCONTEXT(fcinfo));
}

Datum
zone_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(TextDatumGetCString(PG_GETARG_DATUM(0)));
}

Datum
zone_recv(PG_FUNCTION_ARGS)
{
	int size;
	char *name = CrmReceivedText(fcinfo, &size);

	return MakeZone(name, size, NULL);
}

Datum
zone_send(PG_FUNCTION_ARGS)
{
	return textsend(fcinfo);
}

Datum
zone_from_text(PG_FUNCTION_ARGS)
{
	text *name = PG_GETARG_TEXT_PP(0);

	return MakeZone(VARDATA_ANY(name), (int) VARSIZE_ANY_EXHDR(name), NULL);
}
