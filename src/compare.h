/*
 * compare.h: equality, order and hash of types whose equal values have equal bytes.
 *
 * A type brings a function from a datum to its canonical bytes; what SQL calls is generated.
 */
#ifndef CRM_COMPARE_H
#define CRM_COMPARE_H

#include "glue.h"

#include "common/hashfn.h"

/* The canonical bytes of a value, and what detoasting copied, to be freed: indexes expect it. */
typedef struct CrmBytes
{
	const void *at;
	Size size;
	void *copy;
} CrmBytes;

/* The bytes of a value that is stored as they are. */
static inline CrmBytes
CrmStoredBytes(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);

	return (CrmBytes){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
					  (Pointer) value == DatumGetPointer(datum) ? NULL : value};
}

/* Does a detoasted value consist of these bytes? */
static inline bool
CrmHasBytes(const struct varlena *value, const void *bytes, Size size)
{
	return VARSIZE_ANY_EXHDR(value) == size && memcmp(VARDATA_ANY(value), bytes, size) == 0;
}

static inline void
CrmBytesFree(CrmBytes bytes)
{
	if (bytes.copy != NULL)
		pfree(bytes.copy);
}

static inline bool
CrmBytesEqual(CrmBytes a, CrmBytes b)
{
	bool equal = a.size == b.size && memcmp(a.at, b.at, a.size) == 0;

	CrmBytesFree(a);
	CrmBytesFree(b);
	return equal;
}

/* By bytes, then a beginning before what it begins: -1, 0 or 1. */
static inline int
CrmBytesCompare(CrmBytes a, CrmBytes b)
{
	int order = memcmp(a.at, b.at, Min(a.size, b.size));

	CrmBytesFree(a);
	CrmBytesFree(b);
	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a.size > b.size) - (a.size < b.size);
}

static inline Datum
CrmBytesHash(CrmBytes bytes)
{
	Datum hash = hash_any(bytes.at, (int) bytes.size);

	CrmBytesFree(bytes);
	return hash;
}

static inline Datum
CrmBytesHashExtended(CrmBytes bytes, uint64 seed)
{
	Datum hash = hash_any_extended(bytes.at, (int) bytes.size, seed);

	CrmBytesFree(bytes);
	return hash;
}

/* Define TYPE_eq, TYPE_ne, TYPE_hash and TYPE_hash_extended: CrmBytes bytes_of(Datum). */
#define CRM_EQUALITY(type, bytes_of)                                                               \
	PG_FUNCTION_INFO_V1(type##_eq);                                                                \
	Datum type##_eq(PG_FUNCTION_ARGS)                                                              \
	{                                                                                              \
		PG_RETURN_BOOL(CrmBytesEqual(bytes_of(PG_GETARG_DATUM(0)), bytes_of(PG_GETARG_DATUM(1)))); \
	}                                                                                              \
	PG_FUNCTION_INFO_V1(type##_ne);                                                                \
	Datum type##_ne(PG_FUNCTION_ARGS)                                                              \
	{                                                                                              \
		PG_RETURN_BOOL(                                                                            \
			!CrmBytesEqual(bytes_of(PG_GETARG_DATUM(0)), bytes_of(PG_GETARG_DATUM(1))));           \
	}                                                                                              \
	PG_FUNCTION_INFO_V1(type##_hash);                                                              \
	Datum type##_hash(PG_FUNCTION_ARGS)                                                            \
	{                                                                                              \
		return CrmBytesHash(bytes_of(PG_GETARG_DATUM(0)));                                         \
	}                                                                                              \
	PG_FUNCTION_INFO_V1(type##_hash_extended);                                                     \
	Datum type##_hash_extended(PG_FUNCTION_ARGS)                                                   \
	{                                                                                              \
		return CrmBytesHashExtended(bytes_of(PG_GETARG_DATUM(0)), PG_GETARG_INT64(1));             \
	}                                                                                              \
	extern Datum type##_eq(PG_FUNCTION_ARGS)

#define CRM_COMPARISON(name, compare, op)                                     \
	PG_FUNCTION_INFO_V1(name);                                                \
	Datum name(PG_FUNCTION_ARGS)                                              \
	{                                                                         \
		PG_RETURN_BOOL(compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) op 0); \
	}

/* Define TYPE_lt, TYPE_le, TYPE_gt, TYPE_ge and TYPE_cmp: int compare(Datum, Datum). */
#define CRM_ORDER(type, compare)                                          \
	CRM_COMPARISON(type##_lt, compare, <)                                 \
	CRM_COMPARISON(type##_le, compare, <=)                                \
	CRM_COMPARISON(type##_gt, compare, >)                                 \
	CRM_COMPARISON(type##_ge, compare, >=)                                \
	PG_FUNCTION_INFO_V1(type##_cmp);                                      \
	Datum type##_cmp(PG_FUNCTION_ARGS)                                    \
	{                                                                     \
		PG_RETURN_INT32(compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1))); \
	}                                                                     \
	extern Datum type##_cmp(PG_FUNCTION_ARGS)

#endif /* CRM_COMPARE_H */
