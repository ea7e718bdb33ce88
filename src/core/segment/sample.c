/*
 * sample.c: collect the measures of customers, then find the cuts.
 *
 * The score is by mid-rank, 1 + floor(levels * (below + ties / 2) / n), where ties are the
 * customers with the same value, the customer among them. So a value reaches score k + 1 if 2 *
 * below + ties >= 2 * k * n / levels, in whole numbers. Mid-ranks rise with the values, so the
 * smallest value that reaches a score is its cut. All alike get the middle score, and a large tie
 * is neither praised nor condemned. SQL's floating point agrees up to 2^48 customers: the quotient
 * is rounded once, and no fraction of so many is so near to a whole number below it.
 *
 * Two ends have a meaning of their own. Who bought on the newest day of all has the best recency
 * score: no cut of recency is below the smallest recency. And to have bought once is frequency
 * score 1: no cut of frequency is below 2.
 *
 * fresh_days is the median of all gaps between purchase days, of all customers together; where it
 * is half a day, the next whole one.
 */
#include <string.h>

#include "core/base/check.h"
#include "core/segment/sample.h"

#define CHECK_EVERY (1 << 20) /* customers between two looks at env->check */
#define BUCKET_BITS 12
#define BUCKETS (1 << BUCKET_BITS)

/* ---------------------------------------------------------------- the log */

/* Read the next entry; false at the end, and before bytes that are no entry. */
bool
RfmLogNext(RfmLogReader *reader, RfmMeasures *customer)
{
	RfmLogReader next = *reader;
	UInt128 v;

	if (!VarintGet(&next, 35, &v))
		return false;
	customer->recency = (int32_t) (v >> 4);
	customer->scale = (int) (v & 15);
	if (customer->scale > HISTORY_MAX_SCALE || !VarintGet(&next, 64, &v))
		return false;
	customer->frequency = VarintUnZigZag((uint64_t) v);
	if (!VarintGet(&next, 128, &v))
		return false;
	customer->monetary = VarintUnZigZag128(v);
	if (customer->monetary >= HISTORY_MONEY_LIMIT || customer->monetary <= -HISTORY_MONEY_LIMIT)
		return false;
	*reader = next;
	return true;
}

/* Is the log this one entry? */
static bool
ReadsAs(RfmLogReader log, const RfmMeasures *customer)
{
	RfmMeasures read;

	return RfmLogNext(&log, &read) && log.at == log.end && read.recency == customer->recency &&
		   read.frequency == customer->frequency && read.monetary == customer->monetary &&
		   read.scale == customer->scale;
}

/* Write an entry into at most RFM_LOG_ENTRY_SIZE bytes. */
size_t
RfmLogPut(uint8_t *out, const RfmMeasures *customer)
{
	uint8_t *at = out;

	CRM_ASSERT(customer->recency >= 0);
	at = VarintPut(at, (uint64_t) customer->recency << 4 | (uint64_t) customer->scale);
	at = VarintPut(at, VarintZigZag(customer->frequency));
	at = VarintPut128(at, VarintZigZag128(customer->monetary));
	CRM_ASSERT(at - out <= RFM_LOG_ENTRY_SIZE);
	CRM_ASSERT(ReadsAs((RfmLogReader){out, at}, customer));
	return (size_t) (at - out);
}

/* Tell whether a log is so many entries, and nothing else. */
bool
RfmLogCheck(RfmLogReader log, int64_t customers)
{
	RfmMeasures customer;
	int64_t n = 0;

	while (RfmLogNext(&log, &customer))
		n++;
	return log.at == log.end && n == customers;
}

/* ---------------------------------------------------------------- the cuts */

/* A column of measures, greater is better. */
typedef struct Column
{
	const HistoryMoney *value;
	int64_t n;
	HistoryMoney lowest;
	HistoryMoney highest;
	const Environment *env;
} Column;

static bool
MustStop(const Column *column, int64_t i)
{
	return (i & (CHECK_EVERY - 1)) == 0 && EnvironmentMustStop(column->env);
}

static int
BitsOf(UInt128 v)
{
	uint64_t high = (uint64_t) (v >> 64), low = (uint64_t) v;

	if (high != 0)
		return 128 - __builtin_clzll(high);
	return low == 0 ? 0 : 64 - __builtin_clzll(low);
}

/* Find the smallest value above another. */
static RfmLogStatus
NextAbove(const Column *column, HistoryMoney floor, HistoryMoney *next, bool *found)
{
	*found = false;
	for (int64_t i = 0; i < column->n; i++)
	{
		if (MustStop(column, i))
			return RFM_LOG_INTERRUPTED;
		if (column->value[i] > floor && (!*found || column->value[i] < *next))
		{
			*next = column->value[i];
			*found = true;
		}
	}
	return RFM_LOG_OK;
}

/*
 * Find the smallest value whose mid-rank, 2 * below + ties, is at least `wanted`, if there is one.
 *
 * Only the value at rank wanted / 2 and the next above it can be that: lower ones have at most so
 * many values below or beside them, and higher ones more. It is narrowed down by counting into
 * buckets, each time within the bucket that holds it: nothing is moved, and no order of the data
 * makes it slow.
 */
static RfmLogStatus
FindCut(const Column *column, HistoryMoney wanted, HistoryMoney *cut, bool *found)
{
	HistoryMoney low = column->lowest, high = column->highest;
	int64_t rank = (int64_t) (wanted / 2), below = 0, ties = column->n;

	if (rank > column->n - 1)
		rank = column->n - 1;

	while (low < high)
	{
		int64_t counts[BUCKETS] = {0};
		int bits = BitsOf((UInt128) (high - low));
		int shift = bits > BUCKET_BITS ? bits - BUCKET_BITS : 0;
		int bucket = 0;
		HistoryMoney width = (HistoryMoney) 1 << shift;

		for (int64_t i = 0; i < column->n; i++)
		{
			HistoryMoney v = column->value[i];

			if (MustStop(column, i))
				return RFM_LOG_INTERRUPTED;
			if (v >= low && v <= high)
				counts[(int) ((UInt128) (v - low) >> shift)]++;
		}
		while (below + counts[bucket] <= rank)
			below += counts[bucket++];
		ties = counts[bucket]; /* of one value, where this is the last time */
		low += bucket * width;
		if (high - low >= width)
			high = low + (width - 1);
	}
	if (2 * (HistoryMoney) below + ties < wanted)
		return NextAbove(column, low, cut, found);
	*cut = low;
	*found = true;
	return RFM_LOG_OK;
}

/* Copy one measure of all customers out of a log; recency negated, so that greater is better. */
static RfmLogStatus
FillColumn(RfmLogReader log, int measure, int scale, HistoryMoney *value, Column *column)
{
	RfmMeasures customer;
	int64_t i = 0;

	for (; i < column->n && RfmLogNext(&log, &customer); i++)
	{
		if (MustStop(column, i))
			return RFM_LOG_INTERRUPTED;
		if (measure == RFM_RECENCY)
			value[i] = -(HistoryMoney) customer.recency;
		else if (measure == RFM_FREQUENCY)
			value[i] = customer.frequency;
		else if (!HistoryMoneyRescale(customer.monetary, customer.scale, scale, &value[i]))
			return RFM_LOG_OUT_OF_RANGE;
		if (i == 0 || value[i] < column->lowest)
			column->lowest = value[i];
		if (i == 0 || value[i] > column->highest)
			column->highest = value[i];
	}
	column->value = value;
	return i == column->n && log.at == log.end ? RFM_LOG_OK : RFM_LOG_MALFORMED;
}

/* Find the cuts of one measure. */
static RfmLogStatus
CutMeasure(RfmLogReader log, int measure, int scale, Column *column, HistoryMoney *values,
		   RfmCuts *cuts)
{
	HistoryMoney found[RFM_MAX_CUTS] = {0};
	RfmLogStatus status = FillColumn(log, measure, scale, values, column);
	bool reached = true;
	int n = 0;

	for (int k = 1; status == RFM_LOG_OK && reached && k < cuts->levels; k++)
	{
		HistoryMoney wanted = (2 * (HistoryMoney) k * column->n + cuts->levels - 1) / cuts->levels;

		status = FindCut(column, wanted, &found[n], &reached);
		n += reached;
	}
	/* the two ends */
	while (measure == RFM_RECENCY && n < cuts->levels - 1)
		found[n++] = column->highest;
	for (int i = 0; measure == RFM_FREQUENCY && i < n; i++)
		found[i] = found[i] > 1 ? found[i] : 2;
	if (status != RFM_LOG_OK)
		return status;
	cuts->reachable[measure] = (uint8_t) n;
	for (int i = 0; i < n; i++)
	{
		if (measure == RFM_RECENCY)
			cuts->recency[i] = (int32_t) -found[i];
		else if (measure == RFM_FREQUENCY)
			cuts->frequency[i] = (int64_t) found[i];
	}
	if (measure == RFM_MONETARY)
		RfmCutsSetMonetary(cuts, found, scale);
	return RFM_LOG_OK;
}

/* Find the cuts of all measures. Sets levels and all that depends on the data, not the measures'
 * names.
 */
RfmLogStatus
RfmLogCut(RfmLogReader log, int64_t customers, int levels, const Environment *env, RfmCuts *cuts)
{
	RfmLogReader reader = log;
	RfmMeasures customer;
	RfmLogStatus status = RFM_LOG_OK;
	HistoryMoney *values = EnvironmentAllocate(env, (size_t) customers, sizeof(HistoryMoney));
	int scale = 0;

	CRM_ASSERT(customers > 0 && levels >= RFM_MIN_LEVELS && levels <= RFM_MAX_LEVELS);
	if (values == NULL)
		return RFM_LOG_NO_MEMORY;
	memset(cuts, 0, sizeof(*cuts));
	cuts->version = RFM_CUTS_VERSION;
	cuts->levels = (uint8_t) levels;
	while (RfmLogNext(&reader, &customer))
		scale = customer.scale > scale ? customer.scale : scale;
	for (int measure = RFM_RECENCY; measure <= RFM_MONETARY && status == RFM_LOG_OK; measure++)
	{
		Column column = {NULL, customers, 0, 0, env};

		status = CutMeasure(log, measure, scale, &column, values, cuts);
	}
	EnvironmentRelease(env, values);
	CRM_ASSERT(status != RFM_LOG_OK || RfmCutsIsCanonical(cuts));
	return status;
}

/* ---------------------------------------------------------------- the sample */

static bool
RfmQuestionIsValid(const RfmQuestion *question)
{
	return question->version == RFM_SAMPLE_VERSION && question->levels >= RFM_MIN_LEVELS &&
		   question->levels <= RFM_MAX_LEVELS &&
		   question->frequency_measure < RFM_FREQUENCY_MEASURES &&
		   question->monetary_measure < RFM_MONETARY_MEASURES && question->as_of != INT32_MIN &&
		   question->as_of != INT32_MAX; /* infinite dates */
}

bool
RfmSampleIsValid(const RfmSample *sample, size_t size)
{
	/* an entry is three bytes or more */
	return size >= RFM_SAMPLE_HEADER && RfmQuestionIsValid(&sample->question) &&
		   sample->gap_room <= RFM_LONGEST_GAP && sample->unused == 0 &&
		   size >= RfmSampleHead(sample->gap_room) &&
		   sample->used <= size - RfmSampleHead(sample->gap_room) && sample->customers >= 0 &&
		   sample->customers <= sample->used / 3;
}

bool
RfmSampleGapsAreValid(const RfmSample *sample)
{
	for (uint32_t i = 0; i < sample->gap_room; i++)
		if (sample->gaps[i] >= RFM_GAP_COUNT_LIMIT)
			return false;
	return true;
}

void
RfmSampleStart(RfmSample *sample, const RfmQuestion *question, uint32_t gap_room)
{
	sample->question = *question;
	sample->gap_room = gap_room;
}

uint32_t
RfmGapRoom(int64_t days)
{
	uint32_t room = 64;

	while (room < RFM_LONGEST_GAP && room < days)
		room *= 2;
	return room;
}

static uint8_t *
SampleLogStart(const RfmSample *sample)
{
	return (uint8_t *) sample + RfmSampleHead(sample->gap_room);
}

/* The bytes that a log may have in a sample of a size */
static size_t
SampleLogRoom(const RfmSample *sample, size_t size)
{
	return size - RfmSampleHead(sample->gap_room);
}

RfmLogReader
RfmSampleLog(const RfmSample *sample)
{
	const uint8_t *log = SampleLogStart(sample);

	return (RfmLogReader){log, log + sample->used};
}

bool
RfmSampleAdd(RfmSample *sample, size_t size, const RfmMeasures *customer)
{
	CRM_ASSERT(RfmSampleIsValid(sample, size));
	if (SampleLogRoom(sample, size) - sample->used < RFM_LOG_ENTRY_SIZE)
		return false;
	sample->used += (uint32_t) RfmLogPut(SampleLogStart(sample) + sample->used, customer);
	sample->customers++;
	return true;
}

bool
RfmSampleAddGaps(RfmSample *sample, const int32_t *days, int64_t n)
{
	if (n < 2)
		return true;
	if (sample->gap_room < RFM_LONGEST_GAP && sample->gap_room < (int64_t) days[n - 1] - days[0])
		return false;
	for (int64_t i = 1; i < n; i++)
	{
		uint32_t between = (uint32_t) (days[i] - days[i - 1]) - 1;

		sample->gaps[between < RFM_LONGEST_GAP ? between : RFM_LONGEST_GAP - 1]++;
	}
	return true;
}

bool
RfmSampleMerge(RfmSample *sample, size_t size, const RfmSample *other)
{
	CRM_ASSERT(RfmSampleIsValid(sample, size));
	if (sample->gap_room < other->gap_room ||
		SampleLogRoom(sample, size) - sample->used < other->used)
		return false;
	for (uint32_t i = 0; i < other->gap_room; i++)
		sample->gaps[i] += other->gaps[i];
	memcpy(SampleLogStart(sample) + sample->used, SampleLogStart(other), other->used);
	sample->used += other->used;
	sample->customers += other->customers;
	return true;
}

void
RfmSampleGrow(const RfmSample *sample, RfmSample *larger)
{
	larger->used = sample->used;
	larger->customers = sample->customers;
	memcpy(larger->gaps, sample->gaps, sample->gap_room * sizeof(uint64_t));
	memcpy(SampleLogStart(larger), SampleLogStart(sample), sample->used);
}

/* The length of the gap at a rank from 0, shortest first */
static int32_t
GapAt(const RfmSample *sample, uint64_t rank)
{
	uint32_t i = 0;

	while (rank >= sample->gaps[i])
		rank -= sample->gaps[i++];
	return (int32_t) (i + 1);
}

/* The median gap in whole days, rounded up; 0 if there is none. */
static int32_t
MedianGap(const RfmSample *sample)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < sample->gap_room; i++)
		n += sample->gaps[i];
	return n == 0 ? 0 : (GapAt(sample, (n - 1) / 2) + GapAt(sample, n / 2) + 1) / 2;
}

RfmLogStatus
RfmSampleCut(const RfmSample *sample, const Environment *env, RfmCuts *cuts)
{
	RfmLogStatus status =
		RfmLogCut(RfmSampleLog(sample), sample->customers, sample->question.levels, env, cuts);

	if (status == RFM_LOG_OK && !RfmSampleGapsAreValid(sample))
		return RFM_LOG_MALFORMED;
	cuts->fresh_days = status == RFM_LOG_OK ? MedianGap(sample) : 0;
	cuts->frequency_measure = sample->question.frequency_measure;
	cuts->monetary_measure = sample->question.monetary_measure;
	return status;
}
