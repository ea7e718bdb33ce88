/*
 * rfm_sample.c: fuzz the state of crm.rfm_cuts_agg. The first byte chooses: customers that are
 * added, state merged with state, against a plain array; or bytes that claim to be a state.
 */
#include "core/segment/sample.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* A sample with its size, as a varlena has it */
typedef struct Sized
{
	RfmSample *sample;
	size_t size;
} Sized;

static Sized
NewSample(const RfmQuestion *question, uint32_t gap_room, size_t room)
{
	size_t size = RfmSampleHead(gap_room) + room;
	Sized made = {calloc(1, size), size};

	RfmSampleStart(made.sample, question, gap_room);
	REQUIRE(RfmSampleIsValid(made.sample, made.size));
	return made;
}

static Sized
Grown(Sized old, uint32_t gap_room, size_t more)
{
	size_t room = old.size - RfmSampleHead(old.sample->gap_room);
	Sized larger = NewSample(&old.sample->question,
							 gap_room > old.sample->gap_room ? gap_room : old.sample->gap_room,
							 2 * room + more);

	RfmSampleGrow(old.sample, larger.sample);
	REQUIRE(RfmSampleIsValid(larger.sample, larger.size));
	free(old.sample);
	return larger;
}

/* The score of a measure by counting, as sample.c says: the mid-rank in whole numbers. */
static int
PlainScore(int levels, int64_t below, int64_t ties, int64_t n)
{
	return (int) (1 + levels * (2 * below + ties) / (2 * n));
}

/* The same of recency, with the newest day and the fresh days */
static int
PlainRecency(const RfmCuts *cuts, int score, bool newest, int32_t recency)
{
	if (newest)
		return cuts->levels;
	if (recency <= 2 * cuts->fresh_days && score < 1 + cuts->levels / 2)
		score = 1 + cuts->levels / 2;
	if (recency <= cuts->fresh_days && score < cuts->levels - 1)
		score = cuts->levels - 1;
	return score;
}

/* ---------------------------------------------------------------- against a plain array */

#define MOST 512

typedef struct Model
{
	size_t n;
	RfmMeasures customer[MOST];
	size_t gaps;
	int32_t gap[MOST]; /* a customer has one or none */
} Model;

/* The median of all gaps, half a day rounded up; 0 without a gap. */
static int32_t
PlainMedian(const Model *model)
{
	int32_t middle[2] = {0, 0};

	for (size_t i = 0; i < model->gaps; i++)
	{
		size_t shorter = 0, same = 0;

		for (size_t j = 0; j < model->gaps; j++)
		{
			shorter += model->gap[j] < model->gap[i];
			same += model->gap[j] == model->gap[i];
		}
		for (size_t half = 0; half < 2; half++)
		{
			size_t rank = (model->gaps - 1 + half) / 2;

			if (shorter <= rank && rank < shorter + same)
				middle[half] = model->gap[i];
		}
	}
	return (middle[0] + middle[1] + 1) / 2;
}

/* Add the gap between two purchases so many days apart; 0 days are one purchase. */
static void
AddGap(Sized *sized, Model *model, int32_t days)
{
	int32_t day[2] = {100 - days, 100};
	int64_t n = days > 0 ? 2 : 1;

	if (!RfmSampleAddGaps(sized->sample, day, n))
	{
		*sized = Grown(*sized, RfmGapRoom(days), 0);
		REQUIRE(RfmSampleAddGaps(sized->sample, day, n));
	}
	if (days > 0)
		model->gap[model->gaps++] = days < RFM_LONGEST_GAP ? days : RFM_LONGEST_GAP;
}

static bool
SameCustomer(const RfmMeasures *a, const RfmMeasures *b)
{
	return a->recency == b->recency && a->frequency == b->frequency && a->monetary == b->monetary &&
		   a->scale == b->scale;
}

static HistoryMoney
AtScale8(const RfmMeasures *customer)
{
	HistoryMoney v = customer->monetary;

	for (int i = customer->scale; i < 8; i++)
		v *= 10;
	return v;
}

static void
CheckSample(const Sized *sized, const Model *model)
{
	const RfmSample *sample = sized->sample;
	RfmLogReader log = RfmSampleLog(sample);
	RfmMeasures customer;
	RfmCuts cuts;
	size_t n = 0;

	REQUIRE(RfmSampleIsValid(sample, sized->size));
	REQUIRE(sample->customers == (int64_t) model->n && RfmLogCheck(log, sample->customers));
	while (RfmLogNext(&log, &customer))
		REQUIRE(n < model->n && SameCustomer(&customer, &model->customer[n++]));
	REQUIRE(n == model->n);
	if (n == 0)
		return;
	REQUIRE(RfmSampleCut(sample, &FuzzEnvironment, &cuts) == RFM_LOG_OK &&
			RfmCutsWrong(&cuts) == NULL);
	REQUIRE(cuts.levels == sample->question.levels &&
			cuts.monetary_measure == sample->question.monetary_measure);
	REQUIRE(cuts.fresh_days == PlainMedian(model));
	for (size_t i = 0; i < n; i += 1 + n / 16)
	{
		const RfmMeasures *a = &model->customer[i];
		int64_t below[3] = {0, 0, 0}, ties[3] = {0, 0, 0};
		int score[3];
		bool newest = true;

		for (size_t j = 0; j < n; j++)
		{
			const RfmMeasures *b = &model->customer[j];

			below[0] += b->recency > a->recency;
			ties[0] += b->recency == a->recency;
			newest = newest && b->recency >= a->recency;
			below[1] += b->frequency < a->frequency;
			ties[1] += b->frequency == a->frequency;
			below[2] += AtScale8(b) < AtScale8(a);
			ties[2] += AtScale8(b) == AtScale8(a);
		}
		for (int k = 0; k < 3; k++)
			score[k] = PlainScore(cuts.levels, below[k], ties[k], (int64_t) n);
		score[0] = PlainRecency(&cuts, score[0], newest, a->recency);
		if (a->frequency <= 1)
			score[1] = 1;
		REQUIRE(RfmScore(&cuts, a) == score[0] * 100 + score[1] * 10 + score[2]);
	}
}

static void
Collect(const uint8_t *bytes, size_t size)
{
	RfmQuestion question = {RFM_SAMPLE_VERSION, (uint8_t) (2 + bytes[0] % 4), bytes[0] >> 2 & 1,
							bytes[0] >> 3 & 1, 100};
	Sized sample[2] = {NewSample(&question, 0, bytes[0] >> 4), NewSample(&question, 64, 300)};
	static Model model[2];

	model[0].n = model[1].n = model[0].gaps = model[1].gaps = 0;
	for (bytes++, size--; size >= 6; bytes += 6, size -= 6)
	{
		int k = bytes[0] & 1;
		Model *own = &model[k], *other = &model[!k];
		RfmMeasures customer = {.recency = bytes[1],
								.frequency = (int8_t) bytes[2],
								.monetary = (int16_t) (bytes[3] << 8 | bytes[4]),
								.scale = bytes[5] % 9};

		if (bytes[0] & 2)
			customer.monetary *= (HistoryMoney) 1 << bytes[0] / 4;
		if ((bytes[0] & 0xf8) == 0xf8)
		{
			if (own->n + other->n > MOST)
				continue;
			if (!RfmSampleMerge(sample[k].sample, sample[k].size, sample[!k].sample))
			{
				sample[k] = Grown(sample[k], sample[!k].sample->gap_room, sample[!k].sample->used);
				REQUIRE(RfmSampleMerge(sample[k].sample, sample[k].size, sample[!k].sample));
			}
			memcpy(&own->customer[own->n], other->customer, other->n * sizeof(RfmMeasures));
			own->n += other->n;
			memcpy(&own->gap[own->gaps], other->gap, other->gaps * sizeof(int32_t));
			own->gaps += other->gaps;
			continue;
		}
		if (own->n == MOST)
			continue;
		if (!RfmSampleAdd(sample[k].sample, sample[k].size, &customer))
		{
			sample[k] = Grown(sample[k], 0, RFM_LOG_ENTRY_SIZE);
			REQUIRE(RfmSampleAdd(sample[k].sample, sample[k].size, &customer));
		}
		own->customer[own->n++] = customer;
		AddGap(&sample[k], own, bytes[2] * (bytes[5] < 250 ? 1 : 1000));
	}
	for (int k = 0; k < 2; k++)
	{
		CheckSample(&sample[k], &model[k]);
		free(sample[k].sample);
	}
}

/* ---------------------------------------------------------------- bytes that claim to be a state
 */

static void
Forge(const uint8_t *bytes, size_t size)
{
	RfmQuestion question = {RFM_SAMPLE_VERSION, 5, 0, 0, 100};
	Sized fresh = NewSample(&question, 0, 64);
	RfmSample *forged = malloc(size > RFM_SAMPLE_HEADER ? size : RFM_SAMPLE_HEADER);
	RfmMeasures customer = {1, 1, 1, 0};
	RfmCuts cuts;

	/* aligned, and no byte behind it, so that the sanitizers see one being read */
	memcpy(forged, bytes, size);
	if (RfmSampleIsValid(forged, size))
	{
		bool is_log = RfmLogCheck(RfmSampleLog(forged), forged->customers);
		RfmLogStatus status = RFM_LOG_OK;

		if (forged->customers > 0)
			status = RfmSampleCut(forged, &FuzzEnvironment, &cuts);
		REQUIRE(status != RFM_LOG_OK || is_log || forged->customers == 0);
		REQUIRE(status != RFM_LOG_MALFORMED || !is_log);
		if (status == RFM_LOG_OK && forged->customers > 0)
			REQUIRE(RfmCutsWrong(&cuts) == NULL);
		if (!RfmSampleMerge(fresh.sample, fresh.size, forged))
		{
			fresh = Grown(fresh, forged->gap_room, forged->used);
			REQUIRE(RfmSampleMerge(fresh.sample, fresh.size, forged));
		}
		REQUIRE(RfmSampleIsValid(fresh.sample, fresh.size));
		if (RfmSampleAdd(forged, size, &customer))
			REQUIRE(RfmSampleIsValid(forged, size));
	}
	free(forged);
	free(fresh.sample);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size < 2)
		return 0;
	if (bytes[0] & 1)
		Collect(bytes + 1, size - 1);
	else
		Forge(bytes + 1, size - 1);
	return 0;
}
