/*
 * planner.c: what the planner may know of `rfm <@ segment` and `segment @> rfm`.
 *
 * With a constant segment the condition is the same as rfm = ANY (its cells): that is what an index
 * can serve, and what statistics can estimate.
 */
#include "segment/segment.h"

#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(segment_support);
PG_FUNCTION_INFO_V1(segment_sel);

/* A segment that is not known while planning: about one of the usual names. */
#define DEFAULT_SEGMENT_SEL 0.1

/* The cells of a set as an array constant. */
static Const *
MakeCellArray(CellSet set, Oid rfm, Oid rfm_array)
{
	Datum cells[RFM_CELLS];
	int n = 0;
	ArrayType *array;

	for (int i = 0; i < RFM_CELLS; i++)
		if (CellSetHas(set, i))
			cells[n++] = CellGetDatum(CellFromIndex(i));
	array = construct_array(cells, n, rfm, sizeof(int16), true, TYPALIGN_SHORT);
	return makeConst(rfm_array, -1, InvalidOid, -1, PointerGetDatum(array), false, false);
}

/* Tell whether an argument is a known segment: the other one may be it as well, or be a cell. */
static bool
IsConstantSegment(Node *node)
{
	return IsA(node, Const) && !((Const *) node)->constisnull &&
		   ((Const *) node)->constlen == sizeof(CellSet);
}

/* Turn a condition on an index column into `column = ANY (cells)`; NULL if it cannot serve. */
static Node *
MakeIndexCondition(SupportRequestIndexCondition *request)
{
	List *args;
	Node *column, *segment;
	Oid rfm, rfm_array, equal;
	ScalarArrayOpExpr *any;

	if (is_opclause(request->node))
		args = ((OpExpr *) request->node)->args;
	else if (is_funcclause(request->node))
		args = ((FuncExpr *) request->node)->args;
	else
		return NULL;
	column = list_nth(args, request->indexarg);
	segment = list_nth(args, 1 - request->indexarg);
	if (request->index->relam != BTREE_AM_OID || !IsConstantSegment(segment))
		return NULL;
	rfm = getBaseType(exprType(column));
	rfm_array = get_array_type(rfm);
	equal = get_opfamily_member(request->opfamily, rfm, rfm, BTEqualStrategyNumber);
	if (!OidIsValid(rfm_array) || !OidIsValid(equal))
		return NULL;

	any = makeNode(ScalarArrayOpExpr);
	any->opno = equal;
	any->opfuncid = get_opcode(equal);
	any->useOr = true;
	any->args = list_make2(
		column, MakeCellArray(DatumGetCellSet(((Const *) segment)->constvalue), rfm, rfm_array));
	any->location = -1;
	return (Node *) any;
}

/* Planner support of both functions behind <@ and @> of a cell and a segment. */
Datum
segment_support(PG_FUNCTION_ARGS)
{
	Node *node = (Node *) PG_GETARG_POINTER(0);

	if (IsA(node, SupportRequestIndexCondition))
	{
		SupportRequestIndexCondition *request = (SupportRequestIndexCondition *) node;

		Node *condition = MakeIndexCondition(request);

		if (condition != NULL)
		{
			request->lossy = false;
			PG_RETURN_POINTER(list_make1(condition));
		}
	}
	PG_RETURN_POINTER(NULL);
}

/* The share of rows whose cell is in a segment: the sum over its cells of that of =. */
Datum
segment_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List *args = (List *) PG_GETARG_POINTER(2);
	int varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	Node *other;
	bool varonleft;
	double selectivity = DEFAULT_SEGMENT_SEL;

	if (!get_restriction_variable(root, args, varRelid, &vardata, &other, &varonleft))
		PG_RETURN_FLOAT8(selectivity);
	if (IsConstantSegment(other))
	{
		CellSet set = DatumGetCellSet(((Const *) other)->constvalue);
		TypeCacheEntry *type = lookup_type_cache(vardata.atttype, TYPECACHE_EQ_OPR);

		selectivity = 0;
		if (OidIsValid(type->eq_opr))
			for (int i = 0; i < RFM_CELLS; i++)
				if (CellSetHas(set, i))
					selectivity += var_eq_const(&vardata, type->eq_opr, InvalidOid,
												CellGetDatum(CellFromIndex(i)), false, true, false);
	}
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(selectivity);
	PG_RETURN_FLOAT8(selectivity);
}
