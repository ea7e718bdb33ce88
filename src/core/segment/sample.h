/*
 * sample.h: the measures of many customers, and the cuts that part them. Pure C.
 *
 * A sample is a header, the gaps between purchase days counted by length, and a log of entries,
 * with room for more behind them: the state of crm.rfm_cuts_agg. An entry is three varints
 * (varint.h): recency << 4 | scale, the frequency as zigzag, the monetary measure as zigzag; about
 * seven bytes a customer. Nothing is sorted or selected before the end.
 */
#ifndef CRM_CORE_SEGMENT_SAMPLE_H
#define CRM_CORE_SEGMENT_SAMPLE_H

#include "core/base/environment.h"
#include "core/segment/cuts.h"

/* The longest entry: 36, 64 and 128 bits in groups of seven. */
#define RFM_LOG_ENTRY_SIZE (6 + 10 + 19)

/* A walk over a log. */
typedef VarintReader RfmLogReader;

typedef enum RfmLogStatus
{
	RFM_LOG_OK,
	RFM_LOG_MALFORMED,
	RFM_LOG_OUT_OF_RANGE, /* an amount has no room at the scale of another */
	RFM_LOG_NO_MEMORY,
	RFM_LOG_INTERRUPTED
} RfmLogStatus;

extern size_t RfmLogPut(uint8_t *out, const RfmMeasures *customer);
extern bool RfmLogNext(RfmLogReader *reader, RfmMeasures *customer);
extern bool RfmLogCheck(RfmLogReader log, int64_t customers);
extern RfmLogStatus RfmLogCut(RfmLogReader log, int64_t customers, int levels,
							  const Environment *env, RfmCuts *cuts);

#define RFM_SAMPLE_VERSION 1

/* What the aggregate was asked for: the same for all customers. */
typedef struct RfmQuestion
{
	uint8_t version;
	uint8_t levels;
	uint8_t frequency_measure;
	uint8_t monetary_measure;
	int32_t as_of;
} RfmQuestion;

/*
 * Gaps of so many days or more, 90 years, are counted as one length: then the counts have a bound,
 * and a median that is shorter is exact.
 */
#define RFM_LONGEST_GAP 32768

/* So many gaps of one length are in no state: their sum fits 64 bits, merged or not. */
#define RFM_GAP_COUNT_LIMIT (UINT64_C(1) << 47)

typedef struct RfmSample
{
	uint32_t length; /* for whoever keeps it: the header of a varlena of PostgreSQL */
	RfmQuestion question;
	uint32_t used; /* bytes of the log; the rest is room */
	int64_t customers;
	uint32_t gap_room; /* lengths of gaps that have a count */
	uint32_t unused;   /* zero */
	uint64_t gaps[];   /* gaps of 1, 2, ... days; then the log */
} RfmSample;

#define RFM_SAMPLE_HEADER offsetof(RfmSample, gaps)

/* The bytes of a sample up to its log */
static inline size_t
RfmSampleHead(uint32_t gap_room)
{
	return RFM_SAMPLE_HEADER + gap_room * sizeof(uint64_t);
}

/*
 * Is this the header of a sample that has so many bytes, from the length word on? The log behind it
 * is read with care wherever it is read.
 */
extern bool RfmSampleIsValid(const RfmSample *sample, size_t size);

/* Are the counted gaps such as a sample can have? */
extern bool RfmSampleGapsAreValid(const RfmSample *sample);

/* Start a sample in memory that is zero. */
extern void RfmSampleStart(RfmSample *sample, const RfmQuestion *question, uint32_t gap_room);

/* The room that a sample should have for gaps within so many days */
extern uint32_t RfmGapRoom(int64_t days);

/*
 * Add a customer, the gaps between the n purchase days of one, or another sample; false, and
 * nothing changed, if `size` bytes or the room for gaps have no room.
 */
extern bool RfmSampleAdd(RfmSample *sample, size_t size, const RfmMeasures *customer);
extern bool RfmSampleAddGaps(RfmSample *sample, const int32_t *days, int64_t n);
extern bool RfmSampleMerge(RfmSample *sample, size_t size, const RfmSample *other);

/* Copy a sample into a larger one that was started. */
extern void RfmSampleGrow(const RfmSample *sample, RfmSample *larger);

extern RfmLogReader RfmSampleLog(const RfmSample *sample);

/* Find the cuts and the fresh days, of at least one customer. */
extern RfmLogStatus RfmSampleCut(const RfmSample *sample, const Environment *env, RfmCuts *cuts);

#endif /* CRM_CORE_SEGMENT_SAMPLE_H */
