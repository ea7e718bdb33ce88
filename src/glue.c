/*
 * glue.c: what the glue of every room needs of PostgreSQL.
 */
#include "glue.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

int
CrmClippedLength(const char *input, Size size)
{
	return pg_mbcliplen(input, (int) Min(size, 1000), 100);
}

char *
CrmInputDetail(const Cursor *in)
{
	/* counted in characters, as people count */
	int place = pg_mbstrlen_with_len(in->text, (int) (in->fault - in->text)) + 1;

	if (in->found == 0)
		return psprintf("At character %d: expected %s, found the end of the text.", place,
						in->expected);
	return psprintf("At character %d: expected %s, found \"%.*s\".", place, in->expected,
					CrmClippedLength(in->fault, in->found), in->fault);
}

void
CrmInputError(fmNodePtr escontext, const char *type, const Cursor *in, const char *hint)
{
	CrmInputErrorDetail(escontext, type, in, CrmInputDetail(in), hint);
}

void
CrmInputErrorDetail(fmNodePtr escontext, const char *type, const Cursor *in, const char *detail,
					const char *hint)
{
	Size size = (Size) (in->end - in->text);

	errsave(escontext, (errcode(in->out_of_range ? ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE
												 : ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type crm.%s: \"%.*s\"", type,
							   CrmClippedLength(in->text, size), in->text),
						errdetail("%s", detail), errhint("%s", hint)));
}

void
CrmBinaryError(const char *type, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary value of type crm.%s", type), errdetail("%s", detail)));
}

char *
CrmReceivedText(FunctionCallInfo fcinfo, int *size)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);

	return pq_getmsgtext(message, message->len - message->cursor, size);
}

Datum
CrmNumericFromText(const char *number)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(number), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

void
CrmListName(StringInfo list, const char *name, Size size)
{
	appendStringInfo(list, "%s%.*s", list->len > 0 ? ", " : "", (int) size, name);
}

TupleDesc
CrmResultRowType(FunctionCallInfo fcinfo)
{
	TupleDesc desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return BlessTupleDesc(desc);
}

Datum
CrmReturnRow(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	TupleDesc desc = fcinfo->flinfo->fn_extra;

	/* looking the row type up costs more than most of the functions do */
	if (desc == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		desc = fcinfo->flinfo->fn_extra = CrmResultRowType(fcinfo);
		MemoryContextSwitchTo(old);
	}
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

void
CrmCheckInAggregate(FunctionCallInfo fcinfo, const char *aggregate)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("this function works only inside an aggregate"),
						errhint("Use %s.", aggregate)));
}

static bool
MustStop(void *arg)
{
	return InterruptPending && (QueryCancelPending || ProcDiePending);
}

static void *
Allocate(void *arg, size_t size)
{
	if (size > MaxAllocHugeSize)
		return NULL;
	return palloc_extended(size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
}

static void
Release(void *arg, void *p)
{
	pfree(p);
}

const Environment CrmEnvironment = {MustStop, Allocate, Release, NULL};

void
CrmInterrupted(void)
{
	CHECK_FOR_INTERRUPTS();
	/* the request was withdrawn meanwhile, or is held off */
	ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED), errmsg("computation interrupted")));
}

void
CrmOutOfMemory(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"), errdetail("%s", detail)));
}
