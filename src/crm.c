/*
 * crm.c: the module itself.
 */
#include "crm.h"

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
