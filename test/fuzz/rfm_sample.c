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
NewSample(const RfmQuestion *question, size_t room)
{
	Sized made = {calloc(1, RFM_SAMPLE_HEADER + room), RFM_SAMPLE_HEADER + room};

	RfmSampleStart(made.sample, question);
	REQUIRE(RfmSampleIsValid(made.sample, made.size));
	return made;
}

static Sized
Grown(Sized old, size_t more)
{
	Sized larger = NewSample(&old.sample->question, 2 * (old.size - RFM_SAMPLE_HEADER) + more);

	RfmSampleGrow(old.sample, larger.sample);
	REQUIRE(RfmSampleIsValid(larger.sample, larger.size));
	free(old.sample);
	return larger;
}

/* The score of a measure by counting, as sample.c says: SQL's percent_rank in whole numbers. */
static int
PlainScore(int levels, int64_t below, int64_t n)
{
	int64_t score = n > 1 ? 1 + levels * below / (n - 1) : 1;

	return (int) (score < levels ? score : levels);
}

/* ---------------------------------------------------------------- against a plain array */

#define MOST 512

typedef struct Model
{
	size_t n;
	RfmMeasures customer[MOST];
} Model;

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
	for (size_t i = 0; i < n; i += 1 + n / 16)
	{
		const RfmMeasures *a = &model->customer[i];
		int64_t below[3] = {0, 0, 0};

		for (size_t j = 0; j < n; j++)
		{
			const RfmMeasures *b = &model->customer[j];

			below[0] += b->recency > a->recency;
			below[1] += b->frequency < a->frequency;
			below[2] += AtScale8(b) < AtScale8(a);
		}
		REQUIRE(RfmScore(&cuts, a) == PlainScore(cuts.levels, below[0], (int64_t) n) * 100 +
										  PlainScore(cuts.levels, below[1], (int64_t) n) * 10 +
										  PlainScore(cuts.levels, below[2], (int64_t) n));
	}
}

static void
Collect(const uint8_t *bytes, size_t size)
{
	RfmQuestion question = {RFM_SAMPLE_VERSION, (uint8_t) (2 + bytes[0] % 4), bytes[0] >> 2 & 1,
							bytes[0] >> 3 & 1, 100};
	Sized sample[2] = {NewSample(&question, bytes[0] >> 4), NewSample(&question, 300)};
	static Model model[2];

	model[0].n = model[1].n = 0;
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
				sample[k] = Grown(sample[k], sample[!k].sample->used);
				REQUIRE(RfmSampleMerge(sample[k].sample, sample[k].size, sample[!k].sample));
			}
			memcpy(&own->customer[own->n], other->customer, other->n * sizeof(RfmMeasures));
			own->n += other->n;
			continue;
		}
		if (own->n == MOST)
			continue;
		if (!RfmSampleAdd(sample[k].sample, sample[k].size, &customer))
		{
			sample[k] = Grown(sample[k], RFM_LOG_ENTRY_SIZE);
			REQUIRE(RfmSampleAdd(sample[k].sample, sample[k].size, &customer));
		}
		own->customer[own->n++] = customer;
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
	Sized fresh = NewSample(&question, 64);
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
			fresh = Grown(fresh, forged->used);
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
