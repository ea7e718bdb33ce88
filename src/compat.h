/*
 * compat.h: every difference between PostgreSQL versions, named by what it means.
 * No other file tests PG_VERSION_NUM.
 */
#ifndef CRM_COMPAT_H
#define CRM_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "crm needs PostgreSQL 15 or newer"
#endif

/* The macros for variable-length values have a header of their own. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Input functions can report a soft error, for pg_input_is_valid and COPY ... ON_ERROR. */
#if PG_VERSION_NUM >= 160000
#define HAVE_SOFT_INPUT_ERRORS 1
#include "nodes/miscnodes.h"
#else
#define errsave(escontext, ...)      \
	do                               \
	{                                \
		(void) (escontext);          \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#endif

/* Before 16, `escontext` of an input function does not exist: pass NULL, errors are hard. */
#ifdef HAVE_SOFT_INPUT_ERRORS
#define CRM_ESCONTEXT(fcinfo) ((fcinfo)->context)
#else
#define CRM_ESCONTEXT(fcinfo) NULL
#endif

/* JSON text to jsonb; false after a soft error. */
#ifdef HAVE_SOFT_INPUT_ERRORS
#define JsonbInput(text, escontext, result)                                                      \
	DirectInputFunctionCallSafe(jsonb_in, (char *) (text), InvalidOid, -1, (Node *) (escontext), \
								result)
#else
#define JsonbInput(text, escontext, result) \
	(*(result) = DirectFunctionCall1(jsonb_in, CStringGetDatum(text)), true)
#endif

/* What a check hook hands to the assign hook; the server frees it. */
#if PG_VERSION_NUM >= 160000
#define GucMalloc(size) guc_malloc(LOG, size)
#define GucFree(pointer) guc_free(pointer)
#else
#define GucMalloc(size) malloc(size)
#define GucFree(pointer) free(pointer)
#endif

/* A function that does not return: the server's own word for it has another place from 18 on. */
#define CRM_NORETURN __attribute__((noreturn))

#endif /* CRM_COMPAT_H */
