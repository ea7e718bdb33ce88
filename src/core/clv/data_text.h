/*
 * data_text.h: the text of counted customers. Pure C.
 *
 *     unit_days=7 as_of=2024-03-01 no_purchase=0 invalid=0 null=0 merged=2 no_spend=1
 *     rows=0:0:38.5*12,1:2:3 spend=1:14.5 days=2024-02-12 gaps=14
 *
 * A row is x:t_x:t, a spend row x:m_x, a day its date, a gap its length in days; *n counts it, once
 * if left out. A list, a counter or as_of may be left out, unit_days not. White space stands
 * between the parts.
 */
#ifndef CRM_CORE_CLV_DATA_TEXT_H
#define CRM_CORE_CLV_DATA_TEXT_H

#include "core/base/cursor.h"
#include "core/clv/data.h"

/* A walk over the rows of a text. */
typedef struct BtydTextReader
{
	Cursor in;
	int lists;                  /* begun so far, in the order of kinds */
	double counted[BTYD_KINDS]; /* in each, so far */
} BtydTextReader;

/* Read unit_days, as_of and the counters. */
extern bool BtydTextHead(Cursor *in, BtydData *data);

/*
 * Read the next row of any list, in the order of the text. False at the end of the text, and
 * where it is wrong: then in.expected is set.
 */
extern bool BtydTextNext(BtydTextReader *reader, BtydRow *row);

/*
 * Writes the shortest decimal that reads back as the same double; returns its length. PostgreSQL
 * has one, and no locale changes it.
 */
typedef int (*BtydNumberFormat)(double value, char *out);

/* Room for what is written. */
#define BTYD_NUMBER_TEXT_MAX 32
#define BTYD_HEAD_TEXT_MAX (48 + BTYD_NUMBER_TEXT_MAX + BTYD_COUNTERS * 32)
#define BTYD_ROW_TEXT_MAX (32 + 3 * BTYD_NUMBER_TEXT_MAX)

/* Write unit_days, as_of and the counters, not terminated; returns the length. */
extern size_t BtydTextPutHead(const BtydData *data, BtydNumberFormat number, char *out);

/* Write row i, with what stands before it. */
extern size_t BtydTextPutRow(const BtydData *data, size_t i, BtydNumberFormat number, char *out);

#endif /* CRM_CORE_CLV_DATA_TEXT_H */
