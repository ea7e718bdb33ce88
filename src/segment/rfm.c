/*
 * rfm.c: the type crm.rfm, one cell. Its comparisons are those of int2, in sql/segment/.
 */
#include "segment/segment.h"

#include "libpq/pqformat.h"

PG_FUNCTION_INFO_V1(rfm_in);
PG_FUNCTION_INFO_V1(rfm_out);
PG_FUNCTION_INFO_V1(rfm_recv);
PG_FUNCTION_INFO_V1(rfm_send);
PG_FUNCTION_INFO_V1(rfm_make);
PG_FUNCTION_INFO_V1(rfm_from_int4);
PG_FUNCTION_INFO_V1(rfm_recency_score);
PG_FUNCTION_INFO_V1(rfm_frequency_score);
PG_FUNCTION_INFO_V1(rfm_monetary_score);

#define CELL_DETAIL \
	"A cell is three scores from 1 (worst) to 5 (best), or 000 for a customer who never bought."

/* Read three digits. */
Datum
rfm_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	Cursor in = CursorStart(input, strlen(input));
	int cell;

	if (!CellParse(&in, &cell))
	{
		CrmInputError(CRM_ESCONTEXT(fcinfo), "rfm", &in,
					  "A cell is written as three digits, recency, frequency, monetary: 543.");
		return (Datum) 0;
	}
	PG_RETURN_CELL(cell);
}

/* Write three digits. */
Datum
rfm_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(psprintf("%03d", PG_GETARG_CELL(0)));
}

/* Raise an error unless a number is a cell. */
static int
CheckCell(int cell)
{
	if (!CellIsValid(cell))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("%03d is not an RFM cell", cell), errdetail(CELL_DETAIL)));
	return cell;
}

/* Read the number of the cell, two bytes. */
Datum
rfm_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	int cell = (int16) pq_getmsgint(message, sizeof(int16));

	if (!CellIsValid(cell))
		CrmBinaryError("rfm", psprintf("It is %d. " CELL_DETAIL, cell));
	PG_RETURN_CELL(cell);
}

/* Write the number of the cell, two bytes. */
Datum
rfm_send(PG_FUNCTION_ARGS)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint16(&message, (uint16) PG_GETARG_CELL(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* Make a cell of three scores. */
Datum
rfm_make(PG_FUNCTION_ARGS)
{
	int32 score[3];

	for (int i = 0; i < 3; i++)
	{
		score[i] = PG_GETARG_INT32(i);
		if (score[i] < 0 || score[i] > RFM_MAX_LEVELS)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("RFM score %d is out of range", score[i]), errdetail(CELL_DETAIL)));
	}
	PG_RETURN_CELL(CheckCell(score[0] * 100 + score[1] * 10 + score[2]));
}

/* Make a cell of its number. */
Datum
rfm_from_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_CELL(CheckCell(PG_GETARG_INT32(0)));
}

Datum
rfm_recency_score(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_CELL(0) / 100);
}

Datum
rfm_frequency_score(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_CELL(0) / 10 % 10);
}

Datum
rfm_monetary_score(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_CELL(0) % 10);
}
