/*
 * cuts.h: the thresholds between RFM scores, and their text. Pure C.
 *
 *     recency <= 365 180, purchase_days >= 2 4, revenue >= 50.00 200.00, fresh_days 14
 *
 * The first cut of a measure leads to score 2, the next to 3, and so on; a value equal to a cut has
 * reached it. Recency, in days, is better the smaller it is. A cut that nobody reaches is written
 * none. Whoever bought within fresh_days has at least the second best recency score, within twice
 * that at least the middle one, wherever the cuts are; 0 days, not written, ask for nothing.
 */
#ifndef CRM_CORE_SEGMENT_CUTS_H
#define CRM_CORE_SEGMENT_CUTS_H

#include "core/base/cursor.h"
#include "core/history/summary.h"
#include "core/segment/cell_set.h"

#define RFM_CUTS_VERSION 1
#define RFM_MIN_LEVELS 2
#define RFM_MAX_CUTS (RFM_MAX_LEVELS - 1)

enum
{
	RFM_RECENCY,
	RFM_FREQUENCY,
	RFM_MONETARY
};

typedef enum RfmFrequencyMeasure
{
	RFM_FREQUENCY_PURCHASE_DAYS,
	RFM_FREQUENCY_ORDERS,
	RFM_FREQUENCY_MEASURES
} RfmFrequencyMeasure;

typedef enum RfmMonetaryMeasure
{
	RFM_MONETARY_REVENUE,
	RFM_MONETARY_AVERAGE_ORDER_VALUE,
	RFM_MONETARY_MEASURES
} RfmMonetaryMeasure;

/* Fixed in size and without pointers: the value of the type crm.rfm_cuts itself. */
typedef struct RfmCuts
{
	uint8_t version;
	uint8_t levels;
	uint8_t frequency_measure;
	uint8_t monetary_measure;
	uint8_t scale;                      /* of the monetary cuts: the smallest that serves */
	uint8_t reachable[3];               /* cuts of each measure that are not none */
	int32_t recency[RFM_MAX_CUTS];      /* descending; unused places of all arrays are zero */
	int64_t frequency[RFM_MAX_CUTS];    /* ascending */
	uint64_t monetary[RFM_MAX_CUTS][2]; /* ascending; low and high half, as 8 bytes align */
	int32_t fresh_days;
	int32_t unused; /* zero */
} RfmCuts;

_Static_assert(sizeof(RfmCuts) == 128, "RfmCuts has no padding");

/* The score of all where all are alike: the upper of the two in the middle. */
#define RFM_MIDDLE(levels) (1 + (levels) / 2)

/* What the three scores of one customer are made from. */
typedef struct RfmMeasures
{
	HistoryMoney monetary; /* units of 10^-scale */
	int64_t frequency;
	int32_t recency;
	int scale;
} RfmMeasures;

#define RFM_CUTS_TEXT_SIZE 512
#define RFM_CUTS_TEXT_LIMIT 4096 /* reading cannot be interrupted */

extern const char *const RfmFrequencyMeasureNames[RFM_FREQUENCY_MEASURES];
extern const char *const RfmMonetaryMeasureNames[RFM_MONETARY_MEASURES];

extern HistoryMoney RfmCutsMonetary(const RfmCuts *cuts, int i);
extern void RfmCutsSetMonetary(RfmCuts *cuts, const HistoryMoney *values, int scale);
extern const char *RfmCutsWrong(const RfmCuts *cuts);
extern bool RfmCutsIsCanonical(const RfmCuts *cuts);
extern bool RfmCutsParse(Cursor *in, RfmCuts *cuts);
extern size_t RfmCutsPrint(const RfmCuts *cuts, char *out);
extern bool RfmMeasure(const HistorySummary *sums, int32_t as_of, RfmFrequencyMeasure frequency,
					   RfmMonetaryMeasure monetary, RfmMeasures *out);
extern int RfmScore(const RfmCuts *cuts, const RfmMeasures *customer);

#endif /* CRM_CORE_SEGMENT_CUTS_H */
