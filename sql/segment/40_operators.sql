-- segment: cells in segments, the algebra of segments, comparison.

-- ---------------------------------------------------------------- cells and segments

CREATE FUNCTION crm._segment_support(internal) RETURNS internal
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_support';
COMMENT ON FUNCTION crm._segment_support(internal) IS
	'planner support of <@ and @>: with a constant segment, an index condition on the cell';

CREATE FUNCTION crm._segment_sel(internal, oid, internal, integer) RETURNS double precision
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_sel';
COMMENT ON FUNCTION crm._segment_sel(internal, oid, internal, integer) IS
	'selectivity of <@ and @>: the share of rows whose cell is in a segment, by the statistics of the column';

CREATE FUNCTION crm._rfm_in_segment(crm.rfm, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT crm._segment_support
	AS 'MODULE_PATHNAME', 'rfm_in_segment';
COMMENT ON FUNCTION crm._rfm_in_segment(crm.rfm, crm.segment) IS
	'true if the cell is in the segment; NULL for NULL; implements <@';

CREATE FUNCTION crm._segment_has_rfm(crm.segment, crm.rfm) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 SUPPORT crm._segment_support
	AS 'MODULE_PATHNAME', 'segment_has_rfm';
COMMENT ON FUNCTION crm._segment_has_rfm(crm.segment, crm.rfm) IS
	'true if the segment has the cell; NULL for NULL; implements @>';

CREATE OPERATOR crm.<@ (
	LEFTARG = crm.rfm, RIGHTARG = crm.segment, FUNCTION = crm._rfm_in_segment,
	COMMUTATOR = OPERATOR(crm.@>),
	RESTRICT = crm._segment_sel, JOIN = pg_catalog.contjoinsel
);
COMMENT ON OPERATOR crm.<@ (crm.rfm, crm.segment) IS
	'the cell is in the segment';

CREATE OPERATOR crm.@> (
	LEFTARG = crm.segment, RIGHTARG = crm.rfm, FUNCTION = crm._segment_has_rfm,
	COMMUTATOR = OPERATOR(crm.<@),
	RESTRICT = crm._segment_sel, JOIN = pg_catalog.contjoinsel
);
COMMENT ON OPERATOR crm.@> (crm.segment, crm.rfm) IS
	'the segment has the cell';

-- ---------------------------------------------------------------- sets

CREATE FUNCTION crm._segment_contains(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_contains';
COMMENT ON FUNCTION crm._segment_contains(crm.segment, crm.segment) IS
	'true if the first segment has all cells of the second; NULL for NULL; implements @>';

CREATE FUNCTION crm._segment_contained(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_contained';
COMMENT ON FUNCTION crm._segment_contained(crm.segment, crm.segment) IS
	'true if all cells of the first segment are in the second; NULL for NULL; implements <@';

CREATE FUNCTION crm._segment_overlaps(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_overlaps';
COMMENT ON FUNCTION crm._segment_overlaps(crm.segment, crm.segment) IS
	'true if the segments share a cell; NULL for NULL; implements &&';

CREATE FUNCTION crm._segment_difference(crm.segment, crm.segment) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_difference';
COMMENT ON FUNCTION crm._segment_difference(crm.segment, crm.segment) IS
	'the cells of the first segment that are not in the second; NULL for NULL; implements -';

CREATE FUNCTION crm._segment_intersection(crm.segment, crm.segment) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_intersection';
COMMENT ON FUNCTION crm._segment_intersection(crm.segment, crm.segment) IS
	'the cells of both segments; NULL for NULL; implements &';

CREATE FUNCTION crm._segment_complement(crm.segment) RETURNS crm.segment
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_complement';
COMMENT ON FUNCTION crm._segment_complement(crm.segment) IS
	'the other ones of the 125 cells of customers who bought, never 000; NULL for NULL; implements ~';

CREATE OPERATOR crm.@> (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_contains,
	COMMUTATOR = OPERATOR(crm.<@),
	RESTRICT = pg_catalog.contsel, JOIN = pg_catalog.contjoinsel
);
COMMENT ON OPERATOR crm.@> (crm.segment, crm.segment) IS
	'the first segment has all cells of the second';

CREATE OPERATOR crm.<@ (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_contained,
	COMMUTATOR = OPERATOR(crm.@>),
	RESTRICT = pg_catalog.contsel, JOIN = pg_catalog.contjoinsel
);
COMMENT ON OPERATOR crm.<@ (crm.segment, crm.segment) IS
	'all cells of the first segment are in the second';

CREATE OPERATOR crm.&& (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_overlaps,
	COMMUTATOR = OPERATOR(crm.&&),
	RESTRICT = pg_catalog.areasel, JOIN = pg_catalog.areajoinsel
);
COMMENT ON OPERATOR crm.&& (crm.segment, crm.segment) IS
	'the segments share a cell';

CREATE OPERATOR crm.+ (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_union,
	COMMUTATOR = OPERATOR(crm.+)
);
COMMENT ON OPERATOR crm.+ (crm.segment, crm.segment) IS
	'the cells of either segment';

CREATE OPERATOR crm.- (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_difference
);
COMMENT ON OPERATOR crm.- (crm.segment, crm.segment) IS
	'the cells of the first segment that are not in the second';

CREATE OPERATOR crm.& (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_intersection,
	COMMUTATOR = OPERATOR(crm.&)
);
COMMENT ON OPERATOR crm.& (crm.segment, crm.segment) IS
	'the cells of both segments';

CREATE OPERATOR crm.~ (
	RIGHTARG = crm.segment, FUNCTION = crm._segment_complement
);
COMMENT ON OPERATOR crm.~ (NONE, crm.segment) IS
	'the other ones of the 125 cells of customers who bought, never 000';

-- ---------------------------------------------------------------- comparison

CREATE FUNCTION crm._rfm_eq(crm.rfm, crm.rfm) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'int2eq';
COMMENT ON FUNCTION crm._rfm_eq(crm.rfm, crm.rfm) IS
	'true if the first is equal, by recency, then frequency, then monetary score; NULL for NULL; implements =';

CREATE FUNCTION crm._rfm_ne(crm.rfm, crm.rfm) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'int2ne';
COMMENT ON FUNCTION crm._rfm_ne(crm.rfm, crm.rfm) IS
	'true if the first is not equal, by recency, then frequency, then monetary score; NULL for NULL; implements <>';

CREATE FUNCTION crm._rfm_lt(crm.rfm, crm.rfm) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'int2lt';
COMMENT ON FUNCTION crm._rfm_lt(crm.rfm, crm.rfm) IS
	'true if the first is before, by recency, then frequency, then monetary score; NULL for NULL; implements <';

CREATE FUNCTION crm._rfm_le(crm.rfm, crm.rfm) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'int2le';
COMMENT ON FUNCTION crm._rfm_le(crm.rfm, crm.rfm) IS
	'true if the first is before or equal, by recency, then frequency, then monetary score; NULL for NULL; implements '
	'<=';

CREATE FUNCTION crm._rfm_gt(crm.rfm, crm.rfm) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'int2gt';
COMMENT ON FUNCTION crm._rfm_gt(crm.rfm, crm.rfm) IS
	'true if the first is after, by recency, then frequency, then monetary score; NULL for NULL; implements >';

CREATE FUNCTION crm._rfm_ge(crm.rfm, crm.rfm) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 1
	AS 'int2ge';
COMMENT ON FUNCTION crm._rfm_ge(crm.rfm, crm.rfm) IS
	'true if the first is after or equal, by recency, then frequency, then monetary score; NULL for NULL; implements '
	'>=';

CREATE OPERATOR crm.= (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm._rfm_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR crm.= (crm.rfm, crm.rfm) IS
	'the first is equal, by recency, then frequency, then monetary score';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm._rfm_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.rfm, crm.rfm) IS
	'the first is not equal, by recency, then frequency, then monetary score';

CREATE OPERATOR crm.< (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm._rfm_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR crm.< (crm.rfm, crm.rfm) IS
	'the first is before, by recency, then frequency, then monetary score';

CREATE OPERATOR crm.<= (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm._rfm_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR crm.<= (crm.rfm, crm.rfm) IS
	'the first is before or equal, by recency, then frequency, then monetary score';

CREATE OPERATOR crm.> (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm._rfm_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR crm.> (crm.rfm, crm.rfm) IS
	'the first is after, by recency, then frequency, then monetary score';

CREATE OPERATOR crm.>= (
	LEFTARG = crm.rfm, RIGHTARG = crm.rfm, FUNCTION = crm._rfm_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR crm.>= (crm.rfm, crm.rfm) IS
	'the first is after or equal, by recency, then frequency, then monetary score';

CREATE FUNCTION crm._rfm_cuts_eq(crm.rfm_cuts, crm.rfm_cuts) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_eq';
COMMENT ON FUNCTION crm._rfm_cuts_eq(crm.rfm_cuts, crm.rfm_cuts) IS
	'true if the first is equal; NULL for NULL; implements =';

CREATE FUNCTION crm._rfm_cuts_ne(crm.rfm_cuts, crm.rfm_cuts) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_ne';
COMMENT ON FUNCTION crm._rfm_cuts_ne(crm.rfm_cuts, crm.rfm_cuts) IS
	'true if the first is not equal; NULL for NULL; implements <>';

CREATE OPERATOR crm.= (
	LEFTARG = crm.rfm_cuts, RIGHTARG = crm.rfm_cuts, FUNCTION = crm._rfm_cuts_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.rfm_cuts, crm.rfm_cuts) IS
	'the first is equal';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.rfm_cuts, RIGHTARG = crm.rfm_cuts, FUNCTION = crm._rfm_cuts_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.rfm_cuts, crm.rfm_cuts) IS
	'the first is not equal';

CREATE FUNCTION crm._segment_eq(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_eq';
COMMENT ON FUNCTION crm._segment_eq(crm.segment, crm.segment) IS
	'true if the first is equal, by an arbitrary but fixed order; NULL for NULL; implements =';

CREATE FUNCTION crm._segment_ne(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_ne';
COMMENT ON FUNCTION crm._segment_ne(crm.segment, crm.segment) IS
	'true if the first is not equal, by an arbitrary but fixed order; NULL for NULL; implements <>';

CREATE FUNCTION crm._segment_lt(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_lt';
COMMENT ON FUNCTION crm._segment_lt(crm.segment, crm.segment) IS
	'true if the first is before, by an arbitrary but fixed order; NULL for NULL; implements <';

CREATE FUNCTION crm._segment_le(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_le';
COMMENT ON FUNCTION crm._segment_le(crm.segment, crm.segment) IS
	'true if the first is before or equal, by an arbitrary but fixed order; NULL for NULL; implements <=';

CREATE FUNCTION crm._segment_gt(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_gt';
COMMENT ON FUNCTION crm._segment_gt(crm.segment, crm.segment) IS
	'true if the first is after, by an arbitrary but fixed order; NULL for NULL; implements >';

CREATE FUNCTION crm._segment_ge(crm.segment, crm.segment) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_ge';
COMMENT ON FUNCTION crm._segment_ge(crm.segment, crm.segment) IS
	'true if the first is after or equal, by an arbitrary but fixed order; NULL for NULL; implements >=';

CREATE OPERATOR crm.= (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR crm.= (crm.segment, crm.segment) IS
	'the first is equal, by an arbitrary but fixed order';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.segment, crm.segment) IS
	'the first is not equal, by an arbitrary but fixed order';

CREATE OPERATOR crm.< (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR crm.< (crm.segment, crm.segment) IS
	'the first is before, by an arbitrary but fixed order';

CREATE OPERATOR crm.<= (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR crm.<= (crm.segment, crm.segment) IS
	'the first is before or equal, by an arbitrary but fixed order';

CREATE OPERATOR crm.> (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR crm.> (crm.segment, crm.segment) IS
	'the first is after, by an arbitrary but fixed order';

CREATE OPERATOR crm.>= (
	LEFTARG = crm.segment, RIGHTARG = crm.segment, FUNCTION = crm._segment_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR crm.>= (crm.segment, crm.segment) IS
	'the first is after or equal, by an arbitrary but fixed order';

CREATE FUNCTION crm._scheme_eq(crm.scheme, crm.scheme) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_eq';
COMMENT ON FUNCTION crm._scheme_eq(crm.scheme, crm.scheme) IS
	'true if the first is equal; NULL for NULL; implements =';

CREATE FUNCTION crm._scheme_ne(crm.scheme, crm.scheme) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_ne';
COMMENT ON FUNCTION crm._scheme_ne(crm.scheme, crm.scheme) IS
	'true if the first is not equal; NULL for NULL; implements <>';

CREATE OPERATOR crm.= (
	LEFTARG = crm.scheme, RIGHTARG = crm.scheme, FUNCTION = crm._scheme_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR crm.= (crm.scheme, crm.scheme) IS
	'the first is equal';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.scheme, RIGHTARG = crm.scheme, FUNCTION = crm._scheme_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.scheme, crm.scheme) IS
	'the first is not equal';
