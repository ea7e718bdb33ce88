/*
 * codec.h: the bytes of a purchase history. Pure C, no PostgreSQL.
 *
 * A history is an element of an abelian group: per day a signed number of orders and a signed
 * amount of money, where a day with both zero does not exist. Amounts are integers in units of
 * 10^-scale, one scale (0-8) a history.
 *
 * Packed form (stored, canonical: equal histories have equal bytes):
 *
 *     head           1 byte: version << 5 | open << 4 | scale
 *     entry ...      days ascending, one entry a day
 *
 * An entry is two or three varints (varint.h):
 *
 *     day            delta << 1 | irregular; delta is days since the previous entry minus one,
 *                    for the first entry the zigzag of its distance from 2000-01-01
 *     orders         zigzag; only if irregular
 *     amount         zigzag if irregular, else plain
 *
 * Regular is one order with an amount of zero or more, which nearly every entry is: it takes about
 * four bytes.
 *
 * Open form (an aggregate's state, never stored): the same head with the open bit, then room for
 * growth, then a log of entries in order of arrival, each day a zigzag distance from the one
 * before. Appending is a few bytes written in place; sorting and merging wait until the end.
 */
#ifndef CRM_CORE_HISTORY_CODEC_H
#define CRM_CORE_HISTORY_CODEC_H

#include "core/base/varint.h"

typedef Int128 HistoryMoney;

#define HISTORY_VERSION 1
#define HISTORY_MAX_SCALE 8

/* Money, of a day or summed, stays below this in absolute value: two such always fit 128 bits. */
#define HISTORY_MONEY_LIMIT ((HistoryMoney) 1 << 126)

/* PostgreSQL's range of the date type, in days since 2000-01-01: 4714-11-24 BC to 5874897-12-31. */
#define HISTORY_FIRST_DAY (-2451545)
#define HISTORY_LAST_DAY (2145031948)

/* The most bytes one entry can take: 5 for the day, 10 for the orders, 19 for the amount. */
#define HISTORY_ENTRY_MAX 34

/* One day of a history. */
typedef struct HistoryEntry
{
	HistoryMoney amount; /* in units of 10^-scale */
	int64_t orders;
	int32_t day; /* days since 2000-01-01 */
} HistoryEntry;

/* Entries being collected: room for `room` of them is the caller's. */
typedef struct HistoryEntries
{
	HistoryEntry *at;
	size_t n;
	size_t room;
	int scale; /* of all amounts collected so far */
} HistoryEntries;

/* The bytes of a history, from its head on, wherever they lie. */
typedef struct HistoryView
{
	const uint8_t *bytes;
	size_t size;
} HistoryView;

/* A walk over the entries of a history. */
typedef struct HistoryReader
{
	VarintReader bytes;
	int64_t day; /* of the last entry read */
	int scale;
	bool distances; /* the next day is a signed distance: the first entry, and all of a log */
	bool open;      /* a log: days as they came */
	bool malformed; /* HistoryNext returned false because the bytes are not a history */
} HistoryReader;

typedef enum HistoryStatus
{
	HISTORY_OK,
	HISTORY_MALFORMED,    /* the bytes are not a history */
	HISTORY_OUT_OF_RANGE, /* orders or money beyond what a history can hold */
	HISTORY_FULL,         /* no room left in an open history */
	HISTORY_RESCALE       /* an amount with more decimals than the open history has now */
} HistoryStatus;

/* Reading, either form. */
extern bool HistoryIsOpen(HistoryView history);
extern HistoryReader HistoryRead(HistoryView history);
extern bool HistoryNext(HistoryReader *reader, HistoryEntry *entry);
extern size_t HistoryCountAtMost(HistoryView history);

/*
 * Building: collect entries in any order and scale, normalise, then pack. If a day is out of range,
 * normalising leaves one of its entries at set->at[set->n].
 */
extern HistoryStatus HistoryCollect(HistoryEntries *set, const HistoryEntry *entry, int scale);
extern HistoryStatus HistoryNormalise(HistoryEntries *set);
extern size_t HistoryPackedSize(const HistoryEntries *set);
extern void HistoryPack(const HistoryEntries *set, uint8_t *bytes);

/* The open form: a log in `size` bytes at `bytes`. */
#define HISTORY_OPEN_HEADER 12
extern bool HistoryOpenIsValid(HistoryView history);
extern void HistoryOpenStart(uint8_t *bytes, int scale);
extern void HistoryOpenCopy(uint8_t *to, const uint8_t *from);
extern HistoryStatus HistoryOpenAppend(uint8_t *bytes, size_t size, const HistoryEntry *entry,
									   int scale);
extern size_t HistoryOpenUsed(const uint8_t *bytes);

/* A checked sum, false if it leaves the range of a history. */
extern bool HistoryMoneyAdd(HistoryMoney a, HistoryMoney b, HistoryMoney *sum);
extern bool HistoryMoneyRescale(HistoryMoney amount, int from, int to, HistoryMoney *out);
extern double HistoryMoneyToDouble(HistoryMoney amount, int scale);

#endif /* CRM_CORE_HISTORY_CODEC_H */
