/*
 * segment.h: what the files of the segment room share.
 */
#ifndef CRM_SEGMENT_SEGMENT_H
#define CRM_SEGMENT_SEGMENT_H

#include "glue.h"

#include "core/segment/cuts.h"
#include "core/segment/scheme_check.h"
#include "core/segment/cell_set.h"
#include "utils/date.h"

/* crm.rfm is an int2, the three digits read as a number: 543. Its order is that of the numbers. */
#define PG_GETARG_CELL(n) ((int) PG_GETARG_INT16(n))
#define PG_RETURN_CELL(cell) return CellGetDatum(cell)
static inline Datum
CellGetDatum(int cell)
{
	Assert(CellIsValid(cell));
	return Int16GetDatum((int16) cell);
}

/* crm.segment is a CellSet of 16 bytes, passed by reference. */
#define DatumGetCellSet(datum) (*(CellSet *) DatumGetPointer(datum))
#define PG_GETARG_CELL_SET(n) DatumGetCellSet(PG_GETARG_DATUM(n))
#define PG_RETURN_CELL_SET(set) return CellSetGetDatum(set)
extern Datum CellSetGetDatum(CellSet set);

/* crm.rfm_cuts is an RfmCuts of 128 bytes, passed by reference. */
#define PG_GETARG_CUTS(n) DatumGetRfmCuts(PG_GETARG_DATUM(n))
static inline const RfmCuts *
DatumGetRfmCuts(Datum datum)
{
	const RfmCuts *cuts = (const RfmCuts *) DatumGetPointer(datum);

	Assert(cuts->version == RFM_CUTS_VERSION && RfmCutsWrong(cuts) == NULL);
	return cuts;
}

/* The cell of a history on a day; false if it has no average order value. */
extern bool SegmentScore(const RfmCuts *cuts, HistoryView history, DateADT as_of, int *cell);

/* An argument that names one of a few measures. */
extern int SegmentMeasureByName(text *name, const char *const *names, int n, const char *what);

/* Raise an error unless a number of levels is one that scores can have. */
extern void SegmentCheckLevels(int levels);

#endif /* CRM_SEGMENT_SEGMENT_H */
