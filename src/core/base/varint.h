/*
 * varint.h: whole numbers as few bytes. Pure C, no PostgreSQL.
 *
 * Base 128, least significant group first, the high bit of a byte says that another follows. Signed
 * numbers are zigzagged first (0, -1, 1, -2, ... become 0, 1, 2, 3, ...). There is one way to write
 * a number: a reader refuses an overlong one.
 */
#ifndef CRM_CORE_BASE_VARINT_H
#define CRM_CORE_BASE_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __SIZEOF_INT128__
#error "crm needs a compiler with a 128-bit integer"
#endif

/* Allocators align to 8 bytes, so no more may be assumed of a 128-bit integer in memory. */
typedef __int128 Int128 __attribute__((aligned(8)));
typedef unsigned __int128 UInt128 __attribute__((aligned(8)));

/* Where a reader of varints stands. */
typedef struct VarintReader
{
	const uint8_t *at;
	const uint8_t *end;
} VarintReader;

static inline uint64_t
VarintZigZag(int64_t v)
{
	return ((uint64_t) v << 1) ^ (uint64_t) (v >> 63);
}

static inline int64_t
VarintUnZigZag(uint64_t v)
{
	return (int64_t) (v >> 1) ^ -(int64_t) (v & 1);
}

static inline UInt128
VarintZigZag128(Int128 v)
{
	return ((UInt128) v << 1) ^ (UInt128) (v >> 127);
}

static inline Int128
VarintUnZigZag128(UInt128 v)
{
	return (Int128) (v >> 1) ^ -(Int128) (v & 1);
}

/* Write a number; returns where the next one goes. At most 10 bytes. */
static inline uint8_t *
VarintPut(uint8_t *out, uint64_t v)
{
	while (v >= 0x80)
	{
		*out++ = (uint8_t) (v | 0x80);
		v >>= 7;
	}
	*out++ = (uint8_t) v;
	return out;
}

/* The same for 128 bits, at most 19 bytes. */
static inline uint8_t *
VarintPut128(uint8_t *out, UInt128 v)
{
	while (v > UINT64_MAX)
	{
		*out++ = (uint8_t) (v | 0x80);
		v >>= 7;
	}
	return VarintPut(out, (uint64_t) v);
}

static inline size_t
VarintSize(UInt128 v)
{
	size_t size = 1;

	while (v >= 0x80)
	{
		v >>= 7;
		size++;
	}
	return size;
}

/* Read a number of at most `bits` bits; false if it is cut off, overlong or too large. */
static inline bool
VarintGet(VarintReader *reader, int bits, UInt128 *v)
{
	const uint8_t *at = reader->at;
	uint64_t low = 0;
	int shift;

	/* Nine groups fit 64 bits: the common way is free of wide arithmetic. */
	for (shift = 0; shift < 63; shift += 7)
	{
		uint8_t byte;

		if (at == reader->end)
			return false;
		byte = *at++;
		low |= (uint64_t) (byte & 0x7f) << shift;
		if (byte < 0x80)
		{
			reader->at = at;
			*v = low;
			return (byte != 0 || shift == 0) && (bits >= 63 || low >> bits == 0);
		}
	}
	*v = low;
	for (; shift < bits; shift += 7)
	{
		uint8_t byte;

		if (at == reader->end)
			return false;
		byte = *at++;
		if (shift + 7 > bits && (byte & 0x7f) >> (bits - shift) != 0)
			return false;
		*v |= (UInt128) (byte & 0x7f) << shift;
		if (byte < 0x80)
		{
			reader->at = at;
			return byte != 0;
		}
	}
	return false;
}

#endif /* CRM_CORE_BASE_VARINT_H */
