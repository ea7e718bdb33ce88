/*
 * module.c: what happens when the library is loaded.
 */
#include "glue.h"

#include "tier/tier.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

void _PG_init(void);

/* Define the settings; a misspelt crm.something is an error from then on. */
void
_PG_init(void)
{
	TierInit();
	MarkGUCPrefixReserved("crm");
}
