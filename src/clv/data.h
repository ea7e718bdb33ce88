/*
 * data.h: crm.btyd_data as the files of the room see it
 */
#ifndef CRM_CLV_DATA_H
#define CRM_CLV_DATA_H

#include "glue.h"

#include "core/clv/data.h"

/*
 * The open form: the state of crm.btyd_agg. Rows in order of arrival, then a hash table of their
 * numbers (plus 1; 0 is a free slot), of a power of two slots, at most half full. It grows by a
 * copy of twice the size. 40 bytes a distinct row when full.
 */
typedef struct BtydOpen
{
	int32 vl_len_; /* varlena header, always of 4 bytes */
	uint8 head; /* BTYD_CODEC_VERSION << 1 | BTYD_CODEC_OPEN, where the packed form has its own */
	uint8 unused[3];
	uint32 n;
	uint32 capacity;
	double unit_days;
	BtydCounters counters;
	BtydRow rows[FLEXIBLE_ARRAY_MEMBER];
} BtydOpen;

/* A value in either form, unpacked, rows in order, in the current memory context */
extern BtydData DatumGetBtydData(Datum datum);

/* A new packed value of rows that are in order */
extern Datum BtydDataGetDatum(BtydData *data);

extern BtydData BtydOpenGetData(const BtydOpen *open);
extern BtydRow *BtydAllocateRows(Size n);
extern double BtydCountCustomers(const BtydData *data);

#endif /* CRM_CLV_DATA_H */
