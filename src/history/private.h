/*
 * private.h: what the files of the history room share among themselves.
 */
#ifndef CRM_HISTORY_PRIVATE_H
#define CRM_HISTORY_PRIVATE_H

#include "history/history.h"

#include "utils/timestamp.h"

/* Raise what a codec status means to a user; returns on HISTORY_OK only. */
extern void CheckHistoryStatus(HistoryStatus status);

/* Collecting entries in the current memory context, to be packed into a new value. */
extern HistoryEntries StartEntries(Size room);
extern void CollectEntry(HistoryEntries *set, const HistoryEntry *entry, int scale);
extern void CollectHistory(HistoryEntries *set, HistoryView history, DateADT since, DateADT until,
						   bool negate);
extern Datum FinishEntries(HistoryEntries *set);

/* The day of a point in time. */
extern DateADT CheckDay(DateADT day);
extern DateADT TimestampGetDay(Timestamp at);
extern DateADT TimestampTzGetDay(FmgrInfo *flinfo, TimestampTz at, text *zone);

#endif /* CRM_HISTORY_PRIVATE_H */
