/*
 * data.c: the type crm.btyd_data: counted customers
 */
#include "clv/data.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "compare.h"
#include "core/clv/data_text.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(btyd_data_in);
PG_FUNCTION_INFO_V1(btyd_data_out);
PG_FUNCTION_INFO_V1(btyd_data_recv);
PG_FUNCTION_INFO_V1(btyd_data_send);
PG_FUNCTION_INFO_V1(btyd_data_rows);
PG_FUNCTION_INFO_V1(btyd_data_spend_rows);
PG_FUNCTION_INFO_V1(btyd_data_day_rows);
PG_FUNCTION_INFO_V1(btyd_data_gap_rows);
PG_FUNCTION_INFO_V1(btyd_data_summary);

/* ---------------------------------------------------------------- building */

BtydRow *
BtydAllocateRows(Size n)
{
	if (n > MaxAllocHugeSize / sizeof(BtydRow))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many customers")));
	return palloc_extended(Max(n, 1) * sizeof(BtydRow), MCXT_ALLOC_HUGE);
}

static CRM_NORETURN void Malformed(void);

static void
Malformed(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("malformed btyd_data"),
					errdetail("The stored bytes are not a value of type crm.btyd_data.")));
}

void
BtydCheckStatus(BtydDataStatus status)
{
	switch (status)
	{
		case BTYD_DATA_OK:
			break;
		case BTYD_DATA_OUT_OF_RANGE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("number of customers out of range"),
					 errdetail("Customers, and what else is counted, must stay below 2^53.")));
			break;
		case BTYD_DATA_MALFORMED:
			Malformed();
		case BTYD_DATA_NO_MEMORY:
			CrmOutOfMemory("Ordering customers needs 64 bytes a distinct row.");
		case BTYD_DATA_INTERRUPTED:
			CrmInterrupted();
		case BTYD_DATA_FULL:
		case BTYD_DATA_OTHER_UNIT:
			elog(ERROR, "unexpected btyd_data status %d", (int) status);
	}
}

void
BtydBadCustomer(BtydStatus status, double x, double t_x, double t)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", BtydStatusMessage(status)),
			 errdetail("x is %g, t_x is %g, t is %g.", x, t_x, t),
			 errhint("x counts repeat purchase days, t_x is the time from the first to the last, t "
					 "from the first to today, in the model's unit of time; crm.btyd(history, "
					 "as_of, unit_days) computes them.")));
}

void
BtydCheckMeanSpend(double m_x)
{
	if (!isfinite(m_x))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("mean spend must be a finite number"), errdetail("m_x is %g.", m_x)));
}

/* Pack data whose rows are in order into a new value. */
Datum
BtydDataGetDatum(BtydData *data)
{
	struct varlena *result = palloc_extended(VARHDRSZ + BtydPackedBound(data), MCXT_ALLOC_HUGE);
	Size size = VARHDRSZ + BtydPack(data, (uint8_t *) VARDATA(result));

	if (size > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many customers")));
	result = repalloc(result, size);
	SET_VARSIZE(result, size);
	return PointerGetDatum(result);
}

bool
BtydDataIsOpen(const struct varlena *value)
{
	if (VARSIZE_ANY_EXHDR(value) == 0 || *(const uint8 *) VARDATA_ANY(value) != BTYD_OPEN_HEAD)
		return false;
	/* no open form is so small that it has a short length word, which would not be aligned */
	if (!VARATT_IS_4B_U(value) || !BtydOpenIsValid((const BtydOpen *) value, VARSIZE(value)))
		Malformed();
	return true;
}

BtydData
BtydOpenGetData(const BtydOpen *open)
{
	BtydData data = {.rows = BtydAllocateRows(open->n)};

	BtydCheckStatus(BtydOpenUnpack(open, &CrmEnvironment, &data));
	return data;
}

BtydData
DatumGetBtydData(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	const uint8_t *bytes = (const uint8_t *) VARDATA_ANY(value);
	Size size = VARSIZE_ANY_EXHDR(value);
	BtydData data;

	if (BtydDataIsOpen(value))
		return BtydOpenGetData((const BtydOpen *) value);
	if (BtydUnpackHead(bytes, size, &data))
	{
		data.rows = BtydAllocateRows(BtydRowCount(&data));
		if (BtydUnpack(bytes, size, &data))
			return data;
	}
	Malformed();
}

/* The packed bytes of a value in either form. */
static struct varlena *
DatumGetPacked(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	BtydData data;

	if (VARSIZE_ANY_EXHDR(value) > 0 && *(const uint8_t *) VARDATA_ANY(value) == BTYD_CODEC_VERSION
																					 << 1)
		return value;
	data = DatumGetBtydData(datum);
	return (struct varlena *) DatumGetPointer(BtydDataGetDatum(&data));
}

/* ---------------------------------------------------------------- text */

Datum
btyd_data_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	BtydTextReader reader = {.in = CursorStart(input, strlen(input))};
	BtydData data = {0};
	Size room = BTYD_KINDS; /* the first row of a list has no comma before it */
	BtydRow *rows, row;
	Size n = 0;

	for (const char *c = input; *c; c++)
		room += *c == ',';
	rows = BtydAllocateRows(room);

	if (BtydTextHead(&reader.in, &data))
		while (BtydTextNext(&reader, &row))
		{
			CHECK_FOR_INTERRUPTS();
			rows[n++] = row;
		}
	if (reader.in.expected != NULL)
	{
		CrmInputError(
			CRM_ESCONTEXT(fcinfo), "btyd_data", &reader.in,
			"Make it with crm.btyd_agg. Its text is \"unit_days=7 ... "
			"rows=x:t_x:t*n,... spend=x:m_x*n,... days=2024-02-12*n,... gaps=14*n,...\".");
		return (Datum) 0;
	}
	data.rows = BtydAllocateRows(n);
	BtydCheckStatus(BtydNormalise(rows, n, &data, &CrmEnvironment));
	PG_RETURN_DATUM(BtydDataGetDatum(&data));
}

Datum
btyd_data_out(PG_FUNCTION_ARGS)
{
	BtydData data = DatumGetBtydData(PG_GETARG_DATUM(0));
	StringInfoData out;

	initStringInfo(&out);
	enlargeStringInfo(&out, BTYD_HEAD_TEXT_MAX);
	out.len = (int) BtydTextPutHead(&data, double_to_shortest_decimal_bufn, out.data);
	for (Size i = 0; i < BtydRowCount(&data); i++)
	{
		CHECK_FOR_INTERRUPTS();
		enlargeStringInfo(&out, BTYD_ROW_TEXT_MAX);
		out.len +=
			(int) BtydTextPutRow(&data, i, double_to_shortest_decimal_bufn, out.data + out.len);
	}
	out.data[out.len] = '\0';
	PG_RETURN_CSTRING(out.data);
}

/* ---------------------------------------------------------------- binary
 *
 * The packed bytes are the same on every machine, so they are the wire form too.
 */

Datum
btyd_data_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	Size size = (Size) (message->len - message->cursor);
	const uint8_t *bytes = (const uint8_t *) pq_getmsgbytes(message, (int) size);
	BtydData data;

	/* Bytes are good if unpacking them and packing again gives the same. */
	if (BtydUnpackHead(bytes, size, &data))
	{
		data.rows = BtydAllocateRows(BtydRowCount(&data));
		if (BtydUnpack(bytes, size, &data))
		{
			struct varlena *packed = (struct varlena *) DatumGetPointer(BtydDataGetDatum(&data));

			if (CrmHasBytes(packed, bytes, size))
				PG_RETURN_POINTER(packed);
		}
	}
	CrmBinaryError("btyd_data",
				   psprintf("The bytes are not the packed form, version %d.", BTYD_CODEC_VERSION));
}

Datum
btyd_data_send(PG_FUNCTION_ARGS)
{
	struct varlena *packed = DatumGetPacked(PG_GETARG_DATUM(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, VARDATA_ANY(packed), (int) VARSIZE_ANY_EXHDR(packed));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* Packed, also if an aggregate's open state came. */
static CrmBytes
BtydDataBytes(Datum datum)
{
	return CrmStoredBytes(PointerGetDatum(DatumGetPacked(datum)));
}

CRM_EQUALITY(btyd_data, BtydDataBytes);

/* ---------------------------------------------------------------- looking inside */

/* The rows of a kind, one a call. */
static Datum
NextRow(FunctionCallInfo fcinfo, BtydKind kind)
{
	FuncCallContext *funcctx;
	BtydData *data;
	const BtydRow *row;
	Datum values[4];
	bool nulls[4] = {false, false, false, false};
	int column = 0;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		funcctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		funcctx->tuple_desc = CrmResultRowType(fcinfo);
		data = palloc(sizeof(BtydData));
		*data = DatumGetBtydData(PG_GETARG_DATUM(0));
		funcctx->user_fctx = data;
		MemoryContextSwitchTo(old);
	}
	funcctx = SRF_PERCALL_SETUP();
	data = funcctx->user_fctx;
	if (funcctx->call_cntr >= data->n[kind])
		SRF_RETURN_DONE(funcctx);
	row = &BtydRowsOf(data, kind)[funcctx->call_cntr];
	if (kind == BTYD_DAYS)
		values[column++] = DateADTGetDatum((DateADT) row->x);
	else if (kind == BTYD_GAPS)
		values[column++] = Int32GetDatum((int32) row->x);
	else
	{
		values[column++] = Int64GetDatum((int64) row->x);
		values[column++] = Float8GetDatum(row->t_x);
		if (kind == BTYD_CUSTOMERS)
			values[column++] = Float8GetDatum(row->t);
	}
	values[column] = Int64GetDatum((int64) row->weight);
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values, nulls)));
}

Datum
btyd_data_rows(PG_FUNCTION_ARGS)
{
	return NextRow(fcinfo, BTYD_CUSTOMERS);
}

Datum
btyd_data_spend_rows(PG_FUNCTION_ARGS)
{
	return NextRow(fcinfo, BTYD_SPEND);
}

Datum
btyd_data_day_rows(PG_FUNCTION_ARGS)
{
	return NextRow(fcinfo, BTYD_DAYS);
}

Datum
btyd_data_gap_rows(PG_FUNCTION_ARGS)
{
	return NextRow(fcinfo, BTYD_GAPS);
}

/*
 * One row about the data: unit_days, as_of, customers, those there at the start, distinct rows of
 * customers and spend, share of gaps of one day, then the counters.
 */
Datum
btyd_data_summary(PG_FUNCTION_ARGS)
{
	BtydData data = DatumGetBtydData(PG_GETARG_DATUM(0));
	BtydCustomers customers = BtydCountCustomers(&data);
	BtydGaps gaps = BtydSumGaps(&data);
	const double *counter = (const double *) &data.counters;
	Datum values[7 + BTYD_COUNTERS];
	bool nulls[7 + BTYD_COUNTERS] = {false};

	values[0] = Float8GetDatum(data.unit_days);
	values[1] = DateADTGetDatum(data.as_of);
	nulls[1] = data.as_of == BTYD_NO_DAY;
	values[2] = Int64GetDatum((int64) customers.all);
	values[3] = Int64GetDatum((int64) customers.there_at_start);
	values[4] = Int64GetDatum((int64) data.n[BTYD_CUSTOMERS]);
	values[5] = Int64GetDatum((int64) data.n[BTYD_SPEND]);
	values[6] = Float8GetDatum(gaps.one_day / gaps.n);
	nulls[6] = gaps.n == 0;
	for (int i = 0; i < BTYD_COUNTERS; i++)
		values[7 + i] = Int64GetDatum((int64) counter[i]);
	return CrmReturnRow(fcinfo, values, nulls);
}
