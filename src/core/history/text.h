/*
 * text.h: the text form of a purchase history. Pure C, no PostgreSQL.
 *
 *     2024-01-05:2:71.00,2024-02-11:0:-3.50
 *
 * day:orders:amount, comma between days; days as PostgreSQL's ISO style writes them.
 */
#ifndef CRM_CORE_HISTORY_TEXT_H
#define CRM_CORE_HISTORY_TEXT_H

#include "core/base/cursor.h"
#include "core/history/codec.h"

/* Room for one entry: a day (16), orders (20), an amount (41), separators. */
#define HISTORY_ENTRY_TEXT_MAX 96
/* Room for an amount: sign, 39 digits, point, leading zero. */
#define HISTORY_MONEY_TEXT_MAX 44

/* Money shows at least this many decimals, as money is written, whatever the scale it is kept at.
 */
#define HISTORY_SHOWN_DECIMALS 2

/* Room for a day: seven digits of a year, month, day, BC. */
#define HISTORY_DAY_TEXT_MAX 16

extern size_t HistoryDayFormat(int32_t day, char *out);
extern bool HistoryDayParse(Cursor *in, int32_t *day);
extern size_t HistoryMoneyFormat(HistoryMoney amount, int scale, char *out);
extern bool HistoryMoneyParse(Cursor *in, HistoryMoney *amount, int *scale);
extern size_t HistoryEntryFormat(const HistoryEntry *entry, int scale, char *out);

/*
 * Read the next entry, with what stands between it and the one before. False at the end of the
 * text, and where it is no history: then in->expected is set.
 */
extern bool HistoryNextFromText(Cursor *in, HistoryEntry *entry, int *scale);

/* Take down that the entries read so far are out of range on some day. */
extern void HistoryFailDay(Cursor *in, int32_t day);

#endif /* CRM_CORE_HISTORY_TEXT_H */
