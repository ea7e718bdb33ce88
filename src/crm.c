/*
 * crm.c: the module itself.
 */
#include "crm.h"

#include "mb/pg_wchar.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

void _PG_init(void);

/* Define the settings; a misspelt crm.something is an error from then on. */
void
_PG_init(void)
{
	tier_init();
	MarkGUCPrefixReserved("crm");
}

int
ClippedLength(const char *input, Size size)
{
	return pg_mbcliplen(input, (int) Min(size, 1000), 100);
}
