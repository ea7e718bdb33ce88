/*
 * cuts_agg.c: the aggregate crm.rfm_cuts_agg, and its state, the type crm.rfm_sample.
 *
 * The state is a flat value and not `internal`: it travels through parallel plans and engines that
 * know only types. It is a log (core/segment/sample.h) of about seven bytes a customer with room
 * for growth; nothing is sorted or selected before the end.
 */
#include "segment/segment.h"

#include "history/history.h"
#include "libpq/pqformat.h"
#include "core/segment/sample.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(rfm_sample_in);
PG_FUNCTION_INFO_V1(rfm_sample_out);
PG_FUNCTION_INFO_V1(rfm_sample_recv);
PG_FUNCTION_INFO_V1(rfm_sample_send);
PG_FUNCTION_INFO_V1(rfm_sample_add);
PG_FUNCTION_INFO_V1(rfm_sample_merge);
PG_FUNCTION_INFO_V1(rfm_sample_cuts);

#define SAMPLE_MAX_LOG (MaxAllocSize - RfmSampleHead(RFM_LONGEST_GAP))
#define SAMPLE_FIRST_ROOM 256
#define FEW_DAYS 64 /* that need no memory of their own */

static CRM_NORETURN void Malformed(void);

static void
Malformed(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("malformed crm.rfm_sample")));
}

/* A state or an argument, detoasted; an error if its header does not fit it. */
static RfmSample *
DatumGetSample(Datum datum)
{
	RfmSample *sample = (RfmSample *) PG_DETOAST_DATUM(datum);

	if (!RfmSampleIsValid(sample, VARSIZE(sample)))
		Malformed();
	return sample;
}

/*
 * Make a sample with room for a log, in the current memory context. The room is zero: a state that
 * a user's own aggregate leaks is stored with it.
 */
static RfmSample *
MakeSample(const RfmQuestion *question, uint32 gap_room, Size room)
{
	Size size = RfmSampleHead(gap_room) + room;
	RfmSample *sample = palloc0(size);

	SET_VARSIZE(sample, size);
	RfmSampleStart(sample, question, gap_room);
	return sample;
}

/*
 * A copy with room for `more` bytes of log and for so many lengths of gaps. It is left in the
 * current context: the executor moves it where the state lives and frees the old one, which must
 * not happen twice.
 */
static RfmSample *
GrowSample(RfmSample *sample, uint32 gap_room, Size more)
{
	Size room = VARSIZE(sample) - RfmSampleHead(sample->gap_room), needed = sample->used + more;
	RfmSample *larger;

	if (needed > SAMPLE_MAX_LOG)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many customers for one set of RFM cuts"),
						errhint("About 150 million customers fit; take a sample of them.")));
	if (room < needed)
		room = Min(Max(2 * room, needed), SAMPLE_MAX_LOG);
	larger = MakeSample(&sample->question, Max(gap_room, sample->gap_room), room);
	RfmSampleGrow(sample, larger);
	return larger;
}

/* Raise an error unless two questions are the same. */
static void
CheckSameQuestion(const RfmQuestion *a, const RfmQuestion *b)
{
	if (memcmp(a, b, sizeof(RfmQuestion)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_of, levels and measures of crm.rfm_cuts_agg must be the same for all "
						"customers"),
				 errhint("To cut several groups, each by its own day, GROUP BY that day.")));
}

/* Read the arguments of the aggregate that are the same in all rows. */
static RfmQuestion
GetQuestion(FunctionCallInfo fcinfo)
{
	RfmQuestion question = {.version = RFM_SAMPLE_VERSION};

	for (int i = 2; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("as_of, levels and measures of crm.rfm_cuts_agg must not be NULL")));
	question.as_of = PG_GETARG_DATEADT(2);
	HistoryCheckAsOf(question.as_of);
	SegmentCheckLevels(PG_GETARG_INT32(3));
	question.levels = (uint8) PG_GETARG_INT32(3);
	if (PG_NARGS() > 4)
	{
		question.frequency_measure = (uint8) SegmentMeasureByName(
			PG_GETARG_TEXT_PP(4), RfmFrequencyMeasureNames, RFM_FREQUENCY_MEASURES, "frequency");
		question.monetary_measure = (uint8) SegmentMeasureByName(
			PG_GETARG_TEXT_PP(5), RfmMonetaryMeasureNames, RFM_MONETARY_MEASURES, "monetary");
	}
	return question;
}

/* Add a customer: (state, history, as_of, levels [, frequency, monetary]). */
Datum
rfm_sample_add(PG_FUNCTION_ARGS)
{
	RfmQuestion question;
	RfmSample *sample = NULL;
	int32_t few[FEW_DAYS], *days = few;
	HistoryView history;
	HistorySummary sums;
	RfmMeasures customer;

	CrmCheckInAggregate(fcinfo, "crm.rfm_cuts_agg");
	question = GetQuestion(fcinfo);
	if (!PG_ARGISNULL(0))
	{
		sample = DatumGetSample(PG_GETARG_DATUM(0));
		CheckSameQuestion(&sample->question, &question);
	}
	else
		sample = MakeSample(&question, 0, SAMPLE_FIRST_ROOM);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(sample);

	history = PG_GETARG_HISTORY(1);
	if (HistoryCountAtMost(history) > FEW_DAYS)
		days = palloc_extended(HistoryCountAtMost(history) * sizeof(int32_t), MCXT_ALLOC_HUGE);
	sums = HistorySummarizeDays(history, question.as_of, days);
	if (sums.purchase_days > 0 && RfmMeasure(&sums, question.as_of, question.frequency_measure,
											 question.monetary_measure, &customer))
	{
		if (!RfmSampleAdd(sample, VARSIZE(sample), &customer))
		{
			sample = GrowSample(sample, 0, RFM_LOG_ENTRY_SIZE);
			RfmSampleAdd(sample, VARSIZE(sample), &customer);
		}
		if (!RfmSampleAddGaps(sample, days, sums.purchase_days))
		{
			sample = GrowSample(sample, RfmGapRoom((int64) sums.last_day - sums.first_day), 0);
			RfmSampleAddGaps(sample, days, sums.purchase_days);
		}
	}
	if (days != few)
		pfree(days);
	PG_RETURN_POINTER(sample);
}

/* Merge two states, all four cases of NULL included. */
Datum
rfm_sample_merge(PG_FUNCTION_ARGS)
{
	RfmSample *a, *b;

	CrmCheckInAggregate(fcinfo, "crm.rfm_cuts_agg");
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(DatumGetSample(PG_GETARG_DATUM(0)));
	b = DatumGetSample(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(b);
	a = DatumGetSample(PG_GETARG_DATUM(0));
	CheckSameQuestion(&a->question, &b->question);
	if (!RfmSampleMerge(a, VARSIZE(a), b))
	{
		a = GrowSample(a, b->gap_room, b->used);
		RfmSampleMerge(a, VARSIZE(a), b);
	}
	PG_RETURN_POINTER(a);
}

/* Find the cuts; NULL if nobody bought. */
Datum
rfm_sample_cuts(PG_FUNCTION_ARGS)
{
	RfmSample *sample = DatumGetSample(PG_GETARG_DATUM(0));
	RfmCuts *cuts = palloc(sizeof(RfmCuts));

	if (sample->customers == 0)
		PG_RETURN_NULL();
	switch (RfmSampleCut(sample, &CrmEnvironment, cuts))
	{
		case RFM_LOG_OK:
			Assert(RfmCutsIsCanonical(cuts));
			PG_RETURN_POINTER(cuts);
		case RFM_LOG_MALFORMED:
			Malformed();
		case RFM_LOG_OUT_OF_RANGE:
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("amount out of range"),
					 errdetail("The largest amount does not fit beside the one with most "
							   "decimals.")));
			break;
		case RFM_LOG_NO_MEMORY:
			CrmOutOfMemory("Cuts need 16 bytes a customer.");
		case RFM_LOG_INTERRUPTED:
			CrmInterrupted();
	}
	pg_unreachable();
}

/* ---------------------------------------------------------------- input and output */

/* Write version, levels, measures, day, number of customers, gaps by length, log. */
Datum
rfm_sample_send(PG_FUNCTION_ARGS)
{
	RfmSample *sample = DatumGetSample(PG_GETARG_DATUM(0));
	RfmLogReader log = RfmSampleLog(sample);
	uint32 gaps = sample->gap_room;
	StringInfoData message;

	while (gaps > 0 && sample->gaps[gaps - 1] == 0)
		gaps--;
	pq_begintypsend(&message);
	pq_sendint8(&message, sample->question.version);
	pq_sendint8(&message, sample->question.levels);
	pq_sendint8(&message, sample->question.frequency_measure);
	pq_sendint8(&message, sample->question.monetary_measure);
	pq_sendint32(&message, (uint32) sample->question.as_of);
	pq_sendint64(&message, (uint64) sample->customers);
	pq_sendint32(&message, gaps);
	for (uint32 i = 0; i < gaps; i++)
		pq_sendint64(&message, sample->gaps[i]);
	pq_sendbytes(&message, (const char *) log.at, (int) sample->used);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* Read the same: the one way in, for every form of input. NULL if the bytes are no sample. */
static RfmSample *
ReadSample(StringInfo message)
{
	RfmQuestion question;
	RfmSample *sample;
	int64 customers;
	uint32 gaps;
	int size;

	if (message->len - message->cursor < 4 + 2 * (int) sizeof(int32) + (int) sizeof(int64))
		return NULL;
	question.version = (uint8) pq_getmsgbyte(message);
	question.levels = (uint8) pq_getmsgbyte(message);
	question.frequency_measure = (uint8) pq_getmsgbyte(message);
	question.monetary_measure = (uint8) pq_getmsgbyte(message);
	question.as_of = (DateADT) pq_getmsgint(message, sizeof(int32));
	customers = pq_getmsgint64(message);
	gaps = pq_getmsgint(message, sizeof(int32));
	size = message->len - message->cursor;
	if (gaps > RFM_LONGEST_GAP || gaps * sizeof(uint64) > (Size) size)
		return NULL;
	size -= (int) (gaps * sizeof(uint64));
	sample = MakeSample(&question, gaps, (Size) size);
	for (uint32 i = 0; i < gaps; i++)
		sample->gaps[i] = (uint64) pq_getmsgint64(message);
	pq_copymsgbytes(message, (char *) RfmSampleLog(sample).at, size);
	sample->used = (uint32) size;
	sample->customers = customers;
	if (!RfmSampleIsValid(sample, VARSIZE(sample)) || !RfmSampleGapsAreValid(sample) ||
		!RfmLogCheck(RfmSampleLog(sample), customers))
		return NULL;
	return sample;
}

Datum
rfm_sample_recv(PG_FUNCTION_ARGS)
{
	RfmSample *sample = ReadSample((StringInfo) PG_GETARG_POINTER(0));

	if (sample == NULL)
		CrmBinaryError("rfm_sample",
					   "The bytes are not a state that crm.rfm_cuts_agg has written.");
	PG_RETURN_POINTER(sample);
}

/* The text form is the binary one in hexadecimal digits. */
Datum
rfm_sample_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	Cursor in = CursorStart(input, strlen(input));
	StringInfoData message = {.data = palloc(strlen(input) / 2 + 1)};
	RfmSample *sample = NULL;

	CursorSkipSpace(&in);
	if (!CursorTakeWord(&in, "\\x"))
		CursorFail(&in, in.at, "\\x and hexadecimal digits");
	else
	{
		while (CursorTakeByte(&in, (uint8 *) message.data + message.len))
			message.len++;
		CursorSkipSpace(&in);
		if (!CursorAtEnd(&in))
			CursorFail(&in, in.at, "two hexadecimal digits");
		else if ((sample = ReadSample(&message)) == NULL)
			CursorFail(&in, in.text, "a state that crm.rfm_cuts_agg has written");
	}
	if (sample == NULL)
	{
		CrmInputError(CRM_ESCONTEXT(fcinfo), "rfm_sample", &in,
					  "Only machines write it: call crm.rfm_cuts_agg.");
		return (Datum) 0;
	}
	PG_RETURN_POINTER(sample);
}

Datum
rfm_sample_out(PG_FUNCTION_ARGS)
{
	Datum bytes = DirectFunctionCall1(rfm_sample_send, PG_GETARG_DATUM(0));
	bytea *value = DatumGetByteaPP(bytes);
	Size size = VARSIZE_ANY_EXHDR(value);
	char *output = palloc(2 * size + 3);

	/* not byteaout: its form depends on the setting bytea_output */
	output[0] = '\\';
	output[1] = 'x';
	output[2 + hex_encode(VARDATA_ANY(value), size, output + 2)] = '\0';
	PG_RETURN_CSTRING(output);
}
