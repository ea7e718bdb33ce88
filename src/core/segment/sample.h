/*
 * sample.h: the measures of many customers as a log of bytes, and the cuts that part them. Pure C.
 *
 * An entry is three varints (varint.h): recency << 4 | scale, the frequency as zigzag, the monetary
 * measure as zigzag; about seven bytes a customer.
 */
#ifndef CRM_CORE_SEGMENT_SAMPLE_H
#define CRM_CORE_SEGMENT_SAMPLE_H

#include "core/segment/cuts.h"

/* The longest entry: 36, 64 and 128 bits in groups of seven. */
#define RFM_LOG_ENTRY_SIZE (6 + 10 + 19)

/* A walk over a log. */
typedef VarintReader RfmLogReader;

typedef enum RfmLogStatus
{
	RFM_LOG_OK,
	RFM_LOG_MALFORMED,
	RFM_LOG_OUT_OF_RANGE /* an amount has no room at the scale of another */
} RfmLogStatus;

extern size_t RfmLogPut(uint8_t *out, const RfmMeasures *customer);
extern bool RfmLogNext(RfmLogReader *reader, RfmMeasures *customer);
extern bool RfmLogCheck(RfmLogReader log, int64_t customers);
extern RfmLogStatus RfmLogCut(RfmLogReader log, int64_t customers, int levels,
							  HistoryMoney *scratch, void (*poll)(void), RfmCuts *cuts);

#endif /* CRM_CORE_SEGMENT_SAMPLE_H */
