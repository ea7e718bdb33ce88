/*
 * setting.c: the setting crm.tier_ladder, by which a bare label becomes a tier.
 */
#include "tier/tier.h"

#include "utils/guc.h"

const TierRungs *TierLadderSetting = NULL;

static char *SettingText;

/* Parse a new value. No error may leave a check hook, so nothing here calls numeric. */
static bool
CheckLadder(char **newval, void **extra, GucSource source)
{
	TierRungs *ladder;
	Cursor in;

	if (*newval == NULL || **newval == '\0')
		return true;
	ladder = GucMalloc(sizeof(TierRungs));
	if (ladder == NULL)
		return false;
	in = CursorStart(*newval, strlen(*newval));
	if (!TierLadderParse(&in, ladder))
	{
		GucFree(ladder);
		GUC_check_errdetail("%s", CrmInputDetail(&in));
		GUC_check_errhint(TIER_LADDER_HINT);
		return false;
	}
	*extra = ladder;
	return true;
}

/* Put the parsed value in force. */
static void
AssignLadder(const char *newval, void *extra)
{
	TierLadderSetting = extra;
}

void
TierInit(void)
{
	DefineCustomStringVariable(
		"crm.tier_ladder", "The ladder on which a tier's bare label is looked up.",
		"With '0-none:0, 1-bronze:100' here, 'bronze' reads as the tier 1-bronze. Empty: a tier "
		"is written with its rank.",
		&SettingText, "", PGC_USERSET, 0, CheckLadder, AssignLadder, NULL);
}
