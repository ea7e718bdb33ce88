-- segment: operator classes: sorting, grouping, hashing.

CREATE FUNCTION crm._rfm_cmp(crm.rfm, crm.rfm) RETURNS integer
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'btint2cmp';
COMMENT ON FUNCTION crm._rfm_cmp(crm.rfm, crm.rfm) IS
	'below 0, 0 or above 0: the order of two values, by recency, then frequency, then monetary score; NULL for NULL; '
	'btree support';

CREATE FUNCTION crm._rfm_sortsupport(internal) RETURNS void
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'btint2sortsupport';
COMMENT ON FUNCTION crm._rfm_sortsupport(internal) IS
	'btree support: faster sorting';

CREATE FUNCTION crm._rfm_hash(crm.rfm) RETURNS integer
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'hashint2';
COMMENT ON FUNCTION crm._rfm_hash(crm.rfm) IS
	'32-bit hash; NULL for NULL; hash support';

CREATE FUNCTION crm._rfm_hash_extended(crm.rfm, bigint) RETURNS bigint
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'hashint2extended';
COMMENT ON FUNCTION crm._rfm_hash_extended(crm.rfm, bigint) IS
	'64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR CLASS crm.rfm_ops DEFAULT FOR TYPE crm.rfm USING btree AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm._rfm_cmp(crm.rfm, crm.rfm),
	FUNCTION 2 crm._rfm_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.rfm_ops USING btree IS
	'order of crm.rfm, by recency, then frequency, then monetary score; equal values are equal bytes, so indexes are '
	'deduplicated';
COMMENT ON OPERATOR FAMILY crm.rfm_ops USING btree IS
	'order of crm.rfm, by recency, then frequency, then monetary score';

CREATE OPERATOR CLASS crm.rfm_ops DEFAULT FOR TYPE crm.rfm USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._rfm_hash(crm.rfm),
	FUNCTION 2 crm._rfm_hash_extended(crm.rfm, bigint);
COMMENT ON OPERATOR CLASS crm.rfm_ops USING hash IS
	'hash of crm.rfm: hash joins, grouping, hash indexes and partitions';
COMMENT ON OPERATOR FAMILY crm.rfm_ops USING hash IS
	'hash of crm.rfm';

CREATE FUNCTION crm._rfm_cuts_hash(crm.rfm_cuts) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_hash';
COMMENT ON FUNCTION crm._rfm_cuts_hash(crm.rfm_cuts) IS
	'32-bit hash; NULL for NULL; hash support';

CREATE FUNCTION crm._rfm_cuts_hash_extended(crm.rfm_cuts, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'rfm_cuts_hash_extended';
COMMENT ON FUNCTION crm._rfm_cuts_hash_extended(crm.rfm_cuts, bigint) IS
	'64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR CLASS crm.rfm_cuts_ops DEFAULT FOR TYPE crm.rfm_cuts USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._rfm_cuts_hash(crm.rfm_cuts),
	FUNCTION 2 crm._rfm_cuts_hash_extended(crm.rfm_cuts, bigint);
COMMENT ON OPERATOR CLASS crm.rfm_cuts_ops USING hash IS
	'hash of crm.rfm_cuts: hash joins, grouping, hash indexes and partitions';
COMMENT ON OPERATOR FAMILY crm.rfm_cuts_ops USING hash IS
	'hash of crm.rfm_cuts';

CREATE FUNCTION crm._segment_cmp(crm.segment, crm.segment) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_cmp';
COMMENT ON FUNCTION crm._segment_cmp(crm.segment, crm.segment) IS
	'-1, 0 or 1: the order of two values, by an arbitrary but fixed order; NULL for NULL; btree support';

CREATE FUNCTION crm._segment_hash(crm.segment) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_hash';
COMMENT ON FUNCTION crm._segment_hash(crm.segment) IS
	'32-bit hash; NULL for NULL; hash support';

CREATE FUNCTION crm._segment_hash_extended(crm.segment, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'segment_hash_extended';
COMMENT ON FUNCTION crm._segment_hash_extended(crm.segment, bigint) IS
	'64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR CLASS crm.segment_ops DEFAULT FOR TYPE crm.segment USING btree AS
	OPERATOR 1 crm.<, OPERATOR 2 crm.<=, OPERATOR 3 crm.=, OPERATOR 4 crm.>=, OPERATOR 5 crm.>,
	FUNCTION 1 crm._segment_cmp(crm.segment, crm.segment),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS crm.segment_ops USING btree IS
	'order of crm.segment, by an arbitrary but fixed order; equal values are equal bytes, so indexes are deduplicated';
COMMENT ON OPERATOR FAMILY crm.segment_ops USING btree IS
	'order of crm.segment, by an arbitrary but fixed order';

CREATE OPERATOR CLASS crm.segment_ops DEFAULT FOR TYPE crm.segment USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._segment_hash(crm.segment),
	FUNCTION 2 crm._segment_hash_extended(crm.segment, bigint);
COMMENT ON OPERATOR CLASS crm.segment_ops USING hash IS
	'hash of crm.segment: hash joins, grouping, hash indexes and partitions';
COMMENT ON OPERATOR FAMILY crm.segment_ops USING hash IS
	'hash of crm.segment';

CREATE FUNCTION crm._scheme_hash(crm.scheme) RETURNS integer
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_hash';
COMMENT ON FUNCTION crm._scheme_hash(crm.scheme) IS
	'32-bit hash; NULL for NULL; hash support';

CREATE FUNCTION crm._scheme_hash_extended(crm.scheme, bigint) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'scheme_hash_extended';
COMMENT ON FUNCTION crm._scheme_hash_extended(crm.scheme, bigint) IS
	'64-bit hash with a seed; NULL for NULL; hash support, used by hash partitions';

CREATE OPERATOR CLASS crm.scheme_ops DEFAULT FOR TYPE crm.scheme USING hash AS
	OPERATOR 1 crm.=,
	FUNCTION 1 crm._scheme_hash(crm.scheme),
	FUNCTION 2 crm._scheme_hash_extended(crm.scheme, bigint);
COMMENT ON OPERATOR CLASS crm.scheme_ops USING hash IS
	'hash of crm.scheme: hash joins, grouping, hash indexes and partitions';
COMMENT ON OPERATOR FAMILY crm.scheme_ops USING hash IS
	'hash of crm.scheme';
