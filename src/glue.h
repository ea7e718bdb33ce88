/*
 * glue.h: declarations that every glue file shares.
 *
 * Arrows run one way: sql -> src/<room> -> src/core/<room> -> src/core/{numeric,base}. Rooms know
 * `history` and themselves; src/core knows nothing of PostgreSQL.
 */
#ifndef CRM_GLUE_H
#define CRM_GLUE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"
#include "lib/stringinfo.h"

#include "compat.h"
#include "core/base/cursor.h"
#include "core/base/environment.h"

/*
 * Report what is wrong with a text that is to become a value of a type, softly if there is an
 * escontext: after CursorFail, in the one form that all types have. The hint shows an example.
 */
extern void CrmInputError(fmNodePtr escontext, const char *type, const Cursor *in,
						  const char *hint);

/* The detail of that error: where, what was expected, what stands there. */
extern char *CrmInputDetail(const Cursor *in);

/* The same error with a detail of the caller's, of the same form, where places are no characters.
 */
extern void CrmInputErrorDetail(fmNodePtr escontext, const char *type, const Cursor *in,
								const char *detail, const char *hint);

/* Raise that bytes from outside are no value of a type; the detail says what is. */
extern CRM_NORETURN void CrmBinaryError(const char *type, const char *detail);

/* The rest of the message that a receive function was given, a text in the client's encoding. */
extern char *CrmReceivedText(FunctionCallInfo fcinfo, int *size);

/* The number of bytes of somebody else's text to show in a message, ending between characters. */
extern int CrmClippedLength(const char *input, Size size);

/* The numeric that a text says. */
extern Datum CrmNumericFromText(const char *number);

/* Add to a list of names that is shown to people: one, two, three. */
extern void CrmListName(StringInfo list, const char *name, Size size);

/* The row type that the caller of a function expects. */
extern TupleDesc CrmResultRowType(FunctionCallInfo fcinfo);

/* A row of that type, for a function that returns one and keeps nothing else in fn_extra. */
extern Datum CrmReturnRow(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* Raise an error outside of an aggregate, for steps that change their state in place. */
extern void CrmCheckInAggregate(FunctionCallInfo fcinfo, const char *aggregate);

/*
 * The surroundings of long computations in src/core. They may hold memory that is not PostgreSQL's,
 * so no error jumps over them: a request to stop, and a lack of memory, are handed to them as
 * answers. Raise what became of it when they have returned.
 */
extern const Environment CrmEnvironment;
extern CRM_NORETURN void CrmInterrupted(void);
extern CRM_NORETURN void CrmOutOfMemory(const char *detail);

#endif /* CRM_GLUE_H */
