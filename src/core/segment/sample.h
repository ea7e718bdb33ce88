/*
 * sample.h: the measures of many customers, and the cuts that part them. Pure C.
 *
 * A sample is a header and a log of entries, with room for more behind them: the state of
 * crm.rfm_cuts_agg. An entry is three varints (varint.h): recency << 4 | scale, the frequency as
 * zigzag, the monetary measure as zigzag; about seven bytes a customer. Nothing is sorted or
 * selected before the end.
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

typedef struct RfmSample
{
	uint32_t length; /* for whoever keeps it: the header of a varlena of PostgreSQL */
	RfmQuestion question;
	uint32_t used; /* bytes of the log; the rest is room */
	int64_t customers;
	uint8_t log[];
} RfmSample;

#define RFM_SAMPLE_HEADER offsetof(RfmSample, log)

/*
 * Is this the header of a sample that has so many bytes, from the length word on? The log behind it
 * is read with care wherever it is read.
 */
extern bool RfmSampleIsValid(const RfmSample *sample, size_t size);

/* Start a sample in memory that is zero. */
extern void RfmSampleStart(RfmSample *sample, const RfmQuestion *question);

/* Add a customer, or another sample; false, and nothing changed, if `size` bytes have no room. */
extern bool RfmSampleAdd(RfmSample *sample, size_t size, const RfmMeasures *customer);
extern bool RfmSampleMerge(RfmSample *sample, size_t size, const RfmSample *other);

/* Copy a sample into a larger one that was started. */
extern void RfmSampleGrow(const RfmSample *sample, RfmSample *larger);

extern RfmLogReader RfmSampleLog(const RfmSample *sample);

/* Find the cuts, of at least one customer. */
extern RfmLogStatus RfmSampleCut(const RfmSample *sample, const Environment *env, RfmCuts *cuts);

#endif /* CRM_CORE_SEGMENT_SAMPLE_H */
