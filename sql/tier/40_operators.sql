-- tier: comparison.

-- ---------------------------------------------------------------- crm.tier

CREATE FUNCTION crm._tier_eq(crm.tier, crm.tier) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_eq';
COMMENT ON FUNCTION crm._tier_eq(crm.tier, crm.tier) IS
	'true if the first tier is equal, by rank, then by the bytes of the label; NULL for NULL; implements =';

CREATE FUNCTION crm._tier_ne(crm.tier, crm.tier) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_ne';
COMMENT ON FUNCTION crm._tier_ne(crm.tier, crm.tier) IS
	'true if the first tier is not equal, by rank, then by the bytes of the label; NULL for NULL; implements <>';

CREATE FUNCTION crm._tier_lt(crm.tier, crm.tier) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_lt';
COMMENT ON FUNCTION crm._tier_lt(crm.tier, crm.tier) IS
	'true if the first tier is lower, by rank, then by the bytes of the label; NULL for NULL; implements <';

CREATE FUNCTION crm._tier_le(crm.tier, crm.tier) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_le';
COMMENT ON FUNCTION crm._tier_le(crm.tier, crm.tier) IS
	'true if the first tier is lower or equal, by rank, then by the bytes of the label; NULL for NULL; implements <=';

CREATE FUNCTION crm._tier_gt(crm.tier, crm.tier) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_gt';
COMMENT ON FUNCTION crm._tier_gt(crm.tier, crm.tier) IS
	'true if the first tier is higher, by rank, then by the bytes of the label; NULL for NULL; implements >';

CREATE FUNCTION crm._tier_ge(crm.tier, crm.tier) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_ge';
COMMENT ON FUNCTION crm._tier_ge(crm.tier, crm.tier) IS
	'true if the first tier is higher or equal, by rank, then by the bytes of the label; NULL for NULL; implements >=';

CREATE OPERATOR crm.= (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm._tier_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR crm.= (crm.tier, crm.tier) IS
	'the first tier is equal, by rank, then by the bytes of the label';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm._tier_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.tier, crm.tier) IS
	'the first tier is not equal, by rank, then by the bytes of the label';

CREATE OPERATOR crm.< (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm._tier_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR crm.< (crm.tier, crm.tier) IS
	'the first tier is lower, by rank, then by the bytes of the label';

CREATE OPERATOR crm.<= (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm._tier_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR crm.<= (crm.tier, crm.tier) IS
	'the first tier is lower or equal, by rank, then by the bytes of the label';

CREATE OPERATOR crm.> (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm._tier_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR crm.> (crm.tier, crm.tier) IS
	'the first tier is higher, by rank, then by the bytes of the label';

CREATE OPERATOR crm.>= (
	LEFTARG = crm.tier, RIGHTARG = crm.tier, FUNCTION = crm._tier_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR crm.>= (crm.tier, crm.tier) IS
	'the first tier is higher or equal, by rank, then by the bytes of the label';

-- ---------------------------------------------------------------- crm.tier_ladder

-- The order of ladders means nothing; it is there for GROUP BY, DISTINCT and UNIQUE.
CREATE FUNCTION crm._tier_ladder_eq(crm.tier_ladder, crm.tier_ladder) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_eq';
COMMENT ON FUNCTION crm._tier_ladder_eq(crm.tier_ladder, crm.tier_ladder) IS
	'true if the first ladder is equal, by the bytes of the text; NULL for NULL; implements =';

CREATE FUNCTION crm._tier_ladder_ne(crm.tier_ladder, crm.tier_ladder) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_ne';
COMMENT ON FUNCTION crm._tier_ladder_ne(crm.tier_ladder, crm.tier_ladder) IS
	'true if the first ladder is not equal, by the bytes of the text; NULL for NULL; implements <>';

CREATE FUNCTION crm._tier_ladder_lt(crm.tier_ladder, crm.tier_ladder) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_lt';
COMMENT ON FUNCTION crm._tier_ladder_lt(crm.tier_ladder, crm.tier_ladder) IS
	'true if the first ladder is lower, by the bytes of the text; NULL for NULL; implements <';

CREATE FUNCTION crm._tier_ladder_le(crm.tier_ladder, crm.tier_ladder) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_le';
COMMENT ON FUNCTION crm._tier_ladder_le(crm.tier_ladder, crm.tier_ladder) IS
	'true if the first ladder is lower or equal, by the bytes of the text; NULL for NULL; implements <=';

CREATE FUNCTION crm._tier_ladder_gt(crm.tier_ladder, crm.tier_ladder) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_gt';
COMMENT ON FUNCTION crm._tier_ladder_gt(crm.tier_ladder, crm.tier_ladder) IS
	'true if the first ladder is higher, by the bytes of the text; NULL for NULL; implements >';

CREATE FUNCTION crm._tier_ladder_ge(crm.tier_ladder, crm.tier_ladder) RETURNS boolean
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_ge';
COMMENT ON FUNCTION crm._tier_ladder_ge(crm.tier_ladder, crm.tier_ladder) IS
	'true if the first ladder is higher or equal, by the bytes of the text; NULL for NULL; implements >=';

CREATE OPERATOR crm.= (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm._tier_ladder_eq,
	COMMUTATOR = OPERATOR(crm.=), NEGATOR = OPERATOR(crm.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR crm.= (crm.tier_ladder, crm.tier_ladder) IS
	'the first ladder is equal, by the bytes of the text';

CREATE OPERATOR crm.<> (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm._tier_ladder_ne,
	COMMUTATOR = OPERATOR(crm.<>), NEGATOR = OPERATOR(crm.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR crm.<> (crm.tier_ladder, crm.tier_ladder) IS
	'the first ladder is not equal, by the bytes of the text';

CREATE OPERATOR crm.< (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm._tier_ladder_lt,
	COMMUTATOR = OPERATOR(crm.>), NEGATOR = OPERATOR(crm.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR crm.< (crm.tier_ladder, crm.tier_ladder) IS
	'the first ladder is lower, by the bytes of the text';

CREATE OPERATOR crm.<= (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm._tier_ladder_le,
	COMMUTATOR = OPERATOR(crm.>=), NEGATOR = OPERATOR(crm.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR crm.<= (crm.tier_ladder, crm.tier_ladder) IS
	'the first ladder is lower or equal, by the bytes of the text';

CREATE OPERATOR crm.> (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm._tier_ladder_gt,
	COMMUTATOR = OPERATOR(crm.<), NEGATOR = OPERATOR(crm.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR crm.> (crm.tier_ladder, crm.tier_ladder) IS
	'the first ladder is higher, by the bytes of the text';

CREATE OPERATOR crm.>= (
	LEFTARG = crm.tier_ladder, RIGHTARG = crm.tier_ladder, FUNCTION = crm._tier_ladder_ge,
	COMMUTATOR = OPERATOR(crm.<=), NEGATOR = OPERATOR(crm.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR crm.>= (crm.tier_ladder, crm.tier_ladder) IS
	'the first ladder is higher or equal, by the bytes of the text';
