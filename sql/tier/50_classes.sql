-- tier: operator classes: sorting, grouping, hashing; and min and max, which need the order.

CREATE FUNCTION crm._tier_cmp(crm.tier, crm.tier) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_cmp';
COMMENT ON FUNCTION crm._tier_cmp(crm.tier, crm.tier) IS
	'-1, 0 or 1: the order of two tiers, by rank, then by the bytes of the label; NULL for NULL; btree support';

CREATE FUNCTION crm._tier_sortsupport(internal) RETURNS void
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_sortsupport';
COMMENT ON FUNCTION crm._tier_sortsupport(internal) IS
	'hands a sort the comparison of two tiers; btree support';

CREATE FUNCTION crm._tier_hash(crm.tier) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_hash';
COMMENT ON FUNCTION crm._tier_hash(crm.tier) IS
	'32-bit hash of a tier; NULL for NULL; hash support';

CREATE FUNCTION crm._tier_hash_extended(crm.tier, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_hash_extended';
COMMENT ON FUNCTION crm._tier_hash_extended(crm.tier, bigint) IS
	'64-bit hash of a tier with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR CLASS crm.tier_ops DEFAULT FOR TYPE crm.tier USING btree AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm._tier_cmp(crm.tier, crm.tier),
	FUNCTION 2 crm._tier_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.tier_ops USING btree IS
	'order of tiers, by rank, then by the bytes of the label; equal values are equal bytes, so indexes are '
	'deduplicated';
COMMENT ON OPERATOR FAMILY crm.tier_ops USING btree IS
	'order of tiers, by rank, then by the bytes of the label';

CREATE OPERATOR CLASS crm.tier_ops DEFAULT FOR TYPE crm.tier USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._tier_hash(crm.tier),
	FUNCTION 2 crm._tier_hash_extended(crm.tier, bigint);
COMMENT ON OPERATOR CLASS crm.tier_ops USING hash IS
	'hash of tiers: hash joins, grouping, hash indexes and partitions';
COMMENT ON OPERATOR FAMILY crm.tier_ops USING hash IS
	'hash of tiers';

CREATE FUNCTION crm._tier_smaller(crm.tier, crm.tier) RETURNS crm.tier
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_smaller';
COMMENT ON FUNCTION crm._tier_smaller(crm.tier, crm.tier) IS
	'the lower of two tiers; NULL for NULL; step of min';

CREATE FUNCTION crm._tier_larger(crm.tier, crm.tier) RETURNS crm.tier
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_larger';
COMMENT ON FUNCTION crm._tier_larger(crm.tier, crm.tier) IS
	'the higher of two tiers; NULL for NULL; step of max';

CREATE AGGREGATE crm.min(tier crm.tier) (
	SFUNC = crm._tier_smaller, STYPE = crm.tier,
	COMBINEFUNC = crm._tier_smaller, SORTOP = OPERATOR(crm.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.min(crm.tier) IS
	'the lowest tier; NULLs are left out; NULL over no rows';

CREATE AGGREGATE crm.max(tier crm.tier) (
	SFUNC = crm._tier_larger, STYPE = crm.tier,
	COMBINEFUNC = crm._tier_larger, SORTOP = OPERATOR(crm.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm.max(crm.tier) IS
	'the highest tier; NULLs are left out; NULL over no rows';

CREATE FUNCTION crm._tier_ladder_cmp(crm.tier_ladder, crm.tier_ladder) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_cmp';
COMMENT ON FUNCTION crm._tier_ladder_cmp(crm.tier_ladder, crm.tier_ladder) IS
	'-1, 0 or 1: the order of two ladders, by the bytes of the text; NULL for NULL; btree support';

CREATE FUNCTION crm._tier_ladder_sortsupport(internal) RETURNS void
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_sortsupport';
COMMENT ON FUNCTION crm._tier_ladder_sortsupport(internal) IS
	'hands a sort the comparison of two ladders; btree support';

CREATE FUNCTION crm._tier_ladder_hash(crm.tier_ladder) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_hash';
COMMENT ON FUNCTION crm._tier_ladder_hash(crm.tier_ladder) IS
	'32-bit hash of a ladder; NULL for NULL; hash support';

CREATE FUNCTION crm._tier_ladder_hash_extended(crm.tier_ladder, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'tier_hash_extended';
COMMENT ON FUNCTION crm._tier_ladder_hash_extended(crm.tier_ladder, bigint) IS
	'64-bit hash of a ladder with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR CLASS crm.tier_ladder_ops DEFAULT FOR TYPE crm.tier_ladder USING btree AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm._tier_ladder_cmp(crm.tier_ladder, crm.tier_ladder),
	FUNCTION 2 crm._tier_ladder_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.tier_ladder_ops USING btree IS
	'order of ladders, by the bytes of the text; equal values are equal bytes, so indexes are deduplicated';
COMMENT ON OPERATOR FAMILY crm.tier_ladder_ops USING btree IS
	'order of ladders, by the bytes of the text';

CREATE OPERATOR CLASS crm.tier_ladder_ops DEFAULT FOR TYPE crm.tier_ladder USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._tier_ladder_hash(crm.tier_ladder),
	FUNCTION 2 crm._tier_ladder_hash_extended(crm.tier_ladder, bigint);
COMMENT ON OPERATOR CLASS crm.tier_ladder_ops USING hash IS
	'hash of ladders: hash joins, grouping, hash indexes and partitions';
COMMENT ON OPERATOR FAMILY crm.tier_ladder_ops USING hash IS
	'hash of ladders';
