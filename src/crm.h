/*
 * crm.h: declarations that every glue file shares.
 *
 * Arrows run one way: sql -> src/<room> -> src/core/<room> -> src/core/{numeric,base}. Rooms know
 * `history` and themselves; src/core knows nothing of PostgreSQL.
 */
#ifndef CRM_CRM_H
#define CRM_CRM_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

#include "compat.h"

/* The number of bytes of somebody else's text to show in a message, ending between characters. */
extern int ClippedLength(const char *input, Size size);

/* The row type that the caller of a function expects. */
extern TupleDesc ResultRowType(FunctionCallInfo fcinfo);

/* A row of that type, for a function that returns one and keeps nothing else in fn_extra. */
extern Datum ReturnRow(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* Raise an error outside of an aggregate, for steps that change their state in place. */
extern void CheckInAggregate(FunctionCallInfo fcinfo, const char *aggregate);

/* What a room does when the library is loaded. */
extern void tier_init(void);

#endif /* CRM_CRM_H */
