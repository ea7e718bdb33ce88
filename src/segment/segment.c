/*
 * segment.c: the type crm.segment, a set of cells.
 */
#include "segment/segment.h"

#include "compare.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(segment_in);
PG_FUNCTION_INFO_V1(segment_out);
PG_FUNCTION_INFO_V1(segment_recv);
PG_FUNCTION_INFO_V1(segment_send);
PG_FUNCTION_INFO_V1(segment_has_rfm);
PG_FUNCTION_INFO_V1(rfm_in_segment);
PG_FUNCTION_INFO_V1(segment_contains);
PG_FUNCTION_INFO_V1(segment_contained);
PG_FUNCTION_INFO_V1(segment_overlaps);
PG_FUNCTION_INFO_V1(segment_union);
PG_FUNCTION_INFO_V1(segment_difference);
PG_FUNCTION_INFO_V1(segment_intersection);
PG_FUNCTION_INFO_V1(segment_complement);
PG_FUNCTION_INFO_V1(segment_cells);
PG_FUNCTION_INFO_V1(segment_cell_count);
PG_FUNCTION_INFO_V1(segment_add_rfm);

Datum
CellSetGetDatum(CellSet set)
{
	CellSet *result = palloc(sizeof(CellSet));

	Assert(CellSetIsValid(set));
	*result = set;
	return PointerGetDatum(result);
}

/* Read patterns: [45][45]*, 35[345]. */
Datum
segment_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	Cursor in = CursorStart(input, strlen(input));
	CellSet set;

	if (!CellSetParse(&in, &set))
	{
		CrmInputError(CRM_ESCONTEXT(fcinfo), "segment", &in,
					  "Write patterns of recency, frequency, monetary: [45][45]*, 35[345].");
		return (Datum) 0;
	}
	PG_RETURN_CELL_SET(set);
}

/* Write the canonical patterns. */
Datum
segment_out(PG_FUNCTION_ARGS)
{
	char *output = palloc(CELL_SET_TEXT_SIZE);

	CellSetPrint(PG_GETARG_CELL_SET(0), output);
	PG_RETURN_CSTRING(output);
}

/* Read 128 bits, high half first. */
Datum
segment_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	CellSet set;

	set.bits[1] = (uint64) pq_getmsgint64(message);
	set.bits[0] = (uint64) pq_getmsgint64(message);
	if (!CellSetIsValid(set))
		CrmBinaryError("segment", "The two highest bits stand for no cell and must be zero.");
	PG_RETURN_CELL_SET(set);
}

/* Write 128 bits, high half first. */
Datum
segment_send(PG_FUNCTION_ARGS)
{
	CellSet set = PG_GETARG_CELL_SET(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint64(&message, set.bits[1]);
	pq_sendint64(&message, set.bits[0]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* ---------------------------------------------------------------- membership */

Datum
segment_has_rfm(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CellSetHas(PG_GETARG_CELL_SET(0), CellIndex(PG_GETARG_CELL(1))));
}

Datum
rfm_in_segment(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CellSetHas(PG_GETARG_CELL_SET(1), CellIndex(PG_GETARG_CELL(0))));
}

Datum
segment_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CellSetIsEmpty(CellSetDifference(PG_GETARG_CELL_SET(1), PG_GETARG_CELL_SET(0))));
}

Datum
segment_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CellSetIsEmpty(CellSetDifference(PG_GETARG_CELL_SET(0), PG_GETARG_CELL_SET(1))));
}

Datum
segment_overlaps(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(
		!CellSetIsEmpty(CellSetIntersection(PG_GETARG_CELL_SET(0), PG_GETARG_CELL_SET(1))));
}

/* ---------------------------------------------------------------- algebra */

Datum
segment_union(PG_FUNCTION_ARGS)
{
	PG_RETURN_CELL_SET(CellSetUnion(PG_GETARG_CELL_SET(0), PG_GETARG_CELL_SET(1)));
}

Datum
segment_difference(PG_FUNCTION_ARGS)
{
	PG_RETURN_CELL_SET(CellSetDifference(PG_GETARG_CELL_SET(0), PG_GETARG_CELL_SET(1)));
}

Datum
segment_intersection(PG_FUNCTION_ARGS)
{
	PG_RETURN_CELL_SET(CellSetIntersection(PG_GETARG_CELL_SET(0), PG_GETARG_CELL_SET(1)));
}

/* The other cells of customers who bought: whoever never bought is in no complement. */
Datum
segment_complement(PG_FUNCTION_ARGS)
{
	PG_RETURN_CELL_SET(CellSetDifference(CellSetBought(RFM_MAX_LEVELS), PG_GETARG_CELL_SET(0)));
}

/* ---------------------------------------------------------------- cells in and out */

/* Return the cells, lowest first. */
Datum
segment_cells(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	int index;

	if (SRF_IS_FIRSTCALL())
	{
		funcctx = SRF_FIRSTCALL_INIT();
		funcctx->user_fctx = MemoryContextAlloc(funcctx->multi_call_memory_ctx, sizeof(CellSet));
		*(CellSet *) funcctx->user_fctx = PG_GETARG_CELL_SET(0);
	}
	funcctx = SRF_PERCALL_SETUP();
	index = (int) funcctx->call_cntr;
	/* call_cntr counts cells returned, so skip the ones that were not */
	for (int i = 0, seen = 0; i < RFM_CELLS; i++)
		if (CellSetHas(*(CellSet *) funcctx->user_fctx, i) && seen++ == index)
			SRF_RETURN_NEXT(funcctx, CellGetDatum(CellFromIndex(i)));
	SRF_RETURN_DONE(funcctx);
}

Datum
segment_cell_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(CellSetCount(PG_GETARG_CELL_SET(0)));
}

/* Add a cell; the step of crm.segment_agg, which owns its state. */
Datum
segment_add_rfm(PG_FUNCTION_ARGS)
{
	Datum state = PG_GETARG_DATUM(0);

	if (!AggCheckCallContext(fcinfo, NULL))
		state = CellSetGetDatum(DatumGetCellSet(state));
	CellSetAdd((CellSet *) DatumGetPointer(state), CellIndex(PG_GETARG_CELL(1)));
	return state;
}

/* ---------------------------------------------------------------- order and hash */

static CrmBytes
SegmentBytes(Datum datum)
{
	return (CrmBytes){DatumGetPointer(datum), sizeof(CellSet), NULL};
}

static int
SegmentOrder(Datum a, Datum b)
{
	return CellSetCompare(DatumGetCellSet(a), DatumGetCellSet(b));
}

CRM_EQUALITY(segment, SegmentBytes);
CRM_ORDER(segment, SegmentOrder);
