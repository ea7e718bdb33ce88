/*
 * btyd_data.c: fuzz the stored form of counted customers. Bytes that are data come back as the
 * same rows after packing, within the promised bound.
 */
#include "core/clv/data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition) \
	do                     \
	{                      \
		if (!(condition))  \
			abort();       \
	} while (0)

/* What the lists say together is in range, whatever they say */
static void
Read(const BtydData *data)
{
	BtydCustomers customers = BtydCountCustomers(data);
	BtydGaps gaps = BtydSumGaps(data);
	int32_t first, last;

	REQUIRE(customers.there_at_start >= 0 && customers.there_at_start <= customers.all);
	REQUIRE(gaps.one_day <= gaps.n && isfinite(gaps.sum_logs));
	for (size_t i = 0; i < data->n[BTYD_CUSTOMERS]; i++)
		if (BtydRowDays(data, &data->rows[i], &first, &last))
			REQUIRE(BTYD_FIRST_DAY <= first && first <= last && last <= data->as_of);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	BtydData data, again;
	uint8_t *packed;
	size_t n, used;

	if (!BtydUnpackHead(bytes, size, &data))
		return 0;
	n = BtydRowCount(&data);
	REQUIRE(n <= size);
	data.rows = malloc((n + 1) * sizeof(BtydRow));
	if (BtydUnpack(bytes, size, &data))
	{
		packed = malloc(BtydPackedBound(&data));
		used = BtydPack(&data, packed);
		REQUIRE(used <= BtydPackedBound(&data));
		REQUIRE(BtydUnpackHead(packed, used, &again));
		REQUIRE(memcmp(again.n, data.n, sizeof(data.n)) == 0 && again.as_of == data.as_of);
		REQUIRE(memcmp(&again.counters, &data.counters, sizeof(data.counters)) == 0);
		again.rows = malloc((n + 1) * sizeof(BtydRow));
		REQUIRE(BtydUnpack(packed, used, &again));
		for (size_t i = 0; i < n; i++)
		{
			REQUIRE(BtydRowIsValid(&data.rows[i]));
			REQUIRE(BtydRowCompare(&data.rows[i], &again.rows[i]) == 0);
			REQUIRE(data.rows[i].weight == again.rows[i].weight);
		}
		Read(&data);
		free(again.rows);
		free(packed);
	}
	free(data.rows);
	return 0;
}
