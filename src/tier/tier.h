/*
 * tier.h: what the files of room tier share.
 *
 * Both types are stored as their canonical text (core/tier), so one set of functions
 * compares and hashes both, and what a client reads in binary is plain text.
 */
#ifndef CRM_TIER_TIER_H
#define CRM_TIER_TIER_H

#include "glue.h"

#include "core/tier/ladder.h"

/* A crm.tier or crm.tier_ladder: a varlena of the canonical text, at least `0-a` long. */
typedef struct varlena TierText;

#define PG_GETARG_TIER_PP(n) ((TierText *) PG_GETARG_VARLENA_PP(n))
#define PG_RETURN_TIER_P(x) PG_RETURN_POINTER(x)

/* The ladder in the setting crm.tier_ladder, or NULL when it is not set. */
extern const TierRungs *TierLadderSetting;

/* Define the setting; called when the library is loaded. */
extern void TierInit(void);

extern TierText *TierFromRung(const TierRung *rung);

#define TIER_LADDER_HINT "A ladder is written like '0-none:0, 1-bronze:100, 2-silver:500'."

/* The labels of a ladder, for a message. */
extern char *TierLadderLabels(const TierRungs *ladder);

#endif /* CRM_TIER_TIER_H */
