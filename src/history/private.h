/*
 * private.h: what the files of the history room share among themselves.
 */
#ifndef CRM_HISTORY_PRIVATE_H
#define CRM_HISTORY_PRIVATE_H

#include "history/history.h"

#include "utils/timestamp.h"

/* Raise what a codec status means to a user; returns on HISTORY_OK only. */
extern void HistoryCheckStatus(HistoryStatus status);

/* The same of a reader that has no next entry. */
extern void HistoryCheckRead(const HistoryReader *reader);

/* Collecting entries in the current memory context, to be packed into a new value. */
extern HistoryEntries HistoryStartEntries(Size room);
extern void HistoryCollectEntry(HistoryEntries *set, const HistoryEntry *entry, int scale);
extern void HistoryCollectDays(HistoryEntries *set, HistoryView history, DateADT since,
							   DateADT until, bool negate);
extern Datum HistoryFinishEntries(HistoryEntries *set);

/* The day of a point in time. */
extern DateADT HistoryCheckDay(DateADT day);
extern DateADT HistoryDayOfTimestamp(Timestamp at);
extern DateADT HistoryDayOfTimestampTz(FmgrInfo *flinfo, TimestampTz at, text *zone);

#endif /* CRM_HISTORY_PRIVATE_H */
