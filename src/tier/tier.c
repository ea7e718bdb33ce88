/*
 * tier.c: crm.tier, a rank and the user's own label.
 */
#include "tier/tier.h"

#include "compare.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

PG_FUNCTION_INFO_V1(tier_in);
PG_FUNCTION_INFO_V1(tier_out);
PG_FUNCTION_INFO_V1(tier_recv);
PG_FUNCTION_INFO_V1(tier_send);
PG_FUNCTION_INFO_V1(tier_rank);
PG_FUNCTION_INFO_V1(tier_label);
PG_FUNCTION_INFO_V1(tier_sortsupport);
PG_FUNCTION_INFO_V1(tier_smaller);
PG_FUNCTION_INFO_V1(tier_larger);

/* Make a tier of a rank and a label that was checked. */
static TierText *
MakeTier(int rank, TierSlice label)
{
	TierText *tier = palloc(VARHDRSZ + TIER_TEXT_MAX);

	SET_VARSIZE(tier, VARHDRSZ + TierFormat(rank, label, VARDATA(tier)));
	return tier;
}

TierText *
TierFromRung(const TierRung *rung)
{
	return MakeTier(rung->rank, (TierSlice){rung->label, (size_t) rung->label_length});
}

char *
TierLadderLabels(const TierRungs *ladder)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < ladder->count; i++)
		CrmListName(&list, ladder->rung[i].label, (Size) ladder->rung[i].label_length);
	return list.data;
}

/* The rank of a bare label, by the ladder of the setting; -1 after a fault. */
static int
RankOfLabel(Cursor *in, TierSlice label)
{
	const TierRung *rung;

	if (TierLadderSetting == NULL)
	{
		CursorFail(in, label.at,
				   "a rank and a hyphen, while the setting crm.tier_ladder is not set");
		return -1;
	}
	rung = TierLadderFind(TierLadderSetting, label);
	if (rung == NULL)
	{
		CursorFail(in, label.at,
				   psprintf("a rank and a hyphen, or a label of the setting crm.tier_ladder (%s)",
							TierLadderLabels(TierLadderSetting)));
		return -1;
	}
	return rung->rank;
}

/* Make a tier of text from outside: the one way in, for every form of input. */
static TierText *
TierFromText(const char *input, Size size, fmNodePtr escontext)
{
	Cursor in = CursorStart(input, size);
	TierSlice label;
	int rank;

	if (TierParse(&in, &rank, &label))
	{
		if (rank < 0)
			rank = RankOfLabel(&in, label);
		if (rank >= 0)
			return MakeTier(rank, label);
	}
	CrmInputError(escontext, "tier", &in,
				  "A tier is written rank-label, as in '3-gold'; a bare label reads with a ladder: "
				  "crm.tier(ladder, 'gold').");
	return NULL;
}

/* Read `3-gold`, or a label of the ladder in the setting. */
Datum
tier_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);

	PG_RETURN_TIER_P(TierFromText(input, strlen(input), CRM_ESCONTEXT(fcinfo)));
}

/* Write a tier or a ladder: what is stored is the text. */
Datum
tier_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_to_cstring((text *) PG_GETARG_TIER_PP(0)));
}

/* Read a tier in binary: its text, in the client's encoding, verified like any text. */
Datum
tier_recv(PG_FUNCTION_ARGS)
{
	int size;
	char *input = CrmReceivedText(fcinfo, &size);

	PG_RETURN_TIER_P(TierFromText(input, size, NULL));
}

/* Write a tier or a ladder in binary: its text. */
Datum
tier_send(PG_FUNCTION_ARGS)
{
	TierText *value = PG_GETARG_TIER_PP(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendtext(&message, VARDATA_ANY(value), (int) VARSIZE_ANY_EXHDR(value));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* The rank of a tier. */
Datum
tier_rank(PG_FUNCTION_ARGS)
{
	TierText *tier = PG_GETARG_TIER_PP(0);

	PG_RETURN_INT32(VARDATA_ANY(tier)[0] - '0');
}

/* The label of a tier. */
Datum
tier_label(PG_FUNCTION_ARGS)
{
	TierText *tier = PG_GETARG_TIER_PP(0);

	PG_RETURN_TEXT_P(
		cstring_to_text_with_len(VARDATA_ANY(tier) + 2, (int) VARSIZE_ANY_EXHDR(tier) - 2));
}

/* ---- order and hash, by bytes, for both types ---- */

static int
TierOrder(Datum a, Datum b)
{
	return CrmBytesCompare(CrmStoredBytes(a), CrmStoredBytes(b));
}

CRM_EQUALITY(tier, CrmStoredBytes);
CRM_ORDER(tier, TierOrder);

/* Compare as sorts and index builds do: without the cost of a function call by name. */
static int
CompareSorted(Datum a, Datum b, SortSupport support)
{
	return TierOrder(a, b);
}

/* Hand a sort its comparison. */
Datum
tier_sortsupport(PG_FUNCTION_ARGS)
{
	((SortSupport) PG_GETARG_POINTER(0))->comparator = CompareSorted;
	PG_RETURN_VOID();
}

/* The lower of two tiers: step of min. */
Datum
tier_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TierOrder(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) <= 0 ? PG_GETARG_DATUM(0)
																		   : PG_GETARG_DATUM(1));
}

/* The higher of two tiers: step of max. */
Datum
tier_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(TierOrder(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) >= 0 ? PG_GETARG_DATUM(0)
																		   : PG_GETARG_DATUM(1));
}
