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
	TierSlice where;
	TierStatus status;

	if (*newval == NULL || **newval == '\0')
		return true;
	ladder = GucMalloc(sizeof(TierRungs));
	if (ladder == NULL)
		return false;
	status = TierLadderParse(*newval, strlen(*newval), ladder, &where);
	if (status != TIER_OK)
	{
		GucFree(ladder);
		GUC_check_errdetail("At \"%.*s\": %s", CrmClippedLength(where.at, where.length), where.at,
							TierStatusDetail(status));
		GUC_check_errhint("A ladder is written like '0-none:0, 1-bronze:100, 2-silver:500'.");
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
